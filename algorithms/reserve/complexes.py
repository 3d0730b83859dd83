"""Candidate transboundary protected areas: sites of several countries joined into one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.corridors.adjacency import adjacent_cores
from algorithms.corridors.cores import EIGHT_NEIGHBOURS
from algorithms.corridors.least_cost import SwathRule, corridors_between, joining_both

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control


@dataclass(frozen=True, slots=True)
class JoinRule:
    """How far two sites may be from each other, and how much land may join them.

    Attributes
    ----------
    max_cost : float
        Largest least cost between the sites, in resistance times metres.
    swath : SwathRule
        Cut-off of the land between them.
    maximum_cells : float
        Largest area of that land in cells; the land on the cheapest ways is taken first. The
        least-cost path itself is always in.
    """

    max_cost: float = np.inf
    swath: SwathRule = field(default_factory=partial(SwathRule, share=0.1))
    maximum_cells: float = np.inf

    def __post_init__(self) -> None:
        if not (self.max_cost >= 0 and self.maximum_cells >= 0):
            raise ValueError(
                "the largest cost and area must be >= 0, got "
                f"{self.max_cost} and {self.maximum_cells}"
            )


@dataclass(frozen=True, slots=True)
class JoinedPair:
    """Two sites and the habitat between them.

    Attributes
    ----------
    land : (rows, columns) bool
        Both sites and the land between them.
    between : (rows, columns) bool
        The land between them.
    adjoining : bool
        Whether the sites touch.
    cost, length_m : float
        Cost and length of the least-cost path between them, 0 where they touch.
    gap_cells : int
        Cells of that path outside both sites that are no habitat: what would have to be
        restored, or crossed.
    """

    land: BoolArray
    between: BoolArray
    adjoining: bool
    cost: float
    length_m: float
    gap_cells: int


def join_pair(
    sites: IntArray,
    habitat: BoolArray,
    resistance: FloatArray,
    *,
    cell_size: float | tuple[float, float],
    rule: JoinRule,
    control: Control = NULL_CONTROL,
) -> JoinedPair | None:
    """Join two sites through the habitat between them.

    The land between is the habitat in the least-cost corridor from the one to the other, in
    pieces that touch both, together with the least-cost path where that leaves the habitat.

    Parameters
    ----------
    sites : (rows, columns) int32
        1 and 2 in the cells of the two sites, 0 elsewhere.
    habitat : (rows, columns) bool
        Cells that may be proposed.
    resistance : (rows, columns) float64
        Resistance, > 0; NaN or inf is a barrier.
    cell_size : float or (float, float)
        Height and width of a cell in metres.
    rule : JoinRule
        Limits of cost and area.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    JoinedPair or None
        None where no path joins the sites within the largest cost.

    Raises
    ------
    ValueError
        The shapes disagree, one of the two sites has no cell, or a resistance is <= 0.
    """
    if not sites.shape == habitat.shape == resistance.shape:
        raise ValueError(
            "the grids must be of one shape, got "
            f"{sites.shape}, {habitat.shape} and {resistance.shape}"
        )
    if set(np.unique(sites).tolist()) - {0} != {1, 2}:
        raise ValueError("the two sites must be labelled 1 and 2, and have a cell each")
    pairs = adjacent_cores(
        resistance,
        sites,
        cell_size=cell_size,
        max_cost=rule.max_cost,
        control=PartControl(control, 0.0, 0.4),
    )
    if not pairs:
        return None
    (corridor,) = corridors_between(
        resistance,
        sites,
        pairs,
        cell_size=cell_size,
        rule=rule.swath,
        control=PartControl(control, 0.4, 1.0),
    )
    detour = np.full(sites.shape, np.inf)
    detour[corridor.window] = corridor.normalised
    path = np.zeros(sites.shape, dtype=np.bool_)
    path[corridor.rows, corridor.columns] = True
    path &= sites == 0
    between = corridor.swath_on(sites.shape) & (habitat | path)
    if np.count_nonzero(between) > rule.maximum_cells:
        between = _cheapest(between, detour, int(rule.maximum_cells)) | path
    between = joining_both(between, sites == 1, sites == 2)
    return JoinedPair(
        land=between | (sites > 0),
        between=between,
        adjoining=corridor.adjoining,
        cost=corridor.cost,
        length_m=corridor.length_m,
        gap_cells=int(np.count_nonzero(path & ~habitat)),
    )


@dataclass(frozen=True, slots=True)
class Complexes:
    """Connected pieces of land with a part in two countries at least.

    Attributes
    ----------
    labels : (rows, columns) int32
        Number of the complex in each cell, 1 to n in the order of the first cell; 0 outside.
    sites : tuple of tuple of int
        Labels of the sites with a cell in each complex, ascending.
    codes : (n_countries,) int32
        Country codes present in the grid, ascending.
    cells : (n, n_countries) int64
        Cells of complex i + 1 in each country.
    """

    labels: IntArray
    sites: tuple[tuple[int, ...], ...]
    codes: IntArray
    cells: NDArray[np.int64]


def transboundary_complexes(
    land: BoolArray, sites: IntArray, country: IntArray, *, minimum_cells: int = 1
) -> Complexes:
    """Find the connected pieces of land that lie in two countries or more.

    Cells that touch at an edge or a corner are connected, across a border too.

    Parameters
    ----------
    land : (rows, columns) bool
        Protected or proposed land: the union of joined pairs, for example.
    sites : (rows, columns) int32
        Label of the site in each cell, 0 outside. Only sites on `land` become members.
    country : (rows, columns) int32
        Code of the country of each cell, 0 where none.
    minimum_cells : int
        Cells that a piece needs in a country to count as lying in it, >= 1.

    Returns
    -------
    Complexes
        There may be none.

    Raises
    ------
    ValueError
        The shapes disagree, or the minimum is outside its range.
    """
    if not land.shape == sites.shape == country.shape:
        raise ValueError(
            "the grids must be of one shape, got "
            f"{land.shape}, {sites.shape} and {country.shape}"
        )
    if minimum_cells < 1:
        raise ValueError(f"a part needs a cell at least, not {minimum_cells}")
    pieces, count = ndimage.label(land, structure=EIGHT_NEIGHBOURS)
    codes = np.unique(country[country > 0]).astype(np.int32)
    cells = np.zeros((count + 1, codes.size), dtype=np.int64)
    for position, code in enumerate(codes):
        cells[:, position] = np.bincount(pieces[land & (country == code)], minlength=count + 1)
    kept = np.flatnonzero(np.count_nonzero(cells >= minimum_cells, axis=1) >= 2)
    number = np.zeros(count + 1, dtype=np.int32)
    number[kept] = np.arange(1, kept.size + 1)
    labels = number[pieces]
    members = tuple(
        tuple(int(site) for site in np.unique(sites[labels == piece]) if site > 0)
        for piece in range(1, kept.size + 1)
    )
    return Complexes(labels, members, codes, cells[kept])


def _cheapest(mask: BoolArray, detour: FloatArray, count: int) -> BoolArray:
    """Keep the `count` cells of a mask with the least detour, the first of equal ones."""
    cells = np.flatnonzero(mask)
    order = np.argsort(detour.ravel()[cells], kind="stable")
    kept = np.zeros(mask.size, dtype=np.bool_)
    kept[cells[order[:count]]] = True
    return kept.reshape(mask.shape)
