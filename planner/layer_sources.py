"""Where the layers of a project's map come from, for who asks what lies at a place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from layers.pack import DataPack
    from layers.qgis.layer_spec import LayerSpec
    from planner.project import RunRecord


def source_name(source: str) -> str:
    """Return the table or the raster that a layer draws, by the layer's source."""
    path, _, rest = source.partition("|")
    for part in rest.split("|"):
        key, _, value = part.partition("=")
        if key == "layername":
            return value
    return Path(path).stem


def base_sources(pack: DataPack) -> dict[str, str]:
    """Return the source of every table and raster of the data pack, in one line each.

    Parameters
    ----------
    pack : DataPack
        Base map and environment.

    Returns
    -------
    dict of str to str
        By the name that `source_name` returns.
    """
    return {
        note.name: f"{note.source}; {note.licence}; {note.true_resolution}"
        for note in pack.sources()
    }


def is_base(spec: LayerSpec) -> bool:
    """Tell whether a layer draws the data pack."""
    return spec.group == "Base" or spec.layer_id.startswith("base_")


def run_of_raster(spec: LayerSpec, runs: Iterable[RunRecord]) -> RunRecord | None:
    """Return the last run that made the raster of a layer; None where none did."""
    output = f"rasters/{Path(spec.source).name}"
    made = [run for run in runs if output in run.outputs]
    return max(made, key=lambda run: run.started, default=None)


def run_of_row(
    attributes: Mapping[str, object], runs: Mapping[str, RunRecord]
) -> RunRecord | None:
    """Return the run that computed a row; None where a person made it."""
    return runs.get(str(attributes.get("run_id") or ""))
