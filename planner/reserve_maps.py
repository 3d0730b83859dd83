"""The layers of a run of proposals: what each shows, in which colours and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.qgis.layer_spec import LayerSpec
from planner.map_style import look
from planner.reserve.run_folder import list_runs
from resources.translation import filled, mark

if TYPE_CHECKING:
    from planner.project import Project
    from planner.reserve.run_folder import RunSummary

Style = dict[str, Any]

GROUP = mark("Selection")
"""Group of these layers."""
SELECTED = "selected.gpkg"
FREQUENCY = "frequency.gpkg"
"""Files of a run that the map shows; each holds the layer of its name."""
NEW, ASKED, EXISTING = "new", "asked", "existing"
"""Why land is selected: chosen, asked for beforehand, or covered by existing sites."""


def reserve_layers(project: Project) -> tuple[LayerSpec, ...]:
    """Return the selection of the newest run as layers, the lowest first; switched off.

    Parameters
    ----------
    project : Project
        Only what it holds by now is drawn: runs that are not finished have no layers.
    """
    finished = [run for run in list_runs(project) if run.finished]
    return run_layers(finished[-1], visible=False) if finished else ()


def run_layers(run: RunSummary, *, visible: bool) -> tuple[LayerSpec, ...]:
    """Return the selection and the frequency of a run as layers, the lowest first.

    Parameters
    ----------
    run : RunSummary
        A file of it that is not there has no layer.
    visible : bool
        Whether the selection is switched on; the frequency is off.
    """
    found = []
    if (run.folder / FREQUENCY).is_file():
        name = filled("Selection frequency, {search}", search=run.shown_title)
        found.append(_layer(run, FREQUENCY, name, _frequency(), visible=False))
    if (run.folder / SELECTED).is_file():
        name = filled("Selected land, {search}", search=run.shown_title)
        found.append(_layer(run, SELECTED, name, _selected(), visible=visible))
    return tuple(found)


def _layer(run: RunSummary, file: str, name: str, style: Style, *, visible: bool) -> LayerSpec:
    layer = file.partition(".")[0]
    return LayerSpec(
        f"reserve_{layer}",
        name,
        f"{(run.folder / file).absolute()}|layername={layer}",
        "vector",
        style,
        visible=visible,
        group=GROUP,
    )


def _selected() -> Style:
    """Return one symbol for what is new, asked for, and existing."""
    colours = look("selection")
    new = {
        "shape": "fill",
        "fill": colours["fill"],
        "fill_opacity": colours["fill_opacity"],
        "stroke": colours["edge"],
        "stroke_width_mm": colours["edge_width_mm"],
    }
    hatched = {
        "shape": "fill",
        "fill": None,
        "hatch": "back_diagonal",
        "hatch_opacity": colours["hatch_opacity"],
        "stroke": colours["hatch"],
        "stroke_width_mm": colours["stroke_width_mm"],
    }
    return {
        "type": "categories",
        "field": "state",
        "symbols": [
            {"value": NEW, "label": mark("Selected, new"), "symbol": new},
            {
                "value": ASKED,
                "label": mark("Locked in, as asked"),
                "symbol": {**new, "dash": "dash"},
            },
            {
                "value": EXISTING,
                "label": mark("Locked in, existing sites"),
                "symbol": hatched,
            },
        ],
    }


def _frequency() -> Style:
    """Return ever fuller colours for units that are selected ever more often."""
    symbols = [
        {
            "min": least,
            "max": most,
            "label": label,
            "symbol": {
                "shape": "fill",
                "fill": look("selection")["fill"],
                "fill_opacity": opacity,
                "stroke": None,
            },
        }
        for least, most, opacity, label in look("frequency")["classes"]
    ]
    return {"type": "graduated", "field": "frequency", "symbols": symbols}
