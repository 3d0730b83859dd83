"""Flyways: sites as nodes, flights within range as links, from breeding to wintering."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL, PartControl
from algorithms.indicators.network.betweenness import betweenness
from algorithms.indicators.network.importance import removal_importance
from algorithms.indicators.network.links import (
    amounts,
    components,
    links_between,
    listed_links,
    square,
    unit_links,
)
from algorithms.indicators.network.search import search_room, shortest_paths

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.indicators.network.betweenness import Betweenness
    from algorithms.indicators.network.importance import Importance

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (2a + b) / 3 of the WGS 84 ellipsoid, the sphere of `great_circle_distances`."""


def great_circle_distances(lon: FloatArray, lat: FloatArray) -> FloatArray:
    """Measure the distances between places on a sphere (haversine).

    The sphere has the mean radius of WGS 84; distances differ from geodesics on the ellipsoid
    by 0.56 % at most.

    Parameters
    ----------
    lon, lat : (n,) float64
        Degrees.

    Returns
    -------
    (n, n) float64
        Metres.
    """
    east, north = np.radians(lon), np.radians(lat)
    half = np.sin((north[:, None] - north) / 2) ** 2
    half += np.cos(north)[:, None] * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    distance: FloatArray = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance


@dataclass(frozen=True, slots=True)
class FlywayMeasures:
    """What a flyway is at one flight range, and what each site is for.

    Parameters
    ----------
    part : (n,) int32
        Part of the flyway of each site; no flight within range joins two parts.
    pairs : Importance
        Pairs of a breeding and a wintering site that flights join, each worth the product of
        its weights; ``connector`` is what the loss of a site parts.
    flights : Importance
        The same pairs, each worth ``1 / (1 + fewest flights)``.
    routes : Betweenness
        ``amounts`` is the weight of pairs whose shortest route rests at the site.
    possible : float
        What all pairs would be worth in `pairs`.
    needed_leg : float
        Longest flight that must be flown: the smallest range at which every breeding site
        reaches a wintering site and every wintering site a breeding one; inf where none is.
    needed_leg_without : (n,) float64
        The same after the loss of each site.
    cut : (k,) int32
        A smallest set of sites without which no route is left; k is also the number of routes
        that share no site. Empty where no route is.
    """

    part: IntArray
    pairs: Importance
    flights: Importance
    routes: Betweenness
    possible: float
    needed_leg: float
    needed_leg_without: FloatArray
    cut: IntArray

    @property
    def connected_share(self) -> float:
        """Share of the pairs that flights join, by weight; NaN where there are no pairs."""
        joined = self.pairs.total - float(self.pairs.intra.sum())
        return joined / self.possible if self.possible > 0 else float("nan")

    @property
    def lengthening(self) -> FloatArray:
        """(n,) float64: by how much the loss of each site lengthens the needed flight."""
        with np.errstate(invalid="ignore"):
            longer = self.needed_leg_without - self.needed_leg
        found: FloatArray = np.where(np.isfinite(self.needed_leg), np.maximum(longer, 0), 0.0)
        return found

    @property
    def critical(self) -> BoolArray:
        """(n,) bool: sites whose loss parts breeding from wintering sites elsewhere."""
        found: BoolArray = self.pairs.connector > 1e-12 * max(self.possible, 1e-300)
        return found


def measure_flyway(
    distance: FloatArray,
    breeding: FloatArray,
    wintering: FloatArray,
    flight_range: float,
    *,
    control: Control = NULL_CONTROL,
) -> FlywayMeasures:
    """Measure how breeding and wintering sites hang together by flights within a range.

    Every site may be rested at, whatever its role; only pairs of one breeding and one other
    wintering site count.

    Parameters
    ----------
    distance : (n, n) float64
        Between sites, symmetric, >= 0.
    breeding, wintering : (n,) float64
        Weight of each site as a breeding and as a wintering ground, finite and >= 0; 0 for
        sites without that role and where it is not known.
    flight_range : float
        Longest single flight, in the unit of `distance`, finite and > 0.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree or a value is outside the ranges above.

    References
    ----------
    Saura, S. & Rubio, L. (2010). Ecography 33, 523-537 (importance by removal).

    Pollack, M. (1960). The maximum capacity through a network. Operations Research 8, 733-736
    (the route whose worst leg is best).
    """
    count = len(square(distance, "distance"))
    first = amounts(breeding, count, "breeding")
    last = amounts(wintering, count, "wintering")
    if not (np.isfinite(flight_range) and flight_range > 0):
        raise ValueError(f"the flight range must be finite and > 0, got {flight_range}")
    links = links_between(distance, longest=flight_range)
    steps = unit_links(links)
    ranges = [PartControl(control, at / 4, (at + 1) / 4) for at in range(4)]
    legs, legs_without = _needed_legs(distance, first > 0, last > 0, ranges[3])
    return FlywayMeasures(
        part=components(links),
        pairs=removal_importance(
            steps, first, last, "reach", with_links=False, control=ranges[0]
        ),
        flights=removal_importance(
            steps, first, last, "links", with_links=False, control=ranges[1]
        ),
        routes=betweenness(links, first, last, "reach", control=ranges[2]),
        possible=float(first.sum() * last.sum() - (first * last).sum()),
        needed_leg=legs,
        needed_leg_without=legs_without,
        cut=smallest_cut(distance <= flight_range, first > 0, last > 0),
    )


@compiled
def _minimax(distance: FloatArray, without: int, legs: FloatArray) -> None:
    """Fill in the longest leg of the best route between each two nodes, but for one node."""
    count = len(distance)
    legs[:] = np.inf
    near = np.full(count, np.inf)
    parent = np.full(count, -1)
    joined = np.zeros(count, dtype=np.bool_)
    order = np.empty(count, dtype=np.int64)
    size = 0
    while True:
        node = -1
        for other in range(count):
            free = other != without and not joined[other]
            if free and (node < 0 or near[other] < near[node]):
                node = other
        if node < 0:
            return
        for at in range(size):
            before = order[at]
            leg = near[node]
            if parent[node] >= 0:
                leg = max(leg, legs[parent[node], before])
            legs[node, before] = leg
            legs[before, node] = leg
        joined[node] = True
        legs[node, node] = 0.0
        order[size] = node
        size += 1
        for other in range(count):
            if not joined[other] and distance[node, other] < near[other]:
                near[other] = distance[node, other]
                parent[other] = node


def minimax_legs(distance: FloatArray) -> FloatArray:
    """Return the longest leg of the route whose longest leg is shortest, for each two nodes.

    Parameters
    ----------
    distance : (n, n) float64
        Symmetric, >= 0; inf means no way.

    Returns
    -------
    (n, n) float64
        0 on the diagonal, inf where no route is.

    Raises
    ------
    ValueError
        The array is not square.
    """
    legs = np.empty_like(square(distance, "distance"), dtype=np.float64)
    _minimax(np.ascontiguousarray(distance, dtype=np.float64), -1, legs)
    return legs


def _needed_legs(
    distance: FloatArray, breeding: BoolArray, wintering: BoolArray, control: Control
) -> tuple[float, FloatArray]:
    count = len(distance)
    plain = np.ascontiguousarray(distance, dtype=np.float64)
    legs = np.empty((count, count))
    found = np.empty(count + 1)
    for without in range(-1, count):
        control.report((without + 1) / (count + 1))
        _minimax(plain, without, legs)
        left = np.arange(count) != without
        found[without] = _needed_leg(legs, breeding & left, wintering & left)
    control.report(1.0)
    return float(found[-1]), found[:-1]


def _needed_leg(legs: FloatArray, breeding: BoolArray, wintering: BoolArray) -> float:
    """Return the smallest range at which every end reaches one of the other kind."""
    if not (breeding.any() and wintering.any()):
        return float("inf")
    between = legs[np.ix_(breeding, wintering)]
    return float(max(between.min(axis=1).max(), between.min(axis=0).max()))


def smallest_cut(linked: BoolArray, breeding: BoolArray, wintering: BoolArray) -> IntArray:
    """Find a smallest set of sites without which no breeding reaches a wintering site.

    By Menger's theorem it is as large as the number of routes that share no site, found as a
    maximum flow with room for one route at each site.

    Parameters
    ----------
    linked : (n, n) bool
        Whether a flight joins two sites; symmetric.
    breeding, wintering : (n,) bool
        The ends of routes; a site that is both is a route of its own.

    Returns
    -------
    (k,) int32
        Sites of the set nearest to the breeding sites; empty where no route is.
    """
    count = len(linked)
    a, b = np.nonzero(linked & ~np.eye(count, dtype=np.bool_))
    node = np.arange(count)
    start, goal = 2 * count, 2 * count + 1
    ends_a, ends_b = np.flatnonzero(breeding), np.flatnonzero(wintering)
    rows = np.concatenate([node, a + count, np.full(len(ends_a), start), ends_b + count])
    columns = np.concatenate([node + count, b, ends_a, np.full(len(ends_b), goal)])
    room = np.full(len(rows), max(count, 1), dtype=np.int32)
    room[:count] = 1
    shape = (2 * count + 2, 2 * count + 2)
    capacity = csr_array((room, (rows, columns)), shape=shape)
    flow = maximum_flow(capacity, start, goal).flow
    left = csr_array((capacity - flow) > 0)
    reached = np.zeros(2 * count + 2, dtype=np.bool_)
    reached[breadth_first_order(left, start, return_predecessors=False)] = True
    cut: IntArray = np.flatnonzero(reached[:count] & ~reached[count : 2 * count]).astype(
        np.int32
    )
    return cut


@dataclass(frozen=True, slots=True)
class Gap:
    """The shortest way between two parts of a flyway, longer than one flight.

    Parameters
    ----------
    first, second : int
        The sites at its ends.
    parts : tuple of int
        The parts they belong to.
    length : float
        Distance between them.
    stones : int
        Fewest resting places in between that would close it.
    gain : float
        Weight of the pairs of breeding and wintering sites that closing it would join.
    """

    first: int
    second: int
    parts: tuple[int, int]
    length: float
    stones: int
    gain: float


def find_gaps(
    distance: FloatArray, breeding: FloatArray, wintering: FloatArray, flight_range: float
) -> tuple[Gap, ...]:
    """Find the gaps between the parts of a flyway: those of the shortest tree that joins all.

    Parameters
    ----------
    distance, breeding, wintering, flight_range
        As for `measure_flyway`.

    Returns
    -------
    tuple of Gap
        One fewer than there are parts; those that join most come first, then the shortest.

    Raises
    ------
    ValueError
        The array is not square, or the range is not finite and > 0.
    """
    count = len(square(distance, "distance"))
    if not (np.isfinite(flight_range) and flight_range > 0):
        raise ValueError(f"the flight range must be finite and > 0, got {flight_range}")
    part = components(links_between(distance, longest=flight_range))
    first, second = np.triu_indices(count, k=1)
    length = distance[first, second]
    between = (part[first] != part[second]) & np.isfinite(length)
    order = np.argsort(length[between], kind="stable")
    first, second, length = (values[between][order] for values in (first, second, length))
    parts = int(part.max()) + 1 if count else 0
    group = np.arange(parts)
    given, taken = (
        np.bincount(part, weights=w, minlength=parts) for w in (breeding, wintering)
    )
    found = []
    for a, b, apart in zip(first, second, length, strict=True):
        ends = int(part[a]), int(part[b])
        if group[ends[0]] == group[ends[1]]:
            continue
        group[group == group[ends[1]]] = group[ends[0]]
        gain = given[ends[0]] * taken[ends[1]] + given[ends[1]] * taken[ends[0]]
        stones = int(np.ceil(apart / flight_range - 1e-9)) - 1
        found.append(Gap(int(a), int(b), ends, float(apart), max(stones, 1), float(gain)))
    return tuple(sorted(found, key=lambda gap: (-gap.gain, gap.length)))


def fewest_stones(
    distance: FloatArray, flight_range: float, start: BoolArray, goal: BoolArray
) -> IntArray | None:
    """Find the fewest further places that let flights reach one part from another.

    Parameters
    ----------
    distance : (n, n) float64
        Between sites and candidates, symmetric, finite.
    flight_range : float
        Longest single flight.
    start, goal : (n,) bool
        Sites of either part; all other nodes are candidates.

    Returns
    -------
    (k,) int32 or None
        The candidates in the order of flight; of equally many, those of the shortest way. None
        where no chain of candidates closes the gap.
    """
    count = len(distance)
    links = links_between(distance, longest=flight_range)
    rows = np.repeat(np.arange(count, dtype=np.int32), np.diff(links.start))
    once = rows < links.neighbour
    a, b, length = rows[once], links.neighbour[once], links.length[once]
    stone = ~(start | goal)
    dear = flight_range * (count + 1)  # one stone more weighs more than any way
    ends = np.flatnonzero(start).astype(np.int32)
    network = listed_links(
        count + 1,
        np.concatenate([a, np.full(len(ends), count, dtype=np.int32)]),
        np.concatenate([b, ends]),
        np.concatenate(
            [length + dear * (stone[a] * 0.5 + stone[b] * 0.5), np.zeros(len(ends))]
        ),
    )
    room = search_room(count + 1)
    shortest_paths(network, count, room)
    reached = np.where(goal, room.distance[:count], np.inf)
    if not np.isfinite(reached).any():
        return None
    node = int(np.argmin(reached))
    way = []
    while node != count:
        if stone[node]:
            way.append(node)
        node = int(room.parent[node])
    return np.array(way[::-1], dtype=np.int32)
