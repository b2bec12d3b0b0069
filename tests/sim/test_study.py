"""Studies joined, told by day and hour; estimates with their intervals."""

import numpy as np
import pytest
from scipy import stats

from scenarios import US_PER_S, Channel, PlanningError, ServiceTarget
from sim.measures.cells import Per
from sim.measures.counting import CELL_COUNTS, DAY_COUNTS
from sim.measures.estimates import estimate_of, half_width_of_alike, means, ratio_of_sums
from sim.measures.study import Study
from sim.measures.tally import GROUP_COUNTS, Tallier, Tally, tally
from sim.measures.waits import BINS
from sim.model import play_readable

HOUR = 3600
ALL_DAY = [[(0, 24 * HOUR)]]


@pytest.fixture
def study():
    """Play days and count them; replications are numbered from 0 unless told otherwise."""

    def make(floor, people, *days, first=0, per=Per.INTERVAL):
        tallier = Tallier(floor, per)
        rows = [tallier.tally(day, play_readable(floor, day, people), people) for day in days]
        return Study.of(floor, first, rows, per)

    return make


def test_a_contact_closed_out_counts_against_the_promise(scenario, trace, staff, study):
    floor = scenario(hours=((8, 9),))
    report = study(floor, staff(), trace((8 * HOUR, 60))).report()

    assert report.find("closed_out_share", "call").value == 1.0
    assert report.find("share_in_time", "promise").value == 0.0
    assert np.isnan(report.find("asa_s", "call").value)
    assert np.isnan(report.find("share_in_time", "call", interval=0).value)


def test_who_is_handed_over_after_closing_counts_on_the_day_that_closed(scenario, trace, staff, study):
    floor = scenario(hours=((8, 9), (8, 9)))
    played = study(floor, staff(ALL_DAY), trace((9 * HOUR + 5, 60)))

    assert played.day_counts("promise")[1].tolist() == [[1, 0]]


def test_a_promise_of_its_own_limit_is_counted_by_it(scenario, trace, staff):
    floor = scenario(targets=(ServiceTarget("quick", ("call",), answer_within_s=10.0),))
    people, day = staff(ALL_DAY), trace((0, 15), (10, 5), (11, 5))
    played = play_readable(floor, day, people)

    # Waits of 0, 5 and 9 s; and the third is answered at 20.
    assert tally(floor, day, played, people).count("in_time").sum() == 3
    strict = scenario(targets=(ServiceTarget("quick", ("call",), answer_within_s=8.999999),))
    assert tally(strict, day, played, people).count("in_time").sum() == 2


@pytest.fixture
def tallies(scenario, trace, staff):
    """Two service days from 08:00 to 26:00 and three replications of them."""
    floor, people = scenario(hours=((8, 26), (8, 26))), staff([[(0, 48 * HOUR)]])
    late = 25 * HOUR + 600
    days = [
        trace((9 * HOUR, 60), (9 * HOUR + 1, 60), (late, 60)),
        trace((9 * HOUR, 60), (late, 60), (late + 1, 60)),
        trace((33 * HOUR, 10)),
    ]
    return floor, [tally(floor, day, play_readable(floor, day, people), people) for day in days]


def test_days_are_service_days_and_an_empty_day_breaks_no_promise(tallies):
    floor, rows = tallies
    study = Study.of(floor, 0, rows)

    in_time, offered, abandoned = study.day_counts(floor.targets[0])
    assert offered.tolist() == [[3, 0], [3, 0], [0, 1]]
    assert in_time.tolist() == [[2, 0], [2, 0], [0, 1]]
    assert abandoned.sum() == 0
    assert study.day_share("promise") == pytest.approx(np.array([[2 / 3, 1], [2 / 3, 1], [1, 1]]))


def test_hours_are_clock_hours_that_may_pass_midnight(tallies):
    floor, rows = tallies
    starts, shares = Study.of(floor, 0, rows).hour_share("promise")

    assert starts[0].tolist() == [60 * hour for hour in range(8, 26)]
    known = {int(start): share for start, share in zip(starts[0], shares[0], strict=True) if not np.isnan(share)}
    assert known == pytest.approx({9 * 60: 2 / 3, 25 * 60: 2 / 3})
    assert np.nansum(shares[1]) == 1.0


def test_an_hour_that_the_clocks_repeat_counts_once(scenario, horizon):
    from datetime import date

    grid = horizon(((0, 24),), first_date=date(2025, 10, 26), zone="Europe/Berlin")
    starts, _ = Study.of(scenario(horizon=grid), 0, []).hour_share("promise")

    assert starts[0].tolist() == [60 * hour for hour in range(24)]


def test_an_unknown_promise_is_refused(tallies):
    floor, rows = tallies
    with pytest.raises(PlanningError, match=r"Study\.targets is nobody; expected one of: promise"):
        Study.of(floor, 0, rows).day_share("nobody")


def test_studies_join_in_order_only(tallies, scenario):
    floor, rows = tallies
    whole = Study.of(floor, 5, rows)
    head, rest = Study.of(floor, 5, rows[:1]), Study.of(floor, 6, rows[1:])

    assert head.concat(rest).equals(whole)
    assert not head.concat(rest).equals(Study.of(floor, 6, rows))
    assert len(whole) == 3
    with pytest.raises(PlanningError, match=r"Study\.first is 5"):
        head.concat(head)
    with pytest.raises(PlanningError, match=r"Study\.horizon"):
        head.concat(Study.of(scenario(), 6, []))


def test_an_unfinished_study_of_nothing_reports_nothing_known(tallies):
    floor, _ = tallies
    report = Study.of(floor, 0, []).report()

    assert report.replications == 0
    assert np.isnan(report.find("share_in_time", "promise").value)
    assert np.isnan(report.find("offered", "call").value)


def test_columns_of_a_study_are_read_only(tallies):
    floor, rows = tallies
    whole = Study.of(floor, 0, rows)

    assert not any(whole.counts(name).flags.writeable for name in ("offered", "wait_us", "matters", "busy_us"))
    assert whole.offered.shape == (3, 200, 1)
    assert whole.counts("matters").shape == (3, 3, 1)
    assert (whole.offered - whole.in_time).sum() == 2
    assert (whole.offered == whole.answered).all()
    assert whole.abandoned.sum() == 0
    assert whole.wait_s_sum.sum() == 59 + 59
    assert (whole.busy_us.shape, whole.at_work_us.shape) == ((3, 1), (3, 1))
    with pytest.raises(PlanningError, match=r"Study\.counts is nothing"):
        whole.counts("nothing")


def test_a_study_counts_its_days_and_hours_alike_however_fine_it_is(scenario, trace, staff, study):
    floor, people = scenario(hours=((8, 26), (8, 26))), staff([[(0, 48 * HOUR)]])
    days = [trace((9 * HOUR, 60), (9 * HOUR + 1, 60)), trace((25 * HOUR, 60), (33 * HOUR, 10), (33 * HOUR, 99))]
    fine, hourly, daily = (study(floor, people, *days, per=per) for per in Per)

    for coarse in (hourly, daily):
        for mine, its in zip(coarse.day_counts("promise"), fine.day_counts("promise"), strict=True):
            assert mine.tolist() == its.tolist()
        assert coarse.nbytes < fine.nbytes
    for mine, its in zip(hourly.hour_share("promise")[1], fine.hour_share("promise")[1], strict=True):
        assert mine == pytest.approx(its, nan_ok=True)
    assert [row.estimate.value for row in hourly.hour_figures("share_in_time", "call")] == pytest.approx(
        [row.estimate.value for row in fine.hour_figures("share_in_time", "call")], nan_ok=True
    )
    peaks = [{row.kpi for row in one.report().kpis} & {"peak_finished_per_hour"} for one in (fine, hourly, daily)]
    assert [len(found) for found in peaks] == [1, 1, 0]
    with pytest.raises(PlanningError, match=r"Study\.per is day; expected one of: interval, hour"):
        daily.hour_share("promise")
    with pytest.raises(PlanningError, match=r"Study\.tallies is of shape"):
        Study.of(floor, 0, hourly.tallies)
    with pytest.raises(PlanningError, match=r"Study\.per"):
        daily.sums("offered", "call", Per.HOUR)
    with pytest.raises(PlanningError, match=r"Study\.matters"):
        fine.sums("matters", "call", Per.INTERVAL)
    with pytest.raises(PlanningError, match=r"Study\.busy_us"):
        fine.sums("busy_us", "g", Per.DAY)


def test_what_is_open_at_the_end_is_the_same_however_fine_a_study_is(scenario, kind, trace, staff, study):
    floor = scenario((kind("mail", Channel.TICKET),), hours=((0, 24), None, (0, 24)))
    day = trace(*({"at": hour * HOUR, "work": 60, "due": 72 * HOUR} for hour in (0, 24, 60)))
    people = staff([[(0, 30)], [(50 * HOUR, 51 * HOUR)]])

    for per in Per:
        played = study(floor, people, day, per=per)
        assert played.sums("backlog", "mail").tolist() == [[1.0]]
        assert played.sums("backlog", "mail", Per.DAY).tolist() == [[0.0, 1.0]]
        assert played.sums("offered", "mail").tolist() == [[3.0]]
        assert played.sums("offered", "mail", Per.DAY).tolist() == [[1.0, 1.0]]


def test_a_figure_of_an_hour_bears_its_date_and_start(tallies):
    floor, rows = tallies
    figures = Study.of(floor, 0, rows).hour_figures("share_in_time", "promise")

    known = {(row.date.day, row.start_min): row.estimate.value for row in figures if row.estimate.value >= 0}
    assert known == pytest.approx({(10, 540): 2 / 3, (10, 1500): 2 / 3, (11, 540): 1.0})
    with pytest.raises(PlanningError, match=r"Study\.kpi is work_s"):
        Study.of(floor, 0, rows).hour_figures("work_s", "promise")


def test_the_head_of_a_study_is_its_first_replications(tallies):
    floor, rows = tallies
    whole = Study.of(floor, 5, rows)

    assert whole.head(2).equals(Study.of(floor, 5, rows[:2]))


def test_four_weeks_of_nine_types_and_1200_replications_need_less_than_1_5_gigabytes():
    """A quarter of an hour brings 250 contacts of each type: some 220,000 a day, and as many messages."""
    rng = np.random.default_rng(3)
    cells, days = rng.poisson(250, (28 * 96, 9, len(CELL_COUNTS))), rng.poisson(24_000, (29, 9, len(DAY_COUNTS)))
    for table, names in ((cells, CELL_COUNTS), (days, DAY_COUNTS)):
        table[:, :, [name.endswith("_us") for name in names]] *= 200 * US_PER_S
    one = Tally.of(cells, days, np.zeros((9, len(GROUP_COUNTS))), rng.poisson(150, (29, 9, BINS)))

    assert one.nbytes * 1200 < 1.5e9


def test_a_ratio_of_sums_weighs_busy_days_more():
    found = ratio_of_sums(np.array([1, 90]), np.array([10, 100]))

    assert found.value == pytest.approx(91 / 110)
    assert found.estimator == "ratio of sums"
    assert found.replications == 2


def test_the_interval_of_a_ratio_is_that_of_the_delta_method():
    tops, bottoms = np.array([8.0, 15.0, 5.0, 11.0]), np.array([10.0, 20.0, 8.0, 15.0])
    ratio = tops.sum() / bottoms.sum()
    error = np.std(tops - ratio * bottoms, ddof=1) / np.sqrt(4) / bottoms.mean()
    half = stats.t.ppf(0.975, 3) * error

    found = ratio_of_sums(tops, bottoms)
    assert (found.low, found.high) == pytest.approx((ratio - half, ratio + half))


def test_an_interval_of_a_mean_is_students():
    values = np.array([[3.0], [5.0], [10.0]])
    centre, half = means(values, 0.9)
    low, high = stats.t.interval(0.9, 2, loc=6.0, scale=stats.sem(values[:, 0]))

    assert (centre[0] - half[0], centre[0] + half[0]) == pytest.approx((low, high))


def test_a_share_stays_within_0_and_1_and_a_time_above_0():
    assert estimate_of(0.99, 0.05, 0.95, "x", 3).high == 1.0
    assert estimate_of(2.0, 5.0, 0.95, "x", 3, unit="s").low == 0.0
    assert estimate_of(2.0, 5.0, 0.95, "x", 3, unit="s").high == 7.0


def test_nothing_offered_anywhere_is_undefined():
    assert np.isnan(ratio_of_sums(np.zeros(3), np.zeros(3)).value)


@pytest.mark.parametrize(("value", "low", "high"), [(1.0, 0.05**0.1, 1.0), (0.0, 0.0, 1 - 0.05**0.1)])
def test_ten_replications_that_are_all_alike_leave_a_quarter_open(value, low, high):
    """1 - .05^(1/10) = .259: so often could a replication differ without one of ten having done so."""
    tops = np.full(10, value * 40)
    found = ratio_of_sums(tops, np.full(10, 40))

    assert (found.value, found.low, found.high) == pytest.approx((value, low, high), abs=1e-12)
    assert estimate_of(value, 0.0, 0.95, "x", 10, unit="s").high == value  # seconds are no share


def test_replications_without_contacts_say_nothing_about_a_share():
    """Only four of ten had any: 1 - .05^(1/4) = .527."""
    offered = np.array([5, 0, 0, 7, 0, 1, 0, 0, 2, 0])

    assert ratio_of_sums(offered, offered).low == pytest.approx(0.05**0.25)


@pytest.mark.parametrize("count", [2, 10, 200])
def test_at_the_bound_of_alike_replications_so_many_alike_are_seen_once_in_twenty_studies(count):
    assert (1.0 - half_width_of_alike(count, 0.95)) ** count == pytest.approx(0.05)


@pytest.mark.statistical
def test_the_interval_of_a_ratio_covers_the_truth_as_often_as_it_says():
    """Counts of 20 days with a day factor: 95 % asked, .93-.97 found over 2,000 studies (standard error .005)."""
    rng = np.random.default_rng(7)
    covered = 0
    for _ in range(2000):
        offered = rng.poisson(rng.gamma(100, 1.0, 20) * 10)
        found = ratio_of_sums(rng.binomial(offered, 0.8), offered)
        covered += found.low <= 0.8 <= found.high
    assert 0.93 <= covered / 2000 <= 0.97
