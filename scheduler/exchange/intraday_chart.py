"""The day as it was planned, as it came so far and as it is expected now, drawn."""

from pathlib import Path

import numpy as np
from markupsafe import Markup

from forecasting import IntradayUpdate
from scenarios import UsageError
from scenarios.checks import FloatArray
from scenarios.text import current_language, fill
from scheduler.exchange.charts import Series, line_chart
from scheduler.exchange.files import write_text

INTRADAY_CHART_ENDINGS = (".html", ".svg")
_STYLE = Markup(
    "svg .grid { stroke: #e1e4e8; fill: none; } svg text { font: 11px sans-serif; fill: #444; }"
    " svg .title { font-size: 13px; font-weight: 600; } svg .end { text-anchor: end; dominant-baseline: middle; }"
)
_LABEL_H = 2  # hours between two labels of the axis


def write_intraday_chart(update: IntradayUpdate, path: Path) -> None:
    """Write the day of ``update`` as a page with a chart per contact type, or as one SVG of all types together.

    Raises
    ------
    UsageError
        When the ending is neither ``.html`` nor ``.svg``.
    """
    ending = path.suffix.lower()
    if ending not in INTRADAY_CHART_ENDINGS:
        known = ", ".join(INTRADAY_CHART_ENDINGS)
        raise UsageError("not_one_of", thing="springtide", field="--out", value=path.name, known=known)
    if ending == ".svg":
        every = list(range(len(update.types)))
        drawn = _chart(update, every, fill("cli.all_types", {}))
        write_text(path, drawn.replace(Markup("<title>"), Markup("<style>{}</style><title>").format(_STYLE), 1))
        return
    title = _say("chart_title", date=update.after.horizon.days[update.day].date.isoformat())
    charts = Markup("\n").join(_chart(update, [column], name) for column, name in enumerate(update.after.contact_types))
    page = Markup(
        '<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>\n'
        "<style>body {{ font: 15px/1.5 sans-serif; max-width: 62rem; margin: 2rem auto; }} {style}</style></head>\n"
        "<body><h1>{title}</h1>\n{charts}\n</body></html>\n"
    )
    write_text(path, page.format(language=current_language(), title=title, style=_STYLE, charts=charts))


def _say(key: str, **facts: object) -> str:
    return fill(f"cli.intraday.{key}", facts)


def _chart(update: IntradayUpdate, columns: list[int], title: str) -> Markup:
    horizon, today = update.after.horizon, update.after.horizon.days[update.day]
    span = slice(today.first_interval, today.end_interval)

    def day(expected: FloatArray) -> FloatArray:
        return np.asarray(expected[span][:, columns].sum(axis=1), dtype=np.float64)

    lines = [
        Series(_say("line_planned"), day(update.before.expected)),
        Series(_say("line_now"), day(update.after.expected)),
        Series(_say("line_came"), update.came[:, columns].sum(axis=1), filled=True),
    ]
    step = _LABEL_H * 60 // horizon.interval_min
    marks = [
        (number, horizon.instant((today.first_interval + number) * horizon.interval_us).strftime("%H:%M"))
        for number in range(0, today.end_interval - today.first_interval, step)
    ]
    return line_chart(title, lines, marks)
