"""Running the fits of an evaluation one after another, or in threads, with equal results."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from algorithms.connectivity.threads import in_threads
from algorithms.control import Control, PartControl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ResultT = TypeVar("ResultT")


def run_fits(
    fits: Sequence[Callable[[Control], ResultT]], control: Control, *, in_parallel: bool
) -> Iterator[tuple[int, ResultT]]:
    """Run fits and yield each result as it comes.

    Parameters
    ----------
    fits : sequence of callable
        Each is called once with a control of its own.
    control : Control
        Told the share of all fits done; may cancel.
    in_parallel : bool
        Run in threads, as many as there are cores, where fits do not use all cores themselves.

    Yields
    ------
    index : int
        Position of the fit in the sequence.
    result
        What the fit returned.
    """
    if in_parallel:
        yield from in_threads(fits, control)
        return
    for done, fit in enumerate(fits):
        yield done, fit(PartControl(control, done / len(fits), (done + 1) / len(fits)))
