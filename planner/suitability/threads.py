"""How many cores a study uses."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numba

from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBA = "NUMBA_NUM_THREADS"


@contextmanager
def using_threads(count: int | None) -> Iterator[None]:
    """Keep the work of this thread to so many cores inside the block.

    Parameters
    ----------
    count : int, optional
        1 or more; None, or more than there are, uses all.

    Raises
    ------
    UsageError
        The number is below 1.
    """
    if count is None:
        yield
        return
    if count < 1:
        raise UsageError(f"A study needs one core at least, not {count}. Give --threads 1.")
    settings = vars(numba.config)
    before = int(settings[_NUMBA])
    threads_before = numba.get_num_threads()
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    wanted = min(count, before)
    try:
        numba.set_num_threads(min(wanted, threads_before))
        settings[_NUMBA] = wanted
        if cores is not None:
            os.sched_setaffinity(0, sorted(cores)[:wanted])
        yield
    finally:
        settings[_NUMBA] = before
        numba.set_num_threads(threads_before)
        if cores is not None:
            os.sched_setaffinity(0, cores)
