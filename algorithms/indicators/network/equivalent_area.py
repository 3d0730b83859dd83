"""PC, IIC and the equivalent connected area: how well patches of habitat hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL
from algorithms.indicators.network.links import (
    amounts,
    links_between,
    node_count,
    scaled_links,
    shorter_links,
    square,
    unit_links,
)
from algorithms.indicators.network.worth import connected_amount

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray
    from algorithms.control import Control
    from algorithms.indicators.network.links import Links


def decay_per_length(*, reference_distance: float, probability: float = 0.5) -> float:
    """Return k of the dispersal kernel ``p = exp(-k d)``.

    Parameters
    ----------
    reference_distance : float
        Distance that is covered with `probability`; finite and > 0.
    probability : float
        Above 0 and below 1; 0.5 makes the reference distance the median dispersal distance.

    Raises
    ------
    ValueError
        A value is outside the ranges above.
    """
    if not (np.isfinite(reference_distance) and reference_distance > 0):
        raise ValueError(f"the distance must be finite and > 0, got {reference_distance}")
    if not 0 < probability < 1:
        raise ValueError(f"the probability must lie between 0 and 1, got {probability}")
    return float(-np.log(probability) / reference_distance)


def dispersal_probability(
    distance: FloatArray, *, reference_distance: float, probability: float = 0.5
) -> FloatArray:
    """Return the probability of a direct move over each distance.

    ``p = exp(-k d)``, where k is such that the reference distance has the given probability.

    Parameters
    ----------
    distance : array of float64
        Distances or costs, >= 0; inf means no way.
    reference_distance, probability
        As for `decay_per_length`.

    Raises
    ------
    ValueError
        A value is outside the ranges above.

    References
    ----------
    Saura, S. & Pascual-Hortal, L. (2007). A new habitat availability index to integrate
    connectivity in landscape conservation planning. Landscape and Urban Planning 83, 91-103.
    """
    decay = decay_per_length(reference_distance=reference_distance, probability=probability)
    if not (distance >= 0).all():
        raise ValueError("distances must be >= 0")
    reached: FloatArray = np.exp(-decay * distance)
    return reached


def probability_links(
    links: Links, *, reference_distance: float, probability: float = 0.5
) -> Links:
    """Turn distances into ``-ln p``, whose sum along a path is that of its probability.

    Parameters
    ----------
    links : Links
        Lengths are distances or costs.
    reference_distance, probability
        As for `decay_per_length`.
    """
    return scaled_links(
        links, decay_per_length(reference_distance=reference_distance, probability=probability)
    )


def links_of_probabilities(probability: FloatArray) -> Links:
    """Make links of length ``-ln p`` from the probabilities of direct moves.

    Parameters
    ----------
    probability : (n, n) float64
        Symmetric, 0 to 1; 0 means no link. The diagonal is not read.

    Raises
    ------
    ValueError
        The array is not square or not symmetric, or a value lies outside 0 to 1.
    """
    off = ~np.eye(len(square(probability, "probability")), dtype=np.bool_)
    if not ((probability >= 0) & (probability <= 1))[off].all():
        raise ValueError("a probability must lie between 0 and 1")
    with np.errstate(divide="ignore"):
        length = -np.log(np.where(off, probability, 1.0))
    return links_between(length)


def pc_numerator(area: FloatArray, links: Links, *, control: Control = NULL_CONTROL) -> float:
    """Return the numerator of PC, ``sum_i sum_j a_i a_j p*_ij``, which is EC(PC)².

    Parameters
    ----------
    area : (n,) float64
        Area of each patch, or another amount, finite and >= 0.
    links : Links
        Lengths are ``-ln p`` of direct moves, as `probability_links` makes them; p* is the
        highest product of probabilities along any path.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree or an area is outside its range.

    References
    ----------
    Saura, S. & Pascual-Hortal, L. (2007). As for `dispersal_probability`.
    """
    return connected_amount(links, area, area, "probability", control=control)


def iic_numerator(area: FloatArray, links: Links, *, control: Control = NULL_CONTROL) -> float:
    """Return the numerator of IIC, ``sum_i sum_j a_i a_j / (1 + nl_ij)``, EC(IIC)².

    nl is the least number of links from patch to patch; pairs that no chain of links joins add
    nothing.

    Parameters
    ----------
    area : (n,) float64
        Area of each patch, finite and >= 0.
    links : Links
        Which patches are linked; lengths are not read.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree or an area is outside its range.

    References
    ----------
    Pascual-Hortal, L. & Saura, S. (2006). Comparison and development of new graph-based
    landscape connectivity indices. Landscape Ecology 21, 959-967.
    """
    return connected_amount(unit_links(links), area, area, "links", control=control)


def equivalent_connected_area(
    area: FloatArray, probability: FloatArray, *, control: Control = NULL_CONTROL
) -> float:
    """Return the size of one patch as well connected as the patches together, ECA or EC(PC).

    ``ECA = sqrt(sum_i sum_j a_i a_j p*_ij)`` where p* is the best path probability: from the
    root of the summed squares where no patch reaches another, to the sum where all do.

    Parameters
    ----------
    area : (n,) float64
        Area of each patch, or another amount, finite and >= 0.
    probability : (n, n) float64
        Probability of a direct move, symmetric, 0 to 1, as from `dispersal_probability`.
    control : Control
        Told the progress; may cancel.

    Returns
    -------
    float
        In the unit of `area`; 0 where there is no patch.

    Raises
    ------
    ValueError
        The shapes disagree or a value is outside the ranges above.

    References
    ----------
    Saura, S. & Pascual-Hortal, L. (2007). As for `dispersal_probability`.

    Saura, S., Estreguil, C., Mouton, C. & Rodríguez-Freire, M. (2011). Network analysis to
    assess landscape connectivity trends: application to European forests (1990-2000).
    Ecological Indicators 11, 407-416.
    """
    links = links_of_probabilities(probability)
    return float(
        np.sqrt(pc_numerator(amounts(area, node_count(links)), links, control=control))
    )


def probability_of_connectivity(numerator: float, landscape_area: float) -> float:
    """Return PC or IIC: the numerator as a share of the landscape's squared area.

    PC is the probability that two places anywhere in the landscape are connected.

    Parameters
    ----------
    numerator : float
        From `pc_numerator` or `iic_numerator`.
    landscape_area : float
        Area of the whole landscape, habitat or not, finite and > 0.

    Raises
    ------
    ValueError
        The landscape has no area.
    """
    if not (np.isfinite(landscape_area) and landscape_area > 0):
        raise ValueError(f"the whole area must be finite and > 0, got {landscape_area}")
    return numerator / landscape_area**2


def integral_index_numerator(
    area: FloatArray, distance: FloatArray, *, link_distance: float
) -> float:
    """Return the numerator of IIC for patches that are linked up to a distance.

    Parameters
    ----------
    area : (n,) float64
        Area of each patch, finite and >= 0.
    distance : (n, n) float64
        Distances between patches, symmetric, >= 0.
    link_distance : float
        Patches no further apart than this are linked, >= 0.

    Raises
    ------
    ValueError
        The shapes disagree or a value is outside the ranges above.
    """
    return iic_numerator(area, shorter_links(links_between(distance), link_distance))
