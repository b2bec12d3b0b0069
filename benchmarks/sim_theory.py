"""The floor against what is known without it, printed from the very cases that the tests assert.

Exact values, two published examples, chat by messages against its chain, its formula and a measured table, a thousand
random floors on both engines, and one hash whoever computes.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.lent import lent
from benchmarks.one_hash import hashes
from scenarios import AgentChoice
from scheduler.commands.console import Watch

ANCHORS = range(1, 31)
_NOTHING = (0.0, 0.0)


class Theory:
    """Cases with exact values, twins and hashes; a figure outside its range is an error of the program."""

    name = "theory"
    room = "sim"

    @property
    def expected(self) -> Mapping[str, tuple[float, float]]:
        """What the figures must be, least and most: the tolerances of the tests."""
        measured, chatting = lent("oracles_of_the_floor.measured"), lent("oracles_of_the_floor.chatting")
        playing = lent("twin_floors.playing")
        floors = float(playing.CHUNKS * playing.FLOORS_PER_CHUNK)
        return {
            "anchors_outside": _NOTHING,
            "chat_chains_outside": _NOTHING,
            "chat_formula_worst": (0.0, chatting.FORMULA_WITHIN),
            "chat_table_worst_low": (0.0, measured.WITHIN_LOW),
            "chat_table_worst_high": (0.0, measured.WITHIN_HIGH),
            "chat_table_worst_lost": (0.0, measured.LOST_WITHIN),
            "twins_floors": (floors, floors),
            "twins_tied_least": (playing.TIED_LEAST, 1.0),
            "twins_mechanisms_rare": _NOTHING,
            "twins_differing_rows": _NOTHING,
            "twins_drawn_differing_rows": _NOTHING,
            "hashes_differing": _NOTHING,
        }

    def run(self, _reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print all tables."""
        figures = {"anchors_outside": float(_digits(report) + _anchors(report) + _published(report))}
        figures |= _chat_chains(report)
        figures |= _chat_table(report)
        figures |= _twins(report)
        return figures | {"hashes_differing": float(hashes(report))}


def _cases() -> list[Any]:
    """Return the cases of the list of exact values that are played."""
    modules = ("calling", "retrying", "ticketing", "flash_days")
    played = [case for name in modules for case in lent(f"oracles_of_the_floor.{name}").CASES]
    return sorted([*played, *lent("oracles_of_the_floor.chatting").SLOTS], key=lambda case: int(case.number))


def _digits(report: Callable[[str], None]) -> int:
    """Print every formula and chain beside the digits given; return how many figures have others."""
    modules = ("calling", "retrying", "ticketing", "flash_days", "chatting")
    known = [each for name in modules for each in lent(f"oracles_of_the_floor.{name}").KNOWN]
    missing = set(ANCHORS) - {int(each.number) for each in known}
    if missing:
        raise RuntimeError(f"no digits of the cases {sorted(missing)}")
    report("formulas, integrals and chains beside the digits given")
    report(f"{'':>3} {'case':<34}{'figure':<22}{'given':>18}{'computed':>18}  as given?")
    outside = 0
    for each in sorted(known, key=lambda each: int(each.number)):
        for figure, given, found, right in each.rows():
            outside += not right
            report(f"{each.number:>3} {each.title:<34}{figure:<22}{given:>18.12g}{found:>18.12g}  {_yes(right)}")
    return outside


def _anchors(report: Callable[[str], None]) -> int:
    """Print every case played; return how many figures are outside their intervals."""
    judging = lent("oracles_of_the_floor.judging")
    report(f"played: intervals of 99 % for the whole family of {judging.FAMILY} comparisons")
    return _played(_cases(), report)


def _played(cases: Iterable[Any], report: Callable[[str], None]) -> int:
    judged = lent("oracles_of_the_floor.judging").judged
    report(f"{'':>3} {'case':<34}{'figure':<22}{'engine':<10}{'exact':>12}{'simulated':>12}{'half-width':>12}  inside?")
    outside = 0
    for case in cases:
        for engine in case.sharp:
            for figure, each in zip(case.figures, judged(case, engine), strict=True):
                outside += not each.inside
                report(
                    f"{case.number:>3} {case.title:<34}{figure:<22}{engine:<10}{each.exact:>12.6g}{each.found:>12.6g}"
                    f"{each.half:>12.2g}  {_yes(each.inside)}"
                )
    return outside


def _published(report: Callable[[str], None]) -> int:
    """Print two published examples; return how many figures are outside what is stated."""
    published = lent("oracles_of_the_floor.published")
    report("published examples: means of 1000 days, and the interval stated (or the difference two samples may show)")
    report(f"    {'example':<12}{'figure':<22}{'from':>12}{'to':>12}{'simulated':>12}  inside?")
    outside = 0
    for name, stated in (("SimpleMSK", published.simple_msk()), ("CallCC", published.call_cc())):
        for figure, each in stated.items():
            outside += not each.inside
            report(
                f"    {name:<12}{figure:<22}{each.low:>12.6g}{each.high:>12.6g}{each.found:>12.6g}  {_yes(each.inside)}"
            )
    return outside


def _chat_chains(report: Callable[[str], None]) -> dict[str, float]:
    chatting = lent("oracles_of_the_floor.chatting")
    report("chat by messages against its Markov chain")
    outside = _played(chatting.BY_MESSAGES, report)
    report("first replies in 30 s: the two-layer formula beside the chain")
    report(f"    {'desk':<34}{'chain':>10}{'formula':>10}{'off':>10}")
    worst = 0.0
    for name in filter(chatting.has_formula, chatting.DESKS):
        exact, said = chatting.the_chain(name).in_time(chatting.WITHIN_S), chatting.two_layers(name).share_in_time
        worst = max(worst, abs(said - exact))
        report(f"    {name:<34}{exact:>10.4f}{said:>10.4f}{said - exact:>+10.4f}")
    return {"chat_chains_outside": float(outside), "chat_formula_worst": worst}


def _chat_table(report: Callable[[str], None]) -> dict[str, float]:
    measured = lent("oracles_of_the_floor.measured")
    report("20 agents, cap 5, at constant rates: share of first replies in 30 s, measured on another floor and here")
    report(f"    {'routing':<18}{'sessions/h':>11}{'measured':>10}{'here':>8}{'off':>9}{'allowed':>9}{'formula':>9}"
           f"{'lost':>7}{'measured':>10}  inside?")  # fmt: skip
    worst = {"low": 0.0, "high": 0.0, "lost": 0.0}
    for choice, shares in measured.IN_30_S.items():
        fewest = choice is AgentChoice.LEAST_LOADED
        for an_hour, share in zip(measured.AN_HOUR, shares, strict=True):
            found, lost = measured.shares_of(choice, an_hour)
            lost_there = measured.LOST_OF_FEWEST.get(an_hour) if fewest else None
            off, allowed = found - share, measured.allowed(an_hour)
            lost_off = 0.0 if lost_there is None else abs(lost - lost_there)
            where = "low" if an_hour <= measured.LOW_UP_TO else "high"
            worst[where], worst["lost"] = max(worst[where], abs(off)), max(worst["lost"], lost_off)
            formula = f"{measured.two_layers(an_hour):.3f}" if fewest else ""
            report(
                f"    {choice:<18}{an_hour:>11}{share:>10.3f}{found:>8.3f}{off:>+9.3f}{allowed:>9.2f}{formula:>9}"
                f"{lost:>7.3f}{'' if lost_there is None else f'{lost_there:.2f}':>10}"
                f"  {_yes(abs(off) <= allowed and lost_off <= measured.LOST_WITHIN)}"
            )
    return {f"chat_table_worst_{where}": value for where, value in worst.items()}


def _twins(report: Callable[[str], None]) -> dict[str, float]:
    playing, counting = lent("twin_floors.playing"), lent("twin_floors.counting")
    thousand, others, drawn = counting.Count(), counting.Count(), counting.Count()
    with Watch() as watch:
        total = playing.CHUNKS * playing.FLOORS_PER_CHUNK
        for chunk in range(playing.CHUNKS):
            for twins in playing.chunk_of_twins(chunk):
                (thousand if twins.is_tied() else others).see(twins)
                watch.tell("simulate", thousand.floors, total)
    for twins in playing.drawn_twins():
        drawn.see(twins)
    report("random floors on the readable and the compiled engine: every number of every row compared")
    report(f"    {'floors':<44}{'number':>8}{'contacts':>10}{'events tied':>13}{'least':>8}{'rows differing':>16}")
    named = {
        f"half of the events of each tie ({playing.TIED_LEAST:g})": thousand,
        "less tied, played on the way": others,
        "nights with every mechanism, drawn by law": drawn,
    }
    for name, count in named.items():
        ties = f"{count.tied / max(1, count.events):>13.3f}{count.tied_least:>8.3f}"
        report(f"    {name:<44}{count.floors:>8}{count.contacts:>10}{ties}{count.rows_differing:>16}")
        if count.seeds:
            report(f"    differing: {count.seeds}")
    _mechanisms(thousand, drawn, report)
    return {
        "twins_floors": float(thousand.floors),
        "twins_tied_least": thousand.tied_least,
        "twins_mechanisms_rare": float(len(thousand.rare(thousand.there)) + len(thousand.rare(thousand.used))),
        "twins_differing_rows": float(thousand.rows_differing + others.rows_differing),
        "twins_drawn_differing_rows": float(drawn.rows_differing),
    }


def _mechanisms(thousand: Any, drawn: Any, report: Callable[[str], None]) -> None:
    """Print the shares of floors in which each mechanism is there, and was used."""
    report(f"    {'mechanism':<50}{'there':>8}{'used':>8}{'used, drawn':>13}")
    columns = (
        (thousand.there, thousand.floors, 8),
        (thousand.used, thousand.floors, 8),
        (drawn.used, drawn.floors, 13),
    )
    for name in sorted({*thousand.there, *thousand.used}):
        shares = [
            f"{f'{counted[name] / floors:.1%}' if name in counted else '':>{width}}"
            for counted, floors, width in columns
        ]
        report(f"    {name:<50}{''.join(shares)}")


def _yes(right: bool) -> str:
    return "yes" if right else "NO"


PART = Theory()
