"""A 4-ary heap of grid cells ordered by cost, for compiled searches.

An entry is one 64-bit integer: the bits of a cost (a float64, >= 0) whose lowest `index_bits`
are replaced by the index of a cell. Such integers sort as the costs do, up to the bits lost, so
that a comparison touches one word. What the lost bits put out of order a search must mend by
expanding a cell again when its cost falls (label correcting); the costs themselves stay exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    HeapArray = NDArray[np.uint64]


def index_bits_for(size: int) -> int:
    """Return how many bits an index below `size` takes."""
    return max(1, int(size - 1).bit_length())


@compiled
def packed(cost: float, index: int, index_bits: int) -> np.uint64:
    """Return the heap entry of a cell."""
    shift = np.uint64(index_bits)
    bits = np.float64(cost).view(np.uint64)
    return np.uint64(((bits >> shift) << shift) | np.uint64(index))


@compiled
def push(heap: HeapArray, size: int, entry: np.uint64) -> int:
    """Add an entry to the `size` in the heap, which must have room, and return the new size."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 2
        if heap[parent] <= entry:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = entry
    return size + 1


@compiled
def drop_first(heap: HeapArray, size: int) -> int:
    """Remove the first entry of a heap that holds `size` > 0 and return the new size."""
    size -= 1
    last = heap[size]
    hole = 0
    child = 1
    while child + 3 < size:  # all four children exist: two pairs, then the smaller of both
        low = child + (heap[child + 1] < heap[child])
        high = child + 2 + (heap[child + 3] < heap[child + 2])
        best = high if heap[high] < heap[low] else low
        if heap[best] >= last:
            heap[hole] = last
            return size
        heap[hole] = heap[best]
        hole = best
        child = 4 * hole + 1
    while child < size:
        best = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[best]:
                best = other
        if heap[best] >= last:
            break
        heap[hole] = heap[best]
        hole = best
        child = 4 * hole + 1
    heap[hole] = last
    return size
