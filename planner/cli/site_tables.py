"""How sites and pairs look in the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypedDict

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from layers.catalogue import Basis
from layers.catalogue.tables import site_record

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from layers.catalogue import Catalogue, FieldProvenance, Site, SitePair

PIPED_WIDTH = 100
NOMINAL_REMARK = (
    "Sites without a surveyed boundary are drawn as nominal footprints: the reported area "
    "around the catalogue point. Distances and shared borders between them are those of "
    "the drawing."
)
_SHOWN_ABOVE = frozenset({"site_id", "confidence", "source"})
_OPTIONAL = frozenset({"labels", "adjoining_text", "same_area_as", "part_of", "replaced_by"})
_SHORT_SPECIES = {
    "amur-tiger": "tiger",
    "amur-leopard": "leopard",
    "snow-leopard": "snow leopard",
    "black-faced-spoonbill": "spoonbill",
    "white-naped-crane": "w.-n. crane",
    "hooded-crane": "hooded crane",
    "red-crowned-crane": "r.-c. crane",
}


def console() -> Console:
    """Open the terminal, or a page of fixed width where output is piped."""
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    return Console(width=width, highlight=False)


class _Column(TypedDict, total=False):
    share: int
    number: bool
    whole: bool


def _table(*columns: tuple[str, _Column]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
    )
    for heading, settings in columns:
        table.add_column(
            heading,
            justify="right" if settings.get("number", False) else "left",
            ratio=settings.get("share"),
            no_wrap=settings.get("whole", False),
            overflow="fold",
        )
    return table


def counted(count: int, noun: str) -> str:
    """Join a number and its noun, such as "1 site" or "2 sites"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def sites_table(sites: Catalogue) -> Table:
    """Tabulate sites, one row each."""
    table = _table(
        ("Site", {"share": 3}),
        ("In", {}),
        ("Class", {"share": 2}),
        ("km²", {"number": True, "whole": True}),
        ("Border", {"whole": True}),
        ("State", {}),
        ("Species", {"share": 2}),
    )
    for site in sites:
        table.add_row(
            Text(site.name_en),
            " ".join(site.countries),
            str(site.designation_class).replace("-", " "),
            _area(site.area_km2),
            "\n".join(str(border) for border in site.borders),
            str(site.state).replace("-", " "),
            _short(site.species),
        )
    return table


def sites_summary(found: Catalogue, wanted: Catalogue) -> list[str]:
    """Sum up a list: how many, and how many of those wanted stand in other states."""
    lines = [
        f"{len(found)} sites, {sum(not site.has_point for site in found)} without a point."
    ]
    left_out = len(wanted) - len(found)
    if left_out:
        lines.append(f"{left_out} more in other states; --include-all lists them.")
    return lines


def pairs_table(pairs: Sequence[SitePair], catalogue: Catalogue) -> Table:
    """Tabulate pairs, one row each."""
    table = _table(
        ("Site", {"share": 3}),
        ("Site across the border", {"share": 3}),
        ("Border", {"whole": True}),
        ("km", {"number": True, "whole": True}),
        ("Shared km", {"number": True}),
        ("Basis", {"whole": True}),
        ("In common", {"share": 2}),
    )
    for pair in pairs:
        table.add_row(
            Text(catalogue[pair.site_a].name_en),
            Text(catalogue[pair.site_b].name_en),
            pair.border,
            "touch" if pair.touching else _km(pair.distance_km),
            _km(pair.shared_border_km) if pair.shared_border_km else "",
            str(pair.basis),
            _short(pair.species),
        )
    return table


def pairs_summary(pairs: Sequence[SitePair], distance: float) -> list[str]:
    """Sum up a list of pairs, and say what nominal distances are."""
    touching = sum(pair.touching for pair in pairs)
    near = sum(pair.basis is not Basis.DOCUMENTED for pair in pairs)
    documented = sum(pair.basis is not Basis.COMPUTED for pair in pairs)
    lines = [
        f"{counted(len(pairs), 'pair')}: {touching} touch, {near} lie within {distance:g} km, "
        f"{documented} are documented as adjoining."
    ]
    if any(pair.nominal for pair in pairs):
        lines.append(NOMINAL_REMARK)
    return lines


def _area(area_km2: float | None) -> str:
    if area_km2 is None:
        return ""
    return f"{area_km2:,.3g}" if area_km2 < 10 else f"{area_km2:,.0f}"


def _km(distance_km: float | None) -> str:
    return "" if distance_km is None else f"{distance_km:,.1f}"


def _short(species: Collection[str]) -> str:
    return ", ".join(_SHORT_SPECIES.get(species_id, species_id) for species_id in species)


def record_table(site: Site) -> Table:
    """Tabulate every field of a site with its status and sources; empty links are left out."""
    table = _table(
        ("Field", {"whole": True}),
        ("Value", {"share": 2}),
        ("Status", {"whole": True}),
        ("Source and remark", {"share": 3}),
    )
    for field, value in site_record(site).items():
        shown = f"{value:.10g}" if isinstance(value, float) else str(value or "")
        shown = _spaced(shown)
        entries = site.provenance.get(field, ())
        if field in _SHOWN_ABOVE or field.endswith("_status"):
            continue
        if not (shown or entries) and field in _OPTIONAL:
            continue
        table.add_row(
            field,
            Text(shown or "unknown", style="" if shown else "dim"),
            str(entries[0].status) if entries else "",
            Text(_remark(entries[0], site) if entries else ""),
        )
        for entry in entries[1:]:
            table.add_row(
                "",
                Text(_spaced(entry.value) or "none", style="dim"),
                str(entry.status),
                Text(_remark(entry, site), style="dim"),
            )
    return table


def _spaced(joined: str) -> str:
    """Let a line break after each part of a list."""
    return "; ".join(part.strip() for part in joined.split(";"))


def _remark(entry: FieldProvenance, site: Site) -> str:
    source = "source of the row" if entry.source == site.source else entry.source
    return "; ".join(part for part in (source, entry.note) if part)


def links(site: Site) -> list[tuple[str, tuple[str, ...]]]:
    """Name the other sites a site refers to, by kind of reference."""
    found = [
        ("Adjoining", site.adjoining),
        ("Same ground as", site.same_area_as),
        ("Part of", site.part_of),
        ("Replaced by", site.replaced_by),
    ]
    return [(heading, ids) for heading, ids in found if ids]
