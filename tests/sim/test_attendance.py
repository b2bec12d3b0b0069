"""Shifts and breaks: finish, then leave; late breaks; the last moment for new contacts."""

import pytest

from scenarios import Channel, Group, LateBreaks, Serve


def test_work_in_hand_when_the_shift_ends_is_finished_first(scenario, trace, staff, play):
    seen = play(scenario(), trace((90, 60), (95, 60)), staff([[(0, 100)]]))

    assert seen.ended[0] == 150
    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]
    assert seen.at_work == [150]


def test_nobody_takes_a_call_during_a_break(scenario, trace, staff, play):
    seen = play(scenario(), trace((110, 10)), staff([[(0, 100), (160, 300)]]))

    assert seen.answered == [160]
    assert seen.at_work == [240]


def test_a_break_that_begins_late_keeps_its_length(scenario, trace, staff, play):
    # The call that begins at 90 ends at 130: the break of 60 s lasts until 190, not until 160.
    seen = play(scenario(), trace((90, 40), (135, 10)), staff([[(0, 100), (160, 300)]]))

    assert seen.answered == [90, 190]


def test_a_break_missed_altogether_is_taken_afterwards(scenario, trace, staff, play):
    seen = play(scenario(), trace((90, 200), (95, 10)), staff([[(0, 100), (160, 400)]]))

    assert seen.answered == [90, 350]


def test_a_late_break_that_reaches_the_next_one_is_followed_by_it_in_full(scenario, trace, staff, play):
    # Breaks 100-160 and 170-200; the first runs from 130 to 190, past the 170 at which the second is due.
    seen = play(scenario(), trace((90, 40), (135, 10)), staff([[(0, 100), (160, 170), (200, 400)]]))

    assert seen.answered == [90, 220]


def test_who_is_late_back_from_a_break_does_not_stay_beyond_the_shift(scenario, trace, staff, play):
    seen = play(scenario(), trace((90, 100), (191, 10)), staff([[(0, 100), (160, 240)]]))

    # Back at 250, after the shift's end at 240: he has gone home.
    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]
    assert seen.at_work == [190]


def test_the_start_of_the_next_shift_is_never_moved(scenario, trace, staff, play):
    # Still on the phone when the next shift begins: he goes on without a break.
    seen = play(scenario(), trace((90, 100), (95, 10)), staff([[(0, 100)], [(150, 300)]]))

    assert seen.answered == [90, 190]
    assert seen.at_work == [300]


def test_a_shift_begins_even_while_a_late_break_of_the_last_one_runs(scenario, trace, staff, play):
    seen = play(scenario(), trace((90, 40), (195, 10)), staff([[(0, 100), (200, 210)], [(215, 400)]]))

    # The break of 100 s would last from 130 to 230; the next shift begins at 215.
    assert seen.answered == [90, 215]


def test_an_agent_who_finishes_as_a_shift_begins_elsewhere_is_first_in_line(scenario, trace, staff, play):
    # Ends of work come before shift starts of the same moment, so agent 1 stands in line before agent 0.
    people = staff([[(60, 500)]], [[(0, 500)]])
    seen = play(scenario(), trace((0, 60), (100, 10), (101, 10)), people)

    assert seen.agents == [1, 1, 0]


def test_a_contact_that_arrives_as_a_shift_begins_is_taken_at_once(scenario, trace, staff, play):
    seen = play(scenario(), trace((60, 10)), staff([[(60, 500)]]))

    assert seen.waits == [0]


def test_a_contact_that_arrives_as_the_last_shift_ends_finds_nobody(scenario, trace, staff, play):
    seen = play(scenario(), trace((60, 10)), staff([[(0, 60)]]))

    assert seen.outcomes == ["CLOSED_OUT"]


# ---- breaks that end as planned -------------------------------------------------------------------------------------


@pytest.fixture
def punctual(scenario):
    return scenario(late_breaks=LateBreaks.PLANNED_END)


@pytest.mark.parametrize(
    ("work", "answered"),
    [
        (40, 160),  # done at 130: what is left of the break
        (70, 160),  # done as the break ends
        (100, 190),  # done at 190: no break, and the next call at once
    ],
)
def test_a_late_break_may_end_as_planned(work, answered, punctual, trace, staff, play):
    seen = play(punctual, trace((90, work), (95, 10)), staff([[(0, 100), (160, 300)]]))

    assert seen.answered == [90, answered]
    assert seen.at_work == [300 - max(0, 70 - work) if work <= 70 else 300]


def test_a_span_that_is_over_before_the_work_of_the_last_one_is_lost(punctual, trace, staff, play):
    # Breaks 100-160 and 170-200: done at 180, he goes into the second one.
    seen = play(punctual, trace((90, 90), (95, 10)), staff([[(0, 100), (160, 170), (200, 400)]]))

    assert seen.answered == [90, 200]
    assert seen.at_work == [180 + 200]


def test_who_is_still_busy_after_two_planned_breaks_goes_on_without_any(punctual, trace, staff, play):
    seen = play(punctual, trace((90, 120), (95, 10)), staff([[(0, 100), (160, 170), (200, 400)]]))

    assert seen.answered == [90, 210]
    assert seen.at_work == [400]


def test_who_is_busy_past_the_end_of_the_shift_goes_home_then(punctual, trace, staff, play):
    seen = play(punctual, trace((90, 250), (95, 10)), staff([[(0, 100), (160, 300)]]))

    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]
    assert seen.at_work == [340]


# ---- the last minutes of a shift ------------------------------------------------------------------------------------


@pytest.fixture
def early_end(scenario):
    """Nobody takes a new call in the last minute of a shift."""
    return scenario(groups=[Group("g", (), (Serve("call"),), last_contact_min=1.0)])


@pytest.mark.parametrize(("at", "answered"), [(39.999999, True), (40, False)])
def test_no_new_contact_is_taken_in_the_last_minutes_of_a_shift(at, answered, early_end, trace, staff, play):
    seen = play(early_end, trace((at, 10)), staff([[(0, 100)]]))

    assert (seen.answered[0] is not None) == answered
    assert seen.at_work == [100]


def test_work_in_hand_at_the_last_moment_is_finished_and_the_shift_is_served_to_its_end(early_end, trace, staff, play):
    seen = play(early_end, trace((30, 20), (35, 10)), staff([[(0, 100)]]))

    assert (seen.outcomes, seen.at_work) == (["ANSWERED", "CLOSED_OUT"], [100])


def test_who_comes_back_from_a_break_after_the_last_moment_takes_nothing(early_end, trace, staff, play):
    seen = play(early_end, trace((10, 5), (60, 10)), staff([[(0, 20), (50, 100)]]))

    assert (seen.outcomes, seen.at_work) == (["ANSWERED", "CLOSED_OUT"], [70])


def test_a_shift_shorter_than_the_last_minutes_takes_nothing(early_end, trace, staff, play):
    seen = play(early_end, trace((10, 5)), staff([[(0, 50)]]))

    assert (seen.outcomes, seen.at_work) == (["CLOSED_OUT"], [50])


def test_the_next_shift_takes_contacts_again(early_end, trace, staff, play):
    # The call of 30 ends at 130: he goes on into the next shift without a break, and takes what waits.
    seen = play(early_end, trace((30, 100), (60, 10)), staff([[(0, 100)], [(120, 300)]]))

    assert (seen.answered, seen.at_work) == ([30, 130], [300])


def test_a_ticket_in_hand_is_not_interrupted_in_the_last_minutes(scenario, kind, trace, staff, play):
    kinds = [kind("call"), kind("mail", Channel.TICKET)]
    group = Group("g", (), (Serve("call"), Serve("mail", 5)), last_contact_min=1.0)
    mail = {"at": 0, "work": 80, "kind": 1, "due": 900}

    seen = play(scenario(kinds, [group]), trace(mail, (50, 10)), staff([[(0, 100)]]))
    assert (seen.ended[0], seen.outcomes) == (80, ["ANSWERED", "CLOSED_OUT"])
