"""The page of the accuracy ledger, without a browser, in both languages."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import charts, ledger
from forecasting import Days, Observed, day_errors, snapshot_of
from scenarios import expected_demand
from scenarios.text import LANGUAGES

DAY = date(2026, 11, 10)


def accuracy_page():
    from dashboard.views import accuracy
    from dashboard.words import guarded

    with guarded():
        accuracy.show()


def opened(language):
    page = AppTest.from_function(accuracy_page, default_timeout=60)
    page.session_state["language"] = language
    return page.run()


@pytest.fixture
def snapshot(tiny):
    made_at = datetime(2026, 11, 9, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    return snapshot_of(expected_demand(tiny), made_at=made_at, known_until=DAY - timedelta(days=1), seed=1)


@pytest.fixture
def recorded(store, snapshot):
    """A forecast of which a tenth more came than was expected."""
    kept = store.forecasts.add("tiny", snapshot, actor="nightly")
    contacts = np.round(1.1 * snapshot.forecast.expected)
    errors = day_errors(snapshot, Observed(contacts, np.full(contacts.shape, np.nan)), Days())
    store.forecasts.record(kept.id, errors)
    return store


@pytest.mark.parametrize(("language", "said"), [("en", "No forecast is kept yet."), ("zh", "还没有保存的预测。")])
def test_a_store_without_forecasts_says_where_they_come_from(address, store, language, said):
    page = opened(language)

    assert not page.exception
    assert said in page.info[0].value


def test_a_forecast_whose_dates_have_not_come_says_so(address, store, snapshot):
    store.forecasts.add("tiny", snapshot, actor="nightly")

    assert "has come yet" in opened("en").info[0].value


@pytest.mark.parametrize(
    ("language", "every", "lead"), [("en", "All types", "1 day ahead"), ("zh", "全部类型", "提前 1 天")]
)
def test_the_page_tells_error_bias_and_coverage_by_type_and_lead(address, recorded, language, every, lead):
    page = opened(language)

    assert not page.exception
    assert [metric.value for metric in page.metric][1].startswith("-")  # less was forecast than came
    by_type, by_lead = (frame.value for frame in page.dataframe)
    assert set(by_type.iloc[:, 0]) == {every, "call", "chat"}
    assert by_lead.iloc[:, 0].tolist() == [lead]


def test_bands_are_those_of_the_last_forecast_before_the_date(address, recorded, snapshot):
    book = recorded.forecasts
    frame = ledger.day_bands(book.errors("tiny"), book.last_before("tiny", [DAY, date(2026, 1, 1)]), book.snapshot)

    (row,) = frame.to_dict("records")
    assert [row["p10"], row["p50"], row["p90"]] == snapshot.bands.day[:, 0, 2].tolist()
    assert row["contacts"] == np.round(1.1 * snapshot.forecast.expected).sum()


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_hold_what_came_its_band_and_both_errors(address, recorded, language):
    book = recorded.forecasts
    errors = book.errors("tiny")
    bands = ledger.day_bands(errors, book.last_before("tiny", [DAY]), book.snapshot)
    drawn = charts.band_chart(bands, language=language).to_dict()

    assert [layer["mark"]["type"] for layer in drawn["layer"]] == ["bar", "tick", "point"]
    (rows,) = charts.error_chart(ledger.over_time(errors), language=language).to_dict()["datasets"].values()
    assert {row["measure"] for row in rows} == {"wape", "bias"}
