"""The levers of a trial as a form."""

from dataclasses import dataclass

import streamlit as st

from dashboard.levers import Levers, bot_shares, bot_types, chat_cap_of, notices_coverage_of, notices_types
from dashboard.outcome import US_PER_H
from dashboard.people import ExtraPeople, PlannedPeople, busiest_window, part_timers
from dashboard.phrases import span_text
from dashboard.trial import TrialOrder
from dashboard.words import language, say

ORDERS_PERCENT = (50, 300)
ORDERS_STEP = 5
CHAT_CAP_MAX = 12
EXTRA_MAX = 50
ABSENCE_PERCENT_MAX = 40
DAYS = (10, 30, 60, 200)
"""Simulated days to choose from: a first look, a look, a choice, a decision."""
EXTRA_HOURS = 4
"""Hours a part-timer sits by default: the shortest shift worth the way."""
EXTRA_HOURS_MAX = 8
NOTICES_COVERAGE = 0.8
"""First figure for a scenario without notices: the reach the library's scenarios assume."""
_PERCENT = "%d%%"


def lever_form(begin: TrialOrder, planned: PlannedPeople, *, disabled: bool) -> TrialOrder | None:
    """Draw the form, set as ``begin`` was; return the order when the planner runs it."""
    mark = planned.scenario.fingerprint()[:8]  # another scenario has other figures to start from
    form = _Form(begin, planned, mark)
    with st.form(f"levers-{mark}"):
        st.subheader(say("promo.levers"))
        # At the top, so that it is seen without scrolling; a form hands over what stands below it all the same.
        pressed = st.form_submit_button(say("promo.run"), type="primary", disabled=disabled, width="stretch")
        levers = Levers(
            orders_factor=form.orders(),
            bot_offered_share=form.bot("bot_offered"),
            bot_containment_share=form.bot("bot_kept"),
            notices_coverage=form.notices(),
            chat_cap=form.chat_cap(),
            absence_share=form.absence(),
        )
        kept, extra, days = form.part_timers(), form.extra(), form.days()
    return TrialOrder(begin.source, levers, kept, extra, days) if pressed else None


@dataclass(frozen=True, slots=True)
class _Form:
    """Draws the widgets one by one; each returns ``None`` where it was left as the scenario has it."""

    begin: TrialOrder
    planned: PlannedPeople
    mark: str

    def orders(self) -> float:
        low, high = ORDERS_PERCENT
        percent = st.slider(
            say("promo.orders"), low, high, round(100 * self.begin.levers.orders_factor), ORDERS_STEP,
            format=_PERCENT, help=say("promo.orders_help"), key=f"{self.mark}-orders",
        )  # fmt: skip
        return percent / 100

    def bot(self, name: str) -> float | None:
        if not bot_types(self.planned.scenario):
            return None
        offered, kept = bot_shares(self.planned.scenario)
        levers = self.begin.levers
        declared, begun = (
            (offered, levers.bot_offered_share) if name == "bot_offered" else (kept, levers.bot_containment_share)
        )
        return self._percent(name, declared, begun, say("promo.bot_help"))

    def notices(self) -> float | None:
        scenario = self.planned.scenario
        if not notices_types(scenario):
            return None
        declared = notices_coverage_of(scenario)
        begun = declared if self.begin.levers.notices_coverage is None else self.begin.levers.notices_coverage
        switched_on = st.toggle(say("promo.notices"), value=begun > 0, key=f"{self.mark}-notices")
        shown = declared or NOTICES_COVERAGE
        moved = self._percent("notices_coverage", shown, begun or None, say("promo.notices_help"))
        coverage = (shown if moved is None else moved) if switched_on else 0.0
        return None if coverage == declared else coverage

    def chat_cap(self) -> int | None:
        declared = chat_cap_of(self.planned.scenario)
        if declared is None:
            return None
        cap = st.number_input(
            say("promo.chat_cap"), 1, max(CHAT_CAP_MAX, declared), self.begin.levers.chat_cap or declared,
            help=say("promo.chat_cap_help"), key=f"{self.mark}-cap",
        )  # fmt: skip
        return None if cap == declared else int(cap)

    def absence(self) -> float | None:
        declared, begun = self.planned.scenario.absence_share, self.begin.levers.absence_share
        return self._percent("absence", declared, begun, say("promo.absence_help"), ABSENCE_PERCENT_MAX)

    def part_timers(self) -> int | None:
        count = len(part_timers(self.planned.scenario, self.planned.roster))
        if not count:
            return None
        begun = self.begin.rostered_part_timers
        come = st.slider(
            say("promo.part_timers"), 0, count, count if begun is None else min(begun, count), key=f"{self.mark}-pool"
        )
        return None if come == count else int(come)

    def extra(self) -> ExtraPeople | None:
        horizon, begun, spoken = self.planned.scenario.horizon, self.begin.extra, language()
        groups = [group.name for group in self.planned.scenario.groups]
        count = st.number_input(
            say("promo.extra"), 0, EXTRA_MAX, begun.count if begun else 0, help=say("promo.extra_help"),
            key=f"{self.mark}-extra",
        )  # fmt: skip
        group = st.selectbox(
            say("promo.extra_group"), groups, index=groups.index(begun.group) if begun else 0, key=f"{self.mark}-group"
        )
        on_the_hour = [n for n in range(horizon.intervals) if horizon.instant(n * horizon.interval_us).minute == 0]
        peak_us = begun.start_us if begun else busiest_window(self.planned.scenario, self.planned.forecast, EXTRA_HOURS)
        nearest = min(on_the_hour, key=lambda n: abs(n * horizon.interval_us - peak_us))
        start = st.selectbox(
            say("promo.extra_from"), on_the_hour, index=on_the_hour.index(nearest), key=f"{self.mark}-from",
            format_func=lambda n: span_text(horizon, n, spoken),
        )  # fmt: skip
        hours_before = (begun.end_us - begun.start_us) // US_PER_H if begun else EXTRA_HOURS
        hours = st.number_input(
            say("promo.extra_hours"), 1, EXTRA_HOURS_MAX, max(1, hours_before), key=f"{self.mark}-hours"
        )
        if not count:
            return None
        start_us = start * horizon.interval_us
        return ExtraPeople(int(count), str(group), start_us, min(start_us + int(hours) * US_PER_H, horizon.end_us))

    def days(self) -> int:
        begun = min(DAYS, key=lambda days: abs(days - self.begin.replications))
        return int(
            st.select_slider(say("promo.days"), DAYS, value=begun, help=say("promo.days_help"), key=f"{self.mark}-days")
        )

    def _percent(
        self, name: str, declared: float, begun: float | None, help_text: str, most: int = 100
    ) -> float | None:
        start = round(100 * declared)
        value = start if begun is None else round(100 * begun)
        moved = st.slider(
            say(f"promo.{name}"), 0, max(most, start), value, format=_PERCENT, help=help_text,
            key=f"{self.mark}-{name}",
        )  # fmt: skip
        return None if moved == start else moved / 100
