"""What the hand does in the layer tree, with real widgets; without QGIS."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QModelIndex, Qt
from PyQt6.QtWidgets import QLineEdit, QPushButton, QToolButton

from layers.qgis.layer_spec import LayerSpec
from layers.qgis.remote import tile_source
from ui.layers_panel.feature_selection import FeatureSelection
from ui.layers_panel.menu import layer_menu
from ui.layers_panel.panel import LayersPanel
from ui.layers_panel.restore import RestoreDialog
from ui.layers_panel.sign_in import SignInDialog

FILL = {"type": "single", "symbol": {"shape": "fill", "fill": "#ff0000"}}
SPECS = (
    LayerSpec("base_countries", "Land", "a.gpkg", "vector", FILL, group="Base"),
    LayerSpec("rivers", "Rivers", "a.gpkg", "vector", FILL, group="Base", opacity=0.5),
    LayerSpec("tiger", "Habitat", "t.tif", "raster", {}, group="Suitability"),
    LayerSpec("sites", "Sites", "b.gpkg", "vector", FILL, group="Sites"),
    LayerSpec("own", "My parcels", "c.gpkg", "vector", FILL),
)
ORDER = tuple((spec.layer_id, spec.group) for spec in SPECS)


@pytest.fixture
def panel(qtbot, theme):
    made = LayersPanel(theme)
    qtbot.addWidget(made)
    made.resize(368, 700)
    made.show()
    made.set_editable(editable=True)
    made.set_layers(SPECS)
    made.tree.expandAll()
    yield made
    made.close()


def _choose(panel, *names):
    panel.tree.choose(names)
    panel.tree.setFocus()


def test_a_layer_without_a_group_stands_by_itself(panel):
    assert panel.model.item(0).text() == "My parcels"
    assert not panel.model.item(0).hasChildren()


def test_alt_and_arrows_move_a_layer(panel, qtbot):
    _choose(panel, "rivers")
    with qtbot.waitSignal(panel.arranged) as told:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert told.args[0][:2] == (("rivers", "Base"), ("base_countries", "Base"))


def test_a_drag_moves_layers_into_another_group(panel, qtbot):
    own = panel.model.item_of("own").index()
    carried = panel.model.mimeData([own])
    sites = panel.model.item_of("sites").parent().index()
    assert panel.model.canDropMimeData(carried, Qt.DropAction.MoveAction, 1, 0, sites)
    with qtbot.waitSignal(panel.arranged) as told:
        kept = panel.model.dropMimeData(carried, Qt.DropAction.MoveAction, 1, 0, sites)
    assert not kept  # else the view would take the rows away
    assert told.args[0][3:] == (("own", "Sites"), ("sites", "Sites"))


def test_a_drag_of_a_group_keeps_it_whole(panel, qtbot):
    base = panel.model.item_of("rivers").parent().index()
    with qtbot.waitSignal(panel.arranged) as told:
        panel.model.dropMimeData(
            panel.model.mimeData([base]), Qt.DropAction.MoveAction, 0, 0, QModelIndex()
        )
    assert told.args[0][-2:] == (("base_countries", "Base"), ("rivers", "Base"))


def test_nothing_drops_onto_a_layer(panel):
    carried = panel.model.mimeData([panel.model.item_of("own").index()])
    onto = panel.model.item_of("sites").index()
    assert not panel.model.canDropMimeData(carried, Qt.DropAction.MoveAction, -1, -1, onto)


@pytest.mark.parametrize("rubbish", [b"[" * 100_000, b'{"layers": 1}', b"[]", b"\xff"])
def test_what_other_programs_drop_is_let_alone(panel, qtbot, rubbish):
    own = panel.model.mimeData([panel.model.item_of("own").index()])
    (kind,) = own.formats()
    own.setData(kind, rubbish)
    sites = panel.model.item_of("sites").parent().index()
    with qtbot.assertNotEmitted(panel.arranged):
        assert not panel.model.dropMimeData(own, Qt.DropAction.MoveAction, 1, 0, sites)


def test_f2_gives_a_layer_another_name(panel, qtbot):
    _choose(panel, "own")
    qtbot.keyClick(panel.tree, Qt.Key.Key_F2)
    editor = panel.tree.findChild(QLineEdit)
    editor.setText("  Parcels   of 2025 ")
    with qtbot.waitSignal(panel.renamed) as told:
        qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert told.args == ["own", "Parcels of 2025"]


def test_a_group_is_renamed_as_its_layers_are(panel, qtbot):
    group = panel.model.item_of("rivers").parent().index()
    with qtbot.waitSignal(panel.arranged) as told:
        panel.model.setData(group, "Ground")
    assert dict(told.args[0])["rivers"] == dict(told.args[0])["base_countries"] == "Ground"


def test_delete_asks_for_all_that_is_selected(panel, qtbot):
    _choose(panel, "own", "sites")
    with qtbot.waitSignal(panel.remove_wanted) as told:
        qtbot.keyClick(panel.tree, Qt.Key.Key_Delete)
    assert told.args[0] == ("own", "sites")


def test_the_tools_fit_what_is_selected(panel, qtbot):
    table = panel.findChild(QToolButton, "layer_table")
    style = panel.findChild(QToolButton, "layer_style")
    _choose(panel, "sites")
    assert table.isEnabled()
    assert style.isEnabled()
    with qtbot.waitSignal(panel.table_wanted) as told:
        table.click()
    assert told.args == ["sites"]
    _choose(panel, "tiger")
    assert not table.isEnabled()
    assert "raster" in table.toolTip()
    _choose(panel, "sites", "own")
    assert not style.isEnabled()
    assert panel.findChild(QToolButton, "layer_zoom").isEnabled()


def test_a_project_that_is_read_only_lets_nothing_be_changed(panel):
    panel.set_editable(editable=False)
    _choose(panel, "sites")
    assert not panel.findChild(QPushButton, "layer_add").isEnabled()
    assert not panel.opacity.isEnabled()
    menu = layer_menu(panel)
    possible = {action.objectName() for action in menu.actions() if action.isEnabled()}
    assert "layer_menu_zoom" in possible
    assert not possible & {"layer_menu_rename", "layer_menu_remove", "layer_menu_up"}


def test_opacity_is_moved_and_then_chosen(panel, qtbot):
    _choose(panel, "rivers")
    assert panel.opacity.slider.value() == 50
    with qtbot.waitSignal(panel.opacity_chosen) as told:
        qtbot.keyClick(panel.opacity.slider, Qt.Key.Key_Right)
    assert told.args == [("rivers",), 0.55]
    panel.opacity.slider.setSliderDown(True)
    with qtbot.waitSignal(panel.opacity_moved) as told:
        panel.opacity.slider.setSliderPosition(20)
    assert told.args == [("rivers",), 0.2]
    with qtbot.waitSignal(panel.opacity_chosen) as told:
        panel.opacity.slider.setSliderDown(False)
    assert told.args == [("rivers",), 0.2]


def test_a_new_group_stands_above_the_one_that_is_left(panel, qtbot):
    _choose(panel, "base_countries")
    with qtbot.waitSignal(panel.arranged) as told:
        panel.group_chosen()
    assert told.args[0][:2] == (("rivers", "Base"), ("base_countries", "Group"))


def test_layers_are_found_by_name_and_group(panel):
    find = panel.findChild(QLineEdit, "layer_search")
    find.setText("parcel")
    shown = [row for row in range(panel.model.rowCount()) if not _hidden(panel, row)]
    assert [panel.model.item(row).text() for row in shown] == ["My parcels"]
    find.setText("base")
    assert not _hidden(panel, panel.model.rowCount() - 1)
    find.clear()
    assert not any(_hidden(panel, row) for row in range(panel.model.rowCount()))


def _hidden(panel, row):
    return panel.tree.isRowHidden(row, QModelIndex())


def test_a_refresh_keeps_what_is_selected_and_open(panel, qtbot):
    _choose(panel, "sites")
    panel.tree.collapse(panel.model.item_of("rivers").parent().index())
    panel.set_layers(tuple(reversed(SPECS)))
    assert panel.current_id == "sites"
    assert not panel.tree.isExpanded(panel.model.item_of("rivers").parent().index())
    assert panel.tree.isExpanded(panel.model.item_of("sites").parent().index())


def test_the_user_is_told_apart_from_what_is_preferred(panel, qtbot):
    with qtbot.waitSignal(panel.switched) as told:
        panel.model.item_of("sites").setCheckState(Qt.CheckState.Unchecked)
    assert told.args[0] == {"sites": False}
    with qtbot.assertNotEmitted(panel.switched):
        panel.prefer("tiger", "tiger")


def test_another_project_begins_with_its_own_switches(panel):
    panel.switch("sites", on=False)
    panel.forget()
    panel.set_layers(SPECS)
    assert panel.is_on("sites")


def test_removed_layers_are_chosen_to_come_back(qtbot):
    dialog = RestoreDialog((("a", "Land"), ("b", "Sites")))
    qtbot.addWidget(dialog)
    accept = dialog.findChild(QPushButton, "restore_accept")
    assert not accept.isEnabled()
    dialog.view.model().item(0).setCheckState(Qt.CheckState.Checked)
    assert dialog.chosen == {"b": "Sites"}
    assert accept.isEnabled()


def test_features_of_one_layer_are_selected_at_a_time(qtbot):
    features = FeatureSelection()
    with qtbot.waitSignal(features.changed):
        features.set("sites", [3, 1, 3])
    assert features.fids_of("sites") == (1, 3)
    assert features.fids_of("own") == ()
    with qtbot.assertNotEmitted(features.changed):
        features.set("sites", (1, 3))
    features.set("own", ())
    assert features.layer_id == ""


def test_a_layer_tells_where_it_comes_from(panel):
    panel.set_notes({"own": "Survey of 2025"})
    assert panel.model.item_of("own").toolTip() == "My parcels\nSource: Survey of 2025"
    panel.set_layers(SPECS[1:])
    assert "Survey of 2025" in panel.model.item_of("own").toolTip()


def test_a_layer_of_a_server_can_be_signed_in_to(panel, qtbot):
    tiles = tile_source("https://tiles.example/{z}/{x}/{y}.png")
    panel.set_layers((*SPECS, LayerSpec("web", "Tiles", tiles, "raster", provider="wms")))
    _choose(panel, "own")
    assert "layer_menu_sign_in" not in _menu(panel)
    _choose(panel, "web")
    with qtbot.waitSignal(panel.sign_in_wanted) as told:
        _menu(panel)["layer_menu_sign_in"].trigger()
    assert told.args == ["web"]


def _menu(panel):
    return {action.objectName(): action for action in layer_menu(panel).actions()}


def test_a_password_is_asked_and_shown_to_nobody(qtbot):
    dialog = SignInDialog("Tiles")
    qtbot.addWidget(dialog)
    assert dialog.credentials is None
    dialog.findChild(QLineEdit, "sign_in_user").setText("reader")
    password = dialog.findChild(QLineEdit, "sign_in_password")
    password.setText("secret")
    assert password.echoMode() == QLineEdit.EchoMode.Password
    assert dialog.credentials.user == "reader"
    assert "secret" not in repr(dialog.credentials)
