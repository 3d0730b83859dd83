"""Survey effort per country, so that a border of effort does not become a border of habitat.

References
----------
.. [1] Phillips, S. J. et al. (2009). Sample selection bias and presence-only distribution
   models: implications for background and pseudo-absence data. Ecological Applications 19,
   181-197.
.. [2] Clayton, D. and Kaldor, J. (1987). Empirical Bayes estimates of age-standardized
   relative risks for use in disease mapping. Biometrics 43, 671-681.
.. [3] Diggle, P. (1985). A kernel method for smoothing point process data. Journal of the
   Royal Statistical Society C 34, 138-147.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.stats import gamma

from algorithms.control import NULL_CONTROL, Control, PartControl
from algorithms.suitability.sampling.bandwidth import (
    UnknownEffortError,
    bandwidth_in_cells,
    reference_bandwidth,
)
from algorithms.suitability.sampling.bias import count_per_cell
from algorithms.suitability.sampling.cells import CellAxes
from algorithms.suitability.sampling.shrinkage import gamma_prior
from algorithms.suitability.sampling.smoothing import smoothed_rate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

EVEN_RECORDS = 10.0
"""Records that even effort within a country weighs against their density, an expert value."""
MAXIMUM_CODE = 32_767
_BLOCK_CELLS = 2_000_000
_PER_1000_KM2 = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class CountryCells:
    """Which country each cell of the study belongs to.

    Parameters
    ----------
    code : (rows, columns) integer
        Number of the country, 1 to 32,767; 0 for sea and for land outside the study.
    centres : tuple of (columns,) and (rows,) float64
        x of each column and y of each row in CRS units, in equal steps.
    cell_area_km2 : (rows,) float64, optional
        Area of a cell in each row, > 0. By default width times height of a cell in metres,
        which is right in an equal-area CRS only; needed on a grid in degrees.

    Raises
    ------
    ValueError
        Shapes disagree, a code is out of range or no whole number, no cell has a country, or
        an area is not finite and > 0.
    """

    code: NDArray[np.integer]
    centres: tuple[FloatArray, FloatArray]
    cell_area_km2: FloatArray | None = None

    def __post_init__(self) -> None:
        shape = self.axes.shape
        if self.code.shape != shape or self.code.dtype.kind not in "iu":
            raise ValueError(
                f"countries are whole numbers on the grid of {shape}, got {self.code.dtype} of "
                f"shape {self.code.shape}"
            )
        if self.code.min() < 0 or not 0 < self.code.max() <= MAXIMUM_CODE:
            raise ValueError(
                f"codes of countries are 0 to {MAXIMUM_CODE:,}, and some cell has one above 0"
            )
        area = self.row_area_km2
        if area.shape != shape[:1] or not (np.isfinite(area) & (area > 0.0)).all():
            raise ValueError("the area of a cell is finite and above 0, one value for each row")

    @property
    def axes(self) -> CellAxes:
        """The grid."""
        return CellAxes.from_centres(self.centres)

    @property
    def row_area_km2(self) -> FloatArray:
        """Area of a cell in each row, (rows,)."""
        if self.cell_area_km2 is not None:
            return self.cell_area_km2
        axes = self.axes
        return np.full(axes.shape[0], axes.width * axes.height / 1e6)


@dataclass(frozen=True, slots=True)
class EffortRule:
    """How effort is told from records.

    Parameters
    ----------
    within : {"kernel", "uniform"}
        Effort inside a country: after the density of its records, or the same everywhere.
    counted : {"cells", "records"}
        What counts for the country: cells with any record, which a much visited place does not
        distort and which fits presences thinned to one per cell, or every record.
    bandwidth : float or tuple of float, optional
        Of the kernel, in CRS units, along both axes or along x and y; at least a cell. By
        default the reference bandwidth of each country's own records, raised to a cell.
    credibility : float
        Of the interval of a country's effort, above 0 and below 1.

    Raises
    ------
    ValueError
        A value is none of these.
    """

    within: Literal["kernel", "uniform"] = "kernel"
    counted: Literal["cells", "records"] = "cells"
    bandwidth: float | tuple[float, float] | None = None
    credibility: float = 0.9

    def __post_init__(self) -> None:
        if self.within not in ("kernel", "uniform") or self.counted not in ("cells", "records"):
            raise ValueError(
                f"effort within a country is kernel or uniform and counts cells or records, "
                f"got {self.within!r} and {self.counted!r}"
            )
        if not 0.0 < self.credibility < 1.0:
            raise ValueError(f"the credibility lies between 0 and 1, got {self.credibility}")


@dataclass(frozen=True, slots=True, eq=False)
class EffortTable:
    """What the records tell of each country; every array has one entry per country.

    Attributes
    ----------
    code : (k,) int32
        Number of the country, rising.
    counted : (k,) float64
        Cells or records counted.
    area_km2 : (k,) float64
        Area of its cells.
    observed : (k,) float64
        Counted per 1000 km².
    effort, low, high : (k,) float64
        Expected count per 1000 km² after shrinkage, > 0, and its credible interval.
    """

    code: IntArray
    counted: FloatArray
    area_km2: FloatArray
    observed: FloatArray
    effort: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class CountryEffort:
    """Survey effort by country and cell.

    Attributes
    ----------
    table : EffortTable
        The countries.
    mean : float
        Mean density of countries that the estimates are drawn towards, per 1000 km².
    strength : float
        Weight of that mean, in records.
    surface : (rows, columns) float32
        Effort as expected count per 1000 km², > 0; NaN outside the countries.
    weight : (rows, columns) float32
        Effort in the whole cell relative to the top, above 0, at most 1; NaN outside the
        countries. For `sample_background`, or as weight of a background drawn uniformly.
    n_outside : int
        Records in no country or off the grid, which play no part.
    """

    table: EffortTable
    mean: float
    strength: float
    surface: NDArray[np.float32]
    weight: NDArray[np.float32]
    n_outside: int


def country_effort(
    x: FloatArray,
    y: FloatArray,
    countries: CountryCells,
    *,
    rule: EffortRule | None = None,
    control: Control = NULL_CONTROL,
) -> CountryEffort:
    """Estimate survey effort from the records of a target group [1]_.

    Counts of countries are Poisson with densities from one gamma distribution, whose mean and
    shape maximise the likelihood of all counts [2]_. A country's effort is the mean of its
    density given its count: near its own density where it has many records, drawn to the mean
    where it has few, and above 0 where it has none.

    Within a country effort follows the kernel density of its own records. Kernel and area are
    cut at the border and divided by each other [3]_, so that nothing leaks across and the
    border is no edge. The density is mixed with even effort, which weighs as much as
    `EVEN_RECORDS` records, and scaled to the country's effort.

    Parameters
    ----------
    x, y : (n,) float64
        Records of all species of the group in CRS units, finite.
    countries : CountryCells
        Country of each cell. An equal-area CRS in metres, unless it tells the areas.
    rule : EffortRule, optional
        How effort is told; ``EffortRule()`` by default.
    control : Control
        Told the share done; may cancel.

    Returns
    -------
    CountryEffort
        Table, surface and weight.

    Raises
    ------
    ValueError
        A coordinate is not finite, or the bandwidth is below a cell.
    UnknownEffortError
        No record lies in any country.

    Notes
    -----
    What is assumed: the group is as abundant and as easily detected on one side of a border as
    on the other, wherever people have looked equally. Where the whole group is truly scarce,
    the records look the same as where nobody looked, and no method tells the two apart from
    records alone. Effort then is set too low there, and the model rates the place too well:
    look at the map of effort, and choose a group that lives everywhere in the study.

    The shape of the gamma distribution lies between half a record and the number of all
    records: a country without records is never taken to have no effort, and the prior knows
    no more than the records it comes from. Its own uncertainty is
    not in the intervals, which with few countries are somewhat narrow; so are those of records
    that come in clusters, where cells are the better count. Where most cells of a country have
    records, cells are full and its effort is told too low; then count records.

    A background drawn with `weight` without replacement evens out as it takes in most of the
    best searched cells: draw few of them, or draw uniformly and weight the points.
    """
    rule = rule or EffortRule()
    axes = countries.axes
    rows, columns, known = axes.cells_within(x, y, countries.code > 0)
    if not known.any():
        raise UnknownEffortError(
            f"None of the {len(x)} records of the target group lies in a country of the study. "
            f"Check their CRS, or draw the background uniformly."
        )
    total = count_per_cell(rows[known], columns[known], axes.shape)
    counted = np.minimum(total, 1.0, out=total) if rule.counted == "cells" else total
    table, mean, strength = _table(
        counted, countries, rule.credibility, PartControl(control, 0.0, 0.05)
    )
    surface = np.full(axes.shape, np.nan, dtype=np.float32)
    control.report(0.05)
    code_of_record = np.where(known, countries.code[rows, columns], 0)
    n_countries = len(table.code)
    for index, code in enumerate(table.code):
        part = PartControl(
            control,
            0.05 + 0.9 * index / n_countries,
            0.05 + 0.9 * (index + 1) / n_countries,
        )
        member = countries.code == code
        surface[member] = table.effort[index]
        part.report(0.0)
        if rule.within == "kernel":
            mine = code_of_record == code
            bandwidth = _bandwidth(x[mine], y[mine], axes, rule.bandwidth)
            if bandwidth is not None:
                _lay_pattern(surface, member, counted, countries.row_area_km2, bandwidth, part)
        part.report(1.0)
    del counted, total, member
    weight = surface * countries.row_area_km2[:, None].astype(np.float32)
    weight /= np.nanmax(weight)
    control.report(1.0)
    return CountryEffort(table, mean, strength, surface, weight, int((~known).sum()))


def _table(
    counted: NDArray[np.float32], countries: CountryCells, credibility: float, control: Control
) -> tuple[EffortTable, float, float]:
    """Count by country and draw the densities to their mean."""
    area, n = _sums(counted, countries, control)
    present = np.flatnonzero(area)
    area, n = area[present], n[present]
    exposure = area / _PER_1000_KM2
    mean, strength = gamma_prior(n, exposure)
    shape, scale = n + strength, 1.0 / (exposure + strength / mean)
    tail = (1.0 - credibility) / 2.0
    low = np.asarray(gamma.ppf(tail, shape, scale=scale), dtype=np.float64)
    high = np.asarray(gamma.isf(tail, shape, scale=scale), dtype=np.float64)
    table = EffortTable(
        present.astype(np.int32), n, area, n / exposure, shape * scale, low, high
    )
    return table, mean, strength


def _sums(
    counted: NDArray[np.float32], countries: CountryCells, control: Control
) -> tuple[FloatArray, FloatArray]:
    """Return area and count of every code, 0 for those that are no country."""
    n_rows, n_columns = countries.code.shape
    area, n = np.zeros(MAXIMUM_CODE + 1), np.zeros(MAXIMUM_CODE + 1)
    block = max(1, _BLOCK_CELLS // n_columns)
    for start in range(0, n_rows, block):
        control.report(start / n_rows)
        part = slice(start, start + block)
        code = countries.code[part].ravel()
        area_of_cell = np.repeat(countries.row_area_km2[part], n_columns)
        area += np.bincount(code, area_of_cell, MAXIMUM_CODE + 1)
        n += np.bincount(code, counted[part].ravel(), MAXIMUM_CODE + 1)
    control.report(1.0)
    area[0] = n[0] = 0.0
    return area, n


def _bandwidth(
    x: FloatArray,
    y: FloatArray,
    axes: CellAxes,
    given: float | tuple[float, float] | None,
) -> tuple[float, float] | None:
    """Return the bandwidth in cells for a country, None where its records tell of none."""
    if len(x) == 0:
        return None
    if given is not None:
        return bandwidth_in_cells(given, axes)
    try:
        along_x, along_y = reference_bandwidth(x, y)
    except UnknownEffortError:
        return None
    return bandwidth_in_cells((max(along_x, axes.width), max(along_y, axes.height)), axes)


def _lay_pattern(
    surface: NDArray[np.float32],
    member: BoolArray,
    counted: NDArray[np.float32],
    row_area_km2: FloatArray,
    bandwidth_cells: tuple[float, float],
    control: Control,
) -> None:
    """Lay the density of a country's records over its even effort, in place."""
    rows, columns = (np.flatnonzero(member.any(axis=1 - axis)) for axis in (0, 1))
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    control.report(0.0)
    own = member[window]
    row_area = row_area_km2[window[0]]
    count = np.where(own, counted[window], np.float32(0.0))
    total = float(count.sum(dtype=np.float64))
    density = smoothed_rate(
        count,
        np.where(own, row_area[:, None].astype(np.float32), np.float32(0.0)),
        bandwidth_cells,
        control=PartControl(control, 0.05, 0.95),
    )
    mean = _mean_over_area(density, own, row_area)
    share = total / (total + EVEN_RECORDS)
    density *= np.float32(share / mean)
    density += np.float32(1.0 - share)
    control.report(1.0)
    np.multiply(surface[window], density, out=surface[window], where=own)


def _mean_over_area(
    density: NDArray[np.float32], own: BoolArray, row_area_km2: FloatArray
) -> float:
    """Return the mean of a country's density, each cell by its area."""
    sums = [
        (float(line[cells].sum(dtype=np.float64)), float(cells.sum()))
        for line, cells in zip(density, own, strict=True)
    ]
    total, cells = np.array(sums).T
    return float((total @ row_area_km2) / (cells @ row_area_km2))
