"""Regions of the user's own: drawn by hand, kept as a profile in the project's folder."""

from __future__ import annotations

import math
import re
import shutil
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import tomli_w
from pydantic import ValidationError
from pyproj import Transformer
from shapely.geometry import box

from layers.grid import equal_area_crs
from layers.states import STATES, zone_of
from planner.files import made_folder, write_text
from planner.profiles import (
    REGION_FOLDER,
    Bounds,
    Names,
    Note,
    Quantity,
    RegionProfile,
    know_regions,
    load_region,
    load_species,
    region_ids,
)
from planner.project import Project
from planner.workspace import project_folder
from resources.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from layers.catalogue import Catalogue
    from layers.pack import DataPack

FINEST_CELL_M = 100.0
COARSEST_CELL_M = 20_000.0
MOST_CELLS = 4_000_000
"""Cells of an analysis grid; more take hours and all the memory of a laptop."""
FEWEST_CELLS = 400
_SMALLEST_SIDE_DEG = 0.05
_DEFAULT_LINK_KM = 150.0
_LONGEST_ID = 40
_OWN_SUFFIX = "-own"


@dataclass(frozen=True)
class RegionWish:
    """What a project of one's own is to be.

    Parameters
    ----------
    name : str
        What people call it.
    bounds : tuple of float
        West, south, east, north in degrees.
    species : tuple of str
        Ids of the species that are planned for.
    cell_size_m : float
        Side of an analysis cell in metres.
    base : str
        Shipped region whose limits and longest link are taken over; none where empty.
    """

    name: str
    bounds: tuple[float, float, float, float]
    species: tuple[str, ...]
    cell_size_m: float
    base: str = ""


def cells_of(bounds: tuple[float, float, float, float], cell_size_m: float) -> int:
    """Return how many cells the analysis grid of a box would have.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north in degrees.
    cell_size_m : float
        Side of a cell in metres.
    """
    to_plane = Transformer.from_crs("EPSG:4326", equal_area_crs(bounds), always_xy=True)
    left, bottom, right, top = to_plane.transform_bounds(*bounds, densify_pts=51)
    return math.ceil((right - left) / cell_size_m) * math.ceil((top - bottom) / cell_size_m)


def region_id_of(name: str) -> str:
    """Return the identifier of a region of one's own: plain letters, digits and hyphens.

    Names that hold no Latin letters give ``region``; a shipped region's name gets a suffix.
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[a-z0-9]+", plain.encode("ascii", "ignore").decode())
    found = "-".join(words)[:_LONGEST_ID].strip("-") or "region"
    if not found[0].isalpha():
        found = f"region-{found}"
    return found + _OWN_SUFFIX if found in region_ids(shipped=True) else found


def region_of(wish: RegionWish, pack: DataPack, catalogue: Catalogue) -> RegionProfile:
    """Return the profile of a region of one's own.

    Parameters
    ----------
    wish : RegionWish
        What is wanted.
    pack : DataPack
        Country polygons, and how far the data reach.
    catalogue : Catalogue
        Sites, to name those inside.

    Raises
    ------
    UsageError
        What is wrong with the wish, and what would do.
    """
    check_wish(wish, pack)
    bounds = _bounds(wish)
    sites = tuple(
        site.name_en
        for site in catalogue.sites
        if site.lat is not None and site.lon is not None and bounds.contains(site.lat, site.lon)
    )
    base = load_region(wish.base) if wish.base else None
    try:
        return RegionProfile(
            schema_version=1,
            id=region_id_of(wish.name),
            names=Names(en=wish.name.strip(), source="Named by the user of the project."),
            bounds=bounds,
            cell_size_m=Quantity(
                value=wish.cell_size_m,
                unit="m",
                basis="Chosen by the user when the project was made.",
            ),
            maximum_corridor_length_km=_longest_link(base),
            countries=_countries(wish, pack),
            species=wish.species,
            key_sites=sites,
            description=_DESCRIPTION if base is None else base.description,
            limits=_LIMITS if base is None else base.limits,
        )
    except ValidationError as error:
        raise UsageError(f"The region cannot be made of this: {error}.") from error


def check_wish(wish: RegionWish, pack: DataPack) -> None:
    """See that a region can be made of a wish.

    Raises
    ------
    UsageError
        What is wrong with it, and what would do.
    """
    if not wish.name.strip():
        raise UsageError("The project has no name. Give it one.")
    west, south, east, north = wish.bounds
    if east - west < _SMALLEST_SIDE_DEG or north - south < _SMALLEST_SIDE_DEG:
        raise UsageError(
            f"The extent is smaller than {_SMALLEST_SIDE_DEG} degrees. Draw a larger one; west "
            "must be below east, and south below north."
        )
    reach = pack.raster("land").grid.bounds
    if not box(*reach).covers(box(*wish.bounds)):
        raise UsageError(
            f"The data reach from {reach[0]:g}° to {reach[2]:g}° east and from {reach[1]:g}° "
            f"to {reach[3]:g}° north, and the extent lies partly outside. Draw it inside."
        )
    _check_species(wish)
    _check_cells(wish)
    if not _countries(wish, pack):
        raise UsageError(
            f"The extent holds no land of {', '.join(STATES)}. Draw it so that it covers some."
        )


def _check_species(wish: RegionWish) -> None:
    if not wish.species:
        raise UsageError("No species is chosen. Choose one or more to plan for.")
    for species_id in wish.species:
        load_species(species_id)


def _check_cells(wish: RegionWish) -> None:
    if not FINEST_CELL_M <= wish.cell_size_m <= COARSEST_CELL_M:
        raise UsageError(
            f"Cells of {wish.cell_size_m:g} m are not possible. Choose from {FINEST_CELL_M:g} "
            f"to {COARSEST_CELL_M:g} m."
        )
    cells = cells_of(wish.bounds, wish.cell_size_m)
    if cells > MOST_CELLS:
        raise UsageError(
            f"That would be {cells / 1e6:.1f} million cells; {MOST_CELLS / 1e6:g} million are "
            "possible. Choose larger cells or a smaller extent."
        )
    if cells < FEWEST_CELLS:
        raise UsageError(
            f"That would be {cells} cells only; {FEWEST_CELLS} are needed. Choose smaller "
            "cells or a larger extent."
        )


def create_own_project(
    wish: RegionWish, folder: Path, pack: DataPack, catalogue: Catalogue
) -> Project:
    """Make a project for a region of one's own, and open it for writing.

    The profile is kept in the project's folder, so that the project can be moved.

    Parameters
    ----------
    wish : RegionWish
        What is wanted.
    folder : Path
        Folder in which the project's folder is made; made itself where missing.
    pack, catalogue
        As for `region_of`.

    Raises
    ------
    UsageError
        What is wrong with the wish.
    ProjectExistsError, ProjectError, LayerWriteError
        It cannot be made; nothing is left behind.
    """
    region = region_of(wish, pack, catalogue)
    made_folder(folder)
    crs = equal_area_crs(region.bounds.lonlat)
    path = project_folder(region, folder)
    made = Project.create(path, name=region.names.en, region_id=region.id, crs=crs)
    try:
        profiles = made.path / REGION_FOLDER
        profiles.mkdir()
        content = region.model_dump(mode="json", exclude_none=True)
        write_text(profiles / f"{region.id}.toml", tomli_w.dumps(content))
        know_regions(profiles)
    except BaseException:
        made.close()
        shutil.rmtree(path, ignore_errors=True)
        raise
    return made


def _bounds(wish: RegionWish) -> Bounds:
    west, south, east, north = wish.bounds
    return Bounds(west=west, south=south, east=east, north=north)


def _countries(wish: RegionWish, pack: DataPack) -> tuple[str, ...]:
    frame = pack.basemap("countries", wish.bounds)
    inside = frame[frame.geometry.intersects(box(*wish.bounds))]
    return tuple(sorted({zone_of(str(code)) for code in inside["iso3"]} & set(STATES)))


def _longest_link(base: RegionProfile | None) -> Quantity:
    if base is not None:
        return base.maximum_corridor_length_km
    return Quantity(
        value=_DEFAULT_LINK_KM,
        unit="km",
        low=20.0,
        high=300.0,
        basis="No landscape is described for an extent drawn by hand; a middle value of the "
        "shipped regions is taken.",
    )


_DESCRIPTION = Note(
    topic="landscape",
    text="A region drawn by the user of the project.",
    basis="Its extent was chosen by hand; no source describes it as one landscape.",
)
_LIMITS = (
    "The environment grid has cells of 5 arc-minutes (about 9 km by 6 to 7 km); analysis cells "
    "are finer only in the shape of sites, coasts and borders.",
    "Site boundaries are nominal footprints around catalogue points unless real ones have been "
    "imported.",
    "The extent was drawn by hand; habitat and links that leave it are cut at its edge.",
)
