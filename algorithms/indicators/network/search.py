"""Shortest paths from one node of a network: Dijkstra's search over an indexed heap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.control import NULL_CONTROL
from algorithms.indicators.network.links import Links, node_count

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control

_OUT = -1
_DONE = -2


class Search(NamedTuple):
    """What a search finds, and the room it works in; made once and used for many searches.

    Parameters
    ----------
    distance : (n,) float64
        Length of the shortest path from the source; inf where there is none.
    parent : (n,) int32
        The node before on one such path; -1 at the source and where there is none.
    via : (n,) int32
        Number of the link from there.
    tied : (n,) int32
        1 where another path is as short by its last link, else 0.
    order : (n,) int32
        Nodes in the order in which they were reached for good, as far as reached.
    heap, place : (n,) int32
        Room for the heap, and where each node stands in it.
    """

    distance: FloatArray
    parent: IntArray
    via: IntArray
    tied: IntArray
    order: IntArray
    heap: IntArray
    place: IntArray


def search_room(count: int) -> Search:
    """Make room for searches among so many nodes."""
    whole = [np.empty(count, dtype=np.int32) for _ in range(6)]
    return Search(np.empty(count, dtype=np.float64), *whole)


@compiled
def rise(heap: IntArray, place: IntArray, key: FloatArray, at: int) -> None:
    """Move the node at a position of a heap up to where it belongs."""
    node = heap[at]
    while at > 0:
        above = (at - 1) >> 1
        if key[heap[above]] <= key[node]:
            break
        heap[at] = heap[above]
        place[heap[at]] = at
        at = above
    heap[at] = node
    place[node] = at


@compiled
def take_first(heap: IntArray, place: IntArray, key: FloatArray, size: int) -> int:
    """Take the first node out of a heap of a size and mark it as done; return the node."""
    first = int(heap[0])
    place[first] = _DONE
    size -= 1
    if size == 0:
        return first
    node = heap[size]
    at = 0
    below = 1
    while below < size:
        if below + 1 < size and key[heap[below + 1]] < key[heap[below]]:
            below += 1
        if key[heap[below]] >= key[node]:
            break
        heap[at] = heap[below]
        place[heap[at]] = at
        at = below
        below = 2 * at + 1
    heap[at] = node
    place[node] = at
    return first


@compiled
def _counts_links(links: Links) -> bool:
    """Tell whether every link has the length 1; rows are sorted, so their ends are enough."""
    for node in range(len(links.start) - 1):
        first, last = links.start[node], links.start[node + 1] - 1
        if last >= first and (links.length[first] != 1.0 or links.length[last] != 1.0):
            return False
    return True


@compiled
def _fewest_links(links: Links, source: int, search: Search) -> int:
    """Find the paths of fewest links, first come first served; see `shortest_paths`."""
    search.order[0] = source
    reached = 1
    at = 0
    while at < reached:
        node = search.order[at]
        at += 1
        new = search.distance[node] + 1.0
        for row in range(links.start[node], links.start[node + 1]):
            other = links.neighbour[row]
            if search.distance[other] == np.inf:
                search.distance[other] = new
                search.parent[other] = node
                search.via[other] = links.number[row]
                search.order[reached] = other
                reached += 1
            elif search.distance[other] == new:
                search.tied[other] = 1
    return reached


@compiled
def shortest_paths(links: Links, source: int, search: Search) -> int:
    """Find the shortest paths from a node to all others; return how many it reaches.

    Parameters
    ----------
    links : Links
        The network.
    source : int
        Node to start from; counts as reached.
    search : Search
        Overwritten.
    """
    distance, place, heap = search.distance, search.place, search.heap
    distance[:] = np.inf
    search.parent[:] = -1
    search.via[:] = -1
    search.tied[:] = 0
    place[:] = _OUT
    distance[source] = 0.0
    if _counts_links(links):
        return _fewest_links(links, source, search)
    heap[0] = source
    place[source] = 0
    size = 1
    reached = 0
    farthest = np.inf  # no path is longer, once all nodes have one
    while size > 0:
        node = take_first(heap, place, distance, size)
        size -= 1
        search.order[reached] = node
        reached += 1
        for at in range(links.start[node], links.start[node + 1]):
            other = links.neighbour[at]
            if place[other] == _DONE:
                continue
            new = distance[node] + links.length[at]
            if new > farthest:
                break
            if new == distance[other]:
                search.tied[other] = 1
            elif new < distance[other]:
                distance[other] = new
                search.tied[other] = 0
                search.parent[other] = node
                search.via[other] = links.number[at]
                if place[other] == _OUT:
                    heap[size] = other
                    place[other] = size
                    size += 1
                rise(heap, place, distance, place[other])
        if farthest == np.inf and reached + size == len(distance):
            farthest = distance.max()
    return reached


def path_lengths(links: Links, *, control: Control = NULL_CONTROL) -> FloatArray:
    """Return the length of the shortest path between each two nodes.

    Parameters
    ----------
    links : Links
        The network.
    control : Control
        Told the share of nodes done; may cancel.

    Returns
    -------
    (n, n) float64
        0 on the diagonal; inf where no path is.
    """
    count = node_count(links)
    found = np.empty((count, count))
    room = search_room(count)
    for node in range(count):
        control.report(node / count)
        shortest_paths(links, node, room)
        found[node] = room.distance
    control.report(1.0)
    return found
