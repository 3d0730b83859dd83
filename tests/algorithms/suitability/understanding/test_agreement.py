from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.understanding.agreement import UNKNOWN, agreement


def test_by_hand():
    predictions = np.array(
        [[0.2, 0.8, 0.5, np.nan], [0.6, 0.9, 0.1, 0.5], [0.4, 1.0, 0.3, 0.5]]
    )
    found = agreement(predictions, np.array([0.5, 0.6, 0.4]))
    np.testing.assert_array_equal(found.n_suitable, [2, 3, 1, UNKNOWN])
    assert found.n_suitable.dtype == np.int16
    np.testing.assert_allclose(found.spread, [0.4, 0.2, 0.4, np.nan])
    np.testing.assert_allclose(
        found.deviation, [np.sqrt(0.08 / 3), np.sqrt(0.02 / 3), np.sqrt(0.08 / 3), np.nan]
    )


def test_one_member_agrees_with_itself():
    found = agreement(np.array([[0.2, 0.8]]), np.array([0.5]))
    np.testing.assert_array_equal(found.n_suitable, [0, 1])
    np.testing.assert_array_equal(found.deviation, [0.0, 0.0])


def test_errors():
    some, limits = np.array([[0.2, 0.8]]), np.array([0.5])
    with pytest.raises(ValueError, match="members, places"):
        agreement(some[0], limits)
    with pytest.raises(ValueError, match="members, places"):
        agreement(np.zeros((0, 3)), np.zeros(0))
    with pytest.raises(ValueError, match="1 members"):
        agreement(some, np.zeros(2))
    with pytest.raises(ValueError, match="not finite"):
        agreement(some, limits * np.nan)
    with pytest.raises(ValueError, match=r"0\.\.1"):
        agreement(some * 2, limits)
