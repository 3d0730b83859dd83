from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from algorithms.reserve.growth import (
    NONE,
    SEVERAL,
    Connectivity,
    Reach,
    Terrain,
    grow_reserves,
)

NO_GOALS = np.zeros((0, 0))


def no_reach(_selected):
    return Reach(np.zeros(0), np.zeros((0, 2)))


def line(n, *, start, touching, cost=None, side=None):
    """Return units in a row, each touching the next."""
    edges = np.column_stack([np.arange(n - 1), np.arange(1, n)]).astype(np.int32)
    return Terrain(
        cost=np.ones(n) if cost is None else np.asarray(cost, float),
        edges=edges,
        side=np.zeros(n, np.int32) if side is None else np.asarray(side, np.int32),
        start=np.asarray(start, np.int32),
        touching=np.asarray(touching, np.int32),
        open=np.ones(n, bool),
    )


def amounts(*rows):
    return csr_array(np.array(rows, dtype=float))


def grow(terrain, amount, need, **options):
    n = terrain.cost.size
    habitat = options.pop("habitat", np.zeros((0, n)))
    measure = options.pop("measure", no_reach)
    connectivity = Connectivity(habitat, measure)
    return grow_reserves(terrain, amount, np.asarray(need, float), connectivity, **options)


def test_a_reserve_grows_from_its_edge_to_what_it_needs():
    # The reserve lies left of unit 0; only unit 3 holds something.
    terrain = line(5, start=[0, NONE, NONE, NONE, NONE], touching=[0, NONE, NONE, NONE, NONE])
    grown = grow(terrain, amounts([0, 0, 0, 4, 9]), [4])
    assert grown.selected.tolist() == [True, True, True, True, False]
    assert grown.reserve.tolist() == [0, 0, 0, 0, NONE]
    assert grown.reached


def test_what_turns_out_not_to_be_needed_is_taken_off():
    # Unit 0 gives most for its cost and is added first; unit 1, needed too, gives enough.
    terrain = line(2, start=[0, 1], touching=[0, 1], cost=[1, 4])
    terrain = Terrain(
        cost=terrain.cost,
        edges=np.zeros((0, 2), np.int32),
        side=terrain.side,
        start=terrain.start,
        touching=terrain.touching,
        open=terrain.open,
    )
    grown = grow(terrain, amounts([3, 6], [0, 1]), [5, 1])
    assert grown.selected.tolist() == [False, True]


def test_units_that_would_join_two_reserves_are_never_added():
    # Reserves at both ends of three units: the middle one would join them once both have grown.
    terrain = line(3, start=[0, NONE, 1], touching=[0, NONE, 1])
    grown = grow(terrain, amounts([1, 1, 1]), [3])
    assert not grown.selected.all()
    assert not grown.reached
    assert grown.missing.tolist() == [1.0]
    # One that touches both from the start is out at once.
    tight = line(1, start=[0], touching=[SEVERAL])
    assert not grow(tight, amounts([1]), [1]).selected.any()


def test_a_reserve_grows_on_its_own_side_only():
    terrain = line(
        4, start=[0, NONE, NONE, NONE], touching=[0, NONE, NONE, NONE], side=[1, 1, 2, 2]
    )
    grown = grow(terrain, amounts([1, 1, 1, 1]), [4])
    assert grown.selected.tolist() == [True, True, False, False]
    assert grown.missing.tolist() == [2.0]


def test_the_cheaper_way_is_taken():
    terrain = line(4, start=[0, NONE, NONE, 1], touching=[0, NONE, NONE, 1], cost=[5, 1, 1, 1])
    grown = grow(terrain, amounts([0, 1, 1, 0]), [1])
    assert grown.selected.tolist() == [False, False, True, True]


def test_connectivity_is_grown_until_it_is_reached():
    # Connectivity is the square of the habitat of each reserve, summed: one large patch wins.
    terrain = line(
        6, start=[0, NONE, NONE, NONE, NONE, 1], touching=[0, NONE, NONE, NONE, NONE, 1]
    )
    habitat = np.ones((1, 6))
    first = np.array([4.0, 1.0])

    def measure(selected, goal):
        left = float(np.flatnonzero(~selected)[0]) if not selected.all() else 6.0
        right = float(selected.sum()) - left
        area = first + np.array([left, right])
        return Reach(np.array([max(0.0, goal - float((area**2).sum()))]), 2.0 * area[None, :])

    grown = grow(
        terrain, amounts([0] * 6), [0], habitat=habitat, measure=partial(measure, goal=50.0)
    )
    assert grown.selected.tolist() == [True, True, True, False, False, False]
    assert grown.reached
    # Never so far that the two meet: 8² and 2² is the most that four units can give.
    most = grow(
        terrain, amounts([0] * 6), [0], habitat=habitat, measure=partial(measure, goal=500.0)
    )
    assert not most.reached
    assert most.missing_reach[0] > 0


def test_what_is_surely_needed_is_not_measured():
    # The chain of four makes 7 where 6 are asked: 0, 1 and 3 are needed, and 3 hangs on 2.
    terrain = line(4, start=[0, NONE, NONE, NONE], touching=[0, NONE, NONE, NONE])
    worth = np.array([2.0, 2.0, 0.0, 3.0])
    measured = []

    def measure(selected, told):
        measured.append(selected.copy())
        over = float(worth @ selected) - 6.0
        reach = Reach(np.array([max(0.0, -over)]), np.array([[1.0]]))
        if not told:
            return reach
        loss = (worth * selected)[None, :]
        return reach._replace(spare=np.array([max(0.0, over)]), loss=loss)

    habitat = np.array([[1.0, 1.0, 1.0, 4.0]])
    counts, grown = [], []
    for told in (False, True):
        measured.clear()
        at_work = partial(measure, told=told)
        grown.append(grow(terrain, amounts([0] * 4), [0], habitat=habitat, measure=at_work))
        counts.append(len(measured))
    assert grown[0].selected.tolist() == grown[1].selected.tolist() == [True] * 4
    assert counts[1] < counts[0]


def test_growth_ends_with_its_time():
    terrain = line(4, start=[0, NONE, NONE, NONE], touching=[0, NONE, NONE, NONE])
    grown = grow(terrain, amounts([1, 1, 1, 1]), [4], seconds=0.0)
    assert grown.selected.tolist() == [True, False, False, False]
    assert not grown.utmost
    assert not grown.reached
    # What is reached by then is kept whole: it is only not seen what of it is needless.
    terrain = line(1, start=[0], touching=[0])
    grown = grow(terrain, amounts([1]), [1], seconds=0.0)
    assert grown.reached
    assert grown.utmost
    assert grown.untried == 1


def test_nothing_needed_is_nothing_grown():
    terrain = line(3, start=[0, NONE, NONE], touching=[0, NONE, NONE])
    grown = grow(terrain, amounts([1, 1, 1]), [0])
    assert not grown.selected.any()
    assert grown.reached


def test_what_may_not_be_added_is_left():
    terrain = line(3, start=[0, NONE, NONE], touching=[0, NONE, NONE])
    closed = Terrain(
        cost=terrain.cost,
        edges=terrain.edges,
        side=terrain.side,
        start=terrain.start,
        touching=terrain.touching,
        open=np.array([True, False, True]),
    )
    grown = grow(closed, amounts([1, 1, 1]), [3])
    assert grown.selected.tolist() == [True, False, False]


def test_shapes_that_disagree_are_refused():
    terrain = line(3, start=[0, NONE, NONE], touching=[0, NONE, NONE])
    with pytest.raises(ValueError, match="3 units do not fit"):
        grow(terrain, amounts([1, 1]), [1])
    with pytest.raises(ValueError, match="do not fit"):
        grow(terrain, amounts([1, 1, 1]), [1, 2])


def test_growth_can_be_cancelled():
    class CancelledError(Exception):
        pass

    class Control:
        def report(self, fraction):
            raise CancelledError

    terrain = line(3, start=[0, NONE, NONE], touching=[0, NONE, NONE])
    with pytest.raises(CancelledError):
        grow(terrain, amounts([1, 1, 1]), [3], control=Control())


def test_progress_never_falls():
    # Connectivity turns out to be a tenth of what was expected, measurement by measurement.
    n = 40
    terrain = line(n, start=[0] + [NONE] * (n - 1), touching=[0] + [NONE] * (n - 1))

    def measure(selected):
        return Reach(np.array([max(0.0, 3.0 - 0.1 * selected.sum())]), np.array([[1.0]]))

    told = []

    class Control:
        def report(self, fraction):
            told.append(fraction)

    grown = grow(
        terrain, amounts([0] * n), [0], habitat=np.ones((1, n)), measure=measure,
        control=Control(),
    )  # fmt: skip
    assert grown.reached
    assert told == sorted(told)
    assert told[-1] == 1.0


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_growth_hangs_on_its_reserves_and_joins_none(seed):
    rng = np.random.default_rng(seed)
    side = 6
    n = side * side
    number = np.arange(n).reshape(side, side)
    edges = np.concatenate(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    ).astype(np.int32)
    start = np.full(n, NONE, dtype=np.int32)
    roots = rng.choice(n, size=3, replace=False)
    start[roots] = np.arange(3)
    country = (np.arange(n) % side >= side // 2).astype(np.int32)
    terrain = Terrain(
        cost=rng.uniform(0.5, 2.0, n),
        edges=edges,
        side=country,
        start=start,
        touching=start.copy(),
        open=rng.uniform(size=n) < 0.9,
    )
    amount = csr_array(rng.uniform(0, 1, (2, n)) * (rng.uniform(size=(2, n)) < 0.4))
    need = 0.2 * np.asarray(amount.sum(axis=1)).ravel()
    grown = grow(terrain, amount, need, measure=lambda _: Reach(np.zeros(0), np.zeros((0, 3))))
    chosen = grown.selected
    assert not (chosen & ~terrain.open).any()
    assert ((grown.reserve >= 0) == chosen).all()
    held = amount @ chosen.astype(float)
    assert np.allclose(grown.missing, np.maximum(need - held, 0.0), atol=1e-8)
    for a, b in edges.tolist():  # touching units belong to one reserve
        if chosen[a] and chosen[b]:
            assert grown.reserve[a] == grown.reserve[b]
    for unit in np.flatnonzero(chosen):  # each hangs on its root through its own side
        assert _reaches_root(unit, terrain, grown)


def _reaches_root(unit, terrain, grown):
    seen, waiting = {unit}, [unit]
    while waiting:
        here = waiting.pop()
        if terrain.start[here] == grown.reserve[unit]:
            return True
        for a, b in terrain.edges.tolist():
            for one, other in ((a, b), (b, a)):
                if (
                    one == here
                    and other not in seen
                    and grown.selected[other]
                    and terrain.side[other] == terrain.side[unit]
                ):
                    seen.add(other)
                    waiting.append(other)
    return False
