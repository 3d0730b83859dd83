"""Which names a sheet must tell, in the language spoken now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.qgis.protocol import PrintedNames
from planner.records import texts
from planner.sheet_words import LANGUAGE_OF, name_of_proposal
from resources.translation import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.project import Project

SITE_LAYERS = ("site_areas", "site_areas_other", "site_points")
NAMES_AVOID = ("base_border_lines", "base_disputed_lines")
RANK = "area_km2"


def printed_names(project: Project) -> tuple[PrintedNames, ...]:
    """Return the layers whose every name a sheet must tell: proposals and sites.

    Names of countries go before them. A site bears the name in its country's own language
    where that is the language of the sheet, as in the window, and the English one elsewhere.
    """
    sites = {
        str(row["site_id"]): str(row["name_local"])
        for row in project.records("sites")
        if row["name_local"] and _is_spoken_in(texts(row["countries"]))
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


def _is_spoken_in(countries: Sequence[str]) -> bool:
    return {LANGUAGE_OF.get(code) for code in countries} == {language()}
