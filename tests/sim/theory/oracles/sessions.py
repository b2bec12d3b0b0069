"""Chat by messages as a Markov chain: a few alike agents, exponential laws, geometric rounds.

With first replies first, the urgent unread messages are first messages. Agents stand in a tuple in the order in which
they stand in line: whoever takes or closes a session goes to its end.
"""

from dataclasses import dataclass
from typing import NamedTuple

from oracles_of_the_floor.markov import Chain, mean_of

NOTHING, URGENT, OTHER = 0, 1, 2
DONE, LOST = "done", "lost"
_QUEUE_MAX = 30  # longest queue for a slot; rarer than rounding in every case used


class Agent(NamedTuple):
    """Unread messages answered first and the others, the one being typed included; buyers who think; sessions over but
    not yet closed; what is being typed."""

    urgent: int = 0
    other: int = 0
    thinking: int = 0
    over: int = 0
    typing: int = NOTHING

    @property
    def sessions(self):
        return self.urgent + self.other + self.thinking + self.over

    def wrote(self):
        """Return the agent when a thinking buyer has written."""
        return self._replace(other=self.other + 1, thinking=self.thinking - 1, typing=self.typing or OTHER)

    def asked(self):
        """Return the agent with one more urgent message."""
        return self._replace(urgent=self.urgent + 1, typing=self.typing or URGENT)

    def typed(self):
        """Return the agent when he has ended a reply, before what follows from it: he takes the next unread message."""
        urgent, other = self.urgent - (self.typing == URGENT), self.other - (self.typing == OTHER)
        return self._replace(urgent=urgent, other=other, typing=URGENT if urgent else OTHER if other else NOTHING)


@dataclass(frozen=True)
class Desk:
    """What the chain needs to know. Times in seconds; ``fewest`` is least loaded, else longest idle.

    A session is over with its last reply and closes after an exponential hold, at once if ``hold_s`` is 0.
    """

    agents: int
    cap: int
    rate: float
    first_s: float
    reply_s: float
    think_s: float
    rounds: float
    patience_s: float
    hold_s: float = 0.0
    oldest: bool = False
    fewest: bool = True

    def __post_init__(self):
        if self.oldest and self.first_s != self.reply_s:
            raise ValueError("the oldest first: the chain does not tell first replies from later ones")

    @property
    def ends(self):
        """Rate at which typing ends, by what is typed."""
        return (0.0, 1 / self.first_s, 1 / self.reply_s)

    def full(self, agents):
        return all(agent.sessions == self.cap for agent in agents)

    def taker(self, agents):
        """Return who of those in line takes the next session."""
        room = [number for number, agent in enumerate(agents) if agent.sessions < self.cap]
        return min(room, key=lambda number: (agents[number].sessions if self.fewest else 0, number))

    def joined(self, agent):
        """Return the agent with one more first message; the oldest first, every message is alike and waits its turn."""
        if self.oldest:
            return agent._replace(other=agent.other + 1, typing=agent.typing or OTHER)
        return agent.asked()

    def moves(self, agents, closed):
        """Yield (agents, rate) of everything the agents and the buyers in sessions do.

        ``closed(agents, number, agent)`` returns the state after a session of that agent has closed.
        """
        for number, agent in enumerate(agents):
            if agent.thinking:
                yield _put(agents, number, agent.wrote()), agent.thinking / self.think_s
            if agent.typing:
                rate, left = self.ends[agent.typing], agent.typed()
                thinks = left._replace(thinking=left.thinking + 1)
                yield _put(agents, number, thinks), rate * (1 - 1 / self.rounds)
                if self.hold_s:
                    yield _put(agents, number, left._replace(over=left.over + 1)), rate / self.rounds
                else:
                    yield closed(agents, number, left), rate / self.rounds
            if agent.over:
                yield closed(agents, number, agent._replace(over=agent.over - 1)), agent.over / self.hold_s


def _put(agents, number, changed):
    return (*agents[:number], changed, *agents[number + 1 :])


def _last(agents, number, changed):
    """Return the line with the agent changed and at its end."""
    return (*agents[:number], *agents[number + 1 :], changed)


class MessageChat:
    """Steady state of the desk, and the law of the time to the first reply."""

    def __init__(self, desk):
        self.desk = desk
        chain = Chain(self._moves, [((Agent(),) * desk.agents, 0)])
        self.states, self.shares = chain.states, chain.steady()
        self.p_slot = self._mean(lambda agents, _: desk.full(agents))
        waiting = self._mean(lambda _, queue: queue)
        self.lost = waiting / desk.patience_s / desk.rate
        self.sessions = self._mean(lambda agents, _: sum(agent.sessions for agent in agents))
        self.typing = self._mean(lambda agents, _: sum(agent.typing != NOTHING for agent in agents)) / desk.agents
        unread = self._mean(lambda agents, _: sum(agent.other for agent in agents))
        answered = desk.rate * (1 - self.lost)
        if desk.oldest:
            self.reply_s = unread / (answered * desk.rounds)  # all messages, from a slot on
        else:
            self.reply_s = unread / (answered * (desk.rounds - 1))  # later messages only
            first = self._mean(lambda agents, _: sum(agent.urgent for agent in agents))
            self.to_first_s = (waiting + first) / desk.rate  # until the first reply or giving up

    def _mean(self, value):
        return mean_of(self.states, self.shares, lambda state: value(*state))

    def _moves(self, state):
        desk, (agents, queue) = self.desk, state

        def closed(agents, number, left):
            taken = desk.joined(left) if queue else left
            return _last(agents, number, taken), max(0, queue - 1)

        if not desk.full(agents):
            number = desk.taker(agents)
            yield (_last(agents, number, desk.joined(agents[number])), 0), desk.rate
        elif queue < _QUEUE_MAX:
            yield (agents, queue + 1), desk.rate
        if queue:
            yield (agents, queue - 1), queue / desk.patience_s
        for target, rate in desk.moves(agents, closed):
            yield (target, queue) if isinstance(target[0], Agent) else target, rate

    def in_time(self, within_s):
        """Return the share of all sessions offered that have their first reply within ``within_s``.

        A tagged session, offered at a random moment, sees the steady state; what comes after it stays behind it. It is
        followed until its first reply is there.
        """
        first = {}
        for (agents, queue), share in zip(self.states, self.shares, strict=True):
            seen = self._seen(agents, queue)
            first[seen] = first.get(seen, 0.0) + share
        chain = Chain(self._follow, [*first, DONE])
        return float(chain.after(within_s, first)[chain.place[DONE]])

    def _seen(self, agents, queue):
        """Return the state of a session offered now: behind those who wait already, or with an agent."""
        if self.desk.oldest:  # what is unread now is older and goes first: for this session it is urgent
            agents = tuple(
                agent._replace(urgent=agent.other, other=0, typing=URGENT if agent.typing else NOTHING)
                for agent in agents
            )
        if self.desk.full(agents):
            return agents, queue
        return self._with(agents[self.desk.taker(agents)])

    @staticmethod
    def _with(agent):
        """Return (replies before and including its own, whether another message is being typed)."""
        return "slot", agent.urgent + 1, agent.typing == OTHER

    def _follow(self, state):
        desk = self.desk
        if state in (DONE, LOST):
            return
        if state[0] == "slot":
            _, replies, other = state
            left = ("slot", replies, False) if other else ("slot", replies - 1, False) if replies > 1 else DONE
            yield left, desk.ends[OTHER if other else URGENT]
            return
        agents, ahead = state

        def closed(agents, number, left):
            # Whoever stands ahead was offered before: his first message is older, and urgent.
            return (_last(agents, number, left.asked()), ahead - 1) if ahead else self._with(left)

        yield LOST, 1 / desk.patience_s
        if ahead:
            yield (agents, ahead - 1), ahead / desk.patience_s
        for target, rate in desk.moves(agents, closed):
            yield (target, ahead) if isinstance(target[0], Agent) else target, rate
