"""Which fronts are factorised together, in which thread, and how much they keep in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.laplacian.fronts import Fronts, flops_of
from algorithms.connectivity.threads import core_count

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.connectivity.laplacian.fronts import Int64Array

FLOPS_WORTH_A_THREAD = 2e7
SUBTREES_PER_CORE = 4


class Schedule(NamedTuple):
    """Which fronts are factorised together, and where their updates are kept.

    Attributes
    ----------
    subtrees : list of (k,) int32
        Fronts of each independent subtree in post-order, its root last.
    top : (k,) int32
        All other fronts in post-order.
    handed : (fronts,) int64
        Where the update of a subtree's root is handed over to the top; -1 for other fronts.
    handed_size : int
        Numbers handed over.
    stack_sizes : list of int
        Numbers on the stack at most, of each subtree and (last) of the top.
    """

    subtrees: list[IntArray]
    top: IntArray
    handed: Int64Array
    handed_size: int
    stack_sizes: list[int]

    def work_bytes(self) -> int:
        """Memory for updates at most."""
        at_once = sorted(self.stack_sizes[:-1])[-core_count() :]
        return 8 * (self.handed_size + max(sum(at_once), self.stack_sizes[-1]))


def scheduled(fronts: Fronts) -> Schedule:
    """Cut the tree of fronts into subtrees that keep all cores busy, and a top."""
    flops = flops_of(fronts)
    size, below = _subtree_sums(fronts.parent, flops)
    post = _post_order(fronts.parent, fronts.child, fronts.sibling)
    at = np.empty_like(post)
    at[post] = np.arange(post.size, dtype=post.dtype)
    largest = max(float(flops.sum()) / (SUBTREES_PER_CORE * core_count()), FLOPS_WORTH_A_THREAD)
    small = below <= largest
    is_root = small & ~np.where(fronts.parent >= 0, small[fronts.parent], False)
    subtrees: list[IntArray] = []
    batch: list[IntArray] = []  # neighbouring small subtrees go together
    held = 0.0
    for root in np.sort(at[is_root]):
        front = post[root]
        batch.append(post[root - size[front] + 1 : root + 1])
        held += below[front]
        if held >= largest / 4:
            subtrees.append(np.concatenate(batch))
            batch, held = [], 0.0
    if batch:
        subtrees.append(np.concatenate(batch))
    square = np.diff(fronts.row_start) ** 2
    handed = np.full(post.size, -1, dtype=np.int64)
    roots = np.flatnonzero(is_root)
    ends = np.cumsum(square[roots])
    handed[roots] = ends - square[roots]
    top = post[~small[post]]
    stacks = [
        _stack_size(fronts.row_start, fronts.child, fronts.sibling, handed, part)
        for part in [*subtrees, top]
    ]
    return Schedule(subtrees, top, handed, int(ends[-1]) if ends.size else 0, stacks)


@compiled
def _subtree_sums(parent: IntArray, flops: FloatArray) -> tuple[Int64Array, FloatArray]:
    size = np.ones(parent.size, dtype=np.int64)
    below = flops.copy()
    for front in range(parent.size):
        if parent[front] >= 0:
            size[parent[front]] += size[front]
            below[parent[front]] += below[front]
    return size, below


@compiled
def _post_order(parent: IntArray, child: IntArray, sibling: IntArray) -> IntArray:
    order = np.empty(parent.size, dtype=np.int32)
    filled = 0
    for root in range(parent.size):
        if parent[root] >= 0:
            continue
        front = root
        while child[front] >= 0:
            front = child[front]
        while True:
            order[filled] = front
            filled += 1
            if front == root:
                break
            if sibling[front] >= 0:
                front = sibling[front]
                while child[front] >= 0:
                    front = child[front]
            else:
                front = parent[front]
    return order


@compiled
def _stack_size(
    row_start: Int64Array,
    child: IntArray,
    sibling: IntArray,
    handed: Int64Array,
    part: IntArray,
) -> int:
    """Return how many numbers the updates of some fronts take at once, at most."""
    held = 0
    most = 0
    for front in part:
        rows = row_start[front + 1] - row_start[front]
        most = max(most, held + rows * rows)
        inner = child[front]
        while inner >= 0:
            if handed[inner] < 0:
                held -= (row_start[inner + 1] - row_start[inner]) ** 2
            inner = sibling[inner]
        if handed[front] < 0:
            held += rows * rows
    return most
