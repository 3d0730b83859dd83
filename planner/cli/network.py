"""``landbridge network``: how well patches and protected areas hang together."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.text import Text

from planner.cli.network_tables import show_network
from planner.cli.site_tables import console
from planner.cli.step_bars import run_with_bars
from planner.files import check_folder
from planner.network.inputs import ColumnNames, read_network
from planner.network.measures import NetworkMeasures, NetworkSettings, measure_network
from planner.network.tables import write_network
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from planner.network.inputs import Network
    from planner.progress import StepProgress


def network(  # noqa: PLR0913 - one parameter per option of the command line
    project: Annotated[
        Path | None,
        typer.Argument(metavar="PROJECT", help="A project: its cores and corridors."),
    ] = None,
    *,
    nodes: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Table of nodes: id, area, x, y ...")
    ] = None,
    distances: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="List of from, to, distance, or a square matrix."),
    ] = None,
    distance: Annotated[
        float | None,
        typer.Option(metavar="D", help="Dispersal distance, in the unit of the distances."),
    ] = None,
    probability: Annotated[
        float | None,
        typer.Option(metavar="P", help="Probability with which it is covered. [0.5]"),
    ] = None,
    link_distance: Annotated[
        float | None,
        typer.Option(metavar="D", help="Longest link of IIC and betweenness. [--distance]"),
    ] = None,
    longest: Annotated[
        float | None, typer.Option(metavar="D", help="Leave out links longer than this.")
    ] = None,
    region_area: Annotated[
        float | None,
        typer.Option(metavar="A", help="Area of the region: gives PC, IIC and ProtConn."),
    ] = None,
    touching: Annotated[
        float | None,
        typer.Option(metavar="D", help="Sites no further apart than this touch. [0]"),
    ] = None,
    protected: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Which nodes are protected (yes, no). [all]"),
    ] = None,
    outside: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Which nodes lie outside the region. [none]"),
    ] = None,
    land: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Piece of land of each node: for ProtConn[Bound]."),
    ] = None,
    id_column: Annotated[
        str | None, typer.Option("--id", metavar="COLUMN", help="Ids of the nodes.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Areas of the nodes.")
    ] = None,
    x: Annotated[str | None, typer.Option("--x", metavar="COLUMN", help="Eastings.")] = None,
    y: Annotated[str | None, typer.Option("--y", metavar="COLUMN", help="Northings.")] = None,
    lon: Annotated[str | None, typer.Option(metavar="COLUMN", help="Longitudes.")] = None,
    lat: Annotated[str | None, typer.Option(metavar="COLUMN", help="Latitudes.")] = None,
    from_column: Annotated[
        str | None, typer.Option("--from", metavar="COLUMN", help="One end of each link.")
    ] = None,
    to_column: Annotated[
        str | None, typer.Option("--to", metavar="COLUMN", help="The other end.")
    ] = None,
    length: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Distance or cost of each link.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="CRS", help="System of x and y, such as EPSG:32652.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Encoding of the files. [guessed]")
    ] = None,
    rank_links: Annotated[
        bool | None,
        typer.Option("--links/--no-links", help="Rank the links too. [up to 100,000]"),
    ] = None,
    species: Annotated[
        list[str] | None,
        typer.Option("--species", "-s", metavar="ID", help="Species of a project; repeatable."),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="length|cost", help="Of a project: what its links are. [length]"),
    ] = None,
    top: Annotated[
        int, typer.Option(metavar="NUMBER", help="How many nodes to list.", min=0)
    ] = 10,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Write the results here.")
    ] = None,
) -> None:
    """Measure a network: PC, IIC, ECA, importance, betweenness, parts, ProtConn.

    Of plain files, or of the cores and corridors of a project. Without --distances the nodes'
    x and y (straight lines) or lon and lat (geodesics, in metres) give the distances. Columns
    are guessed by their names, and every guess is told.

    For example:

    - landbridge network --nodes nodes.csv --distances distances.csv --distance 10000

    - landbridge network --nodes parks.csv --distance 10000 --region-area 90000 --out net

    - landbridge network out/tiger-leopard.landbridge --species amur-tiger
    """
    terminal = console()
    if project is not None:
        if nodes is not None:
            raise UsageError("Give either a project or --nodes FILE, not both.")
        of_files = {
            "--distances": distances, "--distance": distance, "--probability": probability,
            "--link-distance": link_distance, "--longest": longest, "--touching": touching,
            "--region-area": region_area, "--protected": protected, "--outside": outside,
            "--land": land, "--id": id_column, "--area": area, "--x": x, "--y": y,
            "--lon": lon, "--lat": lat, "--from": from_column, "--to": to_column,
            "--length": length, "--crs": crs, "--encoding": encoding, "--links": rank_links,
        }  # fmt: skip
        from planner.cli.network_project import network_of_project  # noqa: PLC0415 - heavy

        _refuse("a project knows it; it is for --nodes FILE", of_files)
        network_of_project(
            terminal, project, species or [], by=by or "length", top=top, out=out
        )
        return
    _refuse("it is for a project", {"--species": species, "--by": by})
    if nodes is None:
        raise UsageError("Give the nodes with --nodes FILE, or the folder of a project.")
    if distance is None:
        raise UsageError("Give the dispersal distance with --distance, such as 10000.")
    if land is not None and region_area is None:
        raise UsageError(
            "--land needs --region-area: ProtConn[Bound] is a share of the region."
        )
    settings = NetworkSettings(
        distance,
        0.5 if probability is None else probability,
        link_distance,
        region_area,
        0.0 if touching is None else touching,
        rank_links,
    )
    names = ColumnNames(
        id=id_column, area=area, x=x, y=y, lon=lon, lat=lat, first=from_column,
        second=to_column, length=length, protected=protected, outside=outside, land=land,
    )  # fmt: skip
    read = read_network(
        nodes,
        distances,
        names=names,
        crs=crs,
        longest=np.inf if longest is None else longest,
        encoding=encoding,
    )
    for note in read.notes:
        terminal.print(Text(note, style="dim"), soft_wrap=True)
    _measure_and_show(terminal, read, settings, top=top, out=out)


def _refuse(reason: str, given: Mapping[str, object]) -> None:
    """Refuse options that would have no effect."""
    for option, value in given.items():
        if value is not None:
            raise UsageError(f"{option} has no effect here: {reason}. Leave it out.")


def _measure_and_show(
    terminal: Console, read: Network, settings: NetworkSettings, *, top: int, out: Path | None
) -> None:
    if out is not None:
        check_folder(out)
    measures = measured_with_bars(terminal, read, settings)
    show_network(terminal, read, settings, measures, top=top)
    if out is None:
        return
    if read.place is not None and not read.crs:
        terminal.print(
            "No GeoPackage: the system of x and y is not known; name it with --crs.",
            markup=False,
        )
    for path in write_network(out, read, settings, measures):
        terminal.print(f"Wrote {path}", markup=False, soft_wrap=True)


def measured_with_bars(
    terminal: Console, read: Network, settings: NetworkSettings
) -> NetworkMeasures:
    """Measure a network with a bar where there is a terminal."""

    def work(progress: StepProgress) -> NetworkMeasures:
        with progress.step("network") as control:
            return measure_network(read, settings, control=control)

    if not terminal.is_terminal:
        return measure_network(read, settings)
    return run_with_bars(terminal, {"network": ("Measuring the network", 1.0)}, work)
