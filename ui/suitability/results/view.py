"""The results of a run, in place of the map while they are read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from layers.occurrences.rules import TITLES
from planner.suitability.verdict import warnings
from resources.translation import mark, tr
from ui import words
from ui.controls import label, link_button
from ui.elided import ElidedLabel
from ui.suitability.results import numbers
from ui.suitability.results.page import Page
from ui.suitability.setup.fields import Choice
from ui.suitability.state import HabitatState, run_detail, run_title
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.suitability import SuitabilityResults
    from planner.suitability.comparison import Comparison
    from planner.suitability.previews import LayerPreview
    from ui.background import Background
    from ui.suitability.work import RunView
    from ui.theme import Theme

_TABS = (
    ("overview", mark("Overview")),
    ("curves", mark("Curves")),
    ("importance", mark("Importance")),
    ("evaluation", mark("Evaluation")),
    ("areas", mark("Areas")),
    ("records", mark("Records")),
    ("compare", mark("Compare")),
)


class ResultsView(QFrame):
    """Shows one run, or how the layers of a study go together.

    Parameters
    ----------
    theme : Theme
        Colours.
    background : Background
        Draws the plots.
    """

    closed = pyqtSignal()
    stage_wanted = pyqtSignal(str)
    map_wanted = pyqtSignal(str)
    choice_made = pyqtSignal(str, str)
    """A run is to be the suitability of its species; carries the run and the reason."""
    choice_withdrawn = pyqtSignal(str)
    comparison_wanted = pyqtSignal(str)

    def __init__(
        self, theme: Theme, background: Background, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("results_view")
        self.setProperty("role", "panel")
        self.setMinimumWidth(40 * GRID)
        self._theme = theme
        self._background = background
        self._state = HabitatState()
        self._editable = True
        self._view: RunView | None = None
        self._fill: dict[str, Callable[[Page], None]] = {}
        self._title = ElidedLabel("results_title", size="title")
        self._about = ElidedLabel("results_about", tone="muted")
        self._maps = QToolButton()
        self._maps.setObjectName("results_maps")
        self._maps.setText(tr("Show on map"))
        self._maps.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._maps.setMenu(QMenu(self._maps))
        self.choose_button = QPushButton(tr("Choose this run…"))
        self.choose_button.setObjectName("results_choose")
        self.choose_button.clicked.connect(self._on_choose)
        self._report = link_button("results_report", tr("Open the report"))
        self._report.clicked.connect(self._on_report)
        self._close = QPushButton(tr("Back to the map"))
        self._close.setObjectName("results_close")
        self._close.clicked.connect(self.closed)
        self._choice = self._make_choice()
        self.pages = {
            name: Page(f"results_{name}", self._draw_beside)
            for name, _ in _TABS
            if name != "compare"
        }
        self.compared = Page("results_compared", self._draw_beside)
        self.preview = Page("results_preview", self._draw_beside)
        self.tabs = self._make_tabs()
        self._body = QStackedWidget()
        self._body.addWidget(self.tabs)
        self._body.addWidget(self.preview)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, GRID, 0)
        layout.setSpacing(GRID)
        layout.addLayout(self._make_head())
        layout.addWidget(self._choice)
        layout.addWidget(self._body, 1)
        for page in (*self.pages.values(), self.compared):
            page.stage_wanted.connect(self.stage_wanted)

    def _draw_beside(self, drawing: Callable[[], Any], shown: Callable[[Any], None]) -> None:
        """Draw a plot beside the window, which shows it then."""
        if not self._background.closed:
            self._background.submit(
                "reading",
                tr("Draw a plot"),
                lambda _: drawing(),
                shown,
                lambda error: self._about.say(words.problem(error)),
            )

    def _make_head(self) -> QVBoxLayout:
        first = QHBoxLayout()
        first.setSpacing(GRID)
        first.addWidget(self._title, 1)
        for widget in (self._report, self._close):
            first.addWidget(widget)
        second = QHBoxLayout()
        second.setSpacing(GRID)
        second.addWidget(self._about, 1)
        for button in (self.choose_button, self._maps):
            second.addWidget(button)
        head = QVBoxLayout()
        head.setSpacing(GRID // 2)
        head.addLayout(first)
        head.addLayout(second)
        return head

    def _make_choice(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("choice_frame")
        frame.setProperty("role", "card")
        self.reason = QLineEdit()
        self.reason.setObjectName("choice_reason")
        self.reason.setPlaceholderText(tr("Why this run is better than the others"))
        self.reason.setAccessibleName(tr("Reason for the choice"))
        self.reason.textChanged.connect(self._show_choice_possible)
        self.reason.returnPressed.connect(self._on_choice_confirmed)
        self.confirm_button = QPushButton(tr("Choose"))
        self.confirm_button.setObjectName("choice_confirm")
        self.confirm_button.setProperty("role", "primary")
        self.confirm_button.clicked.connect(self._on_choice_confirmed)
        cancel = QPushButton(tr("Cancel"))
        cancel.setObjectName("choice_cancel")
        cancel.clicked.connect(frame.hide)
        self._ask = label("", size="small", tone="muted", name="choice_ask")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.reason, 1)
        row.addWidget(self.confirm_button)
        row.addWidget(cancel)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.addWidget(self._ask)
        layout.addLayout(row)
        frame.hide()
        return frame

    def _make_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName("results_tabs")
        tabs.setDocumentMode(True)
        for name, title in _TABS:
            page = self._make_compare() if name == "compare" else self.pages[name]
            tabs.addTab(page, tr(title))
        tabs.currentChanged.connect(self._on_tab_changed)
        return tabs

    def _make_compare(self) -> QWidget:
        holder = QWidget()
        self.other = Choice("compare_other", {})
        self.other.setAccessibleName(tr("Run to compare with"))
        self.compare_button = QPushButton(tr("Compare"))
        self.compare_button.setObjectName("compare_runs")
        self.compare_button.clicked.connect(self._on_compare)
        self._compare_problem = label("", size="small", tone="error", name="compare_problem")
        self._compare_problem.hide()
        self._compare_hint = label("", size="small", tone="muted", name="compare_hint")
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.other, 1)
        row.addWidget(self.compare_button)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self._compare_hint)
        layout.addWidget(self._compare_problem)
        layout.addWidget(self.compared, 1)
        return holder

    @property
    def run_id(self) -> str:
        """The run that is shown, or an empty string."""
        return "" if self._view is None else self._view.run_id

    @property
    def has_content(self) -> bool:
        """Whether there is anything to show."""
        return self._view is not None or self._body.currentWidget() is self.preview

    @property
    def is_drawn(self) -> bool:
        """Whether every plot that is seen is drawn."""
        from ui.suitability.results.plot import plots_below  # noqa: PLC0415 - loads matplotlib

        return not any(plot.is_due for plot in plots_below(self))

    def show_tab(self, name: str) -> None:
        """Turn to a page by its name, such as ``"curves"``."""
        self.tabs.setCurrentIndex([tab for tab, _ in _TABS].index(name))

    def clear(self) -> None:
        """Show nothing."""
        self._view = None
        self._fill = {}
        for page in (*self.pages.values(), self.compared, self.preview):
            page.clear()
        self._body.setCurrentWidget(self.tabs)
        self._choice.hide()
        self.closed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of another theme."""
        from ui.suitability.results.plot import plots_below  # noqa: PLC0415 - loads matplotlib

        self._theme = theme
        if self._view is not None or self._body.currentWidget() is self.preview:
            for plot in plots_below(self):
                plot.set_theme(theme)

    def show_run(self, view: RunView) -> None:
        """Show what a run found; a page is drawn when it is first looked at."""
        from ui.suitability.results import pages  # noqa: PLC0415 - loads matplotlib

        self._view = view
        self._choice.hide()
        self._body.setCurrentWidget(self.tabs)
        for page in (*self.pages.values(), self.compared):
            page.clear()
        self._fill = {
            "overview": lambda page: pages.fill_overview(page, view),
            "curves": lambda page: pages.fill_curves(page, view, self._theme),
            "importance": lambda page: pages.fill_importance(page, view, self._theme),
            "evaluation": lambda page: pages.fill_evaluation(page, view, self._theme),
            "areas": lambda page: pages.fill_areas(page, view, self._theme),
            "records": lambda page: pages.fill_records(page, view, TITLES),
        }
        self._fill_maps(view)
        self._show_head()
        self._show_others()
        self._on_tab_changed()

    def show_state(self, state: HabitatState, *, editable: bool) -> None:
        """Take note of which runs there are, and which is chosen."""
        self._state = state
        self._editable = editable
        self._show_head()
        self._show_others()

    def show_preview(self, preview: LayerPreview) -> None:
        """Show how the layers of a study go together."""
        from ui.suitability.results.side_by_side import fill_preview  # noqa: PLC0415 - as above

        self.preview.clear()
        fill_preview(self.preview, preview, self._theme)
        self._body.setCurrentWidget(self.preview)
        self._choice.hide()
        self._title.say(tr("Layers of the study"))
        self._about.say(
            tr("Before the run: which layers tell the same, and where they have gaps.")
        )
        for widget in (self.choose_button, self._maps, self._report):
            widget.hide()

    def show_comparison(self, comparison: Comparison, second: SuitabilityResults) -> None:
        """Show two runs side by side."""
        from ui.suitability.results.side_by_side import fill_comparison  # noqa: PLC0415

        view = self._view
        self.compare_button.setEnabled(True)
        if view is None or comparison.first != view.run_id:
            return
        self._compare_hint.hide()
        self.compared.clear()
        fill_comparison(self.compared, comparison, (view.results, second), self._theme)

    def show_comparison_problem(self, text: str) -> None:
        """Say why two runs cannot be compared."""
        self.compare_button.setEnabled(True)
        self._compare_problem.setText(text)
        self._compare_problem.setVisible(bool(text))

    def _fill_maps(self, view: RunView) -> None:
        menu = self._maps.menu()
        if menu is None:
            return
        menu.clear()
        for spec in reversed(view.layers):
            action = menu.addAction(words.stored(spec.name))
            if action is not None:
                action.setObjectName(f"map_{spec.layer_id}")
                action.triggered.connect(partial(self._on_map_wanted, spec.layer_id))
        self._maps.setEnabled(bool(view.layers))

    def _on_map_wanted(self, layer_id: str, _checked: bool = False) -> None:
        self.map_wanted.emit(layer_id)

    def _show_head(self) -> None:
        view = self._view
        if view is None or self._body.currentWidget() is self.preview:
            return
        results = view.results
        for widget in (self._maps, self._report):
            widget.show()
        self._title.say(numbers.run_heading(results))
        choice = self._state.choices.get(results.species)
        chosen = choice is not None and choice.run_id == view.run_id
        told = tr("Run {run}", run=view.run_id[:6])
        if chosen and choice is not None:
            told = tr("{run}, chosen: {reason}", run=told, reason=choice.reason)
        self._about.say(told)
        self.choose_button.setText(
            tr("Withdraw the choice") if chosen else tr("Choose this run…")
        )
        self.choose_button.setVisible(self._editable)
        if chosen:
            self._choice.hide()

    def _show_others(self) -> None:
        before = self.other.value
        runs = [run for run in self._state.runs if run.finished and run.run_id != self.run_id]
        species = "" if self._view is None else self._view.results.species
        runs.sort(key=lambda run: run.species != species)
        self.other.clear()
        for run in reversed([run for run in runs if run.species == species]):
            self.other.addItem(f"{run_title(run)}  ·  {run_detail(run)}", run.run_id)
        self.other.choose(before)
        possible = self.other.count() > 0
        self.other.setEnabled(possible)
        self.compare_button.setEnabled(possible)
        self._compare_hint.setText(
            tr("What differs, measures, maps and plots of both runs stand here side by side.")
            if possible
            else tr(
                "There is no other finished run of the species. Model the habitat "
                "with other settings, and both stand here side by side."
            )
        )

    def _on_tab_changed(self) -> None:
        name = _TABS[self.tabs.currentIndex()][0]
        fill = self._fill.pop(name, None)
        if fill is not None:
            fill(self.pages[name])

    def _on_choose(self) -> None:
        view = self._view
        if view is None:
            return
        species = view.results.species
        choice = self._state.choices.get(species)
        if choice is not None and choice.run_id == view.run_id:
            self.choice_withdrawn.emit(species)
            return
        self._ask.setText(
            tr(
                "This run becomes the suitability of the {species}: plans build on it from "
                "then on. Undo takes it back.",
                species=words.species(species),
            )
            + "".join(f"\n{words.stored(warning)}" for warning in warnings(view.results))
        )
        self.reason.clear()
        self._show_choice_possible()
        self._choice.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_choice_possible(self) -> None:
        self.confirm_button.setEnabled(bool(self.reason.text().strip()))

    def _on_choice_confirmed(self) -> None:
        reason = self.reason.text().strip()
        if self._view is not None and reason:
            self._choice.hide()
            self.choice_made.emit(self._view.run_id, reason)

    def _on_compare(self) -> None:
        if self.other.value:
            self.show_comparison_problem("")
            self.compare_button.setEnabled(False)
            self.comparison_wanted.emit(self.other.value)

    def _on_report(self) -> None:
        if self._view is not None:
            url = QUrl.fromLocalFile(str(self._view.folder.report_path))
            QDesktopServices.openUrl(url)
