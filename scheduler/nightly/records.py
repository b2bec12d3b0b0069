"""What a run leaves for those who ask later: key, manifest, log and notice."""

import hashlib
import json
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scenarios import Scenario
from scenarios.progress import Progress
from scheduler.exchange import write_text
from scheduler.nightly.config import SiteConfig
from scheduler.planning import RECORDED_VERSIONS

MANIFEST = "manifest.json"
LOG = "log.jsonl"
LATEST = "latest.json"
_BLOCK = 1 << 20


def versions() -> dict[str, str]:
    """Return the versions a result hangs on."""
    return {name: version(name) for name in (*RECORDED_VERSIONS, "pandas")} | {"python": platform.python_version()}


def input_hashes(scenario: Scenario, files: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of the scenario and of each input file."""
    return {"scenario": scenario.fingerprint()} | {name: file_hash(path) for name, path in files.items()}


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def run_key(site: SiteConfig, hashes: Mapping[str, str]) -> str:
    """Return the hash of all that decides the result: inputs, how they are read, settings and versions."""
    feed = {name: getattr(site.history, name) for name in ("zone", "columns", "types", "default_type", "encoding")}
    said = {
        "hashes": dict(hashes),
        "feed": feed,
        "plan": site.plan.parameters(),
        "publish_unproven": site.publish_unproven,
        "versions": versions(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class Journal:
    """Tells the stages of a run to its log and to whoever watches, and keeps their times.

    ``stage`` opens a stage; progress inside it is passed on to the watcher, and to the log where the key changes.
    """

    watcher: Progress
    log: Path | None = None
    timings_s: dict[str, float] = field(default_factory=dict)
    _stage: str = ""
    _since: float = 0.0
    _told: str = ""

    def stage(self, name: str) -> None:
        """Note that stage ``name`` begins, and how long the one before took."""
        self.close()
        self._stage, self._since = name, time.monotonic()
        self.note(stage=name)
        self.watcher(name, 0, 1)

    def close(self) -> None:
        """Note the time of the stage that ends."""
        if self._stage:
            self.timings_s[self._stage] = round(time.monotonic() - self._since, 3)
            self.watcher(self._stage, 1, 1)
        self._stage = ""

    def progress(self, stage: str, done: int, total: int) -> None:
        """Pass on how far the work inside a stage is."""
        if stage != self._told:
            self._told = stage
            self.note(stage=self._stage, step=stage)
        self.watcher(stage, done, total)

    def note(self, **facts: object) -> None:
        """Add a line to the log, if the run has one yet."""
        if self.log is None:
            return
        line = json.dumps({"at": _now(), **facts}, ensure_ascii=False)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of a run."""
    write_text(folder / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def write_latest(output: Path, run_id: str, roster_version: int) -> None:
    """Point to the run whose roster is in force."""
    said = {"run_id": run_id, "version": roster_version, "folder": f"runs/{run_id}"}
    write_text(output / LATEST, json.dumps(said, indent=2) + "\n")


def notify_once(path: Path | None, run_id: str, **facts: object) -> None:
    """Add a notice of the end of a run, unless the file holds one of that run already."""
    if path is None or run_id in _noticed(path):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps({"at": _now(), "run_id": run_id, **facts}, ensure_ascii=False)
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


def _noticed(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    return set(_run_ids(path.read_text(encoding="utf-8").splitlines()))


def _run_ids(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        try:
            yield json.loads(line)["run_id"]
        except (ValueError, KeyError, TypeError):  # half a line of a killed process
            continue


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
