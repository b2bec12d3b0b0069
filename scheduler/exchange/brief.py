"""The one-page brief: does it hold, on which date, with whom, at what cost."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from markupsafe import Markup

from scenarios import Forecast, Plan, Scenario
from scenarios.text import fill
from scheduler.exchange.charts import Series, line_chart
from scheduler.exchange.files import write_text
from scheduler.exchange.pages import HTML_LANGUAGE, environment
from scheduler.exchange.summary import summarise
from scheduler.exchange.words import (
    DASH,
    moment,
    percent,
    percent_with_interval,
    say_breach,
    say_reason,
    weekday,
)
from scheduler.rostering import coverage

_SHARE_IN_TIME = "share_in_time"


def write_brief(
    plan: Plan,
    scenario: Scenario,
    path: Path,
    language: str,
    *,
    forecast: Forecast | None = None,
    version: int | None = None,
) -> None:
    """Write the brief of ``plan`` as one HTML file that fetches nothing from outside.

    Parameters
    ----------
    forecast
        Drawn as a chart where given.
    version
        Number of the roster version, ``None`` when it has none.
    """
    page = environment().get_template("brief.html.j2")
    write_text(path, page.render(_Facts(plan, scenario, language, forecast, version).table()) + "\n")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the page shows, in words."""

    plan: Plan
    scenario: Scenario
    language: str
    forecast: Forecast | None
    version: int | None

    def table(self) -> dict[str, object]:
        figures = summarise(self.plan, self.scenario)
        verdict = self.plan.verdict
        reasons = (*self.plan.outcome.reasons, *self.plan.notes)
        return {
            "say": self._say,
            "language": HTML_LANGUAGE[self.language],
            "scenario": self.scenario.name,
            "figures": figures,
            "version": self.version,
            "peak_at": moment(self._instant(figures.peak_at)),
            "gap": percent(figures.gap),
            "statements": self._statements(),
            "joint": verdict is not None and verdict.joint_proven,
            "types": self._types(),
            "charts": [*self._demand_chart(), *self._coverage_charts()],
            "breaches": [say_breach(row, self.language) for row in (() if verdict is None else verdict.breaches)],
            "reasons": [say_reason(reason, self.language) for reason in reasons],
            "provenance": self.plan.provenance,
        }

    def _say(self, key: str, **facts: object) -> str:
        return fill(f"export.{key}", facts, self.language)

    def _instant(self, interval: int) -> datetime:
        horizon = self.plan.requirement.horizon
        return horizon.instant(interval * horizon.interval_us)

    def _statements(self) -> list[dict[str, object]]:
        verdict = self.plan.verdict
        return [
            {
                "date": f"{row.date.isoformat()} {weekday(row.date.weekday(), self.language)}",
                "target": row.target,
                "proven": row.proven,
                "days": f"{row.days_met} / {row.days_simulated}",
                "bound": percent(row.bound),
                "share": percent_with_interval(row.day_share),
                "worst": percent(row.worst_hour_share),
                "abandoned": percent_with_interval(row.abandoned_share),
            }
            for row in (() if verdict is None else verdict.statements)
        ]

    def _types(self) -> list[tuple[str, str]]:
        """Return each contact type with its share in time over all days."""
        report = self.plan.report
        found = {row.scope: row for row in (() if report is None else report.kpis)
                 if row.kpi == _SHARE_IN_TIME and row.day is None and row.interval is None}  # fmt: skip
        names = [kind.name for kind in self.scenario.contact_types]
        return [(name, percent_with_interval(found[name].estimate) if name in found else DASH) for name in names]

    def _days(self) -> list[tuple[int, str]]:
        return [(day.first_interval, day.date.strftime("%m-%d")) for day in self.plan.requirement.horizon.days]

    def _demand_chart(self) -> list[Markup]:
        if self.forecast is None:
            return []
        lines = [
            Series(kind, self.forecast.expected[:, column]) for column, kind in enumerate(self.forecast.contact_types)
        ]
        return [line_chart(self._say("chart_demand"), lines, self._days())]

    def _coverage_charts(self) -> list[Markup]:
        needed, roster = self.plan.requirement, self.plan.outcome.roster
        cover = np.zeros_like(needed.positions) if roster is None else coverage(needed.horizon, needed.groups, roster)
        return [
            line_chart(
                self._say("chart_coverage", group=group),
                [
                    Series(self._say("required"), needed.positions[:, number], filled=True),
                    Series(self._say("at_work"), cover[:, number]),
                ],
                self._days(),
            )
            for number, group in enumerate(needed.groups)
        ]
