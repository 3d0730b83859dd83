"""The proposals panel: those of the scenario, searches for others, and what they found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr, tr_n
from ui import words
from ui.carried import fields_of, fill_fields
from ui.controls import label, link_button
from ui.docks import was_replaced
from ui.features.panel import PROPOSAL_WORDS, FeaturesPanel
from ui.reserve.draft import Draft
from ui.reserve.findings.findings_view import FindingsView
from ui.reserve.runs import RunsList
from ui.reserve.search_card import SearchCard
from ui.reserve.setup.page import SetupPage
from ui.reserve.setup.problems import FormError
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PyQt6.QtGui import QHideEvent, QShowEvent

    from planner.jobs import Job
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import RunSummary
    from ui.features.list import FeatureList
    from ui.features.row import FeatureRow
    from ui.reserve.view import RunView
    from ui.theme import Theme

_OVERVIEW, _SETUP, _FINDINGS = range(3)


@dataclass(frozen=True)
class PanelState:
    """What the panel carries to a window made anew.

    Parameters
    ----------
    draft : Draft or None
        What the next search is asked.
    opened : bool
        Whether the form is shown.
    fields : mapping of str
        What stands in its fields.
    run : str
        The search whose findings are shown; empty for none.
    """

    draft: Draft | None
    opened: bool
    fields: Mapping[str, object]
    run: str


class ProposalsPanel(QFrame):
    """Lists proposals and searches, sets up a search, and shows what it found.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    feature_chosen = pyqtSignal(str)
    """A proposal of the scenario was chosen by the user; carries its key."""
    plan_requested = pyqtSignal()
    draft_wanted = pyqtSignal()
    """The form needs to know what the project offers."""
    find_requested = pyqtSignal(object)
    """Proposals are to be found; carries a request, or None for the usual one."""
    run_chosen = pyqtSignal(str)
    """A search is to be opened; carries its name."""
    page_changed = pyqtSignal()
    """Another part of the panel is seen now."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("proposals_workspace")
        self.setProperty("role", "panel")
        self._read_only = ""
        self._job: Job[Any] | None = None
        self._draft: Draft | None = None
        self.scenario = FeaturesPanel(PROPOSAL_WORDS, theme)
        self.scenario.list.let_choose_several()
        self.scenario.feature_chosen.connect(self.feature_chosen)
        self.scenario.plan_requested.connect(self.plan_requested)
        self.search = SearchCard(theme)
        self.setup = SetupPage()
        self.setup.back_requested.connect(self.close_setup)
        self.setup.find_requested.connect(self._on_find_with_setup)
        self.findings = FindingsView(theme)
        self.findings.back_requested.connect(self.show_overview)
        self.findings.again_requested.connect(self._on_again)
        self.runs = RunsList(theme)
        self.runs.run_chosen.connect(self.run_chosen)
        self._make_controls()
        self._place_controls()
        self.pages = QStackedWidget(self)
        for page in (self.scenario, self._framed(self.setup), self._framed(self.findings)):
            self.pages.addWidget(page)
        self.pages.currentChanged.connect(self._on_page_turned)
        self._on_page_turned()
        self._turned = QTimer(self)
        self._turned.setSingleShot(True)
        self._turned.setInterval(0)  # the stack of panels says later which is current
        self._turned.timeout.connect(self.page_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.pages)
        self.set_runs(())
        self._show_buttons()

    @staticmethod
    def _framed(page: QWidget) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addWidget(page)
        return holder

    def _make_controls(self) -> None:
        self.find_button = QPushButton(tr("Find proposals"))
        self.find_button.setObjectName("find_proposals")
        self.find_button.setProperty("role", "primary")
        self.find_button.clicked.connect(self._on_find)
        self.setup_button = QPushButton(tr("Set up…"))
        self.setup_button.setObjectName("set_up_search")
        self.setup_button.setToolTip(tr("Targets, units, cost, limits, shares and the search"))
        self.setup_button.clicked.connect(self.open_setup)
        self._hint = label("", size="small", tone="muted", name="proposals_hint")
        self._problem = label("", size="small", tone="error", name="proposals_problem")
        self._problem.hide()
        self.mend_button = link_button("mend_request", tr("Change what is asked"))
        self.mend_button.clicked.connect(self._on_mend)
        self.mend_button.hide()
        self._runs_title = label(tr("Searches"), name="runs_title")

    def _place_controls(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.find_button, 1)
        buttons.addWidget(self.setup_button)
        above = self.scenario.above
        above.addLayout(buttons)
        for widget in (self._hint, self.search, self._problem):
            above.addWidget(widget)
        above.addWidget(self.mend_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.scenario.below.addWidget(self._runs_title)
        self.scenario.below.addWidget(self.runs)

    def _on_page_turned(self) -> None:
        """Let only the page that is seen say how much room it needs."""
        for at in range(self.pages.count()):
            page = self.pages.widget(at)
            seen = at == self.pages.currentIndex()
            policy = QSizePolicy.Policy.Preferred if seen else QSizePolicy.Policy.Ignored
            if page is not None:
                page.setSizePolicy(policy, policy)
        self.page_changed.emit()

    # What the window asks of every panel of features.

    @property
    def list(self) -> FeatureList:
        """The list of proposals of the scenario."""
        return self.scenario.list

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        for part in (self.scenario, self.search, self.findings, self.runs):
            part.set_theme(theme)

    def set_rows(self, rows: Sequence[FeatureRow]) -> None:
        """Show the proposals of a scenario; the selection stays where it can."""
        self.scenario.set_rows(rows)

    def set_plan_possible(self, possible: bool) -> None:
        """Offer to make the plan, or not."""
        self.scenario.set_plan_possible(possible)

    @property
    def chosen(self) -> str:
        """The proposal of the scenario that is selected, or an empty string."""
        return self.scenario.chosen

    def choose(self, key: str) -> None:
        """Make a proposal of the scenario current without telling."""
        self.scenario.choose(key)

    # Searches.

    def set_runs(
        self, runs: Sequence[RunSummary], damaged: Mapping[str, str] | None = None
    ) -> None:
        """Show the searches of a project; with the reason for those that cannot be read."""
        self.runs.set_runs(runs)
        self.runs.setVisible(bool(runs))
        told = tr_n("{count} search", "{count} searches", len(runs))
        if damaged:
            names = ", ".join(name[:6] for name in damaged)
            told = tr("{told}; cannot be read: {names}", told=told, names=names)
        self._runs_title.setText(told)
        self._runs_title.setToolTip("\n".join((damaged or {}).values()))
        self._runs_title.setVisible(bool(runs or damaged))

    def set_read_only(self, reason: str) -> None:
        """Take note of why nothing can be changed; an empty text where it can."""
        self._read_only = words.stored(reason)
        self._show_buttons()

    def forget(self) -> None:
        """Let go of what was set up and shown, as where another project is opened."""
        self._draft = None
        self.setup.load(None)
        self.show_problem("")
        self.show_overview()

    @property
    def draft(self) -> Draft | None:
        """What the next search is asked; None before the form was opened."""
        return self._draft

    def show_draft(self, draft: Draft) -> None:
        """Show what the project offers; what is set up already stays."""
        if self._draft is None:
            self.use_draft(draft)
        elif not self._draft.offered:
            self.use_draft(replace(draft, request=self._draft.request))

    def use_draft(self, draft: Draft) -> None:
        """Take what the next search is asked."""
        self._draft = draft
        self.setup.load(draft)
        self._show_buttons()

    def carried(self) -> PanelState:
        """Return what was set up, stored nowhere yet, and the run that is shown."""
        draft = self._draft
        if draft is not None and self.setup.is_loaded:
            with suppress(FormError):  # what cannot be meant so is carried by the fields
                draft = replace(draft, request=self.setup.request())
        page, view = self.pages.currentIndex(), self.findings.view
        run = view.run_id if view is not None and page == _FINDINGS else ""
        return PanelState(draft, page == _SETUP, fields_of(self.setup), run)

    def take_over(self, state: PanelState) -> None:
        """Show the same, set up as far."""
        if state.draft is not None:
            self.use_draft(state.draft)
            fill_fields(self.setup, state.fields)
        if state.opened:
            self.open_setup()
        elif state.run:
            self.run_chosen.emit(state.run)

    @property
    def is_current(self) -> bool:
        """Whether this panel is the one last looked at.

        It stays so while all panels are folded away, so that the map is seen with its land.
        """
        return not was_replaced(self)

    @property
    def is_finding_shown(self) -> bool:
        """Whether what a search found is the page last looked at."""
        return self.is_current and self.pages.currentIndex() == _FINDINGS

    def open_setup(self) -> None:
        """Show the form."""
        self.pages.setCurrentIndex(_SETUP)
        if self._draft is None:
            self.setup.load(None)
        if self._draft is None or not self._draft.offered:
            self.draft_wanted.emit()
        self._show_buttons()

    def close_setup(self) -> None:
        """Go back to the proposals; what was set up is kept for the next search."""
        if self.setup.is_loaded:
            try:
                self._take(self.setup.request())
            except FormError as error:
                self.setup.show_problems(error.by_part)
                return
        self.show_overview()

    def show_overview(self) -> None:
        """Show the proposals of the scenario, and the searches."""
        self.pages.setCurrentIndex(_OVERVIEW)
        self._show_buttons()

    def show_run(self, view: RunView, *, sendable: bool) -> None:
        """Show what a search found."""
        self.findings.show_run(view, possible=self._may_compute, sendable=sendable)
        self.runs.choose(view.run_id)
        self.pages.setCurrentIndex(_FINDINGS)

    def show_job(self, job: Job[Any] | None, *, searches: bool = True) -> None:
        """Tell about the work that goes on; None where none does.

        Parameters
        ----------
        job : Job or None
            The work.
        searches : bool
            Whether it is a search that can be stopped and kept.
        """
        began = job is not None and self._job is None
        self._job = job
        if began and searches:
            self.show_overview()
        self.search.show_job(job if searches else None)
        self._show_buttons()

    def show_problem(self, text: str, by_part: Mapping[str, str] | None = None) -> None:
        """Say why there are no proposals; nothing where all is well.

        Parameters
        ----------
        text : str
            What is wrong.
        by_part : mapping of str to str
            Sentences for parts of the form, shown there when it is opened.
        """
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self.mend_button.setVisible(bool(text) and bool(by_part))
        if by_part is not None and self.setup.is_loaded:
            self.setup.show_problems(by_part)

    @property
    def _may_compute(self) -> bool:
        return not self._read_only and self._job is None

    def _take(self, request: ReserveRequest) -> None:
        if self._draft is not None:
            self._draft = replace(self._draft, request=request)

    def _show_buttons(self) -> None:
        possible = self._may_compute
        self.find_button.setEnabled(possible)
        self.setup.find_button.setEnabled(possible and self._draft is not None)
        self._hint.setText(
            self._read_only
            or (
                tr("Looks for land that meets what you set up.")
                if self._draft is not None
                else tr("Looks for land that holds a share of each habitat, at the least cost.")
            )
        )
        self._hint.setVisible(self._job is None)

    def _on_find(self) -> None:
        self.show_problem("")
        self.find_requested.emit(None if self._draft is None else self._draft.request)

    def _on_find_with_setup(self) -> None:
        try:
            request = self.setup.request()
        except FormError as error:
            self.setup.show_problems(error.by_part)
            return
        self._take(request)
        self.show_problem("")
        self.find_requested.emit(request)

    def _on_again(self) -> None:
        view = self.findings.view
        if view is None:
            return
        offered = () if self._draft is None else self._draft.offered
        self.use_draft(Draft(view.request, offered, view.countries))
        self.open_setup()

    def _on_mend(self) -> None:
        self.open_setup()

    @override
    def showEvent(self, a0: QShowEvent | None) -> None:
        super().showEvent(a0)
        self._turned.start()

    @override
    def hideEvent(self, a0: QHideEvent | None) -> None:
        super().hideEvent(a0)
        self._turned.start()
