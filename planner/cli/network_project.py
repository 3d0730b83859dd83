"""``landbridge network PROJECT``: cores, corridors and protected areas of a project."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from planner.cli.network_tables import show_network
from planner.files import made_folder, write_csv
from planner.network.measures import measure_network
from planner.network.project_network import (
    project_protconn,
    species_network,
    species_with_cores,
)
from planner.network.tables import protconn_rows, record, write_network
from planner.pipeline.runner import software_versions
from planner.project import Project, RunRecord, file_sha256, inputs_hash

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from algorithms.indicators.network.protconn import ProtConn
    from planner.network.project_network import SpeciesNetwork


def network_of_project(
    terminal: Console,
    path: Path,
    species: Sequence[str],
    *,
    by: str,
    top: int,
    out: Path | None,
) -> None:
    """Measure the networks of a project, print them, write them into its exports.

    Parameters
    ----------
    terminal : Console
        Where to print.
    path : Path
        The project.
    species : sequence of str
        Which species; all that have cores where empty.
    by : {"length", "cost"}
        Length of the links.
    top : int
        How many cores to list.
    out : Path, optional
        Where to write instead of the project's exports.

    Raises
    ------
    PlannerError
        The project cannot be opened, or holds no cores.
    """
    with Project.open(path) as project:
        for one in species_with_cores(project, species):
            _measure(terminal, project, species_network(project, one, by), top=top, out=out)
        connected = project_protconn(project)
        if connected:
            terminal.print(_protconn_table(connected))
            _write_protconn(terminal, project, connected, out)


def _measure(
    terminal: Console,
    project: Project,
    found: SpeciesNetwork,
    *,
    top: int,
    out: Path | None,
) -> None:
    started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    for note in found.network.notes:
        terminal.print(note, markup=False, soft_wrap=True)
    measures = measure_network(found.network, found.settings)
    show_network(terminal, found.network, found.settings, measures, top=top)
    if out is None and project.read_only:
        terminal.print(f"Not written: {project.read_only_reason}", markup=False)
        return
    name = f"network-{found.species}"
    folder = (project.exports_path if out is None else out) / name
    written = write_network(folder, found.network, found.settings, measures, lines=found.lines)
    for path in written:
        terminal.print(f"Wrote {path}", markup=False, soft_wrap=True)
    if out is None:
        told = record(found.network, found.settings)
        parameters = {"settings": told["settings"]}
        versions = software_versions()
        project.add_run(
            RunRecord(
                run_id=uuid.uuid4().hex[:12],
                step=f"network:{found.species}",
                inputs_hash=inputs_hash(
                    name, found.network.hashes, parameters, versions=versions
                ),
                parameters=parameters,
                seed=None,
                versions=versions,
                started=started,
                seconds=round(time.monotonic() - clock, 3),
                outputs={
                    str(path.relative_to(project.path)): file_sha256(path) for path in written
                },
                inputs=found.network.hashes,
            )
        )


def _write_protconn(
    terminal: Console, project: Project, connected: dict[str, ProtConn], out: Path | None
) -> None:
    if out is None and project.read_only:
        return
    folder = made_folder(project.exports_path if out is None else out)
    rows = [
        (land, name, value)
        for land, found in connected.items()
        for name, value in protconn_rows(found)
    ]
    path = folder / "protconn.csv"
    write_csv(path, ("land", "indicator", "value"), rows)
    terminal.print(f"Wrote {path}", markup=False, soft_wrap=True)


def _protconn_table(connected: dict[str, ProtConn]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold",
        title="ProtConn of the catalogued sites, % of the land here", title_justify="left",
        caption="Within, Contig, Unprot and Trans in % of ProtConn. Sites without a surveyed "
        "boundary are nominal footprints; the catalogue holds sites on and near borders only.",
        caption_justify="left",
    )  # fmt: skip
    headings = ("Prot", "ProtConn", "Within", "Contig", "Unprot", "Trans", "Bound")
    table.add_column("Land")
    for heading in headings:
        table.add_column(heading, justify="right")
    for name, found in connected.items():
        shares = (
            found.prot, found.protconn, found.within, found.contig, found.unprot, found.trans,
            found.bound or 0.0,
        )  # fmt: skip
        table.add_row(name, *(f"{share:.2f}" for share in shares))
    return table
