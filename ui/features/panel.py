"""A panel that lists corridors, or proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QAbstractListModel, QModelIndex, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui import words
from ui.controls import empty_state, heading, label, make_current
from ui.features.row import FeatureRow
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QObject

    from ui.theme import Theme

_ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_ROOT = QModelIndex()


@dataclass(frozen=True)
class PanelWords:
    """The words of one such panel.

    Parameters
    ----------
    subject : str
        Object name prefix and icon, such as ``"corridors"``.
    title : str
        Heading.
    one, many : str
        Noun for counting.
    empty_title, empty_text : str
        What stands there while nothing is listed.
    """

    subject: str
    title: str
    one: str
    many: str
    empty_title: str
    empty_text: str


CORRIDOR_WORDS = PanelWords(
    "corridors",
    "Corridors",
    "corridor",
    "corridors",
    "No corridors yet",
    "Corridors between habitat cores of different countries stand here, with their length, "
    "their narrowest width and the land that would widen them. Making the plan computes them.",
)
PROPOSAL_WORDS = PanelWords(
    "proposals",
    "Proposals",
    "proposal",
    "proposals",
    "No proposals yet",
    "Proposed protected areas stand here, from draft to agreed, with the area each country "
    "would contribute. Making the plan suggests transboundary ones.",
)


class FeatureListModel(QAbstractListModel):
    """Corridors or proposals in the order of the project."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FeatureRow] = []

    def set_rows(self, rows: Sequence[FeatureRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def position_of(self, key: str) -> int | None:
        """Return the place of a row, or None where it is not listed."""
        return next((i for i, row in enumerate(self._rows) if row.key == key), None)

    @override
    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        told = {
            _ROW_ROLE: row,
            int(Qt.ItemDataRole.DisplayRole): row.title,
            int(Qt.ItemDataRole.AccessibleTextRole): f"{row.title}, {row.detail}",
            int(Qt.ItemDataRole.ToolTipRole): f"{row.title}\n{row.detail}",
        }
        return told.get(role)


class FeaturesPanel(QFrame):
    """Lists corridors or proposals and tells which is chosen."""

    feature_chosen = pyqtSignal(str)
    plan_requested = pyqtSignal()

    def __init__(
        self, wording: PanelWords, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = wording
        self.setObjectName(f"{wording.subject}_panel")
        self.setProperty("role", "panel")
        self.model = FeatureListModel(self)
        self.delegate = TwoLineDelegate(
            theme, self._describe, self, elide=Qt.TextElideMode.ElideMiddle
        )
        self.list = self._make_list()
        self._count = label("", size="small", tone="muted", name=f"{wording.subject}_count")
        self._empty, self.plan_button = empty_state(
            wording.empty_title, wording.empty_text, "Make the plan"
        )
        self.plan_button.setObjectName(f"{wording.subject}_make_plan")
        self.plan_button.clicked.connect(self.plan_requested)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(wording.title))
        layout.addWidget(self._count)
        layout.addWidget(self._pages, 1)
        self.set_rows(())

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setObjectName(f"{self._words.subject}_list")
        view.setAccessibleName(self._words.title)
        view.setModel(self.model)
        view.setItemDelegate(self.delegate)
        view.setUniformItemSizes(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        selection = view.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(self._on_selection_changed)
        view.clicked.connect(self._on_selection_changed)
        return view

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.delegate.set_theme(theme)

    def set_rows(self, rows: Sequence[FeatureRow]) -> None:
        """Show the corridors or proposals of a project; the selection stays where it can."""
        chosen = self.chosen
        self.model.set_rows(rows)
        self._count.setText(words.plural(len(rows), self._words.one, self._words.many))
        self._count.setVisible(bool(rows))
        self._pages.setCurrentWidget(self.list if rows else self._empty)
        self.choose(chosen)

    def set_plan_possible(self, possible: bool) -> None:
        """Offer to make the plan, or not, as where the project is open for reading only."""
        self.plan_button.setEnabled(possible)

    @property
    def chosen(self) -> str:
        """The row that is selected, or an empty string."""
        selection = self.list.selectionModel()
        chosen = [] if selection is None else selection.selectedIndexes()
        row = chosen[0].data(_ROW_ROLE) if chosen else None
        return row.key if isinstance(row, FeatureRow) else ""

    def choose(self, key: str) -> None:
        """Make a row current without telling."""
        if key == self.chosen:
            return
        place = self.model.position_of(key)
        index = QModelIndex() if place is None else self.model.index(place)
        make_current(self.list, index)

    def _describe(self, index: QModelIndex) -> tuple[str, str]:
        row = index.data(_ROW_ROLE)
        detail = row.detail if isinstance(row, FeatureRow) else ""
        return detail, self._words.subject

    def _on_selection_changed(self) -> None:
        if self.chosen:
            self.feature_chosen.emit(self.chosen)
