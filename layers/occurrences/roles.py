"""What the columns of a table of records can mean, and the names they go by."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, get_args

from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

Role = Literal[
    "species",
    "lon",
    "lat",
    "date",
    "uncertainty",
    "country",
    "count",
    "basis",
    "status",
    "precision",
    "datum",
    "issues",
]
ROLES: tuple[Role, ...] = get_args(Role)

ROLE_TITLES: Mapping[Role, str] = MappingProxyType(
    {
        "species": mark("species"),
        "lon": mark("longitude"),
        "lat": mark("latitude"),
        "date": mark("date"),
        "uncertainty": mark("coordinate uncertainty (m)"),
        "country": mark("country"),
        "count": mark("number of individuals"),
        "basis": mark("basis of record"),
        "status": mark("presence or absence"),
        "precision": mark("coordinate precision (degrees)"),
        "datum": mark("geodetic datum"),
        "issues": mark("issues found by the publisher"),
    }
)

# Names per role, the best first: Darwin Core, common English, then Chinese, Japanese, Korean,
# Mongolian and Russian. Compared after `folded`.
_NAMES: Mapping[Role, tuple[str, ...]] = {
    "species": (
        "scientificName", "species", "acceptedScientificName", "taxon", "taxonName",
        "scientific name", "species name", "species id",
        "latin name", "binomial", "canonicalName",
        "individual-taxon-canonical-name", "sp", "specie",
        "物种", "物种名", "物種", "种", "种名", "学名", "拉丁名", "物种名称", "中文名",
        "種", "種名", "種類", "学名（ラテン語）", "和名",
        "종", "종명", "학명", "국명", "생물종",
        "зүйл", "зүйлийн нэр", "төрөл зүйл", "латин нэр",
        "вид", "виды", "название вида", "латинское название", "научное название", "таксон",
    ),
    "lon": (
        "decimalLongitude", "longitude", "lon", "long", "lng", "location-long", "x",
        "longitude dd", "lon dd", "long dd", "gps longitude", "point x", "x coord",
        "longitudewgs84", "verbatimLongitude", "easting", "eastings", "utm e", "coord x",
        "经度", "东经", "經度", "經", "東經", "经度坐标",
        "経度", "東経", "경도", "동경", "уртраг", "зүүн уртраг",
        "долгота", "восточная долгота", "долг", "в.д.", "долгота e",
    ),
    "lat": (
        "decimalLatitude", "latitude", "lat", "location-lat", "y", "latitude dd", "lat dd",
        "gps latitude", "point y", "y coord", "latitudewgs84", "verbatimLatitude", "northing",
        "northings", "utm n", "coord y",
        "纬度", "北纬", "緯度", "北緯", "纬度坐标", "위도", "북위", "өргөрөг", "хойд өргөрөг",
        "широта", "северная широта", "шир", "с.ш.", "широта n",
    ),
    "date": (
        "eventDate", "date", "observation date", "observed on", "obs date", "record date",
        "eventStart", "timestamp", "datetime", "date time", "event date", "survey date",
        "dateIdentified", "year",
        "日期", "观察日期", "时间", "调查日期", "记录日期", "年月日", "日付", "観察日",
        "調査日", "확인일", "날짜", "조사일", "조사일자", "관찰일", "일자", "огноо",
        "дата", "дата наблюдения", "год",
    ),
    "uncertainty": (
        "coordinateUncertaintyInMeters", "coordinateUncertainty", "coordinate uncertainty",
        "uncertainty", "uncertainty m", "positional accuracy", "accuracy", "accuracy m",
        "gps accuracy", "precision m", "error m", "精度", "精度米", "定位精度", "誤差",
        "오차", "위치정확도", "нарийвчлал", "точность", "точность м", "погрешность",
    ),
    "country": (
        "countryCode", "country", "country code", "iso3", "iso2", "nation", "publishingCountry",
        "国家", "国别", "國家", "国", "国名", "국가", "국가명", "나라", "улс", "страна",
    ),
    "count": (
        "individualCount", "count", "organismQuantity", "number", "abundance", "individuals",
        "n individuals", "how many", "detections",
        "数量", "个体数", "數量", "個体数", "개체수", "마리수",
        "тоо", "тоо толгой", "количество", "число", "численность", "число особей",
    ),
    "basis": (
        "basisOfRecord", "basis of record", "record type", "记录类型", "기록유형",
        "тип записи", "бүртгэлийн төрөл",
    ),
    "status": (
        "occurrenceStatus", "occurrence status", "presence", "present",
        "presence absence", "出现", "有无", "在不在", "出現", "출현여부", "наличие",
        "присутствие",
    ),
    "precision": ("coordinatePrecision", "coordinate precision"),
    "datum": (
        "geodeticDatum", "datum", "坐标系", "测地系", "測地系", "좌표계", "датум",
        "система координат",
    ),
    "issues": ("issue", "issues", "taxonIssue", "nonTaxonomicIssue"),
}  # fmt: skip


def folded(name: str) -> str:
    """Bring a column name to the form in which names are compared.

    Letters and digits in lower case without accents of width; brackets with a unit, spaces,
    hyphens and underscores are dropped.
    """
    plain = unicodedata.normalize("NFKC", name).strip().strip("\ufeff").casefold()
    plain = plain.rpartition("#")[2] if plain.startswith("http") else plain
    plain = plain.rpartition("/")[2] if plain.startswith("http") else plain
    plain = re.sub(r"[(\[{].*?[)\]}]", "", plain)
    kept = re.sub(r"[\s_\-.:,'\"°/]+", "", plain)
    return kept or re.sub(r"\s+", "", plain)


_RANK: Mapping[Role, Mapping[str, int]] = {
    role: {folded(name): rank for rank, name in reversed(list(enumerate(names)))}
    for role, names in _NAMES.items()
}
_LOCAL_WORDS = {
    folded(name): name for names in _NAMES.values() for name in names if not name.isascii()
}


def name_rank(role: Role, name: str) -> int | None:
    """Return how good a column name is for a role, 0 for the best; None where it is none."""
    return _RANK[role].get(folded(name))


def known_header_words(text: str) -> tuple[str, ...]:
    """Return the words beyond ASCII in a text's first lines that name a column.

    Parameters
    ----------
    text : str
        A table, decoded with an encoding on trial.
    """
    found: dict[str, None] = {}
    for line in text.splitlines()[:5]:
        for cell in re.split(r"[,;\t|]", line):
            word = folded(cell.strip().strip('"'))
            if word in _LOCAL_WORDS and not word.isascii():
                found[word] = None
    return tuple(found)
