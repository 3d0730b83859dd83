"""The files that were named in the wizard become layers of the new project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from planner.map_layers import add_layer
from planner.map_layers.importing import import_vector, link_raster, vector_tables
from resources.translation import tr, tr_n
from ui.add_layer.first_style import first_style
from ui.add_layer.wishes import geometry_of
from ui.styling.drafts import one_symbol, plain_symbol
from ui.styling.ramps import ramp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from planner.jobs import JobControl
    from planner.map_layers import NewLayer
    from planner.project import Project
    from ui.project_work import Workbench

_RASTERS = frozenset({".tif", ".tiff", ".vrt", ".img", ".asc", ".jp2"})
_HUES = "tol_bright"


def add_own_data(bench: Workbench, files: Sequence[Path], control: JobControl) -> str:
    """Add files to the map of a project, each table a layer; runs beside the window.

    Parameters
    ----------
    bench : Workbench
        The project, open for writing.
    files : sequence of Path
        Vector files, which are copied, and rasters, which are read where they lie.
    control : JobControl
        Told which file is read; a cancel keeps the layers added so far.

    Returns
    -------
    str
        What to tell the user.
    """
    added = 0
    for place, path in enumerate(files):
        control.say(tr("Add {file}", file=path.name))
        for layer in _layers(bench.project, path, added):
            bench.project.execute(add_layer(layer))
            added += 1
        control.report((place + 1) / len(files))
    return tr_n("{count} layer was added.", "{count} layers were added.", added)


def _layers(project: Project, path: Path, before: int) -> Iterator[NewLayer]:
    if path.suffix.lower() in _RASTERS:
        yield replace(link_raster(project, path), style=first_style(path))
        return
    hues = ramp(_HUES).colours
    for number, table in enumerate(vector_tables(path), start=before):
        layer = import_vector(project, path, table.name)
        symbol = plain_symbol(geometry_of(table.geometry), hues[number % len(hues)])
        yield replace(layer, style=one_symbol({}, symbol))
