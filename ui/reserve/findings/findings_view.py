"""What a run found: which of its solutions is shown, and pages about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from resources.translation import tr
from ui import words
from ui.controls import label, link_button
from ui.elided import ElidedLabel
from ui.jobs.progress import JobProgress
from ui.reserve.findings.fairness_page import FairnessPage
from ui.reserve.findings.holds_page import HoldsPage
from ui.reserve.findings.ledger_page import LedgerPage
from ui.reserve.findings.portfolio_page import PortfolioPage
from ui.reserve.findings.proposals_page import ProposalsPage
from ui.reserve.findings.told import solution_detail, value_title
from ui.suitability.setup.fields import Choice
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.reserve.view import RunView
    from ui.theme import Theme


class FindingsView(QWidget):
    """Shows one run; one of its solutions is on the map."""

    back_requested = pyqtSignal()
    again_requested = pyqtSignal()
    """What this run was asked is to be changed and asked again."""
    resume_requested = pyqtSignal()
    """A search that was ended half-way is to go on."""
    report_wanted = pyqtSignal()
    cancel_requested = pyqtSignal()
    """What is being computed is to end."""
    solution_chosen = pyqtSignal(str)
    """Another solution is to be seen; carries its name."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("findings_view")
        self._view: RunView | None = None
        self._shown = ""
        self._possible = False
        self._make_head(theme)
        self.holds = HoldsPage(theme)
        self.ledger = LedgerPage(theme)
        self.fairness = FairnessPage(theme)
        self.fairness.solution_chosen.connect(self.choose)
        self.portfolio = PortfolioPage()
        self.portfolio.solution_chosen.connect(self.choose)
        self.proposals = ProposalsPage(theme)
        self.tabs = self._make_tabs()
        self._place()

    def _make_head(self, theme: Theme) -> None:
        self._back = link_button("findings_back", tr("Back to the proposals"))
        self._back.clicked.connect(self.back_requested)
        self.again_button = QPushButton(tr("Change…"))
        self.again_button.setObjectName("change_request")
        self.again_button.setToolTip(tr("Take what this search was asked for the next one"))
        self.again_button.clicked.connect(self.again_requested)
        self.resume_button = QPushButton(tr("Search on"))
        self.resume_button.setObjectName("search_on")
        self.resume_button.setToolTip(tr("Go on from what it had found"))
        self.resume_button.clicked.connect(self.resume_requested)
        self.report_button = link_button("open_reserve_report", tr("Open the report"))
        self.report_button.clicked.connect(self.report_wanted)
        self._title = ElidedLabel("findings_title", size="title")
        self._about = label("", size="small", tone="warning", name="findings_unfinished")
        self.progress = JobProgress("findings", theme)
        self.progress.cancel_requested.connect(self.cancel_requested)
        self._problem = label("", size="small", tone="error", name="findings_problem")
        self._problem.hide()
        self.solution = Choice("shown_solution", {})
        self.solution.setAccessibleName(tr("Solution on the map"))
        self.solution.currentIndexChanged.connect(self._on_solution_changed)
        self._detail = ElidedLabel("solution_detail", tone="muted")

    def _place(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._back)
        top.addStretch(1)
        top.addWidget(self.again_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self._title)
        layout.addWidget(self.report_button, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in (
            self._about,
            self.resume_button,
            self.progress,
            self._problem,
            self.solution,
            self._detail,
        ):
            layout.addWidget(widget)
        layout.addWidget(self.tabs, 1)

    def _make_tabs(self) -> QTabWidget:
        tabs = QTabWidget()
        tabs.setObjectName("findings_tabs")
        tabs.setAccessibleName(tr("What the search found"))
        tabs.setDocumentMode(True)
        tabs.setUsesScrollButtons(False)
        pages: tuple[tuple[QWidget, str], ...] = (
            (self.holds, tr("Holds")),
            (self.ledger, tr("Ledger")),
            (self.fairness, tr("Fairness")),
            (self.portfolio, tr("Portfolio")),
            (self.proposals, tr("Proposals")),
        )
        for page, title in pages:
            tabs.addTab(page, title)
        return tabs

    @property
    def view(self) -> RunView | None:
        """The run that is shown."""
        return self._view

    @property
    def shown_solution(self) -> str:
        """Name of the solution that is shown, or an empty string."""
        return self._shown

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        for page in (self.holds, self.ledger, self.fairness, self.proposals):
            page.set_theme(theme)

    def show_run(self, view: RunView, *, possible: bool, sendable: bool) -> None:
        """Show a run; the solution and the page stay where it is the same one.

        Parameters
        ----------
        view : RunView
            The run.
        possible : bool
            Whether anything may be computed of it now.
        sendable : bool
            Whether there is a scenario that proposals can be sent to.
        """
        same = self._view is not None and self._view.run_id == view.run_id
        self._view = view
        self._possible = possible
        self._title.say(view.title)
        self.report_button.setVisible(view.finished)
        self._about.setVisible(not view.finished)
        self.resume_button.setVisible(not view.finished)
        self.resume_button.setEnabled(possible)
        self._about.setText(
            tr("This search was ended half-way. What it had found by then is kept.")
            if view.solutions
            else tr(
                "This search was ended before it had found anything. Change… asks it again."
            )
        )
        self._fill_solutions(view, self._shown if same else "")
        self.holds.show_trace(view.steps, value_title(view.request))
        self.fairness.show_run(view, possible=possible and view.finished)
        self.portfolio.show_run(view, possible=possible and view.finished)
        self.proposals.set_possible(
            possible=possible and view.finished, sendable=sendable and possible
        )
        if not same:
            self.tabs.setCurrentWidget(self.holds)
        self.tabs.setEnabled(bool(view.solutions))
        self._show_solution()

    def set_possible(self, *, possible: bool, sendable: bool) -> None:
        """Offer to compute further things, or not, as while something else is computed."""
        view = self._view
        self._possible = possible
        self.resume_button.setEnabled(possible)
        self.report_button.setEnabled(possible)
        more = possible and view is not None and view.finished
        self.fairness.set_possible(possible=more)
        self.portfolio.set_possible(possible=more)
        self.proposals.set_possible(possible=more, sendable=sendable and possible)
        self.ledger.button.setEnabled(more)

    def show_problem(self, text: str) -> None:
        """Say what could not be read or computed of the run; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def say_on_map(self, text: str) -> None:
        """Say that something else than the solution is on the map."""
        self._detail.say(text)

    def choose(self, solution: str) -> None:
        """Show another solution, as the user wants it."""
        self.solution.choose(solution)

    def _fill_solutions(self, view: RunView, chosen: str) -> None:
        self.solution.blockSignals(True)
        self.solution.clear()
        for item in view.solutions:
            self.solution.addItem(words.stored(item.label), item.name)
        self.solution.choose(chosen)
        self.solution.blockSignals(False)
        self._shown = self.solution.value

    def _on_solution_changed(self) -> None:
        if self.solution.value and self.solution.value != self._shown:
            self._shown = self.solution.value
            self._show_solution()
            self.solution_chosen.emit(self._shown)

    def _show_solution(self) -> None:
        view = self._view
        found = None if view is None else view.solution(self._shown)
        self._detail.setVisible(found is not None)
        if view is None or found is None:
            return
        self._detail.say(solution_detail(found))
        self.holds.show_solution(found, view)
        ledger = view.ledgers.get(found.name)
        self.ledger.show_ledger(ledger, possible=self._possible and view.finished)
        self.proposals.show_proposals(view.proposals.get(found.name))
        self.fairness.mark(found.name)
        self.portfolio.mark(found.name)
