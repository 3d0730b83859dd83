"""How many threads BLAS takes while threads of our own call it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import scipy.linalg.cython_blas  # noqa: F401 - the BLAS of compiled loops, loaded to be limited
from threadpoolctl import ThreadpoolController

if TYPE_CHECKING:
    from collections.abc import Iterator

    from threadpoolctl import threadpool_limits


@cache
def _libraries() -> ThreadpoolController:
    """Look for the libraries of the process once: it takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


class _Holders:
    """Counts who holds BLAS to one thread: the first sets the limit, the last lifts it."""

    lock: ClassVar[threading.Lock] = threading.Lock()
    count: ClassVar[int] = 0
    limits: ClassVar[threadpool_limits | None] = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Hold BLAS to one thread a call until the last of all holders in the process is done."""
    with _Holders.lock:
        if _Holders.count == 0:
            _Holders.limits = _libraries().limit(limits=1)
        _Holders.count += 1
    try:
        yield
    finally:
        with _Holders.lock:
            _Holders.count -= 1
            if _Holders.count == 0 and _Holders.limits is not None:
                _Holders.limits.restore_original_limits()
