"""Layers in the whole window: edited, listed, styled and added, with the real QGIS."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from PyQt6.QtCore import Qt
from shapely.geometry import box

from layers.qgis.discovery import find_qgis
from layers.qgis.errors import QgisNotFoundError
from planner.map_layers.visibility import visibility
from planner.project import Project
from ui.snapshot import Selection
from ui.start.choice import OpenProject


def _has_qgis() -> bool:
    try:
        find_qgis()
    except QgisNotFoundError:
        return False
    return True


pytestmark = [
    pytest.mark.qgis,
    pytest.mark.skipif(not _has_qgis(), reason="QGIS is not installed"),
]
WAIT_MS = 40_000


def _settled(desktop):
    frames = desktop.parts.map_area.canvas.loop
    return bool(frames.frames) and not frames.busy and desktop.background.settled


@pytest.fixture
def settle(qtbot):
    def wait(desktop):
        qtbot.waitUntil(partial(_settled, desktop), timeout=WAIT_MS)

    return wait


@pytest.fixture
def desktop(make_desktop, project_path, qtbot, settle):
    made = make_desktop()
    with qtbot.waitSignal(made.session.opened, timeout=WAIT_MS):
        made.start(OpenProject(project_path))
    settle(made)
    made.window.open_panel("layers")
    return made


def _panel(desktop):
    return desktop.parts.panels.layers


def _edit(desktop, qtbot, act):
    with qtbot.waitSignal(desktop.session.changed, timeout=WAIT_MS):
        act()


def _ids(desktop):
    return [layer_id for layer_id, _ in _panel(desktop).model.order]


def test_layers_are_edited_and_every_edit_is_taken_back(desktop, qtbot, settle):
    panel, session = _panel(desktop), desktop.session
    before = panel.model.order
    edit = partial(_edit, desktop, qtbot)
    edit(lambda: panel.renamed.emit("site_areas", "Protected areas"))
    assert panel.model.item_of("site_areas").text() == "Protected areas"
    assert session.snapshot.undo_label == "Rename layer to Protected areas"
    panel.tree.choose(("proposals",))
    edit(lambda: qtbot.keyClick(panel.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier))
    assert panel.model.order != before
    assert panel.current_id == "proposals"
    edit(session.undo)
    assert panel.model.order == before
    panel.tree.choose(("site_areas", "proposals"))
    edit(lambda: panel.opacity.slider.setValue(30))
    assert panel.model.spec("proposals").opacity == 0.3
    edit(session.undo)
    assert panel.model.spec("proposals").opacity == panel.model.spec("site_areas").opacity == 1
    panel.tree.choose(("proposals",))
    edit(lambda: qtbot.keyClick(panel.tree, Qt.Key.Key_Delete))
    assert "proposals" not in _ids(desktop)
    assert session.snapshot.map.removed == (("proposals", "Proposals"),)
    edit(lambda: desktop.layers.restore({"proposals": "Proposals"}))
    assert panel.model.order == before
    undo = session.snapshot.undo_label
    panel.switch("site_areas", on=False)
    settle(desktop)
    assert session.snapshot.undo_label == undo  # looking is no edit
    path = session.snapshot.path
    desktop.window.close()
    with Project.open(path) as project:
        assert visibility(project) == {"site_areas": False}


def test_the_table_and_the_map_select_the_same(desktop, qtbot, settle):
    panel, desk = _panel(desktop), desktop.layers
    panel.tree.choose(("site_areas",))
    panel.show_table()
    table = desk.table.table
    qtbot.waitUntil(lambda: table.model.total == 2, timeout=WAIT_MS)
    names = [table.model.record_at(row)["site_id"] for row in range(2)]
    with qtbot.waitSignal(desktop.desk.selection_changed, timeout=WAIT_MS):
        table.view.selectRow(names.index("own"))
    assert desktop.desk.selection == Selection("site", "own")
    canvas = desktop.parts.map_area.canvas
    qtbot.waitUntil(lambda: canvas.overlay("features") is not None, timeout=WAIT_MS)
    other = Selection("site", "hunchun-national-nature-reserve")
    with qtbot.waitSignal(desk.features.changed, timeout=WAIT_MS):
        desktop.desk.select(other)
    row = names.index(other.key)
    qtbot.waitUntil(lambda: table.view.selectionModel().isRowSelected(row), timeout=WAIT_MS)
    assert desktop.desk.selection == other
    extent = canvas.view.extent
    table.zoom.click()
    qtbot.waitUntil(lambda: canvas.view.extent != extent, timeout=WAIT_MS)
    desktop.desk.select(None)
    assert desk.features.fids == ()
    assert canvas.overlay("features") is None
    settle(desktop)


def test_a_style_is_tried_on_the_map_and_kept_or_left(desktop, qtbot, settle, tmp_path):
    panel, desk = _panel(desktop), desktop.layers
    before = panel.model.spec("site_areas").style
    panel.tree.choose(("site_areas",))
    panel.show_style()
    editor = desk.styles.page.editor
    qtbot.waitUntil(lambda: editor.labels.field.count() > 5, timeout=WAIT_MS)
    editor.rule.setCurrentIndex(editor.rule.findData("single"))
    with qtbot.waitSignal(desktop.engine.layers_shown, timeout=WAIT_MS):
        editor.rule.activated.emit(0)
    assert desk.styles.trying["site_areas"]["type"] == "single"
    assert panel.model.spec("site_areas").style == before
    with qtbot.waitSignal(desktop.engine.layers_shown, timeout=WAIT_MS):
        desk.styles.page.cancel.click()
    assert not desk.styles.trying
    panel.show_style()
    editor = desk.styles.page.editor
    qtbot.waitUntil(lambda: editor.labels.field.count() > 5, timeout=WAIT_MS)
    editor.rule.setCurrentIndex(editor.rule.findData("categories"))
    editor.rule.activated.emit(1)
    editor.field.setCurrentIndex(editor.field.findData("kind"))
    editor.field.activated.emit(0)
    qtbot.waitUntil(
        lambda: [c["label"] for c in editor.style_now.get("symbols", ())][:1] == ["Nominal"],
        timeout=WAIT_MS,
    )
    settle(desktop)
    desk.styles.save(tmp_path / "sites.qml")
    qtbot.waitUntil((tmp_path / "sites.qml").exists, timeout=WAIT_MS)
    desk.styles.load(tmp_path / "sites.qml")
    qtbot.waitUntil(
        lambda: desk.styles.trying.get("site_areas", {}).get("type") == "qml", timeout=WAIT_MS
    )
    _edit(desktop, qtbot, desk.styles.page.keep.click)
    assert panel.model.spec("site_areas").style["type"] == "qml"
    item = panel.model.item_of("site_areas")
    qtbot.waitUntil(lambda: panel.model.item_of("site_areas").rowCount() >= 2, timeout=WAIT_MS)
    assert item is not None
    panel.show_style()
    assert desk.styles.page.reset_button.isVisible()
    _edit(desktop, qtbot, desk.styles.page.reset_button.click)
    assert panel.model.spec("site_areas").style == before
    settle(desktop)


def _make_files(tmp_path):
    """Write a table of 500 areas and a raster of heights."""
    places = np.random.default_rng(7).uniform((129, 41), (132, 44), (500, 2))
    areas = gpd.GeoDataFrame(
        {"name": [f"Parcel {n}" for n in range(500)], "value": range(500)},
        geometry=[box(x, y, x + 0.02, y + 0.02) for x, y in places],
        crs=4326,
    )
    areas.to_file(tmp_path / "parcels.gpkg")
    with rasterio.open(
        tmp_path / "heights.tif",
        "w",
        driver="GTiff",
        height=20,
        width=30,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=Affine(0.1, 0, 129, 0, -0.1, 44),
    ) as target:
        target.write(np.arange(600, dtype="float32").reshape(1, 20, 30))


def _ask_a_database_that_is_not_there(dialog, qtbot):
    dialog.tabs.setCurrentIndex(3)
    dialog.database.host.setText("127.0.0.1")
    dialog.database.port.setValue(9)
    dialog.database.database.setText("gis")
    dialog.database.look.click()
    qtbot.waitUntil(dialog._problem.isVisible, timeout=WAIT_MS)
    assert "127.0.0.1" in dialog._problem.text()
    dialog.tabs.setCurrentIndex(0)
    assert not dialog._problem.isVisible()


def test_files_are_added_listed_and_filtered(desktop, qtbot, settle, tmp_path):
    _make_files(tmp_path)
    desk, panel = desktop.layers, _panel(desktop)
    desk.adding.ask()
    dialog = desk.adding.dialog
    _ask_a_database_that_is_not_there(dialog, qtbot)
    dialog.vector.path.choose(str(tmp_path / "parcels.gpkg"))
    qtbot.waitUntil(dialog.add.isEnabled, timeout=WAIT_MS)
    _edit(desktop, qtbot, dialog.add.click)
    qtbot.waitUntil(lambda: panel.current_id.startswith("own_"), timeout=WAIT_MS)
    assert desk.adding.dialog is None
    assert panel.model.item(0).text() == "parcels"
    settle(desktop)
    panel.show_table()
    table = desk.table.table
    qtbot.waitUntil(lambda: table.model.total == 500, timeout=WAIT_MS)
    table.mode.setCurrentIndex(1)
    table.search.setText('"value" >= 490')
    qtbot.waitUntil(lambda: table.model.total == 10, timeout=WAIT_MS)
    table.all.click()
    qtbot.waitUntil(lambda: len(desk.features.fids) == 10, timeout=WAIT_MS)
    desk.adding.ask()
    dialog = desk.adding.dialog
    dialog.tabs.setCurrentIndex(1)
    dialog.raster.path.choose(str(tmp_path / "heights.tif"))
    qtbot.waitUntil(dialog.add.isEnabled, timeout=WAIT_MS)
    with qtbot.waitSignal(desk.said, timeout=WAIT_MS) as said:
        _edit(desktop, qtbot, dialog.add.click)
    names = [spec.name for spec in panel.specs]
    added = panel.specs[names.index("heights")]
    assert names[-1] == "parcels"
    assert names.index("Rivers") + 1 == names.index("heights") < names.index("Sites")
    assert added.style["type"] == "ramp"
    canvas = desktop.parts.map_area.canvas
    extent = canvas.view.extent
    qtbot.waitUntil(lambda: panel.current_id == added.layer_id, timeout=WAIT_MS)
    assert said.args[0].startswith("heights was added beneath the layers of the plan")
    panel.tools.zoom.click()
    qtbot.waitUntil(lambda: canvas.view.extent != extent, timeout=WAIT_MS)
    settle(desktop)
    assert not panel._problems.isVisible()
