"""What lies at a place of the map, in the words that people read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.qgis.remote import server_of
from planner.layer_sources import (
    is_base,
    run_of_raster,
    run_of_row,
    source_name,
)
from resources.translation import mark, tr
from ui import words
from ui.inspector.run import step_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from layers.catalogue import Site
    from layers.qgis.answers import WebInfo
    from layers.qgis.layer_spec import LayerSpec
    from planner.project import RunRecord
    from ui.snapshot import Selection, Snapshot

_UNTOLD_LAYERS = frozenset({"base_sea", "base_border_casing", "base_country_names"})
"""Layers that draw for the eye what another layer holds."""
_UNTOLD_FIELDS = frozenset(
    {"fid", "ogc_fid", "uuid", "attributes", "geom"}
    | {"scenario", "name_en", "name", "name_local", "names", "member_sites", "centreline"}
)
_MOST_SOURCES = 6
_PAIR = re.compile(r"(?P<label>[^\t=:]{1,40}?)\s*(?:\t|=|:\s)\s*(?P<value>[^\t]+)")
"""A line such as ``name = 'Park'``, as servers write it, or a row of two cells."""
_LABELS = {
    "iso3": mark("Country"),
    "iso3_a": mark("Country on one side"),
    "iso3_b": mark("Country on the other side"),
    "countries": mark("Countries"),
    "country": mark("Country"),
    "borders": mark("Borders"),
    "species": mark("Species"),
    "state": mark("State"),
    "kind": mark("Kind"),
    "status": mark("Status"),
    "designation": mark("Designation"),
    "population": mark("Population"),
    "rank": mark("Rank"),
    "area_km2": mark("Area (km²)"),
    "length_km": mark("Length (km)"),
    "width_m": mark("Width (m)"),
    "cost": mark("Cost"),
    "note": mark("Note"),
    "Band 1": mark("Value"),
}
_UNITS = {"km2": "km²", "km": "km", "m": "m", "ha": "ha", "percent": "%"}
_WORDED: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("iso3", "iso3_a", "iso3_b", "country", "countries"), words.country),
    **dict.fromkeys(("state", "kind", "status"), words.identifier),
    "species": words.species,
    "reasons": words.stored,
}
"""How the values of a column are put into words."""
_KINDS = {
    "site_areas": ("site", "site_id"),
    "site_areas_other": ("site", "site_id"),
    "site_points": ("site", "site_id"),
    "corridor_swaths": ("corridor", "corridor_id"),
    "corridor_paths": ("corridor", "corridor_id"),
    "proposals": ("proposal", "proposal_id"),
}


@dataclass(frozen=True)
class FoundFeature:
    """One thing at a place.

    Parameters
    ----------
    layer_id : str
        Layer it is of.
    fid : int or None
        Its identifier there; None for a raster.
    title : str
        Its name, or a number where it has none.
    values : tuple of (str, str)
        What is known of it, label and value.
    sources : tuple of str
        Where that comes from.
    run_id : str
        The run that computed it; empty for none.
    selection : Selection or None
        What it is in the plan; None for anything else.
    is_notice : bool
        Whether it is no thing, but what is to be said of the layer.
    """

    layer_id: str
    fid: int | None
    title: str
    values: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    run_id: str = ""
    selection: Selection | None = None
    is_notice: bool = False


@dataclass(frozen=True)
class FoundLayer:
    """What a layer has at a place.

    Parameters
    ----------
    layer_id, name : str
        The layer.
    features : tuple of FoundFeature
        At least one.
    """

    layer_id: str
    name: str
    features: tuple[FoundFeature, ...]


@dataclass(frozen=True)
class Ground:
    """What is known beside the answer of the map engine.

    Parameters
    ----------
    specs : mapping of str to LayerSpec
        Layers by their id.
    snapshot : Snapshot
        The project.
    base : mapping of str to str
        Sources of the data pack.
    site : callable
        Returns a site of the catalogue by its id, or None.
    """

    specs: Mapping[str, LayerSpec]
    snapshot: Snapshot
    base: Mapping[str, str]
    site: Callable[[str], Site | None]

    def notes(self, layer_id: str) -> tuple[str, ...]:
        """Return where a layer comes from, as somebody wrote it; none where nobody did."""
        note = self.snapshot.map.notes.get(layer_id)
        return (note,) if note else ()


def found_layers(
    answer: Sequence[Mapping[str, object]], ground: Ground
) -> tuple[FoundLayer, ...]:
    """Return what the map engine has found, layer by layer, the topmost first.

    Parameters
    ----------
    answer : sequence of mappings
        As `QgisEngine.identify` returns it.
    ground : Ground
        What is known beside it.
    """
    by_layer: dict[str, list[Mapping[str, object]]] = {}
    for hit in answer:
        layer_id = str(hit["layer_id"])
        if layer_id not in _UNTOLD_LAYERS and layer_id in ground.specs:
            by_layer.setdefault(layer_id, []).append(hit)
    return tuple(
        FoundLayer(
            layer_id,
            words.stored(str(hits[0]["name"])),
            tuple(_feature(hit, ground.specs[layer_id], ground) for hit in hits),
        )
        for layer_id, hits in by_layer.items()
    )


def web_layer(spec: LayerSpec, told: Sequence[WebInfo], ground: Ground) -> FoundLayer | None:
    """Return what the server of a web map has said of a place; None for nothing.

    Parameters
    ----------
    spec : LayerSpec
        The layer.
    told : sequence of WebInfo
        What it said.
    ground : Ground
        What is known beside it.
    """
    sources = (*ground.notes(spec.layer_id), tr("Server: {server}", server=_server(spec)))
    features = tuple(
        FoundFeature(spec.layer_id, None, "", values, sources)
        for part in told
        if (values := (*part.attributes.items(), *_lines(part.text)))
    )
    return FoundLayer(spec.layer_id, words.stored(spec.name), features) if features else None


def web_notice(spec: LayerSpec, notice: str) -> FoundLayer:
    """Return a layer with no thing, but what is to be said of its server."""
    values = ((tr("Server"), notice),)
    feature = FoundFeature(spec.layer_id, None, "", values, (), is_notice=True)
    return FoundLayer(spec.layer_id, words.stored(spec.name), (feature,))


def _server(spec: LayerSpec) -> str:
    return server_of(spec.provider, spec.source)


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield label and value of each line that has both, and any other line as it is."""
    for line in text.splitlines():
        found = _PAIR.fullmatch(line)
        if found:
            yield found["label"], found["value"].strip("'")
        else:
            yield "", line.replace("\t", "  ·  ")


def _feature(hit: Mapping[str, object], spec: LayerSpec, ground: Ground) -> FoundFeature:
    attributes = hit["attributes"]
    held = attributes if isinstance(attributes, dict) else {}
    fid = hit["feature_id"]
    number = fid if isinstance(fid, int) else None
    run = run_of_row(held, ground.snapshot.runs)
    if run is None and number is None:
        run = run_of_raster(spec, ground.snapshot.runs.values())
    return FoundFeature(
        layer_id=spec.layer_id,
        fid=number,
        title=_title(held, number),
        values=tuple(_values(held)),
        sources=tuple(_sources(spec, held, run, ground)),
        run_id="" if run is None else run.run_id,
        selection=_selection(spec.layer_id, held, ground.snapshot),
    )


def _selection(
    layer_id: str, held: Mapping[str, object], snapshot: Snapshot
) -> Selection | None:
    """Return what a row is in the plan; None where it is no part of what is shown of it."""
    kind, column = _KINDS.get(layer_id, ("", ""))
    key = str(held.get(column) or "") if column else ""
    if kind == "corridor":
        key = f"{key}|{held.get('species')}"
    same = (item for item in snapshot.geometries if (item.kind, item.key) == (kind, key))
    return next(same, None)


def _title(held: Mapping[str, object], number: int | None) -> str:
    names = [str(held[name]) for name in ("name_en", "name", "name_local") if held.get(name)]
    different = list(dict.fromkeys(names))
    if different:
        return "  ·  ".join(different)
    if held.get("iso3_a"):
        return words.border(f"{held['iso3_a']}-{held.get('iso3_b')}")
    return "" if number is None else tr("Feature {number}", number=number)


def _is_untold(name: str, value: object) -> bool:
    """Tell whether a value is for the machine: identifiers, and tables within a row."""
    inner = isinstance(value, str) and value.startswith("{")
    return inner or name in _UNTOLD_FIELDS or name.endswith(("_id", "_ids", "_by_country"))


def _values(held: Mapping[str, object]) -> list[tuple[str, str]]:
    told = []
    for name, value in held.items():
        text = "" if _is_untold(name.lower(), value) else value_text(name, value)
        if text:
            told.append((field_label(name), text))
    return told


def field_label(name: str) -> str:
    """Return the name of a column in words, its unit in brackets."""
    if name in _LABELS:
        return tr(_LABELS[name])
    head, _, tail = name.rpartition("_")
    if head and tail in _UNITS:
        return f"{words.identifier(head)} ({_UNITS[tail]})"
    return words.identifier(name)


def value_text(name: str, value: object) -> str:
    """Return the value of a column as it is read; empty where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float) or (name == "population" and isinstance(value, int)):
        return words.number(float(value))
    worded = _WORDED.get(name, str)
    return words.listed(worded(part) for part in _parts(value))


def _parts(value: object) -> list[str]:
    """Return the members of a list that is stored as JSON, and anything else as it is."""
    text = str(value)
    if text.startswith("[") and text.endswith("]"):
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):  # any file may hold anything
            return [text]
        return [str(item) for item in listed]
    return [text]


def _sources(
    spec: LayerSpec, held: Mapping[str, object], run: RunRecord | None, ground: Ground
) -> list[str]:
    if is_base(spec):
        return [ground.base.get(source_name(spec.source), tr("Base map of the project"))]
    if run is not None:
        when = run.started[:10]
        return [tr("Computed: {step}, {date}", step=step_title(run.step), date=when)]
    site = ground.site(str(held.get("site_id") or ""))
    if site is not None:
        known = [p.source for of in site.provenance.values() for p in of if p.source]
        return list(dict.fromkeys(known))[:_MOST_SOURCES]
    if source_name(spec.source) == spec.layer_id or held.get("uuid"):
        return [tr("Stored in the project")]
    return [spec.source.partition("|")[0]]
