"""The expert index as an estimator, so that it stands beside models that learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.utils.validation import validate_data
from typing_extensions import override

from algorithms.control import NULL_CONTROL, Control
from algorithms.suitability.estimator import PresenceBackgroundEstimator, checked_weight
from algorithms.suitability.expert import (
    Categories,
    Combination,
    Response,
    Sigmoid,
    Trapezoid,
    expert_index,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.suitability.estimator import State

_PIECE = 1 << 18
_COMBINATIONS: tuple[Combination, ...] = ("geometric", "arithmetic", "minimum")


class ExpertIndex(PresenceBackgroundEstimator):
    """Expert index of variables by column: what is known of a species, not what is learnt.

    `fit` checks the settings against the data and learns nothing, so it needs no presences.

    Parameters
    ----------
    responses : mapping of int to Response, optional
        Response to each variable that counts, by the number of its column; at least one.
    weights : mapping of int to float, optional
        Weight of each column in `responses`, finite and >= 0, not all 0. Equal by default.
    combine : {"geometric", "arithmetic", "minimum"}
        How the responses are joined; see `algorithms.suitability.expert.expert_index`.
    categorical : tuple of int
        Columns that hold class codes; their responses are `Categories`, and only theirs.
    random_state : int, optional
        Of no effect: nothing is random here.
    """

    responses_: dict[int, Response]
    weights_: dict[int, float]

    def __init__(
        self,
        responses: Mapping[int, Response] | None = None,
        weights: Mapping[int, float] | None = None,
        combine: Combination = "geometric",
        *,
        categorical: tuple[int, ...] = (),
        random_state: int | None = None,
    ) -> None:
        self.responses = responses
        self.weights = weights
        self.combine = combine
        self.categorical = categorical
        self.random_state = random_state

    @override
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        sample_weight: ArrayLike | None = None,
        control: Control = NULL_CONTROL,
    ) -> Self:
        """Check the settings against the data.

        Parameters
        ----------
        X : (n, p) float64
            Variables at any places, finite, n >= 1; their number is taken from it.
        y : ignored
            Nothing is learnt from it.
        sample_weight : (n,) float64, optional
            Checked, and otherwise of no effect.
        control : Control
            Told that the work is done.

        Returns
        -------
        ExpertIndex
            This index.

        Raises
        ------
        ValueError
            A column does not exist, a weight is wrong, or a kind of response does not fit its
            column. The message names the column.
        """
        values = validate_data(self, X, dtype=np.float64)
        weight = checked_weight(sample_weight, len(values))
        self._check_categorical()
        self._fit(values, np.zeros(len(values), dtype=np.bool_), weight, control=control)
        control.report(1.0)
        return self

    @override
    def _fit(
        self, values: FloatArray, presence: BoolArray, weight: FloatArray, *, control: Control
    ) -> None:
        responses = dict(self.responses or {})
        weights = (
            dict(self.weights) if self.weights is not None else dict.fromkeys(responses, 1.0)
        )
        self._check_columns(responses)
        _index(values[:1], responses, weights, self.combine)
        self.responses_ = responses
        self.weights_ = {column: float(weights[column]) for column in responses}

    def _check_columns(self, responses: Mapping[int, Response]) -> None:
        for column, response in responses.items():
            if not 0 <= column < self.n_features_in_:
                raise ValueError(
                    f"there is a response to column {column}, but there are "
                    f"{self.n_features_in_} variables, counted from 0"
                )
            if isinstance(response, Categories) != (column in self.categorical):
                raise ValueError(
                    f"column {column} needs a response to "
                    f"{'classes' if column in self.categorical else 'numbers'}, as categorical "
                    f"says"
                )

    @override
    def _predict(self, values: FloatArray, control: Control) -> FloatArray:
        answer = np.empty(len(values))
        for start in range(0, len(values), _PIECE):
            control.report(start / len(values))
            piece = values[start : start + _PIECE]
            answer[start : start + _PIECE] = _index(
                piece, self.responses_, self.weights_, self.combine
            )
        control.report(1.0)
        return answer

    @override
    def _state(self) -> State:
        kinds, numbers, sizes = [], [], []
        for response in self.responses_.values():
            kind, parameters = _encoded(response)
            kinds.append(kind)
            numbers.extend(parameters)
            sizes.append(len(parameters))
        return {
            "combine": np.array(self.combine),
            "response_column": np.array(list(self.responses_), dtype=np.int64),
            "response_kind": np.array(kinds),
            "response_size": np.array(sizes, dtype=np.int64),
            "response_number": np.array(numbers, dtype=np.float64),
            "weight": np.array(list(self.weights_.values())),
        }

    @override
    def _restore(self, state: Mapping[str, NDArray[np.generic]]) -> None:
        combine = str(state["combine"])
        found = [known for known in _COMBINATIONS if known == combine]
        if not found:
            raise ValueError(f"there is no combination {combine[:40]!r}")
        columns = [int(column) for column in state["response_column"]]
        kinds = [str(kind) for kind in state["response_kind"]]
        sizes = [int(size) for size in state["response_size"]]
        numbers = [float(number) for number in state["response_number"]]
        weights = [float(weight) for weight in state["weight"]]
        if min(sizes) < 1 or sum(sizes) != len(numbers) or len(set(columns)) < len(columns):
            raise ValueError("the responses do not agree with their parameters")
        ends = np.cumsum(sizes).tolist()
        parameters = [numbers[end - size : end] for end, size in zip(ends, sizes, strict=True)]
        self.combine = found[0]
        self.responses = {
            column: _decoded(kind, each)
            for column, kind, each in zip(columns, kinds, parameters, strict=True)
        }
        self.weights = dict(zip(columns, weights, strict=True))
        self._fit(
            np.zeros((1, self.n_features_in_)),
            np.zeros(1, dtype=np.bool_),
            np.ones(1),
            control=NULL_CONTROL,
        )


def _index(
    values: FloatArray,
    responses: Mapping[int, Response],
    weights: Mapping[int, float],
    combine: Combination,
) -> FloatArray:
    return expert_index(
        {f"column {column}": values[:, column] for column in responses},
        {f"column {column}": response for column, response in responses.items()},
        {f"column {column}": weight for column, weight in weights.items()},
        combine=combine,
    )


def _encoded(response: Response) -> tuple[str, list[float]]:
    """Return the kind of a response and its parameters as numbers."""
    if isinstance(response, Trapezoid):
        return "trapezoid", [response.a, response.b, response.c, response.d, response.floor]
    if isinstance(response, Sigmoid):
        return "sigmoid", [response.at_005, response.at_095, response.floor]
    pairs = [float(part) for pair in response.of_code.items() for part in pair]
    return "categories", [response.other, *pairs]


def _decoded(kind: str, parameters: list[float]) -> Response:
    """Undo `_encoded`; raises ValueError where the parameters make no response."""
    expected = {"trapezoid": 5, "sigmoid": 3}
    if kind in expected and len(parameters) != expected[kind]:
        raise ValueError(f"a {kind} has {expected[kind]} parameters, got {len(parameters)}")
    if kind == "trapezoid":
        return Trapezoid(*parameters)
    if kind == "sigmoid":
        return Sigmoid(*parameters)
    if kind != "categories" or len(parameters) % 2 == 0:
        raise ValueError(f"there is no response {kind[:40]!r} of {len(parameters)} parameters")
    codes, values = parameters[1::2], parameters[2::2]
    if not all(code.is_integer() for code in codes):
        raise ValueError("a class code is a whole number")
    table = {int(code): value for code, value in zip(codes, values, strict=True)}
    return Categories(table, parameters[0])
