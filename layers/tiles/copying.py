"""Making a large raster cloud-optimised in a process that can be stopped.

GDAL's copy neither tells its progress nor hears a cancel; a process can be ended.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.errors import RasterioError

from layers.raster import copy_as_cog

if TYPE_CHECKING:
    from layers.control import Control

_SECONDS_BETWEEN_REPORTS = 0.1
_CACHE_BYTES = 128_000_000


def copy_in_process(
    plain: Path, finished: Path, overviews: str, told: tuple[Control, float]
) -> None:
    """Copy a GeoTIFF as a cloud-optimised one, in a process of its own.

    Parameters
    ----------
    plain, finished : Path
        What is copied, and the copy.
    overviews : str
        Resampling of the overviews.
    told : tuple of Control and float
        Told the share done, from the seconds that the copy is expected to take; may cancel,
        which ends the process.

    Raises
    ------
    OSError
        The copy failed; says what GDAL said.
    """
    control, expected_s = told
    command = [
        sys.executable,
        "-m",
        "layers.tiles.copying",
        str(plain),
        str(finished),
        overviews,
    ]
    started = time.monotonic()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            while True:
                try:
                    _, said = process.communicate(timeout=_SECONDS_BETWEEN_REPORTS)
                    break
                except subprocess.TimeoutExpired:
                    spent = time.monotonic() - started
                    control.report(spent / (spent + expected_s))
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        lines = said.strip().splitlines()
        raise OSError(lines[-1] if lines else f"the copy ended with {process.returncode}")


def main(arguments: list[str]) -> int:
    """Copy; return the status of the process."""
    plain, finished, overviews = arguments
    try:
        with rasterio.Env(GDAL_CACHEMAX=_CACHE_BYTES, GDAL_NUM_THREADS="ALL_CPUS"):
            copy_as_cog(Path(plain), Path(finished), level=6, overviews=overviews)
    except (RasterioError, CPLE_BaseError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
