"""A whole study: 200 replications of the Double 11 night of the large shop, drawing included, two threads.

The night has every mechanism of the floor; its people are a roster by formula (Erlang A, shifts with breaks). Measured
in a process of its own, so that its peak of memory is nobody else's. Compiled code is loaded, and where it is missing
made, before the clock starts; how long that takes is printed.
"""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.covering import cover, rostered, shifts_from
from scenarios import Forecast, Roster, Scenario, expected_demand, load_scenario
from scheduler.commands.console import Watch
from scheduler.staffing import first_guess
from sim import replicate

NIGHT = "double11_night_x100"
REPLICATIONS, WORKERS, SEED = 200, 2, 1
_MIB = 1 << 20


class StudyBench:
    """Wall time and memory of a study."""

    name = "study"
    room = "sim"

    def run(self, _reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure in a process of its own, which shows its progress on standard error."""
        done = subprocess.run([sys.executable, __file__], stdout=subprocess.PIPE, text=True, check=True)
        found = json.loads(done.stdout)
        report(f"{NIGHT}: {found.pop('people')} people; compiled code ready after {found.pop('ready_s'):.1f} s")
        report(f"{found.pop('attempts'):,} attempts in {REPLICATIONS} replications, {WORKERS} threads")
        for name, share in found.pop("in_time").items():
            report(f"  in time, {name:<24}{share:>8.3f}")
        return {name: float(value) for name, value in found.items()}


def night_by_formula(name: str) -> tuple[Scenario, Forecast, Roster]:
    """Return a library scenario of one service day with a roster by formula for what it expects."""
    scenario = load_scenario(name)
    forecast = expected_demand(scenario)
    need = first_guess(scenario, forecast).positions / (1.0 - scenario.absence_share)
    day = scenario.horizon.days[0]
    open_need, shifts = need[day.first_interval : day.end_interval], list(shifts_from(scenario))
    people = [cover(open_need[:, group], shifts) for group in range(len(scenario.groups))]
    scenario, roster = rostered(scenario, people, differ=True)
    return scenario, forecast, roster


def measure() -> dict[str, object]:
    """Play the study and return its figures with what a reader needs to judge them."""
    scenario, forecast, roster = night_by_formula(NIGHT)
    start = time.perf_counter()
    replicate(scenario, forecast, roster, replications=1, seed=SEED, purpose="warm-up")
    ready_s = time.perf_counter() - start
    start = time.perf_counter()
    with Watch() as watch:
        study = replicate(
            scenario, forecast, roster, replications=REPLICATIONS, seed=SEED, purpose="bench", workers=WORKERS,
            progress=watch.tell,
        )  # fmt: skip
    wall_s = time.perf_counter() - start
    report = study.report(intervals=False)
    found: dict[str, object] = {
        "people": len(roster.agents),
        "ready_s": ready_s,
        "attempts": int(study.offered.sum()),
        "in_time": {target.name: report.find("share_in_time", target.name).value for target in scenario.targets},
        "d11_200_reps_s": wall_s,
    }
    peak_mib = _peak_mib()
    return found if peak_mib is None else found | {"d11_200_reps_peak_mib": peak_mib}


def _peak_mib() -> float | None:
    """Return the most memory this process ever held; ``None`` where the system does not tell (Windows)."""
    if importlib.util.find_spec("resource") is None:
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / _MIB if sys.platform == "darwin" else most / 1024


PART = StudyBench()

if __name__ == "__main__":
    print(json.dumps(measure()))
