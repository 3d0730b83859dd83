"""Proposals as text for the clipboard: written as JSON, read from JSON, GeoJSON and WKT.

Text from a clipboard may come from anywhere: it is measured before it is read, read without
executing anything, and counted before it is used.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np
import shapely
from pyproj import Transformer

from algorithms.control import NULL_CONTROL, PartControl
from planner.drawing.errors import DrawingError, TooManyVerticesError
from planner.drawing.geometry import (
    MAXIMUM_VERTICES,
    as_multi,
    simplified_to_limit,
    vertex_count,
)
from planner.drawing.numbers import digits
from planner.drawing.proposals import PROPOSAL_KINDS, Drawn, line_of, width_of
from planner.drawing.rows import proposal_row
from planner.records import number, shape_of, texts
from resources.translation import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.control import Control
    from planner.project import Project
    from planner.records import Record

FORMAT = "landbridge-proposals"
VERSION = 1
MAXIMUM_TEXT = 100_000_000
"""Longest text that is read, in characters; a million vertices take about 40 million."""
MAXIMUM_PROPOSALS = 1_000
_WKT_STARTS = ("POLYGON", "MULTIPOLYGON", "GEOMETRYCOLLECTION", "LINESTRING", "POINT", "SRID=")
_FIELDS = ("lead", "notes", "legal_basis")
_LONGEST_NAME = 300
_LONGEST_TEXT = 100_000


def copy_text(project: Project, scenario: str, proposal_ids: Sequence[str]) -> str:
    """Return proposals as text that can be pasted into any project, or read by people.

    Parameters
    ----------
    project : Project
        Where they are.
    scenario : str
        Their scenario.
    proposal_ids : sequence of str
        Which.

    Raises
    ------
    DrawingError
        A proposal is gone, or none was chosen.
    """
    rows = [proposal_row(project, scenario, key) for key in dict.fromkeys(proposal_ids)]
    if not rows:
        raise DrawingError("No proposal is chosen. Choose one to be copied.")
    content = {
        "format": FORMAT,
        "version": VERSION,
        "crs": project.crs,
        "proposals": [_written(row) for row in rows],
    }
    return json.dumps(content, ensure_ascii=False, indent=1)


def _written(row: Record) -> Record:
    line = line_of(row)
    return {
        "name": row["name"],
        "names": row["names"],
        "kind": row["kind"],
        **{name: row[name] for name in _FIELDS},
        "member_sites": row["member_sites"],
        "species": row["species"],
        "reasons": row["reasons"],
        "width_m": width_of(row),
        "centreline": line,
        "wkt": shapely.to_wkt(shape_of(row), rounding_precision=3),
    }


def read_pasted(
    text: str, crs: str, *, simplify: bool = False, control: Control | None = None
) -> tuple[Drawn, ...]:
    """Read areas from a text: proposals that were copied, GeoJSON, or WKT.

    Coordinates of GeoJSON are degrees. Those of WKT are degrees where all of them could be,
    else metres in the project's CRS. Shapes are taken as they are; whether they cross
    themselves is for `planner.drawing.repairing.problems_of` to say.

    Parameters
    ----------
    text : str
        From the clipboard.
    crs : str
        The project's CRS.
    simplify : bool
        Leave vertices out of shapes that have too many, instead of refusing them.
    control : Control, optional
        Told how far that has come; may cancel.

    Raises
    ------
    TooManyVerticesError
        A shape has too many vertices; tells how many.
    DrawingError
        The text is too long, damaged, or holds no area.
    """
    if len(text) > MAXIMUM_TEXT:
        raise DrawingError(
            f"The text has {digits(len(text))} characters; up to {digits(MAXIMUM_TEXT)} are "
            "read. Add the data to the map as a layer."
        )
    plain = text.strip().lstrip("\ufeff")
    if plain.startswith(("{", "[")):
        found = _from_json(plain, crs)
    elif plain[:20].upper().startswith(_WKT_STARTS):
        found = [Drawn(_from_wkt(plain, crs))]
    else:
        raise DrawingError(
            "The clipboard holds no area: neither proposals copied here nor GeoJSON nor WKT. "
            "Copy an area first."
        )
    areas, watch = _areas(found), control or NULL_CONTROL
    count = len(areas)
    return tuple(
        _sized(
            drawn,
            simplify=simplify,
            control=PartControl(watch, number / count, (number + 1) / count),
        )
        for number, drawn in enumerate(areas)
    )


def _areas(found: Sequence[Drawn]) -> list[Drawn]:
    if len(found) > MAXIMUM_PROPOSALS:
        raise DrawingError(
            f"The text holds {digits(len(found))} areas; up to {digits(MAXIMUM_PROPOSALS)} are "
            "pasted at once. Add the data to the map as a layer."
        )
    areas = [drawn for drawn in found if not as_multi(drawn.geometry).is_empty]
    if not areas:
        raise DrawingError(
            "The text holds no area, only points or lines or nothing. Copy a polygon; a "
            "corridor is drawn along a line with its width."
        )
    return areas


def _sized(drawn: Drawn, *, simplify: bool, control: Control) -> Drawn:
    shape = as_multi(drawn.geometry)
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise DrawingError(
            "The text holds a coordinate that is no number, or lies outside what the map can "
            "show."
        )
    count = vertex_count(shape)
    if count <= MAXIMUM_VERTICES:
        return replace(drawn, geometry=shape)
    if not simplify:
        raise TooManyVerticesError(count, MAXIMUM_VERTICES)
    return replace(drawn, geometry=simplified_to_limit(shape, control=control).geometry)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _from_json(text: str, crs: str) -> list[Drawn]:
    try:
        content = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise DrawingError(
            f"The text begins as JSON, but cannot be read: {str(error)[:120]}. Copy it again, "
            "whole."
        ) from error
    if isinstance(content, Mapping) and content.get("format") == FORMAT:
        return _own(content, crs)
    return _from_geojson(content, crs)


def _own(content: Mapping[str, object], crs: str) -> list[Drawn]:
    version, listed, own = (content.get(key) for key in ("version", "proposals", "crs"))
    if version != VERSION or not isinstance(listed, list) or not isinstance(own, str):
        raise DrawingError(
            "The text was copied from another version of Landbridge and cannot be read here. "
            "Use the same version on both sides."
        )
    if len(listed) > MAXIMUM_PROPOSALS:
        raise DrawingError(
            f"The text holds {digits(len(listed))} proposals; up to "
            f"{digits(MAXIMUM_PROPOSALS)} are pasted at once."
        )
    move = None if own == crs else _transformer(own, crs)
    return [_own_proposal(item, move) for item in listed if isinstance(item, Mapping)]


def _own_proposal(item: Mapping[str, object], move: Transformer | None) -> Drawn:
    shape = _parsed(str(item.get("wkt") or ""))
    points = line_of({"centreline": item.get("centreline")})
    width = number(item.get("width_m"))
    has_width = points is not None and 0.0 < width < 1e7
    if move is not None:
        shape = _moved(shape, move)
        if points is not None:
            points = [move.transform(x, y) for x, y in points]
    kind = item.get("kind")
    return Drawn(
        geometry=shape,
        name=_short(item.get("name")),
        names=_names(item.get("names")),
        kind=str(kind) if kind in PROPOSAL_KINDS else "",
        centreline=points if has_width else None,
        width_m=width if has_width else None,
        member_sites=texts(item.get("member_sites"))[:1000],
        species=texts(item.get("species"))[:100],
        reasons=texts(item.get("reasons"))[:100],
        fields={
            name: value[:_LONGEST_TEXT]
            for name in _FIELDS
            if isinstance(value := item.get(name), str) and "\0" not in value
        },
    )


def _short(value: object) -> str:
    return value.replace("\0", "").strip()[:_LONGEST_NAME] if isinstance(value, str) else ""


def _names(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        return {}
    named = {str(code): _short(name) for code, name in value.items() if code in LANGUAGES}
    return {code: name for code, name in named.items() if name}


def _from_geojson(content: object, crs: str) -> list[Drawn]:
    features = _features(content)
    if not features:
        raise DrawingError(
            "The text is JSON, but neither proposals copied here nor GeoJSON. Copy an area."
        )
    move = _transformer("EPSG:4326", crs)
    found = []
    for feature in features:
        geometry, properties = feature
        name = properties.get("name") if isinstance(properties, Mapping) else None
        shape = _geojson_shape(geometry)
        _check_degrees(shape)
        found.append(Drawn(_moved(shape, move), name=_short(name)))
    return found


def _features(content: object) -> list[tuple[object, object]]:
    """Return geometry and properties of each feature of a GeoJSON text."""
    if not isinstance(content, Mapping):
        return []
    match content.get("type"):
        case "FeatureCollection":
            listed = content.get("features")
            items = listed if isinstance(listed, list) else []
            return [
                (item.get("geometry"), item.get("properties"))
                for item in items
                if isinstance(item, Mapping)
            ]
        case "Feature":
            return [(content.get("geometry"), content.get("properties"))]
        case "Polygon" | "MultiPolygon" | "GeometryCollection" | "LineString" | "Point":
            return [(content, None)]
        case _:
            return []


def _geojson_shape(geometry: object) -> BaseGeometry:
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise DrawingError(
            f"A shape of the GeoJSON cannot be read: {str(error)[:120]}. Copy it again."
        ) from error
    return shapely.force_2d(shape)


def _check_degrees(shape: BaseGeometry) -> None:
    if shape.is_empty:
        return
    west, south, east, north = shape.bounds
    if not (-180.0 <= west <= east <= 360.0 and -90.0 <= south <= north <= 90.0):
        raise DrawingError(
            f"GeoJSON is in degrees, but the shape reaches from {west:.6g}, {south:.6g} to "
            f"{east:.6g}, {north:.6g}. Copy it in EPSG:4326."
        )


def _from_wkt(text: str, crs: str) -> BaseGeometry:
    body, own = text, ""
    if text[:5].upper() == "SRID=":
        head, _, body = text.partition(";")
        own = f"EPSG:{head[5:].strip()}"
    shape = _parsed(body)
    if shape.is_empty:
        return shape
    west, south, east, north = shape.bounds
    in_degrees = west >= -180.0 and east <= 180.0 and south >= -90.0 and north <= 90.0
    source = own or ("EPSG:4326" if in_degrees else crs)
    return shape if source == crs else _moved(shape, _transformer(source, crs))


def _parsed(wkt: str) -> BaseGeometry:
    try:
        with np.errstate(invalid="ignore"):  # coordinates that are no numbers are told later
            shape: BaseGeometry = shapely.from_wkt(wkt)
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise DrawingError(
            f"The WKT cannot be read: {str(error)[:120]}. Copy it again, whole."
        ) from error
    return shapely.force_2d(shape)


def _transformer(source: str, target: str) -> Transformer:
    from pyproj.exceptions import CRSError  # noqa: PLC0415 - only where something is pasted

    try:
        return Transformer.from_crs(source, target, always_xy=True)
    except CRSError as error:
        raise DrawingError(
            f"The text names a coordinate system that is not known: {source[:80]!r}. Copy the "
            "area in EPSG:4326."
        ) from error


def _moved(shape: BaseGeometry, move: Transformer) -> BaseGeometry:
    def projected(at: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = move.transform(at[:, 0], at[:, 1])
        return np.column_stack([x, y])

    if shape.is_empty:
        return shape
    moved: BaseGeometry = shapely.transform(shape, projected)
    if not math.isfinite(sum(moved.bounds)):
        raise DrawingError(
            "The shape lies outside what the project's map can show. Copy one that lies near "
            "the region."
        )
    return moved
