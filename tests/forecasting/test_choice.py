"""Weights of the models of ordinary days, as far as a baseline tells them."""

import pytest

from forecasting import ModelWeight, forecast_and_lesson, make_forecast, model_weights


@pytest.fixture
def taught(make_history, make_scenario):
    return forecast_and_lesson(make_history(days=21, seed=1), make_scenario())


def test_weights_are_told_per_type_lead_and_model(make_history, make_scenario):
    _, lesson = forecast_and_lesson(make_history(days=84, seed=1), make_scenario())

    found = model_weights(lesson)

    assert {row.lead for row in found} == {"d1", "d2_3", "d4_7", "d8_14", "d15_28"}
    assert {row.model for row in found} >= {"two_level", "rhythm"}
    for lead in ("d1", "d15_28"):
        assert sum(row.weight for row in found if row.lead == lead) == pytest.approx(1.0)
    assert all(isinstance(row, ModelWeight) and row.contact_type == "call" for row in found)


def test_the_forecast_that_comes_with_its_lesson_is_the_forecast(taught, make_history, make_scenario):
    assert taught[0].fingerprint() == make_forecast(make_history(days=21, seed=1), make_scenario()).fingerprint()
