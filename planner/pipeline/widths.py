"""How wide each corridor is, where it is too narrow, and what to add there.

The corridor is widened where it falls below the width that the species needs, by the wide-path
search of `algorithms.corridors.widening`. Towns are excluded, water is too; land inside the
corridor, its cores and standing protected areas costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

from algorithms.control import PartControl
from algorithms.corridors.borders import length_by_country
from algorithms.corridors.widening import InfeasibleWidthError, Widening, widen
from algorithms.corridors.width import Passage, Stretch, bottlenecks, passage
from layers.shapes import outline, touched
from planner.pipeline.resistance import resistance_raster
from planner.pipeline.sites import ProtectedLand

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile

TOWN_PEOPLE = 5_000
"""Settlements of this many people and more are kept clear of corridors, an expert value."""
WINDOW_WIDTHS = 6
"""Land within so many times the needed width of the corridor may be added."""


@dataclass(frozen=True)
class WideningGround:
    """What the widening of one species' corridors has to go by.

    Parameters
    ----------
    cost : (rows, columns) float64
        Cost of adding each cell: its area in km², dearer by the settlement pressure; NaN where
        it is excluded.
    protected : (rows, columns) bool
        Standing protected land, which costs nothing.
    needed_m : float
        Width in metres that the species needs.
    """

    cost: NDArray[np.float64]
    protected: NDArray[np.bool_]
    needed_m: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a corridor's width is.

    Parameters
    ----------
    throat_m, mean_width_m : float or None
        Width of the narrowest place of the widest way, and mean along it; None where no way
        leads from core to core, or it has no length.
    facts : dict
        Profile of the width and what the widening was found to be, for the attributes.
    stretches : tuple of dict
        Rows for the table of bottlenecks: narrow stretches and land to add.
    """

    throat_m: float | None
    mean_width_m: float | None
    facts: dict[str, object]
    stretches: tuple[dict[str, object], ...]


def widening_ground(study: Study, profile: SpeciesProfile) -> WideningGround:
    """Gather what widening goes by for one species."""
    passable = np.isfinite(study.read(resistance_raster(profile.id)))
    pressure = np.nan_to_num(study.layer(profile.disturbance.variable), nan=0.0)
    cost = study.grid.cell_area_km2 * (1.0 + pressure)
    cost[~passable] = np.nan
    reach_m = profile.value("settlement_avoidance_km").value * 1000.0
    cost[_towns(study, reach_m)] = np.nan
    needed_m = profile.value("minimum_corridor_width_m").value
    return WideningGround(cost, ProtectedLand(study).mask, needed_m)


def measured(
    study: Study,
    ground: WideningGround,
    corridor: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    control: Control,
) -> Measured:
    """Measure a corridor and find what to add where it is too narrow.

    Parameters
    ----------
    study : Study
        Grid and countries.
    ground : WideningGround
        Cost of land and width needed.
    corridor : three (rows, columns) bool
        Swath, first core, second core.
    control : Control
        Told the progress; may cancel.
    """
    if ground.needed_m < study.cell_m:
        refusal = {"widening": {"refused": _too_coarse(ground.needed_m, study.cell_m)}}
        return Measured(None, None, dict(refusal), ())
    swath, a, b = corridor
    open_land = swath | _mouths(ground, a, b, study.cell_m)
    found = passage(
        open_land, a, b, cell_size=study.cell_m, control=PartControl(control, 0.0, 0.4)
    )
    narrow: tuple[Stretch, ...] = ()
    facts: dict[str, object] = {}
    throat_m = mean_m = None
    rows: list[dict[str, object]] = []
    if found is not None:
        narrow = bottlenecks(found.profile, ground.needed_m)
        throat_m, mean_m = round(found.width_m, 1), _mean_width(found)
        facts["profile"] = _thinned(found)
        rows = [_bottleneck(study, found, stretch) for stretch in narrow]
    if found is None or narrow:
        try:
            wider = _widened(study, ground, corridor, PartControl(control, 0.4, 1.0))
        except InfeasibleWidthError as error:
            facts["widening"] = {"refused": str(error)}
        else:
            rows += _added(study, wider)
            facts["widening"] = {
                "verified_minimum_width_m": round(wider.verified_minimum_width_m, 1),
                "arc_cost": round(wider.arc_cost, 3),
                "union_cost": round(wider.union_cost, 3),
            }
    needed: dict[str, object] = {"needed_m": ground.needed_m}
    return Measured(throat_m, mean_m, facts, tuple({**needed, **row} for row in rows))


def _mouths(
    ground: WideningGround, a: NDArray[np.bool_], b: NDArray[np.bool_], cell_m: float
) -> NDArray[np.bool_]:
    """Return the passable land beside the cores, within the width needed.

    A corridor tapers towards the cheapest cell of a core, but an animal may leave the core
    anywhere: without this land the mouth of every corridor would look like a bottleneck.
    """
    distance_m = ndimage.distance_transform_edt(~(a | b)) * cell_m
    near: NDArray[np.bool_] = (distance_m <= ground.needed_m) & np.isfinite(ground.cost)
    return near & ~a & ~b


def _towns(study: Study, reach_m: float) -> NDArray[np.bool_]:
    settlements = study.pack.basemap("settlements", study.region.bounds.lonlat)
    towns = settlements[settlements["population"] >= TOWN_PEOPLE].to_crs(study.grid.crs)
    return touched(list(towns.geometry.buffer(reach_m)), study.grid)


def _too_coarse(needed_m: float, cell_m: float) -> str:
    return (
        f"The species needs {needed_m:,.0f} m, less than a cell of {cell_m:,.0f} m: on this "
        "grid no stretch can be told to be too narrow. Plan for a smaller region with a finer "
        "grid."
    )


def _mean_width(found: Passage) -> float | None:
    distance, width = found.profile.distance_m, found.profile.width_m
    if distance[-1] <= 0:
        return None
    return round(float(np.trapezoid(width, distance) / distance[-1]), 1)


def _thinned(found: Passage, most: int = 400) -> dict[str, list[float]]:
    """Return the profile with at most about so many vertices, for plots."""
    step = max(1, len(found.profile.distance_m) // most)
    return {
        "distance_m": [round(float(value), 1) for value in found.profile.distance_m[::step]],
        "width_m": [round(float(value), 1) for value in found.profile.width_m[::step]],
    }


def _bottleneck(study: Study, found: Passage, stretch: Stretch) -> dict[str, object]:
    profile = found.profile
    inside = (profile.distance_m >= stretch.start_m) & (profile.distance_m <= stretch.end_m)
    x = study.grid.transform.c + (profile.columns[inside] + 0.5) * study.grid.transform.a
    y = study.grid.transform.f + (profile.rows[inside] + 0.5) * study.grid.transform.e
    points = np.column_stack([x, y])
    if len(points) == 1:
        points = np.repeat(points, 2, axis=0)
    row = np.rint(profile.rows[inside]).astype(np.int32)
    column = np.rint(profile.columns[inside]).astype(np.int32)
    lengths = length_by_country(row, column, study.country, study.cell_m)
    most = max(lengths, key=lambda code: lengths[code], default=0)
    return {
        "kind": "bottleneck",
        "width_m": round(stretch.width_m, 1),
        "width_label": _width_label(stretch.width_m, study.cell_m),
        "length_km": round(stretch.length_m / 1000.0, 2),
        "country": study.iso3[most - 1] if most else None,
        "geometry": shapely.LineString(points),
        "attributes": {
            "shortfall_m": round(stretch.shortfall_m, 1),
            "certain": stretch.shortfall_m > study.cell_m,
        },
    }


def _width_label(width_m: float, cell_m: float) -> str:
    """Write a width for the map; below a cell only that can be told."""
    return f"{width_m:,.0f} m" if width_m >= cell_m else f"under {cell_m:,.0f} m"


def _widened(
    study: Study,
    ground: WideningGround,
    corridor: tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]],
    control: Control,
) -> Widening:
    """Search for the widening on the land around the corridor."""
    swath, a, b = corridor
    window = _window(
        swath if swath.any() else a | b, round(WINDOW_WIDTHS * ground.needed_m / study.cell_m)
    )
    cost = ground.cost[window].copy()
    free = (swath | ground.protected)[window] & np.isfinite(cost)
    cost[free] = 0.0
    found = widen(
        cost,
        a[window],
        b[window],
        width_m=ground.needed_m,
        cell_size=study.cell_m,
        control=control,
    )
    return _on_whole_grid(found, window, swath.shape)


def _window(mask: NDArray[np.bool_], margin: int) -> tuple[slice, slice]:
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    return (
        slice(max(0, int(rows[0]) - margin), int(rows[-1]) + 1 + margin),
        slice(max(0, int(columns[0]) - margin), int(columns[-1]) + 1 + margin),
    )


def _on_whole_grid(
    found: Widening, window: tuple[slice, slice], shape: tuple[int, ...]
) -> Widening:
    corridor = np.zeros(shape, dtype=np.bool_)
    corridor[window] = found.corridor
    added = np.zeros(shape, dtype=np.bool_)
    added[window] = found.added
    return Widening(
        corridor,
        added,
        found.rows + window[0].start,
        found.columns + window[1].start,
        found.length_m,
        found.arc_cost,
        found.union_cost,
        found.verified_minimum_width_m,
    )


def _added(study: Study, wider: Widening) -> list[dict[str, object]]:
    """Describe the land to add, one record per country."""
    records: list[dict[str, object]] = []
    for code, iso3 in enumerate(study.iso3, 1):
        here = wider.added & (study.country == code)
        if here.any():
            shape: BaseGeometry = outline(here, study.grid)
            records.append(
                {
                    "kind": "widening",
                    "country": iso3,
                    "area_to_add_km2": round(float(here.sum()) * study.grid.cell_area_km2, 2),
                    "geometry": shape,
                }
            )
    return records
