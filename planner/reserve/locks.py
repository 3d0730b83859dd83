"""Which units are in or out beforehand: existing sites, water, the user's polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from planner.pipeline.sites import protecting_sites
from planner.records import shape_of, texts
from planner.reserve.errors import RequestError
from planner.reserve.vectors import covered_km2, read_polygons

if TYPE_CHECKING:
    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from planner.reserve.landscape import Landscape
    from planner.reserve.request import LockSettings

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Locks:
    """What is decided beforehand.

    Attributes
    ----------
    cover : (n,) float64
        Share of each unit that existing sites of its country cover, 0 to 1.
    existing : (n,) bool
        Units that are locked in because existing sites cover them.
    locked_in, locked_out : (n,) bool
        Units that must, or must not, be chosen; `existing` is part of the first.
    notes : tuple of str
        By what rules, with numbers.
    """

    cover: FloatArray
    existing: BoolArray
    locked_in: BoolArray
    locked_out: BoolArray
    notes: tuple[str, ...]

    @property
    def status(self) -> list[str]:
        """``locked_in``, ``locked_out`` or ``available`` for each unit."""
        told = np.where(self.locked_out, "locked_out", "available")
        return [str(item) for item in np.where(self.locked_in, "locked_in", told)]


def unit_locks(land: Landscape, settings: LockSettings) -> Locks:
    """Tell which units are in or out beforehand.

    Parameters
    ----------
    land : Landscape
        Units of the project.
    settings : LockSettings
        By what rules.

    Raises
    ------
    RequestError
        A unit would be both in and out by the user's polygons: names it.
    ReserveInputError
        A file of polygons cannot be used.
    """
    area = land.units.area_km2
    cover = np.minimum(_site_cover(land) / area, 1.0)
    enough = settings.cover_share - _ROUNDING
    existing = (cover >= enough) & settings.existing
    asked_in = _covered(land, settings.in_path, "in") / area >= enough
    asked_out = _covered(land, settings.out_path, "out") / area >= enough
    both = np.flatnonzero(asked_in & asked_out)
    if len(both):
        names = ", ".join(land.units.unit_id[both[:3]].tolist())
        raise RequestError(
            f"{len(both):,} planning units are locked in and out at once, such as {names}. "
            "Correct locks.in_path and locks.out_path.",
            "locks.out_path",
        )
    water = _lakes(land) / area >= settings.water_share - _ROUNDING
    locked_in = (existing & ~asked_out) | asked_in
    locked_out = asked_out | (water & ~locked_in)
    existing &= locked_in
    return Locks(
        cover, existing, locked_in, locked_out, _told(settings, land, cover, existing, water)
    )


def _site_cover(land: Landscape) -> FloatArray:
    """(n,) float64: km² of each unit in existing sites of its own country."""
    covered = np.zeros(land.n_units)
    rows = protecting_sites(land.study.project)
    for iso3 in land.units.countries:
        here = land.in_country(iso3)
        shapes = [shape_of(row) for row in rows if texts(row["countries"]) == (iso3,)]
        covered[here] = covered_km2(shapes, land.units.shape[here])
    return covered


def _covered(land: Landscape, path: str, where: str) -> FloatArray:
    if not path:
        return np.zeros(land.n_units)
    what = (f"The polygons to lock {where}", f"locks.{where}_path")
    frame = read_polygons(path, "", land.study.grid.crs, what)
    return covered_km2(list(frame.geometry), land.units.shape)


def _lakes(land: Landscape) -> FloatArray:
    frame = land.study.pack.basemap("lakes", land.study.region.bounds.lonlat)
    local = frame.to_crs(land.study.grid.crs).geometry.values
    return covered_km2(list(shapely.make_valid(local)), land.units.shape)


def _told(
    settings: LockSettings,
    land: Landscape,
    cover: FloatArray,
    existing: BoolArray,
    water: BoolArray,
) -> tuple[str, ...]:
    area = land.units.area_km2
    enough = f"{100 * settings.cover_share:.0f} %"
    notes = []
    if settings.existing:
        whole, lost = (cover * area).sum(), (cover * area)[~existing].sum()
        notes.append(
            f"A unit counts as existing where sites cover {enough} of it or more: "
            f"{int(existing.sum()):,} units, {area[existing].sum():,.0f} km². They cost "
            f"nothing and hold all that lies in them. Sites cover {whole:,.0f} km² in all; "
            f"{lost:,.0f} km² of that lie in units that do not count as existing: there, only "
            "the rest of the unit is paid for."
        )
    else:
        notes.append(
            "Existing sites are not locked in, as asked: their land costs as much as any other."
        )
    if water.any():
        notes.append(
            f"{int(water.sum()):,} units of which a lake covers "
            f"{100 * settings.water_share:.0f} % or more are locked out, unless they are "
            "existing sites."
        )
    notes += [
        f"Units of which {path} covers {enough} or more are locked {told}."
        for path, told in ((settings.in_path, "in"), (settings.out_path, "out"))
        if path
    ]
    return tuple(notes)


def complex_labels(land: Landscape, locks: Locks, reach_km: float) -> tuple[IntArray, int]:
    """Tell to which transboundary complex each unit may belong.

    Sites that the project pairs across a border form a complex, with those that they share a
    site with. A unit belongs to the complex whose sites are nearest, within `reach_km`.

    Parameters
    ----------
    land : Landscape
        Units of the project.
    locks : Locks
        Only complexes count that hold an existing unit on both sides of a border.
    reach_km : float
        How far from its sites a complex reaches.

    Returns
    -------
    (n,) int32
        Number of the complex from 1, 0 for none.
    int
        How many there are.
    """
    groups = _paired_sites(land)
    nearest = np.full(land.n_units, np.inf)
    label = np.zeros(land.n_units, dtype=np.int32)
    for number, shape in enumerate(groups, 1):
        shapely.prepare(shape)
        near = np.flatnonzero(shapely.dwithin(shape, land.units.shape, reach_km * 1000.0))
        distance = shapely.distance(shape, land.units.shape[near])
        closer = near[distance < nearest[near]]
        nearest[closer], label[closer] = distance[distance < nearest[near]], number
    for number in range(1, len(groups) + 1):
        held = land.units.country[(label == number) & locks.existing]
        if len(np.unique(held)) < 2:
            label[label == number] = 0
    used = np.unique(label[label > 0])
    renumbered = np.searchsorted(used, label) + 1
    return np.where(label > 0, renumbered, 0).astype(np.int32), len(used)


def _paired_sites(land: Landscape) -> list[shapely.Geometry]:
    """Return the sites of each group that pairs across borders hang together."""
    shapes = {
        str(row["site_id"]): shape_of(row) for row in protecting_sites(land.study.project)
    }
    group = {site: site for site in shapes}

    def root(site: str) -> str:
        while group[site] != site:
            site = group[site]
        return site

    paired: set[str] = set()
    for pair in land.study.project.records("pairs"):
        ends = (str(pair["site_a"]), str(pair["site_b"]))
        if all(end in shapes for end in ends):
            group[root(ends[0])] = root(ends[1])
            paired.update(ends)
    roots = sorted({root(site) for site in paired})
    return [
        shapely.union_all([shapes[site] for site in sorted(paired) if root(site) == name])
        for name in roots
    ]
