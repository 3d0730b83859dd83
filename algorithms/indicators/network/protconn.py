"""ProtConn: how much of a region is protected and connected, and by which ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.indicators.network.equivalent_area import pc_numerator, probability_links
from algorithms.indicators.network.links import (
    amounts,
    components,
    listed_links,
    node_count,
    shorter_links,
)

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.indicators.network.links import Links


@dataclass(frozen=True, slots=True)
class ProtConn:
    """Protected connected land of a region and its fractions.

    Parameters
    ----------
    prot : float
        Protected land, % of the region.
    protconn : float
        Protected connected land, % of the region: ``100 EC / region``.
    within, contig, unprot, trans : float
        How protected land is connected, % of `protconn`, together 100: inside one protected
        area; over protected areas that touch; over unprotected land of the region; over
        protected areas outside it.
    bound : float or None
        ``prot - unconnected_by_design``: what separates protected areas and cannot be changed
        by the region (sea, foreign land) is not held against it. None where the region's
        pieces of land were not given.
    unconnected_by_design : float or None
        Protected land that stays unconnected although unprotected land of the region could
        connect it, % of the region.
    """

    prot: float
    protconn: float
    within: float
    contig: float
    unprot: float
    trans: float
    bound: float | None = None
    unconnected_by_design: float | None = None

    @property
    def protunconn(self) -> float:
        """Protected land that is not connected, % of the region."""
        return self.prot - self.protconn

    @property
    def relconn(self) -> float:
        """Share of the protected land that is connected, %; 0 where none is protected."""
        return 100 * self.protconn / self.prot if self.prot > 0 else 0.0

    @property
    def protected(self) -> float:
        """ProtConn[Prot]: connected over protected land of the region, % of `protconn`."""
        return self.within + self.contig


def protconn(  # noqa: PLR0913 - the parts of one region; a class of them would only pass them on
    area: FloatArray,
    links: Links,
    *,
    region_area: float,
    reference_distance: float,
    probability: float = 0.5,
    outside: BoolArray | None = None,
    land: IntArray | None = None,
    touching: float = 0.0,
    control: Control = NULL_CONTROL,
) -> ProtConn:
    """Measure ProtConn and its fractions.

    Protected areas that touch, across a border too, are at distance 0 and so connected with
    probability 1. With ``EC(N)`` the equivalent connected area over the protected areas N:
    ProtConn = 100 EC(all) / region; Within = sqrt(sum a²) / EC; Prot = EC over touching areas
    only / EC; Contig = Prot - Within; Trans = (EC - EC without those outside) / EC; Unprot is
    the rest.

    Parameters
    ----------
    area : (n,) float64
        Area of each protected area inside the region, disjoint, finite and >= 0; that of those
        outside is not read and counts as 0.
    links : Links
        Lengths are the distances between protected areas, >= 0, edge to edge.
    region_area : float
        Area of the region, finite and > 0, in the unit of `area`.
    reference_distance, probability
        As for `dispersal_probability`.
    outside : (n,) bool, optional
        Protected areas outside the region: stepping stones with no area of their own.
    land : (n,) int32, optional
        Piece of the region's land that each protected area lies on, >= 0; -1 for those outside.
        Needed for `ProtConn.bound`.
    touching : float
        Protected areas no further apart than this touch, >= 0.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    ValueError
        The shapes disagree, a value is outside the ranges above, or the protected areas
        together are larger than the region.

    References
    ----------
    Saura, S., Bastin, L., Battistella, L., Mandrici, A. & Dubois, G. (2017). Protected areas in
    the world's ecoregions: how well connected are they? Ecological Indicators 76, 144-158.

    Saura, S., Bertzky, B., Bastin, L., Battistella, L., Mandrici, A. & Dubois, G. (2018).
    Protected area connectivity: shortfalls in global targets and country-level priorities.
    Biological Conservation 219, 53-67.

    Saura, S., Bertzky, B., Bastin, L., Battistella, L., Mandrici, A. & Dubois, G. (2019).
    Global trends in protected area connectivity from 2010 to 2018. Journal of Environmental
    Management 238, 183-191.
    """
    count = node_count(links)
    inside = np.ones(count, dtype=np.bool_) if outside is None else ~outside
    _check(inside, land, touching, count)
    own = np.where(inside, amounts(area, count), 0.0)
    whole = _checked_region(region_area, float(own.sum()))
    reach = probability_links(
        links, reference_distance=reference_distance, probability=probability
    )
    connected = np.sqrt(pc_numerator(own, reach, control=PartControl(control, 0.0, 0.4)))
    home = _kept(links, inside)
    without = (
        connected
        if inside.all()
        else np.sqrt(
            pc_numerator(own, _kept(reach, inside), control=PartControl(control, 0.4, 0.7))
        )
    )
    cluster = components(shorter_links(home, touching))
    single = float(np.sqrt((own**2).sum()))
    touched = float(np.sqrt((np.bincount(cluster, weights=own) ** 2).sum())) if count else 0.0
    share = 100.0 / connected if connected > 0 else 0.0
    design = None
    if land is not None:
        free = _over_land(reach, land)
        padded = np.concatenate([own, np.zeros(node_count(free) - count)])
        designed = np.sqrt(pc_numerator(padded, free, control=PartControl(control, 0.7, 1.0)))
        design = float(100 * max(designed - connected, 0.0) / whole)
    prot = float(100 * own.sum() / whole)
    return ProtConn(
        prot=prot,
        protconn=float(100 * connected / whole),
        within=single * share,
        contig=(touched - single) * share,
        unprot=float(max(without - touched, 0.0) * share),
        trans=float(max(connected - without, 0.0) * share),
        bound=None if design is None else prot - design,
        unconnected_by_design=design,
    )


def _check(inside: BoolArray, land: IntArray | None, touching: float, count: int) -> None:
    if inside.shape != (count,):
        raise ValueError(f"outside has the shape {inside.shape}, but there are {count} sites")
    if not touching >= 0:
        raise ValueError(f"the distance of touching sites must be >= 0, got {touching}")
    if land is not None:
        if land.shape != (count,):
            raise ValueError(f"land has the shape {land.shape}, but there are {count} sites")
        if ((land >= 0) != inside).any():
            raise ValueError("land must be >= 0 inside the region and -1 outside")


def _checked_region(region_area: float, protected: float) -> float:
    if not (np.isfinite(region_area) and region_area > 0):
        raise ValueError(f"the whole area must be finite and > 0, got {region_area}")
    if protected > region_area * (1 + 1e-9):
        raise ValueError(
            f"the protected areas have {protected:g} and the region only {region_area:g}"
        )
    return region_area


def _ends(links: Links) -> tuple[IntArray, IntArray, FloatArray]:
    """List every link once, in the order of its row at the lower end."""
    rows = np.repeat(np.arange(node_count(links), dtype=np.int32), np.diff(links.start))
    once = rows < links.neighbour
    return rows[once], links.neighbour[once], links.length[once]


def _kept(links: Links, node: BoolArray) -> Links:
    """Take away the links of nodes that do not count."""
    first, second, length = _ends(links)
    both = node[first] & node[second]
    return listed_links(node_count(links), first[both], second[both], length[both])


def _over_land(links: Links, land: IntArray) -> Links:
    """Let every piece of land join the sites on it, at no distance, over a node of its own."""
    first, second, length = _ends(links)
    count = node_count(links)
    on_land = np.flatnonzero(land >= 0).astype(np.int32)
    _, piece = np.unique(land[on_land], return_inverse=True)
    pieces = int(piece.max()) + 1 if len(piece) else 0
    return listed_links(
        count + pieces,
        np.concatenate([first, on_land]),
        np.concatenate([second, (count + piece).astype(np.int32)]),
        np.concatenate([length, np.zeros(len(on_land))]),
    )
