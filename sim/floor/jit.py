"""How functions of the compiled engine are compiled."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")
_OPTIONS: dict[str, Any] = {"nogil": True, "_nrt": False, "error_model": "numpy"}


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function that makes no arrays: it reads and writes those it is given.

    Divisors are never 0 and not looked at.

    Without reference counts: numba counts every look into a tuple of arrays and every slice, which costs the engine
    up to ten times its work. Arrays that are only passed on stay alive through whoever made them. Other threads run
    meanwhile.

    Only a function that closes over something, which is the digest of all sources, is kept beside its source. A part of
    it that was kept too would bring back old versions of the parts it calls itself: numba only watches its own file.
    """
    compiled: Callable[P, R] = njit(**_OPTIONS, cache=function.__closure__ is not None)(function)
    return compiled


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function like a ``kernel``, but into whoever calls it: handing the arrays over takes longer."""
    compiled: Callable[P, R] = njit(**_OPTIONS, forceinline=True)(function)
    return compiled


def sources(*folders: str) -> int:
    """Return a digest of the sources in folders of the room, and in this one.

    numba's cache only watches the file of the kernel that is called from outside. One that closes over this digest is
    cached anew when any part of it changes, and never played from an old cache.
    """
    room = Path(__file__).parents[1]
    return digest_of(*(part for folder in ("floor", *folders) for part in sorted((room / folder).glob("*.py"))))


def digest_of(*files: Path) -> int:
    """Return a digest of the contents of files."""
    return crc32(b"".join(file.read_bytes() for file in files))
