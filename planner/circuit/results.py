"""Results of a case, under Circuitscape's names and in its formats."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, BinaryIO, cast

import numpy as np

from planner.circuit.grid_writing import put_ascii, write_tiff
from planner.circuit.ini import SECTIONS
from planner.files import made_folder, replacing, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from planner.circuit.grids import GridHeader
    from planner.circuit.options import CircuitOptions
    from planner.circuit.places import CasePlaces

NOT_CONNECTED = -1.0
"""Resistance of a pair that is not connected, or excluded."""


class CaseResults:
    """Write the results of a case.

    Parameters
    ----------
    options : CircuitOptions
        What is written, and how.
    places : CasePlaces
        Where.

    Attributes
    ----------
    written : list of Path
        Every file written so far.
    """

    def __init__(self, options: CircuitOptions, places: CasePlaces) -> None:
        self._options = options
        self._places = places
        self.written: list[Path] = []

    def case(self) -> None:
        """Write the options of the case under the name of its results, as Circuitscape does."""
        values = self._options.model_dump()
        lines: list[str] = []
        for section, keys in SECTIONS.items():
            lines += [f"[{section}]", *(f"{key} = {values[key]}" for key in keys), ""]
        name = self._options.output_file.replace("\\", "/").rsplit("/", 1)[-1]
        self._text(self._places.folder / name, "\n".join(lines))

    def pair_resistances(self, ids: NDArray[np.int64], ohms: FloatArray) -> None:
        """Write resistances of pairs as a matrix and as three columns.

        Parameters
        ----------
        ids : (k,) int64
            Focal points.
        ohms : (k, k) float64
            Resistance, `NOT_CONNECTED` where there is none.
        """
        head = " ".join(["0", *map(str, ids)])
        rows = [
            " ".join([str(name), *map(_number, row)])
            for name, row in zip(ids, ohms.tolist(), strict=True)
        ]
        self._text(self._places.result("_resistances.out"), "\n".join([head, *rows, ""]))
        pairs = [
            f"{ids[i]} {ids[j]} {_number(ohms[i, j])}"
            for i in range(len(ids))
            for j in range(i + 1, len(ids))
        ]
        path = self._places.result("_resistances_3columns.out")
        self._text(path, "\n".join([*pairs, ""]))

    def point_resistances(self, ids: NDArray[np.int64], ohms: FloatArray) -> None:
        """Write one value for each focal point, as one-to-all and all-to-one do."""
        rows = [f"{name} {_number(value)}" for name, value in zip(ids, ohms, strict=True)]
        self._text(self._places.result("_resistances.out"), "\n".join([*rows, ""]))

    def table(self, ending: str, ids: Sequence[NDArray[np.int64]], values: FloatArray) -> None:
        """Write ids and a value on each line, as networks have them."""
        names = zip(*(column.tolist() for column in ids), strict=True)
        rows = [
            f"{' '.join(map(str, name))} {_number(value)}"
            for name, value in zip(names, values.tolist(), strict=True)
        ]
        self._text(self._places.result(f"{ending}.txt"), "\n".join([*rows, ""]))

    def _text(self, path: Path, text: str) -> None:
        made_folder(path.parent)
        write_text(path, text)
        self.written.append(path)


class MapResults(CaseResults):
    """Write the results of a case on a grid.

    Parameters
    ----------
    options, places
        See `CaseResults`.
    header : GridHeader
        Grid of the maps.
    barrier : (rows, columns) bool
        Cells without conductance, which may be written as NoData.
    """

    def __init__(
        self,
        options: CircuitOptions,
        places: CasePlaces,
        header: GridHeader,
        barrier: BoolArray,
    ) -> None:
        super().__init__(options, places)
        self._header = header
        self._barrier = barrier
        nodata = float(header.nodata)
        self._nodata = nodata if np.isfinite(nodata) else -9999.0
        self._code = header.nodata if np.isfinite(nodata) else "-9999"

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the maps."""
        return self._header.shape

    def currents(self, values: FloatArray, ending: str) -> None:
        """Write a map of currents, with the logarithm and NoData that the case asks for.

        Parameters
        ----------
        values : (rows, columns) float64
            Amperes.
        ending : str
            End of the name, such as ``"curmap_1_2"``.
        """
        if self._options.log_transform_maps:
            flowing = values > 0.0
            logarithm = np.log10(np.where(flowing, values, 1.0))
            values = np.where(flowing, logarithm, self._nodata)
        self._map(values, ending, null=self._options.set_null_currents_to_nodata)

    def voltages(self, values: FloatArray, ending: str) -> None:
        """Write a map of voltages, see `currents`; they have no logarithm."""
        self._map(values, ending, null=self._options.set_null_voltages_to_nodata)

    def _map(self, values: FloatArray, ending: str, *, null: bool) -> None:
        made_folder(self._places.folder)
        if null:
            values = np.where(self._barrier, self._nodata, values)
        if self._options.write_as_tif:
            path = self._places.result(f"_{ending}.tif")
            write_tiff(path, values, self._header, nodata=self._nodata)
        else:
            path = self._ascii(values, self._places.result(f"_{ending}.asc"))
        self.written.append(path)

    def _ascii(self, values: FloatArray, path: Path) -> Path:
        """Write an ASCII grid, compressed where the case asks for it; returns its path."""
        if self._header.crs:
            self._text(path.with_suffix(".prj"), self._header.crs)
        packed = self._options.compress_grids
        path = path.with_name(f"{path.name}.gz") if packed else path
        with replacing(path) as stream:
            if packed:
                with gzip.GzipFile("", "wb", 6, stream, mtime=0) as squeezed:
                    put_ascii(
                        cast("BinaryIO", squeezed), values, self._header, nodata=self._code
                    )
            else:
                put_ascii(stream, values, self._header, nodata=self._code)
        return path


_number = "{:.10g}".format
