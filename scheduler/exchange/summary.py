"""The few figures that every output opens with."""

from dataclasses import dataclass
from datetime import date

from scenarios import Plan, Scenario, VerdictStatus
from scheduler.exchange.words import hours


@dataclass(frozen=True, slots=True)
class Summary:
    """A plan in figures.

    Parameters
    ----------
    status
        Key of ``export.status_*``: ``proven``, ``not_proven``, ``rules_broken`` or ``no_roster``.
    people, shifts, paid_h, cost_yuan
        Of the roster; 0 when there is none.
    peak_positions, peak_at
        Largest sum of required positions over the groups, and the index of its interval.
    gap
        (objective - bound) / objective as a fraction, nan without a roster.
    breaches
        Number of broken rules; ``None`` when nothing was checked.
    first_date, last_date
        Of the horizon.
    """

    status: str
    people: int
    shifts: int
    paid_h: float
    cost_yuan: float
    peak_positions: float
    peak_at: int
    gap: float
    breaches: int | None
    first_date: date
    last_date: date


def summarise(plan: Plan, scenario: Scenario) -> Summary:
    """Return the figures of ``plan``."""
    roster, horizon = plan.outcome.roster, plan.requirement.horizon
    rows = () if roster is None else roster.assignments
    rate = {agent.name: scenario.contract_of(agent).cost_per_paid_h_yuan for agent in scenario.agents}
    needed = plan.requirement.positions.sum(axis=1)
    return Summary(
        status=status_of(plan),
        people=len({row.agent for row in rows}),
        shifts=len(rows),
        paid_h=sum(hours(row.paid_us) for row in rows),
        cost_yuan=sum(hours(row.paid_us) * rate[row.agent] for row in rows),
        peak_positions=float(needed.max()),
        peak_at=int(needed.argmax()),
        gap=float("nan") if roster is None else plan.outcome.gap,
        breaches=None if plan.verdict is None else len(plan.verdict.breaches),
        first_date=horizon.first_date,
        last_date=horizon.days[-1].date,
    )


def status_of(plan: Plan) -> str:
    """Return the key of what the plan came to."""
    if plan.verdict is None:
        return "no_roster"
    words = {
        VerdictStatus.PROVEN: "proven",
        VerdictStatus.NOT_PROVEN: "not_proven",
        VerdictStatus.RULES_BROKEN: "rules_broken",
    }
    return words[plan.verdict.status]
