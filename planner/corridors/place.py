"""One corridor and all that bears on widening it, cut out of its grid so that it is quick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.sharing import SpeciesNeed, shared_ground
from algorithms.corridors.variants import widening_variants
from algorithms.corridors.widening import (
    InfeasibleWidthError,
    Widening,
    WidthBelowCellError,
    widen,
)
from algorithms.corridors.width import bottlenecks, cell_diagonal, passage
from layers.grid import Grid
from layers.shapes import outline
from planner.corridors.result import (
    COST_UNIT,
    CountryShare,
    WideningResult,
    WideningVariant,
)
from planner.pipeline.widths import WINDOW_WIDTHS, around, open_land, paid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.control import Control
    from planner.pipeline.land import Land
    from planner.pipeline.widths import CorridorCells, WideningGround, Window


@dataclass(frozen=True, slots=True)
class LandTypes:
    """Types of land on a grid.

    Parameters
    ----------
    title : str
        What they are, said honestly.
    codes : (rows, columns) float64
        Code of the type, NaN where none.
    names : mapping of int to str
        Name of each code; others are told by their number.
    """

    title: str
    codes: NDArray[np.float64]
    names: Mapping[int, str]

    def areas_km2(self, where: NDArray[np.bool_], cell_km2: float) -> dict[str, float]:
        """Return the area of each type among some cells, the largest first."""
        codes, counts = np.unique(self.codes[where], return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return {self._name(codes[i]): float(counts[i]) * cell_km2 for i in order}

    def _name(self, code: float) -> str:
        if np.isnan(code):
            return "unknown"
        return self.names.get(int(code), f"class {code:g}")


@dataclass(frozen=True, slots=True)
class SiteShape:
    """A site with an area, in the CRS of the grid."""

    site_id: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Need:
    """What one species asks of a corridor.

    Parameters
    ----------
    name : str
        The species.
    ground : WideningGround
        Cost of land to it, NaN where it is excluded; and the width it needs.
    """

    name: str
    ground: WideningGround


@dataclass(frozen=True, slots=True)
class _Cut:
    """What bears on one corridor, in the window around it."""

    grid: Grid
    country: NDArray[np.int32]
    cells: CorridorCells
    ground: WideningGround
    land_types: NDArray[np.float64] | None


@dataclass(frozen=True)
class WideningPlace:
    """One corridor and all that bears on widening it.

    Parameters
    ----------
    corridor_id : str
        Which corridor.
    land : Land
        Grid and countries.
    cells : CorridorCells
        The corridor and its cores.
    needs : tuple of Need
        Species whose exclusions hold, the corridor's own first.
    land_types : LandTypes or None
        Types of land to tell.
    sites : tuple of SiteShape
        Sites that may be touched.
    cost_unit : str
        What the cost of land is counted in.
    """

    corridor_id: str
    land: Land
    cells: CorridorCells
    needs: tuple[Need, ...]
    land_types: LandTypes | None = None
    sites: tuple[SiteShape, ...] = ()
    cost_unit: str = COST_UNIT

    def widened(
        self, width_m: float, control: Control = NULL_CONTROL, *, prove: bool = True
    ) -> WideningResult:
        """Widen the corridor.

        Parameters
        ----------
        width_m : float
            Width for the corridor's own species; where another needs more, that holds.
        control : Control
            Told the progress; may cancel.
        prove : bool
            Whether to bound the cost from below, which takes about as long again.

        Returns
        -------
        WideningResult
            With the reason in `refused` where it cannot be.
        """
        cut = self._cut(width_m)
        found = self._asked(cut.ground.needed_m)
        try:
            wider = widen(
                paid(cut.ground, cut.cells, cut.grid.cell_size),
                cut.cells.core_a,
                cut.cells.core_b,
                width_m=cut.ground.needed_m,
                cell_size=cut.grid.cell_size,
                prove=prove,
                control=PartControl(control, 0.0, 0.8),
            )
        except (InfeasibleWidthError, WidthBelowCellError) as error:
            widest_m = error.widest_m if isinstance(error, InfeasibleWidthError) else None
            return replace(found, refused=str(error), widest_m=widest_m)
        return self._told(cut, wider, PartControl(control, 0.8, 1.0))

    def variants(
        self, width_m: float, control: Control = NULL_CONTROL
    ) -> tuple[WideningVariant, ...]:
        """Return the best widenings for a given cost, cheapest first; see `widening_variants`.

        Parameters
        ----------
        width_m, control
            As for `widened`.

        Returns
        -------
        tuple of WideningVariant
            The last is as wide as asked everywhere; empty where it cannot be.
        """
        cut = self._cut(width_m)
        try:
            found = widening_variants(
                paid(cut.ground, cut.cells, cut.grid.cell_size),
                cut.cells.core_a,
                cut.cells.core_b,
                width_m=cut.ground.needed_m,
                cell_size=cut.grid.cell_size,
                control=PartControl(control, 0.0, 0.8),
            )
        except (InfeasibleWidthError, WidthBelowCellError):
            return ()
        return tuple(
            WideningVariant(
                self._told(cut, variant.widening, PartControl(control, 0.8, 1.0)),
                variant.shortfall_m2,
                variant.narrowest_m,
                variant.least_shortfall_m2,
            )
            for variant in found
        )

    def _asked(self, width_m: float) -> WideningResult:
        names = tuple(need.name for need in self.needs)
        title = "" if self.land_types is None else self.land_types.title
        return WideningResult(
            self.corridor_id,
            names,
            width_m,
            cost_unit=self.cost_unit,
            land_type_title=title,
        )

    def _cut(self, width_m: float) -> _Cut:
        """Cut out what bears on this width, with the needs of all species in one ground."""
        sides = self.land.grid.cell_size
        widest_m = max([width_m, *(need.ground.needed_m for need in self.needs[1:])])
        window = around(self.cells, WINDOW_WIDTHS * widest_m, sides)
        grounds = [need.ground.cut(window) for need in self.needs]
        widths = [width_m, *(ground.needed_m for ground in grounds[1:])]
        shared = shared_ground(
            grounds[0].cost,
            [
                SpeciesNeed(need.name, width, ~np.isfinite(ground.cost))
                for need, width, ground in zip(self.needs, widths, grounds, strict=True)
            ],
        )
        types = self.land_types
        return _Cut(
            cut_grid(self.land.grid, window),
            self.land.country[window],
            self.cells.cut(window),
            replace(grounds[0], cost=shared.cost, needed_m=shared.width_m),
            None if types is None else types.codes[window],
        )

    def _told(self, cut: _Cut, wider: Widening, control: Control) -> WideningResult:
        cores = cut.cells.core_a | cut.cells.core_b
        usable = np.isfinite(cut.ground.cost)  # towns that lie in the corridor stay out of it
        whole = (cut.cells.swath & usable | wider.corridor) & ~cores
        removed, left = _bottlenecks(cut, wider.corridor)
        control.report(0.5)
        shape = outline(whole, cut.grid)
        shares = self._shares(cut, wider.added, whole)
        result = replace(
            self._asked(cut.ground.needed_m),
            verified_width_m=round(wider.verified_minimum_width_m, 1),
            cost=wider.union_cost,
            lower_bound=wider.lower_bound,
            gap=wider.gap,
            area_km2=float(wider.added.sum()) * cut.grid.cell_area_km2,
            shares=shares,
            sites=_touched_sites(self.sites, shape),
            bottlenecks_removed=removed,
            bottlenecks_left=left,
            geometry=shape,
            added_by_country=self._added(cut, wider.added),
        )
        control.report(1.0)
        return result

    def _shares(
        self, cut: _Cut, added: NDArray[np.bool_], whole: NDArray[np.bool_]
    ) -> tuple[CountryShare, ...]:
        cell = cut.grid.cell_area_km2
        found = []
        for code in np.unique(cut.country[added | whole]).tolist():
            here = cut.country == code
            new, all_of_it = added & here, whole & here
            types: dict[str, float] = {}
            if self.land_types is not None and cut.land_types is not None:
                types = replace(self.land_types, codes=cut.land_types).areas_km2(new, cell)
            found.append(
                CountryShare(
                    self._iso3(code),
                    float(new.sum()) * cell,
                    float(cut.ground.cost[new].sum()),
                    types,
                    float(all_of_it.sum()) * cell,
                    float((all_of_it & cut.ground.protected).sum()) * cell,
                )
            )
        return tuple(sorted(found, key=lambda share: (-share.area_km2, share.iso3)))

    def _added(self, cut: _Cut, added: NDArray[np.bool_]) -> dict[str, BaseGeometry]:
        return {
            self._iso3(code): outline(added & (cut.country == code), cut.grid)
            for code in np.unique(cut.country[added]).tolist()
        }

    def _iso3(self, code: int) -> str:
        return self.land.iso3[code - 1] if code else ""


def cut_grid(grid: Grid, window: Window) -> Grid:
    """Return the part of a grid in a window of its rows and columns."""
    rows, columns = window
    a, _, left, _, e, top = tuple(grid.transform)[:6]
    return Grid(
        grid.crs,
        Affine(a, 0.0, left + a * columns.start, 0.0, e, top + e * rows.start),
        (rows.stop - rows.start, columns.stop - columns.start),
    )


def _bottlenecks(cut: _Cut, corridor: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many narrow stretches the widening removes, and how many are left."""
    now = open_land(cut.ground, cut.cells, cut.grid.cell_size)
    before, after = _narrow(cut, now), _narrow(cut, now | corridor)
    return max(0, before - after), after


def _narrow(cut: _Cut, land: NDArray[np.bool_]) -> int:
    """Return how many stretches are narrow; where no way leads across, it is one."""
    sides = cut.grid.cell_size
    found = passage(land, cut.cells.core_a, cut.cells.core_b, cell_size=sides)
    if found is None:
        return 1
    return len(bottlenecks(found.profile, cut.ground.needed_m, apart_m=cell_diagonal(sides)))


def _touched_sites(
    sites: tuple[SiteShape, ...], shape: BaseGeometry
) -> tuple[tuple[str, str, float], ...]:
    touched = [
        (site.site_id, site.name, site.shape.intersection(shape).area / 1e6)
        for site in sites
        if site.shape.intersects(shape)
    ]
    return tuple(sorted((t for t in touched if t[2] > 0), key=lambda t: (-t[2], t[0])))
