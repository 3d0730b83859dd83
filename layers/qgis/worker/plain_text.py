"""The text of what a server sends as HTML: no mark-up, no scripts, nothing that is fetched."""

from __future__ import annotations

from html.parser import HTMLParser

MOST_READ = 200_000
"""Characters of an answer that are read."""
MOST_TOLD = 8_000
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "iframe"})
_CELLS = frozenset({"td", "th", "dd"})
_BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "dt", "table", "ul", "ol", "dl", "pre", "hr", "section"}
    | {f"h{level}" for level in range(1, 7)}
)


# QGIS's own Python need not have typing_extensions, where `override` is.
class _Reader(HTMLParser):
    """Collects what a person would read: cells of a row apart by tabs, blocks by lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # type: ignore[explicit-override]  # as above
        """Begin a line or a cell, or text that nobody reads."""
        del attrs
        if tag in _SILENT:
            self._silent.append(tag)
        elif tag in _CELLS:
            self.parts.append("\t")
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:  # type: ignore[explicit-override]  # as above
        """End a line, or text that nobody reads."""
        if tag in self._silent:
            del self._silent[self._silent.index(tag) :]
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:  # type: ignore[explicit-override]  # as above
        """Take text; breaks of lines within it mean nothing."""
        if not self._silent:
            self.parts.append(" ".join(data.split()) if data.strip() else " ")


def text_of_html(page: str) -> str:
    """Return the text of a page of HTML, one line per block, cells apart by tabs."""
    reader = _Reader()
    reader.feed(page[:MOST_READ])
    reader.close()
    return plain_lines("".join(reader.parts))


def plain_lines(text: str) -> str:
    """Return a text without control characters, empty lines and what is too long.

    Marks that turn the direction of writing are control characters too: they could make a
    text read other than it is.
    """
    lines = []
    for line in text[:MOST_READ].splitlines():
        cells = [_printable(cell) for cell in line.split("\t")]
        told = "\t".join(cell for cell in cells if cell)
        if told:
            lines.append(told)
    return "\n".join(lines)[:MOST_TOLD]


def _printable(text: str) -> str:
    kept = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(kept.split())
