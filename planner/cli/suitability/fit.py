"""``landbridge suitability fit``: a study from its records to its maps and report."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from planner.cli.step_bars import run_with_bars
from planner.cli.suitability.columns import show_guess
from planner.cli.suitability.options import (
    ClusterOption,
    ProjectOption,
    ThreadsOption,
    named_rasters,
    opened,
    pairs,
    typed,
)
from planner.cli.suitability.summary import tell_results
from planner.suitability import RunFolder, load_study, run_folder
from planner.suitability.context import RunOptions
from planner.suitability.defaults import file_study, has_profile, species_study
from planner.suitability.observations import observation_sources
from planner.suitability.previews import guess_layers, guess_record_columns
from planner.suitability.problems import made_part
from planner.suitability.study import RecordSource
from planner.suitability.study_file import (
    changed_study,
    save_study,
    study_content,
    with_absolute_paths,
)
from planner.suitability.workflow import (
    announced_stages,
    project_run_id,
    run_in_project,
    run_study,
    with_later_projections,
)
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.suitability.study import SuitabilityStudy


def fit(  # noqa: PLR0913 - one parameter per option of the command line
    more: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LAYER]...", help="More layers, as the shell expands *.tif."),
    ] = None,
    *,
    occurrences: Annotated[
        list[Path] | None,
        typer.Option("--occurrences", metavar="FILE", help="Records; give it again for more."),
    ] = None,
    covariates: Annotated[
        list[str] | None,
        typer.Option(
            "--covariates",
            metavar="LAYER",
            help="Rasters, patterns or folders; NAME=FILE for another name.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FOLDER", help="Folder of the run."),
    ] = None,
    project: ProjectOption = None,
    species: Annotated[
        str, typer.Option("--species", "-s", metavar="ID", help="Species profile, or a name.")
    ] = "",
    study: Annotated[
        Path | None,
        typer.Option("--study", metavar="FILE", help="A study (.toml, .json) to start from."),
    ] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Title of the study.")] = "",
    name: Annotated[
        list[str] | None,
        typer.Option("--name", metavar="NAME", help="Only records of this name; repeatable."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="ROLE=NAME", help="What a column is; repeatable."),
    ] = None,
    encoding: Annotated[
        str, typer.Option(metavar="NAME", help="Encoding of the records. [found out]")
    ] = "",
    crs: Annotated[str, typer.Option(metavar="CRS", help="CRS of the records. [degrees]")] = "",
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="NAME=VALUE", help="Rule of the checks; repeatable."),
    ] = None,
    categorical: Annotated[
        list[str] | None,
        typer.Option("--categorical", metavar="NAME", help="Layer of classes; repeatable."),
    ] = None,
    disturbance: Annotated[
        list[str] | None,
        typer.Option(
            "--disturbance",
            metavar="NAME[=VALUE]",
            help="Layer that stands for people, with its value where there are none. "
            "[0, where that is its lowest value]",
        ),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="uniform, bias, target_group or country_effort."),
    ] = None,
    group: Annotated[
        list[Path] | None,
        typer.Option("--group", metavar="FILE", help="Records of the target group."),
    ] = None,
    points: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Background points.")
    ] = None,
    reach_km: Annotated[
        float | None, typer.Option(metavar="KM", help="Background this near to presences only.")
    ] = None,
    thinning_km: Annotated[
        float | None, typer.Option(metavar="KM", help="Least distance between presences.")
    ] = None,
    uncertainty: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Records of uncertain place: drop, spread or keep."),
    ] = None,
    snap_km: Annotated[
        float | None,
        typer.Option(metavar="KM", help="Move records to cells with values this near."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="KIND", help="ensemble, maxent, forest, boosting or expert."),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Option of the model; repeatable."),
    ] = None,
    cv: Annotated[
        str | None,
        typer.Option("--cv", metavar="KIND", help="Folds: random, blocks or countries."),
    ] = None,
    folds: Annotated[
        int | None, typer.Option("--folds", metavar="NUMBER", help="How many folds.")
    ] = None,
    block_km: Annotated[
        float | None, typer.Option(metavar="KM", help="Side of a block of ground.")
    ] = None,
    null_models: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Models of random presences.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="Seed of everything random.", min=0)
    ] = None,
    threads: ThreadsOption = None,
    cluster: ClusterOption = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take the guessed columns without asking.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the study, and end.")
    ] = False,
) -> None:
    """Fit a habitat model, test it, map it, and report on it.

    On plain files, everything goes into one folder; in a project, into a run of the project.
    A second run with the same settings goes on where the first was broken off, and reuses what
    has not changed. Ctrl-C stops; what was finished is kept.

    For example:

    - landbridge suitability fit --occurrences points.csv --covariates *.tif --out run

    - landbridge suitability fit --project north-east-asia.landbridge --species snow-leopard

    - landbridge suitability fit --study run/study.toml --model maxent --out run2
    """
    console = Console(highlight=False)
    if out is not None:
        RunFolder(out).require_usable()  # before anything is read
    sources = [
        made_part(
            RecordSource,
            {
                "path": path,
                "columns": pairs(column or (), "A column"),
                "encoding": encoding,
                "crs": crs,
            },
            "The file of records",
        )
        for path in _once(console, occurrences or ())
    ]
    layers = [*(covariates or ()), *(more or ())]
    base = _base(console, study, species, (sources, layers, project), model)
    made = changed_study(
        base,
        {
            "title": title or None,
            "seed": seed,
            "records": {
                "names": name,
                "rules": {
                    key: typed(value) for key, value in pairs(rule or (), "A rule").items()
                }
                or None,
            },
            "covariates": _marked(base, categorical or (), disturbance or ()),
            "sampling": {
                "background": background,
                "target_group": [{"path": path.absolute().as_posix()} for path in group or ()]
                or None,
                "points": points,
                "reach_km": reach_km,
                "thinning_km": thinning_km,
                "uncertainty": uncertainty,
                "snap_km": snap_km,
            },
            "model": {
                "kind": model,
                "options": {
                    key: typed(value) for key, value in pairs(option or (), "An option").items()
                }
                or None,
            },
            "evaluation": {
                "folds": cv,
                "count": folds,
                "block_km": block_km,
                "null_models": null_models,
            },
        },
    )
    made = with_absolute_paths(made, Path.cwd())
    _confirm_columns(console, made, yes=yes)
    if dry_run:
        _show_study(console, made, out)
        return
    _run(console, made, (out, project), RunOptions(threads, cluster))


def _once(console: Console, paths: Sequence[Path]) -> list[str]:
    """Return files with whole paths, each once; tells of those that are given twice."""
    found: dict[Path, str] = {}
    for path in paths:
        if path.resolve() in found:
            console.print(
                f"{escape(str(path))} is given twice; it is the same file and is taken once.",
                soft_wrap=True,
            )
        found.setdefault(path.resolve(), path.absolute().as_posix())
    return list(found.values())


def _base(
    console: Console,
    study: Path | None,
    species: str,
    given: tuple[Sequence[RecordSource], Sequence[str], Path | None],
    model: str | None,
) -> SuitabilityStudy:
    """Return the study that the options change: from a file, of files, or of a species."""
    sources, layers, project = given
    if study is not None:
        base = load_study(study)
        changes: dict[str, object] = {"species": species or None}
        if sources:
            changes["records"] = {"sources": [item.model_dump() for item in sources]}
        return changed_study(base, changes)
    kind = model or "ensemble"
    if not layers:
        if not species or not has_profile(species):
            raise UsageError(
                "Name the layers with --covariates, or a species that has a profile with "
                f"--species{f' ({species} has none)' if species else ''}: its study takes the "
                "layers of the data pack. landbridge plan --list names the species."
            )
        observed = observation_sources(project, species) if project is not None else ()
        return species_study(
            species,
            sources=(*observed, *sources),
            model=kind,  # type: ignore[arg-type]  # checked with the study
        )
    found, told = named_rasters(layers)
    for note in told:
        console.print(escape(note), soft_wrap=True)
    guesses = guess_layers(list(found.values()), list(found))
    for layer, reason in guesses:
        console.print(
            f"{escape(layer.name)}: {layer.kind}. {escape(reason)}", style="dim", soft_wrap=True
        )
    return file_study(
        sources,
        [Path(layer.path) for layer, _ in guesses],
        species=species or _named_species(sources),
        categorical=[layer.name for layer, _ in guesses if layer.kind == "categorical"],
        model=kind,  # type: ignore[arg-type]  # checked with the study
        names=list(found),
    )


def _named_species(sources: Sequence[RecordSource]) -> str:
    """Return the species that the first records name, where they name a single one."""
    for source in sources:
        guess = guess_record_columns(Path(source.path), source.encoding, source.crs)
        column = source.columns.get("species") or guess.roles["species"].column
        if column in guess.names:
            at = guess.names.index(column)
            named = {row[at].strip() for row in guess.sample}
            if len(named) == 1:
                return named.pop()
    return ""


def _marked(
    base: SuitabilityStudy, categorical: Sequence[str], disturbance: Sequence[str]
) -> list[dict[str, object]] | None:
    """Return the layers with the kinds and roles that the options give them."""
    if not categorical and not disturbance:
        return None
    roles = {word.partition("=")[0]: word.partition("=")[2] for word in disturbance}
    known = [layer.name for layer in base.covariates]
    for wanted in (*categorical, *roles):
        if wanted not in known:
            raise UsageError(f"There is no layer {wanted!r}. Layers: {', '.join(known)}.")
    marked = []
    for layer in base.covariates:
        fields = layer.model_dump(mode="json", exclude_none=True)
        if layer.name in categorical:
            fields["kind"] = "categorical"
        if layer.name in roles:
            fields["role"] = "disturbance"
            if roles[layer.name]:
                fields["undisturbed"] = typed(roles[layer.name])
        marked.append(fields)
    return marked


def _confirm_columns(console: Console, study: SuitabilityStudy, *, yes: bool) -> None:
    """Show what the columns of the records are taken for; ask where somebody can answer."""
    for source in (*study.records.sources, *study.sampling.target_group):
        if source.columns:
            continue
        show_guess(
            console, guess_record_columns(Path(source.path), source.encoding, source.crs)
        )
        asks = console.is_terminal and sys.stdin.isatty() and not yes
        if asks and not typer.confirm("Take the columns so?", default=True):
            raise UsageError(
                "Nothing was run. Tell the columns with --column, such as --column lon=X "
                "--column lat=Y."
            )


def _show_study(console: Console, study: SuitabilityStudy, out: Path | None) -> None:
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        console.print(str(save_study(study, out / "study.toml")), soft_wrap=True)
        return
    console.print_json(data=study_content(study))


def _run(
    console: Console,
    study: SuitabilityStudy,
    place: tuple[Path | None, Path | None],
    options: RunOptions,
) -> None:
    out, project = place
    if (out is None) == (project is None):
        raise UsageError("Give either --out FOLDER or --project FOLDER.")
    console.print(f"[bold]{escape(study.shown_title)}[/]", soft_wrap=True)
    if out is not None:
        folder = RunFolder(out)
        whole = with_later_projections(study, folder)
        run_with_bars(
            console,
            announced_stages(whole),
            lambda progress: run_study(whole, out, progress, options),
        )
    else:
        with opened(project or Path(), writing=True) as found:
            folder = run_folder(found, project_run_id(study))
            whole = with_later_projections(study, folder)
            run = run_with_bars(
                console,
                announced_stages(whole),
                partial(run_in_project, found, whole, options=options),
            )
        folder = RunFolder(run.folder)
        console.print(f"Run {run.run_id}.")
    tell_results(console, folder)
