"""GeoPackage as a file format: its own tables, coordinate systems and geometry blobs.

References
----------
OGC 12-128r17, GeoPackage Encoding Standard 1.3.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.errors import DamagedProjectError, EditError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import CRS

    from planner.project.schema import GeometryType

APPLICATION_ID = 0x47504B47
"""``GPKG`` in ASCII, in the file's header."""

USER_VERSION = 10300
"""GeoPackage 1.3.0."""

CUSTOM_SRS_ID = 100000
"""First identifier of coordinate systems that no authority has numbered."""

MAXIMUM_GEOMETRY_BYTES = 64 * 1024 * 1024
"""Largest single geometry that is stored or read; four million vertices."""

_WGS84_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,'
    'AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,'
    'AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],'
    'AXIS["Latitude",NORTH],AXIS["Longitude",EAST],AUTHORITY["EPSG","4326"]]'
)
_BASE_TABLES = (
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL PRIMARY KEY,
        organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL,
        definition TEXT NOT NULL,
        description TEXT)""",
    """CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY,
        data_type TEXT NOT NULL,
        identifier TEXT UNIQUE,
        description TEXT DEFAULT '',
        last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
        srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id)
            REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL,
        column_name TEXT NOT NULL,
        geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL,
        z TINYINT NOT NULL,
        m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
)
_EXTENSIONS_TABLE = """CREATE TABLE gpkg_extensions (
        table_name TEXT,
        column_name TEXT,
        extension_name TEXT NOT NULL,
        definition TEXT NOT NULL,
        scope TEXT NOT NULL,
        CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))"""
_HEADER = struct.Struct("<2sBBi")
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
_ALLOWED = {
    "POINT": ("Point",),
    "MULTILINESTRING": ("MultiLineString",),
    "MULTIPOLYGON": ("MultiPolygon",),
    "GEOMETRY": ("Point", "MultiPoint", "MultiLineString", "MultiPolygon"),
}


def create_base_tables(connection: sqlite3.Connection) -> None:
    """Make the tables that every GeoPackage has, with the coordinate systems it must name."""
    for statement in _BASE_TABLES:
        connection.execute(statement)
    connection.executemany(
        "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
        (
            ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", "undefined Cartesian"),
            ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic"),
            (
                "WGS 84 geodetic",
                4326,
                "EPSG",
                4326,
                _WGS84_WKT,
                "longitude/latitude in degrees",
            ),
        ),
    )


def add_srs(connection: sqlite3.Connection, crs: str) -> int:
    """Register a coordinate system and return its identifier in the file.

    Parameters
    ----------
    connection : sqlite3.Connection
        An open GeoPackage.
    crs : str
        Anything PROJ understands: an authority code, a PROJ string, WKT.

    Raises
    ------
    EditError
        PROJ does not understand it.
    """
    from pyproj import CRS  # noqa: PLC0415 - slow to load, most sessions do without
    from pyproj.exceptions import CRSError  # noqa: PLC0415 - as above

    try:
        parsed = CRS.from_user_input(crs)
        modern = parsed.to_wkt("WKT2_2019")
    except CRSError as error:
        raise EditError(
            f"{crs!r} is no coordinate system that PROJ understands: {error}. Give an "
            "EPSG code such as EPSG:8857, or a PROJ string."
        ) from error
    authority = parsed.to_authority(min_confidence=100)
    if authority is not None and authority[1].isdigit():
        organization, code = authority[0], int(authority[1])
        srs_id = code
    else:
        organization, srs_id = "NONE", CUSTOM_SRS_ID
        code = srs_id
    definition = _first_wkt(parsed)
    row = (_srs_name(parsed.name), srs_id, organization, code, definition or "undefined", crs)
    connection.execute(
        "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", row
    )
    if definition is None:
        _add_modern_definition(connection, srs_id, modern)
    return srs_id


def _first_wkt(crs: CRS) -> str | None:
    """Return the definition as WKT 1, or None where it has no word for the projection."""
    from pyproj.exceptions import CRSError  # noqa: PLC0415 - as in add_srs

    try:
        definition: str = crs.to_wkt("WKT1_GDAL")
    except CRSError:
        return None
    return definition


def _add_modern_definition(connection: sqlite3.Connection, srs_id: int, wkt: str) -> None:
    """Use the extension "WKT for coordinate reference systems", requirements 115 to 118."""
    connection.execute(
        "ALTER TABLE gpkg_spatial_ref_sys ADD COLUMN definition_12_063 TEXT NOT NULL "
        "DEFAULT 'undefined'"
    )
    connection.execute("ALTER TABLE gpkg_spatial_ref_sys ADD COLUMN epoch DOUBLE")
    connection.execute(
        "UPDATE gpkg_spatial_ref_sys SET definition_12_063 = ? WHERE srs_id = ?", (wkt, srs_id)
    )
    connection.execute(_EXTENSIONS_TABLE)
    connection.executemany(
        "INSERT INTO gpkg_extensions VALUES ('gpkg_spatial_ref_sys', ?, 'gpkg_crs_wkt_1_1', "
        "'http://www.geopackage.org/spec/#extension_crs_wkt', 'read-write')",
        [("definition_12_063",), ("epoch",)],
    )


def _srs_name(name: str) -> str:
    return "Landbridge project" if name.lower() in {"unknown", "undefined", ""} else name


def register_features(
    connection: sqlite3.Connection,
    name: str,
    description: str,
    geometry: GeometryType,
    srs_id: int,
) -> None:
    """List a table or view with geometry among the file's contents."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
        "VALUES (?, 'features', ?, ?, ?)",
        (name, name, description, srs_id),
    )
    connection.execute(
        "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)",
        (name, geometry, srs_id),
    )


def register_attributes(connection: sqlite3.Connection, name: str, description: str) -> None:
    """List a table without geometry among the file's contents."""
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description) "
        "VALUES (?, 'attributes', ?, ?)",
        (name, name, description),
    )


def encode_geometries(
    geometries: Sequence[object], *, srs_id: int, geometry_type: GeometryType
) -> list[bytes | None]:
    """Turn geometries into GeoPackage blobs; single parts become multi-parts, Z is dropped.

    Parameters
    ----------
    geometries : sequence of shapely geometries or None
        In the coordinate system `srs_id`, map units. Empty geometries are stored as none.
    srs_id : int
        Identifier of the coordinate system in the file.
    geometry_type : str
        What the table holds.

    Raises
    ------
    EditError
        Something is no geometry, of another type, infinite or NaN, or too large.
    """
    try:
        array = np.array([_as_multi(item) for item in geometries], dtype=object)
    except TypeError as error:
        raise EditError(f"A value of the column geometry is no geometry: {error}.") from error
    blobs: list[bytes | None] = [None] * len(array)
    filled = np.flatnonzero(~(shapely.is_missing(array) | shapely.is_empty(array)))
    if not filled.size:
        return blobs
    present = array[filled]
    _check(present, geometry_type)
    bounds = shapely.bounds(present)
    bodies = shapely.to_wkb(present, output_dimension=2, byte_order=1)
    for index, (west, south, east, north), body in zip(
        filled.tolist(), bounds.tolist(), bodies, strict=True
    ):
        if len(body) > MAXIMUM_GEOMETRY_BYTES:
            raise EditError(
                f"A geometry takes {len(body):,} bytes, more than the "
                f"{MAXIMUM_GEOMETRY_BYTES:,} that a project stores. Simplify it, or split it "
                "into parts."
            )
        head = _HEADER.pack(b"GP", 0, 0b0000_0011, srs_id)
        blobs[index] = head + struct.pack("<4d", west, east, south, north) + body
    return blobs


def _as_multi(item: object) -> object:
    if isinstance(item, shapely.Polygon):
        return shapely.MultiPolygon([item]) if not item.is_empty else None
    if isinstance(item, shapely.LineString):
        return shapely.MultiLineString([item]) if not item.is_empty else None
    if item is None or isinstance(item, shapely.Geometry):
        return item
    raise TypeError(f"{type(item).__name__} {item!r:.60}")


def _check(geometries: NDArray[np.object_], geometry_type: GeometryType) -> None:
    allowed = _ALLOWED[geometry_type]
    found = {geometry.geom_type for geometry in geometries}
    if wrong := sorted(found.difference(allowed)):
        raise EditError(
            f"The table holds {' or '.join(allowed)}, not {', '.join(wrong)}. Take the parts "
            "of the right type out first."
        )
    if not np.isfinite(shapely.get_coordinates(geometries)).all():
        raise EditError(
            "A geometry has a coordinate that is infinite or not a number. It was probably "
            "projected from outside the area of its coordinate system; mend it at its source."
        )


def decode_geometries(blobs: Sequence[bytes | None], *, table: str) -> NDArray[np.object_]:
    """Turn GeoPackage blobs into geometries.

    Parameters
    ----------
    blobs : sequence of bytes or None
        As stored in the column ``geom``, by this program or another.
    table : str
        Table they come from, for the message.

    Raises
    ------
    DamagedProjectError
        A blob is no GeoPackage geometry, or is too large.
    """
    bodies = [None if blob is None else _body(blob, table) for blob in blobs]
    try:
        geometries = shapely.from_wkb(np.array(bodies, dtype=object))
    except (shapely.errors.ShapelyError, TypeError, ValueError) as error:
        raise _damaged(table, str(error)) from error
    decoded: NDArray[np.object_] = geometries
    return decoded


def _body(blob: object, table: str) -> bytes:
    if not isinstance(blob, bytes) or len(blob) < _HEADER.size or blob[:2] != b"GP":
        raise _damaged(table, "it does not start as a GeoPackage geometry")
    if len(blob) > MAXIMUM_GEOMETRY_BYTES + 72:
        raise _damaged(table, f"it takes {len(blob):,} bytes")
    envelope = (blob[3] >> 1) & 0b111
    if envelope >= len(_ENVELOPE_BYTES):
        raise _damaged(table, f"its envelope code {envelope} is unknown")
    return blob[_HEADER.size + _ENVELOPE_BYTES[envelope] :]


def _damaged(table: str, reason: str) -> DamagedProjectError:
    return DamagedProjectError(
        f"A geometry in the table {table} cannot be read: {reason}. Restore the project from a "
        "copy, or delete the feature in QGIS."
    )


def envelope_of(blobs: Sequence[bytes | None]) -> tuple[float, float, float, float] | None:
    """Return the common extent (west, south, east, north) of blobs, or None where all are none.

    Parameters
    ----------
    blobs : sequence of bytes or None
        Blobs with an XY envelope in their header, as `encode_geometries` writes them; others
        are decoded.
    """
    fast: list[bytes] = []
    slow: list[bytes] = []
    for blob in blobs:
        if blob is not None:
            plain = len(blob) >= 40 and blob[3] & 0b0000_1111 == 0b0011
            (fast if plain else slow).append(blob)
    boxes = np.frombuffer(b"".join(blob[8:40] for blob in fast), dtype="<f8").reshape(-1, 4)
    corners = boxes[:, [0, 2, 1, 3]]
    if slow:
        decoded = decode_geometries(slow, table="gpkg_contents")
        corners = np.vstack([corners, shapely.bounds(decoded)])
    corners = corners[np.isfinite(corners).all(axis=1)]
    if not len(corners):
        return None
    west, south = corners[:, :2].min(axis=0).tolist()
    east, north = corners[:, 2:].max(axis=0).tolist()
    return west, south, east, north
