"""Drawing: laws, streams that do not disturb each other, what is offered when."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scenarios import (
    NEVER,
    NEVER_US,
    NOBODY,
    US_PER_S,
    Agent,
    Assignment,
    BotStage,
    Channel,
    Contract,
    DemandUncertainty,
    Effect,
    Forecast,
    Law,
    LawKind,
    Lever,
    PlanningError,
    Quantity,
    Redial,
    Roster,
    Shock,
    stream,
)
from sim import draw_absence, draw_trace
from sim.sampling import day_levels, draw_us

HOUR_US = 3600 * US_PER_S


def drawn(scenario, forecast, **key):
    return draw_trace(scenario, forecast, **({"seed": 1, "replication": 0, "purpose": "test"} | key))


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


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("law", "cv"),
    [
        (Law(LawKind.EXPONENTIAL, 100.0), 1.0),
        (Law(LawKind.LOGNORMAL, 100.0, 0.7), 0.7),
        (Law(LawKind.GAMMA, 100.0, 0.7), 0.7),
        (Law(LawKind.CONSTANT, 100.0), 0.0),
    ],
)
def test_a_law_has_its_mean_and_its_spread(law, cv):
    seconds = draw_us(law, np.full(400_000, 100.0), stream(1, "test", 0, law.kind)) / US_PER_S

    # Five standard errors of the mean: error rate below 1e-6. The spread's own error is below 1 %.
    assert seconds.mean() == pytest.approx(100.0, abs=5 * cv * 100 / 400_000**0.5 + 1e-9)
    assert seconds.std() / seconds.mean() == pytest.approx(cv, rel=0.02, abs=1e-9)


def test_a_duration_is_at_least_a_microsecond_and_endless_patience_never_ends():
    rng = stream(1, "test", 0, "x")

    assert draw_us(Law(LawKind.EXPONENTIAL, 1.0), np.zeros(3), rng).tolist() == [1, 1, 1]
    assert draw_us(NEVER, np.ones(2), rng).tolist() == [NEVER_US, NEVER_US]


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
def test_counts_follow_the_forecast_and_its_effects(scenario, forecast, horizon):
    grid = horizon(((0, 24),))
    span = {"start": grid.instant(6 * HOUR_US), "end": grid.instant(12 * HOUR_US)}
    floor = scenario(
        horizon=grid,
        levers=(Lever("notices", (Effect(Quantity.VOLUME, 0.5, **span),)),),
        shocks=(Shock("slow back-end", (Effect(Quantity.WORK, 2.0, **span), Effect(Quantity.PATIENCE, 0.25, **span))),),
    )
    law = Law(LawKind.EXPONENTIAL, 100.0)
    floor = scenario([type(floor.contact_types[0])("call", Channel.VOICE, law, law)], horizon=grid, levers=floor.levers,
                     shocks=floor.shocks)  # fmt: skip
    trace = drawn(floor, forecast(floor, 1000.0, 300.0))
    hit = (trace.arrival_us >= 6 * HOUR_US) & (trace.arrival_us < 12 * HOUR_US)

    # Poisson counts of 12,000 and 72,000 and means of as many draws, each within five standard errors.
    assert hit.sum() == pytest.approx(12_000, abs=5 * 12_000**0.5)
    assert (~hit).sum() == pytest.approx(72_000, abs=5 * 72_000**0.5)
    for which, work, patience in ((hit, 600.0, 25.0), (~hit, 300.0, 100.0)):
        error = 5 / which.sum() ** 0.5
        assert trace.work_us[0, which].mean() / US_PER_S == pytest.approx(work, rel=error)
        assert trace.patience_us[0, which].mean() / US_PER_S == pytest.approx(patience, rel=error)


def test_a_new_contact_type_moves_no_number_of_the_others(scenario, kind, forecast):
    alone = scenario([kind("call")])
    both = scenario([kind("call"), kind("other")])

    first = drawn(alone, forecast(alone, 50.0))
    second = drawn(both, forecast(both, 50.0))
    calls = second.contact_type == 0
    assert (second.arrival_us[calls] == first.arrival_us).all()
    assert (second.work_us[:, calls] == first.work_us).all()


def test_longer_work_is_the_same_draw_longer(scenario, forecast):
    floor = scenario()
    short, long = drawn(floor, forecast(floor, 50.0, 100.0)), drawn(floor, forecast(floor, 50.0, 200.0))

    assert (short.arrival_us == long.arrival_us).all()
    assert np.abs(long.work_us - 2 * short.work_us).max() <= 1


@pytest.mark.statistical
def test_the_bot_keeps_its_share_and_hands_the_rest_over_late(scenario, kind, forecast):
    plain = scenario([kind("chat", Channel.CHAT)])
    with_bot = scenario([kind("chat", Channel.CHAT, bot=BotStage(0.6, 0.5, 20.0))])

    before, after = drawn(plain, forecast(plain, 300.0)), drawn(with_bot, forecast(with_bot, 300.0))
    # 28,800 contacts: the share's standard error is .0027; four of them, error rate below 1e-4.
    assert after.contained.mean() == pytest.approx(0.3, abs=0.011)
    late = int(after.arrival_us.sum() - before.arrival_us.sum()) / (20 * US_PER_S)
    assert late / len(after) == pytest.approx(0.3, abs=0.011)
    assert (np.diff(after.arrival_us) >= 0).all()


def test_a_buyer_can_come_back_as_often_as_the_scenario_allows(scenario, kind, forecast):
    again = Redial(1.0, Law(LawKind.CONSTANT, 60.0), attempts_max=2)
    floor = scenario([kind("call", redial=again), kind("other")])

    trace = drawn(floor, forecast(floor, 20.0))
    calls = trace.contact_type == 0
    assert trace.redial_after_us.shape[0] == 3
    assert (trace.redial_after_us[:2, calls] == 60 * US_PER_S).all()
    assert (trace.redial_after_us[2] == NOBODY).all()
    assert (trace.redial_after_us[:, ~calls] == NOBODY).all()
    assert (trace.work_us == trace.work_us[0]).all()  # what the buyer wants stays the same


def test_a_ticket_is_due_after_its_time_counted_from_its_arrival(scenario, kind, forecast):
    floor = scenario([kind("mail", Channel.TICKET, due_within_s=7200.0)])
    trace = drawn(floor, forecast(floor, 20.0))

    assert (trace.due_us - trace.arrival_us == 2 * HOUR_US).all()


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


@pytest.fixture
def team(scenario):
    """Forty people with a shift on each of two dates."""

    def make(absence, *, dates=2, factor=None):
        people = tuple(Agent(f"p{number:02d}", "c", ()) for number in range(40))
        start = datetime(2025, 11, 10, 16, tzinfo=UTC)  # midnight of the second date in Shanghai
        effects = () if factor is None else (Effect(Quantity.ABSENCE, factor, start=start),)
        floor = scenario(
            hours=((0, 24),) * dates,
            contracts=(Contract("c", (), 40.0, 30.0),),
            agents=people,
            absence_share=absence,
            shocks=(Shock("sick wave", effects),),
        )
        shifts = [
            Assignment(
                person.name,
                floor.horizon.first_date + timedelta(days=day),
                "s",
                "g",
                day * 24 * HOUR_US,
                day * 24 * HOUR_US + 8 * HOUR_US,
            )
            for person in people
            for day in range(dates)
        ]
        return floor, Roster(tuple(shifts))

    return make


@pytest.mark.statistical
def test_people_stay_away_as_often_as_the_scenario_says(team):
    floor, roster = team(0.1)
    away = [len(draw_absence(floor, roster, seed=1, replication=n, purpose="x")) for n in range(200)]

    # 16,000 shifts: standard error .0024; four of them, error rate below 1e-4.
    assert np.sum(away) / 16_000 == pytest.approx(0.1, abs=0.0095)


def test_a_sick_wave_keeps_everybody_at_home(team):
    floor, roster = team(0.2, factor=10.0)
    away = draw_absence(floor, roster, seed=1, replication=0, purpose="x")

    later = {number for number, row in enumerate(roster.assignments) if row.start_us >= 24 * HOUR_US}
    assert later <= away


def test_without_absence_everybody_comes(team):
    floor, roster = team(0.0)

    assert draw_absence(floor, roster, seed=1, replication=0, purpose="x") == frozenset()


def test_editing_one_shift_leaves_the_absences_of_everybody_else_as_they_were(team):
    floor, roster = team(0.3)
    shorter = Roster(roster.assignments[1:])

    def away(plan):
        found = draw_absence(floor, plan, seed=1, replication=3, purpose="x")
        return {(plan.assignments[number].agent, plan.assignments[number].date) for number in found}

    edited = (roster.assignments[0].agent, roster.assignments[0].date)
    assert away(roster) - {edited} == away(shorter)
