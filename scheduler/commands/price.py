"""``springtide price``: what a day's target, router and cap cost, what one more person is worth, and what is short."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from scenarios import PlanningError, Scenario, UsageError
from scenarios.checks import require_share
from scenarios.text import current_language, text
from scheduler.commands.console import Watch, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.desk import day_of
from scheduler.commands.parameters import DemandChoice, ScenarioChoice
from scheduler.commands.sections import show_section
from scheduler.exchange import price_sections, write_price_json, write_sections_excel
from scheduler.exits import Exit
from scheduler.loop.day import busiest_day
from scheduler.loop.day_price import DayPrice, DayPriceSettings, price_day


@dataclass(frozen=True, kw_only=True)
class PriceOptions(ScenarioChoice, DemandChoice):
    """Options of the command."""

    date: Annotated[str | None, typer.Option("--date", help="cli.option.price_date", show_default=False)] = None
    shares: Annotated[str, typer.Option("--shares", help="cli.option.price_shares")] = "0.80,0.85,0.90,0.95"
    caps: Annotated[str, typer.Option("--caps", help="cli.option.price_caps")] = "3,5,8"
    people_max: Annotated[
        int | None, typer.Option("--people-max", min=1, help="cli.option.people_max", show_default=False)
    ] = None
    workers: Annotated[int, typer.Option("--workers", min=1, help="cli.option.price_workers")] = 1
    out: Annotated[Path, typer.Option("--out", help="cli.option.out_price")] = Path("price")
    seed: Annotated[int | None, typer.Option("--seed", help="cli.option.seed", show_default=False)] = None


def run(options: PriceOptions) -> Exit:
    """Price a day, write, print; the exit status says whether the promise can be kept and is proven."""
    scenario = options.load_scenario()
    shares = _numbers(options.shares, "--shares")
    for share in shares:
        require_share("springtide", "--shares", share)
    caps = tuple(int(cap) for cap in _numbers(options.caps, "--caps", whole=True))
    settings = DayPriceSettings(shares, caps, options.people_max)
    seed = scenario.seed if options.seed is None else options.seed
    named = None if options.date is None else _day_number(scenario, options.date)
    language = current_language()
    with Watch() as watch:
        forecast = demand_of(options, scenario, watch)
        day = busiest_day(scenario, forecast) if named is None else named
        found = price_day(
            scenario, forecast, day, seed=seed, settings=settings, workers=options.workers, progress=watch.tell
        )
    sections = price_sections(found, language)
    write_sections_excel(sections, options.out / "price.xlsx", title=scenario.name, sheet=text("price.sheet"))
    write_price_json(found, options.out / "price.json")
    for section in sections:
        show_section(section)
    tell("files", path=options.out)
    return _exit_of(found)


def _numbers(written: str, option: str, *, whole: bool = False) -> tuple[float, ...]:
    """Return the numbers in ``written``, parted by commas; a ``UsageError`` where one is none, or not above 0."""
    try:
        found = tuple(float(int(part)) if whole else float(part) for part in written.split(","))
    except ValueError as error:
        raise UsageError("not_numbers", option=option, value=written) from error
    if min(found) <= 0:
        raise UsageError("not_numbers", option=option, value=written)
    return found


def _day_number(scenario: Scenario, written: str) -> int:
    dates = [day.date for day in scenario.horizon.days]
    day = day_of(written, "--date")
    if day not in dates:
        known = ", ".join(map(str, dates))
        raise PlanningError("not_one_of", thing="springtide", field="--date", value=written, known=known)
    return dates.index(day)


def _exit_of(found: DayPrice) -> Exit:
    if not found.possible:
        return Exit.NO_ROSTER
    return Exit.DONE if found.proven else Exit.NOT_PROVEN
