"""Results on files: GeoPackage, tables and a record of the run, each whole or not at all."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError

from layers.errors import LayerReadError, LayerWriteError
from layers.raster import put_in_place, write_cog
from planner.files import BEGUN, check_folder, made_folder, write_csv, write_text
from planner.pipeline.runner import software_versions
from planner.project import file_sha256
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.grid import Grid

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a GeoPackage to write.

    Parameters
    ----------
    name : str
        Layer.
    columns : tuple of str
        Columns in order, ``geometry`` last where it has one.
    rows : sequence of dict
        Values by column; lists are written as text. There may be none.
    """

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


@dataclass
class ResultFolder:
    """A folder that results are written to, and the record of the run beside them.

    Parameters
    ----------
    path : Path
        The folder; made where missing, once there is something to write.
    verb : str
        What is run; names the record.
    inputs : tuple of Path
        Files that are read; none of them may be written over.
    parameters : mapping
        What it is run with.
    """

    path: Path
    verb: str
    inputs: tuple[Path, ...]
    parameters: Mapping[str, object]
    written: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._started = datetime.now(UTC).isoformat(timespec="seconds")
        self._clock = time.monotonic()
        for item in self.inputs:
            if not item.is_file():
                raise LayerReadError(f"There is no file {item}. Check the path.")
        check_folder(self.path)
        self._hashes = {str(path): file_sha256(path) for path in dict.fromkeys(self.inputs)}

    def geopackage(self, name: str, layers: Iterable[Layer], crs: str) -> Path:
        """Write a GeoPackage of several layers.

        Raises
        ------
        LayerWriteError
            The disk is full or the folder cannot be written.
        UsageError
            It would take the place of a file that is read.
        """
        path = self._target(name)
        temporary = path.with_name(f"{BEGUN}{uuid.uuid4().hex}.gpkg")
        try:
            for number, layer in enumerate(layers):
                _write_layer(temporary, layer, crs, append=number > 0)
            put_in_place(temporary, path)
        except (DataSourceError, OSError, RuntimeError) as error:
            raise LayerWriteError(
                f"{path} could not be written: {error}. Free some space or choose a folder "
                "that can be written; the earlier file, if any, is untouched."
            ) from error
        finally:
            for left in path.parent.glob(f"{temporary.name}*"):
                left.unlink(missing_ok=True)
        return path

    def raster(self, name: str, values: NDArray[np.generic], grid: Grid, **tags: str) -> Path:
        """Write a cloud-optimised GeoTIFF; NaN is NoData, and so is 0 in whole numbers."""
        path = self._target(name)
        nodata = None if values.dtype.kind == "f" else 0
        write_cog(path, values, grid, nodata=nodata, tags=tags)
        return path

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Row]) -> Path:
        """Write a table as CSV."""
        path = self._target(name)
        write_csv(
            path, columns, [[_cell(row.get(column)) for column in columns] for row in rows]
        )
        return path

    def record(self, results: Mapping[str, object]) -> Path:
        """Write what was run on what, and what came out, beside the results.

        What an earlier run of the same verb wrote here and this one did not is taken away
        where nobody has changed it, so that no file of another run lies among the results.

        Parameters
        ----------
        results : mapping
            Figures worth keeping, anything JSON holds.
        """
        path = self._target(f"{self.verb}.run.json")
        outputs = {item.name: file_sha256(item) for item in self.written if item != path}
        for name, digest in _recorded(path).items():
            left = self.path / name
            wanted = name in outputs or self._is_read(left)
            if not wanted and left.is_file() and file_sha256(left) == digest:
                left.unlink()
        record = {
            "run": self.verb,
            "started": self._started,
            "seconds": round(time.monotonic() - self._clock, 3),
            "inputs": {name: {"sha256": digest} for name, digest in self._hashes.items()},
            "parameters": dict(self.parameters),
            "versions": software_versions(),
            "outputs": {name: {"sha256": digest} for name, digest in outputs.items()},
            "results": dict(results),
        }
        write_text(path, json.dumps(record, ensure_ascii=False, indent=2) + "\n")
        return path

    def _target(self, name: str) -> Path:
        path = self.path / name
        if self._is_read(path):
            raise UsageError(
                f"{path} is read, and the results would take its place. Choose another folder "
                "with --out."
            )
        made_folder(self.path)
        if path not in self.written:
            self.written.append(path)
        return path

    def _is_read(self, path: Path) -> bool:
        return any(path.resolve() == item.resolve() for item in self.inputs)


def _recorded(path: Path) -> dict[str, str]:
    """Return the files and hashes of an earlier record; none where there is no usable one."""
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))["outputs"]
        return {
            str(name): str(item["sha256"])
            for name, item in outputs.items()
            if Path(name).name == name
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _write_layer(path: Path, layer: Layer, crs: str, *, append: bool) -> None:
    has_shape = layer.columns[-1] == "geometry"
    plain = [name for name in layer.columns if name != "geometry"]
    data = {name: [_cell(row.get(name)) for row in layer.rows] for name in plain}
    frame = pd.DataFrame(data, columns=plain)
    if not has_shape:
        pyogrio.write_dataframe(frame, path, layer=layer.name, driver="GPKG", append=append)
        return
    shapes: list[BaseGeometry | None] = [row.get("geometry") for row in layer.rows]  # type: ignore[misc]  # the column holds shapes
    located = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs=crs), crs=crs)
    kinds = {shape.geom_type for shape in shapes if shape is not None}
    kind = kinds.pop() if len(kinds) == 1 else "Unknown"
    pyogrio.write_dataframe(
        located, path, layer=layer.name, driver="GPKG", append=append, geometry_type=kind
    )


def _cell(value: object) -> object:
    """Return a value as a table holds it: lists and mappings as text."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name or 'none'} {number:g}" for name, number in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return value
