"""The parts of a report that tell how sure it is, and how to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.page import Block, Paragraph, Section, Table
from planner.report.words import quantity, title_of
from resources.translation import language, tr, tr_c, tr_filled

if TYPE_CHECKING:
    from planner.profiles import Quantity, RegionProfile, SpeciesProfile
    from planner.project import Project, RunRecord


def certainty(region: RegionProfile, species: tuple[SpeciesProfile, ...]) -> Section:
    """Tell the limits of the plan and every number it rests on, with its status.

    Parameters
    ----------
    region : RegionProfile
        Region of the plan.
    species : tuple of SpeciesProfile
        Species planned for.
    """
    landscape = region.names.in_language(language())
    rows = [
        _evidence(landscape, tr("side of a cell"), region.cell_size_m),
        _evidence(landscape, tr("longest corridor"), region.maximum_corridor_length_km),
    ]
    rows += [
        _evidence(title_of(item), name.replace("_", " "), value)
        for item in species
        for name, value in item.quantities.items()
    ]
    limits = [Paragraph(tr_filled(text)) for text in region.limits]
    limits += [
        Paragraph(f"{title_of(item)}: {tr_filled(text)}")
        for item in species
        for text in item.limits
    ]
    table = Table(
        tr("Numbers the plan rests on: read in a source, recalled, or expert judgement"),
        (
            tr_c("whose number", "Of"),
            tr("Number"),
            tr("Value"),
            tr("Status"),
            tr("Source or reason"),
        ),
        tuple(rows),
    )
    return Section(tr("How sure it is"), (*limits, *_quoted(), table))


def _quoted() -> list[Paragraph]:
    """Say in other languages that what follows is quoted as it was written."""
    if language() == "en":
        return []
    return [
        Paragraph(
            tr(
                "Sources of numbers and reasons for them are quoted in English, as they were "
                "written."
            )
        )
    ]


def _evidence(owner: str, name: str, value: Quantity) -> tuple[str, ...]:
    why = value.source or value.basis
    return owner, name, quantity(value), tr(value.status), why


def repetition(project: Project) -> Section:
    """Tell what is needed to make the plan again: steps, seeds, parameters, versions.

    Parameters
    ----------
    project : Project
        With the records of its runs.
    """
    runs = _latest(project)
    steps = Table(
        tr("Steps as recorded in the project, with the hash of their inputs"),
        (tr("Step"), tr("Started (UTC)"), tr("Seconds"), tr("Seed"), tr("Inputs")),
        tuple(
            (
                run.step,
                run.started,
                f"{run.seconds:.1f}",
                "" if run.seed is None else str(run.seed),
                run.inputs_hash[:12],
            )
            for run in runs
        ),
        frozenset({2}),
    )
    chosen = tuple(
        (run.step, name.replace("_", " "), str(value))
        for run in runs
        for name, value in run.parameters.items()
    )
    used = runs[-1].versions if runs else {}
    blocks: list[Block] = [steps]
    if used:
        listed = ", ".join(f"{name} {version}" for name, version in used.items())
        blocks.append(Paragraph(tr("Versions: {versions}.", versions=listed)))
    if chosen:
        caption = tr(
            "Parameters of each step. Those in no profile above are expert values of "
            "the method."
        )
        blocks.append(Table(caption, (tr("Step"), tr("Parameter"), tr("Value")), chosen))
    return Section(tr("How to repeat it"), tuple(blocks))


def _latest(project: Project) -> list[RunRecord]:
    """Return the last run of each step, in the order they were first run."""
    last = {run.step: run for run in project.runs()}
    return list(last.values())
