import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import SESSION_LIKE, Channel, ContactType, Law, LawKind, PlanningError, check_history, measured_work_s


def table(**columns):
    facts = {
        "interval_start": pd.date_range("2026-11-09 09:00", periods=3, freq="30min", tz="Asia/Shanghai"),
        "contact_type": ["chat", "call", "call"],
        "offered": [3, 0, 5],
    }
    return pd.DataFrame(facts | columns)


def test_a_history_is_sorted_by_type_and_time_and_nothing_else_changes():
    given_rows = table(aht_s=[200.0, math.nan, 180.0], remark=["a", "b", "c"])
    checked = check_history(given_rows)

    assert list(checked["contact_type"]) == ["call", "call", "chat"]
    assert list(checked["remark"]) == ["b", "c", "a"]
    assert list(given_rows["remark"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("key", "history"),
    [
        ("missing_column", table().drop(columns="offered")),
        ("missing_column", pd.DataFrame()),
        ("no_rows", table().head(0)),
        ("naive_time", table(interval_start=pd.date_range("2026-11-09", periods=3, freq="30min"))),
        ("naive_time", table(interval_start=["yesterday"] * 3)),
        ("bad_moment", table(interval_start=pd.to_datetime([None, "2026-11-09", "2026-11-10"], utc=True))),
        ("bad_name", table(contact_type=["chat", None, "call"])),
        ("bad_name", table(contact_type=["chat", "", "call"])),
        ("bad_name", table(contact_type=["chat", 7, "call"])),
        ("bad_count", table(offered=[1, -1, 2])),
        ("bad_count", table(offered=[1, None, 2])),
        ("bad_count", table(offered=["1", "two", "3"])),
        ("bad_count", table(offered=[1, math.inf, 2])),
        ("bad_count", table(abandoned=[0, -3, None])),
        ("bad_count", table(aht_s=[200.0, [1], 200.0])),
        ("repeated_interval", pd.concat([table(), table().tail(1)])),
        ("repeated_name", pd.concat([table(), table()[["offered"]]], axis=1)),
    ],
)
def test_a_history_that_breaks_the_contract_is_refused_with_its_place(refused, key, history):
    with refused(key, place="calls.csv"):
        check_history(history, place="calls.csv")


def test_the_message_names_the_row_as_a_person_counts_it():
    with pytest.raises(PlanningError) as caught:
        check_history(table(offered=[1, 2, -7]), place="calls.csv")

    assert "row 3 is -7" in caught.value.message("en")
    assert caught.value.message("zh").startswith("calls.csv: 历史数据第 3 行")


CELL = st.one_of(st.none(), st.floats(), st.integers(-3, 10**9), st.text(max_size=4), st.booleans())


@given(
    offered=st.lists(CELL, min_size=3, max_size=3),
    kinds=st.lists(st.one_of(st.none(), st.integers(), st.text(max_size=3)), min_size=3, max_size=3),
    aht_s=st.lists(CELL, min_size=3, max_size=3),
)
def test_any_table_is_either_refused_as_ours_or_holds_the_contract(attempt, offered, kinds, aht_s):
    checked, error = attempt(lambda: check_history(table(offered=offered, contact_type=kinds, aht_s=aht_s)))
    if error:
        assert error.message("en")
        assert error.message("zh")
        return

    assert all(math.isfinite(float(count)) and float(count) >= 0 for count in checked["offered"])
    assert all(isinstance(kind, str) and kind for kind in checked["contact_type"])
    assert not checked.duplicated(["contact_type", "interval_start"]).any()
    assert checked.equals(check_history(checked))


@pytest.mark.parametrize(("channel", "refused"), [(Channel.CHAT, True), (Channel.VOICE, False)])
def test_a_chats_handle_time_that_can_only_be_the_session_is_refused(channel, refused, attempt):
    """Long calls are long work; a chat has the buyer's thinking in it, and several are open at once."""
    kind = ContactType("chat", channel, Law(LawKind.EXPONENTIAL, 80.0))
    long = table(aht_s=[80.0 * SESSION_LIKE + 40.0, 1.0, math.nan], offered=[9, 0, 5])

    work_s, error = attempt(lambda: measured_work_s(long, kind))
    assert (error is not None) is refused
    assert refused or work_s[0] == 80.0 * SESSION_LIKE + 40.0
    assert measured_work_s(long.assign(work_s=60.0), kind).tolist() == [60.0] * 3
    assert math.isnan(measured_work_s(long.drop(columns="aht_s"), kind)[0])
    assert measured_work_s(long.assign(aht_s=[190.0, 9999.0, 1.0]), kind)[0] == 190.0


def test_work_nobody_measured_as_a_whole_is_the_rounds_times_the_work_of_one():
    kind = ContactType("chat", Channel.CHAT, Law(LawKind.EXPONENTIAL, 80.0))
    typed = table(rounds=[4.0, math.nan, 5.0], work_per_message_s=[20.0, 20.0, 30.0])

    assert measured_work_s(typed, kind) == pytest.approx([80.0, math.nan, 150.0], nan_ok=True)
    assert measured_work_s(typed.assign(work_s=[math.nan, 70.0, 70.0]), kind).tolist() == [80.0, 70.0, 70.0]
    assert measured_work_s(typed.assign(aht_s=[math.nan, 70.0, 70.0]), kind).tolist() == [80.0, 70.0, 70.0]
