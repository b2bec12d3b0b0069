"""The same numbers as ever, with and without the compiler."""

import hashlib
from dataclasses import fields, replace

import numpy as np

from scenarios import NOBODY, BotStage, Channel, Law, LawKind
from sim import draw_trace
from sim.drawing import draws
from sim.floor.trace_rows import A_ANSWERED_DELAY, A_LOST_DELAY, rows_of

MINUTE = Law(LawKind.EXPONENTIAL, 60.0)


def drawn(scenario, forecast, **key):
    return draw_trace(scenario, forecast, **({"seed": 1, "replication": 0, "purpose": "test"} | key))


def digest(trace):
    found = hashlib.sha256()
    for field in fields(trace):
        if field.name != "table":  # the same numbers again
            found.update(getattr(trace, field.name).tobytes())
    return found.hexdigest()


def test_a_small_day_is_drawn_as_it_always_was(everything, forecast):
    assert (
        digest(drawn(everything, forecast(everything, 0.3, 240.0)))
        == "92c6804a46747b50318e5204e2f57dd936c3bb405b1c703fc0519dece6c3b25a"
    )


def test_the_table_of_a_drawn_day_is_the_one_that_its_columns_make(everything, forecast):
    trace = drawn(everything, forecast(everything, 2.0, 240.0))
    made = rows_of(replace(trace, table=None))
    table = rows_of(trace)[: len(trace)]
    has_lost, has_answered = trace.if_lost != NOBODY, trace.if_answered != NOBODY

    assert trace.table is not None
    assert np.array_equal(table[:, :A_LOST_DELAY], made[:, :A_LOST_DELAY])
    assert np.array_equal(table[has_lost, A_LOST_DELAY], made[has_lost, A_LOST_DELAY])
    assert np.array_equal(table[has_answered, A_ANSWERED_DELAY], made[has_answered, A_ANSWERED_DELAY])


def test_the_code_draws_the_same_with_and_without_the_compiler(everything, scenario, kind, forecast, uncompiled):
    plain = scenario([kind("call", patience_s=MINUTE, bot=BotStage(0.5, 0.5)), kind("mail", Channel.TICKET)])
    busy = {everything: 0.4, plain: 0.4, replace(everything, attempts_max=8): 2.0}
    for floor, per_interval in busy.items():
        given = forecast(floor, per_interval, 240.0)
        theirs = uncompiled.draw_trace(floor, given, seed=1, replication=2, purpose="test")
        assert digest(theirs) == digest(drawn(floor, given, replication=2))


def test_single_draws_are_the_same_with_and_without_the_compiler(uncompiled):
    theirs = uncompiled.draws
    levels = [2.0**-53, 1e-5, 0.03, 0.4, 0.6, 0.97, 1 - 1e-5, 1 - 2.0**-53]

    for level in levels:
        assert theirs.normal(level) == draws.normal(level)
        assert theirs.geometric(level, 7.0) == draws.geometric(level, 7.0)
        for rate in (0.0, 0.3, 40.0, 1000.0):
            assert theirs.poisson(level, rate) == draws.poisson(level, rate)
    place = tuple(np.uint64(number) for number in (2**64 - 1, 5, 3, 9))
    assert theirs.uniforms(place, 2**40, 7) == draws.uniforms(place, 2**40, 7)
    for code in range(5):
        law = (code, 5e7, 0.6)
        assert theirs.duration_us(law, 1.5, 0.3, place, 1, 20) == draws.duration_us(law, 1.5, 0.3, place, 1, 20)
