from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.suitability.estimator import DamagedModelError
from algorithms.suitability.understanding.novelty import (
    UNKNOWN,
    UNSEEN_LEVEL,
    NoveltyReference,
    mess,
)


def mess_slowly(reference, value, categorical=()):
    """The formula of Elith et al. (2010), variable by variable."""
    every = []
    for column, one in enumerate(value):
        known = reference[:, column]
        low, high = known.min(), known.max()
        if column in categorical or low == high:
            every.append(100.0 if one in known else -100.0)
            continue
        below = int((known < one).sum())
        if below == 0:
            every.append(100 * (one - low) / (high - low))
        elif below == len(known):
            every.append(100 * (high - one) / (high - low))
        else:
            every.append(200 * min(below, len(known) - below) / len(known))
    return min(every), int(np.argmin(every))


def test_by_hand():
    """Reference 0, 1, 2, 4: 25 per cent lie below 1, 50 below 2, 75 below 4."""
    reference = np.array([[0.0], [1.0], [2.0], [4.0]])
    values = np.array([[0.0], [0.5], [1.5], [2.0], [3.0], [4.0], [6.0], [-1.0]])
    found = mess(reference, values)
    np.testing.assert_allclose(found.similarity, [0, 50, 100, 100, 50, 50, -50, -25])
    np.testing.assert_array_equal(found.outside, [0, 0, 0, 0, 0, 0, 1, 1])
    assert found.most_dissimilar.dtype == np.int16


def test_the_most_dissimilar_variable_sets_the_similarity():
    reference = np.column_stack([np.arange(11.0), np.arange(11.0) * 10, np.ones(11)])
    values = np.array([[5.0, 130.0, 1.0], [12.0, 110.0, 1.0], [5.0, 50.0, 2.0], [np.nan, 1, 1]])
    found = mess(reference, values)
    np.testing.assert_allclose(found.similarity, [-30, -20, -100, np.nan])
    np.testing.assert_array_equal(found.most_dissimilar, [1, 0, 2, UNKNOWN])


def test_unseen_classes():
    reference = np.column_stack([np.array([1.0, 3.0, 3.0, 7.0]), np.arange(4.0)])
    values = np.array([[1.0, 1.5], [3.0, 1.5], [7.0, 1.5], [4.0, 1.5], [0.0, 9], [9.0, 1.5]])
    found = mess(reference, values, categorical=(0,))
    np.testing.assert_allclose(
        found.similarity, [100, 100, 100, UNSEEN_LEVEL, -200, UNSEEN_LEVEL]
    )
    np.testing.assert_array_equal(found.most_dissimilar[3:], [0, 1, 0])
    missing = mess(reference, np.array([[np.nan, 1.5], [4.0, np.nan]]), categorical=(0,))
    assert np.isnan(missing.similarity).all()
    np.testing.assert_array_equal(missing.most_dissimilar, [UNKNOWN, UNKNOWN])


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 4), st.integers(0, 2**32 - 1), st.booleans())
def test_agrees_with_the_formula(n, p, seed, rounded):
    rng = np.random.default_rng(seed)
    reference, values = rng.normal(size=(n, p)) * 3, rng.normal(size=(25, p)) * 5
    if rounded:
        reference, values = np.round(reference), np.round(values)
    categorical = (0,) if seed % 3 == 0 else ()
    found = mess(reference, values, categorical=categorical)
    slowly = [mess_slowly(reference, row, categorical) for row in values]
    np.testing.assert_allclose(found.similarity, [s for s, _ in slowly], rtol=1e-12)
    ours = found.most_dissimilar
    assert all(
        w == which or s == pytest.approx(mess_slowly(reference[:, [w]], row[[w]], ())[0])
        for w, (s, which), row in zip(ours, slowly, values, strict=True)
    )


def test_skewed_values_are_exact_too():
    """Nearly all reference values share one bucket of the look-up."""
    rng = np.random.default_rng(2)
    reference = np.exp(rng.normal(0, 6, (500, 1)))
    values = np.concatenate([reference[:50], np.exp(rng.normal(0, 6, (200, 1)))])
    found = mess(reference, values)
    slowly = [mess_slowly(reference, row)[0] for row in values]
    np.testing.assert_allclose(found.similarity, slowly, rtol=1e-12)


def test_pieces_and_threads_do_not_show():
    rng = np.random.default_rng(0)
    reference = NoveltyReference(rng.normal(size=(300, 3)))
    values = rng.normal(size=(150_000, 3)) * 2
    whole = reference.mess(values)
    for start in (0, 65_530, 149_000):
        part = reference.mess(values[start : start + 900])
        np.testing.assert_array_equal(part.similarity, whole.similarity[start : start + 900])
        np.testing.assert_array_equal(
            part.most_dissimilar, whole.most_dissimilar[start : start + 900]
        )
    assert len(reference.mess(values[:0]).similarity) == 0


def test_a_reference_survives_pickle_and_plain_arrays(tmp_path):
    rng = np.random.default_rng(3)
    reference = NoveltyReference(np.round(rng.normal(size=(50, 3)) * 3), categorical=(1,))
    values = np.round(rng.normal(size=(200, 3)) * 5)
    wanted = reference.mess(values).similarity
    again = pickle.loads(pickle.dumps(reference))
    np.testing.assert_array_equal(again.mess(values).similarity, wanted)
    np.savez(tmp_path / "reference.npz", allow_pickle=False, **reference.state())
    with np.load(tmp_path / "reference.npz", allow_pickle=False) as stored:
        restored = NoveltyReference.from_state(stored)
    np.testing.assert_array_equal(restored.mess(values).similarity, wanted)
    assert restored.n_columns == 3


def test_damaged_state():
    state = NoveltyReference(np.arange(6.0).reshape(3, 2)).state()
    damaged = (
        {"ordered": state["ordered"]},
        state | {"ordered": state["ordered"][:, ::-1]},
        state | {"ordered": state["ordered"] * np.nan},
        state | {"is_class": np.zeros(3, bool)},
        state | {"ordered": np.array(["x"])},
    )
    for one in damaged:
        with pytest.raises(DamagedModelError, match="damaged"):
            NoveltyReference.from_state(one)


def test_errors(stop_at, cancelled):
    with pytest.raises(ValueError, match="points, variables"):
        NoveltyReference(np.zeros((0, 2)))
    with pytest.raises(ValueError, match="not finite"):
        NoveltyReference(np.array([[np.nan]]))
    with pytest.raises(ValueError, match="categorical columns"):
        NoveltyReference(np.zeros((2, 2)), categorical=(2,))
    reference = NoveltyReference(np.random.default_rng(0).random((20, 2)))
    with pytest.raises(ValueError, match="2 variables"):
        reference.mess(np.zeros((4, 3)))
    with pytest.raises(cancelled):
        reference.mess(np.zeros((400_000, 2)), control=stop_at(0.1))


def test_a_million_places_take_about_a_second():
    rng = np.random.default_rng(0)
    reference = NoveltyReference(rng.normal(size=(10_000, 10)))
    values = rng.normal(size=(1_000_000, 10))
    reference.mess(values[:10])
    start = time.process_time()
    reference.mess(values)
    assert time.process_time() - start < 5.0  # about 0.5 s where nothing else runs
