"""The building blocks of a report and their rendering as one self-contained HTML file."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from planner.files import write_text
from resources.paths import resource_path
from resources.translation import language, tr

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with what it shows, for eyes and for screen readers."""

    kind: ClassVar[str] = "figure"
    source: str
    alt: str
    caption: str

    @classmethod
    def from_png(cls, path: Path, *, alt: str, caption: str) -> Figure:
        """Embed a PNG file, so that the report stays one file."""
        return cls.from_bytes(path.read_bytes(), alt=alt, caption=caption)

    @classmethod
    def from_bytes(cls, data: bytes, *, alt: str, caption: str) -> Figure:
        """Embed the bytes of a PNG."""
        encoded = base64.b64encode(data).decode("ascii")
        return cls(f"data:image/png;base64,{encoded}", alt, caption)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; the columns in `numeric` are set flush right."""

    kind: ClassVar[str] = "table"
    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.headers):
                raise ValueError(
                    f"table {self.caption!r}: a row has {len(row)} cells for "
                    f"{len(self.headers)} headers"
                )


Block = Heading | Paragraph | Figure | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the page."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def anchor(self) -> str:
        """Name of the section in links."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class Card:
    """One number that stands at the top."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Edition:
    """The same report in another language, in a file beside it."""

    language: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report, in the language that was spoken when it was composed."""

    title: str
    lead: str
    notice: str
    cards: tuple[Card, ...]
    sections: tuple[Section, ...]
    footer: tuple[str, ...] = field(default=())
    editions: tuple[Edition, ...] = ()
    language: str = field(default_factory=language)
    contents: str = field(default_factory=lambda: tr("Contents"))
    languages: str = field(default_factory=lambda: tr("Languages"))

    def write(self, path: Path) -> Path:
        """Write the page as HTML, whole or not at all.

        Raises
        ------
        LayerWriteError
            The disk is full or the folder cannot be written.
        """
        environment = Environment(
            loader=FileSystemLoader(resource_path("templates")),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        template = environment.get_template("report.html.j2")
        write_text(
            path,
            template.render(
                title=self.title,
                lead=self.lead,
                notice=self.notice,
                cards=self.cards,
                sections=self.sections,
                footer=self.footer,
                editions=self.editions,
                language=self.language,
                contents=self.contents,
                languages=self.languages,
            ),
        )
        return path
