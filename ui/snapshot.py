"""What the window knows of a project: read in one go beside the window, never changed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import shapely
from shapely.geometry.base import BaseGeometry

from layers.catalogue import STANDING
from planner.bookmarks import bookmarks_of
from planner.borders import BORDERS_VIEWS, BordersView, borders_view
from planner.map_layers import NO_MAP, LayersOfMap, map_of
from planner.profiles import load_region, region_ids
from planner.scenarios import layers_of_scenario
from ui import words
from ui.corridors.state import SpeciesState, corridor_state
from ui.features.corridors import corridor_rows
from ui.features.proposals import proposal_rows
from ui.indicators.row import IndicatorGroup, indicator_groups
from ui.reserve.searches import SearchState, search_state
from ui.sites.row import SiteRow, site_row
from ui.suitability.state import HabitatState, habitat_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.pack import DataPack
    from layers.qgis.layer_spec import LayerSpec
    from planner.bookmarks import Bookmark
    from planner.project import Project, RunRecord
    from ui.features.row import FeatureRow

Kind: TypeAlias = Literal["site", "corridor", "proposal"]
Bounds: TypeAlias = tuple[float, float, float, float]


@dataclass(frozen=True)
class Selection:
    """One thing that is selected.

    Parameters
    ----------
    kind : {"site", "corridor", "proposal"}
        What sort of thing.
    key : str
        Its identifier.
    """

    kind: Kind
    key: str


@dataclass(frozen=True)
class Snapshot:
    """A project as it was at one moment.

    Parameters
    ----------
    name : str
        What people call the project.
    path : Path
        Its folder.
    crs : str
        Coordinate system of all geometry.
    bounds_lonlat : tuple of float or None
        West, south, east, north of the region in degrees; None where its profile is unknown.
    region_name : str
        What people call the region.
    read_only_reason : str
        Why nothing can be edited; empty where it can.
    undo_label, redo_label : str
        What undo and redo would do; empty for nothing.
    scenarios : tuple of (id, name)
        In the order they were added.
    scenario : str
        The scenario that corridors and proposals are shown of; empty where there is none.
    sites : tuple of SiteRow
        Every site, drawn or not.
    features : tuple of FeatureRow
        Corridors and proposals of the scenario.
    geometries : mapping of Selection to geometry
        Whatever can be pointed at on the map, in the project's CRS.
    pairs : mapping of str to tuple of records
        Cross-border pairs by site.
    layers : tuple of LayerSpec
        The map, the lowest layer first.
    map : LayersOfMap
        What people changed of the layers: which are their own, which were removed.
    indicators : tuple of IndicatorGroup
        Of the scenario, before and after.
    runs : mapping of str to RunRecord
        Every model run by its id.
    habitat : HabitatState
        Suitability runs by species, and which of them are chosen.
    walking : tuple of SpeciesState
        What corridors are made from, for each species that walks.
    searches : SearchState
        Searches for proposals.
    bookmarks : tuple of Bookmark
        Named places of the map.
    borders : BordersView
        Whose view of borders the map shows.
    """

    name: str
    path: Path
    crs: str
    bounds_lonlat: Bounds | None
    region_name: str
    read_only_reason: str
    undo_label: str
    redo_label: str
    scenarios: tuple[tuple[str, str], ...]
    scenario: str
    sites: tuple[SiteRow, ...]
    features: tuple[FeatureRow, ...]
    geometries: Mapping[Selection, BaseGeometry]
    pairs: Mapping[str, tuple[Mapping[str, object], ...]]
    layers: tuple[LayerSpec, ...]
    indicators: tuple[IndicatorGroup, ...]
    runs: Mapping[str, RunRecord]
    habitat: HabitatState
    walking: tuple[SpeciesState, ...] = ()
    searches: SearchState = field(default_factory=SearchState)
    map: LayersOfMap = NO_MAP
    bookmarks: tuple[Bookmark, ...] = ()
    borders: BordersView = BORDERS_VIEWS[0]

    @property
    def every_pair(self) -> tuple[Mapping[str, object], ...]:
        """Cross-border pairs, each once."""
        return tuple(
            pair
            for site_id, pairs in self.pairs.items()
            for pair in pairs
            if pair["site_a"] == site_id
        )

    @cached_property
    def _index(self) -> tuple[shapely.STRtree, tuple[Selection, ...]]:
        return shapely.STRtree(list(self.geometries.values())), tuple(self.geometries)

    def at(self, x: float, y: float, tolerance: float) -> tuple[Selection, ...]:
        """Return what lies at a place, the smallest first.

        Parameters
        ----------
        x, y : float
            Place in the project's CRS.
        tolerance : float
            How far off it may lie, in units of the CRS.
        """
        tree, selections = self._index
        near = tree.query(shapely.Point(x, y), predicate="dwithin", distance=tolerance)
        found = [selections[place] for place in near.tolist()]
        return tuple(sorted(found, key=lambda item: self.geometries[item].area))

    def touching(self, area: BaseGeometry) -> tuple[Selection, ...]:
        """Return what an area of the project's CRS touches."""
        tree, selections = self._index
        return tuple(selections[i] for i in tree.query(area, predicate="intersects").tolist())

    def extent_of(self, selection: Selection) -> Bounds | None:
        """Return west, south, east, north of something, or None where it is not on the map."""
        geometry = self.geometries.get(selection)
        if geometry is None:
            return None
        west, south, east, north = geometry.bounds
        return (west, south, east, north)

    def site(self, site_id: str) -> SiteRow | None:
        """Return a site, or None where the project does not hold it."""
        return next((row for row in self.sites if row.site_id == site_id), None)

    def feature(self, selection: Selection) -> FeatureRow | None:
        """Return a corridor or proposal, or None where it is there no more."""
        found = (row for row in self.features if (row.kind, row.key) == _key(selection))
        return next(found, None)

    def findable(self) -> tuple[tuple[Selection, str], ...]:
        """Return everything that can be searched for, with the text it is found by."""
        sites = (
            (
                Selection("site", row.site_id),
                "  ·  ".join(
                    part
                    for part in (row.name_en, row.name_local, words.countries(row.countries))
                    if part
                ),
            )
            for row in self.sites
        )
        features = (
            (Selection(row.kind, row.key), f"{row.title}  ·  {words.identifier(row.kind)}")
            for row in self.features
        )
        return (*sites, *features)

    def layers_of(self, selection: Selection) -> tuple[str, ...]:
        """Return the layers any of which draws something."""
        if selection.kind == "proposal":
            return ("proposals",)
        if selection.kind == "corridor":
            return ("corridor_swaths", "corridor_paths")
        row = self.site(selection.key)
        if row is not None and row.kind == "point":
            return ("site_points",)
        standing = row is None or row.state in {str(state) for state in STANDING}
        return ("site_areas",) if standing else ("site_areas_other",)

    def title_of(self, selection: Selection) -> str:
        """Return the name of something."""
        if selection.kind == "site":
            row = self.site(selection.key)
            return selection.key if row is None else row.title
        feature = self.feature(selection)
        return selection.key if feature is None else feature.title


def _key(selection: Selection) -> tuple[str, str]:
    return (selection.kind, selection.key)


def take_snapshot(project: Project, pack: DataPack, scenario: str = "") -> Snapshot:
    """Read what the window shows of a project.

    Parameters
    ----------
    project : Project
        Open project.
    pack : DataPack
        Base map.
    scenario : str
        Scenario to show; the last one added where it is empty or unknown.

    Raises
    ------
    ProjectError
        The project cannot be read.
    """
    scenarios = tuple((item.scenario_id, item.name) for item in project.scenarios())
    known = [identifier for identifier, _ in scenarios]
    shown = scenario if scenario in known else (known[-1] if known else "")
    site_records = project.records("sites")
    names = {row.site_id: row.title for row in map(site_row, site_records)}
    features = _features(project, shown, names)
    region = load_region(project.region_id) if project.region_id in region_ids() else None
    of_region = () if region is None else region.species
    drawn = map_of(project, pack)
    return Snapshot(
        name=project.name,
        path=project.path,
        crs=project.crs,
        bounds_lonlat=None if region is None else region.bounds.lonlat,
        region_name=project.region_id if region is None else region.names.en,
        read_only_reason=project.read_only_reason,
        undo_label=(project.undo_label or "") if not project.read_only else "",
        redo_label=(project.redo_label or "") if not project.read_only else "",
        scenarios=scenarios,
        scenario=shown,
        sites=tuple(site_row(record) for record in site_records),
        features=features,
        geometries=_geometries(site_records, features),
        pairs=_pairs_by_site(project.records("pairs")),
        layers=layers_of_scenario(drawn.layers, shown),
        map=drawn,
        indicators=indicator_groups(project.records("indicators", scenario=shown)),
        runs={run.run_id: run for run in project.runs()},
        habitat=habitat_state(project, of_region),
        walking=corridor_state(project, pack, of_region, shown),
        searches=search_state(project),
        bookmarks=bookmarks_of(project),
        borders=borders_view(project),
    )


def _features(
    project: Project, scenario: str, names: Mapping[str, str]
) -> tuple[FeatureRow, ...]:
    if not scenario:
        return ()
    return (
        *corridor_rows(
            project.records("corridors", scenario=scenario),
            project.records("bottlenecks", scenario=scenario),
            {
                str(row["core_id"]): str(row["name"])
                for row in project.records("cores", scenario=scenario)
            },
        ),
        *proposal_rows(project.records("proposals", scenario=scenario), names),
    )


def _geometries(
    sites: list[dict[str, object]], features: tuple[FeatureRow, ...]
) -> dict[Selection, BaseGeometry]:
    found: dict[Selection, BaseGeometry] = {}
    for record in sites:
        geometry = record.get("geometry")
        if isinstance(geometry, BaseGeometry) and not geometry.is_empty:
            found[Selection("site", str(record["site_id"]))] = geometry
    for row in features:
        if row.geometry is not None:
            found[Selection(row.kind, row.key)] = row.geometry
    return found


def _pairs_by_site(
    records: list[dict[str, object]],
) -> dict[str, tuple[Mapping[str, object], ...]]:
    by_site: dict[str, list[Mapping[str, object]]] = {}
    for record in records:
        for end in ("site_a", "site_b"):
            by_site.setdefault(str(record[end]), []).append(record)
    return {site_id: tuple(pairs) for site_id, pairs in by_site.items()}
