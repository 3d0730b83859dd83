"""Which names a sheet must tell, in the language spoken now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.qgis.protocol import PrintedNames
from planner.records import texts
from planner.sheet_words import name_of_proposal, name_of_site

if TYPE_CHECKING:
    from planner.project import Project
    from planner.records import Record

SITE_LAYERS = ("site_areas", "site_areas_other", "site_points")
NAMES_AVOID = ("base_border_lines", "base_disputed_lines")
RANK = "area_km2"


def printed_names(project: Project) -> tuple[PrintedNames, ...]:
    """Return the layers whose every name a sheet must tell: proposals and sites.

    Names of countries go before them. A site bears the name in its country's own language
    where that is the language of the sheet, as in the window, and the English one elsewhere.
    """
    sites = {
        str(row["site_id"]): name
        for row in project.records("sites")
        if (name := _name_of_site(row)) != str(row["name_en"])
    }
    proposals = {
        str(row["proposal_id"]): name
        for row in project.records("proposals")
        if (name := name_of_proposal(row)) != str(row["name"])
    }
    return (
        PrintedNames("base_country_names", "iso3", first=True),
        PrintedNames("proposals", "proposal_id", proposals, RANK),
        *(PrintedNames(layer, "site_id", sites, RANK) for layer in SITE_LAYERS),
    )


def _name_of_site(row: Record) -> str:
    local = str(row["name_local"] or "")
    return name_of_site(str(row["name_en"]), local, texts(row["countries"]))
