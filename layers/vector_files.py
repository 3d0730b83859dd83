"""Vector files of other people: what is in them, and a copy in a GeoPackage of our own.

Only features are copied, by batches; triggers, views, styles and whatever else a file holds
stay behind. The tasks here run in a process of their own (`layers.apart`).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from layers.apart import run_apart
from layers.control import NULL_CONTROL
from layers.errors import LayerReadError, LayerWriteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from layers.control import Control

DRIVERS = {
    ".gpkg": "GeoPackage",
    ".shp": "Shapefile",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".kml": "KML",
    ".gpx": "GPX",
    ".sqlite": "SpatiaLite",
    ".tab": "MapInfo",
    ".mif": "MapInfo",
    ".zip": "zipped Shapefile or GeoPackage",
}
"""Endings of the files that can be imported, with what they are."""

MOST_BYTES = 4 * 1024**3
MOST_FEATURES = 2_000_000
MOST_FIELDS = 500
MOST_TABLES = 200
BATCH = 20_000
LISTING_S = 30.0
_RESERVED = frozenset({"fid", "geom", "ogc_fid"})
_KINDS = {1: "Point", 2: "LineString", 3: "Polygon", 4: "Point", 5: "LineString", 6: "Polygon"}
_SAFE = {"GML_DOWNLOAD_SCHEMA": "NO", "OGR_SQLITE_LOAD_EXTENSIONS": None}


@dataclass(frozen=True, slots=True)
class VectorTable:
    """A table of a vector file.

    Parameters
    ----------
    name : str
        As the file calls it.
    geometry : str
        Type of geometry, such as ``MultiPolygon``; empty where it holds none.
    features : int
        How many; -1 where the file does not tell quickly.
    fields : tuple of str
        Columns.
    crs : str
        Coordinate system; empty where none is stated.
    """

    name: str
    geometry: str
    features: int
    fields: tuple[str, ...]
    crs: str


@dataclass(frozen=True, slots=True)
class CopiedVector:
    """A copy.

    Parameters
    ----------
    features : int
        How many were copied.
    geometry : str
        Type of geometry of the copy.
    renamed : tuple of (str, str)
        Columns that had to be called otherwise.
    """

    features: int
    geometry: str
    renamed: tuple[tuple[str, str], ...]


def vector_tables(path: Path, control: Control = NULL_CONTROL) -> tuple[VectorTable, ...]:
    """Return the tables of a vector file.

    Raises
    ------
    LayerReadError
        The file is missing, too large, of a kind that cannot be imported, or damaged.
    """
    check_vector(path)
    told = run_apart("vector tables", {"path": str(path)}, control, silence_s=LISTING_S)
    return tuple(VectorTable(**{**table, "fields": tuple(table["fields"])}) for table in told)


def copy_vector(
    path: Path, table: str, target: Path, *, control: Control = NULL_CONTROL
) -> CopiedVector:
    """Copy a table into a new GeoPackage, whole or not at all.

    Parameters
    ----------
    path : Path
        The file.
    table : str
        Table to copy; the only one where empty.
    target : Path
        GeoPackage to make; its table has the name of the file.
    control : Control
        Told the share done; may cancel.

    Raises
    ------
    LayerReadError
        The file cannot be imported; says why.
    LayerWriteError
        The copy cannot be written.
    """
    check_vector(path)
    writing = target.with_name(f".writing-{target.name}")
    args = {
        "path": str(path),
        "table": table,
        "target": str(writing),
        "name": target.stem,
    }
    try:
        told = run_apart("copy vector", args, control)
        writing.replace(target)
    except OSError as error:
        if isinstance(error, LayerReadError | LayerWriteError):
            raise
        raise LayerWriteError(f"{target} could not be written: {error.strerror}.") from error
    finally:
        for rest in (
            writing,
            *(Path(f"{writing}{end}") for end in ("-journal", "-wal", "-shm")),
        ):
            rest.unlink(missing_ok=True)
    return CopiedVector(
        told["features"], told["geometry"], tuple((old, new) for old, new in told["renamed"])
    )


def check_vector(path: Path) -> None:
    """Refuse a file before anything of it is read.

    Raises
    ------
    LayerReadError
        It is missing, too large, or of a kind that cannot be imported.
    """
    if path.suffix.lower() not in DRIVERS:
        known = ", ".join(sorted(DRIVERS))
        raise LayerReadError(
            f"{path.name} is of a kind that cannot be imported as a vector layer. Save it in "
            f"QGIS as GeoPackage; these endings are taken: {known}."
        )
    try:
        size = path.stat().st_size
    except OSError as error:
        raise LayerReadError(
            f"{path} cannot be read: {error.strerror}. Check that it is there and that its "
            "disk or network answers."
        ) from error
    if not path.is_file():
        raise LayerReadError(f"{path} is no file.")
    if size > MOST_BYTES:
        raise LayerReadError(
            f"{path} has {size / 1024**3:.1f} GB, more than the {MOST_BYTES // 1024**3} GB "
            "that can be imported. Clip it to the region in QGIS first."
        )


def tables_task(args: Mapping[str, Any], control: Control) -> list[dict[str, object]]:
    """List tables; run by `layers.apart`."""
    path = str(args["path"])
    with _read(path):
        pyogrio.set_gdal_config_options(_SAFE)
        source = _source(path)
        listed = pyogrio.list_layers(source)
        found = []
        for place, (name, geometry) in enumerate(listed[:MOST_TABLES]):
            info = pyogrio.read_info(source, layer=str(name))
            found.append(
                {
                    "name": str(name),
                    "geometry": str(geometry or ""),
                    "features": int(info["features"]),
                    "fields": [str(field) for field in info["fields"]],
                    "crs": str(info["crs"] or ""),
                }
            )
            control.report((place + 1) / len(listed))
    return found


def copy_task(args: Mapping[str, Any], control: Control) -> dict[str, object]:
    """Copy a table; run by `layers.apart`."""
    path, target = str(args["path"]), str(args["target"])
    with _read(path):
        pyogrio.set_gdal_config_options(_SAFE)
        source = _source(path)
        table = str(args["table"]) or _only_table(path, source)
        info = pyogrio.read_info(source, layer=table, force_feature_count=True)
    _check_info(path, table, info)
    renamed = _renamed([str(field) for field in info["fields"]])
    copy = _Copy(path, table, target, str(args["name"]), str(info["crs"]), renamed)
    total = int(info["features"])
    for start in range(0, total, BATCH):
        with _read(path):
            read = pyogrio.raw.read(
                source,
                layer=table,
                force_2d=True,
                skip_features=start,
                max_features=BATCH,
            )
        copy.add(read)
        control.report(min((start + BATCH) / total, 1.0) if total else 1.0)
    copy.finish()
    return {
        "features": copy.written,
        "geometry": copy.geometry_type,
        "renamed": [[old, new] for old, new in renamed.items() if old != new],
    }


class _Copy:
    """A GeoPackage that grows by batches."""

    def __init__(
        self,
        path: str,
        table: str,
        target: str,
        name: str,
        crs: str,
        renamed: Mapping[str, str],
    ) -> None:
        self._path, self._table = path, table
        self._target, self._name = target, name
        self._crs = crs
        self._renamed = renamed
        self._kind = ""
        self.written = 0

    @property
    def geometry_type(self) -> str:
        """Type of geometry of the copy."""
        return f"Multi{self._kind}"

    def add(self, read: tuple[Any, ...]) -> None:
        """Write a batch.

        Raises
        ------
        LayerReadError
            Its features are not all points, all lines or all polygons.
        LayerWriteError
            The disk is full.
        """
        meta, _, geometries, fields = read
        if geometries is None:
            raise _no_shapes(self._path, self._table)
        keep = self._check_kinds(geometries)
        if not keep.any():
            return
        names = [self._renamed[str(name)] for name in meta["fields"]]
        try:
            pyogrio.raw.write(
                self._target,
                geometry=geometries[keep],
                field_data=[values[keep] for values in fields],
                fields=np.array(names, dtype=object),
                layer=self._name,
                driver="GPKG",
                geometry_type=self.geometry_type,
                crs=self._crs,
                promote_to_multi=True,
                append=self.written > 0,
                geometry_name="geom",
            )
        except (DataSourceError, DataLayerError, FieldError, ValueError, RuntimeError) as error:
            raise LayerWriteError(
                f"{Path(self._path).name} could not be copied into the project: {error}. Free "
                "some space, or save it again in QGIS as GeoPackage."
            ) from error
        self.written += int(keep.sum())

    def finish(self) -> None:
        """See that something was copied.

        Raises
        ------
        LayerReadError
            The table holds no shapes.
        """
        if not self.written:
            raise _no_shapes(self._path, self._table)

    def _check_kinds(self, geometries: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell which features have a shape; all must be of one kind."""
        keep = np.zeros(len(geometries), dtype=bool)
        for place, wkb in enumerate(geometries):
            if wkb is None:
                continue
            number = int.from_bytes(wkb[1:5], "little" if wkb[0] else "big") % 1000
            kind = _KINDS.get(number)
            if kind is None:
                raise LayerReadError(
                    f"{Path(self._path).name}, table {self._table}, holds shapes that are "
                    "neither points, lines nor polygons, such as collections or curves. "
                    "Convert them in QGIS (Vector > Geometry Tools) and import it again."
                )
            if self._kind not in {"", kind}:
                raise LayerReadError(
                    f"{Path(self._path).name}, table {self._table}, holds {self._kind} and "
                    f"{kind} in one table. Save each in a layer of its own in QGIS."
                )
            self._kind = kind
            keep[place] = True
        return keep


def _source(path: str) -> str:
    return f"/vsizip/{path}" if path.lower().endswith(".zip") else path


def _only_table(path: str, source: str) -> str:
    names = [str(name) for name, geometry in pyogrio.list_layers(source) if geometry]
    if len(names) == 1:
        return names[0]
    if not names:
        raise _no_shapes(path, Path(path).stem)
    raise LayerReadError(
        f"{Path(path).name} holds {len(names)} tables; choose one: {', '.join(names[:20])}."
    )


def _check_info(path: str, table: str, info: Mapping[str, Any]) -> None:
    name = Path(path).name
    if not info["crs"]:
        raise LayerReadError(
            f"{name}, table {table}, says no coordinate system, so its place is unknown. "
            "Assign one in QGIS (Assign Projection) and import it again."
        )
    if int(info["features"]) > MOST_FEATURES:
        raise LayerReadError(
            f"{name}, table {table}, holds {info['features']:,} features, more than the "
            f"{MOST_FEATURES:,} that can be imported. Clip it to the region in QGIS first."
        )
    if len(info["fields"]) > MOST_FIELDS:
        raise LayerReadError(
            f"{name}, table {table}, has {len(info['fields'])} columns, more than "
            f"{MOST_FIELDS}. Save it in QGIS with those that matter."
        )


def _renamed(names: Sequence[str]) -> dict[str, str]:
    """Return new names for columns that a GeoPackage needs itself or takes for the same."""
    taken = set(_RESERVED)
    found: dict[str, str] = {}
    for name in names:
        new, number = name, 1
        while new.lower() in taken:
            new, number = f"{name}_{number}", number + 1
        taken.add(new.lower())
        found[name] = new
    return found


def _no_shapes(path: str, table: str) -> LayerReadError:
    return LayerReadError(
        f"{Path(path).name}, table {table}, holds no shapes that could be drawn. Choose "
        "another table, or make points of its coordinates in QGIS."
    )


@contextmanager
def _read(path: str) -> Iterator[None]:
    """Say what goes wrong while a file is read in plain words."""
    try:
        yield
    except (DataSourceError, DataLayerError, FieldError, ValueError, RuntimeError) as error:
        # GDAL goes on with advice for programmers, which starts with a semicolon.
        told = str(error).replace(path, Path(path).name).partition(";")[0].rstrip(". ")
        raise LayerReadError(
            f"{Path(path).name} cannot be read: {told}. Check that the file is whole, or save "
            "it again in QGIS as GeoPackage."
        ) from error
