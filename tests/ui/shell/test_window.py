"""The window as a whole: panels, layout, keys, language, size of the text, closing."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QCloseEvent, QKeySequence
from PyQt6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QToolButton

from planner.jobs import JobState
from resources import translation
from ui import theme as themes
from ui.actions import Actions
from ui.closing import ClosingDialog
from ui.preferences import Preferences, PreferenceStore
from ui.preferences_dialog import PreferencesDialog
from ui.rail import Rail
from ui.shortcuts import ShortcutsDialog
from ui.snapshot import Selection


@pytest.fixture(autouse=True)
def usual_words_and_letters():
    yield
    translation.set_language("en")
    themes.set_text_scale(100)
    application = QApplication.instance()
    themes.apply_theme(application, themes.load_theme("light"))


def _quiet(desktop):
    return desktop.background.settled


class TestPanels:
    def test_every_panel_opens_by_its_command_and_marks_its_button(self, bare):
        window = bare.window
        for name in window.docks.names:
            window.deeds.deed(f"panel.{name}").action.trigger()
            assert window.open_panel_name == name
            button = window.findChild(QToolButton, f"rail_{name}")
            assert button is None or button.isChecked()

    def test_panels_at_home_take_each_others_place(self, bare):
        window = bare.window
        window.open_panel("sites")
        window.open_panel("layers")
        assert window.docks.opened == ("layers",)

    def test_a_panel_taken_out_stays_open_beside_others(self, bare, qtbot):
        window = bare.window
        window.open_panel("sites")
        window.findChild(QToolButton, "dock_sites_float").click()
        dock = window.docks.dock("sites")
        assert dock.isFloating()
        window.open_panel("layers")
        assert set(window.docks.opened) == {"sites", "layers"}
        window.reset_layout()
        assert not dock.isFloating()
        assert window.docks.opened == ("sites",)

    def test_a_panel_moved_to_the_right_stays_open_too(self, bare):
        window = bare.window
        area = Qt.DockWidgetArea.RightDockWidgetArea
        window.open_panel("jobs")
        window.addDockWidget(area, window.docks.dock("jobs"))
        window.open_panel("sites")
        assert set(window.docks.opened) == {"jobs", "sites"}

    def test_the_button_on_the_panel_folds_it_and_the_rail_hears_of_it(self, bare):
        window = bare.window
        window.open_panel("sites")
        window.findChild(QToolButton, "dock_sites_fold").click()
        assert window.open_panel_name == ""
        assert not window.findChild(QToolButton, "rail_sites").isChecked()

    def test_hidden_panels_come_back_as_they_were(self, bare):
        window = bare.window
        window.open_panel("history")
        window.show_inspector(shown=True)
        window.toggle_panels()
        assert window.docks.opened == ()
        window.toggle_panels()
        assert window.docks.opened == ("history",)

    def test_the_layout_is_remembered(self, bare, make_desktop, project_path, qtbot):
        window = bare.window
        window.open_panel("jobs")
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.docks.dock("jobs"))
        window.open_panel("layers")
        text = window.layout_text()
        window.reset_layout()
        window.restore_layout(text)
        assert set(window.docks.opened) == {"jobs", "layers"}
        assert window.open_panel_name == "layers"

    @pytest.mark.parametrize("text", ["", "00", "abc", "ff" * 40])
    def test_a_strange_layout_is_no_obstacle(self, bare, text):
        before = bare.window.docks.opened
        bare.window.restore_layout(text)
        assert bare.window.docks.opened == before

    def test_the_rail_lists_the_subjects_in_the_order_of_the_work(self, bare):
        buttons = bare.window.findChild(Rail, "rail").findChildren(QToolButton)
        names = [b.objectName() for b in sorted(buttons, key=lambda button: button.y())]
        wanted = ["sites", "species", "layers", "corridors", "draw", "proposals", "scenarios"]
        assert names[:7] == [f"rail_{name}" for name in wanted]
        assert names[-1] == "rail_history"

    def test_the_rail_fits_a_low_window(self, bare, qtbot):
        bare.window.resize(1100, 560)
        rail = bare.parts.rail
        buttons = [b for b in rail.findChildren(QToolButton) if b.isVisible()]

        def fits():
            assert bare.window.height() == 560
            assert max(b.geometry().bottom() for b in buttons) <= rail.height()

        qtbot.waitUntil(fits)


class TestMenus:
    def test_everything_the_window_can_do_is_in_the_menu_of_everything(self, bare):
        menu = bare.parts.top_bar.main_menu
        menu.aboutToShow.emit()
        listed = {a for sub in menu.findChildren(QMenu) for a in sub.actions()}
        assert {deed.action for deed in bare.window.deeds.deeds} <= listed

    def test_what_is_added_later_is_there_too(self, bare):
        deeds = bare.window.deeds
        action = deeds.add("view.later", "Later", lambda: None, group="View")
        menu = bare.parts.top_bar.view_menu
        menu.aboutToShow.emit()
        assert action in menu.actions()

    def test_no_two_commands_have_the_same_keys(self, bare):
        taken = {}
        for deed in bare.window.deeds.deeds:
            for keys in deed.action.shortcuts():
                text = keys.toString()
                assert text not in taken, f"{text}: {taken.get(text)} and {deed.key}"
                taken[text] = deed.key


class TestShortcuts:
    @pytest.fixture
    def deeds(self, bare):
        return bare.window.deeds

    @pytest.fixture
    def dialog(self, bare):
        made = bare.settings.show_shortcuts()
        yield made
        made.close()

    def test_keys_are_changed_at_once_and_kept(self, bare, deeds, dialog, qtbot):
        dialog.choose("view.panels")
        dialog.edit.setKeySequence(QKeySequence("Ctrl+Alt+P"))
        qtbot.mouseClick(
            dialog.findChild(QPushButton, "shortcut_set"), Qt.MouseButton.LeftButton
        )
        assert bare.preferences.values.shortcuts == {"view.panels": ("Ctrl+Alt+P",)}
        action = deeds.deed("view.panels").action
        assert action.shortcuts() == [QKeySequence("Ctrl+Alt+P")]

    def test_a_conflict_is_told_and_the_other_loses_the_keys(self, bare, deeds, dialog):
        dialog.choose("view.panels")
        dialog.edit.setKeySequence(QKeySequence("Ctrl+O"))
        told = dialog.findChild(QLabel, "shortcut_told").text()
        assert "Ctrl+O is used by “Open project”" in told
        dialog.findChild(QPushButton, "shortcut_set").click()
        assert deeds.deed("project.open").action.shortcuts() == []
        assert bare.preferences.values.shortcuts["project.open"] == ()
        dialog.findChild(QPushButton, "shortcut_all_usual").click()
        assert bare.preferences.values.shortcuts == {}
        assert deeds.deed("project.open").action.shortcut() == QKeySequence("Ctrl+O")

    def test_one_gets_its_usual_keys_back(self, bare, deeds, dialog):
        deeds.set_keys("edit.redo", ["F8"])
        dialog.choose("edit.redo")
        dialog.findChild(QPushButton, "shortcut_usual").click()
        usual = [QKeySequence("Ctrl+Shift+Z"), QKeySequence("Ctrl+Y")]
        assert deeds.deed("edit.redo").action.shortcuts() == usual

    def test_commands_are_found_by_name_and_by_keys(self, dialog, qtbot):
        def shown():
            tops = [dialog.tree.topLevelItem(i) for i in range(dialog.tree.topLevelItemCount())]
            rows = [t.child(i) for t in tops for i in range(t.childCount())]
            return [row.text(0) for row in rows if not row.isHidden()]

        dialog._find.setText("search")
        assert shown() == ["Search everything"]
        dialog._find.setText("ctrl+k")
        assert "Search everything" in shown()

    def test_chosen_keys_hold_for_what_is_added_later(self, qtbot, bare):
        deeds = Actions(bare.window, {"x.y": ["F9"]})
        assert deeds.add("x.y", "X", lambda: None, group="G").shortcut() == QKeySequence("F9")


class TestText:
    @pytest.mark.parametrize("size", [(1100, 700), (1600, 1000)])
    def test_larger_text_is_used_at_once_and_the_window_comes_to_rest(self, bare, qtbot, size):
        bare.window.resize(*size)
        rows = bare.parts.panels.sites.fontMetrics().height()
        bare.settings.set_text_scale(150)
        qtbot.waitUntil(lambda: bare.parts.panels.sites.fontMetrics().height() > 1.3 * rows)
        assert bare.preferences.values.text_scale == 150
        stirred = _Stirred(bare.window)
        qtbot.waitUntil(stirred.at_rest)
        assert bare.window.size() == QSize(*size)
        for name in ("menu_button", "language_button", "print_button"):
            button = bare.window.findChild(QToolButton, name)
            assert button.width() <= button.sizeHint().width() + 2

    def test_steps_end_at_the_largest_and_the_smallest(self, bare):
        for deed, end in (("view.text_larger", 200), ("view.text_smaller", 80)):
            store = bare.preferences
            store.keep(replace(store.values, text_scale=end))
            bare.window.deeds.deed(deed).action.trigger()
            assert store.values.text_scale == end
        bare.window.deeds.deed("view.text_usual").action.trigger()
        assert bare.preferences.values.text_scale == 100


class _Stirred:
    """Tells whether no part of a window was laid out since it was last asked."""

    def __init__(self, window):
        self._window = window
        self._count = 0
        window.centralWidget().installEventFilter(window)

    def at_rest(self):
        application = QApplication.instance()
        for _ in range(20):
            application.processEvents()
        before = self._window.centralWidget().geometry()
        application.processEvents()
        return before == self._window.centralWidget().geometry()


class TestLanguage:
    @pytest.fixture
    def speaks(self, monkeypatch):
        """Every language is there, with no words of its own."""
        spoken = []
        monkeypatch.setattr("ui.renewal.set_language", spoken.append)
        monkeypatch.setattr("ui.top_bar.language", lambda: spoken[-1] if spoken else "en")

    def test_the_window_is_made_anew_over_the_same_project(self, bare, qtbot, speaks):
        bare.window.open_panel("layers")
        bare.desk.select(Selection("site", "own"))
        bare.window.resize(1234, 765)
        old = bare.window
        action = old.findChild(type(old.deeds.deed("view.search").action), "language_ru")
        action.trigger()
        qtbot.waitUntil(lambda: bare.window is not old, timeout=10_000)
        assert bare.preferences.values.language == "ru"
        assert bare.window.isVisible()
        assert bare.window.size() == QSize(1234, 765)
        assert bare.window.open_panel_name == "layers"
        assert bare.desk.selection == Selection("site", "own")
        assert bare.window.findChild(QToolButton, "language_button").text().strip() == "RU"
        with qtbot.waitSignal(bare.session.changed, timeout=10_000):
            bare.session.undo()
        assert bare.session.snapshot.features == ()
        qtbot.waitUntil(partial(_quiet, bare), timeout=20_000)

    def test_names_that_were_read_before_are_told_in_the_new_language(self, bare, qtbot):
        old = bare.window
        before = bare.session.snapshot
        try:
            bare.renewal.speak("ru")
            qtbot.waitUntil(lambda: bare.window is not old, timeout=10_000)
            assert bare.session.snapshot is not before
            qtbot.waitUntil(partial(_quiet, bare), timeout=20_000)
        finally:
            translation.set_language("en")

    def test_it_waits_for_what_runs_and_says_so(self, bare, qtbot, speaks):
        go = threading.Event()
        bare.background.submit(
            "models", "Find corridors", lambda _: go.wait(10), lambda _: None, lambda _: None
        )
        old = bare.window
        bare.renewal.speak("ko")
        notice = old.findChild(QLabel, "strip_notice").text()
        assert "Find corridors" in notice
        assert bare.window is old
        go.set()
        qtbot.waitUntil(lambda: bare.window is not old, timeout=10_000)
        qtbot.waitUntil(partial(_quiet, bare), timeout=20_000)

    def test_a_language_whose_words_are_lost_leaves_the_window(self, bare, qtbot, monkeypatch):
        def refuse(code):
            raise translation.UsageError("The words could not be read.")

        monkeypatch.setattr("ui.renewal.set_language", refuse)
        old = bare.window
        bare.renewal.speak("mn")
        notice = old.findChild(QLabel, "strip_notice")
        qtbot.waitUntil(lambda: "could not be read" in notice.text())
        assert bare.window is old
        assert bare.preferences.values.language == ""


class TestPreferences:
    def test_each_is_used_at_once(self, bare, qtbot, qapp):
        dialog = bare.settings.show_preferences()
        assert isinstance(dialog, PreferencesDialog)
        dialog.appearance.setCurrentIndex(dialog.appearance.findData("dark"))
        dialog.appearance.activated.emit(dialog.appearance.currentIndex())
        assert qapp.palette().window().color().lightness() < 80
        assert bare.preferences.values.appearance == "dark"
        dialog.text_scale.setCurrentIndex(dialog.text_scale.findData(125))
        dialog.text_scale.activated.emit(dialog.text_scale.currentIndex())
        assert bare.preferences.values.text_scale == 125
        dialog.findChild(QPushButton, "preference_shortcuts").click()
        shortcuts = bare.window.findChild(ShortcutsDialog, "shortcuts_dialog")
        assert shortcuts.isVisible()
        shortcuts.close()
        dialog.close()

    def test_what_could_not_be_kept_is_told(self, qtbot, tmp_path):
        (tmp_path / "file").write_text("")
        store = PreferenceStore(tmp_path / "file" / "p.json")
        store.keep(Preferences())
        dialog = PreferencesDialog(store)
        qtbot.addWidget(dialog)
        assert "could not be written" in dialog.findChild(QLabel, "preference_problem").text()


class TestClosing:
    @pytest.fixture
    def held(self, bare, monkeypatch):
        monkeypatch.setattr("ui.closing._WORTH_ASKING_S", 0.0)
        go = threading.Event()

        def work(control):
            while not go.wait(0.01):
                control.report(0.5)
            return "done"

        told = []
        job = bare.background.submit(
            "models", "Find corridors", work, told.append, lambda _: None
        )
        job.told, job.go = told, go
        yield job
        go.set()

    def _dialog(self, desktop):
        return desktop.window.findChild(ClosingDialog, "closing_dialog")

    def _ask(self, desktop, qtbot, job):
        qtbot.waitUntil(lambda: job.state is JobState.RUNNING)
        desktop.window.quit()
        assert desktop.window.isVisible()
        dialog = self._dialog(desktop)
        assert "Find corridors" in dialog.findChild(QLabel, "closing_running").text()
        return dialog

    def test_with_nothing_running_it_closes(self, bare):
        bare.window.quit()
        assert not bare.window.isVisible()

    def test_one_may_go_on_working(self, bare, qtbot, held):
        dialog = self._ask(bare, qtbot, held)
        dialog.findChild(QPushButton, "close_not").click()
        assert bare.window.isVisible()
        assert held.state is JobState.RUNNING
        held.go.set()
        qtbot.waitUntil(lambda: held.told == ["done"])

    def test_what_runs_is_ended_and_the_window_closed(self, bare, qtbot, held):
        dialog = self._ask(bare, qtbot, held)
        dialog.findChild(QPushButton, "close_now").click()
        assert not bare.window.isVisible()
        assert held.state is JobState.CANCELLED

    def test_the_window_closes_when_what_runs_has_ended(self, bare, qtbot, held):
        dialog = self._ask(bare, qtbot, held)
        dialog.findChild(QPushButton, "close_later").click()
        assert bare.window.isVisible()
        held.go.set()
        qtbot.waitUntil(lambda: not bare.window.isVisible())
        assert held.told == ["done"]

    def test_the_question_goes_when_nothing_runs_any_more(self, bare, qtbot, held):
        dialog = self._ask(bare, qtbot, held)
        gone = []
        dialog.rejected.connect(lambda: gone.append(True))
        held.go.set()
        qtbot.waitUntil(lambda: bool(gone))
        assert bare.window.isVisible()

    def test_the_system_closing_it_is_the_user_closing_it(self, bare, qtbot, held):
        qtbot.waitUntil(lambda: held.state is JobState.RUNNING)

        class Spontaneous(QCloseEvent):
            def spontaneous(self):
                return True

        event = Spontaneous()
        bare.window.closeEvent(event)
        assert not event.isAccepted()
        self._dialog(bare).reject()


def test_the_layout_is_kept_for_the_next_window(bare, make_desktop):
    bare.window.open_panel("jobs")
    bare.window.close()
    assert bare.preferences.values.layout
    other = make_desktop()
    other.window.restore_layout(bare.preferences.values.layout)
    other.window.show()
    assert other.window.open_panel_name == "jobs"
