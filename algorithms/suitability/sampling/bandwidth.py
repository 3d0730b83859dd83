"""How far a kernel reaches that smooths records.

References
----------
.. [1] Scott, D. W. (1992). Multivariate Density Estimation: Theory, Practice, and
   Visualization. Wiley.
.. [2] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman
   and Hall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.suitability.sampling.cells import check_points
from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.suitability.sampling.cells import CellAxes

_IQR_OF_NORMAL = 1.349


class UnknownEffortError(PlannerError, ValueError):
    """The records do not tell where people have looked."""


def reference_bandwidth(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return the normal-reference bandwidth of a Gaussian kernel along x and along y.

    In two dimensions the rules of Scott [1]_ and of Silverman [2]_ are the same: the spread
    times ``n ** (-1 / 6)``. The spread is the smaller of the standard deviation and the
    interquartile range over 1.349, as Silverman advises for long tails; where the latter is 0,
    the standard deviation. Records in several clusters make the rule smooth too much, never
    too little: give a bandwidth of your own where clusters are known to be apart.

    Parameters
    ----------
    x, y : (n,) float64
        Records in CRS units, finite.

    Returns
    -------
    tuple of float
        Bandwidth along x and y, in CRS units, both > 0. Where all records share one
        coordinate, the bandwidth of the other serves for both.

    Raises
    ------
    ValueError
        A coordinate is not finite.
    UnknownEffortError
        There are not two different places.
    """
    check_points(x, y)
    spread = [_spread(axis) for axis in (x, y)]
    if max(spread, default=0.0) == 0.0:
        raise UnknownEffortError(
            f"The {len(x)} records lie at fewer than two different places, which gives no "
            f"bandwidth. Give one, or use even effort."
        )
    shrink = len(x) ** (-1.0 / 6.0)
    along_x, along_y = (shrink * (value or max(spread)) for value in spread)
    return along_x, along_y


def _spread(values: FloatArray) -> float:
    if len(values) < 2 or values.min() == values.max():
        return 0.0
    deviation = float(values.std(ddof=1))
    low, high = np.quantile(values, [0.25, 0.75])
    middle = float(high - low) / _IQR_OF_NORMAL
    return min(deviation, middle) if middle > 0.0 else deviation


def bandwidth_in_cells(
    bandwidth: float | tuple[float, float], axes: CellAxes
) -> tuple[float, float]:
    """Return a bandwidth along rows and columns, counted in cells.

    Parameters
    ----------
    bandwidth : float or tuple of float
        In CRS units, along both axes or along x and y.
    axes : CellAxes
        The grid.

    Returns
    -------
    tuple of float
        From row to row and from column to column, both >= 1.

    Raises
    ------
    ValueError
        The bandwidth is not finite or below a cell.
    """
    along_x, along_y = bandwidth if isinstance(bandwidth, tuple) else (bandwidth, bandwidth)
    in_cells = along_y / axes.height, along_x / axes.width
    if not all(np.isfinite(value) and value >= 1.0 - 1e-9 for value in in_cells):
        raise ValueError(
            f"the bandwidth is at least a cell ({axes.width:g} by {axes.height:g}), got "
            f"{along_x:g} by {along_y:g}; enlarge it, or use the target group's cells"
        )
    return in_cells
