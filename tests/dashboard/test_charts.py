"""Charts say what the frames behind them say, in local time and in the page's language."""

import numpy as np
import pandas as pd
import pytest

from dashboard import charts, frames
from scenarios.text import LANGUAGES

TIMES = pd.date_range("2026-11-10 20:00", periods=3, freq="30min")


@pytest.fixture
def service():
    sides = [
        pd.DataFrame(
            {"time": TIMES, "share": [0.9, 0.8, 0.7], "low": 0.6, "high": 0.95, "per_hour": [10.0, 20.0, 30.0]}
        ).assign(side=side)
        for side in ("unchanged", "changed")
    ]
    return pd.concat(sides, ignore_index=True)


def rows(chart, layer):
    """Data of a layer as the browser gets it."""
    spec = chart.to_dict()
    part = spec["layer"][layer] if layer is not None else spec
    return spec["datasets"][(part.get("data") or spec["data"])["name"]]


def layers(chart):
    return [layer["mark"]["type"] for layer in chart.to_dict()["layer"]]


def test_the_service_chart_draws_band_line_and_promise(service):
    chart = charts.service_chart(service, day_share=0.9, within="30 s", language="en")
    spec = chart.to_dict()

    assert layers(chart)[:2] == ["area", "line"]
    band, line = spec["layer"][:2]
    assert (band["encoding"]["y"]["field"], band["encoding"]["y2"]["field"]) == ("low", "high")
    assert line["encoding"]["y"]["field"] == "share"
    assert line["encoding"]["y"]["scale"]["domain"] == [0, 1]
    assert line["encoding"]["y"]["axis"]["format"] == ".0%"
    assert [row["share"] for row in rows(chart, layers(chart).index("rule"))] == [0.9]


def test_times_reach_the_browser_without_a_zone(service):
    chart = charts.service_chart(service, day_share=0.9, within="30 s", language="en")

    assert {row["time"] for row in rows(chart, 0)} == {
        "2026-11-10T20:00:00", "2026-11-10T20:30:00", "2026-11-10T21:00:00"
    }  # fmt: skip


@pytest.mark.parametrize(("language", "names"), [("en", ["As planned", "With levers"]), ("zh", ["原计划", "调整后"])])
def test_sides_are_named_in_the_pages_language(service, language, names):
    chart = charts.service_chart(service, day_share=0.9, within="30 s", language=language)

    assert chart.to_dict()["layer"][0]["encoding"]["color"]["scale"]["domain"] == names


def test_one_side_alone_has_no_second_entry_in_the_legend(service):
    chart = charts.volume_chart(service[service["side"] == "unchanged"], language="en")

    assert chart.to_dict()["encoding"]["color"]["scale"]["domain"] == ["As planned"]


def test_steps_are_closed_at_the_end_of_the_last_interval(service):
    chart = charts.volume_chart(service, language="en")
    last = [row for row in rows(chart, None) if row["time"] == "2026-11-10T21:30:00"]

    assert [row["per_hour"] for row in last] == [30.0, 30.0]
    assert chart.to_dict()["mark"]["interpolate"] == "step-after"


def test_a_single_interval_is_left_as_it_is(service):
    alone = service[(service["side"] == "changed") & (service["time"] == TIMES[0])]

    assert len(rows(charts.volume_chart(alone, language="en"), None)) == 1


def test_the_coverage_chart_shades_what_is_missing(tiny, plan, roster):
    frame = frames.coverage_frame(plan.requirement, roster, "chat", tiny.horizon.days[0].date)
    chart = charts.coverage_chart(frame, language="en")
    missing = chart.to_dict()["layer"][1]["encoding"]

    assert (missing["y"]["field"], missing["y2"]["field"]) == ("planned", "top")
    first = next(row for row in rows(chart, 1) if row["time"] == "2026-11-10T09:00:00")
    assert (first["required"], first["planned"], first["short"], first["top"]) == (3.0, 2.0, 1.0, 3.0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_can_be_drawn_in_every_language(service, tiny, plan, roster, language):
    people = service.assign(people=3.0)
    series = frames.series_frame(tiny.horizon, np.ones((tiny.horizon.intervals, 2)), ("a", "b"))
    cover = frames.coverage_frame(plan.requirement, roster, "phone", None)
    drawn = [
        charts.service_chart(service, day_share=0.9, within="30 s", language=language),
        charts.volume_chart(service, language=language),
        charts.people_chart(people, language=language),
        charts.stacked_chart(series, title="x", language=language),
        charts.coverage_chart(cover, language=language),
    ]

    assert all(chart.to_dict()["width"] == "container" for chart in drawn)


def test_more_labels_than_hues_start_the_hues_again(tiny):
    labels = tuple(f"kind {n}" for n in range(len(charts.PALETTE) + 1))
    frame = frames.series_frame(tiny.horizon, np.ones((tiny.horizon.intervals, len(labels))), labels)
    scale = charts.stacked_chart(frame, title="x", language="en").to_dict()["encoding"]["color"]["scale"]

    assert scale["domain"] == list(labels)
    assert scale["range"][0] == scale["range"][-1]
