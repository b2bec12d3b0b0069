"""What the two authorities say of a roster: its rules and its proof."""

import streamlit as st

from dashboard.phrases import date_text, statement_text
from dashboard.words import language, say
from scenarios import Plan, RuleBreach, Scenario, VerdictStatus
from scheduler.rostering import tell_breach


def verdict_line(plan: Plan) -> None:
    """Draw the verdict as one line."""
    verdict = plan.verdict
    if verdict is None:
        st.warning(say("roster.no_verdict"))
    elif verdict.status is VerdictStatus.PROVEN:
        st.success(f"{say('roster.proven')} {say('roster.joint' if verdict.joint_proven else 'roster.not_joint')}")
    elif verdict.status is VerdictStatus.RULES_BROKEN:
        st.error(say("roster.rules_broken", count=len(verdict.breaches)))
    else:
        st.error(say("roster.not_proven"))


def show_verdict(plan: Plan, scenario: Scenario | None) -> None:
    """Draw the statement of every date and promise in plain words."""
    if plan.verdict is None:
        st.write(say("roster.no_verdict"))
        return
    targets = {} if scenario is None else {target.name: target for target in scenario.targets}
    for day in sorted({statement.date for statement in plan.verdict.statements}):
        with st.container(border=True):
            st.markdown(f"**{date_text(day, language())}**")
            for statement in plan.verdict.statements:
                if statement.date == day:
                    st.markdown(statement_text(statement, targets.get(statement.target), language()))


def show_breaches(plan: Plan) -> None:
    """Draw the broken rules, or that there are none."""
    breaches = () if plan.verdict is None else plan.verdict.breaches
    if plan.verdict is None:
        st.write(say("roster.no_verdict"))
        return
    if not breaches:
        st.success(say("roster.no_breaches"))
        return
    st.markdown("\n".join(f"- {_breach_text(breach)}" for breach in breaches))


def _breach_text(breach: RuleBreach) -> str:
    day = say("unit.none") if breach.date is None else date_text(breach.date, language())
    return tell_breach(breach, day, language())
