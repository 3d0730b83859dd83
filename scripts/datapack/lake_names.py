"""Names of the largest lakes: the source of the outlines has none.

The names are those of Natural Earth's 1:10m map, in the forms usual in English, set by hand
against a point in each lake. Where two countries share a lake under two names, both stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import geopandas as gpd

LAKES = {
    "Baikal": (108.16, 53.63),
    "Balkhash": (73.95, 45.90),
    "Issyk-Kul": (77.05, 42.45),
    "Qinghai": (100.10, 36.89),
    "Zaysan": (83.44, 48.72),
    "Bratsk Reservoir": (103.10, 54.73),
    "Khanka / Xingkai": (132.43, 44.94),
    "Uvs Nuur": (92.77, 50.33),
    "Alakol": (81.71, 46.10),
    "Khövsgöl Nuur": (100.49, 51.04),
    "Tai": (120.13, 31.23),
    "Hulun Nuur": (117.41, 48.96),
    "Hongze": (118.57, 33.25),
    "Chany": (76.98, 54.83),
    "Nam Co": (90.58, 30.73),
    "Krasnoyarsk Reservoir": (91.03, 54.61),
    "Siling Co": (88.94, 31.75),
    "Khar-Us Nuur": (92.35, 48.06),
    "Khyargas Nuur": (93.37, 49.14),
    "Novosibirsk Reservoir": (82.06, 54.36),
    "Bosten": (87.06, 41.97),
    "Khar Nuur": (93.27, 47.89),
    "Gaoyou": (119.33, 32.94),
    "Chao": (117.42, 31.58),
    "Dongting": (112.16, 28.92),
    "Biwa": (136.09, 35.25),
    "Buir Nuur": (117.71, 47.82),
    "Ebinur": (82.93, 44.87),
}


class LakeNameError(ValueError):
    """A name whose point lies in no lake, or two names in one lake."""


def name_lakes(lakes: gpd.GeoDataFrame) -> list[str]:
    """Return the name of each lake, empty where it is not in the table.

    Raises
    ------
    LakeNameError
        A point of the table lies in no lake or in one already named.
    """
    names = [""] * len(lakes)
    for name, (lon, lat) in LAKES.items():
        hit = [
            i
            for i, shape in enumerate(lakes.geometry)
            if shape.contains(shapely.Point(lon, lat))
        ]
        if len(hit) != 1 or names[hit[0]]:
            raise LakeNameError(f"the point of {name} ({lon}, {lat}) does not pick one lake")
        names[hit[0]] = name
    return names
