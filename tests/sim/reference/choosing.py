"""Who of several people of a group takes a contact, for the slow reference."""

from scenarios import AgentChoice, Channel

FOUR = 4


def chosen(able, choice, channel):
    """Return who of ``able``, people of one group with room, takes a contact of ``channel``."""
    if choice is AgentChoice.NOT_TYPING_FIRST and channel is Channel.CHAT:
        return _not_typing_first(able)
    rank = {
        AgentChoice.LONGEST_IDLE: lambda _: 0,
        AgentChoice.LEAST_LOADED: lambda person: person.slots,
        AgentChoice.NOT_TYPING_FIRST: lambda person: person.slots,
        AgentChoice.FASTEST: lambda person: person.pace,
        AgentChoice.WEIGHTED: lambda person: person.taken * 10**12 // person.weight,
    }[choice]
    return min(able, key=lambda person: (rank(person), person.stamp))


def _not_typing_first(able):
    looked_at = sorted(able, key=lambda person: (person.slots, person.stamp))[:FOUR]
    silent = [person for person in looked_at if person.typing is None]
    return silent[0] if silent else min(looked_at, key=lambda person: person.typing_ends)
