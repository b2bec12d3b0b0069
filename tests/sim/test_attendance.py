"""Shifts and breaks: finish, then leave; late breaks are kept whole."""


def test_work_in_hand_when_the_shift_ends_is_finished_first(scenario, trace, staff, play):
    seen = play(scenario(), trace((90, 60), (95, 60)), staff([[(0, 100)]]))

    assert seen.ended[0] == 150
    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]
    assert seen.run.at_work_us.tolist() == [150_000_000]


def test_nobody_takes_a_call_during_a_break(scenario, trace, staff, play):
    seen = play(scenario(), trace((110, 10)), staff([[(0, 100), (160, 300)]]))

    assert seen.answered == [160]
    assert seen.run.at_work_us.tolist() == [240_000_000]


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
    assert seen.run.at_work_us.tolist() == [190_000_000]


def test_the_start_of_the_next_shift_is_never_moved(scenario, trace, staff, play):
    # Still on the phone when the next shift begins: he goes on without a break.
    seen = play(scenario(), trace((90, 100), (95, 10)), staff([[(0, 100)], [(150, 300)]]))

    assert seen.answered == [90, 190]
    assert seen.run.at_work_us.tolist() == [300_000_000]


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
