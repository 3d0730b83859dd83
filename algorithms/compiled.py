"""Compilation of inner loops with numba, typed and cached in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

LoopT = TypeVar("LoopT", bound="Callable[..., Any]")


def compiled(loop: LoopT) -> LoopT:
    """Compile a loop on its first call, to run without the interpreter lock.

    The machine code is kept beside the module or, where that place is read-only, in the
    user's cache folder; where neither can be written it is compiled anew in each process.
    Arithmetic stays IEEE 754: NaN and infinity mean what they say.

    A compiled loop in one module that calls one in another module is not recompiled when
    only the other module changes: after such a change, change the caller's file too.

    Parameters
    ----------
    loop : callable
        A function of arrays and numbers that numba can compile.
    """
    try:
        return cast("LoopT", numba.njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # numba found no folder to keep the code in
        return cast("LoopT", numba.njit(nogil=True)(loop))
