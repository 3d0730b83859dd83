"""What a habitat suitability study is: records, layers, sampling, model, evaluation, seed."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    field_validator,
    model_validator,
)

from planner.profiles import load_species, species_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

TODAY = "today"
"""Name of the maps of the study's own layers."""

PACK_PREFIX = "pack:"
"""A path that starts so names a layer of the data pack: ``pack:elevation``."""

Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
LayerName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=80)
]
RunName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=60)
]
ModelKind: TypeAlias = Literal["ensemble", "maxent", "forest", "boosting", "expert"]
BackgroundKind: TypeAlias = Literal["uniform", "bias", "target_group", "country_effort"]
FoldKind: TypeAlias = Literal["random", "blocks", "countries"]
Role: TypeAlias = Literal["habitat", "disturbance", "pressure"]
Option: TypeAlias = bool | int | float | str


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RecordSource(_Part):
    """One file with occurrence records.

    Attributes
    ----------
    path : str
        File or folder; relative to the study's file.
    columns : dict of str to str
        What a column is (``lon``, ``lat``, ``species``, ``date``, ``uncertainty``, ...) to its
        name in the file, empty where no column is that; the others are guessed.
    encoding, crs : str
        As the file is to be read; empty where that is to be found out.
    """

    path: Text
    columns: dict[str, str] = {}
    encoding: str = ""
    crs: str = ""


class RecordSettings(_Part):
    """Which records are used and how they are checked.

    Attributes
    ----------
    sources : tuple of RecordSource
        Files with records; may be empty where `localities` is true.
    names : tuple of str
        Names under which the species stands in the files; every record where empty.
    localities : bool
        Whether the localities that ship for the species are used as well.
    rules : dict
        Checks and limits that differ from the defaults, by name.
    """

    sources: tuple[RecordSource, ...] = ()
    names: tuple[Text, ...] = ()
    localities: bool = False
    rules: dict[str, Option | dict[str, str]] = {}


class Covariate(_Part):
    """One layer of the environment.

    Attributes
    ----------
    name : str
        How the model calls it; layers for a projection have the same names.
    path : str
        A raster file, relative to the study's file, or ``pack:NAME``.
    kind : {"continuous", "categorical"}
        Decides how it is resampled and how the model takes it.
    band : int
        From 1.
    role : {"habitat", "disturbance", "pressure"}
        A ``disturbance`` is part of the model and is set to `undisturbed` to tell what people
        cost; a ``pressure`` is no part of it, and lowers its result by the response that the
        profile of the species states.
    undisturbed : float, optional
        Value of a disturbance without people; may be left out where its lowest value is 0.
    title, unit, source, licence, resolution : str
        For the report.
    """

    name: LayerName
    path: Text
    kind: Literal["continuous", "categorical"] = "continuous"
    band: Annotated[int, Field(ge=1, le=10_000)] = 1
    role: Role = "habitat"
    undisturbed: FiniteFloat | None = None
    title: str = ""
    unit: str = ""
    source: str = ""
    licence: str = ""
    resolution: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.undisturbed is not None and self.role != "disturbance":
            raise ValueError(f"{self.name}: only a layer of role disturbance has `undisturbed`")
        return self


class GridSettings(_Part):
    """The cells that the study works on.

    Attributes
    ----------
    crs : str
        Coordinate system; that of the finest layer where empty.
    cell_size : float, optional
        Side of a cell in units of the CRS; that of the finest layer where not given.
    bounds : four floats, optional
        West, south, east, north in units of the CRS; where all layers meet if not given.
    """

    crs: str = ""
    cell_size: Annotated[FiniteFloat, Field(gt=0.0)] | None = None
    bounds: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = (bool(self.crs), self.cell_size is not None, self.bounds is not None)
        if any(given) and not all(given):
            raise ValueError(
                "a grid is given by crs, cell_size and bounds together, or by none"
            )
        if self.bounds is not None:
            west, south, east, north = self.bounds
            if west >= east or south >= north:
                raise ValueError(
                    "bounds are west, south, east, north; west < east, south < north"
                )
        return self


class SamplingSettings(_Part):
    """How presences and background are drawn.

    Attributes
    ----------
    background : {"uniform", "bias", "target_group", "country_effort"}
        ``bias`` weighs the background by the density of the target group's records (of the
        species' own where there are none), ``target_group`` draws it from their cells,
        ``country_effort`` models how well each country is surveyed.
    points : int
        Background points, as far as there are cells.
    reach_km : float, optional
        Background is drawn within this distance of presences only.
    target_group : tuple of RecordSource
        Records of all species found by the same means.
    bandwidth_km : float, optional
        Of the kernel density; by the method's own rule where not given.
    thinning_km : float
        Presences are at least so far apart; 0 for no thinning.
    one_per_cell : bool
        Whether records in one cell count once.
    uncertainty : {"drop", "spread", "keep"}
        What is done with a record whose place is less sure than a cell is wide.
    snap_km : float
        A record on a cell without values counts for the nearest one that has them within this
        distance.
    """

    background: BackgroundKind = "uniform"
    points: Annotated[int, Field(ge=10, le=1_000_000)] = 10_000
    reach_km: Annotated[FiniteFloat, Field(gt=0.0)] | None = None
    target_group: tuple[RecordSource, ...] = ()
    bandwidth_km: Annotated[FiniteFloat, Field(gt=0.0)] | None = None
    thinning_km: Annotated[FiniteFloat, Field(ge=0.0)] = 0.0
    one_per_cell: bool = True
    uncertainty: Literal["drop", "spread", "keep"] = "drop"
    snap_km: Annotated[FiniteFloat, Field(ge=0.0)] = 0.0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.background in {"target_group", "country_effort"} and not self.target_group:
            raise ValueError(
                f"background {self.background!r} needs `target_group`, the records of all "
                "species found by the same means"
            )
        return self


class ModelSettings(_Part):
    """Which model is fitted.

    Attributes
    ----------
    kind : {"ensemble", "maxent", "forest", "boosting", "expert"}
        ``expert`` is the index of the species' profile, which needs no records.
    options : dict
        Arguments of the model that differ from its defaults, by name.
    """

    kind: ModelKind = "ensemble"
    options: dict[str, Option] = {}


class EvaluationSettings(_Part):
    """How the model is tested.

    Attributes
    ----------
    folds : {"random", "blocks", "countries"}
        Records are left out at random, by squares of ground, or country by country.
    count : int
        Number of folds; with ``countries`` as many as there are countries.
    block_km : float, optional
        Side of a square; where not given the largest, from a tenth of the extent down, whose
        presences can be dealt out evenly, and no less than two cells.
    null_models : int
        Models of random presences that the model is compared with; 0 for none.
    bootstraps : int
        Draws for intervals.
    importance_repeats : int
        Permutations of each variable.
    """

    folds: FoldKind = "blocks"
    count: Annotated[int, Field(ge=2, le=50)] = 5
    block_km: Annotated[FiniteFloat, Field(gt=0.0)] | None = None
    null_models: Annotated[int, Field(ge=0, le=10_000)] = 0
    bootstraps: Annotated[int, Field(ge=20, le=100_000)] = 500
    importance_repeats: Annotated[int, Field(ge=1, le=1000)] = 5


class Projection(_Part):
    """Layers of the same names under other conditions.

    Attributes
    ----------
    name : str
        Such as ``climate-2070``; names its files. ``today`` is the name of the maps of the
        study's own layers.
    title : str
        What people call it, in any script; the name where empty.
    layers : dict of str to str
        Name of a layer to its file; layers that are not listed stay as they are.
    grid : {"study", "own"}
        Whether it is predicted on the grid of the study, or on that of its finest layer, as
        for another area.
    note : str
        What it stands for.
    """

    name: RunName
    title: Annotated[str, StringConstraints(max_length=200)] = ""
    layers: Annotated[dict[LayerName, Text], Field(min_length=1)]
    grid: Literal["study", "own"] = "study"
    note: Annotated[str, StringConstraints(max_length=4000)] = ""

    @field_validator("name")
    @classmethod
    def _not_today(cls, name: str) -> str:
        if name.casefold() == TODAY:
            raise ValueError(f"{name} is the name of the maps of the study's own layers")
        return name

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.title or self.name


class SuitabilityStudy(_Part):
    """Everything that a study's numbers depend on, but for the content of its files.

    Attributes
    ----------
    species : str
        Identifier of a species profile, or any name.
    title : str
        For people; made from the species where empty.
    records, covariates, grid, sampling, model, evaluation, projections
        As their classes say.
    seed : int
        Seed of everything random.
    statements : dict of str to str
        What the report can only know from its author, by the item of the ODMAP protocol:
        ``authors``, ``contact``, ``objective``, ``hypotheses``, ...
    """

    schema_version: Literal[1] = 1
    species: Text
    title: str = ""
    records: RecordSettings = RecordSettings()
    covariates: Annotated[tuple[Covariate, ...], Field(min_length=1)]
    grid: GridSettings = GridSettings()
    sampling: SamplingSettings = SamplingSettings()
    model: ModelSettings = ModelSettings()
    evaluation: EvaluationSettings = EvaluationSettings()
    projections: tuple[Projection, ...] = ()
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    statements: dict[str, str] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        _refuse_twice("covariate", [layer.name for layer in self.covariates])
        _refuse_twice("projection", [item.name for item in self.projections])
        if not self.habitat:
            raise ValueError("no covariate has the role habitat or disturbance")
        expert = self.model.kind == "expert"
        if not self.records.sources and not self.records.localities and not expert:
            raise ValueError(
                "there are no records: name a file with --occurrences FILE (in a study's file, "
                "under records.sources), or set records.localities"
            )
        known = {layer.name for layer in self.covariates}
        for item in self.projections:
            unknown = sorted(set(item.layers) - known)
            if unknown:
                raise ValueError(
                    f"projection {item.name}: {', '.join(unknown)} is no covariate of the study"
                )
        return self

    @property
    def shown_title(self) -> str:
        """What people call the study: its title, or the English name of its species."""
        if self.title:
            return self.title
        if self.species in species_ids():
            return f"{load_species(self.species).names.en}: habitat suitability"
        return f"Suitability of {self.species}"

    @property
    def habitat(self) -> tuple[Covariate, ...]:
        """Layers that the model learns from, in order."""
        return tuple(layer for layer in self.covariates if layer.role != "pressure")

    @property
    def pressure(self) -> tuple[Covariate, ...]:
        """Layers that lower the model's result by the response of the profile."""
        return tuple(layer for layer in self.covariates if layer.role == "pressure")

    @property
    def has_disturbance(self) -> bool:
        """Whether the study can tell what people cost."""
        return any(layer.role != "habitat" for layer in self.covariates)

    @property
    def categorical(self) -> tuple[int, ...]:
        """Column numbers of classes among `habitat`."""
        return tuple(i for i, item in enumerate(self.habitat) if item.kind == "categorical")


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"the {what} {', '.join(twice)} is given twice; names are unique")


def projection_name(title: str, projections: Sequence[Projection]) -> str:
    """Return a name that files can bear for a projection that people call anything.

    Parameters
    ----------
    title : str
        In any script, with any characters.
    projections : sequence of Projection
        Those of the study; one that is called so already keeps its name.

    Returns
    -------
    str
        Of Latin letters, digits, ``-`` and ``_``; a number where the title has none of them or
        another projection has the name.
    """
    for item in projections:
        if item.shown == title:
            return item.name
    plain = unicodedata.normalize("NFKD", title)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    words = re.findall(r"[A-Za-z0-9_]+", plain)
    stem = "-".join(words).strip("_-")[:50].strip("_-") if not lost else ""
    taken = {TODAY, "con", "prn", "aux", "nul", *(item.name.casefold() for item in projections)}
    if stem and stem.casefold() not in taken:
        return stem
    number = 1
    while f"{stem or 'projection'}-{number}".casefold() in taken:
        number += 1
    return f"{stem or 'projection'}-{number}"


def layer_name(path: Path) -> str:
    """Return the name of a layer after its file: letters, digits, ``_``, ``.`` and ``-``."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in path.stem)
    return kept if kept[:1].isalpha() else f"layer_{kept}"


def pack_layer(path: str) -> str:
    """Return the name of the layer of the data pack that a path means, or ``""``."""
    return path.removeprefix(PACK_PREFIX) if path.startswith(PACK_PREFIX) else ""


def relative_to_folder(path: str, folder: Path) -> str:
    """Write a path as it is kept in a study's file in a folder, with ``/``."""
    if pack_layer(path):
        return path
    whole = Path(path)
    if not whole.is_absolute():
        return PurePosixPath(path).as_posix()
    return (
        whole.relative_to(folder).as_posix()
        if whole.is_relative_to(folder)
        else whole.as_posix()
    )
