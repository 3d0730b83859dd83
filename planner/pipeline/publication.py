"""Steps: maps through QGIS, tables for a spreadsheet, and the report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from layers.qgis.discovery import find_qgis
from layers.qgis.engine import QgisEngine
from planner.files import made_folder, write_csv
from planner.map_layers import planned_layers
from planner.pipeline.cores import suitability_raster
from planner.pipeline.runner import Step
from planner.project import table_output
from planner.publish import print_scenario, show_project, species_picture
from planner.records import attribute
from planner.report.page import Edition
from planner.report.plan_report import plan_report
from planner.sheet import PLAN_SHEET
from resources.translation import LANGUAGES, hash_of_catalogues, mark, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.control import Control
    from layers.qgis.layer_spec import LayerSpec
    from planner.pipeline.study import Study

MAP_PDF = "exports/scenario_map.pdf"
MAP_PNG = "exports/pictures/scenario_map.png"
MAP_QGZ = "exports/map.qgz"
REPORT = "exports/report.html"
"""In English; those in the other languages lie beside it."""

# Table of the project to the columns that a spreadsheet shows, geometry left out.
SPREADSHEETS: dict[str, tuple[str, ...]] = {
    "sites": (
        "site_id",
        "name_en",
        "name_local",
        "countries",
        "designation_class",
        "state",
        "area_km2",
        "borders",
        "species",
        "kind",
        "moved",
        "confidence",
    ),
    "pairs": (
        "site_a",
        "name_a",
        "site_b",
        "name_b",
        "border",
        "distance_km",
        "shared_border_km",
        "touching",
        "basis",
        "species",
        "nominal",
    ),
    "corridors": (
        "corridor_id",
        "species",
        "name",
        "countries",
        "length_km",
        "cost",
        "area_km2",
        "min_width_m",
        "mean_width_m",
    ),
    "bottlenecks": (
        "corridor_id",
        "species",
        "kind",
        "country",
        "width_m",
        "needed_m",
        "length_km",
        "area_to_add_km2",
        "cost",
    ),
    "proposals": (
        "proposal_id",
        "name",
        "status",
        "kind",
        "countries",
        "area_km2",
        "area_by_country",
        "member_sites",
        "species",
        "reasons",
    ),
    "indicators": ("indicator", "unit", "species", "country", "stage", "value"),
}


# A corridor is stored as a path and a swath with the same facts; the spreadsheet has one row.
ONE_ROW_EACH = {"corridors": {"kind": "path"}}


def spreadsheet(table: str) -> str:
    """Return the path inside the project of a table as CSV."""
    return f"exports/{table}.csv"


def picture(species_id: str) -> str:
    """Return the path inside the project of the picture of a species."""
    return f"exports/pictures/{species_id}.png"


def report_in(language: str) -> str:
    """Return the path inside the project of the report in a language."""
    return REPORT if language == "en" else f"exports/report-{language}.html"


def maps_step(study: Study) -> Step:
    """Describe the step.

    Raises
    ------
    QgisNotFoundError
        There is no QGIS; the message says how to install it.
    """
    return Step(
        name="maps",
        label=mark("Scenario map (PDF, .qgz) and pictures"),
        method=3,
        inputs={
            **_contents(study),
            "pack": study.pack.content_hash,
            "qgis": find_qgis().version,
            "looks": [
                _looks(layer)
                for layer in planned_layers(study.project, study.pack, with_own=True)
            ],
            "rasters": {
                item.id: study.raster_hash(suitability_raster(item.id))
                for item in study.species
            },
        },
        parameters={"region": study.region.id, "species": [item.id for item in study.species]},
        outputs=(MAP_PDF, MAP_PNG, MAP_QGZ, *(picture(item.id) for item in study.species)),
    )


def store_maps(study: Study, control: Control, _run_id: str) -> None:
    """Print the scenario map, save it as .qgz, draw a picture per species."""
    folder = study.project.path
    made_folder((folder / MAP_PNG).parent)
    with QgisEngine() as engine:
        control.report(0.3)
        print_scenario(
            study.project,
            study.pack,
            engine,
            folder / MAP_PDF,
            png=folder / MAP_PNG,
            sheet=PLAN_SHEET,
        )
        control.report(0.6)
        show_project(study.project, study.pack, engine)
        engine.save_project(folder / MAP_QGZ)
        for done, item in enumerate(study.species, 1):
            species_picture(
                study.project, study.pack, engine, item.id, folder / picture(item.id)
            )
            control.report(0.6 + 0.4 * done / len(study.species))


def _looks(layer: LayerSpec) -> dict[str, object]:
    """Return how a layer is drawn, without where its data lie."""
    return {name: value for name, value in layer.to_message().items() if name != "source"}


def tables_step(study: Study) -> Step:
    """Describe the step."""
    return Step(
        name="tables",
        label=mark("Tables (CSV)"),
        method=3,
        inputs=_contents(study),
        parameters={},
        outputs=tuple(spreadsheet(name) for name in SPREADSHEETS),
    )


def store_tables(study: Study, control: Control, _run_id: str) -> None:
    """Write the project's tables as CSV, one row per thing."""
    for done, (table, columns) in enumerate(SPREADSHEETS.items(), 1):
        chosen = study.project.records(table, **ONE_ROW_EACH.get(table, {}))
        rows = (
            [_cell(row[name] if name in row else attribute(row, name)) for name in columns]
            for row in chosen
        )
        write_csv(study.project.path / spreadsheet(table), columns, rows)
        control.report(done / len(SPREADSHEETS))


def report_step(study: Study, problems: Sequence[str], *, drawn: bool) -> Step:
    """Describe the step.

    Parameters
    ----------
    study : Study
        What the report is about.
    problems : sequence of str
        What could not be made; the report says so.
    drawn : bool
        Whether the maps are those of these results, so that the report may show them.
    """
    names = [MAP_PNG, *(picture(item.id) for item in study.species)] if drawn else []
    return Step(
        name="report",
        label=mark("Report (HTML)"),
        method=5,
        inputs={
            **_contents(study),
            "evaluation": study.project.output_hash(table_output("settings")),
            "pictures": {name: study.project.output_hash(name) for name in names},
            "profiles": [repr(item) for item in study.species],
            "region": repr(study.region),
            "words": hash_of_catalogues(),
        },
        parameters={"problems": list(problems)},
        outputs=tuple(report_in(code) for code in LANGUAGES),
    )


def store_report(
    study: Study, problems: Sequence[str], drawn: bool, control: Control, _run_id: str
) -> None:
    """Write the report in every language; each leads to the others."""
    folder = study.project.path
    pictures = {item.id: folder / picture(item.id) for item in study.species if drawn}
    editions = tuple(
        Edition(code, name, Path(report_in(code)).name) for code, name in LANGUAGES.items()
    )
    for done, code in enumerate(LANGUAGES, 1):
        with speaking(code):
            page = plan_report(
                study.project,
                study.region,
                study.species,
                overview=folder / MAP_PNG if drawn else None,
                pictures=pictures,
                problems=tuple(problems),
            )
        replace(page, editions=editions).write(folder / report_in(code))
        control.report(done / len(LANGUAGES))


def written_files(study: Study, *, drawn: bool) -> tuple[Path, ...]:
    """Return what a plan has written for people to open.

    Parameters
    ----------
    study : Study
        Of the plan, all steps done.
    drawn : bool
        Whether the maps are those of these results.
    """
    project = study.project
    names = (
        *((MAP_PDF, MAP_QGZ) if drawn else ()),
        REPORT,
        *(spreadsheet(name) for name in SPREADSHEETS),
        *(study.raster_output(suitability_raster(item.id)) for item in study.species),
    )
    return (project.database_path, *(project.path / name for name in names))


def _contents(study: Study) -> dict[str, object]:
    return {"tables": study.table_hashes(SPREADSHEETS)}


def _cell(value: object) -> object:
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_flat(item)}" for key, item in value.items())
    return "" if value is None else value


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return str(value)
