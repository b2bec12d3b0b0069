"""How much work a roster search may do, in units that do not depend on the machine."""

from dataclasses import dataclass, field

from scenarios.checks import require_not_negative, require_positive


@dataclass(frozen=True, slots=True)
class ExactBudget:
    """How far the constraint programme of the whole team may go, after the search has ended with a gap.

    Parameters
    ----------
    choices
        Duties open to somebody on some date, summed over people and dates, up to which a team is small enough; 0: none.
    deterministic_s
        The solver's own deterministic time, two to four CPU seconds a unit.
    """

    choices: int = 1_000
    deterministic_s: float = 5.0

    def __post_init__(self) -> None:
        require_not_negative("ExactBudget", "choices", self.choices)
        require_not_negative("ExactBudget", "deterministic_s", self.deterministic_s)


@dataclass(frozen=True, slots=True)
class SearchBudget:
    """Limits of a search; all but the last are deterministic, so equal input and seed give the same roster.

    Parameters
    ----------
    passes
        Best-response passes over all people after the first construction, at least 1; they stop early when a pass
        saves less than a thousandth.
    bound_passes
        Passes over all people that sharpen the bound and the first roster that is rounded from it.
    polish_lines
        Lines drawn anew by annealing after the passes, in each chain.
    chains
        Searches that begin at different seeds; the best roster of all is kept.
    exact
        What the constraint programme may do for a small team.
    wall_s
        Safety net: after this many seconds bound, passes and polish end early; first lines are always made. When it
        bites, the outcome says so and the result may differ from run to run.
    """

    passes: int = 3
    bound_passes: int = 60
    polish_lines: int = 15_000
    chains: int = 1
    exact: ExactBudget = field(default_factory=ExactBudget)
    wall_s: float = 300.0

    def __post_init__(self) -> None:
        require_positive("SearchBudget", "passes", self.passes)
        require_positive("SearchBudget", "bound_passes", self.bound_passes)
        require_positive("SearchBudget", "chains", self.chains)
        require_positive("SearchBudget", "wall_s", self.wall_s)
        require_not_negative("SearchBudget", "polish_lines", self.polish_lines)
