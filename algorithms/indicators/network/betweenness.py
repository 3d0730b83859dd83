"""Betweenness: how many shortest paths lead over each node, plain or weighted by areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL
from algorithms.indicators.network.links import amounts, node_count
from algorithms.indicators.network.search import Search, search_room, shortest_paths
from algorithms.indicators.network.worth import WORTH_NUMBER, Worth, over_nodes, worth_of

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.indicators.network.links import Links

_TOUCHING = 1e-9
"""Length of a link of length 0, in lengths of the shortest link that is longer."""


@dataclass(frozen=True, slots=True)
class Betweenness:
    """Betweenness of each node, each pair of other nodes counted once.

    Parameters
    ----------
    paths : (n,) float64
        Number of pairs whose shortest path leads over the node; of several shortest paths each
        counts its share.
    amounts : (n,) float64
        The same pairs, each counted with what it is worth: ``s_i t_j w_ij``, once per ordered
        pair where `source` and `target` differ, once per pair where they are the same.
    """

    paths: FloatArray
    amounts: FloatArray

    @property
    def normalised(self) -> FloatArray:
        """(n,) float64: `paths` as a share of all pairs of other nodes."""
        count = len(self.paths)
        pairs = (count - 1) * (count - 2) / 2
        share: FloatArray = self.paths / pairs if pairs > 0 else np.zeros_like(self.paths)
        return share


class _Passing(NamedTuple):
    """Room to count paths in."""

    ways: FloatArray
    rank: IntArray
    paths: FloatArray
    amounts: FloatArray


@compiled
def _count_ways(links: Links, search: Search, reached: int, room: _Passing) -> None:
    """Count the shortest paths to each node, and note in which order nodes were reached."""
    room.rank[:] = -1
    for at in range(reached):
        node = search.order[at]
        room.rank[node] = at
        room.ways[node] = 1.0 if at == 0 else 0.0
        room.paths[node] = 0.0
        room.amounts[node] = 0.0
        if search.tied[node] == 0:
            if at > 0:
                room.ways[node] = room.ways[search.parent[node]]
            continue
        for row in range(links.start[node], links.start[node + 1]):
            length = links.length[row]
            if length > search.distance[node]:
                break
            before = links.neighbour[row]
            if (
                0 <= room.rank[before] < at
                and search.distance[before] + length == search.distance[node]
            ):
                room.ways[node] += room.ways[before]


@compiled
def _add_passing(
    links: Links,
    source: int,
    weight: tuple[FloatArray, FloatArray],
    kind: int,
    work: tuple[Search, _Passing],
    sums: tuple[FloatArray, FloatArray],
) -> None:
    """Add what passes each node on its way from one source (Brandes' accumulation)."""
    search, room = work
    given, target = weight
    reached = shortest_paths(links, source, search)
    _count_ways(links, search, reached, room)
    for at in range(reached - 1, 0, -1):
        node = search.order[at]
        worth = given[source] * target[node] * worth_of(search.distance[node], kind)
        plain = (1.0 + room.paths[node]) / room.ways[node]
        amount = (worth + room.amounts[node]) / room.ways[node]
        sums[0][node] += room.paths[node]
        sums[1][node] += room.amounts[node]
        if search.tied[node] == 0:
            before = search.parent[node]
            room.paths[before] += room.ways[before] * plain
            room.amounts[before] += room.ways[before] * amount
            continue
        for row in range(links.start[node], links.start[node + 1]):
            length = links.length[row]
            if length > search.distance[node]:
                break
            before = links.neighbour[row]
            if (
                0 <= room.rank[before] < at
                and search.distance[before] + length == search.distance[node]
            ):
                room.paths[before] += room.ways[before] * plain
                room.amounts[before] += room.ways[before] * amount


def betweenness(
    links: Links,
    source: FloatArray,
    target: FloatArray,
    worth: Worth = "reach",
    *,
    control: Control = NULL_CONTROL,
) -> Betweenness:
    """Measure betweenness on the shortest paths, plain and with pairs weighted.

    With areas as `source` and `target`, `Betweenness.amounts` is BC(PC) (worth
    ``probability``, lengths ``-ln p``) or BC(IIC) (worth ``links``, lengths 1).

    Two paths are equally short where the sums of their lengths, added from the first node on,
    are the same number. Links of length 0 count as a billionth of the shortest other link, so
    that fewer of them is shorter.

    Parameters
    ----------
    links : Links
        The network; unit lengths for unweighted betweenness.
    source, target : (n,) float64
        Amount of each node as the first and as the second of a pair, finite and >= 0.
    worth : {"probability", "links", "reach"}
        What a path is worth by its length.
    control : Control
        Told the share of nodes done; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree or an amount is outside its range.

    References
    ----------
    Freeman, L. C. (1977). A set of measures of centrality based on betweenness. Sociometry 40,
    35-41.

    Brandes, U. (2001). A faster algorithm for betweenness centrality. Journal of Mathematical
    Sociology 25, 163-177.

    Bodin, Ö. & Saura, S. (2010). Ranking individual habitat patches as connectivity providers:
    integrating network analysis and patch removal experiments. Ecological Modelling 221,
    2393-2405.
    """
    count = node_count(links)
    given, taken = amounts(source, count, "source"), amounts(target, count, "target")
    longer = links.length[links.length > 0]
    least = float(longer.min()) if len(longer) else 1.0
    apart = links._replace(length=np.where(links.length == 0, _TOUCHING * least, links.length))
    kind = WORTH_NUMBER[worth]

    def work(nodes: range, inner: Control) -> tuple[FloatArray, FloatArray]:
        search = search_room(count)
        room = _Passing(
            np.zeros(count), np.zeros(count, dtype=np.int32), np.zeros(count), np.zeros(count)
        )
        sums = np.zeros(count), np.zeros(count)
        for done, node in enumerate(nodes):
            inner.report(done / len(nodes))
            _add_passing(apart, node, (given, taken), kind, (search, room), sums)
        return sums

    found = over_nodes(count, work, control)
    if not found:
        return Betweenness(np.zeros(0), np.zeros(0))
    paths, passing = (np.sum([part[at] for part in found], axis=0) for at in range(2))
    twice = np.array_equal(given, taken)
    return Betweenness(paths / 2, passing / 2 if twice else passing)
