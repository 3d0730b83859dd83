"""The files of an Omniscape case: grids in, maps out."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.omnidirectional import Condition, Ground
from planner.circuit.errors import CircuitInputError
from planner.circuit.grid_writing import put_ascii, write_tiff
from planner.circuit.grids import NODATA, CaseGrid, GridHeader, read_grid
from planner.files import replacing, write_text

if TYPE_CHECKING:
    from pathlib import Path

    from algorithms.arrays import BoolArray, FloatArray
    from planner.omnidirectional.options import OmniOptions

_LARGEST_TABLE_BYTES = 10_000_000


@dataclass(frozen=True)
class OmniInputs:
    """What a case reads.

    Attributes
    ----------
    ground : Ground
        Conductance, sources and conditions.
    resistance : (rows, columns) float64
        As reclassified, NaN where there is none; conductance where the case gives that.
    header : GridHeader
        Where the cells lie.
    warnings : tuple of str
        Sentences for the user.
    """

    ground: Ground
    resistance: FloatArray
    header: GridHeader
    warnings: tuple[str, ...]

    @property
    def blank(self) -> BoolArray:
        """(rows, columns) bool: cells without a resistance."""
        blank: BoolArray = np.isnan(self.resistance)
        return blank


def read_inputs(options: OmniOptions, inputs: dict[str, Path]) -> OmniInputs:
    """Read what a case needs and check it.

    Parameters
    ----------
    options : OmniOptions
        Options of the case.
    inputs : dict
        Key of each file to where it is.

    Raises
    ------
    CircuitInputError
        A file cannot be read, has another shape than the resistance, or values out of range.
    """
    first = read_grid(inputs["resistance_file"])
    resistance = _positive(first)
    if options.reclassify_resistance:
        resistance = _reclassified(resistance, inputs["reclass_table"])
    warnings = [*_degrees(first)]
    conductance = resistance if options.resistance_is_conductance else 1.0 / resistance
    if options.source_from_resistance:
        enough = conductance >= 1.0 / options.r_cutoff
        source = np.where(enough, conductance, 0.0)
    else:
        source, told = _source(options, inputs["source_file"], first)
        warnings += told
    if not np.any(source > 0):
        raise CircuitInputError(
            f"{inputs.get('source_file', first.path)}: no cell is a source. Lower "
            "source_threshold, or raise r_cutoff where sources come from the resistance."
        )
    conditions = []
    for number in range(1, options.n_conditions + 1) if options.conditional else ():
        grids = []
        for key in (f"condition{number}_file", f"condition{number}_future_file"):
            if key in inputs:
                grid = read_grid(inputs[key])
                warnings += _apart(grid, first, options)
                grids.append(grid.values)
        conditions.append(
            Condition(grids[0], grids[-1], options.comparison(number), *options.limits(number))
        )
    ground = Ground(conductance, source, tuple(conditions))
    return OmniInputs(ground, resistance, first.header, tuple(warnings))


def write_map(
    folder: Path, name: str, values: FloatArray, like: GridHeader, options: OmniOptions
) -> Path:
    """Write a map as Omniscape names it.

    Parameters
    ----------
    folder : Path
        Where; must exist.
    name : str
        Name without its ending.
    values : (rows, columns) float64
        NaN is written as -9999.
    like : GridHeader
        Where the cells lie.
    options : OmniOptions
        Format and precision.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    single = options.precision.lower() == "single"
    band = np.where(np.isnan(values), NODATA, values)
    if options.write_as_tif:
        path = folder / f"{name}.tif"
        write_tiff(path, band.astype(np.float32 if single else np.float64), like)
        return path
    path = folder / f"{name}.asc"
    _write_ascii(path, band, like, 9 if single else 17)
    return path


def copy_case(case: Path, folder: Path) -> Path:
    """Keep the case beside its results, as Omniscape does."""
    path = folder / "config.ini"
    if path.resolve() != case.resolve():
        with replacing(path) as stream, case.open("rb") as source:
            shutil.copyfileobj(source, stream)
    return path


def _positive(grid: CaseGrid) -> FloatArray:
    if np.isnan(grid.values).all():
        raise CircuitInputError(
            f"{grid.path} holds no resistance at all. Check its values and its code for NoData."
        )
    wrong = np.isinf(grid.values) | (grid.values <= 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise CircuitInputError(
            f"{grid.path}: resistance must be finite and above 0, but {int(wrong.sum()):,} "
            f"cells are not, the first in row {row + 1}, column {column + 1} "
            f"({grid.values[row, column]:g}). Make barriers NoData, and give the easiest "
            "ground a resistance above 0."
        )
    return grid.values


def _source(
    options: OmniOptions, path: Path, like: CaseGrid
) -> tuple[FloatArray, tuple[str, ...]]:
    grid = read_grid(path)
    told = _apart(grid, like, options)
    source = np.nan_to_num(grid.values, nan=0.0, posinf=np.inf, neginf=-np.inf)
    wrong = np.isinf(source) | (source < 0)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise CircuitInputError(
            f"{path}: source strength must be finite and not negative, but it is "
            f"{source[row, column]:g} in row {row + 1}, column {column + 1}. Mend the file."
        )
    source[source < options.source_threshold] = 0.0
    return source, told


def _apart(grid: CaseGrid, like: CaseGrid, options: OmniOptions) -> tuple[str, ...]:
    """Refuse a grid of another shape; tell where it lies elsewhere."""
    if grid.header.shape != like.header.shape:
        raise CircuitInputError(
            f"{grid.path} has {grid.header.told()}, {like.path} {like.header.told()}. Both "
            "must have the same cells: clip and resample one to the other."
        )
    if options.allow_different_projections:
        return ()
    if grid.header.fits(like.header) and grid.header.same_system(like.header):
        return ()
    return (
        f"{grid.path} lies elsewhere than {like.path}, or in another coordinate system; cells "
        "are taken by row and column, as Omniscape does. Check that they belong together.",
    )


def _degrees(grid: CaseGrid) -> tuple[str, ...]:
    if not grid.header.in_degrees:
        return ()
    return (
        f"{grid.path} is in degrees. The radius is counted in cells, as Omniscape does, so "
        "that it is shorter to the east and west than to the north and south. Warp the grids "
        "to an equal-area system for a round window.",
    )


def _reclassified(resistance: FloatArray, path: Path) -> FloatArray:
    """Replace values by a table of two columns; "missing" stands for no value."""
    try:
        if path.stat().st_size > _LARGEST_TABLE_BYTES:
            raise CircuitInputError(f"{path} is too large for a table of classes.")
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, CircuitInputError):
            raise
        raise CircuitInputError(f"{path} cannot be read: {error}. Check the file.") from error
    if not any(line.strip() for line in lines):
        raise CircuitInputError(
            f"{path} is empty. It must list the old and the new resistance of each class."
        )
    changed = resistance.copy()
    for number, line in enumerate(lines, 1):
        words = line.replace(",", " ").split()
        if not words:
            continue
        try:
            old, new = (np.nan if word.lower() == "missing" else float(word) for word in words)
        except ValueError as error:
            raise CircuitInputError(
                f"{path}, line {number}: {line.strip()[:40]!r} is not a pair of numbers. Give "
                "the old and the new resistance, apart by a space or tab."
            ) from error
        if not (np.isnan(new) or 0 < new < np.inf):
            raise CircuitInputError(
                f"{path}, line {number}: the new resistance {new:g} must be above 0 or missing."
            )
        changed[np.isnan(resistance) if np.isnan(old) else resistance == old] = new
    return changed


def _write_ascii(path: Path, band: FloatArray, like: GridHeader, digits: int) -> None:
    with replacing(path) as stream:
        put_ascii(stream, band, like, digits=digits)
    if like.crs:
        write_text(path.with_suffix(".prj"), like.crs)
