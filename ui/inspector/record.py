"""What the inspector tells of one thing: facts, how sure each is, and their sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from resources.translation import mark, tr
from ui import words
from ui.sites.pairs import distance_of, told_apart, told_basis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.catalogue import FieldProvenance, Site
    from ui.sites.row import SiteRow

STATUS_WORDS: Mapping[str, str] = {
    "read": mark("read in source"),
    "conflict": mark("sources disagree"),
    "recalled": mark("recalled, no source read"),
    "judged": mark("judged by the compiler"),
    "unverified": mark("not verified"),
}
"""How a value came into the catalogue, in words."""


@dataclass(frozen=True)
class Fact:
    """One line of a record.

    Parameters
    ----------
    label : str
        What is told.
    value : str
        The value with its unit.
    basis : str
        How sure it is, in words; empty where the tool computed it.
    source : int
        Number in the record's list of sources, from 1; 0 for none.
    remarks : tuple of str
        Other published values, and notes.
    run_id : str
        The run that can be opened from the value; empty for none.
    """

    label: str
    value: str
    basis: str = ""
    source: int = 0
    remarks: tuple[str, ...] = ()
    run_id: str = ""


@dataclass(frozen=True)
class Record:
    """Everything told of one thing.

    Parameters
    ----------
    kind : str
        What sort of thing it is, such as ``"Site"``.
    title, subtitle : str
        Name, and second name or class.
    notices : tuple of str
        What must be known before a number is believed, such as a nominal boundary.
    facts : tuple of Fact
        In reading order.
    sources : tuple of str
        Numbered from 1.
    """

    kind: str
    title: str
    subtitle: str = ""
    notices: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    sources: tuple[str, ...] = ()


class Sources:
    """Numbers sources in the order in which they are first named; `listed` holds them."""

    def __init__(self) -> None:
        self.listed: list[str] = []

    def number(self, source: str) -> int:
        """Return the number of a source, from 1; 0 for none."""
        if not source or source == "judgement of the compiler":
            return 0
        if source not in self.listed:
            self.listed.append(source)
        return self.listed.index(source) + 1


def site_record(
    site: Site,
    row: SiteRow,
    names: Mapping[str, str],
    pairs: Sequence[Mapping[str, object]] = (),
) -> Record:
    """Return the record of a site with the source and confidence of each field.

    Parameters
    ----------
    site : Site
        As the catalogue holds it.
    row : SiteRow
        As the project draws it.
    names : mapping of str to str
        Name of every site by its id.
    pairs : sequence of mappings
        Rows of the project's table ``pairs`` that the site is part of.
    """
    sources = Sources()
    facts = []
    for field, title, value in _site_fields(site, names):
        provenance = site.provenance.get(field, ())
        if value or provenance:
            facts.append(_fact(title, value or tr("unknown"), provenance, sources))
    facts += _pair_facts(row.site_id, pairs)
    title, subtitle = words.site_names(site.name_en, site.name_local, site.countries)
    return Record(
        kind=tr("Site"),
        title=title,
        subtitle=subtitle,
        notices=_site_notices(row),
        facts=tuple(facts),
        sources=tuple(sources.listed),
    )


def row_record(row: SiteRow, pairs: Sequence[Mapping[str, object]] = ()) -> Record:
    """Return the record of a site that only the project knows, such as an imported one.

    Parameters
    ----------
    row : SiteRow
        As the project holds it.
    pairs : sequence of mappings
        As for `site_record`.
    """
    told = (
        (tr("Countries"), words.countries(row.countries)),
        (tr("Designation"), row.designation),
        (tr("State"), words.identifier(row.state)),
        (tr("Area"), "" if row.area_km2 is None else words.area(row.area_km2)),
        (tr("Borders"), words.listed_apart(words.border(pair) for pair in row.borders)),
        (tr("Species"), words.listed(words.species(name) for name in row.species)),
    )
    facts = [Fact(title, value, tr("stored in the project")) for title, value in told if value]
    facts += _pair_facts(row.site_id, pairs)
    return Record(tr("Site"), row.title, row.other_name, _site_notices(row), tuple(facts))


def _pair_facts(site_id: str, pairs: Sequence[Mapping[str, object]]) -> list[Fact]:
    """Return one fact per site across a border, the nearest first."""
    facts = []
    for pair in sorted(pairs, key=distance_of):
        other = pair["name_b"] if pair["site_a"] == site_id else pair["name_a"]
        facts.append(
            Fact(tr("Across the border"), f"{other} ({told_apart(pair)})", told_basis(pair))
        )
    return facts


def _site_notices(row: SiteRow) -> tuple[str, ...]:
    told = {
        "nominal": tr(
            "Nominal boundary: the reported area around the catalogue point, "
            "not a surveyed boundary. Import the real one to replace it."
        ),
        "point": tr("Drawn as a point: no area is reported, so no footprint can be made."),
        "unlocated": tr("Not on the map: no coordinates are known."),
    }
    notices = [told[row.kind]] if row.kind in told else []
    if row.note:
        notices.append(words.capital(words.stored(row.note)))
    if row.state != "active":
        notices.append(tr("State: {state}.", state=words.identifier(row.state).lower()))
    return tuple(notices)


def _site_fields(site: Site, names: Mapping[str, str]) -> Sequence[tuple[str, str, str]]:
    def listed(ids: tuple[str, ...]) -> str:
        return words.listed_apart(names.get(item, words.identifier(item)) for item in ids)

    place = "" if site.lat is None or site.lon is None else f"{site.lat:g}°, {site.lon:g}°"
    adjoining = words.listed_apart(
        part for part in (listed(site.adjoining), site.adjoining_text) if part
    )
    return (
        ("countries", tr("Countries"), words.countries(site.countries)),
        ("designation", tr("Designation"), site.designation),
        ("state", tr("State"), words.identifier(site.state)),
        (
            "area_km2",
            tr("Reported area"),
            "" if site.area_km2 is None else words.area(site.area_km2),
        ),
        ("year", tr("Designated"), "" if site.year is None else str(site.year)),
        ("iucn", tr("IUCN category"), site.iucn),
        (
            "borders",
            tr("Borders"),
            words.listed_apart(_border(str(b.pair), b.relation) for b in site.borders),
        ),
        ("species", tr("Species"), words.listed(words.species(name) for name in site.species)),
        ("adjoining", tr("Adjoining sites"), adjoining),
        ("part_of", tr("Part of"), listed(site.part_of)),
        ("same_area_as", tr("Same area as"), listed(site.same_area_as)),
        ("replaced_by", tr("Replaced by"), listed(site.replaced_by)),
        ("lat", tr("Catalogue point"), place),
        ("confidence", tr("Confidence of the row"), words.identifier(site.confidence)),
    )


def _border(pair: str, relation: str) -> str:
    told = words.identifier(relation)
    return f"{words.border(pair)} ({told.lower()})" if pair else told


def _fact(
    title: str, value: str, provenance: Sequence[FieldProvenance], sources: Sources
) -> Fact:
    if not provenance:
        return Fact(title, value, tr("no source recorded"))
    used, others = provenance[0], provenance[1:]
    disagree = used.status == "conflict" or any(p.status == "conflict" for p in others)
    remarks = [
        tr("Also published: {value} ({source})", value=p.value, source=p.source) for p in others
    ]
    if used.note:
        remarks.append(words.capital(used.note))
    basis = tr(STATUS_WORDS.get(str(used.status), str(used.status)))
    if disagree and used.status != "conflict":
        basis = tr("{basis}; sources disagree", basis=basis)
    return Fact(title, value, basis, sources.number(used.source), tuple(remarks))


def plan_record(
    kind: Literal["corridor", "proposal"],
    rows: Sequence[Mapping[str, object]],
    facts: Sequence[Fact],
    sources: tuple[str, ...] = (),
) -> Record:
    """Return the record of a corridor or proposal as the project stores it.

    Parameters
    ----------
    kind : {"corridor", "proposal"}
        What it is.
    rows : sequence of mappings
        Its rows in the project, at least one.
    facts : sequence of Fact
        What is told of it.
    sources : tuple of str
        What the facts refer to, numbered from 1.
    """
    first = rows[0]
    name = first.get("name") or first.get(f"{kind}_id")
    run = first.get("run_id")
    computed = (Fact(tr("From run"), str(run), run_id=str(run)),) if run else ()
    return Record(
        kind=words.identifier(kind),
        title=words.feature(str(name), computed=bool(run)),
        subtitle=_species_of(first),
        notices=(
            tr(
                "Computed on the 5 arc-minute environment grid: it screens a region, it "
                "does not site a fence."
            ),
        )
        if run
        else (),
        facts=(*facts, *computed),
        sources=sources,
    )


def _species_of(row: Mapping[str, object]) -> str:
    value = row.get("species")
    names = value if isinstance(value, list) else [value] if value else []
    return words.listed(words.species(str(name)) for name in names)
