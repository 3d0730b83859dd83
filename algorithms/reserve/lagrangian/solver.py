"""Solving large minimum sets with a strong boundary penalty, with a proven bound.

The bound: prices of the targets, raised until no prices give a better one; inside, minimum
cuts. It equals the bound of the linear relaxation, and takes a fraction of the time. The
selections: annealing at these prices, the best ones annealed again, merged and reshaped by
branch and cut, in rounds that do not depend on the speed of the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.threads import in_threads
from algorithms.reserve.lagrangian.annealing import REWARM, STEPS_PER_UNIT, WARM, Annealer
from algorithms.reserve.lagrangian.dual import ascend
from algorithms.reserve.lagrangian.merging import merged, reshaped
from algorithms.reserve.lagrangian.pricing import Pool, Pricing
from algorithms.reserve.lagrangian.rows import Rows, lagrangian_fits
from algorithms.reserve.local_search import Ground, mended
from algorithms.reserve.mincut import IN, OUT
from algorithms.reserve.search import Search
from algorithms.reserve.solution import NOBODY, InfeasibleProblemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.search import SearchOptions, SearchResult
    from algorithms.reserve.solution import Watcher

    Task = Callable[[Control], BoolArray | None]

POOL_SIZE = 400
"""Selections of the ascent that are remembered."""
ELITE_SIZE = 12
"""Best selections that are kept to build on."""
FIRST_SHARE = 0.1
"""The first annealings are so much shorter, so that there is soon something to keep."""
CUT_ROUNDING = 1e-12
"""Share of all costs that the rounding of a cut's bound stays below."""
FRESH_ROUNDS = 2
"""Rounds that start from the relaxation before the best selections are built on."""
PATIENCE = 15
"""Rounds without a better selection after which the search ends."""


def solve_lagrangian(
    problem: Problem,
    options: SearchOptions,
    control: Control,
    watcher: Watcher = NOBODY,
    start: BoolArray | None = None,
) -> SearchResult:
    """Search by prices, cuts and annealing.

    Parameters
    ----------
    problem : Problem
        A problem that has been checked, and that `lagrangian_fits`.
    options : SearchOptions
        When to end.
    control : Control
        Told the share of the work done; may cancel.
    watcher : Watcher
        Told every better selection and tighter bound.
    start : (n,) bool, optional
        A selection to start from, used if it meets what is asked.

    Returns
    -------
    SearchResult
        The best selection and the bound.

    Raises
    ------
    ValueError
        The problem is not one for this method.
    InfeasibleProblemError
        No selection meets what is asked.
    """
    reason = lagrangian_fits(problem)
    if reason is not None:
        raise ValueError(reason)
    search = Search(problem, options, control, watcher)
    if start is not None:
        search.offer(start)
    _Lagrangian(search).run()
    return search.result()


class _EndedError(Exception):
    """Ends the tasks of a round when the search is over; never leaves this module."""


class _SearchControl:
    """Lets a search look after itself while tasks run, and ends them with it."""

    def __init__(self, search: Search) -> None:
        self._search = search

    def report(self, fraction: float) -> None:  # noqa: ARG002 - the search knows its own share
        """End the tasks when the search is over."""
        if self._search.done():
            raise _EndedError


class _Lagrangian:
    """One search: the bound first, then rounds of better selections."""

    def __init__(self, search: Search) -> None:
        problem = search.problem
        self._search = search
        self._rows = Rows.of(problem)
        settled = np.zeros(problem.n_units, np.int8)
        settled[problem.must()] = IN
        settled[problem.may_not()] = OUT
        self._pricing = Pricing(self._rows, settled)
        self._pool = Pool(self._rows, POOL_SIZE)
        self._ground = Ground.of(
            self._pricing.network,
            self._rows.edge_cost,
            self._rows.base,
            (self._rows.matrix, self._rows.wanted - 0.5 * self._rows.rounding),
            settled > 0,
        )
        self._elite: list[tuple[float, BoolArray]] = []
        self._rng = np.random.default_rng(search.options.seed)

    def run(self) -> None:
        search = self._search
        try:
            self._keep(mended(self._ground, ~search.problem.may_not(), _SearchControl(search)))
            price = self._raised()
            stalled = self._improve(price)
        except _EndedError:
            return
        if not stalled:
            return
        search.notes.append(
            f"The search ended after {PATIENCE} rounds without a better selection. Its bound "
            "is that of the relaxation, which only branching could raise."
        )

    def _raised(self) -> FloatArray:
        """Raise the bound; return the prices."""
        rows, search = self._rows, self._search
        most = float(np.abs(rows.base).sum() + rows.edge_cost.sum())

        def enough(bound: float) -> bool:
            if bound > most * (1.0 + 1e-9):
                raise InfeasibleProblemError(
                    "No selection meets what is asked: the targets, the budget and the shares "
                    "contradict each other, though each could be met alone. Lower a target or "
                    "loosen a share."
                )
            search.prove(bound, CUT_ROUNDING * most)
            self._end_if_closed()
            return search.done()

        start = np.full(rows.wanted.size, 0.2 * most / max(1, rows.wanted.size))
        point = ascend(
            self._pricing,
            self._pool,
            start,
            max(1e-6, 0.01 * search.options.gap),
            enough,
        )
        enough(point.bound)
        return np.maximum(point.price, 0.01 * start)

    def _keep(self, selected: BoolArray | None) -> bool:
        """Offer a selection and keep it to build on; tell whether it is the best so far."""
        if selected is None:
            return False
        value = self._rows.value(selected)
        if all(abs(value - known) > 1e-9 * abs(value) for known, _ in self._elite):
            self._elite.append((value, selected))
            self._elite.sort(key=lambda pair: pair[0])
            del self._elite[ELITE_SIZE:]
        kept = self._search.offer(selected)
        self._end_if_closed()
        return kept

    def _end_if_closed(self) -> None:
        """Let the search end where the gap is rounding, also where the best value is 0."""
        if self._search.is_closed:
            self._search.exhaust()

    def _improve(self, price: FloatArray) -> bool:
        """Look for better selections; tell whether none was found for long."""
        annealer = Annealer(self._ground, price, self._rows.edge_scale)
        control = _SearchControl(self._search)
        idle = 0
        for tasks in self._rounds(annealer):
            found: list[BoolArray | None] = [None] * len(tasks)
            for index, selected in in_threads(tasks, control, self._search.options.threads):
                found[index] = selected
            better = [self._keep(selected) for selected in found]
            idle = 0 if any(better) else idle + 1
            if self._search.done():
                return False
            if idle >= PATIENCE:
                return True
        return False

    def _rounds(self, annealer: Annealer) -> Iterator[list[Task]]:
        """Yield the tasks of each round, from what is the best by then."""
        fresh, rewarmed = self._fresh, self._rewarmed
        turns = (
            (rewarmed, rewarmed),
            (rewarmed, self._merged),
            (rewarmed, rewarmed),
            (rewarmed, self._reshaped),
            (rewarmed, fresh),
        )
        number = 0
        while True:
            first = number < FRESH_ROUNDS or not self._elite
            makers = (fresh, fresh) if first else turns[number % len(turns)]
            yield [make(annealer, number) for make in makers]
            number += 1

    def _stream(self) -> np.random.Generator:
        return self._rng.spawn(1)[0]

    def _fresh(self, annealer: Annealer, number: int) -> Task:
        """Anneal from a selection of the relaxation; at first in short."""
        rng = self._stream()
        start = self._pool.selected[-1 - int(rng.integers(min(20, len(self._pool))))]
        steps = STEPS_PER_UNIT * (1.0 if number else FIRST_SHARE)
        return lambda control: annealer.again(start, WARM, steps, rng, control)

    def _rewarmed(self, annealer: Annealer, number: int) -> Task:  # noqa: ARG002 - a maker's form
        """Anneal one of the best again, from less heat."""
        rng = self._stream()
        start = self._elite[int(len(self._elite) * rng.random() ** 2)][1]
        warm = float(rng.uniform(*REWARM))
        return lambda control: annealer.again(start, warm, STEPS_PER_UNIT, rng, control)

    def _merged(self, annealer: Annealer, number: int) -> Task:  # noqa: ARG002 - a maker's form
        """Merge the best with some of the others."""
        rng = self._stream()
        best, others = self._elite[0][1], [selected for _, selected in self._elite[1:]]
        chosen = [others[i] for i in rng.permutation(len(others))[:5]]
        if not chosen:
            return lambda _: best
        return lambda control: merged(self._rows, best, chosen, control)

    def _reshaped(self, annealer: Annealer, number: int) -> Task:  # noqa: ARG002 - a maker's form
        """Reshape a part of the boundary of the best."""
        rng = self._stream()
        best = self._elite[0][1]
        share = min(1.0, 400.0 / max(1, self._boundary_units(best)))
        inside: BoolArray = rng.random(best.size) < share
        return lambda control: reshaped(self._rows, best, inside, control)

    def _boundary_units(self, selected: BoolArray) -> int:
        ends = self._rows.edges[
            selected[self._rows.edges[:, 0]] != selected[self._rows.edges[:, 1]]
        ]
        return int(np.unique(ends).size)
