"""Corridors or proposals as a list of two-line entries, one of which can be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    Qt,
    pyqtSignal,
)
from PyQt6.QtWidgets import QAbstractItemView, QListView, QWidget
from typing_extensions import override

from ui.controls import make_current
from ui.features.row import FeatureRow
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QObject

    from ui.theme import Theme

_ROW_ROLE = int(Qt.ItemDataRole.UserRole)
_ROOT = QModelIndex()


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


class FeatureList(QListView):
    """The list; the selection stays where its rows are read anew.

    Parameters
    ----------
    subject : str
        Object name prefix and icon, such as ``"corridors"``.
    title : str
        What is listed.
    theme : Theme
        Colours.
    """

    feature_chosen = pyqtSignal(str)
    """The user has chosen a row; carries its key."""
    features_chosen = pyqtSignal(tuple)
    """The user has chosen several rows together; carries their keys."""

    def __init__(
        self, subject: str, title: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._subject = subject
        self._together: tuple[str, ...] = ()
        self._shown = FeatureListModel(self)
        self._delegate = TwoLineDelegate(
            theme, self._describe, self, elide=Qt.TextElideMode.ElideMiddle
        )
        self.setObjectName(f"{subject}_list")
        self.setAccessibleName(title)
        self.setModel(self._shown)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        selection = self.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(self._on_selection_changed)
        self.clicked.connect(self._on_selection_changed)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._delegate.set_theme(theme)

    def set_rows(self, rows: Sequence[FeatureRow]) -> None:
        """Show other rows; the selection stays where it can."""
        chosen = self.chosen
        self._shown.set_rows(rows)
        self.choose("" if self._together else chosen)

    def let_choose_several(self) -> None:
        """Let several rows be chosen together, with Shift and Ctrl."""
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    @property
    def chosen(self) -> str:
        """The row that is selected alone, or an empty string."""
        keys = self._chosen_keys()
        return keys[0] if len(keys) == 1 else ""

    def _chosen_keys(self) -> tuple[str, ...]:
        selection = self.selectionModel()
        chosen = [] if selection is None else selection.selectedIndexes()
        rows = [index.data(_ROW_ROLE) for index in sorted(chosen, key=QModelIndex.row)]
        return tuple(row.key for row in rows if isinstance(row, FeatureRow))

    def choose(self, key: str) -> None:
        """Make a row current without telling; where none is, those chosen together stay."""
        if not key and self._together:
            self._choose_together()
            return
        if (key,) == self._chosen_keys():
            return
        place = self._shown.position_of(key)
        make_current(self, QModelIndex() if place is None else self._shown.index(place))

    def show_together(self, keys: Sequence[str]) -> None:
        """Show rows as chosen together without telling; fewer than two for none."""
        before, self._together = self._together, tuple(keys) if len(keys) > 1 else ()
        if self._together:
            self._choose_together()
        elif before and len(self._chosen_keys()) > 1:
            make_current(self, QModelIndex())

    def _choose_together(self) -> None:
        selection, keys = self.selectionModel(), self._together
        if selection is None or {*keys} == {*self._chosen_keys()}:
            return
        places = [self._shown.position_of(key) for key in keys]
        chosen = QItemSelection()
        for place in places:
            if place is not None:
                chosen.select(self._shown.index(place), self._shown.index(place))
        selection.blockSignals(True)
        selection.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        selection.blockSignals(False)
        viewport = self.viewport()
        if viewport is not None:
            viewport.update()

    def _describe(self, index: QModelIndex) -> tuple[str, str]:
        row = index.data(_ROW_ROLE)
        detail = row.detail if isinstance(row, FeatureRow) else ""
        return detail, self._subject

    def _on_selection_changed(self) -> None:
        keys = self._chosen_keys()
        if len(keys) > 1:
            self.features_chosen.emit(keys)
        elif keys:
            self.feature_chosen.emit(keys[0])
