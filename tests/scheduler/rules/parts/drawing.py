"""Small random frames, rules of every kind and histories: what the three readings of a rule are compared on."""

import numpy as np

from scheduler.rules import (
    FREE,
    FREE_DATES,
    HARD,
    OFF,
    PAID_MIN,
    SHIFTS,
    UNKNOWN,
    WORK,
    Count,
    Duty,
    Follows,
    Frame,
    History,
    Measure,
    Pattern,
    Rest,
    RollingCount,
    Run,
    SameWeekend,
    Unit,
    WeekendCount,
    WeekendRun,
    WeeklyRest,
    Weight,
    WholeWeekend,
    Wish,
    Wishes,
    blocks,
    each_date,
    weeks,
    whole,
)

WEEKENDS = ((5, 6), (4, 5, 6), (5, 6, 0), (4, 5, 6, 0), (6,))
TAGS = (None, "t0", "t1", "night", "d0")
CLOCK_CHANGES = (1440, 1440, 1440, 1380, 1500)


def a_frame(rng, dates, duties):
    """Duties of 4 to 24 hours, some past midnight; on every fourth frame dates have 23 or 25 hours now and then."""
    made = []
    for number in range(duties):
        start, length = int(rng.choice([0, 360, 420, 540, 840, 960, 1320])), int(rng.choice([240, 480, 600, 720, 1440]))
        tags = {f"t{rng.integers(3)}"} | ({"night"} if start + length > 1440 else set())
        made.append(Duty(f"d{number}", start, start + length, length - int(rng.choice([0, 60])), frozenset(tags)))
    midnights = clock = None
    if rng.random() < 0.25:
        midnights = np.append(0, np.cumsum(rng.choice(CLOCK_CHANGES, size=dates))[:-1]).astype(np.int64)
        if rng.random() < 0.5:  # an hour earlier or later on some dates, as the clock says
            clock = midnights[:, None] + [duty.start_min for duty in made] + 60 * rng.integers(-1, 2, (dates, 1))
            clock = np.maximum(clock, midnights[:, None])
    return Frame(tuple(made), dates, int(rng.integers(7)), midnights, clock)


def a_weight(rng):
    return HARD if rng.random() < 0.35 else Weight(float(rng.integers(1, 20)))


def a_tag(rng):
    return TAGS[rng.integers(len(TAGS))]


def a_weekend(rng):
    return WEEKENDS[rng.integers(len(WEEKENDS))]


def limits(rng, top, share):
    """A least in half of the cases, a most in ``share`` of them, never crossing."""
    least = int(rng.integers(0, top // 2 + 1)) if rng.random() < 0.5 else None
    most = int(rng.integers(least or 0, top + 1)) if rng.random() < share else None
    return least, most


def a_count(rng, frame):
    length, first = int(rng.integers(1, 5)), int(rng.integers(-3, 4))
    kinds = (whole(frame), blocks(frame, length, first), weeks(frame, int(rng.integers(7))), each_date(frame))
    periods = kinds[rng.integers(len(kinds))]
    clock = (1320, 1800) if rng.random() < 0.7 else (0, 360)
    measure = Measure(list(Unit)[rng.integers(len(Unit))], a_tag(rng), clock, int(rng.integers(1, 300)))
    top = int(measure.per_action(frame).max()) * (periods[0].end - periods[0].first)
    periods = tuple(period.limited(*limits(rng, top, 0.7)) for period in periods)
    dates = None
    if rng.random() < 0.2:
        chosen = rng.choice(np.arange(-5, frame.dates), size=int(rng.integers(1, frame.dates)), replace=False)
        dates = frozenset(int(date) for date in chosen)
    also = ((Measure(tag=a_tag(rng)), frozenset({-1, 1, 2})),) if rng.random() < 0.2 else ()
    return Count(periods, measure, a_weight(rng), dates=dates, also=also, grain=1)


def a_rolling_count(rng, frame):
    measure = (SHIFTS, FREE_DATES, PAID_MIN, Measure(tag="t0"))[rng.integers(4)]
    length = int(rng.integers(2, 6))
    least, most = limits(rng, int(measure.per_action(frame).max()) * length, 0.8)
    return RollingCount(length, least, most, measure, a_weight(rng))


def a_run(rng, frame):
    least = int(rng.integers(1, 4))
    most = int(rng.integers(least, 6)) if rng.random() < 0.7 else None
    free, first, last = (bool(rng.random() < share) for share in (0.3, 0.5, 0.5))
    return Run(least, most, a_tag(rng), free, first, last, a_weight(rng))


def a_rest(rng, frame):
    return Rest(int(rng.choice([0, 480, 660, 720, 1000, 1500, 2000])), a_weight(rng))


def a_succession(rng, frame):
    pairs = [(str(rng.choice(["t0", "t1", "night", "d0"])), str(rng.choice(["t0", "t2", "d1"]))) for _ in range(3)]
    return Follows(tuple(pairs[: rng.integers(1, 4)]), a_weight(rng))


def a_pattern(rng, frame):
    kinds = [FREE, WORK, "t0", "t1", "night", (FREE, "t0"), ("t1", "night")]
    places = tuple(kinds[number] for number in rng.integers(0, len(kinds), rng.integers(1, 5)))
    weekdays = None if rng.random() < 0.6 else frozenset(int(day) for day in rng.integers(0, 7, 2))
    return Pattern(places, weekdays, a_weight(rng))


def a_weekend_count(rng, frame):
    least = int(rng.integers(0, 2))
    most = int(rng.integers(least, 3)) if rng.random() < 0.8 else None
    return WeekendCount(least, most, a_weekend(rng), a_weight(rng))


def a_weekend_run(rng, frame):
    least = int(rng.integers(1, 3))
    most = int(rng.integers(least, 4)) if rng.random() < 0.8 else None
    first, last = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    return WeekendRun(least, most, a_weekend(rng), first, last, a_weight(rng))


def a_whole_weekend(rng, frame):
    return WholeWeekend(a_weekend(rng), a_weight(rng))


def a_same_weekend(rng, frame):
    return SameWeekend(() if rng.random() < 0.5 else ("t0", "t1"), a_weekend(rng), a_weight(rng))


def a_weekly_rest(rng, frame):
    length = int(rng.integers(2, 8))
    least, every, first = (
        int(rng.choice([600, 1440, 2100, 2880])),
        int(rng.choice([1, length])),
        int(rng.integers(-3, 4)),
    )
    return WeeklyRest(least, length, every, first, a_weight(rng))


def wishes(rng, frame):
    made = [
        Wish(int(rng.integers(frame.dates)), a_tag(rng), bool(rng.random() < 0.5), float(rng.integers(1, 5)))
        for _ in range(rng.integers(1, 4))
    ]
    return Wishes(tuple(made), a_weight(rng))


KINDS = (
    a_count,
    a_rolling_count,
    a_run,
    a_rest,
    a_succession,
    a_pattern,
    a_weekend_count,
    a_weekend_run,
    a_whole_weekend,
    a_same_weekend,
    a_weekly_rest,
    wishes,
)


def a_history(rng, frame, rules):
    """Up to eight dates before the horizon, and now and then what periods have used up."""
    dates = rng.random(int(rng.choice([0, 0, 1, 2, 3, 8])))
    before = tuple(OFF if x < 0.45 else UNKNOWN if x < 0.5 else int(rng.integers(len(frame.duties))) for x in dates)
    counts = {}
    for rule in rules:
        if rule.key in ("count", "weekend_count", "weekend_run") and rng.random() < 0.35:
            in_minutes = rule.key == "count" and rule.measure.unit in (Unit.PAID_MIN, Unit.CLOCK_MIN)
            counts[rule.name] = int(rng.integers(0, 2000 if in_minutes else 4))
    return History(before, counts)


def a_line(rng, frame):
    return np.where(rng.random(frame.dates) < 0.4, OFF, rng.integers(0, len(frame.duties), frame.dates))
