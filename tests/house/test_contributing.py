"""The examples of CONTRIBUTING.md do what they say: parts of your own, without a change to the project."""

import inspect
import re

import numpy as np
import pytest

from forecasting import Forecaster, make_forecast
from scenarios import Outcome, sample_history
from sim import replicate

BLOCK = re.compile(r"^```(python|toml)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LONGEST = 14
"""Lines of an example, the common beginning left out: they are to be short."""


@pytest.fixture(scope="module")
def blocks(root):
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return [(kind, content) for kind, content in BLOCK.findall(text)]


@pytest.fixture(scope="module")
def played(blocks, tmp_path_factory):
    """Write the files of the examples and run them, one after the other, as a reader would."""
    folder = tmp_path_factory.mktemp("own")
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for kind, content in blocks:
            if kind == "toml":
                name = content.splitlines()[0].removeprefix("# ")
                (folder / name).write_text(content, encoding="utf-8")
            else:
                exec(compile(content, "CONTRIBUTING.md", "exec"), names)  # noqa: S102  # our own page
    return names


def value_of(kpis, name, scope="all"):
    return next(row.estimate.value for row in kpis if (row.kpi, row.scope, row.day) == (name, scope, None))


def test_the_examples_are_short(blocks):
    assert len(blocks) >= 10
    assert max(len(content.splitlines()) for _, content in blocks[1:]) <= LONGEST


def test_a_measure_of_your_own_is_what_the_log_says(played):
    log = played["run"].log
    gave_up = log.outcome == Outcome.ABANDONED
    hasty = gave_up & (log.ended_us - log.offered_us <= 5_000_000)

    assert 0 < hasty.sum() < gave_up.sum()
    assert value_of(played["hasty"], "mine.hasty_share") == pytest.approx(hasty.mean())


def test_a_measure_of_your_own_has_an_interval_over_many_runs(played):
    (row,) = [row for row in played["hasty_of_ten"] if (row.scope, row.day) == ("all", None)]

    assert row.estimate.replications == 10
    assert 0.0 < row.estimate.low < row.estimate.value < row.estimate.high < 1.0


def test_a_pack_of_your_own_is_measured(played):
    assert 0.3 < value_of(played["calls"], "mine.calls_20s_share") < 1.0


def test_a_lever_of_your_own_saves_what_it_shortens(played):
    saved = played["saved"]

    assert saved.low < saved.high < 0.0  # hours after less hours before
    assert played["changed"].levers[-1].cost_yuan == 50.0


def test_a_shock_of_your_own_lengthens_the_work_of_its_hours_alone(played):
    before, after = played["trace"], played["drawn"]
    hour = before.arrival_us // 3_600_000_000
    hit = (hour >= 13) & (hour < 18)
    roots = slice(0, before.roots)

    assert np.array_equal(before.arrival_us, after.arrival_us)
    assert np.array_equal(before.work_us[roots][~hit], after.work_us[roots][~hit])
    assert after.work_us[roots][hit].sum() == pytest.approx(1.5 * before.work_us[roots][hit].sum(), rel=1e-3)


def test_a_router_of_your_own_spreads_the_contacts(played):
    def spread(run):
        taken = np.bincount(run.log.agent[run.log.agent >= 0], minlength=13)
        return np.ptp(taken[:9]) + np.ptp(taken[9:])

    assert spread(played["fair"]) < spread(played["run"])


def test_a_router_of_your_own_is_studied_and_compared_on_the_same_days(played):
    offered = played["fairer"].find("offered", "all")

    assert len(played["fair_days"]) == 4
    assert offered.after.value == pytest.approx(played["fair_days"].sums("offered", "all").mean())
    assert played["fairer"].find("occupancy", "all").difference.value != 0.0


def test_a_study_takes_the_demand_of_a_forecaster_of_your_own(played):
    """Ten days bring as many buyers more as its open hours do: 1 % off at one standard error, 5 % let pass."""

    def buyers(study):
        return sum(study.sums(count, "all").sum() for count in ("matters", "bot_contained"))

    scenario, forecast, staff = (played[name] for name in ("scenario", "forecast", "staff"))
    usual = replicate(scenario, forecast, staff, replications=10, seed=1, purpose="usual")
    open_hours = scenario.horizon.open_intervals()
    more = played["last_week"].expected[open_hours].sum() / forecast.expected[open_hours].sum()

    assert buyers(played["as_last_week"]) / buyers(usual) == pytest.approx(more, rel=0.05)
    assert more < 0.92


def test_a_forecaster_of_your_own_makes_the_demand_that_everything_else_takes(played):
    scenario = played["scenario"]
    first = scenario.horizon.first_date
    week_ago = first.fromordinal(first.toordinal() - 7)
    history = sample_history(scenario, seed=1, first_date=week_ago, last_date=week_ago)
    forecast = played["LastWeek"]()(history, scenario)

    assert forecast.expected.sum() == history["offered"].sum() > 0


def test_a_forecaster_is_called_as_the_projects_own_is():
    own, protocol = inspect.signature(make_forecast), inspect.signature(Forecaster.__call__)

    asked = list(protocol.parameters.values())[1:]
    assert asked == [own.parameters[one.name] for one in asked]
    assert all(one.default is None for name, one in own.parameters.items() if name not in protocol.parameters)
    assert own.return_annotation == protocol.return_annotation
