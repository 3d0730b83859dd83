"""How well patches of habitat hang together: PC, IIC, ECA and ProtConn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control


def dispersal_probability(
    distance: FloatArray, *, reference_distance: float, probability: float = 0.5
) -> FloatArray:
    """Return the probability of a direct move over each distance.

    ``p = exp(-k d)``, where k is such that the reference distance has the given probability.

    Parameters
    ----------
    distance : array of float64
        Distances or costs, >= 0; inf means no way.
    reference_distance : float
        Distance, in the same unit, that is covered with `probability`; finite and > 0.
    probability : float
        Above 0 and below 1; 0.5 makes the reference distance the median dispersal distance.

    Raises
    ------
    ValueError
        A value is outside the ranges above.

    References
    ----------
    Saura, S. & Pascual-Hortal, L. (2007). A new habitat availability index to integrate
    connectivity in landscape conservation planning. Landscape and Urban Planning 83, 91-103.
    """
    if not (np.isfinite(reference_distance) and reference_distance > 0):
        raise ValueError(f"the distance must be finite and > 0, got {reference_distance}")
    if not 0 < probability < 1:
        raise ValueError(f"the probability must lie between 0 and 1, got {probability}")
    if not (distance >= 0).all():
        raise ValueError("distances must be >= 0")
    reached: FloatArray = np.exp(np.log(probability) / reference_distance * distance)
    return reached


def best_path_probability(
    probability: FloatArray, *, control: Control = NULL_CONTROL
) -> FloatArray:
    """Return the highest probability of any path between each two patches.

    The probability of a path is the product of those of its moves.

    Parameters
    ----------
    probability : (n, n) float64
        Probability of a direct move, 0 to 1; the diagonal is taken as 1.
    control : Control
        Told the share of patches tried as stepping stones; may cancel.

    Returns
    -------
    (n, n) float64
        Not below the direct probability; 1 on the diagonal.

    Raises
    ------
    ValueError
        The array is not square or a value lies outside 0 to 1.
    """
    best = _square(probability, "probability").copy()
    if not ((best >= 0) & (best <= 1)).all():
        raise ValueError("a probability must lie between 0 and 1")
    np.fill_diagonal(best, 1.0)
    count = len(best)
    for stone in range(count):
        control.report(stone / count)
        np.maximum(best, best[:, stone, None] * best[None, stone, :], out=best)
    control.report(1.0)
    return best


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
        Probability of a direct move, 0 to 1, as from `dispersal_probability`.
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
    amount = _areas(area, probability)
    best = best_path_probability(probability, control=control)
    return float(np.sqrt(amount @ best @ amount))


def probability_of_connectivity(
    area: FloatArray, probability: FloatArray, landscape_area: float
) -> float:
    """Return PC, the probability that two places anywhere in the landscape are connected.

    ``PC = ECA² / landscape_area²``.

    Parameters
    ----------
    area, probability
        As for `equivalent_connected_area`.
    landscape_area : float
        Area of the whole landscape, habitat or not, finite and > 0.

    Raises
    ------
    ValueError
        As for `equivalent_connected_area`, or the landscape has no area.

    References
    ----------
    Saura, S. & Pascual-Hortal, L. (2007). As for `dispersal_probability`.
    """
    _check_whole(landscape_area)
    return (equivalent_connected_area(area, probability) / landscape_area) ** 2


def protconn(area: FloatArray, probability: FloatArray, region_area: float) -> float:
    """Return ProtConn, the percentage of a region that is protected and connected.

    ``ProtConn = 100 ECA / region_area`` with protected areas as patches. Protected areas that
    touch, across a border too, are at distance 0 and so connected with probability 1.

    Parameters
    ----------
    area, probability
        As for `equivalent_connected_area`, of disjoint protected areas.
    region_area : float
        Area of the region, finite and > 0, in the unit of `area`.

    Raises
    ------
    ValueError
        As for `equivalent_connected_area`, or the region has no area.

    References
    ----------
    Saura, S., Bastin, L., Battistella, L., Mandrici, A. & Dubois, G. (2017). Protected areas in
    the world's ecoregions: how well connected are they? Ecological Indicators 76, 144-158.
    """
    _check_whole(region_area)
    return 100 * equivalent_connected_area(area, probability) / region_area


def integral_index_numerator(
    area: FloatArray, distance: FloatArray, *, link_distance: float
) -> float:
    """Return the numerator of the integral index of connectivity, EC(IIC)².

    ``sum_i sum_j a_i a_j / (1 + nl_ij)``, where nl is the least number of links from patch to
    patch; pairs that no chain of links joins add nothing.

    Parameters
    ----------
    area : (n,) float64
        Area of each patch, finite and >= 0.
    distance : (n, n) float64
        Distances between patches, >= 0.
    link_distance : float
        Patches no further apart than this are linked, >= 0.

    Raises
    ------
    ValueError
        The shapes disagree or a value is outside the ranges above.

    References
    ----------
    Pascual-Hortal, L. & Saura, S. (2006). Comparison and development of new graph-based
    landscape connectivity indices. Landscape Ecology 21, 959-967.
    """
    amount = _areas(area, distance)
    if not ((distance >= 0).all() and link_distance >= 0):
        raise ValueError("distances must be >= 0")
    linked = csr_array((distance <= link_distance).astype(np.float64))
    links = shortest_path(linked, unweighted=True, directed=False)
    np.fill_diagonal(links, 0.0)
    return float(amount @ (1 / (1 + links)) @ amount)


def connected_area_by_country(
    area: FloatArray, probability: FloatArray, country: IntArray
) -> dict[int, float]:
    """Return what the equivalent connected area of each country would be on its own.

    Only the patches of the country, and moves between them, count: what lies between these
    and the value for all countries together is what the countries gain from each other.

    Parameters
    ----------
    area, probability
        As for `equivalent_connected_area`.
    country : (n,) int32
        Code of the country of each patch.

    Returns
    -------
    dict of int to float
        Equivalent connected area by country code, ascending.

    Raises
    ------
    ValueError
        As for `equivalent_connected_area`, or `country` is not of the shape of `area`.
    """
    if country.shape != area.shape:
        raise ValueError(f"area has the shape {area.shape}, country has {country.shape}")
    _areas(area, probability)
    found = {}
    for code in np.unique(country):
        own = country == code
        found[int(code)] = equivalent_connected_area(area[own], probability[np.ix_(own, own)])
    return found


def _square(values: FloatArray, name: str) -> FloatArray:
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        raise ValueError(f"{name} must be a square array, got the shape {values.shape}")
    return values


def _areas(area: FloatArray, between: FloatArray) -> FloatArray:
    if area.shape != _square(between, "what lies between patches").shape[:1]:
        raise ValueError(
            f"{area.shape} patches do not fit the {between.shape} values between them"
        )
    if not (np.isfinite(area) & (area >= 0)).all():
        raise ValueError("an area must be finite and >= 0")
    return area


def _check_whole(area: float) -> None:
    if not (np.isfinite(area) and area > 0):
        raise ValueError(f"the whole area must be finite and > 0, got {area}")
