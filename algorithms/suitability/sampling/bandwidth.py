"""How far a kernel reaches that smooths records.

References
----------
.. [1] Scott, D. W. (1992). Multivariate Density Estimation: Theory, Practice, and
   Visualization. Wiley.
.. [2] Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman
   and Hall.
.. [3] Habbema, J. D. F., Hermans, J. and van den Broek, K. (1974). A stepwise discriminant
   analysis program using density estimation. In: Compstat 1974, Physica, 101-110.
.. [4] Jones, M. C. (1993). Simple boundary correction for kernel density estimation. Statistics
   and Computing 3, 135-146.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.sampling.cells import CellAxes, check_points
from algorithms.suitability.sampling.smoothing import gaussian_kernel, smooth
from resources.errors import PlannerError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray

_IQR_OF_NORMAL = 1.349
_CANDIDATES = 13
_REACHED = 1e-12
"""Share of the top below which a density is taken to be rounding."""


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


def likelihood_bandwidth(
    x: FloatArray,
    y: FloatArray,
    centres: tuple[FloatArray, FloatArray],
    *,
    area: BoolArray | None = None,
    control: Control = NULL_CONTROL,
) -> tuple[float, float]:
    """Return the bandwidth under which each visited cell is best foretold by the others.

    Clusters that the reference bandwidth blurs are kept apart. The likelihood is that of
    cells with any record, each under the kernel density of all the others [3]_, corrected at
    the edge of the area [4]_. Bandwidths tried are the reference bandwidth times 2, halved
    in 12 equal ratios down to a cell. A far record alone asks for a wide kernel: look at the
    map.

    Parameters
    ----------
    x, y : (n,) float64
        Records in CRS units, finite. Those off the grid or outside `area` play no part.
    centres : tuple of (columns,) and (rows,) float64
        x of each column and y of each row, in equal steps.
    area : (rows, columns) bool, optional
        Where records can be made; everywhere by default.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    tuple of float
        Bandwidth along x and y in CRS units, at least a cell.

    Raises
    ------
    ValueError
        A coordinate is not finite, the grid is not regular, or a shape differs.
    UnknownEffortError
        Fewer than three cells have records.
    """
    axes = CellAxes.from_centres(centres)
    rows, columns, used = axes.cells_within(x, y, area)
    visited = np.zeros(axes.shape, dtype=np.bool_)
    visited[rows[used], columns[used]] = True
    if visited.sum() < 3:
        raise UnknownEffortError(
            f"{int(visited.sum())} cells have records, and a likelihood takes 3 or more. Give "
            f"a bandwidth, or use even effort."
        )
    exposure = np.ones(axes.shape) if area is None else area.astype(np.float64)
    widest = 2.0 * np.array(reference_bandwidth(x[used], y[used]))
    cell = np.array([axes.width, axes.height])
    ratios = np.geomspace(1.0, min(1.0, float((cell / widest).min())), _CANDIDATES)
    best, best_score = np.maximum(widest, cell), -np.inf
    for index, ratio in enumerate(ratios):
        part = PartControl(control, index / len(ratios), (index + 1) / len(ratios))
        candidate = np.maximum(widest * ratio, cell)
        in_cells = float(candidate[1] / cell[1]), float(candidate[0] / cell[0])
        score = _left_out_likelihood(visited, exposure, in_cells, part)
        if score > best_score:
            best, best_score = candidate, score
    return float(best[0]), float(best[1])


def _left_out_likelihood(
    visited: BoolArray,
    exposure: FloatArray,
    bandwidth_cells: tuple[float, float],
    control: Control,
) -> float:
    """Return the sum of log densities at visited cells, each without its own kernel."""
    within = smooth(exposure, bandwidth_cells, PartControl(control, 0.0, 0.5))
    spread = np.zeros(visited.shape)
    spread[visited] = 1.0 / within[visited]
    density = smooth(spread, bandwidth_cells, PartControl(control, 0.5, 1.0))
    top = 1.0
    for length, bandwidth in zip(visited.shape, bandwidth_cells, strict=True):
        top *= float(gaussian_kernel(length, bandwidth).max())
    others = density[visited] - top / within[visited]
    if (others <= _REACHED * density.max()).any():
        return -np.inf
    return float(np.log(others / (visited.sum() - 1)).sum())
