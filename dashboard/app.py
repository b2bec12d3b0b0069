"""The pages: navigation, language and what every page shares; ``python -m dashboard`` starts it."""

import streamlit as st

from dashboard.stock import store
from dashboard.views import accuracy, promo_day, roster
from dashboard.words import guarded, say, switch_language


def main() -> None:
    """Draw the page the visitor is on."""
    st.set_page_config(page_title="Springtide 大潮", layout="wide")
    with st.sidebar:
        switch_language()
    page = st.navigation(
        [
            st.Page(promo_day.show, title=say("nav.promo_day"), url_path="promo-day", default=True),
            st.Page(roster.show, title=say("nav.roster"), url_path="roster"),
            st.Page(accuracy.show, title=say("nav.accuracy"), url_path="accuracy"),
        ]
    )
    with st.sidebar:
        st.caption(say("product"))
    with guarded():
        store()
        page.run()


main()
