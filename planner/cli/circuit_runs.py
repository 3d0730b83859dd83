"""What ``landbridge circuit`` does on Omniscape cases and on projects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from planner.cli.corridor_tables import tell, written_lines
from planner.cli.step_bars import run_with_bars
from planner.corridors.pinched import Pinched, PinchRequest, look_at_corridors
from planner.corridors.runs import study_of, walking_species
from planner.omnidirectional.cases import STEPS, run_case
from planner.pipeline.pinch import (
    barrier_table,
    barriers_raster,
    circuit_steps,
    current_raster,
    find_pinch_points,
    pinch_table,
    read_table,
)
from planner.project import Project
from planner.records import number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile
    from planner.progress import StepProgress

MOST_ROWS = 12
RESTORED = 1.0
_DECIMALS = {
    "lon": 3,
    "lat": 3,
    "cells_across": 1,
    "radius_m": 0,
    "score": 2,
    "saved_percent": 1,
}
_PINCH = (
    ("Corridor", "number"),
    ("Country", "country"),
    ("Longitude", "lon"),
    ("Latitude", "lat"),
    ("Current, %", "current_share"),
    ("Cells across", "cells_across"),
)
_BARRIER = (
    ("Corridor", "number"),
    ("Country", "country"),
    ("Longitude", "lon"),
    ("Latitude", "lat"),
    ("Radius, m", "radius_m"),
    ("Saved per m", "score"),
    ("Saved, %", "saved_percent"),
)


def run_omniscape(
    console: Console,
    case: Path,
    *,
    out: Path | None,
    memory_gb: float | None,
    resume: bool,
    cluster: str | None,
) -> None:
    """Run an Omniscape case and tell what was written.

    Parameters
    ----------
    console : Console
        The terminal.
    case : Path
        The .ini file.
    out, resume, cluster
        As for `planner.omnidirectional.cases.run_case`.
    memory_gb : float or None
        Memory that may be used, in GB.
    """
    console.print(f"[bold]{escape(str(case))}[/]: omnidirectional current")
    result = run_with_bars(
        console,
        STEPS,
        lambda progress: run_case(
            case,
            out=out,
            cluster=cluster,
            memory_bytes=None if memory_gb is None else memory_gb * 1e9,
            resume=resume,
            tell=lambda sentence: console.print(escape(sentence), soft_wrap=True),
            progress=progress,
        ),
    )
    console.print(f"\nWritten to {escape(str(result.folder))}:", soft_wrap=True)
    for path in result.written:
        console.print(f"  {escape(path.name)}", soft_wrap=True)


def look_at_project(console: Console, folder: Path, species_ids: Sequence[str]) -> None:
    """Find the pinch points and barriers of a project's corridors and list the places.

    Parameters
    ----------
    console : Console
        The terminal.
    folder : Path
        The project.
    species_ids : sequence of str
        Species; those that walk where empty.
    """
    with Project.open(folder) as project:
        species = walking_species(project, species_ids)
        study = study_of(project, species)
        run_with_bars(
            console, circuit_steps(species), partial(find_pinch_points, study, species)
        )
        for profile in species:
            _tell_species(console, study, profile)


def _tell_species(console: Console, study: Study, profile: SpeciesProfile) -> None:
    console.print(f"\n[bold]{profile.names.en}[/]")
    pinched = read_table(pinch_table(study, profile.id))
    restored = read_table(barrier_table(study, profile.id))
    if not pinched and not restored:
        console.print("No corridor with land between its cores: nothing to find.")
        return
    names = dict.fromkeys(row["corridor"] for row in (*pinched, *restored))
    numbers = {name: str(place) for place, name in enumerate(names, 1)}
    for name, place in numbers.items():
        console.print(f"  {place}  {escape(name)}", soft_wrap=True)
    for row in (*pinched, *restored):
        row["number"] = numbers[row["corridor"]]
    _tell_places(console, pinched, restored, study.cell_m)
    console.print("\nWritten:")
    for path in (
        study.project.raster_path(current_raster(profile.id)),
        study.project.raster_path(barriers_raster(profile.id)),
        pinch_table(study, profile.id),
        barrier_table(study, profile.id),
    ):
        console.print(f"  {escape(str(path))}", soft_wrap=True)


def look_at_files(console: Console, request: PinchRequest) -> None:
    """Find the pinch points and barriers of corridors in files and list the places.

    Parameters
    ----------
    console : Console
        The terminal.
    request : PinchRequest
        Which corridors.
    """

    def work(progress: StepProgress) -> Pinched:
        with progress.step("look") as control:
            return look_at_corridors(request, control)

    found = run_with_bars(console, {"look": ("Pinch points and barriers", 1.0)}, work)
    pinched, restored = (
        [
            {
                **{key: str(value) for key, value in row.items()},
                "number": str(row["corridor_id"]),
            }
            for row in rows
        ]
        for rows in (found.pinch_points, found.barriers)
    )
    _tell_places(console, pinched, restored, found.cell_m)
    for file, rows in (("pinch_points.csv", pinched), ("barriers.csv", restored)):
        if len(rows) > MOST_ROWS:
            tell(console, [f"{len(rows) - MOST_ROWS} more are in {file}."])
    wide = [
        f"{escape(str(row['corridor_id']))}: no pinch point; no cell carries more than "
        f"{100 * number(row['highest_share']):.1f} % of the current."
        for row in found.corridors
        if row.get("highest_share") and not row["pinch_points"]
    ]
    tell(console, ["", *wide[:MOST_ROWS]] if wide else [])
    if len(wide) > MOST_ROWS:
        tell(console, [f"{len(wide) - MOST_ROWS} more corridors have none; see circuit.csv."])
    apart = [row for row in found.corridors if row["reason"]]
    if apart:
        tell(console, ["", *(escape(f"{r['corridor_id']}: {r['reason']}.") for r in apart)])
    if restored and found.least_resistance != RESTORED:
        tell(
            console,
            [
                "",
                f"Restored land is taken to have a resistance of {RESTORED:g}; the lowest of "
                f"{escape(request.resistance.name)} is {found.least_resistance:g}.",
            ],
        )
    tell(console, written_lines(found.written))


def _tell_places(
    console: Console,
    pinched: Sequence[dict[str, str]],
    restored: Sequence[dict[str, str]],
    cell_m: float,
) -> None:
    """List places, each with the ``number`` of its corridor."""
    for row in pinched:
        row["current_share"] = f"{100 * float(row['current_share']):.0f}"
    if pinched:
        console.print(
            "\nPinch points, by the share of their corridor's current that one cell of "
            f"{cell_m:g} m carries, and over how many cells it is spread there:",
            soft_wrap=True,
        )
        console.print(_listed(_PINCH, pinched))
    if restored:
        console.print(
            "\nLand to restore, as a disc about the place, by the cost distance of its "
            "corridor that is saved per metre of the disc's diameter:",
            soft_wrap=True,
        )
        console.print(_listed(_BARRIER, restored))


def _listed(columns: Sequence[tuple[str, str]], rows: Sequence[dict[str, str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, key in columns:
        table.add_column(title, justify="left" if key == "country" else "right")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(escape(_told(key, row[key])) for _, key in columns))
    return table


def _told(key: str, value: str) -> str:
    """Return a value of a table as it is printed: numbers of one column alike."""
    decimals = _DECIMALS.get(key)
    return value if decimals is None else f"{float(value):,.{decimals}f}"
