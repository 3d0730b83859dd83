"""How long the answers take that somebody sees while drawing, on a regional grid.

``python -m benchmarks.drawing [PROJECT]`` prints a row for each answer: the median and the 95th
percentile over many drawings in the region of a project that was planned before, the longest
allowed where there is a bound, and the peer where there is one: the same numbers by clipping
every cell with the drawing, which is how a GIS overlays a raster with a polygon exactly.

Without a project the plan of the region tiger-leopard (990 by 809 cells of 500 m) is made in a
temporary folder first.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from layers.cell_cover import cell_cover
from layers.pack import DataPack
from planner.drawing.geometry import corridor_from_line
from planner.drawing.ground import DrawingGround
from planner.drawing.least_cost import LiveCorridor, corridor_species
from planner.drawing.snapping import SnapIndex
from planner.pipeline.plan import PlanRequest, announced_steps, make_plan
from planner.progress import StepProgress
from planner.project import Project
from planner.records import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid

REGION = "tiger-leopard"
DRAWINGS = 60
MEASURE_BOUND_MS = 200.0
SNAP_BOUND_MS = 2.0


class Corridor(NamedTuple):
    """A corridor as somebody might draw it."""

    line: list[tuple[float, float]]
    width_m: float


def corridors(ground: DrawingGround) -> Iterator[Corridor]:
    """Make corridors of 2 to 12 points and 1 to 40 km width, all over the region's land."""
    rng = np.random.default_rng(6)
    west, south, east, north = ground.national.land.intersection(ground.national.region).bounds
    for _ in range(DRAWINGS):
        count = int(rng.integers(2, 13))
        start = rng.uniform((west, south), (east, north))
        steps = rng.normal(0.0, 30_000.0, (count - 1, 2))
        points = np.vstack([start, start + np.cumsum(steps, axis=0)])
        line = [(float(x), float(y)) for x, y in points]
        yield Corridor(line, float(np.exp(rng.uniform(np.log(1000), np.log(40_000)))))


def timed(asked: Callable[[], object]) -> float:
    """Return how many milliseconds something takes."""
    begin = time.perf_counter()
    asked()
    return (time.perf_counter() - begin) * 1000.0


def clipped_km2(area: BaseGeometry, grid: Grid) -> float:
    """Return the area of a drawing by clipping every cell that it may touch."""
    west, south, east, north = area.intersection(shapely.box(*grid.bounds)).bounds
    x, y = grid.cell_centres()
    height, width = grid.cell_size
    x = x[(x > west - width) & (x < east + width)]
    y = y[(y > south - height) & (y < north + height)]
    across, down = np.meshgrid(x, y)
    half_x, half_y = width / 2, height / 2
    cells = shapely.box(across - half_x, down - half_y, across + half_x, down + half_y).ravel()
    shapely.prepare(area)
    touched = cells[shapely.intersects(area, cells)]
    return float(shapely.area(shapely.intersection(area, touched)).sum()) / 1e6


def row(name: str, taken: list[float], bound: float | None = None) -> None:
    """Print one row of the table."""
    median, most = np.median(taken), np.percentile(taken, 95)
    allowed = "" if bound is None else f"{bound:10.1f}"
    print(f"{name:46s}{median:10.2f}{most:10.2f}{allowed}")


def report(project: Project, pack: DataPack) -> None:
    """Print the table for a project."""
    ground = DrawingGround.of(project, pack)
    rows, columns = ground.grid.shape
    print(f"{project.name}: {columns} by {rows} cells")
    print(f"{'answer (ms)':46s}{'median':>10s}{'p95':>10s}{'bound':>10s}")
    drawn = list(corridors(ground))
    areas = [corridor_from_line(item.line, item.width_m) for item in drawn]
    for area, item in zip(areas, drawn, strict=True):  # sites find their largest disc once
        ground.measure(area, centreline=item.line, width_m=item.width_m)
    row(
        "everything about a drawing",
        [
            timed(partial(ground.measure, a, centreline=i.line, width_m=i.width_m))
            for a, i in zip(areas, drawn, strict=True)
        ],
        MEASURE_BOUND_MS,
    )
    row("shares of cells", [timed(partial(cell_cover, a, ground.grid)) for a in areas])
    row(
        "peer: every cell clipped",
        [timed(partial(clipped_km2, a, ground.grid)) for a in areas[:20]],
    )
    index = SnapIndex.of(project, pack, "plan")
    places = [point for item in drawn for point in item.line]
    row(
        "place to snap to",
        [timed(partial(index.nearest, x, y, 5000.0)) for x, y in places],
        SNAP_BOUND_MS,
    )
    cores = project.records("cores", scenario="plan")
    sites = list(dict.fromkeys(item for row in cores for item in texts(row["site_ids"])))[:5]
    for species in corridor_species(project)[:1]:
        report_corridors(project, species, sites, places)


def report_corridors(
    project: Project, species: str, sites: list[str], places: list[tuple[float, float]]
) -> None:
    """Print the rows of live corridors of a species from some sites."""
    live = [LiveCorridor.start(project, species, site) for site in sites]
    starts = [timed(partial(LiveCorridor.start, project, species, site)) for site in sites]
    row("live corridor, coarse surface", starts)
    row("live corridor, full surface", [timed(item.refined) for item in live])
    ways = [timed(partial(item.path_to, x, y)) for item in live for x, y in places]
    row("live corridor, way to the pointer", ways)


def main(arguments: Sequence[str] = ()) -> None:
    """Measure in the project named, or in one that is made for it."""
    pack = DataPack.open()
    if arguments:
        with Project.open(Path(arguments[0]), read_only=True) as project:
            report(project, pack)
        return
    with tempfile.TemporaryDirectory() as folder:
        request = PlanRequest.of(REGION, (), Path(folder), maps=False)
        weights = {name: weight for name, (_, weight) in announced_steps(request).items()}
        make_plan(request, StepProgress(weights))
        with Project.open(Path(folder) / f"{REGION}.landbridge") as project:
            report(project, pack)


if __name__ == "__main__":
    main(sys.argv[1:])
