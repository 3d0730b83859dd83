"""Overviews of the rasters of the map, and which of them need some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import LayerReadError
from layers.overviews import make_overviews, needs_overviews, overviews_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.qgis.layer_spec import LayerSpec

__all__ = ["make_overviews", "needs_overviews", "overviews_path", "slow_rasters"]


def slow_rasters(layers: Iterable[LayerSpec]) -> tuple[tuple[str, Path], ...]:
    """Return the layers whose rasters are large and have no overviews, with their files.

    A raster that cannot be read is left out: the map tells what is wrong with it.
    """
    found = []
    for spec in layers:
        if spec.kind != "raster" or spec.is_remote or spec.source.startswith("/vsi"):
            continue
        path = Path(spec.source)
        try:
            if path.is_file() and needs_overviews(path):
                found.append((spec.layer_id, path))
        except LayerReadError:
            continue
    return tuple(found)
