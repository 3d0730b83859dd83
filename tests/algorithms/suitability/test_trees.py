from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from algorithms.suitability import tree_kernels
from algorithms.suitability.trees import Trees, join_trees

LEAF = -1


def trees_of(  # noqa: PLR0913, PLR0917 - the columns of a table
    feature, threshold, left, right, value, start=(0,), n_features=2
):
    return Trees(
        np.array(feature, dtype=np.int32),
        np.array(threshold, dtype=np.float64),
        np.array(left, dtype=np.int32),
        np.array(right, dtype=np.int32),
        np.array(value, dtype=np.float64),
        np.array(start, dtype=np.int64),
        n_features,
    )


HAND = (
    # x0 <= 1 ? (x1 <= -2 ? 10 : 20) : 30, then a tree of one leaf
    (0, 1, LEAF, LEAF, LEAF, LEAF),
    (1.0, -2.0, 0, 0, 0, 0),
    (1, 3, -1, -1, -1, -1),
    (2, 4, -1, -1, -1, -1),
    (0, 0, 30.0, 10.0, 20.0, 0.5),
    (0, 5),
)


def from_library(fitted):
    grown = fitted.tree_
    leaf = grown.children_left < 0
    return (
        np.where(leaf, -1, grown.feature).astype(np.int32),
        np.where(leaf, 0.0, grown.threshold),
        grown.children_left.astype(np.int32),
        grown.children_right.astype(np.int32),
        grown.value[:, 0, -1].astype(np.float64),
    )


def random_trees(n_trees=12, n=300, p=5, noise=0.3, **options):
    rng = np.random.default_rng(7)
    x = rng.normal(size=(n, p)).round(2)
    y = x[:, 0] + x[:, 1] ** 2 + rng.normal(scale=noise, size=n) > 0.7
    return [
        DecisionTreeClassifier(random_state=seed, max_features=2, **options).fit(
            x.astype(np.float32), y
        )
        for seed in range(n_trees)
    ]


def test_a_tree_worked_by_hand():
    trees = trees_of(*HAND)
    places = np.array(
        [[1.0, -2.0], [1.0, -1.9], [np.nextafter(1.0, 2.0), -5.0], [-9.0, 9.0], [-9.0, -9.0]]
    )
    np.testing.assert_array_equal(trees.total(places), [10.5, 20.5, 30.5, 20.5, 10.5])
    assert trees.n_trees == 2


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("n_points", [60, 1500, 6000])
def test_trees_of_the_library_are_followed_exactly(smooth, n_points):
    """Small trees are struck out, large ones descended; both in rough and smooth land."""
    fitted = random_trees(n=n_points, noise=1.5)
    trees = join_trees([from_library(each) for each in fitted], 5)
    rng = np.random.default_rng(3)
    places = rng.normal(size=(1000, 5)).astype(np.float32)
    if smooth:
        places = np.cumsum(0.01 * places, axis=0, dtype=np.float32)
    expected = sum(each.predict_proba(places)[:, 1] for each in fitted)
    np.testing.assert_array_equal(trees.total(places.astype(np.float64)), expected)


def test_leaves_beyond_one_word_in_one_block():
    """A comb of 40 leaves: each threshold cuts off one leaf on the left."""
    depth = 39
    feature = np.array([0, -1] * depth + [-1], dtype=np.int32)
    inner = feature == 0
    here = np.arange(len(feature), dtype=np.int32)
    tree = (
        feature,
        np.where(inner, here // 2, 0.0).astype(np.float64),
        np.where(inner, here + 1, -1).astype(np.int32),
        np.where(inner, here + 2, -1).astype(np.int32),
        np.where(inner, 0.0, (here + 1) // 2).astype(np.float64),
    )
    mirrored = (feature, -tree[1], tree[3], tree[2], tree[4])
    places = np.linspace(-0.25, 40.0, 700)[:, None]
    steps = np.clip(np.ceil(places[:, 0]), 0, depth)
    steps[steps < depth] += 1  # the leaf in step k has the value k + 1
    np.testing.assert_array_equal(join_trees([tree], 1).total(places), np.minimum(steps, depth))
    below = join_trees([mirrored], 1).total(-places + 1e-9)
    np.testing.assert_array_equal(below[places[:, 0] > 38.5], depth)


def test_threads_and_pieces_do_not_change_a_bit(monkeypatch):
    trees = join_trees([from_library(each) for each in random_trees()], 5)
    places = np.random.default_rng(3).normal(size=(3000, 5))
    whole = trees.total(places)
    for cores in (1, 2):
        monkeypatch.setattr("algorithms.connectivity.threads.core_count", lambda n=cores: n)
        np.testing.assert_array_equal(trees.total(places), whole)
    monkeypatch.setattr("algorithms.suitability.trees._PIECE", 100)
    monkeypatch.setattr("algorithms.suitability.trees._TASK", 700)
    np.testing.assert_array_equal(trees.total(places), whole)


def test_many_thresholds_need_wider_ranks():
    rng = np.random.default_rng(0)
    cuts = np.unique(rng.normal(size=40_000))
    n = len(cuts)
    feature = np.tile([0, -1, -1], n)
    trees = trees_of(
        feature,
        np.where(feature == 0, np.repeat(cuts, 3), 0.0),
        np.where(feature == 0, np.arange(3 * n) + 1, -1),
        np.where(feature == 0, np.arange(3 * n) + 2, -1),
        np.tile([0.0, 0.0, 1.0], n),
        np.arange(0, 3 * n, 3),
        1,
    )
    places = rng.normal(size=300)
    np.testing.assert_array_equal(
        trees.total(places[:, None]), (cuts[None, :] < places[:, None]).sum(axis=1)
    )


def test_no_places_no_answer_and_wrong_variables():
    trees = trees_of(*HAND)
    assert trees.total(np.empty((0, 2))).shape == (0,)
    with pytest.raises(ValueError, match="2 variables"):
        trees.total(np.zeros((3, 1)))


def test_adding_up_can_be_cancelled(stop_at, cancelled, monkeypatch):
    monkeypatch.setattr("algorithms.suitability.trees._TASK", tree_kernels.BLOCK)
    monkeypatch.setattr("algorithms.suitability.trees._PIECE", tree_kernels.BLOCK)
    trees = trees_of(*HAND)
    with pytest.raises(cancelled):
        trees.total(np.zeros((20_000, 2)), control=stop_at(0.5))


def test_state_round_trip():
    trees = join_trees([from_library(each) for each in random_trees()], 5)
    places = np.random.default_rng(3).normal(size=(500, 5))
    again = Trees.from_state(trees.state(), 5)
    np.testing.assert_array_equal(again.total(places), trees.total(places))


@pytest.mark.parametrize(
    ("name", "position", "bad", "message"),
    [
        ("left", 0, 0, "before its parent"),
        ("left", 1, 0, "before its parent"),
        ("right", 0, 5, "outside the tree"),
        ("right", 0, 2**31 - 1, "outside the tree"),
        ("right", 1, 3, "two parents"),
        ("left", 2, 3, "leaf of a tree has children"),
        ("feature", 0, 2, "variable that does not exist"),
        ("feature", 0, -2, "variable that does not exist"),
        ("threshold", 1, np.nan, "not finite"),
        ("value", 3, np.inf, "not finite"),
        ("start", 0, 1, "roots"),
        ("start", 1, 0, "roots"),
        ("start", 1, 6, "roots"),
        ("start", 1, 2, "outside the tree"),
    ],
)
def test_damaged_trees_are_refused(name, position, bad, message):
    state = {key: array.copy() for key, array in trees_of(*HAND).state().items()}
    state[f"tree_{name}"][position] = bad
    with pytest.raises(ValueError, match=message):
        Trees.from_state(state, 2)


def test_arrays_of_a_wrong_kind_are_refused():
    state = trees_of(*HAND).state()
    with pytest.raises(ValueError, match="float64"):
        Trees.from_state(state | {"tree_value": np.zeros(6, dtype=np.float32)}, 2)
    with pytest.raises(ValueError, match="5 nodes"):
        Trees.from_state(state | {"tree_value": np.zeros(5)}, 2)
    with pytest.raises(ValueError, match="float64"):
        Trees.from_state(state | {"tree_value": np.zeros((6, 1))}, 2)
    with pytest.raises(KeyError):
        Trees.from_state({}, 2)
    empty = {key: array[:0] for key, array in state.items()}
    with pytest.raises(ValueError, match="a node and a variable"):
        Trees.from_state(empty, 2)
