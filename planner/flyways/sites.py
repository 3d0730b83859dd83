"""Sites of a flyway with their seasonal roles, and what is known of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from planner.localities import load_localities
from planner.network.columns import NamedTable
from planner.network.errors import NetworkInputError
from planner.profiles import load_species, species_ids
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from algorithms.arrays import FloatArray
    from planner.localities import Locality
    from planner.profiles import SpeciesProfile

MAX_SITES = 2_000
ROLES = ("breeding", "staging", "wintering")
UNKNOWN = "unknown"
_ROLE_WORDS = {
    "breeding": ("breeding", "breed", "nesting"),
    "staging": ("staging", "stopover", "passage", "stop-over", "moult", "moulting"),
    "wintering": ("wintering", "winter", "non-breeding"),
}
NORTHWARD, SOUTHWARD, BOTH = "northward", "southward", ""
_SEASON_WORDS = {
    NORTHWARD: ("northward", "spring", "north"),
    SOUTHWARD: ("southward", "autumn", "fall", "south"),
    BOTH: ("", "both", "all", "unknown"),
}


@dataclass(frozen=True, slots=True)
class FlywaySite:
    """One place of one species.

    Parameters
    ----------
    site_id, name : str
        Id, unique in the flyway, and name.
    lon, lat : float
        Degrees, EPSG:4326.
    roles : tuple of str
        Of `ROLES`; empty where the role is not known: it may be rested at, and is no end.
    weight : float
        What it counts for as an end of routes.
    season : str
        ``northward`` or ``southward`` where it is used on that migration only.
    country : str
        ISO3 code; empty where it is not known.
    status, coordinates : str
        Whether role and coordinates were read or recalled; ``given`` from a file of the user.
    evidence : str
        As of `planner.localities.Locality`; ``given`` from a file of the user.
    source : str
        Where it is said.
    catalogue_id : str
        Site of the catalogue that it is; empty where it is none.
    """

    site_id: str
    name: str
    lon: float
    lat: float
    roles: tuple[str, ...]
    weight: float = 1.0
    season: str = BOTH
    country: str = ""
    status: str = "given"
    coordinates: str = "given"
    evidence: str = "given"
    source: str = ""
    catalogue_id: str = ""

    @property
    def shown_roles(self) -> str:
        """The roles in words; ``unknown`` is one of its own."""
        return ", ".join(self.roles) or UNKNOWN


def flyway_species(wanted: Sequence[str] = ()) -> tuple[SpeciesProfile, ...]:
    """Return the species that fly from stepping stone to stepping stone, or those wanted.

    Raises
    ------
    UsageError
        A wanted species is not known, or connects on the ground.
    """
    known = [load_species(one) for one in species_ids()]
    flying = {one.id: one for one in known if one.connectivity == "ecological"}
    for one in wanted:
        if one not in flying:
            raise UsageError(
                f"There is no flyway of {one!r}. {nearest_names_hint(one, list(flying))}"
            )
    return tuple(flying[one] for one in dict.fromkeys(wanted)) or tuple(flying.values())


def known_sites(
    species_id: str, *, unconfirmed: bool = False
) -> tuple[tuple[FlywaySite, ...], tuple[str, ...]]:
    """Return the known sites of a species, one for each place with all its roles, and notes.

    Parameters
    ----------
    species_id : str
        Such as ``hooded-crane``.
    unconfirmed : bool
        Whether places count where presence is only claimed, modelled or planned.
    """
    rows = load_localities(species_id)
    chosen = [row for row in rows if unconfirmed or row.evidence != "unconfirmed"]
    notes = []
    if len(chosen) < len(rows):
        notes.append(
            f"{len(rows) - len(chosen)} places where presence is not confirmed are left out; "
            "--unconfirmed takes them in."
        )
    recalled = sum(row.status == "recalled" for row in chosen)
    placed = sum(row.coordinates == "recalled" for row in chosen)
    notes.append(
        f"Roles: {recalled} of {len(chosen)} recalled, not read in a source. Coordinates: "
        f"{placed} recalled to about 10 km."
    )
    return _merged(_site_of(row) for row in chosen), tuple(notes)


def _site_of(row: Locality) -> FlywaySite:
    roles = (row.role,) if row.role in ROLES else ()
    return FlywaySite(
        site_id=f"{row.site_name} ({row.lat:.2f}, {row.lon:.2f})",
        name=row.site_name,
        lon=row.lon,
        lat=row.lat,
        roles=roles,
        country=row.country,
        status=row.status,
        coordinates=row.coordinates,
        evidence=row.evidence,
        source=row.source,
        catalogue_id=row.site_id,
    )


def _merged(sites: Iterable[FlywaySite]) -> tuple[FlywaySite, ...]:
    """Join rows of one place; its roles and sources add up, its status is the weaker."""
    found: dict[str, FlywaySite] = {}
    for site in sites:
        before = found.get(site.site_id)
        if before is None:
            found[site.site_id] = site
            continue
        roles = {*before.roles, *site.roles}
        weaker = "recalled" if "recalled" in {before.status, site.status} else site.status
        found[site.site_id] = replace(
            before,
            roles=tuple(role for role in ROLES if role in roles),
            weight=max(before.weight, site.weight),
            season=before.season if before.season == site.season else BOTH,
            status=weaker,
            source="; ".join(dict.fromkeys([before.source, site.source])),
        )
    return tuple(found.values())


def read_sites(
    path: Path, *, encoding: str | None = None
) -> tuple[tuple[FlywaySite, ...], tuple[str, ...]]:
    """Read sites from a table with id, lon and lat, and where known name, role, season, weight.

    A row without a role is a site whose role is unknown: it may be rested at, and is no end of
    a route. A site may have several rows, or several roles in one, divided by ``;`` or ``,``.

    Parameters
    ----------
    path : Path
        The table.
    encoding : str, optional
        Its encoding; guessed by default.

    Returns
    -------
    tuple of sites and notes
        What was guessed, a sentence each.

    Raises
    ------
    NetworkInputError
        The file is missing or no table, or a row is no site; names row and remedy.
    """
    table = NamedTable.open(path, encoding, options=False)
    ids = table.texts(table.find("id", place=0))
    if not ids:
        raise NetworkInputError(f"{path} holds no sites. Give it a row for each site.")
    lon, lat = (table.numbers(table.find(one), one, low=-np.inf) for one in ("lon", "lat"))
    wrong = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise NetworkInputError(
            f"{path}, record {at + 1}: longitude {lon[at]:g} and latitude {lat[at]:g} are no "
            "place in degrees. Give degrees, EPSG:4326."
        )
    name, role, season = (_optional(table, one, ids) for one in ("name", "role", "season"))
    weight_column = table.seek("weight")
    weight = (
        np.ones(len(ids)) if weight_column is None else table.numbers(weight_column, "weight")
    )
    sites = _merged(
        FlywaySite(
            site_id=_filled(path, at, site),
            name=name[at] or site,
            lon=float(lon[at]),
            lat=float(lat[at]),
            roles=_roles(path, at, role[at]),
            weight=float(weight[at]),
            season=_season(path, at, season[at]),
            source=str(path),
        )
        for at, site in enumerate(ids)
    )
    _check_one_place(path, sites, ids, (lon, lat))
    if len(sites) > MAX_SITES:
        raise NetworkInputError(
            f"{path} holds {len(sites):,} sites, more than {MAX_SITES:,}. Join neighbours."
        )
    unknown = sum(not site.roles for site in sites)
    if unknown:
        table.notes.append(
            f"{unknown} of {len(sites)} sites have no known role: they may be rested at, and "
            "are no end of a route."
        )
    return sites, tuple(table.notes)


def _check_one_place(
    path: Path,
    sites: Sequence[FlywaySite],
    ids: Sequence[str],
    place: tuple[FloatArray, ...],
) -> None:
    where = {site.site_id: (site.lon, site.lat) for site in sites}
    for at, site in enumerate(ids):
        if where[site] != (place[0][at], place[1][at]):
            raise NetworkInputError(
                f"{path}, record {at + 1}: the site {site!r} is there twice, at two places. "
                "Give each place an id of its own."
            )


def _optional(table: NamedTable, role: str, ids: Sequence[str]) -> list[str]:
    column = table.seek(role)
    return [""] * len(ids) if column is None else table.texts(column)


def _filled(path: Path, at: int, site: str) -> str:
    if not site:
        raise NetworkInputError(f"{path}, record {at + 1}: the id is empty. Fill it in.")
    return site


def _roles(path: Path, at: int, text: str) -> tuple[str, ...]:
    words = [word.strip().lower() for word in text.replace(",", ";").split(";")]
    meaning = {word: role for role, known in _ROLE_WORDS.items() for word in known}
    found = set()
    for word in words:
        if word in {"", UNKNOWN, "?", "na"}:
            continue
        if word not in meaning:
            raise NetworkInputError(
                f"{path}, record {at + 1}: {word!r} is no role. "
                f"{nearest_names_hint(word, [*ROLES, UNKNOWN])} Leave it empty where it is not "
                "known."
            )
        found.add(meaning[word])
    return tuple(role for role in ROLES if role in found)


def _season(path: Path, at: int, text: str) -> str:
    for season, words in _SEASON_WORDS.items():
        if text.strip().lower() in words:
            return season
    raise NetworkInputError(
        f"{path}, record {at + 1}: {text!r} is no season. Write northward or southward, or "
        "leave it empty for both."
    )
