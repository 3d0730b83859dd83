"""What the tool knows about a species or a region, read from TOML files with their sources.

A number never stands alone in a profile: it carries its unit, its range, where it was read
and whether it was read at all (`Evidence.status`). Shipped profiles are in
``resources/species`` and ``resources/regions``; a folder of the user's own holds the same
kind of files.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias, TypeVar, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    ValidationError,
    model_validator,
)

from algorithms.suitability.expert import Categories, Response, Sigmoid, Trapezoid
from resources.errors import PlannerError, UsageError, nearest_names_hint
from resources.paths import resource_path

if TYPE_CHECKING:
    from pathlib import Path

Identifier: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
]
VariableName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
CountryCode: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Share: TypeAlias = Annotated[float, Field(ge=0.0, le=1.0)]
Status: TypeAlias = Literal["read", "recalled", "expert"]

DEFAULT_REGION = "tiger-leopard"
MAX_PROFILE_BYTES = 1_000_000
REGION_FOLDER = "region"
"""Folder of a project that holds the profile of a region of its own."""

_OWN: dict[str, Path] = {}
"""Regions of projects: id to the folder of the profile."""

_UNIT_OF_SUFFIX = {"m": "m", "km": "km", "km2": "km2", "ha": "ha", "cm": "cm", "days": "days"}
_NEEDED_OF_KIND = {
    "cat": (
        "dispersal_max_km",
        "habitat_threshold",
        "minimum_core_area_km2",
        "minimum_corridor_width_m",
        "resistance_maximum",
        "resistance_shape",
        "settlement_avoidance_km",
    ),
    "waterbird": (
        "habitat_threshold",
        "minimum_core_area_km2",
        "one_percent_threshold_birds",
        "single_flight_max_km",
        "single_flight_mean_km",
    ),
}


class ProfileError(PlannerError, ValueError):
    """A profile cannot be read; the message names the file, the field and the remedy."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Evidence(_Model):
    """Where a statement comes from.

    Attributes
    ----------
    status : {"read", "recalled", "expert"}
        ``read`` in the source named, ``recalled`` without one at hand, or an ``expert`` value:
        a judgement of the tool's authors, to be doubted first.
    source : str
        Full reference; empty for an expert value without one.
    basis : str
        What was measured, where and when; for an expert value, the reason for it.
    """

    status: Status = "expert"
    source: str = ""
    basis: str = ""

    @model_validator(mode="after")
    def _sourced(self) -> Self:
        if self.status != "expert" and not self.source:
            raise ValueError(
                f"status {self.status!r} needs a source; without one it is 'expert'"
            )
        if self.status == "expert" and not self.basis:
            raise ValueError("an expert value needs its reason in `basis`")
        return self


class Quantity(Evidence):
    """A number with its unit, range and source.

    Attributes
    ----------
    value : float
        The number the models use.
    unit : str
        Its unit; "1" for a pure number.
    low, high : float or None
        Published range, or the range within which a sensitivity run varies the value.
    as_published : str
        The number as the source gives it, where a unit was converted.
    """

    value: FiniteFloat
    unit: Text
    low: FiniteFloat | None = None
    high: FiniteFloat | None = None
    as_published: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        low = self.value if self.low is None else self.low
        high = self.value if self.high is None else self.high
        if not low <= self.value <= high:
            raise ValueError(f"low <= value <= high is needed, got {low}, {self.value}, {high}")
        return self

    def shown(self) -> str:
        """Return the number as it is shown everywhere: value, unit, range, status."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        bounds = [f"{bound:,g}" for bound in (self.low, self.high) if bound is not None]
        remarks = ["–".join(bounds)] if bounds else []
        return f"{self.value:,g}{unit} ({', '.join([*remarks, self.status])})"


class Note(Evidence):
    """A statement in words that bears on the model, such as a forest preference."""

    topic: Text
    text: Text


class Names(_Model):
    """Vernacular names by language; one that is not known for sure stays empty."""

    en: Text
    zh: str = ""
    ko: str = ""
    ja: str = ""
    ru: str = ""
    mn: str = ""
    scientific: str = ""
    source: Text

    def in_language(self, language: str) -> str:
        """Return the name in a language (ISO 639-1 code), or the English one."""
        names = {"zh": self.zh, "ko": self.ko, "ja": self.ja, "ru": self.ru, "mn": self.mn}
        return names.get(language, "") or self.en


class _ResponseSpec(Evidence):
    variable: VariableName
    weight: Annotated[float, Field(gt=0.0, le=10.0)] = 1.0


class TrapezoidSpec(_ResponseSpec):
    """0 outside the outer corners, 1 between the inner ones; an open side is infinite."""

    kind: Literal["trapezoid"]
    corners: tuple[float, float, float, float]
    floor: Share = 0.0

    def response(self, category_names: dict[str, dict[int, str]]) -> Response:  # noqa: ARG002 - one signature for all kinds
        """Return the function over the values of the variable."""
        return Trapezoid(*self.corners, floor=self.floor)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        self.response({})
        return self


class SigmoidSpec(_ResponseSpec):
    """A logistic curve through 0.05 at `at_005` and 0.95 at `at_095`."""

    kind: Literal["sigmoid"]
    at_005: FiniteFloat
    at_095: FiniteFloat
    floor: Share = 0.0

    def response(self, category_names: dict[str, dict[int, str]]) -> Response:  # noqa: ARG002 - one signature for all kinds
        """Return the function over the values of the variable."""
        return Sigmoid(self.at_005, self.at_095, floor=self.floor)

    @model_validator(mode="after")
    def _usable(self) -> Self:
        self.response({})
        return self


class CategoriesSpec(_ResponseSpec):
    """One value per class, by the name of the class in the data pack."""

    kind: Literal["categories"]
    of_class: Annotated[dict[str, Share], Field(min_length=1)]
    other: Share = 0.0

    def response(self, category_names: dict[str, dict[int, str]]) -> Response:
        """Return the function over the class codes of the variable.

        Parameters
        ----------
        category_names : dict of str to dict of int to str
            Class names by code, for each categorical variable of the data pack.

        Raises
        ------
        ProfileError
            A class named here is not among those of the variable.
        """
        names = category_names.get(self.variable, {})
        codes = {name.casefold(): code for code, name in names.items()}
        unknown = [name for name in self.of_class if name.casefold() not in codes]
        if unknown:
            hint = nearest_names_hint(unknown[0].casefold(), list(codes)) if codes else ""
            raise ProfileError(
                f"The profile gives a value for the class {unknown[0]!r} of {self.variable}, "
                f"which the data pack does not know. {hint} Correct the class name under "
                f"[[responses]] of the species profile."
            )
        of_code = {codes[name.casefold()]: value for name, value in self.of_class.items()}
        return Categories(of_code, other=self.other)


ResponseSpec: TypeAlias = Annotated[
    TrapezoidSpec | SigmoidSpec | CategoriesSpec, Field(discriminator="kind")
]
ContinuousSpec: TypeAlias = Annotated[TrapezoidSpec | SigmoidSpec, Field(discriminator="kind")]


class Barrier(Evidence):
    """Ground that is not crossed, or only at a cost.

    Attributes
    ----------
    feature : {"sea", "lakes", "large_rivers"}
        Which layer of the base map it is.
    passable : bool
        False where the species does not cross it if wider than ``max_water_crossing_m``.
    resistance : str
        Name of the quantity that holds its resistance, where it is passable.
    """

    feature: Literal["sea", "lakes", "large_rivers"]
    passable: bool
    resistance: str = ""


class SpeciesProfile(_Model):
    """What the models need to know of one species.

    Attributes
    ----------
    kind : {"cat", "waterbird"}
        Which quantities it must have.
    connectivity : {"physical", "ecological"}
        Corridors on the ground, or stepping stones in the sense of IUCN 2007.
    quantities : dict of str to Quantity
        By name; the name ends in the unit (``_m``, ``_km``, ``_km2``, ``_ha``).
    responses : tuple of ResponseSpec
        Habitat without people, one entry per variable of the data pack.
    disturbance : ContinuousSpec
        What human pressure leaves of the habitat, 0 to 1.
    limits : tuple of str
        What the profile cannot say; shown with every result.
    """

    schema_version: Literal[1]
    id: Identifier
    kind: Literal["cat", "waterbird"]
    connectivity: Literal["physical", "ecological"]
    names: Names
    summary: Text
    limits: Annotated[tuple[Text, ...], Field(min_length=1)]
    quantities: dict[VariableName, Quantity]
    responses: Annotated[tuple[ResponseSpec, ...], Field(min_length=1)]
    disturbance: ContinuousSpec
    barriers: tuple[Barrier, ...] = ()
    notes: tuple[Note, ...] = ()

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in _NEEDED_OF_KIND[self.kind] if name not in self.quantities]
        if missing:
            raise ValueError(f"a {self.kind} needs the quantities {', '.join(missing)}")
        for name, quantity in self.quantities.items():
            unit = _UNIT_OF_SUFFIX.get(name.rsplit("_", 1)[-1])
            if unit is not None and (quantity.unit != unit or quantity.value < 0.0):
                raise ValueError(
                    f"{name} is given in {unit} and not negative, got {quantity.shown()}"
                )
        variables = [spec.variable for spec in self.responses]
        if len(set(variables)) < len(variables):
            raise ValueError("a variable has two responses; keep one of them")
        for barrier in self.barriers:
            if barrier.resistance and barrier.resistance not in self.quantities:
                raise ValueError(f"barrier {barrier.feature}: no quantity {barrier.resistance}")
        return self

    def value(self, name: str) -> Quantity:
        """Return a number with its evidence.

        Raises
        ------
        UsageError
            The profile holds no such quantity; the nearest names are offered.
        """
        if name not in self.quantities:
            raise UsageError(
                f"The profile of {self.id} holds no quantity {name!r}. "
                f"{nearest_names_hint(name, list(self.quantities))}"
            )
        return self.quantities[name]

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the habitat variables, without the one of the disturbance."""
        return tuple(spec.variable for spec in self.responses)

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each habitat variable."""
        return {spec.variable: spec.weight for spec in self.responses}

    def response_functions(
        self, category_names: dict[str, dict[int, str]]
    ) -> dict[str, Response]:
        """Return the habitat response to each variable.

        Parameters
        ----------
        category_names : dict of str to dict of int to str
            Class names by code, for each categorical variable of the data pack.

        Raises
        ------
        ProfileError
            The profile names a class that the data pack does not know.
        """
        return {spec.variable: spec.response(category_names) for spec in self.responses}

    def disturbance_response(self) -> Response:
        """Return what is left of the habitat as a function of ``disturbance.variable``."""
        return self.disturbance.response({})


class Bounds(_Model):
    """A box in degrees, EPSG:4326."""

    west: Annotated[float, Field(ge=-180.0, le=180.0)]
    south: Annotated[float, Field(ge=-90.0, le=90.0)]
    east: Annotated[float, Field(ge=-180.0, le=180.0)]
    north: Annotated[float, Field(ge=-90.0, le=90.0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.west >= self.east or self.south >= self.north:
            raise ValueError("west < east and south < north are needed")
        return self

    @property
    def lonlat(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return self.west, self.south, self.east, self.north

    def contains(self, lat: float, lon: float) -> bool:
        """Tell whether a point in degrees lies in the box or on its edge."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


class RegionProfile(_Model):
    """A landscape that is planned as one.

    Attributes
    ----------
    bounds : Bounds
        The box that is analysed.
    cell_size_m : Quantity
        Side of an analysis cell in metres.
    maximum_corridor_length_km : Quantity
        Cores farther apart along the least-cost path are not joined.
    countries : tuple of str
        ISO3 codes of the States that share it.
    species : tuple of str
        Species that are planned for unless others are asked for.
    key_sites : tuple of str
        English names in the catalogue of sites the region must hold; a region drawn by hand
        may hold none.
    description : Note
        What it is and where that is said.
    limits : tuple of str
        What a result for it cannot say; shown with every result.
    """

    schema_version: Literal[1]
    id: Identifier
    names: Names
    bounds: Bounds
    cell_size_m: Quantity
    maximum_corridor_length_km: Quantity
    countries: Annotated[tuple[CountryCode, ...], Field(min_length=1)]
    species: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    key_sites: tuple[Text, ...]
    description: Note
    limits: Annotated[tuple[Text, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _metric(self) -> Self:
        for name, unit in (("cell_size_m", "m"), ("maximum_corridor_length_km", "km")):
            quantity = getattr(self, name)
            if quantity.unit != unit or quantity.value <= 0.0:
                raise ValueError(
                    f"{name} is given in {unit} and above 0, got {quantity.shown()}"
                )
        return self


_Profile = TypeVar("_Profile", SpeciesProfile, RegionProfile)


def species_ids(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the species profiles in a folder (the shipped one by default)."""
    return _ids_in(folder or resource_path("species"))


def region_ids(folder: Path | None = None, *, shipped: bool = False) -> tuple[str, ...]:
    """Return the ids of the region profiles.

    Parameters
    ----------
    folder : Path, optional
        Where the profiles are; by default those that ship, and those of projects.
    shipped : bool
        Whether to leave out those of projects.
    """
    if folder is not None:
        return _ids_in(folder)
    found = _ids_in(resource_path("regions"))
    return found if shipped else tuple(sorted({*found, *_OWN}))


def know_regions(folder: Path) -> tuple[str, ...]:
    """Know the regions whose profiles are in a folder of a project, from now on.

    Nothing happens where there is no such folder. A shipped region is never replaced.

    Parameters
    ----------
    folder : Path
        Folder of ``*.toml`` files.

    Returns
    -------
    tuple of str
        Their ids.
    """
    found = tuple(name for name in _ids_in(folder) if name not in region_ids(shipped=True))
    _OWN.update(dict.fromkeys(found, folder))
    return found


def load_species(species_id: str, folder: Path | None = None) -> SpeciesProfile:
    """Return the profile of a species.

    Parameters
    ----------
    species_id : str
        Such as ``amur-tiger``.
    folder : Path, optional
        Where the profiles are; the shipped ones by default.

    Raises
    ------
    UsageError
        There is no such species; the nearest names are offered.
    ProfileError
        Its file is damaged; the message names file, field and remedy.
    """
    return _load(SpeciesProfile, "species", species_id, folder or resource_path("species"))


def load_region(region_id: str = DEFAULT_REGION, folder: Path | None = None) -> RegionProfile:
    """Return the profile of a region.

    Parameters
    ----------
    region_id : str
        Such as ``tumen-estuary``.
    folder : Path, optional
        Where the profiles are; by default those that ship, and those of projects.

    Raises
    ------
    UsageError
        There is no such region; the nearest names are offered.
    ProfileError
        Its file is damaged; the message names file, field and remedy.
    """
    where = folder or _OWN.get(region_id) or resource_path("regions")
    return _load(RegionProfile, "region", region_id, where)


def _ids_in(folder: Path) -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def _load(model: type[_Profile], kind: str, profile_id: str, folder: Path) -> _Profile:
    known = _ids_in(folder)
    if profile_id not in known:
        if not known:
            raise ProfileError(
                f"The folder {folder} holds no {kind} profiles (*.toml). "
                f"Install Landbridge again, or name a folder that holds them."
            )
        raise UsageError(
            f"There is no {kind} {profile_id!r}. {nearest_names_hint(profile_id, list(known))}"
        )
    path = folder / f"{profile_id}.toml"
    try:
        state = path.stat()
    except OSError as error:
        raise _unreadable(kind, path, str(error)) from error
    # Read again only where it was written since: the window asks for profiles all the time.
    return cast("_Profile", _checked(model, kind, path, state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=64)
def _checked(
    model: type[SpeciesProfile | RegionProfile],
    kind: str,
    path: Path,
    _changed_ns: int,
    size: int,
) -> SpeciesProfile | RegionProfile:
    try:
        profile = model.model_validate(_content(kind, path, size))
    except ValidationError as error:
        raise _unreadable(kind, path, _fields_in_error(error)) from error
    if profile.id != path.stem:
        raise _unreadable(kind, path, f"field id: it is {profile.id!r}, not the file's name")
    return profile


def _content(kind: str, path: Path, size: int) -> dict[str, object]:
    if size > MAX_PROFILE_BYTES:
        raise _unreadable(kind, path, f"it has {size:,} bytes; {MAX_PROFILE_BYTES:,} at most")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(kind, path, str(error)) from error


def _unreadable(kind: str, path: Path, what: str) -> ProfileError:
    return ProfileError(
        f"The {kind} profile {path} cannot be used: {what}. Correct the file, or put back the "
        f"one that came with Landbridge."
    )


def _fields_in_error(error: ValidationError, *, most: int = 3) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    told = [
        f"field {'.'.join(str(part) for part in problem['loc']) or '(whole file)'}: "
        f"{problem['msg'].removeprefix('Value error, ')}"
        for problem in problems[:most]
    ]
    rest = len(problems) - len(told)
    return "; ".join([*told, f"and {rest} more"] if rest else told)
