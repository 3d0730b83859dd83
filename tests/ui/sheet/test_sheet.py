"""The panel Print: alone, and in the window with the real QGIS."""

from __future__ import annotations

import re

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from resources.errors import UsageError
from ui.sheet import desk as sheet_desk
from ui.sheet.panel import SheetPanel
from ui.start.choice import OpenProject

SCENARIOS = (("plan", "Plan"), ("other", "Other"))


@pytest.fixture
def panel(qtbot, theme):
    made = SheetPanel(theme)
    qtbot.addWidget(made)
    made.set_project(SCENARIOS, "other", "Small", {"zh": "小"}, "zh")
    return made


def choose(box, value):
    box.setCurrentIndex(box.findData(value))


def test_the_usual_sheet_is_ready_at_once(panel):
    sheet = panel.sheet((0.0, 0.0, 1.0, 1.0), dpi=60)
    assert (sheet.scenario, sheet.title, sheet.language) == ("other", "", "en")
    assert (sheet.second_language, sheet.page, sheet.orientation) == ("zh", "A3", "landscape")
    assert (sheet.extent, sheet.png_dpi, sheet.as_planned) == (None, 60, True)
    assert panel.title.placeholderText() == "Small"
    assert panel.second_title.placeholderText() == "小"
    choose(panel.language, "zh")
    assert panel.title.placeholderText() == "小"


def test_everything_can_be_wanted_otherwise(panel, qtbot):
    with qtbot.waitSignal(panel.changed):
        panel.title.setText(" For Incheon ")
    choose(panel.scenario, "plan")
    choose(panel.language, "ru")
    choose(panel.second, "ko")
    panel.second_title.setText("인천")
    choose(panel.page, "A4")
    choose(panel.orientation, "portrait")
    choose(panel.place, "view")
    choose(panel.layers, "screen")
    sheet = panel.sheet((1.0, 2.0, 3.0, 4.0), dpi=200)
    assert (sheet.scenario, sheet.title, sheet.language) == ("plan", "For Incheon", "ru")
    assert (sheet.second_language, sheet.second_title) == ("ko", "인천")
    assert (sheet.page, sheet.orientation) == ("A4", "portrait")
    assert sheet.extent == (1.0, 2.0, 3.0, 4.0)
    assert not sheet.as_planned


def test_without_a_second_language_there_is_no_second_title(panel):
    choose(panel.second, "")
    assert not panel.second_title.isEnabled()
    choose(panel.second, "mn")
    assert panel.second_title.isEnabled()


def test_a_title_fits_on_a_sheet(panel):
    panel.title.setText("x" * 500)
    assert len(panel.sheet(None, dpi=60).title) == panel.title.maxLength()
    panel.title.setMaxLength(1000)
    panel.title.setText("x" * 500)
    with pytest.raises(UsageError, match="500 characters"):
        panel.sheet(None, dpi=60)


def test_without_a_map_it_says_why_there_is_no_sheet(bare, qtbot):
    bare.window.open_panel("print")
    qtbot.waitUntil(lambda: bare.sheet.panel.scenario.count() == 2)
    QTest.mouseClick(bare.sheet.panel.print_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(bare.sheet.panel.problem.text()), timeout=20_000)
    assert "QGIS" in bare.sheet.panel.problem.text()
    assert bare.sheet.panel.print_button.isEnabled()


@pytest.mark.qgis
def test_a_sheet_is_seen_printed_and_opened_in_few_clicks(
    make_desktop, project_path, qtbot, monkeypatch
):
    opened = []
    monkeypatch.setattr(
        sheet_desk.QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile())
    )
    desktop = make_desktop()
    with qtbot.waitSignals(
        [desktop.session.opened, desktop.engine.layers_shown], timeout=60_000
    ):
        desktop.start(OpenProject(project_path))
    panel = desktop.sheet.panel
    desktop.window.open_panel("print")
    qtbot.waitUntil(lambda: panel.preview.image is not None, timeout=60_000)
    assert panel.preview.image.width() > panel.preview.image.height()
    choose(panel.orientation, "portrait")
    assert panel.preview.image is None, "no page of another shape is shown"

    panel.picture.setChecked(True)
    QTest.mouseClick(panel.print_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(panel.open_button.isVisible, timeout=60_000)
    pdf = project_path / "exports" / "small-other-A3.pdf"
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 1
    assert pdf.with_suffix(".png").read_bytes().startswith(b"\x89PNG")
    QTest.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    assert "small-other-A3.pdf" in panel.problem.text(), "the desktop opens nothing here"
    QTest.mouseClick(panel.folder_button, Qt.MouseButton.LeftButton)
    assert opened == [str(pdf), str(pdf.parent)]

    # The map is that of the window again.
    canvas = desktop.parts.map_area.canvas
    canvas.zoom(2)
    qtbot.waitUntil(lambda: bool(canvas.loop.frames) and not canvas.loop.busy, timeout=60_000)
    assert not desktop.engine.engine.health().problems
