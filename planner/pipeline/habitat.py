"""Step: habitat suitability of each species, with and without people.

The expert index of the profile and the default ensemble, fitted to the localities that ship,
are joined with weights by what both can do in spatial cross-validation. The model learns from
all of North-East Asia and is told neither where people live nor how far the border is: survey
effort follows borders, and must not become habitat.

Where somebody chose a run of a suitability study for the species, its maps take the place of
all this, brought onto the grid of the plan.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.spatial import cKDTree

from algorithms.control import PartControl
from algorithms.suitability.blending import blend, skill_weight
from algorithms.suitability.ensemble import SuitabilityEnsemble
from algorithms.suitability.estimator import InsufficientPresencesError
from algorithms.suitability.evaluation.boyce import continuous_boyce
from algorithms.suitability.evaluation.cross_validation import cross_validate
from algorithms.suitability.evaluation.discrimination import auc
from algorithms.suitability.evaluation.folds import spatial_folds
from algorithms.suitability.evaluation.ratings import UnevaluableError
from algorithms.suitability.expert import expert_index, with_people
from algorithms.suitability.sampling.background import sample_background
from layers.grid import equal_area_crs
from layers.raster import write_cog
from planner.localities import load_localities
from planner.pipeline.chosen_habitat import ChosenHabitat
from planner.pipeline.cores import suitability_raster
from planner.pipeline.runner import Step
from planner.project import SetSetting, table_output
from planner.suitability.defaults import BACKGROUND_REACH_KM, BLOCK_KM, PREDICTORS, SNAP_KM
from resources.translation import filled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.control import Control
    from planner.pipeline.study import Study
    from planner.profiles import SpeciesProfile

BACKGROUND_POINTS = 4000
TREES = 500
LEAST_PRESENCES = 8
"""With fewer localities on the data pack the expert index stands alone."""


def habitat_raster(species_id: str) -> str:
    """Return the name of the raster of suitability as it would be without people."""
    return f"habitat_{species_id}"


def evaluation_key(species_id: str) -> str:
    """Return the setting that holds what is known of a model's skill."""
    return f"evaluation:{species_id}"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How sure the suitability of a species is.

    Parameters
    ----------
    presences, background : int
        Cells that the model learnt from.
    model_auc, expert_auc, boyce : float or None
        Mean AUC of the model over spatial blocks, AUC of the expert index at the same points,
        continuous Boyce index of the model's unseen predictions; None where there is none.
    model_weight : float
        Weight of the model in the map; the rest is the expert index.
    note : str
        Why there is no model, or empty.
    run : str
        Run of a suitability study that was chosen for the species, or empty.
    reason : str
        Why it was chosen, and how its map was brought onto the grid.
    """

    presences: int
    background: int
    model_auc: float | None
    expert_auc: float | None
    boyce: float | None
    model_weight: float
    note: str
    run: str = ""
    reason: str = ""


def habitat_step(study: Study, profile: SpeciesProfile) -> Step:
    """Describe the step for one species."""
    chosen = ChosenHabitat.of(study.project, profile.id)
    return Step(
        name=f"habitat:{profile.id}",
        label=filled("Habitat, {species}", species=profile.names.en),
        method=4,
        inputs={
            "pack": study.pack.content_hash,
            "profile": repr(profile),
            "localities": [item.model_dump() for item in load_localities(profile.id)],
            **({} if chosen is None else {"chosen": chosen.inputs}),
        },
        parameters={
            "region": study.region.id,
            "grid": [study.grid.crs, list(study.grid.bounds), study.cell_m],
            "predictors": list(PREDICTORS),
            "background_points": BACKGROUND_POINTS,
            "background_reach_km": BACKGROUND_REACH_KM,
            "block_km": BLOCK_KM,
            "snap_km": SNAP_KM,
            "trees": TREES,
            "least_presences": LEAST_PRESENCES,
        },
        outputs=(
            study.raster_output(suitability_raster(profile.id)),
            study.raster_output(habitat_raster(profile.id)),
            table_output("settings", key=evaluation_key(profile.id)),
        ),
    )


def store_habitat(
    study: Study, profile: SpeciesProfile, control: Control, _run_id: str
) -> None:
    """Model the habitat of one species and store the maps with what is known of their skill."""
    chosen = ChosenHabitat.of(study.project, profile.id)
    if chosen is None:
        index, today, evaluation = _modelled(study, profile, PartControl(control, 0.0, 0.95))
    else:
        index, today, rule = chosen.on_grid(study.grid, PartControl(control, 0.0, 0.95))
        evaluation = _of_run(chosen, rule)
    for name, values in (
        (habitat_raster(profile.id), index),
        (suitability_raster(profile.id), today),
    ):
        write_cog(
            study.project.raster_path(name),
            np.where(study.country > 0, values, np.nan),
            study.grid,
            tags={"species": profile.id, "unit": "1"},
        )
    study.project.execute(
        SetSetting(
            evaluation_key(profile.id),
            asdict(evaluation),
            filled("Model habitat, {species}", species=profile.names.en),
        )
    )
    control.report(1.0)


def _modelled(
    study: Study, profile: SpeciesProfile, control: Control
) -> tuple[NDArray[np.float64], NDArray[np.float64], Evaluation]:
    """Return suitability without people, with them, and what is known of the skill."""
    sample = _sample(study, profile)
    control.report(0.1)
    model, evaluation = _learn(study, profile, sample, PartControl(control, 0.1, 0.6))
    index = _expert(study, profile)
    if model is not None and evaluation.model_weight > 0.0:
        predicted = _predict(study, model, PartControl(control, 0.6, 1.0))
        index = blend(
            index, np.where(np.isnan(index), np.nan, predicted), evaluation.model_weight
        )
    pressure = study.layer(profile.disturbance.variable)
    return index, with_people(index, pressure, profile.disturbance_response()), evaluation


def _of_run(chosen: ChosenHabitat, rule: str) -> Evaluation:
    """Return what is known of the skill of a chosen run."""
    results = chosen.results
    people = (
        ""
        if len(chosen.maps) > 1
        else " The run does not tell what people cost, so habitat with and without them is the "
        "same."
    )
    return Evaluation(
        presences=results.sample.presences,
        background=results.sample.background,
        model_auc=results.evaluation.auc.value,
        expert_auc=None,
        boyce=results.evaluation.boyce.value,
        model_weight=1.0,
        note=results.evaluation.note,
        run=chosen.choice.run_id,
        reason=" ".join(
            text
            for text in (chosen.choice.reason, *chosen.choice.warnings, f"{rule}{people}")
            if text
        ),
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    """Cells of the data pack's own grid to learn from; every array has one entry per cell."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    presence: NDArray[np.bool_]
    weight: NDArray[np.float64]


def _sample(study: Study, profile: SpeciesProfile) -> _Sample | None:
    """Draw presences and background on the data pack's grid; None without a usable locality."""
    grid = study.pack.raster("elevation").grid
    known = np.all([np.isfinite(study.pack.raster(name).values) for name in PREDICTORS], axis=0)
    places = load_localities(profile.id)
    to_plane = Transformer.from_crs("EPSG:4326", equal_area_crs(grid.bounds), always_xy=True)
    x, y = to_plane.transform(*np.meshgrid(*grid.cell_centres()))
    place_x, place_y = to_plane.transform(
        [place.lon for place in places], [place.lat for place in places]
    )
    land = cKDTree(np.column_stack([x[known], y[known]]))
    found = land.query(np.column_stack([place_x, place_y]))
    away_m, nearest = np.atleast_1d(found[0]), np.atleast_1d(found[1])
    weight_of_known = np.zeros(int(known.sum()))
    for place, away, cell in zip(places, away_m, nearest, strict=True):
        if away <= SNAP_KM * 1000.0:
            weight_of_known[cell] = max(weight_of_known[cell], place.weight)
    if not weight_of_known.any():
        return None
    weight = np.zeros(grid.shape)
    weight[known] = weight_of_known
    there = weight > 0
    tree = cKDTree(np.column_stack([x[there], y[there]]))
    distance, _ = tree.query(np.column_stack([x[known], y[known]]))
    near = known.copy()
    near[known] = distance <= BACKGROUND_REACH_KM * 1000.0
    rng = np.random.default_rng([study.seed, 1])
    back = sample_background(near, BACKGROUND_POINTS, rng=rng)
    rows = np.concatenate([np.nonzero(there)[0], back[0]])
    columns = np.concatenate([np.nonzero(there)[1], back[1]])
    presence = np.arange(len(rows)) < int(there.sum())
    return _Sample(
        rows,
        columns,
        x[rows, columns],
        y[rows, columns],
        presence,
        np.where(presence, weight[rows, columns], 1.0),
    )


def _learn(
    study: Study, profile: SpeciesProfile, sample: _Sample | None, control: Control
) -> tuple[SuitabilityEnsemble | None, Evaluation]:
    """Fit the model and measure it and the expert index where they were not taught."""
    if sample is None:
        return None, _expert_only(0, 0, "No locality of the species lies on the data pack.")
    presence, weight = sample.presence, sample.weight
    n_presence, n_background = int(presence.sum()), int((~presence).sum())
    predictors = np.column_stack(
        [study.pack.raster(name).values[sample.rows, sample.columns] for name in PREDICTORS]
    )

    def predict_fold(
        learn: NDArray[np.bool_], rate: NDArray[np.bool_], part: Control
    ) -> NDArray[np.float64]:
        model = _model(study, 2, weight[presence]).fit(
            predictors[learn], presence[learn], sample_weight=weight[learn], control=part
        )
        return model.predict(predictors[rate])

    try:
        _check_presences(n_presence)
        rng = np.random.default_rng([study.seed, 3])
        fold = spatial_folds(
            sample.x, sample.y, presence, block_size=BLOCK_KM * 1000.0, rng=rng
        )
        tested = cross_validate(
            predict_fold, presence, fold, control=PartControl(control, 0, 0.8)
        )
        boyce = continuous_boyce(*tested.unseen()).value
    except (InsufficientPresencesError, UnevaluableError) as error:
        return None, _expert_only(n_presence, n_background, str(error))
    rated = _expert_at(study, profile, sample)
    expert_auc = auc(rated[presence], rated[~presence])
    model = _model(study, 4, weight[presence]).fit(
        predictors, presence, sample_weight=weight, control=PartControl(control, 0.8, 1.0)
    )
    weight_of_model = skill_weight(tested.mean_auc, expert_auc)
    return model, Evaluation(
        n_presence,
        n_background,
        round(tested.mean_auc, 4),
        round(expert_auc, 4),
        round(boyce, 4),
        round(weight_of_model, 4),
        "",
    )


def _check_presences(n_presences: int) -> None:
    if n_presences < LEAST_PRESENCES:
        raise InsufficientPresencesError(
            f"The model needs localities in at least {LEAST_PRESENCES} cells, and there "
            f"{'is' if n_presences == 1 else 'are'} {n_presences}; the expert index stands "
            f"alone."
        )


def _model(study: Study, stream: int, weight: NDArray[np.float64]) -> SuitabilityEnsemble:
    """Return an unfitted model of the kind for presences of these weights.

    It is seeded for one use of it in the study.
    """
    seed = int(np.random.default_rng([study.seed, stream]).integers(2**31))
    return SuitabilityEnsemble(
        random_state=seed, n_trees=TREES, design_presences=float(weight.sum())
    )


def _expert_only(presences: int, background: int, note: str) -> Evaluation:
    return Evaluation(presences, background, None, None, None, 0.0, note)


def _expert(study: Study, profile: SpeciesProfile) -> NDArray[np.float64]:
    layers = {name: study.layer(name) for name in profile.variables}
    responses = profile.response_functions(study.categories)
    return expert_index(layers, responses, profile.weights)


def _expert_at(study: Study, profile: SpeciesProfile, sample: _Sample) -> NDArray[np.float64]:
    layers = {
        name: study.pack.raster(name).values[sample.rows, sample.columns]
        for name in profile.variables
    }
    rated = expert_index(layers, profile.response_functions(study.categories), profile.weights)
    return np.nan_to_num(rated, nan=0.0)


def _predict(study: Study, model: SuitabilityEnsemble, control: Control) -> NDArray[np.float64]:
    """Predict on the cells of the study."""
    layers = np.stack([study.layer(name) for name in PREDICTORS])
    wanted = np.isfinite(layers).all(axis=0) & (study.country > 0)
    predicted = np.full(study.grid.shape, np.nan)
    predicted[wanted] = model.predict(layers[:, wanted].T, control=control)
    return predicted
