"""What a pair of nodes is worth, by the length of the shortest path between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.threads import in_threads
from algorithms.control import NULL_CONTROL
from algorithms.indicators.network.links import amounts, node_count
from algorithms.indicators.network.search import Search, search_room, shortest_paths

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import FloatArray
    from algorithms.control import Control
    from algorithms.indicators.network.links import Links

ResultT = TypeVar("ResultT")

Worth = Literal["probability", "links", "reach"]
"""``exp(-l)`` of the path's length l, ``1 / (1 + l)``, or 1 where there is a path at all."""

WORTH_NUMBER: dict[str, int] = {"probability": 0, "links": 1, "reach": 2}
_PARTS = 16


@compiled
def worth_of(length: float, kind: int) -> float:
    """Return what a path of a length is worth; 0 where there is none (inf)."""
    if length == np.inf:
        return 0.0
    if kind == 0:
        return float(np.exp(-length))
    if kind == 1:
        return 1.0 / (1.0 + length)
    return 1.0


@compiled
def _received(
    links: Links, source: int, target: FloatArray, kind: int, search: Search
) -> float:
    reached = shortest_paths(links, source, search)
    total = 0.0
    for at in range(reached):
        node = search.order[at]
        total += target[node] * worth_of(search.distance[node], kind)
    return total


def connected_amount(
    links: Links,
    source: FloatArray,
    target: FloatArray,
    worth: Worth,
    *,
    control: Control = NULL_CONTROL,
) -> float:
    """Sum what all ordered pairs of nodes are worth, ``sum_i sum_j s_i t_j w(l_ij)``.

    With areas as `source` and `target` it is the numerator of PC (worth ``probability``,
    lengths ``-ln p``) or of IIC (worth ``links``, lengths 1).

    Parameters
    ----------
    links : Links
        The network.
    source, target : (n,) float64
        Amount of each node as the first and as the second of a pair, finite and >= 0.
    worth : {"probability", "links", "reach"}
        What a path is worth by its length; a node and itself are at length 0.
    control : Control
        Told the share of nodes done; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree or an amount is outside its range.
    """
    count = node_count(links)
    given, taken = amounts(source, count, "source"), amounts(target, count, "target")
    kind = WORTH_NUMBER[worth]

    def work(nodes: range, inner: Control) -> float:
        room = search_room(count)
        total = 0.0
        for done, node in enumerate(nodes):
            inner.report(done / len(nodes))
            if given[node] > 0:
                total += given[node] * _received(links, node, taken, kind, room)
        return total

    return sum(over_nodes(count, work, control))


def over_nodes(
    count: int, work: Callable[[range, Control], ResultT], control: Control
) -> list[ResultT]:
    """Work on parts of the nodes at once, and return the results in the order of the parts.

    The parts are the same on every machine, so that sums over them are too.
    """
    parts = min(_PARTS, count)
    edges = [count * part // parts for part in range(parts + 1)] if parts else [0]
    tasks = [
        (lambda inner, nodes=range(first, last): work(nodes, inner))
        for first, last in pairwise(edges)
    ]
    found = dict(in_threads(tasks, control))
    return [found[part] for part in range(parts)]
