"""Has more computed of a run that is shown: ledger, fairness, portfolio, proposals."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from resources.translation import tr
from ui import words
from ui.reserve import work

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.jobs import Job, JobControl
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.reserve.panel import ProposalsPanel
    from ui.reserve.view import RunView
    from ui.session import Session

T = TypeVar("T")


class FurtherWork(QObject):
    """Computes one thing at a time of the run that is shown, beside the window.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work, in the lane ``models``.
    panel : ProposalsPanel
        Where it is asked.
    """

    computed = pyqtSignal()
    """More is known of the run that is shown."""
    report_written = pyqtSignal(object)
    """A report was asked for and is there; carries its path."""

    def __init__(self, session: Session, background: Background, panel: ProposalsPanel) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._findings = panel.findings
        self._closed = False
        self._job: Job[Any] | None = None
        self._then: tuple[str, str] = ("", "")
        background.jobs_changed.connect(self._on_jobs_changed)
        findings = panel.findings
        findings.cancel_requested.connect(self._on_cancel_requested)
        findings.report_wanted.connect(self._on_report_wanted)
        findings.ledger.ledger_wanted.connect(self._on_ledger_wanted)
        findings.fairness.curve_wanted.connect(self._on_curve_wanted)
        findings.portfolio.portfolio_wanted.connect(self._on_portfolio_wanted)
        findings.portfolio.withdrawal_wanted.connect(self._on_withdrawal_wanted)
        findings.proposals.proposals_wanted.connect(self._on_proposals_wanted)
        findings.proposals.comparison_wanted.connect(self._on_comparison_wanted)

    @property
    def is_busy(self) -> bool:
        """Whether something is being computed."""
        return self._job is not None

    def take_solution(self, view: RunView) -> str:
        """Return the solution that is to be shown now that it was computed, once."""
        run_id, name = self._then
        if run_id != view.run_id or not name:
            return ""
        self._then = ("", "")
        return name

    def _on_report_wanted(self) -> None:
        self._submit(
            tr("Write the report"),
            partial(work.write_report, solution=self._findings.shown_solution),
            self.report_written.emit,
            self._findings.show_problem,
        )

    def _on_ledger_wanted(self) -> None:
        self._run(
            tr("Draw up the ledger"),
            partial(work.draw_up_ledger, solution=self._findings.shown_solution),
            self._findings.show_problem,
        )

    def _on_curve_wanted(self, points: int) -> None:
        self._run(
            tr("Compute the price of fairness"),
            partial(work.compute_fairness, points=points),
            self._findings.fairness.show_problem,
        )

    def _on_portfolio_wanted(self, count: int, within: float, distance: float) -> None:
        self._run(
            tr("Find other solutions"),
            partial(work.find_portfolio, count=count, within=within, distance=distance),
            self._findings.portfolio.show_problem,
        )

    def _on_withdrawal_wanted(self, iso3: str, keeps_existing: bool) -> None:
        self._run(
            tr("Look without {iso3}", iso3=words.country(iso3)),
            partial(work.try_withdrawal, iso3=iso3, keeps_existing=keeps_existing),
            self._findings.portfolio.show_withdrawal_problem,
        )

    def _on_proposals_wanted(self) -> None:
        self._run(
            tr("Look for what the solution proposes"),
            partial(work.look_for_proposals, solution=self._findings.shown_solution),
            self._findings.proposals.show_problem,
        )

    def _on_comparison_wanted(self) -> None:
        self._run(
            tr("Compare with enlarging alone"),
            partial(work.compare_with_enlarging, solution=self._findings.shown_solution),
            self._findings.proposals.show_problem,
        )

    def _run(
        self,
        label: str,
        run: Callable[[work.Place, JobControl], str],
        show_problem: Callable[[str], None],
    ) -> None:
        """Compute something, then read the run anew; show the solution that comes of it."""
        view = self._findings.view
        run_id = "" if view is None else view.run_id

        def done(solution: str) -> None:
            self._then = (run_id, solution)
            self.computed.emit()

        self._submit(label, run, done, show_problem)

    def _submit(
        self,
        label: str,
        run: Callable[[work.Place, JobControl], T],
        done: Callable[[T], None],
        show_problem: Callable[[str], None],
    ) -> None:
        view, snapshot = self._findings.view, self._session.snapshot
        if view is None or snapshot is None or self._job is not None:
            return
        show_problem("")
        place = work.Place(snapshot.path, view.run_id)

        def ended(result: T) -> None:
            self._end()
            done(result)

        def failed(error: PlannerError) -> None:
            self._end()
            show_problem(words.problem(error))

        def compute(control: JobControl) -> T:
            computed: T = self._background.apart.run(run, place, control=control)
            return computed

        self._job = self._background.submit("models", label, compute, ended, failed, self._end)
        self._on_jobs_changed()

    def _end(self) -> None:
        self._job = None
        self._show(None)

    def _on_cancel_requested(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._on_jobs_changed()

    def close(self) -> None:
        """Tell of nothing more, as before the work beside the window ends."""
        self._closed = True

    def _on_jobs_changed(self) -> None:
        if self._job is not None and not self._closed:
            self._show(self._job)

    def _show(self, job: Job[Any] | None) -> None:
        snapshot = self._session.snapshot
        editable = snapshot is not None and not snapshot.read_only_reason
        self._findings.progress.show_job(job)
        self._findings.set_possible(possible=job is None and editable, sendable=editable)
