"""The words of the pages and the language they are said in."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.settings import TEXT
from scenarios import PlanningError
from scenarios.text import LANGUAGES, current_language, text

_KEY = "language"
_QUERY = "lang"


def language() -> str:
    """Return the language of this visitor's pages: ``"en"`` or ``"zh"``."""
    chosen = st.session_state.get(_KEY)
    return chosen if chosen in LANGUAGES else current_language()


def say(key: str, **facts: object) -> str:
    """Return the text ``key`` of the pages' catalogue in the visitor's language."""
    return text(key, language(), folder=TEXT, **facts)


def switch_language() -> None:
    """Draw the language switch; the choice stands in the address, so that a refresh or a shared link keeps it."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = _first_language()
    st.radio(
        say("nav.language"), LANGUAGES, key=_KEY, horizontal=True, label_visibility="collapsed",
        format_func=lambda name: say(f"nav.language_{name}"),
    )  # fmt: skip
    st.query_params[_QUERY] = language()


def _first_language() -> str:
    """Return the language the address asks for, else the browser's, else the system's."""
    asked = st.query_params.get(_QUERY)
    if asked in LANGUAGES:
        return asked
    locale = st.context.locale
    if locale:
        return "zh" if locale.lower().startswith("zh") else "en"
    return current_language()


@contextmanager
def guarded() -> Iterator[None]:
    """Show a wrong input as its message in the page, in the visitor's language; anything else is a fault of ours."""
    try:
        yield
    except PlanningError as error:
        st.error(error.message(language()))
