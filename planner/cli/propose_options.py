"""Words of ``landbridge propose`` as changes of a request."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from planner.reserve.errors import RequestError
from planner.reserve.request import SPECIES_KINDS
from planner.reserve.request_file import request_content, request_from
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from planner.reserve.request import ReserveRequest

_TARGET = re.compile(
    r"(?:(?P<kind>[a-z]+):)?(?P<name>[^@=]+)(?:@(?P<where>[A-Za-z]+))?=(?P<amount>[^=]+)"
)
_AMOUNT = re.compile(r"(?P<value>\d+(?:\.\d+)?)\s*(?P<unit>%|km2|km²|sites)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_VECTOR_ENDINGS = frozenset({".gpkg", ".shp", ".geojson", ".json", ".fgb"})
EACH = "each"

Fields = dict[str, object]


def with_targets(request: ReserveRequest, words: Sequence[str]) -> ReserveRequest:
    """Return the request with targets changed, added or left out.

    Parameters
    ----------
    request : ReserveRequest
        To start from.
    words : sequence of str
        ``[KIND:]SPECIES[@ISO3|@each]=AMOUNT``, where an amount is a share such as ``0.3`` or
        ``30%``, an area such as ``500km2``, a number of ``sites``, ``range`` for one that goes
        by the size of the range, or ``0`` to leave the feature out.

    Raises
    ------
    UsageError
        A word cannot be meant as written.
    """
    features = [dict(item) for item in _features(request)]
    for word in words:
        wanted, target = _wanted(word)
        same = [item for item in features if _is_same(item, wanted)]
        if target is None:
            features = [item for item in features if item not in same]
        elif same:
            for item in same:
                item["target"] = target
        else:
            features.append({**wanted, "target": target})
    if not features:
        raise UsageError("No feature is left to set a target for; leave some --target out.")
    return _changed(request, features)


def with_layers(request: ReserveRequest, words: Sequence[str]) -> ReserveRequest:
    """Return the request with layers of the user's added.

    Parameters
    ----------
    request : ReserveRequest
        To start from.
    words : sequence of str
        ``FILE[@ISO3|@each]=AMOUNT``, a raster or polygons.

    Raises
    ------
    UsageError
        A word cannot be meant as written.
    """
    features = [dict(item) for item in _features(request)]
    for word in words:
        place, equals, amount = word.rpartition("=")
        if not equals:
            raise UsageError(
                f"--layer {word!r} has no target. Write FILE=AMOUNT, such as {word}=0.5."
            )
        file, at, where = place.partition("@")
        path = Path(file)
        if not file or not path.is_file():
            raise UsageError(
                f"--layer {word!r}: there is no file {file!r}. Write FILE=AMOUNT, such as "
                "wetlands.gpkg=0.5."
            )
        kind = "polygons" if path.suffix.lower() in _VECTOR_ENDINGS else "raster"
        target = _target(amount, f"--layer {word!r}")
        if target is None:
            raise UsageError(f"--layer {word!r}: a layer needs a target above 0.")
        features.append(
            {
                "kind": kind,
                "name": path.stem,
                "path": path.absolute().as_posix(),
                "target": target,
                **(_where(where) if at else {}),
            }
        )
    return _changed(request, features)


def by_country(words: Iterable[str] | None, option: str) -> dict[str, float]:
    """Return numbers by country from words such as ``CHN=0.2``.

    Raises
    ------
    UsageError
        A word cannot be meant as written, or a country stands twice.
    """
    found: dict[str, float] = {}
    for word in words or ():
        iso3, _, text = word.partition("=")
        name = iso3.strip().upper()
        if not (re.fullmatch(r"[A-Z]{3}", name) and _NUMBER.fullmatch(text.strip())):
            raise UsageError(f"{option} {word!r}: write ISO3=NUMBER, such as CHN=0.2.")
        if name in found:
            raise UsageError(f"{option} names {name} twice; give each country once.")
        found[name] = float(text)
    return found


def _features(request: ReserveRequest) -> list[Fields]:
    listed = request_content(request)["features"]
    return listed if isinstance(listed, list) else []


def _changed(request: ReserveRequest, features: list[Fields]) -> ReserveRequest:
    try:
        return request_from({**request_content(request), "features": features})
    except RequestError as error:
        raise UsageError(str(error)) from error


def _wanted(word: str) -> tuple[Fields, Fields | None]:
    """Return the feature that a word names, and its target; None to leave it out."""
    found = _TARGET.fullmatch(word.strip())
    if found is None:
        raise UsageError(
            f"--target {word!r} is not understood. Write [KIND:]SPECIES[@ISO3|@each]=AMOUNT, "
            "such as amur-tiger=0.3, corridors:amur-tiger=50%, amur-leopard@CHN=500km2 or "
            "snow-leopard=range."
        )
    kind = found["kind"] or "habitat"
    if kind not in SPECIES_KINDS:
        raise UsageError(
            f"--target {word!r}: {kind!r} is no kind of feature of a species. "
            f"{nearest_names_hint(kind, sorted(SPECIES_KINDS))} Layers of your own come with "
            "--layer."
        )
    feature: Fields = {"kind": kind, "species": found["name"].strip()}
    if found["where"]:
        feature.update(_where(found["where"]))
    return feature, _target(found["amount"], f"--target {word!r}")


def _where(text: str) -> Fields:
    return {"by_country": True} if text.lower() == EACH else {"country": text.upper()}


def _target(text: str, what: str) -> Fields | None:
    if text.strip() == "range":
        return {"range_scaled": True}
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise UsageError(
            f"{what}: {text!r} is no amount. Write a share (0.3 or 30%), an area (500km2), a "
            "number of sites (2sites), or range."
        )
    value = float(found["value"])
    if value == 0:
        return None
    if found["unit"] == "%":
        value /= 100.0
    elif found["unit"]:
        return {"amount": value}
    if value > 1:
        raise UsageError(
            f"{what}: a share is at most 1, got {value:g}. Write {value:g}km2 for an area or "
            f"{value:g}% for a percentage."
        )
    return {"share": value}


def _is_same(item: Fields, wanted: Fields) -> bool:
    names = ("kind", "species", "country")
    return all(item.get(name, "") == wanted.get(name, "") for name in names) and bool(
        item.get("by_country")
    ) == bool(wanted.get("by_country"))
