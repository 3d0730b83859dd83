"""Good selections from good prices: annealing again and again, from the best so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from algorithms.reserve.local_search import Cooling, annealed, mended

if TYPE_CHECKING:
    import numpy as np

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.local_search import Ground

STEPS_PER_UNIT = 3_200
"""Changes tried per unit in one annealing."""
MOST_STEPS = 160_000_000
"""Changes tried in one annealing at most: a round of a large problem ends in a minute."""
WARM, COLD = 1.4, 0.05
"""Temperatures at the start and the end, in mean costs of an edge, expert values: at 1.4 a
selection loses its shape and keeps its place, at 0.05 only what pays is done."""
REWARM = (0.4, 1.1)
"""Range of temperatures from which the best selections are annealed again."""
CHARGE = (2.0, 6.0)
"""Range of what shortage costs at the start, in prices of the relaxation."""
FIRMNESS = (3.0, 10.0)
"""Range of how many times dearer it is at the end."""


@dataclass(frozen=True, slots=True, eq=False)
class Annealer:
    """Anneals selections of one problem.

    Attributes
    ----------
    ground : Ground
        The problem.
    price : (rows,) float64
        Prices of the relaxation, > 0.
    edge_scale : float
        Mean cost of cutting an edge.
    """

    ground: Ground
    price: FloatArray
    edge_scale: float

    def again(
        self,
        selected: BoolArray,
        warm: float,
        steps_per_unit: float,
        rng: np.random.Generator,
        control: Control,
    ) -> BoolArray | None:
        """Return a selection that holds every row, annealed from a given one.

        Parameters
        ----------
        selected : (n,) bool
            Where to begin.
        warm : float
            Temperature at the start, in mean costs of an edge.
        steps_per_unit : float
            Changes to try per unit.
        rng : numpy.random.Generator
            Source of chance.
        control : Control
            Told the share done; may cancel within a fraction of a second.

        Returns
        -------
        (n,) bool or None
            None where none was found.
        """
        cooling = Cooling(
            steps=min(MOST_STEPS, int(steps_per_unit * selected.size)),
            warm=warm * self.edge_scale,
            cold=COLD * self.edge_scale,
            firmness=float(rng.uniform(*FIRMNESS)),
        )
        price = self.price * rng.uniform(*CHARGE)
        last = annealed(self.ground, selected, price, cooling, rng, control)
        return mended(self.ground, last, control)
