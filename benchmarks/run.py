"""Run the benchmarks: ``python benchmarks/run.py [--room sim] [--only lean]``, or ``make bench ROOM=sim ONLY=lean``.

A part is a file ``benchmarks/<room>_<name>.py`` that offers ``PART``, an object of the protocol ``Part`` below. A part
prints its own table through ``report``, runs its rivals interleaved with ours in the same run, and returns its figures.
The runner merges them into ``build/bench/<room>.json``::

    {"figures": {name: number}, "machine": ..., "commit": ...,
     "parts": {part: {"figures": [names], "machine": ..., "commit": ..., "at": ..., "seconds": ...}}}

``machine`` and ``commit`` are those of the last run; ``parts`` says which run each figure comes from. Reference data is
read from the folder ``SPRINGTIDE_REFERENCE`` names (default: ``../shared`` beside the project).

A part may also offer ``expected``, a mapping from figures to the (least, most) they may be, for what must hold on every
machine. A figure outside is marked, and the command fails once all parts have run.

Exit status: 0 every part ran, 2 no such room or part, 10 a figure is not what it must be, 30 no reference data.
"""

import argparse
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
ROOMS = ("sim", "forecasting", "roster")
REFERENCE_VARIABLE = "SPRINGTIDE_REFERENCE"
STATUS_USAGE, STATUS_FIGURE_OFF, STATUS_NO_REFERENCE = 2, 10, 30


class Part(Protocol):
    """One benchmark."""

    @property
    def name(self) -> str:
        """Name within the room; the file is called ``<room>_<name>.py``."""

    @property
    def room(self) -> str:
        """One of ``ROOMS``; names the JSON file."""

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure, print tables line by line through ``report``, return finite figures by name.

        Shares and gaps are fractions; times are wall seconds unless the name says CPU; rates are per CPU-second of one
        core.
        """


class BenchError(Exception):
    """The run cannot go on; ``status`` is the exit status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def find_reference(environment: Mapping[str, str] = os.environ, default: Path = ROOT.parent / "shared") -> Path:
    """Return the folder with the reference data; a missing one is a ``BenchError``."""
    folder = Path(environment.get(REFERENCE_VARIABLE) or default)
    if not folder.is_dir():
        message = f"{REFERENCE_VARIABLE} is {folder}; expected a folder with reference data; set the variable to one."
        raise BenchError(message, STATUS_NO_REFERENCE)
    return folder.resolve()


def discover(folder: Path, room: str | None = None, only: str | None = None) -> list[Part]:
    """Return the parts in ``folder``, by room and name; none at all is a ``BenchError``."""
    rooms = ROOMS if room is None else (room,)
    paths = [path for name in rooms for path in sorted(folder.glob(f"{name}_*.py"))]
    parts = [load(path) for path in paths if only is None or path.stem.partition("_")[2] == only]
    if not parts:
        known = ", ".join(sorted(path.stem for name in ROOMS for path in folder.glob(f"{name}_*.py"))) or "none"
        asked = " ".join(filter(None, [room, only])) or "any"
        raise BenchError(f"no benchmark for {asked}; there are: {known}.", STATUS_USAGE)
    return parts


def load(path: Path) -> Part:
    """Return the ``PART`` of the file at ``path``, which must bear the part's room and name."""
    if str(ROOT) not in sys.path:
        sys.path.append(str(ROOT))  # parts share modules of their folder: from benchmarks.beds import ...
    spec = importlib.util.spec_from_file_location(f"benchmark_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    # Worker processes and dataclasses look a module up by its name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    part: Part = module.PART
    if f"{part.room}_{part.name}" != path.stem:
        raise RuntimeError(
            f"{path.name} offers the part {part.name!r} of room {part.room!r}; expected <room>_<name>.py"
        )
    return part


def machine() -> str:
    """Return processor, cores, system and Python in one line."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def commit(root: Path = ROOT) -> str:
    """Return the commit of the checkout at ``root``, marked ``-dirty`` when files differ from it; else ``unknown``."""
    command = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty", "--match="]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def merge(path: Path, part: Part, figures: Mapping[str, float], facts: Mapping[str, Any]) -> None:
    """Merge ``figures`` into the JSON file at ``path``: the part's old figures go, other parts' stay.

    A figure that is not finite, or that another part reports too, is a ``RuntimeError``. The file is replaced whole.
    """
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    parts = {name: entry for name, entry in old.get("parts", {}).items() if name != part.name}
    kept = {name for entry in parts.values() for name in entry["figures"]}
    for name, value in figures.items():
        if name in kept or not math.isfinite(value):
            raise RuntimeError(f"{part.room}_{part.name} reports {name} = {value}; expected a finite figure of its own")
    merged = {name: value for name, value in old.get("figures", {}).items() if name in kept}
    merged |= {name: float(value) for name, value in figures.items()}
    parts[part.name] = {**facts, "figures": sorted(figures)}
    document = {
        "figures": dict(sorted(merged.items())),
        "machine": facts["machine"],
        "commit": facts["commit"],
        "parts": dict(sorted(parts.items())),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".json.new")
    fresh.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)


def run_parts(parts: Sequence[Part], reference: Path, target: Path, report: Callable[[str], None]) -> list[str]:
    """Run ``parts`` one after the other; each one's figures are on disk before the next begins.

    Returns
    -------
    list of str
        Figures that are not what their parts expect of them; one that is expected and missing is a ``RuntimeError``.
    """
    off: list[str] = []
    for number, part in enumerate(parts, 1):
        report(f"== {part.room}: {part.name} ({number}/{len(parts)}) ==")
        start = time.perf_counter()
        figures = part.run(reference, report)
        seconds = time.perf_counter() - start
        at = datetime.now(UTC).isoformat(timespec="seconds")
        path = target / f"{part.room}.json"
        merge(path, part, figures, {"commit": commit(), "machine": machine(), "at": at, "seconds": round(seconds, 3)})
        expected: Mapping[str, tuple[float, float]] = getattr(part, "expected", {})
        if not expected.keys() <= figures.keys():
            raise RuntimeError(f"{part.room}_{part.name} lacks {sorted(expected.keys() - figures.keys())}")
        for name, value in figures.items():
            least, most = expected.get(name, (-math.inf, math.inf))
            right = least <= value <= most
            off += [] if right else [name]
            report(f"{name} = {value:.6g}" + ("" if right else f"  OFF: expected {least:g} to {most:g}"))
        report(f"-- {seconds:.1f} s, figures in {path}")
    return off


def say(line: str) -> None:
    """Print ``line`` at once."""
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(description="Run the benchmarks and keep their figures.")
    parser.add_argument("--room", choices=ROOMS, help="only this room's parts")
    parser.add_argument("--only", help="only the part of this name")
    options = parser.parse_args(arguments)
    try:
        parts = discover(FOLDER, options.room, options.only)
        off = run_parts(parts, find_reference(), ROOT / "build" / "bench", say)
    except BenchError as error:
        print(error, file=sys.stderr)
        return error.status
    if off:
        print(f"not what they must be: {', '.join(off)}.", file=sys.stderr)
    return STATUS_FIGURE_OFF if off else 0


if __name__ == "__main__":
    raise SystemExit(main())
