"""Step: the sites of the region, where they are drawn, and which adjoin across a border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Transformer
from shapely import box

from layers.catalogue import RECOGNISED_ONLY, STANDING, cross_border_pairs
from layers.shapes import burn_each
from planner.base_map import BASE_FILES, store_base
from planner.pipeline.runner import Step
from planner.project import ReplaceFeatures, table_output
from planner.records import shape_of, texts
from resources.translation import mark

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.control import Control
    from layers.catalogue import Site, SitePair
    from planner.pipeline.study import Study
    from planner.project import Project

PAIR_DISTANCE_KM = 10.0
CUT_SHARE = 0.9
"""A site of which less than this share lies in the region is told to be cut."""


def sites_step(study: Study) -> Step:
    """Describe the step."""
    return Step(
        name="sites",
        label=mark("Sites and cross-border pairs"),
        method=3,
        inputs={
            "pack": study.pack.content_hash,
            "catalogue": study.catalogue.content_hash,
        },
        parameters={
            "region": study.region.id,
            "bounds": study.region.bounds.lonlat,
            "pair_distance_km": PAIR_DISTANCE_KM,
        },
        outputs=(table_output("sites"), table_output("pairs"), *BASE_FILES),
    )


def store_sites(study: Study, control: Control, run_id: str) -> None:
    """Store the base map, draw the region's sites, find the pairs, store both."""
    store_base(study.project, study.pack)
    footprints = study.catalogue.footprints(study.pack, "EPSG:4326")
    footprints = footprints[footprints.intersects(box(*study.region.bounds.lonlat))]
    reaching = set(footprints["site_id"])
    chosen = [site for site in study.catalogue if site.site_id in reaching]
    control.report(0.6)
    pairs = cross_border_pairs(
        study.catalogue, footprints, max_distance_km=PAIR_DISTANCE_KM, states=STANDING
    )
    present = set(footprints["site_id"])
    pairs = tuple(pair for pair in pairs if pair.site_a in present and pair.site_b in present)
    control.report(0.9)
    local = footprints.to_crs(study.grid.crs)
    study.project.execute(
        ReplaceFeatures("sites", [_site_record(s, local, run_id) for s in chosen])
    )
    to_local = Transformer.from_crs("EPSG:4326", study.grid.crs, always_xy=True)
    study.project.execute(
        ReplaceFeatures("pairs", [_pair_record(study, p, to_local, run_id) for p in pairs])
    )
    control.report(1.0)


def _site_record(site: Site, footprints: gpd.GeoDataFrame, run_id: str) -> dict[str, object]:
    drawn = footprints[footprints["site_id"] == site.site_id]
    record: dict[str, object] = {
        "site_id": site.site_id,
        "name_en": site.name_en,
        "name_local": site.name_local or None,
        "countries": list(site.countries),
        "designation_class": str(site.designation_class),
        "designation": site.designation,
        "state": str(site.state),
        "area_km2": site.area_km2,
        "borders": [str(border) for border in site.borders],
        "species": list(site.species),
        "confidence": site.confidence,
        "kind": "unlocated",
        "run_id": run_id,
    }
    if not drawn.empty:
        row = drawn.iloc[0]
        is_point = row.geometry.geom_type == "Point"
        record |= {
            "kind": "point" if is_point else str(row["kind"]),
            "moved": bool(row["moved"]),
            "note": str(row["note"]) or None,
            "geometry": row.geometry,
        }
    return record


def _pair_record(
    study: Study, pair: SitePair, to_local: Transformer, run_id: str
) -> dict[str, object]:
    first, second = study.catalogue[pair.site_a], study.catalogue[pair.site_b]
    link = pair.link
    return {
        "site_a": pair.site_a,
        "site_b": pair.site_b,
        "name_a": first.name_en,
        "name_b": second.name_en,
        "countries": sorted({*first.countries, *second.countries}),
        "border": pair.border,
        "distance_km": pair.distance_km,
        "shared_border_km": pair.shared_border_km,
        "touching": pair.touching,
        "basis": str(pair.basis),
        "species": list(pair.species),
        "nominal": pair.nominal,
        "geometry": None if link is None else _transformed(link, to_local),
        "run_id": run_id,
    }


def _transformed(shape: BaseGeometry, to_local: Transformer) -> BaseGeometry:
    def move(at: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_local.transform(at[:, 0], at[:, 1]))

    return shapely.transform(shape, move)


def protecting_sites(project: Project) -> list[dict[str, object]]:
    """Return the rows of the sites that protect land of one country.

    What is recognised only, such as an Important Bird Area, protects nothing by law and is left
    out. Areas shared by several countries are agreements over their members and are left out,
    so that no land is counted under two names. Only sites with an area hold land.

    Parameters
    ----------
    project : Project
        With its sites stored.
    """
    return [
        row
        for row in project.records("sites")
        if row["kind"] in {"nominal", "surveyed"}
        and row["state"] in {str(state) for state in STANDING}
        and row["designation_class"] not in {str(item) for item in RECOGNISED_ONLY}
        and len(texts(row["countries"])) == 1
    ]


class ProtectedLand:
    """The sites that protect land, as `protecting_sites` chooses them, on the grid of a study.

    Parameters
    ----------
    study : Study
        With the sites stored in its project.

    Attributes
    ----------
    site_ids, names, countries : tuple of str
        One entry per site.
    masks : list of (rows, columns) bool
        Cells of each site in its own country, overlaps kept.
    labels : (rows, columns) int32
        Place of the site in the tuples plus 1, small sites over large ones; 0 outside.
    cut : tuple of bool
        Whether the edge of the region cuts a good part of the site off.
    """

    def __init__(self, study: Study) -> None:
        rows = protecting_sites(study.project)
        self.site_ids = tuple(str(row["site_id"]) for row in rows)
        self.names = tuple(str(row["name_en"]) for row in rows)
        self.countries = tuple(texts(row["countries"])[0] for row in rows)
        shapes = [shape_of(row) for row in rows]
        self.masks = [
            mask & (study.country == study.country_number(iso3))
            for mask, iso3 in zip(burn_each(shapes, study.grid), self.countries, strict=True)
        ]
        self.labels: NDArray[np.int32] = np.zeros(study.grid.shape, dtype=np.int32)
        for place in sorted(range(len(shapes)), key=lambda i: -shapes[i].area):
            self.labels[self.masks[place]] = place + 1
        self.cut = tuple(
            shape.intersection(study.outline).area < CUT_SHARE * shape.area for shape in shapes
        )

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(rows, columns) bool: protected cells."""
        return self.labels > 0

    def number(self, site_id: str) -> int | None:
        """Return the place of a site in the tuples, or None where it holds no land here."""
        return self.site_ids.index(site_id) if site_id in self.site_ids else None
