"""Where a selection stands by Marxan's measures: score, boundary, missing values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from planner.marxan.spatial import clumped, separations

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.marxan.problem import Posed

ROUNDING = 1e-9
"""Share of a target below which what is missing is rounding of the sum."""

Met = Literal["yes", "no", ""]


@dataclass(frozen=True, slots=True, eq=False)
class Connections:
    """How connections stand to a selection: all, inside it, across its edge, outside.

    Attributes
    ----------
    inside, edge, outside : float
        Sums of lengths.
    """

    inside: float = 0.0
    edge: float = 0.0
    outside: float = 0.0

    @property
    def total(self) -> float:
        """All of them."""
        return self.inside + self.edge + self.outside

    @property
    def share_inside(self) -> float:
        """Share of those inside; 0 where there are none."""
        return self.inside / self.total if self.total > 0 else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A selection by Marxan's measures.

    Attributes
    ----------
    selected : (n,) bool
        The selection.
    cost : float
        Sum of its costs.
    boundary : float
        Its boundary, before the BLM.
    connections : Connections
        What that boundary is part of.
    penalty : float
        Charge for missed targets; 0 where targets are kept.
    score : float
        ``cost + BLM * boundary + penalty``.
    held : (features,) float64
        Amount of each feature.
    occurrences : (features,) int32
        Selected units with each feature.
    separations : (features,) int32
        Occurrences that lie apart, where that is asked.
    in_clumps : (features,) float64
        Amount in clumps that are large enough.
    least_share : (features,) float64
        The smaller of the shares of both targets, at most 1 (MPM).
    met : tuple of str
        ``yes`` or ``no`` by the MISSLEVEL; empty where nothing is asked.
    shortfall : float
        Sum of what is missing, amounts and occurrences.
    """

    selected: BoolArray
    cost: float
    boundary: float
    connections: Connections
    penalty: float
    score: float
    held: FloatArray
    occurrences: IntArray
    separations: IntArray
    in_clumps: FloatArray
    least_share: FloatArray
    met: tuple[Met, ...]
    shortfall: float

    @property
    def missing(self) -> int:
        """Features with a target that is not met."""
        return self.met.count("no")


def standing(posed: Posed, selected: BoolArray) -> Standing:
    """Measure a selection as Marxan does.

    Parameters
    ----------
    posed : Posed
        The problem.
    selected : (n,) bool
        The selection.

    Returns
    -------
    Standing
    """
    folder, features = posed.folder, posed.folder.features
    taken = selected.astype(np.float64)
    held = np.asarray(folder.amount @ taken, dtype=np.float64)
    occurrences = np.asarray(folder.occurrences() @ taken).round().astype(np.int32)
    reached = np.stack(
        (_share(held, features.target), _share(occurrences, features.occurrences))
    )
    share = np.minimum(reached, 1.0)
    asked = np.stack((features.target > 0, features.occurrences > 0))
    missing = np.where(asked, 1.0 - share, 0.0)
    missed = missing.sum(axis=0) / np.maximum(asked.sum(axis=0), 1)
    penalty = 0.0 if posed.charge is None else float(posed.charge @ missed)
    cost = float(folder.units.cost[selected].sum())
    boundary = 0.0 if folder.boundary is None else folder.boundary.of(selected)
    least = np.where(asked, share, 1.0).min(axis=0)
    short = missing * np.stack((features.target, features.occurrences))
    return Standing(
        selected=selected,
        cost=cost,
        boundary=boundary,
        connections=_connections(posed, selected),
        penalty=penalty,
        score=cost + folder.parameters.boundary_modifier * boundary + penalty,
        held=held,
        occurrences=occurrences,
        separations=separations(folder, selected),
        in_clumps=clumped(folder, selected),
        least_share=least,
        met=_met(asked, reached, folder.parameters.miss_level),
        shortfall=float(short.sum()),
    )


def _share(held: FloatArray | IntArray, target: FloatArray) -> FloatArray:
    """(features,) float64: share of a target that is held; inf where there is no target."""
    wanted = target > 0
    share = np.full(len(target), np.inf)
    share[wanted] = held[wanted] / target[wanted]
    share[(share < 1.0) & (share >= 1.0 - ROUNDING)] = 1.0
    return share


def _met(asked: BoolArray, reached: FloatArray, level: float) -> tuple[Met, ...]:
    told: list[Met] = []
    for column in range(asked.shape[1]):
        if not asked[:, column].any():
            told.append("")
        else:
            enough = (reached[:, column] >= level * (1.0 - ROUNDING)).all()
            told.append("yes" if enough else "no")
    return tuple(told)


def _connections(posed: Posed, selected: BoolArray) -> Connections:
    boundary = posed.folder.boundary
    if boundary is None:
        return Connections()
    double = 2.0 if posed.folder.parameters.asymmetric else 1.0
    length = double * boundary.length
    ends = selected[boundary.edges].sum(axis=1)
    return Connections(
        inside=float(length[ends == 2].sum()),
        edge=float(length[ends == 1].sum() + boundary.exposed[selected].sum()),
        outside=float(length[ends == 0].sum() + boundary.exposed[~selected].sum()),
    )
