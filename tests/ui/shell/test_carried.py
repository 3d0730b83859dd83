"""What was begun is carried to a window made anew, as when the language changes."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from planner.reserve.request import FeatureSettings, ReserveRequest, TargetSettings
from ui.carried import fields_of, fill_fields
from ui.drawing.sketch import Sketch
from ui.reserve.draft import Draft
from ui.snapshot import Selection


class Form(QWidget):
    """One field of each sort, whose titles are in some language."""

    def __init__(self, language):
        super().__init__()
        layout = QVBoxLayout(self)
        self.line, self.text, self.box = QLineEdit(), QPlainTextEdit(), QCheckBox(language)
        self.secret, self.nameless = QLineEdit(), QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.count, self.share = QSpinBox(), QDoubleSpinBox()
        self.choice, self.plain, self.tabs = QComboBox(), QComboBox(), QTabWidget()
        for key in ("a", "b", "c"):
            self.choice.addItem(f"{key} {language}", key)
            self.plain.addItem(f"{key} {language}")
            self.tabs.addTab(QWidget(), language)
        for name in (
            *("line", "text", "box", "secret", "count", "share", "choice", "plain", "tabs"),
        ):
            field = getattr(self, name)
            field.setObjectName(name)
            layout.addWidget(field)
        layout.addWidget(self.nameless)


def test_the_fields_of_a_form_go_to_its_like_in_another_language(qtbot):
    old, new = Form("en"), Form("ru")
    for form in (old, new):
        qtbot.addWidget(form)
    old.line.setText("Парк")
    old.text.setPlainText("two\nlines")
    old.box.setChecked(True)
    old.secret.setText("s3cret")
    old.nameless.setText("nobody")
    old.count.setValue(7)
    old.share.setValue(0.5)
    for box in (old.choice, old.plain, old.tabs):
        box.setCurrentIndex(1)
    told = fields_of(old)
    assert "s3cret" not in str(told)
    fill_fields(new, {**told, "gone": "x"})
    assert fields_of(new) == told
    assert new.choice.currentText() == "b ru"
    assert new.secret.text() == new.nameless.text() == ""
    fill_fields(new, {"choice": ("z",), "line": 7, "count": "x"})
    assert fields_of(new) == told, "what does not fit changes nothing"


@pytest.fixture
def anew(bare, qtbot):
    """Make the window of a desktop anew."""

    def make():
        qtbot.waitUntil(lambda: bare.background.settled, timeout=20_000)
        old = bare.window
        bare.renewal.ask()
        qtbot.waitUntil(lambda: bare.window is not old, timeout=20_000)
        qtbot.waitUntil(lambda: bare.background.settled, timeout=20_000)
        return bare

    return make


def test_a_drawing_goes_on_where_it_was(bare, anew, qtbot):
    points = ((600_000.0, 4_700_000.0), (620_000.0, 4_710_000.0), (630_000.0, 4_730_000.0))
    bare.drawing.snapping.tracing = True
    bare.parts.map_area.tool_bar.take("action_draw_area")
    for place in points:
        bare.drawing.tools.area.add_point(place)
    anew()
    tool = bare.parts.map_area.canvas.tool
    assert tool is bare.drawing.tools.area
    assert tool.sketch == Sketch("area", points)
    assert tool.undo(), "its own steps can be taken back as before"
    assert tool.sketch.points == points[:2]
    assert bare.drawing.snapping.tracing
    assert bare.drawing.questions.open is None, "what the hand has is not offered again"
    assert not bare.drawing.bar.isHidden()


def test_a_measure_and_what_is_selected_stay(bare, anew):
    items = (Selection("site", "own"), Selection("proposal", "p"))
    bare.map.selecting.pick(items)
    bare.parts.map_area.tool_bar.take("action_map_measure")
    bare.map.distance.take_over((((0.0, 0.0), (5.0, 5.0)), False))
    canvas = bare.parts.map_area.canvas
    before = canvas.view
    canvas.show_exactly((600_000, 4_700_000, 640_000, 4_740_000))
    view = canvas.view
    anew()
    assert bare.map.picked.items == items
    assert bare.map.distance.corners == ((0.0, 0.0), (5.0, 5.0))
    assert bare.parts.map_area.canvas.tool is bare.map.distance
    assert bare.parts.map_area.canvas.view.centre == view.centre
    bare.parts.map_area.canvas.go_back()
    assert bare.parts.map_area.canvas.view.centre == before.centre


def test_a_comparison_goes_on(bare, anew, qtbot):
    with qtbot.waitSignal(bare.session.changed, timeout=20_000):
        bare.scenarios.duplicate("plan")
    bare.compare._begin("plan", "side")
    bare.compare.bar.layer_switched.emit("site_areas", False)
    anew()
    assert bare.compare.active
    assert bare.compare.scenario == "plan"
    assert bare.parts.map_area.stage.mode == "side"
    side = bare.compare.side()
    assert side.snapshot.scenario == "plan"
    assert "site_areas" not in side.drawn_as
    assert "site_points" in side.drawn_as
    bare.compare.stop()


def test_half_filled_forms_stay_half_filled(bare, anew, qtbot):
    panels = bare.parts.panels
    bare.window.open_panel("species")
    panels.species.open_setup()
    qtbot.waitUntil(lambda: panels.species.setup.loaded is not None, timeout=20_000)
    panels.species.setup.model.seed.setValue(77)
    wanted, offered = (
        FeatureSettings(kind=kind, species="amur-tiger", target=TargetSettings(share=0.3))
        for kind in ("habitat", "corridors")
    )
    request = ReserveRequest(features=(wanted,))
    panels.proposals.use_draft(Draft(request, (offered,), ("CHN", "RUS")))
    panels.proposals.open_setup()
    panels.proposals.setup.name.setText("Half a sear")
    panels.corridors.widening.name.setText("A wider")
    bare.sheet.panel.title.setText("Заголовок")
    panels.sites.findChild(QLineEdit, "site_search").setText("lake")
    anew()
    panels = bare.parts.panels
    setup = panels.species.setup
    assert panels.species.pages.currentWidget() is setup
    assert setup.model.seed.value() == 77
    assert setup.study().seed == 77
    assert panels.proposals.pages.currentWidget() is panels.proposals.pages.widget(1)
    assert panels.proposals.setup.name.text() == "Half a sear"
    assert panels.proposals.setup.request().title == "Half a sear"
    assert panels.corridors.widening.name.text() == "A wider"
    assert bare.sheet.panel.title.text() == "Заголовок"
    assert panels.sites.findChild(QLineEdit, "site_search").text() == "lake"


def test_what_was_typed_into_forms_that_store_themselves_is_stored(bare, anew, qtbot):
    bare.desk.select(Selection("proposal", "p"))
    form = bare.drawing._panel.form
    qtbot.waitUntil(lambda: form.form is not None, timeout=20_000)
    QTest.keyClicks(form._lead, "Ministry")
    bare.scenarios.panel.choose("plan")
    bare.scenarios.panel.note.setPlainText("A reason")
    anew()
    form = bare.drawing._panel.form
    qtbot.waitUntil(lambda: form.form is not None, timeout=20_000)
    assert form.form.lead == "Ministry"
    assert bare.scenarios.panel.note.toPlainText() == "A reason"
    assert bare.desk.selection == Selection("proposal", "p")


def test_the_wizard_goes_on_with_what_was_said(bare, anew):
    bare.begin.show_wizard()
    wizard = bare.begin.page.wizard
    wizard.species_step.choose(("amur-leopard",))
    wizard.name_step.name.setText("Долина")
    wizard.show_step(2)
    said = wizard.wish
    anew()
    wizard = bare.begin.page.wizard
    assert bare.window.start_shown
    assert wizard.isVisible()
    assert wizard.step == 2
    assert wizard.wish == said
    QTest.keyClick(wizard, Qt.Key.Key_Escape)
