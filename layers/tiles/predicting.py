"""What is done with one tile: read the covariates, predict the known cells, fit the types."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from typing_extensions import override

from layers.control import NULL_CONTROL, Control

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from layers.covariates.reading import StackReader
    from layers.tiles.output import OutputSpec
    from layers.tiles.plan import Tile

Predict = "Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]]"

ROWS_AT_ONCE = 65_536
"""Cells that are predicted in one call, so that a cancel need not wait for a whole tile."""


@dataclass(frozen=True, slots=True)
class TileValues:
    """What is written for one tile.

    Parameters
    ----------
    known : int
        Cells known in every covariate.
    values : mapping of str to (rows, columns) array
        Each output in its stored type; empty where no cell is known.
    """

    known: int
    values: Mapping[str, NDArray[np.generic]]


class TilePrediction:
    """Predicts tiles, from several threads at a time where that is safe.

    Parameters
    ----------
    predict : callable
        From (n, covariates) float64, finite, to the values of each output, (n,) float64, NaN
        where there is none. Each row must be predicted by itself alone.
    outputs : mapping of str to OutputSpec
        What is written.
    """

    def __init__(
        self,
        predict: Callable[[NDArray[np.float64]], Mapping[str, NDArray[np.float64]]],
        outputs: Mapping[str, OutputSpec],
    ) -> None:
        self._predict = predict
        self._outputs = dict(outputs)
        self._alone = threading.Lock()
        self._begun = False

    @override
    def __getstate__(self) -> dict[str, Any]:
        """Leave out the lock, which stays in its process."""
        return {"predict": self._predict, "outputs": self._outputs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Begin anew in another process."""
        self.__init__(**state)  # type: ignore[misc]  # on purpose

    def __call__(
        self, reader: StackReader, tile: Tile, control: Control = NULL_CONTROL
    ) -> TileValues:
        """Predict one tile.

        Parameters
        ----------
        reader : StackReader
            The covariates.
        tile : Tile
            What to predict.
        control : Control
            May cancel between covariates and between parts of the tile.

        Raises
        ------
        LayerReadError
            A file cannot be read.
        ValueError
            The predictions are not those of the outputs, or do not fit their types.
        """
        covariates = reader.read(tile, control)
        known: NDArray[np.bool_] = np.logical_not(np.isnan(covariates).any(axis=0))
        count = int(known.sum())
        if count == 0:
            return TileValues(0, {})
        rows = covariates[:, known]
        del covariates
        found = {name: np.empty(count) for name in self._outputs}
        for start in range(0, count, ROWS_AT_ONCE):
            control.report(start / count)
            part = slice(start, start + ROWS_AT_ONCE)
            X = np.ascontiguousarray(rows[:, part].T)  # noqa: N806 - as in scikit-learn
            for name, values in self._checked(X).items():
                found[name][part] = values
        return TileValues(
            count, {name: self._in_tile(name, known, found[name]) for name in self._outputs}
        )

    def _in_tile(
        self, name: str, known: NDArray[np.bool_], found: NDArray[np.float64]
    ) -> NDArray[np.generic]:
        values = np.full(known.shape, np.nan)
        values[known] = found
        return self._outputs[name].stored(values)

    def _checked(self, X: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:  # noqa: N803
        answer = self._predict_safely(X)
        missing = [name for name in self._outputs if name not in answer]
        if missing:
            raise ValueError(
                f"the prediction gives {sorted(answer)}, without {', '.join(missing)}"
            )
        checked = {name: np.asarray(answer[name], dtype=np.float64) for name in self._outputs}
        for name, values in checked.items():
            if values.shape != (X.shape[0],):
                raise ValueError(
                    f"{name}: {X.shape[0]} cells were predicted with shape {values.shape}"
                )
        return checked

    def _predict_safely(self, X: NDArray[np.float64]) -> Mapping[str, NDArray[np.float64]]:  # noqa: N803
        """Predict alone the first time, when code is compiled, and wherever numba asks for it.

        One of numba's ways to run a loop on all cores ends the process when two threads
        start such loops at once.
        """
        if self._begun and _threads_may_meet():
            return self._predict(X)
        with self._alone:
            answer = self._predict(X)
            self._begun = True
            return answer


def _threads_may_meet() -> bool:
    try:
        return bool(vars(numba)["threading_layer"]() != "workqueue")  # typed as private
    except ValueError:  # no loop has run on all cores yet
        return True
