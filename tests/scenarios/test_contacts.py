import numpy as np
import pytest

from scenarios import NEVER_US, NOBODY, ContactLog, ContactTrace


def trace(**changes):
    columns = {
        "contact_type": [0, 1],
        "arrival_us": [10, 20],
        "contained": [False, True],
        "due_us": [NEVER_US, NEVER_US],
        "work_us": [[5, 5]],
        "patience_us": [[7, NEVER_US]],
        "redial_after_us": [[NOBODY, NOBODY]],
    }
    return ContactTrace(**columns | changes)


def test_a_trace_keeps_its_columns_whole_and_not_writeable():
    day = trace()

    assert len(day) == 2
    assert day.work_us.dtype == np.int64
    assert not any(getattr(day, name).flags.writeable for name in ContactTrace.__dataclass_fields__)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("wrong_shape", {"contact_type": [0]}),
        ("wrong_shape", {"contained": [False]}),
        ("wrong_shape", {"patience_us": [[7, 7], [7, 7]]}),
        ("not_sorted", {"arrival_us": [20, 10]}),
        ("not_positive", {"work_us": [[5, 0]]}),
        ("not_positive", {"patience_us": [[0, 5]]}),
        ("endless_redial", {"redial_after_us": [[NOBODY, 60]]}),
    ],
)
def test_a_trace_that_cannot_be_simulated_is_refused(refused, key, changes):
    with refused(key):
        trace(**changes)


def test_an_empty_day_is_a_day():
    nothing = {name: [] for name in ("contact_type", "arrival_us", "contained", "due_us")}
    rows = {name: np.empty((1, 0)) for name in ("work_us", "patience_us", "redial_after_us")}

    assert len(trace(**nothing, **rows)) == 0


def log(**changes):
    return ContactLog(**{name: [0, 1] for name in ContactLog.__dataclass_fields__} | changes)


def test_equal_logs_have_equal_fingerprints_and_others_have_not(refused):
    assert len(log()) == 2
    assert log().fingerprint() == log().fingerprint()
    assert log().fingerprint() != log(hops=[0, 2]).fingerprint()
    with refused("wrong_shape"):
        log(agent=[0])
