"""The page "forecast accuracy": what was forecast, what came, and whether the bands held."""

import pandas as pd
import streamlit as st

from dashboard import charts, ledger
from dashboard.phrases import percent
from dashboard.stock import snapshot_of, store
from dashboard.words import language, say
from forecasting import TOTAL, accuracy_table
from scenarios import library_names, title_of

_DATES = 28  # four weeks: the horizon planners look back on


def show() -> None:
    """Draw the page."""
    st.title(say("accuracy.title"))
    book, spoken = store().forecasts, language()
    names = book.scenarios()
    if not names:
        st.info(f"**{say('accuracy.empty')}** {say('accuracy.empty_next')}")
        return
    known = library_names()
    name = st.selectbox(
        say("promo.scenario"), names, format_func=lambda one: title_of(one, spoken) if one in known else one,
        key="accuracy-scenario",
    )  # fmt: skip
    errors = book.errors(name)
    if errors.empty:
        st.info(say("accuracy.not_come"))
        return
    recent = errors[errors["date"].isin(sorted(set(errors["date"]))[-_DATES:])]
    _figures(recent)
    st.markdown(f"**{say('accuracy.band_title')}**")
    kinds = sorted(set(recent["contact_type"]))
    every = say("accuracy.all_types")
    kind = st.selectbox(
        say("accuracy.contact_type"), kinds, format_func=lambda one: every if one == TOTAL else one,
        key="accuracy-type",
    )  # fmt: skip
    bands = ledger.day_bands(recent, book.last_before(name, sorted(set(recent["date"]))), snapshot_of, kind)
    st.altair_chart(charts.band_chart(bands, language=spoken))
    st.caption(say("accuracy.band_note"))
    st.markdown(f"**{say('accuracy.over_time')}**")
    st.altair_chart(charts.error_chart(ledger.over_time(recent), language=spoken))
    _table(recent, "contact_type")
    _table(recent, "lead")


def _figures(recent: pd.DataFrame) -> None:
    total = accuracy_table(recent, by=()).iloc[0]
    spoken = language()
    for column, key in zip(st.columns(4), ("wape", "bias", "coverage", "day_coverage"), strict=True):
        column.metric(say(f"accuracy.{key}"), percent(float(total[key]), spoken))


def _table(recent: pd.DataFrame, by: str) -> None:
    spoken = language()
    table = accuracy_table(recent, by=(by,))
    names = {TOTAL: say("accuracy.all_types")} if by == "contact_type" else {
        lead: say(f"accuracy.lead_{lead}") for lead in table["lead"]
    }  # fmt: skip
    shown = pd.DataFrame(
        {say(f"accuracy.{by}"): [names.get(value, value) for value in table[by]]}
        | {say("accuracy.contacts"): [f"{value:,.0f}" for value in table["contacts"]]}
        | {
            say(f"accuracy.{key}"): [percent(float(value), spoken) for value in table[key]]
            for key in ("wape", "bias", "coverage", "day_coverage")
        }
    )
    st.dataframe(shown, hide_index=True)
