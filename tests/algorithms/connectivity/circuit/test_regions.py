from __future__ import annotations

import numpy as np
import pytest

from algorithms.connectivity.circuit.regions import merged_regions


def test_regions_that_share_a_cell_become_one():
    polygons = np.array([[1, 1, 0, 2, 2], [0, 0, 0, 0, 3]], dtype=np.int32)
    places = np.array([[0, 1, 1, 1, 0], [2, 0, 0, 0, 0]], dtype=np.int32)
    merged = merged_regions([polygons, places])
    one = merged[0, 0]
    assert (merged[0] == one).all()
    assert merged[1, 1:4].tolist() == [0, 0, 0]
    assert len({int(one), int(merged[1, 0]), int(merged[1, 4]), 0}) == 4


def test_a_region_in_two_pieces_carries_what_both_touch():
    polygons = np.array([[1, 0, 0, 1]], dtype=np.int32)
    places = np.array([[5, 0, 6, 6]], dtype=np.int32)
    merged = merged_regions([polygons, places])
    assert merged[0, 0] == merged[0, 2] == merged[0, 3] > 0
    assert merged[0, 1] == 0


def test_one_layer_keeps_its_regions():
    assert merged_regions([np.array([[7, -9999, 9]], dtype=np.int32)]).tolist() == [[1, 0, 2]]
    assert merged_regions([np.array([[7, 7]], dtype=np.int32)]).tolist() == [[1, 1]]


def test_layers_must_fit():
    with pytest.raises(ValueError, match="one shape"):
        merged_regions([np.ones((1, 2), np.int32), np.ones((2, 1), np.int32)])
    with pytest.raises(ValueError, match="one shape"):
        merged_regions([])
