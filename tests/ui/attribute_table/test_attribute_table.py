"""The attribute table on a layer of a thousand features; real widgets, no QGIS."""

from __future__ import annotations

from functools import partial

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QComboBox, QLabel, QLineEdit, QToolButton

from ui.attribute_table.values import as_text, shown


def _cell(table, row, column):
    return table.model.index(row, column).data()


def _click(table, qtbot, row, modifier=Qt.KeyboardModifier.NoModifier):
    table.view.scrollTo(table.model.index(row, 1))
    area = table.view.visualRect(table.model.index(row, 1))
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, modifier, area.center())


def _button(table, name):
    return table.findChild(QToolButton, f"attribute_{name}")


def test_layers_with_attributes_are_offered(table):
    box = table.findChild(QComboBox, "attribute_layer")
    assert [box.itemText(place) for place in range(box.count())] == ["Sites", "Parcels"]
    assert box.currentText() == "Parcels"


def test_another_layer_is_asked_for(table, qtbot):
    box = table.findChild(QComboBox, "attribute_layer")
    box.setCurrentIndex(0)
    with qtbot.waitSignal(table.layer_chosen) as told:
        box.activated.emit(0)
    assert told.args == ["sites"]


def test_only_pages_that_are_seen_are_fetched(table, rows, qtbot):
    assert [(offset, limit) for _, offset, limit, _ in rows.asked] == [(0, 200)]
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: _cell(table, 999, 1) == "Parcel 1000")
    assert {offset for _, offset, _, _ in rows.asked} <= {0, 600, 800}


def test_values_are_told_in_words(table):
    assert [_cell(table, 6, column) for column in range(4)] == [
        "7",
        "Parcel 7",
        "–",
        "CHN, RUS",
    ]
    header = table.model.headerData(2, Qt.Orientation.Horizontal)
    assert header == "Area in km²"
    right = table.model.index(0, 2).data(Qt.ItemDataRole.TextAlignmentRole)
    assert right & Qt.AlignmentFlag.AlignRight


def test_columns_that_tell_people_nothing_are_hidden_until_wanted(table):
    assert table.view.isColumnHidden(0)
    menu = table.view.columns_menu()
    menu.actions()[0].setChecked(True)
    assert not table.view.isColumnHidden(0)


def test_a_header_sorts_by_its_column(table, rows, qtbot):
    header = table.view.horizontalHeader()
    place = header.sectionViewportPosition(2) + 20
    for descending in (False, True):
        qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place, 8))
        qtbot.waitUntil(partial(_sorted, table, rows, descending))


def _sorted(table, rows, descending):
    return (
        rows.asked[-1][3]["sort"] == ("area", descending)
        and not table.model.waits
        and _cell(table, 0, 1) == ("Parcel 994" if descending else "Parcel 1")
    ) or (descending and _cell(table, 0, 2) == "–")


def test_text_filters_after_a_pause(table, qtbot):
    table.findChild(QLineEdit, "attribute_find").setText("Parcel 99")
    qtbot.waitUntil(lambda: table.model.total == 11)
    assert "11 rows listed" in table.status.text()


def test_an_expression_filters_and_a_bad_one_is_explained(table, qtbot):
    mode = table.findChild(QComboBox, "attribute_mode")
    mode.setCurrentIndex(1)
    find = table.findChild(QLineEdit, "attribute_find")
    assert "area_km2" in find.placeholderText()
    find.setText('"fid" > 990')
    qtbot.waitUntil(lambda: table.model.total == 10)
    find.setText("bad")
    problem = table.findChild(QLabel, "attribute_problem")
    qtbot.waitUntil(problem.isVisible)
    assert "cannot be read" in problem.text()
    assert table.model.total == 10  # what was listed stays
    find.clear()
    qtbot.waitUntil(lambda: table.model.total == 1000)
    assert not problem.isVisible()


def test_rows_are_selected_as_features(table, qtbot):
    with qtbot.waitSignal(table.features_chosen) as told:
        _click(table, qtbot, 2)
    assert told.args == ["parcels", (3,)]
    control = Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(table.features_chosen) as told:
        qtbot.keyPress(table.view, Qt.Key.Key_Control)
        _with_keys(table, qtbot, 4, control)
    assert told.args == ["parcels", (3, 5)]


def _with_keys(table, qtbot, row, modifier):
    """Click with a key held, as `QApplication.keyboardModifiers` tells it too."""
    _click(table, qtbot, row, modifier)


def test_what_is_selected_stays_so_while_rows_are_sorted(table, qtbot):
    _click(table, qtbot, 2)
    table.model.sort(0, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: _cell(table, 0, 1) == "Parcel 1000")
    assert table.view.fids == (3,)
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: _cell(table, 997, 1) == "Parcel 3")
    qtbot.waitUntil(lambda: table.view.selectionModel().isRowSelected(997))


def test_all_rows_are_selected_though_few_were_seen(table, qtbot):
    with qtbot.waitSignal(table.features_chosen) as told:
        _button(table, "all").click()
    assert told.args[1] == tuple(range(1, 1001))
    with qtbot.waitSignal(table.features_chosen) as told:
        qtbot.keyClick(table.view, Qt.Key.Key_Escape)
    assert told.args[1] == ()


def test_a_selection_made_on_the_map_is_shown_and_not_told_again(table, qtbot):
    with qtbot.assertNotEmitted(table.features_chosen):
        table.select_features("parcels", (150, 900))
    assert table.view.selectionModel().isRowSelected(149)
    assert table.view.rect().contains(table.view.visualRect(table.model.index(149, 1)))
    table.select_features("sites", (1,))
    assert table.view.fids == ()


def test_selected_rows_only(table, qtbot):
    assert not _button(table, "only").isEnabled()
    table.select_features("parcels", (10, 20))
    _button(table, "only").setChecked(True)
    qtbot.waitUntil(lambda: table.model.total == 2)
    _button(table, "none").click()
    qtbot.waitUntil(lambda: table.model.total == 1000)
    assert not _button(table, "only").isChecked()


def test_the_map_is_asked_to_show_what_is_selected(table, qtbot):
    table.select_features("parcels", (10, 20))
    with qtbot.waitSignal(table.zoom_wanted) as told:
        _button(table, "zoom").click()
    assert told.args == ["parcels", (10, 20)]


@pytest.mark.parametrize(("form", "part"), [("csv", ","), ("tsv", "\t")])
def test_rows_are_copied_as_they_are_seen(table, qtbot, form, part):
    table.select_features("parcels", (1, 7))
    table.copy_rows(form)
    qtbot.waitUntil(lambda: "2 rows copied" in table.status.text())
    copied = QGuiApplication.clipboard().text().splitlines()
    assert copied[0] == part.join(("name", "area", "countries"))
    assert copied[2].startswith(part.join(("Parcel 7", "")) + part)


def test_without_a_selection_all_that_is_listed_is_copied(table, qtbot):
    qtbot.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "copied" in table.status.text())
    assert len(QGuiApplication.clipboard().text().splitlines()) == 1001


def test_new_data_leave_the_rows_in_sight(table, rows, qtbot):
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: _cell(table, 999, 1) == "Parcel 1000")
    before = table.view.verticalScrollBar().value()
    table.reload()
    qtbot.waitUntil(lambda: _cell(table, 999, 1) == "Parcel 1000")
    assert table.view.verticalScrollBar().value() == before


def test_an_answer_that_comes_too_late_is_dropped(table, rows, qtbot):
    rows.holds = True
    table.model.sort(1, Qt.SortOrder.DescendingOrder)
    late = rows.waiting.pop()
    rows.holds = False
    table.model.sort(0, Qt.SortOrder.DescendingOrder)
    qtbot.waitUntil(lambda: _cell(table, 0, 1) == "Parcel 1000")
    with pytest.raises(Exception, match="CANCELLED"):
        late()
    assert _cell(table, 0, 1) == "Parcel 1000"


def test_a_narrow_table_has_a_row_for_the_filter(table, qtbot):
    find, box = table.findChild(QLineEdit, "attribute_find"), table.layers
    assert abs(find.mapTo(table, QPoint()).y() - box.mapTo(table, QPoint()).y()) < 8
    table.resize(420, 320)
    qtbot.waitUntil(
        lambda: find.mapTo(table, QPoint()).y() > box.mapTo(table, QPoint()).y() + 16
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (True, "yes"),
        (0.1 + 0.2, "0.3"),
        ("two\nlines", "two lines"),
        ('["CHN"]', "CHN"),
        ('["half', '["half'),
        (
            '{"CHN": {"added_km2": 2.50, "habitat_km2": {"lynx": 1.0}}, "RUS": {"cost": 3}}',
            "CHN: added_km2 2.5, habitat_km2 lynx 1; RUS: cost 3",
        ),
        ('{"half": 1', '{"half": 1'),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_a_value_on_one_line(value, text):
    assert shown(value) == text


def test_commas_quotes_and_lines_survive_a_copy():
    text = as_text(["a", "b"], [('x, "y"', None), ("two\nlines", 1)], "csv")
    assert text == 'a,b\n"x, ""y""",\n"two\nlines",1\n'


@pytest.mark.parametrize("text", ['["a", [[[[1"]', '["x",' + "[" * 100_000 + '"]'])
def test_values_made_to_break_a_reader_are_shown_as_they_are(text):
    assert shown(text).startswith(text[:20])
