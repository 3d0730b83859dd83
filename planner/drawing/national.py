"""An area cut at the borders into the part of each country."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import shapely
from shapely import MultiLineString

from planner.drawing.geometry import as_multi

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely import MultiPolygon
    from shapely.geometry.base import BaseGeometry

    from planner.pipeline.study import Study

MARGIN_M = 50_000.0
"""Land so far beyond the region is known too, to tell it from the sea."""


@dataclass(frozen=True, eq=False)
class NationalLand:
    """The countries of a region, in its equal-area CRS.

    Borders are those of the data pack, Natural Earth at 1:10m: they follow lines as they are
    held, and imply no opinion on the status of any territory.

    Attributes
    ----------
    region : geometry
        The box of degrees that is analysed.
    countries : mapping of str to geometry
        Land of each country that takes part, inside the region, by ISO3.
    land : geometry
        All land in and around the region, of whatever country.
    disputed : geometry
        Lines that the source holds as disputed, whoever claims them; empty where there is none.
    """

    region: BaseGeometry
    countries: Mapping[str, BaseGeometry]
    land: BaseGeometry
    disputed: BaseGeometry = field(default_factory=MultiLineString)

    @classmethod
    def of(cls, study: Study) -> NationalLand:
        """Read the countries of a study from its data pack."""
        west, south, east, north = study.region.bounds.lonlat
        around = (west - 1.0, south - 1.0, east + 1.0, north + 1.0)
        frame = study.pack.basemap("countries", around).to_crs(study.grid.crs)
        window = study.outline.buffer(MARGIN_M).envelope
        shapes: dict[str, list[BaseGeometry]] = {}
        for iso3, shape in zip(frame["iso3"], frame.geometry, strict=True):
            sound = shape if shape.is_valid else shapely.make_valid(shape)
            shapes.setdefault(str(iso3), []).append(shapely.intersection(sound, window))
        joined = {iso3: shapely.union_all(parts) for iso3, parts in sorted(shapes.items())}
        countries = {
            iso3: cut
            for iso3, shape in joined.items()
            if iso3 in study.region.countries
            and not (cut := as_multi(shapely.intersection(shape, study.outline))).is_empty
        }
        lines = study.pack.basemap("disputed_lines", around).to_crs(study.grid.crs)
        disputed = shapely.intersection(shapely.union_all(lines.geometry.to_numpy()), window)
        land = shapely.union_all(list(joined.values()))
        return cls(study.outline, countries, land, disputed)

    def parts(self, area: BaseGeometry) -> dict[str, MultiPolygon]:
        """Cut an area at the borders, see `national_parts`."""
        return national_parts(area, self.countries)


def border_within(parts: Mapping[str, BaseGeometry]) -> MultiLineString:
    """Return the lines along which the national parts of an area meet.

    Parameters
    ----------
    parts : mapping of str to Polygon or MultiPolygon
        As `national_parts` has cut them.
    """
    found = []
    outlines = [shapely.boundary(part) for part in parts.values()]
    for one, other in combinations(outlines, 2):
        shared = shapely.get_parts(shapely.intersection(one, other))
        found += [
            line for line in shared if shapely.get_dimensions(line) == 1 and not line.is_empty
        ]
    lines = shapely.get_parts(shapely.line_merge(shapely.MultiLineString(found)))
    return MultiLineString([line for line in lines if not line.is_empty])


def national_parts(
    area: BaseGeometry, countries: Mapping[str, BaseGeometry]
) -> dict[str, MultiPolygon]:
    """Cut an area at the borders.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Valid, in an equal-area CRS.
    countries : mapping of str to geometry
        Land by ISO3, in the same CRS.

    Returns
    -------
    dict of str to MultiPolygon
        The part in each country that has one, in the order of the codes.
    """
    found: dict[str, MultiPolygon] = {}
    for iso3 in sorted(countries):
        part = as_multi(shapely.intersection(area, countries[iso3]))
        if part.area > 0.0:
            found[iso3] = part
    return found
