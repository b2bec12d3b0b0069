"""How much longer people of each grade of tenure take for the same work."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios import PlanningError
from scenarios.checks import FloatArray, IntArray

TENURE_REQUIRED = ("grade", "contact_type", "work_s", "contacts")
_PACE_CV = 0.15
"""How far the pace of one person strays from that of the others of a grade [assumed], worth ``_PACE_PEOPLE`` people."""
_PACE_PEOPLE = 5.0
_GRADE_CV = 0.2
"""How far grades differ from each other [assumed]: newcomers take a fifth to two fifths longer."""
_PERSON_CONTACTS = 1000.0  # of one person, where a table does not say who they were: some weeks' work [assumed]
_CONTACT_CV2 = 1.0  # squared cv of single contacts: exponential [assumed]; matters where a grade has dozens of them
_PASSES = 50


@dataclass(frozen=True, slots=True)
class TenureFactor:
    """What a grade's work is multiplied by.

    Parameters
    ----------
    grade
        Its name.
    factor
        Work takes so many times that of the people of the table on average; shrunk to 1 where little is known.
    measured
        The same as measured, not shrunk.
    contacts
        Contacts it rests on.
    """

    grade: str
    factor: float
    measured: float
    contacts: float


def tenure_factors(table: pd.DataFrame, *, place: str = "") -> tuple[TenureFactor, ...]:
    """Return the factor of every grade in ``table``, in the order they first appear.

    Grades are compared on the same mix of contact types: ``work = work of the type x factor of the grade``, fitted so
    that the sums of every type and grade are right (raking: Deming and Stephan, 1940). Factors are relative to the mix
    of people in the table: their mean over all work is 1, as in a history that the same people handled, whose work is
    that of tenure factor 1. They are shrunk to 1 by how much grades usually differ beside how badly each is known:
    people of one grade have their own pace, so ten of them say more than one with ten times the contacts.

    Parameters
    ----------
    table
        One row per grade and contact type, or per person, grade and contact type: ``grade`` (text), ``contact_type``,
        ``work_s`` (mean work of a contact), ``contacts`` (handled) and, where known, ``agent``.
    place
        Where it comes from (a file name), put before every message.

    Raises
    ------
    PlanningError
        When a column is missing, a name is empty, a number is none or negative, or there is nothing to compare.
    """
    _require(table, place)
    numbers = table.assign(**{name: pd.to_numeric(table[name]) for name in ("work_s", "contacts")})
    rows = numbers[(numbers["contacts"] >= 1) & (numbers["work_s"] > 0)]
    if rows.empty:
        raise PlanningError("tenure_empty", place=place)
    grade, grades = pd.factorize(rows["grade"])
    kind, kinds = pd.factorize(rows["contact_type"])
    contacts = rows["contacts"].to_numpy(dtype=np.float64)
    worked = contacts * rows["work_s"].to_numpy(dtype=np.float64)
    factor, asked = _raked(worked, contacts, (grade, len(grades)), (kind, len(kinds)))
    volume = np.bincount(grade, contacts)
    if "agent" in rows.columns:
        pace = _pace(worked / asked, asked, grade, pd.factorize(rows["agent"])[0])
    else:
        pace = _PACE_CV**2 / np.maximum(volume / _PERSON_CONTACTS, 1.0)
    error = (pace + _CONTACT_CV2 / volume) * factor**2
    kept = 1.0 + (factor - 1.0) * _GRADE_CV**2 / (_GRADE_CV**2 + error)
    return tuple(
        TenureFactor(str(name), float(kept[place]), float(factor[place]), float(volume[place]))
        for place, name in enumerate(grades)
    )


def _require(table: pd.DataFrame, place: str) -> None:
    for column in TENURE_REQUIRED:
        if column not in table.columns:
            raise PlanningError("tenure_column", place=place, column=column, found=", ".join(map(str, table.columns)))
    for column in ("grade", "contact_type"):
        for row in np.flatnonzero([not (isinstance(name, str) and name) for name in table[column]])[:1].tolist():
            raise PlanningError("tenure_name", place=place, row=row + 1, column=column, value=table[column].iloc[row])
    for column in ("work_s", "contacts"):
        numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64)
        for row in np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))[:1].tolist():
            raise PlanningError("tenure_number", place=place, row=row + 1, column=column, value=table[column].iloc[row])


def _raked(
    worked: FloatArray, contacts: FloatArray, grades: tuple[IntArray, int], kinds: tuple[IntArray, int]
) -> tuple[FloatArray, FloatArray]:
    """Return (G,) factors of mean 1 over all work, and (rows,) the work that types and grades explain."""
    (grade, most), (kind, types) = grades, kinds
    factor = np.ones(most)
    for _ in range(_PASSES):
        mean_s = np.bincount(kind, worked, types) / np.bincount(kind, contacts * factor[grade], types)
        plain = contacts * mean_s[kind]
        factor = np.bincount(grade, worked, most) / np.bincount(grade, plain, most)
        factor /= np.average(factor[grade], weights=plain)
    explained = contacts * factor[grade] * mean_s[kind]
    return factor, explained * worked.sum() / explained.sum()


def _pace(ratio: FloatArray, asked: FloatArray, grade: IntArray, people: IntArray) -> FloatArray:
    """Return (G,) squared cv of a grade's factor by the pace of its own people."""
    pairs, person = np.unique(np.column_stack([grade, people]), axis=0, return_inverse=True)
    person = person.ravel()
    volume = np.bincount(person, asked)
    pace = np.bincount(person, asked * ratio) / volume
    number = np.bincount(pairs[:, 0])
    own = np.bincount(pairs[:, 0], pace) / number
    free = float((number - 1).sum())
    squares = float(((pace - own[pairs[:, 0]]) ** 2).sum())
    common = (squares + _PACE_PEOPLE * _PACE_CV**2) / (free + _PACE_PEOPLE)
    shares = np.bincount(pairs[:, 0], volume**2) / np.bincount(pairs[:, 0], volume) ** 2
    return np.asarray(common * shares, dtype=np.float64)
