"""The way along the lines that a drawing can follow, over the places where they meet.

Borders, rivers, and edges of sites, of plans and of the drawing itself are cut where they
cross or touch, and become the edges of a graph; the shortest way between two places on it is
found as Dijkstra (1959) does.

References
----------
Dijkstra, E. W. (1959). A note on two problems in connexion with graphs. Numerische Mathematik
1, 269-271.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from planner.drawing.errors import DrawingError
from planner.drawing.numbers import digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from planner.drawing.geometry import Coordinate

MOST_VERTICES = 50_000
"""Most vertices of the lines that are traced along; more would hold up the hand."""
TOUCH_M = 0.01
"""Lines that come so near to each other touch."""
_MOST_CUT = 4 * MOST_VERTICES
"""Most vertices once the lines are cut where they cross each other."""
_REACH_M = 0.1
_SAME_M = 1e-6


class TooDenseError(DrawingError):
    """There are too many lines to trace along all of them.

    Parameters
    ----------
    count : int
        How many vertices they have.
    """

    def __init__(self, count: int) -> None:
        super().__init__(
            f"The lines in view have {digits(count)} vertices; up to {digits(MOST_VERTICES)} "
            "are traced along. Zoom in, or snap to fewer kinds of lines."
        )
        self.count = count


@dataclass(frozen=True, slots=True)
class _Place:
    """A place on an edge, so far along it."""

    edge: int
    along: float


class TraceNetwork:
    """Lines joined where they meet; it is not changed, so that any thread may make it.

    Use `TraceNetwork.of`.

    Parameters
    ----------
    edges : (n,) object
        Lines that meet at their ends only.
    """

    def __init__(self, edges: NDArray[np.object_]) -> None:
        self._edges = edges
        self._tree = shapely.STRtree(edges)
        self._length = shapely.length(edges)
        first = shapely.get_coordinates(shapely.get_point(edges, 0))
        last = shapely.get_coordinates(shapely.get_point(edges, -1))
        ends = np.vstack([first, last])
        _, node = np.unique(np.round(ends / TOUCH_M), axis=0, return_inverse=True)
        self._node = node.reshape(2, len(edges)).T
        self._place((0.0, 0.0))  # the index is made by the first question
        self._graph, self._edge_of = self._joined(int(node.max(initial=-1)) + 1)
        self._found: tuple[int, NDArray[np.float64], NDArray[np.int32]] | None = None
        self._last: tuple[tuple[Coordinate, Coordinate], tuple[Coordinate, ...] | None]
        self._last = (((0.0, 0.0), (0.0, 0.0)), None)

    @classmethod
    def of(cls, lines: Sequence[NDArray[np.float64]]) -> TraceNetwork:
        """Join lines to a network.

        Parameters
        ----------
        lines : sequence of (n, 2) float64
            Vertices of each line.

        Raises
        ------
        TooDenseError
            They have too many vertices together.
        """
        count = sum(len(line) for line in lines)
        if count > MOST_VERTICES:
            raise TooDenseError(count)
        loose = [shapely.LineString(line) for line in lines if len(line) > 1]
        parts = shapely.get_parts(shapely.union_all(loose, grid_size=TOUCH_M))
        if (cut := int(shapely.get_num_coordinates(parts).sum())) > _MOST_CUT:
            raise TooDenseError(cut)
        return cls(parts[shapely.get_dimensions(parts) == 1])

    @property
    def vertices(self) -> int:
        """How many vertices its lines have."""
        return int(shapely.get_num_coordinates(self._edges).sum())

    def _joined(self, size: int) -> tuple[coo_array, dict[tuple[int, int], int]]:
        """Return the graph, and the shortest edge between each pair of nodes."""
        loops = self._node[:, 0] == self._node[:, 1]
        between = np.flatnonzero(~loops)
        order = between[np.argsort(self._length[between], kind="stable")]
        pairs = np.sort(self._node[order], axis=1)
        _, shortest = np.unique(pairs, axis=0, return_index=True)
        kept, pairs = order[shortest], pairs[shortest]
        graph = coo_array((self._length[kept], (pairs[:, 0], pairs[:, 1])), shape=(size, size))
        known = {(int(a), int(b)): int(e) for (a, b), e in zip(pairs, kept, strict=True)}
        return graph, known

    def path(self, start: Coordinate, end: Coordinate) -> tuple[Coordinate, ...] | None:
        """Return the shortest way along the lines between two places on them.

        Parameters
        ----------
        start, end : (x, y)
            Places on the lines, as they were snapped to.

        Returns
        -------
        tuple of (x, y) or None
            Both places included; None where one is on no line, or no way joins them.
        """
        if self._last[0] != (start, end):
            self._last = ((start, end), self._path(start, end))
        return self._last[1]

    def _path(self, start: Coordinate, end: Coordinate) -> tuple[Coordinate, ...] | None:
        a, b = self._place(start), self._place(end)
        if a is None or b is None:
            return None
        ways = [self._direct(a, b)] if a.edge == b.edge else []
        over = self._over_nodes(a, b)
        ways += [] if over is None else [over]
        if not ways:
            return None
        _, points = min(ways, key=lambda way: way[0])
        return _distinct([start, *points, end])

    def _place(self, at: Coordinate) -> _Place | None:
        point = shapely.Point(at)
        near = self._tree.query_nearest(point, max_distance=_REACH_M, all_matches=False)
        if not len(near):
            return None
        edge = int(near[0])
        return _Place(edge, float(shapely.line_locate_point(self._edges[edge], point)))

    def _direct(self, a: _Place, b: _Place) -> tuple[float, list[Coordinate]]:
        points = self._piece(a.edge, min(a.along, b.along), max(a.along, b.along))
        return abs(b.along - a.along), points if a.along <= b.along else points[::-1]

    def _over_nodes(self, a: _Place, b: _Place) -> tuple[float, list[Coordinate]] | None:
        away, before = self._ways_from(a.edge)
        best: tuple[float, int, int] | None = None
        for first in (0, 1):
            for last in (0, 1):
                between = away[first, self._node[b.edge, last]]
                whole = self._from_end(a, first) + between + self._from_end(b, last)
                if np.isfinite(whole) and (best is None or whole < best[0]):
                    best = (float(whole), first, last)
        if best is None:
            return None
        whole, first, last = best
        out = self._to_end(a, first)
        back = self._to_end(b, last)[::-1]
        return whole, [*out, *self._along(a, before[first], first, (b, last)), *back]

    def _from_end(self, place: _Place, end: int) -> float:
        return place.along if end == 0 else float(self._length[place.edge]) - place.along

    def _to_end(self, place: _Place, end: int) -> list[Coordinate]:
        """Return the vertices from a place on an edge to one of its ends, that end included."""
        edge = self._edges[place.edge]
        tip = tuple(shapely.get_coordinates(edge)[0 if end == 0 else -1].tolist())
        if end == 0:
            return [*self._piece(place.edge, 0.0, place.along)[::-1], tip]
        return [*self._piece(place.edge, place.along, float(self._length[place.edge])), tip]

    def _along(
        self, a: _Place, before: NDArray[np.int32], first: int, to: tuple[_Place, int]
    ) -> list[Coordinate]:
        """Return the vertices of the edges between two nodes."""
        start, node = int(self._node[a.edge, first]), int(self._node[to[0].edge, to[1]])
        points: list[Coordinate] = []
        while node != start:
            earlier = int(before[node])
            edge = self._edge_of[(min(node, earlier), max(node, earlier))]
            vertices = [(x, y) for x, y in shapely.get_coordinates(self._edges[edge]).tolist()]
            forward = int(self._node[edge, 0]) == earlier
            points += vertices[::-1] if forward else vertices
            node = earlier
        return points[::-1]

    def _piece(self, edge: int, start: float, end: float) -> list[Coordinate]:
        """Return the vertices of an edge strictly between two distances along it."""
        points = shapely.get_coordinates(self._edges[edge])
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        inside = (along > start + _SAME_M) & (along < end - _SAME_M)
        return [(float(x), float(y)) for x, y in points[inside].tolist()]

    def _ways_from(self, edge: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Return how far each node is from both ends of an edge, and the node before it."""
        if self._found is None or self._found[0] != edge:
            away, before = dijkstra(
                self._graph,
                directed=False,
                indices=self._node[edge],
                return_predecessors=True,
            )
            self._found = (edge, away, before)
        return self._found[1], self._found[2]


def _distinct(points: Sequence[Coordinate]) -> tuple[Coordinate, ...]:
    """Return points without those that lie at the one before."""
    kept = [points[0]]
    for x, y in points[1:-1]:
        far = max(abs(x - kept[-1][0]), abs(y - kept[-1][1])) > 2 * TOUCH_M
        if far:
            kept.append((x, y))
    last = points[-1]
    while len(kept) > 1 and max(abs(a - b) for a, b in zip(kept[-1], last, strict=True)) <= (
        2 * TOUCH_M
    ):
        kept.pop()
    return (*kept, last)
