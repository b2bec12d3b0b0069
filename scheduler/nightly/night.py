"""One night, stage by stage. A process may die in any of them: what is in force stays in force until the last step."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from forecasting import Edit, Entry, apply_edits, edits_on
from scenarios import Forecast, Plan, PlanningError, Roster, Scenario
from scenarios.progress import Progress, silent
from scenarios.text import LANGUAGES, text
from scheduler.exchange import remove_parts
from scheduler.exits import Exit
from scheduler.nightly.config import SiteConfig
from scheduler.nightly.ending import NightEnd, exit_of
from scheduler.nightly.inputs import (
    ErrorRows,
    NightInputs,
    check_freshness,
    compare_forecasts,
    error_rows,
    findings_of,
    forecast_of,
    read_inputs,
)
from scheduler.nightly.ledger import hash_of_edits, logged_edits, night_snapshot, record_errors
from scheduler.nightly.lock import night_lock
from scheduler.nightly.outputs import write_outputs
from scheduler.nightly.records import (
    LOG,
    Journal,
    file_hash,
    input_hashes,
    notify_once,
    run_key,
    versions,
    write_latest,
    write_manifest,
)
from scheduler.planning import make_plan
from scheduler.store import RosterVersion, Run, RunStatus, Store, open_store

STAGES = ("ingest", "check", "forecast", "plan", "export", "publish", "notify")
ACTOR = "nightly"


def run_night(
    site: SiteConfig,
    *,
    first_date: date | None = None,
    until: str | None = None,
    dry_run: bool = False,
    progress: Progress = silent,
) -> NightEnd:
    """Run the night of ``site`` and return how it ended.

    The roster in force changes in one transaction near the end; before it, nothing anybody reads is touched. When the
    roster in force comes from a run of the same key (inputs, settings, versions), nothing is done but to name that run.

    Parameters
    ----------
    first_date
        First date to plan; ``None`` for the scenario's own.
    until
        Last stage to run, one of ``STAGES``; ``None`` for all.
    dry_run
        Plan and tell, but write nothing: no files, no store, no lock.
    progress
        Told each of ``STAGES`` as it begins and ends, and the steps of the work inside.

    Raises
    ------
    LockedError
        When another run holds the lock.
    PlanningError
        When an input is missing, stale or broken; the roster in force stays.
    """
    if until is not None and until not in STAGES:
        raise PlanningError("not_one_of", thing="Night", field="until", value=until, known=", ".join(STAGES))
    if dry_run:
        return _dry(site, first_date, until, Journal(progress))
    with night_lock(site.output_folder), open_store(site.store_url) as store:
        remove_parts(site.output_folder)
        return _Night(site, store, Journal(progress), until).run(first_date)


def _dry(site: SiteConfig, first_date: date | None, until: str | None, journal: Journal) -> NightEnd:
    inputs = _read(site, first_date, journal, until)
    if until in STAGES[:2]:
        return _stopped(journal)
    model, errors = _forecast(site, inputs, journal)
    forecast = apply_edits(model, logged_edits(site, inputs.scenario.name))
    if until == "forecast":
        return _stopped(journal)
    plan = _plan(site, inputs.scenario, forecast, None, journal)
    journal.close()
    return NightEnd(exit_of(plan), plan=plan, forecast_errors=errors)


@dataclass(slots=True)
class _Night:
    """A run that writes; it holds the lock."""

    site: SiteConfig
    store: Store
    journal: Journal
    until: str | None
    run_id: str | None = None
    errors: ErrorRows = ()
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.site.output_folder / "runs" / str(self.run_id)

    def run(self, first_date: date | None) -> NightEnd:
        try:
            inputs = _read(self.site, first_date, self.journal, self.until)
            if self.until in STAGES[:2]:
                return _stopped(self.journal)
            log = self.store.edits.log(inputs.scenario.name)
            hashes = input_hashes(inputs.scenario, inputs.files) | hash_of_edits(log, inputs.scenario.horizon)
            key = run_key(self.site, hashes)
            earlier = self.store.runs.published_with(key)
            if earlier is not None and self._is_in_force(earlier):
                return self._repeat(earlier)
            self._begin(inputs.scenario, key, hashes)
            return self._work(inputs, log)
        except BaseException as error:
            self._fail(error)
            raise

    def _begin(self, scenario: Scenario, key: str, hashes: Mapping[str, str]) -> None:
        """Give the run its name, its folder and its row; runs of the dead are marked."""
        self.store.runs.interrupt_running(scenario.name, actor=ACTOR)
        now = datetime.now(UTC)
        self.run_id = f"{now:%Y%m%dT%H%M%SZ}-{key[:8]}-{secrets.token_hex(2)}"
        self.store.runs.start(self.run_id, key, scenario.name, actor=ACTOR)
        self.journal.log = self.folder / LOG
        self.manifest = {
            "run_id": self.run_id,
            "run_key": key,
            "scenario": scenario.name,
            "first_date": scenario.horizon.first_date.isoformat(),
            "seed": scenario.seed,
            "started_at": now.isoformat(timespec="seconds"),
            "versions": versions(),
            "hashes": dict(hashes),
            "parameters": self.site.plan.parameters() | {"publish_unproven": self.site.publish_unproven},
        }

    def _work(self, inputs: NightInputs, log: Sequence[Entry]) -> NightEnd:
        scenario = inputs.scenario
        self._at("forecast")
        model, self.errors = _forecast(self.site, inputs, self.journal)
        edits = edits_on(log, scenario.horizon)
        forecast = self._keep(inputs, model, tuple(edits.values()))
        self.manifest |= {"forecast_errors": self.errors, "edits": list(edits)}
        if self.until == "forecast":
            return self._stop()
        self._at("plan")
        plan = _plan(self.site, scenario, forecast, self._in_force(scenario), self.journal)
        found = tuple(finding.sentence for finding in findings_of(inputs))
        plan = replace(plan, notes=(*plan.notes, *found))
        if self.until == "plan":
            return self._stop(plan)
        self._at("export")
        self.journal.stage("export")
        draft = self.store.rosters.add_draft(scenario.name, plan, forecast=forecast, run_id=self.run_id, actor=ACTOR)
        self._export(plan, scenario, forecast, draft)
        if self.until == "export":
            return self._stop(plan, draft)
        self._at("publish")
        return self._settle(plan, draft)

    def _keep(self, inputs: NightInputs, model: Forecast, edits: tuple[Edit, ...]) -> Forecast:
        """Return the forecast with the planners' edits, and enter it and errors of earlier ones into the ledger."""
        snapshot = night_snapshot(inputs, model, edits, self.manifest["versions"])
        self.manifest |= {"errors_recorded": record_errors(self.store, inputs)}
        self.store.forecasts.add(inputs.scenario.name, snapshot, run_id=self.run_id, actor=ACTOR)
        return snapshot.forecast

    def _in_force(self, scenario: Scenario) -> Roster | None:
        """Return the roster in force where it is for the same dates: the search starts from it."""
        found = self.store.latest_published(scenario.name)
        if found is None or found[1].requirement.horizon != scenario.horizon:
            return None
        return found[1].outcome.roster

    def _export(self, plan: Plan, scenario: Scenario, forecast: Forecast, draft: RosterVersion) -> None:
        files = write_outputs(
            plan, scenario, forecast, self.folder, version=draft.version, stamp=draft.created_at,
            language=self.site.language, progress=self.journal.progress,
        )  # fmt: skip
        hashes = {path.relative_to(self.folder).as_posix(): file_hash(path) for path in files}
        self.manifest |= {"version": draft.version, "files": hashes}
        write_manifest(self.folder, self.manifest | {"status": RunStatus.RUNNING.value})

    def _settle(self, plan: Plan, draft: RosterVersion) -> NightEnd:
        """Publish or hold, then tell."""
        end = exit_of(plan)
        marked = self.site.publish_unproven and plan.verdict is not None and not plan.verdict.breaches
        published = end is Exit.DONE or marked
        self.journal.stage("publish")
        self._close(RunStatus.PUBLISHED if published else RunStatus.HELD, end)
        if published:
            self.store.publish(draft.id, actor=ACTOR, manifest=self.manifest)
        else:
            self.store.runs.end(str(self.run_id), RunStatus.HELD, exit_status=end, manifest=self.manifest)
        self.journal.stage("notify")
        self._tell(draft.version, published=published)
        self.journal.close()
        return NightEnd(
            end, self.run_id, version=draft.version, published=published, folder=self.folder, plan=plan,
            forecast_errors=self.errors,
        )  # fmt: skip

    def _tell(self, version: int, *, published: bool) -> None:
        """Write what stands outside the store; a repeated run so completes what a killed one owed."""
        write_manifest(self.folder, self.manifest)
        if published:
            write_latest(self.site.output_folder, str(self.run_id), version)
        facts = {"scenario": self.manifest["scenario"], "version": version, "exit_status": self.manifest["exit_status"]}
        key = "nightly.notice_published" if published else "nightly.notice_held"
        said = {language: text(key, language, **facts) for language in LANGUAGES}
        notify_once(self._notices(), str(self.run_id), status=self.manifest["status"], **facts, message=said)

    def _is_in_force(self, earlier: Run) -> bool:
        found = self.store.rosters.latest_published(earlier.scenario)
        return found is not None and found.run_id == earlier.id

    def _repeat(self, earlier: Run) -> NightEnd:
        """The roster of this very night is in force: complete what a killed run may owe, and name it."""
        self.run_id, self.manifest = earlier.id, dict(earlier.manifest)
        version = int(self.manifest["version"])
        self._tell(version, published=True)
        self.journal.close()
        found = self.store.latest_published(earlier.scenario)
        return NightEnd(
            Exit(int(self.manifest["exit_status"])), earlier.id, repeated=True, version=version, published=True,
            folder=self.folder, plan=None if found is None else found[1],
            forecast_errors=tuple(self.manifest.get("forecast_errors", ())),
        )  # fmt: skip

    def _stop(self, plan: Plan | None = None, draft: RosterVersion | None = None) -> NightEnd:
        self.journal.close()
        self._close(RunStatus.STOPPED, Exit.DONE)
        self.store.runs.end(str(self.run_id), RunStatus.STOPPED, exit_status=Exit.DONE, manifest=self.manifest)
        write_manifest(self.folder, self.manifest)
        version = None if draft is None else draft.version
        return NightEnd(Exit.DONE, self.run_id, version=version, folder=self.folder, plan=plan)

    def _fail(self, error: BaseException) -> None:
        """Note a failure; the error itself goes on to the command."""
        status = RunStatus.FAILED if isinstance(error, Exception) else RunStatus.INTERRUPTED
        end = Exit.INPUT if isinstance(error, PlanningError) else Exit.INTERNAL
        said = {lang: error.message(lang) if isinstance(error, PlanningError) else repr(error) for lang in LANGUAGES}
        run_id = self.run_id or f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        if self.run_id is not None:
            self.journal.note(error=said["en"])
            self._close(status, end)
            self.store.runs.end(self.run_id, status, exit_status=end, manifest=self.manifest)
        facts = {"scenario": self.site.scenario, "exit_status": end}
        notify_once(self._notices(), run_id, status=status.value, **facts, message=said)

    def _close(self, status: RunStatus, end: Exit) -> None:
        """Complete the manifest; it is what is known before the last transaction."""
        self.manifest |= {
            "status": status.value,
            "exit_status": int(end),
            "ended_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "timings_s": dict(self.journal.timings_s),
        }

    def _at(self, stage: str) -> None:
        self.store.runs.at_stage(str(self.run_id), stage)

    def _notices(self) -> Path | None:
        return self.site.output_folder / self.site.notices if self.site.notices else None


def _read(site: SiteConfig, first_date: date | None, journal: Journal, until: str | None) -> NightInputs:
    journal.stage("ingest")
    inputs = read_inputs(site, first_date)
    if until != "ingest":
        journal.stage("check")
        check_freshness(site, inputs)
    return inputs


def _forecast(site: SiteConfig, inputs: NightInputs, journal: Journal) -> tuple[Forecast, ErrorRows]:
    journal.stage("forecast")
    forecast = forecast_of(inputs, journal.progress)
    return forecast, error_rows(compare_forecasts(inputs, site.plan.backtest_weeks, journal.progress))


def _plan(site: SiteConfig, scenario: Scenario, forecast: Forecast, in_force: Roster | None, journal: Journal) -> Plan:
    journal.stage("plan")
    return make_plan(scenario, forecast, settings=site.plan.settings(), published=in_force, progress=journal.progress)


def _stopped(journal: Journal) -> NightEnd:
    journal.close()
    return NightEnd(Exit.DONE)
