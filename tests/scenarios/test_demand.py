import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import Channel, ContactType, DemandUncertainty, Forecast, Law, LawKind, Messages


@pytest.fixture(scope="session")
def make_forecast(make_horizon):
    """A forecast of 10 contacts per open interval of two types, with some uncertainty."""

    def make(law=None, **changes):
        horizon = make_horizon()
        expected = np.where(horizon.open_intervals()[:, None], 10.0, 0.0) * np.ones((1, 2))
        facts = {
            "horizon": horizon,
            "contact_types": ("call", "chat"),
            "expected": expected,
            "work_s": np.full(expected.shape, 180.0),
            "uncertainty": law or DemandUncertainty((0.1,) * 3),
        }
        return Forecast(**facts | changes)

    return make


def test_a_forecast_of_the_wrong_shape_is_refused(make_forecast, refused):
    for change in ({"expected": np.zeros((3, 2))}, {"uncertainty": DemandUncertainty((0.1,))}):
        with refused("wrong_shape"):
            make_forecast(**change)
    with refused("repeated_name"):
        make_forecast(contact_types=("call", "call"))
    with refused("unknown_name"):
        make_forecast().column("fax")


def test_a_path_without_uncertainty_is_the_expectation(make_forecast):
    forecast = make_forecast(DemandUncertainty((0.0,) * 3))

    assert np.array_equal(forecast.rate_path(np.random.default_rng(1)), forecast.expected)


def test_one_day_factor_lifts_a_whole_day_of_all_types(make_forecast):
    forecast = make_forecast()
    is_open = forecast.horizon.open_intervals()
    path = forecast.rate_path(np.random.default_rng(1))
    ratio = (path[is_open] / forecast.expected[is_open]).reshape(3, 24, 2)

    assert np.ptp(ratio, axis=(1, 2)) == pytest.approx(0.0, abs=1e-12)
    assert len(np.unique(ratio[:, 0, 0])) == 3


@pytest.mark.statistical
def test_paths_have_the_mean_the_spread_and_the_memory_that_the_law_states(make_forecast):
    # 4,000 paths: standard errors .0017 of the mean, .0012 of the cv, about .01 of the correlation; five of each
    law = DemandUncertainty((0.1,) * 3, busyness_cv=0.05, busyness_correlation=0.7)
    rng = np.random.default_rng(2)
    forecast = make_forecast(law)
    ratio = np.array([forecast.rate_path(rng)[18:42, 0] / 10.0 for _ in range(4000)])

    assert ratio.mean() == pytest.approx(1.0, abs=0.009)
    assert ratio[:, 0].std() == pytest.approx(np.hypot(0.1, 0.05), abs=0.008)
    within = np.log(ratio) - np.log(ratio).mean(axis=1, keepdims=True)
    step = np.diff(within, axis=1)
    assert step.var() == pytest.approx(2 * (1 - 0.7) * np.log1p(0.05**2), rel=0.05)


@pytest.mark.statistical
def test_the_busiest_days_are_the_upper_tail_of_all_days(make_forecast):
    # 2,000 days each: the tail's least factor is the quantile, exactly; its mean has a standard error of .001
    forecast = make_forecast()
    rng = np.random.default_rng(3)
    busy = np.array([forecast.sampled(busiest=0.3, strata=1).rate_path(rng)[20, 0] / 10 for _ in range(2000)])

    spread = np.sqrt(np.log1p(0.01))
    quantile = np.exp(spread * 0.5244005127080407 - spread**2 / 2)
    assert busy.min() >= quantile - 1e-9
    assert busy.mean() == pytest.approx(1.12, abs=0.02)


def test_a_day_at_its_median_and_one_at_its_upper_quartile_are_what_the_lognormal_law_says(make_forecast):
    forecast = make_forecast()
    path = forecast.rate_path(np.random.default_rng(5), np.array([0.5, 0.75, 0.5]))
    spread = np.sqrt(np.log1p(0.01))

    factors = [path[day.first_interval, 0] / 10.0 for day in forecast.horizon.days]
    median, quartile = np.exp(-(spread**2) / 2), np.exp(spread * 0.6744897501960817 - spread**2 / 2)
    assert factors == pytest.approx([median, quartile, median], rel=1e-9)


def test_a_path_uses_up_the_same_draws_whatever_the_law(make_forecast):
    after = []
    for law in (DemandUncertainty((0.0,) * 3), DemandUncertainty((0.2,) * 3, 0.1, 0.5, 0.3)):
        rng = np.random.default_rng(4)
        make_forecast(law).rate_path(rng)
        after.append(rng.random())
    assert after[0] == after[1]


def test_a_fingerprint_changes_with_what_is_forecast(make_forecast):
    forecast = make_forecast()

    assert forecast.fingerprint() == make_forecast().fingerprint()
    assert forecast.fingerprint() != forecast.sampled(busiest=0.5, strata=1).fingerprint()
    assert forecast.fingerprint() != make_forecast(work_s=np.full((144, 2), 181.0)).fingerprint()


def a_chat(rounds=5.0, first_s=8.0, later_s=30.0):
    """A chat by messages of so many rounds, called ``chat``."""
    laws = [Law(LawKind.EXPONENTIAL, mean_s) for mean_s in (first_s, later_s, 40.0)]
    talk = Messages(rounds, *laws)
    return ContactType("chat", Channel.CHAT, Law(LawKind.EXPONENTIAL, talk.work_mean_s), messages=talk)


def test_rounds_that_nobody_measured_are_those_of_the_type(make_forecast):
    forecast = make_forecast()
    unknown = make_forecast(rounds=np.full(forecast.expected.shape, np.nan))

    assert unknown.rounds is None
    assert unknown.fingerprint() == forecast.fingerprint()
    assert np.isnan(forecast.work_per_message_s).all()
    assert (forecast.rounds_of(a_chat(4.5)) == 4.5).all()


def test_the_work_of_a_message_is_that_of_the_session_shared_out(make_forecast):
    rounds = make_forecast().expected * np.nan
    rounds[:, 1] = 6.0
    forecast = make_forecast(rounds=rounds)

    assert (forecast.work_per_message_s[:, 1] == 30.0).all()
    assert np.isnan(forecast.work_per_message_s[:, 0]).all()
    assert forecast.fingerprint() != make_forecast().fingerprint()
    assert not forecast.rounds.flags.writeable


def test_rounds_of_a_wrong_shape_or_below_one_are_refused(make_forecast, refused):
    shape = make_forecast().expected.shape
    with refused("wrong_shape"):
        make_forecast(rounds=np.ones((3, 2)))
    with refused("below_one"):
        make_forecast(rounds=np.full(shape, 0.5))
    with refused("negative"):
        make_forecast(rounds=np.full(shape, np.inf))


@given(st.floats(1, 50), st.floats(1, 1e4), st.floats(1, 50), st.floats(0.1, 200), st.floats(0.1, 200))
def test_all_replies_together_are_the_work_of_the_forecast(make_forecast, rounds, work_s, own, first_s, later_s):
    shape = make_forecast().expected.shape
    forecast = make_forecast(rounds=np.full(shape, rounds), work_s=np.full(shape, work_s))
    kind = a_chat(own, first_s, later_s)
    factor = forecast.work_factor(kind)

    assert factor * first_s + (rounds - 1) * factor * later_s == pytest.approx(work_s)
    assert kind.with_rounds(rounds).messages.work_mean_s * factor == pytest.approx(work_s)


def test_only_a_chat_by_messages_has_rounds_to_change():
    call = ContactType("call", Channel.VOICE, Law(LawKind.EXPONENTIAL, 180.0))

    assert call.with_rounds(3.0) is call
    assert a_chat(5.0).with_rounds(5.0) == a_chat(5.0)
    assert a_chat(5.0).with_rounds(3.0).work_s.mean_s == 8.0 + 2 * 30.0
