"""A multifrontal Cholesky factorisation in compiled loops, with BLAS for all but thin blocks.

Every front is a dense matrix: the columns it eliminates, the rows below them, and the update
that elimination leaves for its parent. Numbers of the factor are written where they stay;
updates live on a stack in post-order. Squares are kept as upper triangles in row order, which
is the lower triangle column by column, so that each column of the factor is contiguous.
"""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.laplacian.blas import one_blas_thread
from algorithms.connectivity.laplacian.fronts import Fronts, flops_of
from algorithms.connectivity.threads import core_count
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.connectivity.laplacian.fronts import Int64Array
    from algorithms.connectivity.laplacian.schedule import Schedule
    from algorithms.control import Control

FLOPS_WORTH_THREADS = 1e6  # below this, waiting for other threads costs more
FLOPS_WORTH_BLAS_THREADS = 2e10  # the same for the threads of BLAS
SECONDS_BETWEEN_REPORTS = 0.1
PANEL = 48  # columns eliminated by loops after BLAS has brought them up to date
STRIP = 128  # rows of an update computed by one call of BLAS
FLOPS_WORTH_BLAS = 2000  # multiplications below which a call of BLAS costs more than loops

SINGULAR = 1e-14
"""Share of a diagonal entry that must be left when its column is eliminated."""

DONE = -1
STOPPED = -2


class NotGroundedError(PlannerError, ValueError):
    """A part of a circuit has no connection to the ground, so that its voltage is unknown."""


class _Matrix(NamedTuple):
    indptr: IntArray
    indices: IntArray
    data: FloatArray


class _Work(NamedTuple):
    """What the threads of one factorisation share."""

    factor: FloatArray
    handed: FloatArray  # updates of the roots of subtrees, for the top
    handed_at: Int64Array
    flops: FloatArray
    done: FloatArray  # multiplications done by each part
    stop: BoolArray


def factorised(
    matrix: csr_array, fronts: Fronts, schedule: Schedule, control: Control
) -> FloatArray:
    """Compute the numbers of the factor.

    Parameters
    ----------
    matrix : (n, n) csr_array
        Symmetric and positive definite, with 32-bit indices.
    fronts : Fronts
        Of this matrix.
    schedule : Schedule
        Of these fronts.
    control : Control
        Told the share of multiplications done, ten times a second; may cancel.

    Returns
    -------
    (entries,) float64
        The factor, laid out as `fronts` says.

    Raises
    ------
    NotGroundedError
        The matrix is singular to rounding, or not positive definite.
    """
    values = _Matrix(matrix.indptr, matrix.indices, matrix.data)
    flops = flops_of(fronts)
    parts = [*schedule.subtrees, schedule.top]
    work = _Work(
        factor=np.zeros(fronts.entries),
        handed=np.empty(schedule.handed_size),
        handed_at=schedule.handed,
        flops=flops,
        done=np.zeros(len(parts)),
        stop=np.zeros(1, dtype=np.bool_),
    )

    def task(number: int) -> Callable[[], int]:
        def run() -> int:
            stack = np.empty(schedule.stack_sizes[number])
            return _eliminate(fronts, values, work, stack, parts[number], number)

        return run

    for numbers in (range(len(parts) - 1), range(len(parts) - 1, len(parts))):
        statuses = _run([task(number) for number in numbers], work, control)
        if failed := [status for status in statuses if status != DONE]:
            node = int(fronts.order[failed[0]])
            raise NotGroundedError(
                f"node {node} belongs to a part of the circuit without a ground, or with one "
                "so weak that rounding hides it: ground at least one node of every part"
            )
    control.report(1.0)
    return work.factor


def _run(tasks: Sequence[Callable[[], int]], work: _Work, control: Control) -> list[int]:
    """Run all tasks on the cores while the control is told of them; a control may stop them."""
    total = max(1.0, float(work.flops.sum()))
    if total < FLOPS_WORTH_THREADS:
        control.report(0.0)
        with one_blas_thread():
            return [task() for task in tasks]
    alone = len(tasks) == 1 and total - float(work.done.sum()) > FLOPS_WORTH_BLAS_THREADS
    with (
        nullcontext() if alone else one_blas_thread(),
        ThreadPoolExecutor(core_count()) as pool,
    ):
        running: set[Future[int]] = set()
        try:
            control.report(min(1.0, float(work.done.sum()) / total))
            futures = [pool.submit(task) for task in tasks]
            running = set(futures)
            while running:
                _, running = wait(running, SECONDS_BETWEEN_REPORTS, FIRST_EXCEPTION)
                control.report(min(1.0, float(work.done.sum()) / total))
        finally:
            work.stop[0] = bool(running)
        return [future.result() for future in futures]


@compiled
def _eliminate(
    fronts: Fronts, matrix: _Matrix, work: _Work, stack: FloatArray, part: IntArray, number: int
) -> int:
    """Factorise fronts in post-order; return DONE, STOPPED or the column that failed."""
    top = 0  # numbers on the stack
    for front in part:
        if work.stop[0]:
            return STOPPED
        p = fronts.start[front + 1] - fronts.start[front]
        m = fronts.row_start[front + 1] - fronts.row_start[front]
        at = fronts.offset[front]
        square = work.factor[at : at + p * p].reshape((p, p))
        below = work.factor[at + p * p : at + p * (p + m)].reshape((p, m))
        handed = work.handed_at[front]
        if handed >= 0:
            update = work.handed[handed : handed + m * m].reshape((m, m))
        else:
            update = stack[top : top + m * m].reshape((m, m))
        for i in range(m):
            update[i, i:] = 0.0
        diagonal = _place_entries(fronts, matrix, front, square, below)
        base = _add_children(fronts, work, stack, top, front, (square, below, update))
        failed = _factorise_columns(square, below, diagonal, work.stop)
        if failed != DONE:
            return failed if failed < 0 else fronts.start[front] + failed
        _subtract_products(below, update)
        if handed >= 0:
            top = base
        else:
            _move_down(stack, top, base, m)
            top = base + m * m
        work.done[number] += work.flops[front]
    return DONE


@compiled
def _move_down(stack: FloatArray, origin: int, target: int, size: int) -> None:
    """Move the upper triangle of an update to where its children's updates were."""
    if target < origin:
        for i in range(size):
            for j in range(i, size):
                stack[target + i * size + j] = stack[origin + i * size + j]


@compiled
def _place_entries(
    fronts: Fronts, matrix: _Matrix, front: int, square: FloatArray, below: FloatArray
) -> FloatArray:
    """Write the matrix's own entries of a front and return their diagonal."""
    first, end = fronts.start[front], fronts.start[front + 1]
    rows = fronts.row[fronts.row_start[front] : fronts.row_start[front + 1]]
    diagonal = np.zeros(end - first)
    for column in range(first, end):
        node = fronts.order[column]
        for edge in range(matrix.indptr[node], matrix.indptr[node + 1]):
            row = fronts.place[matrix.indices[edge]]
            if row < column:
                continue
            if row < end:
                square[column - first, row - first] += matrix.data[edge]
            else:
                below[column - first, np.searchsorted(rows, row)] += matrix.data[edge]
        diagonal[column - first] = square[column - first, column - first]
    return diagonal


@compiled
def _add_children(
    fronts: Fronts,
    work: _Work,
    stack: FloatArray,
    top: int,
    front: int,
    blocks: tuple[FloatArray, FloatArray, FloatArray],
) -> int:
    """Add the updates of all children to a front; return where theirs started on the stack."""
    first, end = fronts.start[front], fronts.start[front + 1]
    rows = fronts.row[fronts.row_start[front] : fronts.row_start[front + 1]]
    base = top
    child = fronts.child[front]
    while child >= 0:
        if work.handed_at[child] < 0:
            base -= (fronts.row_start[child + 1] - fronts.row_start[child]) ** 2
        child = fronts.sibling[child]
    at = base
    child = fronts.child[front]
    while child >= 0:
        theirs = fronts.row[fronts.row_start[child] : fronts.row_start[child + 1]]
        size = theirs.size
        if work.handed_at[child] < 0:
            update = stack[at : at + size * size].reshape((size, size))
            at += size * size
        else:
            handed = work.handed_at[child]
            update = work.handed[handed : handed + size * size].reshape((size, size))
        local = np.empty(size, dtype=np.int64)
        own = 0
        place = 0
        for i in range(size):
            if theirs[i] < end:
                local[i] = theirs[i] - first
                own += 1
            else:
                while rows[place] < theirs[i]:
                    place += 1
                local[i] = place
        _add_update(update, local, own, blocks)
        child = fronts.sibling[child]
    return base


@compiled
def _add_update(
    update: FloatArray,
    local: Int64Array,
    own: int,
    blocks: tuple[FloatArray, FloatArray, FloatArray],
) -> None:
    """Add one child's update, the first `own` rows of which are columns of this front."""
    square, below, passed = blocks
    for i in range(own):
        for j in range(i, own):
            square[local[i], local[j]] += update[i, j]
        for j in range(own, local.size):
            below[local[i], local[j]] += update[i, j]
    for i in range(own, local.size):
        for j in range(i, local.size):
            passed[local[i], local[j]] += update[i, j]


@compiled
def _factorise_columns(
    square: FloatArray, below: FloatArray, diagonal: FloatArray, stop: BoolArray
) -> int:
    """Turn the columns of a front into columns of the factor; DONE, or the one that failed."""
    p = square.shape[0]
    for first in range(0, p, PANEL):
        end = min(p, first + PANEL)
        if first > 0:
            if stop[0]:
                return STOPPED
            mine = np.ascontiguousarray(square[:first, first:end])
            rest = np.ascontiguousarray(square[:first, first:])
            _subtract(np.dot(mine.T, rest), square[first:end, first:])
            if below.shape[1] > 0:
                _subtract(np.dot(mine.T, below[:first]), below[first:end])
        for column in range(first, end):
            for k in range(first, column):
                _subtract_column(square[k, column], square[k, column:], square[column, column:])
                _subtract_column(square[k, column], below[k], below[column])
            pivot = square[column, column]
            if not pivot > SINGULAR * diagonal[column]:
                return column
            inverse = 1.0 / np.sqrt(pivot)
            square[column, column:] *= inverse
            below[column] *= inverse
    return DONE


@compiled
def _subtract(product: FloatArray, target: FloatArray) -> None:
    for i in range(product.shape[0]):  # a loop compiles in a fraction of the time of `-=`
        for j in range(product.shape[1]):
            target[i, j] -= product[i, j]


@compiled
def _subtract_column(factor: float, column: FloatArray, target: FloatArray) -> None:
    if factor != 0.0:
        for i in range(target.size):
            target[i] -= factor * column[i]


@compiled
def _subtract_products(below: FloatArray, update: FloatArray) -> None:
    """Subtract from the upper triangle of `update` all products of columns below a front."""
    p, m = below.shape
    if p * m * m < FLOPS_WORTH_BLAS:
        for k in range(p):
            for i in range(m):
                _subtract_column(below[k, i], below[k, i:], update[i, i:])
    elif m <= STRIP:
        _subtract_triangle(np.dot(below.T, below), update)
    else:
        for first in range(0, m, STRIP):
            mine = np.ascontiguousarray(below[:, first : min(m, first + STRIP)])
            rest = np.ascontiguousarray(below[:, first:])
            _subtract_triangle(np.dot(mine.T, rest), update[first:, first:])


@compiled
def _subtract_triangle(product: FloatArray, update: FloatArray) -> None:
    for i in range(product.shape[0]):
        for j in range(i, product.shape[1]):
            update[i, j] -= product[i, j]
