"""Which demands of a problem exclude each other, and how far each would have to give way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, hstack

from algorithms.reserve.checks import listed
from algorithms.reserve.highs_process import run_of
from algorithms.reserve.search import SearchOptions
from algorithms.reserve.solution import InfeasibleProblemError

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import FloatArray
    from algorithms.reserve.model import Model

EXPLAIN_SECONDS = 10.0
"""How long to look for the least that demands would have to give way."""


@dataclass(frozen=True, slots=True, eq=False)
class _Elastic:
    """A programme whose named rows may give way, each at a price per share of its limit."""

    model: Model
    row: FloatArray
    sign: FloatArray


def explained(model: Model, further: str, done: Callable[[], bool]) -> InfeasibleProblemError:
    """Return the error that says which demands exclude each other, and by how much.

    The demands that have a number (targets, budget, sums, shares) are let give way; the least
    that they must, together and each as a share of its limit, is found by the same solver.

    Parameters
    ----------
    model : Model
        A programme without a solution.
    further : str
        The demands that have no number and are kept, for the message; empty if none.
    done : callable
        Asked now and then; True ends the search for an explanation, an error passes.
    """
    elastic = _elastic(model)
    options = SearchOptions(gap=0.05, time_limit=EXPLAIN_SECONDS)
    best: list[FloatArray] = []
    ending = run_of(elastic.model, options).follow(best.append, lambda _: None, done)
    if ending is not None and ending.values is not None:
        best.append(ending.values)
    if not best:
        kept = f": {further} cannot be met on this land" if further else ""
        return InfeasibleProblemError(f"no selection meets everything that is asked{kept}")
    given = best[-1][model.cost.size :]
    shortages = [
        (asked.name, float(sign * amount * asked.size))
        for asked, sign, amount in zip(
            (model.asked[int(k)] for k in elastic.row), elastic.sign, given, strict=True
        )
        if amount > 1e-6
    ]
    if not shortages:
        told = f", but not together with {further}" if further else " but for a millionth"
        return InfeasibleProblemError(
            "no selection meets everything that is asked: the targets, sums and budget can be "
            f"met{told}"
        )
    parts = [
        f"{name} is {abs(amount):g} {'too little' if amount > 0 else 'too much'}"
        for name, amount in shortages
    ]
    kept = f", keeping {further}" if further else ""
    return InfeasibleProblemError(
        f"no selection meets everything that is asked. Nearest to it{kept}: {listed(parts)}. "
        "Ask less of these, or unlock land",
        [(name, abs(amount)) for name, amount in shortages],
    )


def _elastic(model: Model) -> _Elastic:
    rows = model.rows
    most = rows.maximum(0.0) @ model.upper + rows.minimum(0.0) @ model.lower
    least = rows.maximum(0.0) @ model.lower + rows.minimum(0.0) @ model.upper
    number, sign, room, price = [], [], [], []
    for k, asked in enumerate(model.asked):
        low, high = model.row_lower[asked.row], model.row_upper[asked.row]
        for limit, way, worst in (
            (low, 1.0, low - least[asked.row]),
            (high, -1.0, most[asked.row] - high),
        ):
            if np.isfinite(limit) and worst > 0:
                number.append(k)
                sign.append(way)
                room.append(worst)
                price.append(1.0 / max(abs(limit), 1e-3 * worst))
    size = len(number)
    row = np.array([model.asked[k].row for k in number], dtype=np.int32)
    extra = csr_array(
        (np.array(sign), (row, np.arange(size))), shape=(model.row_lower.size, size)
    )
    changed = replace(
        model,
        cost=np.append(np.zeros(model.cost.size), price),
        lower=np.append(model.lower, np.zeros(size)),
        upper=np.append(model.upper, room),
        integer=np.append(model.integer, np.zeros(size, np.bool_)),
        rows=csr_array(hstack([rows, extra])),
        offset=0.0,
    )
    return _Elastic(changed, np.array(number, dtype=np.float64), np.array(sign))
