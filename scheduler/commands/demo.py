"""``springtide demo``: the demo shop's Double 11 night, from nothing to published files."""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from scenarios import LIBRARY, Scenario, UsageError, load_scenario, past_promotions, sample_history
from scenarios.text import current_language
from scheduler.commands.console import Watch, tell
from scheduler.commands.nightly import show_night
from scheduler.exchange import replacing, write_text
from scheduler.exits import Exit
from scheduler.nightly import load_site, run_night

SIZES = {1: "double11", 10: "double11_x10", 100: "double11_x100"}
LEARN_FROM = date(2025, 9, 1)
"""Ten weeks before the Double 11 of the year before, so that it can teach and be forecast from eight weeks of past."""
WORKERS_MAX = 4
"""More processes than this bring little: the roster search has one."""
_SITE = """\
# Written by springtide demo: {title}
schema = 1
scenario = "{scenario}"
output = "output"
language = "{language}"
promotions = "promotions.toml"

[history]
path = "history.csv"

[plan]
workers = {workers}
"""


@dataclass(frozen=True, kw_only=True)
class DemoOptions:
    """Options of the command."""

    size: Annotated[int, typer.Option("--size", help="cli.option.size")] = 10
    out: Annotated[Path, typer.Option("--out", help="cli.option.out_demo")] = Path("demo-output")


def run(options: DemoOptions) -> Exit:
    """Make the sample history, run the night, print it."""
    if options.size not in SIZES:
        raise UsageError("not_one_of", thing="demo", field="--size", value=options.size, known="1, 10, 100")
    name = SIZES[options.size]
    scenario = load_scenario(name)
    folder = options.out
    with Watch() as watch:
        watch.tell("sample", 0, 1)
        write_sample(scenario, name, folder)
        watch.tell("sample", 1, 1)
        site = load_site(folder / "site.toml")
        end = run_night(site, progress=watch.tell)
    show_night(end, site)
    tell("open_dashboard", store=site.store_url)
    return end.exit


def write_sample(scenario: Scenario, name: str, folder: Path) -> None:
    """Write the demo's inputs into ``folder``: history, past promotions, site file. Same shop, same bytes."""
    promotions = LIBRARY / "_promotions.toml"
    history = sample_history(
        scenario,
        seed=scenario.seed,
        first_date=LEARN_FROM,
        last_date=scenario.horizon.first_date - timedelta(days=1),
        past_promotions=past_promotions(scenario.horizon.zone),
    )
    with replacing(folder / "history.csv") as part:
        history.to_csv(part, index=False)
    write_text(folder / "promotions.toml", promotions.read_text(encoding="utf-8"))
    workers = min(WORKERS_MAX, os.cpu_count() or 1)
    said = _SITE.format(title=name, scenario=name, language=current_language(), workers=workers)
    write_text(folder / "site.toml", said)
