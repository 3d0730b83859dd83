from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QLabel, QPushButton, QToolButton

from layers.catalogue import Catalogue
from ui.inspector.panel import Inspector
from ui.inspector.record import Fact, Record, row_record, site_record
from ui.sites.row import SiteRow


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.load()


@pytest.fixture
def inspector(qtbot, theme):
    made = Inspector(theme)
    qtbot.addWidget(made)
    made.resize(360, 900)
    made.show()
    yield made
    made.close()


def _texts(widget):
    return [label.text() for label in widget.findChildren(QLabel)]


def _record(catalogue, site_id="land-of-the-leopard-national-park", kind="nominal"):
    site = catalogue[site_id]
    names = {item.site_id: item.name_en for item in catalogue}
    return site_record(site, SiteRow(site_id, site.name_en, kind=kind), names)


def test_every_field_tells_its_basis(catalogue):
    record = _record(catalogue)
    facts = {fact.label: fact for fact in record.facts}
    assert facts["Designated"].basis == "read in source"
    assert facts["Designated"].source >= 1
    assert record.sources[facts["Designated"].source - 1].startswith("en.wikipedia.org")
    assert all(fact.basis for fact in record.facts)


def test_published_values_that_disagree_are_all_told(catalogue):
    area = next(f for f in _record(catalogue).facts if f.label == "Reported area")
    assert "sources disagree" in area.basis
    assert any("2620" in remark for remark in area.remarks)


def test_every_site_of_the_catalogue_has_a_record(catalogue):
    for site in catalogue:
        record = _record(catalogue, site.site_id)
        assert record.title
        numbers = [fact.source for fact in record.facts if fact.source]
        assert not numbers or max(numbers) <= len(record.sources)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("nominal", "not a surveyed boundary"),
        ("point", "as a point"),
        ("unlocated", "Not on the map"),
    ],
)
def test_a_boundary_that_is_not_real_is_said_to_be(catalogue, kind, word):
    assert any(word in notice for notice in _record(catalogue, kind=kind).notices)


def test_a_surveyed_boundary_needs_no_notice(catalogue):
    assert _record(catalogue, kind="surveyed").notices == ()


def test_pairs_across_the_border_are_told_nearest_first():
    pairs = [
        {
            "site_a": "a",
            "site_b": "c",
            "name_b": "Far",
            "distance_km": 8.25,
            "basis": "computed",
            "nominal": True,
        },
        {
            "site_a": "b",
            "site_b": "a",
            "name_a": "Near",
            "name_b": "A",
            "distance_km": 0.0,
            "touching": True,
            "shared_border_km": 31.0,
            "basis": "both",
        },
    ]
    facts = [
        f for f in row_record(SiteRow("a", "A"), pairs).facts if f.label == "Across the border"
    ]
    assert [fact.value for fact in facts] == [
        "Near (touches along 31 km of border)",
        "Far (8 250 m apart)".replace(" 2", "\N{NARROW NO-BREAK SPACE}2"),
    ]
    assert "between nominal boundaries" in facts[1].basis


def test_the_record_is_shown_with_its_sources(inspector, catalogue):
    inspector.show_record(_record(catalogue), on_map=True)
    texts = _texts(inspector)
    assert "Land of the Leopard National Park" in texts
    assert "Земля леопарда" in texts
    assert any(text.startswith("[1]") for text in texts)
    assert inspector.findChild(QPushButton, "inspector_zoom").isVisible()


def test_nothing_selected_says_what_to_do(inspector):
    assert any("Click a site" in text for text in _texts(inspector))
    assert not inspector.findChild(QPushButton, "inspector_zoom").isVisible()


def test_text_from_data_is_never_taken_for_markup(inspector):
    record = Record("Site", "<b>x</b>", facts=(Fact("Note", "<img src='y'>"),))
    inspector.show_record(record)
    title = inspector.findChild(QLabel, "inspector_title")
    assert title.textFormat().name == "PlainText"


def test_the_close_button_asks_to_fold(inspector, qtbot):
    with qtbot.waitSignal(inspector.close_requested):
        inspector.findChild(QToolButton, "inspector_close").click()


def test_the_place_in_the_text_is_kept_when_the_same_thing_is_refreshed(
    inspector, catalogue, qtbot
):
    inspector.resize(360, 300)
    inspector.show_record(_record(catalogue))
    bar = inspector._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    inspector.show_record(_record(catalogue))
    qtbot.waitUntil(lambda: bar.value() == place)
