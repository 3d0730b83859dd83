"""What a raster is taken for as a covariate, told for confirmation; and what looks odd."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError
from rasterio.windows import Window

from layers.covariates.reading import LARGEST_STORED
from layers.covariates.source import (
    CovariateSource,
    SourceFacts,
    open_raster,
    read_facts,
    unknown_code,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.covariates.source import Kind

MOST_CLASSES = 32
"""An integer raster with at most this many different values is taken for classes."""

CONSTANT_AS_LOOKED_AT = "every value that was looked at is"
"""Part of the sentence on a covariate that seems to be constant; all its cells tell better."""

_CLASS_WORDS = re.compile(
    r"(?:^|[\W_\d])(?:land_?cover|lulc|landuse|land_use|koppen|köppen|class(?:es)?|biomes?|"
    r"eco_?regions?|geology|soil_?types?|veg(?:etation)?_?types?|forest_?types?|zones?)"
    r"(?:$|[\W_\d])",
    re.IGNORECASE,
)
_USUAL_MARKS = (-9999.0, -99999.0, -999.0, -32768.0, -32767.0, 65535.0, 32767.0, 1e20, -1e20)
_SPOTS = 5  # blocks are looked at on a lattice of this many a side
_MOST_CELLS_PER_SPOT = 65_536


@dataclass(frozen=True, slots=True)
class SourceGuess:
    """What a file is taken for.

    Parameters
    ----------
    source : CovariateSource
        Name from the file's stem, and the kind that was guessed.
    reason : str
        Why this kind, as a sentence.
    doubts : tuple of str
        What looks wrong; empty where nothing does.
    """

    source: CovariateSource
    reason: str
    doubts: tuple[str, ...]


def guess_sources(paths: Iterable[Path]) -> tuple[SourceGuess, ...]:
    """Guess name and kind of the covariates in files, from some of their blocks.

    Raises
    ------
    LayerReadError
        A file cannot be read or placed; names it.
    """
    return tuple(_guess(path) for path in paths)


def sampled_numbers(source: CovariateSource, facts: SourceFacts) -> NDArray[np.generic]:
    """Return stored numbers from spots spread over a raster, (n,), those for "none" left out.

    Raises
    ------
    LayerReadError
        The file is damaged.
    """
    rows, columns = facts.shape
    height, width = min(facts.block[0], rows), min(facts.block[1], columns)
    width = min(width, max(1, _MOST_CELLS_PER_SPOT // height))
    found = []
    with open_raster(source.path) as dataset:
        for top, left in _spots((rows, columns), (height, width)):
            window = Window(left, top, min(width, columns - left), min(height, rows - top))
            try:
                stored = dataset.read(source.band, window=window)
                if facts.masked:
                    stored = stored[dataset.read_masks(source.band, window=window) > 0]
            except (RasterioError, CPLE_BaseError) as error:
                raise unreadable(source.path, error.__cause__ or error) from error
            found.append(stored.ravel())
    numbers: NDArray[np.generic] = np.concatenate(found)
    if numbers.dtype.kind == "f":
        numbers = numbers[~np.isnan(numbers)]
    for nodata in (facts.nodata, source.nodata):
        code = unknown_code(nodata, facts.dtype)
        if code is not None:
            numbers = numbers[numbers != code]
    return numbers


def doubts_about(
    source: CovariateSource, facts: SourceFacts, numbers: NDArray[np.generic]
) -> tuple[str, ...]:
    """Tell what looks wrong in a covariate, from numbers of `sampled_numbers`."""
    told = []
    stated = facts.nodata is not None and not math.isnan(facts.nodata)
    if stated and unknown_code(facts.nodata, facts.dtype) is None:
        told.append(
            f"{source.name}: the file gives NoData as {facts.nodata:g}, which its type "
            f"{facts.dtype} cannot hold; it is ignored."
        )
    if numbers.size == 0:
        return (*told, f"{source.name}: no value was found in the parts that were looked at.")
    if numbers.dtype.kind == "f" and np.any(np.abs(numbers) > LARGEST_STORED):
        told.append(
            f"{source.name}: numbers beyond 3e38 are taken as unknown; the file does not mark "
            "them as NoData."
        )
    told += [
        f"{source.name}: the value {mark:g} stands at the end of the range and usually means "
        f"NoData, but the file does not say so. If it does, state nodata = {mark:g} for this "
        "covariate; otherwise it is used as a value."
        for mark in _marks(source, facts, numbers)
    ]
    if numbers.size > 1 and numbers.min() == numbers.max():
        told.append(
            f"{source.name}: {CONSTANT_AS_LOOKED_AT} {float(numbers.min()):g}; a constant "
            "covariate tells a model nothing."
        )
    return tuple(told)


def _guess(path: Path) -> SourceGuess:
    source = CovariateSource(path.stem, path)
    facts = read_facts(source)
    numbers = sampled_numbers(source, facts)
    kind, reason = _kind(source, facts, numbers)
    source = CovariateSource(path.stem, path, kind)
    return SourceGuess(source, reason, doubts_about(source, facts, numbers))


def _kind(
    source: CovariateSource, facts: SourceFacts, numbers: NDArray[np.generic]
) -> tuple[Kind, str]:
    whole = facts.scale == 1.0 and (
        numbers.dtype.kind in "iu" or bool(np.all(numbers == np.rint(numbers)))
    )
    named = _CLASS_WORDS.search(source.name) is not None
    if facts.has_colours:
        return "categorical", "The band has a colour table, as classes do."
    if named and whole:
        return "categorical", "The name is that of classes and all values are whole numbers."
    different = int(np.unique(numbers).size)
    if numbers.dtype.kind in "iu" and whole and different <= MOST_CLASSES < numbers.size:
        return (
            "categorical",
            f"Whole numbers with {different} different values in {numbers.size:,} cells that "
            "were looked at.",
        )
    if whole and numbers.dtype.kind in "iu":
        return "continuous", f"Whole numbers with {different:,} different values."
    return "continuous", "Numbers with fractions." if not whole else "Decimal type."


def _marks(
    source: CovariateSource, facts: SourceFacts, numbers: NDArray[np.generic]
) -> list[float]:
    """Return the ends of the range that usually mean NoData and stand apart from the rest."""
    found = []
    for end in (numbers.min(), numbers.max()):
        value = float(end)
        if value == 255.0 and facts.dtype == "uint8" and source.kind == "continuous":
            rest = numbers[numbers != end]
            apart = rest.size > 0 and 255.0 - float(rest.max()) > 50.0
        else:
            apart = any(math.isclose(value, mark, rel_tol=1e-6) for mark in _USUAL_MARKS)
        if apart and value not in found:
            found.append(value)
    return found


def _spots(shape: tuple[int, int], block: tuple[int, int]) -> list[tuple[int, int]]:
    """Return row and column of blocks spread over a raster."""
    starts = []
    for size, step in zip(shape, block, strict=True):
        last = (size - 1) // step
        starts.append(
            sorted({round(part * last / (_SPOTS - 1)) * step for part in range(_SPOTS)})
        )
    return [(row, column) for row in starts[0] for column in starts[1]]
