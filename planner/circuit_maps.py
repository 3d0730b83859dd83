"""The layers of pinch points and barriers: what each shows, in which colours and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from layers.qgis.layer_spec import LayerSpec
from planner.errors import EditError
from planner.map_style import look
from planner.project import table_output
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.profiles import SpeciesProfile
    from planner.project import Project

CIRCUIT = mark("Circuit")
"""Group of these layers."""

_NAMES = {
    "barriers": mark("Barriers: shortening by restoration, {species}"),
    "current": mark("Pinch points: share of the current, {species}"),
}
_STEPS = {"barriers": "barriers", "current": "pinch"}


def current_layer_id(species_id: str) -> str:
    """Return the id of the layer of the current through the corridors of a species."""
    return f"current_{species_id}"


def circuit_layers(
    project: Project,
    subject: Literal["barriers", "current"],
    planned: Sequence[SpeciesProfile],
    shown: SpeciesProfile | None,
) -> tuple[LayerSpec, ...]:
    """Return barriers or currents of the species whose corridors were looked at.

    Parameters
    ----------
    project : Project
        Only what it holds by now is drawn.
    subject : {"barriers", "current"}
        Which of the two; barriers are switched off.
    planned : sequence of SpeciesProfile
        Species of the project.
    shown : SpeciesProfile or None
        The one whose current is switched on.
    """
    stops = [list(stop) for stop in look(subject)["stops"]]
    return tuple(
        LayerSpec(
            f"{subject}_{profile.id}",
            _name(project, subject, profile),
            str(project.raster_path(f"{subject}_{profile.id}").absolute()),
            "raster",
            {"type": "ramp", "stops": stops, "interpolate": True},
            visible=subject == "current" and profile == shown,
            group=CIRCUIT,
        )
        for profile in planned
        if project.raster_path(f"{subject}_{profile.id}").exists()
    )


def over_swaths(
    plans: tuple[LayerSpec, ...], currents: tuple[LayerSpec, ...]
) -> tuple[LayerSpec, ...]:
    """Lay the currents over the fill of the corridors, and lines over both."""
    above = [layer.layer_id for layer in plans].index("corridor_swaths") + 1
    return (*plans[:above], *currents, *plans[above:])


def _name(project: Project, subject: str, profile: SpeciesProfile) -> str:
    name = filled(_NAMES[subject], species=profile.names.en)
    if _stands(project, f"{_STEPS[subject]}:{profile.id}"):
        return name
    return filled("{layer} (of earlier corridors)", layer=name)


def _stands(project: Project, step: str) -> bool:
    """Tell whether the corridors are still those that a step looked at."""
    runs = [run for run in project.runs() if run.step == step]
    corridors = [
        (name, digest)
        for name, digest in (runs[-1].inputs.items() if runs else ())
        if name.startswith(table_output("corridors"))
    ]
    try:
        return all(project.output_hash(name) == digest for name, digest in corridors)
    except EditError:  # a name that no version of the program wrote
        return False
