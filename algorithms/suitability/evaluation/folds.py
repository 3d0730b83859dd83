"""Folds: which points are kept from a model, to be rated by it afterwards.

References
----------
.. [1] Roberts, D. R. et al. (2017). Cross-validation strategies for data with temporal,
   spatial, hierarchical, or phylogenetic structure. Ecography 40, 913-929.
.. [2] Wenger, S. J. and Olden, J. D. (2012). Assessing transferability of ecological models: an
   underappreciated aspect of statistical validation. Methods in Ecology and Evolution 3,
   260-267.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from algorithms.suitability.evaluation.ratings import UnevaluableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray


def random_folds(
    presence: BoolArray, *, n_folds: int = 5, rng: np.random.Generator
) -> IntArray:
    """Deal points out to folds at random, presences and background each as even as possible.

    Near points resemble each other, so that the folds tell how well a model fills gaps between
    the points it knows, and nothing of places further away [1]_.

    Parameters
    ----------
    presence : (n,) bool
        True at presences.
    n_folds : int
        Number of folds wanted, >= 2; fewer where there are fewer presences.
    rng : Generator
        Source of randomness.

    Returns
    -------
    (n,) int32
        Fold of each point, 0 to the number of folds less 1; every fold holds presences.

    Raises
    ------
    UnevaluableError
        There are fewer than two presences.
    ValueError
        `presence` is not a list, or `n_folds` is below 2.
    """
    if presence.ndim != 1 or n_folds < 2:
        raise ValueError("presence is one list, and there are 2 folds or more")
    n_folds = min(n_folds, int(presence.sum()))
    if n_folds < 2:
        raise UnevaluableError(
            f"{int(presence.sum())} presence is too few to learn from one and test on another. "
            f"Import more localities."
        )
    fold = np.zeros(len(presence), dtype=np.int32)
    for kind in (presence, ~presence):
        dealt = np.arange(int(kind.sum()), dtype=np.int32) % n_folds
        fold[kind] = rng.permutation(dealt)
    return fold


def spatial_folds(
    x: FloatArray,
    y: FloatArray,
    presence: BoolArray,
    *,
    block_size: float,
    n_folds: int = 5,
    rng: np.random.Generator,
) -> IntArray:
    """Deal square blocks of points out to folds, with presences in each as even as possible.

    Near points resemble each other; a model tested on neighbours of what it learnt looks better
    than it is [1]_. Blocks are dealt from the one with most presences to the one with fewest,
    equal ones in random order, each to the fold that has the fewest presences so far, then the
    fewest points. Blocks without presences go to the fold with the fewest points, so that
    every fold is rated against a background of its own.

    Parameters
    ----------
    x, y : (n,) float64
        Places in the unit of `block_size`, finite; metres in an equal-area system.
    presence : (n,) bool
        True at presences.
    block_size : float
        Side of a block, > 0; larger than the reach of spatial autocorrelation.
    n_folds : int
        Number of folds wanted, >= 2; fewer where fewer blocks hold a presence.
    rng : Generator
        Breaks ties.

    Returns
    -------
    (n,) int32
        Fold of each point, 0 to the number of folds less 1; every fold holds presences.

    Raises
    ------
    UnevaluableError
        All presences lie in one block.
    ValueError
        Shapes disagree, a place is not finite, or a parameter is out of range.
    """
    if x.ndim != 1 or x.shape != y.shape or x.shape != presence.shape:
        raise ValueError(f"x {x.shape}, y {y.shape} and presence {presence.shape} do not agree")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("a place is not finite")
    if not (np.isfinite(block_size) and block_size > 0.0) or n_folds < 2:
        raise ValueError("block_size is finite and above 0, and there are 2 folds or more")
    cell = np.floor(np.column_stack([x, y]) / block_size)
    block = np.unique(cell, axis=0, return_inverse=True)[1].ravel()
    presences_in = np.bincount(block, weights=presence)
    points_in = np.bincount(block)
    n_folds = min(n_folds, int((presences_in > 0).sum()))
    if n_folds < 2:
        raise UnevaluableError(
            f"All presences lie within one block of {block_size:g}, so the model cannot be "
            f"tested in one place after learning in another. Use smaller blocks or more data."
        )
    order = np.lexsort([rng.random(len(points_in)), -presences_in])
    fold_of_block = np.zeros(len(points_in), dtype=np.int32)
    held = np.zeros((n_folds, 2))
    for number in order:
        by_points = presences_in[number] == 0
        fold = min(
            range(n_folds),
            key=lambda i: (held[i, 1],) if by_points else (held[i, 0], held[i, 1]),
        )
        fold_of_block[number] = fold
        held[fold] += presences_in[number], points_in[number]
    return fold_of_block[block]


class GroupFolds(NamedTuple):
    """One fold per group.

    Attributes
    ----------
    fold : (n,) int32
        Fold of each point, 0 to the number of groups less 1.
    names : tuple of str
        Name of the group of each fold, in the order of the fold numbers.
    """

    fold: IntArray
    names: tuple[str, ...]


def group_folds(
    group: NDArray[np.str_] | NDArray[np.integer], presence: BoolArray
) -> GroupFolds:
    """Make each group a fold, as in leave-one-country-out.

    It asks the hardest question: does a model that never saw a country hold there [2]_?
    A group without presences is a fold too: its points are rated by the model without them,
    and `cross_validate` says why it has no figures.

    Parameters
    ----------
    group : (n,) str or int
        Group of each point, such as the code of its country.
    presence : (n,) bool
        True at presences.

    Returns
    -------
    GroupFolds
        Folds in the order of the sorted group names.

    Raises
    ------
    UnevaluableError
        Presences lie in one group alone, or in none.
    ValueError
        Shapes disagree.
    """
    if group.ndim != 1 or group.shape != presence.shape:
        raise ValueError(f"group {group.shape} and presence {presence.shape} do not agree")
    names, fold = np.unique(group, return_inverse=True)
    held = np.unique(group[presence])
    if len(held) == 0:
        raise UnevaluableError("There is no presence, so no group can be tested.")
    if len(held) == 1:
        raise UnevaluableError(
            f"All presences lie in one group ({held[0]}), so the model cannot learn in one and "
            f"be tested in another. Import localities of another, or use spatial blocks."
        )
    return GroupFolds(fold.ravel().astype(np.int32), tuple(str(name) for name in names))
