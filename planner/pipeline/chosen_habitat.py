"""The suitability that somebody chose for a species, on the grid of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from layers.covariates import CovariateSource, open_covariates
from planner.project import file_sha256
from planner.suitability.errors import RunError
from planner.suitability.project_runs import Choice, chosen_run, run_folder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.control import Control
    from layers.grid import Grid
    from planner.project import Project
    from planner.suitability.results import SuitabilityResults

TODAY = "suitability"
UNDISTURBED = "without_disturbance"


@dataclass(frozen=True)
class ChosenHabitat:
    """A chosen run with its maps.

    Parameters
    ----------
    choice : Choice
        Which run, why and since when.
    results : SuitabilityResults
        What it found.
    maps : dict of str to Path
        ``suitability``, and ``without_disturbance`` where the run tells of people.
    """

    choice: Choice
    results: SuitabilityResults
    maps: dict[str, Path]

    @classmethod
    def of(cls, project: Project, species: str) -> ChosenHabitat | None:
        """Return what was chosen for a species, or None where nothing was.

        Raises
        ------
        RunError
            The chosen run is gone or was altered; says how to choose again.
        """
        choice = chosen_run(project, species)
        if choice is None:
            return None
        folder = run_folder(project, choice.run_id)
        try:
            results = folder.results()
        except RunError as error:
            raise _gone(species, choice, str(error)) from error
        paths = {raster.name: folder.path / raster.path for raster in results.rasters}
        maps = {name: paths[name] for name in (TODAY, UNDISTURBED) if name in paths}
        missing = [str(path) for path in maps.values() if not path.is_file()]
        if TODAY not in maps or missing:
            raise _gone(species, choice, f"It lacks {', '.join(missing) or 'its map'}.")
        return cls(choice, results, maps)

    @property
    def inputs(self) -> dict[str, object]:
        """What the plan depends on: the run, and the hash of each of its maps."""
        hashes = {name: file_sha256(path) for name, path in self.maps.items()}
        return {"run": self.choice.run_id, **hashes}

    def on_grid(
        self, grid: Grid, control: Control
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], str]:
        """Bring the maps onto a grid.

        Parameters
        ----------
        grid : Grid
            Of the plan.
        control : Control
            Told the progress; may cancel.

        Returns
        -------
        habitat, today : (rows, columns) float64
            Without people and with them, 0 to 1, NaN where unknown; the same where the run
            does not tell of people.
        rule : str
            How they were brought onto the grid, in words.

        Raises
        ------
        LayerReadError
            The run lies wholly outside the grid.
        """
        names = list(self.maps)
        stack = open_covariates(
            [CovariateSource(name, self.maps[name]) for name in names], grid
        )
        values = np.full((len(names), *grid.shape), np.nan)
        with stack.reader() as reader:
            for done, tile in enumerate(stack.plan):
                control.report(done / len(stack.plan))
                rows = slice(tile.row, tile.row + tile.height)
                columns = slice(tile.column, tile.column + tile.width)
                values[:, rows, columns] = reader.read(tile)
        values = np.clip(values, 0.0, 1.0)
        today = values[names.index(TODAY)]
        habitat = values[names.index(UNDISTURBED)] if UNDISTURBED in names else today
        return habitat, today, stack.alignments[0].sentence


def _gone(species: str, choice: Choice, why: str) -> RunError:
    return RunError(
        f"The run {choice.run_id}, chosen as the suitability of {species}, cannot be used: "
        f"{why} Choose another with landbridge suitability choose, or take the choice back "
        "with --forget."
    )
