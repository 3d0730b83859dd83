"""Areas made of what is there: sites joined through the habitat between, or planning units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine

from algorithms.control import NULL_CONTROL, PartControl
from layers.grid import Grid
from layers.raster import read_raster
from layers.shapes import burn, outline
from planner.drawing.errors import DrawingError
from planner.drawing.geometry import as_multi
from planner.drawing.least_cost import joint_resistance
from planner.drawing.national import NationalLand
from planner.drawing.numbers import digits
from planner.drawing.place import study_of
from planner.pipeline.cores import suitability_raster
from planner.profiles import load_species
from planner.records import shape_of
from planner.reserve.run_folder import ReserveRun

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from algorithms.control import Control
    from planner.project import Project

MOST_SITES = 30
WINDOW_M = 50_000.0
"""Land so far around two sites may join them."""


@dataclass(frozen=True, eq=False)
class Joined:
    """An area that was made of something.

    Attributes
    ----------
    geometry : MultiPolygon
        The area, in the project's CRS.
    member_sites, species : tuple of str
        Sites it joins, and species whose habitat it was made through.
    reasons : tuple of str
        Why it is as it is, in English, to be stored with the proposal.
    """

    geometry: MultiPolygon
    member_sites: tuple[str, ...]
    species: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Site:
    site_id: str
    name: str
    shape: BaseGeometry
    nominal: bool


@dataclass(frozen=True, eq=False)
class _Land:
    grid: Grid
    resistance: NDArray[np.float64]
    habitat: NDArray[np.bool_]

    def cut(self, shapes: Sequence[BaseGeometry]) -> _Land:
        """Return the part around some shapes."""
        west, south, east, north = shapely.total_bounds(list(shapes))
        step = self.grid.transform
        rows, columns = self.grid.shape
        left = max(0, int((west - WINDOW_M - step.c) // step.a))
        right = min(columns, int((east + WINDOW_M - step.c) // step.a) + 1)
        top = max(0, int((north + WINDOW_M - step.f) // step.e))
        bottom = min(rows, int((south - WINDOW_M - step.f) // step.e) + 1)
        if right <= left or bottom <= top:
            raise DrawingError("The sites lie outside the region of the project.")
        here = Affine(step.a, 0.0, step.c + left * step.a, 0.0, step.e, step.f + top * step.e)
        window = (slice(top, bottom), slice(left, right))
        grid = Grid(self.grid.crs, here, (bottom - top, right - left))
        return _Land(grid, self.resistance[window], self.habitat[window])


def join_sites(
    project: Project, site_ids: Sequence[str], control: Control = NULL_CONTROL
) -> Joined:
    """Join sites to one area through the habitat between them, as candidates are joined.

    The sites are joined in pairs along the shortest tree over them. Each pair is joined by the
    habitat on the least-cost ways between, and by the least-cost path where that leaves the
    habitat.

    Parameters
    ----------
    project : Project
        With sites and suitability.
    site_ids : sequence of str
        Two sites or more.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    DrawingError
        There are less than two sites or too many, one is not drawn, the project holds no
        habitat, or no way over land joins two of them.
    """
    sites = _sites(project, site_ids)
    control.report(0.0)
    resistance, grid = joint_resistance(project)
    habitat, species = _habitat(project, grid)
    whole = _Land(grid, resistance, habitat)
    control.report(0.1)
    pairs = _tree(sites)
    shapes: list[BaseGeometry] = [site.shape for site in sites if site.shape.area > 0.0]
    reasons: list[str] = []
    for done, (first, second) in enumerate(pairs):
        part = PartControl(
            control, 0.1 + 0.8 * done / len(pairs), 0.1 + 0.8 * (done + 1) / len(pairs)
        )
        shape, reason = _between(whole, first, second, part)
        shapes.append(shape)
        reasons.append(reason)
    land = NationalLand.of(study_of(project)).land
    area = as_multi(shapely.intersection(shapely.union_all(shapes), land))
    control.report(1.0)
    return Joined(area, tuple(site.site_id for site in sites), species, tuple(reasons))


def _sites(project: Project, site_ids: Sequence[str]) -> list[_Site]:
    wanted = list(dict.fromkeys(site_ids))
    if not 2 <= len(wanted) <= MOST_SITES:
        raise DrawingError(
            f"{len(wanted)} sites are chosen; 2 to {MOST_SITES} can be joined at once."
        )
    rows = {str(row["site_id"]): row for row in project.records("sites")}
    found = []
    for site_id in wanted:
        row = rows.get(site_id)
        if row is None or row["geometry"] is None:
            name = site_id if row is None else str(row["name_en"])
            raise DrawingError(f"{name} is not drawn on the map, so nothing can join it.")
        nominal = row["kind"] != "surveyed"
        found.append(_Site(site_id, str(row["name_en"]), shape_of(row), nominal))
    return found


def _habitat(project: Project, grid: Grid) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    stored = project.settings.get("species")
    names = [str(name) for name in stored] if isinstance(stored, list) else []
    habitat = np.zeros(grid.shape, dtype=np.bool_)
    species = []
    for name in names:
        path = project.raster_path(suitability_raster(name))
        if path.is_file():
            threshold = load_species(name).value("habitat_threshold").value
            habitat |= read_raster(path).values >= threshold
            species.append(name)
    return habitat, tuple(species)


def _tree(sites: Sequence[_Site]) -> list[tuple[_Site, _Site]]:
    """Return the pairs of the shortest tree over sites, after Prim."""
    joined, rest = [sites[0]], list(sites[1:])
    pairs = []
    while rest:
        away = [
            (a.shape.distance(b.shape), i, j)
            for i, a in enumerate(joined)
            for j, b in enumerate(rest)
        ]
        _, i, j = min(away)
        pairs.append((joined[i], rest[j]))
        joined.append(rest.pop(j))
    return pairs


def _between(
    whole: _Land, first: _Site, second: _Site, control: Control
) -> tuple[BaseGeometry, str]:
    """Return the land that joins two sites, and a sentence on it."""
    # Not at the top, as the compiler takes a while to load and the window starts without it.
    from algorithms.corridors.least_cost import SwathRule  # noqa: PLC0415 - 2 s to load
    from algorithms.reserve.complexes import JoinRule, join_pair  # noqa: PLC0415 - as above
    from planner.pipeline.proposals import JOIN_SHARE, JOIN_WIDTH_M  # noqa: PLC0415 - as above

    land = whole.cut([first.shape, second.shape])
    labels = np.zeros(land.grid.shape, dtype=np.int32)
    labels[burn([first.shape], land.grid) > 0] = 1
    labels[burn([second.shape], land.grid) > 0] = 2
    labels[~np.isfinite(land.resistance)] = 0
    joined = None
    if set(np.unique(labels).tolist()) >= {1, 2}:
        rule = JoinRule(swath=SwathRule(share=JOIN_SHARE, mean_width_m=JOIN_WIDTH_M))
        joined = join_pair(
            labels,
            land.habitat,
            land.resistance,
            cell_size=land.grid.cell_size,
            rule=rule,
            control=control,
        )
    if joined is None:
        raise DrawingError(
            f"No way over land joins {first.name} and {second.name}: sea, lakes or the edge of "
            "the region lie between. Leave one of them out."
        )
    nominal = ", by nominal footprints" if first.nominal or second.nominal else ""
    if joined.adjoining:
        told = f"{first.name} and {second.name} touch{nominal}."
    else:
        gap = joined.gap_cells * land.grid.cell_area_km2
        outside = (
            f"{digits(gap)} km² of it outside habitat" if gap >= 0.05 else "all of it habitat"
        )
        told = (
            f"{first.name} and {second.name}: joined over {digits(joined.length_m / 1000)} km"
            f"{nominal}; {outside} by the model."
        )
    return outline(joined.between, land.grid), told


def units_of(project: Project, run_id: str) -> tuple[tuple[str, ...], tuple[BaseGeometry, ...]]:
    """Return the planning units of a run: identifiers, and their shapes.

    Raises
    ------
    ReserveRunError
        The run is gone, or its units cannot be read.
    """
    units = ReserveRun.open(project, run_id).units
    return tuple(str(item) for item in units["unit_id"]), tuple(units.geometry)


def land_of_units(project: Project, run_id: str, unit_ids: Sequence[str]) -> Joined:
    """Return the area of planning units of a run.

    Parameters
    ----------
    project : Project
        Open project.
    run_id : str
        One of its runs of proposals.
    unit_ids : sequence of str
        Units of it.

    Raises
    ------
    DrawingError
        No unit is chosen, or the run has none of that name.
    ReserveRunError
        The run is gone, or its units cannot be read.
    """
    ids, shapes = units_of(project, run_id)
    place = {unit: i for i, unit in enumerate(ids)}
    wanted = list(dict.fromkeys(unit_ids))
    if not wanted:
        raise DrawingError("No planning unit is chosen. Click at units on the map first.")
    if unknown := [unit for unit in wanted if unit not in place]:
        raise DrawingError(
            f"The run {run_id} has no planning unit {unknown[0]!r:.60}. Choose the units again."
        )
    area = as_multi(shapely.union_all([shapes[place[unit]] for unit in wanted]))
    count = "1 planning unit" if len(wanted) == 1 else f"{len(wanted)} planning units"
    return Joined(area, (), (), (f"{count} of the run {run_id}, chosen by hand.",))
