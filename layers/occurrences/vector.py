"""Points in GeoPackage, shapefile and GeoJSON, from any coordinate system."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError

from layers.control import NULL_CONTROL
from layers.occurrences import limits
from layers.occurrences.columns import (
    SAMPLE_ROWS,
    SHOWN_ROWS,
    ColumnGuess,
    RoleGuess,
    guess_roles,
)
from layers.occurrences.datums import WGS84, crs_of
from layers.occurrences.encoding import EncodingGuess, guess_encoding, stated_encoding
from layers.occurrences.errors import OccurrenceReadError
from layers.occurrences.opened import OpenedRecords, Stated
from layers.occurrences.record_source import Chunk
from layers.occurrences.roles import ROLE_TITLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from layers.control import Control

GEOMETRY = "geometry"
"""Name that the guess shows for the place of points."""

_POINT_KINDS = ("Point", "MultiPoint")


@dataclass(frozen=True, slots=True)
class DbfText:
    """The text of a shapefile's table, for guessing its encoding.

    Parameters
    ----------
    label, name : str
        For messages.
    content : bytes
        The first bytes of the .dbf file.
    """

    label: str
    name: str
    content: bytes

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the records, one in each line."""
        header = int.from_bytes(self.content[8:10], "little")
        width = max(int.from_bytes(self.content[10:12], "little"), 1)
        names = b",".join(
            self.content[at : at + 11].split(b"\0")[0] for at in range(32, header - 1, 32)
        )
        records = self.content[header:].rstrip(b"\x1a\0 ")
        lines = (records[at : at + width].strip() for at in range(0, len(records), width))
        yield io.BytesIO(b"\n".join((names, *(b",".join(line.split()) for line in lines))))


@dataclass(frozen=True, slots=True)
class VectorSource:
    """The points of one layer; a feature of several points gives several records.

    Parameters
    ----------
    path : str
        As GDAL understands it.
    layer : str
        Name of the layer.
    encoding : str or None
        Of the attributes, where the format does not fix it.
    columns : tuple of str
        Attributes.
    count : int
        Number of features.
    step : int
        Features read at a time.
    """

    path: str
    layer: str
    encoding: str | None
    columns: tuple[str, ...]
    count: int
    step: int

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes."""
        return self.columns

    def sample(self, count: int) -> list[list[str]]:
        """Return the attributes of the first features."""
        _, fields = self._read(self.columns, 0, count)
        return [list(row) for row in zip(*fields, strict=True)]

    def chunks(
        self, columns: Sequence[str], control: Control = NULL_CONTROL
    ) -> Iterator[Chunk]:
        """Read places and the wanted attributes, `step` features at a time.

        Raises
        ------
        OccurrenceReadError
            The file is damaged, or a feature is no point.
        """
        for start in range(0, self.count, self.step):
            geometries, fields = self._read(tuple(columns), start, self.step)
            yield self._chunk(geometries, dict(zip(columns, fields, strict=True)), start)
            control.report(min((start + self.step) / self.count, 1.0))

    def _read(
        self, columns: tuple[str, ...], start: int, count: int
    ) -> tuple[NDArray[Any], list[list[str]]]:
        try:
            meta, _, geometries, fields = pyogrio.raw.read(
                self.path,
                layer=self.layer,
                encoding=self.encoding,
                columns=list(columns),
                skip_features=start,
                max_features=count,
            )
        except (DataSourceError, DataLayerError, FieldError, ValueError, RuntimeError) as error:
            raise _damaged(self.path, error) from error
        by_name = dict(zip(meta["fields"], fields, strict=True))
        return geometries, [_as_text(by_name[name]) for name in columns]

    def _chunk(
        self, geometries: NDArray[Any], cells: dict[str, list[str]], start: int
    ) -> Chunk:
        shapes = shapely.from_wkb(geometries)
        kinds = shapely.get_type_id(shapes)
        others = ~np.isin(kinds, (-1, 0, 4))
        if others.any():
            raise _no_points(self.path, shapes[np.flatnonzero(others)[0]].geom_type)
        counts = np.maximum(shapely.get_num_coordinates(shapes), 1)
        owner = np.repeat(np.arange(len(shapes)), counts)
        places = np.full((len(owner), 2), np.nan)
        held = np.repeat(shapely.get_num_coordinates(shapes) > 0, counts)
        places[held] = shapely.get_coordinates(shapes)
        return Chunk(
            owner.astype(np.int64) + start + 1,
            {name: [column[at] for at in owner] for name, column in cells.items()},
            places=(places[:, 0].copy(), places[:, 1].copy()),
        )


def open_vector(
    path: str, label: str, name: str, stated: Stated, dbf: DbfText | None = None
) -> OpenedRecords:
    """Recognise a layer of points.

    Parameters
    ----------
    path : str
        As GDAL understands it.
    label, name : str
        For messages; for the column ``source``.
    stated : Stated
        What the caller states.
    dbf : DbfText, optional
        The table of a shapefile that does not state its encoding.

    Raises
    ------
    OccurrenceReadError
        It is damaged, has several layers and none is named, holds no points, or has no
        coordinate system and none is stated.
    """
    layer = _layer(path, label, stated.layer)
    encoding = _encoding(dbf, stated)
    told = encoding.encoding if encoding else None
    try:
        info = pyogrio.read_info(path, layer=layer, encoding=told, force_feature_count=True)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _damaged(label, error) from error
    kind = str(info["geometry_type"]).replace("2.5D ", "").replace("3D ", "").split(" ")[0]
    if kind not in (*_POINT_KINDS, "Unknown", "GeometryCollection"):
        raise _no_points(label, str(info["geometry_type"]))
    if info["features"] > limits.MAXIMUM_RECORDS:
        raise OccurrenceReadError(
            f"{label} has more than {limits.MAXIMUM_RECORDS:,} points. Split it."
        )
    crs = _crs(label, stated, info["crs"])
    json = str(info["driver"]).startswith("GeoJSON")
    source = VectorSource(
        path=path,
        layer=layer,
        encoding=told,
        columns=tuple(map(str, info["fields"])),
        count=int(info["features"]),
        step=limits.CHUNK_JSON_FEATURES if json else limits.CHUNK_FEATURES,
    )
    notes = [f"Layer {layer} of {name} is read."]
    if encoding is not None:
        notes.append(f"{encoding.reason} It is read as {encoding.title}.")
    if crs != WGS84:
        notes.append(f"Places are brought from {crs_of(crs).name} to degrees on WGS 84.")
    guess = _guess(source, label, str(info["driver"]), encoding, tuple(notes))
    return OpenedRecords(label, name, guess.kind, source, crs, guess, geometry=True)


def _layer(path: str, label: str, wanted: str | None) -> str:
    try:
        listed = pyogrio.list_layers(path)
    except (DataSourceError, ValueError) as error:
        raise _damaged(label, error) from error
    layers = [str(name) for name, kind in listed if kind is not None]
    if wanted is not None:
        if wanted in layers:
            return wanted
        raise OccurrenceReadError(
            f"{label} has no layer {wanted!r} with geometries. Its layers are "
            f"{', '.join(layers) or 'none'}."
        )
    if len(layers) != 1:
        what = f"has the layers {', '.join(layers)}" if layers else "has no layer of points"
        remedy = "Name the one to read." if layers else "Choose a file with points."
        raise OccurrenceReadError(f"{label} {what}. {remedy}")
    return layers[0]


def _encoding(dbf: DbfText | None, stated: Stated) -> EncodingGuess | None:
    if dbf is None:
        return None
    if stated.encoding:
        return stated_encoding(dbf, stated.encoding)
    return guess_encoding(dbf)


def _crs(label: str, stated: Stated, found: str | None) -> str:
    if stated.crs is None and not found:
        raise OccurrenceReadError(
            f"{label} does not state its coordinate system. State it, such as EPSG:4326 for "
            "degrees or EPSG:32652 for UTM zone 52N, or add the .prj file."
        )
    wanted = stated.crs or str(found)
    if crs_of(wanted).equals(crs_of(WGS84), ignore_axis_order=True):
        return WGS84
    return wanted


def _guess(
    source: VectorSource,
    label: str,
    driver: str,
    encoding: EncodingGuess | None,
    notes: tuple[str, ...],
) -> ColumnGuess:
    rows = source.sample(SAMPLE_ROWS)
    roles = guess_roles(source.names, rows)
    for role in ("lon", "lat"):
        reason = f"The {ROLE_TITLES[role]} is that of the point."
        roles[role] = RoleGuess(role, GEOMETRY, (GEOMETRY,), reason, certain=True)
    roles["datum"] = replace(roles["datum"], column=None)
    return ColumnGuess(
        label=label,
        kind=f"points ({driver})",
        encoding=encoding,
        names=source.names,
        roles=roles,
        sample=tuple(tuple(row) for row in rows[:SHOWN_ROWS]),
        notes=notes,
    )


def _as_text(values: NDArray[Any]) -> list[str]:
    if np.issubdtype(values.dtype, np.datetime64):
        return [
            "" if text == "NaT" else text for text in np.datetime_as_string(values).tolist()
        ]
    if np.issubdtype(values.dtype, np.floating):
        return ["" if value != value else repr(value) for value in values.tolist()]  # noqa: PLR0124 - NaN
    return ["" if value is None else str(value) for value in values.tolist()]


def _no_points(label: str, kind: str) -> OccurrenceReadError:
    return OccurrenceReadError(
        f"{label} holds geometries of the kind {kind}, and a record of a species is a point. "
        "Make points of them in a GIS, with an uncertainty as wide as the shape, and read "
        "those."
    )


def _damaged(label: str, error: Exception) -> OccurrenceReadError:
    return OccurrenceReadError(
        f"{label} cannot be read as points: {error}. The file may be damaged or incomplete; "
        "copy or export it again."
    )
