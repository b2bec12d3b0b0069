"""Which models a forecast of ordinary days stands on, and with what weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from forecasting.learning import Lesson


@runtime_checkable
class Weighted(Protocol):
    """A baseline that can say how it weighs its models."""

    def weights_by_lead(self) -> Mapping[str, Mapping[str, float]]:
        """Return per stretch of leads (``d1``, ``d2_7``, ...) the weight of each model; those of a lead add up to 1."""


@dataclass(frozen=True, slots=True)
class ModelWeight:
    """Weight (a share) of one model in the forecast of one contact type at one stretch of leads."""

    contact_type: str
    lead: str
    model: str
    weight: float


def model_weights(lesson: Lesson) -> tuple[ModelWeight, ...]:
    """Return the weights of every type whose baseline tells them, as they were learnt."""
    return tuple(
        ModelWeight(name, lead, model, weight)
        for name, baseline in zip(lesson.ordinary.contact_types, lesson.baselines, strict=True)
        if isinstance(baseline, Weighted)
        for lead, weights in baseline.weights_by_lead().items()
        for model, weight in weights.items()
    )
