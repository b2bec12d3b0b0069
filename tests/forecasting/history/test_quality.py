"""What is wrong with a history is found and told; what demand does by itself is not."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenarios
from forecasting import FindingKind, HistoryGrid, Treatment, examine
from scenarios.text import LANGUAGES, catalogue, fill

CATALOGUE = Path(scenarios.__file__).parent / "text"
FIRST = date(2024, 1, 1)  # a Monday
HOUR_SHAPE = np.array([0.1] * 8 + [1, 2, 4, 3, 2, 3, 4, 4, 3, 2, 2, 3, 3, 2, 1, 0.5])
WEEKDAY_SHAPE = np.array([1.2, 1.0, 1.0, 1.0, 1.1, 0.8, 0.9])
MILD = {FindingKind.SHORT, FindingKind.LEVEL_SHIFT}


def clean_counts(rng, days=120, mean=100.0, *, minutes=30, day_cv=0.15, busyness_cv=0.2, correlation=0.8):
    """Counts of a sound history: season, weekday, hour, day factor, AR(1) busyness, gamma noise, chance."""
    slots = 1440 // minutes
    shape = np.repeat(HOUR_SHAPE / HOUR_SHAPE.mean(), 60 // minutes)
    day_sd, busy_sd = np.sqrt(np.log1p(day_cv**2)), np.sqrt(np.log1p(busyness_cv**2))
    factor = np.exp(day_sd * rng.standard_normal(days) - day_sd**2 / 2)
    season = 1 + 0.3 * np.sin(2 * np.pi * np.arange(days) / 365)
    drift = rng.standard_normal(days * slots)
    for step in range(1, len(drift)):
        drift[step] = correlation * drift[step - 1] + np.sqrt(1 - correlation**2) * drift[step]
    busy = np.exp(busy_sd * drift - busy_sd**2 / 2).reshape(days, slots)
    rate = mean * shape * (WEEKDAY_SHAPE[np.arange(days) % 7] * factor * season)[:, None] * busy
    return rng.poisson(rate * rng.gamma(50, 1 / 50, rate.shape)).astype(float)


def with_promotions_and_holidays(rng, counts):
    """Two days at up to twenty times, up to six quiet ones at a tenth to a half; every two months, never together."""
    factor = np.ones(len(counts))
    for _ in range(max(1, len(counts) // 60)):
        day = rng.integers(len(counts) - 3)
        factor[day : day + rng.integers(1, 7)] = rng.uniform(0.1, 0.5)
        day = rng.integers(len(counts) - 3)
        factor[day : day + 2] = rng.uniform(2, 20)
    return rng.poisson(counts * factor[:, None]).astype(float)


def grid_of(counts, minutes=30, zone="Asia/Shanghai"):
    return HistoryGrid(zone, minutes, FIRST, ("call",), counts[:, :, None])


def kinds(examination):
    return {finding.kind for finding in examination.findings} - MILD


def hidden(examination, counts):
    return np.isnan(examination.grid.counts[:, :, 0]) & np.isfinite(counts)


@pytest.fixture
def rng():
    return np.random.default_rng(20)


@pytest.fixture
def counts(rng):
    return clean_counts(rng)


def test_sound_histories_raise_fewer_than_one_false_alarm_in_twenty_years():
    """Forty years in all, seeded: 60 series from 0.2 to 1,000 contacts an interval, with promotions and holidays."""
    alarms, years = 0, 0.0
    for number in range(60):
        rng = np.random.default_rng([3, number])
        minutes, days = int(rng.choice([15, 30, 60])), int(rng.choice([21, 60, 400, 730]))
        mean = float(np.exp(rng.uniform(np.log(0.2), np.log(1000.0))))
        spread = {
            "day_cv": rng.uniform(0, 0.35),
            "busyness_cv": rng.uniform(0, 0.4),
            "correlation": rng.uniform(0.5, 0.95),
        }
        counts = with_promotions_and_holidays(rng, clean_counts(rng, days, mean, minutes=minutes, **spread))
        found = examine(grid_of(counts, minutes)).findings
        alarms += sum(finding.treatment is not Treatment.REPORTED for finding in found)
        years += days / 365

    assert years > 35
    assert alarms <= years / 20


def test_an_outage_of_two_busy_hours_is_neither_learnt_nor_scored(counts):
    counts[50, 26:30] = 0

    looked = examine(grid_of(counts))

    (finding,) = looked.findings
    assert (finding.kind, finding.treatment) == (FindingKind.OUTAGE, Treatment.NOT_DEMAND)
    assert (finding.start, finding.end) == (datetime(2024, 2, 20, 13), datetime(2024, 2, 20, 15))
    assert finding.intervals == 4
    assert np.argwhere(looked.not_demand[:, :, 0]).tolist() == [[50, slot] for slot in range(26, 30)]
    assert np.isnan(looked.grid.counts[50, 26:30, 0]).all()
    assert np.isfinite(looked.grid.counts).sum() == counts.size - 4


def test_the_intervals_in_whose_middle_an_outage_begins_and_ends_belong_to_it(counts):
    counts[50, 25] //= 6
    counts[50, 26:30] = 0
    counts[50, 30] //= 6

    assert examine(grid_of(counts)).findings[0].intervals == 6


def test_at_three_contacts_a_day_silence_says_nothing(rng):
    counts = rng.poisson(np.full((365, 48), 3 / 48)).astype(float)

    assert kinds(examine(grid_of(counts))) == set()


def test_other_opening_hours_in_the_past_are_no_outages(counts):
    counts[:60, 38:] = 0

    assert kinds(examine(grid_of(counts))) == set()


def test_closed_weekends_and_a_lunch_break_are_no_outages(counts):
    counts[np.arange(120) % 7 >= 5] = 0
    counts[:, 24:26] = 0

    assert kinds(examine(grid_of(counts))) == set()


def test_two_silent_sundays_of_a_fortnight_are_a_habit_even_where_the_plan_opens(counts):
    fortnight = counts[:14].copy()
    fortnight[[6, 13]] = 0

    looked = examine(grid_of(fortnight), is_open=np.ones((14, 48), dtype=np.bool_))

    assert kinds(looked) == set()
    fortnight[9, 20:30] = 0
    assert kinds(examine(grid_of(fortnight), is_open=np.ones((14, 48), dtype=np.bool_))) == {FindingKind.OUTAGE}


def test_a_quiet_holiday_with_a_silent_morning_hour_is_no_outage(rng, counts):
    counts[50] = rng.poisson(0.05 * counts[50] + 2)

    assert kinds(examine(grid_of(counts))) == set()


def test_a_collapse_that_left_some_contacts_is_scored_but_not_learnt(counts):
    counts[50, :20] = np.floor(counts[50, :20] * 0.02)
    counts[50, 20:36] = np.maximum(np.floor(counts[50, 20:36] * 0.03), 1)

    looked = examine(grid_of(counts))

    assert kinds(looked) == {FindingKind.COLLAPSE}
    assert hidden(looked, counts)[50, 20:36].all()
    assert not looked.not_demand.any()


def test_dates_without_a_contact_are_not_learnt_unless_known_to_be_closed(counts):
    counts[50:53] = 0
    closed = np.zeros(120, dtype=np.bool_)
    closed[50:53] = True

    looked = examine(grid_of(counts))

    assert [(one.kind, one.treatment) for one in looked.findings] == [(FindingKind.SILENT_DATES, Treatment.NOT_LEARNT)]
    assert hidden(looked, counts)[50:53].all()
    assert examine(grid_of(counts), quiet=closed).findings == ()


def test_a_type_that_was_not_there_yet_is_learnt_from_its_first_contact_on(counts):
    counts[:100] = 0

    looked = examine(grid_of(counts))

    assert [finding.kind for finding in looked.findings] == [FindingKind.NOT_YET]
    assert hidden(looked, counts)[:100].all()
    assert not hidden(looked, counts)[100:].any()


def test_a_type_that_stopped_for_more_than_a_week_is_reported_and_its_zeros_are_believed(counts):
    counts[-14:] = 0

    looked = examine(grid_of(counts))

    assert kinds(looked) == {FindingKind.STOPPED}
    assert not hidden(looked, counts).any()


@pytest.mark.parametrize("rest", [0.0, np.nan], ids=["zeros", "no rows"])
def test_a_last_date_that_breaks_off_at_one_is_told(counts, rest):
    counts[-1, 26:] = rest

    looked = examine(grid_of(counts))

    kind = FindingKind.CUT_OFF if rest == 0 else FindingKind.ENDS_EARLY
    assert [finding.kind for finding in looked.findings] == [kind]
    assert np.isnan(looked.grid.counts[-1, 26:, 0]).all()
    assert np.isfinite(looked.grid.counts[-1, :26, 0]).all()


def test_a_last_interval_counted_in_part_is_hidden(counts):
    counts[-1, 26] //= 8
    counts[-1, 27:] = np.nan

    looked = examine(grid_of(counts))

    assert [finding.kind for finding in looked.findings] == [FindingKind.PART_INTERVAL]
    assert np.argwhere(hidden(looked, counts)).tolist() == [[119, 26]]


def test_of_two_equal_dates_the_one_that_fits_its_weekday_worse_is_the_copy(counts):
    counts[np.arange(120) % 7 >= 5] //= 4
    counts[33] = counts[30]  # a Saturday with Wednesday's numbers

    looked = examine(grid_of(counts))

    (finding,) = looked.findings
    assert (finding.kind, dict(finding.facts)["source"]) == (FindingKind.COPIED_DATE, "2024-01-31")
    assert hidden(looked, counts)[33].all()
    assert np.isfinite(looked.grid.counts[30]).all()


def test_a_history_that_repeats_itself_is_told_and_left_alone(counts):
    week = np.tile(counts[:7], (17, 1))

    looked = examine(grid_of(week))

    assert kinds(looked) == {FindingKind.REPEATING}
    assert not hidden(looked, week).any()
    assert kinds(examine(grid_of(np.full((60, 48), 7.0)))) == {FindingKind.REPEATING}


def test_equal_dates_of_a_small_series_are_chance(rng):
    counts = rng.poisson(np.full((365, 24), 2 / 24)).astype(float)
    assert len({day.tobytes() for day in counts}) < 350, "some dates should be equal by chance"

    assert kinds(examine(grid_of(counts, 60))) == set()


def test_a_total_booked_at_midnight_and_one_monstrous_value_are_no_demand(counts):
    total = counts[40].sum()
    counts[40] = 0
    counts[40, 0] = total
    counts[70, 30] *= 1000

    looked = examine(grid_of(counts))

    assert kinds(looked) == {FindingKind.TOTAL_IN_ONE, FindingKind.OUTLIER}
    assert looked.not_demand[40].all()
    assert looked.not_demand.sum() == 48 + 1


def test_dates_in_another_unit_are_not_learnt_and_a_promotion_at_twenty_times_is_left(counts):
    counts[40:43] *= 60
    counts[80:82] *= 20

    looked = examine(grid_of(counts))

    assert [finding.kind for finding in looked.findings] == [FindingKind.UNIT]
    assert hidden(looked, counts)[40:43].all()
    assert not hidden(looked, counts)[80:82].any()


def test_a_known_promotion_is_never_too_much_and_no_yardstick_for_others(counts):
    counts[40:42] *= 80
    promoted = np.zeros(counts.shape, dtype=np.bool_)
    promoted[40:42] = True

    assert examine(grid_of(counts), unlike=promoted).findings == ()


def test_a_ceiling_at_the_top_of_a_day_hides_demand(counts):
    counts[50, 20:36] = np.median(counts[50, 20:36])
    counts[50] = np.minimum(counts[50], counts[50, 20])

    looked = examine(grid_of(counts))

    assert FindingKind.CAPPED in kinds(looked)
    assert looked.not_demand[50, 20:36].all()


def test_numbers_spread_evenly_over_finer_intervals_are_no_ceiling(counts):
    fine = np.repeat(counts, 6, axis=1) / 6

    assert kinds(examine(grid_of(fine, 5))) == set()


def test_an_afternoon_in_which_nobody_answered_is_no_demand_though_some_was_offered(counts):
    answered = np.round(counts * 0.9)
    answered[50, 24:32] = 0
    counts[50, 24:32] = np.round(counts[50, 24:32] * 0.3)

    looked = examine(grid_of(counts), answered=grid_of(answered))

    assert [finding.kind for finding in looked.findings] == [FindingKind.OFFLINE]
    assert np.flatnonzero(looked.not_demand[50, :, 0]).tolist() == list(range(24, 32))


def test_nights_that_nobody_ever_answers_are_no_finding(counts):
    answered = np.round(counts * 0.9)
    answered[:, :18] = 0

    assert examine(grid_of(counts), answered=grid_of(answered)).findings == ()


def test_a_new_channel_is_a_level_shift_that_is_told_and_learnt(counts):
    counts[60:] *= 2

    looked = examine(grid_of(counts))

    (finding,) = looked.findings
    assert (finding.kind, finding.treatment) == (FindingKind.LEVEL_SHIFT, Treatment.REPORTED)
    assert abs((finding.start.date() - FIRST).days - 60) <= 7
    assert not hidden(looked, counts).any()


def test_missing_dates_and_intervals_are_told_but_not_the_hour_a_clock_skips(rng):
    counts = clean_counts(rng, 120)
    counts[69, 4:6] = np.nan  # 2024-03-10, when New York skips 02:00-03:00
    counts[30] = np.nan
    counts[40, 20:22] = np.nan

    looked = examine(grid_of(counts, zone="America/New_York"))

    told = {finding.kind: finding for finding in looked.findings}
    assert set(told) == {FindingKind.MISSING_DATES, FindingKind.MISSING_INTERVALS}
    assert dict(told[FindingKind.MISSING_DATES].facts)["dates"] == "2024-01-31"
    assert told[FindingKind.MISSING_INTERVALS].intervals == 2


def test_without_a_contact_or_with_a_few_days_only_that_much_is_said(rng):
    assert kinds(examine(grid_of(np.zeros((60, 48))))) == {FindingKind.NO_CONTACTS}
    assert [one.kind for one in examine(grid_of(clean_counts(rng, 5))).findings] == [FindingKind.SHORT]


def test_what_would_take_more_than_a_third_is_told_only(counts):
    counts[:, :][np.arange(120) % 2 == 0, 20:] = 0

    looked = examine(grid_of(counts))

    assert hidden(looked, counts).mean() < 1 / 3


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**16), st.integers(20, 119), st.integers(16, 40), st.integers(3, 8), st.sampled_from([60.0, 300.0])
)
def test_an_outage_of_two_hours_or_more_is_found_wherever_it_lies(seed, day, slot, length, mean):
    counts = clean_counts(np.random.default_rng(seed), 120, mean)
    planted = np.zeros(counts.shape, dtype=np.bool_)
    planted[day, slot : slot + 1 + length] = True
    counts[planted] = 0

    looked = examine(grid_of(counts))

    assert hidden(looked, counts)[planted].all()
    assert hidden(looked, counts).sum() <= planted.sum() + 2


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_table_of_counts_is_examined_without_inventing_anything(data):
    days = data.draw(st.integers(1, 40))
    seed = data.draw(st.integers(0, 2**16))
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.choice([0.01, 1.0, 50.0, 1e6]), (days, 24)).astype(float)
    counts[rng.random((days, 24)) < data.draw(st.sampled_from([0.0, 0.2, 0.9]))] = np.nan
    counts[rng.random(days) < data.draw(st.sampled_from([0.0, 0.3]))] = 0.0

    looked = examine(grid_of(counts, 60))

    left = looked.grid.counts[:, :, 0]
    kept = np.isfinite(left)
    assert (left[kept] == counts[kept]).all()
    assert (looked.not_demand[:, :, 0] <= ~kept).all()
    for finding in looked.findings:
        for language in LANGUAGES:
            sentence, done = finding.sentence, finding.consequence
            assert fill(sentence.key, dict(sentence.facts), language)
            assert fill(done.key, dict(done.facts), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_treatment_has_its_sentence(language):
    words = catalogue(CATALOGUE, language)

    assert {key for key in words if key.startswith("findings.")} == {f"findings.{kind}" for kind in FindingKind}
    assert {key for key in words if key.startswith("treatments.")} == {f"treatments.{kind}" for kind in Treatment}
