from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from algorithms.suitability.tree_growing import GrowthRules, grow_tree, ranked_sample
from algorithms.suitability.trees import join_trees


def grown(x, y, count=None, seed=1, **rules):
    settings = {
        "max_features": x.shape[1],
        "minimum_leaf": 1,
        "max_depth": 99,
        "smoothing": 0.0,
    } | rules
    count = np.ones(len(y), dtype=np.int64) if count is None else count
    return grow_tree(ranked_sample(x, y), count, GrowthRules(**settings), np.uint64(seed))


def answers(tree, places):
    return join_trees([tree], places.shape[1]).total(places)


def test_a_tree_worked_by_hand():
    """0 0 | 1 1 1 | 0: the second cut parts more impurity, so it is made first."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])[:, None]
    y = np.array([False, False, True, True, True, False])
    feature, threshold, left, right, value = grown(x, y)
    assert feature.tolist() == [0, -1, 0, -1, -1]
    assert threshold[[0, 2]].tolist() == [1.5, 4.5]
    assert left.tolist() == [1, -1, 3, -1, -1]
    assert right.tolist() == [2, -1, 4, -1, -1]
    assert value.tolist() == [0.5, 0.0, 0.75, 1.0, 0.0]


def test_smoothing_draws_a_child_to_its_parent_by_the_parents_evidence():
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])[:, None]
    y = np.array([False, False, True, True, True, False])
    value = grown(x, y, smoothing=3.0)[4]
    root, right = 0.5, 0.5 + (0.75 - 0.5) / (1 + 3 / 6)
    expected = [
        root,
        root + (0.0 - 0.5) / (1 + 3 / 6),
        right,
        right + (1.0 - 0.75) / (1 + 3 / 4),
        right + (0.0 - 0.75) / (1 + 3 / 4),
    ]
    np.testing.assert_allclose(value, expected, rtol=1e-14)


@pytest.mark.parametrize("minimum_leaf", [1, 4])
@pytest.mark.parametrize("max_depth", [3, 99])
def test_agrees_with_scikit_learn(minimum_leaf, max_depth):
    """All variables are tried, so nothing is left to chance but ties."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 4)).astype(np.float32)
    y = x[:, 0] + rng.normal(size=400) > 0.5
    count = rng.integers(0, 3, 400)
    peer = DecisionTreeClassifier(
        min_samples_leaf=minimum_leaf, max_depth=max_depth, random_state=0
    ).fit(np.repeat(x, count, axis=0), np.repeat(y, count))
    tree = grown(x.astype(np.float64), y, count, minimum_leaf=minimum_leaf, max_depth=max_depth)
    places = rng.normal(size=(2000, 4)).astype(np.float32)
    same = answers(tree, places.astype(np.float64)) == peer.predict_proba(places)[:, 1]
    least = 1.0 if max_depth == 3 else 0.9  # small nodes have equally good splits
    assert same.mean() >= least
    gini = _impurity(answers(tree, x.astype(np.float64)), y, count)
    assert gini == pytest.approx(_impurity(peer.predict_proba(x)[:, 1], y, count), abs=0.02)


def _impurity(share, y, count):
    return np.average(np.where(y, 1 - share, share), weights=count)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 60), st.integers(1, 40), st.integers(1, 5))
def test_leaves_hold_the_share_of_their_own_points(seed, n, n_levels, minimum_leaf):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, n_levels, (n, 3)).astype(np.float64) * rng.choice([1.0, 1e-9, 1e9])
    y = rng.random(n) < 0.5
    count = rng.integers(0, 4, n)
    count[0] = 1
    tree = grown(x, y, count, seed=seed, max_features=2, minimum_leaf=minimum_leaf)
    share = answers(tree, x)
    assert tree[1].size <= 2 * n
    leaf = np.array([answers((*tree[:4], np.arange(len(tree[0]), dtype=float)), x)])[0]
    for each in np.unique(leaf[count > 0]):
        inside = leaf == each
        assert share[inside][0] == pytest.approx(np.average(y[inside], weights=count[inside]))
        if len(tree[0]) > 1:
            assert count[inside].sum() >= minimum_leaf
    if minimum_leaf == 1:  # places that differ in a variable are told apart until pure
        kinds = np.unique(x, axis=0, return_inverse=True)[1]
        for kind in np.unique(kinds[count > 0]):
            here = (kinds == kind) & (count > 0)
            if len(np.unique(y[here])) == 1 and share[here][0] not in (0.0, 1.0):
                raise AssertionError("a leaf was left impure that could be parted")


def test_neighbouring_numbers_are_parted():
    low = 1.0
    high = np.nextafter(low, 2.0)
    x = np.array([[low], [high]])
    tree = grown(x, np.array([True, False]))
    np.testing.assert_array_equal(answers(tree, x), [1.0, 0.0])


def test_further_variables_are_tried_until_one_splits():
    """Only the last variable varies; one is tried at a time."""
    x = np.zeros((20, 5))
    x[:, 4] = np.arange(20) % 2
    for seed in range(10):
        tree = grown(x, x[:, 4] > 0, seed=seed, max_features=1)
        np.testing.assert_array_equal(answers(tree, x), x[:, 4])


def test_the_seed_decides_which_variables_are_tried():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(100, 6))
    y = x.sum(axis=1) > 0
    roots = {int(grown(x, y, seed=seed, max_features=1)[0][0]) for seed in range(60)}
    assert roots == set(range(6))
