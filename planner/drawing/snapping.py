"""Lines that a drawing can snap to and follow: borders, rivers, sites, plans, its own edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from planner.drawing.place import study_of
from planner.drawing.tracing import TraceNetwork
from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from layers.pack import DataPack
    from planner.drawing.geometry import Coordinate
    from planner.pipeline.study import Study
    from planner.project import Project

Extent: TypeAlias = tuple[float, float, float, float]
Kind: TypeAlias = Literal["border", "river", "site", "proposal", "corridor", "own"]
KINDS: tuple[Kind, ...] = ("border", "river", "site", "proposal", "corridor", "own")
DISPUTED = mark("Disputed line")
_SAME_M = 1e-6


@dataclass(frozen=True, slots=True)
class Snap:
    """A place on a line that the pointer is drawn to.

    Attributes
    ----------
    x, y : float
        The place, in the project's CRS.
    kind : str
        What sort of line it is, one of `KINDS`.
    at_vertex : bool
        Whether it is a vertex of the line.
    line : int
        Which line.
    measure_m : float
        Distance of the place from the first vertex of the line, along it.
    label : str
        What the line belongs to, such as a site's name or a border's two countries.
    """

    x: float
    y: float
    kind: Kind
    at_vertex: bool
    line: int
    measure_m: float
    label: str


@dataclass(frozen=True, eq=False)
class SnapLine:
    """One line, or one ring of an area.

    Attributes
    ----------
    kind, label : str
        As of `Snap`.
    points : (n, 2) float64
        Vertices; the first again at the end where it is closed.
    key : str
        Identifier of the proposal that it bounds; empty for other lines.
    """

    kind: Kind
    label: str
    points: NDArray[np.float64]
    key: str = ""

    @property
    def closed(self) -> bool:
        """Whether it ends where it begins."""
        return len(self.points) > 2 and bool((self.points[0] == self.points[-1]).all())


class _Segments:
    """The pieces of lines, indexed."""

    def __init__(self, lines: Sequence[SnapLine]) -> None:
        self.lines = tuple(lines)
        counts = np.array([len(line.points) - 1 for line in lines], dtype=np.int64)
        self.owner = np.repeat(np.arange(len(lines)), counts)
        empty = np.zeros((0, 2))
        self.start = np.concatenate([empty, *(line.points[:-1] for line in lines)])
        self.end = np.concatenate([empty, *(line.points[1:] for line in lines)])
        self.length = np.hypot(*(self.end - self.start).T)
        ends = np.cumsum(self.length)
        before = np.concatenate([[0.0], ends])[:-1] if len(ends) else ends
        first = np.cumsum(counts) - counts
        offset = before[np.minimum(first, max(len(before) - 1, 0))] if len(before) else before
        self.measure = before - offset[self.owner] if len(before) else before
        self.kind = np.array([KINDS.index(line.kind) for line in lines], dtype=np.int64)
        self.key = np.array([line.key for line in lines], dtype=np.str_)
        pieces = np.empty(len(self.start), dtype=object)
        pieces[:] = shapely.linestrings(np.stack([self.start, self.end], axis=1))
        self.tree = shapely.STRtree(pieces)

    def within(
        self, extent: Extent, kinds: Collection[Kind], but: Collection[str]
    ) -> list[NDArray[np.float64]]:
        """Return the lines of these kinds, but of some keys, as far as they come by."""
        found = self._wanted(self.tree.query(shapely.box(*extent)), kinds, but)
        if not found.size:
            return []
        owner = self.owner[found]
        breaks = np.flatnonzero((np.diff(found) != 1) | (np.diff(owner) != 0)) + 1
        return [
            np.vstack([self.start[run], self.end[run[-1:]]]) for run in np.split(found, breaks)
        ]

    def _wanted(
        self, found: NDArray[np.int64], kinds: Collection[Kind], but: Collection[str]
    ) -> NDArray[np.int64]:
        wanted = [KINDS.index(kind) for kind in kinds]
        kept: NDArray[np.int64] = np.sort(found[np.isin(self.kind[self.owner[found]], wanted)])
        return kept[~np.isin(self.key[self.owner[kept]], list(but))] if but else kept

    def near(
        self, x: float, y: float, reach: float, kinds: Collection[Kind], but: Collection[str]
    ) -> _Near | None:
        """Return the best place within reach on lines of these kinds, but of some keys."""
        around = shapely.box(x - reach, y - reach, x + reach, y + reach)
        found = self._wanted(self.tree.query(around), kinds, but)
        if not found.size:
            return None
        at = np.array([x, y])
        start, step = self.start[found], self.end[found] - self.start[found]
        square = np.maximum((step**2).sum(axis=1), np.finfo(np.float64).tiny)
        share = np.clip(((at - start) * step).sum(axis=1) / square, 0.0, 1.0)
        edge = np.hypot(*(start + share[:, None] * step - at).T)
        to_start = np.hypot(*(start - at).T)
        to_end = np.hypot(*(start + step - at).T)
        vertex = np.minimum(to_start, to_end)
        best = int(np.argmin(vertex))
        if vertex[best] <= reach:
            share_there = 0.0 if to_start[best] <= to_end[best] else 1.0
            return _Near(float(vertex[best]), int(found[best]), share_there, at_vertex=True)
        best = int(np.argmin(edge))
        if edge[best] <= reach:
            return _Near(
                float(edge[best]), int(found[best]), float(share[best]), at_vertex=False
            )
        return None

    def snap(self, near: _Near, first_line: int) -> Snap:
        """Return a place that was found, its line numbered from `first_line`."""
        segment = near.segment
        line = self.lines[int(self.owner[segment])]
        if near.share in (0.0, 1.0):
            x, y = (self.end if near.share else self.start)[segment].tolist()
        else:
            step = self.end[segment] - self.start[segment]
            x, y = (self.start[segment] + near.share * step).tolist()
        along = float(self.measure[segment] + near.share * self.length[segment])
        number = first_line + int(self.owner[segment])
        return Snap(x, y, line.kind, near.at_vertex, number, along, line.label)


@dataclass(frozen=True, slots=True)
class _Near:
    distance: float
    segment: int
    share: float
    at_vertex: bool


class SnapIndex:
    """Lines to snap to; it is not changed, so that any thread may ask it.

    Use `SnapIndex.of` in a thread, or `SnapIndex.from_lines`.

    Parameters
    ----------
    fixed, own : _Segments
        Lines of the project, and edges of the drawing itself.
    """

    def __init__(self, fixed: _Segments, own: _Segments) -> None:
        self._fixed = fixed
        self._own = own

    @classmethod
    def from_lines(cls, lines: Iterable[SnapLine]) -> SnapIndex:
        """Make an index of lines."""
        return cls(_Segments(list(lines)), _Segments([]))

    @classmethod
    def of(cls, project: Project, pack: DataPack, scenario: str) -> SnapIndex:
        """Make an index of what a project's map shows; takes a second at most.

        Parameters
        ----------
        project : Project
            Its sites, and the corridors and proposals of a scenario.
        pack : DataPack
            Borders and rivers.
        scenario : str
            That scenario; empty for none.

        Raises
        ------
        PlannerError
            The region of the project is unknown, or a file cannot be read.
        """
        lines = _base_lines(study_of(project), pack)
        for row in project.records("sites"):
            lines += lines_of(row["geometry"], "site", str(row["name_en"] or ""))
        if scenario:
            for row in project.records("corridors", scenario=scenario):
                lines += lines_of(row["geometry"], "corridor", str(row["name"] or ""))
            for row in project.records("proposals", scenario=scenario):
                name, key = str(row["name"] or ""), str(row["proposal_id"])
                lines += lines_of(row["geometry"], "proposal", name, key)
        return cls.from_lines(lines)

    def with_own(self, shape: BaseGeometry | Sequence[Coordinate]) -> SnapIndex:
        """Return the index with other edges of the drawing itself; quick, nothing is read."""
        if isinstance(shape, BaseGeometry):
            own = lines_of(shape, "own", "")
        else:
            own = lines_of(shapely.LineString(shape), "own", "") if len(shape) > 1 else []
        return SnapIndex(self._fixed, _Segments(own))

    def nearest(
        self,
        x: float,
        y: float,
        reach: float,
        kinds: Collection[Kind] = KINDS,
        *,
        but: Collection[str] = (),
    ) -> Snap | None:
        """Return the place to snap to, or None where no line is within reach.

        A vertex within reach is taken before any edge; of vertices, and of edges, the nearest.

        Parameters
        ----------
        x, y : float
            Where the pointer is, in the project's CRS.
        reach : float
            Largest distance in metres.
        kinds : collection of str
            Sorts of lines that count.
        but : collection of str
            Identifiers of proposals that do not count, as the one that is being changed.
        """
        found = [
            (near, layer, first)
            for layer, first in ((self._fixed, 0), (self._own, len(self._fixed.lines)))
            if (near := layer.near(x, y, reach, kinds, but)) is not None
        ]
        if not found:
            return None
        near, layer, first = min(
            found, key=lambda item: (not item[0].at_vertex, item[0].distance)
        )
        return layer.snap(near, first)

    def network(
        self,
        extent: Extent,
        kinds: Collection[Kind] = KINDS,
        *,
        but: Collection[str] = (),
    ) -> TraceNetwork:
        """Join the lines near a place to a network that can be traced along.

        Parameters
        ----------
        extent : (west, south, east, north)
            Lines that come by here; in the project's CRS.
        kinds, but
            As for `nearest`.

        Raises
        ------
        TooDenseError
            There are too many.
        """
        layers = (self._fixed, self._own)
        return TraceNetwork.of(
            [line for layer in layers for line in layer.within(extent, kinds, but)]
        )

    def trace(
        self, a: Snap, b: Snap, *, long_way: bool = False
    ) -> tuple[Coordinate, ...] | None:
        """Return the points of a line from one place on it to another.

        Parameters
        ----------
        a, b : Snap
            Places that `nearest` has found.
        long_way : bool
            On a closed line, go around the other way.

        Returns
        -------
        tuple of (x, y) or None
            Both places included; None where they are not on one line.
        """
        line = self._line(a.line)
        if line is None or a.line != b.line:
            return None
        points = line.points
        along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        whole = float(along[-1])
        start, end = a.measure_m, b.measure_m
        ahead = _between(points, along, min(start, end), max(start, end))
        if line.closed:
            inner = abs(end - start)
            shorter = inner <= whole - inner
            if shorter == long_way:
                later = _between(points, along, max(start, end), whole + 1.0)  # closing vertex
                earlier = _between(points, along, 0.0, min(start, end))
                ahead = [*later, *earlier]
                start, end = end, start
        ordered = ahead if start <= end else ahead[::-1]
        return _joined([(a.x, a.y), *ordered, (b.x, b.y)])

    def _line(self, number: int) -> SnapLine | None:
        fixed = len(self._fixed.lines)
        if 0 <= number < fixed:
            return self._fixed.lines[number]
        if 0 <= number - fixed < len(self._own.lines):
            return self._own.lines[number - fixed]
        return None


def _between(
    points: NDArray[np.float64], along: NDArray[np.float64], start: float, end: float
) -> list[Coordinate]:
    """Return the vertices of a line strictly between two distances along it."""
    inside = (along > start + _SAME_M) & (along < end - _SAME_M)
    return [(float(x), float(y)) for x, y in points[inside].tolist()]


def _joined(points: Sequence[Coordinate]) -> tuple[Coordinate, ...]:
    return tuple(
        point for place, point in enumerate(points) if place == 0 or point != points[place - 1]
    )


def _base_lines(study: Study, pack: DataPack) -> list[SnapLine]:
    """Return borders, disputed lines and rivers in the region."""
    lines: list[SnapLine] = []
    kinds: dict[str, Kind] = {
        "border_lines": "border",
        "disputed_lines": "border",
        "rivers": "river",
    }
    for layer, kind in kinds.items():
        frame = pack.basemap(layer, study.region.bounds.lonlat).to_crs(study.grid.crs)
        for row in frame.to_dict("records"):
            name = str(row.get("name") or "")
            if layer == "border_lines":
                name = f"{row['iso3_a']} – {row['iso3_b']}"
            elif layer == "disputed_lines":
                name = name or DISPUTED
            lines += lines_of(row["geometry"], kind, name)
    return lines


def lines_of(shape: object, kind: Kind, label: str, key: str = "") -> list[SnapLine]:
    """Return the lines of a geometry, joined where they meet, and the rings of its areas.

    Parameters
    ----------
    shape : geometry or None
        Points in it are passed over.
    kind, label : str
        As of `Snap`.
    key : str
        As of `SnapLine`.
    """
    if not isinstance(shape, BaseGeometry) or shape.is_empty:
        return []
    parts = shapely.get_parts(shapely.get_parts(shape))
    dimension = shapely.get_dimensions(parts)
    loose = parts[dimension == 1]
    if len(loose) > 1:
        loose = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(loose)))
    rings = [*loose, *shapely.get_rings(parts[dimension == 2])]
    found = []
    for ring in rings:
        points = shapely.get_coordinates(ring)
        moved = np.concatenate([[True], (np.diff(points, axis=0) != 0.0).any(axis=1)])
        if moved.sum() > 1:
            found.append(SnapLine(kind, label, points[moved], key))
    return found
