"""The features of a request: measured, split by country, with the amount that is wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from algorithms.control import NULL_CONTROL
from algorithms.reserve.problem import Redundancy
from algorithms.reserve.targets import RangeRule, range_scaled_shares
from planner.reserve import raster_features, vector_features
from planner.reserve.errors import RequestError, ReserveInputError
from planner.reserve.feature_rows import FeatureRow
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from algorithms.arrays import FloatArray, IntArray
    from algorithms.control import Control
    from planner.reserve.amounts import Amounts
    from planner.reserve.landscape import Landscape
    from planner.reserve.request import FeatureSettings, PlaceSettings, TargetSettings

_MEASURES: dict[str, Callable[[Landscape, FeatureSettings], Amounts]] = {
    "habitat": raster_features.habitat,
    "raster": raster_features.raster,
    "refugia": raster_features.refugia,
    "corridors": vector_features.corridors,
    "widening": vector_features.widening,
    "flyway": vector_features.flyway,
    "polygons": vector_features.polygons,
}


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One row of the problem.

    Attributes
    ----------
    row : FeatureRow
        What it is; the amount in existing sites is not filled in yet.
    per_unit : (n,) float64
        Amount in each unit.
    weight : float
        For objectives that weigh features.
    places : PlaceSettings or None
        Where it is wanted in several places.
    """

    row: FeatureRow
    per_unit: FloatArray
    weight: float
    places: PlaceSettings | None


@dataclass(frozen=True, slots=True)
class MeasuredFeatures:
    """All rows, and what a reader must know of them."""

    rows: tuple[Feature, ...]
    notes: tuple[str, ...]


def measure_features(
    land: Landscape, wanted: Sequence[FeatureSettings], control: Control = NULL_CONTROL
) -> MeasuredFeatures:
    """Measure every feature of a request, and set its targets.

    Parameters
    ----------
    land : Landscape
        Units of the project.
    wanted : sequence of FeatureSettings
        What is asked.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    RequestError, ReserveInputError
        A feature cannot be measured; the message begins with which one it is.
    """
    rows: list[Feature] = []
    notes: list[str] = []
    for number, settings in enumerate(wanted, 1):
        try:
            amounts = _MEASURES[settings.kind](land, settings)
            rows += _rows(land, settings, amounts, notes)
        except PlannerError as error:
            kind = RequestError if isinstance(error, RequestError) else ReserveInputError
            name = settings.name or f"{settings.kind} {settings.species}".strip()
            raise kind(f"Feature {number} ({name}): {error}", f"features.{number}") from error
        notes += amounts.notes
        control.report(number / len(wanted))
    return MeasuredFeatures(tuple(_named_apart(rows)), tuple(dict.fromkeys(notes)))


def _rows(
    land: Landscape, settings: FeatureSettings, amounts: Amounts, notes: list[str]
) -> list[Feature]:
    """Return the feature as a whole, of one country, or one row for each country."""
    title = settings.name or amounts.title
    if not settings.country and not settings.by_country:
        if not amounts.per_unit.any():
            raise ReserveInputError(
                "The planning units hold none of it. Leave the feature out, or check its file "
                "or its threshold."
            )
        return [_row(settings, amounts, title, "", amounts.per_unit)]
    if settings.country and settings.country not in land.units.countries:
        raise RequestError(
            f"country {settings.country!r} has no planning unit. Countries of the region: "
            f"{', '.join(land.units.countries)}."
        )
    wanted = (settings.country,) if settings.country else land.units.countries
    held = {iso3: np.where(land.in_country(iso3), amounts.per_unit, 0.0) for iso3 in wanted}
    without = [iso3 for iso3, here in held.items() if not here.any()]
    if len(without) == len(held):
        raise ReserveInputError(
            f"The planning units of {', '.join(without)} hold none of it. Leave the feature "
            "out, or check its file or its threshold."
        )
    if without:
        notes.append(f"{title}: none in the planning units of {', '.join(without)}.")
    return [
        _row(settings, amounts, f"{title} ({iso3})", iso3, here)
        for iso3, here in held.items()
        if iso3 not in without
    ]


def _row(
    settings: FeatureSettings,
    amounts: Amounts,
    name: str,
    iso3: str,
    per_unit: FloatArray,
) -> Feature:
    if not (np.isfinite(per_unit) & (per_unit >= 0)).all():
        raise ReserveInputError(f"{name} has negative or unknown amounts in some units.")
    total = amounts.total_by_country.get(iso3, 0.0) if iso3 else amounts.total
    range_km2 = amounts.range_by_country.get(iso3, 0.0) if iso3 else amounts.range_km2
    target, how = _target(settings.target, total, range_km2, amounts.unit)
    row = FeatureRow(
        name=name,
        kind=settings.kind,
        species=settings.species,
        country=iso3,
        unit=amounts.unit,
        total=total,
        inside=float(per_unit.sum()),
        existing=0.0,
        target=target,
        how=how,
        source=amounts.source,
    )
    return Feature(row, per_unit, settings.weight, settings.places)


def _target(
    settings: TargetSettings | None, total: float, range_km2: float, unit: str
) -> tuple[float | None, str]:
    """Return the amount that is wanted, and how it came about."""
    if settings is None:
        return None, "no target"
    if settings.amount is not None:
        return settings.amount, f"{told_amount(settings.amount)} {unit}, as asked"
    if settings.share is not None:
        told = f"{told_amount(total)} {unit}, all there is on the layer"
        return settings.share * total, f"{settings.share:.3g} of {told}"
    rule = RangeRule(
        small_km2=settings.small_range_km2,
        large_km2=settings.large_range_km2,
        small_share=settings.small_share,
        large_share=settings.large_share,
        cap_km2=np.inf if settings.cap_km2 is None else settings.cap_km2,
    )
    share = float(range_scaled_shares(np.array([range_km2]), rule)[0])
    told = f"{told_amount(total)} {unit}, by a range of {told_amount(range_km2)} km²"
    return share * total, f"{share:.3g} of {told}"


def told_amount(value: float) -> str:
    """Write an amount for people: whole where it is large, two decimals at most."""
    if value >= 100:
        return f"{value:,.0f}"
    if 0 < value < 0.005:
        return "below 0.01"
    text = f"{value:.1f}" if value >= 10 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")


def _named_apart(rows: Sequence[Feature]) -> list[Feature]:
    """Refuse two rows of one name, for tables and messages go by it."""
    seen: set[str] = set()
    for feature in rows:
        if feature.row.name in seen:
            raise RequestError(
                f"Two features are called {feature.row.name!r}. Give each its own name."
            )
        seen.add(feature.row.name)
    return list(rows)


def redundancy(land: Landscape, features: Sequence[Feature]) -> tuple[Redundancy, ...]:
    """Return in how many separate places features are wanted.

    Raises
    ------
    ReserveInputError
        Fewer places than wanted hold enough of a feature: names it.
    """
    found = []
    for number, feature in enumerate(features):
        wanted = feature.places
        if wanted is None:
            continue
        place = _places(land, feature, wanted)
        held = np.bincount(place, weights=feature.per_unit)
        enough = int((held[1:] >= wanted.least).sum())
        if enough < wanted.count:
            raise ReserveInputError(
                f"{feature.row.name} is wanted in {wanted.count} places (by {wanted.by}) of "
                f"{wanted.least:,g} {feature.row.unit} each, and only {enough} hold so much. "
                "Ask for fewer, or for less in each."
            )
        found.append(
            Redundancy(feature=number, place=place, least=wanted.least, count=wanted.count)
        )
    return tuple(found)


def _places(land: Landscape, feature: Feature, wanted: PlaceSettings) -> IntArray:
    """(n,) int32: number of the place of each unit from 1; 0 where it holds nothing."""
    holds = feature.per_unit > 0
    if wanted.by == "country":
        label = land.units.country.astype(np.int64)
    elif wanted.by == "patch":
        first, second = land.units.edges.T
        both = holds[first] & holds[second]
        n = land.n_units
        graph = coo_array((np.ones(int(both.sum())), (first[both], second[both])), (n, n))
        label = connected_components(graph, directed=False)[1].astype(np.int64)
    else:
        label = land.block_of_units(wanted.block_km * 1000.0)
    numbers = np.unique(label[holds], return_inverse=True)[1].reshape(-1) + 1
    place = np.zeros(land.n_units, dtype=np.int32)
    place[holds] = numbers
    return place
