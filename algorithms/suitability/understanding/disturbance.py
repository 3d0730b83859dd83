"""Disturbance: what people cost a habitat, as the difference of two maps.

References
----------
.. [1] Polfus, J. L., Hebblewhite, M. and Heinemeyer, K. (2011). Identifying indirect habitat
   loss and avoidance of human infrastructure by northern mountain woodland caribou.
   Biological Conservation 144, 2637-2646.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from algorithms.arrays import FloatArray, IntArray


def without_disturbance(values: FloatArray, undisturbed: Mapping[int, float]) -> FloatArray:
    """Return the variables as they would be if people were not there.

    Parameters
    ----------
    values : (n, p) float64
        Variables at the places; NaN where missing.
    undisturbed : mapping of int to float
        For each disturbance column the finite value it has where nothing disturbs: 0 for a
        density of roads, the greatest distance of the area for a distance to them.

    Returns
    -------
    (n, p) float64
        A copy with the disturbance columns set; NaN stays where a value is missing, so that
        both maps know the same places.

    Raises
    ------
    ValueError
        A column number is out of range, a value is not finite, or there is no column.
    """
    if values.ndim != 2:
        raise ValueError(f"values are (places, variables), got shape {values.shape}")
    if not undisturbed:
        raise ValueError("there is no disturbance column; name at least one")
    changed = values.copy()
    for column, value in undisturbed.items():
        if not 0 <= column < values.shape[1]:
            raise ValueError(f"disturbance column {column} of {values.shape[1]} columns")
        if not np.isfinite(value):
            raise ValueError(f"the undisturbed value of column {column} is not finite")
        changed[~np.isnan(values[:, column]), column] = value
    return changed


@dataclass(frozen=True)
class DisturbanceCost:
    """What disturbance costs in each zone; every array has one entry per zone.

    Attributes
    ----------
    zone : (k,) int32
        Labels of the zones, rising.
    area_km2 : (k,) float64
        Area of the zone's cells with both maps known.
    unknown_km2 : (k,) float64
        Area of its other cells.
    suitable_km2 : (k,) float64
        Suitable now, with disturbance.
    undisturbed_km2 : (k,) float64
        Suitable without disturbance.
    lost_km2 : (k,) float64
        Suitable without disturbance and not with it.
    gained_km2 : (k,) float64
        Suitable with disturbance and not without it: where the model has learnt that the
        species seeks people or what comes with them.
    mean_loss : (k,) float64
        Mean over the known area of suitability without less with disturbance; NaN where
        nothing is known.
    """

    zone: IntArray
    area_km2: FloatArray
    unknown_km2: FloatArray
    suitable_km2: FloatArray
    undisturbed_km2: FloatArray
    lost_km2: FloatArray
    gained_km2: FloatArray
    mean_loss: FloatArray

    def __add__(self, other: DisturbanceCost) -> DisturbanceCost:
        """Return the cost over the cells of both, as of two tiles of one map."""
        zone = np.union1d(self.zone, other.zone)

        def joined(name: str) -> FloatArray:
            total = np.zeros(len(zone))
            for one in (self, other):
                total[np.searchsorted(zone, one.zone)] += getattr(one, name)
            return total

        areas = {
            name: joined(name)
            for name in (
                "area_km2",
                "unknown_km2",
                "suitable_km2",
                "undisturbed_km2",
                "lost_km2",
                "gained_km2",
            )
        }
        loss = np.zeros(len(zone))
        for one in (self, other):
            weighted = np.where(one.area_km2 > 0.0, one.mean_loss, 0.0) * one.area_km2
            loss[np.searchsorted(zone, one.zone)] += weighted
        return DisturbanceCost(zone, **areas, mean_loss=_mean(loss, areas["area_km2"]))


def disturbance_cost(
    disturbed: FloatArray,
    undisturbed: FloatArray,
    cell_area_km2: FloatArray,
    zone: IntArray,
    *,
    threshold: float,
) -> DisturbanceCost:
    """Return how much habitat disturbance takes from each country, site or other zone [1]_.

    It tells what the model has learnt of people, which is a correlation: where records were
    gathered near roads, roads may even seem to be good for the species.

    Parameters
    ----------
    disturbed, undisturbed : (...) float64
        Suitability with and without disturbance, 0 to 1; NaN where unknown.
    cell_area_km2 : (...) float64 or scalar array
        Area of each cell, finite and >= 0, in km2; areas of an equal-area CRS or corrected.
    zone : (...) int32
        Label of the zone of each cell; 0 and below is in no zone and left out. Zones that
        overlap need a call each.
    threshold : float
        Cells of this suitability or above are called suitable.

    Returns
    -------
    DisturbanceCost
        Areas and mean loss per zone; costs of tiles are joined with ``+``.

    Raises
    ------
    ValueError
        Shapes disagree, an area is negative or not finite, the threshold is not finite, or a
        suitability lies outside 0 to 1.
    """
    if not disturbed.shape == undisturbed.shape == zone.shape:
        raise ValueError(
            f"maps of shape {disturbed.shape} and {undisturbed.shape} and zones of shape "
            f"{zone.shape} do not agree"
        )
    if not np.isfinite(threshold):
        raise ValueError(f"the threshold is finite, got {threshold}")
    try:
        area = np.broadcast_to(np.asarray(cell_area_km2, dtype=np.float64), disturbed.shape)
    except ValueError as error:
        raise ValueError(f"areas of cells do not agree with the maps: {error}") from error
    if not np.isfinite(area).all() or (area < 0.0).any():
        raise ValueError("areas of cells are finite and >= 0")
    for values in (disturbed, undisturbed):
        if ((values < 0.0) | (values > 1.0)).any():
            raise ValueError("suitability lies in 0..1")
    inside = zone > 0
    labels, place = np.unique(zone[inside], return_inverse=True)
    now, before, area = disturbed[inside], undisturbed[inside], area[inside]
    known = ~(np.isnan(now) | np.isnan(before))

    def total(kind: FloatArray) -> FloatArray:
        weight = np.asarray(kind * area, dtype=np.float64)
        sums: FloatArray = np.bincount(place.ravel(), weight, len(labels)).astype(np.float64)
        return sums

    is_now, was = known & (now >= threshold), known & (before >= threshold)
    known_km2 = total(known.astype(np.float64))
    return DisturbanceCost(
        zone=labels.astype(np.int32),
        area_km2=known_km2,
        unknown_km2=total((~known).astype(np.float64)),
        suitable_km2=total(is_now.astype(np.float64)),
        undisturbed_km2=total(was.astype(np.float64)),
        lost_km2=total((was & ~is_now).astype(np.float64)),
        gained_km2=total((is_now & ~was).astype(np.float64)),
        mean_loss=_mean(total(np.where(known, before - now, 0.0)), known_km2),
    )


def _mean(total: FloatArray, area: FloatArray) -> FloatArray:
    mean = np.full(len(total), np.nan)
    np.divide(total, area, out=mean, where=area > 0.0)
    return mean
