"""The planning units of a run: a grid or the user's polygons, cut at borders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.planning_units import cut_grid, cut_polygons
from layers.unit_cells import Cells, hexagon_cells, square_cells
from planner.reserve.errors import RequestError, ReserveInputError
from planner.reserve.vectors import read_polygons
from resources.errors import PlannerError, nearest_names_hint

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.planning_units import PlanningUnits
    from planner.pipeline.study import Study
    from planner.reserve.request import UnitSettings


def country_land(study: Study) -> dict[str, BaseGeometry]:
    """Return the land of each country that takes part, within the region, by ISO code.

    Parameters
    ----------
    study : Study
        Of the project; land is in the CRS of its grid.
    """
    frame = study.pack.basemap("countries", study.region.bounds.lonlat).to_crs(study.grid.crs)
    land: dict[str, BaseGeometry] = {}
    for iso3 in sorted(study.region.countries):
        shapes = frame.geometry[frame["iso3"] == iso3]
        whole = shapely.intersection(shapely.union_all(shapes.values), study.outline)
        if not whole.is_empty:
            land[iso3] = whole
    return land


def planning_units(study: Study, settings: UnitSettings) -> PlanningUnits:
    """Make the planning units of a request.

    Parameters
    ----------
    study : Study
        Of the project: region, countries, grid.
    settings : UnitSettings
        What is asked.

    Raises
    ------
    RequestError
        The size does not suit the region.
    ReserveInputError
        The file of polygons cannot be used: names the rows.
    """
    land = country_land(study)
    try:
        if settings.kind == "polygons":
            return cut_polygons(_polygons(study, settings), land, settings.sliver_share)
        make = square_cells if settings.kind == "square" else hexagon_cells
        cells = make(study.grid.bounds, settings.size_km * 1000.0)
        return cut_grid(cells, land, settings.sliver_share)
    except ValueError as error:
        if isinstance(error, PlannerError):
            raise
        if settings.kind == "polygons":
            raise ReserveInputError(
                f"The planning units of {settings.path} cannot be used: {error}. Mend the "
                "polygons in a GIS.",
                "units.path",
            ) from error
        raise RequestError(
            f"Planning units cannot be made: {error}. Choose another units.size_km.",
            "units.size_km",
        ) from error


def _polygons(study: Study, settings: UnitSettings) -> Cells:
    what = ("The planning units", "units.path")
    frame = read_polygons(settings.path, settings.layer, study.grid.crs, what)
    names = _names(frame, settings)
    reaches = shapely.intersects(study.outline, frame.geometry.values)
    if not reaches.any():
        raise ReserveInputError(
            f"No planning unit of {settings.path} lies in the region of the project. Check its "
            "coordinate system.",
            "units.path",
        )
    return Cells(names[reaches], np.asarray(frame.geometry.values, dtype=np.object_)[reaches])


def _names(frame: gpd.GeoDataFrame, settings: UnitSettings) -> NDArray[np.str_]:
    """(n,) str: the identifier of each polygon; every one once."""
    if not settings.id_column:
        return np.array([str(row + 1) for row in range(len(frame))], dtype=np.str_)
    columns = [str(name) for name in frame.columns if name != "geometry"]
    if settings.id_column not in columns:
        raise RequestError(
            f"units.id_column: {settings.path} has no column {settings.id_column!r}. "
            f"{nearest_names_hint(settings.id_column, columns) if columns else ''}",
            "units.id_column",
        )
    values = frame[settings.id_column]
    missing = np.flatnonzero(values.isna() | (values.astype("string").str.strip() == ""))
    if len(missing):
        raise ReserveInputError(
            f"The column {settings.id_column!r} of {settings.path} names no unit in "
            f"{_rows_listed(missing)}. Give each polygon its own identifier.",
            "units.id_column",
        )
    names = np.array([_plain(value) for value in values.tolist()], dtype=np.str_)
    found, count = np.unique(names, return_counts=True)
    if (count > 1).any():
        doubled = found[count > 1].tolist()
        rows = np.flatnonzero(names == doubled[0])
        more = f", and {len(doubled) - 1:,} more" if len(doubled) > 1 else ""
        raise ReserveInputError(
            f"The unit {doubled[0]!r}{more} stands more than once in the column "
            f"{settings.id_column!r} of {settings.path} ({_rows_listed(rows)}). Give each "
            "polygon its own identifier.",
            "units.id_column",
        )
    return names


def _plain(value: object) -> str:
    """Return an identifier as text; whole numbers that a file holds as 7.0 are 7."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _rows_listed(rows: NDArray[np.integer]) -> str:
    told = ", ".join(str(row + 1) for row in rows[:3].tolist())
    rest = f" and {len(rows) - 3:,} more" if len(rows) > 3 else ""
    return f"row {told}{rest}" if len(rows) == 1 else f"rows {told}{rest}"
