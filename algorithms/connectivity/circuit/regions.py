"""Regions without resistance that overlap become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import IntArray


def merged_regions(layers: Sequence[IntArray]) -> IntArray:
    """Merge the regions of several layers wherever two of them share a cell.

    Parameters
    ----------
    layers : sequence of (rows, columns) int32
        Cells of one number > 0 are one region of that layer, even apart; the same number in
        two layers means two regions.

    Returns
    -------
    (rows, columns) int32
        Number of the merged region from 1, 0 where there is none.

    Raises
    ------
    ValueError
        There is no layer, or their shapes differ.
    """
    if not layers or any(layer.shape != layers[0].shape for layer in layers):
        raise ValueError("merging needs layers of one shape")
    numbered, total = [], 0
    for layer in layers:
        names, number = np.unique(np.maximum(layer, 0), return_inverse=True)
        number = number.reshape(layer.shape) + (0 if names[0] == 0 else 1)
        numbered.append(np.where(number > 0, number + total, 0))
        total += int(number.max(initial=0))
    nobody = np.empty(0, dtype=np.int64)
    first, second = [nobody], [nobody]
    for at, layer in enumerate(numbered):
        for other in numbered[at + 1 :]:
            both = (layer > 0) & (other > 0)
            first.append(layer[both].astype(np.int64))
            second.append(other[both].astype(np.int64))
    ends = (np.concatenate(first), np.concatenate(second))
    links = coo_array((np.ones(len(ends[0]), dtype=np.float32), ends), shape=(total + 1,) * 2)
    _, group = connected_components(links, directed=False)
    result = np.zeros(layers[0].shape, dtype=np.int32)
    for layer in numbered:
        result[layer > 0] = group[layer[layer > 0]]
    return result
