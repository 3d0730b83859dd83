"""How a sheet for the table is wanted: scenario, words, languages, paper, place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from resources.errors import UsageError
from resources.translation import LANGUAGES

if TYPE_CHECKING:
    from layers.qgis.protocol import Extent

Page = Literal["A4", "A3"]
Orientation = Literal["landscape", "portrait"]

LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a printed map is to be like.

    Parameters
    ----------
    scenario : str
        Whose corridors and proposals are shown; empty for those of all scenarios.
    title : str
        Title in the first language; the project's name where empty.
    language : str
        The first language, in which the sheet speaks.
    second_title : str
        Title in the second language; the region's name where empty.
    second_language : str or None
        The second language; empty for none, None for that of one of the region's countries.
    page : {"A4", "A3"}
        Paper.
    orientation : {"landscape", "portrait"}
        How it lies.
    extent : tuple of float or None
        What the map shows at least, in the project's CRS; the region where None.
    png_dpi : int
        Resolution of the picture, where one is made.
    as_planned : bool
        Whether the layers are those of a plan, on and off as they came and without added ones;
        else those of the window.

    Raises
    ------
    UsageError
        A title is too long for a sheet, or a language is not known.
    """

    scenario: str = ""
    title: str = ""
    language: str = "en"
    second_title: str = ""
    second_language: str | None = None
    page: Page = "A3"
    orientation: Orientation = "landscape"
    extent: Extent | None = None
    png_dpi: int = 100
    as_planned: bool = False

    def __post_init__(self) -> None:
        for title in (self.title, self.second_title):
            if len(title) > LONGEST_TITLE:
                raise UsageError(
                    f"The title has {len(title)} characters, and {LONGEST_TITLE} fit on a "
                    "sheet. Shorten it."
                )
        for code in (self.language, self.second_language or "en"):
            if code not in LANGUAGES:
                raise UsageError(f"Language {code!r} is none of {', '.join(LANGUAGES)}.")


USUAL_SHEET = Sheet()
PLAN_SHEET = Sheet(as_planned=True)
