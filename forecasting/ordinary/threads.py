"""One thread for small matrices: several make them slower by the wait for each other, and the last digits uncertain."""

from contextlib import AbstractContextManager
from functools import cache

from threadpoolctl import ThreadpoolController


def one_thread() -> AbstractContextManager[object]:
    """Return a context in which linear algebra runs on the calling thread alone."""
    limiter: AbstractContextManager[object] = _controller().limit(limits=1, user_api="blas")
    return limiter


@cache
def _controller() -> ThreadpoolController:
    """Return what knows the libraries that numpy and scipy have loaded; to look for them takes a few milliseconds."""
    return ThreadpoolController()
