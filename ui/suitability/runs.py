"""The runs of a species as a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt
from typing_extensions import override

from ui.suitability.state import run_detail, run_title

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QObject

    from planner.suitability import RunSummary

RUN_ROLE = int(Qt.ItemDataRole.UserRole)
_ROOT = QModelIndex()


class RunListModel(QAbstractListModel):
    """Runs of one species, the newest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs: list[RunSummary] = []

    def set_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show other runs."""
        if list(runs) == self._runs:
            return
        self.beginResetModel()
        self._runs = list(runs)
        self.endResetModel()

    def position_of(self, run_id: str) -> int | None:
        """Return the place of a run, or None where it is not listed."""
        return next((i for i, run in enumerate(self._runs) if run.run_id == run_id), None)

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
            RUN_ROLE: run.run_id,
            int(Qt.ItemDataRole.DisplayRole): title,
            int(Qt.ItemDataRole.AccessibleTextRole): f"{title}, {detail}",
            int(Qt.ItemDataRole.ToolTipRole): f"{run.title}\n{title}, {detail}",
        }
        return told.get(role)


def describe_run(index: QModelIndex, runs: Sequence[RunSummary]) -> tuple[str, str]:
    """Return the second line of a run in the list, and the icon that tells its state."""
    run_id = index.data(RUN_ROLE)
    run = next((item for item in runs if item.run_id == run_id), None)
    if run is None:
        return "", "run"
    icon = "chosen" if run.chosen else "run" if run.finished else "unfinished"
    return run_detail(run), icon
