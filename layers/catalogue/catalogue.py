"""The catalogue as a whole: loading, asking by id or name, selecting, drawing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypedDict, Unpack

import geopandas as gpd

from layers.catalogue.footprints import nominal_footprints
from layers.catalogue.reading import nearest_of_many, read_sites
from layers.catalogue.site import Site, State
from resources.errors import UsageError
from resources.paths import resource_path

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from layers.catalogue.site import DesignationClass, Relation

STANDING = (State.ACTIVE, State.MERGED_IN_PART)
"""States of sites that stand today, wholly or in part."""


class HasBasemap(Protocol):
    """A data pack that holds the country polygons."""

    def basemap(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer of the base map in EPSG:4326."""
        ...


class UnknownSiteError(UsageError):
    """A site that the catalogue does not hold; offers the nearest names."""


class Conditions(TypedDict, total=False):
    """What `Catalogue.select` can ask for; a condition left out, or None, admits all.

    Attributes
    ----------
    countries : collection of str
        ISO3 codes, any of which the site lies in.
    border : str
        A pair such as ``"CHN-RUS"``, in either order, to which the site has a relation.
    relation : collection of Relation
        Relations, any of which the site has (to `border`, where that is given).
    species : collection of str
        Species ids, any of which the site is listed for.
    states : collection of State
        States; `STANDING` holds those that stand today.
    designation_classes : collection of DesignationClass
        Classes, any of which is the site's main class or one of its labels.
    region_bounds : tuple of float
        West, south, east, north in degrees; sites without a point fall out.
    text : str
        Part of a name, id or designation; case does not matter.
    """

    countries: Collection[str] | None
    border: str | None
    relation: Collection[Relation] | None
    species: Collection[str] | None
    states: Collection[State] | None
    designation_classes: Collection[DesignationClass] | None
    region_bounds: tuple[float, float, float, float] | None
    text: str | None


class Catalogue:
    """Protected areas on and near the borders, in the order of their file.

    Parameters
    ----------
    sites : collection of Site
        With ids that differ.
    """

    def __init__(self, sites: Collection[Site]) -> None:
        self._sites = tuple(sites)
        self._by_id: Mapping[str, Site] = MappingProxyType(
            {site.site_id: site for site in self._sites}
        )
        if len(self._by_id) != len(self._sites):
            raise ValueError("site ids must differ")

    @classmethod
    def load(cls, folder: Path | None = None) -> Catalogue:
        """Read a catalogue folder.

        Parameters
        ----------
        folder : Path, optional
            Holds ``sites.csv`` and, optionally, ``provenance.csv``; the catalogue that
            ships with the tool where it is left out.

        Raises
        ------
        DamagedCatalogueError
            Something in the folder cannot be used; names file, line, field and remedy.
        """
        return cls(read_sites(resource_path("catalogue") if folder is None else folder))

    @property
    def sites(self) -> tuple[Site, ...]:
        """Every site, whatever its state."""
        return self._sites

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over what the sites are, their provenance apart; enters run records."""
        digest = hashlib.sha256()
        for site in self._sites:
            digest.update(repr(replace(site, provenance={})).encode())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self._sites)

    def __iter__(self) -> Iterator[Site]:
        return iter(self._sites)

    def __contains__(self, site_id: object) -> bool:
        return site_id in self._by_id

    def __getitem__(self, site_id: str) -> Site:
        """Return the site with this id.

        Raises
        ------
        UnknownSiteError
            No site has it; offers the nearest ids.
        """
        try:
            return self._by_id[site_id]
        except KeyError:
            hint = nearest_of_many(site_id, list(self._by_id))
            raise UnknownSiteError(f'The catalogue holds no site "{site_id}". {hint}') from None

    def find(self, name: str) -> Site:
        """Return the one site that goes by a name.

        Parameters
        ----------
        name : str
            Site id, English or local name, whole or any part that only one site has; case
            does not matter.

        Raises
        ------
        UnknownSiteError
            No site goes by it, or several do; names them or the nearest.
        """
        wanted = name.strip().casefold()
        if not wanted:
            raise UnknownSiteError("A site is asked for by an empty name. Give its name or id.")
        exact = [s for s in self if wanted in {n.casefold() for n in s.names()}]
        found = exact or [s for s in self if any(wanted in n.casefold() for n in s.names())]
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(site.site_id for site in found[:8])
            more = f" and {len(found) - 8} more" if len(found) > 8 else ""
            raise UnknownSiteError(
                f'{len(found)} sites go by "{name}": {some}{more}. Give one of these ids.'
            )
        by_name = {n.casefold(): s.site_id for s in self for n in s.names()}
        hint = nearest_of_many(wanted, list(by_name))
        raise UnknownSiteError(f'No site of the catalogue goes by "{name}". {hint}')

    def select(self, **conditions: Unpack[Conditions]) -> Catalogue:
        """Return the sites that meet every condition given.

        Parameters
        ----------
        **conditions
            See `Conditions`.
        """
        return Catalogue([site for site in self if _meets(site, conditions)])

    def footprints(
        self,
        pack_or_countries: HasBasemap | gpd.GeoDataFrame,
        crs: str = "EPSG:4326",
        *,
        surveyed: Mapping[str, BaseGeometry] | None = None,
    ) -> gpd.GeoDataFrame:
        """Draw every site that has a point; see `nominal_footprints`.

        Parameters
        ----------
        pack_or_countries : data pack or GeoDataFrame
            Where the country polygons are: columns iso3 and geometry, EPSG:4326.
        crs : str
            CRS of the result.
        surveyed : mapping of str to BaseGeometry, optional
            Real boundaries by site id, in EPSG:4326.

        Returns
        -------
        GeoDataFrame
            Columns site_id, kind, moved, moved_km, area_km2, note, geometry.
        """
        countries = (
            pack_or_countries
            if isinstance(pack_or_countries, gpd.GeoDataFrame)
            else pack_or_countries.basemap("countries")
        )
        return nominal_footprints(self, countries, crs, surveyed=surveyed)


def _meets(site: Site, conditions: Conditions) -> bool:
    return (
        _shares(site.countries, conditions.get("countries"))
        and _shares(site.species, conditions.get("species"))
        and _shares((site.state,), conditions.get("states"))
        and _shares(
            (site.designation_class, *site.labels), conditions.get("designation_classes")
        )
        and _bordering(site, conditions.get("border"), conditions.get("relation"))
        and _inside(site, conditions.get("region_bounds"))
        and _mentions(site, conditions.get("text"))
    )


def _shares(has: Collection[str], wanted: Collection[str] | None) -> bool:
    return wanted is None or any(value in wanted for value in has)


def _bordering(site: Site, pair: str | None, relation: Collection[Relation] | None) -> bool:
    if pair is None and relation is None:
        return True
    ordered = "-".join(sorted(pair.upper().split("-"))) if pair else None
    return any(
        (ordered is None or border.pair == ordered)
        and (relation is None or border.relation in relation)
        for border in site.borders
    )


def _inside(site: Site, bounds: tuple[float, float, float, float] | None) -> bool:
    if bounds is None:
        return True
    if site.lon is None or site.lat is None:
        return False
    west, south, east, north = bounds
    return west <= site.lon <= east and south <= site.lat <= north


def _mentions(site: Site, text: str | None) -> bool:
    if text is None:
        return True
    wanted = text.casefold()
    return any(wanted in name.casefold() for name in (*site.names(), site.designation))
