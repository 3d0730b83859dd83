"""Stage: the maps, of today or of other layers of the same names, with their extrapolation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import PartControl
from layers.covariates import CovariateSource, open_covariates
from layers.tiles.output import OutputSpec
from layers.tiles.running import predict_tiles
from planner.pipeline.runner import Step
from planner.project import hash_of
from planner.suitability.context import input_hash
from planner.suitability.ground import Ground
from planner.suitability.mapped import MapsFound, RasterFound
from planner.suitability.predictor import MapPredictor, make_predictor
from planner.suitability.results import (
    CoverageFound,
    read_result,
    write_result,
)
from planner.suitability.stages import evaluate_stage, fit_stage, layer_stage, sample_stage
from planner.suitability.stages.sample_stage import Sample
from planner.suitability.stages.unseen import unseen_classes
from resources.translation import filled, mark

if TYPE_CHECKING:
    from pathlib import Path

    from algorithms.control import Control
    from layers.covariates import CovariateStack
    from planner.suitability.context import StudyContext
    from planner.suitability.study import Projection

TODAY = "today"
_NONE = 255

# Title, unit, stored type, NoData, kind of each map that is not one of a member.
_MAPS: dict[str, tuple[str, str, str, float | None, str]] = {
    "suitability": ("Habitat suitability", "1", "float32", None, "continuous"),
    "without_disturbance": (
        "Suitability without the disturbance",
        "1",
        "float32",
        None,
        "continuous",
    ),
    "disturbance_cost": (
        "What people cost: suitability without the disturbance less that with it",
        "1",
        "float32",
        None,
        "continuous",
    ),
    "similarity": (
        "Similarity to what the model has seen; below 0 it extrapolates",
        "%",
        "float32",
        None,
        "continuous",
    ),
    "most_dissimilar": (
        "Most dissimilar variable, by its number",
        "",
        "uint8",
        _NONE,
        "categorical",
    ),
    "agreement": ("Members that call the place suitable", "", "uint8", _NONE, "categorical"),
    "deviation": ("Standard deviation of the members", "1", "float32", None, "continuous"),
}


def predict_stage(projection: Projection | None) -> str:
    """Return the name of the stage."""
    return "predict" if projection is None else f"predict:{projection.name}"


def result_file(projection: Projection | None) -> str:
    """Return the file that holds what was found."""
    return f"maps_{TODAY if projection is None else projection.name}.json"


def raster_file(name: str, projection: Projection | None) -> str:
    """Return where a map lies inside the folder of the run."""
    return (
        f"rasters/{name}.tif" if projection is None else f"rasters/{projection.name}/{name}.tif"
    )


def predict_step(context: StudyContext, projection: Projection | None = None) -> Step:
    """Describe the stage for today, or for a projection."""
    folder = context.folder
    other = projection.layers if projection else {}
    of_layer = {
        layer.name: input_hash(
            context.layer_path(other[layer.name]), f"the layer {layer.name} of the projection"
        )
        if layer.name in other
        else context.layer_hashes[layer.name]
        for layer in context.study.covariates
    }
    return Step(
        name=predict_stage(projection),
        label=mark("Maps")
        if projection is None
        else filled("Maps of {projection}", projection=projection.name),
        method=4,
        inputs={
            "model": folder.output_hash(fit_stage.MODEL),
            "sample": folder.output_hash(sample_stage.ARRAYS),
            "covariates": folder.output_hash(layer_stage.RESULT),
            **_of_members(context),
            "layers": of_layer,
        },
        parameters={
            "roles": [
                [layer.name, layer.role, layer.undisturbed]
                for layer in context.study.covariates
            ],
            "species": context.study.species,
            "grid": projection.grid if projection else "study",
        },
        outputs=(
            result_file(projection),
            *(raster_file(name, projection) for name in _always(context)),
        ),
    )


def _of_members(context: StudyContext) -> dict[str, object]:
    """Return what the agreement of the members of an ensemble depends on."""
    if context.study.model.kind != "ensemble":
        return {}
    return {"folds": context.folder.output_hash(evaluate_stage.FOLDS)}


def _always(context: StudyContext) -> tuple[str, ...]:
    """Return the maps that every run has."""
    names = ["suitability", "similarity", "most_dissimilar"]
    if context.study.has_disturbance:
        names += ["without_disturbance", "disturbance_cost"]
    return tuple(names)


def store_maps(
    context: StudyContext, projection: Projection | None, control: Control, _run_id: str
) -> None:
    """Predict the maps tile by tile and write them with what they say of extrapolation.

    Raises
    ------
    LayerReadError
        A layer of a projection cannot be read.
    LayerWriteError
        The disk is full.
    """
    sample = Sample.read(context)
    coverage = read_result(CoverageFound, context.folder.path / layer_stage.RESULT)
    predictor = make_predictor(context, fit_stage.read_model(context), sample, coverage)
    stack = context.stack if projection is None else projected_stack(context, projection)
    names = _names(predictor)
    step = predict_step(context, projection)
    report = predict_tiles(
        stack,
        predictor,
        {name: _output(context, name, projection) for name in names},
        control=PartControl(control, 0.0, 0.9),
        cluster=context.options.cluster,
        resume=hash_of(
            [step.name, dict(step.inputs), dict(step.parameters), context.study.seed]
        ),
    )
    share, most = _extrapolated(context, projection, stack, PartControl(control, 0.9, 0.95))
    unseen = unseen_classes(
        stack,
        map_stack(context, ["suitability"], projection),
        {
            layer.name: np.unique(sample.values[:, at])
            for at, layer in enumerate(context.study.habitat)
            if layer.kind == "categorical"
        },
        PartControl(control, 0.95, 1.0),
    )
    write_result(
        context.folder.file(result_file(projection)),
        MapsFound(
            name=TODAY if projection is None else projection.name,
            rasters=tuple(_found(name, projection) for name in names),
            predicted_cells=report.known_cells,
            extrapolated_share=share,
            most_dissimilar=most,
            notes=(
                *(item.sentence for item in unseen),
                *_notes(context, projection, stack),
                *([predictor.threshold_note] if predictor.threshold_note else []),
            ),
            title=projection.title if projection else "",
            unseen=unseen,
        ),
    )
    control.report(1.0)


def projected_stack(context: StudyContext, projection: Projection) -> CovariateStack:
    """Return the layers of a projection on its grid, in the order of the study."""
    layers = (*context.study.habitat, *context.study.pressure)
    grid = context.grid if projection.grid == "study" else None
    return open_covariates(context.sources(layers, projection.layers), grid)


def _names(predictor: MapPredictor) -> list[str]:
    names = ["suitability", "similarity", "most_dissimilar"]
    if predictor.with_disturbance:
        names += ["without_disturbance", "disturbance_cost"]
    if predictor.member_threshold:
        names += [f"member_{name}" for name in predictor.member_threshold]
        names += ["agreement", "deviation"]
    return names


def _output(context: StudyContext, name: str, projection: Projection | None) -> OutputSpec:
    title, unit, dtype, nodata, kind = _described(name)
    tags = {"species": context.study.species, "title": title, "unit": unit}
    if name == "most_dissimilar":
        layers = [layer.name for layer in context.study.habitat]
        tags["categories"] = "; ".join(f"{at}={known}" for at, known in enumerate(layers, 1))
    if name == "agreement":
        tags["categories"] = "number of members, from 0 to all"
    return OutputSpec(
        context.folder.file(raster_file(name, projection)),
        dtype,  # type: ignore[arg-type]  # one of the names in the table above
        nodata,
        tags,
        kind,  # type: ignore[arg-type]  # as well
        description=title,
        unit=unit,
    )


def _described(name: str) -> tuple[str, str, str, float | None, str]:
    if name in _MAPS:
        return _MAPS[name]
    member = name.removeprefix("member_").replace("_", " ")
    return f"Suitability by the member {member}", "1", "float32", None, "continuous"


def _found(name: str, projection: Projection | None) -> RasterFound:
    title, unit, *_ = _described(name)
    shown = name if projection is None else f"{projection.name}/{name}"
    return RasterFound(shown, raster_file(name, projection), title, unit)


def map_stack(
    context: StudyContext, names: list[str], projection: Projection | None
) -> CovariateStack:
    """Return maps of the run, to be read by tiles."""
    paths: list[Path] = [context.folder.path / raster_file(name, projection) for name in names]
    return open_covariates(
        [CovariateSource(name, path) for name, path in zip(names, paths, strict=True)]
    )


def beside_today(context: StudyContext, maps: CovariateStack) -> CovariateStack:
    """Return maps of a projection with the suitability of today, named `TODAY`, at the end."""
    today = context.folder.path / raster_file("suitability", None)
    return open_covariates([*maps.sources, CovariateSource(TODAY, today)], maps.grid)


def _extrapolated(
    context: StudyContext,
    projection: Projection | None,
    stack: CovariateStack,
    control: Control,
) -> tuple[float | None, dict[str, float]]:
    """Return the share of the area that is extrapolated, and because of which variables."""
    maps = map_stack(context, ["similarity", "most_dissimilar"], projection)
    ground = Ground(stack.grid)
    n_variables = context.n_variables
    by_variable = np.zeros(n_variables + 1)
    known_km2 = 0.0
    with maps.reader() as reader:
        for done, tile in enumerate(maps.plan):
            control.report(done / len(maps.plan))
            similarity, most = reader.read(tile)
            area = ground.areas_km2(
                slice(tile.row, tile.row + tile.height),
                slice(tile.column, tile.column + tile.width),
            )
            known = np.isfinite(similarity)
            outside = known & (similarity < 0.0) & np.isfinite(most)
            known_km2 += float(area[known].sum())
            by_variable += np.bincount(
                most[outside].astype(np.int64), area[outside], n_variables + 1
            )
    total = float(by_variable.sum())
    if known_km2 <= 0.0:
        return None, {}
    names = [layer.name for layer in context.study.habitat]
    shares = {
        name: float(by_variable[at + 1] / total)
        for at, name in enumerate(names)
        if total > 0.0 and by_variable[at + 1] > 0.0
    }
    return total / known_km2, shares


def _notes(
    context: StudyContext, projection: Projection | None, stack: CovariateStack
) -> tuple[str, ...]:
    if projection is None:
        return ()
    same = [
        layer.name for layer in context.study.covariates if layer.name not in projection.layers
    ]
    told = [alignment.sentence for alignment in stack.alignments]
    if same:
        told.append(f"Layers that stay as they are: {', '.join(same)}.")
    if projection.note:
        told.insert(0, projection.note)
    return tuple(told)
