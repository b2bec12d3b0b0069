"""Rules read three ways on random small cases, and public solutions whose costs others have stated."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.lent import lent
from benchmarks.public_inrc1 import read_inrc1, read_inrc1_solution
from benchmarks.public_inrc2 import Instance, read_inrc2, read_inrc2_solution
from benchmarks.public_rows import MUST, costs_by_name

CASES, TEAM_CASES = 10_000, 2_000
SEED = 20
SHOWN = 5
RULE_TESTS = 37
"""Solutions of the first competition's rule tests."""
TERMS = {
    "Minimal coverage": "cover_missing",
    "Illegal shift type succession": "succession",
    "Total assignment": "assignments",
    "Consecutive": "consecutive",
    "Non working days": "days_off",
    "Preferences": "wishes",
    "Max working weekend": "weekends",
    "Complete weekends": "complete_weekends",
    "Optimal coverage": "cover",
}
"""Lines of the second competition's validator, and what they are called here."""


class Rules:
    """Rules of every kind on random frames, every reading against the checker; the checker against public costs."""

    name, room = "rules", "roster"
    expected: Mapping[str, tuple[float, float]] = {
        "rules_agree_cases": (CASES, CASES),
        "rules_disagree": (0, 0),
        "team_rules_agree_cases": (TEAM_CASES, TEAM_CASES),
        "inrc1_rule_tests": (RULE_TESTS, RULE_TESTS),
        "inrc2_terms_off": (0, 0),
    }

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print every public solution and case that differs, and how often each kind of rule was met."""
        rostering = reference / "data" / "rostering"
        right = _rule_tests(rostering / "inrc1_rule_tests", report)
        off = _validated(rostering / "inrc2", report)
        return {"inrc1_rule_tests": right, "inrc2_terms_off": off} | _agreement(report) | _team(report)


def _rule_tests(folder: Path, report: Callable[[str], None]) -> float:
    """Return how many solutions of the rule tests get the stated penalty and number of hard faults."""
    line = re.compile(r"test (\w+) - solution (\d+): (\d+)(?: \(Hard constraint: (\d+)\))?")
    right = 0
    report("  first competition: soft penalty and hard faults of the rule tests' solutions")
    for stated in line.finditer((folder / "test_solutions_cost.txt").read_text(encoding="utf-8")):
        number, solution = stated[1], int(stated[2])
        test = number.zfill(2 if number.isdigit() else 3)
        instance = next(path for path in folder.glob(f"test_{test}_*.xml") if "_solution_" not in path.name)
        period = read_inrc1(instance)
        roster = read_inrc1_solution(instance.with_name(f"{instance.stem}_solution_{solution:02}.xml"), period)
        costs = costs_by_name(period.problem(), roster)
        hard = costs.pop("cover") / MUST
        found, wanted = (sum(costs.values()), hard), (float(stated[3]), float(stated[4] or 0))
        right += found == wanted
        if found != wanted:
            report(f"    test {number}, solution {solution}: {found} instead of {wanted}")
    report(f"    as stated: {right}")
    return float(right)


def _validated(folder: Path, report: Callable[[str], None]) -> float:
    """Return how many terms of solutions with a validator's report differ from it; print the other totals."""
    off, reports = 0, 0
    report("  second competition: costs per rule")
    for solutions in sorted(folder.glob("*/Solution_*")):
        instance = _instance(solutions)
        problem = read_inrc2(instance)
        paths = [solutions / f"Sol-{instance.name}-{week}-{place}.txt" for place, week in enumerate(instance.weeks)]
        costs = costs_by_name(problem, read_inrc2_solution(paths, problem))
        costs["cover_missing"] = costs["cover"] // MUST
        costs["cover"] -= costs["cover_missing"] * MUST
        report(f"    {instance.name} {solutions.name:<34}{sum(costs.values()):>8.0f}")
        validator = solutions / "validator.txt"
        if validator.is_file():
            reports += 1
            off += _terms_off(validator.read_text(encoding="utf-8"), costs, report)
    if not reports:
        raise FileNotFoundError(f"no validator.txt below {folder}")
    return float(off)


def _terms_off(validated: str, costs: Mapping[str, float], report: Callable[[str], None]) -> int:
    off = 0
    for term, ours in TERMS.items():
        stated = re.search(rf"^{term}[^:\n]*:\s*(\d+)", validated, re.MULTILINE)
        wanted = None if stated is None else float(stated[1])
        off += costs[ours] != wanted
        report(f"      {term:<32}{costs[ours]:>8.0f}{'' if costs[ours] == wanted else f'  instead of {wanted}'}")
    return off


def _instance(solutions: Path) -> Instance:
    """Return the instance that a folder ``Solution_H_0-WD_1-2-3-3`` solves."""
    named = re.fullmatch(r"Solution_H_(\d)-WD_([\d-]+)", solutions.name)
    if named is None:
        raise FileNotFoundError(f"{solutions} is not named like Solution_H_0-WD_1-2-3-3")
    return Instance(solutions.parent, int(named[1]), tuple(int(week) for week in named[2].split("-")))


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


def _team(report: Callable[[str], None]) -> dict[str, float]:
    agreeing = lent("drawn_rules.team_agreeing")
    met, disagreeing = Counter[str](), 0
    for number in range(TEAM_CASES):
        frame, rule, roster = agreeing.a_team_case([SEED, number])
        differing = agreeing.team_disagreements(frame, rule, roster)
        met[rule.key] += 1
        disagreeing += bool(differing)
        if differing and disagreeing <= SHOWN:
            report(f"    team case {number}: {differing}")
    report(f"  {TEAM_CASES} cases about teams: checker, marginals of every person and CP-SAT; differing: {disagreeing}")
    report("    " + ", ".join(f"{key} {count}" for key, count in met.most_common()))
    return {"team_rules_agree_cases": float(TEAM_CASES - disagreeing)}


PART = Rules()
