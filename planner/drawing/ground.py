"""What drawings are measured on: loaded once, then asked many times while somebody draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.pack import filled_from_nearest
from planner.drawing.bottleneck import CorridorEnd
from planner.drawing.measures import DrawingMeasures, Wish, measured
from planner.drawing.national import NationalLand
from planner.drawing.place import study_of
from planner.pipeline.cores import suitability_raster
from planner.pipeline.sites import protecting_sites
from planner.profiles import load_species
from planner.project import hash_of, table_output
from planner.records import shape_of, texts
from planner.reserve.costs import PRESSURE
from planner.reserve.request import CostSettings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from layers.control import Control
    from layers.grid import Grid
    from layers.pack import DataPack
    from planner.drawing.geometry import Coordinate
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile
    from planner.project import Project


@dataclass(frozen=True, eq=False)
class GroundSite:
    """A site as drawings meet it.

    Attributes
    ----------
    site_id, name : str
        Identifier and English name.
    countries : tuple of str
        ISO3 codes.
    kind : str
        ``surveyed``, ``nominal`` (an outline of the reported area that was never surveyed) or
        ``point`` (no reported area).
    shape : geometry
        In the project's CRS.
    """

    site_id: str
    name: str
    countries: tuple[str, ...]
    kind: str
    shape: BaseGeometry

    @property
    def nominal(self) -> bool:
        """Whether its outline is not surveyed."""
        return self.kind != "surveyed"


@dataclass(frozen=True, eq=False)
class ProtectedPart:
    """The land that a standing site protects in its own country."""

    iso3: str
    surveyed: bool
    shape: BaseGeometry


@dataclass(frozen=True, eq=False)
class Places:
    """Settlements of the data pack.

    Attributes
    ----------
    x, y : (n,) float64
        Places in the project's CRS.
    people : (n,) int64
        Inhabitants.
    name, name_local, iso3 : tuple of str
        Names, and the country.
    source : str
        Where they come from, and on what terms.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    people: NDArray[np.int64]
    name: tuple[str, ...]
    name_local: tuple[str, ...]
    iso3: tuple[str, ...]
    source: str


@dataclass(frozen=True, eq=False)
class DrawingGround:
    """Everything that a drawing is measured by; it reads and never writes.

    Use `DrawingGround.of`, in a thread; `measure` may then be called from any thread.

    Attributes
    ----------
    key : str
        What it was made from, see `ground_key`.
    crs : str
        Coordinate system of all geometry, equal-area, in metres.
    grid : Grid
        Analysis grid of the region.
    national : NationalLand
        Countries and region.
    lakes : tuple of geometry
        Lakes of the base map.
    sites : tuple of GroundSite
        All sites that are drawn.
    protected : tuple of ProtectedPart
        What standing sites protect.
    places : Places
        Settlements.
    profiles : tuple of SpeciesProfile
        Species of the project.
    habitat : mapping of str to (rows, columns) bool
        Cells at or above the species' threshold of suitability, for species that the project
        holds a raster of.
    cost : (rows, columns) float64
        Cost of each km² of new land: ``1 + weight * settlement pressure``, as proposals and
        the widening of corridors count it.
    """

    key: str
    crs: str
    grid: Grid
    national: NationalLand
    lakes: tuple[BaseGeometry, ...]
    sites: tuple[GroundSite, ...]
    protected: tuple[ProtectedPart, ...]
    places: Places
    profiles: tuple[SpeciesProfile, ...]
    habitat: Mapping[str, NDArray[np.bool_]]
    cost: NDArray[np.float64]

    @classmethod
    def of(
        cls, project: Project, pack: DataPack, *, species: Sequence[str] = ()
    ) -> DrawingGround:
        """Load what drawings in a project are measured by; takes some seconds.

        Parameters
        ----------
        project : Project
            Open project; sites and habitat are those that it holds now.
        pack : DataPack
            Base map, settlements and settlement pressure.
        species : sequence of str
            Species to measure habitat of; by default the project's, or its region's.

        Raises
        ------
        PlannerError
            The project's region or a species is unknown, or a file cannot be read.
        """
        key = ground_key(project)
        study = _study(project, pack, species)
        national = NationalLand.of(study)
        rows = [row for row in project.records("sites") if row["geometry"] is not None]
        pressure = np.clip(filled_from_nearest(study.layer(PRESSURE)), 0.0, 1.0)
        return cls(
            key=key,
            crs=study.grid.crs,
            grid=study.grid,
            national=national,
            lakes=_lakes(study),
            sites=tuple(_site(row) for row in rows),
            protected=tuple(_protected(project, national)),
            places=_places(study),
            profiles=study.species,
            habitat=_habitat(study),
            cost=1.0 + CostSettings().pressure_weight * np.nan_to_num(pressure),
        )

    def parts(self, area: BaseGeometry) -> dict[str, MultiPolygon]:
        """Cut an area at the borders; land of each country inside the region, by ISO3."""
        return self.national.parts(area)

    def measure(
        self,
        area: BaseGeometry,
        *,
        centreline: Iterable[Coordinate] | None = None,
        width_m: float | None = None,
        live: bool = False,
        control: Control | None = None,
    ) -> DrawingMeasures:
        """Measure a drawing, see `planner.drawing.measures.measured`.

        Parameters
        ----------
        area : Polygon or MultiPolygon
            As drawn; one that crosses itself is measured as it would be after the repair.
        centreline : iterable of (x, y), optional
            Middle line of a corridor.
        width_m : float, optional
            Width that it was drawn with.
        live : bool
            Tell widths quickly rather than exactly, as while somebody draws.
        control : Control, optional
            May cancel.
        """
        return measured(self, Wish.of(area, centreline, width_m, live=live), control)

    @cached_property
    def site_tree(self) -> shapely.STRtree:
        """Index over the shapes of `sites`."""
        return shapely.STRtree([site.shape for site in self.sites])

    @cached_property
    def protected_tree(self) -> shapely.STRtree:
        """Index over the shapes of `protected`."""
        return shapely.STRtree([part.shape for part in self.protected])

    @cached_property
    def lake_tree(self) -> shapely.STRtree:
        """Index over `lakes`."""
        return shapely.STRtree(list(self.lakes))

    @cached_property
    def walkers(self) -> tuple[SpeciesProfile, ...]:
        """The species that need corridors on the ground."""
        return tuple(item for item in self.profiles if item.connectivity == "physical")

    @cached_property
    def _ends(self) -> tuple[dict[int, CorridorEnd], Lock]:
        return {}, Lock()

    def site_end(self, place: int) -> CorridorEnd:
        """Return a site as the end of a corridor, by its place in `sites`."""
        known, lock = self._ends
        with lock:
            if place not in known:
                known[place] = CorridorEnd.at_site(self.sites[place].shape)
            return known[place]


def ground_key(project: Project) -> str:
    """Return a text that changes when drawings of a project must be measured on new ground."""
    species = _species_names(project)
    rasters = {}
    for name in species:
        path = project.raster_path(suitability_raster(name))
        if path.is_file():
            state = path.stat()
            rasters[name] = [state.st_mtime_ns, state.st_size]
    sites = project.output_hash(table_output("sites"))
    return hash_of([project.facts["project_id"], sites, rasters, list(species)])


def _species_names(project: Project) -> tuple[str, ...]:
    stored = project.settings.get("species")
    return tuple(str(name) for name in stored) if isinstance(stored, list) else ()


def _study(project: Project, pack: DataPack, species: Sequence[str]) -> Study:
    study = replace(study_of(project), pack=pack)
    names = tuple(species) or _species_names(project) or study.region.species
    return replace(study, species=tuple(load_species(name) for name in names))


def _site(row: Mapping[str, object]) -> GroundSite:
    return GroundSite(
        str(row["site_id"]),
        str(row["name_en"]),
        texts(row["countries"]),
        str(row["kind"]),
        shape_of(row),
    )


def _protected(project: Project, national: NationalLand) -> list[ProtectedPart]:
    found = []
    for row in protecting_sites(project):
        iso3 = texts(row["countries"])[0]
        country = national.countries.get(iso3)
        if country is None or row["geometry"] is None:
            continue
        own = shapely.intersection(shape_of(row), country)
        if own.area > 0.0:
            found.append(ProtectedPart(iso3, row["kind"] == "surveyed", own))
    return found


def _lakes(study: Study) -> tuple[BaseGeometry, ...]:
    frame = study.pack.basemap("lakes", study.region.bounds.lonlat).to_crs(study.grid.crs)
    return tuple(
        shape if shape.is_valid else shapely.make_valid(shape) for shape in frame.geometry
    )


def _places(study: Study) -> Places:
    frame = study.pack.basemap("settlements", study.region.bounds.lonlat)
    local = frame.geometry.to_crs(study.grid.crs)
    note = next(note for note in study.pack.sources() if note.name == "settlements")
    return Places(
        x=local.x.to_numpy(dtype=np.float64),
        y=local.y.to_numpy(dtype=np.float64),
        people=frame["population"].to_numpy(dtype=np.int64),
        name=tuple(str(item or "") for item in frame["name"]),
        name_local=tuple(str(item or "") for item in frame["name_local"]),
        iso3=tuple(str(item) for item in frame["iso3"]),
        source=f"{note.source}. {note.processing} {note.licence}.",
    )


def _habitat(study: Study) -> dict[str, NDArray[np.bool_]]:
    found = {}
    for profile in study.species:
        name = suitability_raster(profile.id)
        if study.project.raster_path(name).is_file():
            threshold = profile.value("habitat_threshold").value
            found[profile.id] = (study.read(name) >= threshold) & (study.country > 0)
    return found
