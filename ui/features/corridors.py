"""Corridors as their list and the inspector show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from planner.corridors.profile import profile_of
from planner.profiles import load_species, species_ids
from resources.translation import tr, tr_n
from ui import words
from ui.features.row import FeatureRow, Row, geometry_of, measured, number, text, texts
from ui.inspector.record import Fact, Sources, plan_record

if TYPE_CHECKING:
    from planner.corridors.profile import CorridorProfile
    from planner.profiles import Quantity

_WIDTH = "minimum_corridor_width_m"
_Key = tuple[str, str]


def corridor_rows(
    records: Sequence[Row],
    bottlenecks: Sequence[Row],
    core_names: Mapping[str, str] | None = None,
) -> tuple[FeatureRow, ...]:
    """Return corridors, each with its path, its swath and its narrow stretches.

    Parameters
    ----------
    records, bottlenecks : sequence of mappings
        Rows of the project's tables of these names, of one scenario.
    core_names : mapping of str to str, optional
        Name of each core by its id.
    """
    parts, narrow = _by_corridor(records), _by_corridor(bottlenecks)
    return tuple(
        _corridor(key, rows, narrow.get(key, []), core_names or {})
        for key, rows in parts.items()
    )


def _by_corridor(records: Sequence[Row]) -> dict[_Key, list[Row]]:
    found: dict[_Key, list[Row]] = {}
    for record in records:
        key = (text(record, "corridor_id"), text(record, "species"))
        found.setdefault(key, []).append(record)
    return found


def _corridor(
    key: _Key, rows: list[Row], narrow: list[Row], core_names: Mapping[str, str]
) -> FeatureRow:
    corridor_id, species = key
    sources = Sources()
    stretches = [row for row in narrow if row.get("kind") == "bottleneck"]
    added = [row for row in narrow if row.get("kind") == "widening"]
    told = _attributes(rows)
    length = _length(rows, told)
    facts = [
        Fact(tr("Countries"), words.countries(texts(rows[0], "countries"))),
        length,
        *_crossings(told),
        _width_needed(species, narrow, sources),
        measured(tr("Narrowest width"), rows, "min_width_m", words.distance),
        measured(tr("Mean width"), rows, "mean_width_m", words.distance),
        _bottlenecks(stretches),
        _land_to_add(added),
        _widening(rows, told, narrow),
        _through(told, core_names),
        measured(tr("Area"), rows, "area_km2", words.area),
        _edge(rows, told),
    ]
    swaths = [row for row in rows if row.get("kind") == "swath"] or rows
    known = [fact for fact in facts if fact.value]
    record = plan_record("corridor", swaths, known, tuple(sources.listed))
    detail = (words.species(species), length.value, ", ".join(texts(rows[0], "countries")))
    return FeatureRow(
        kind="corridor",
        key=f"{corridor_id}|{species}",
        title=record.title,
        detail="  ·  ".join(part for part in detail if part),
        geometry=geometry_of(swaths),
        record=record,
        species=species,
        width=_width(species, swaths, narrow),
    )


def _width(species: str, rows: Sequence[Row], narrow: Sequence[Row]) -> CorridorProfile | None:
    """Return the width along a corridor, with the width needed where it was not stored."""
    profile = profile_of(rows[0])
    if profile is None or profile.needed_m:
        return profile
    quantity = _quantity(species)
    planned = next((needed for row in narrow if (needed := number(row, "needed_m"))), None)
    needed = planned or (0.0 if quantity is None else quantity.value)
    return replace(profile, needed_m=needed)


def _attributes(rows: Sequence[Row]) -> Mapping[str, object]:
    found = (row.get("attributes") for row in rows)
    return next((item for item in found if isinstance(item, Mapping)), {})


def _length(rows: Sequence[Row], told: Mapping[str, object]) -> Fact:
    if told.get("adjoining"):
        return Fact(tr("Length"), tr("cores touch"))
    whole = measured(tr("Length"), rows, "length_km", lambda km: words.distance(km * 1000))
    by_country = told.get("length_km_by_country")
    if not isinstance(by_country, Mapping):
        return whole
    parts = [
        f"{words.country(code)} {words.distance(km * 1000)}"
        for code, km in sorted(by_country.items())
        if isinstance(km, int | float)
    ]
    return Fact(tr("Length"), whole.value, remarks=(words.listed(parts),) if parts else ())


def _crossings(told: Mapping[str, object]) -> list[Fact]:
    found = told.get("crossings")
    listed = found if isinstance(found, list | tuple) else ()
    places = [item for item in listed if isinstance(item, Mapping)]
    return [
        Fact(
            tr("Crosses the border"),
            tr(
                "{border}, at {lat}° N, {lon}° E",
                border=words.border(text(place, "border")),
                lat=text(place, "lat"),
                lon=text(place, "lon"),
            ),
        )
        for place in places
    ]


def _width_needed(species: str, narrow: Sequence[Row], sources: Sources) -> Fact:
    """Return the width of the species' profile, and that of the plan where it was another."""
    quantity = _quantity(species)
    planned = next((needed for row in narrow if (needed := number(row, "needed_m"))), None)
    if quantity is None:
        return Fact(tr("Width needed"), "" if planned is None else words.distance(planned))
    other = planned is not None and planned != quantity.value
    made_with = (
        tr("The plan was made with {planned}.", planned=words.distance(planned))
        if planned and other
        else ""
    )
    return Fact(
        tr("Width needed"),
        words.quantity(quantity),
        tr(quantity.basis),
        sources.number(quantity.source),
        (made_with,) if made_with else (),
    )


def _quantity(species: str) -> Quantity | None:
    if species not in species_ids():
        return None
    return load_species(species).quantities.get(_WIDTH)


def _bottlenecks(stretches: Sequence[Row]) -> Fact:
    if not stretches:
        return Fact(tr("Bottlenecks"), "")
    told = []
    for row in stretches:
        told.append(_stretch_told(row))
    counted = tr_n("{count} stretch", "{count} stretches", len(stretches))
    return Fact(tr("Bottlenecks"), counted, remarks=tuple(item for item in told if item))


def _stretch_told(row: Row) -> str:
    width_m, length_km, code = (
        number(row, "width_m"),
        number(row, "length_km"),
        text(row, "country"),
    )
    width = "" if width_m is None else words.distance(width_m)
    length = "" if length_km is None else words.distance(length_km * 1000)
    country = words.country(code) if code else ""
    if width and length and country:
        return tr(
            "{width} wide for {length} in {country}",
            width=width,
            length=length,
            country=country,
        )
    parts = (
        tr("{width} wide", width=width) if width else "",
        tr("for {length}", length=length) if length else "",
        tr("in {country}", country=country) if country else "",
    )
    return " ".join(part for part in parts if part)


def _added_told(row: Row, area_km2: float) -> str:
    country = words.country(text(row, "country"))
    return tr("{area} in {country}", area=words.area(area_km2), country=country)


def _land_to_add(added: Sequence[Row]) -> Fact:
    areas = [(row, area) for row in added if (area := number(row, "area_to_add_km2"))]
    if not areas:
        return Fact(tr("Land to add"), "")
    told = tuple(_added_told(row, area) for row, area in areas)
    return Fact(
        tr("Land to add"),
        words.area(sum(area for _, area in areas)),
        remarks=told if text(areas[0][0], "country") else (),
    )


def _widening(rows: Sequence[Row], told: Mapping[str, object], narrow: Sequence[Row]) -> Fact:
    """Say what widening came to, why it was refused, or that it is not needed."""
    found = told.get("widening")
    if isinstance(found, Mapping):
        if refused := text(found, "refused"):
            return Fact(tr("Widening"), tr("Refused"), remarks=(words.stored(refused),))
        width = number(found, "verified_minimum_width_m")
        if width is not None:
            return Fact(
                tr("Widening"),
                tr("{width} wide or more, with the land added", width=words.distance(width)),
            )
    measured_width = any(number(row, "min_width_m") is not None for row in rows)
    if told and measured_width and not narrow:
        return Fact(tr("Widening"), tr("Not needed: it is as wide as needed everywhere"))
    return Fact(tr("Widening"), "")


def _through(told: Mapping[str, object], core_names: Mapping[str, str]) -> Fact:
    found = told.get("through")
    cores = [str(item) for item in found] if isinstance(found, list) else []
    return Fact(
        tr("Leads through"),
        words.listed_apart(words.stored(core_names.get(core, core)) for core in cores),
    )


def _edge(rows: Sequence[Row], told: Mapping[str, object]) -> Fact:
    cutoff, least = number(told, "cutoff"), number(rows[0], "cost")
    if cutoff is None or least is None:
        return Fact(tr("Edge"), "")
    return Fact(
        tr("Edge"),
        tr(
            "Detours that cost up to {cutoff} more than the cheapest way, which costs {least}",
            cutoff=words.number(cutoff),
            least=words.number(least),
        ),
        tr("in resistance times metres"),
    )
