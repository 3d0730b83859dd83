"""What is asked of a run: units, locks, features and targets, cost, goal, shares, search."""

from __future__ import annotations

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    field_validator,
    model_validator,
)

ObjectiveName: TypeAlias = Literal[
    "minimum_set",
    "maximum_coverage",
    "maximum_utility",
    "minimum_shortfall",
    "minimum_largest_shortfall",
]
UnitKind: TypeAlias = Literal["square", "hexagon", "polygons"]
FeatureKind: TypeAlias = Literal[
    "habitat", "corridors", "widening", "flyway", "raster", "refugia", "polygons"
]
Iso3: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=400)]
Positive: TypeAlias = Annotated[FiniteFloat, Field(gt=0.0)]
NotNegative: TypeAlias = Annotated[FiniteFloat, Field(ge=0.0)]
Share: TypeAlias = Annotated[FiniteFloat, Field(ge=0.0, le=1.0)]

SPECIES_KINDS = frozenset({"habitat", "corridors", "widening", "flyway"})
"""Kinds of features that are of a species."""
FILE_KINDS = frozenset({"raster", "refugia", "polygons"})
"""Kinds of features that come from files of the user's."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitSettings(_Part):
    """The planning units.

    Attributes
    ----------
    kind : {"square", "hexagon", "polygons"}
        A grid in the project's equal-area CRS, or polygons of a file.
    size_km : float
        Side of a square; of a hexagon the distance between opposite sides.
    path, layer : str
        File of polygons, and its layer where it has several.
    id_column : str
        Column with the identifier of each polygon; numbered where empty.
    sliver_share : float
        A piece that the border or the coast cuts off, smaller than this share of a whole cell
        (of a polygon's land in the region), is joined to the neighbour in the same country
        with which it shares most of its edge. No land is left out.
    """

    kind: UnitKind = "hexagon"
    size_km: Annotated[FiniteFloat, Field(gt=0.0, le=1000.0)] = 10.0
    path: Text = ""
    layer: Text = ""
    id_column: Text = ""
    sliver_share: Annotated[FiniteFloat, Field(ge=0.0, lt=1.0)] = 0.1

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind == "polygons" and not self.path:
            raise ValueError("units of kind 'polygons' need `path`, the file that holds them")
        if self.kind != "polygons" and (self.path or self.layer or self.id_column):
            raise ValueError("only units of kind 'polygons' have path, layer and id_column")
        return self


class LockSettings(_Part):
    """Which units are in, or out, beforehand.

    Attributes
    ----------
    existing : bool
        Whether units that existing sites cover are locked in.
    cover_share : float
        Share of a unit's area that existing sites must cover for that, > 0.
    in_path, out_path : str
        Files of polygons that lock units in, or out, by the same share of cover.
    water_share : float
        A unit of which at least this share lies in a lake of the base map is locked out;
        1 locks out only units that are nothing but water.
    """

    existing: bool = True
    cover_share: Annotated[FiniteFloat, Field(gt=0.0, le=1.0)] = 0.5
    in_path: Text = ""
    out_path: Text = ""
    water_share: Annotated[FiniteFloat, Field(gt=0.0, le=1.0)] = 0.5


class TargetSettings(_Part):
    """How much of a feature is wanted: exactly one of amount, share and range_scaled.

    Attributes
    ----------
    amount : float, optional
        In the unit of the feature.
    share : float, optional
        Share of the feature's total over its whole layer, land outside the units included.
    range_scaled : bool
        A share that falls log-linearly with the size of the range (Rodrigues et al. 2004).
    small_range_km2, large_range_km2 : float
        Ranges up to the first get `small_share`, from the second on `large_share`.
    small_share, large_share : float
        See above.
    cap_km2 : float, optional
        Greatest area to ask of a range, as Butchart et al. (2015) cap it at 1,000,000 km².
    """

    amount: NotNegative | None = None
    share: Share | None = None
    range_scaled: bool = False
    small_range_km2: Positive = 1_000.0
    large_range_km2: Positive = 250_000.0
    small_share: Share = 1.0
    large_share: Share = 0.1
    cap_km2: Positive | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        given = (self.amount is not None) + (self.share is not None) + self.range_scaled
        if given != 1:
            raise ValueError("give exactly one of amount, share and range_scaled = true")
        if self.range_scaled and self.small_range_km2 >= self.large_range_km2:
            raise ValueError("small_range_km2 must be less than large_range_km2")
        if self.range_scaled and self.small_share < self.large_share:
            raise ValueError("small_share must be at least large_share")
        if self.cap_km2 is not None and not self.range_scaled:
            raise ValueError("cap_km2 goes with range_scaled = true")
        return self


class PlaceSettings(_Part):
    """A feature that is wanted in several separate places.

    Attributes
    ----------
    count : int
        Places wanted.
    least : float
        Amount of the feature that a place must hold to count, > 0.
    by : {"patch", "country", "block"}
        What a place is: a connected piece of units that hold the feature, a country, or a
        square of `block_km`.
    block_km : float
        Side of the squares.
    """

    count: Annotated[int, Field(ge=2, le=1000)]
    least: Positive
    by: Literal["patch", "country", "block"] = "block"
    block_km: Positive = 100.0


class FeatureSettings(_Part):
    """One feature: what it is, and how much of it is wanted.

    Attributes
    ----------
    kind : str
        ``habitat`` (suitable habitat of a species), ``corridors`` and ``widening`` (the
        project's corridors of a species, and the land that widens them), ``flyway`` (critical
        sites of a bird's flyway), ``raster``, ``refugia`` (suitable now and under another
        climate) and ``polygons`` (layers of the user's).
    target : TargetSettings
        How much is wanted; for ``maximum_utility`` it is not needed.
    name : str
        For tables; made from kind and species where empty.
    species : str
        Identifier of a species of the project.
    measure : {"area", "sum"}
        Area of cells at or above the threshold in km², or the sum of the values times the
        area of a cell.
    threshold : float, optional
        Of suitability, or of the raster's values; the species' profile has one. A raster
        without a threshold is summed.
    path, other_path, layer : str
        The user's raster or vector file; for refugia suitability now and under the other
        climate, now from the project where `path` is empty.
    column : str
        Column of the polygons that holds an amount per km²; their area counts where empty.
    weight : float
        For objectives that weigh features.
    country : str
        Only the part of the feature in this country, as ISO 3166-1 alpha-3.
    by_country : bool
        One feature for each country that holds some, each with the target.
    places : PlaceSettings, optional
        Where it is wanted in several places.
    """

    kind: FeatureKind
    target: TargetSettings | None = None
    name: Text = ""
    species: Text = ""
    measure: Literal["area", "sum"] = "area"
    threshold: FiniteFloat | None = None
    path: Text = ""
    other_path: Text = ""
    layer: Text = ""
    column: Text = ""
    weight: NotNegative = 1.0
    country: Iso3 | Literal[""] = ""
    by_country: bool = False
    places: PlaceSettings | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.kind in SPECIES_KINDS and not self.species:
            raise ValueError(f"a feature of kind {self.kind!r} needs `species`")
        if self.kind in {"raster", "polygons"} and not self.path:
            raise ValueError(f"a feature of kind {self.kind!r} needs `path`, its file")
        if self.kind == "refugia" and not self.other_path:
            raise ValueError("refugia need `other_path`, suitability under the other climate")
        if self.kind == "refugia" and not (self.path or self.species):
            raise ValueError("refugia need `species`, or `path` with suitability of today")
        if self.country and self.by_country:
            raise ValueError("give either country or by_country, not both")
        return self


class CostSettings(_Part):
    """What a unit costs.

    Attributes
    ----------
    kind : {"area", "pressure", "raster"}
        km²; km² made dearer by settlements and disturbance; or the mean of a raster of cost
        per km² times km².
    path : str
        The raster.
    pressure_weight : float
        How much dearer land under full pressure is: cost per km² is ``1 + weight * pressure``,
        pressure 0 to 1. An expert value; 1 is how the widening of corridors weighs land.
    price_level : dict of str to float
        Multiplier of each country, by ISO 3166-1 alpha-3; 1 where not given.
    """

    kind: Literal["area", "pressure", "raster"] = "pressure"
    path: Text = ""
    pressure_weight: Annotated[FiniteFloat, Field(ge=0.0, le=1000.0)] = 1.0
    price_level: dict[Iso3, Positive] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.kind == "raster") != bool(self.path):
            raise ValueError("cost of kind 'raster' needs `path`, and no other kind has one")
        return self


class GoalSettings(_Part):
    """What is sought.

    Attributes
    ----------
    objective : str
        As `algorithms.reserve.problem.Problem` defines them.
    budget : float, optional
        Largest cost of the selection; units that existing sites lock in cost nothing.
    boundary_penalty : float
        Cost per km of the boundary of the selection.
    edge_factor : float
        Share of the outside edge that counts.
    neighbours : int
        Each selected unit needs so many selected neighbours.
    neighbours_clamped : bool
        Whether a unit with fewer neighbours that are not locked out needs only those.
    contiguous : {"none", "whole", "complexes"}
        One connected piece; or one for each group of sites that are paired over a border.
    complex_reach_km : float
        A unit may belong to such a group within this distance of its sites.
    """

    objective: ObjectiveName = "minimum_set"
    budget: Positive | None = None
    boundary_penalty: NotNegative = 0.0
    edge_factor: Share = 1.0
    neighbours: Annotated[int, Field(ge=0, le=20)] = 0
    neighbours_clamped: bool = True
    contiguous: Literal["none", "whole", "complexes"] = "none"
    complex_reach_km: Annotated[FiniteFloat, Field(gt=0.0, le=1000.0)] = 30.0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.objective != "minimum_set" and self.budget is None:
            raise ValueError(f"the objective {self.objective!r} needs a budget")
        return self


class ShareSettings(_Part):
    """What each country gives at least and at most.

    Attributes
    ----------
    of : {"area", "cost", "gain"}
        What is shared.
    minimum, maximum : dict of str to float
        Shares by ISO 3166-1 alpha-3.
    max_min_fair : bool
        Make the least share, each divided by its entitlement, as great as can be.
    entitlement : dict of str to float
        The share that would be just for each country; equal shares where empty.
    count_existing : bool
        Whether existing sites count.
    """

    of: Literal["area", "cost", "gain"] = "area"
    minimum: dict[Iso3, Share] = {}
    maximum: dict[Iso3, Share] = {}
    max_min_fair: bool = False
    entitlement: dict[Iso3, Positive] = {}
    count_existing: bool = False

    @model_validator(mode="after")
    def _possible(self) -> Self:
        total = sum(self.minimum.values())
        if total > 1.0 + 1e-9:
            told = ", ".join(f"{name} {value:g}" for name, value in self.minimum.items())
            raise ValueError(f"the shares in `minimum` sum to {total:g}, over one ({told})")
        for name, least in self.minimum.items():
            if least > self.maximum.get(name, 1.0):
                raise ValueError(
                    f"{name} must give at least {least:g} and at most {self.maximum[name]:g}"
                )
        given = sum(self.entitlement.values())
        if self.entitlement and abs(given - 1.0) > 1e-6:
            raise ValueError(f"the shares in `entitlement` sum to {given:g}, not to one")
        return self


class SearchSettings(_Part):
    """How long and how closely is sought.

    Attributes
    ----------
    gap : float
        Search ends where the selection is proved to be within this share of the best.
    time_limit_s : float
        And at the latest after so many seconds.
    threads : int
        Processor cores.
    method : {"", "exact", "lagrangian", "rounding"}
        Which solver; chosen by size and kind where empty.
    seed : int
        Of everything random.
    """

    gap: Annotated[FiniteFloat, Field(ge=0.0, le=1.0)] = 0.01
    time_limit_s: Annotated[FiniteFloat, Field(gt=0.0, le=604_800.0)] = 60.0
    threads: Annotated[int, Field(ge=1, le=256)] = 2
    method: Literal["", "exact", "lagrangian", "rounding"] = ""
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class ReserveRequest(_Part):
    """Everything that a run is asked.

    Attributes
    ----------
    title : str
        What people call the run.
    features : tuple of FeatureSettings
        At least one.
    units, locks, cost, goal, shares, search
        See there.
    """

    title: Text = ""
    units: UnitSettings = UnitSettings()
    locks: LockSettings = LockSettings()
    features: Annotated[tuple[FeatureSettings, ...], Field(min_length=1, max_length=500)]
    cost: CostSettings = CostSettings()
    goal: GoalSettings = GoalSettings()
    shares: ShareSettings = ShareSettings()
    search: SearchSettings = SearchSettings()

    @field_validator("features")
    @classmethod
    def _named_once(cls, features: tuple[FeatureSettings, ...]) -> tuple[FeatureSettings, ...]:
        names = [item.name for item in features if item.name]
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise ValueError(f"two features are called {doubled[0]!r}; each needs its own name")
        return features

    @model_validator(mode="after")
    def _targets(self) -> Self:
        if self.goal.objective == "maximum_utility":
            return self
        for number, item in enumerate(self.features, 1):
            if item.target is None:
                shown = item.name or f"{item.kind} {item.species}".strip()
                raise ValueError(
                    f"feature {number} ({shown}) needs a target for the objective "
                    f"{self.goal.objective!r}"
                )
        return self
