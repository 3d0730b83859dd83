from __future__ import annotations

import pytest

from layers.errors import LayerWriteError
from planner.report.page import Card, Edition, Figure, Heading, Page, Paragraph, Section, Table


def _page(*blocks):
    return Page(
        title="A plan <of> two",
        lead="lead",
        notice="nominal",
        cards=(Card("7", "pairs"),),
        sections=(Section("Sites & pairs", tuple(blocks)),),
        footer=("source",),
    )


def test_every_block_is_on_the_page_and_text_is_escaped(tmp_path):
    table = Table("Pairs", ("a", "km"), (("x<y", "3.5"),), frozenset({1}))
    figure = Figure.from_bytes(b"png", alt="a map", caption="The map")
    page = _page(Heading("Head"), Paragraph("Text"), figure, table)
    html = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert "A plan &lt;of&gt; two" in html
    assert "x&lt;y" in html
    assert 'src="data:image/png;base64,cG5n"' in html
    assert '<td class="number">3.5</td>' in html
    assert 'href="#sites---pairs"' in html
    assert 'id="sites---pairs"' in html
    assert "<b>7</b>" in html


def test_a_row_must_fit_its_headers():
    with pytest.raises(ValueError, match="1 cells for 2 headers"):
        Table("T", ("a", "b"), (("1",),))


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(LayerWriteError, match="could not be written"):
        _page().write(tmp_path / "gone" / "report.html")


def test_a_report_leads_to_its_editions_in_other_languages(tmp_path):
    editions = (
        Edition("en", "English", "report.html"),
        Edition("zh", "中文", "report-zh.html"),
    )
    page = Page("Title", "Lead", "Notice", (), (), editions=editions)
    html = page.write(tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<a href="report-zh.html" lang="zh" hreflang="zh">中文</a>' in html
    assert '<b lang="en">English</b>' in html
