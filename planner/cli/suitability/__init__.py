"""``landbridge suitability``: habitat models from records and layers."""

from __future__ import annotations

import typer

from planner.cli.suitability.choose import choose
from planner.cli.suitability.columns import columns
from planner.cli.suitability.compare import compare
from planner.cli.suitability.evaluate import evaluate
from planner.cli.suitability.fit import fit
from planner.cli.suitability.predict import predict
from planner.cli.suitability.report import report

app = typer.Typer(
    name="suitability",
    help="Model the habitat of a species from records and layers, test the model, map it, "
    "compare runs and choose one.",
    no_args_is_help=True,
)
app.command("fit")(fit)
app.command("predict")(predict)
app.command("evaluate")(evaluate)
app.command("report")(report)
app.command("compare")(compare)
app.command("choose")(choose)
app.command("columns")(columns)
