"""What the catalogue knows of one protected area, and how sure it is of each field."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping

SPECIES_IDS = (
    "amur-tiger",
    "amur-leopard",
    "snow-leopard",
    "black-faced-spoonbill",
    "white-naped-crane",
    "hooded-crane",
    "red-crowned-crane",
)
"""The six flagship species, and the red-crowned crane, which the sources list beside them."""

_ISO3_TEXT = """
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA
    BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN
    CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU
    EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB
    GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL
    ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO
    LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR
    MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER
    PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM
    SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK
    TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM
    VUT WLF WSM YEM ZAF ZMB ZWE
"""
ISO3_CODES = frozenset(_ISO3_TEXT.split())
"""Country codes of ISO 3166-1 alpha-3."""

COUNTRY_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "CHN": "China",
        "JPN": "Japan",
        "KAZ": "Kazakhstan",
        "KOR": "Republic of Korea",
        "MNG": "Mongolia",
        "PRK": "DPRK",
        "RUS": "Russian Federation",
    }
)
"""ISO 3166-1 alpha-3 code to the name used in tables."""


class DesignationClass(StrEnum):
    """Kinds of protected area, the same over all countries.

    The designation as published stays in `Site.designation`; this is its class.
    """

    STRICT_NATURE_RESERVE = "strict-nature-reserve"
    NATIONAL_NATURE_RESERVE = "national-nature-reserve"
    NATURE_RESERVE = "nature-reserve"
    NATIONAL_PARK = "national-park"
    NATURE_PARK = "nature-park"
    WILDLIFE_REFUGE = "wildlife-refuge"
    MIGRATORY_BIRD_RESERVE = "migratory-bird-reserve"
    NATURAL_MONUMENT = "natural-monument"
    FOREST_PARK = "forest-park"
    WETLAND_PARK = "wetland-park"
    WETLAND_PROTECTED_AREA = "wetland-protected-area"
    TRANSBOUNDARY = "transboundary-protected-area"
    BIOSPHERE_RESERVE = "biosphere-reserve"
    RAMSAR_SITE = "ramsar-site"
    WORLD_HERITAGE_SITE = "world-heritage-site"
    IMPORTANT_BIRD_AREA = "important-bird-area"
    FLYWAY_NETWORK_SITE = "flyway-network-site"
    SPECIES_HABITAT = "species-habitat"
    DE_FACTO_REFUGE = "de-facto-refuge"


RECOGNISED_ONLY = frozenset(
    {
        DesignationClass.IMPORTANT_BIRD_AREA,
        DesignationClass.FLYWAY_NETWORK_SITE,
        DesignationClass.SPECIES_HABITAT,
        DesignationClass.DE_FACTO_REFUGE,
    }
)
"""Classes that name the worth of a place and protect nothing by law."""


class Relation(StrEnum):
    """Where a site stands to a border, as published.

    `ON`: it reaches the border. `NEAR`: in the border zone, not on the line. `INLAND`: away
    from every border, coasts included. `FLYWAY`: away from every border, listed because
    migrants tie it to border sites.
    """

    ON = "on"
    NEAR = "near"
    INLAND = "inland"
    FLYWAY = "flyway"


class State(StrEnum):
    """Whether the site stands today, as far as the sources tell."""

    ACTIVE = "active"
    MERGED = "merged"
    MERGED_IN_PART = "merged-in-part"
    PLANNED = "planned"
    UNVERIFIED = "unverified"
    SPLIT = "split"
    NOT_A_PROTECTED_AREA = "not-a-protected-area"


class Status(StrEnum):
    """How a value came into the catalogue.

    `READ`: in the named source. `CONFLICT`: sources disagree, or disagree with measurement;
    one entry per published value, the first is the one used. `RECALLED`: from memory, no
    source read. `JUDGED`: derived or decided by the compiler. `UNVERIFIED`: not checked.
    """

    READ = "read"
    CONFLICT = "conflict"
    RECALLED = "recalled"
    JUDGED = "judged"
    UNVERIFIED = "unverified"


class Realm(StrEnum):
    """Whether the site lies on land (coasts and wetlands included) or in the sea."""

    LAND = "land"
    MARINE = "marine"


@dataclass(frozen=True, slots=True)
class BorderRelation:
    """A site's relation to one border.

    Parameters
    ----------
    pair : str
        Two ISO3 codes in alphabetical order, such as ``"CHN-RUS"``; empty where a site is
        inland or on the flyway and no border is named.
    relation : Relation
        Where the site stands to that border.
    """

    pair: str
    relation: Relation

    @override
    def __str__(self) -> str:
        return f"{self.pair} ({self.relation})" if self.pair else self.relation.value


@dataclass(frozen=True, slots=True)
class FieldProvenance:
    """Where one value of one field comes from.

    Parameters
    ----------
    status : Status
        How the value came into the catalogue.
    value : str
        The value as written in the provenance file.
    source : str
        Publication, web page or measurement.
    note : str
        What the compiler remarked; may be empty.
    """

    status: Status
    value: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Site:
    """A protected area of the catalogue. What no source says is empty or None.

    Parameters
    ----------
    site_id : str
        Stable identifier of lower-case letters, digits and hyphens.
    name_en, name_local : str
        Name in English and in the language of the country; the latter may be empty.
    countries : tuple of str
        ISO 3166-1 alpha-3 codes in alphabetical order; more than one for a shared area.
    designation_class : DesignationClass
        Main class; `labels` holds further designations of the same ground in the same row.
    designation : str
        Designation as published.
    realm : Realm
        Land or sea.
    lat, lon : float or None
        Point of the site in degrees (EPSG:4326), both or neither.
    area_km2 : float or None
        Reported area, > 0.
    year : int or None
        Year of first designation.
    iucn : str
        IUCN category, or empty.
    borders : tuple of BorderRelation
        Relations to borders; `border_text` is what was published.
    adjoining : tuple of str
        Site ids documented as adjoining; `adjoining_text` holds names without a row.
    species : tuple of str
        Ids out of `SPECIES_IDS`.
    same_area_as, part_of, replaced_by : tuple of str
        Other designations of the same ground, wholly or in the main; larger sites that hold
        this one; sites that took its place.
    state : State
        Whether it stands today.
    confidence : str
        ``"high"``, ``"medium"`` or ``"low"``, for the row as a whole.
    source : str
        Sources of the row as a whole.
    provenance : mapping of str to tuple of FieldProvenance
        Per field name: every published value, the one in use first.
    """

    site_id: str
    name_en: str
    countries: tuple[str, ...]
    designation_class: DesignationClass
    state: State = State.ACTIVE
    name_local: str = ""
    labels: tuple[DesignationClass, ...] = ()
    designation: str = ""
    realm: Realm = Realm.LAND
    lat: float | None = None
    lon: float | None = None
    area_km2: float | None = None
    year: int | None = None
    iucn: str = ""
    borders: tuple[BorderRelation, ...] = ()
    border_text: str = ""
    adjoining: tuple[str, ...] = ()
    adjoining_text: str = ""
    species: tuple[str, ...] = ()
    same_area_as: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    confidence: str = ""
    source: str = ""
    provenance: Mapping[str, tuple[FieldProvenance, ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    @property
    def has_point(self) -> bool:
        """Whether the site can be drawn."""
        return self.lat is not None and self.lon is not None

    @property
    def relation(self) -> Relation | None:
        """Closest relation to any border; None where the sources say nothing."""
        found = {border.relation for border in self.borders}
        return next((relation for relation in Relation if relation in found), None)

    def names(self) -> tuple[str, ...]:
        """Return the names by which the site can be asked for."""
        return tuple(name for name in (self.site_id, self.name_en, self.name_local) if name)
