from __future__ import annotations

import struct
import zlib
from html.parser import HTMLParser

import pytest

VOID = {"meta", "img", "br", "hr", "link", "input"}


class Outline(HTMLParser):
    """What a page holds; fails on tags that do not close as they opened."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.ids, self.links, self.text, self.images = [], [], [], []
        self.tables = []  # list of rows of cells
        self.captions, self.figures, self.headings = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if given.get("href", "").startswith("#"):
            self.links.append(given["href"][1:])
        if tag == "img":
            self.images.append(given)
        if tag == "table":
            self.tables.append([])
        if tag == "tr":
            self.tables[-1].append([])
        if tag in {"td", "th"}:
            self.tables[-1][-1].append("")
        if tag == "figure":
            self.figures.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        words = " ".join(data.split())
        if not words or (self.open and self.open[-1] == "style"):
            return
        self.text.append(words)
        if not self.open:
            return
        if self.open[-1] in {"td", "th"}:
            self.tables[-1][-1][-1] += words
        if self.open[-1] == "caption":
            self.captions.append(words)
        if self.open[-1] == "figcaption":
            self.figures[-1] += words
        if self.open[-1] in {"h1", "h2", "h3"}:
            self.headings.append(words)

    @property
    def words(self):
        return " ".join(self.text)


@pytest.fixture
def outline():
    """Return a function that reads a page and fails where it is not well-formed or hollow."""

    def read(path):
        found = Outline()
        found.feed(path.read_text(encoding="utf-8"))
        found.close()
        assert found.open == []
        assert len(set(found.ids)) == len(found.ids)
        assert set(found.links) <= set(found.ids)
        assert all(len(rows) > 1 for rows in found.tables), "a table without rows"
        assert len(found.captions) == len(found.tables)
        assert all(found.figures), "a figure without a caption"
        for image in found.images:
            assert image["alt"]
            assert image["src"].startswith("data:image/png;base64,")
        return found

    return read


@pytest.fixture
def tiny_png(tmp_path):
    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    path = tmp_path / "picture.png"
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path
