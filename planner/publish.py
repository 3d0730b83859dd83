"""What a project hands on: scenario map as PDF, map as .qgz, pictures for the report."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from pyproj import Transformer

from layers.qgis.errors import QgisError
from layers.qgis.protocol import PrintRequest, PrintTable, RenderRequest
from planner.borders import borders_view
from planner.circuit_maps import current_layer_id
from planner.corridors.result import COST_UNIT, bound_clause
from planner.map_style import look
from planner.maps import (
    DISCLAIMER,
    GAP_NOTICE,
    NOMINAL_NOTICE,
    main_species,
    planned_species,
    scenario_layers,
    species_layers,
)
from planner.profiles import load_region
from planner.records import Record, attribute, listed, number, shown_number, texts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from layers.pack import DataPack
    from layers.qgis.engine import QgisEngine
    from layers.qgis.layer_spec import LayerProblem
    from layers.qgis.protocol import Extent
    from planner.profiles import SpeciesProfile
    from planner.project import Project

CREDITS = (
    "Boundaries: Natural Earth 1:10m. Terrain and climate: ITU-R P.1511, P.1510, P.837. Rivers "
    "and lakes: GSHHG and World Data Bank II. Settlements: GeoNames (CC BY 4.0). Sites: "
    "Landbridge catalogue of border protected areas, sources per field.",
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
        scenario_layers(project, pack),
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
    project: Project, pack: DataPack, engine: QgisEngine, path: Path, *, png: Path | None = None
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

    Raises
    ------
    QgisError
        QGIS failed, or the file cannot be written.
    """
    whole_map(show_project(project, pack, engine))
    species = planned_species(project)
    shown = main_species(project)
    rasters = () if shown is None else (f"suitability_{shown.id}", *_current(project, shown))
    legend = (*_legend(project), *rasters)
    language, second_title = _second_title(project)
    names = listed([item.names.en for item in species])
    return engine.print_map(
        PrintRequest(
            path=path,
            title=project.name,
            subtitle=f"{_subject(project)}: {names}",
            second_title=second_title,
            languages=("en", language) if language else ("en",),
            extent=region_extent(project),
            page="A3",
            legend_ids=legend,
            table=_proposal_table(project),
            notes=_notes(project),
            disclaimer=DISCLAIMER,
            credits=CREDITS,
            nominal_note=NOMINAL_NOTICE,
            png=png,
            png_dpi=100,
            metadata={"author": "Landbridge", "subject": project.name},
        )
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


def _proposal_table(project: Project) -> PrintTable | None:
    rows = [
        (
            str(row["name"]),
            " / ".join(texts(row["countries"])),
            shown_number(row["area_km2"]),
            _added_by_country(row),
        )
        for row in project.records("proposals")
    ]
    if not rows:
        return None
    title = "Candidate transboundary protected areas"
    if len(rows) > MOST_TABLE_ROWS:
        title += f" (the first {MOST_TABLE_ROWS} of {len(rows)}; the report holds all)"
    headers = ("Proposal", "Countries", "Area, km²", "Added, km², by country")
    return PrintTable(headers, tuple(rows[:MOST_TABLE_ROWS]), title)


def _added_by_country(row: Record) -> str:
    areas = row["area_by_country"]
    parts = areas.items() if isinstance(areas, dict) else ()
    added = {code: part.get("added_km2") for code, part in parts if isinstance(part, dict)}
    return ", ".join(f"{code} {shown_number(value)}" for code, value in added.items())


def _legend(project: Project) -> tuple[str, ...]:
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
        layer
        for layer in LEGEND
        if layer not in kinds or project.records(kinds[layer][0], **kinds[layer][1])
    )


def _second_title(project: Project) -> tuple[str, str]:
    """Return a language of one of the region's countries, and the region's name in it.

    The first country in the order of the codes for which a standard name is known; both are
    empty where none is.
    """
    region = load_region(project.region_id)
    languages = [LANGUAGE_OF[code] for code in sorted(region.countries) if code in LANGUAGE_OF]
    known = ((language, str(getattr(region.names, language))) for language in languages)
    return next(((language, name) for language, name in known if name), ("", ""))


def _subject(project: Project) -> str:
    """Return what the sheet shows, in words."""
    candidates = "candidate transboundary protected areas"
    corridors = project.records("corridors")
    return f"Corridors and {candidates}" if corridors else candidates.capitalize()


def _notes(project: Project) -> tuple[str, ...]:
    corridors = [row for row in project.records("corridors") if row["kind"] == "path"]
    narrow = [row for row in project.records("bottlenecks") if row["kind"] == "bottleneck"]
    return (
        f"Corridors between cores of different countries: {len(corridors)}. Stretches narrower "
        f"than the species needs: {len(narrow)}. Widths are true to one cell of the analysis "
        f"grid. Land outside the region's box is not counted. {GAP_NOTICE}",
        *_widening_note(project, corridors),
        *filter(None, (borders_view(project).notice,)),
        f"Draft of {datetime.now(UTC):%d %B %Y}, made with Landbridge {version('landbridge')}.",
    )


def _widening_note(project: Project, corridors: list[Record]) -> tuple[str, ...]:
    """Tell what widening the narrow corridors takes of each country, and the least it costs."""
    parts: dict[str, tuple[float, float]] = {}
    for row in project.records("bottlenecks", kind="widening"):
        area, cost = parts.get(str(row["country"]), (0.0, 0.0))
        cost_here = number(attribute(row, "cost"))
        parts[str(row["country"])] = (area + number(row["area_to_add_km2"]), cost + cost_here)
    if not parts:
        return ()
    told = ", ".join(
        f"{code} {shown_number(area, 1)} km² (cost {shown_number(cost, 1)})"
        for code, (area, cost) in sorted(parts.items())
    )
    found = [attribute(row, "widening") for row in corridors]
    bounds = [number(item.get("lower_bound")) for item in found if isinstance(item, dict)]
    costs = [number(item.get("union_cost")) for item in found if isinstance(item, dict)]
    return (
        f"To make every corridor as wide as its species needs, each for itself: {told}"
        f"{bound_clause(sum(costs), sum(bounds))}. Cost is relative ({COST_UNIT}), no money.",
    )
