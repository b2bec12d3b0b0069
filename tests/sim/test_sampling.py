"""Drawing: common random numbers by contact, laws, what is offered when, who stays away."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import stats

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
    BotStage,
    Cause,
    Channel,
    DemandUncertainty,
    Effect,
    FollowUp,
    FollowUpKind,
    Forecast,
    Law,
    LawKind,
    LeaveMessage,
    Lever,
    Messages,
    PlanningError,
    Quantity,
    Redial,
    Shock,
    stream,
)
from sim import draw_trace
from sim.drawing.sampling import Sampler, day_levels

HOUR_US = 3600 * US_PER_S
MINUTE = Law(LawKind.EXPONENTIAL, 60.0)
SHORT = Law(LawKind.EXPONENTIAL, 100.0)


def drawn(scenario, forecast, **key):
    return draw_trace(scenario, forecast, **({"seed": 1, "replication": 0, "purpose": "test"} | key))


def digest(trace):
    found = hashlib.sha256()
    for field in fields(trace):
        if field.name != "table":  # the same numbers again
            found.update(getattr(trace, field.name).tobytes())
    return found.hexdigest()


def people(trace, kind=0):
    """The root contacts of a type as a set of (arrival, work, patience)."""
    which = trace.contact_type[: trace.roots] == kind
    columns = (trace.arrival_us, trace.work_us[: trace.roots], trace.patience_us[: trace.roots])
    return set(zip(*(column[which].tolist() for column in columns), strict=True))


def test_the_same_key_gives_the_same_numbers_and_any_other_key_others():
    base = stream(1, "training", 0, "work").random(4)

    assert (stream(1, "training", 0, "work").random(4) == base).all()
    for key in (
        (2, "training", 0, "work"),
        (1, "proof", 0, "work"),
        (1, "training", 1, "work"),
        (1, "training", 0, "x"),
    ):
        assert not np.isin(stream(*key).random(4), base).any()


def test_names_that_run_into_each_other_are_different_keys():
    assert stream(1, "a1", 1, "x").random() != stream(1, "a", 11, "x").random()


def test_live_contacts_expected_while_closed_are_not_offered_but_tickets_are(scenario, kind, horizon):
    grid = horizon(((9, 17), (9, 17)))
    floor = scenario([kind("call"), kind("mail", Channel.TICKET)], horizon=grid)
    everywhere = np.full((grid.intervals, 2), 10.0)
    forecast = Forecast(grid, ("call", "mail"), everywhere, everywhere, DemandUncertainty((0.0, 0.0)))

    trace = drawn(floor, forecast)
    hour = trace.arrival_us // HOUR_US % 24
    calls = trace.contact_type == 0
    assert hour[calls].min() == 9
    assert hour[calls].max() == 16
    assert set(hour[~calls].tolist()) == set(range(24))


@pytest.mark.statistical
def test_counts_work_and_patience_follow_the_forecast_and_its_effects(scenario, kind, forecast, horizon):
    grid = horizon(((0, 24),))
    span = {"start": grid.instant(6 * HOUR_US), "end": grid.instant(12 * HOUR_US)}
    floor = scenario(
        [kind("call", patience_s=SHORT)],
        horizon=grid,
        levers=(Lever("notices", (Effect(Quantity.VOLUME, 0.5, **span),)),),
        shocks=(Shock("slow back-end", (Effect(Quantity.WORK, 2.0, **span), Effect(Quantity.PATIENCE, 0.25, **span))),),
    )
    trace = drawn(floor, forecast(floor, 1000.0, 300.0))
    hit = (trace.arrival_us >= 6 * HOUR_US) & (trace.arrival_us < 12 * HOUR_US)

    # Poisson counts of 12,000 and 72,000 and means of as many draws, each within five standard errors.
    assert hit.sum() == pytest.approx(12_000, abs=5 * 12_000**0.5)
    assert (~hit).sum() == pytest.approx(72_000, abs=5 * 72_000**0.5)
    for which, work, patience in ((hit, 600.0, 25.0), (~hit, 300.0, 100.0)):
        error = 5 / which.sum() ** 0.5
        assert trace.work_us[which].mean() / US_PER_S == pytest.approx(work, rel=error)
        assert trace.patience_us[which].mean() / US_PER_S == pytest.approx(patience, rel=error)


@pytest.mark.statistical
def test_arrivals_are_poisson_in_number_and_uniform_in_their_interval(scenario, forecast):
    floor = scenario()
    given = forecast(floor, 20.0)
    traces = [drawn(floor, given, replication=number) for number in range(40)]
    width_us = floor.horizon.interval_us

    counts = np.array([np.bincount(trace.arrival_us // width_us, minlength=96) for trace in traces])
    inside = np.concatenate([trace.arrival_us for trace in traces]) % width_us / width_us
    # 3,840 counts: (n - 1) variance / mean is chi-squared; both tests with error rate 1e-4.
    spread = counts.var(ddof=1) / 20.0 * (counts.size - 1)
    assert 1e-4 < stats.chi2.cdf(spread, counts.size - 1) < 1 - 1e-4
    assert counts.mean() == pytest.approx(20.0, abs=4 * (20 / counts.size) ** 0.5)
    assert stats.kstest(inside, "uniform").pvalue > 1e-4


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("law", "ratio"),
    [
        (Law(LawKind.EXPONENTIAL, 300.0), stats.expon()),
        (Law(LawKind.LOGNORMAL, 300.0, 0.7), stats.lognorm(np.log1p(0.49) ** 0.5, scale=1 / 1.49**0.5)),
        (Law(LawKind.GAMMA, 300.0, 0.7), stats.gamma(1 / 0.49, scale=0.49)),
    ],
)
def test_work_follows_the_law_of_the_type_around_the_mean_of_the_forecast(scenario, kind, forecast, law, ratio):
    floor = scenario([kind("call", work_s=law)])
    work_us = drawn(floor, forecast(floor, 200.0, 240.0)).work_us

    assert stats.kstest(work_us / (240 * US_PER_S), ratio.cdf).pvalue > 1e-4  # error rate 1e-4


@pytest.mark.statistical
def test_what_is_drawn_about_a_contact_is_independent(scenario, kind, forecast):
    again = Redial(0.5, MINUTE, 1)
    floor = scenario([kind("call", patience_s=SHORT, redial=again)])
    trace = drawn(floor, forecast(floor, 200.0))
    count = trace.roots
    ahead = trace.if_lost[:count]
    kept = ahead != NOBODY
    columns = [trace.arrival_us % floor.horizon.interval_us, trace.work_us[:count], trace.patience_us[:count], kept]
    pairs = np.corrcoef([stats.rankdata(column) for column in columns])[np.triu_indices(4, 1)]
    later = [trace.patience_us[:count][kept], trace.patience_us[ahead[kept]], trace.delay_us[ahead[kept]]]
    pairs_later = np.corrcoef([stats.rankdata(column) for column in later])[np.triu_indices(3, 1)]
    neighbours = np.corrcoef(trace.work_us[: count - 1], trace.work_us[1:count])[0, 1]

    # Ten correlations of at least 9,000 pairs: five standard errors each, error rate below 1e-5.
    assert np.abs(pairs).max() < 5 / count**0.5
    assert np.abs(pairs_later).max() < 5 / kept.sum() ** 0.5
    assert abs(neighbours) < 5 / count**0.5


def test_a_new_contact_type_moves_no_number_of_the_others(scenario, kind, forecast):
    alone, both = scenario([kind("call")]), scenario([kind("other"), kind("call")])

    assert people(drawn(alone, forecast(alone, 50.0))) == people(drawn(both, forecast(both, 50.0)), kind=1)


def test_a_day_with_more_contacts_holds_those_of_the_day_without_them(scenario, kind, forecast):
    floor = scenario([kind("call", patience_s=SHORT), kind("chat", Channel.CHAT)])
    some, more = drawn(floor, forecast(floor, 40.0)), drawn(floor, forecast(floor, np.array([44.0, 40.0])))

    assert people(some) < people(more)
    assert people(some, kind=1) == people(more, kind=1)


def test_rates_that_fall_in_one_hour_take_contacts_of_that_hour_only(scenario, forecast):
    floor = scenario()
    level = forecast(floor, 40.0)
    expected = level.expected.copy()
    expected[40:44] *= 0.5
    fewer = people(drawn(floor, replace(level, expected=expected)))
    gone = people(drawn(floor, level)) - fewer

    assert fewer < people(drawn(floor, level))
    assert {moment // floor.horizon.interval_us for moment, _, _ in gone} <= set(range(40, 44))


def test_what_may_follow_moves_nothing_of_what_comes_first(scenario, kind, forecast):
    def floor(**more):
        limit = {"attempts_max": more.pop("attempts_max", 6)}
        return scenario([kind("call", patience_s=SHORT, **more), kind("mail", Channel.TICKET)], **limit)

    plain = floor()
    base = people(drawn(plain, forecast(plain, 30.0)))
    escalation = FollowUp(FollowUpKind.RECONTACT, 0.3, "", MINUTE)
    for other in (
        floor(redial=Redial(0.5, MINUTE, 2)),
        floor(redial=Redial(0.9, MINUTE, 3), attempts_max=2),
        floor(message=LeaveMessage(0.5, "mail"), follow_ups=(escalation,)),
    ):
        assert people(drawn(other, forecast(other, 30.0))) == base


def test_a_higher_share_of_redials_keeps_those_who_redial_already(scenario, kind, forecast):
    def redials(share, attempts_max=6):
        floor = scenario([kind("call", patience_s=SHORT, redial=Redial(share, MINUTE, 3))], attempts_max=attempts_max)
        trace = drawn(floor, forecast(floor, 30.0))
        row = np.flatnonzero(trace.cause == Cause.REDIAL)
        columns = (trace.root, trace.number, trace.delay_us, trace.patience_us, trace.work_us)
        return set(zip(*(column[row].tolist() for column in columns), strict=True))

    assert redials(0.3) < redials(0.6)
    assert redials(0.6, attempts_max=2) == {row for row in redials(0.6) if row[1] == 1}


def test_longer_work_is_the_same_draw_longer(scenario, forecast):
    floor = scenario()
    short, long = drawn(floor, forecast(floor, 50.0, 100.0)), drawn(floor, forecast(floor, 50.0, 200.0))

    assert (short.arrival_us == long.arrival_us).all()
    assert np.abs(long.work_us - 2 * short.work_us).max() <= 1


def test_a_replication_is_the_same_alone_after_others_and_beside_them(scenario, kind, forecast):
    floor = scenario([kind("call", patience_s=SHORT, redial=Redial(0.5, MINUTE, 2))])
    given = forecast(floor, 20.0, uncertainty=DemandUncertainty((0.2,), 0.1, 0.5))
    alone = [digest(drawn(floor, given, replication=number)) for number in range(12)]
    sampler = Sampler(floor, given)

    def play(number):
        return digest(sampler.trace(seed=1, replication=number, purpose="test"))

    assert [play(number) for number in range(12)] == alone
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(play, range(12))) == alone
    assert len(set(alone)) == 12


def test_other_seeds_purposes_and_replications_are_other_days(scenario, forecast):
    floor = scenario()
    given = forecast(floor, 20.0)
    days = [people(drawn(floor, given, **key)) for key in ({}, {"seed": 2}, {"purpose": "proof"}, {"replication": 1})]

    for number, day in enumerate(days):
        for other in days[number + 1 :]:
            assert not {work for _, work, _ in day} & {work for _, work, _ in other}


@pytest.mark.statistical
def test_the_bot_keeps_its_share_and_hands_the_rest_over_late(scenario, kind, forecast):
    plain = scenario([kind("chat", Channel.CHAT)])
    with_bot = scenario([kind("chat", Channel.CHAT, bot=BotStage(0.6, 0.5, 20.0), redial=Redial(0.5, MINUTE))])

    before, after = drawn(plain, forecast(plain, 300.0)), drawn(with_bot, forecast(with_bot, 300.0))
    # 28,800 contacts: the share's standard error is .0027; four of them, error rate below 1e-4.
    assert after.contained.mean() == pytest.approx(0.3, abs=0.011)
    late = int(after.arrival_us.sum() - before.arrival_us.sum()) / (20 * US_PER_S)
    assert late / after.roots == pytest.approx(0.3, abs=0.011)
    assert (np.diff(after.arrival_us) >= 0).all()
    assert (after.if_lost[: after.roots][after.contained] == NOBODY).all()


def test_a_bot_that_is_switched_off_or_meets_everybody_does_so_in_its_hours(scenario, kind, forecast, horizon):
    grid = horizon(((0, 24),))
    noon = grid.instant(12 * HOUR_US)
    effects = (Effect(Quantity.BOT, 0.0, end=noon), Effect(Quantity.BOT, 5.0, start=noon))
    floor = scenario([kind("call", bot=BotStage(0.5, 1.0))], horizon=grid, shocks=(Shock("bot", effects),))

    trace = drawn(floor, forecast(floor, 20.0))
    assert (trace.contained == (trace.arrival_us >= 12 * HOUR_US)).all()


def test_a_hand_over_that_takes_longer_than_the_horizon_leaves_the_day_in_order(scenario, kind, forecast):
    late = BotStage(0.5, 0.0, 5 * 24 * 3600.0)
    floor = scenario([kind("call", bot=late), kind("other")])

    trace = drawn(floor, forecast(floor, 5.0))
    assert (np.diff(trace.arrival_us) >= 0).all()
    assert (trace.arrival_us >= 5 * 24 * HOUR_US).sum() > 100


def test_contacts_of_one_moment_come_in_the_order_of_their_types(scenario, kind, forecast, horizon):
    floor = scenario([kind("b"), kind("a")], horizon=horizon(((0, 24),), interval_min=5))
    trace = drawn(floor, forecast(floor, 9000.0))

    same = np.flatnonzero(np.diff(trace.arrival_us) == 0)
    pairs = {(trace.contact_type[row], trace.contact_type[row + 1]) for row in same}
    assert pairs == {(0, 0), (0, 1), (1, 1)}


def test_a_ticket_is_due_after_its_time_counted_from_before_the_bot(scenario, kind, forecast):
    bot = BotStage(1.0, 0.0, 1800.0)
    floor = scenario([kind("mail", Channel.TICKET, due_within_s=7200.0, bot=bot), kind("call")])
    trace = drawn(floor, forecast(floor, 20.0))

    assert (trace.due_after_us[trace.contact_type == 0] == 1.5 * HOUR_US).all()
    assert (trace.due_after_us[trace.contact_type == 1] == NEVER_US).all()
    assert (trace.patience_us == NEVER_US).all()


def test_nothing_expected_is_a_day_without_contacts(scenario, kind, forecast):
    for kinds in ([kind("call")], [kind("call", redial=Redial(0.5, MINUTE))]):
        floor = scenario(kinds)
        trace = drawn(floor, forecast(floor, 0.0))
        assert (len(trace), trace.roots) == (0, 0)


def test_types_of_a_forecast_may_stand_in_another_order(scenario, kind, forecast):
    floor = scenario([kind("a"), kind("b")])
    given = forecast(floor, np.array([5.0, 50.0]))
    turned = Forecast(given.horizon, ("b", "a"), given.expected[:, ::-1], given.work_s[:, ::-1], given.uncertainty)

    one, other = drawn(floor, given), drawn(floor, turned)
    assert (one.arrival_us == other.arrival_us).all()
    assert (one.contact_type == other.contact_type).all()


def test_a_forecast_of_other_types_or_days_is_refused(scenario, kind, forecast, horizon):
    floor, other = scenario([kind("a")]), scenario([kind("b")])
    with pytest.raises(PlanningError, match="expected one of: b"):
        drawn(floor, forecast(other, 5.0))
    longer = scenario([kind("a")], horizon=horizon(((0, 24), (0, 24))))
    with pytest.raises(PlanningError, match=r"Forecast\.horizon"):
        drawn(floor, forecast(longer, 5.0))


def test_stratified_days_meet_every_slice_of_the_day_factor_once(scenario, forecast, horizon):
    floor = scenario(horizon=horizon(((0, 24), (0, 24))))
    law = DemandUncertainty((0.1, 0.1), strata=10)
    given = forecast(floor, 5.0, uncertainty=law)

    levels = np.array([day_levels(given, seed=1, replication=n, purpose="x") for n in range(20)])
    for block in (levels[:10], levels[10:]):
        assert (np.sort(np.floor(block * 10), axis=0) == np.arange(10)[:, None]).all()
    assert not (np.argsort(levels[:10, 0]) == np.argsort(levels[:10, 1])).all()


def test_the_busiest_days_alone_are_drawn_where_a_tail_is_asked_for(scenario, forecast):
    floor = scenario()
    given = forecast(floor, 5.0, uncertainty=DemandUncertainty((0.1,), upper_tail=0.3))

    levels = [day_levels(given, seed=1, replication=n, purpose="x")[0] for n in range(50)]
    assert min(levels) >= 0.7


def typed(rounds=4.0):
    """Return a chat by messages: first replies of 10 s, later ones of 30 s."""
    first, later = Law(LawKind.CONSTANT, 10.0), Law(LawKind.CONSTANT, 30.0)
    talk = Messages(rounds, first, later, Law(LawKind.CONSTANT, 20.0))
    return {"work_s": Law(LawKind.CONSTANT, talk.work_mean_s), "messages": talk}


def with_rounds(forecast, rounds):
    return replace(forecast, rounds=np.broadcast_to(rounds, forecast.work_s.T.shape).T)


@pytest.mark.statistical
def test_rounds_of_a_session_and_the_work_of_a_reply_follow_the_forecast(scenario, kind, forecast):
    floor = scenario([kind("chat", Channel.CHAT, **typed())])
    hours = np.arange(96) // 4
    given = with_rounds(forecast(floor, 100.0, 140.0), np.where(hours < 12, 2.0, 7.0))
    trace = drawn(floor, given)
    sessions = np.diff(trace.first_round)
    early = trace.arrival_us < 12 * HOUR_US

    # 4,800 geometric numbers of deviation sqrt(m (m - 1)) on each side, within five standard errors.
    for which, mean in ((early, 2.0), (~early, 7.0)):
        error = 5 * (mean * (mean - 1) / which.sum()) ** 0.5
        assert sessions[which].mean() == pytest.approx(mean, abs=error)
        reply_s = 140.0 / (10.0 + (mean - 1.0) * 30.0)
        assert trace.work_us[which].mean() / US_PER_S == pytest.approx(140.0, abs=error * 30.0 * reply_s)
        first = trace.round_work_us[trace.first_round[:-1]][which]
        assert first / US_PER_S == pytest.approx(10.0 * reply_s, abs=1e-6)


def test_rounds_that_say_what_the_type_says_change_no_number(scenario, kind, forecast):
    floor = scenario([kind("chat", Channel.CHAT, **typed()), kind("call")])
    plain = forecast(floor, 10.0, 150.0)
    own = with_rounds(plain, np.array([[4.0], [3.0]]))  # a call has no rounds: what is said of them does not matter

    assert digest(drawn(floor, own)) == digest(drawn(floor, plain))
