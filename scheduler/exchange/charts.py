"""Line charts as inline SVG: no script, nothing from outside."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from scenarios.checks import FloatArray

WIDTH, HEIGHT = 960, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 12, 28, 24
COLOURS = ("#1f5fa8", "#c4501b", "#2e7d4f", "#7a3e9d", "#8a6d00", "#5a5a5a")
"""Told apart by eyes of every kind, and on white paper."""
_TICKS = (1, 2, 2.5, 5, 10)
_TICKS_WANTED = 4
_BAND = 0.18  # opacity: lines on it stay readable


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its label, (T,) values (``nan`` leaves a gap), and whether the area below is filled."""

    label: str
    values: FloatArray
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """An area from (T,) ``low`` to ``high`` (``nan`` leaves a gap), in the colour of the series of that number."""

    label: str
    low: FloatArray
    high: FloatArray
    series: int = 0


def line_chart(
    title: str,
    series: Sequence[Series],
    days: Sequence[tuple[int, str]],
    bands: Sequence[Band] = (),
    least: float = 1.0,
) -> Markup:
    """Return an SVG of step lines over T intervals.

    Parameters
    ----------
    days
        (first interval, label) of each date on the axis.
    bands
        Drawn below the lines.
    least
        The axis reaches at least so high.
    """
    drawn = [row.values for row in series] + [band.high for band in bands]
    intervals = max((len(values) for values in drawn), default=0)
    top = max([least, *(float(np.nanmax(values)) for values in drawn if np.isfinite(values).any())])
    step = _tick_step(top)
    scale = _Scale(max(1, intervals), step * np.ceil(top / step))
    parts = [_frame(title, scale, step, days)]
    parts += [_area(band, COLOURS[band.series % len(COLOURS)], scale) for band in bands]
    for number, row in enumerate(series):
        parts += [_line(row, COLOURS[number % len(COLOURS)], scale), _key(row.label, number, number)]
    parts += [_key(band.label, len(series) + number, band.series, _BAND) for number, band in enumerate(bands)]
    body = Markup("").join(parts)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" viewBox="0 0 {width} {height}">'
        "<title>{title}</title>{body}</svg>"
    ).format(title=title, width=WIDTH, height=HEIGHT, body=body)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From intervals and values to points of the picture."""

    intervals: int
    top: float

    def x(self, interval: float) -> str:
        return f"{_LEFT + (WIDTH - _LEFT - _RIGHT) * interval / self.intervals:.1f}"

    def y(self, value: float) -> str:
        return f"{HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / self.top:.1f}"


def _tick_step(top: float) -> float:
    """Return a round distance of the lines across, about ``_TICKS_WANTED`` of them below ``top``."""
    power = 10.0 ** np.floor(np.log10(top / _TICKS_WANTED))
    return float(next(power * tick for tick in _TICKS if power * tick * _TICKS_WANTED >= top))


def _frame(title: str, scale: _Scale, step: float, days: Sequence[tuple[int, str]]) -> Markup:
    parts = [Markup('<text x="{}" y="16" class="title">{}</text>').format(_LEFT, title)]
    for value in np.arange(0.0, scale.top + step / 2, step):
        y = scale.y(float(value))
        parts.append(Markup('<path class="grid" d="M{} {}H{}"/>').format(_LEFT, y, WIDTH - _RIGHT))
        parts.append(Markup('<text x="{}" y="{}" class="tick end">{:g}</text>').format(_LEFT - 6, y, float(value)))
    for first, label in days:
        x = scale.x(first)
        parts.append(Markup('<path class="grid" d="M{} {}V{}"/>').format(x, _TOP, HEIGHT - _BOTTOM))
        parts.append(Markup('<text x="{}" y="{}" class="tick">{}</text>').format(x, HEIGHT - 8, label))
    return Markup("").join(parts)


def _line(row: Series, colour: str, scale: _Scale) -> Markup:
    """Return a step line: level over each interval, in pieces where values are missing."""
    pieces = [(first, end, _steps(row.values, first, end, scale)) for first, end in _runs(row.values)]
    if not pieces:
        return Markup("")
    if row.filled:
        areas = "".join(f"{path}V{scale.y(0)}H{scale.x(first)}Z" for first, _, path in pieces)
        return Markup('<path d="{}" fill="{}" fill-opacity=".25" stroke="none"/>').format(areas, colour)
    path = "".join(piece for _, _, piece in pieces)
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="1.5"/>').format(path, colour)


def _area(band: Band, colour: str, scale: _Scale) -> Markup:
    """Return the area of a band: along its upper edge and back along its lower."""
    path = ""
    for first, end in _runs(band.low + band.high):
        path += _steps(band.high, first, end, scale)
        for number in range(end - 1, first - 1, -1):
            path += f"V{scale.y(float(band.low[number]))}H{scale.x(number)}"
        path += "Z"
    return Markup('<path d="{}" fill="{}" fill-opacity="{}" stroke="none"/>').format(path, colour, _BAND)


def _steps(values: FloatArray, first: int, end: int, scale: _Scale) -> str:
    """Return the path along ``values`` from ``first`` to before ``end``."""
    path = f"M{scale.x(first)} {scale.y(float(values[first]))}"
    for number in range(first, end):
        path += f"V{scale.y(float(values[number]))}H{scale.x(number + 1)}"
    return path


def _runs(values: FloatArray) -> list[tuple[int, int]]:
    """Return the half-open spans in which ``values`` are known."""
    known = np.concatenate([[False], np.isfinite(values), [False]])
    edges = np.flatnonzero(known[1:] != known[:-1])
    return [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]


def _key(label: str, number: int, colour_of: int, opacity: float = 1.0) -> Markup:
    x = WIDTH - _RIGHT - 150 * (number % 4 + 1)
    y = 12 + 12 * (number // 4)
    colour = COLOURS[colour_of % len(COLOURS)]
    return Markup(
        '<rect x="{}" y="{}" width="10" height="4" fill="{}" opacity="{}"/><text x="{}" y="{}" class="tick">{}</text>'
    ).format(x, y - 4, colour, opacity, x + 14, y, label)
