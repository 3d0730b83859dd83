"""Read records of species from any of the known formats, told apart by content."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from layers.control import NULL_CONTROL
from layers.occurrences import limits
from layers.occurrences.building import TableBuilder
from layers.occurrences.camtrap import DESCRIPTOR_NAME, open_camtrap
from layers.occurrences.darwin_core import META_NAME, open_archive, open_single_table
from layers.occurrences.delimited import open_table
from layers.occurrences.errors import ColumnsNeededError, OccurrenceReadError
from layers.occurrences.opened import OpenedRecords, Stated, opened_table
from layers.occurrences.packages import Package, file_source
from layers.occurrences.records import Occurrences
from layers.occurrences.roles import ROLE_TITLES
from layers.occurrences.vector import DbfText, open_vector
from resources.errors import nearest_names_hint
from resources.translation import mark

if TYPE_CHECKING:
    from layers.control import Control
    from layers.occurrences.columns import ColumnChoice, ColumnGuess
    from layers.occurrences.record_source import Chunk
    from layers.occurrences.roles import Role

_VECTOR_ENDINGS = (".shp", ".gpkg", ".geojson")
_TABLE_ENDINGS = (".csv", ".tsv", ".txt")
_SHAPEFILE_MARK = b"\0\0\x27\x0a"
_SQLITE_MARK = b"SQLite format 3\0"
_ZIP_MARK = b"PK\x03\x04"
_DBF_SAMPLE = 8_000_000
_OTHER_KINDS = (
    (
        b"\xd0\xcf\x11\xe0",
        mark("an Excel workbook of the old kind"),
        mark("Save the sheet as CSV (UTF-8)"),
    ),
    (b"\x1f\x8b", mark("packed with gzip"), mark("Unpack it")),
    (b"7z\xbc\xaf", mark("packed with 7-Zip"), mark("Unpack it")),
    (b"Rar!", mark("packed with RAR"), mark("Unpack it")),
    (b"%PDF", mark("a PDF"), mark("Save its table as CSV (UTF-8)")),
    (b"PAR1", mark("a Parquet file"), mark("Save it as CSV (UTF-8)")),
)
_SHAPEFILE_PARTS = frozenset({".dbf", ".shx", ".prj", ".cpg"})


def guess_columns(
    path: Path,
    *,
    encoding: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
) -> ColumnGuess:
    """Tell what a file of records is taken for, without reading it all.

    Parameters
    ----------
    path, encoding, crs, layer
        As in `read_occurrences`.

    Returns
    -------
    ColumnGuess
        Column, candidates and reason of each role, and the first records, for confirmation.

    Raises
    ------
    OccurrenceReadError
        The file cannot be recognised; names it and the remedy.
    """
    return _opened(path, Stated(encoding, crs, layer)).guess


def read_occurrences(
    path: Path,
    *,
    columns: ColumnChoice | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    control: Control = NULL_CONTROL,
) -> Occurrences:
    """Read records of species.

    Tables of text (CSV, TSV), Darwin Core archives, GBIF's simple downloads, camera-trap
    packages (Camtrap DP), GeoPackage, shapefile and GeoJSON are told apart by content. Nothing
    is checked or left out here: every row of the file is a row of the table.

    Parameters
    ----------
    path : Path
        File, or folder of an unpacked archive or package.
    columns : ColumnChoice, optional
        Which column means what; by default as `guess_columns` says.
    encoding : str, optional
        Of the text; guessed and told by default.
    crs : str, optional
        Coordinate system of the coordinates; by default that of the file, and degrees on WGS 84
        for tables.
    layer : str, optional
        Layer of a GeoPackage; needed where it has several.
    control : Control
        Told the share that is read; may cancel.

    Returns
    -------
    Occurrences
        Points in EPSG:4326.

    Raises
    ------
    OccurrenceReadError
        The file is missing, damaged, too large, or of a kind that is not read.
    UnknownEncodingError
        Its text fits no known encoding, or not the one stated.
    UnsafePackageError
        It is an archive that unpacks too large or leads outside itself.
    ColumnsNeededError
        The coordinates are not recognised, a chosen column does not exist, or the coordinates
        are no degrees and no `crs` is stated.
    """
    opened = _opened(path, Stated(encoding, crs, layer, control))
    choice = columns or opened.guess.choice
    if opened.geometry:
        choice = replace(choice, lon=None, lat=None, datum=None)
    _check_choice(opened, choice)
    builder = TableBuilder(choice, opened.name, opened.crs)
    for chunk in opened.source.chunks(builder.columns, control):
        builder.add(chunk)
        if not builder.has_places and builder.rows >= limits.ROWS_WITHOUT_A_PLACE:
            raise _without_places(opened, choice, chunk, builder.rows)
    table, notes = builder.finished()
    told = [
        _taken(role, name, certain=columns is not None or opened.guess.roles[role].certain)
        for role, name in choice.chosen().items()
    ]
    control.report(1.0)
    first = f"{len(table):,} records are read from {opened.name} ({opened.kind})."
    return Occurrences(table, (first, *opened.guess.notes, *told, *notes), opened.effort)


def _without_places(
    opened: OpenedRecords, choice: ColumnChoice, chunk: Chunk, rows: int
) -> OccurrenceReadError:
    cells = [
        f'{name} is "{chunk.cells[name][0][:40]}"'
        for name in (choice.lon, choice.lat)
        if name is not None and len(chunk.cells[name])
    ]
    shown = f" ({' and '.join(cells)}, for example)" if cells else ""
    return OccurrenceReadError(
        f"{opened.label}: none of the first {rows:,} records has coordinates that can be "
        f"read{shown}, so the rest is not read. Write decimal degrees, such as 43.1234, or "
        "choose other columns: --column lon=NAME --column lat=NAME."
    )


def _taken(role: Role, name: str, *, certain: bool) -> str:
    how = "" if certain else ", by what it holds: please confirm"
    return f"{ROLE_TITLES[role].capitalize()} is taken from the column {name}{how}."


def _check_choice(opened: OpenedRecords, choice: ColumnChoice) -> None:
    names = list(opened.source.names)
    for role, name in choice.chosen().items():
        if name not in names:
            raise ColumnsNeededError(
                f"{opened.label} has no column {name!r} for the {ROLE_TITLES[role]}. "
                f"{nearest_names_hint(name, names)}"
            )
    if opened.geometry:
        return
    if choice.lon is None or choice.lat is None:
        raise ColumnsNeededError(
            f"{opened.label}: the columns with longitude and latitude are not recognised among "
            f"{', '.join(names[:40])}. Choose them: --column lon=NAME --column lat=NAME."
        )
    same = (choice.lon, choice.lat) == (opened.guess.choice.lon, opened.guess.choice.lat)
    if opened.guess.needs_crs and same:
        raise ColumnsNeededError(
            f"{opened.label}: {choice.lon} and {choice.lat} hold numbers too large for "
            "degrees. State their coordinate system, such as EPSG:32652 for UTM zone 52N."
        )


def _opened(path: Path, stated: Stated) -> OpenedRecords:
    if path.is_dir():
        return _opened_package(Package.open(path), stated)
    if path.name in (META_NAME, DESCRIPTOR_NAME) and path.is_file():
        return _opened_package(Package.open(path.parent), stated)
    source = file_source(path)
    with source.open() as stream:
        start = stream.read(65_536)
    for signature, what, remedy in _OTHER_KINDS:
        if start.startswith(signature):
            raise OccurrenceReadError(f"{path} is {what}. {remedy} and read that.")
    if start.startswith((_ZIP_MARK, b"PK\x05\x06")):
        return _opened_package(Package.open(path), stated)
    if start.startswith((_SQLITE_MARK, _SHAPEFILE_MARK)) or _is_geojson(start):
        dbf = _dbf(path) if start.startswith(_SHAPEFILE_MARK) else None
        return open_vector(str(path), str(path), path.name, stated, dbf)
    if path.suffix.lower() in _SHAPEFILE_PARTS:
        raise OccurrenceReadError(f"{path} is one part of a shapefile. Choose its .shp file.")
    table = open_table(source, stated.encoding)
    return opened_table(
        table,
        place=(source.label, source.name, f"table ({table.dialect.title})"),
        encoding=table.encoding,
        stated=stated,
        notes=table.notes(),
    )


def _opened_package(package: Package, stated: Stated) -> OpenedRecords:
    if package.find(META_NAME):
        return open_archive(package, stated)
    if package.find(DESCRIPTOR_NAME):
        return open_camtrap(package, stated)
    if package.find("workbook.xml"):
        raise OccurrenceReadError(
            f"{package.path} is an Excel workbook. Save the sheet as CSV (UTF-8) and read that."
        )
    member = _only(package, _VECTOR_ENDINGS)
    if member is not None:
        return _opened_vector_member(package, member, stated)
    member = _only(package, _TABLE_ENDINGS)
    if member is not None:
        return open_single_table(package, member, stated)
    raise OccurrenceReadError(
        f"{package.path} holds neither {META_NAME} (Darwin Core archive) nor {DESCRIPTOR_NAME} "
        "(Camtrap DP), nor one single table or layer of points. Unpack it and choose the file."
    )


def _only(package: Package, endings: tuple[str, ...]) -> str | None:
    found = [
        member
        for member in package.sizes
        if PurePosixPath(member).suffix.lower() in endings and not member.startswith("__MACOSX")
    ]
    return found[0] if len(found) == 1 else None


def _opened_vector_member(package: Package, member: str, stated: Stated) -> OpenedRecords:
    source = package.source(member)
    if not package.zipped:
        file = package.path / member
        return _opened(file, stated)
    dbf = None
    stem = member.rpartition(".")[0]
    known = {name.casefold(): name for name in package.sizes}
    table = known.get(f"{stem}.dbf".casefold())
    if member.lower().endswith(".shp") and table and f"{stem}.cpg".casefold() not in known:
        part = package.source(table)
        with part.open() as stream:
            dbf = DbfText(part.label, part.name, stream.read(_DBF_SAMPLE))
    path = f"/vsizip/{{{package.path.resolve()}}}/{member}"
    return open_vector(path, source.label, source.name, stated, dbf)


def _dbf(path: Path) -> DbfText | None:
    beside = {file.name.casefold(): file for file in path.parent.iterdir()}
    if f"{path.stem}.cpg".casefold() in beside:
        return None
    file = beside.get(f"{path.stem}.dbf".casefold())
    if file is None:
        return None
    with file.open("rb") as stream:
        return DbfText(str(file), file.name, stream.read(_DBF_SAMPLE))


def _is_geojson(start: bytes) -> bool:
    """Tell whether a file begins as JSON; a JSON text that is no GeoJSON is refused later."""
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text.startswith(b"{"):
        return False
    return re.match(rb'\{\s*"', text) is not None or _is_json(text)


def _is_json(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
