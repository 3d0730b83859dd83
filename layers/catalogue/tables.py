"""Sites and pairs as tables, one row each, for files that other programs open."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from layers.catalogue.footprints import NOMINAL
from layers.errors import LayerWriteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from layers.catalogue.catalogue import Catalogue
    from layers.catalogue.pairs import SitePair
    from layers.catalogue.site import Site

POINT, UNLOCATED = "point", "unlocated"
STATUS_FIELDS = ("lat", "area_km2", "year", "borders", "adjoining", "species")
"""Fields whose status stands beside them in a table; the catalogue keeps it for all."""


def site_record(site: Site) -> dict[str, object]:
    """Flatten a site to one row of plain values; lists are joined by semicolons.

    Parameters
    ----------
    site : Site
        Any site.

    Returns
    -------
    dict
        Column name to value; unknown numbers are None, unknown texts empty.
    """
    record: dict[str, object] = {
        "site_id": site.site_id,
        "name_en": site.name_en,
        "name_local": site.name_local,
        "countries": ";".join(site.countries),
        "designation_class": str(site.designation_class),
        "labels": ";".join(site.labels),
        "designation": site.designation,
        "realm": str(site.realm),
        "lat": site.lat,
        "lon": site.lon,
        "area_km2": site.area_km2,
        "year": site.year,
        "iucn": site.iucn,
        "borders": ";".join(str(border) for border in site.borders),
        "adjoining": ";".join(site.adjoining),
        "adjoining_text": site.adjoining_text,
        "species": ";".join(site.species),
        "same_area_as": ";".join(site.same_area_as),
        "part_of": ";".join(site.part_of),
        "replaced_by": ";".join(site.replaced_by),
        "state": str(site.state),
        "confidence": site.confidence,
    }
    for field in STATUS_FIELDS:
        entries = site.provenance.get(field, ())
        record[f"{field}_status"] = str(entries[0].status) if entries else ""
    record["source"] = site.source
    return record


def pair_record(pair: SitePair, catalogue: Catalogue) -> dict[str, object]:
    """Flatten a pair to one row of plain values.

    Parameters
    ----------
    pair : SitePair
        A pair of sites of `catalogue`.
    catalogue : Catalogue
        Gives the names.
    """
    return {
        "site_a": pair.site_a,
        "name_a": catalogue[pair.site_a].name_en,
        "site_b": pair.site_b,
        "name_b": catalogue[pair.site_b].name_en,
        "border": pair.border,
        "distance_km": None if pair.distance_km is None else round(pair.distance_km, 3),
        "shared_border_km": round(pair.shared_border_km, 3),
        "touching": pair.touching,
        "basis": str(pair.basis),
        "species": ";".join(pair.species),
        "nominal": pair.nominal,
    }


def sites_frame(sites: Iterable[Site], footprints: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join sites and footprints, one row per site.

    Parameters
    ----------
    sites : iterable of Site
        The rows, in this order.
    footprints : GeoDataFrame
        As `Catalogue.footprints` makes it.

    Returns
    -------
    GeoDataFrame
        The columns of `site_record`; kind (``"nominal"``, ``"surveyed"``, ``"point"``,
        ``"unlocated"``), nominal (bool), moved (bool), moved_km, note; geometry in the CRS
        of `footprints`, empty for unlocated sites.
    """
    drawn = {row.site_id: row for row in footprints.itertuples()}
    records, shapes = [], []
    for site in sites:
        row = drawn.get(site.site_id)
        shape = None if row is None else row.geometry
        kind = UNLOCATED if row is None else row.kind
        if shape is not None and shape.geom_type == "Point":
            kind = POINT
        records.append(
            {
                **site_record(site),
                "kind": kind,
                "nominal": kind == NOMINAL,
                "moved": row is not None and bool(row.moved),
                "moved_km": 0.0 if row is None else float(row.moved_km),
                "note": "" if row is None else row.note,
            }
        )
        shapes.append(shape)
    return gpd.GeoDataFrame(records, geometry=shapes, crs=footprints.crs)


def pairs_frame(pairs: Iterable[SitePair], catalogue: Catalogue) -> gpd.GeoDataFrame:
    """Tabulate pairs with the link between their sites, one row per pair.

    Parameters
    ----------
    pairs : iterable of SitePair
        The rows, in this order.
    catalogue : Catalogue
        Gives the names.

    Returns
    -------
    GeoDataFrame
        The columns of `pair_record`; geometry in EPSG:4326, empty where a site has no point.
    """
    found = tuple(pairs)
    return gpd.GeoDataFrame(
        [pair_record(pair, catalogue) for pair in found],
        geometry=[pair.link for pair in found],
        crs="EPSG:4326",
    )


def write_geopackage(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Write tables as layers of a new GeoPackage, whole or not at all.

    Parameters
    ----------
    path : Path
        Target; an earlier file of that name is replaced.
    layers : mapping of str to GeoDataFrame
        Layer name to table, with at least one row each.

    Raises
    ------
    LayerWriteError
        The folder does not exist or cannot be written, or the disk is full; an earlier file
        is untouched.
    """
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
            finished = Path(folder) / "finished.gpkg"
            for name, frame in layers.items():
                kinds = set(frame.geometry.dropna().geom_type)
                pyogrio.write_dataframe(
                    frame,
                    finished,
                    layer=name,
                    driver="GPKG",
                    geometry_type=None if len(kinds) == 1 else "Unknown",
                )
            with finished.open("rb") as stream:
                os.fsync(stream.fileno())
            finished.replace(path)
    except (OSError, DataSourceError, DataLayerError, FeatureError) as error:
        raise LayerWriteError(
            f"{path} could not be written: {error}. Free some space or choose a folder that "
            "can be written; the earlier file, if any, is untouched."
        ) from error
