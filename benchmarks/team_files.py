"""Reads the frozen team instances, and writes rosters as their scorer reads them."""

import importlib.util
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from scenarios.checks import IntArray
from scheduler.lines import Cover, Curve, Person, Problem, covered_table
from scheduler.rules import PAID_MIN, Count, Duty, Frame, LineRule, Rest, Run, WeekendCount, limited, whole


@dataclass(frozen=True, slots=True)
class TeamFile:
    """An instance as it is written and as a problem; ``first_duty`` is where each contract's shifts begin."""

    raw: Mapping[str, Any]
    problem: Problem
    first_duty: Mapping[str, int]

    def written(self, lines: IntArray) -> dict[str, list[int | None]]:
        """Return (N, D) lines as the scorer reads them."""
        return {
            agent["id"]: [int(duty) - self.first_duty[agent["contract"]] if duty >= 0 else None for duty in line]
            for agent, line in zip(self.raw["agents"], lines, strict=True)
        }


def read_team(path: Path) -> TeamFile:
    """Return the instance in the file at ``path``."""
    return team_of(json.loads(path.read_text(encoding="utf-8")))


def team_of(raw: Mapping[str, Any]) -> TeamFile:
    """Return an instance as a problem."""
    duties: list[Duty] = []
    covers: list[IntArray] = []
    first_duty = {}
    for name, contract in raw["contracts"].items():
        first_duty[name] = len(duties)
        for shift in contract["shifts"]:
            tags = frozenset({name} | {tag for tag in ("early", "late") if shift[tag]})
            duties.append(Duty(shift["label"], shift["start"], shift["end"], contract["paid_minutes"], tags))
            covers.append(np.array(shift["cover"], dtype=np.int64))
    frame = Frame(tuple(duties), raw["units"]["days"])
    return TeamFile(raw, Problem(frame, _people(raw, frame), _cover(raw, covers), raw["name"]), first_duty)


def with_absence(team: TeamFile, lines: IntArray, who: Sequence[int], dates: range) -> TeamFile:
    """Return the instance with leave for some people on some dates, credited with the shifts (N, D) ``lines`` gave."""
    agents = [dict(agent) for agent in team.raw["agents"]]
    for number in who:
        agent = agents[number]
        agent["leave"] = sorted({*agent["leave"], *dates})
        lost = int((lines[number, dates.start : dates.stop] >= 0).sum())
        credit = lost * team.raw["contracts"][agent["contract"]]["paid_minutes"]
        agent["min_minutes"] -= credit
        agent["max_minutes"] -= credit
    return team_of({**team.raw, "agents": agents})


def scorer(folder: Path) -> ModuleType:
    """Return the instances' own scorer."""
    spec = importlib.util.spec_from_file_location("score_team", folder / "score_team.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(folder / "score_team.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _people(raw: Mapping[str, Any], frame: Frame) -> tuple[Person, ...]:
    groups, weights = list(raw["groups"]), raw["weights"]
    weekend = [date for dates in raw["weekends"] for date in dates]
    shared: dict[tuple[LineRule, ...], tuple[LineRule, ...]] = {}
    people = []
    for agent in raw["agents"]:
        contract = raw["contracts"][agent["contract"]]
        rules: tuple[LineRule, ...] = (
            Rest(raw["min_rest_minutes"]),
            Run(most=contract["max_consecutive"]),
            Run(contract["min_days_off_run"], free=True),
            WeekendCount(most=raw["max_working_weekends"]),
            Count(limited(whole(frame), agent["min_minutes"], agent["max_minutes"]), PAID_MIN),
        )
        may = np.zeros((frame.dates, frame.actions), dtype=np.bool_)
        may[:, 1:] = frame.tagged(agent["contract"])
        may[agent["leave"]] = False
        may[:, 0] = True
        own = np.zeros(may.shape)
        own[agent["day_off_requests"], 1:] += weights["day_off_request"]
        own[weekend, 1:] += weights["weekend_day"]
        if agent["dislike"]:
            own[:, 1:] += weights["dislike_per_shift"] * frame.tagged(agent["dislike"])
        seat = groups.index(agent["group"])
        people.append(Person(agent["id"], shared.setdefault(rules, rules), may, own, seat))
    return tuple(people)


def _cover(raw: Mapping[str, Any], covers: Sequence[IntArray]) -> Cover:
    dates, slots = raw["units"]["days"], raw["units"]["slots_per_day"]
    wanted = np.array(raw["demand"], dtype=np.int64).transpose(0, 2, 1).reshape(dates * slots, -1)
    first, covered = covered_table([[cover + date * slots for cover in covers] for date in range(dates)])
    seats = np.array([[skill in serves for skill in raw["skills"]] for serves in raw["groups"].values()])
    under = Curve(((0.0, float(raw["weights"]["under_per_position_slot"])),))
    over = Curve(((0.0, float(raw["weights"]["over_per_person_slot"])),))
    return Cover(wanted, first, covered, seats, (under,), (over,), np.zeros(len(wanted), dtype=np.int64))
