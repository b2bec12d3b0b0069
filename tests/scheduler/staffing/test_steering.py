"""Steering: what falls short is raised, what has much to spare is lowered, what passes is left alone."""

import numpy as np
import pytest
from scipy.special import ndtri

from scheduler.staffing import SLACK_SHARE, Steering, critical_shares, home_groups
from scheduler.staffing.steering import AIM_ABOVE


class _Days:
    """A study of which only the day shares are asked."""

    def __init__(self, shares):
        self._shares = shares

    def day_share(self, _target):
        return self._shares


def test_a_missed_promise_raises_the_factor_and_a_kept_one_stays(plain_table, scenario_of):
    steering = Steering(scenario_of(plain_table))
    steering.read(np.array([[0.80]]))
    raised = steering.log_factor[0, 0]
    assert raised > 0
    steering.read(np.array([[0.9 + AIM_ABOVE + 0.005]]))
    assert steering.log_factor[0, 0] == raised


def test_much_to_spare_lowers_the_factor(plain_table, scenario_of):
    steering = Steering(scenario_of(plain_table))
    steering.read(np.array([[0.9 + SLACK_SHARE + 0.05]]))
    assert steering.log_factor[0, 0] < 0


def test_no_step_is_larger_than_the_formula_can_be_wrong(plain_table, scenario_of):
    steering = Steering(scenario_of(plain_table))
    steering.read(np.array([[0.0]]))
    assert steering.log_factor[0, 0] <= 0.15


def test_the_factor_reaches_only_groups_whose_contacts_start_there(plain_table, scenario_of):
    plain_table["groups"].append({"name": "help", "skills": ["phone"], "serves": [{"contact_type": "call"}]})
    plain_table["routes"][0]["steps"].append({"group": "help", "from_wait_s": 20})
    scenario = scenario_of(plain_table)
    steering = Steering(scenario)
    steering.raise_where(np.array([[True]]), 0.1)
    factor = steering.rate_factor()
    assert home_groups(scenario) == [(0, 0)]
    assert factor[24, 0] == pytest.approx(np.exp(0.1))
    assert factor[24, 1] == 1.0


def test_critical_share_is_the_quantile_of_a_known_law(plain_table, scenario_of):
    # Shares fall .05 per standard score of the day, with independent noise of .02: normal, sd sqrt(.05^2 + .02^2).
    # Estimated from 400 days: tolerance .006 is about four standard errors.
    target = scenario_of(plain_table).targets[0]
    rng = np.random.default_rng(11)
    levels = (np.arange(400) + 0.5)[:, None] / 400
    shares = 0.9 - 0.05 * ndtri(levels) + 0.02 * rng.standard_normal(levels.shape)
    shares = np.minimum(shares, 1.0)
    found = critical_shares(_Days(shares), (target,), levels, margin=0.025)[0, 0]
    assert found == pytest.approx(0.9 + np.hypot(0.05, 0.02) * ndtri(0.025), abs=0.006)


def test_busy_days_alone_tell_the_same_quantile(plain_table, scenario_of):
    target = scenario_of(plain_table).targets[0]
    rng = np.random.default_rng(12)
    levels = 0.5 + (np.arange(400) + 0.5)[:, None] / 800
    shares = 0.95 - 0.05 * ndtri(levels) + 0.01 * rng.standard_normal(levels.shape)
    found = critical_shares(_Days(shares), (target,), levels, margin=0.025)[0, 0]
    assert found == pytest.approx(0.95 + np.hypot(0.05, 0.01) * ndtri(0.025), abs=0.006)
