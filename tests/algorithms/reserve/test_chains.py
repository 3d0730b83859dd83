from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array, csr_array
from scipy.sparse.csgraph import dijkstra

from algorithms.reserve.chains import (
    NONE,
    SEVERAL,
    best_end,
    chains_from,
    claim,
    hang_without,
    ties_of,
    wanted_of,
)


def square(side, rng):
    """Return units in a square: edges, side of each, roots, what may be added, and cost."""
    n = side * side
    number = np.arange(n).reshape(side, side)
    edges = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    ).astype(np.int32)
    start = np.full(n, NONE, dtype=np.int32)
    start[rng.choice(n, size=3, replace=False)] = np.arange(3)
    country = (np.arange(n) % side >= side // 2).astype(np.int32)
    return edges, country, start, rng.uniform(size=n) < 0.9, rng.uniform(0.5, 2.0, n)


def cheapest(edges, side, chains):
    """Return the length of the cheapest chain to each unit, by scipy."""
    n = side.size
    ends = np.concatenate([edges, edges[:, ::-1]])
    ends = ends[chains.free[ends].all(axis=1) & (side[ends[:, 0]] == side[ends[:, 1]])]
    first = np.flatnonzero(chains.free & (chains.first >= 0))
    rows = np.concatenate([ends[:, 0], np.full(first.size, n)])
    columns = np.concatenate([ends[:, 1], first])
    graph = csr_array((chains.cost[columns], (rows, columns)), shape=(n + 1, n + 1))
    return dijkstra(graph, indices=n)[:n]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_chains_stay_the_cheapest_while_reserves_grow(seed):
    rng = np.random.default_rng(seed)
    edges, side, start, may, cost = square(7, rng)
    ties = ties_of(edges, side)
    chains = chains_from(ties, start, may, start, cost)
    assert np.allclose(chains.length, cheapest(edges, side, chains))
    added = np.zeros(cost.size, bool)
    for _ in range(6):
        reached = np.flatnonzero(np.isfinite(chains.length))
        if not reached.size:
            return
        chain = [int(rng.choice(reached))]
        while (before := int(chains.before[chain[-1]])) != NONE:
            chain.append(before)
        reserve = int(chains.first[chain[-1]])
        added[chain] = True
        claim(ties, chains, np.array(chain, np.int32), reserve)
        assert not (chains.free & (added | (chains.claimed == SEVERAL))).any()
        assert np.allclose(chains.length, cheapest(edges, side, chains))
        # Each unit beside what was added, on its side, can be the next.
        for a, b in np.concatenate([edges, edges[:, ::-1]]).tolist():
            if a in chain and chains.free[b] and side[a] == side[b]:
                assert chains.first[b] == reserve


def test_the_end_of_the_best_chain_gives_most_for_its_cost():
    # Units 0 to 3 in a row from a reserve: 0 + 6 for 3, or 0 + 6 + 1 for 4, or 10 for 9.
    edges = np.array([[0, 1], [1, 2], [0, 3]], np.int32)
    side = np.zeros(4, np.int32)
    start = np.array([0, NONE, NONE, NONE], np.int32)
    cost = np.array([1.0, 2.0, 1.0, 8.0])
    ties = ties_of(edges, side)
    chains = chains_from(ties, start, np.ones(4, bool), start, cost)
    amount = csc_array(np.array([[0.0, 6.0, 1.0, 10.0]]))
    wanted = wanted_of(amount, np.zeros((0, 4)), np.array([20.0]))
    assert best_end(chains, wanted, cost) == (1, 0)
    assert chains.before.tolist() == [NONE, 0, 1, 0]
    # Where only 1 is missing, more than that counts for nothing.
    wanted = wanted._replace(missing=np.array([0.5]))
    assert best_end(chains, wanted, cost) == (2, 0)
    # Where nothing is missing there is none.
    assert best_end(chains, wanted._replace(missing=np.zeros(1)), cost) == (NONE, NONE)


def test_connectivity_counts_by_the_reserve_that_a_chain_hangs_on():
    edges = np.zeros((0, 2), np.int32)
    start = np.array([0, 1], np.int32)
    cost = np.ones(2)
    ties = ties_of(edges, np.zeros(2, np.int32))
    chains = chains_from(ties, start, np.ones(2, bool), start, cost)
    wanted = wanted_of(csc_array((0, 2)), np.ones((1, 2)), np.zeros(0))._replace(
        goal=np.array([10.0]), left=np.array([10.0]), worth=np.array([[1.0, 3.0]])
    )
    assert best_end(chains, wanted, cost) == (1, 1)


@pytest.mark.parametrize(("without", "hang"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_unit_on_which_others_hang_is_told(without, hang):
    ties = ties_of(np.array([[0, 1], [1, 2]], np.int32), np.zeros(4, np.int32))
    start = np.array([0, NONE, NONE, 1], np.int32)
    assert hang_without(ties, np.ones(4, bool), start, without) is hang
    # Over a border nothing hangs on anything.
    apart = ties_of(np.array([[0, 1], [1, 2]], np.int32), np.array([0, 0, 1, 0], np.int32))
    assert not hang_without(apart, np.ones(4, bool), start, 3)
