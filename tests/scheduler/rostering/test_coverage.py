"""Coverage: mean agents at work per interval."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import US_PER_MIN, Assignment, Break, PlanningError, Roster
from scheduler.rostering import coverage


def assignment(day, start_min, end_min, agent="Lin", pause=None, group="phone"):
    breaks = () if pause is None else (Break(pause[0] * US_PER_MIN, pause[1] * US_PER_MIN, True),)
    return Assignment(agent, day, "full", group, start_min * US_PER_MIN, end_min * US_PER_MIN, breaks)


def test_presence_counts_by_its_share_of_the_interval(shop, monday):
    horizon = shop([]).horizon
    roster = Roster((assignment(monday, 510, 700, pause=(600, 615)),))
    cover = coverage(horizon, ("chat", "phone"), roster)

    assert cover[8:12, 1].tolist() == pytest.approx([0.5, 1.0, 0.75, 40 / 60])
    assert cover.sum() == pytest.approx((190 - 15) / 60)
    assert not cover[:, 0].any()


def test_nobody_at_work_covers_nothing(shop):
    assert not coverage(shop([]).horizon, ("phone",), Roster(())).any()


def test_a_shift_that_outlasts_the_horizon_is_cut(shop, monday):
    horizon = shop([], dates=1).horizon
    cover = coverage(horizon, ("phone",), Roster((assignment(monday, 1380, 1560),)))

    assert cover[:, 0].tolist() == [0.0] * 23 + [1.0]


def test_an_unknown_group_is_wrong_input(shop, monday):
    with pytest.raises(PlanningError, match="group"):
        coverage(shop([]).horizon, ("chat",), Roster((assignment(monday, 480, 600),)))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 900)), max_size=8))
def test_coverage_adds_up_to_the_hours_at_work(shop, monday, spans):
    horizon = shop([]).horizon
    rows = tuple(assignment(monday, s, s + n, agent=f"a{i}") for i, (s, n) in enumerate(spans))
    cover = coverage(horizon, ("phone",), Roster(rows))

    assert cover.sum() * 60 == pytest.approx(sum(n for _, n in spans))
    assert (cover >= -1e-12).all()
    assert cover.max(initial=0.0) <= len(spans) + 1e-12
    assert np.isfinite(cover).all()
