"""The sections of the report of a plan on its species: habitat, corridors, widths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.corridors.curve import own_curve
from planner.corridors.result import COST_UNIT, bound_clause
from planner.maps import GAP_NOTICE
from planner.records import Record, attribute, number
from planner.report.page import Block, Figure, Paragraph, Section, Table
from planner.report.plots import width_plot
from planner.report.words import corridor_named, figure, joined, quantity, title_of, told
from resources.translation import tr, tr_c, tr_filled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from planner.profiles import Quantity, SpeciesProfile
    from planner.project import Project

MOST_PLOTS = 6
"""Widths of more corridors than this are plotted only where one is too narrow."""


def species_section(
    project: Project, profile: SpeciesProfile, pictures: Mapping[str, Path]
) -> Section:
    """Tell what was found for a species.

    Parameters
    ----------
    project : Project
        With the results of the pipeline.
    profile : SpeciesProfile
        The species.
    pictures : mapping of str to Path
        Species to picture; left out where it is not there.
    """
    blocks: list[Block] = [Paragraph(tr_filled(profile.summary)), _skill(project, profile)]
    picture = pictures.get(profile.id)
    if picture is not None and picture.exists():
        name = title_of(profile)
        blocks.append(
            Figure.from_png(
                picture,
                alt=tr("Map of habitat suitability for the {species}", species=name),
                caption=tr(
                    "Suitability for the {species}, light (low) to dark (high).", species=name
                ),
            )
        )
    if profile.connectivity == "physical":
        blocks += _corridors(project, profile)
    else:
        blocks.append(
            Paragraph(
                tr(
                    "Water birds are connected by flight, not by corridors on the ground: for "
                    "them the plan shows habitat, sites and the pairs that share it, and no "
                    "corridor."
                )
            )
        )
    return Section(title_of(profile), tuple(blocks))


def _skill(project: Project, profile: SpeciesProfile) -> Paragraph:
    value = project.settings.get(f"evaluation:{profile.id}")
    facts = value if isinstance(value, dict) else {}
    if facts.get("run"):
        return _chosen_skill(facts)
    if facts.get("note") or facts.get("model_auc") is None:
        note = told(str(facts.get("note", "")).strip())
        return Paragraph(f"{tr('Suitability is the expert index alone.')} {note}")
    text = tr(
        "Suitability joins the expert index with a presence-background model of {presences} "
        "localities (weight of the model: {share} %). Cross-validated in spatial blocks, the "
        "model has an AUC of {model_auc} and a continuous Boyce index of {boyce}; the expert "
        "index has an AUC of {expert_auc} at the same points, on which parts of it were set.",
        presences=facts["presences"],
        share=f"{100.0 * float(facts['model_weight']):.0f}",
        model_auc=f"{facts['model_auc']:.2f}",
        boyce=f"{facts['boyce']:.2f}",
        expert_auc=f"{facts['expert_auc']:.2f}",
    )
    return Paragraph(text)


def _chosen_skill(facts: Record) -> Paragraph:
    """Tell of a run of a suitability study that was chosen for the species."""
    measured = [
        f"{name} {value:.2f}"
        for name, value in (
            (tr("AUC"), facts["model_auc"]),
            (tr("Boyce index"), facts["boyce"]),
        )
        if isinstance(value, float)
    ]
    tested = (
        tr("On records it had not seen: {measures}.", measures=", ".join(measured))
        if measured
        else ""
    )
    sentences = (
        tr(
            "Suitability is that of the run {run}, chosen for this species, with {presences} "
            "presences.",
            run=facts["run"],
            presences=facts["presences"],
        ),
        told(facts["reason"]),
        tested,
        tr("Its report is in suitability/{run}/report.html of the project.", run=facts["run"]),
    )
    return Paragraph(" ".join(filter(None, sentences)))


def _corridors(project: Project, profile: SpeciesProfile) -> list[Block]:
    rows = project.records("corridors", species=profile.id, kind="path")
    if not rows:
        return [Paragraph(tr("No corridor joins cores of different countries here."))]
    needed = profile.value("minimum_corridor_width_m")
    blocks: list[Block] = [
        Paragraph(
            tr("Width needed: {width}. {gap}", width=quantity(needed), gap=tr(GAP_NOTICE))
        ),
        *_resistance(project, profile),
        Table(
            tr("Corridors between cores of different countries"),
            (
                tr("Corridor"),
                tr("Countries"),
                tr("Length, km"),
                tr("Narrowest, m"),
                tr("Mean width, m"),
                tr("Crossing"),
            ),
            tuple(_corridor_cells(row) for row in rows),
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


def _corridor_cells(row: Record) -> tuple[str, ...]:
    adjoining = attribute(row, "adjoining")
    return (
        corridor_named(row["name"]),
        joined(row["countries"]),
        tr("adjoining") if adjoining else figure(row["length_km"], 1),
        figure(row["min_width_m"]),
        figure(row["mean_width_m"]),
        _crossings(row),
    )


def _resistance(project: Project, profile: SpeciesProfile) -> list[Block]:
    """Tell the curve that the project has of its own; the profile's is among its numbers."""
    own = own_curve(project, profile.id)
    if own is None:
        return []
    text = tr(
        "Resistance to movement follows a curve of this project's own, not that of the "
        "species profile: {curve}.",
        curve=own.shown(),
    )
    return [Paragraph(text)]


def _width_blocks(row: Record, needed: Quantity) -> list[Block]:
    blocks: list[Block] = []
    profile, name = attribute(row, "profile"), corridor_named(row["name"])
    if isinstance(profile, dict) and len(profile["distance_m"]) > 1:
        blocks.append(
            Figure.from_bytes(
                width_plot(profile["distance_m"], profile["width_m"], needed.value),
                alt=tr("Width along the corridor {corridor}", corridor=name),
                caption=tr("{corridor}: width along its middle line.", corridor=name),
            )
        )
    widening = attribute(row, "widening")
    if isinstance(widening, dict) and "refused" not in widening:
        blocks.append(Paragraph(_widening_text(name, widening)))
    return blocks


def _widening_text(name: str, widening: Record) -> str:
    """Tell how wide a corridor becomes, what that costs, and how sure the cost is."""
    width = figure(number(widening["verified_minimum_width_m"]))
    cost = number(widening["union_cost"])
    if cost <= 0:
        return tr(
            "{corridor}: with protected and open land beside its narrow places the corridor is "
            "{width} m wide at its narrowest, checked by distance transform. That costs "
            "nothing.",
            corridor=name,
            width=width,
        )
    bound = widening.get("lower_bound")
    clause = bound_clause(cost, None if bound is None else number(bound))
    return tr(
        "{corridor}: with the land to add, the corridor is {width} m wide at its narrowest, "
        "checked by distance transform. It costs {cost} ({unit}){bound}. This cost is relative "
        "and no money.",
        corridor=name,
        width=width,
        cost=figure(cost, 2),
        unit=tr(COST_UNIT),
        bound=told(clause),
    )


def _refusals(rows: list[Record]) -> list[str]:
    """Tell why corridors were not widened, each reason once."""
    names: dict[str, list[str]] = {}
    for row in rows:
        widening = attribute(row, "widening")
        if isinstance(widening, dict) and "refused" in widening:
            names.setdefault(str(widening["refused"]), []).append(corridor_named(row["name"]))
    return [
        told(why) if len(which) == len(rows) else f"{'; '.join(which)}: {told(why)}"
        for why, which in names.items()
    ]


def _narrow_table(project: Project, profile: SpeciesProfile) -> Table:
    narrow = project.records("bottlenecks", species=profile.id, kind="bottleneck")
    names = {
        row["corridor_id"]: corridor_named(row["name"]) for row in project.records("corridors")
    }
    added = project.records("bottlenecks", species=profile.id, kind="widening")
    rows = [
        (
            names.get(row["corridor_id"], ""),
            tr_c("a stretch", "narrow")
            if attribute(row, "certain")
            else tr_c("a stretch", "narrow, within one cell"),
            _text(row["country"]),
            told(_text(row["width_label"])).removesuffix(" m"),
            figure(row["length_km"], 2),
            "",
            "",
        )
        for row in narrow
    ] + [
        (
            names.get(row["corridor_id"], ""),
            tr_c("land", "to add"),
            _text(row["country"]),
            "",
            "",
            figure(row["area_to_add_km2"], 2),
            figure(attribute(row, "cost"), 2),
        )
        for row in added
    ]
    return Table(
        tr(
            "Narrow stretches, and the land to add per country; cost is relative ({unit})",
            unit=tr(COST_UNIT),
        ),
        (
            tr("Corridor"),
            tr_c("of a stretch", "What"),
            tr("Country"),
            tr("Width, m"),
            tr("Length, km"),
            tr("Area to add, km²"),
            tr("Cost"),
        ),
        tuple(rows),
        frozenset({3, 4, 5, 6}),
    )


def _crossings(row: Record) -> str:
    places = attribute(row, "crossings")
    if not isinstance(places, list):
        return ""
    return "; ".join(
        tr(
            "{border} at {lat} N, {lon} E",
            border=place["border"],
            lat=f"{place['lat']:.2f}",
            lon=f"{place['lon']:.2f}",
        )
        for place in places
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)
