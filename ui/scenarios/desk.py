"""Ties the panel of scenarios and their comparison to the project and the maps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QApplication

from planner import scenarios
from planner.compare import MOST_SCENARIOS, compare
from planner.compare_features import differences
from planner.scenario_clipboard import pasted_scenario, scenario_text
from resources.translation import mark, tr
from ui import words
from ui.map.overlay import Highlight
from ui.scenarios.comparison import ComparisonPanel
from ui.scenarios.model import scenario_rows
from ui.scenarios.panel import ScenariosPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.compare import Comparison
    from planner.compare_features import Difference
    from planner.jobs import Job, JobControl
    from planner.project import Command, Project
    from resources.errors import PlannerError
    from ui.actions import Actions
    from ui.compare.desk import CompareDesk
    from ui.main_window import MainWindow
    from ui.map.canvas import MapCanvas
    from ui.project_work import Workbench
    from ui.scenarios.model import ScenarioRow
    from ui.session import Session
    from ui.theme import Theme

NEW_NAME = mark("New scenario")
_LONGEST_NOTING_S = 5.0
"""How long the window waits for a note to be kept when it is closed."""
_SHARE = 0.38
"""Of the window's height that a comparison takes when it is opened."""


class ScenariosDesk(QObject):
    """Hears what is asked in the panel of scenarios, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    window : MainWindow
        Given the panels.
    compare_desk : CompareDesk
        Shows two maps.
    canvas : MapCanvas
        The first map.
    theme : Theme
        Colours.
    """

    said = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        window: MainWindow,
        compare_desk: CompareDesk,
        canvas: MapCanvas,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._window = window
        self._maps = compare_desk
        self._canvas = canvas
        self._asked = 0
        self._compared: tuple[str, ...] = ()
        self._to_rename = ""
        self._marked: tuple[str, str] | None = None
        self._noting: Job[Any] | None = None
        self._closed = False
        self.panel = ScenariosPanel(theme)
        self.comparison = ComparisonPanel(theme)
        window.add_panel("scenarios", tr("Scenarios"), self.panel, "scenarios")
        area = Qt.DockWidgetArea.BottomDockWidgetArea
        window.add_panel("comparison", tr("Comparison"), self.comparison, area=area)
        self._add_deeds(window.deeds)
        self._listen()

    def carried(self) -> tuple[str, ...]:
        """Return the scenarios that are compared in numbers."""
        dock = self._window.docks.dock("comparison")
        return () if dock.isHidden() else self._compared

    def take_over(self, state: tuple[str, ...]) -> None:
        """Compare the same ones again."""
        if state:
            self.show_numbers(state)

    def _add_deeds(self, deeds: Actions) -> None:
        add = partial(deeds.add, group=tr("Scenarios"))
        add("scenario.new", tr("New scenario"), self.new)
        add("scenario.duplicate", tr("Duplicate the scenario"), self._duplicate_shown)
        add("scenario.copy", tr("Copy the scenario"), self._copy_shown)
        add("scenario.paste", tr("Paste a scenario"), self.paste)
        add("scenario.compare", tr("Compare scenarios in numbers"), self._compare_all)

    def _listen(self) -> None:
        panel, session = self.panel, self._session
        panel.new_wanted.connect(self.new)
        panel.show_wanted.connect(session.show_scenario)
        panel.duplicate_wanted.connect(self.duplicate)
        panel.copy_wanted.connect(self.copy)
        panel.paste_wanted.connect(self.paste)
        panel.remove_wanted.connect(self.remove)
        panel.renamed.connect(self.rename)
        panel.note_written.connect(self.note)
        panel.numbers_wanted.connect(self.show_numbers)
        panel.maps_wanted.connect(self.show_maps)
        self.comparison.difference_chosen.connect(self._show_difference)
        self.comparison.maps_wanted.connect(lambda: self.show_maps(self._compared))
        self._maps.differences_wanted.connect(lambda *names: self.show_numbers(names))
        self._maps.active_changed.connect(lambda _active: self._mark(None))
        session.opened.connect(lambda _snapshot: self._on_opened())
        session.changed.connect(lambda _snapshot: self._read())

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.panel.set_theme(theme)
        self.comparison.set_theme(theme)

    def close(self) -> None:
        """Keep the note that is being written, and ask for nothing more."""
        if not self._closed:
            self.panel.keep_note()
            if self._noting is not None:
                self._noting.wait(_LONGEST_NOTING_S)
        self._closed = True
        self._asked += 1

    # Edits.

    def new(self) -> None:
        """Add an empty scenario, show it, and let the user name it."""

        def command(project: Project) -> Command:
            name = scenarios.free_name(project.scenarios(), tr(NEW_NAME))
            return scenarios.new_scenario(project, name)

        self._add(tr("Add a scenario"), command)

    def duplicate(self, scenario_id: str) -> None:
        """Copy a scenario with all that belongs to it, and show the copy."""

        def command(project: Project) -> Command:
            taken = project.scenarios()
            old = scenarios.scenario_named(project, scenario_id)
            name = scenarios.free_name(taken, tr(scenarios.COPY_NAME, name=old.name))
            return scenarios.new_scenario(project, name, copy_of=scenario_id)

        self._add(tr("Duplicate the scenario"), command)

    def paste(self) -> None:
        """Add the scenario that the clipboard holds."""
        clipboard = QApplication.clipboard()
        text = "" if clipboard is None else clipboard.text()
        self._add(
            tr("Paste a scenario"), lambda project: pasted_scenario(project, text).command
        )

    def _add(self, label: str, command: Callable[[Project], Command]) -> None:
        """Carry out an edit that adds a scenario; it is the one to be named then."""

        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(command(bench.project))
            self._to_rename = bench.project.scenarios()[-1].scenario_id

        self._change(label, work)

    def rename(self, scenario_id: str, name: str) -> None:
        """Give a scenario another name."""

        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(scenarios.rename_scenario(bench.project, scenario_id, name))

        self._change(tr("Rename the scenario"), work)

    def note(self, scenario_id: str, note: str) -> None:
        """Give a scenario another note."""

        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(scenarios.note_scenario(bench.project, scenario_id, note))

        self._noting = self._change(tr("Change the note of the scenario"), work)

    def remove(self, scenario_ids: tuple[str, ...]) -> None:
        """Remove scenarios; each is one step of undo."""

        def work(bench: Workbench, _: JobControl) -> None:
            for name in scenario_ids:
                bench.project.execute(scenarios.remove_scenario(bench.project, name))

        self._change(tr("Remove the scenario"), work)

    def _change(self, label: str, work: Callable[[Workbench, JobControl], None]) -> Job[Any]:
        self.panel.say_problem("")
        return self._session.change(label, work, failed=self._on_failed)

    def copy(self, scenario_id: str) -> None:
        """Put a scenario with all that belongs to it on the clipboard."""

        def done(text: str) -> None:
            clipboard = QApplication.clipboard()
            if clipboard is not None:
                clipboard.setText(text)
                self.said.emit(
                    tr(
                        "The scenario is on the clipboard; it can be pasted here "
                        "or into another project."
                    )
                )

        self._session.ask(
            tr("Copy the scenario"),
            lambda bench, _: scenario_text(bench.project, scenario_id),
            done,
            self._on_failed,
        )

    def _shown(self) -> str:
        snapshot = self._session.snapshot
        return "" if snapshot is None else snapshot.scenario

    def _duplicate_shown(self) -> None:
        if self._shown():
            self.duplicate(self._shown())

    def _copy_shown(self) -> None:
        if self._shown():
            self.copy(self._shown())

    # Comparing.

    def show_maps(self, scenario_ids: tuple[str, ...]) -> None:
        """Show two scenarios on two maps, the first of them on the first map.

        One alone is compared with the one that is shown.
        """
        shown = self._shown()
        if len(scenario_ids) == 2 and shown in scenario_ids:
            other = next(name for name in scenario_ids if name != shown)
        elif len(scenario_ids) == 2:
            other = scenario_ids[1]
            self._session.show_scenario(scenario_ids[0])
        else:
            other = next((name for name in scenario_ids if name != shown), "")
        self._window.show_results(shown=False)
        self._maps.start(other)

    def _compare_all(self) -> None:
        self._window.open_panel("scenarios")
        self.show_numbers(self.panel.list.chosen)

    def show_numbers(self, scenario_ids: tuple[str, ...]) -> None:
        """Show scenarios side by side in numbers; one alone beside the one that is shown."""
        snapshot = self._session.snapshot
        if snapshot is None or not snapshot.scenarios:
            self.said.emit(tr("There is no scenario to compare yet."))
            return
        names = list(scenario_ids)
        if len(names) < 2:
            known = [identifier for identifier, _ in snapshot.scenarios]
            first = [snapshot.scenario, *names]
            names = list(dict.fromkeys((*first, *known)))[: max(2, len(set(first)))]
        if len(names) > MOST_SCENARIOS:
            self.panel.say_problem(
                tr(
                    "At most {most} scenarios can stand side by side. Select fewer.",
                    most=MOST_SCENARIOS,
                )
            )
            return
        self.panel.say_problem("")
        self._compared = tuple(names)
        dock = self._window.docks.dock("comparison")
        if dock.isHidden():
            dock.show()
            share_px = round(_SHARE * self._window.height())
            self._window.resizeDocks([dock], [share_px], Qt.Orientation.Vertical)
        dock.raise_()
        self._compute()

    def _compute(self) -> None:
        """Compare anew what is compared; the newest wish counts."""
        names = self._compared
        self._asked += 1
        asked = self._asked

        def work(
            bench: Workbench, control: JobControl
        ) -> tuple[Comparison, tuple[Difference, ...]]:
            found = compare(bench.project, bench.pack, names, control=control)
            two = len(names) > 1
            return found, differences(bench.project, *names[:2]) if two else ()

        def done(result: tuple[Comparison, tuple[Difference, ...]]) -> None:
            if asked == self._asked:
                self.comparison.show_comparison(*result)
                marked = self._marked
                self._mark(next((d for d in result[1] if (d.kind, d.key) == marked), None))

        self._session.ask(tr("Compare the scenarios"), work, done, self._on_failed)

    def _mark(self, item: Difference | None) -> None:
        """Outline a difference on the maps, or nothing."""
        self._marked = None if item is None else (item.kind, item.key)
        outline = None if item is None else Highlight(item.geometry)
        self._canvas.set_overlay("difference", outline)

    def _show_difference(self, item: Difference) -> None:
        """Show on both maps where two scenarios differ."""
        if item.geometry.is_empty:
            return
        if len(self._compared) > 1:
            self.show_maps(self._compared[:2])
        west, south, east, north = item.geometry.bounds
        self._canvas.show_extent((west, south, east, north))
        self._mark(item)

    # What the session says.

    def _on_opened(self) -> None:
        self._compared = ()
        self._asked += 1
        self.comparison.show_comparison(None, ())
        self._window.docks.dock("comparison").hide()
        self._mark(None)
        self._read()

    def _read(self) -> None:
        if self._closed:
            return
        self._session.ask(
            tr("Read the scenarios"),
            lambda bench, _: scenario_rows(bench.project),
            self._show_rows,
            self._on_failed,
        )
        snapshot = self._session.snapshot
        known = () if snapshot is None else tuple(name for name, _ in snapshot.scenarios)
        self._compared = tuple(name for name in self._compared if name in known)
        if not self._window.docks.dock("comparison").isHidden() and self._compared:
            self._compute()

    def _show_rows(self, rows: tuple[ScenarioRow, ...]) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        editable = not snapshot.read_only_reason
        self.panel.set_rows(rows, snapshot.scenario, editable=editable)
        to_rename, self._to_rename = self._to_rename, ""
        if any(row.scenario_id == to_rename for row in rows):
            if snapshot.scenario != to_rename:
                self._session.show_scenario(to_rename)
                self._to_rename = to_rename
                return
            self._window.open_panel("scenarios")
            self.panel.choose(to_rename)
            self.panel.start_renaming(to_rename)

    def _on_failed(self, error: PlannerError) -> None:
        self.panel.say_problem(words.problem(error))
        self.said.emit(words.problem(error))
