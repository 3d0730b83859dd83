"""The network of patches of land, and how connected a species' habitat in it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import ndimage
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from algorithms.indicators.distances import patch_distances
from algorithms.indicators.network.equivalent_area import pc_numerator, probability_links
from algorithms.indicators.network.links import links_between

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algorithms.indicators.network.links import Links
    from planner.profiles import SpeciesProfile

SMALLEST_PATCH_KM2 = 1.0
"""Patches below this are left out of the networks, an expert value."""


class PatchNetwork(NamedTuple):
    """Patches of land, and the links between them.

    Parameters
    ----------
    label : (rows, columns) int32
        Number of the patch in each cell, 0 outside.
    area_km2 : (n,) float64
        Area of each patch.
    links : Links
        As long as the patches are apart from edge to edge, in km.
    """

    label: NDArray[np.int32]
    area_km2: NDArray[np.float64]
    links: Links


def land_network(land: NDArray[np.bool_], *, cell_m: float) -> PatchNetwork:
    """Find the patches of land, and the links between them.

    Parameters
    ----------
    land : (rows, columns) bool
        Land that counts; cells that touch at a corner hang together.
    cell_m : float
        Side of a cell in metres.
    """
    found, count = ndimage.label(land, structure=np.ones((3, 3)))
    area_km2 = np.bincount(found.ravel(), minlength=count + 1) * (cell_m / 1000.0) ** 2
    keep = area_km2 >= SMALLEST_PATCH_KM2
    keep[0] = False
    number = np.zeros(count + 1, dtype=np.int32)
    number[keep] = np.arange(1, int(keep.sum()) + 1)
    label = number[found]
    distance_m = patch_distances(label, cell_size=cell_m)
    return PatchNetwork(
        label, area_km2[keep].astype(np.float64), links_between(distance_m / 1000.0)
    )


def dispersal_reach(profile: SpeciesProfile) -> tuple[float, float]:
    """Return a distance in km and the probability with which the species covers it.

    The greatest distance read counts as covered by one in twenty, a mean flight by one in two.
    """
    if profile.connectivity == "physical":
        return profile.value("dispersal_max_km").value, 0.05
    return profile.value("single_flight_mean_km").value, 0.5


def reaching_links(network: PatchNetwork, profile: SpeciesProfile) -> Links:
    """Return the links of a network as ``-ln p`` of a species' moves.

    Parameters
    ----------
    network : PatchNetwork
        Patches of the species' habitat.
    profile : SpeciesProfile
        Gives how far it moves.
    """
    reach_km, chance = dispersal_reach(profile)
    return probability_links(network.links, reference_distance=reach_km, probability=chance)


def connected_km2(network: PatchNetwork, profile: SpeciesProfile) -> float:
    """Return the equivalent connected area of a network for a species, km².

    Parameters
    ----------
    network : PatchNetwork
        Patches of the species' habitat.
    profile : SpeciesProfile
        Gives how far it moves.
    """
    return float(np.sqrt(pc_numerator(network.area_km2, reaching_links(network, profile))))


_NODES_AT_ONCE = 512


def reached_km2(network: PatchNetwork, profile: SpeciesProfile) -> NDArray[np.float64]:
    """(n,) float64: the habitat that is reached from each patch, by its best path, km².

    ``r_i = sum_j a_j p*_ij``, its own area among it. ``sum_i a_i r_i`` is the square of the
    equivalent connected area.

    Parameters
    ----------
    network : PatchNetwork
        Patches of the species' habitat.
    profile : SpeciesProfile
        Gives how far it moves.
    """
    links, count = reaching_links(network, profile), network.area_km2.size
    graph = csr_array((links.length, links.neighbour, links.start), shape=(count, count))
    reached = np.zeros(count)
    for first in range(0, count, _NODES_AT_ONCE):
        nodes = np.arange(first, min(first + _NODES_AT_ONCE, count))
        reached[nodes] = np.exp(-dijkstra(graph, indices=nodes)) @ network.area_km2
    return reached


def connected_by_country(
    network: PatchNetwork,
    profile: SpeciesProfile,
    country: NDArray[np.int32],
    codes: Sequence[int],
) -> dict[int, float]:
    """Return what of the connected habitat of a network each country holds, in km⁴.

    With ``a_ic`` the area of patch i in country c and p* the best probability of a path,
    country c holds ``sum_i sum_j a_ic a_j p*_ij``: its habitat, each part with all that is
    reached from it, at home and abroad. The countries add up to the square of the equivalent
    connected area; the root of a country's part is its own equivalent connected area, which
    never falls where habitat is added, whoever adds it.

    Parameters
    ----------
    network : PatchNetwork
        Patches of the species' habitat.
    profile : SpeciesProfile
        Gives how far it moves.
    country : (rows, columns) int32
        Number of the country of each cell.
    codes : sequence of int
        Countries wanted.

    References
    ----------
    Saura, S. & Pascual-Hortal, L. (2007). A new habitat availability index to integrate
    connectivity in landscape conservation planning. Landscape and Urban Planning 83, 91-103.
    """
    reached = reached_km2(network, profile)
    count = network.area_km2.size
    cells = np.bincount(network.label.ravel(), minlength=count + 1)[1:]
    cell_km2 = network.area_km2 / np.maximum(cells, 1)
    held = {}
    for code in codes:
        here = np.bincount(network.label[country == code], minlength=count + 1)[1:]
        held[code] = float((here * cell_km2) @ reached)
    return held
