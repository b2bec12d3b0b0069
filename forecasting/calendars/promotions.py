"""The promotions of the year: a dated table that ships, and the planner's own file, which wins.

The planner's file holds ``[[promo]]`` tables as ``load_promotions`` reads them, and besides::

    schema = 1
    shipped = true                 # take the shipped calendar, too (default: false)
    leave_out = ["99"]             # shipped events this shop takes no part in

    [[live]]                       # live streams: once, or every week
    name = "friday_show"
    date = 2026-11-06              # first (or only) date
    every_week = true
    last = 2026-12-25              # last date; without it as long as is asked for
    start = "20:00"
    length_min = 120
    uplift = 1.6                   # optional: expected ratio to the ordinary rate

An own ``[[promo]]`` replaces the shipped event of that name and year whole.
"""

import datetime as dt  # a field is called date
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from forecasting.calendars.national import Title
from scenarios import PlanningError, PromoEvent, PromoPhase, promotions_from
from scenarios.checks import require_positive, require_unique
from scenarios.faults import told, wrong_type
from scenarios.horizon import clock_to_min, zone_of
from scenarios.merge import read_table
from scenarios.shape import FileShape

SHIPPED = Path(__file__).parent / "promotions.toml"
LIVE_PHASE = "live"
"""Phase name of every live stream: streams are compared with streams."""
_KEYS = ("schema", "shipped", "leave_out", "promo", "live")
_META = ("year", "verified", "source")


@dataclass(frozen=True, slots=True)
class PromoEntry:
    """One event of one year.

    Parameters
    ----------
    event
        Key and phases.
    title, phase_titles
        Names to be shown, of the event and of each of its phases.
    verified
        Whether its dates were checked against an announcement.
    source
        Where they come from.
    own
        Whether they stand in the planner's file.
    """

    event: PromoEvent
    title: Title
    phase_titles: tuple[Title, ...]
    verified: bool
    source: str
    own: bool

    @property
    def year(self) -> int:
        """Year of its first phase."""
        return self.event.phases[0].start.year


@dataclass(frozen=True, slots=True)
class LiveSlot(FileShape):
    """A live stream, once or every week."""

    name: str
    date: dt.date
    start: str
    length_min: int
    every_week: bool = False
    last: dt.date | None = None
    uplift: float | None = None

    def __post_init__(self) -> None:
        thing = f"LiveSlot({self.name})"
        clock_to_min(self.start)
        require_positive(thing, "length_min", self.length_min)
        if self.last is not None and self.last < self.date:
            raise PlanningError(
                "span_inverted", thing=thing, field="last", value=self.last.isoformat(), start=self.date.isoformat()
            )

    def event(self, zone: str, until: dt.date) -> PromoEvent:
        """Return its streams up to ``until`` as an event with one phase each."""
        end = min(self.last or until, until) if self.every_week else self.date
        dates = [self.date + dt.timedelta(days=n) for n in range(0, max((end - self.date).days, 0) + 1, 7)]
        midnight = [dt.datetime.combine(day, dt.time(), tzinfo=zone_of(zone)) for day in dates]
        starts = [moment + dt.timedelta(minutes=clock_to_min(self.start)) for moment in midnight]
        length = dt.timedelta(minutes=self.length_min)
        return PromoEvent(self.name, tuple(PromoPhase(LIVE_PHASE, at, at + length, self.uplift) for at in starts))


def shipped_promotions(zone: str) -> tuple[PromoEntry, ...]:
    """Return the calendar that ships, in order of starts; its times are taken as local to ``zone``."""
    table = read_table(SHIPPED)
    titles = {kind: {key: Title(**row) for key, row in table[kind].items()} for kind in ("events", "phases")}
    entries: list[PromoEntry] = []
    for row in table["promo"]:
        bare = {key: value for key, value in row.items() if key not in _META}
        (event,) = promotions_from([bare], zone, SHIPPED.name)
        phases = tuple(titles["phases"][phase.name] for phase in event.phases)
        entries.append(PromoEntry(event, titles["events"][event.name], phases, row["verified"], row["source"], False))
    return _sorted(entries)


def shipped_version() -> dt.date:
    """Return the date of the calendar that ships."""
    version: dt.date = read_table(SHIPPED)["version"]
    return version


def promo_calendar(zone: str, own: str | Path | None, until: dt.date) -> tuple[PromoEntry, ...]:
    """Return the planner's promotions and, where the file takes them, those that ship; without a file those alone.

    Parameters
    ----------
    zone
        IANA zone of times without an offset.
    own
        The planner's TOML file.
    until
        Last date to which weekly live streams are told.

    Raises
    ------
    PlanningError
        When the file is missing, is not TOML, has an unknown key or a value that does not fit.
    """
    if own is None:
        return shipped_promotions(zone)
    file = Path(own)
    if not file.is_file():
        raise PlanningError("no_file", place=str(own), value=file.name)
    table = read_table(file)
    place = file.name
    for key in table:
        if key not in _KEYS:
            raise PlanningError("unknown_key", place=place, key=key, known=", ".join(_KEYS))
    events = promotions_from(_rows(table, "promo", place), zone, place)
    slots = [_slot(row, place) for row in _rows(table, "live", place)]
    require_unique(f"{place}: live", "name", [slot.name for slot in slots])
    mine = [_own_entry(event, place) for event in (*events, *(slot.event(zone, until) for slot in slots))]
    return _sorted([*mine, *_shipped_beside(mine, table, zone, place)])


def promo_events(entries: Sequence[PromoEntry]) -> tuple[PromoEvent, ...]:
    """Return the events of ``entries``: what a forecast takes as its promotions."""
    return tuple(entry.event for entry in entries)


def _shipped_beside(
    mine: Sequence[PromoEntry], table: Mapping[str, Any], zone: str, place: str
) -> tuple[PromoEntry, ...]:
    """Return the shipped entries that the planner's file takes and does not replace."""
    wanted, left_out = table.get("shipped", False), table.get("leave_out", [])
    if not isinstance(wanted, bool):
        raise wrong_type(f"{place}: shipped", wanted, "true_or_false")
    shipped = shipped_promotions(zone)
    known = sorted({entry.event.name for entry in shipped})
    if not isinstance(left_out, list):
        raise wrong_type(f"{place}: leave_out", left_out, "list")
    for name in left_out:
        if name not in known:
            raise PlanningError(
                "unknown_name", place=place, thing="Promotions", field="leave_out", value=name, known=", ".join(known)
            )
    replaced = {(entry.event.name, entry.year) for entry in mine}
    return tuple(
        entry
        for entry in shipped
        if wanted and entry.event.name not in left_out and (entry.event.name, entry.year) not in replaced
    )


def _own_entry(event: PromoEvent, place: str) -> PromoEntry:
    phases = tuple(Title(phase.name, phase.name) for phase in event.phases)
    return PromoEntry(event, Title(event.name, event.name), phases, True, place, True)


def _slot(row: Mapping[str, Any], place: str) -> LiveSlot:
    try:
        return TypeAdapter(LiveSlot).validate_python(row)
    except ValidationError as error:
        raise told(error, LiveSlot, row, f"{place}: live[{row.get('name', '')}]") from error


def _rows(table: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    value = table.get(key, [])
    if not (isinstance(value, list) and all(isinstance(row, Mapping) for row in value)):
        raise wrong_type(f"{place}: {key}", value, "tables")
    return value


def _sorted(entries: Sequence[PromoEntry]) -> tuple[PromoEntry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.event.phases[0].start))
