"""From nothing to the first map: Landbridge's engine beside a plain QGIS script, in one run.

Both draw the same project at 1600 x 1000 in a fresh process. The peer is what somebody with
QGIS alone would write: read the .qgz, draw it, with the same interpreter.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from layers.pack import DataPack
from layers.qgis.discovery import find_qgis
from layers.qgis.engine import QgisEngine
from layers.qgis.protocol import RenderRequest
from planner.pipeline.plan import PlanRequest, announced_steps, make_plan
from planner.progress import StepProgress
from planner.project import Project
from planner.publish import region_extent, show_project

SIZE = (1600, 1000)
REPEATS = 5

PEER = """
import sys, time
started = time.perf_counter()
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
settings.setExtent(QgsRectangle(*map(float, sys.argv[2].split(","))))
settings.setOutputSize(QSize(int(sys.argv[3]), int(sys.argv[4])))
for turn in range(int(sys.argv[5])):
    begun = time.perf_counter()
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    if job.renderedImage().isNull():
        sys.exit("nothing was drawn")
    now = time.perf_counter()
    print(now - started if turn == 0 else now - begun)
"""

OURS = """
import sys
from benchmarks.first_map import draw
draw(sys.argv[1], int(sys.argv[2]))
"""


def draw(project_folder: str, repeats: int) -> None:
    """Draw a project in this process; print seconds from here to each frame."""
    started = time.perf_counter()
    with (
        Project.open(Path(project_folder), read_only=True) as project,
        QgisEngine() as engine,
    ):
        show_project(project, DataPack.open(), engine)
        request = RenderRequest(region_extent(project), *SIZE)
        for turn in range(repeats):
            begun = time.perf_counter()
            engine.render(request).result()
            now = time.perf_counter()
            print(now - started if turn == 0 else now - begun)


def main() -> None:
    """Print both, process start included."""
    with tempfile.TemporaryDirectory() as folder:
        request = PlanRequest.of("tiger-leopard", (), Path(folder))
        weights = {name: weight for name, (_, weight) in announced_steps(request).items()}
        result = make_plan(request, StepProgress(weights))
        with Project.open(result.project, read_only=True) as project:
            extent = ",".join(str(value) for value in region_extent(project))
        qgz = result.project / "exports" / "map.qgz"
        ours = _run([sys.executable, "-c", OURS, str(result.project), str(REPEATS)])
        size = [str(value) for value in SIZE]
        python = str(find_qgis().python)
        peer = _run([python, "-c", PEER, str(qgz), extent, *size, str(REPEATS)])
    print(f"first map, {SIZE[0]} x {SIZE[1]}, default region with every layer")
    print(f"  {'':<34} {'process':>9} {'first map':>10} {'next, median':>13}")
    for name, (whole, frames) in (
        ("Landbridge engine", ours),
        ("plain QGIS script (peer)", peer),
    ):
        again = sorted(frames[1:])[len(frames[1:]) // 2]
        print(f"  {name:<34} {whole:8.2f}s {frames[0]:9.2f}s {again:12.3f}s")


def _run(command: list[str]) -> tuple[float, list[float]]:
    """Return the seconds of the process, and those to each frame."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    whole = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr[-800:]}")
    return whole, [float(line) for line in done.stdout.split()]


if __name__ == "__main__":
    main()
