"""Large arrays in memory that is used again.

An operating system clears every page that it hands out, and takes back what large arrays of one day leave behind, so
that the next day waits for it to be cleared again: a tenth of its time. Here memory lies on a shelf from when the last
array in it is gone until another one of about its size is wanted.
"""

from threading import RLock
from typing import Any

import numpy as np

from scenarios.checks import IntArray

LEAST_WORDS = 1 << 13
"""Smaller arrays come from the usual place, which gives small pieces back at once."""
KEPT_WORDS = 1 << 26
"""At most so much lies on the shelf: 512 MiB."""
_LINE_BYTES = 64
_WORD_BYTES = 8


class _Shelf:
    """Memory that nobody uses at present."""

    def __init__(self) -> None:
        self._pieces: list[IntArray] = []
        self._lock = RLock()  # whoever takes a piece may be the one who lets another go

    def take(self, words: int) -> IntArray:
        """Return a piece of at least so many words, and not of more than twice as many."""
        with self._lock:
            fits = [piece for piece in self._pieces if words <= len(piece) <= 2 * words]
            if fits:
                chosen = min(fits, key=len)
                self._pieces = [piece for piece in self._pieces if piece is not chosen]
                return chosen
        return np.empty(words + words // 8, dtype=np.int64)  # days differ a little

    def put_back(self, piece: IntArray) -> None:
        """Keep a piece for whoever comes next; what lies there longest goes when it is too much."""
        with self._lock:
            self._pieces.append(piece)
            while sum(map(len, self._pieces)) > KEPT_WORDS:
                self._pieces.pop(0)


class _Loan:
    """A piece in use: arrays in it keep it alive, and the last one that goes brings it back."""

    def __init__(self, piece: IntArray, shape: tuple[int, ...]) -> None:
        self._piece = piece
        address = piece.ctypes.data
        start = address + -address % _LINE_BYTES
        self.__array_interface__: dict[str, Any] = {
            "shape": shape, "typestr": piece.dtype.str, "data": (start, False), "version": 3,
        }  # fmt: skip

    def __del__(self) -> None:
        _SHELF.put_back(self._piece)


_SHELF = _Shelf()


def empty(*shape: int) -> IntArray:
    """Return an int64 array of ``shape`` that begins where a cache line does; what is in it is anybody's."""
    words = int(np.prod(shape)) + _LINE_BYTES // _WORD_BYTES
    if words < LEAST_WORDS:
        return np.empty(shape, dtype=np.int64)
    array: IntArray = np.asarray(_Loan(_SHELF.take(words), shape))
    return array
