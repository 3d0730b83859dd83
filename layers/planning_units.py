"""Planning units: cells or polygons cut at borders, each of one country, with shared edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers.faces import PRECISION_M, SharedEdges, faces_between, shared_edges, sums

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.unit_cells import Cells

CLEAR_M = 1.0
"""Cells of a grid that no border comes nearer than this are left as they are."""
OVERLAP_SHARE = 1e-4
"""Share of a polygon that may lie in another as well, as errors of drawing; more is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class PlanningUnits:
    """Units of land to choose from; lengths in km, areas in km².

    Attributes
    ----------
    unit_id : (n,) str
        Name of the cell; of one that a border cuts with its country, as in ``r3c12-CHN``, and
        with a number where it holds several pieces of it.
    country : (n,) int32
        Place of its country in `countries`.
    countries : tuple of str
        ISO 3166-1 alpha-3, in alphabetical order.
    shape : (n,) object
        Polygons or multi-polygons.
    area_km2 : (n,) float64
        > 0.
    edges : (m, 2) int32
        Pairs of units that share an edge, also across the border.
    edge_km : (m,) float64
        How long it is.
    exposed_km : (n,) float64
        Edge of each unit that no other shares: at the coast, at the edge of the region, at
        land of countries that take no part.
    slivers : int
        Pieces that were joined to a neighbour for being small.
    slivers_km2 : float
        Their area.
    """

    unit_id: NDArray[np.str_]
    country: NDArray[np.int32]
    countries: tuple[str, ...]
    shape: NDArray[np.object_]
    area_km2: NDArray[np.float64]
    edges: NDArray[np.int32]
    edge_km: NDArray[np.float64]
    exposed_km: NDArray[np.float64]
    slivers: int
    slivers_km2: float


class _Faces(NamedTuple):
    """Pieces of cells, each in one country."""

    shape: NDArray[np.object_]
    cell: NDArray[np.int64]
    country: NDArray[np.int64]
    area: NDArray[np.float64]


def cut_grid(
    cells: Cells, land: Mapping[str, BaseGeometry], sliver_share: float
) -> PlanningUnits:
    """Cut the cells of a grid at borders and coasts.

    Parameters
    ----------
    cells : Cells
        As `layers.unit_cells` makes them.
    land : mapping of str to geometry
        Land of each country that takes part, by ISO code, in the CRS of the cells: metres,
        equal-area. Land of two countries meets and does not overlap.
    sliver_share : float
        A piece smaller than this share of its whole cell is joined to the neighbour in the
        same country with which it shares most of its edge, else to the largest piece of the
        same cell and country, else it stays.

    Returns
    -------
    PlanningUnits
        Every piece of a cell is a unit of its own, whatever it is called.

    Raises
    ------
    ValueError
        No land lies in the cells.
    """
    borders = _border_lines(land)
    near = np.zeros(len(cells.shapes), dtype=np.bool_)
    if len(borders):
        tree = shapely.STRtree(borders)
        near[tree.query(cells.shapes, predicate="dwithin", distance=CLEAR_M)[0]] = True
    lines = np.concatenate([shapely.boundary(cells.shapes[near]), borders])
    faces = faces_between(lines) if near.any() else np.empty(0, dtype=np.object_)
    shapes = np.concatenate([cells.shapes[~near], faces])
    inside = shapely.point_on_surface(shapes)
    cell = np.full(len(shapes), -1, dtype=np.int64)
    cell[: int((~near).sum())] = np.flatnonzero(~near)
    of_face, of_cell = shapely.STRtree(inside[len(shapes) - len(faces) :]).query(
        cells.shapes[near], predicate="contains"
    )[::-1]
    cell[len(shapes) - len(faces) + of_face] = np.flatnonzero(near)[of_cell]
    return _units(cells, _placed(shapes, inside, cell, land), land, (sliver_share, False))


def cut_polygons(
    cells: Cells, land: Mapping[str, BaseGeometry], sliver_share: float
) -> PlanningUnits:
    """Cut the user's polygons at borders and coasts.

    Parameters
    ----------
    cells : Cells
        Valid polygons or multi-polygons with names of their own. Where two were meant to meet
        and their corners differ by less than a millimetre, they do.
    land, sliver_share
        As of `cut_grid`; the share is of the polygon's land, so that one that the edge of the
        region cuts off is no sliver.

    Returns
    -------
    PlanningUnits
        What lies of a polygon in one country is one unit, in however many pieces.

    Raises
    ------
    ValueError
        No land lies in the polygons, or two overlap: names them.
    """
    lines = np.concatenate([shapely.boundary(cells.shapes), _border_lines(land)])
    shapes = faces_between(lines)
    inside = shapely.point_on_surface(shapes)
    of_face, of_cell = shapely.STRtree(inside).query(cells.shapes, predicate="contains")[::-1]
    _refuse_overlaps(cells, shapes, of_face, of_cell)
    cell = np.full(len(shapes), -1, dtype=np.int64)
    cell[of_face[::-1]] = of_cell[::-1]
    return _units(cells, _placed(shapes, inside, cell, land), land, (sliver_share, True))


def _border_lines(land: Mapping[str, BaseGeometry]) -> NDArray[np.object_]:
    """Return the edges of all land in short lines, so that a search among them is quick."""
    lines: list[BaseGeometry] = []
    for shape in land.values():
        rings = shapely.get_parts(shapely.boundary(shape))
        for at in (shapely.get_coordinates(ring) for ring in rings):
            starts = range(0, max(len(at) - 1, 0), 32)
            lines += [shapely.LineString(at[start : start + 33]) for start in starts]
    return np.array(lines, dtype=np.object_)


def _refuse_overlaps(
    cells: Cells,
    shapes: NDArray[np.object_],
    of_face: NDArray[np.int64],
    of_cell: NDArray[np.int64],
) -> None:
    times = np.bincount(of_face, minlength=len(shapes))
    doubled = times > 1
    if not doubled.any():
        return
    area = np.where(doubled, shapely.area(shapes), 0.0)
    shared = np.bincount(of_cell, weights=area[of_face], minlength=len(cells.shapes))
    worst = int(np.argmax(shared / np.maximum(shapely.area(cells.shapes), 1e-9)))
    if shared[worst] <= OVERLAP_SHARE * shapely.area(cells.shapes[worst]):
        return
    mine = of_face[(of_cell == worst) & doubled[of_face]]
    others = np.isin(of_face, mine) & (of_cell != worst)
    by_other = np.bincount(of_cell[others], weights=area[of_face[others]])
    other = int(np.argmax(by_other))
    raise ValueError(
        f"the polygons {cells.names[worst]} and {cells.names[other]} overlap by "
        f"{by_other[other] / 1e6:,.4g} km²"
    )


def _placed(
    shapes: NDArray[np.object_],
    inside: NDArray[np.object_],
    cell: NDArray[np.int64],
    land: Mapping[str, BaseGeometry],
) -> _Faces:
    """Tell the country of each face and leave out what is in no cell or on no land."""
    country = np.full(len(shapes), -1, dtype=np.int64)
    for number, iso3 in enumerate(sorted(land)):
        shape = land[iso3]
        shapely.prepare(shape)
        free = np.flatnonzero(country < 0)
        country[free[shapely.contains(shape, inside[free])]] = number
    kept = (cell >= 0) & (country >= 0)
    if not kept.any():
        raise ValueError("no land lies in the planning units")
    return _Faces(shapes[kept], cell[kept], country[kept], shapely.area(shapes[kept]))


def _units(
    cells: Cells,
    faces: _Faces,
    land: Mapping[str, BaseGeometry],
    rule: tuple[float, bool],
) -> PlanningUnits:
    """Join faces to units: those of one cell and country, and slivers to a neighbour."""
    sliver_share, whole_cells = rule
    edges = shared_edges(faces.shape)
    group = _pieces(faces, edges, whole_cells=whole_cells)
    whole = shapely.area(cells.shapes)
    if whole_cells:
        whole = sums(faces.cell, faces.area, len(cells.shapes))
    joined, slivers, slivers_m2 = _join_slivers(
        _Slivers.of(faces, shared_edges_of(edges, group), group, sliver_share * whole)
    )
    label = joined[group]
    order = _order(faces, label)
    label = order.place[label]
    merged = shared_edges_of(edges, label)
    shape = _joined_shapes(faces.shape, label)
    main = order.main
    return PlanningUnits(
        unit_id=_unit_ids(cells.names[faces.cell[main]], faces, main, sorted(land)),
        country=faces.country[main].astype(np.int32),
        countries=tuple(sorted(land)),
        shape=shape,
        area_km2=sums(label, faces.area, len(shape)) / 1e6,
        edges=merged.pairs,
        edge_km=merged.length / 1000.0,
        exposed_km=merged.exposed / 1000.0,
        slivers=slivers,
        slivers_km2=slivers_m2 / 1e6,
    )


def shared_edges_of(edges: SharedEdges, label: NDArray[np.integer]) -> SharedEdges:
    """Add the edges of parts up for the wholes that they form.

    Parameters
    ----------
    edges : SharedEdges
        Of n parts.
    label : (n,) int
        The whole of each part, from 0 without a gap.
    """
    n = int(label.max()) + 1
    ends = np.sort(label[edges.pairs], axis=1)
    between = ends[:, 0] != ends[:, 1]
    pairs, which = np.unique(ends[between], axis=0, return_inverse=True)
    length = sums(which.reshape(-1), edges.length[between], len(pairs))
    exposed = sums(label, edges.exposed, n)
    return SharedEdges(pairs.astype(np.int32).reshape(-1, 2), length, exposed)


def _pieces(faces: _Faces, edges: SharedEdges, *, whole_cells: bool) -> NDArray[np.int64]:
    """(k,) int64: the piece of each face: what hangs together, or all of a cell's land."""
    owner = faces.cell * (int(faces.country.max()) + 1) + faces.country
    if whole_cells:
        of_cell: NDArray[np.int64] = np.unique(owner, return_inverse=True)[1].reshape(-1)
        return of_cell
    first, second = edges.pairs.T
    same = owner[first] == owner[second]
    n = len(faces.cell)
    graph = coo_array((np.ones(int(same.sum())), (first[same], second[same])), shape=(n, n))
    piece: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return piece


class _Slivers(NamedTuple):
    """Pieces, those among them that are too small, and whom they may be joined to."""

    area: NDArray[np.float64]
    small: NDArray[np.bool_]
    owner: NDArray[np.int64]
    country: NDArray[np.int64]
    edges: SharedEdges

    @classmethod
    def of(
        cls,
        faces: _Faces,
        edges: SharedEdges,
        group: NDArray[np.int64],
        least: NDArray[np.float64],
    ) -> _Slivers:
        """Look at the pieces of cells; `least` is the area of a piece of each that is none."""
        area = sums(group, faces.area, int(group.max()) + 1)
        first = np.unique(group, return_index=True)[1]
        cell, country = faces.cell[first], faces.country[first]
        small = area < least[cell]
        owner = cell * (int(country.max()) + 1) + country
        return cls(area, small, owner, country, edges)


def _join_slivers(pieces: _Slivers) -> tuple[NDArray[np.int64], int, float]:
    """Return what each piece becomes part of, how many were joined, and their area in m²."""
    neighbours = _neighbours(pieces)
    siblings = _largest_of_owner(pieces)
    parent = np.arange(len(pieces.area))

    def root(piece: int) -> int:
        while parent[piece] != piece:
            parent[piece] = parent[parent[piece]]
            piece = int(parent[piece])
        return piece

    joined, area = 0, 0.0
    small = np.flatnonzero(pieces.small)
    for piece in small[np.argsort(pieces.area[small], kind="stable")].tolist():
        options = [at for at in neighbours.get(piece, ()) if root(at) != root(piece)]
        options += [at for at in (siblings[pieces.owner[piece]],) if root(at) != root(piece)]
        if options:
            parent[root(piece)] = root(options[0])
            joined, area = joined + 1, area + float(pieces.area[piece])
    roots = np.array([root(piece) for piece in range(len(parent))])
    return np.unique(roots, return_inverse=True)[1].reshape(-1), joined, area


def _neighbours(pieces: _Slivers) -> dict[int, list[int]]:
    """Return the neighbours of each small piece in its country, the longest edge first."""
    both = np.concatenate([pieces.edges.pairs, pieces.edges.pairs[:, ::-1]]).astype(np.int64)
    length = np.concatenate([pieces.edges.length, pieces.edges.length])
    used = pieces.small[both[:, 0]]
    used &= pieces.country[both[:, 0]] == pieces.country[both[:, 1]]
    both, length = both[used], length[used]
    found: dict[int, list[int]] = {}
    for at in np.lexsort((both[:, 1], -length)).tolist():
        found.setdefault(int(both[at, 0]), []).append(int(both[at, 1]))
    return found


def _largest_of_owner(pieces: _Slivers) -> dict[int, int]:
    order = np.argsort(pieces.area, kind="stable")
    return dict(zip(pieces.owner[order].tolist(), order.tolist(), strict=True))


class _Order(NamedTuple):
    """The order of units, by cell, country and size, and the largest face of each."""

    place: NDArray[np.int64]
    main: NDArray[np.int64]


def _order(faces: _Faces, label: NDArray[np.int64]) -> _Order:
    """Order units by the cell of the largest face of each."""
    by_size = np.lexsort((-faces.area, label))
    main = by_size[np.unique(label[by_size], return_index=True)[1]]
    order = np.lexsort((-faces.area[main], faces.country[main], faces.cell[main]))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return _Order(place, main[order])


def _joined_shapes(
    shapes: NDArray[np.object_], label: NDArray[np.int64]
) -> NDArray[np.object_]:
    """(n,) object: the union of the faces of each unit."""
    order = np.argsort(label, kind="stable")
    begins = np.unique(label[order], return_index=True)[1]
    counts = np.diff(np.append(begins, len(order)))
    found = shapes[order[begins]].copy()
    for unit in np.flatnonzero(counts > 1).tolist():
        parts = shapes[order[begins[unit] : begins[unit] + counts[unit]]]
        found[unit] = shapely.union_all(parts, grid_size=PRECISION_M)
    return found


def _unit_ids(
    names: NDArray[np.str_], faces: _Faces, main: NDArray[np.int64], countries: list[str]
) -> NDArray[np.str_]:
    """Name units by their cell; those of a cell in several countries or pieces tell which."""
    cell, country = faces.cell[main], faces.country[main]
    in_cell = np.bincount(cell, minlength=int(cell.max()) + 1)[cell]
    owner = cell * len(countries) + country
    seen: dict[int, int] = {}
    found = []
    for at, name in enumerate(names.tolist()):
        number = seen[int(owner[at])] = seen.get(int(owner[at]), 0) + 1
        told = name if in_cell[at] == 1 else f"{name}-{countries[int(country[at])]}"
        found.append(told if number == 1 else f"{told}-{number}")
    return np.array(found, dtype=np.str_)
