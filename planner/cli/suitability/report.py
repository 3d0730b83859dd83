"""``landbridge suitability report``: the report of a run, made again."""

from __future__ import annotations

from functools import partial

from rich.console import Console

from planner.cli.step_bars import run_with_bars
from planner.cli.suitability.options import ProjectOption, RunArgument, run_at
from planner.report.odmap import odmap_items
from planner.suitability.workflow import renew_report


def report(run: RunArgument, project: ProjectOption = None) -> None:
    """Write the report of a run after the ODMAP protocol, and name what it does not say.

    What only the author knows is given under [statements] in study.toml of the run: authors,
    contact, hypotheses, sampling_design and the like.

    For example:

    - landbridge suitability report run
    """
    console = Console(highlight=False)
    folder = run_at(run, project)
    results = run_with_bars(
        console, {"report": ("Report after ODMAP", 1.0)}, partial(renew_report, folder)
    )
    console.print(str(folder.report_path), soft_wrap=True)
    missing = [item for item in odmap_items(results) if not item.stated]
    if missing:
        console.print("Not stated; give them under \\[statements] in study.toml of the run:")
        for item in missing:
            console.print(f'  {item.key} = "..."', style="dim", soft_wrap=True)
