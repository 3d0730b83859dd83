"""Existing sites around which land could be added, as the growth of reserves sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from algorithms.reserve.growth import NONE, SEVERAL, Reach, Terrain
from planner.pipeline.habitat_network import land_network, reached_km2

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.pipeline.habitat_network import PatchNetwork
    from planner.reserve.ground import Ground
    from planner.reserve.run_folder import ReserveRun

_EIGHT = np.ones((3, 3))
_ROUNDING = 1e-9
"""Share of a goal of connectivity below which what is missing is rounding."""


class Enlarging:
    """The sites of a run, each piece of existing land a reserve of its own.

    Existing land that touches, be it over a border, is one reserve already; growth may not
    join two of them.

    Parameters
    ----------
    run : ReserveRun
        The run.
    ground : Ground
        Its ground.
    """

    def __init__(self, run: ReserveRun, ground: Ground) -> None:
        self._run, self._ground = run, ground
        found, self.count = ndimage.label(ground.base, structure=_EIGHT)
        self._piece: NDArray[np.int32] = found.astype(np.int32)
        names = run.units["country"].to_numpy()
        numbers = {iso3: code for code, iso3 in enumerate(ground.iso3, 1)}
        self._side: IntArray = np.array(
            [numbers.get(name, 0) for name in names.tolist()], dtype=np.int32
        )
        self.species = tuple(ground.habitat)
        outside = ~ground.base
        self.habitat_km2: FloatArray = np.array(
            [
                ground.unit_cells(mask & outside) * ground.cell_km2
                for mask in ground.habitat.values()
            ],
            dtype=np.float64,
        ).reshape(len(self.species), names.size)
        self._new_cells = {
            name: self._cells_of_units(mask & outside) for name, mask in ground.habitat.items()
        }
        self._start, self._touching = self._touched()

    def _cells_of_units(self, mask: NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
        """Return the cells of a mask that lie in units, and which units these are."""
        unit = self._ground.unit.ravel()
        cells = np.flatnonzero(mask.ravel() & (unit > 0)).astype(np.int32)
        return cells, unit[cells] - 1

    def terrain(self, countries: Collection[str]) -> Terrain:
        """Return the units that may be added in some countries.

        Parameters
        ----------
        countries : collection of str
            ISO 3166-1 alpha-3.
        """
        problem = self._run.problem()
        country = self._run.units["country"].to_numpy()
        inside = np.isin(country, list(countries))
        return Terrain(
            cost=problem.cost,
            edges=self._ground.touching_units,
            side=self._side,
            start=self._start,
            touching=self._touching,
            open=inside & ~self._ground.existing & ~problem.may_not(),
        )

    def _touched(self) -> tuple[IntArray, IntArray]:
        """Return the reserve that each unit touches on its own side, and on any."""
        unit, piece = self._ground.unit, self._piece
        height, width = unit.shape
        padded = np.pad(piece, 1)
        country = np.pad(self._ground.country, 1)
        side = np.concatenate([[0], self._side])[unit]
        near_any, near_own = [], []
        for row in range(3):
            for column in range(3):
                near = padded[row : row + height, column : column + width]
                where = (unit > 0) & (near > 0)
                near_any.append(self._pairs(unit[where], near[where]))
                there = country[row : row + height, column : column + width]
                where &= there == side
                near_own.append(self._pairs(unit[where], near[where]))
        touching, own = self._owners(near_any), self._owners(near_own)
        own[own == SEVERAL] = NONE  # such a unit is never added
        return own, touching

    def _pairs(self, unit: NDArray[np.int32], piece: NDArray[np.int32]) -> NDArray[np.int64]:
        """(k,) int64: a number for each pair of a unit and a reserve, both from 1 on."""
        return np.unique((unit.astype(np.int64) - 1) * self.count + piece - 1)

    def _owners(self, pairs: list[NDArray[np.int64]]) -> IntArray:
        """(n,) int32: the reserve that each unit touches; SEVERAL where it is more than one."""
        owner: IntArray = np.full(self._side.size, NONE, dtype=np.int32)
        unit, piece = np.divmod(np.unique(np.concatenate(pairs)), max(self.count, 1))
        owner[unit] = piece
        owner[np.bincount(unit, minlength=owner.size) > 1] = SEVERAL
        return owner

    def measure(self, goals_km2: Mapping[str, float], selected: BoolArray) -> Reach:
        """Return how far connectivity is from its goals with some units added.

        Parameters
        ----------
        goals_km2 : mapping of str to float
            Equivalent connected area to reach, by species, in the order of the ground.
        selected : (n,) bool
            Units added.

        Returns
        -------
        Reach
            In km⁴: squares of equivalent connected areas add up, the areas do not.
        """
        ground = self._ground
        land = ground.land(selected)
        reserve = self._reserve_of_cells(land)
        missing, worth, spare, loss = [], [], [], []
        for name, goal in goals_km2.items():
            network = land_network(land & ground.habitat[name], cell_m=ground.cell_m)
            reached = reached_km2(network, ground.profiles[name])
            over = float(network.area_km2 @ reached) - goal**2 * (1.0 - _ROUNDING)
            missing.append(max(0.0, -over))
            spare.append(max(0.0, over))
            worth.append(self._worth(network, reached, reserve))
            loss.append(self._loss(name, network, reached))
        count = len(missing)
        return Reach(
            np.array(missing, dtype=np.float64),
            np.array(worth, dtype=np.float64).reshape(count, self.count),
            spare=np.array(spare, dtype=np.float64),
            loss=np.array(loss, dtype=np.float64).reshape(count, self._side.size),
        )

    def _loss(self, species: str, network: PatchNetwork, reached: FloatArray) -> FloatArray:
        """(n,) float64: what the square of the connected area loses at least without a unit.

        Without habitat h_i in patches i, from each of which r_i is reached, at least
        ``2 sum h_i r_i - sum h_i h_j p_ij`` is lost, for no other path gets better; the second
        sum is at most ``(sum h_i)²``, and at most ``sum h_i r_i``.
        """
        cells, unit = self._new_cells[species]
        patch = network.label.ravel()[cells]
        inside = patch > 0
        size, cell_km2 = self._side.size, self._ground.cell_km2
        area = np.bincount(unit[inside], minlength=size) * cell_km2
        held = np.bincount(unit[inside], reached[patch[inside] - 1], size) * cell_km2
        return np.asarray(np.maximum(2.0 * held - area**2, held), dtype=np.float64)

    def _reserve_of_cells(self, land: NDArray[np.bool_]) -> NDArray[np.int32]:
        """(rows, columns) int32: the reserve plus 1 of each cell, of added ones too."""
        grown, count = ndimage.label(land, structure=_EIGHT)
        reserve = np.zeros(count + 1, dtype=np.int32)
        reserve[grown[self._piece > 0]] = self._piece[self._piece > 0]
        found: NDArray[np.int32] = reserve[grown]
        return found

    def _worth(
        self, network: PatchNetwork, reached: FloatArray, reserve: NDArray[np.int32]
    ) -> FloatArray:
        """(reserves,) float64: what a km² added to a reserve adds, about."""
        area = network.area_km2
        of_patch = np.zeros(area.size + 1, dtype=np.int32)
        inside = np.flatnonzero(network.label)
        of_patch[network.label.ravel()[inside]] = reserve.ravel()[inside]
        whose = of_patch[1:]
        held = np.bincount(whose, area * reached, minlength=self.count + 1)[1:]
        habitat = np.bincount(whose, area, minlength=self.count + 1)[1:]
        rate: FloatArray = 2.0 * held / np.where(habitat > 0, habitat, 1.0)
        if (rate > 0).any():  # a reserve without habitat yet is taken for the least connected
            rate[rate == 0] = rate[rate > 0].min()
        return rate
