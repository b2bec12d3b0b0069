"""Rules read three ways: checker, dynamic programme and constraint programme on random small cases."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.lent import lent

CASES = 10_000
SEED = 20
SHOWN = 5


class Rules:
    """Rules of every kind on random frames, lines and histories; every reading against the checker."""

    name, room = "rules", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "rules_agree_cases": (CASES, CASES),
        "rules_disagree": (0, 0),
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print how often each kind of rule was met, and every case in which a reading differs."""
        del reference
        return _agreement(report)


def _agreement(report: Callable[[str], None]) -> dict[str, float]:
    agreeing = lent("drawn_rules.agreeing")
    met, free, disagreeing = Counter[str](), 0, 0
    for number in range(CASES):
        case = agreeing.a_case([SEED, number])
        differing = agreeing.disagreements(case)
        met.update({rule.key for rule in case.rules})
        free += case.free
        disagreeing += bool(differing)
        if differing and disagreeing <= SHOWN:
            report(f"    case {number}: {differing}")
    report(f"  {CASES} cases: a line read by checker, automaton and CP-SAT; {free} also against all lines written out")
    report("    " + ", ".join(f"{key} {count}" for key, count in met.most_common()))
    report(f"    cases in which a reading differs: {disagreeing}")
    return {"rules_agree_cases": float(CASES - disagreeing), "rules_disagree": float(disagreeing)}


PART = Rules()
