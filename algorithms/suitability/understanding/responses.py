"""Response curves: how suitability follows one variable, and how sure that is.

References
----------
.. [1] Friedman, J. H. (2001). Greedy function approximation: a gradient boosting machine.
   Annals of Statistics 29, 1189-1232.
.. [2] Elith, J., Ferrier, S., Huettmann, F. and Leathwick, J. (2005). The evaluation strip: a
   new and robust method for plotting predicted responses from species distribution models.
   Ecological Modelling 186, 280-289.
.. [3] Zurell, D., Elith, J. and Schroder, B. (2012). Predicting to new environments: tools for
   visualizing model behaviour and impacts on mapped distributions. Diversity and Distributions
   18, 628-634.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np

from algorithms.control import NULL_CONTROL, Control, PartControl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from algorithms.arrays import BoolArray, FloatArray

MAXIMUM_ROWS = 500
"""Background points over which a partial response is a mean; more change little and cost."""
MINIMUM_NEAR = 5
"""Points near a value from which the curve counts as borne by data, an expert value."""
NEAR_SHARE = 0.05
"""How far near is, as a share of the range of the data to either side."""
_CHUNK_ROWS = 50_000


@dataclass(frozen=True)
class ResponseSettings:
    """How response curves are made.

    Attributes
    ----------
    rng : Generator
        Draws the background points of partial responses.
    columns : sequence of int, optional
        Variables wanted; all by default.
    categorical : sequence of int
        Columns that hold class codes; their response is given for each class.
    kind : {"partial", "marginal"}
        Partial: the mean prediction over background points with the variable set [1]_, which
        takes all that the model does with the others into account. Marginal: the prediction
        with all other variables at their median (classes at the most frequent) over the
        background [2]_, for one place, which may not exist.
    n_values : int
        Values at which a continuous response is given, >= 2.
    n_rows : int
        Background points of a partial response, 1 to `MAXIMUM_ROWS`; all where there are fewer.
    level : float
        Share of the models within the band, above 0 and below 1.
    limits : mapping of int to tuple of float
        Lowest and highest value to draw a continuous variable at, such as those of the layers
        projected to; by default those of the data.
    """

    rng: np.random.Generator
    columns: Sequence[int] | None = None
    categorical: Sequence[int] = ()
    kind: Literal["partial", "marginal"] = "partial"
    n_values: int = 100
    n_rows: int = MAXIMUM_ROWS
    level: float = 0.9
    limits: Mapping[int, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class ResponseCurve:
    """The response to one variable; arrays have one entry per value.

    Attributes
    ----------
    column : int
        Number of the variable.
    categorical : bool
        True where `values` are class codes.
    values : (k,) float64
        Values of the variable, rising.
    mean : (k,) float64
        Mean response over the models.
    low, high : (k,) float64
        Band that holds the stated share of the models; NaN with one model alone.
    presence_density, background_density : (k,) float64
        How many of the presences and of the background are near: share per unit of the
        variable; for classes the share.
    supported : (k,) bool
        True where the data bear the curve: the value lies within their range and at least
        `MINIMUM_NEAR` points (or all, where there are fewer) are near; for classes, one has it.
        Elsewhere the model extrapolates [3]_, and the curve is to be drawn dashed.
    """

    column: int
    categorical: bool
    values: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray
    presence_density: FloatArray
    background_density: FloatArray
    supported: BoolArray


def response_curves(
    predictors: Sequence[Callable[[FloatArray], FloatArray]],
    values: FloatArray,
    presence: BoolArray,
    settings: ResponseSettings,
    *,
    control: Control = NULL_CONTROL,
) -> tuple[ResponseCurve, ...]:
    """Return the response to each variable, with a band over several models.

    Where variables go together, a curve also shows places that do not exist, such as hot
    summits, and what one model learnt from a variable another may have learnt from its twin.

    Parameters
    ----------
    predictors : sequence of callable
        Each from (n, p) float64 to the (n,) float64 suitability by one model: of a bootstrap,
        of folds or members of an ensemble. At least one.
    values : (m, p) float64
        Variables at presences and background points, finite.
    presence : (m,) bool
        True at presences; there must be background.
    settings : ResponseSettings
        Variables, kind and detail.
    control : Control
        Told the share of the predictions done; may cancel.

    Returns
    -------
    tuple of ResponseCurve
        One per variable, in the order asked for.

    Raises
    ------
    ValueError
        Shapes disagree, a value or prediction is not finite, there is no model or background,
        or a setting is out of range.
    """
    columns = _check(predictors, values, presence, settings)
    rows = _rows(values[~presence], settings)
    curves = []
    for done, column in enumerate(columns):
        part = PartControl(control, done / len(columns), (done + 1) / len(columns))
        curves.append(
            _curve(predictors, rows, _Column(values, presence, column, settings), part)
        )
    control.report(1.0)
    return tuple(curves)


def _rows(background: FloatArray, settings: ResponseSettings) -> FloatArray:
    """Return the places over which a response is a mean."""
    if settings.kind == "marginal":
        typical = np.median(background, axis=0)
        for column in settings.categorical:
            levels, count = np.unique(background[:, column], return_counts=True)
            typical[column] = levels[np.argmax(count)]
        return typical[None, :]
    if len(background) <= settings.n_rows:
        return background
    drawn = settings.rng.choice(len(background), settings.n_rows, replace=False)
    return background[np.sort(drawn)]


class _Column:
    """One variable: where it is drawn, and where the data are."""

    def __init__(
        self, values: FloatArray, presence: BoolArray, column: int, settings: ResponseSettings
    ) -> None:
        self.number = column
        self.level = settings.level
        self.categorical = column in settings.categorical
        known = values[:, column]
        self._at = np.sort(known[presence]), np.sort(known[~presence])
        self._low, self._high = float(known.min()), float(known.max())
        low, high = settings.limits.get(column, (self._low, self._high))
        self._by_level = self.categorical or self._low == self._high
        if self.categorical or low == high:
            self.values = np.unique(known)
        else:
            self.values = np.linspace(low, high, settings.n_values)

    def _near(self, ordered: FloatArray) -> FloatArray:
        """Return how many of some points are near each value."""
        reach = 0.0 if self._by_level else NEAR_SHARE * (self._high - self._low)
        last = np.searchsorted(ordered, self.values + reach, side="right")
        first = np.searchsorted(ordered, self.values - reach, side="left")
        return np.asarray(last - first, dtype=np.float64)

    def densities(self) -> tuple[FloatArray, FloatArray]:
        """Return the density of presences and of background at each value."""
        width = 1.0 if self._by_level else 2.0 * NEAR_SHARE * (self._high - self._low)
        presences, background = (
            self._near(ordered) / (max(1, len(ordered)) * width) for ordered in self._at
        )
        return presences, background

    def supported(self) -> BoolArray:
        """Return where the data bear a curve."""
        near = self._near(self._at[0]) + self._near(self._at[1])
        needed = 1 if self._by_level else min(MINIMUM_NEAR, sum(map(len, self._at)))
        within = (self.values >= self._low) & (self.values <= self._high)
        return within & (near >= needed)


def _curve(
    predictors: Sequence[Callable[[FloatArray], FloatArray]],
    rows: FloatArray,
    column: _Column,
    control: Control,
) -> ResponseCurve:
    every = np.empty((len(predictors), len(column.values)))
    for done, predict in enumerate(predictors):
        part = PartControl(control, done / len(predictors), (done + 1) / len(predictors))
        every[done] = _response(predict, rows, column, part)
    band = np.full((2, len(column.values)), np.nan)
    if len(predictors) > 1:
        tail = 50.0 * (1.0 - column.level)
        band = np.percentile(every, [tail, 100.0 - tail], axis=0)
    presences, background = column.densities()
    return ResponseCurve(
        column=column.number,
        categorical=column.categorical,
        values=column.values,
        mean=every.mean(axis=0),
        low=band[0],
        high=band[1],
        presence_density=presences,
        background_density=background,
        supported=column.supported(),
    )


def _response(
    predict: Callable[[FloatArray], FloatArray],
    rows: FloatArray,
    column: _Column,
    control: Control,
) -> FloatArray:
    """Return the mean prediction over the rows with the variable set to each value."""
    response = np.empty(len(column.values))
    at_once = max(1, _CHUNK_ROWS // len(rows))
    for begun in range(0, len(response), at_once):
        control.report(begun / len(response))
        some = column.values[begun : begun + at_once]
        places = np.tile(rows, (len(some), 1))
        places[:, column.number] = np.repeat(some, len(rows))
        predicted = predict(places)
        if predicted.shape != places.shape[:1] or not np.isfinite(predicted).all():
            raise ValueError(
                f"a model predicts an array of shape {predicted.shape} for {len(places)} "
                f"places, or values that are not finite"
            )
        response[begun : begun + at_once] = predicted.reshape(len(some), -1).mean(axis=1)
    return response


def _check(
    predictors: Sequence[Callable[[FloatArray], FloatArray]],
    values: FloatArray,
    presence: BoolArray,
    settings: ResponseSettings,
) -> Sequence[int]:
    """Check the input and return the columns wanted."""
    if not predictors:
        raise ValueError("response curves need at least one model")
    if values.ndim != 2 or presence.shape != values.shape[:1]:
        raise ValueError(f"values {values.shape} and presence {presence.shape} do not agree")
    if presence.all():
        raise ValueError("response curves need background points")
    if not np.isfinite(values).all():
        raise ValueError("a value is not finite; leave such points out")
    if settings.n_values < 2 or not 1 <= settings.n_rows <= MAXIMUM_ROWS:
        raise ValueError(f"curves need 2 values or more and 1 to {MAXIMUM_ROWS} rows")
    if settings.kind not in ("partial", "marginal") or not 0.0 < settings.level < 1.0:
        raise ValueError("kind is partial or marginal, the level above 0 and below 1")
    n_columns = values.shape[1]
    columns = range(n_columns) if settings.columns is None else settings.columns
    if any(not 0 <= i < n_columns for i in (*columns, *settings.categorical, *settings.limits)):
        raise ValueError(f"a column number is out of range; there are {n_columns} columns")
    for column, (low, high) in settings.limits.items():
        if not (np.isfinite(low) and np.isfinite(high) and low < high):
            raise ValueError(f"limits of column {column} are finite and rising: {low}, {high}")
    return columns
