"""What a project hands on: scenario map as PDF, map as .qgz, pictures for the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

from pyproj import Transformer

from layers.qgis.errors import QgisError
from layers.qgis.protocol import PrintRequest, PrintTable, RenderRequest
from planner.borders import borders_view
from planner.circuit_maps import current_layer_id
from planner.corridors.result import COST_UNIT, bound_clause
from planner.map_layers import layers_of, map_of
from planner.map_style import look
from planner.maps import (
    DISCLAIMER,
    GAP_NOTICE,
    NOMINAL_SITES,
    PACK_GRID,
    main_species,
    planned_species,
    species_layers,
)
from planner.profiles import load_region, load_species, region_ids, species_ids
from planner.records import Record, attribute, listed, number, shown_number, texts
from planner.scenarios import layers_of_scenario, scenario_named
from planner.sheet import USUAL_SHEET, Sheet
from resources.translation import language, mark, speaking, tr, tr_filled

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from layers.pack import DataPack
    from layers.qgis.engine import QgisEngine
    from layers.qgis.layer_spec import LayerProblem, LayerSpec
    from layers.qgis.protocol import Extent
    from planner.profiles import SpeciesProfile
    from planner.project import Project

CREDITS = (
    mark(
        "Boundaries: Natural Earth 1:10m. Terrain and climate: ITU-R P.1511, P.1510, P.837. "
        "Rivers and lakes: GSHHG and World Data Bank II. Settlements: GeoNames (CC BY 4.0). "
        "Sites: Landbridge catalogue of border protected areas, sources per field."
    ),
)
LEGEND = (
    "site_areas",
    "site_points",
    "cores",
    "corridor_swaths",
    "corridor_paths",
    "bottleneck_stretches",
    "widening_areas",
    "proposals",
    "base_border_lines",
    "base_disputed_lines",
)
LANGUAGE_OF = {"CHN": "zh", "JPN": "ja", "KOR": "ko", "MNG": "mn", "PRK": "ko", "RUS": "ru"}
MOST_TABLE_ROWS = 8
Where: TypeAlias = dict[str, str]
"""Which rows of a table belong to the scenario that is printed."""
PICTURE_PX = (1200, 820)


def show_project(
    project: Project, pack: DataPack, engine: QgisEngine
) -> tuple[LayerProblem, ...]:
    """Put the project's layers on the engine's map.

    Returns
    -------
    tuple of LayerProblem
        Layers that could not be opened.

    Raises
    ------
    QgisError
        QGIS failed.
    """
    return engine.set_layers(
        layers_of(project, pack),
        crs=project.crs,
        title=project.name,
        background=str(look("base")["sea"]),
    )


def whole_map(problems: Sequence[LayerProblem]) -> None:
    """Refuse to hand on a map that lacks a layer.

    Raises
    ------
    QgisError
        A layer could not be opened; names it and says why.
    """
    if problems:
        lacks = "; ".join(f"{problem.name}: {problem.reason}" for problem in problems)
        raise QgisError(f"The map would lack layers and was not made. {lacks}")


def region_extent(project: Project) -> Extent:
    """Return the extent of the project's region in its own CRS."""
    bounds = load_region(project.region_id).bounds.lonlat
    to_local = Transformer.from_crs("EPSG:4326", project.crs, always_xy=True)
    west, south, east, north = to_local.transform_bounds(*bounds, densify_pts=51)
    return float(west), float(south), float(east), float(north)


def print_scenario(
    project: Project,
    pack: DataPack,
    engine: QgisEngine,
    path: Path,
    *,
    png: Path | None = None,
    sheet: Sheet = USUAL_SHEET,
) -> Path:
    """Print the scenario map: one map, one legend, one table, disclaimer and sources.

    Parameters
    ----------
    project : Project
        What to print.
    pack : DataPack
        Base map.
    engine : QgisEngine
        Its map is set to the project's layers.
    path : Path
        PDF to write; replaced when it is complete.
    png : Path, optional
        Write the same page as a picture too.
    sheet : Sheet
        Which scenario, in what words, on what paper.

    Raises
    ------
    UsageError
        There is no such scenario.
    QgisError
        QGIS failed, or the file cannot be written.
    """
    return prepare_sheet(project, pack, path, png=png, sheet=sheet).print_with(engine)


@dataclass(frozen=True, slots=True)
class PreparedSheet:
    """A sheet that needs nothing more of the project, only to be drawn.

    Parameters
    ----------
    specs : tuple of LayerSpec
        Layers of its map, the lowest first.
    crs : str
        CRS of the map.
    request : PrintRequest
        Everything around the map.
    """

    specs: tuple[LayerSpec, ...]
    crs: str
    request: PrintRequest

    def print_with(self, engine: QgisEngine) -> Path:
        """Print the sheet; the engine's map holds its layers afterwards.

        Raises
        ------
        QgisError
            QGIS failed, a layer is missing, or the file cannot be written.
        """
        sea = str(look("base")["sea"])
        title = self.request.metadata["subject"]
        problems = engine.set_layers(self.specs, crs=self.crs, title=title, background=sea)
        whole_map(problems)
        return engine.print_map(self.request)


def prepare_sheet(
    project: Project,
    pack: DataPack,
    path: Path,
    *,
    png: Path | None = None,
    sheet: Sheet = USUAL_SHEET,
) -> PreparedSheet:
    """Read what a sheet needs of a project; parameters are those of `print_scenario`.

    Raises
    ------
    UsageError
        There is no such scenario.
    """
    if sheet.scenario:
        scenario_named(project, sheet.scenario)
    held = map_of(project, pack)
    with speaking(sheet.language):
        specs = _told(layers_of_scenario(held.layers, sheet.scenario))
        request = _request(project, sheet, path, png)
    legend = _legend_of(specs, request.legend_ids, held.own)
    return PreparedSheet(specs, project.crs, replace(request, legend_ids=legend))


def _legend_of(
    specs: Sequence[LayerSpec], usual: Sequence[str], own: Collection[str]
) -> tuple[str, ...]:
    """Return the layers of the legend: usual ones and the user's own, where they are on."""
    shown = [spec.layer_id for spec in reversed(specs) if spec.visible]
    return (
        *(layer_id for layer_id in usual if layer_id in shown),
        *(layer_id for layer_id in shown if layer_id in own),
    )


def _told(specs: Sequence[LayerSpec]) -> tuple[LayerSpec, ...]:
    """Return layers with their names and those of their classes as people read them."""
    if language() == "en":
        return tuple(specs)
    return tuple(
        replace(
            spec,
            name=_read(spec.name),
            group=_read(spec.group),
            style={**spec.style, "symbols": [_told_class(item) for item in symbols]}
            if isinstance(symbols := spec.style.get("symbols"), list)
            else spec.style,
        )
        for spec in specs
    )


def _told_class(item: dict[str, object]) -> dict[str, object]:
    return {**item, "label": _read(str(item["label"]))} if "label" in item else item


def _read(text: str) -> str:
    return tr_filled(text, named=_species_name)


def _species_name(name: str) -> str:
    found = (load_species(item) for item in species_ids())
    profile = next((item for item in found if item.names.en == name), None)
    return name if profile is None else profile.names.in_language(language())


def _request(project: Project, sheet: Sheet, path: Path, png: Path | None) -> PrintRequest:
    shown = main_species(project)
    rasters = () if shown is None else (f"suitability_{shown.id}", *_current(project, shown))
    where = {"scenario": sheet.scenario} if sheet.scenario else {}
    second, second_title = _second_title(project, sheet)
    return PrintRequest(
        path=path,
        title=sheet.title or project.name,
        subtitle=_subject(project, where),
        second_title=second_title,
        second_subtitle=_second_subject(project, where, second, sheet),
        languages=(sheet.language, second) if second else (sheet.language,),
        extent=sheet.extent or region_extent(project),
        page=sheet.page,
        orientation=sheet.orientation,
        legend_ids=(*_legend(project, where), *rasters),
        legend_title=tr("Legend"),
        legend_unheaded=(tr("Base"),),
        table=_proposal_table(project, where),
        notes=_notes(project, where),
        disclaimer=tr(DISCLAIMER),
        credits=tuple(tr(item) for item in CREDITS),
        nominal_note=f"{tr(NOMINAL_SITES)} {tr(PACK_GRID)}",
        png=png,
        png_dpi=sheet.png_dpi,
        metadata={"author": "Landbridge", "subject": project.name},
    )


def _current(project: Project, shown: SpeciesProfile) -> tuple[str, ...]:
    """Return the layer of the current of a species, where the project holds one."""
    layer = current_layer_id(shown.id)
    return (layer,) if project.raster_path(layer).exists() else ()


def species_picture(
    project: Project, pack: DataPack, engine: QgisEngine, species_id: str, path: Path
) -> Path:
    """Draw the habitat and corridors of one species as PNG.

    Raises
    ------
    QgisError
        QGIS failed, or the file cannot be written.
    """
    whole_map(
        engine.set_layers(
            species_layers(project, pack, species_id),
            crs=project.crs,
            title=project.name,
            background=str(look("base")["sea"]),
        )
    )
    width, height = PICTURE_PX
    request = RenderRequest(region_extent(project), width, height, dpi=110, view="report")
    return engine.save_image(path, request)


def _proposal_table(project: Project, where: Where) -> PrintTable | None:
    records = [
        row for row in project.records("proposals", **where) if row["status"] != "rejected"
    ]
    rows = [
        (
            _proposal_name(row),
            " / ".join(texts(row["countries"])),
            shown_number(row["area_km2"]),
            _added_by_country(row),
        )
        for row in records
    ]
    if not rows:
        return None
    title = tr("Candidate transboundary protected areas")
    if len(rows) > MOST_TABLE_ROWS:
        title = tr(
            "Candidate transboundary protected areas (the first {most} of {count}; the report "
            "holds all)",
            most=MOST_TABLE_ROWS,
            count=len(rows),
        )
    headers = (
        tr("Proposal"),
        tr("Countries"),
        tr("Area, km²"),
        tr("Added, km², by country"),
    )
    return PrintTable(headers, tuple(rows[:MOST_TABLE_ROWS]), title)


def _proposal_name(row: Record) -> str:
    """Return the name of a proposal in the language of the sheet, where it has one."""
    names = row["names"]
    own = names.get(language()) if isinstance(names, dict) else ""
    return str(own or row["name"])


def _added_by_country(row: Record) -> str:
    areas = row["area_by_country"]
    parts = areas.items() if isinstance(areas, dict) else ()
    added = {code: part.get("added_km2") for code, part in parts if isinstance(part, dict)}
    return ", ".join(f"{code} {shown_number(value)}" for code, value in added.items())


def _legend(project: Project, where: Where) -> tuple[str, ...]:
    """Return the layers of the legend that have something to show."""
    kinds = {
        "corridor_swaths": ("corridors", {"kind": "swath"}),
        "corridor_paths": ("corridors", {"kind": "path"}),
        "cores": ("cores", {}),
        "bottleneck_stretches": ("bottlenecks", {"kind": "bottleneck"}),
        "widening_areas": ("bottlenecks", {"kind": "widening"}),
        "proposals": ("proposals", {}),
        "site_points": ("sites", {"kind": "point"}),
    }
    return tuple(
        layer for layer in LEGEND if layer not in kinds or _any(project, *kinds[layer], where)
    )


def _any(project: Project, table: str, kind: dict[str, str], where: Where) -> bool:
    """Tell whether a table holds rows of a kind, of the scenario that is printed."""
    of_scenario = {} if table == "sites" else where
    return bool(project.records(table, **kind, **of_scenario))


def second_language_of(project: Project) -> str:
    """Return the language of one of the region's countries, for the second title of a sheet.

    That of the first country, in the order of the codes, in which a standard name of the region
    is known; empty where there is none.
    """
    if project.region_id not in region_ids():
        return ""
    region = load_region(project.region_id)
    languages = [LANGUAGE_OF[code] for code in sorted(region.countries) if code in LANGUAGE_OF]
    return next((code for code in languages if getattr(region.names, code)), "")


def _second_title(project: Project, sheet: Sheet) -> tuple[str, str]:
    """Return the second language, and the title in it; both are empty for none."""
    wanted = sheet.second_language
    code = second_language_of(project) if wanted is None else wanted
    if not code or code == sheet.language:
        return "", ""
    name = str(getattr(load_region(project.region_id).names, code))
    return code, sheet.second_title or name


def _second_subject(project: Project, where: Where, second: str, sheet: Sheet) -> str:
    """Return what the sheet shows in the second language, where that was asked for."""
    if not second or sheet.second_language is None:
        return ""
    with speaking(second):
        return _subject(project, where)


def _subject(project: Project, where: Where) -> str:
    """Return what the sheet shows, in words."""
    species = [item.names.in_language(language()) for item in planned_species(project)]
    names = listed(species) if language() == "en" else ", ".join(species)
    if project.records("corridors", **where):
        return tr(
            "Corridors and candidate transboundary protected areas: {species}", species=names
        )
    return tr("Candidate transboundary protected areas: {species}", species=names)


def _notes(project: Project, where: Where) -> tuple[str, ...]:
    corridors = project.records("corridors", kind="path", **where)
    narrow = project.records("bottlenecks", kind="bottleneck", **where)
    return (
        tr(
            "Corridors between cores of different countries: {corridors}. Stretches narrower "
            "than the species needs: {narrow}. Widths are true to one cell of the analysis "
            "grid. Land outside the region's box is not counted. {gap}",
            corridors=len(corridors),
            narrow=len(narrow),
            gap=tr(GAP_NOTICE),
        ),
        *_widening_note(project, corridors, where),
        *filter(None, (tr(borders_view(project).notice),)),
        tr(
            "Draft of {day}, made with Landbridge {version}.",
            day=_today(),
            version=version("landbridge"),
        ),
    )


def _today() -> str:
    """Return the day in words, or in figures where the language is not English."""
    form = "%d %B %Y" if language() == "en" else "%Y-%m-%d"
    return datetime.now(UTC).strftime(form)


def _widening_note(project: Project, corridors: list[Record], where: Where) -> tuple[str, ...]:
    """Tell what widening the narrow corridors takes of each country, and the least it costs."""
    parts: dict[str, tuple[float, float]] = {}
    for row in project.records("bottlenecks", kind="widening", **where):
        area, cost = parts.get(str(row["country"]), (0.0, 0.0))
        cost_here = number(attribute(row, "cost"))
        parts[str(row["country"])] = (area + number(row["area_to_add_km2"]), cost + cost_here)
    if not parts:
        return ()
    told = ", ".join(
        tr(
            "{country} {area} km² (cost {cost})",
            country=code,
            area=shown_number(area, 1),
            cost=shown_number(cost, 1),
        )
        for code, (area, cost) in sorted(parts.items())
    )
    found = [attribute(row, "widening") for row in corridors]
    bounds = [number(item.get("lower_bound")) for item in found if isinstance(item, dict)]
    costs = [number(item.get("union_cost")) for item in found if isinstance(item, dict)]
    return (
        tr(
            "To make every corridor as wide as its species needs, each for itself: "
            "{land}{bound}. Cost is relative ({unit}), no money.",
            land=told,
            bound=bound_clause(sum(costs), sum(bounds)),
            unit=tr(COST_UNIT),
        ),
    )
