"""The parts of a report that tell how sure it is, and how to make it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.report.page import Block, Paragraph, Section, Table

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
    rows = [
        _evidence(region.names.en, "side of a cell", region.cell_size_m),
        _evidence(region.names.en, "longest corridor", region.maximum_corridor_length_km),
    ]
    rows += [
        _evidence(item.names.en, name.replace("_", " "), quantity)
        for item in species
        for name, quantity in item.quantities.items()
    ]
    limits = [Paragraph(text) for text in region.limits]
    limits += [
        Paragraph(f"{item.names.en}: {text}") for item in species for text in item.limits
    ]
    table = Table(
        "Numbers the plan rests on: read in a source, recalled, or expert judgement",
        ("Of", "Number", "Value", "Status", "Source or reason"),
        tuple(rows),
    )
    return Section("How sure it is", (*limits, table))


def _evidence(owner: str, name: str, quantity: Quantity) -> tuple[str, ...]:
    why = quantity.source or quantity.basis
    return owner, name, quantity.shown(), quantity.status, why


def repetition(project: Project) -> Section:
    """Tell what is needed to make the plan again: steps, seeds, parameters, versions.

    Parameters
    ----------
    project : Project
        With the records of its runs.
    """
    runs = _latest(project)
    steps = Table(
        "Steps as recorded in the project, with the hash of their inputs",
        ("Step", "Started (UTC)", "Seconds", "Seed", "Inputs"),
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
        told = ", ".join(f"{name} {version}" for name, version in used.items())
        blocks.append(Paragraph(f"Versions: {told}."))
    if chosen:
        caption = (
            "Parameters of each step. Those in no profile above are expert values of "
            "the method."
        )
        blocks.append(Table(caption, ("Step", "Parameter", "Value"), chosen))
    return Section("How to repeat it", tuple(blocks))


def _latest(project: Project) -> list[RunRecord]:
    """Return the last run of each step, in the order they were first run."""
    last = {run.step: run for run in project.runs()}
    return list(last.values())
