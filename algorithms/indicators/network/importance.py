"""What each node and link is for: the loss where it is taken away, and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL
from algorithms.indicators.network.links import amounts, node_count
from algorithms.indicators.network.search import (
    Search,
    rise,
    search_room,
    shortest_paths,
    take_first,
)
from algorithms.indicators.network.worth import WORTH_NUMBER, Worth, over_nodes, worth_of

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.indicators.network.links import Links


@dataclass(frozen=True, slots=True)
class Importance:
    """What is lost by the removal of each node and of each link.

    Parameters
    ----------
    total : float
        What all pairs are worth, ``sum_i sum_j s_i t_j w_ij``; the unit of the losses below.
    intra : (n,) float64
        What the node is worth by itself, ``s_k t_k``.
    flux : (n,) float64
        What pairs with the node at one end are worth.
    connector : (n,) float64
        What pairs of other nodes lose because their best path led over the node.
    links : (m,) float64
        What all pairs lose where the link alone is taken away; empty where not asked for.
    """

    total: float
    intra: FloatArray
    flux: FloatArray
    connector: FloatArray
    links: FloatArray

    @property
    def removal(self) -> FloatArray:
        """(n,) float64: all that is lost with the node."""
        return self.intra + self.flux + self.connector

    def percent(self, loss: FloatArray) -> FloatArray:
        """Return losses as percentages of the total; 0 where there is nothing to lose."""
        share: FloatArray = 100.0 * loss / self.total if self.total > 0 else np.zeros_like(loss)
        return share


class _Tree(NamedTuple):
    """Tree of the shortest paths from one node, so numbered that a subtree is one stretch."""

    size: IntArray
    targets: IntArray
    enter: IntArray
    following: IntArray
    sequence: IntArray


class _Room(NamedTuple):
    detour: FloatArray
    heap: IntArray
    place: IntArray


class _Losses(NamedTuple):
    received: FloatArray
    given: FloatArray
    node: FloatArray
    link: FloatArray


@compiled
def _number_tree(search: Search, reached: int, target: FloatArray, tree: _Tree) -> None:
    """Order the nodes so that each subtree follows its root; count the targets in each."""
    tree.enter[:] = -1
    for at in range(reached):
        node = search.order[at]
        tree.size[node] = 1
        tree.targets[node] = 1 if target[node] > 0.0 else 0
    for at in range(reached - 1, 0, -1):
        node = search.order[at]
        tree.size[search.parent[node]] += tree.size[node]
        tree.targets[search.parent[node]] += tree.targets[node]
    source = search.order[0]
    tree.enter[source] = 0
    tree.following[source] = 1
    tree.sequence[0] = source
    for at in range(1, reached):
        node = search.order[at]
        parent = search.parent[node]
        place = tree.following[parent]
        tree.following[parent] += tree.size[node]
        tree.enter[node] = place
        tree.following[node] = place + 1
        tree.sequence[place] = node


@compiled
def _enter_cut_off(
    links: Links, search: Search, tree: _Tree, cut: tuple[int, int, int, int], room: _Room
) -> tuple[int, float]:
    """Find the way into each node that is cut off, straight from those that are not.

    `cut` holds the first and last place in the tree's sequence of the nodes cut off, the first
    of those that must not be used, and the number of a link that must not be used.
    """
    low, high, banned, link = cut
    size = 0
    longest = 0.0
    for at in range(low, high):
        node = tree.sequence[at]
        best = np.inf
        for row in range(links.start[node], links.start[node + 1]):
            if links.length[row] >= best:
                break
            other = links.neighbour[row]
            if banned <= tree.enter[other] < high or links.number[row] == link:
                continue
            best = min(best, search.distance[other] + links.length[row])
        room.detour[node] = best
        longest = max(longest, best)
        room.place[node] = -1
        if best < np.inf:
            room.heap[size] = node
            room.place[node] = size
            size += 1
            rise(room.heap, room.place, room.detour, size - 1)
    return size, longest


@compiled
def _loss_of_cut(
    links: Links,
    work: tuple[Search, _Tree, _Room],
    cut: tuple[int, int, int, int],
    target: FloatArray,
    kind: int,
) -> float:
    """Return what the pairs of the source with the nodes cut off lose by the detour."""
    search, tree, room = work
    low, high = cut[0], cut[1]
    size, longest = _enter_cut_off(links, search, tree, cut, room)
    lost = 0.0
    left = 0
    for at in range(low, high):
        node = tree.sequence[at]
        if target[node] > 0.0:
            left += 1
            lost += target[node] * worth_of(search.distance[node], kind)
    while size > 0:
        node = take_first(room.heap, room.place, room.detour, size)
        size -= 1
        here = room.detour[node]
        if target[node] > 0.0:
            lost -= target[node] * worth_of(max(here, search.distance[node]), kind)
            left -= 1
            if left == 0:
                break
        for row in range(links.start[node], links.start[node + 1]):
            new = here + links.length[row]
            if new >= longest:
                break
            other = links.neighbour[row]
            if low <= tree.enter[other] < high and new < room.detour[other]:
                room.detour[other] = new
                if room.place[other] == -1:
                    room.heap[size] = other
                    room.place[other] = size
                    size += 1
                rise(room.heap, room.place, room.detour, room.place[other])
    return max(lost, 0.0)


@compiled
def _losses_from(
    links: Links,
    source: int,
    amount: tuple[FloatArray, FloatArray],
    kind: int,
    work: tuple[Search, _Tree, _Room],
    losses: _Losses,
) -> None:
    """Add what pairs with this first node are worth, and lose by each removal."""
    search, tree, _ = work
    given, target = amount
    reached = shortest_paths(links, source, search)
    for at in range(1, reached):
        node = search.order[at]
        if target[node] > 0.0:
            worth = worth_of(search.distance[node], kind)
            losses.received[source] += target[node] * worth
            losses.given[node] += given[source] * worth
    _number_tree(search, reached, target, tree)
    for at in range(1, reached):
        node = search.order[at]
        if tree.targets[node] == 0:
            continue
        low = tree.enter[node]
        high = low + tree.size[node]
        if len(losses.link):
            through_link = _loss_of_cut(
                links, work, (low, high, low, search.via[node]), target, kind
            )
            losses.link[search.via[node]] += given[source] * through_link
        if high - low > 1:
            through = _loss_of_cut(links, work, (low + 1, high, low, -1), target, kind)
            losses.node[node] += given[source] * through


def removal_importance(
    links: Links,
    source: FloatArray,
    target: FloatArray,
    worth: Worth,
    *,
    with_links: bool = True,
    control: Control = NULL_CONTROL,
) -> Importance:
    """Measure what the removal of each node, and of each link, takes from all ordered pairs.

    With areas as `source` and `target` the parts are those of dPC (worth ``probability``,
    lengths ``-ln p``) and of dIIC (worth ``links``, lengths 1), as sums and not yet as
    percentages: see `Importance.percent`.

    A removal changes only the paths that lead over what is removed. For each first node the
    nodes behind each node and link in the tree of shortest paths are searched again, entered
    from the nodes that keep their paths; all others are left as they are. Where `source` and
    `target` are the same, each pair is looked at from one end only, and the first nodes sweep
    over the network so that trees soon hold no more to look at.

    Parameters
    ----------
    links : Links
        The network.
    source, target : (n,) float64
        Amount of each node as the first and as the second of a pair, finite and >= 0.
    worth : {"probability", "links", "reach"}
        What a path is worth by its length; see `algorithms.indicators.network.worth`.
    with_links : bool
        Measure the removal of links too; about doubles the time.
    control : Control
        Told the share of nodes done; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree or an amount is outside its range.

    References
    ----------
    Saura, S. & Rubio, L. (2010). A common currency for the different ways in which patches and
    links can contribute to habitat availability and connectivity in the landscape. Ecography
    33, 523-537.
    """
    count = node_count(links)
    given, taken = amounts(source, count, "source"), amounts(target, count, "target")
    kind = WORTH_NUMBER[worth]
    link_numbers = int(links.number.max()) + 1 if with_links and len(links.number) else 0
    mirrored = np.array_equal(given, taken)
    sweep = _sweep(links)

    def work(nodes: range, inner: Control) -> _Losses:
        losses = _Losses(
            np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(link_numbers)
        )
        tree = _Tree(*(np.zeros(count, dtype=np.int32) for _ in range(5)))
        room = _Room(np.zeros(count), *(np.zeros(count, dtype=np.int32) for _ in range(2)))
        search = search_room(count)
        left = taken.copy()
        for done, at in enumerate(nodes):
            inner.report(done / len(nodes))
            if mirrored:
                left[sweep[: at + 1]] = 0.0
            if given[sweep[at]] > 0:
                room_of = search, tree, room
                _losses_from(links, sweep[at], (given, left), kind, room_of, losses)
        return losses

    found = over_nodes(count, work, control)
    if not found:
        nothing = np.zeros(0)
        return Importance(0.0, nothing, nothing, nothing, nothing)
    received, handed, connector, by_link = (
        np.sum([getattr(part, name) for part in found], axis=0) for name in _Losses._fields
    )
    ways = 2 if mirrored else 1
    intra = given * taken
    first = ways * given * received
    return Importance(
        total=float(intra.sum() + first.sum()),
        intra=intra,
        flux=first + ways * taken * handed,
        connector=ways * connector,
        links=ways * by_link,
    )


def _sweep(links: Links) -> IntArray:
    """Order the nodes so that neighbours follow soon on each other."""
    count = node_count(links)
    if len(links.neighbour) == 0:
        return np.arange(count, dtype=np.int32)
    joined = csr_array(
        (np.ones(len(links.neighbour), dtype=np.int8), links.neighbour, links.start),
        shape=(count, count),
    )
    order: IntArray = reverse_cuthill_mckee(joined, symmetric_mode=True).astype(np.int32)
    return order
