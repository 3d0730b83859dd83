"""Expert habitat index: response functions of single variables, joined into one value.

References
----------
.. [1] U.S. Fish and Wildlife Service (1981). Standards for the development of habitat
   suitability index models. Ecological Services Manual 103. Washington, D.C.
.. [2] Van Horne, B. and Wiens, J. A. (1991). Forest bird habitat suitability models and the
   development of general habitat models. U.S. Fish and Wildlife Service, Fish and Wildlife
   Research 8.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isclose
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from algorithms.control import NULL_CONTROL, Control

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from algorithms.arrays import FloatArray

Combination: TypeAlias = Literal["geometric", "arithmetic", "minimum"]

_LOGIT_OF_095 = float(np.log(0.95 / 0.05))


def _check_floor(floor: float) -> None:
    if not 0.0 <= floor <= 1.0:
        raise ValueError(f"the floor of a response lies in 0..1, got {floor}")


def _check_no_infinity(values: FloatArray) -> None:
    if np.isinf(values).any():
        raise ValueError("a layer holds infinite values; mark missing cells with NaN")


@dataclass(frozen=True)
class Trapezoid:
    """Rise from 0 at `a` to 1 at `b`, stay 1 until `c`, fall to 0 at `d`; linear between.

    Equal corners make a step, with the value 1 on the corner itself. A corner at minus or
    plus infinity, in pairs, leaves that side open.

    Parameters
    ----------
    a, b, c, d : float
        Corners in the unit of the variable, ``a <= b <= c <= d``, not NaN.
    floor : float
        Least value, 0 to 1: how much is left where the variable alone would exclude.

    Raises
    ------
    ValueError
        The corners are not in order, or a side is open at only one of its corners.
    """

    a: float
    b: float
    c: float
    d: float
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not self.a <= self.b <= self.c <= self.d:
            raise ValueError(
                f"the corners of a trapezoid rise, got {self.a}, {self.b}, {self.c}, {self.d}"
            )
        if np.isinf(self.a) != np.isinf(self.b) or np.isinf(self.c) != np.isinf(self.d):
            raise ValueError("an open side of a trapezoid is infinite at both of its corners")
        _check_floor(self.floor)

    def evaluate(self, values: FloatArray) -> FloatArray:
        """Return the response.

        Parameters
        ----------
        values : (...) float64
            The variable; NaN where missing.

        Returns
        -------
        (...) float64
            `floor` to 1; NaN where `values` is NaN.

        Raises
        ------
        ValueError
            A value is infinite.
        """
        _check_no_infinity(values)
        response = np.ones_like(values, dtype=np.float64)
        _lower_to_ramp(response, values, self.a, self.b)
        _lower_to_ramp(response, -values, -self.d, -self.c)
        response = self.floor + (1.0 - self.floor) * response
        response[np.isnan(values)] = np.nan
        return response


def _lower_to_ramp(
    response: FloatArray, values: FloatArray, zero_at: float, one_at: float
) -> None:
    """Lower `response` in place to the ramp from 0 at `zero_at` to 1 at `one_at`."""
    if np.isinf(one_at):
        return
    below = values < one_at
    span = one_at - zero_at
    risen = np.maximum(values[below], zero_at) - zero_at
    ramp = risen / span if span > 0.0 else np.zeros_like(risen)
    response[below] = np.minimum(response[below], ramp)


@dataclass(frozen=True)
class Sigmoid:
    """Logistic curve through 0.05 at `at_005` and 0.95 at `at_095`; it may fall.

    Parameters
    ----------
    at_005, at_095 : float
        Where the curve has the values 0.05 and 0.95, in the unit of the variable; finite and
        different.
    floor : float
        Least value, 0 to 1.

    Raises
    ------
    ValueError
        The two places are equal to 12 digits, or not finite.
    """

    at_005: float
    at_095: float
    floor: float = 0.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.at_005) and np.isfinite(self.at_095)):
            raise ValueError("the two places of a sigmoid are finite numbers")
        if isclose(self.at_005, self.at_095, rel_tol=1e-12, abs_tol=1e-12):
            raise ValueError(f"the two places of a sigmoid differ, both are {self.at_005}")
        _check_floor(self.floor)

    def evaluate(self, values: FloatArray) -> FloatArray:
        """Return the response.

        Parameters
        ----------
        values : (...) float64
            The variable; NaN where missing.

        Returns
        -------
        (...) float64
            `floor` to 1; NaN where `values` is NaN.

        Raises
        ------
        ValueError
            A value is infinite.
        """
        _check_no_infinity(values)
        midpoint = 0.5 * self.at_005 + 0.5 * self.at_095
        half_width = 0.5 * self.at_095 - 0.5 * self.at_005
        reach = 200.0 * abs(half_width)
        logit = np.clip(values - midpoint, -reach, reach) * (_LOGIT_OF_095 / half_width)
        result: FloatArray = self.floor + (1.0 - self.floor) / (1.0 + np.exp(-logit))
        return result


@dataclass(frozen=True)
class Categories:
    """One value per class code.

    Parameters
    ----------
    of_code : mapping of int to float
        Response of each class, 0 to 1.
    other : float
        Response of a class that is not listed, 0 to 1.

    Raises
    ------
    ValueError
        No class is listed, or a response lies outside 0 to 1.
    """

    of_code: Mapping[int, float]
    other: float = 0.0
    _codes: FloatArray = field(init=False, repr=False, compare=False)
    _responses: FloatArray = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.of_code:
            raise ValueError("a table of categories lists at least one class")
        for code, response in (*self.of_code.items(), ("other", self.other)):
            if not 0.0 <= response <= 1.0:
                raise ValueError(f"the response of class {code} lies in 0..1, got {response}")
        codes = sorted(self.of_code)
        object.__setattr__(self, "_codes", np.asarray(codes, dtype=np.float64))
        responses = np.asarray([self.of_code[code] for code in codes], dtype=np.float64)
        object.__setattr__(self, "_responses", responses)

    def evaluate(self, values: FloatArray) -> FloatArray:
        """Return the response.

        Parameters
        ----------
        values : (...) float64
            Class codes, whole numbers; NaN where missing.

        Returns
        -------
        (...) float64
            0 to 1; NaN where `values` is NaN.

        Raises
        ------
        ValueError
            A value is infinite or not a whole number (a class raster was interpolated).
        """
        _check_no_infinity(values)
        missing = np.isnan(values)
        if (values[~missing] % 1.0 != 0.0).any():
            raise ValueError(
                "class codes are whole numbers; resample class rasters to the nearest cell"
            )
        place = np.minimum(np.searchsorted(self._codes, values), len(self._codes) - 1)
        response = np.where(self._codes[place] == values, self._responses[place], self.other)
        response[missing] = np.nan
        return response


Response: TypeAlias = Trapezoid | Sigmoid | Categories


def expert_index(
    layers: Mapping[str, FloatArray],
    responses: Mapping[str, Response],
    weights: Mapping[str, float],
    *,
    combine: Combination = "geometric",
    control: Control = NULL_CONTROL,
) -> FloatArray:
    r"""Join the responses to several variables into one habitat index.

    With responses :math:`r_i` and weights :math:`w_i` the index is

    - geometric: :math:`\prod_i r_i^{w_i / \sum_j w_j}`, for variables that limit: one that is
      unbearable makes the place unsuitable, whatever the others [1]_;
    - arithmetic: :math:`\sum_i w_i r_i / \sum_j w_j`, where one makes up for another;
    - minimum: :math:`\min_i r_i` over the variables of weight above 0, for the law of the
      minimum [2]_.

    A variable of weight 0 is left out altogether, so that its gaps do not matter.

    Parameters
    ----------
    layers : mapping of str to (...) float64
        Variables on one grid; NaN where missing. More than `responses` names may be given.
    responses : mapping of str to Response
        Response to each variable that counts.
    weights : mapping of str to float
        Weight of each name in `responses`, finite and >= 0, not all 0.
    combine : {"geometric", "arithmetic", "minimum"}
        How the responses are joined.
    control : Control
        Told the share of the variables done; may cancel.

    Returns
    -------
    (...) float64
        Index from 0 (unsuitable) to 1 (as good as it gets); NaN where any needed layer is NaN.

    Raises
    ------
    ValueError
        A layer or weight is missing, shapes differ, a weight is negative or not finite, all
        weights are 0, or `combine` is unknown. The message names the variable.
    """
    used = _check_index_inputs(layers, responses, weights)
    step, start = _combination(combine)
    total = sum(weights[name] for name in used)
    index = np.full(layers[used[0]].shape, start, dtype=np.float64)
    for done, name in enumerate(used):
        control.report(done / len(used))
        try:
            response = responses[name].evaluate(layers[name])
        except ValueError as error:
            raise ValueError(f"variable {name}: {error}") from error
        index = step(index, response, weights[name] / total)
    control.report(1.0)
    return np.clip(index, 0.0, 1.0)


def _combination(
    combine: Combination,
) -> tuple[Callable[[FloatArray, FloatArray, float], FloatArray], float]:
    """Return the step that takes one response in, and the value to start from."""
    if combine == "geometric":
        return lambda index, response, share: index * response**share, 1.0
    if combine == "arithmetic":
        return lambda index, response, share: index + share * response, 0.0
    if combine == "minimum":
        return lambda index, response, _share: np.minimum(index, response), 1.0
    raise ValueError(f"combine is geometric, arithmetic or minimum, got {combine!r}")


def _check_index_inputs(
    layers: Mapping[str, FloatArray],
    responses: Mapping[str, Response],
    weights: Mapping[str, float],
) -> list[str]:
    """Return the names of weight above 0, in the order of `responses`."""
    for name in responses:
        if name not in weights:
            raise ValueError(f"variable {name} has a response but no weight")
        if not (np.isfinite(weights[name]) and weights[name] >= 0.0):
            raise ValueError(f"the weight of {name} is finite and >= 0, got {weights[name]}")
    used = [name for name in responses if weights[name] > 0.0]
    if not used:
        raise ValueError("an expert index needs at least one variable of weight above 0")
    for name in used:
        if name not in layers:
            raise ValueError(f"variable {name} has a response but no layer")
        if layers[name].shape != layers[used[0]].shape:
            raise ValueError(
                f"layer {name} has shape {layers[name].shape}, "
                f"{used[0]} has {layers[used[0]].shape}; bring them to one grid"
            )
    return used


def with_people(index: FloatArray, pressure: FloatArray, response: Response) -> FloatArray:
    """Return the index lowered by what people do: ``index * response(pressure)``.

    The expert index itself knows no people, so the pair of arrays tells what a place would be
    worth if it were left alone, and what it is worth now.

    Parameters
    ----------
    index : (...) float64
        Habitat index without people, 0 to 1; NaN where unknown.
    pressure : (...) float64
        Human pressure, in the unit `response` was set for; NaN where unknown.
    response : Response
        1 where the pressure does not matter, less where it does.

    Returns
    -------
    (...) float64
        0 to 1, never above `index`; NaN where either input is NaN.

    Raises
    ------
    ValueError
        Shapes differ, or the index lies outside 0 to 1.
    """
    if index.shape != pressure.shape:
        raise ValueError(f"the index has shape {index.shape}, the pressure {pressure.shape}")
    if ((index < 0.0) | (index > 1.0)).any():
        raise ValueError("a habitat index lies in 0..1")
    return index * response.evaluate(pressure)
