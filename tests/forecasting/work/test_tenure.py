"""How much longer newcomers take, on the same work."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import tenure_factors
from scenarios import PlanningError


def table(*rows, columns=("grade", "contact_type", "work_s", "contacts")):
    return pd.DataFrame(rows, columns=list(columns))


def test_grades_are_compared_on_the_same_work():
    """Newcomers have the easy calls: their mean of 156 s is less than the others' 190 s, and yet they take 1.3 times
    as long."""
    rows = tenure_factors(
        table(("old", "easy", 100.0, 20_000), ("old", "hard", 200.0, 180_000),
              ("new", "easy", 130.0, 160_000), ("new", "hard", 260.0, 40_000))
    )  # fmt: skip
    old, new = rows

    assert (old.grade, new.grade) == ("old", "new")
    assert new.measured / old.measured == pytest.approx(1.3)
    assert 1.1 < new.factor / old.factor < 1.3


def test_factors_have_the_mean_one_over_the_work_of_the_table():
    """7,000 contacts of 100 s and 3,000 of 130 s: 109 s on average."""
    old, new = tenure_factors(table(("old", "a", 100.0, 7_000), ("new", "a", 130.0, 3_000)))

    assert (old.measured, new.measured) == pytest.approx((100 / 109, 130 / 109))
    assert 0.7 * old.measured + 0.3 * new.measured == pytest.approx(1.0)


def test_a_grade_with_few_contacts_is_taken_for_about_average():
    rows = [("old", "a", 100.0, 9_000), ("new", "a", 130.0, 3_000), ("trainee", "a", 300.0, 2)]
    few = tenure_factors(table(*rows))[2]

    assert few.measured > 2.5
    assert few.factor < 1.3


def test_many_people_of_one_pace_say_more_than_one_person():
    columns = ("grade", "contact_type", "work_s", "contacts", "agent")
    base = [("old", "a", 100.0 + n % 3, 1_000, f"o{n}") for n in range(10)]
    ten = [("new", "a", 130.0 + n % 3, 1_000, f"n{n}") for n in range(10)]
    one = [("new", "a", 131.0, 10_000, "n")]
    by_ten, by_one = (tenure_factors(table(*base, *rows, columns=columns))[1] for rows in (ten, one))

    assert by_ten.measured == pytest.approx(by_one.measured, rel=0.01)
    assert 1.0 < by_one.factor < by_ten.factor <= by_ten.measured


@pytest.mark.parametrize(
    ("rows", "columns", "key"),
    [
        ([("old", "a", 100.0)], ("grade", "contact_type", "work_s"), "tenure_column"),
        ([("", "a", 100.0, 5)], None, "tenure_name"),
        ([("old", None, 100.0, 5)], None, "tenure_name"),
        ([("old", "a", "long", 5)], None, "tenure_number"),
        ([("old", "a", 100.0, -5)], None, "tenure_number"),
        ([("old", "a", 0.0, 5)], None, "tenure_empty"),
        ([], None, "tenure_empty"),
    ],
)
def test_tables_that_say_nothing_are_refused(rows, columns, key):
    given_columns = columns or ("grade", "contact_type", "work_s", "contacts")
    with pytest.raises(PlanningError) as caught:
        tenure_factors(table(*rows, columns=given_columns), place="people.csv")

    assert caught.value.key == key
    assert "people.csv" in str(caught.value)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.floats(1, 1e4), st.floats(1, 1e6) | st.just(0.0)),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_any_table_gives_factors_between_the_measured_ones_and_one(rows):
    if not any(row[3] > 0 for row in rows):
        return
    for row in tenure_factors(table(*rows)):
        assert np.isfinite(row.factor)
        assert row.factor > 0
        assert min(row.measured, 1.0) - 1e-9 <= row.factor <= max(row.measured, 1.0) + 1e-9
