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


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its label, (T,) values, and whether the area below is filled."""

    label: str
    values: FloatArray
    filled: bool = False


def line_chart(title: str, series: Sequence[Series], days: Sequence[tuple[int, str]]) -> Markup:
    """Return an SVG of step lines over T intervals.

    Parameters
    ----------
    days
        (first interval, label) of each date on the axis.
    """
    intervals = max((len(row.values) for row in series), default=0)
    top = max([1.0, *(float(np.max(row.values)) for row in series if len(row.values))])
    step = _tick_step(top)
    scale = _Scale(max(1, intervals), step * np.ceil(top / step))
    parts = [_frame(title, scale, step, days)]
    for number, row in enumerate(series):
        parts += [_line(row, COLOURS[number % len(COLOURS)], scale), _key(row.label, number)]
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
    """Return a step line: level over each interval."""
    if not len(row.values):
        return Markup("")
    path = f"M{scale.x(0)} {scale.y(float(row.values[0]))}"
    for number, value in enumerate(row.values):
        path += f"V{scale.y(float(value))}H{scale.x(number + 1)}"
    if row.filled:
        area = f"{path}V{scale.y(0)}H{scale.x(0)}Z"
        return Markup('<path d="{}" fill="{}" fill-opacity=".25" stroke="none"/>').format(area, colour)
    return Markup('<path d="{}" fill="none" stroke="{}" stroke-width="1.5"/>').format(path, colour)


def _key(label: str, number: int) -> Markup:
    x = WIDTH - _RIGHT - 150 * (number % 4 + 1)
    y = 12 + 12 * (number // 4)
    colour = COLOURS[number % len(COLOURS)]
    return Markup(
        '<rect x="{}" y="{}" width="10" height="4" fill="{}"/><text x="{}" y="{}" class="tick">{}</text>'
    ).format(x, y - 4, colour, x + 14, y, label)
