"""Ties the proposals panel to the project and the map: has done what is asked there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QUrl, pyqtSignal
from PyQt6.QtGui import QDesktopServices

from resources.translation import tr, tr_n
from ui import apart, words
from ui.map.overlay import AddedLand, Highlight
from ui.reserve import reading, work
from ui.reserve.further import FurtherWork
from ui.reserve.land import FREQUENCY
from ui.reserve.overlay import SelectedLand
from ui.reserve.setup.problems import parts_of
from ui.reserve.watch import LiveWatch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planner.jobs import Job, JobControl
    from planner.reserve.request import ReserveRequest
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.map.area import MapArea
    from ui.project_work import Workbench
    from ui.reserve.draft import Draft
    from ui.reserve.panel import ProposalsPanel
    from ui.reserve.view import LandView, RunView
    from ui.session import Session


class ReserveDesk(QObject):
    """Hears what is asked in the proposals panel, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work.
    panel : ProposalsPanel
        Where it is asked.
    map_area : MapArea
        Where selected land is shown.
    """

    proposals_sent = pyqtSignal(str)
    """Proposals of a run are in the scenario now; carries the key of the first."""
    map_wanted = pyqtSignal()
    """The map is to be seen."""

    def __init__(
        self,
        session: Session,
        background: Background,
        panel: ProposalsPanel,
        map_area: MapArea,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._panel = panel
        self._map = map_area
        self._closed = False
        self._search: Job[Any] | None = None
        self._watch = LiveWatch()
        self._found = ""
        self._sent = ""
        self._wanted = ""
        self._painted: tuple[str, int] = ("", 0)
        self._land: LandView | None = None
        self._land_wish = 0
        self.further = FurtherWork(session, background, panel)
        self.further.computed.connect(self._reread)
        self._listen()

    def _listen(self) -> None:
        session, panel, findings = self._session, self._panel, self._panel.findings
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        self._background.jobs_changed.connect(self._on_jobs_changed)
        panel.draft_wanted.connect(self._on_draft_wanted)
        panel.find_requested.connect(self._on_find_requested)
        panel.search.stop_requested.connect(self._on_stop_requested)
        panel.search.cancel_requested.connect(self._on_cancel_requested)
        panel.search.tick.connect(self._on_tick)
        panel.run_chosen.connect(self.show_run)
        panel.page_changed.connect(self._on_page_changed)
        findings.solution_chosen.connect(self._on_solution_chosen)
        findings.tabs.currentChanged.connect(self._forget_proposal)
        findings.portfolio.land_wanted.connect(self._on_portfolio_land_wanted)
        findings.proposals.proposal_chosen.connect(self._on_proposal_chosen)
        findings.proposals.enlarged_wanted.connect(self._on_enlarged_wanted)
        findings.proposals.sending_wanted.connect(self._on_sending_wanted)
        findings.resume_requested.connect(self._on_resume_requested)
        self.further.report_written.connect(self._on_report_written)

    def close(self) -> None:
        """Ask for nothing more, as before the work beside the window ends."""
        self._closed = True
        self.further.close()
        self._watch.stop()

    @property
    def view(self) -> RunView | None:
        """The run that is shown, if any."""
        return self._panel.findings.view

    # The project.

    def _on_opened(self) -> None:
        self._wanted = self._found = self._sent = ""
        self._land = None
        self._panel.forget()
        self._on_changed()
        self._show_land()

    def _on_changed(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._panel.set_read_only(snapshot.read_only_reason)
        proposals = self._panel.findings.proposals
        proposals.show_scenarios(snapshot.scenarios, snapshot.scenario)
        self._panel.set_runs(snapshot.searches.runs, snapshot.searches.damaged)
        self._show_possible()
        if self._found:
            run_id, self._found = self._found, ""
            self.show_run(run_id)
        if self._sent:
            key, self._sent = self._sent, ""
            self._panel.show_overview()
            self.proposals_sent.emit(key)

    @property
    def _sendable(self) -> bool:
        snapshot = self._session.snapshot
        return snapshot is not None and not snapshot.read_only_reason

    def _show_possible(self) -> None:
        idle = self._search is None and not self.further.is_busy
        self._panel.findings.set_possible(
            possible=idle and self._sendable, sendable=self._sendable
        )

    # The form and the search.

    def _on_draft_wanted(self) -> None:
        def done(draft: Draft) -> None:
            self._panel.show_draft(draft)

        def failed(error: PlannerError) -> None:
            self._panel.show_overview()
            self._panel.show_problem(words.problem(error))

        self._session.ask(tr("Read what the project offers"), work.first_draft, done, failed)

    def _on_find_requested(self, request: ReserveRequest | None) -> None:
        snapshot = self._session.snapshot
        if snapshot is None or snapshot.read_only_reason or self._search is not None:
            return
        self._begin(partial(work.find_proposals, request))

    def _on_resume_requested(self) -> None:
        view = self.view
        if view is not None and self._search is None:
            self._begin(partial(work.search_on, view.run_id))

    def _begin(self, search: Callable[..., str]) -> None:
        self._panel.show_problem("")
        watch = self._watch = LiveWatch()
        self._painted = ("", 0)

        def found(run_id: str) -> None:
            self._found = run_id

        self._search = self._session.model(
            tr("Find proposals"),
            apart.search,
            search,
            failed=self._on_search_failed,
            hear=watch.hear,
            then=found,
        )
        self._on_jobs_changed()

    def _on_stop_requested(self) -> None:
        self._watch.stop()

    def _on_cancel_requested(self) -> None:
        if self._search is not None:
            self._search.cancel()
            self._on_jobs_changed()

    def _on_jobs_changed(self) -> None:
        if self._search is None or self._closed:
            return
        ended = self._search.state.is_final
        if ended:
            self._search = None
            self._show_land()
        self._panel.show_job(self._search)
        self._show_possible()

    def _on_search_failed(self, error: PlannerError) -> None:
        self._panel.show_problem(words.problem(error), parts_of(error))

    def _on_tick(self) -> None:
        """Show how far the search is, and its best selection on the map."""
        watch = self._watch
        if self._search is None or not watch.steps:
            return
        self._panel.search.show_steps(watch.steps, watch.seconds, watch.value)
        number, selected = watch.best
        if selected is None or watch.folder is None:
            return
        shown = (watch.folder.name, number)
        if shown == self._painted:
            return
        self._painted = shown
        self._background.submit(
            "reading",
            tr("Show the best selection so far"),
            partial(reading.read_live_land, watch.folder, self._crs, selected),
            partial(self._on_live_land, shown),
            lambda _: None,
        )

    def _on_live_land(self, shown: tuple[str, int], land: LandView) -> None:
        if self._search is not None and shown == self._painted and self._panel.is_current:
            self._map.canvas.set_overlay("solution", SelectedLand(land.patches))

    @property
    def _crs(self) -> str:
        snapshot = self._session.snapshot
        return "" if snapshot is None else snapshot.crs

    # What a run found.

    def show_run(self, run_id: str) -> None:
        """Read a run and show what it found."""
        self._wanted = run_id
        self._panel.show_problem("")
        self._read(run_id)

    def _reread(self) -> None:
        """Read the run that is shown anew, as something more was computed of it."""
        view = self.view
        if view is not None and self._wanted == view.run_id:
            self._read(view.run_id)

    def _read(self, run_id: str) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._background.submit(
            "reading",
            tr("Read the search"),
            partial(reading.read_run, snapshot.path, run_id, snapshot.crs),
            partial(self._on_read, snapshot.path),
            lambda error: self._panel.show_problem(words.problem(error)),
        )

    def _on_read(self, path: Path, view: RunView) -> None:
        snapshot = self._session.snapshot
        if view.run_id != self._wanted or snapshot is None or snapshot.path != path:
            return  # meanwhile another one was asked for
        before = self.view
        again = before is not None and before.run_id == view.run_id
        findings = self._panel.findings
        self._panel.show_run(view, sendable=self._sendable)
        self._show_possible()
        if wanted := self.further.take_solution(view):
            findings.choose(wanted)
        if not again or self._land is None or self._land.name == findings.shown_solution:
            self._paint(findings.shown_solution)

    def _paint(self, name: str) -> None:
        """Have the land of a solution, or of the portfolio, made and painted."""
        view = self.view
        if view is None or view.units is None or not name:
            self._land = None
            self._show_land()
            return
        self._land_wish += 1
        wish = self._land_wish
        self.map_wanted.emit()

        def done(land: LandView) -> None:
            if wish == self._land_wish:
                self._land = land
                self._show_land()

        self._background.submit(
            "reading",
            tr("Show the land of the solution"),
            partial(reading.read_land, view, name),
            done,
            lambda error: self._panel.findings.show_problem(words.problem(error)),
        )

    def _on_solution_chosen(self, name: str) -> None:
        self._forget_proposal()
        self._paint(name)

    def _forget_proposal(self) -> None:
        self._map.canvas.set_overlay("proposal", None)

    def _on_portfolio_land_wanted(self, name: str) -> None:
        self._panel.findings.say_on_map(
            tr("On the map: the more solutions select land, the fuller its colour")
            if name == FREQUENCY
            else tr("On the map: land that every good solution has")
        )
        self._paint(name)

    def _on_page_changed(self) -> None:
        self._show_land()

    def _show_land(self) -> None:
        """Paint the land of what is shown, while the panel shows it."""
        if self._search is not None and not self._panel.is_finding_shown:
            return  # the best selection so far is painted as it comes
        land = self._land if self._panel.is_finding_shown else None
        overlay = None if land is None else SelectedLand(land.patches)
        self._map.canvas.set_overlay("solution", overlay)
        if land is None:
            self._map.canvas.set_overlay("proposal", None)

    def _on_proposal_chosen(self, _key: str) -> None:
        item = self._panel.findings.proposals.chosen
        geometry = None if item is None else item.geometry
        canvas = self._map.canvas
        if geometry is None:
            canvas.set_overlay("proposal", None)
            return
        canvas.set_overlay("proposal", Highlight(geometry))
        west, south, east, north = geometry.bounds
        canvas.reveal((west, south, east, north))
        self.map_wanted.emit()

    def _on_enlarged_wanted(self) -> None:
        land = self._panel.findings.proposals.enlarged
        if land is not None:
            self._map.canvas.set_overlay("proposal", AddedLand(land))
            self.map_wanted.emit()

    def _on_sending_wanted(self, scenario: str, name: str) -> None:
        snapshot, view = self._session.snapshot, self.view
        findings = self._panel.findings
        if snapshot is None or view is None or snapshot.read_only_reason:
            return
        findings.proposals.show_sending_problem("")
        what = work.Sending(
            work.Place(snapshot.path, view.run_id),
            findings.shown_solution,
            scenario or work.scenario_id_of(name, [key for key, _ in snapshot.scenarios]),
            name,
        )

        def run(bench: Workbench, control: JobControl) -> str:
            count, self._sent = work.send(what, bench, control)
            return tr_n(
                "{count} proposal is in the scenario now, as drafts.",
                "{count} proposals are in the scenario now, as drafts.",
                count,
            )

        self._session.change(
            tr("Send to the scenario"),
            run,
            told="{}",
            scenario=what.scenario,
            failed=lambda error: findings.proposals.show_sending_problem(words.problem(error)),
        )

    def _on_report_written(self, path: Path) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
