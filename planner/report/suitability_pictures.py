"""Maps of a run as pictures of its report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.errors import LayerReadError
from layers.overview import read_overview
from planner.report.page import Block, Figure, Paragraph
from planner.report.suitability_plots import as_png, draw_map

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from planner.suitability.folder import RunFolder
    from planner.suitability.mapped import RasterFound

_PICTURED = {
    "suitability": "suitability",
    "without_disturbance": "suitability",
    "similarity": "similarity",
    "most_dissimilar": "classes",
    "agreement": "count",
    "effort": "effort",
}


def pictures(folder: RunFolder, rasters: Sequence[RasterFound]) -> list[Block]:
    """Picture the maps that can be pictured, in order."""
    blocks: list[Block] = []
    for raster in rasters:
        kind = _PICTURED.get(raster.name.rsplit("/", 1)[-1])
        if kind is not None:
            blocks += picture(folder.path / raster.path, kind, raster.title)
    return blocks


def picture(path: Path, kind: str, title: str) -> list[Block]:
    """Picture one map, or say why that cannot be."""
    try:
        raster = read_overview(path)
    except LayerReadError as error:
        return [Paragraph(f"Not pictured: {error}")]
    drawn = as_png(
        partial(draw_map, raster=raster, kind=kind, label=kind), width=8.0, height=4.8
    )
    return [Figure.from_bytes(drawn, alt=f"Map: {title}", caption=f"{title}. {path.name}")]
