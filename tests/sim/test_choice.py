"""Who of a group takes a contact: by weight, not typing first, and with room beyond the cap."""

import pytest

from scenarios import AgentChoice, Channel, Group, Serve

ALL_DAY = [[(0, 24 * 3600)]]


def session(at, *rounds, hold=0):
    return {"at": at, "rounds": rounds, "hold": hold}


def test_contacts_are_shared_out_by_weight(scenario, trace, staff, play):
    floor = scenario(groups=[Group("g", (), (Serve("call"),), choice=AgentChoice.WEIGHTED)])
    people = staff({"shifts": ALL_DAY, "weight": 2.0}, ALL_DAY)

    seen = play(floor, trace(*((10 * number, 5) for number in range(9))), people)
    # Taken for their weight: 0/0, .5/0, .5/1, 1/1 (the second stands longer), 1/2, 1.5/2, 2/2, 2/3, 2.5/3.
    assert seen.agents == [0, 1, 0, 1, 0, 0, 1, 0, 0]


def test_an_interrupted_ticket_counts_again_for_the_weight(scenario, kind, trace, staff, play):
    kinds = [kind("call"), kind("mail", Channel.TICKET)]
    group = Group("g", (), (Serve("call"), Serve("mail", 5)), choice=AgentChoice.WEIGHTED)
    mail = {"at": 0, "work": 20, "kind": 1, "due": 900}

    seen = play(scenario(kinds, [group]), trace(mail, (5, 10), (100, 10)), staff(ALL_DAY, [[(50, 900)]]))
    # Mail, call and mail again make three; who came at 50 has none.
    assert seen.agents == [0, 0, 1]


@pytest.fixture
def chats(scenario, talk):
    def make(choice):
        return scenario([talk()], [Group("g", (), (Serve("chat"),), 2, choice=choice)])

    return make


@pytest.mark.parametrize(("choice", "agent"), [(AgentChoice.NOT_TYPING_FIRST, 1), (AgentChoice.LEAST_LOADED, 0)])
def test_of_equally_loaded_agents_the_one_who_is_not_typing_takes_the_chat(choice, agent, chats, trace, staff, play):
    rows = [session(0, 30), session(5, 5, (60, 5)), session(15, 5)]
    seen = play(chats(choice), trace(*rows), staff(ALL_DAY, ALL_DAY))

    assert seen.agents == [0, 1, agent]


def test_if_all_type_the_one_takes_the_chat_whose_reply_ends_soonest(chats, trace, staff, play):
    rows = [session(0, 30), session(5, 20), session(15, 5)]
    seen = play(chats(AgentChoice.NOT_TYPING_FIRST), trace(*rows), staff(ALL_DAY, ALL_DAY))

    assert (seen.agents, seen.answered[2]) == ([0, 1, 1], 30)


def test_a_reply_that_ends_at_this_moment_is_no_typing(chats, trace, staff, play):
    rows = [session(0, 30), session(5, 10, (60, 5)), session(15, 5)]
    seen = play(chats(AgentChoice.NOT_TYPING_FIRST), trace(*rows), staff(ALL_DAY, ALL_DAY))

    assert seen.agents[2] == 1


def test_only_four_agents_are_looked_at(chats, trace, staff, play):
    rows = [session(number, work, (900, 5)) for number, work in enumerate((100, 90, 80, 70, 1))]
    seen = play(chats(AgentChoice.NOT_TYPING_FIRST), trace(*rows, session(50, 5)), staff(*[ALL_DAY] * 5))

    # The fifth is not typing, but behind four who are; of them the fourth is done first, at 73.
    assert (seen.agents[5], seen.answered[5]) == (3, 78)


def test_calls_go_to_the_least_loaded_where_chats_ask_who_is_typing(scenario, kind, talk, trace, staff, play):
    kinds = [kind("call"), talk()]
    group = Group("g", (), (Serve("call"), Serve("chat")), 2, choice=AgentChoice.NOT_TYPING_FIRST)
    rows = [session(0, 50) | {"kind": 1}, {"at": 5, "work": 10}, {"at": 7, "work": 10}]

    seen = play(scenario(kinds, [group]), trace(*rows), staff(ALL_DAY, ALL_DAY))
    assert (seen.agents, seen.answered) == ([0, 1, 1], [50, 5, 15])
