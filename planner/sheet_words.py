"""What a sheet says around its map, in the language spoken now: titles, table, notes."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

from layers.qgis.protocol import PrintTable
from planner.borders import borders_view
from planner.corridors.result import COST_UNIT, bound_clause
from planner.maps import GAP_NOTICE, planned_species
from planner.profiles import load_region, region_ids
from planner.records import Record, attribute, listed, number, shown_number, texts
from resources.translation import LANGUAGES, language, speaking, tr, tr_c, tr_filled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.project import Project
    from planner.sheet import Sheet

LANGUAGE_OF = {"CHN": "zh", "JPN": "ja", "KOR": "ko", "MNG": "mn", "PRK": "ko", "RUS": "ru"}
MOST_TABLE_ROWS = 8
MOST_ROWS_OF_A_FLAT_PAGE = 4
THOUSANDS = "\N{NARROW NO-BREAK SPACE}"
Where: TypeAlias = dict[str, str]
"""Which rows of a table belong to the scenario that is printed."""


def most_rows(sheet: Sheet) -> int:
    """Return how many rows of a table leave room for the map on a page."""
    flat = sheet.page == "A4" and sheet.orientation == "landscape"
    return MOST_ROWS_OF_A_FLAT_PAGE if flat else MOST_TABLE_ROWS


def proposal_table(project: Project, where: Where, most: int) -> PrintTable | None:
    """Return the proposals that were not rejected as a table; None where there are none.

    Parameters
    ----------
    project : Project
        Whose proposals.
    where : dict of str to str
        Which rows belong to what is printed.
    most : int
        How many rows there may be; the title tells where there are more proposals.
    """
    records = [
        row for row in project.records("proposals", **where) if row["status"] != "rejected"
    ]
    rows = [
        (
            name_of_proposal(row),
            " / ".join(texts(row["countries"])),
            figure(row["area_km2"]),
            _added_by_country(row),
        )
        for row in records
    ]
    if not rows:
        return None
    title = tr("Candidate transboundary protected areas")
    if len(rows) > most:
        title = tr(
            "Candidate transboundary protected areas (the first {most} of {count}; the report "
            "holds all)",
            most=most,
            count=len(rows),
        )
    headers = (
        tr("Proposal"),
        tr("Countries"),
        tr("Area, km²"),
        tr("Added, km², by country"),
    )
    return PrintTable(headers, tuple(rows[:most]), title)


def name_of_proposal(row: Record) -> str:
    """Return the name of a proposal in the language of the sheet, where it has one."""
    names = row["names"]
    own = names.get(language()) if isinstance(names, dict) else ""
    return str(own or row["name"])


def name_of_site(name_en: str, name_local: str, countries: Sequence[str]) -> str:
    """Return the name of a site in the language spoken now, else the English one.

    Parameters
    ----------
    name_en, name_local : str
        The English name, and the one in the language of its country; that may be empty.
    countries : sequence of str
        ISO3 codes of its countries.
    """
    spoken = {LANGUAGE_OF.get(code) for code in countries} == {language()}
    return name_local if name_local and spoken else name_en


def figure(value: object, digits: int = 0) -> str:
    """Write a number so that it is read alike at every end of the table.

    A comma parts thousands for some and decimals for others: a narrow space parts them here.
    """
    return shown_number(value, digits).replace(",", THOUSANDS)


def _added_by_country(row: Record) -> str:
    areas = row["area_by_country"]
    parts = areas.items() if isinstance(areas, dict) else ()
    added = {code: part.get("added_km2") for code, part in parts if isinstance(part, dict)}
    return ", ".join(f"{code} {figure(value)}" for code, value in added.items())


def usual_titles(project: Project) -> dict[str, str]:
    """Return what a sheet in each language is called unless its maker calls it otherwise.

    These are the names of the region where the project bears one of them; in every other
    language, and where people named the project themselves, it is the project's name.
    """
    if project.region_id not in region_ids():
        return {}
    names = load_region(project.region_id).names
    titles = {code: str(getattr(names, code)) for code in LANGUAGES if getattr(names, code)}
    return titles if project.name in titles.values() else {}


def second_language_of(project: Project) -> str:
    """Return the language of one of the region's countries, for the second title of a sheet.

    That of the first country, in the order of the codes, in which a standard name of the region
    is known; empty where there is none.
    """
    if project.region_id not in region_ids():
        return ""
    region = load_region(project.region_id)
    languages = [LANGUAGE_OF[code] for code in sorted(region.countries) if code in LANGUAGE_OF]
    return next((code for code in languages if getattr(region.names, code)), "")


def second_title(project: Project, sheet: Sheet) -> tuple[str, str]:
    """Return the second language, and the title in it; both are empty for none."""
    wanted = sheet.second_language
    code = second_language_of(project) if wanted is None else wanted
    if not code or code == sheet.language:
        return "", ""
    name = str(getattr(load_region(project.region_id).names, code))
    return code, sheet.second_title or name


def second_subject(project: Project, where: Where, second: str, sheet: Sheet) -> str:
    """Return what the sheet shows in the second language, where that was asked for."""
    if not second or sheet.second_language is None:
        return ""
    with speaking(second):
        return subject(project, where)


def subject(project: Project, where: Where) -> str:
    """Return what the sheet shows, in words."""
    species = [tr(item.names.in_language(language())) for item in planned_species(project)]
    names = (
        listed(species)
        if language() == "en"
        else tr_c("between parts of a list", ", ").join(species)
    )
    if project.records("corridors", **where):
        return tr(
            "Corridors and candidate transboundary protected areas: {species}", species=names
        )
    return tr("Candidate transboundary protected areas: {species}", species=names)


def notes(project: Project, where: Where) -> tuple[str, ...]:
    """Return what must be known of the numbers, and when the sheet was made."""
    corridors = project.records("corridors", kind="path", **where)
    narrow = project.records("bottlenecks", kind="bottleneck", **where)
    return (
        tr(
            "Corridors between cores of different countries: {corridors}. Stretches narrower "
            "than the species needs: {narrow}. Widths are true to one cell of the analysis "
            "grid. Land outside the region's box is not counted. {gap}",
            corridors=len(corridors),
            narrow=len(narrow),
            gap=tr(GAP_NOTICE),
        ),
        *_widening_note(project, corridors, where),
        *filter(None, (tr(borders_view(project).notice),)),
        tr(
            "Draft of {day}, made with Landbridge {version}.",
            day=_today(),
            version=version("landbridge"),
        ),
    )


def _today() -> str:
    """Return the day in words, or in figures where the language is not English."""
    form = "%d %B %Y" if language() == "en" else "%Y-%m-%d"
    return datetime.now(UTC).strftime(form)


def _widening_note(project: Project, corridors: list[Record], where: Where) -> tuple[str, ...]:
    """Tell what widening the narrow corridors takes of each country, and the least it costs."""
    parts: dict[str, tuple[float, float]] = {}
    for row in project.records("bottlenecks", kind="widening", **where):
        area, cost = parts.get(str(row["country"]), (0.0, 0.0))
        cost_here = number(attribute(row, "cost"))
        parts[str(row["country"])] = (area + number(row["area_to_add_km2"]), cost + cost_here)
    if not parts:
        return ()
    told = ", ".join(
        tr(
            "{country} {area} km² (cost {cost})",
            country=code,
            area=figure(area, 1),
            cost=figure(cost, 1),
        )
        for code, (area, cost) in sorted(parts.items())
    )
    found = [attribute(row, "widening") for row in corridors]
    bounds = [number(item.get("lower_bound")) for item in found if isinstance(item, dict)]
    costs = [number(item.get("union_cost")) for item in found if isinstance(item, dict)]
    return (
        tr(
            "To make every corridor as wide as its species needs, each for itself: "
            "{land}{bound}. Cost is relative ({unit}), no money.",
            land=told,
            bound=tr_filled(bound_clause(sum(costs), sum(bounds))),
            unit=tr(COST_UNIT),
        ),
    )
