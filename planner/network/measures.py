"""What a network is measured by: PC, IIC, importance, betweenness, parts and ProtConn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.indicators.network.betweenness import betweenness
from algorithms.indicators.network.equivalent_area import probability_links
from algorithms.indicators.network.importance import removal_importance
from algorithms.indicators.network.links import (
    components,
    link_count,
    shorter_links,
    unit_links,
)
from algorithms.indicators.network.protconn import protconn
from resources.errors import UsageError

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, IntArray
    from algorithms.control import Control
    from algorithms.indicators.network.betweenness import Betweenness
    from algorithms.indicators.network.importance import Importance
    from algorithms.indicators.network.links import Links
    from algorithms.indicators.network.protconn import ProtConn
    from planner.network.inputs import Network

LINKS_RANKED = 100_000
"""Links are ranked by importance up to so many, unless asked for or not."""


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """What the measures depend on beside the network.

    Parameters
    ----------
    distance : float
        Dispersal distance, in the unit of the distances.
    probability : float
        Probability with which it is covered.
    link_distance : float, optional
        Patches no further apart are linked for IIC and betweenness; `distance` by default.
    region_area : float, optional
        Area of the region, in the unit of the areas; with it PC, IIC and ProtConn are given as
        shares of it.
    touching : float
        Protected areas no further apart than this touch.
    rank_links : bool, optional
        Whether links are ranked; by default where they are no more than `LINKS_RANKED`.
    """

    distance: float
    probability: float = 0.5
    link_distance: float | None = None
    region_area: float | None = None
    touching: float = 0.0
    rank_links: bool | None = None

    def __post_init__(self) -> None:
        if not (np.isfinite(self.distance) and self.distance > 0):
            raise UsageError(
                f"--distance {self.distance:g}: the dispersal distance must be above 0, in the "
                "unit of the distances."
            )
        if not 0 < self.probability < 1:
            raise UsageError(
                f"--probability {self.probability:g}: it must lie between 0 and 1, such as 0.5."
            )
        if self.link_distance is not None and not self.link_distance >= 0:
            raise UsageError(f"--link-distance {self.link_distance:g}: it must be 0 or more.")
        if self.region_area is not None and not (
            np.isfinite(self.region_area) and self.region_area > 0
        ):
            raise UsageError(f"--region-area {self.region_area:g}: it must be above 0.")
        if not self.touching >= 0:
            raise UsageError(f"--touching {self.touching:g}: it must be 0 or more.")

    @property
    def linked(self) -> float:
        """Longest link of IIC and betweenness."""
        return self.distance if self.link_distance is None else self.link_distance


@dataclass(frozen=True, slots=True)
class NetworkMeasures:
    """What was measured.

    Parameters
    ----------
    pc, iic : Importance
        Numerators and the loss by each removal.
    unweighted, weighted, probable : Betweenness
        On the links of IIC, by their number and by their distance; on those of PC by
        probability.
    part, linked_part : (n,) int32
        Part of the network of each node, by all links and by those of IIC.
    degree : (n,) int64
        Number of links of IIC.
    protconn : ProtConn, optional
        Of the protected nodes; where the area of the region is not known, of a region that has
        no other land, so that only shares of protected land mean anything. None where no node
        is protected.
    """

    pc: Importance
    iic: Importance
    unweighted: Betweenness
    weighted: Betweenness
    probable: Betweenness
    part: IntArray
    linked_part: IntArray
    degree: IntArray
    protconn: ProtConn | None


def measure_network(
    network: Network, settings: NetworkSettings, *, control: Control = NULL_CONTROL
) -> NetworkMeasures:
    """Measure a network.

    Parameters
    ----------
    network : Network
        Nodes and distances.
    settings : NetworkSettings
        Dispersal and region.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    UsageError
        The protected areas are larger than the region.
    """
    area, links = network.area, network.links
    rank = settings.rank_links
    ranked = link_count(links) <= LINKS_RANKED if rank is None else rank
    reach = probability_links(
        links, reference_distance=settings.distance, probability=settings.probability
    )
    near = shorter_links(links, settings.linked)
    steps = unit_links(near)
    parts = [PartControl(control, at / 10, (at + 1) / 10) for at in range(10)]
    return NetworkMeasures(
        pc=removal_importance(
            reach,
            area,
            area,
            "probability",
            with_links=ranked,
            control=PartControl(control, 0.0, 0.4),
        ),
        iic=removal_importance(
            steps,
            area,
            area,
            "links",
            with_links=ranked,
            control=PartControl(control, 0.4, 0.6),
        ),
        unweighted=betweenness(steps, area, area, "links", control=parts[6]),
        weighted=betweenness(near, area, area, "reach", control=parts[7]),
        probable=betweenness(reach, area, area, "probability", control=parts[8]),
        part=components(links),
        linked_part=components(near),
        degree=np.diff(near.start).astype(np.int32),
        protconn=_protconn(network, settings, parts[9]),
    )


def _protconn(network: Network, settings: NetworkSettings, control: Control) -> ProtConn | None:
    chosen = network.protected
    inside = float(network.area[chosen & ~network.outside].sum())
    region = inside if settings.region_area is None else settings.region_area
    if settings.region_area is None and not (chosen.any() and region > 0):
        return None
    if settings.region_area is not None and inside > settings.region_area * (1 + 1e-9):
        raise UsageError(
            f"--region-area {settings.region_area:g} is less than the {inside:g} of the "
            "protected areas in it. Give both in one unit, and areas that do not overlap."
        )
    return protconn(
        network.area[chosen],
        _among(network.links, chosen),
        region_area=region,
        reference_distance=settings.distance,
        probability=settings.probability,
        outside=network.outside[chosen],
        land=None if network.land is None else network.land[chosen],
        touching=settings.touching,
        control=control,
    )


def _among(links: Links, chosen: BoolArray) -> Links:
    """Keep the links among some nodes, numbered anew."""
    rows = np.repeat(np.arange(len(chosen)), np.diff(links.start))
    kept = chosen[rows] & chosen[links.neighbour]
    number = np.cumsum(chosen) - 1
    start = np.zeros(int(chosen.sum()) + 1, dtype=np.int64)
    np.cumsum(np.bincount(number[rows[kept]], minlength=len(start) - 1), out=start[1:])
    return links._replace(
        start=start,
        neighbour=number[links.neighbour[kept]].astype(np.int32),
        length=links.length[kept],
        number=links.number[kept],
    )
