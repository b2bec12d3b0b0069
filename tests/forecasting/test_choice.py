"""Weights of the models of ordinary days, as far as a baseline tells them."""

from dataclasses import dataclass, replace

import pytest

from forecasting import ModelWeight, forecast_and_lesson, make_forecast, model_weights


@dataclass(frozen=True)
class Told:
    """A baseline that weighs two models, more evenly the farther ahead."""

    def weights_by_lead(self):
        return {"d1": {"carried": 0.8, "plain": 0.2}, "d15_28": {"carried": 0.5, "plain": 0.5}}


@pytest.fixture
def taught(make_history, make_scenario):
    return forecast_and_lesson(make_history(days=21, seed=1), make_scenario())


def test_weights_are_told_per_type_lead_and_model(taught):
    _, lesson = taught
    found = model_weights(replace(lesson, baselines=(Told(),)))

    assert found[:2] == (ModelWeight("call", "d1", "carried", 0.8), ModelWeight("call", "d1", "plain", 0.2))
    for lead in ("d1", "d15_28"):
        assert sum(row.weight for row in found if row.lead == lead) == pytest.approx(1.0)


def test_the_forecast_that_comes_with_its_lesson_is_the_forecast(taught, make_history, make_scenario):
    assert taught[0].fingerprint() == make_forecast(make_history(days=21, seed=1), make_scenario()).fingerprint()
