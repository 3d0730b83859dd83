from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
from shapely import box

from layers.catalogue import (
    BorderRelation,
    Catalogue,
    DesignationClass,
    Relation,
    Site,
)
from layers.pack import DataPack

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.load()


@pytest.fixture(scope="session")
def countries() -> gpd.GeoDataFrame:
    return DataPack.open().basemap("countries")


@pytest.fixture(scope="session")
def footprints(catalogue, countries) -> gpd.GeoDataFrame:
    return catalogue.footprints(countries)


@pytest.fixture
def two_countries() -> gpd.GeoDataFrame:
    """China west and Russia east of 130° E, from 40° to 44° N; sea all around."""
    return gpd.GeoDataFrame(
        {"iso3": ["CHN", "RUS"], "name": ["China", "Russia"]},
        geometry=[box(126, 40, 130, 44), box(130, 40, 134, 44)],
        crs="EPSG:4326",
    )


@pytest.fixture
def make_site() -> Callable[..., Site]:
    def make(site_id: str, **fields: object) -> Site:
        given = {
            "name_en": site_id.title(),
            "countries": ("CHN",),
            "designation_class": DesignationClass.NATURE_RESERVE,
            "borders": (BorderRelation("CHN-RUS", Relation.ON),),
        } | fields
        return Site(site_id=site_id, **given)

    return make


SOUND_ROW = {
    "site_id": "alpha",
    "name_en": "Alpha",
    "name_local": "Альфа",
    "countries": "RUS",
    "designation_class": "national-park",
    "labels": "ramsar-site",
    "designation": "National Park; Ramsar",
    "realm": "land",
    "lat": "43.0",
    "lon": "131.4",
    "area_km2": "2799",
    "year": "2012",
    "iucn": "II",
    "borders": "CHN-RUS:on;PRK-RUS:near",
    "border_text": "CHN-RUS; PRK-RUS (near)",
    "adjoining": "beta",
    "adjoining_text": "",
    "species": "amur-tiger;amur-leopard",
    "same_area_as": "",
    "part_of": "",
    "replaced_by": "",
    "state": "active",
    "confidence": "high",
    "source": "a page",
}


@pytest.fixture
def write_catalogue(tmp_path: Path) -> Callable[..., Path]:
    """Write a folder of two sites, alpha and beta; keywords change fields of alpha."""

    def write(*, provenance: str | None = None, beta_id: str = "beta", **changes: str) -> Path:
        alpha = SOUND_ROW | changes
        beta = SOUND_ROW | {"site_id": beta_id, "countries": "CHN", "adjoining": ""}
        with (tmp_path / "sites.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(SOUND_ROW))
            writer.writeheader()
            writer.writerows([alpha, beta])
        if provenance is not None:
            (tmp_path / "provenance.csv").write_text(
                "site_id,field,value,status,source,note\n" + provenance, encoding="utf-8"
            )
        return tmp_path

    return write
