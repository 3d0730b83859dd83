"""What a study found: plain records that are written to JSON and read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

from planner.files import write_text
from planner.suitability.errors import RunError
from planner.suitability.mapped import (  # noqa: TC001 - read at run time
    MapsFound,
    RasterFound,
    UnderstandingFound,
)
from planner.suitability.measured import (  # noqa: TC001 - read at run time
    EvaluationFound,
    FieldTestFound,
    Number,
)

if TYPE_CHECKING:
    from pathlib import Path

ResultT = TypeVar("ResultT")


@dataclass(frozen=True, slots=True)
class RecordsFound:
    """What became of the records.

    Parameters
    ----------
    read : int
        Records in all files, before anything was left out.
    kept, rejected, flagged : int
        Kept ones, rejected ones, and those that were kept with a warning.
    by_reason, flags_by_reason : dict of str to int
        Rejected and flagged ones by reason.
    notes : tuple of str
        What was decided while reading: encoding, delimiter, columns, CRS.
    """

    read: int
    kept: int
    rejected: int
    flagged: int
    by_reason: dict[str, int]
    flags_by_reason: dict[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerFound:
    """One layer as it was used.

    Parameters
    ----------
    name, kind, role, path, sha256 : str
        As in the study; SHA-256 of the file.
    alignment : str
        By which rule it was brought onto the grid, in words.
    known_cells, lost_alone : int
        Cells where it has a value, and cells that are lost because of this layer alone.
    lowest, highest : float or None
        Range of its values on the grid.
    title, unit, source, licence, resolution : str
        As in the study.
    undisturbed : float or None
        Value without people that was used, of a disturbance.
    """

    name: str
    kind: str
    role: str
    path: str
    sha256: str
    alignment: str
    known_cells: int
    lost_alone: int
    lowest: Number
    highest: Number
    title: str
    unit: str
    source: str
    licence: str
    resolution: str
    undisturbed: Number = None


@dataclass(frozen=True, slots=True)
class CoverageFound:
    """The grid, and how much of it every layer covers.

    Parameters
    ----------
    crs : str
        Coordinate system of the grid.
    bounds : four floats
        West, south, east, north in units of the CRS.
    cell_size : two floats
        Height and width of a cell in units of the CRS.
    cell_m : float
        Side of a square as large as the middle cell, metres.
    shape : two ints
        Rows and columns.
    known_cells : int
        Cells where all layers have values.
    layers : tuple of LayerFound
        In the order of the study.
    notes : tuple of str
        What must be told: constant layers, how the grid was chosen.
    """

    crs: str
    bounds: tuple[float, float, float, float]
    cell_size: tuple[float, float]
    cell_m: float
    shape: tuple[int, int]
    known_cells: int
    layers: tuple[LayerFound, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountryEffort:
    """How well one country is surveyed, relative to the whole.

    Parameters
    ----------
    country : str
        Code of one of the six States, or ``other`` for other land.
    records : int
        Records of the target group.
    area_km2 : float
        Land of the study.
    per_1000_km2, low, high : float or None
        Records per 1000 km², as modelled, with its interval.
    relative : float or None
        Density relative to that of the best surveyed country.
    """

    country: str
    records: int
    area_km2: float
    per_1000_km2: Number
    low: Number
    high: Number
    relative: Number


@dataclass(frozen=True, slots=True)
class Correlations:
    """How the variables go together, at the background.

    Parameters
    ----------
    names : tuple of str
        Continuous layers, p of them.
    spearman, pearson : (p, p) tuple of tuples
        Rank correlation and correlation.
    vif : (p,) tuple
        Variance inflation factor of each.
    """

    names: tuple[str, ...]
    spearman: tuple[tuple[Number, ...], ...]
    pearson: tuple[tuple[Number, ...], ...]
    vif: tuple[Number, ...]


@dataclass(frozen=True, slots=True)
class SampleFound:
    """What the model learns from, and why it is not more.

    Parameters
    ----------
    records : int
        Records that passed the checks.
    outside, without_values, too_uncertain, same_cell, thinned : int
        Records left out because they lie outside the grid, where a layer has no value, at a
        place that is less sure than a cell is wide, in a cell that has one already, or too near
        to another.
    snapped : int
        Records moved to the nearest cell with values.
    spread : int
        Records of uncertain place that were spread over several cells by weight.
    presences, background : int
        Rows that the model learns from.
    background_wanted : int
        Background points asked for.
    presences_by_country : dict of str to int
        By code of one of the six States, ``other`` for other land, ``""`` outside the map.
    effort : tuple of CountryEffort
        Survey effort by country; empty where it was not modelled.
    correlations : Correlations
        Of the layers at the background.
    notes : tuple of str
        What must be told.
    """

    records: int
    outside: int
    without_values: int
    too_uncertain: int
    same_cell: int
    thinned: int
    snapped: int
    spread: int
    presences: int
    background: int
    background_wanted: int
    presences_by_country: dict[str, int]
    effort: tuple[CountryEffort, ...]
    correlations: Correlations
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MemberFound:
    """What a fitted model, or a member of an ensemble, consists of.

    Parameters
    ----------
    name : str
        As in the ensemble.
    kind : str
        Its class.
    weight : float or None
        Its weight in the ensemble; they add up to 1. None for a single model.
    settings : dict of str to str
        Arguments with their values.
    feature_classes : str
        Letters of the classes of features that it was offered; empty where it has none.
    coefficients : dict of str to int
        Class of feature to the number of its coefficients that are not zero.
    trees, leaves : int or None
        Of a model of trees.
    training_auc : float or None
        At the very points it learnt from, so higher than on new records.
    """

    name: str
    kind: str
    weight: Number
    settings: dict[str, str]
    feature_classes: str
    coefficients: dict[str, int]
    trees: int | None
    leaves: int | None
    training_auc: Number

    @property
    def sentence(self) -> str:
        """All of it, in one sentence."""
        told = [", ".join(f"{name} = {value}" for name, value in self.settings.items())]
        if self.weight is not None:
            told.append(f"weight {self.weight:.3g}")
        if self.feature_classes:
            listed = ", ".join(f"{name} {count:,}" for name, count in self.coefficients.items())
            told.append(
                f"feature classes offered {self.feature_classes}, "
                f"{sum(self.coefficients.values()):,} coefficients that are not zero"
                + (f" ({listed})" if listed else "")
            )
        if self.trees is not None:
            told.append(f"{self.trees:,} trees with {self.leaves or 0:,} leaves")
        if self.training_auc is not None:
            told.append(f"AUC at the points of the training {self.training_auc:.3f}")
        return f"{self.name} ({self.kind}): {'; '.join(part for part in told if part)}."


@dataclass(frozen=True, slots=True)
class FitFound:
    """The model that was fitted.

    Parameters
    ----------
    kind : str
        As in the study.
    members : tuple of str
        Models it consists of; itself where it is a single one.
    parameters : dict of str to str
        Arguments of the model with their values.
    notes : tuple of str
        What must be told.
    details : tuple of MemberFound
        What the model, or each of its members, consists of.
    presence_weight : float or None
        Sum of the weights of the presences: the effective number of them, by which the
        features are chosen.
    training_auc : float or None
        Of the whole, at the very points it learnt from.
    """

    kind: str
    members: tuple[str, ...]
    parameters: dict[str, str]
    notes: tuple[str, ...]
    details: tuple[MemberFound, ...] = ()
    presence_weight: Number = None
    training_auc: Number = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is needed to judge how complex the model is, a sentence each."""
        told = []
        if self.presence_weight is not None:
            told.append(
                f"The presences count for {self.presence_weight:.4g}, the sum of their weights."
            )
        told += [item.sentence for item in self.details]
        if self.training_auc is not None and len(self.details) > 1:
            told.append(
                f"AUC of the whole at the points of the training: {self.training_auc:.3f}."
            )
        return tuple(told)


@dataclass(frozen=True, slots=True)
class StageFound:
    """One stage as it was run: what is needed to repeat it."""

    stage: str
    started: str
    seconds: float
    inputs_hash: str
    inputs: dict[str, object]
    parameters: dict[str, object]
    seed: int | None
    versions: dict[str, str]
    outputs: dict[str, str]


@dataclass(frozen=True, slots=True)
class SuitabilityResults:
    """Everything that a run found; ``results.json`` of its folder.

    Parameters
    ----------
    run_id, species, title : str
        Which run, of what.
    study : dict
        The study as it was run.
    records, coverage, sample, fit, evaluation, maps, understanding
        As their classes say; `maps` holds today first, then every projection.
    stages : tuple of StageFound
        How each was run.
    further : tuple of EvaluationFound
        Evaluations on other folds than the study's.
    tests : tuple of FieldTestFound
        Tests against surveys.
    """

    run_id: str
    species: str
    title: str
    study: dict[str, object]
    records: RecordsFound
    coverage: CoverageFound
    sample: SampleFound
    fit: FitFound
    evaluation: EvaluationFound
    maps: tuple[MapsFound, ...]
    understanding: UnderstandingFound
    stages: tuple[StageFound, ...]
    further: tuple[EvaluationFound, ...] = ()
    tests: tuple[FieldTestFound, ...] = ()

    @property
    def rasters(self) -> tuple[RasterFound, ...]:
        """Every map of the run."""
        return tuple(raster for maps in self.maps for raster in maps.rasters)

    @property
    def seconds(self) -> float:
        """Time that all stages took."""
        return sum(stage.seconds for stage in self.stages)


def write_result(path: Path, result: object) -> None:
    """Write a result as JSON, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    text: bytes = TypeAdapter(type(result)).dump_json(result, indent=1)
    write_text(path, text.decode("utf-8") + "\n")


def read_result(kind: type[ResultT], path: Path) -> ResultT:
    """Read a result back.

    Raises
    ------
    RunError
        It is missing or was altered; names the file and the remedy.
    """
    try:
        return TypeAdapter(kind).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        what = error.strerror if isinstance(error, OSError) else "it was altered"
        raise RunError(
            f"The result {path} cannot be read: {what}. Run the study again; stages whose "
            "results stand are not repeated."
        ) from error
