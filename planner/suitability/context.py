"""What every stage of a study works on: the study, its folder, its layers, the base map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer

from layers.covariates import CovariateSource, open_covariates
from layers.grid import Grid
from layers.pack import DataPack
from layers.states import zone_numbers, zone_of
from planner.project import file_sha256
from planner.suitability.errors import StudyError
from planner.suitability.ground import Ground
from planner.suitability.study import pack_layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from layers.covariates import CovariateStack
    from planner.suitability.folder import RunFolder
    from planner.suitability.study import Covariate, GridSettings, SuitabilityStudy


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a study is run; nothing here changes its numbers.

    Parameters
    ----------
    threads : int, optional
        Cores to use; all by default.
    cluster : str, optional
        Address of a dask scheduler that predicts tiles.
    """

    threads: int | None = None
    cluster: str | None = None


class StudyContext:
    """A study with what its stages share.

    Parameters
    ----------
    study : SuitabilityStudy
        With absolute paths.
    folder : RunFolder
        Where the stages write.
    options : RunOptions
        How it is run.
    pack : DataPack, optional
        The one that ships by default.
    """

    def __init__(
        self,
        study: SuitabilityStudy,
        folder: RunFolder,
        options: RunOptions | None = None,
        pack: DataPack | None = None,
    ) -> None:
        self.study = study
        self.folder = folder
        self.options = options or RunOptions()
        self.pack = pack or DataPack.open()

    def layer_path(self, path: str) -> Path:
        """Return the file of a layer, which may be one of the data pack.

        Raises
        ------
        UsageError
            The data pack has no such variable.
        """
        name = pack_layer(path)
        if not name:
            return Path(path)
        self.pack.info(name)
        return self.pack.folder / f"{name}.tif"

    @cached_property
    def layer_hashes(self) -> dict[str, str]:
        """SHA-256 of the file of each layer.

        Raises
        ------
        StudyError
            A file cannot be read; names it.
        """
        return {
            layer.name: input_hash(self.layer_path(layer.path), f"the layer {layer.name}")
            for layer in self.study.covariates
        }

    def sources(
        self, layers: Sequence[Covariate], changed: Mapping[str, str] | None = None
    ) -> list[CovariateSource]:
        """Return layers as they are opened, some of them from other files."""
        other = changed or {}
        return [
            CovariateSource(
                layer.name,
                self.layer_path(other.get(layer.name, layer.path)),
                layer.kind,
                layer.band,
            )
            for layer in layers
        ]

    @cached_property
    def stack(self) -> CovariateStack:
        """Every layer of the study on its grid, those of the model first.

        Raises
        ------
        LayerReadError
            A layer cannot be read.
        """
        layers = (*self.study.habitat, *self.study.pressure)
        return open_covariates(self.sources(layers), chosen_grid(self.study.grid))

    @property
    def grid(self) -> Grid:
        """Grid of the study."""
        return self.stack.grid

    @cached_property
    def ground(self) -> Ground:
        """Areas and distances on the grid."""
        return Ground(self.grid)

    @property
    def n_variables(self) -> int:
        """Number of layers that the model learns from; the first ones of `stack`."""
        return len(self.study.habitat)

    @cached_property
    def _country_shapes(self) -> tuple[shapely.STRtree, NDArray[np.object_]]:
        frame = self.pack.basemap("countries")
        zones = [zone_of(code) for code in frame["iso3"]]
        return shapely.STRtree(list(frame.geometry)), np.array(zones, dtype=object)

    def countries_at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.str_]:
        """Return the zone of places on the grid, as `layers.states` groups them.

        Returns
        -------
        (n,) str
            Code of one of the six States, ``other`` for other land, ``""`` for none.
        """
        to_degrees = Transformer.from_crs(self.grid.crs, "EPSG:4326", always_xy=True)
        tree, iso3 = self._country_shapes
        point, shape = tree.query(
            shapely.points(np.column_stack(to_degrees.transform(x, y))), predicate="intersects"
        )
        found = np.full(len(x), "", dtype="<U5")
        found[point] = iso3[shape]
        return found

    def zone_grid(self, grid: Grid) -> NDArray[np.int32]:
        """Return the zone of the centre of each cell of a grid.

        Returns
        -------
        (rows, columns) int32
            k for ``layers.states.ZONES[k - 1]``, 0 for none.
        """
        label, codes = self.pack.country_grid(grid)
        return zone_numbers(codes)[label]


def chosen_grid(settings: GridSettings) -> Grid | None:
    """Return the grid that a study asks for, or None where it is that of the finest layer."""
    if not settings.crs or settings.cell_size is None or settings.bounds is None:
        return None
    try:
        return Grid.from_bounds(settings.crs, settings.bounds, settings.cell_size)
    except ValueError as error:
        raise StudyError(f"The grid of the study cannot be used: {error}.") from error


def input_hash(path: Path, what: str) -> str:
    """Return the SHA-256 of an input: of a file, or of every file of a folder.

    Raises
    ------
    StudyError
        It cannot be read; names it.
    """
    try:
        if path.is_dir():
            listed = [
                f"{item.relative_to(path).as_posix()} {file_sha256(item)}"
                for item in sorted(path.rglob("*"))
                if item.is_file()
            ]
            return "\n".join(listed)
        return file_sha256(path)
    except OSError as error:
        raise StudyError(
            f"{path}, {what}, cannot be read: {error.strerror or error}. Check the path."
        ) from error
