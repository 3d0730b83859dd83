"""The style page with a source that answers at once; real widgets, no QGIS."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future

import pytest
from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QPushButton,
    QSpinBox,
    QStackedWidget,
)
from typing_extensions import override

from layers.qgis.answers import (
    Breaks,
    FieldInfo,
    LayerFacts,
    RasterStatistics,
    UniqueValues,
)
from layers.qgis.layer_spec import LayerSpec
from resources.translation import set_language
from ui.styling.class_list import rows_of
from ui.styling.page import StylePage
from ui.theme import load_theme

FILL = {"type": "single", "symbol": {"shape": "fill", "fill": "#112233", "stroke": "#000000"}}
FIELDS = (FieldInfo("name_en", "text"), FieldInfo("kind", "text"), FieldInfo("area", "real"))
MOST_STYLINGS = 3
"""Of one part while its page is made and shown."""
SHARES = (1, 2, 5, 10, 25, 50, 75, 90, 95, 98, 99)


def _now(result):
    future = Future()
    future.set_result(result)
    return future


class Source:
    fields = FIELDS
    complete = True
    distinct = (1.0, 2.0, 4.0)

    def __init__(self):
        self.asked = []

    def layer_facts_later(self, layer_id):
        extent = (0.0, 0.0, 1.0, 1.0)
        return _now(
            LayerFacts("vector", "EPSG:4326", extent, "polygon", 9, self.fields, 0, 0, 0)
        )

    def unique_values_later(self, layer_id, field, limit=200):
        self.asked.append((field, limit))
        return _now(UniqueValues(("park", "reserve", None), (5, 3, 1), self.complete))

    def classify_later(self, layer_id, field, method, classes):
        self.asked.append((field, method, classes))
        bounds = tuple(float(n) for n in range(classes + 1))
        return _now(Breaks(bounds, ("",) * classes, (1,) * classes))

    def raster_statistics_later(self, layer_id, band=1):
        shares = tuple((float(share), share / 10) for share in SHARES)
        return _now(
            RasterStatistics(1, 0.0, 10.0, 5.0, 1.0, shares, self.distinct, 100, exact=True)
        )


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def open_page(qtbot, theme, source):
    pages = []  # a page that nobody holds could go while it is painted

    def make(style, kind="vector"):
        spec = LayerSpec("sites", "Sites", "a.gpkg", kind, style)
        page = StylePage(
            spec, source, lambda ask, done: done(ask().result()), theme, shipped=True
        )
        qtbot.addWidget(page)
        page.resize(336, 700)
        page.show()
        pages.append(page)
        return page

    yield make
    pages.clear()


def _box(page, name):
    return page.findChild(QComboBox, name)


def _pick(page, name, data):
    box = _box(page, name)
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_nothing_is_to_keep_before_a_change(open_page):
    page = open_page(FILL)
    assert not page.findChild(QPushButton, "style_keep").isEnabled()
    assert page.findChild(QPushButton, "style_reset").isVisible()


def test_categories_are_made_of_the_values_of_a_field(open_page, source, qtbot):
    page = open_page(FILL)
    with qtbot.waitSignal(page.changed):
        _pick(page, "style_rule", "categories")
    _pick(page, "style_field", "kind")
    assert source.asked[-1] == ("kind", 60)
    style = page.editor.style_now
    assert [c["label"] for c in style["symbols"]] == ["Park", "Reserve", "All other values"]
    assert page.findChild(QPushButton, "style_keep").isEnabled()
    model = page.editor.list.model()
    assert [model.index(row, 1).data() for row in range(2)] == ["5", "3"]


def test_too_many_values_are_said_to_be(open_page, source):
    source.complete = False
    page = open_page(FILL)
    _pick(page, "style_rule", "categories")
    assert "more than 2 values" in page.findChild(QLabel, "style_notice").text()


def test_classes_of_numbers_use_method_number_and_ramp(open_page, source):
    page = open_page(FILL)
    _pick(page, "style_rule", "graduated")
    field = _box(page, "style_field")
    assert [field.itemText(place) for place in range(field.count())] == ["area"]
    assert source.asked[-1] == ("area", "jenks", 5)
    page.findChild(QSpinBox, "style_class_count").setValue(3)
    _pick(page, "style_method", "quantile")
    _pick(page, "style_ramp", "blues")
    assert source.asked[-1] == ("area", "quantile", 3)
    colours = [c["symbol"]["fill"] for c in page.editor.style_now["symbols"]]
    assert colours == ["#f7fbff", "#6baed6", "#08306b"]
    page.findChild(QCheckBox, "style_reverse").setChecked(True)
    assert page.editor.style_now["symbols"][0]["symbol"]["fill"] == "#08306b"


def test_a_layer_without_numbers_says_so(open_page, source, qtbot):
    source.fields = FIELDS[:2]
    page = open_page(FILL)
    with qtbot.assertNotEmitted(page.changed):
        _pick(page, "style_rule", "graduated")
    assert "no field of numbers" in page.findChild(QLabel, "style_notice").text()


def test_a_class_is_renamed_recoloured_and_taken_out(open_page, qtbot):
    page = open_page(FILL)
    _pick(page, "style_rule", "categories")
    classes = page.editor.list
    classes.model().item(0).setText("Parks")
    assert page.editor.style_now["symbols"][0]["label"] == "Parks"
    classes.setCurrentIndex(classes.model().index(0, 0))
    qtbot.keyClick(classes, Qt.Key.Key_Return)
    dialog = classes.findChild(QColorDialog)
    dialog.setCurrentColor(Qt.GlobalColor.red)
    dialog.accept()
    assert page.editor.style_now["symbols"][0]["symbol"]["fill"] == "#ff0000"
    qtbot.keyClick(classes, Qt.Key.Key_Delete)
    assert len(page.editor.style_now["symbols"]) == 2


def test_symbols_and_labels_are_set(open_page, qtbot):
    page = open_page(FILL)
    page.findChild(QDoubleSpinBox, "style_width").setValue(1.5)
    _pick(page, "style_dash", "dash")
    page.findChild(QCheckBox, "style_labels").setChecked(True)
    style = page.editor.style_now
    assert style["symbol"]["stroke_width_mm"] == 1.5
    assert style["symbol"]["dash"] == "dash"
    assert style["labels"]["field"] == "name_en"
    assert _box(page, "style_label_field").currentText() == "Name in English"
    _pick(page, "style_label_language", "ko")
    assert page.editor.style_now["labels"]["language"] == "ko"
    page.findChild(QCheckBox, "style_labels").setChecked(False)
    assert "labels" not in page.editor.style_now


def test_a_raster_gets_a_ramp_between_percentiles(open_page):
    page = open_page(
        {"type": "ramp", "stops": [[0, "#000000", "0"], [1, "#ffffff", "1"]]}, "raster"
    )
    _pick(page, "style_range", "2")
    style = page.editor.style_now
    assert [style["stops"][0][0], style["stops"][-1][0]] == [0.2, 9.8]
    page.findChild(QSpinBox, "style_steps").setValue(4)
    assert len(page.editor.style_now["stops"]) == 4
    assert page.editor.style_now["stops"][-1][0] == 10.0  # up to the greatest value
    page.findChild(QDoubleSpinBox, "style_high").setValue(-5)
    assert "below" in page.findChild(QLabel, "style_notice").text()
    assert _box(page, "style_range").currentData() == "own"


def test_a_raster_without_a_style_begins_with_a_ramp(open_page):
    page = open_page({}, "raster")
    assert page.editor.style_now["type"] == "ramp"


def test_a_raster_of_few_values_gets_a_hue_for_each(open_page, source):
    page = open_page({"type": "ramp", "stops": [[0, "#000000"], [1, "#ffffff"]]}, "raster")
    _pick(page, "style_rule", "classes")
    assert [row[0] for row in page.editor.style_now["classes"]] == [1, 2, 4]
    page.editor.list.model().item(0).setText("Forest")
    assert page.editor.style_now["classes"][0][2] == "Forest"


def test_a_raster_of_many_values_has_no_classes(open_page, source):
    source.distinct = ()
    page = open_page({"type": "ramp", "stops": [[0, "#000000"], [1, "#ffffff"]]}, "raster")
    _pick(page, "style_rule", "classes")
    assert "too many" in page.findChild(QLabel, "style_notice").text()
    _pick(page, "style_rule", "hillshade")
    assert page.editor.style_now["type"] == "hillshade"


def test_a_style_of_qgis_is_said_to_be_one(open_page, qtbot):
    page = open_page({"type": "qml", "qml": "<qgis/>"})
    assert _box(page, "style_rule").currentIndex() == -1
    assert "QML" in _box(page, "style_rule").placeholderText()
    with qtbot.waitSignal(page.changed):
        _pick(page, "style_rule", "single")
    assert page.editor.style_now["type"] == "single"


def test_escape_leaves(open_page, qtbot):
    page = open_page(FILL)
    with qtbot.waitSignal(page.left):
        qtbot.keyClick(page, Qt.Key.Key_Escape)


def test_the_wheel_changes_only_what_has_the_focus(open_page, qtbot):
    page = open_page({"type": "ramp", "stops": [[0, "#000000"], [1, "#ffffff"]]}, "raster")
    steps = page.findChild(QSpinBox, "style_steps")
    page.editor.rule.setFocus()
    _turn_wheel(steps)
    assert steps.value() == 1
    page.activateWindow()
    steps.setFocus()
    qtbot.waitUntil(steps.hasFocus)
    _turn_wheel(steps)
    assert steps.value() == 2


def _turn_wheel(control):
    middle = control.rect().center().toPointF()
    event = QWheelEvent(
        middle,
        control.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(control, event)


def test_classes_that_come_with_the_map_are_named_in_the_readers_language():
    style = {
        "type": "categories",
        "symbols": [{"label": "Proposal, draft", "symbol": FILL["symbol"]}],
    }
    set_language("ru")
    try:
        assert [name for _, name, _ in rows_of(style)] == ["Предложение, черновик"]
    finally:
        set_language("en")


class Stylings(QObject):
    """Counts how often each box is styled anew."""

    def __init__(self):
        super().__init__()
        self.of = Counter()

    @override
    def eventFilter(self, a0, a1):
        if a1.type() == QEvent.Type.StyleChange and isinstance(a0, QComboBox):
            self.of[a0.objectName()] += 1
        return False


@pytest.fixture
def stylings(qapp):
    sheet, counted = qapp.styleSheet(), Stylings()
    qapp.setStyleSheet("QComboBox { padding: 3px; }")
    qapp.installEventFilter(counted)
    yield counted
    qapp.removeEventFilter(counted)
    qapp.setStyleSheet(sheet)


@pytest.mark.parametrize("kind", ["vector", "raster"])
def test_what_is_on_the_page_is_not_styled_again_and_again(qtbot, stylings, source, kind):
    """Each move of a part, alone or with what it is in, styles it anew, which takes long."""
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    pages.show()
    style = FILL if kind == "vector" else {"type": "ramp", "stops": [[0, "#000000"]]}
    spec = LayerSpec("sites", "Sites", "a.gpkg", kind, style)
    page = StylePage(
        spec,
        source,
        lambda ask, done: done(ask().result()),
        load_theme("light"),
        shipped=True,
        parent=pages,
    )
    pages.addWidget(page)
    pages.setCurrentWidget(page)
    assert _box(page, "style_rule").isVisible()
    assert max(stylings.of.values()) <= MOST_STYLINGS, stylings.of
