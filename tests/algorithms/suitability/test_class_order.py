from __future__ import annotations

import numpy as np
import pytest

from algorithms.suitability.class_order import ClassOrder, ClassOrders, order_classes


def test_classes_are_ordered_by_their_share_of_presences():
    """Four presences; the ten background points weigh 0.4 each."""
    codes = np.array([7, 7, 7, 3] + [3] * 2 + [9] * 4 + [7] * 1 + [5] * 3, dtype=np.float64)
    presence = np.arange(14) < 4
    order = order_classes(codes, presence, np.ones(14))
    # smoothed shares: 7 -> 3.5/4.4, 3 -> 1.5/2.8, 5 -> 0.5/2.2, 9 -> 0.5/2.6
    np.testing.assert_array_equal(
        order.place_of(np.array([9.0, 5.0, 3.0, 7.0])), [0.0, 1.0, 2.0, 3.0]
    )
    assert order.place_of(np.array([4.0])) == 1.5


def test_weights_count_within_their_kind():
    codes = np.array([1.0, 2.0, 1.0, 2.0])
    presence = np.array([True, True, False, False])
    order = order_classes(codes, presence, np.array([1.0, 3.0, 5.0, 5.0]))
    assert order.place_of(np.array([1.0, 2.0])).tolist() == [0.0, 1.0]
    order = order_classes(codes, presence, np.array([3.0, 1.0, 9.0, 9.0]))
    assert order.place_of(np.array([1.0, 2.0])).tolist() == [1.0, 0.0]


def test_only_columns_of_classes_change_and_state_keeps_them():
    values = np.array([[5.0, 0.1], [8.0, 0.2], [8.0, 0.3], [5.0, 0.4]])
    presence = np.array([True, False, False, True])
    orders = ClassOrders.learnt((0,), values, presence, np.ones(4))
    placed = orders.placed(values)
    np.testing.assert_array_equal(placed, [[1, 0.1], [0, 0.2], [0, 0.3], [1, 0.4]])
    again = ClassOrders.from_state(orders.state(), (0,))
    other = np.array([[99.0, 1.0], [5.0, 1.0]])
    np.testing.assert_array_equal(again.placed(other), orders.placed(other))
    assert orders.placed(other)[0, 0] == 0.5
    with pytest.raises(KeyError):
        ClassOrders.from_state(orders.state(), (1,))


def test_damaged_orders_are_refused():
    one = np.ones(1)
    with pytest.raises(ValueError, match="one place"):
        ClassOrder(one, np.ones(2), 0.0)
    with pytest.raises(ValueError, match="one place"):
        ClassOrder(one[:0], one[:0], 0.0)
    with pytest.raises(ValueError, match="rise"):
        ClassOrder(np.ones(2), np.ones(2), 0.0)
    for bad in (np.nan, np.inf):
        with pytest.raises(ValueError, match="places"):
            ClassOrder(one, one * bad, 0.0)
        with pytest.raises(ValueError, match="places"):
            ClassOrder(one, one, bad)
