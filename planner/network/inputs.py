"""A network as it is given: nodes with areas and places, and the distances between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from algorithms.indicators.network.links import links_between, listed_links, shorter_links
from layers.catalogue.geodesy import WGS84
from planner.network.columns import NamedTable, as_numbers
from planner.network.errors import NetworkInputError
from planner.project import file_sha256
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.indicators.network.links import Links

MAX_NODES = 20_000
MAX_LINKS = 25_000_000
MAX_AREA = 1e100
"""Of all nodes together; the squares of larger ones are no numbers."""
DEGREES = "EPSG:4326"


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Columns that the user named instead of having them guessed; None is guessed."""

    id: str | None = None
    area: str | None = None
    x: str | None = None
    y: str | None = None
    lon: str | None = None
    lat: str | None = None
    first: str | None = None
    second: str | None = None
    length: str | None = None
    protected: str | None = None
    outside: str | None = None
    land: str | None = None


@dataclass(frozen=True)
class Network:
    """Nodes and the distances between them.

    Parameters
    ----------
    ids : tuple of str
        Name of each node.
    area : (n,) float64
        Area, or another amount.
    links : Links
        Lengths are distances or costs, in one unit.
    place : (n, 2) float64, optional
        x and y, or longitude and latitude.
    crs : str
        Coordinate system of `place`; empty where it is not known.
    protected, outside : (n,) bool
        Which nodes are protected areas, and which of them lie outside the region.
    land : (n,) int32, optional
        Piece of the region's land that each node lies on; -1 outside.
    notes : tuple of str
        What was guessed and what was left out, a sentence each.
    hashes : mapping of str to str
        SHA-256 of each file that was read.
    """

    ids: tuple[str, ...]
    area: FloatArray
    links: Links
    place: FloatArray | None = None
    crs: str = ""
    protected: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    outside: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    land: IntArray | None = None
    notes: tuple[str, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)


def read_network(
    nodes: Path,
    distances: Path | None = None,
    *,
    names: ColumnNames | None = None,
    crs: str | None = None,
    longest: float = np.inf,
    encoding: str | None = None,
) -> Network:
    """Read a network from plain files.

    Parameters
    ----------
    nodes : Path
        Table with a row per node: id and area, and x and y or lon and lat where there is no
        table of distances or where results are to be mapped. Without a line of names the first
        two columns are id and area.
    distances : Path, optional
        List of from, to, distance, or a square matrix in the order or with the names of the
        nodes. Without it, distances are straight lines between x and y, or geodesics on the
        WGS 84 ellipsoid in metres between lon and lat.
    names : ColumnNames, optional
        Columns that are not to be guessed.
    crs : str, optional
        Coordinate system of x and y, for the GeoPackage.
    longest : float
        Longer links are left out.
    encoding : str, optional
        Encoding of the files; guessed by default.

    Raises
    ------
    NetworkInputError
        A file is missing, too large or damaged, or makes no network.
    UsageError
        `crs` is no coordinate system that can be measured in, or `longest` is negative or NaN.
    """
    if not longest >= 0:
        raise UsageError(f"--longest {longest:g}: it must be 0 or more.")
    stated = names or ColumnNames()
    table = NamedTable.open(nodes, encoding)
    ids = _ids(table, stated)
    area = _areas(table, stated)
    place, system = _places(table, stated, crs)
    notes = table.notes
    hashes = {str(nodes): file_sha256(nodes)}
    if distances is None:
        links = _measured(nodes, place, system, notes)
    else:
        listed = NamedTable.open(distances, encoding)
        links = _given(listed, ids, stated)
        notes = [*notes, *listed.notes]
        hashes[str(distances)] = file_sha256(distances)
    protected = _truths(table, stated.protected, "protected", len(ids), otherwise=True)
    outside = _truths(table, stated.outside, "outside the region", len(ids), otherwise=False)
    return Network(
        ids=ids,
        area=area,
        links=shorter_links(links, longest) if longest < np.inf else links,
        place=place,
        crs=system,
        protected=protected,
        outside=outside,
        land=_land(table, stated.land, outside),
        notes=tuple(notes),
        hashes=hashes,
    )


def _ids(table: NamedTable, stated: ColumnNames) -> tuple[str, ...]:
    ids = tuple(table.texts(table.find("id", stated.id, place=0)))
    if not ids:
        raise NetworkInputError(f"{table.path} holds no nodes. Give it a row for each node.")
    if len(ids) > MAX_NODES:
        raise NetworkInputError(
            f"{table.path} holds {len(ids):,} nodes, more than {MAX_NODES:,}. Leave out the "
            "smallest, or join patches that touch."
        )
    seen: set[str] = set()
    for at, node in enumerate(ids, start=1):
        if not node or node in seen:
            what = f"the id {node!r} is there twice" if node else "the id is empty"
            raise NetworkInputError(
                f"{table.path}, record {at}: {what}. Every node needs an id of its own; name "
                "another column with --id COLUMN, or correct the row."
            )
        seen.add(node)
    return ids


def _areas(table: NamedTable, stated: ColumnNames) -> FloatArray:
    column = table.find("area", stated.area, place=1)
    area = table.numbers(column, "area")
    if float((area / MAX_AREA).sum()) > 1:
        raise NetworkInputError(
            f"{table.path}, column {column}: all areas together are more than {MAX_AREA:g}, "
            "too much to be squared. Give them in a larger unit."
        )
    return area


def _checked_crs(crs: str) -> str:
    """Return a coordinate system that can be measured in, by the name it is used with."""
    try:
        system = CRS.from_user_input(crs)
    except CRSError:
        raise UsageError(
            f"--crs {crs!r} is no coordinate system. Name it by its code, such as EPSG:32652."
        ) from None
    if not system.is_geographic:
        return crs
    if system.ellipsoid is not None and system.ellipsoid.name == "WGS 84":
        return DEGREES
    raise UsageError(
        f"--crs {crs!r} is in degrees, and not on WGS 84. Transform the coordinates to "
        f"{DEGREES}, or to a projected system."
    )


def _places(
    table: NamedTable, stated: ColumnNames, crs: str | None
) -> tuple[FloatArray | None, str]:
    for first, second, system in (
        ("x", "y", _checked_crs(crs) if crs else ""),
        ("lon", "lat", DEGREES),
    ):
        across = table.seek(first, getattr(stated, first))
        up = table.seek(second, getattr(stated, second))
        if across is not None and up is not None:
            values = [
                table.numbers(column, role, low=-np.inf)
                for column, role in ((across, first), (up, second))
            ]
            place = np.column_stack(values)
            if system == DEGREES:
                _check_degrees(table.path, place)
            return place, system
    return None, ""


def _check_degrees(path: Path, place: FloatArray) -> None:
    wrong = (np.abs(place) > np.array([180.0, 90.0])).any(axis=1)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise NetworkInputError(
            f"{path}, record {at + 1}: {place[at, 0]:g}, {place[at, 1]:g} is no place in "
            "degrees. Name projected coordinates with --x and --y and their system with --crs."
        )


def _measured(path: Path, place: FloatArray | None, crs: str, notes: list[str]) -> Links:
    if place is None:
        raise NetworkInputError(
            f"{path} holds no x and y, and no lon and lat, and no distances are given. Give "
            "them with --distances FILE, or name the columns with --x and --y."
        )
    count = len(place)
    if count * (count - 1) // 2 > MAX_LINKS:
        raise NetworkInputError(
            f"{path} holds {count:,} nodes, too many to link all of them ({MAX_LINKS:,} links "
            "at most). Give a list of the links that matter with --distances FILE."
        )
    if crs == DEGREES:
        notes.append("Distances are geodesics between the points on WGS 84, in metres.")
        return links_between(geodesic_distances(place))
    notes.append(
        "Distances are straight lines between the points, in the unit of the coordinates."
    )
    return links_between(np.hypot(*(place[:, None] - place[None]).T))


def geodesic_distances(place: FloatArray) -> FloatArray:
    """Measure the distances between points on the WGS 84 ellipsoid.

    Parameters
    ----------
    place : (n, 2) float64
        Longitude and latitude in degrees (EPSG:4326).

    Returns
    -------
    (n, n) float64
        Metres; symmetric to the last bit.
    """
    count = len(place)
    first, second = np.triu_indices(count, k=1)
    found = np.zeros((count, count))
    if len(first):
        _, _, metres = WGS84.inv(
            place[first, 0], place[first, 1], place[second, 0], place[second, 1]
        )
        found[first, second] = found[second, first] = metres
    return found


def _given(table: NamedTable, ids: tuple[str, ...], stated: ColumnNames) -> Links:
    named = any((stated.first, stated.second, stated.length))
    if not named and _is_matrix(table, ids):
        return _matrix(table, ids)
    return _list(table, ids, stated)


def _is_matrix(table: NamedTable, ids: tuple[str, ...]) -> bool:
    width = len(table.names)
    if width not in {len(ids), len(ids) + 1}:
        return False
    named = None not in [table.seek(role) for role in ("from", "to", "distance")]
    table.notes.clear()  # a list tells them again, and of a matrix they are not true
    if named:
        return False
    if width != 3 or table.text.dialect.header:
        return True
    first = table.text.sample(len(ids))
    return not all(row[0].strip() in ids and row[1].strip() in ids for row in first)


def _matrix(table: NamedTable, ids: tuple[str, ...]) -> Links:
    rows = [row for _, cells in table.rows(table.names) for row in zip(*cells, strict=True)]
    if table.text.dialect.header:
        rows.insert(0, table.names)
    named = len(table.names) == len(ids) + 1
    if len(rows) == len(ids) + 1:
        head = [cell.strip() for cell in rows.pop(0)]
        columns, top = (head[1:] if named else head), 2
    else:
        columns, top = list(ids), 1
    if len(rows) != len(ids):
        raise NetworkInputError(
            f"{table.path} is taken as a square matrix of {len(ids)} nodes, but it has "
            f"{len(rows)} rows. Give it a row for each node, or a list of from, to, distance."
        )
    lines = [row[0].strip() for row in rows] if named else list(columns)
    for what, given in (("columns", columns), ("rows", lines)):
        if sorted(given) != sorted(ids):
            odd = sorted(set(given) ^ set(ids))[:3]
            raise NetworkInputError(
                f"{table.path} is taken as a square matrix of {len(ids)} nodes, but its {what} "
                f"are not those of the nodes ({', '.join(odd) or 'one is there twice'}). Give "
                "the matrix the ids of the nodes, or a list of from, to, distance."
            )
    table.notes.append(f"{table.path.name}: taken as a square matrix of distances.")
    cells = list(zip(*rows, strict=True))[named:]
    values = np.column_stack(
        [
            as_numbers(
                table.path, top, column, (columns[at], "distance"), low=0.0, endless=True
            )
            for at, column in enumerate(cells)
        ]
    )
    where = {node: at for at, node in enumerate(ids)}
    across, down = [where[node] for node in columns], [where[node] for node in lines]
    distance = np.empty_like(values)
    distance[np.ix_(down, across)] = values
    _check_symmetric(table.path, distance, ids)
    return links_between(np.minimum(distance, distance.T))


def _check_symmetric(path: Path, distance: FloatArray, ids: tuple[str, ...]) -> None:
    apart = ~np.isclose(distance, distance.T, rtol=1e-9, atol=0)
    if apart.any():
        first, second = np.argwhere(apart)[0]
        raise NetworkInputError(
            f"{path}: the matrix is not symmetric: from {ids[first]} to {ids[second]} it is "
            f"{distance[first, second]:g}, back {distance[second, first]:g}. Networks here are "
            "undirected; give the same distance both ways."
        )


def _list_columns(table: NamedTable, count: int, stated: ColumnNames) -> tuple[str, str, str]:
    try:
        return (
            table.find("from", stated.first, place=0),
            table.find("to", stated.second, place=1),
            table.find("distance", stated.length, place=2),
        )
    except NetworkInputError as error:
        raise NetworkInputError(
            f"{error} (A square matrix would need {count} rows and columns, one for each node.)"
        ) from None


def _list(table: NamedTable, ids: tuple[str, ...], stated: ColumnNames) -> Links:
    columns = _list_columns(table, len(ids), stated)
    where = {node: at for at, node in enumerate(ids)}
    parts: list[tuple[IntArray, IntArray, FloatArray]] = []
    count = 0
    for line, (first, second, length) in table.rows(columns):
        ends = [_numbers_of(table.path, line, cells, where) for cells in (first, second)]
        distance = as_numbers(
            table.path, line, length, (columns[2], "distance"), low=0.0, endless=True
        )
        parts.append((ends[0], ends[1], distance))
        count += len(distance)
        if count > 2 * MAX_LINKS:
            raise NetworkInputError(
                f"{table.path} lists more than {2 * MAX_LINKS:,} links. Leave out the longest."
            )
    if not parts:
        return links_between(np.full((len(ids), len(ids)), np.inf))
    one, other, apart = (
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )
    return _once(table, ids, (one, other, apart))


def _numbers_of(
    path: Path, line: int, cells: Sequence[str], where: Mapping[str, int]
) -> IntArray:
    try:
        return np.array([where[cell.strip()] for cell in cells], dtype=np.int32)
    except KeyError:
        at = next(i for i, cell in enumerate(cells) if cell.strip() not in where)
        raise NetworkInputError(
            f"{path}, row {line + at}: there is no node {cells[at].strip()!r}. "
            f"{nearest_names_hint(cells[at].strip(), list(where)[:2000])} Correct the row, or "
            "add the node to the table of nodes."
        ) from None


def _once(
    table: NamedTable, ids: tuple[str, ...], listed: tuple[IntArray, IntArray, FloatArray]
) -> Links:
    """Keep each pair once; both ways must say the same."""
    first, second, distance = listed
    low, high = np.minimum(first, second), np.maximum(first, second)
    own = low == high
    if own.any():
        table.notes.append(
            f"{table.path.name}: {int(own.sum())} rows from a node to itself are left out."
        )
        low, high, distance = low[~own], high[~own], distance[~own]
    pair = low.astype(np.int64) * len(ids) + high
    _, at, inverse = np.unique(pair, return_index=True, return_inverse=True)
    odd = ~np.isclose(distance, distance[at][inverse], rtol=1e-9, atol=0)
    if odd.any():
        row = int(np.argmax(odd))
        raise NetworkInputError(
            f"{table.path} gives two distances between {ids[low[row]]} and {ids[high[row]]}: "
            f"{distance[at][inverse][row]:g} and {distance[row]:g}. Networks here are "
            "undirected; give each pair one distance."
        )
    if len(at) > MAX_LINKS:
        raise NetworkInputError(
            f"{table.path} lists {len(at):,} links, more than {MAX_LINKS:,}. Leave out the "
            "longest."
        )
    return listed_links(len(ids), low[at], high[at], distance[at])


def _truths(
    table: NamedTable, column: str | None, role: str, count: int, *, otherwise: bool
) -> BoolArray:
    if column is None:
        return np.full(count, otherwise)
    return table.truths(table.stated(role, column), role)


def _land(table: NamedTable, column: str | None, outside: BoolArray) -> IntArray | None:
    if column is None:
        return None
    names = table.texts(table.stated("land", column))
    for at, (name, abroad) in enumerate(zip(names, outside, strict=True), start=1):
        if not name and not abroad:
            raise NetworkInputError(
                f"{table.path}, record {at}, column {column}: a node inside the region must "
                "name the piece of land it lies on. Fill it in."
            )
    _, number = np.unique(np.array(names), return_inverse=True)
    land: IntArray = np.where(outside, -1, number).astype(np.int32)
    return land
