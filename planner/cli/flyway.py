"""``landbridge flyway``: critical sites and gaps on the way of migrants."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner.cli.site_tables import console
from planner.cli.step_bars import run_with_bars
from planner.files import check_folder
from planner.flyways.analysis import analyse_flyway
from planner.flyways.project_flyways import record_flyway, species_of_project
from planner.flyways.ranges import given_range, range_of
from planner.flyways.sites import flyway_species, known_sites, read_sites
from planner.flyways.summary import summary_text
from planner.flyways.tables import write_flyway
from planner.flyways.zones import Ground
from planner.localities import load_localities
from planner.project import Project, file_sha256
from resources.errors import UsageError
from resources.paths import resource_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from planner.flyways.analysis import Flyway
    from planner.flyways.ranges import FlightRange
    from planner.flyways.sites import FlywaySite
    from planner.profiles import SpeciesProfile
    from planner.progress import StepProgress


def flyway(  # noqa: PLR0913 - one parameter per option of the command line
    project: Annotated[
        Path | None,
        typer.Argument(metavar="PROJECT", help="A project: results go into its exports."),
    ] = None,
    *,
    species: Annotated[
        list[str] | None,
        typer.Option(
            "--species", "-s", metavar="ID", help="Species; repeatable. [all that fly]"
        ),
    ] = None,
    sites: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Table of id, name, lat, lon, role, season, weight."),
    ] = None,
    range_km: Annotated[
        float | None,
        typer.Option(metavar="KM", help="Longest single flight. [of the species]"),
    ] = None,
    range_low: Annotated[
        float | None, typer.Option(metavar="KM", help="Its low value, for sensitivity.")
    ] = None,
    range_high: Annotated[
        float | None, typer.Option(metavar="KM", help="Its high value.")
    ] = None,
    unconfirmed: Annotated[
        bool, typer.Option("--unconfirmed", help="Take in places of unconfirmed presence.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encoding of the file. [guessed]")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Write the results here.")
    ] = None,
) -> None:
    """Tell which sites a flyway hangs on, where its gaps are, and what would close them.

    Of the sites that ship with the program, of a table of your own, or with the results in a
    project. Roles and ranges are told with how sure they are, and what depends on the range.

    For example:

    - landbridge flyway --species hooded-crane --out flyways

    - landbridge flyway --sites sites.csv --range-km 900 --range-low 700 --range-high 1200
    """
    terminal = console()
    if project is not None and sites is not None:
        raise UsageError("Give either a project or --sites FILE, not both.")
    if range_km is None and (range_low is not None or range_high is not None):
        raise UsageError("--range-low and --range-high need --range-km between them.")
    if sites is not None and unconfirmed:
        raise UsageError("--unconfirmed has no effect on a table: it holds what you put in it.")
    if sites is None and encoding is not None:
        raise UsageError("--encoding has no effect without --sites FILE. Leave it out.")
    flight = None if range_km is None else given_range(range_km, range_low, range_high)
    if sites is not None:
        _of_file(terminal, sites, flight, (species or [], encoding, out))
    elif project is not None:
        with Project.open(project) as opened:
            chosen = species_of_project(opened, species or [])
            _of_species(terminal, chosen, flight, (unconfirmed, out, opened))
    else:
        _of_species(terminal, flyway_species(species or []), flight, (unconfirmed, out, None))


def _of_file(
    terminal: Console,
    path: Path,
    flight: FlightRange | None,
    options: tuple[Sequence[str], str | None, Path | None],
) -> None:
    species, encoding, out = options
    if len(species) > 1:
        raise UsageError("A table holds the sites of one species; give --species once.")
    if flight is None:
        if not species:
            raise UsageError("Give the longest single flight with --range-km, or a --species.")
        flight = range_of(flyway_species(species)[0])
    read, notes = read_sites(path, encoding=encoding)
    if out is not None:
        check_folder(out)
    name = species[0] if species else path.stem
    found = _analysed(terminal, (name, name), read, flight, notes)
    for one in found:
        _tell(terminal, one)
        if out is not None:
            folder = out / one.season if one.season else out
            _write(terminal, folder, one, {str(path): file_sha256(path)})


def _of_species(
    terminal: Console,
    chosen: Sequence[SpeciesProfile],
    flight: FlightRange | None,
    options: tuple[bool, Path | None, Project | None],
) -> None:
    unconfirmed, out, project = options
    if out is not None:
        check_folder(out)
    for profile in chosen:
        read, notes = known_sites(profile.id, unconfirmed=unconfirmed)
        used = flight or range_of(profile)
        files = ("localities.csv", f"{profile.id}.toml")
        hashes = {name: file_sha256(resource_path("species", name)) for name in files}
        for one in _analysed(terminal, (profile.id, profile.names.en), read, used, notes):
            _tell(terminal, one)
            if out is not None:
                _write(terminal, out / profile.id, one, hashes)
            elif project is not None:
                for path in record_flyway(project, one, hashes):
                    terminal.print(f"Wrote {path}", markup=False, soft_wrap=True)


def _analysed(
    terminal: Console,
    names: tuple[str, str],
    sites: tuple[FlywaySite, ...],
    flight: FlightRange,
    notes: tuple[str, ...],
) -> tuple[Flyway, ...]:
    flying = {profile.id for profile in flyway_species()}
    known = [one for one in load_localities() if one.species_id in flying]
    ground = Ground(Catalogue.load(), DataPack.open(), known)

    def work(progress: StepProgress) -> tuple[Flyway, ...]:
        with progress.step("flyway") as control:
            return analyse_flyway(*names, sites, flight, ground, notes=notes, control=control)

    if not terminal.is_terminal:
        return analyse_flyway(*names, sites, flight, ground, notes=notes)
    return run_with_bars(terminal, {"flyway": (f"Flyway of {names[1]}", 1.0)}, work)


def _tell(terminal: Console, found: Flyway) -> None:
    terminal.print(summary_text(found), markup=False, soft_wrap=True)


def _write(terminal: Console, folder: Path, found: Flyway, hashes: dict[str, str]) -> None:
    for path in write_flyway(folder, found, hashes):
        terminal.print(f"Wrote {path}", markup=False, soft_wrap=True)
