"""A window in a made-up language shows no English but names, paths and texts of profiles."""

import csv
import gettext
import io
import re
import shutil
import sqlite3

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QComboBox, QLabel, QTableView, QTabWidget, QTreeView, QWidget
from shapely.geometry import Polygon

from layers.catalogue.reading import read_sites
from planner.drawing.errors import DrawingError
from planner.drawing.geometry import checked
from planner.project.geopackage import add_srs
from resources import translation
from resources.errors import PlannerError
from resources.paths import resource_path
from ui import words
from ui.jobs.log import JobLog
from ui.jobs.panel import _NOTE_ROLE, JobsPanel, _describe
from ui.start.choice import OpenProject

GETTERS = (
    "accessibleDescription",
    "accessibleName",
    "placeholderText",
    "specialValueText",
    "statusTip",
    "suffix",
    "text",
    "title",
    "toolTip",
    "windowTitle",
)
TRANSLATED = re.compile(r"⟦.*[⟧…]", re.DOTALL)
KEYS = re.compile(r"\b((Ctrl|Alt|Shift|Meta)\+)+\w+|\bF\d+\b|\b(Esc|Del|Enter|Space|Tab)\b")
AS_IT_IS = re.compile(r"Landbridge|EPSG:\d+|Small|Plan|/\S+|km2|English|[A-Z]{3}")
WORD = re.compile(r"[A-Za-z]{3,}")
TOLD_AS_THEY_ARE = {
    "cores_section": "the numbers of a profile with their sources",
}


class Brackets(gettext.NullTranslations):
    """Translates every text into itself in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def pgettext(self, context, message):
        return f"⟦{message}⟧"

    def ngettext(self, one, many, count):
        return f"⟦{one if count == 1 else many}⟧"


@pytest.fixture
def brackets(monkeypatch):
    spoken = translation._Spoken("en")
    spoken.language, spoken.catalogue = "mn", Brackets()
    monkeypatch.setattr(translation._Mouth, "spoken", spoken)


@pytest.fixture
def window(brackets, request):
    return request.getfixturevalue("bare").window


def shown_by(widget):
    """Yield every text of one widget."""
    for getter in GETTERS:
        if callable(found := getattr(widget, getter, None)):
            yield found()
    if isinstance(widget, QTabWidget):
        yield from (widget.tabText(at) for at in range(widget.count()))
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(at) for at in range(widget.count()))
    if isinstance(widget, QTreeView | QTableView) and (model := widget.model()) is not None:
        across = Qt.Orientation.Horizontal
        yield from (model.headerData(at, across) for at in range(model.columnCount()))


def told_as_it_is(widget):
    """Tell whether a widget is of Qt itself, or shows what is not translated."""
    while widget is not None:
        name = widget.objectName()
        if name in TOLD_AS_THEY_ARE or name.startswith(("qt_dockwidget", "Scroll")):
            return True
        widget = widget.parent()
    return False


def english(text):
    for pattern in (TRANSLATED, KEYS, AS_IT_IS):
        text = pattern.sub("", text)
    return bool(WORD.search(text))


def test_no_text_of_the_window_is_english_only(window, qtbot):
    qtbot.waitUntil(lambda: bool(window.findChild(QLabel, "site_count").text()))
    found = [
        (widget.objectName() or type(widget).__name__, text)
        for widget in (window, *window.findChildren(QWidget))
        if not told_as_it_is(widget)
        for text in shown_by(widget)
        if isinstance(text, str) and english(text)
    ]
    found += [
        (action.objectName(), text)
        for action in window.findChildren(QAction)
        for text in (action.text(), action.toolTip())
        if english(text)
    ]
    assert not found, "\n".join(f"{name}: {text!r}" for name, text in sorted(set(found)))


def bare_of_brackets(text):
    return text.replace("⟦", "").replace("⟧", "")


def damaged_number(folder):
    for file in ("sites.csv", "provenance.csv"):
        shutil.copy(resource_path("catalogue") / file, folder)
    path = folder / "sites.csv"
    head, first, *rest = path.read_text("utf-8").splitlines()
    cells = next(csv.reader([first]))
    cells[head.split(",").index("area_km2")] = "about 40"
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    path.write_text("\n".join([head, written.getvalue().strip(), *rest]), "utf-8")
    read_sites(folder)


def unknown_system(folder):
    connection = sqlite3.connect(folder / "empty.gpkg")
    try:
        add_srs(connection, "EPSG:99999")
    finally:
        connection.close()


def crossing_drawing(_folder):
    checked(Polygon([(0, 0), (9, 9), (9, 0), (0, 9)]))


@pytest.mark.parametrize("fail", [damaged_number, unknown_system, crossing_drawing])
def test_an_error_of_planning_is_told_in_the_language_of_the_window(brackets, tmp_path, fail):
    with pytest.raises(PlannerError) as caught:
        fail(tmp_path)
    told = words.problem(caught.value)
    assert bare_of_brackets(told) == str(caught.value)
    assert told.startswith("⟦")
    assert told.endswith(("⟧", "⟧."))
    assert told.count("⟦") == told.count("⟧")


def test_a_folder_that_is_no_project_is_refused_in_the_language_of_the_window(
    brackets, without_qgis, make_desktop, tmp_path, qtbot
):
    made = make_desktop()
    with qtbot.waitSignal(made.session.failed, timeout=20_000) as told:
        made.start(OpenProject(tmp_path))
    shown = made.window.findChild(QLabel, "no_map_reason").text()
    assert shown == told.args[0]
    assert shown.startswith("⟦")
    assert shown.endswith("⟧")
    assert "is no project" in shown
    qtbot.waitUntil(lambda: made.background.settled, timeout=20_000)


def test_a_job_that_failed_is_told_in_the_language_and_its_report_stays_english(
    brackets, background, theme, qtbot
):
    log = JobLog(background)
    panel = JobsPanel(log, theme)
    qtbot.addWidget(panel)
    panel.show()

    def fail(_control):
        raise DrawingError("The drawing holds no area. Draw around some land.")

    failed = []
    background.submit("models", "Draw", fail, lambda _: None, failed.append)
    qtbot.waitUntil(lambda: bool(failed), timeout=20_000)
    qtbot.waitUntil(lambda: bool(log.ended) and panel.list.model().rowCount() > 0)
    rows = [panel.list.model().index(row, 0) for row in range(panel.list.model().rowCount())]
    (shown,) = [row for row in rows if row.data(_NOTE_ROLE) is log.ended[0]]
    line, _ = _describe(shown)
    assert "⟦The drawing holds no area. Draw around some land.⟧" in line
    assert "The drawing holds no area." in log.ended[0].text()
    assert "⟦" not in log.ended[0].error
    panel.close()
