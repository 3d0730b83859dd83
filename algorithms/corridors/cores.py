"""Cores: the patches of habitat that corridors connect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray

EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=np.int8)


@dataclass(frozen=True, slots=True)
class Cores:
    """Cores on a grid, numbered 1 to n; entry i of each table describes core i + 1.

    Attributes
    ----------
    labels : (rows, columns) int32
        Number of the core that holds each cell, 0 outside.
    area_cells : (n,) int64
        Cells in each core.
    mean_suitability : (n,) float64
        Mean suitability of the cells of each core, 0 to 1.
    sites : tuple of tuple of int
        Labels of the protected sites with a cell in each core, ascending.
    patch : (n,) int32
        Number of the patch that each core is part of: its own number, unless the cores are
        national parts of patches (see `split_by_country`).
    """

    labels: IntArray
    area_cells: NDArray[np.int64]
    mean_suitability: FloatArray
    sites: tuple[tuple[int, ...], ...]
    patch: IntArray

    @property
    def count(self) -> int:
        """How many cores there are."""
        return int(self.area_cells.size)


def find_cores(
    suitability: FloatArray,
    protected: IntArray | None = None,
    *,
    threshold: float,
    minimum_area_cells: float,
    minimum_site_cells: float | None = None,
) -> Cores:
    """Find the patches of habitat large enough to be worth connecting.

    A cell belongs to a core when its suitability reaches the threshold, or when it lies in a
    protected site that is a core by itself, which is one with at least `minimum_site_cells`
    suitable cells. Cells that touch at an edge or a corner belong together. A patch of such
    cells is a core when it holds `minimum_area_cells` cells or a site that is a core by itself.

    Parameters
    ----------
    suitability : (rows, columns) float64
        Suitability, 0 to 1; NaN is never part of a core, within sites neither.
    protected : (rows, columns) int32, optional
        Label of the protected site in each cell, 0 outside. A site smaller than a cell takes
        part through whichever cell carries its label.
    threshold : float
        Suitability from which a cell counts as habitat, above 0, 1 at most.
    minimum_area_cells : float
        Area of the smallest patch, in cells, >= 0; below 1 every suitable cell is a core.
    minimum_site_cells : float, optional
        Suitable cells that make a site a core by itself, > 0; by default as many as make a
        patch, and one at least.

    Returns
    -------
    Cores
        Cores numbered in the order of their first cell, row by row; there may be none.

    Raises
    ------
    ValueError
        The shapes disagree, a label is negative, or a number is outside the ranges above.
    """
    if minimum_site_cells is None:
        minimum_site_cells = max(1.0, minimum_area_cells)
    sites = _site_labels(suitability, protected)
    if not 0 < threshold <= 1:
        raise ValueError(f"the threshold must be above 0 and at most 1, got {threshold}")
    if not (minimum_area_cells >= 0 and minimum_site_cells > 0):
        raise ValueError(
            "a patch needs an area >= 0 and a site one > 0, got "
            f"{minimum_area_cells} and {minimum_site_cells} cells"
        )
    suitable = suitability >= threshold
    suitable_in_site = np.bincount(sites[suitable], minlength=int(sites.max(initial=0)) + 1)
    by_itself = suitable_in_site >= minimum_site_cells
    by_itself[0] = False
    of_site = by_itself[sites] & ~np.isnan(suitability)
    patches, count = ndimage.label(suitable | of_site, structure=EIGHT_NEIGHBOURS)
    keep = np.bincount(patches.ravel(), minlength=count + 1) >= minimum_area_cells
    keep[np.unique(patches[of_site])] = True
    keep[0] = False
    return _described(_renumbered(patches.astype(np.int32), keep), suitability, sites, None)


def split_by_country(
    cores: Cores,
    country: IntArray,
    suitability: FloatArray,
    protected: IntArray | None = None,
    *,
    minimum_part_cells: float = 1.0,
) -> Cores:
    """Divide cores that span a border into their national parts, each a core of its own.

    A part is a set of touching cells of one core in one country. Parts below the minimum are
    left out, unless they are whole cores that no border divides.

    Parameters
    ----------
    cores : Cores
        Cores to divide.
    country : (rows, columns) int32
        Code of the country that each cell belongs to, 0 where none.
    suitability, protected
        As for `find_cores`.
    minimum_part_cells : float
        Area of the smallest part, in cells.

    Returns
    -------
    Cores
        The parts; `patch` holds the number of the core each was part of.

    Raises
    ------
    ValueError
        The shapes disagree.
    """
    sites = _site_labels(suitability, protected)
    for name, grid in (("country", country), ("labels", cores.labels)):
        if grid.shape != suitability.shape:
            raise ValueError(f"{name} has the shape {grid.shape}, not {suitability.shape}")
    parts = np.zeros(cores.labels.shape, dtype=np.int32)
    keep: list[bool | np.bool_] = [False]
    window = ndimage.find_objects(cores.labels)
    for core in range(1, cores.count + 1):
        place = window[core - 1]
        inside = cores.labels[place] == core
        pieces: list[BoolArray] = []
        for code in np.unique(country[place][inside]):
            labelled, count = ndimage.label(
                inside & (country[place] == code), structure=EIGHT_NEIGHBOURS
            )
            pieces += [labelled == number for number in range(1, count + 1)]
        for piece in pieces:
            parts[place][piece] = len(keep)
            keep.append(len(pieces) == 1 or piece.sum() >= minimum_part_cells)
    return _described(_renumbered(parts, np.array(keep)), suitability, sites, cores.labels)


@dataclass(frozen=True, slots=True)
class CountryShares:
    """How much of each labelled area lies in each country.

    Attributes
    ----------
    codes : (n_countries,) int32
        Country codes present, ascending, without 0.
    share : (n, n_countries) float64
        Share of the cells of area i + 1 in each country, 0 to 1; what is missing to 1 lies in
        no country.
    majority : (n,) int32
        Code of the country with the largest share (the lowest code where equal), 0 where the
        area touches no country.
    """

    codes: IntArray
    share: FloatArray
    majority: IntArray


def country_shares(labels: IntArray, country: IntArray) -> CountryShares:
    """Measure how labelled areas are shared out between countries.

    Parameters
    ----------
    labels : (rows, columns) int32
        Labels 1 to n, 0 outside.
    country : (rows, columns) int32
        Code of the country that each cell belongs to, 0 where none.

    Raises
    ------
    ValueError
        The shapes disagree.
    """
    if labels.shape != country.shape:
        raise ValueError(f"labels have the shape {labels.shape}, country has {country.shape}")
    count = int(labels.max(initial=0))
    codes = np.unique(country[country > 0]).astype(np.int32)
    inside = labels > 0
    total = np.bincount(labels[inside], minlength=count + 1)[1:]
    cells = np.zeros((count, codes.size))
    for position, code in enumerate(codes):
        in_country = labels[inside & (country == code)]
        cells[:, position] = np.bincount(in_country, minlength=count + 1)[1:]
    share = cells / np.maximum(total, 1)[:, None]
    majority = np.zeros(count, dtype=np.int32)
    if codes.size > 0:
        touched = share.max(axis=1) > 0
        majority[touched] = codes[share.argmax(axis=1)][touched]
    return CountryShares(codes, share, majority)


def _site_labels(suitability: FloatArray, protected: IntArray | None) -> IntArray:
    if suitability.ndim != 2:
        raise ValueError(f"suitability must be a grid, got the shape {suitability.shape}")
    if protected is None:
        return np.zeros(suitability.shape, dtype=np.int32)
    if protected.shape != suitability.shape:
        raise ValueError(
            f"protected has the shape {protected.shape}, suitability {suitability.shape}"
        )
    if protected.dtype.kind not in "iu" or (protected < 0).any():
        raise ValueError("protected must hold labels that are integers >= 0")
    return protected.astype(np.int32, copy=False)


def _renumbered(labels: IntArray, keep: BoolArray) -> IntArray:
    """Keep some labels and number them anew, by first appearance row by row."""
    found, first = np.unique(labels, return_index=True)
    kept = keep[found] & (found > 0)
    number = np.zeros(keep.size, dtype=np.int32)
    in_order = found[kept][np.argsort(first[kept])]
    number[in_order] = np.arange(1, in_order.size + 1)
    return number[labels]


def _described(
    labels: IntArray, suitability: FloatArray, sites: IntArray, patches: IntArray | None
) -> Cores:
    count = int(labels.max(initial=0))
    inside = labels > 0
    area = np.bincount(labels[inside], minlength=count + 1)[1:]
    total = np.bincount(labels[inside], weights=suitability[inside], minlength=count + 1)[1:]
    members: list[list[int]] = [[] for _ in range(count)]
    both = inside & (sites > 0)
    for core, site in np.unique(np.column_stack([labels[both], sites[both]]), axis=0):
        members[core - 1].append(int(site))
    patch = np.arange(1, count + 1, dtype=np.int32)
    if patches is not None:
        patch[labels[inside] - 1] = patches[inside]
    return Cores(
        labels,
        area.astype(np.int64),
        total / np.maximum(area, 1),
        tuple(tuple(group) for group in members),
        patch,
    )
