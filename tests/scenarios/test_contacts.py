from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import NEVER_US, NOBODY, Cause, ContactLog, ContactTrace, MessageLog


def trace(**changes):
    """Two contacts, of whom the first may try again; the second, by messages, is kept by the bot."""
    columns = {
        "arrival_us": [10, 20],
        "contained": [False, True],
        "root": [0, 1, 0],
        "number": [0, 0, 1],
        "cause": [Cause.FIRST, Cause.FIRST, Cause.REDIAL],
        "contact_type": [0, 1, 0],
        "line": [0, 1, 0],
        "delay_us": [0, 0, 60],
        "due_after_us": [NEVER_US] * 3,
        "work_us": [5, 7, 5],
        "patience_us": [7, NEVER_US, 9],
        "if_lost": [2, NOBODY, NOBODY],
        "if_answered": [NOBODY] * 3,
        "need_ppm": [0, 0, 0],
        "first_round": [0, 0, 2, 2],
        "round_work_us": [3, 4],
        "think_us": [0, 30],
        "hold_us": [0, 100, 0],
    }
    return ContactTrace(**columns | changes)


COLUMNS = sorted({field.name for field in fields(ContactTrace)} - {"table"})


def test_a_trace_keeps_its_columns_whole_and_not_writeable():
    day = trace()

    assert (len(day), day.roots) == (3, 2)
    assert day.work_us.dtype == np.int64
    assert day.contained.tolist() == [False, True]
    assert not any(getattr(day, name).flags.writeable for name in COLUMNS)


def test_columns_that_cannot_be_written_to_are_taken_without_a_copy():
    ready = np.array([5, 7, 5])
    ready.flags.writeable = False
    open_to_all = np.array([5, 7, 5])

    assert trace(work_us=ready).work_us is ready
    assert trace(work_us=open_to_all).work_us is not open_to_all


@pytest.mark.parametrize("field", sorted(set(COLUMNS) - {"first_round", "round_work_us"}))
def test_a_column_of_another_length_is_refused(refused, field):
    with refused("wrong_shape"):
        trace(**{field: [*getattr(trace(), field).tolist(), 1]})


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("wrong_shape", {"root": [[0, 1, 0]]}),
        ("wrong_shape", {"first_round": [0, 0, 2]}),
        ("wrong_shape", {"first_round": [0, 0, 1, 1]}),
        ("wrong_shape", {"round_work_us": [3]}),
        ("not_sorted", {"arrival_us": [20, 10]}),
        ("not_sorted", {"first_round": [0, 2, 1, 2]}),
        ("not_sorted", {"first_round": [1, 1, 2, 2]}),
        ("negative", {"arrival_us": [-1, 10]}),
        ("negative", {"delay_us": [0, 0, -1]}),
        ("negative", {"think_us": [0, -1]}),
        ("negative", {"hold_us": [0, -1, 0]}),
        ("negative", {"need_ppm": [0, -1, 0]}),
        ("not_positive", {"work_us": [5, 0, 5]}),
        ("not_positive", {"patience_us": [0, 5, 5]}),
        ("not_positive", {"round_work_us": [3, 0]}),
        ("endless_attempts", {"if_lost": [0, NOBODY, NOBODY]}),
        ("endless_attempts", {"if_lost": [1, NOBODY, NOBODY]}),
        ("endless_attempts", {"if_lost": [2, NOBODY, 2]}),
        ("endless_attempts", {"if_answered": [NOBODY, 3, NOBODY]}),
        ("endless_attempts", {"if_answered": [NOBODY, -2, NOBODY]}),
        ("not_one_of", {"root": [0, 2, 0]}),
    ],
)
def test_a_trace_that_cannot_be_simulated_is_refused(refused, key, changes):
    with refused(key):
        trace(**changes)


def test_an_empty_day_is_a_day():
    nothing = {name: [] for name in ContactTrace.__dataclass_fields__}

    assert len(ContactTrace(**nothing | {"first_round": [0]})) == 0


@given(ahead=st.lists(st.integers(-3, 8), min_size=5, max_size=5), answered=st.booleans())
def test_a_trace_leads_onwards_or_is_refused(attempt, ahead, answered):
    columns = dict.fromkeys(("number", "cause", "contact_type", "line", "delay_us", "need_ppm", "hold_us"), [0] * 5)
    columns |= dict.fromkeys(("work_us", "patience_us"), [1] * 5) | {"round_work_us": [], "think_us": []}
    columns |= {"if_lost": [NOBODY] * 5, "if_answered": [NOBODY] * 5, "first_round": [0] * 6}
    columns |= {"arrival_us": [0, 0], "contained": [False] * 2, "root": [0] * 5, "due_after_us": [NEVER_US] * 5}
    columns["if_answered" if answered else "if_lost"] = ahead
    _, error = attempt(lambda: ContactTrace(**columns))

    onwards = all(row == NOBODY or max(place + 1, 2) <= row < 5 for place, row in enumerate(ahead))
    assert (error is None) == onwards


def log(**changes):
    return ContactLog(**{name: [0, 1] for name in ContactLog.__dataclass_fields__} | changes)


def messages(**changes):
    return MessageLog(**{name: [0, 1] for name in MessageLog.__dataclass_fields__} | changes)


@pytest.mark.parametrize(("make", "field"), [(log, "hops"), (messages, "replied_us")])
def test_equal_logs_have_equal_fingerprints_and_others_have_not(refused, make, field):
    assert len(make()) == 2
    assert make().fingerprint() == make().fingerprint()
    assert make().fingerprint() != make(**{field: [0, 2]}).fingerprint()
    with refused("wrong_shape"):
        make(**{field: [0]})
