"""The list of searches that a project holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QListView, QWidget
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.controls import make_current
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QObject

    from planner.reserve.run_folder import RunSummary
    from ui.theme import Theme

_RUN_ROLE = int(Qt.ItemDataRole.UserRole)
_ROOT = QModelIndex()
_MOST_ROWS = 4


class RunsModel(QAbstractListModel):
    """Searches, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[RunSummary, ...] = ()

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show other searches; they come oldest first."""
        self.beginResetModel()
        self._runs = tuple(reversed(runs))
        self.endResetModel()

    def position_of(self, run_id: str) -> int | None:
        """Return the place of a search, or None where it is not listed."""
        return next((at for at, run in enumerate(self._runs) if run.run_id == run_id), None)

    @override
    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._runs)

    @override
    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        run = self._runs[index.row()]
        title, detail = run_title(run), run_detail(run)
        told = {
            _RUN_ROLE: run.run_id,
            int(Qt.ItemDataRole.DisplayRole): title,
            int(Qt.ItemDataRole.AccessibleTextRole): f"{title}, {detail}",
            int(Qt.ItemDataRole.ToolTipRole): f"{title}\n{detail}",
            int(Qt.ItemDataRole.StatusTipRole): detail,
        }
        return told.get(role)


class RunsList(QListView):
    """Searches that can be opened.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    run_chosen = pyqtSignal(str)
    """A search is to be opened; carries its name."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reserve_runs")
        self.setAccessibleName(tr("Searches for proposals"))
        self._runs = RunsModel(self)
        self._delegate = TwoLineDelegate(theme, _described, self)
        self.setModel(self._runs)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_clicked)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._delegate.set_theme(theme)

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show other searches; what is current stays where it can."""
        chosen = self.currentIndex().data(_RUN_ROLE)
        self._runs.set_runs(runs)
        if chosen:
            self.choose(str(chosen))
        row_px = max(self.sizeHintForRow(0), 1)
        self.setMinimumHeight(row_px + 4)
        self.setMaximumHeight(max(1, min(len(runs), _MOST_ROWS)) * row_px + 4)

    def choose(self, run_id: str) -> None:
        """Make a search current without telling."""
        place = self._runs.position_of(run_id)
        make_current(self, QModelIndex() if place is None else self._runs.index(place))

    def _on_clicked(self, index: QModelIndex) -> None:
        run_id = index.data(_RUN_ROLE)
        if run_id:
            self.run_chosen.emit(str(run_id))


def run_title(run: RunSummary) -> str:
    """Return what a list calls a search."""
    return run.title or tr("Search {run}", run=run.run_id[:6])


def run_detail(run: RunSummary) -> str:
    """Return what sets a search apart: when it was, and whether it came to its end."""
    if not run.finished:
        return (
            tr("ended half-way, with a selection")
            if run.has_incumbent
            else tr("ended half-way")
        )
    parts = (words.moment(run.started) if run.started else tr("finished"), run.run_id[:6])
    return "  ·  ".join(parts if run.title else parts[:1])


def _described(index: QModelIndex) -> tuple[str, str]:
    return str(index.data(int(Qt.ItemDataRole.StatusTipRole)) or ""), "run"
