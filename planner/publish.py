"""What a project hands on: scenario map as PDF, map as .qgz, pictures for the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyproj import Transformer

from layers.qgis.errors import QgisError
from layers.qgis.protocol import PrintRequest, RenderRequest
from planner.circuit_maps import current_layer_id
from planner.map_layers import map_of, planned_layers
from planner.map_style import look
from planner.maps import (
    DISCLAIMER,
    NOMINAL_SITES,
    PACK_GRID,
    main_species,
    species_layers,
)
from planner.profiles import load_region, load_species, species_ids
from planner.scenarios import layers_of_scenario, scenario_named
from planner.sheet import USUAL_SHEET, Sheet
from planner.sheet_names import NAMES_AVOID, printed_names
from planner.sheet_words import (
    Where,
    most_rows,
    notes,
    proposal_table,
    second_subject,
    second_title,
    subject,
    usual_titles,
)
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
    "pairs",
    "cores",
    "corridor_swaths",
    "corridor_paths",
    "bottleneck_stretches",
    "widening_areas",
    "proposals",
    "base_border_lines",
    "base_disputed_lines",
)
_OF_NO_SCENARIO = frozenset({"sites", "pairs"})
PICTURE_PX = (1200, 820)
_PROJECTIONS = {
    "aea": mark("Albers equal-area projection"),
    "laea": mark("Lambert azimuthal equal-area projection"),
    "longlat": mark("longitude and latitude"),
}


def show_project(
    project: Project, pack: DataPack, engine: QgisEngine
) -> tuple[LayerProblem, ...]:
    """Put the layers of a plan on the engine's map, with those that somebody added.

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
        planned_layers(project, pack, with_own=True),
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
    drawn = planned_layers(project, pack, with_own=False) if sheet.as_planned else held.layers
    with speaking(sheet.language):
        specs = _told(_own_classes(project, drawn, sheet.scenario))
        request = _request(project, sheet, path, png)
    legend = _legend_of(specs, request.legend_ids, held.own)
    return PreparedSheet(specs, project.crs, replace(request, legend_ids=legend))


def _own_classes(
    project: Project, specs: Sequence[LayerSpec], scenario: str
) -> tuple[LayerSpec, ...]:
    """Return the layers of a scenario; its proposals without the classes that it lacks."""
    cut = layers_of_scenario(specs, scenario)
    if not scenario:
        return cut
    found = {row["status"] for row in project.records("proposals", scenario=scenario)}
    return tuple(
        replace(spec, style={**spec.style, "symbols": shown})
        if spec.layer_id == "proposals"
        and isinstance(symbols := spec.style.get("symbols"), list)
        and (shown := [item for item in symbols if item.get("value") in found])
        else spec
        for spec in cut
    )


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
    return name if profile is None else tr(profile.names.in_language(language()))


def _request(project: Project, sheet: Sheet, path: Path, png: Path | None) -> PrintRequest:
    shown = main_species(project)
    rasters = () if shown is None else (f"suitability_{shown.id}", *_current(project, shown))
    where = {"scenario": sheet.scenario} if sheet.scenario else {}
    second, title = second_title(project, sheet)
    return PrintRequest(
        path=path,
        title=sheet.title or usual_titles(project).get(sheet.language, project.name),
        subtitle=subject(project, where),
        second_title=title,
        second_subtitle=second_subject(project, where, second, sheet),
        languages=(sheet.language, second) if second else (sheet.language,),
        extent=sheet.extent or region_extent(project),
        page=sheet.page,
        orientation=sheet.orientation,
        legend_ids=(*_legend(project, where), *rasters),
        legend_title=tr("Legend"),
        legend_unheaded=(tr("Base"),),
        table=proposal_table(project, where, most_rows(sheet)),
        notes=notes(project, where),
        disclaimer=tr(DISCLAIMER),
        credits=tuple(tr(item) for item in CREDITS),
        nominal_note=f"{tr(NOMINAL_SITES)} {tr(PACK_GRID)}",
        png=png,
        png_dpi=sheet.png_dpi,
        names=printed_names(project),
        names_avoid=NAMES_AVOID,
        numbers_told=tr("Names without room on the map, by their numbers there: {names}"),
        edge_told=tr("At the edge of the map, without a name there: {names}"),
        hidden_told=tr("At this scale the map shows no names of: {layers}"),
        scale_told=tr("about 1:{scale} on {page} · {projection}"),
        projections={key: tr(name) for key, name in _PROJECTIONS.items()},
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
        "pairs": ("pairs", {}),
    }
    return tuple(
        layer for layer in LEGEND if layer not in kinds or _any(project, *kinds[layer], where)
    )


def _any(project: Project, table: str, kind: dict[str, str], where: Where) -> bool:
    """Tell whether a table holds rows of a kind, of the scenario that is printed."""
    of_scenario = {} if table in _OF_NO_SCENARIO else where
    return bool(project.records(table, **kind, **of_scenario))
