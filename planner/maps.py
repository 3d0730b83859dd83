"""The map of a project: which layers it has, in which order, and how they look."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from layers.catalogue import STANDING
from layers.qgis.layer_spec import LayerSpec
from planner.base_map import BASEMAP, TERRAIN, base_file
from planner.borders import borders_view, with_borders
from planner.circuit_maps import CIRCUIT, circuit_layers, current_layer_id, over_swaths
from planner.habitat_maps import chosen_layers
from planner.map_style import look
from planner.profiles import load_species
from planner.reserve_maps import reserve_layers
from resources.translation import filled, mark

if TYPE_CHECKING:
    from pathlib import Path

    from layers.pack import DataPack
    from planner.profiles import SpeciesProfile
    from planner.project import Project

DISCLAIMER = mark(
    "Boundaries and names shown on this map follow their data source and do not imply any "
    "opinion on the legal status of any country, territory or area, or on the delimitation of "
    "its frontiers. Dotted lines are disputed or undetermined."
)
NOMINAL_SITES = mark(
    "Dashed sites are nominal: the reported area around the catalogue point, not a surveyed "
    "boundary."
)
PACK_GRID = mark(
    "The environment grid is 5 arc-minutes: it screens a region, it does not site a fence."
)
NOMINAL_NOTICE = f"{NOMINAL_SITES} {PACK_GRID}"

GAP_NOTICE = mark(
    "Where corridors or added land lie between documented neighbours, the gap is one of "
    "nominal footprints: it may be protected already."
)

Style = dict[str, Any]

_OTHER_SITES = mark("Sites merged, planned or unverified")


def scenario_layers(project: Project, pack: DataPack) -> tuple[LayerSpec, ...]:
    """Return the layers of a project's map, the lowest first.

    Parameters
    ----------
    project : Project
        Only what it holds by now is drawn.
    pack : DataPack
        Base map and terrain.
    """
    basemap = base_file(project, pack, BASEMAP)
    shown = main_species(project)
    layers = (
        *_ground(basemap, base_file(project, pack, TERRAIN)),
        *_suitability(project),
        *chosen_layers(project),
        *circuit_layers(project, "barriers", planned_species(project), shown),
        *reserve_layers(project),
        *_borders(basemap),
        *_sites(project),
        *over_swaths(
            _plans(project),
            circuit_layers(project, "current", planned_species(project), shown),
        ),
        *_settlements(basemap),
        _country_names(basemap),
    )
    return with_borders(layers, borders_view(project))


def planned_species(project: Project) -> tuple[SpeciesProfile, ...]:
    """Return the species whose habitat the project holds, in the order planned for."""
    listed = project.settings.get("species", [])
    ids = listed if isinstance(listed, list) else []
    return tuple(
        load_species(str(name))
        for name in ids
        if project.raster_path(f"suitability_{name}").exists()
    )


def species_layers(project: Project, pack: DataPack, species_id: str) -> tuple[LayerSpec, ...]:
    """Return the layers of the map of one species: its habitat and its corridors only."""
    shown = []
    for layer in scenario_layers(project, pack):
        if layer.group == "Suitability":
            shown.append(replace(layer, visible=layer.layer_id == f"suitability_{species_id}"))
        elif layer.group == CIRCUIT:
            if layer.layer_id.endswith(f"_{species_id}"):
                own = layer.layer_id == current_layer_id(species_id)
                shown.append(replace(layer, visible=own))
        elif layer.group == "Corridors":
            shown.append(replace(layer, subset=f"species = '{species_id}'"))
        elif layer.group != "Proposals":
            shown.append(layer)
    return tuple(shown)


def _base(basemap: Path, table: str, name: str, style: Style) -> LayerSpec:
    source = f"{basemap}|layername={table}"
    return LayerSpec(f"base_{table}", name, source, "vector", style, group=mark("Base"))


def _single(symbol: Style, labels: Style | None = None, min_scale: int | None = None) -> Style:
    style: Style = {"type": "single", "symbol": symbol}
    if labels is not None:
        style["labels"] = labels
    if min_scale is not None:
        style["min_scale"] = min_scale
    return style


def _line(colour: str, width_mm: float, dash: str = "solid") -> Style:
    return {"shape": "line", "stroke": colour, "stroke_width_mm": width_mm, "dash": dash}


def _fill(colour: str) -> Style:
    return {"shape": "fill", "fill": colour, "fill_opacity": 1.0, "stroke": None}


def _ground(basemap: Path, terrain_path: Path) -> tuple[LayerSpec, ...]:
    base = look("base")
    terrain = LayerSpec(
        "base_terrain",
        mark("Terrain (5 arc-minutes)"),
        str(terrain_path),
        "raster",
        {
            "type": "hillshade",
            "multidirectional": True,
            "resampling": "bilinear",
            "blend": "multiply",
        },
        opacity=0.18,
        group=mark("Base"),
    )
    return (
        _base(basemap, "countries", mark("Land"), _single(_fill(base["land"]))),
        terrain,
        replace(
            _base(
                basemap,
                "countries",
                mark("Sea"),
                {"type": "inverted", "symbol": _fill(base["sea"])},
            ),
            layer_id="base_sea",
        ),
        _base(basemap, "lakes", mark("Lakes"), _single(_fill(base["lake"]))),
        _base(basemap, "rivers", mark("Rivers"), _single(_line(base["river"], 0.2))),
    )


def main_species(project: Project) -> SpeciesProfile | None:
    """Return the species whose habitat lies beneath the map: the first that has corridors.

    Where none has, the first planned for; None where there is no habitat yet.
    """
    planned = planned_species(project)
    walking = {row["species"] for row in project.records("corridors")}
    with_corridors = [profile for profile in planned if profile.id in walking]
    return next(iter((*with_corridors, *planned)), None)


def _suitability(project: Project) -> tuple[LayerSpec, ...]:
    shown = main_species(project)
    stops = [[value, colour, f"{value:g}"] for value, colour in look("suitability")["stops"]]
    return tuple(
        LayerSpec(
            f"suitability_{profile.id}",
            filled("Habitat suitability: {species}", species=profile.names.en),
            str(project.raster_path(f"suitability_{profile.id}").absolute()),
            "raster",
            {"type": "ramp", "stops": stops, "interpolate": True},
            visible=profile == shown,
            group=mark("Suitability"),
        )
        for profile in planned_species(project)
    )


def _borders(basemap: Path) -> tuple[LayerSpec, ...]:
    base = look("base")
    width = base["border_width_mm"]
    return (
        _base(
            basemap,
            "provinces",
            mark("Provinces"),
            _single(
                {"shape": "line", "stroke": base["province"], "stroke_width_mm": 0.12},
                min_scale=4_000_000,
            ),
        ),
        replace(
            _base(
                basemap,
                "border_lines",
                mark("International borders, casing"),
                _single({**_line(base["halo"], 4 * width), "stroke_opacity": 0.7}),
            ),
            layer_id="base_border_casing",
        ),
        _base(
            basemap,
            "border_lines",
            mark("International borders"),
            _single(_line(base["border"], width)),
        ),
        _base(
            basemap,
            "disputed_lines",
            mark("Disputed or undetermined lines"),
            _single(_line(base["border"], width * 1.2, "dot")),
        ),
    )


def _country_names(basemap: Path) -> LayerSpec:
    base = look("base")
    labels = {
        "field": "iso3",
        "size_pt": 10,
        "bold": True,
        "color": base["country_label"],
        "halo": base["halo"],
        "priority": 2,
    }
    unseen = {"shape": "fill", "fill": None, "stroke": None}
    layer = _base(basemap, "countries", mark("Countries (ISO codes)"), _single(unseen, labels))
    return replace(layer, layer_id="base_country_names")


def _settlements(basemap: Path) -> tuple[LayerSpec, ...]:
    base = look("base")

    def towns(name: str, low: int, high: int, size_mm: float, scale: int) -> LayerSpec:
        style = _single(
            {
                "shape": "marker",
                "fill": base["settlement"],
                "stroke": "#ffffff",
                "stroke_width_mm": 0.1,
                "size_mm": size_mm,
            },
            min_scale=scale,
            labels={
                "field": "name",
                "size_pt": 6.5,
                "color": base["settlement_label"],
                "halo": base["halo"],
                "min_scale": scale,
                "priority": 3,
            },
        )
        layer = _base(basemap, "settlements", name, style)
        chosen = f"population >= {low} AND population < {high}"
        return replace(layer, layer_id=f"base_settlements_{low}", subset=chosen)

    return (
        towns(mark("Towns of 20,000 to 100,000 people"), 20_000, 100_000, 0.9, 1_500_000),
        towns(mark("Towns of 100,000 to 500,000 people"), 100_000, 500_000, 1.2, 3_500_000),
        towns(
            mark("Cities of 500,000 to 3 million people"), 500_000, 3_000_000, 1.5, 9_000_000
        ),
        towns(
            mark("Cities of 3 million people and more"), 3_000_000, 100_000_000, 1.8, 60_000_000
        ),
    )


def _table(project: Project, group: str, table: str, name: str, style: Style) -> LayerSpec:
    source = f"{project.database_path.absolute()}|layername={table}"
    return LayerSpec(table, name, source, "vector", style, group=group)


def _sites(project: Project) -> tuple[LayerSpec, ...]:
    site = look("sites")
    stroke = {"stroke": site["stroke"], "stroke_width_mm": site["stroke_width_mm"]}
    labels = {
        "field": "name_en",
        "size_pt": 6.5,
        "color": site["label"],
        "halo": look("base")["halo"],
        "min_scale": 6_000_000,
        "priority": 6,
        "wrap": 26,
    }
    surveyed = {
        "shape": "fill",
        "fill": site["fill"],
        "fill_opacity": site["fill_opacity"],
        **stroke,
    }
    nominal = {
        "shape": "fill",
        "fill": None,
        "hatch": "diagonal",
        "hatch_opacity": 0.3,
        "dash": "dash",
        **stroke,
    }
    areas = {
        "type": "categories",
        "field": "kind",
        "symbols": _present(
            project,
            ("sites", "kind"),
            {
                "surveyed": (mark("Site, surveyed boundary"), surveyed),
                "nominal": (mark("Site, nominal footprint"), nominal),
            },
        ),
        "labels": labels,
    }
    point = {
        "shape": "marker",
        "marker": "diamond",
        "fill": site["fill"],
        "stroke": site["stroke"],
        "size_mm": 2.0,
    }
    standing = ", ".join(f"'{state}'" for state in STANDING)
    others = {**nominal, "hatch": None, "dash": "dot", "stroke_width_mm": 0.25}
    return (
        replace(
            _table(project, "Sites", "site_areas", _OTHER_SITES, _single(others, labels)),
            layer_id="site_areas_other",
            subset=f"state NOT IN ({standing})",
            visible=False,
        ),
        replace(
            _table(project, "Sites", "site_areas", mark("Sites"), areas),
            subset=f"state IN ({standing})",
        ),
        _table(
            project,
            "Sites",
            "site_points",
            mark("Site without a reported area"),
            _single(point, labels=labels),
        ),
        _table(
            project,
            "Sites",
            "pairs",
            mark("Adjoining pair"),
            _single(_line(site["link"], 0.25)),
        ),
    )


def _present(
    project: Project, column: tuple[str, str], known: dict[str, tuple[str, Style]]
) -> list[Style]:
    """Return the categories that occur in a column, so that no legend names what is not there.

    A new project, whose table is still empty, gets all of them.
    """
    table, name = column
    found = {str(row[name]) for row in project.records(table)} & known.keys()
    return [
        {"value": value, "label": label, "symbol": symbol}
        for value, (label, symbol) in known.items()
        if value in found or not found
    ]


def _plans(project: Project) -> tuple[LayerSpec, ...]:
    core, corridor = look("cores"), look("corridors")
    narrow, widening, proposal = look("bottlenecks"), look("widening"), look("proposals")
    halo = look("base")["halo"]
    proposed = {
        "shape": "fill",
        "fill": proposal["fill"],
        "stroke": proposal["stroke"],
        "stroke_width_mm": proposal["stroke_width_mm"],
    }
    agreed = {**proposed, "fill_opacity": 0.3}
    tabled = {**proposed, "fill": None}
    draft = {**proposed, "fill_opacity": proposal["fill_opacity"], "dash": "dash"}
    proposals = {
        "type": "categories",
        "field": "status",
        "symbols": _present(
            project,
            ("proposals", "status"),
            {
                "draft": (mark("Proposal, draft"), draft),
                "tabled": (mark("Proposal, tabled"), tabled),
                "agreed": (mark("Proposal, agreed"), agreed),
            },
        ),
        "labels": {
            "field": "name",
            "size_pt": 7.5,
            "bold": True,
            "color": proposal["label"],
            "halo": halo,
            "wrap": 28,
            "min_scale": 8_000_000,
            "priority": 8,
        },
    }
    width_label = {
        "field": "width_label",
        "size_pt": 7,
        "color": narrow["label"],
        "halo": halo,
        "min_scale": 2_500_000,
    }
    return (
        _table(
            project,
            "Corridors",
            "cores",
            mark("Core habitat"),
            _single({"shape": "fill", "fill": None, **core}),
        ),
        _table(
            project,
            "Corridors",
            "corridor_swaths",
            mark("Corridor"),
            _single(
                {
                    "shape": "fill",
                    "fill": corridor["fill"],
                    "fill_opacity": corridor["fill_opacity"],
                    "stroke": corridor["stroke"],
                    "stroke_width_mm": 0.25,
                }
            ),
        ),
        _table(
            project,
            "Corridors",
            "widening_areas",
            mark("Land to add so that the corridor is wide enough"),
            _single({"shape": "fill", "stroke_width_mm": 0.2, **widening}),
        ),
        _table(
            project,
            "Corridors",
            "corridor_paths",
            mark("Least-cost path"),
            _single(_line(corridor["stroke"], corridor["path_width_mm"])),
        ),
        _table(
            project,
            "Corridors",
            "bottleneck_stretches",
            mark("Bottleneck (width in m)"),
            _single(_line(narrow["stroke"], narrow["width_mm"]), labels=width_label),
        ),
        _table(project, "Proposals", "proposals", mark("Proposals"), proposals),
    )
