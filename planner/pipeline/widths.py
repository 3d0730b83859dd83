"""How wide each corridor is, where it is too narrow, and what to add there.

The corridor is widened where it falls below the width that the species needs, by the wide-path
search of `algorithms.corridors.widening`. Towns are excluded, water is too; land inside the
corridor, its cores and standing protected areas costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage

from algorithms.control import PartControl
from algorithms.corridors.clearance import ROUNDING, largest_radius, surroundings
from algorithms.corridors.throat import FlowThroat, flow_throat
from algorithms.corridors.widening import InfeasibleWidthError, Widening, widen
from algorithms.corridors.width import Stretch, bottlenecks, cell_diagonal, passage
from layers.shapes import touched
from planner.pipeline.resistance import resistance_raster
from planner.pipeline.sites import ProtectedLand
from planner.pipeline.width_records import (
    added_records,
    bottleneck_record,
    mean_width_m,
    profile_facts,
    widening_facts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from algorithms.corridors.width import Passage
    from planner.pipeline.land import Land
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile

TOWN_PEOPLE = 5_000
"""Settlements of this many people and more are kept clear of corridors, an expert value."""
WINDOW_WIDTHS = 6
"""Land within so many times the needed width of the corridor may be added."""

Sides = tuple[float, float]
Window = tuple[slice, slice]


class CorridorCells(NamedTuple):
    """The cells of a corridor and of the two cores it joins, each (rows, columns) bool."""

    swath: NDArray[np.bool_]
    core_a: NDArray[np.bool_]
    core_b: NDArray[np.bool_]

    def cut(self, window: Window) -> CorridorCells:
        """Return the part in a window."""
        return CorridorCells(self.swath[window], self.core_a[window], self.core_b[window])


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
    mouth_m : float
        Passable land within so many metres of a core counts as part of the corridor; see
        `open_land`.
    """

    cost: NDArray[np.float64]
    protected: NDArray[np.bool_]
    needed_m: float
    mouth_m: float = 0.0

    def cut(self, window: Window) -> WideningGround:
        """Return the part in a window."""
        return replace(self, cost=self.cost[window], protected=self.protected[window])


@dataclass(frozen=True, slots=True)
class Measured:
    """What a corridor's width is.

    Parameters
    ----------
    throat_m, mean_width_m : float or None
        Width of the narrowest place of the widest way, and mean along it; None where no way
        leads from core to core, or it has no length.
    facts : dict
        Profile of the width, summed width of all ways at the weakest place, and what the
        widening was found to be, for the attributes.
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
    return WideningGround(cost, ProtectedLand(study).mask, needed_m, needed_m)


def measured(
    land: Land, ground: WideningGround, cells: CorridorCells, control: Control
) -> Measured:
    """Measure a corridor and find what to add where it is too narrow.

    Parameters
    ----------
    land : Land
        Grid and countries.
    ground : WideningGround
        Cost of land and width needed.
    cells : CorridorCells
        The corridor and its cores.
    control : Control
        Told the progress; may cancel.
    """
    sides = land.grid.cell_size
    if ground.needed_m < max(sides):
        refusal = {"widening": {"refused": _too_coarse(ground.needed_m, max(sides))}}
        return Measured(None, None, dict(refusal), ())
    width = measure_width(ground, cells, sides, PartControl(control, 0.0, 0.5))
    facts: dict[str, object] = {"throat_flow_m": width.flow_m}
    rows: list[dict[str, object]] = []
    if width.passage is not None:
        facts["profile"] = profile_facts(land, width.passage, ground.needed_m, width.narrow)
        rows = [bottleneck_record(land, width.passage, stretch) for stretch in width.narrow]
    if width.passage is None or width.narrow:
        try:
            wider = widened(ground, cells, sides, PartControl(control, 0.5, 1.0))
        except InfeasibleWidthError as error:
            facts["widening"] = {"refused": str(error)}
        else:
            rows += added_records(land, wider, ground.cost)
            facts["widening"] = widening_facts(wider)
    needed: dict[str, object] = {"needed_m": ground.needed_m}
    return Measured(
        None if width.passage is None else round(width.passage.width_m, 1),
        None if width.passage is None else mean_width_m(width.passage),
        facts,
        tuple({**needed, **row} for row in rows),
    )


@dataclass(frozen=True, slots=True)
class Width:
    """The width of a corridor together with the open land at its mouths.

    Parameters
    ----------
    passage : Passage or None
        The widest way, None where none leads from core to core.
    narrow : tuple of Stretch
        Stretches of it below the width needed, the worst first.
    flow : FlowThroat or None
        Weakest place of all parallel ways together; None where there is no way, or no place
        between the cores because the widest disc lies against both at once.
    """

    passage: Passage | None
    narrow: tuple[Stretch, ...]
    flow: FlowThroat | None

    @property
    def flow_m(self) -> float | None:
        """Summed width of all ways at the weakest place, in metres."""
        return None if self.flow is None else round(self.flow.width_m, 1)


def measure_width(
    ground: WideningGround, cells: CorridorCells, sides: Sides, control: Control
) -> Width:
    """Measure a corridor together with the open land at its mouths.

    Parameters
    ----------
    ground : WideningGround
        Which land is open, and the width needed.
    cells : CorridorCells
        The corridor and its cores.
    sides : (float, float)
        Height and width of a cell in metres.
    control : Control
        Told the progress; may cancel.
    """
    land = open_land(ground, cells, sides)
    found = passage(
        land,
        cells.core_a,
        cells.core_b,
        cell_size=sides,
        control=PartControl(control, 0.0, 0.7),
    )
    if found is None:
        return Width(None, (), None)
    narrow = bottlenecks(found.profile, ground.needed_m, apart_m=cell_diagonal(sides))
    whole = CorridorCells(land, cells.core_a, cells.core_b)
    return Width(found, narrow, _flow(whole, found, sides, PartControl(control, 0.7, 1.0)))


def _flow(
    cells: CorridorCells, way: Passage, sides: Sides, control: Control
) -> FlowThroat | None:
    """Find the weakest place of all ways, none of them narrower than the widest single one.

    A core that is smaller than the widest way is taken together with the disc that arrives
    there: its own outline would otherwise be the weakest place, however wide the land is.
    """
    radius = way.width_m / 2
    window = around(cells, way.width_m + max(sides), sides)
    land, a, b = cells.cut(window)
    mask = land | a | b
    at_ends = zip((cells.core_a, cells.core_b), (a, b), (0, -1), strict=True)
    ends = []
    for core, here, end in at_ends:
        if largest_radius(core, sides) < radius * (1 - ROUNDING):
            row = way.profile.rows[end] - window[0].start
            column = way.profile.columns[end] - window[1].start
            ends.append(here | (mask & _disc(mask.shape, (row, column), radius, sides)))
        else:
            ends.append(here)
    found = flow_throat(mask, *ends, cell_size=sides, control=control)
    if found is None:
        return None
    return replace(
        found,
        width_m=max(found.width_m, way.width_m),
        rows=found.rows + np.int32(window[0].start),
        columns=found.columns + np.int32(window[1].start),
    )


def _disc(
    shape: tuple[int, ...], centre: tuple[float, float], radius_m: float, sides: Sides
) -> NDArray[np.bool_]:
    """Mark the cells whose centre a disc covers; its centre is given in cells."""
    down = (np.arange(shape[0]) - centre[0]) * sides[0]
    right = (np.arange(shape[1]) - centre[1]) * sides[1]
    covered: NDArray[np.bool_] = np.hypot(down[:, None], right[None, :]) <= radius_m
    return covered


def open_land(ground: WideningGround, cells: CorridorCells, sides: Sides) -> NDArray[np.bool_]:
    """Return the corridor and the passable land beside its cores, where these come near it.

    Excluded land, such as towns with their surroundings, is no part of it, though it lie in
    the corridor. A corridor tapers towards the cheapest cell of a core, but an animal may leave
    the core anywhere near: without this land the mouth of every corridor would look like a
    bottleneck. Without open mouths the corridor is as it is drawn.

    Parameters
    ----------
    ground, cells, sides
        As for `measure_width`.
    """
    usable = np.isfinite(ground.cost)
    land: NDArray[np.bool_] = cells.swath & usable
    if not ground.mouth_m > 0:
        return land
    window = around(cells, WINDOW_WIDTHS * ground.mouth_m, sides)
    cores = cells.core_a[window] | cells.core_b[window]
    if cores.any():
        distance_m = ndimage.distance_transform_edt(~cores, sampling=sides)
        near = (distance_m <= ground.mouth_m) & usable[window]
        land[window] |= near & ~cores
    return land


def widened(
    ground: WideningGround, cells: CorridorCells, sides: Sides, control: Control
) -> Widening:
    """Search for the widening on the land around the corridor.

    Parameters
    ----------
    ground, cells, sides, control
        As for `measure_width`.

    Raises
    ------
    InfeasibleWidthError
        The exclusions leave no way of the width needed.
    WidthBelowCellError
        The width is less than a cell.
    """
    window = around(cells, WINDOW_WIDTHS * ground.needed_m, sides)
    here = cells.cut(window)
    found = widen(
        paid(ground.cut(window), here, sides),
        here.core_a,
        here.core_b,
        width_m=ground.needed_m,
        cell_size=sides,
        control=control,
    )
    return _on_whole_grid(found, window, cells.swath.shape)


def paid(ground: WideningGround, cells: CorridorCells, sides: Sides) -> NDArray[np.float64]:
    """Return what adding each cell costs: nothing in the corridor with its open mouths.

    Protected land costs nothing either.

    Parameters
    ----------
    ground, cells, sides
        As for `measure_width`.
    """
    cost = ground.cost.copy()
    cost[(open_land(ground, cells, sides) | ground.protected) & np.isfinite(cost)] = 0.0
    return cost


def around(cells: CorridorCells, margin_m: float, sides: Sides) -> Window:
    """Return the rows and columns within a margin of a corridor, with cells of both cores.

    Where the corridor has no cells, or does not reach a core, the cores count as well.
    """
    window = surroundings(cells.swath, margin_m, sides)
    here = cells.cut(window)
    if here.core_a.any() and here.core_b.any():
        return window
    return surroundings(cells.swath | cells.core_a | cells.core_b, margin_m, sides)


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


def _on_whole_grid(found: Widening, window: Window, shape: tuple[int, ...]) -> Widening:
    corridor = np.zeros(shape, dtype=np.bool_)
    corridor[window] = found.corridor
    added = np.zeros(shape, dtype=np.bool_)
    added[window] = found.added
    return replace(
        found,
        corridor=corridor,
        added=added,
        rows=found.rows + window[0].start,
        columns=found.columns + window[1].start,
    )
