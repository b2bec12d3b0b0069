"""Queues that are small Markov chains: redials and two pools with overflow."""

from oracles_of_the_floor.markov import Chain, mean_of


class Retrials:
    """M/M/c/c whose blocked callers retry with probability ``persistence`` (Falin and Templeton 1997).

    State (busy, orbit); the orbit is cut at ``orbit_max``, where nobody joins any more.
    """

    def __init__(self, servers, rate, served, retry, persistence=1.0, orbit_max=250):
        def moves(state):
            busy, orbit = state
            if busy < servers:
                yield (busy + 1, orbit), rate
                if orbit:
                    yield (busy + 1, orbit - 1), orbit * retry
            else:
                if orbit < orbit_max:
                    yield (busy, orbit + 1), rate * persistence
                if orbit:
                    yield (busy, orbit - 1), orbit * retry * (1 - persistence)
            if busy:
                yield (busy - 1, orbit), busy * served

        chain = Chain(moves, [(0, 0)])
        shares = chain.steady()
        self.all_busy = mean_of(chain.states, shares, lambda state: state[0] == servers)
        self.orbit = mean_of(chain.states, shares, lambda state: state[1])
        self.busy = mean_of(chain.states, shares, lambda state: state[0])
        self.attempts = rate + retry * self.orbit
        full = mean_of(chain.states, shares, lambda state: (state[0] == servers) * (rate + retry * state[1]))
        self.blocked = full / self.attempts


class Redials:
    """Erlang A whose callers, having given up, call again with probability ``share`` after an exponential delay.

    State (in the system, orbit).
    """

    def __init__(self, agents, rate, work_s, patience_s, share, delay_s, most=(120, 60)):
        def moves(state):
            inside, orbit = state
            waiting = max(0, inside - agents)
            if inside < most[0]:
                yield (inside + 1, orbit), rate
                if orbit:
                    yield (inside + 1, orbit - 1), orbit / delay_s
            if inside:
                yield (inside - 1, orbit), min(inside, agents) / work_s
            if waiting:
                yield (inside - 1, orbit), waiting / patience_s * (1 - share)
                if orbit < most[1]:
                    yield (inside - 1, orbit + 1), waiting / patience_s * share

        chain = Chain(moves, [(0, 0)])
        shares = chain.steady()
        self.orbit = mean_of(chain.states, shares, lambda state: state[1])
        given_up = mean_of(chain.states, shares, lambda state: max(0, state[0] - agents)) / patience_s
        attempts = rate + self.orbit / delay_s
        self.attempts_per_call, self.abandoned = attempts / rate, given_up / attempts
        self.lost = given_up * (1 - share) / rate


class TwoPools:
    """A goes to pool one, else to pool two; B only to pool two, which takes waiting B before waiting A (N-design).

    State (busy in one, busy in two, A waiting, B waiting); service at rate 1 for both.
    """

    def __init__(self, agents, rates, leaving, most=(70, 40)):
        one, two = agents

        def moves(state):
            busy_one, busy_two, queue_a, queue_b = state
            if busy_one < one:
                yield (busy_one + 1, busy_two, 0, queue_b), rates[0]
            elif busy_two < two:
                yield (busy_one, busy_two + 1, 0, 0), rates[0]
            elif queue_a < most[0]:
                yield (busy_one, busy_two, queue_a + 1, queue_b), rates[0]
            if busy_two < two:
                yield (busy_one, busy_two + 1, 0, 0), rates[1]
            elif queue_b < most[1]:
                yield (busy_one, busy_two, queue_a, queue_b + 1), rates[1]
            if busy_one:
                yield ((busy_one, busy_two, queue_a - 1, queue_b) if queue_a else (busy_one - 1, busy_two, 0, queue_b),
                       busy_one)  # fmt: skip
            if busy_two:
                freed = (busy_one, busy_two, queue_a, queue_b - 1) if queue_b else (busy_one, busy_two, queue_a - 1, 0)
                yield freed if queue_a or queue_b else (busy_one, busy_two - 1, 0, 0), busy_two
            if queue_a:
                yield (busy_one, busy_two, queue_a - 1, queue_b), queue_a * leaving[0]
            if queue_b:
                yield (busy_one, busy_two, queue_a, queue_b - 1), queue_b * leaving[1]

        chain = Chain(moves, [(0, 0, 0, 0)])
        shares = chain.steady()
        waiting = [mean_of(chain.states, shares, lambda state, k=k: state[2 + k]) for k in (0, 1)]
        self.lost = [queue * leave / rate for queue, leave, rate in zip(waiting, leaving, rates, strict=True)]
        self.busy = [mean_of(chain.states, shares, lambda state, k=k: state[k]) / agents[k] for k in (0, 1)]
