"""What the engine is asked for: maps, prints, answers. Plain data without Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Extent = tuple[float, float, float, float]
MAX_FRAME_PIXELS = 16_384


def check_extent(extent: Extent) -> None:
    """Refuse an extent that is not west < east, south < north and finite.

    Raises
    ------
    UsageError
        The extent is none.
    """
    west, south, east, north = extent
    if not all(math.isfinite(v) for v in extent) or west >= east or south >= north:
        raise UsageError(
            f"The extent {extent} is none: it must be west, south, east, north, "
            "all finite, with west < east and south < north."
        )


@dataclass(frozen=True)
class RenderRequest:
    """A map to draw.

    Parameters
    ----------
    extent : tuple of float
        West, south, east, north in the map's CRS.
    width_px, height_px : int
        Size of the frame.
    dpi : float
        Resolution that sizes in millimetres and points are drawn at.
    layer_ids : tuple of str or None
        Layers to draw, in the order of the map; None for all visible ones.
    view : str
        The view that shows the frame: a newer request cancels an older one of the same view.
    quick : bool
        Whether pictures made before may stand in for heavy layers, while a hand moves the map.

    Raises
    ------
    UsageError
        The extent is none or the size is outside 1 to 16,384 pixels.
    """

    extent: Extent
    width_px: int
    height_px: int
    dpi: float = 96.0
    layer_ids: tuple[str, ...] | None = None
    view: str = "main"
    quick: bool = False

    def __post_init__(self) -> None:
        check_extent(self.extent)
        for size in (self.width_px, self.height_px):
            if not 1 <= size <= MAX_FRAME_PIXELS:
                raise UsageError(
                    f"A frame of {self.width_px} x {self.height_px} pixels is none."
                )
        if not (math.isfinite(self.dpi) and 10 <= self.dpi <= 2400):
            raise UsageError(f"A resolution of {self.dpi} dpi is none; use 10 to 2400.")

    def to_message(self) -> dict[str, object]:
        """Return the request as JSON-ready data."""
        return {
            "extent": list(self.extent),
            "width_px": self.width_px,
            "height_px": self.height_px,
            "dpi": self.dpi,
            "layer_ids": None if self.layer_ids is None else list(self.layer_ids),
            "quick": self.quick,
        }


@dataclass(frozen=True)
class PrintTable:
    """The one table of a sheet.

    Parameters
    ----------
    headers : tuple of str
        One per column.
    rows : tuple of tuple of str
        Cells as they are shown; numbers with their units and precision.
    title : str
        Line above the table; empty for none.

    Raises
    ------
    UsageError
        A row has not as many cells as there are headers.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    title: str = ""

    def __post_init__(self) -> None:
        if not self.headers:
            raise UsageError("A table needs at least one column.")
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.headers):
                raise UsageError(
                    f"Row {number} of the table has {len(row)} cells for "
                    f"{len(self.headers)} columns."
                )


@dataclass(frozen=True)
class PrintedNames:
    """A layer whose every name a sheet must tell, on the map or by a number beside it.

    Parameters
    ----------
    layer_id : str
        The layer; where it shows no names, none are told.
    key : str
        Column that tells its features apart.
    told : mapping of str to str
        Key to name in the language of the sheet, where that is another than on the screen.
    rank : str
        Column of numbers: names of larger ones are placed first; empty for none.
    first : bool
        Whether its names go before all others, as those of countries do; they stay in the
        middle of their areas, and nothing is told of those without room.
    """

    layer_id: str
    key: str
    told: Mapping[str, str] = field(default_factory=dict)
    rank: str = ""
    first: bool = False

    def to_message(self) -> dict[str, object]:
        """Return it as JSON-ready data."""
        return {
            "layer_id": self.layer_id,
            "key": self.key,
            "told": dict(self.told),
            "rank": self.rank,
            "first": self.first,
        }


@dataclass(frozen=True)
class PrintRequest:
    """A sheet for the table: one map, one legend, one table, on one page.

    Parameters
    ----------
    path : Path
        The PDF to write.
    title : str
        Title in the first language.
    extent : tuple of float
        What the map shows at least, in the map's CRS; it is grown to the shape of the frame.
    subtitle : str
        Line below the title; empty for none.
    second_title, second_subtitle : str
        The same in a second language, set below the first; empty for none.
    languages : tuple of str
        Codes of the first and the second language (``en``, ``zh``, ``ru``, ``ko``, ``ja``,
        ``mn``), which choose the national form of shared characters.
    page : {"A4", "A3"}
        Paper.
    orientation : {"landscape", "portrait"}
        How it lies.
    layer_ids : tuple of str or None
        Layers of the map; None for the visible ones.
    legend_ids : tuple of str
        Layers in the legend, in reading order; a layer that is not on the map is left out.
    legend_title : str
        Heading of the legend.
    legend_unheaded : tuple of str
        Groups whose layers stand in the legend without a heading, parted from those above by a
        gap; the layers of every other group stand below its name.
    table : PrintTable or None
        The table.
    notes : tuple of str
        Paragraphs below the table, such as what the numbers rest on.
    disclaimer : str
        Statement on boundaries and names, at the foot.
    credits : tuple of str
        Sources, at the foot.
    nominal_note : str
        What nominal boundaries are, at the foot; empty where none is drawn.
    png : Path or None
        Also write the page as an image here.
    png_dpi : int
        Its resolution.
    scale_told : str
        Line below the map, with ``{scale}``, ``{page}`` and ``{projection}`` to be filled in.
    names : tuple of PrintedNames
        Layers whose every name the sheet must tell.
    names_avoid : tuple of str
        Layers of lines that these names should not lie on, where that can be avoided.
    numbers_told : str
        Paragraph beside the map where names have no room on it, with ``{names}`` to be filled
        in by what each number stands for.
    edge_told : str
        The same for features of which the map shows so little that no number fits.
    hidden_told : str
        The same where the scale of the map shows no names, with ``{layers}``.
    projections : mapping of str
        Names of projections by their PROJ id (``laea``); that of QGIS where it is missing.
    metadata : mapping of str
        Author and the like for the file's properties (``author``, ``subject``).

    Raises
    ------
    UsageError
        Extent, page or orientation is none.
    """

    path: Path
    title: str
    extent: Extent
    subtitle: str = ""
    second_title: str = ""
    second_subtitle: str = ""
    languages: tuple[str, ...] = ("en",)
    page: Literal["A4", "A3"] = "A4"
    orientation: Literal["landscape", "portrait"] = "landscape"
    layer_ids: tuple[str, ...] | None = None
    legend_ids: tuple[str, ...] = ()
    legend_title: str = "Legend"
    legend_unheaded: tuple[str, ...] = ("Base",)
    table: PrintTable | None = None
    notes: tuple[str, ...] = ()
    disclaimer: str = (
        "The boundaries and names shown on this map imply no opinion on the legal status of "
        "any country, territory or area, or on the delimitation of its frontiers."
    )
    credits: tuple[str, ...] = ()
    nominal_note: str = ""
    png: Path | None = None
    png_dpi: int = 150
    scale_told: str = "about 1:{scale} on {page} · {projection}"
    names: tuple[PrintedNames, ...] = ()
    names_avoid: tuple[str, ...] = ()
    numbers_told: str = "Names without room on the map: {names}"
    edge_told: str = "At the edge of the map, without a name there: {names}"
    hidden_told: str = "At this scale the map shows no names of: {layers}"
    projections: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_extent(self.extent)
        if self.page not in {"A4", "A3"}:
            raise UsageError(f"Paper {self.page!r} is not known; use A4 or A3.")
        if self.orientation not in {"landscape", "portrait"}:
            raise UsageError(f"A page lies landscape or portrait, not {self.orientation!r}.")

    def to_message(self) -> dict[str, object]:
        """Return the request as JSON-ready data."""
        table = self.table
        return {
            "path": str(Path(self.path).absolute()),
            "png": None if self.png is None else str(Path(self.png).absolute()),
            "png_dpi": self.png_dpi,
            "title": self.title,
            "subtitle": self.subtitle,
            "second_title": self.second_title,
            "second_subtitle": self.second_subtitle,
            "languages": list(self.languages),
            "extent": list(self.extent),
            "page": self.page,
            "orientation": self.orientation,
            "layer_ids": None if self.layer_ids is None else list(self.layer_ids),
            "legend_ids": list(self.legend_ids),
            "legend_title": self.legend_title,
            "legend_unheaded": list(self.legend_unheaded),
            "table": None
            if table is None
            else {
                "headers": list(table.headers),
                "rows": [list(row) for row in table.rows],
                "title": table.title,
            },
            "notes": list(self.notes),
            "disclaimer": self.disclaimer,
            "credits": list(self.credits),
            "nominal_note": self.nominal_note,
            "scale_told": self.scale_told,
            "names": [rule.to_message() for rule in self.names],
            "names_avoid": list(self.names_avoid),
            "numbers_told": self.numbers_told,
            "edge_told": self.edge_told,
            "hidden_told": self.hidden_told,
            "projections": dict(self.projections),
            "metadata": dict(self.metadata),
        }


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend.

    Parameters
    ----------
    label : str
        What it means.
    png : bytes
        A picture of the symbol, drawn by QGIS as on the map.
    """

    label: str
    png: bytes


@dataclass(frozen=True)
class LegendLayer:
    """The legend of one layer."""

    layer_id: str
    name: str
    entries: tuple[LegendEntry, ...]
