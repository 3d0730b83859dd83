"""Files that become layers of the map: copied into the project, or linked where they are.

Vector files are always copied, into a GeoPackage of their own in the folder ``layers`` of the
project: the project can be moved and sent, and nobody's file is held open. Rasters may be
large, so they are linked, or copied as cloud-optimised GeoTIFF. The functions return the layer
to add; `add_layer` makes the edit.
"""

from __future__ import annotations

import re
import shutil
import unicodedata
import uuid
from typing import TYPE_CHECKING

import numpy as np

from layers.control import NULL_CONTROL
from layers.errors import LayerReadError, LayerWriteError
from layers.raster import put_in_place, raster_written
from layers.tiles.copying import copy_in_process
from layers.vector_files import VectorTable, copy_vector, vector_tables
from planner.errors import ReadOnlyProjectError
from planner.files import made_folder
from planner.map_layers.commands import NewLayer
from planner.map_layers.first_look import raster_style
from planner.map_layers.merged import FOLDER
from planner.map_layers.raster_files import MOST_COPIED, RasterFacts, raster_facts

if TYPE_CHECKING:
    from pathlib import Path

    from layers.control import Control
    from planner.project import Project

__all__ = [
    "RasterFacts",
    "VectorTable",
    "copy_raster",
    "import_vector",
    "link_raster",
    "raster_facts",
    "vector_tables",
]

LONGEST_STEM = 60
_CELLS_PER_SECOND = 15_000_000
_SPARE_BYTES = 200 * 1024**2


def import_vector(
    project: Project,
    path: Path,
    table: str = "",
    *,
    name: str = "",
    control: Control = NULL_CONTROL,
) -> NewLayer:
    """Copy a table of a vector file into the project.

    Parameters
    ----------
    project : Project
        Open for writing.
    path : Path
        The file; it is only read.
    table : str
        Table to copy; the only one where empty.
    name : str
        What to call the layer; the name of the table or the file where empty.
    control : Control
        Told the share done; may cancel, which leaves nothing behind.

    Returns
    -------
    NewLayer
        To be added by `add_layer`.

    Raises
    ------
    LayerReadError
        The file cannot be imported; says why.
    LayerWriteError
        The copy cannot be written.
    ReadOnlyProjectError
        The project is open for reading only.
    """
    folder = _folder(project)
    _check_room(folder, 2 * path.stat().st_size if path.is_file() else 0)
    title = name.strip() or (table if table and table != path.stem else path.stem)
    target = _free_path(folder, title, ".gpkg")
    copied = copy_vector(path, table, target, control=control)
    note = f"{path.name}, {table}" if table else path.name
    if copied.renamed:
        changed = ", ".join(f"{old} as {new}" for old, new in copied.renamed)
        note = f"{note}; columns: {changed}"
    return NewLayer(
        name=_shown(title),
        source=f"{FOLDER}/{target.name}|layername={target.stem}",
        kind="vector",
        note=note,
    )


def link_raster(
    project: Project, path: Path, *, name: str = "", control: Control = NULL_CONTROL
) -> NewLayer:
    """Return a raster as a layer that is read where it is.

    Raises
    ------
    LayerReadError
        It cannot be drawn; says why.
    ReadOnlyProjectError
        The project is open for reading only.
    """
    _refuse_read_only(project)
    raster_facts(path)
    style = raster_style(path)
    control.report(1.0)
    return NewLayer(
        name=_shown(name.strip() or path.stem),
        source=str(path.absolute()),
        kind="raster",
        style=style,
        note=str(path.absolute()),
    )


def copy_raster(
    project: Project, path: Path, *, name: str = "", control: Control = NULL_CONTROL
) -> NewLayer:
    """Copy a raster into the project as a cloud-optimised GeoTIFF.

    Parameters
    ----------
    project : Project
        Open for writing.
    path : Path
        The raster; it is only read.
    name : str
        What to call the layer; the name of the file where empty.
    control : Control
        Told the share done; may cancel, which leaves nothing behind.

    Raises
    ------
    LayerReadError
        It cannot be drawn; says why.
    LayerWriteError
        The copy cannot be written.
    ReadOnlyProjectError
        The project is open for reading only.
    """
    folder = _folder(project)
    facts = raster_facts(path)
    if facts.cells > MOST_COPIED:
        raise LayerReadError(
            f"{path.name} holds {facts.cells:,} cells, more than the {MOST_COPIED:,} that are "
            "copied. Add it as a link, or clip it to the region in QGIS first."
        )
    _check_room(folder, facts.cells * np.dtype(facts.dtype).itemsize)
    title = name.strip() or path.stem
    target = _free_path(folder, title, ".tif")
    writing = target.with_name(f".writing-{uuid.uuid4().hex}.tif")
    floating = np.issubdtype(np.dtype(facts.dtype), np.floating)
    try:
        with raster_written(target):
            copy_in_process(
                path,
                writing,
                "average" if floating else "nearest",
                (control, facts.cells / _CELLS_PER_SECOND),
            )
            put_in_place(writing, target)
    finally:
        writing.unlink(missing_ok=True)
    return NewLayer(
        name=_shown(title),
        source=f"{FOLDER}/{target.name}",
        kind="raster",
        style=raster_style(target),
        note=path.name,
    )


def _refuse_read_only(project: Project) -> None:
    if project.read_only:
        raise ReadOnlyProjectError(project.read_only_reason)


def _folder(project: Project) -> Path:
    _refuse_read_only(project)
    return made_folder(project.path / FOLDER)


def _check_room(folder: Path, need: int) -> None:
    """Refuse a copy that would fill the disk.

    Raises
    ------
    LayerWriteError
        There is too little room.
    """
    free = shutil.disk_usage(folder).free
    if free < need + _SPARE_BYTES:
        raise LayerWriteError(
            f"The copy may need {need / 1024**3:.1f} GB, and {free / 1024**3:.1f} GB are free "
            f"where {folder} is. Free some space, or clip the file first."
        )


def _free_path(folder: Path, title: str, ending: str) -> Path:
    """Return a path that nothing has yet, made of what a title has of plain letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()[:LONGEST_STEM] or "layer"
    path, number = folder / f"{stem}{ending}", 2
    while path.exists():
        path, number = folder / f"{stem}_{number}{ending}", number + 1
    return path


def _shown(title: str) -> str:
    """Return a title as the name of a layer."""
    plain = "".join(letter if letter.isprintable() else " " for letter in title)
    return plain.strip()[:200] or "Layer"
