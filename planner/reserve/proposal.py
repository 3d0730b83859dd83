"""What a solution proposes, as it is kept with the run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from planner.reserve.finding_files import Finding, read_finding, write_finding
from planner.reserve.ledger import FeatureGain  # noqa: TC001 - pydantic reads the annotation

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from planner.reserve.run_folder import ReserveRun

FOLDER = "proposals"


class MemberSite(Finding):
    """An existing site with most of its land in a proposal."""

    site_id: str
    name: str
    iso3: str


class CountryPart(Finding):
    """What a proposal is in one country.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3.
    existing_km2 : float
        Land in existing sites.
    added_km2 : float
        Land outside them, `rest_km2` included.
    rest_km2 : float
        What of it lies in units that count as existing because sites cover most of them.
    new_km2 : float
        Area of the units added outside existing sites, as the ledger counts it.
    cost : float
        Cost of the units added.
    """

    iso3: str
    existing_km2: float
    added_km2: float
    rest_km2: float
    new_km2: float
    cost: float


class JoinedSites(Finding):
    """Two sites of different countries that a proposal joins.

    Attributes
    ----------
    site_a, site_b, name_a, name_b, border
        Which, and over which border.
    distance_km : float
        How far apart they are.
    touching : bool
        Whether they adjoin.
    listed : bool
        Whether the project lists them as a pair: documented, or close to each other.
    documented : bool
        Whether a source documents them as adjoining.
    nominal : bool
        Whether the footprint of one is nominal.
    """

    site_a: str
    site_b: str
    name_a: str
    name_b: str
    border: str
    distance_km: float
    touching: bool
    listed: bool
    documented: bool
    nominal: bool


class ConnectedLoss(Finding):
    """How much connected habitat of a species would be lost, as area and share."""

    species: str
    km2: float
    share: float


class Part(Finding):
    """A connected piece of what a proposal adds in one country, and why it is in.

    Attributes
    ----------
    number : int
        From 1, the largest first.
    iso3 : str
        Where it lies.
    units : tuple of int
        Its units.
    area_km2, cost : float
        Outside existing sites; of its units.
    features : tuple of FeatureGain
        What it holds, most of its target first.
    replacement_lower, replacement_upper : float or None
        Proved limits of what it costs to do without it, in the unit of the objective; None
        where no limit is known, and for both where it was not looked at.
    irreplaceable : bool
        Whether it is proved that nothing can replace it.
    rarity : float
        Rarity-weighted richness per km², as a multiple of that of all units.
    connected : tuple of ConnectedLoss
        Connected habitat lost without it.
    corridors : tuple of str
        Corridors of the project that run through it.
    reasons : tuple of str
        All that in sentences.
    """

    number: int
    iso3: str
    units: tuple[int, ...]
    area_km2: float
    cost: float
    features: tuple[FeatureGain, ...]
    replacement_lower: float | None
    replacement_upper: float | None
    irreplaceable: bool
    rarity: float
    connected: tuple[ConnectedLoss, ...]
    corridors: tuple[str, ...]
    reasons: tuple[str, ...]


class Proposal(Finding):
    """A transboundary conservation area that a solution makes.

    Attributes
    ----------
    proposal_id : str
        Unique in the project.
    name, kind : str
        After its largest member in each country; type after IUCN.
    countries : tuple of str
        ISO 3166-1 alpha-3, ascending.
    members : tuple of MemberSite
        The largest first.
    species : tuple of str
        With habitat inside.
    area_km2, added_km2, cost : float
        Of all of it; outside existing sites; of the units added.
    parts_by_country : tuple of CountryPart
        The same by country.
    habitat_km2 : dict of str to float
        Habitat inside, by species.
    pairs : tuple of JoinedSites
        What it joins.
    parts : tuple of Part
        What is added, piece by piece.
    reasons : tuple of str
        Why, in sentences.
    units : tuple of int
        Units added.
    geometry_wkb : str
        Outline, hexadecimal, in the CRS of the project.
    """

    proposal_id: str
    name: str
    kind: str
    countries: tuple[str, ...]
    members: tuple[MemberSite, ...]
    species: tuple[str, ...]
    area_km2: float
    added_km2: float
    cost: float
    parts_by_country: tuple[CountryPart, ...]
    habitat_km2: dict[str, float]
    pairs: tuple[JoinedSites, ...]
    parts: tuple[Part, ...] = ()
    reasons: tuple[str, ...] = ()
    units: tuple[int, ...]
    geometry_wkb: str

    @property
    def new_km2(self) -> float:
        """Land that the countries give: outside sites, and not counted as existing."""
        return sum(part.new_km2 for part in self.parts_by_country)

    @cached_property
    def geometry(self) -> BaseGeometry:
        """Outline in the CRS of the project."""
        return shapely.from_wkb(self.geometry_wkb)


class NationalLand(Finding):
    """Land of a solution in one country that belongs to no transboundary proposal.

    Attributes
    ----------
    iso3 : str
        Where.
    area_km2, cost : float
        Outside existing sites; of the units.
    units : tuple of int
        Units added.
    geometry_wkb : str
        Outline, hexadecimal, in the CRS of the project.
    """

    iso3: str
    area_km2: float
    cost: float
    units: tuple[int, ...]
    geometry_wkb: str

    @cached_property
    def geometry(self) -> BaseGeometry:
        """Outline in the CRS of the project."""
        return shapely.from_wkb(self.geometry_wkb)


class Proposals(Finding):
    """What a solution proposes.

    Attributes
    ----------
    solution : str
        Its name.
    items : tuple of Proposal
        The largest addition first.
    national : tuple of NationalLand
        Land not joined over a border, by country.
    """

    solution: str
    items: tuple[Proposal, ...]
    national: tuple[NationalLand, ...]


def read_proposals(run: ReserveRun, solution: str) -> Proposals | None:
    """Return what a solution proposes, or None where that has not been found yet.

    Raises
    ------
    ReserveRunError
        Its file was altered.
    """
    return read_finding(_path(run, solution), Proposals)


def write_proposals(run: ReserveRun, found: Proposals) -> None:
    """Keep what a solution proposes with the run.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    write_finding(_path(run, found.solution), found)


def _path(run: ReserveRun, solution: str) -> Path:
    return run.file(f"{FOLDER}/{solution}.json")
