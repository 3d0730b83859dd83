"""The report of a suitability study after the ODMAP protocol: one HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.maps import DISCLAIMER, NOMINAL_SITES, PACK_GRID
from planner.profiles import load_species
from planner.records import listed
from planner.report.odmap import NOT_STATED, SECTIONS, odmap_items
from planner.report.odmap_texts import measure_text, novelty_text, species_name
from planner.report.page import Block, Card, Heading, Page, Paragraph, Section, Table
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
from planner.suitability.verdict import (
    background_share,
    percent,
    survey_verdict,
    threshold_text,
    warnings,
    whole_map,
)
from resources.translation import mark, tr

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.report.odmap import Item
    from planner.suitability.folder import RunFolder
    from planner.suitability.results import SuitabilityResults

NOTICE = (
    "Relative suitability, learnt from places where the species was recorded. It is no "
    "probability of occurrence, and it is extrapolated where the map of similarity is below 0."
)
IN_ENGLISH = mark(
    "This protocol is in English in every language of the window: that is the language in "
    "which ODMAP protocols are reviewed and compared."
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
    return Page(
        title=results.title,
        lead=f"A study of habitat suitability, {species_name(results.species)}, reported after "
        f"the ODMAP protocol. Run {results.run_id}.",
        notice=NOTICE,
        cards=_cards(results),
        sections=(
            _found(results, folder),
            *(
                Section(name, tuple(blocks(results, folder)))
                for name, blocks in _FINDINGS.items()
            ),
            _sources(results),
            _repetition(results, folder),
            _protocol(items),
        ),
        footer=(
            DISCLAIMER,
            *_notices(results),
            "ODMAP: Zurell, D. et al. (2020). A standard protocol for reporting species "
            "distribution models. Ecography 43, 1261-1277.",
            *dict.fromkeys((IN_ENGLISH, tr(IN_ENGLISH))),
        ),
        language="en",
        contents="Contents",
    )


_FINDINGS: dict[str, Callable[[SuitabilityResults, RunFolder], list[Block]]] = {
    "Data": data_blocks,
    "Model": model_blocks,
    "Assessment": assessment_blocks,
    "Prediction": prediction_blocks,
}


def _cards(results: SuitabilityResults) -> tuple[Card, ...]:
    """Return the numbers at the top: surveys first, for no other test is as hard."""
    evaluation, everywhere = results.evaluation, whole_map(results)
    cards = [
        Card(_short(test.auc.value), f"AUC on the survey {test.name}") for test in results.tests
    ]
    cards += [
        Card(_short(evaluation.auc.value), "AUC on unseen records"),
        Card(_short(evaluation.boyce.value), "continuous Boyce index"),
        Card(f"{results.sample.presences:,}", "presences"),
    ]
    threshold = results.understanding.threshold
    if everywhere is not None and everywhere.suitable_km2 is not None:
        label = "suitable land"
        if threshold is not None:
            label += f", from {threshold:.3g} on"
        share = background_share(results)
        if share is not None:
            label += f" ({percent(share)} of the background)"
        cards.append(Card(f"{everywhere.suitable_km2:,.0f} km²", label))
        if everywhere.extrapolated_km2 is not None:
            cards.append(Card(f"{everywhere.extrapolated_km2:,.0f} km²", "of it extrapolated"))
    today = results.maps[0] if results.maps else None
    if today is not None and today.extrapolated_share is not None:
        cards.append(Card(percent(today.extrapolated_share), "of the map extrapolated"))
    return tuple(cards)


def _found(results: SuitabilityResults, folder: RunFolder) -> Section:
    """Return the first screen: the verdict, the map, the tests in short, the limits."""
    maps = results.maps[0].rasters if results.maps else ()
    verdicts = [survey_verdict(test) for test in results.tests]
    said = [*verdicts, *(text for text in warnings(results) if text not in verdicts)]
    blocks: list[Block] = [Paragraph(text) for text in said]
    blocks += pictures(folder, [item for item in maps if item.name == "suitability"])
    if threshold_text(results):
        blocks.append(Paragraph(threshold_text(results)))
    evaluation = results.evaluation
    if evaluation.folds or evaluation.auc.value is not None:
        blocks.append(
            Table(
                "On records that the model had not seen, in short",
                ("Measure", "Value and interval of 95 %", "Meaning"),
                (
                    ("AUC", measure_text(evaluation.auc), "1 is best, 0.5 is chance"),
                    (
                        "TSS at thresholds set on the other parts",
                        measure_text(evaluation.tss),
                        "1 is best, 0 is chance",
                    ),
                    (
                        "Continuous Boyce index",
                        measure_text(evaluation.boyce),
                        "1 is best, 0 is chance",
                    ),
                ),
            )
        )
    return Section("What was found", (*blocks, *_limits(results)))


def _protocol(items: Sequence[Item]) -> Section:
    """Return every item of the protocol that is stated, and the others in one list."""
    blocks: list[Block] = []
    for name in SECTIONS:
        here = [item for item in items if item.section == name and item.stated]
        if here:
            rows = tuple((item.topic, item.name, item.text) for item in here)
            blocks.append(Table(f"{name}, by item", ("Topic", "Item", "Statement"), rows))
    missing = [f"{item.topic}: {item.name}" for item in items if not item.stated]
    if missing:
        blocks.append(
            Paragraph(
                f"Items of the protocol that are {NOT_STATED}: {listed(missing)}. They can be "
                "given under [statements] of the study."
            )
        )
    return Section("Protocol, item by item", tuple(blocks))


def _short(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.2f}"


def _limits(results: SuitabilityResults) -> list[Block]:
    blocks: list[Block] = [
        Heading("Limits"),
        Paragraph(
            "The model tells places like those with records from what the area offers. Where "
            "nobody looked, it knows as little as everybody."
        ),
        Paragraph(novelty_text(results)),
    ]
    if has_profile(results.species) and _on_the_pack(results):
        blocks += [Paragraph(text) for text in load_species(results.species).limits]
    blocks += [Paragraph(note) for note in (*results.coverage.notes, *results.sample.notes)]
    return blocks


def _on_the_pack(results: SuitabilityResults) -> bool:
    """Tell whether every layer is one of the data pack, of which the profiles tell limits."""
    return all(pack_layer(layer.path) for layer in results.coverage.layers)


def _notices(results: SuitabilityResults) -> tuple[str, ...]:
    """Return what must stand below what the report shows, and nothing that is not so."""
    sites = any(area.kind == "site" for area in results.understanding.areas)
    notices = ((NOMINAL_SITES, sites), (PACK_GRID, _on_the_pack(results)))
    return tuple(text for text, needed in notices if needed)


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
