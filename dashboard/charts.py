"""Figures, as Altair charts made from data frames; nothing here knows of pages."""

import altair as alt
import pandas as pd

from dashboard.phrases import phrase, promised
from dashboard.settings import FONTS, HUE

PLAIN_HUE = "#868e96"
"""The plan as it stands: a grey that steps back behind the levers' colour."""
ALARM_HUE = "#c92a2a"
PALETTE = ("#0b7285", "#e8590c", "#5f3dc4", "#2b8a3e", "#a61e4d", "#1864ab", "#866118", "#495057", "#087f5b", "#c2255c")
"""Groups and contact kinds, told apart by the colour-blind in this order."""
SIDE_HUES = {"unchanged": PLAIN_HUE, "changed": HUE}
HEIGHT = 280
SMALL_HEIGHT = 150
Figure = alt.Chart | alt.LayerChart | alt.FacetChart
LEGEND = alt.Legend(orient="top", title=None, padding=0, offset=6)
_CLOCK = "%H:%M"
_DAY = "%m-%d"


def service_chart(frame: pd.DataFrame, *, day_share: float, within: str, language: str) -> Figure:
    """Return the share answered in time by interval, a line and a band for each side, with the promise as a rule.

    Parameters
    ----------
    frame
        ``service_frame``; its sides in the order of drawing.
    day_share
        Promised share of the day.
    within
        The promise's time limit in words.
    """
    base = alt.Chart(_named_sides(frame, language)).encode(x=_time(), color=_side_colour(frame, language))
    axis = alt.Axis(format=".0%", tickCount=6)
    title = phrase("result.share", language, within=within)
    share = alt.Y("share:Q", title=title, axis=axis, scale=alt.Scale(domain=[0, 1]))
    tooltip = [
        alt.Tooltip("time:T", title=phrase("result.time", language), format=_CLOCK),
        alt.Tooltip("name:N", title=phrase("result.side", language)),
        alt.Tooltip("share:Q", title=title, format=".1%"),
        alt.Tooltip("low:Q", title=phrase("result.low", language), format=".1%"),
        alt.Tooltip("high:Q", title=phrase("result.high", language), format=".1%"),
        alt.Tooltip("per_hour:Q", title=phrase("result.contacts", language), format=".0f"),
    ]
    band = base.mark_area(opacity=0.22).encode(y=alt.Y("low:Q", title=title, axis=axis), y2="high:Q")
    line = base.mark_line(strokeWidth=2).encode(y=share, tooltip=tooltip)
    dots = base.mark_point(size=60, opacity=0).encode(y=share, tooltip=tooltip)  # a wider target for the mouse
    rule = alt.Chart(pd.DataFrame({"share": [day_share]})).mark_rule(color=ALARM_HUE, strokeDash=[6, 4])
    label = phrase("result.chart_promise", language, share=promised(day_share, language))
    place = alt.Chart(pd.DataFrame({"share": [day_share], "label": [label]}))
    place = place.encode(y="share:Q", x=alt.value(0), text="label:N")
    halo = place.mark_text(  # keeps the words legible where they lie on lines
        align="left", baseline="bottom", dy=-3, dx=4, font=FONTS, stroke="white", strokeWidth=5
    )
    said = place.mark_text(align="left", baseline="bottom", dy=-3, dx=4, font=FONTS, color=ALARM_HUE)
    return _dressed(alt.layer(band, line, dots, rule.encode(y="share:Q"), halo, said), HEIGHT)


def volume_chart(frame: pd.DataFrame, *, language: str) -> Figure:
    """Return contacts per hour that reach a person, a step line for each side."""
    return _steps_chart(frame, "per_hour", phrase("result.contacts", language), ".0f", language)


def people_chart(frame: pd.DataFrame, *, language: str) -> Figure:
    """Return people planned at work in one group, a step line for each side."""
    return _steps_chart(frame, "people", phrase("result.headcount", language), ".1f", language)


def _steps_chart(frame: pd.DataFrame, column: str, title: str, number_format: str, language: str) -> Figure:
    """Return ``column`` over time, a step line for each side."""
    chart = (
        alt.Chart(_named_sides(_closed(frame, "side"), language))
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=_time(),
            y=alt.Y(f"{column}:Q", title=title, axis=alt.Axis(tickCount=4)),
            color=_side_colour(frame, language),
            tooltip=[
                alt.Tooltip("time:T", title=phrase("result.time", language), format=_CLOCK),
                alt.Tooltip("name:N", title=phrase("result.side", language)),
                alt.Tooltip(f"{column}:Q", title=title, format=number_format),
            ],
        )
    )
    return _dressed(chart, SMALL_HEIGHT)


def stacked_chart(frame: pd.DataFrame, *, title: str, language: str) -> Figure:
    """Return stacked steps per label over time: ``series_frame`` in, ``title`` on the axis."""
    labels = list(dict.fromkeys(frame["label"]))
    hues = [PALETTE[number % len(PALETTE)] for number in range(len(labels))]
    scale = alt.Scale(domain=labels, range=hues)
    chart = (
        alt.Chart(_closed(frame, "label"))
        .mark_area(interpolate="step-after", opacity=0.85)
        .encode(
            x=_time(_axis_format(frame)),
            y=alt.Y("value:Q", title=title, stack="zero", axis=alt.Axis(tickCount=5)),
            color=alt.Color("label:N", scale=scale, legend=LEGEND),
            tooltip=[
                alt.Tooltip("time:T", title=phrase("result.time", language), format=f"{_DAY} {_CLOCK}"),
                alt.Tooltip("label:N", title=phrase("result.group", language)),
                alt.Tooltip("value:Q", title=title, format=".1f"),
            ],
        )
    )
    return _dressed(chart, HEIGHT)


def coverage_chart(frame: pd.DataFrame, *, language: str) -> Figure:
    """Return people on the roster as steps against positions needed, what is missing shaded; ``coverage_frame`` in."""
    words = {key: phrase(f"roster.{key}", language) for key in ("required", "planned", "short")}
    axis = alt.Y("planned:Q", title=phrase("result.headcount", language), axis=alt.Axis(tickCount=5))
    tooltip = [
        alt.Tooltip("time:T", title=phrase("result.time", language), format=f"{_DAY} {_CLOCK}"),
        *(alt.Tooltip(f"{key}:Q", title=words[key], format=".1f") for key in words),
    ]
    scale = alt.Scale(domain=[words["required"], words["planned"], words["short"]], range=["#212529", HUE, ALARM_HUE])
    closed = _closed(frame.assign(top=frame["planned"] + frame["short"]))
    when, hue = _time(_axis_format(frame)), alt.Color("series:N", scale=scale, legend=LEGEND)

    def layer(key: str) -> alt.Chart:
        return alt.Chart(closed.assign(series=words[key])).encode(x=when, color=hue)

    planned = layer("planned").mark_area(interpolate="step-after", opacity=0.35).encode(y=axis)
    missing = layer("short").mark_area(interpolate="step-after", opacity=0.55).encode(y="planned:Q", y2="top:Q")
    required = layer("required").mark_line(interpolate="step-after", strokeWidth=2)
    required = required.encode(y="required:Q", tooltip=tooltip)
    return _dressed(alt.layer(planned, missing, required), HEIGHT)


def error_chart(frame: pd.DataFrame, *, language: str) -> Figure:
    """Return WAPE and bias by date, a line for each: ``ledger.over_time`` in."""
    names = {key: phrase(f"accuracy.{key}", language) for key in ("wape", "bias")}
    long = frame.melt("time", list(names), "measure", "value")
    scale = alt.Scale(domain=list(names.values()), range=[HUE, PALETTE[1]])
    chart = (
        alt.Chart(long.assign(name=long["measure"].map(names)))
        .mark_line(strokeWidth=2, point=True)
        .encode(
            x=_time(_DAY),
            y=alt.Y("value:Q", title=None, axis=alt.Axis(format="+.0%", tickCount=5)),
            color=alt.Color("name:N", scale=scale, legend=LEGEND),
            tooltip=[
                alt.Tooltip("time:T", title=phrase("roster.date", language), format=_DAY),
                alt.Tooltip("name:N", title=phrase("accuracy.measure", language)),
                alt.Tooltip("value:Q", title=phrase("accuracy.value", language), format="+.1%"),
            ],
        )
    )
    return _dressed(chart, SMALL_HEIGHT)


def band_chart(frame: pd.DataFrame, *, language: str) -> Figure:
    """Return what came by date on the band it was given beforehand: ``ledger.day_bands`` in."""
    title = phrase("accuracy.contacts", language)
    tooltip = [
        alt.Tooltip("time:T", title=phrase("roster.date", language), format=_DAY),
        *(
            alt.Tooltip(f"{key}:Q", title=phrase(f"accuracy.{key}", language), format=",.0f")
            for key in ("contacts", "p10", "p50", "p90")
        ),
    ]
    base = alt.Chart(frame).encode(x=_time(_DAY), tooltip=tooltip)
    band = base.mark_bar(opacity=0.3, color=HUE, width=14).encode(y=alt.Y("p10:Q", title=title), y2="p90:Q")
    middle = base.mark_tick(color=HUE, thickness=2, width=14).encode(y="p50:Q")
    came = base.mark_point(filled=True, color="#212529", size=60).encode(y="contacts:Q")
    return _dressed(alt.layer(band, middle, came), HEIGHT)


def _closed(frame: pd.DataFrame, series: str | None = None) -> pd.DataFrame:
    """Return ``frame`` with the last interval's values repeated at its end: a step is drawn up to the next point."""
    times = frame["time"].drop_duplicates().sort_values()
    if len(times) < 2:
        return frame
    step = times.diff().min()
    last = frame[frame["time"] == times.iloc[-1]] if series is None else frame.groupby(series, sort=False).tail(1)
    closed: pd.DataFrame = pd.concat([frame, last.assign(time=last["time"] + step)], ignore_index=True)
    return closed


def _named_sides(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    names = {side: phrase(f"result.{side}", language) for side in SIDE_HUES}
    named: pd.DataFrame = frame.assign(name=frame["side"].map(names))
    return named


def _side_colour(frame: pd.DataFrame, language: str) -> alt.Color:
    sides = [side for side in SIDE_HUES if side in set(frame["side"])]
    names = [phrase(f"result.{side}", language) for side in sides]
    scale = alt.Scale(domain=names, range=[SIDE_HUES[side] for side in sides])
    return alt.Color("name:N", title=None, scale=scale, legend=LEGEND)


def _time(pattern: str = _CLOCK) -> alt.X:
    return alt.X("time:T", title=None, axis=alt.Axis(format=pattern, labelOverlap="greedy", tickCount=12))


def _axis_format(frame: pd.DataFrame) -> str:
    """Return clocks for up to a day and a half, dates beyond."""
    span = frame["time"].max() - frame["time"].min()
    return _CLOCK if span <= pd.Timedelta(hours=36) else f"{_DAY} {_CLOCK}"


def _dressed(chart: Figure, height: int) -> Figure:
    dressed: Figure = chart.properties(height=height, width="container")
    return dressed
