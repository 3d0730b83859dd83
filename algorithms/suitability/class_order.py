"""Class codes put in the order of how often presences are found in them.

References
----------
.. [1] Wright, M. N. and König, I. R. (2019). Splitting on categorical predictors in random
   forests. PeerJ 7, e6339.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray

_OWN_WEIGHT = 1.0
"""Points' worth of evidence by which each class is drawn to the share of all classes."""


@dataclass(frozen=True, eq=False)
class ClassOrder:
    """Where each class of one variable stands between the poorest in presences and the richest.

    A tree that splits on this order splits the classes into two sets [1]_. A class that was not
    seen stands where a class of the mean share would: it is evidence for nothing.

    Parameters
    ----------
    code : (n_classes,) float64
        Class codes, rising, finite.
    place : (n_classes,) float64
        Place of each class in the order.
    unseen : float
        Place of any other class.

    Raises
    ------
    ValueError
        Lengths differ, there is no class, codes do not rise, or a number is not finite.
    """

    code: FloatArray
    place: FloatArray
    unseen: float

    def __post_init__(self) -> None:
        if self.code.ndim != 1 or self.code.shape != self.place.shape or len(self.code) == 0:
            raise ValueError("an order of classes has one place for each of one or more codes")
        if not (np.isfinite(self.code).all() and (np.diff(self.code) > 0.0).all()):
            raise ValueError("the codes in an order of classes are finite and rise")
        if not (np.isfinite(self.place).all() and np.isfinite(self.unseen)):
            raise ValueError("the places in an order of classes are finite")

    def place_of(self, codes: FloatArray) -> FloatArray:
        """Return the place of each code.

        Parameters
        ----------
        codes : (n,) float64
            Class codes, finite; any number.

        Returns
        -------
        (n,) float64
        """
        at = np.minimum(np.searchsorted(self.code, codes), len(self.code) - 1)
        return np.where(self.code[at] == codes, self.place[at], self.unseen)


def order_classes(codes: FloatArray, presence: BoolArray, weight: FloatArray) -> ClassOrder:
    """Order classes by their share of presences, the background weighing as much as they do.

    Parameters
    ----------
    codes : (n,) float64
        Class of each point.
    presence : (n,) bool
        True at presences, False at background points; some of both.
    weight : (n,) float64
        Weight of each point among its kind, above 0.

    Returns
    -------
    ClassOrder
        Places 0, 1, 2, ...; classes of equal share in the order of their codes.
    """
    code, at = np.unique(codes, return_inverse=True)
    n_presences = float(presence.sum())
    kinds = []
    for kind in (presence, ~presence):
        scaled = np.where(kind, weight, 0.0) * (n_presences / weight[kind].sum())
        kinds.append(np.bincount(at, scaled, minlength=len(code)))
    share = (kinds[0] + 0.5 * _OWN_WEIGHT) / (kinds[0] + kinds[1] + _OWN_WEIGHT)
    rising = np.argsort(share, kind="stable")
    place = np.empty(len(code))
    place[rising] = np.arange(len(code))
    below = int((share < 0.5).sum())
    return ClassOrder(code, place, below - 0.5)


class ClassOrders:
    """Orders of all the columns that hold class codes.

    Parameters
    ----------
    orders : mapping of int to ClassOrder
        By the number of the column.
    """

    def __init__(self, orders: Mapping[int, ClassOrder]) -> None:
        self._orders = dict(orders)

    @classmethod
    def learnt(
        cls,
        categorical: Sequence[int],
        values: FloatArray,
        presence: BoolArray,
        weight: FloatArray,
    ) -> ClassOrders:
        """Order the classes of the columns `categorical`; see `order_classes`."""
        return cls(
            {
                column: order_classes(values[:, column], presence, weight)
                for column in categorical
            }
        )

    def placed(self, values: FloatArray) -> FloatArray:
        """Return values with each class code replaced by its place.

        Parameters
        ----------
        values : (n, p) float64
            Not changed; returned as they are where no column holds classes.
        """
        if not self._orders:
            return values
        placed = values.copy()
        for column, order in self._orders.items():
            placed[:, column] = order.place_of(values[:, column])
        return placed

    def state(self) -> dict[str, NDArray[np.generic]]:
        """Return the orders as arrays by name, for `from_state`."""
        state: dict[str, NDArray[np.generic]] = {}
        for column, order in self._orders.items():
            state[f"class_code_{column}"] = order.code
            state[f"class_place_{column}"] = order.place
            state[f"class_unseen_{column}"] = np.array(order.unseen)
        return state

    @classmethod
    def from_state(
        cls, state: Mapping[str, NDArray[np.generic]], categorical: Sequence[int]
    ) -> ClassOrders:
        """Make orders of stored arrays.

        Raises
        ------
        KeyError
            An array is missing.
        ValueError
            The arrays make no order.
        """
        return cls(
            {
                column: ClassOrder(
                    np.array(state[f"class_code_{column}"], dtype=np.float64),
                    np.array(state[f"class_place_{column}"], dtype=np.float64),
                    float(state[f"class_unseen_{column}"]),
                )
                for column in categorical
            }
        )
