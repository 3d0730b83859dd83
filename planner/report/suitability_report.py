"""The report of a suitability study after the ODMAP protocol: one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.maps import DISCLAIMER, NOMINAL_SITES, PACK_GRID
from planner.profiles import load_species
from planner.records import listed
from planner.report.odmap import NOT_STATED, SECTIONS, odmap_items
from planner.report.odmap_texts import novelty_text
from planner.report.page import Block, Card, Page, Paragraph, Section, Table
from planner.report.suitability_data import data_blocks
from planner.report.suitability_findings import (
    assessment_blocks,
    model_blocks,
    prediction_blocks,
)
from planner.report.suitability_pictures import pictures
from planner.suitability.defaults import has_profile
from planner.suitability.study import pack_layer
from planner.suitability.study_file import flat_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.report.odmap import Item
    from planner.suitability.folder import RunFolder
    from planner.suitability.results import SuitabilityResults

NOTICE = (
    "Relative suitability, learnt from places where the species was recorded. It is no "
    "probability of occurrence, and it is extrapolated where the map of similarity is below 0."
)


def suitability_report(results: SuitabilityResults, folder: RunFolder) -> Page:
    """Compose the report of a run.

    Parameters
    ----------
    results : SuitabilityResults
        What the run found.
    folder : RunFolder
        Where its maps are.
    """
    items = odmap_items(results)
    evaluation, understanding = results.evaluation, results.understanding
    today = results.maps[0] if results.maps else None
    everywhere = next(
        (area for area in understanding.areas if area.kind == "all" and area.map == "today"),
        None,
    )
    cards = [
        Card(f"{results.sample.presences:,}", "presences"),
        Card(_short(evaluation.auc.value), "AUC on unseen records"),
        Card(_short(evaluation.boyce.value), "continuous Boyce index"),
    ]
    if everywhere is not None and everywhere.suitable_km2 is not None:
        cards.append(Card(f"{everywhere.suitable_km2:,.0f} km²", "suitable land"))
    if today is not None and today.extrapolated_share is not None:
        cards.append(Card(f"{100 * today.extrapolated_share:.0f} %", "extrapolated"))
    return Page(
        title=results.title,
        lead=f"A study of habitat suitability, reported after the ODMAP protocol. "
        f"Run {results.run_id}.",
        notice=NOTICE,
        cards=tuple(cards),
        sections=(
            *(_section(name, items, results, folder) for name in SECTIONS),
            _limits(results, items),
            _sources(results),
            _repetition(results, folder),
        ),
        footer=(
            DISCLAIMER,
            *_notices(results),
            "ODMAP: Zurell, D. et al. (2020). A standard protocol for reporting species "
            "distribution models. Ecography 43, 1261-1277.",
        ),
    )


def _short(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _section(
    name: str, items: Sequence[Item], results: SuitabilityResults, folder: RunFolder
) -> Section:
    rows = tuple((item.topic, item.name, item.text) for item in items if item.section == name)
    blocks: list[Block] = [Table(f"{name}, by item", ("Topic", "Item", "Statement"), rows)]
    further = {
        "Overview": _overview_blocks,
        "Data": data_blocks,
        "Model": model_blocks,
        "Assessment": assessment_blocks,
        "Prediction": prediction_blocks,
    }[name]
    return Section(name, (*blocks, *further(results, folder)))


def _overview_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    maps = results.maps[0].rasters if results.maps else ()
    return pictures(folder, [item for item in maps if item.name == "suitability"])


def _on_the_pack(results: SuitabilityResults) -> bool:
    """Tell whether every layer is one of the data pack, of which the profiles tell limits."""
    return all(pack_layer(layer.path) for layer in results.coverage.layers)


def _notices(results: SuitabilityResults) -> tuple[str, ...]:
    """Return what must stand below what the report shows, and nothing that is not so."""
    sites = any(area.kind == "site" for area in results.understanding.areas)
    notices = ((NOMINAL_SITES, sites), (PACK_GRID, _on_the_pack(results)))
    return tuple(text for text, needed in notices if needed)


def _limits(results: SuitabilityResults, items: Sequence[Item]) -> Section:
    blocks: list[Block] = [
        Paragraph(
            "The model tells places like those with records from what the area offers. Where "
            "nobody looked, it knows as little as everybody."
        ),
        Paragraph(novelty_text(results)),
    ]
    if has_profile(results.species) and _on_the_pack(results):
        blocks += [Paragraph(text) for text in load_species(results.species).limits]
    blocks += [Paragraph(note) for note in (*results.coverage.notes, *results.sample.notes)]
    missing = [f"{item.topic}: {item.name}" for item in items if not item.stated]
    if missing:
        blocks.append(
            Paragraph(
                f"Items of the protocol that are {NOT_STATED}: {listed(missing)}. They can be "
                "given under [statements] of the study."
            )
        )
    return Section("Limits", tuple(blocks))


def _sources(results: SuitabilityResults) -> Section:
    table = Table(
        "Layers with their source, licence, true resolution and content",
        ("Layer", "Source", "Licence", "Resolution", "SHA-256"),
        tuple(
            (
                layer.name,
                layer.source or NOT_STATED,
                layer.licence or NOT_STATED,
                layer.resolution or NOT_STATED,
                layer.sha256[:16],
            )
            for layer in results.coverage.layers
        ),
    )
    return Section("Sources", (table,))


def _repetition(results: SuitabilityResults, folder: RunFolder) -> Section:
    steps = Table(
        "Stages as they were run, with the hash of their inputs",
        ("Stage", "Started (UTC)", "Seconds", "Seed", "Inputs"),
        tuple(
            (
                stage.stage,
                stage.started,
                f"{stage.seconds:.1f}",
                "" if stage.seed is None else str(stage.seed),
                stage.inputs_hash[:12],
            )
            for stage in results.stages
        ),
        frozenset({2}),
    )
    hashes = tuple(
        (stage.stage, name, str(digest)[:16])
        for stage in results.stages
        for name, digest in stage.outputs.items()
    )
    settings = tuple(flat_settings(results.study))
    versions = results.stages[-1].versions if results.stages else {}
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return Section(
        "How to repeat it",
        (
            Paragraph(
                f"Command: landbridge suitability fit --study {folder.path.name}/study.toml"
            ),
            Paragraph(f"Versions: {told}."),
            Paragraph(
                f"Cite as: {results.title}. Habitat suitability study made with Landbridge "
                f"{versions.get('landbridge', '')}, run {results.run_id}."
            ),
            steps,
            Table("Every setting of the study", ("Setting", "Value"), settings),
            Table(
                "What the stages wrote, with the beginning of its SHA-256",
                ("Stage", "File", "SHA-256"),
                hashes,
            ),
        ),
    )
