"""``springtide judge``: a roster from elsewhere, judged: rules, every date, what breaks first, the cheapest repairs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from scenarios.text import current_language
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.desk import GridChoice
from scheduler.commands.parameters import DemandChoice, ScenarioChoice, WorkerChoice
from scheduler.commands.sections import show_section
from scheduler.exchange import judgement_sections, write_judgement_excel, write_judgement_json
from scheduler.exits import Exit
from scheduler.judging.judge import Judgement, JudgeSettings, judge


@dataclass(frozen=True, kw_only=True)
class JudgeOptions(ScenarioChoice, GridChoice, DemandChoice, WorkerChoice):
    """Options of the command."""

    out: Annotated[Path, typer.Option("--out", help="cli.option.out_judge")] = Path("judgement")
    proof_days: Annotated[int, typer.Option("--proof-days", min=1, help="cli.option.proof_days")] = 300
    effect_days: Annotated[int, typer.Option("--effect-days", min=2, help="cli.option.effect_days")] = 100
    repairs: Annotated[bool, typer.Option("--repairs/--no-repairs", help="cli.option.repairs")] = True


def run(options: JudgeOptions) -> Exit:
    """Read, judge, write, print; the exit status says the worst of it."""
    scenario = options.load_scenario()
    reading = options.read_roster(scenario)
    settings = JudgeSettings(options.proof_days, options.effect_days, options.repairs, options.workers)
    language = current_language()
    with Watch() as watch:
        forecast = demand_of(options, reading.scenario, watch)
        judged = judge(reading, forecast, settings=settings, progress=watch.tell)
    write_judgement_excel(judged, options.out / "judgement.xlsx", language)
    write_judgement_json(judged, options.out / "judgement.json")
    for section in judgement_sections(judged, language):
        show_section(section)
    tell("files", path=options.out)
    return _exit_of(judged)


def _exit_of(judged: Judgement) -> Exit:
    if judged.reading.faults:
        return Exit.INPUT
    if judged.verdict.breaches:
        return Exit.NO_ROSTER
    return Exit.DONE if judged.verdict.publishable else Exit.NOT_PROVEN
