"""The maps of a suitability run as layers: what each shows, in which colours and words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.qgis.layer_spec import LayerSpec
from planner.map_style import look
from planner.profiles import load_species, species_ids
from planner.suitability.errors import RunError, StudyError
from planner.suitability.mapped import RasterFound
from planner.suitability.project_runs import choice_key, chosen_run, run_folder
from resources.translation import filled, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.project import Project
    from planner.suitability.folder import RunFolder
    from planner.suitability.results import SuitabilityResults

Style = dict[str, Any]

RUN_PREFIX = "run_"
"""How the ids of the layers of runs begin; the run and the map follow."""

_RAMPS = {
    "suitability": "suitability",
    "without_disturbance": "suitability",
    "similarity": "novelty",
    "deviation": "deviation",
    "disturbance_cost": "disturbance",
    "effort": "effort",
}
_NAMES = {
    "suitability": mark("Suitability"),
    "without_disturbance": mark("Without disturbance"),
    "disturbance_cost": mark("Cost of disturbance"),
    "similarity": mark("Extrapolation (%)"),
    "most_dissimilar": mark("Dissimilar variable"),
    "agreement": mark("Agreement of members"),
    "deviation": mark("Deviation of members"),
    "effort": mark("Survey effort, relative"),
}
_ORDER = tuple(_NAMES)
_EFFORT = RasterFound("effort", "rasters/effort.tif", mark("Survey effort"), "1")
"""Written where the background follows the effort; listed by itself in no run."""
_CHOICE = choice_key("").rstrip(":")


def run_layer_id(run_id: str, raster: str) -> str:
    """Return the id of the layer of a map of a run."""
    return f"{RUN_PREFIX}{run_id}_{raster}"


def run_group(results: SuitabilityResults) -> str:
    """Return the group of the layers of a run: species, model and the run."""
    species = results.species
    name = load_species(species).names.en if species in species_ids() else species
    return f"{name}, {results.fit.kind} {results.run_id[:6]}"


def run_layers(folder: RunFolder, results: SuitabilityResults) -> tuple[LayerSpec, ...]:
    """Return the maps of a run as layers, the lowest first; none is switched on.

    Parameters
    ----------
    folder : RunFolder
        Where the maps lie; one whose file is gone is left out.
    results : SuitabilityResults
        What the run found.
    """
    group = run_group(results)
    maps = {raster.name: raster for raster in (_EFFORT, *results.rasters)}
    return tuple(
        LayerSpec(
            run_layer_id(results.run_id, raster.name),
            raster_title(raster.name, raster.title),
            str((folder.path / raster.path).absolute()),
            "raster",
            raster_style(raster.name, results),
            visible=False,
            group=group,
        )
        for raster in sorted(maps.values(), key=_place, reverse=True)
        if (folder.path / raster.path).is_file()
    )


def chosen_layers(project: Project) -> tuple[LayerSpec, ...]:
    """Return the layers of the runs that were chosen as the suitability of their species.

    A run that cannot be read any more is left out, for the map shall not fail with it.
    """
    found: list[LayerSpec] = []
    for key in project.settings:
        prefix, _, species = key.partition(":")
        choice = chosen_run(project, species) if prefix == _CHOICE else None
        if choice is None:
            continue
        folder = run_folder(project, choice.run_id)
        try:
            found += run_layers(folder, folder.results())
        except (RunError, StudyError):
            continue
    return tuple(found)


def raster_title(name: str, title: str = "") -> str:
    """Return what the legend calls a map of a run, such as ``"climate-2070/suitability"``."""
    projection, _, plain = name.rpartition("/")
    told = _NAMES.get(plain, title or plain.replace("_", " "))
    return (
        filled("{map}, {projection}", map=told, projection=projection) if projection else told
    )


def raster_style(name: str, results: SuitabilityResults) -> Style:
    """Return how a map of a run is drawn, in the way of `layers.qgis.layer_spec.LayerSpec`."""
    plain = name.rpartition("/")[2]
    if plain == "agreement":
        return _agreement(max(1, len(results.fit.members)))
    if plain == "most_dissimilar":
        return _variables(_variable_names(results))
    ramp = look(_RAMPS.get(plain, "suitability"))
    stops = [[stop[0], stop[1], _label(stop)] for stop in ramp["stops"]]
    return {"type": "ramp", "stops": stops, "interpolate": True}


def _label(stop: Sequence[Any]) -> str:
    return str(stop[2]) if len(stop) > 2 else f"{stop[0]:g}"


def _agreement(members: int) -> Style:
    """Return one colour per number of members, clear where none calls the place suitable."""
    ramp = look("agreement")["ramp"]
    classes = [[0, "#00000000", filled("none of {members}", members=members)]]
    for count in range(1, members + 1):
        place = round((count / members) * (len(ramp) - 1))
        classes.append(
            [count, ramp[place], filled("{count} of {members}", count=count, members=members)]
        )
    return {"type": "classes", "classes": classes}


def _variables(names: Sequence[str]) -> Style:
    hues = look("most_dissimilar")["hues"]
    return {
        "type": "classes",
        "classes": [[at + 1, hues[at % len(hues)], name] for at, name in enumerate(names)],
    }


def _variable_names(results: SuitabilityResults) -> list[str]:
    """Return the model's layers in the order of their numbers on the map."""
    return [
        layer.title or layer.name
        for layer in results.coverage.layers
        if layer.role != "pressure"
    ]


def _place(raster: RasterFound) -> tuple[int, int, str]:
    """Sort maps of today first, the well-known kinds before those of single members."""
    projection, _, plain = raster.name.rpartition("/")
    place = _ORDER.index(plain) if plain in _ORDER else len(_ORDER)
    return (1 if projection else 0, place, raster.name)
