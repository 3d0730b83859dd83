"""The least-cost way from a site to wherever the pointer is, while it moves.

The cost of reaching every cell is found once from the chosen site, over a coarse surface first;
the way to any place is then read off by following the links back. The full grid takes its place
when it is ready. Cost and barriers are those of the corridors of the plan.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine

from algorithms.connectivity.resistance import resistance_from_suitability, with_barrier
from layers.control import NULL_CONTROL
from layers.grid import Grid
from layers.raster import read_raster
from layers.shapes import burn
from planner.drawing.errors import DrawingError
from planner.drawing.lengths import length_km
from planner.drawing.place import study_of
from planner.pipeline.cores import suitability_raster
from planner.pipeline.resistance import resistance_raster
from planner.records import shape_of
from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.connectivity.cost_distance import CostSurface
    from layers.control import Control
    from planner.drawing.geometry import Coordinate
    from planner.project import Project

COARSE_CELLS = 60_000
"""About so many cells has the surface that is searched first."""
SMOOTH_CELLS = 0.75
"""A way may leave out steps of the grid as long as it moves by less than this, in cells."""
ALL_SPECIES = ""
"""In place of a species: the resistance by which sites are joined for all together."""


@dataclass(frozen=True, slots=True)
class LivePath:
    """A way to a place.

    Attributes
    ----------
    points : tuple of (x, y)
        From the site to the place, in the project's CRS; empty where there is no way.
    cost : float
        Resistance times metres; infinite where there is no way.
    length_km : float
        Length on the ellipsoid.
    reached : bool
        Whether there is a way.
    reason : str
        Why there is none; empty where there is one.
    coarse : bool
        Whether it was found on the coarse surface.
    """

    points: tuple[Coordinate, ...]
    cost: float
    length_km: float
    reached: bool
    reason: str
    coarse: bool


@dataclass(frozen=True, eq=False)
class LiveCorridor:
    """Least-cost ways from one place; not changed, so that any thread may ask it.

    Use `LiveCorridor.start`.

    Attributes
    ----------
    grid : Grid
        Full grid.
    resistance : (rows, columns) float64
        Cost per metre on it; NaN or infinite where nothing passes.
    source : geometry
        Where the ways start.
    sites : mapping of str to geometry
        Sites that ways can end at.
    factor : int
        So many cells of the full grid are one of the surface, in both directions.
    passable : (rows, columns) bool
        Cells of the surface that are no barrier.
    surface : CostSurface
        Cost of reaching each cell of the surface, with links back.
    """

    grid: Grid
    resistance: NDArray[np.float64]
    source: BaseGeometry
    sites: Mapping[str, BaseGeometry]
    factor: int
    passable: NDArray[np.bool_]
    surface: CostSurface

    @classmethod
    def start(cls, project: Project, species: str, source: str | Coordinate) -> LiveCorridor:
        """Find the coarse surface from a site or a place.

        Parameters
        ----------
        project : Project
            With resistance of the species, see `corridor_species`.
        species : str
            Species; `ALL_SPECIES` for all together.
        source : str or (x, y)
            Identifier of a site, or a place in the project's CRS.

        Raises
        ------
        DrawingError
            There is no resistance, no such site, or no way leads out of it.
        LayerReadError
            A raster cannot be read.
        """
        resistance, grid = _resistance(project, species)
        sites = {
            str(row["site_id"]): shape_of(row)
            for row in project.records("sites")
            if row["geometry"] is not None
        }
        return cls.on(grid, resistance, sites, source)

    @classmethod
    def on(
        cls,
        grid: Grid,
        resistance: NDArray[np.float64],
        sites: Mapping[str, BaseGeometry],
        source: str | Coordinate,
    ) -> LiveCorridor:
        """Find the coarse surface on a grid of resistance, as of `start`."""
        if isinstance(source, str):
            if source not in sites:
                raise DrawingError(
                    f"There is no site {source!r:.80} on the map any more. Choose another one."
                )
            shape: BaseGeometry = sites[source]
        else:
            shape = shapely.Point(source)
        factor = max(1, math.ceil(math.sqrt(resistance.size / COARSE_CELLS)))
        coarse, values = _coarser(grid, factor), _coarsened(resistance, factor)
        found = _surface(coarse, values, shape, NULL_CONTROL)
        if found is not None:
            return cls(grid, resistance, shape, sites, factor, np.isfinite(values), found)
        passable, found = _needed(grid, resistance, shape)
        return cls(grid, resistance, shape, sites, 1, passable, found)

    @property
    def coarse(self) -> bool:
        """Whether the surface is coarser than the grid."""
        return self.factor > 1

    def refined(self, control: Control = NULL_CONTROL) -> LiveCorridor:
        """Return the same on the full grid; in a thread.

        Parameters
        ----------
        control : Control
            Told the progress; may cancel.

        Raises
        ------
        DrawingError
            No way leads out of the source.
        """
        passable, found = _needed(self.grid, self.resistance, self.source, control)
        return replace(self, factor=1, passable=passable, surface=found)

    def path_to(self, x: float, y: float) -> LivePath:
        """Return the way to a place; at once."""
        grid = _coarser(self.grid, self.factor)
        rows, columns, inside = grid.cells_of(np.array([x]), np.array([y]))
        if not inside[0]:
            return self._none(tr("The place lies outside the region of the project."))
        row, column = int(rows[0]), int(columns[0])
        if not np.isfinite(self.surface.cost[row, column]):
            return self._none(
                tr("No way over land leads there: sea, lakes or the region's edge lie between.")
                if self.passable[row, column]
                else tr("Nothing passes here: sea, a lake, or land outside the region.")
            )
        return self._path(grid, row, column, (x, y))

    def path_to_site(self, site_id: str) -> LivePath:
        """Return the way to the cell of a site that is cheapest to reach; at once."""
        if site_id not in self.sites:
            return self._none(tr("The site is not on the map any more."))
        grid = _coarser(self.grid, self.factor)
        cells = burn([self.sites[site_id]], grid) > 0
        cost = np.where(cells, self.surface.cost, np.inf)
        row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
        if not np.isfinite(cost[row, column]):
            return self._none(
                tr("No way over land leads there: sea, lakes or the region's edge lie between.")
            )
        return self._path(grid, int(row), int(column), None)

    def _none(self, reason: str) -> LivePath:
        return LivePath((), math.inf, 0.0, reached=False, reason=reason, coarse=self.coarse)

    def _path(self, grid: Grid, row: int, column: int, end: Coordinate | None) -> LivePath:
        rows, columns = self.surface.path_to(row, column)
        x, y = grid.cell_centres()
        points = np.column_stack([x[columns], y[rows]])
        if len(points) > 2:
            line = shapely.LineString(points).simplify(SMOOTH_CELLS * max(grid.cell_size))
            points = shapely.get_coordinates(line)
        listed = [(float(at), float(up)) for at, up in points.tolist()]
        if end is not None:
            listed = [*listed[:-1], end] if len(listed) > 1 else [*listed, end]
        path = tuple(dict.fromkeys(listed))
        km = length_km(shapely.LineString(path), self.grid.crs) if len(path) > 1 else 0.0
        cost = float(self.surface.cost[row, column])
        return LivePath(path, cost, km, reached=True, reason="", coarse=self.coarse)


def corridor_species(project: Project) -> tuple[str, ...]:
    """Return the species that live corridors can be drawn for, `ALL_SPECIES` last.

    Those of which the project holds a raster of resistance; and all together, where it holds
    suitability of any.
    """
    stored = project.settings.get("species")
    names = [str(name) for name in stored] if isinstance(stored, list) else []
    found = [name for name in names if project.raster_path(resistance_raster(name)).is_file()]
    if any(project.raster_path(suitability_raster(name)).is_file() for name in names):
        found.append(ALL_SPECIES)
    return tuple(found)


def _resistance(project: Project, species: str) -> tuple[NDArray[np.float64], Grid]:
    if species == ALL_SPECIES:
        return joint_resistance(project)
    path = project.raster_path(resistance_raster(species))
    if not path.is_file():
        raise DrawingError(
            f"The project holds no resistance of {species!r:.60} yet. Find corridors of the "
            "species first (panel Corridors), or draw the line by hand."
        )
    raster = read_raster(path)
    return raster.values, raster.grid


def joint_resistance(project: Project) -> tuple[NDArray[np.float64], Grid]:
    """Return the resistance by which sites are joined for all species together.

    Raises
    ------
    DrawingError
        The project holds no suitability.
    """
    from planner.pipeline import proposals  # noqa: PLC0415 - as in `_surface`

    stored = project.settings.get("species")
    names = [str(name) for name in stored] if isinstance(stored, list) else []
    paths = [project.raster_path(suitability_raster(name)) for name in names]
    rasters = [read_raster(path) for path in paths if path.is_file()]
    if not rasters:
        raise DrawingError(
            "The project holds no habitat yet. Make the plan first, or draw the line by hand."
        )
    best = np.fmax.reduce([raster.values for raster in rasters])
    resistance = resistance_from_suitability(
        best,
        maximum=proposals.JOIN_RESISTANCE_MAXIMUM,
        shape=proposals.JOIN_RESISTANCE_SHAPE,
    )
    sea = study_of(project).country == 0
    return with_barrier(resistance, sea), rasters[0].grid


def _surface(
    grid: Grid, resistance: NDArray[np.float64], source: BaseGeometry, control: Control
) -> CostSurface | None:
    """Return the cost of reaching each cell; None where the source lies on barriers."""
    # Not at the top, as the compiler takes a while to load and the window starts without it.
    from algorithms.connectivity.cost_distance import cost_distance  # noqa: PLC0415 - long to load

    cells = (burn([source], grid) > 0) & np.isfinite(resistance)
    if not cells.any():
        return None
    return cost_distance(
        resistance, cells, cell_size=grid.cell_size, back_link=True, control=control
    )


def _needed(
    grid: Grid,
    resistance: NDArray[np.float64],
    source: BaseGeometry,
    control: Control = NULL_CONTROL,
) -> tuple[NDArray[np.bool_], CostSurface]:
    """Return where the full grid can be passed, and its surface."""
    found = _surface(grid, resistance, source, control)
    if found is None:
        raise DrawingError(
            "No way leads out of this place: nothing of it lies on land inside the region; sea "
            "and lakes are barriers. Choose another one."
        )
    return np.isfinite(resistance), found


def _coarser(grid: Grid, factor: int) -> Grid:
    rows, columns = grid.shape
    step = grid.transform
    transform = Affine(step.a * factor, 0.0, step.c, 0.0, step.e * factor, step.f)
    return Grid(grid.crs, transform, (-(-rows // factor), -(-columns // factor)))


def _coarsened(resistance: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return the mean of what can be passed in each block; a barrier where half cannot."""
    if factor == 1:
        return resistance
    rows, columns = resistance.shape
    high, wide = -(-rows // factor), -(-columns // factor)
    whole = np.full((high * factor, wide * factor), np.nan)
    whole[:rows, :columns] = resistance
    blocks = whole.reshape(high, factor, wide, factor)
    passable = np.isfinite(blocks)
    count = passable.sum(axis=(1, 3))
    total = np.where(passable, blocks, 0.0).sum(axis=(1, 3))
    mean: NDArray[np.float64] = np.full((high, wide), np.inf)
    open_blocks = 2 * count > factor * factor
    mean[open_blocks] = total[open_blocks] / count[open_blocks]
    return mean
