"""Opening the program's files without ever changing them.

QGIS opens a GeoPackage for writing first and switches its journal mode: a database that its
owner keeps in WAL mode is set back to DELETE as soon as QGIS is alone with it, and the setting
``qgis/walForSqlite3``, the variable ``OGR_SQLITE_JOURNAL`` and the open option ``NOLOCK`` do
not prevent it on QGIS 3.22 with GDAL 3.6 (tried). Read through an OGR virtual dataset the file
is opened read-only and left as it is, readers never block the writer, and new rows show at
once.
The exported project names the file itself.
"""

from __future__ import annotations

import importlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

FINER_FACTOR = 8
FINER_LIMIT = 20_000
DATABASES = {".gpkg", ".sqlite"}


def split_source(source: str) -> tuple[str, str]:
    """Return path and table of ``path|layername=table``; the table may be empty."""
    path, *options = source.split("|")
    for option in options:
        key, _, value = option.partition("=")
        if key == "layername":
            return path, value
    return path, ""


def native_source(source: str) -> str:
    """Return a source as QGIS on a desktop should open it."""
    path, table = split_source(source)
    return f"{path}|layername={table}" if table else path


def first_table(path: str) -> str:
    """Return the first feature table of a GeoPackage.

    Raises
    ------
    ValueError
        The file has none, or is no GeoPackage.
    """
    address = f"file:{quote(str(Path(path).absolute()))}?mode=ro"
    query = "SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY rowid"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            row = database.execute(query).fetchone()
    except sqlite3.Error as error:
        raise ValueError(f"{path} is not a readable GeoPackage ({error})") from error
    if row is None:
        raise ValueError(f"{path} holds no table of features")
    return str(row[0])


def reading_source(spec: Mapping[str, Any]) -> str:
    """Return the source to open for a layer of the specification, never for writing."""
    path, table = split_source(spec["source"])
    if spec["kind"] == "raster":
        method = resampling(spec)
        return str(spec["source"]) if method == "nearest" else finer(path, method)
    if Path(path).suffix.lower() not in DATABASES:
        return str(spec["source"])
    table = table or first_table(path)
    where = escape(str(Path(path).absolute()))
    name = escape(table, {'"': "&quot;"})
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="{name}">'
        f'<SrcDataSource relativeToVRT="0">{where}</SrcDataSource>'
        f"<SrcLayer>{escape(table)}</SrcLayer></OGRVRTLayer></OGRVRTDataSource>"
    )


def resampling(spec: Mapping[str, Any]) -> str:
    """Return how a raster is drawn between its cells: nearest, bilinear or cubic."""
    style = spec["style"]
    default = "cubic" if style.get("type") == "hillshade" else "nearest"
    return str(style.get("resampling", default))


def finer(path: str, method: str) -> str:
    """Return a virtual raster of finer cells, interpolated from the file when it is read.

    QGIS interpolates nothing when it reprojects a raster: it would show the cells, and a
    hillshade of them would look like a grid. Without the GDAL bindings that is what it shows.

    Raises
    ------
    ValueError
        The file cannot be read, or the method is unknown.
    """
    if method not in {"bilinear", "cubic"}:
        raise ValueError(f"resampling {method!r} is none of nearest, bilinear, cubic")
    try:
        gdal = importlib.import_module("osgeo.gdal")
    except ImportError:
        return path
    gdal.UseExceptions()
    try:
        raster = gdal.Open(path)
        largest = max(raster.RasterXSize, raster.RasterYSize)
        factor = max(1, min(FINER_FACTOR, FINER_LIMIT // largest))
        virtual = gdal.Translate(
            "",
            raster,
            format="VRT",
            width=raster.RasterXSize * factor,
            height=raster.RasterYSize * factor,
            resampleAlg=method,
        )
    except RuntimeError as error:
        raise ValueError(f"{path} could not be opened as raster: {error}") from error
    return str(virtual.GetMetadata("xml:VRT")[0])


def stamp(spec: Mapping[str, Any]) -> tuple[int, ...]:
    """Return times and sizes of a layer's file and its overviews, by which a change is known.

    Databases are read live, so theirs do not count, and servers have none.
    """
    if spec.get("provider") in {"wms", "postgres"}:
        return ()
    path = Path(split_source(spec["source"])[0])
    if path.suffix.lower() in DATABASES:
        return ()
    return (*_stamp_of(path), *_stamp_of(path.with_name(path.name + ".ovr")))


def _stamp_of(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return (found.st_mtime_ns, found.st_size)
