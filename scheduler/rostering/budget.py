"""How much work a roster search may do, in units that do not depend on the machine."""

from dataclasses import dataclass

from scenarios.checks import require_not_negative, require_positive


@dataclass(frozen=True, slots=True)
class SearchBudget:
    """Limits of a search; all but the last are deterministic, so equal input and seed give the same roster.

    Parameters
    ----------
    passes
        Best-response passes over all agents after the first construction, at least 1; they stop early when a pass
        saves less than a thousandth.
    polish_lines
        Lines rebuilt by ruin and recreate after the passes.
    exact_agents
        Teams of up to this many agents are given to the exact solver.
    exact_deterministic_s
        Deterministic time of the exact solver (its own unit, two to four CPU seconds each).
    wall_s
        Safety net: after this many seconds bound, passes, polish and exact search end early; first lines and breaks are
        always made. When it bites, the outcome says so in a reason (``wall_clock``) and the result may differ from run
        to run.
    """

    passes: int = 3
    polish_lines: int = 15_000
    exact_agents: int = 20
    exact_deterministic_s: float = 3.0
    wall_s: float = 300.0

    def __post_init__(self) -> None:
        require_positive("SearchBudget", "passes", self.passes)
        require_positive("SearchBudget", "wall_s", self.wall_s)
        for field in ("polish_lines", "exact_agents", "exact_deterministic_s"):
            require_not_negative("SearchBudget", field, getattr(self, field))
