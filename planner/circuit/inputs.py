"""Everything that a raster case reads, brought onto the grid of its habitat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from planner.circuit.errors import CircuitInputError
from planner.circuit.grids import NODATA, CaseGrid, GridHeader, file_kind, read_grid
from planner.circuit.lists import PairRule, read_numbers, read_pairs, whole_ids

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray, IntArray
    from planner.circuit.options import CircuitOptions
    from planner.circuit.places import CasePlaces

MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class FocalCells:
    """Where the focal points and regions are.

    Attributes
    ----------
    ids : (n,) int64
        Id of each cell, rising; several cells of one id are a region.
    rows, columns : (n,) int64
        The cells.
    """

    ids: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]

    @property
    def names(self) -> NDArray[np.int64]:
        """The different ids, rising."""
        return np.unique(self.ids)

    @property
    def regions(self) -> bool:
        """Whether some id has several cells."""
        return len(self.names) < len(self.ids)

    def kept(self, names: NDArray[np.int64]) -> FocalCells:
        """Return the cells of some ids."""
        stay = np.isin(self.ids, names)
        return FocalCells(self.ids[stay], self.rows[stay], self.columns[stay])

    def first_cells(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return row and column of the first cell of each id."""
        _, first = np.unique(self.ids, return_index=True)
        return self.rows[first], self.columns[first]

    def numbered(self, shape: tuple[int, int]) -> IntArray:
        """Return a grid of the ids, 0 elsewhere."""
        grid = np.zeros(shape, dtype=np.int32)
        grid[self.rows, self.columns] = self.ids
        return grid


@dataclass(slots=True)
class RasterCase:
    """What a raster case works on.

    Attributes
    ----------
    header : GridHeader
        Grid of the habitat, which is that of all results.
    conductance : (rows, columns) float64
        0 where nothing moves.
    polygons : (rows, columns) int32, optional
        Short-circuit regions, 0 elsewhere.
    focal : FocalCells, optional
        None in advanced cases.
    pairs : PairRule, optional
        Which pairs are wanted.
    strengths : dict, optional
        Strength of the source at each id.
    source, ground : (rows, columns) float64, optional
        Amperes, and conductances to ground, of an advanced case; 0 elsewhere.
    warnings : list of str
        What the user should know of the inputs.
    """

    header: GridHeader
    conductance: FloatArray
    polygons: IntArray | None = None
    focal: FocalCells | None = None
    pairs: PairRule | None = None
    strengths: dict[int, float] | None = None
    source: FloatArray | None = None
    ground: FloatArray | None = None
    warnings: list[str] = field(default_factory=list)


def read_raster_case(options: CircuitOptions, places: CasePlaces) -> RasterCase:
    """Read what a raster case needs.

    Raises
    ------
    CircuitInputError
        A file is damaged or does not fit; names it, and what to do.
    """
    files = places.inputs
    habitat = read_grid(files["habitat_file"])
    case = RasterCase(habitat.header, np.empty(0))
    if habitat.header.in_degrees:
        case.warnings.append(
            f"{habitat.path} is in degrees. Every cell counts as a square of one size, as in "
            "Circuitscape, though it is narrower on the ground the further it is from the "
            "equator. Warp the grids to a projected system for true distances."
        )
    case.conductance = _conductance(habitat, options, files, case.warnings)
    if "polygon_file" in files:
        polygons = _on_habitat(files["polygon_file"], habitat, "short-circuit", case.warnings)
        case.polygons = _ids_of(polygons, files["polygon_file"])
    if "mask_file" in files:
        _mask(case, habitat, files["mask_file"])
    if options.scenario == "advanced":
        case.source = _sources(files["source_file"], habitat, options)
        case.ground = _grounds(files["ground_file"], habitat, options)
        return case
    case.focal = _focal_cells(files["point_file"], habitat, case.warnings)
    if "included_pairs_file" in files:
        case.pairs = read_pairs(files["included_pairs_file"])
        check_pairs(case.pairs, case.focal.names, files["included_pairs_file"], options)
    if "variable_source_file" in files:
        case.strengths = read_strengths(files["variable_source_file"])
    return case


def check_pairs(
    pairs: PairRule, names: NDArray[np.int64], path: Path, options: CircuitOptions
) -> None:
    """Check that a file of pairs leaves something to solve.

    Raises
    ------
    CircuitInputError
        Fewer than two focal points are left.
    """
    if pairs.included or options.scenario != "pairwise":
        named = int(np.count_nonzero(pairs.known(names)))
        if named < 2:
            raise CircuitInputError(
                f"{path}: focal points that are named: {named}; at least 2 are needed. Check "
                "that its ids are those of point_file."
            )


def read_strengths(path: Path) -> dict[int, float]:
    """Read ids with the strength of their source; the first of an id counts."""
    table = read_numbers(path, 2, "an id and a strength")
    strengths: dict[int, float] = {}
    for number, strength in zip(whole_ids(table[:, 0], path), table[:, 1], strict=True):
        strengths.setdefault(int(number), float(strength))
    return strengths


def reclassified(
    values: FloatArray, path: Path, warnings: list[str] | None = None
) -> FloatArray:
    """Replace values by those that a table of two columns gives them; others stay.

    The lines are applied one after another, by rising old value, as in Circuitscape: a new
    value that is an old one further on is changed again. -9999 stands for no value.

    Parameters
    ----------
    values : float64
        Values, NaN for none.
    path : Path
        The table.
    warnings : list of str, optional
        Gains a sentence where a value is changed again.

    Returns
    -------
    float64
        In the shape of `values`.

    Raises
    ------
    CircuitInputError
        The table is damaged.
    """
    table = read_numbers(path, 2, "an old and a new value")
    final: dict[float, float] = {}
    again: list[float] = []
    for old, new in table[np.argsort(table[:, 0], kind="stable")][::-1].tolist():
        again += [old] if final.get(new, new) != new else []
        final[old] = final.get(new, new)
    if again and warnings is not None:
        warnings.append(
            f"{path}: the new value of {again[-1]:g} is an old one further on, and is changed "
            f"again, to {final[again[-1]]:g}, as in Circuitscape. Give values that are no old "
            "ones where this is not meant."
        )
    old_values = np.array(sorted(final))
    new_values = np.array([final[old] for old in old_values.tolist()])
    given = np.where(np.isnan(values), NODATA, values)
    place = np.minimum(np.searchsorted(old_values, given), len(old_values) - 1)
    found = np.where(old_values[place] == given, new_values[place], given)
    return np.where(found == NODATA, np.nan, found)


def _conductance(
    habitat: CaseGrid,
    options: CircuitOptions,
    files: Mapping[str, Path],
    warnings: list[str],
) -> FloatArray:
    """Return the conductance of each cell, 0 where nothing moves."""
    values, path = habitat.values, habitat.path
    what = "resistance" if options.habitat_map_is_resistances else "conductance"
    if "reclass_file" in files:
        values = reclassified(values, files["reclass_file"], warnings)
    negative = int(np.count_nonzero(values < 0.0))
    if negative:
        warnings.append(
            f"{path}: nothing moves where the {what} is negative, as in Circuitscape; cells: "
            f"{negative:,}."
        )
    if options.habitat_map_is_resistances:
        nothing = np.argwhere(values == 0.0)
        if len(nothing):
            row, column = nothing[0] + 1
            raise CircuitInputError(
                f"{path}: {len(nothing):,} cells have a resistance of 0, the first in row "
                f"{row}, column {column}. Give them a small resistance, or make them a "
                "short-circuit region (use_polygons)."
            )
        with np.errstate(over="ignore"):
            values = 1.0 / values
    if np.isinf(values).any():
        raise CircuitInputError(
            f"{path}: some cells have an infinite conductance. Make them a short-circuit "
            "region (use_polygons)."
        )
    found = np.where(values > 0.0, values, 0.0)
    if not found.any():
        raise CircuitInputError(
            f"{path} holds no cell that anything could move through. Check the values, and "
            "whether they are resistances (habitat_map_is_resistances)."
        )
    return found


def _on_habitat(path: Path, habitat: CaseGrid, what: str, warnings: list[str]) -> FloatArray:
    """Read a grid of numbers > 0; one of other cells is laid on the habitat's by centres."""
    grid = read_grid(path)
    _check_crs(grid, habitat)
    if grid.header.fits(habitat.header):
        return np.nan_to_num(grid.values, nan=0.0)
    warnings.append(
        f"{path} ({grid.header.told()}) has other cells than {habitat.path} "
        f"({habitat.header.told()}): each cell of the {what} grid was laid on the habitat cell "
        "that holds its centre, as in Circuitscape. Export both with the same cells."
    )
    return _laid(grid, habitat.header)


def _laid(grid: CaseGrid, target: GridHeader) -> FloatArray:
    """Lay the cells > 0 of a grid on another by their centres; the greatest number stays."""
    rows, columns = np.nonzero(grid.values > 0.0)
    header = grid.header
    x = header.left + (columns + 0.5) * header.width
    y = header.top - (rows + 0.5) * header.height
    row, column = target.cells_of(x.astype(np.float64), y.astype(np.float64))
    inside = (row >= 0) & (row < target.rows) & (column >= 0) & (column < target.columns)
    found = np.zeros(target.shape)
    at = (row[inside].astype(np.int64), column[inside].astype(np.int64))
    np.maximum.at(found, at, grid.values[rows, columns][inside])
    return found


def _check_crs(grid: CaseGrid, habitat: CaseGrid) -> None:
    if not grid.header.same_system(habitat.header):
        raise CircuitInputError(
            f"{grid.path} and {habitat.path} have different coordinate systems. Warp one of "
            "them to the grid of the other."
        )


def _ids_of(values: FloatArray, path: Path) -> IntArray:
    """Return a grid of numbers as whole ones, 0 where they are not > 0."""
    flat = np.where(values > 0.0, values, 0.0)
    return whole_ids(flat, path, "the numbers of regions").astype(np.int32)


def _mask(case: RasterCase, habitat: CaseGrid, path: Path) -> None:
    """Take the cells out that a mask does not keep."""
    grid = read_grid(path)
    _check_crs(grid, habitat)
    if grid.header.fits(habitat.header):
        kept = grid.values > 0.0
    else:
        case.warnings.append(
            f"{path} ({grid.header.told()}) has other cells than {habitat.path} "
            f"({habitat.header.told()}): each cell that it drops was laid on the habitat cell "
            "that holds its centre, as in Circuitscape; what it does not cover is kept."
        )
        dropped = CaseGrid(np.where(grid.values > 0.0, 0.0, 1.0), grid.header, path)
        kept = _laid(dropped, habitat.header) == 0.0
    case.conductance = np.where(kept, case.conductance, 0.0)
    if not case.conductance.any():
        raise CircuitInputError(
            f"{path} masks every cell of {habitat.path} that anything could move through. "
            "Keep cells by numbers > 0."
        )


def _listed_cells(
    path: Path, header: GridHeader, what: str
) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.int64]]:
    """Read a list of a value, x and y; returns the values with row and column."""
    table = read_numbers(path, 3, f"{what}, x and y")
    row, column = header.cells_of(table[:, 1], table[:, 2])
    outside = (row < 0) | (row >= header.rows) | (column < 0) | (column >= header.columns)
    if outside.any():
        value, x, y = table[outside][0]
        raise CircuitInputError(
            f"{path}: {what} {value:g} at ({x:g}, {y:g}) lies outside the habitat "
            f"({header.told()}). Leave it out, or give a larger habitat."
        )
    return table[:, 0], row.astype(np.int64), column.astype(np.int64)


def check_count(count: int, path: Path) -> None:
    """Check that there are not so many focal points that their pairs cannot be held.

    Raises
    ------
    CircuitInputError
        There are more than `MOST_PLACES`.
    """
    if count > MOST_PLACES:
        raise CircuitInputError(
            f"{path} holds {count:,} focal points; at most {MOST_PLACES:,} can be worked on. "
            "Give ids to the places between which you ask, not to every cell."
        )


def _focal_cells(path: Path, habitat: CaseGrid, warnings: list[str]) -> FocalCells:
    """Read focal points or regions from a grid or a list."""
    if file_kind(path) == "text":
        values, rows, columns = _listed_cells(path, habitat.header, "id")
    else:
        grid = _on_habitat(path, habitat, "focal", warnings)
        rows, columns = np.nonzero(grid > 0.0)
        values = grid[rows, columns]
    ids = whole_ids(values, path)
    if (ids <= 0).any():
        warnings.append(f"{path}: ids that are not > 0 are left out, as in Circuitscape.")
    order = np.argsort(ids, kind="stable")
    order = order[ids[order] > 0]
    cells = FocalCells(ids[order], rows[order], columns[order])
    check_count(len(cells.names), path)
    if len(cells.names) < 2:
        raise CircuitInputError(
            f"{path}: focal points inside the habitat: {len(cells.names)}; at least 2 are "
            "needed. Check the ids, and that the grids lie over one another."
        )
    return cells


def _valued(path: Path, habitat: CaseGrid, what: str) -> FloatArray:
    """Read values of cells from a grid of the habitat's cells, or a list; NaN elsewhere."""
    if file_kind(path) == "text":
        values, rows, columns = _listed_cells(path, habitat.header, what)
        found = np.full(habitat.header.shape, np.nan)
        found[rows, columns] = values
        return found
    grid = read_grid(path)
    _check_crs(grid, habitat)
    if not grid.header.fits(habitat.header):
        raise CircuitInputError(
            f"{path} ({grid.header.told()}) has other cells than {habitat.path} "
            f"({habitat.header.told()}). Export it with the same cells as the habitat."
        )
    return grid.values


def _sources(path: Path, habitat: CaseGrid, options: CircuitOptions) -> FloatArray:
    """Return the amperes into each cell."""
    given = _valued(path, habitat, "source")
    found = np.where(np.isnan(given), 0.0, given)
    if np.isinf(found).any():
        raise CircuitInputError(f"{path}: a source must be finite. Mend its value.")
    if options.use_unit_currents:
        found = np.where(found != 0.0, 1.0, 0.0)
    if not found.any():
        raise CircuitInputError(f"{path} holds no source of current. Give at least one.")
    return found


def _grounds(path: Path, habitat: CaseGrid, options: CircuitOptions) -> FloatArray:
    """Return the conductance from each cell to ground, infinite for a direct ground."""
    found = ground_conductance(_valued(path, habitat, "ground"), path, options)
    if not found.any():
        raise CircuitInputError(f"{path} holds no ground. Give at least one.")
    return found


def ground_conductance(values: FloatArray, path: Path, options: CircuitOptions) -> FloatArray:
    """Return conductances to ground from what a file gives; 0 for none.

    Parameters
    ----------
    values : float64
        Resistances or conductances, NaN for none.
    path : Path
        The file, for messages.
    options : CircuitOptions
        Which of the two they are, and whether all are direct.

    Raises
    ------
    CircuitInputError
        One is negative.
    """
    if (values < 0.0).any():
        raise CircuitInputError(
            f"{path}: a ground cannot have a negative "
            f"{'resistance' if options.ground_file_is_resistances else 'conductance'}. Mend it."
        )
    with np.errstate(divide="ignore"):
        given = 1.0 / values if options.ground_file_is_resistances else values
    found = np.where(np.isnan(values), 0.0, given)
    return np.where(found != 0.0, np.inf, 0.0) if options.use_direct_grounds else found
