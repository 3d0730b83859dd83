"""The card of a search that goes on: how far it is, how good, and the buttons that end it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from resources.translation import tr
from ui.controls import label
from ui.jobs.progress import JobProgress
from ui.reserve.trace_plot import Step, TracePlot, gap_told
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.jobs import Job
    from ui.theme import Theme

_TICK_MS = 500
_PLOT_PX = 22 * GRID
_LEAST_PLOT_PX = 13 * GRID


class SearchCard(QFrame):
    """Shows a search while it runs; hidden without one.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    stop_requested = pyqtSignal()
    """The search is to end, and the best selection so far to be kept."""
    cancel_requested = pyqtSignal()
    """The search is to end at once, without ledger and proposals."""
    tick = pyqtSignal()
    """Time has passed while a search runs; its state may be asked for anew."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("search_card")
        self._has_selection = False
        self._stopping = False
        self.progress = JobProgress("search", theme)
        self.progress.cancel.setToolTip(
            tr("Cancel the search; what it has found stays among the searches")
        )
        self.progress.cancel_requested.connect(self.cancel_requested)
        self.plot = TracePlot(theme, "search_plot")
        self.plot.setMinimumHeight(_LEAST_PLOT_PX)
        self.plot.setMaximumHeight(_PLOT_PX)
        self._told = label("", size="small", name="search_told")
        self.stop_button = QPushButton(tr("Stop and keep"))
        self.stop_button.setObjectName("stop_and_keep")
        self.stop_button.setToolTip(tr("End the search and keep the best selection so far"))
        self.stop_button.clicked.connect(self._on_stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        for widget in (self.progress, self.plot, self._told, self.stop_button):
            layout.addWidget(widget)
        self._ticks = QTimer(self)
        self._ticks.setInterval(_TICK_MS)
        self._ticks.timeout.connect(self.tick)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.plot.set_theme(theme)

    def show_job(self, job: Job[Any] | None) -> None:
        """Tell about the search that goes on; None where none does."""
        self.progress.show_job(job)
        if job is None:
            self._ticks.stop()
            self.hide()
            return
        if self.isHidden():
            self._begin()
        self._show_stop(possible=not job.cancel_requested)

    def _begin(self) -> None:
        self._has_selection = self._stopping = False
        self.plot.show_steps((), 0.0)
        self.plot.hide()  # there is nothing to draw while the units are made
        self._told.setText("")
        self._told.hide()
        self.show()
        self._ticks.start()

    def show_steps(self, steps: Sequence[Step], now_s: float, value: str) -> None:
        """Show how the search has gone so far; `value` is what is made least or greatest."""
        if not steps:
            return
        self._has_selection = steps[-1].objective is not None
        self.plot.show_steps(steps, now_s, value)
        self.plot.show()
        self._told.setText(gap_told(steps[-1]))
        self._told.show()
        self._show_stop(possible=True)

    def _show_stop(self, *, possible: bool) -> None:
        self.stop_button.setEnabled(possible and self._has_selection and not self._stopping)
        self.stop_button.setText(tr("Stopping…") if self._stopping else tr("Stop and keep"))

    def _on_stop(self) -> None:
        self._stopping = True
        self._show_stop(possible=True)
        self.stop_requested.emit()
