"""Make the lock files, or check them.

``python requirements/remake.py`` resolves ``pyproject.toml`` anew with uv and writes one lock per use:

* ``installer.lock``: uv, the one thing pip installs;
* ``core.lock``: what the library and the command need, and the build back end of the editable install;
* ``dashboard.lock``: the same with the dashboard's extra;
* ``dev.lock``: the same with everything tests and linters need.

``python requirements/remake.py --check`` reads the files only, needs no network, and ends with status 1 when a lock
names a host, lacks a hash, was made from other requirements than those that stand in ``pyproject.toml``, does not
satisfy them, or disagrees with another lock about a version.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
INSTALLER = "installer"
LOCKS: Mapping[str, tuple[str, ...]] = {
    INSTALLER: (),
    "core": (),
    "dashboard": ("dashboard",),
    "dev": ("bench", "dask", "dashboard", "gbm", "postgres", "dev"),
}
"""Lock -> extras of the project it covers; every lock but the installer's holds the core requirements too."""

INPUTS = "# made from requirements "
_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$"
)
_HASH = re.compile(r"^\s+--hash=sha256:[0-9a-f]{64}(?: \\)?$")
_HOST = re.compile(r"://|\bfile:|^\s*--?(?:index-url|extra-index-url|find-links|trusted-host|i|f)\b| @ ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """One locked version: where it applies (``marker``) and how many hashes it carries."""

    name: str
    version: str
    marker: str | None
    hashes: int


class LockError(ValueError):
    """A line of a lock that is neither a pin, a hash nor a comment."""


def parse(text: str) -> list[Pin]:
    """Return the pins of a lock; a line of any other kind is a ``LockError``."""
    pins: list[Pin] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _PIN.match(line)
        if found:
            pins.append(Pin(canonicalize_name(found["name"]), found["version"], found["marker"], 0))
        elif _HASH.match(line) and pins:
            last = pins.pop()
            pins.append(Pin(last.name, last.version, last.marker, last.hashes + 1))
        else:
            raise LockError(f"line {number}: {line.strip()!r} is neither a pin nor a hash")
    return pins


def wanted(project: Mapping[str, Any], lock: str) -> list[Requirement]:
    """Return what ``pyproject.toml`` asks of ``lock``, the project's own extras resolved."""
    table = project["project"]
    extras = table.get("optional-dependencies", {})
    if lock == INSTALLER:
        return [item for item in map(Requirement, extras["dev"]) if item.name == "uv"]
    texts = [*project["build-system"]["requires"], *table["dependencies"]]
    for extra in LOCKS[lock]:
        texts += extras[extra]
    own = canonicalize_name(table["name"])
    return [item for item in map(Requirement, texts) if canonicalize_name(item.name) != own]


def digest(requirements: list[Requirement], python: str) -> str:
    """Return the fingerprint of the inputs of a lock: equal requirements, equal digest."""
    inputs = sorted({str(item) for item in requirements})
    return hashlib.sha256(json.dumps([python, inputs]).encode()).hexdigest()[:16]


def _faults_of_lock(name: str, text: str, requirements: list[Requirement], fingerprint: str) -> Iterator[str]:
    if _HOST.search(text):
        yield f"{name}: names a host or a path; locks are free of them"
    if f"{INPUTS}{fingerprint}" not in text.splitlines():
        yield f"{name}: was made from other requirements than pyproject.toml holds now; run `make lock`"
    pins = parse(text)
    yield from (f"{name}: {pin.name}=={pin.version} has no hash" for pin in pins if not pin.hashes)
    for item in requirements:
        versions = [pin.version for pin in pins if pin.name == canonicalize_name(item.name)]
        if not versions:
            yield f"{name}: {item.name} is missing; run `make lock`"
        for version in versions:
            if not item.specifier.contains(version, prereleases=True):
                yield f"{name}: {item.name}=={version} does not satisfy {item}; run `make lock`"


def _disagreements(locks: Mapping[str, list[Pin]]) -> Iterator[str]:
    """Yield where a smaller lock pins what the largest one does not hold."""
    largest = {(pin.name, pin.version) for pin in locks["dev"]}
    for name, pins in locks.items():
        for pin in pins:
            if (pin.name, pin.version) not in largest:
                yield f"{name}.lock: {pin.name}=={pin.version} is not what dev.lock holds; run `make lock`"


def faults(root: Path = ROOT) -> list[str]:
    """Return every fault of the locks of the project at ``root``; an empty list means all is well."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    python = project["project"]["requires-python"]
    found: list[str] = []
    pins: dict[str, list[Pin]] = {}
    for lock in LOCKS:
        path = root / "requirements" / f"{lock}.lock"
        if not path.is_file():
            found.append(f"{path.name}: missing; run `make lock`")
            continue
        text = path.read_text(encoding="utf-8")
        requirements = wanted(project, lock)
        try:
            found += _faults_of_lock(path.name, text, requirements, digest(requirements, python))
            pins[lock] = parse(text)
        except LockError as error:
            found.append(f"{path.name}: {error}")
    return found + (list(_disagreements(pins)) if "dev" in pins else [])


def remake(*, upgrade: bool) -> None:
    """Write every lock; the largest first, so that the others can be held to its versions."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    python = project["project"]["requires-python"]
    for lock in sorted(LOCKS, key=lambda name: name != "dev"):
        requirements = wanted(project, lock)
        _compile(lock, requirements, python.removeprefix(">="), upgrade=upgrade and lock == "dev")
        path = FOLDER / f"{lock}.lock"
        body = path.read_text(encoding="utf-8")
        header = f"{INPUTS}{digest(requirements, python)}\n# remade by: python requirements/remake.py\n"
        path.write_text(header + body, encoding="utf-8", newline="\n")


def _compile(lock: str, requirements: list[Requirement], python: str, *, upgrade: bool) -> None:
    """Resolve ``requirements`` for every platform and Python from ``python`` on."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{lock}.in"
        source.write_text("".join(f"{item}\n" for item in requirements), encoding="utf-8")
        command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes"]
        command += [
            "--python-version",
            python,
            "--no-emit-index-url",
            "--no-emit-find-links",
            "--no-header",
            "--no-annotate",
        ]
        if lock != "dev":
            command += ["--constraints", str(FOLDER / "dev.lock")]
        if upgrade:
            command += ["--upgrade"]
        command += ["--output-file", str(FOLDER / f"{lock}.lock"), str(source)]
        subprocess.run(command, check=True, cwd=ROOT)


def main() -> int:
    """Run the command line; return its exit status."""
    parser = argparse.ArgumentParser(description="Make the lock files, or check them.")
    parser.add_argument("--check", action="store_true", help="check only, without the network")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions instead of the locked ones")
    options = parser.parse_args()
    if not options.check:
        remake(upgrade=options.upgrade)
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        print(f"locks: {len(LOCKS)} files hold what pyproject.toml asks for")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
