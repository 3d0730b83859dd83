"""Frames of the map as the hand pans and zooms: Landbridge beside a plain QGIS, in one run.

Landbridge: the real window's canvas at 1600 x 1000, from the change of the view to the frame
painted; where pictures stood in for heavy layers, also how many times they did, and how long
after the change the exact frame was there where the view came to rest. The peer draws the
same extents of the same project (.qgz) with QGIS's parallel renderer, and nothing else.
``python -m benchmarks.frames [--polygons N] [--cells N]`` adds a layer of N polygons or a
raster of N cells to the project.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from PyQt6.QtCore import QEventLoop, QTimer
from PyQt6.QtWidgets import QApplication
from rasterio.transform import from_bounds

from benchmarks.responsiveness import window_application, work_until
from layers.overviews import make_overviews
from layers.qgis.discovery import child_environment, find_qgis
from planner.map_layers import add_layer
from planner.map_layers.importing import import_vector, link_raster
from ui.app import Desktop
from ui.map.view_state import ViewState
from ui.recent import RecentProjects
from ui.start.choice import CreateProject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.jobs import JobControl
    from ui.map.canvas import MapCanvas
    from ui.map.view_state import Extent
    from ui.project_work import Workbench

REGION = "tiger-leopard"
SIZE = (1600, 1000)
VIEWS = 60
SEED = 1
LIMIT_S = 900.0
FRAME_LIMIT_MS = 20_000
LOOK_MS = 2000
"""Time for which the map is looked at before it is moved; then it moves without a rest."""

PEER = """
import json, sys, time
from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject
from qgis.core import QgsRectangle
from qgis.PyQt.QtCore import QSize
app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
if not project.read(sys.argv[1]):
    sys.exit("the project cannot be read")
settings = QgsMapSettings()
root = project.layerTreeRoot()
settings.setLayers([layer for layer in root.layerOrder() if root.findLayer(layer).isVisible()])
settings.setDestinationCrs(project.crs())
settings.setOutputSize(QSize(1600, 1000))
times = []
for extent in json.loads(sys.argv[2]):
    settings.setExtent(QgsRectangle(*extent))
    begun = time.perf_counter()
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    if job.renderedImage().isNull():
        sys.exit("nothing was drawn")
    times.append(time.perf_counter() - begun)
print(json.dumps(times[3:]), flush=True)
del settings, job
project.clear()
app.exitQgis()
"""


@dataclass(frozen=True)
class Walk:
    """Views that follow one another as a hand moves the map.

    Parameters
    ----------
    views : tuple of ViewState
        In order.
    """

    views: tuple[ViewState, ...]

    @classmethod
    def over(cls, region: Extent, size: tuple[int, int]) -> Walk:
        """Return a walk over a region: in and out, and from side to side, with a seed."""
        rng = random.Random(SEED)
        view = ViewState.fitting(region, *size)
        whole = view
        found: list[ViewState] = []
        while len(found) < VIEWS + 3:
            shown = view
            if rng.random() < 0.5:
                view = view.panned(
                    rng.uniform(-0.4, 0.4) * size[0], rng.uniform(-0.4, 0.4) * size[1]
                )
            else:
                factor = rng.choice((1.5, 2.25, 1 / 1.5))
                view = view.zoomed(factor, (rng.uniform(0, size[0]), rng.uniform(0, size[1])))
            if not 1 / 60 <= view.resolution / whole.resolution <= 1.5:
                view = whole
            view = view.limited(region)
            if view != shown:  # nothing is drawn for a view that is shown
                found.append(view)
        return cls(tuple(found))


def _until_painted(canvas: MapCanvas, begin: Callable[[], None]) -> float:
    """Return the seconds from a change of the view to the next frame painted."""
    loop = QEventLoop()
    limit = QTimer()
    limit.setSingleShot(True)
    limit.timeout.connect(loop.quit)
    canvas.loop.frame_arrived.connect(loop.quit)
    limit.start(FRAME_LIMIT_MS)
    begun = time.perf_counter()
    begin()
    loop.exec()
    canvas.repaint()
    canvas.loop.frame_arrived.disconnect(loop.quit)
    return time.perf_counter() - begun


def _own_times(canvas: MapCanvas, walk: Walk) -> tuple[list[float], int]:
    """Return the seconds to each frame of a walk, and how many were not exact."""
    times, quick = [], 0
    for view in walk.views:
        times.append(_until_painted(canvas, partial(canvas.follow, view)))
        quick += canvas.loop.busy
    return times[3:], quick


def _exact_times(canvas: MapCanvas, walk: Walk) -> list[float]:
    """Return the seconds to the exact frame of the views of a walk that have a quick one."""
    times = []
    for view in walk.views:
        begun = time.perf_counter()
        _until_painted(canvas, partial(canvas.follow, view))
        if canvas.loop.busy:
            _until_painted(canvas, lambda: None)
            times.append(time.perf_counter() - begun)
    return times


def _peer_times(qgz: Path, walk: Walk) -> list[float]:
    qgis = find_qgis()
    environment = {**child_environment(qgis), "QT_QPA_PLATFORM": "offscreen"}
    extents = json.dumps([view.extent for view in walk.views])
    command = [str(qgis.python), "-c", PEER, str(qgz), extents]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return [float(value) for value in json.loads(ended.stdout.splitlines()[-1])]


def told(name: str, times: Sequence[float]) -> None:
    """Print the median, the 95th percentile and the longest of times in seconds."""
    ms = np.array(times) * 1000
    print(
        f"{name:<28} frames {len(ms):4d}   median {np.median(ms):6.0f} ms, "
        f"p95 {np.percentile(ms, 95):6.0f} ms, longest {ms.max():6.0f} ms"
    )


def main(arguments: Sequence[str] = ()) -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(description="Time frames of the map.")
    parser.add_argument("--polygons", type=int, default=0)
    parser.add_argument("--cells", type=int, default=0)
    options = parser.parse_args(list(arguments))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = window_application()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        desktop = Desktop(application, RecentProjects(folder / "recent.json"), folder)
        try:
            _measure(desktop, folder, options)
        finally:
            desktop.window.close()


def _write_layer(folder: Path, crs: str, extent: Extent, options: argparse.Namespace) -> Path:
    """Write polygons or a raster over an extent, as a user would bring them along."""
    west, south, east, north = extent
    rng = np.random.default_rng(SEED)
    if options.polygons:
        across = max(int(np.sqrt(options.polygons)), 1)
        wide, high = (east - west) / across, (north - south) / across
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        shapes = []
        for number in range(options.polygons):
            row, column = divmod(number, across)
            radius = rng.uniform(0.25, 0.45, len(angle))
            x = west + (column + 0.5 + radius * np.cos(angle)) * wide
            y = south + (row + 0.5 + radius * np.sin(angle)) * high
            shapes.append(shapely.Polygon(np.column_stack([x, y])))
        path = folder / "parcels.gpkg"
        names = [f"Parcel {number}" for number in range(len(shapes))]
        gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=crs).to_file(path)
        return path
    side = int(np.sqrt(options.cells))
    path = folder / "cells.tif"
    profile = {
        "driver": "GTiff",
        "width": side,
        "height": side,
        "count": 1,
        "dtype": "float32",
        "crs": crs,
        "transform": from_bounds(west, south, east, north, side, side),
        "tiled": True,
        "compress": "deflate",
    }
    with rasterio.open(path, "w", **profile) as out:
        for _, window in out.block_windows(1):
            rows = np.arange(window.row_off, window.row_off + window.height)[:, None]
            columns = np.arange(window.col_off, window.col_off + window.width)[None, :]
            wave = np.sin(rows / 97) * np.cos(columns / 131)
            out.write(wave.astype("float32"), 1, window=window)
    return path


def _add(bench: Workbench, control: JobControl, path: Path) -> None:
    if path.suffix == ".tif":
        added = link_raster(bench.project, path, control=control)
        make_overviews(path, control)
    else:
        added = import_vector(bench.project, path, control=control)
    bench.project.execute(add_layer(added))


def _give_room(desktop: Desktop) -> None:
    """Make the window as large as a map of the size wanted needs."""
    canvas, window = desktop.parts.map_area.canvas, desktop.window
    for _ in range(3):  # panels take their share of what is added
        missing = SIZE[0] - canvas.width(), SIZE[1] - canvas.height()
        window.resize(window.width() + missing[0], window.height() + missing[1])
        QApplication.processEvents()
    if (canvas.width(), canvas.height()) != SIZE:
        raise SystemExit(f"the map is {canvas.width()} x {canvas.height()} pixels")


def _measure(desktop: Desktop, folder: Path, options: argparse.Namespace) -> None:
    canvas = desktop.parts.map_area.canvas

    def rest() -> None:
        work_until(
            lambda: (
                bool(canvas.loop.frames)
                and not canvas.loop.busy
                and not desktop.background.jobs
            ),
            LIMIT_S,
        )

    desktop.start(CreateProject(REGION, folder))
    rest()
    desktop.session.make_plan()
    rest()
    snapshot, view = desktop.session.snapshot, canvas.view
    if snapshot is None or view is None:
        raise SystemExit("the project was not opened")
    name = f"{REGION}, {len(desktop.parts.panels.layers.visible_ids)} layers switched on"
    if options.polygons or options.cells:
        added = _write_layer(folder, snapshot.crs, view.extent, options)
        desktop.session.change("Add layer", lambda bench, control: _add(bench, control, added))
        rest()
        name += f", and {options.polygons or options.cells:,} " + (
            "polygons" if options.polygons else "cells"
        )
    region = canvas.region
    if region is None:
        raise SystemExit("the map has no region")
    _give_room(desktop)
    rest()
    loop = QEventLoop()
    QTimer.singleShot(LOOK_MS, loop.quit)
    loop.exec()
    walk = Walk.over(region, SIZE)
    qgz = folder / "map.qgz"
    desktop.engine.engine.save_project(qgz)
    print(f"Frames of the map, {SIZE[0]} x {SIZE[1]}, {name}")
    times, quick = _own_times(canvas, walk)
    told("Landbridge window", times)
    if quick:
        rest()
        print(f"  {quick} of them quick: heavy layers by pictures, or coarser")
        told("  exact, at rest", _exact_times(canvas, walk))
    told("plain QGIS (peer)", _peer_times(qgz, walk))


if __name__ == "__main__":
    main(sys.argv[1:])
