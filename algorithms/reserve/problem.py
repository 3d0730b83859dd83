"""What is asked of a selection of planning units: the problem, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scipy.sparse import csr_array

    from algorithms.arrays import BoolArray, FloatArray, IntArray

Objective: TypeAlias = Literal[
    "minimum_set",
    "maximum_coverage",
    "maximum_utility",
    "minimum_shortfall",
    "minimum_largest_shortfall",
]
ShareOf: TypeAlias = Literal["area", "cost", "gain"]
Contiguity: TypeAlias = Literal["none", "whole", "complexes"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearConstraint:
    """A sum over the selected units that must stay within limits.

    Attributes
    ----------
    name : str
        What it is, for messages.
    coefficient : (n,) float64
        What each unit adds to the sum, finite.
    lower, upper : float
        Limits of the sum; infinite where there is none.
    """

    name: str
    coefficient: FloatArray
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Redundancy:
    """A feature that is wanted in several separate places.

    Attributes
    ----------
    feature : int
        Row of the feature in `Problem.amount`.
    place : (n,) int32
        Number of the place of each unit, 0 where it lies in none.
    least : float
        Amount of the feature that a place must hold to count, > 0.
    count : int
        Places wanted, >= 1.
    """

    feature: int
    place: IntArray
    least: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A reserve-selection problem over n planning units.

    With x the selection (0 or 1 per unit), the value of every objective carries the same
    penalties, added where it is minimised and taken off where it is maximised:

    ``boundary_penalty * (sum_e edge_length_e |x_i - x_j| + edge_factor * sum_i
    exposed_length_i x_i) + sum_i penalty_i x_i``.

    ``minimum_set``: least cost such that every target is held (and the cost stays within the
    budget, where one is given).
    ``maximum_coverage``: greatest weight of features whose target is held, within the budget.
    ``maximum_utility``: greatest ``sum_f weight_f sum_i amount_fi x_i`` within the budget;
    needs no target.
    ``minimum_shortfall``: least ``sum_f weight_f max(0, 1 - held_f / target_f)`` within the
    budget. ``minimum_largest_shortfall``: least ``max_f weight_f max(0, 1 - held_f /
    target_f)`` within the budget.

    Attributes
    ----------
    cost : (n,) float64
        Cost of each unit, finite and >= 0, in one currency.
    amount : (features, n) sparse float64
        Amount of each feature in each unit, in the unit of `target`. Negative amounts are
        taken as they are: selecting the unit harms the feature.
    target : (features,) float64, optional
        Amount to hold. None only for maximum utility.
    objective : str
        See above.
    budget : float, optional
        Largest cost of the selection, locked-in units included.
    weight : (features,) float64, optional
        Weight of each feature, finite and >= 0; 1 by default.
    locked_in, locked_out : (n,) bool, optional
        Units that must, or must not, be selected.
    edges : (m, 2) int32, optional
        Pairs of units that share a boundary, each pair once.
    edge_length : (m,) float64, optional
        Length of each shared boundary, >= 0; needed where the boundary is penalised.
    exposed_length : (n,) float64, optional
        Length of each unit's boundary that no other unit shares, >= 0.
    boundary_penalty : float
        Cost per length of the boundary of the selection, >= 0.
    edge_factor : float
        Share of the outside edge that counts, 0 to 1.
    penalty : (n,) float64, optional
        Further cost of selecting a unit that is in the objective and not in the budget.
    constraints : tuple of LinearConstraint
        Further sums to keep within limits.
    neighbours : int
        Each selected unit needs so many selected neighbours (along `edges`).
    neighbours_clamped : bool
        Whether a unit with fewer neighbours that are not locked out needs only those.
    contiguous : str
        ``"whole"``: the selection is one connected piece along `edges`. ``"complexes"``: the
        selected units of each complex are.
    complex_label : (n,) int32, optional
        Number of the complex of each unit, 0 where it belongs to none; for ``"complexes"``.
    redundancy : tuple of Redundancy
        Features wanted in several separate places.
    country : (n,) int32, optional
        Code of the country of each unit, >= 0. Needed for shares.
    share_of : str
        What the countries' shares are shares of.
    share_min, share_max : mapping of int to float
        Least and greatest share of each country, 0 to 1, of the selection's sum.
    share_counts_locked_in : bool
        Whether units that are locked in count in the shares.
    area : (n,) float64, optional
        Area of each unit, > 0; needed for shares of area and told in the ledger.
    gain : (n,) float64, optional
        What its country gains by each unit. By default ``sum_f weight_f amount_fi /
        target_f`` over the features with a target > 0.
    max_min_fair : bool
        Make the least share, each divided by its country's entitlement, as great as can be
        (within the budget and the other constraints); of the selections that reach it, take
        the one that is best by the objective.
    fair_slack : float
        With `max_min_fair`: share of the greatest least share that a selection may fall short
        of it, 0 up to 1. The last percent of evenness can cost more than all the rest.
    entitlement : mapping of int to float, optional
        The share that would be just for each country, summing to 1; equal shares by default.
    feature_names : tuple of str
        Names for messages and tables; ``feature 1`` and so on by default.
    """

    cost: FloatArray
    amount: csr_array
    target: FloatArray | None = None
    objective: Objective = "minimum_set"
    budget: float | None = None
    weight: FloatArray | None = None
    locked_in: BoolArray | None = None
    locked_out: BoolArray | None = None
    edges: IntArray | None = None
    edge_length: FloatArray | None = None
    exposed_length: FloatArray | None = None
    boundary_penalty: float = 0.0
    edge_factor: float = 1.0
    penalty: FloatArray | None = None
    constraints: tuple[LinearConstraint, ...] = ()
    neighbours: int = 0
    neighbours_clamped: bool = True
    contiguous: Contiguity = "none"
    complex_label: IntArray | None = None
    redundancy: tuple[Redundancy, ...] = ()
    country: IntArray | None = None
    share_of: ShareOf = "area"
    share_min: Mapping[int, float] = field(default_factory=dict)
    share_max: Mapping[int, float] = field(default_factory=dict)
    share_counts_locked_in: bool = True
    area: FloatArray | None = None
    gain: FloatArray | None = None
    max_min_fair: bool = False
    fair_slack: float = 0.0
    entitlement: Mapping[int, float] | None = None
    feature_names: tuple[str, ...] = ()

    @property
    def n_units(self) -> int:
        """Number of planning units."""
        return int(self.cost.size)

    @property
    def n_features(self) -> int:
        """Number of features."""
        return int(self.amount.shape[0])

    @property
    def maximises(self) -> bool:
        """Whether a greater value of the objective is better."""
        return self.objective in {"maximum_coverage", "maximum_utility"}

    def names(self) -> tuple[str, ...]:
        """Return a name for every feature."""
        return self.feature_names or tuple(f"feature {i + 1}" for i in range(self.n_features))

    def weights(self) -> FloatArray:
        """(features,) float64: the weight of every feature."""
        return np.ones(self.n_features) if self.weight is None else self.weight

    def must(self) -> BoolArray:
        """(n,) bool: units that are locked in."""
        return np.zeros(self.n_units, np.bool_) if self.locked_in is None else self.locked_in

    def may_not(self) -> BoolArray:
        """(n,) bool: units that are locked out."""
        return np.zeros(self.n_units, np.bool_) if self.locked_out is None else self.locked_out

    def edge_cost(self) -> FloatArray:
        """(m,) float64: what it costs that one unit of an edge is selected and one is not."""
        if self.edges is None or self.edge_length is None:
            return np.zeros(0 if self.edges is None else len(self.edges))
        return self.boundary_penalty * self.edge_length

    def unit_penalty(self) -> FloatArray:
        """(n,) float64: the penalties of selecting each unit, apart from shared boundaries."""
        total = np.zeros(self.n_units) if self.penalty is None else self.penalty.copy()
        if self.exposed_length is not None:
            total += self.boundary_penalty * self.edge_factor * self.exposed_length
        return total

    def unit_gain(self) -> FloatArray:
        """(n,) float64: what its country gains by each unit."""
        if self.gain is not None:
            return self.gain
        if self.target is None:
            scale = self.weights()
        else:
            wanted = self.target > 0
            scale = np.zeros(self.n_features)
            scale[wanted] = self.weights()[wanted] / self.target[wanted]
        return np.asarray(scale @ self.amount, dtype=np.float64)

    def share_quantity(self) -> FloatArray:
        """(n,) float64: what the countries' shares are sums of, per unit."""
        if self.share_of == "cost":
            quantity = self.cost
        elif self.share_of == "gain":
            quantity = self.unit_gain()
        elif self.area is None:
            raise ValueError("shares of area need the area of each unit: set area")
        else:
            quantity = self.area
        if self.share_counts_locked_in:
            return quantity
        return np.where(self.must(), 0.0, quantity)
