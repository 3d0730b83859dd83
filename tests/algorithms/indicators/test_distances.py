import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from algorithms.indicators.distances import patch_distances


def test_edges_and_corners_by_hand():
    labels = np.array([[1, 0, 0, 2], [0, 3, 0, 0]], dtype=np.int32)
    found = patch_distances(labels, cell_size=(10.0, 20.0))
    np.testing.assert_array_equal(found, [[0, 40, 0], [40, 0, 20], [0, 20, 0]])
    near = patch_distances(labels, cell_size=(10.0, 20.0), max_distance_m=20.0)
    np.testing.assert_array_equal(near, [[0, np.inf, 0], [np.inf, 0, 20], [0, 20, 0]])


@settings(deadline=None, max_examples=50)
@given(hnp.arrays(np.int32, (6, 7), elements=st.integers(0, 3)))
def test_agrees_with_every_pair_of_squares(labels):
    labels[0, :3] = [1, 2, 3]
    found = patch_distances(labels, cell_size=(2.0, 3.0))
    for a in (1, 2, 3):
        for b in (1, 2, 3):
            here, there = np.argwhere(labels == a), np.argwhere(labels == b)
            gap = np.maximum(np.abs(here[:, None] - there[None]) - 1, 0) * [2.0, 3.0]
            expected = 0.0 if a == b else np.hypot(*gap.transpose(2, 0, 1)).min()
            assert found[a - 1, b - 1] == pytest.approx(expected)


def test_no_patch_at_all_and_stopping(stopper):
    assert patch_distances(np.zeros((2, 2), np.int32), cell_size=1.0).shape == (0, 0)
    with pytest.raises(KeyboardInterrupt):
        patch_distances(np.array([[1, 2]], np.int32), cell_size=1.0, control=stopper(0.5))


def test_refuses_what_it_cannot_mean():
    with pytest.raises(ValueError, match="no cell has the label 1 of 2"):
        patch_distances(np.array([[2, 0]], np.int32), cell_size=1.0)
    with pytest.raises(ValueError, match="labels"):
        patch_distances(np.array([[-1, 0]], np.int32), cell_size=1.0)
    with pytest.raises(ValueError, match="largest distance"):
        patch_distances(np.array([[1, 2]], np.int32), cell_size=1.0, max_distance_m=-1.0)
