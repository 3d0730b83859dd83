"""``landbridge suitability``: habitat models from records and layers."""

from __future__ import annotations

import typer

from planner.cli.lazy import LazyGroup


class Verbs(LazyGroup):
    """The verbs of suitability, each in the module of its name."""

    modules = {
        name: f"planner.cli.suitability.{name}"
        for name in ("fit", "predict", "evaluate", "report", "compare", "choose", "columns")
    }


app = typer.Typer(
    name="suitability",
    cls=Verbs,
    help="Model the habitat of a species from records and layers, test the model, map it, "
    "compare runs and choose one.",
    no_args_is_help=True,
)


@app.callback()
def _suitability() -> None:
    """Hold the verbs; without a callback the group would be taken for a single verb."""
