"""Asking the processor for memory before it is needed: a later attempt comes hours after anybody last read its row."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from scenarios.checks import IntArray

_HALF_ROW = 8
"""Words of a cache line."""
_code: Any = cgutils  # numba has no types for it


@intrinsic
def _prefetch(_typing: Any, table: Any, _row: Any, _column: Any) -> Any:
    """Return the code that asks for an entry of a two-dimensional array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        place = _code.get_item_pointer(context, builder, signature.args[0], array, list(arguments[1:]))
        word, address = ir.IntType(32), builder.bitcast(place, ir.IntType(8).as_pointer())
        form = ir.FunctionType(ir.VoidType(), [address.type, word, word, word])
        prefetch = _code.get_or_insert_function(builder.module, form, "llvm.prefetch.p0")
        to_read, keep, data = word(0), word(3), word(1)
        builder.call(prefetch, [address, to_read, keep, data])
        return context.get_dummy_value()

    return types.void(table, types.intp, types.intp), generate


def fetch(table: IntArray, row: int) -> None:
    """Ask for a row of two cache lines that will soon be read; changes nothing but how long that takes."""


@overload(fetch, inline="always")
def _fetch(table: Any, row: Any) -> Any:  # noqa: ARG001  # numba wants the names of the code it is given
    prefetch: Any = _prefetch

    def code(table: Any, row: Any) -> None:
        prefetch(table, row, 0)
        prefetch(table, row, _HALF_ROW)

    return code
