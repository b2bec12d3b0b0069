"""Which models a forecast of ordinary days stands on, and with what weight."""

from dataclasses import dataclass

from forecasting.learning import Lesson


@dataclass(frozen=True, slots=True)
class ModelWeight:
    """Weight (a share) of one model in the forecast of one contact type at one stretch of leads."""

    contact_type: str
    lead: str
    model: str
    weight: float


def model_weights(lesson: Lesson) -> tuple[ModelWeight, ...]:
    """Return the weights of every type, as they were learnt."""
    return tuple(
        ModelWeight(name, lead, model, weight)
        for name, baseline in zip(lesson.ordinary.contact_types, lesson.baselines, strict=True)
        for lead, weights in baseline.weights_by_lead().items()
        for model, weight in weights.items()
    )
