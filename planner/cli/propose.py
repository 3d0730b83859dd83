"""``landbridge propose``: protected areas across borders, from targets to proposals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.markup import escape

from algorithms.control import PartControl
from planner.cli.corridor_tables import console
from planner.cli.proposal_tables import ledger_table, proposals_table
from planner.cli.propose_options import by_country, with_layers, with_targets
from planner.cli.propose_tables import features_table, runs_table, solution_lines
from planner.cli.search_line import SearchLine
from planner.cli.step_bars import run_with_bars
from planner.project import Project
from planner.report.reserve_report import write_reserve_report
from planner.reserve.alternative import read_alternative
from planner.reserve.errors import RequestError
from planner.reserve.found import store_findings
from planner.reserve.ledger import read_ledger
from planner.reserve.offered import default_request
from planner.reserve.proposal import read_proposals
from planner.reserve.propose import begin_run, search_run, unfinished_run
from planner.reserve.request_file import changed_request, load_request, save_request
from planner.reserve.run_folder import BEST, damaged_runs, list_runs
from planner.reserve.words import cost_unit
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from planner.progress import StepProgress
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import ReserveRun

UNITS = "Planning units"
FEATURES = "Features and targets"
COST = "Cost"
GOAL = "Goal"
SHARES = "Shares of countries"
SEARCH = "Search"


def propose(  # noqa: PLR0913 - one parameter per option of the command line
    project: Annotated[
        Path, typer.Argument(metavar="PROJECT", help="Folder of a project, NAME.landbridge.")
    ],
    *,
    request: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Begin with this request. [what the project offers]"),
    ] = None,
    write_request: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the request to a file, and end."),
    ] = None,
    resume: Annotated[
        str,
        typer.Option(metavar="RUN", help="Search on in a run that was ended half-way."),
    ] = "",
    list_them: Annotated[
        bool, typer.Option("--list", help="List the runs of the project, and end.")
    ] = False,
    title: Annotated[str | None, typer.Option(help="What to call the run.")] = None,
    units: Annotated[
        str | None,
        typer.Option(
            metavar="KIND|FILE",
            help="square, hexagon, or a file of polygons. [hexagon]",
            rich_help_panel=UNITS,
        ),
    ] = None,
    size_km: Annotated[
        float | None,
        typer.Option(
            metavar="KM",
            help="Side of a square; distance between opposite sides of a hexagon.",
            rich_help_panel=UNITS,
        ),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Column that names the polygons.", rich_help_panel=UNITS
        ),
    ] = None,
    cover_share: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Units that existing sites cover so far are locked in. [0.5]",
            rich_help_panel=UNITS,
        ),
    ] = None,
    lock_in: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Polygons that must be in.", rich_help_panel=UNITS),
    ] = None,
    lock_out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Polygons that must stay out.", rich_help_panel=UNITS
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[KIND:]SPECIES[@ISO3|@each]=AMOUNT",
            help="Change or add a target; repeatable. KIND is habitat, corridors, widening or "
            "flyway; AMOUNT a share, an area (500km2), 2sites, range, or 0 to leave it out.",
            rich_help_panel=FEATURES,
        ),
    ] = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE[@ISO3|@each]=AMOUNT",
            help="Add a raster or polygons of your own as a feature; repeatable.",
            rich_help_panel=FEATURES,
        ),
    ] = None,
    cost: Annotated[
        str | None,
        typer.Option(
            metavar="KIND|FILE",
            help="area, pressure, or a raster of cost per km². [pressure]",
            rich_help_panel=COST,
        ),
    ] = None,
    price_level: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ISO3=FACTOR",
            help="Price level of a country; repeatable. [1]",
            rich_help_panel=COST,
        ),
    ] = None,
    objective: Annotated[
        Literal[
            "minimum_set",
            "maximum_coverage",
            "maximum_utility",
            "minimum_shortfall",
            "minimum_largest_shortfall",
        ]
        | None,
        typer.Option(help="What is sought. [minimum_set]", rich_help_panel=GOAL),
    ] = None,
    budget: Annotated[
        float | None,
        typer.Option(
            metavar="COST", help="Most that what is new may cost.", rich_help_panel=GOAL
        ),
    ] = None,
    boundary_penalty: Annotated[
        float | None,
        typer.Option(
            metavar="COST",
            help="Cost of each km of boundary: more makes the land more compact.",
            rich_help_panel=GOAL,
        ),
    ] = None,
    edge_factor: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="Share of the outside edge that counts. [1]",
            rich_help_panel=GOAL,
        ),
    ] = None,
    neighbours: Annotated[
        int | None,
        typer.Option(help="Selected neighbours that each unit needs.", rich_help_panel=GOAL),
    ] = None,
    contiguous: Annotated[
        Literal["none", "whole", "complexes"] | None,
        typer.Option(help="What must hang together. [none]", rich_help_panel=GOAL),
    ] = None,
    share_of: Annotated[
        Literal["area", "cost", "gain"] | None,
        typer.Option(help="What is shared. [area]", rich_help_panel=SHARES),
    ] = None,
    share_min: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ISO3=SHARE",
            help="Least share of a country in what is new; repeatable.",
            rich_help_panel=SHARES,
        ),
    ] = None,
    share_max: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ISO3=SHARE", help="Greatest share; repeatable.", rich_help_panel=SHARES
        ),
    ] = None,
    max_min_fair: Annotated[
        bool | None,
        typer.Option(
            "--max-min-fair",
            help="Make the least share as great as can be.",
            rich_help_panel=SHARES,
        ),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option(
            metavar="SHARE",
            help="End within this share of the best. [0.01]",
            rich_help_panel=SEARCH,
        ),
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            metavar="S", help="End after so many seconds. [60]", rich_help_panel=SEARCH
        ),
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads it may use. [2]", rich_help_panel=SEARCH)
    ] = None,
    method: Annotated[
        Literal["auto", "exact", "lagrangian", "rounding"] | None,
        typer.Option(help="Which solver; auto takes what suits.", rich_help_panel=SEARCH),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of whatever is random. [1]", rich_help_panel=SEARCH)
    ] = None,
) -> None:
    """Propose protected areas across borders: least cost for what is wanted, proved.

    Land is divided into planning units, cut at borders so that each lies in one country.
    Units that existing sites cover are in; further ones are chosen so that every target is
    held at least cost. The bound tells how far the selection can be from the best possible.
    What hangs together over a border becomes a proposal, with the reasons for each part.

    Ctrl-C ends the search and keeps the best selection; a second one ends the program. A run
    that was ended otherwise keeps its best selection too: **--resume RUN** goes on from there.

    For example:

    - landbridge propose out/tiger-leopard.landbridge

    - landbridge propose P.landbridge --target amur-tiger=0.4 --target amur-leopard@each=0.3
    --share-min PRK=0.1 --boundary-penalty 2

    - landbridge propose P.landbridge --units square --size-km 5 --layer wetlands.gpkg=50%

    - landbridge propose P.landbridge --write-request asked.toml
    """
    screen = console()
    changes: dict[str, object] = {
        "title": title,
        "units": _units(units, size_km, id_column),
        "locks": {
            "cover_share": cover_share,
            "in_path": _absolute(lock_in),
            "out_path": _absolute(lock_out),
        },
        "cost": {**_cost(cost), "price_level": by_country(price_level, "--price-level")},
        "goal": {
            "objective": objective,
            "budget": budget,
            "boundary_penalty": boundary_penalty,
            "edge_factor": edge_factor,
            "neighbours": neighbours,
            "contiguous": contiguous,
        },
        "shares": {
            "of": share_of,
            "minimum": by_country(share_min, "--share-min"),
            "maximum": by_country(share_max, "--share-max"),
            "max_min_fair": max_min_fair,
        },
        "search": {
            "gap": gap,
            "time_limit_s": time_limit,
            "threads": threads,
            "method": "" if method == "auto" else method,
            "seed": seed,
        },
    }
    with Project.open(project, read_only=list_them or write_request is not None) as opened:
        if list_them:
            screen.print(runs_table(list_runs(opened)))
            _tell(screen, damaged_runs(opened).values())
            return
        if resume:
            _refuse_changes(changes, request, target, layer, write_request)
            _go_on(screen, opened, unfinished_run(opened, resume))
            return
        asked = load_request(request) if request is not None else _first(opened, objective)
        asked = _as_usage(asked, changes)
        asked = with_layers(with_targets(asked, target or ()), layer or ())
        if write_request is not None:
            save_request(asked, write_request)
            _tell(screen, [f"Wrote {write_request}"])
            return
        _begin(screen, opened, asked)


def _first(project: Project, objective: str | None) -> ReserveRequest:
    """Return the request to begin with; its boundary penalty is in the unit of costs.

    Other objectives are not in that unit and begin without one.
    """
    asked = default_request(project)
    if objective in {None, "minimum_set"}:
        return asked
    return changed_request(asked, {"goal": {"boundary_penalty": 0.0}})


def _as_usage(asked: ReserveRequest, changes: dict[str, object]) -> ReserveRequest:
    try:
        return changed_request(asked, _without_none(changes))
    except RequestError as error:
        raise UsageError(str(error)) from error


def _without_none(changes: dict[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in changes.items():
        inner = _without_none(value) if isinstance(value, dict) else value
        if inner is not None and inner != {}:
            kept[name] = inner
    return kept


def _units(kind: str | None, size_km: float | None, id_column: str | None) -> dict[str, object]:
    if kind in {None, "square", "hexagon"}:
        if id_column is not None:
            raise UsageError("--id-column has no effect without --units FILE. Leave it out.")
        return {"kind": kind, "size_km": size_km}
    path = Path(str(kind))
    if not path.is_file():
        raise UsageError(
            f"--units {kind!r} is neither square nor hexagon, nor a file that is there. "
            "Give one of the two words, or the path of a file of polygons."
        )
    if size_km is not None:
        raise UsageError("--size-km has no effect on polygons. Leave it out.")
    return {"kind": "polygons", "path": _absolute(path), "id_column": id_column}


def _cost(kind: str | None) -> dict[str, object]:
    if kind in {None, "area", "pressure"}:
        return {"kind": kind}
    path = Path(str(kind))
    if not path.is_file():
        raise UsageError(
            f"--cost {kind!r} is neither area nor pressure, nor a file that is there. Give "
            "one of the two words, or the path of a raster of cost per km²."
        )
    return {"kind": "raster", "path": _absolute(path)}


def _absolute(path: Path | None) -> str | None:
    return None if path is None else path.absolute().as_posix()


def _refuse_changes(changes: dict[str, object], *others: object) -> None:
    if _without_none(changes) or any(others):
        raise UsageError(
            "--resume goes on with what was asked in the run. Leave the other options out."
        )


def _begin(screen: Console, project: Project, asked: ReserveRequest) -> None:
    """Assemble the problem, and go on with the search."""

    def work(progress: StepProgress) -> ReserveRun:
        with progress.step("assemble") as control:
            return begin_run(project, asked, control)

    for left in list_runs(project):
        if left.has_incumbent and not left.finished:
            told = f"The run {left.run_id} was ended before it was finished and keeps its best"
            _tell(screen, [f"{told} selection; --resume {left.run_id} goes on with it."])
    run = run_with_bars(screen, {"assemble": ("Units, features and costs", 1.0)}, work)
    _tell(screen, [f"Run {run.run_id}: {asked.title}".rstrip(": "), *run.notes()[:1], ""])
    _go_on(screen, project, run)


def _go_on(screen: Console, project: Project, run: ReserveRun) -> None:
    """Search, tell what was found and work out what it means."""
    try:
        with SearchLine(screen) as line:
            search_run(project, run, control=line, watcher=line)
    except KeyboardInterrupt:
        if run.folder.exists():
            _tell(
                screen,
                [
                    f"The best selection so far is kept in the run {run.run_id}. Go on with "
                    f"landbridge propose {project.path} --resume {run.run_id}"
                ],
            )
        raise
    best = run.solution()
    _tell(screen, ["", *solution_lines(best, run.request), ""])
    screen.print(features_table(best, run.features()))
    _tell(screen, [""])

    def work(progress: StepProgress) -> Path:
        with progress.step("findings") as control:
            store_findings(run, project, PartControl(control, 0.0, 0.95))
            return write_reserve_report(project, run)

    told = "Working out what it means; Ctrl-C leaves that to landbridge ledger."
    _tell(screen, [told])
    report = run_with_bars(screen, {"findings": ("Ledger, proposals, alternative", 1.0)}, work)
    _show_findings(screen, run)
    _tell(
        screen,
        [
            "",
            "To read this with:",
            *(f"- {note}" for note in run.notes()),
            "",
            f"Wrote {run.folder}",
            f"Wrote {report}",
            f"Go on with landbridge ledger {project.path}: --reasons tells why each part is "
            "in, --fairness 5 what even shares cost, and --send SCENARIO makes the proposals "
            f"drafts of a scenario. landbridge portfolio {project.path} seeks other solutions "
            "that are nearly as good.",
        ],
    )


def _show_findings(screen: Console, run: ReserveRun) -> None:
    """Show what each country gives and gains, and the proposals beside their alternative."""
    ledger, proposals = read_ledger(run, BEST), read_proposals(run, BEST)
    if ledger is not None:
        screen.print(ledger_table(ledger, "What each country gives", cost_unit(run.request)))
    if proposals is not None and (proposals.items or proposals.national):
        screen.print(proposals_table(proposals, read_alternative(run, BEST)))
    else:
        _tell(screen, ["No piece of the selection and existing sites crosses a border."])


def _tell(screen: Console, lines: Iterable[str]) -> None:
    for line in lines:
        screen.print(escape(line), soft_wrap=True)
