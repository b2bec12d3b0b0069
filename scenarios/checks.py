"""Checks at birth, shared by every type of the vocabulary."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import PlanningError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
YEARS_ALLOWED = (1970, 2200)
"""Before, zones kept local mean time; after, nobody knows their rules."""


def require_share(thing: str, field: str, value: float) -> None:
    """Raise ``PlanningError`` unless ``value`` is a share in [0, 1]."""
    if not 0.0 <= value <= 1.0:
        raise PlanningError("share_out_of_range", thing=thing, field=field, value=value)


def require_positive(thing: str, field: str, value: float) -> None:
    """Raise ``PlanningError`` unless ``value`` is finite and above zero."""
    if not (np.isfinite(value) and value > 0):
        raise PlanningError("not_positive", thing=thing, field=field, value=value)


def require_not_negative(thing: str, field: str, value: float) -> None:
    """Raise ``PlanningError`` unless ``value`` is finite and at least zero."""
    if not (np.isfinite(value) and value >= 0):
        raise PlanningError("negative", thing=thing, field=field, value=value)


def require_within(thing: str, field: str, value: float, least: float, most: float) -> None:
    """Raise ``PlanningError`` unless ``value`` is from ``least`` to ``most``, both included."""
    if not least <= value <= most:
        raise PlanningError("out_of_range", thing=thing, field=field, value=value, least=least, most=most)


def require_year(thing: str, field: str, day: date) -> None:
    """Raise ``PlanningError`` unless ``day`` lies in ``YEARS_ALLOWED``."""
    require_within(thing, field, day.year, *YEARS_ALLOWED)


def require_moment(thing: str, field: str, moment: datetime) -> None:
    """Raise ``PlanningError`` unless ``moment`` has a time zone and lies in ``YEARS_ALLOWED``."""
    if moment.tzinfo is None:
        raise PlanningError("naive_time", thing=thing, field=field, value=moment.isoformat())
    require_year(thing, field, moment)


def require_unique(thing: str, field: str, names: Iterable[str]) -> None:
    """Raise ``PlanningError`` when a name stands twice."""
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        raise PlanningError("repeated_name", thing=thing, field=field, value=", ".join(repeated))


def require_known(thing: str, field: str, names: Iterable[str], known: Sequence[str]) -> None:
    """Raise ``PlanningError`` when a name is not among ``known``."""
    among = frozenset(known)
    for name in names:
        if name not in among:
            raise PlanningError("unknown_name", thing=thing, field=field, value=name, known=", ".join(known) or "-")


def frozen_float(thing: str, field: str, values: object, shape: tuple[int, ...]) -> FloatArray:
    """Return ``values`` as a read-only float64 array of ``shape``, finite and not negative."""
    array = np.array(values, dtype=np.float64)
    _require_shape(thing, field, array.shape, shape)
    if array.size and not (np.isfinite(array).all() and array.min() >= 0.0):
        worst = array[~np.isfinite(array)][0] if not np.isfinite(array).all() else array.min()
        raise PlanningError("negative", thing=thing, field=field, value=float(worst))
    array.flags.writeable = False
    return array


def frozen_int(thing: str, field: str, values: object, shape: tuple[int, ...]) -> IntArray:
    """Return ``values`` as a read-only int64 array of ``shape``; what is one already is not copied."""
    fixed = isinstance(values, np.ndarray) and values.dtype == np.int64 and not values.flags.writeable
    array: IntArray = values if fixed else np.array(values, dtype=np.int64)  # type: ignore[assignment]  # checked
    _require_shape(thing, field, array.shape, shape)
    array.flags.writeable = False
    return array


def _require_shape(thing: str, field: str, found: tuple[int, ...], shape: tuple[int, ...]) -> None:
    if found != shape:
        raise PlanningError("wrong_shape", thing=thing, field=field, value=found, expected=shape)
