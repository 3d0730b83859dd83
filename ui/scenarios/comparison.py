"""Scenarios side by side: their numbers in a table, and what two of them do not share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QApplication,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QListView,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from planner.compare_features import FIELDS
from resources.translation import tr
from ui import words
from ui.controls import empty_state, icon_button, label
from ui.elided import ElidedLabel
from ui.scenarios import numbers
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QResizeEvent

    from planner.compare import Comparison
    from planner.compare_features import Difference
    from ui.theme import Theme

_NUMBER_PX = 14 * GRID
_NARROW_NUMBER_PX = 10 * GRID
_TITLE_PX = 20 * GRID
_ICONS = {"proposal": "proposals", "corridor": "corridors"}


class NumbersTree(QTreeView):
    """Gives what is told the room that the numbers leave, but never too little."""

    def fit(self) -> None:
        """Share the width among the columns."""
        header, viewport, model = self.header(), self.viewport(), self.model()
        if header is None or viewport is None or model is None:
            return
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        count = model.columnCount() - 1
        if count < 1:
            return
        free = viewport.width() - _TITLE_PX
        number = min(_NUMBER_PX, max(_NARROW_NUMBER_PX, free // count))
        for column in range(1, count + 1):
            header.resizeSection(column, number)
        header.resizeSection(0, max(_TITLE_PX, viewport.width() - count * number))

    @override
    def resizeEvent(self, e: QResizeEvent | None) -> None:
        super().resizeEvent(e)
        self.fit()


class ComparisonPanel(QFrame):
    """Shows a comparison of scenarios, and leads to what differs on the map.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    difference_chosen = pyqtSignal(object)
    """One `Difference` is to be seen on the maps."""
    maps_wanted = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("comparison_panel")
        self.setProperty("role", "panel")
        self._comparison: Comparison | None = None
        self._differences: tuple[Difference, ...] = ()
        self._model = QStandardItemModel(self)
        self._found = QStandardItemModel(self)
        self.title = ElidedLabel("comparison_title", size="title")
        self.only = QCheckBox(tr("Only what differs"))
        self.only.setObjectName("comparison_only")
        self.only.toggled.connect(lambda _on: self._show_numbers())
        self.copy = icon_button("comparison_copy", "copy", tr("Copy the table"), theme)
        self.copy.clicked.connect(self._on_copy)
        self.maps = icon_button("comparison_maps", "compare", tr("Compare the maps"), theme)
        self.maps.clicked.connect(self.maps_wanted)
        self.tree = self._make_tree()
        self.list = self._make_list(theme)
        self.notices = label("", size="small", tone="muted", name="comparison_notices")
        self._none = label("", size="small", tone="muted", name="comparison_none")
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._make_page())
        empty, _ = empty_state(
            tr("Nothing is compared yet"),
            tr(
                "Select two or more scenarios in the panel Scenarios and press “Compare "
                "numbers”: land, cost, habitat by country and every indicator stand here "
                "side by side, and beside them what the first two do not share."
            ),
        )
        self._pages.addWidget(empty)
        self._pages.setCurrentIndex(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.addWidget(self._pages)

    def _make_tree(self) -> NumbersTree:
        tree = NumbersTree()
        tree.setObjectName("comparison_numbers")
        tree.setAccessibleName(tr("Numbers of the scenarios"))
        tree.setModel(self._model)
        tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        tree.setAllColumnsShowFocus(True)
        tree.setIndentation(2 * GRID)
        tree.setUniformRowHeights(True)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        return tree

    def _make_list(self, theme: Theme) -> QListView:
        view = QListView()
        view.setObjectName("comparison_differences")
        view.setAccessibleName(tr("What differs"))
        view.setModel(self._found)
        view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._delegate = TwoLineDelegate(theme, self._describe, view)
        view.setItemDelegate(self._delegate)
        view.setUniformItemSizes(True)
        view.clicked.connect(self._on_chosen)
        view.activated.connect(self._on_chosen)
        return view

    def _make_page(self) -> QWidget:
        page = QWidget()
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.title, 1)
        for widget in (self.only, self.copy, self.maps):
            top.addWidget(widget)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(label(tr("What differs"), name="comparison_differs"))
        column.addWidget(self._none)
        column.addWidget(self.list, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.tree)
        self._split.addWidget(right)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._right = right
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(top)
        layout.addWidget(self._split, 1)
        layout.addWidget(self.notices)
        return page

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self._delegate.set_theme(theme)

    @property
    def comparison(self) -> Comparison | None:
        """What is shown; None while nothing is compared."""
        return self._comparison

    def show_comparison(
        self, comparison: Comparison | None, differences: Sequence[Difference]
    ) -> None:
        """Show a comparison, or that nothing is compared.

        Parameters
        ----------
        comparison : Comparison or None
            Numbers of the scenarios.
        differences : sequence of Difference
            What the first two do not share; none where there is one scenario only.
        """
        self._comparison = comparison
        self._differences = tuple(differences)
        self._pages.setCurrentIndex(1 if comparison is None else 0)
        if comparison is None:
            return
        names = [item.name for item in comparison.scenarios]
        self.title.say("  –  ".join(names))
        self.notices.setText(" ".join(tr(notice) for notice in comparison.notices))
        self._right.setVisible(len(names) > 1)
        self.maps.setEnabled(len(names) == 2)
        self._show_numbers()
        self._show_differences(names)

    def _show_numbers(self) -> None:
        comparison = self._comparison
        if comparison is None:
            return
        bar = self.tree.verticalScrollBar()
        place = 0 if bar is None else bar.value()
        numbers.fill(self._model, comparison, only_differing=self.only.isChecked())
        for row in range(self._model.rowCount()):
            self.tree.setFirstColumnSpanned(row, QModelIndex(), True)
            self.tree.expand(self._model.index(row, 0))
        for column in range(1, self._model.columnCount()):
            name = self._model.headerData(column, Qt.Orientation.Horizontal)
            tip = int(Qt.ItemDataRole.ToolTipRole)
            self._model.setHeaderData(column, Qt.Orientation.Horizontal, name, tip)
        self.tree.fit()
        if bar is not None:
            bar.setValue(place)

    def _show_differences(self, names: Sequence[str]) -> None:
        self._found.clear()
        for item in self._differences:
            entry = QStandardItem(item.name)
            told = told_difference(item, names)
            entry.setToolTip(f"{item.name}\n{told}")
            entry.setData(f"{item.name}: {told}", int(Qt.ItemDataRole.AccessibleTextRole))
            self._found.appendRow(entry)
        self.list.setVisible(bool(self._differences))
        self._none.setVisible(not self._differences)
        if len(names) > 1:
            self._none.setText(
                tr(
                    "{first} and {second} hold the same proposals and corridors.",
                    first=names[0],
                    second=names[1],
                )
            )

    def _describe(self, index: QModelIndex) -> tuple[str, str]:
        comparison = self._comparison
        names = [] if comparison is None else [item.name for item in comparison.scenarios]
        item = self._differences[index.row()]
        return told_difference(item, names), _ICONS[item.kind]

    def _on_chosen(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._differences):
            self.difference_chosen.emit(self._differences[index.row()])

    def _on_copy(self) -> None:
        clipboard = QApplication.clipboard()
        if self._comparison is not None and clipboard is not None:
            lines = self._comparison.lines
            if self.only.isChecked():
                lines = tuple(line for line in lines if line.differs)
            clipboard.setText(numbers.as_text(self._comparison, lines))


def told_difference(item: Difference, names: Sequence[str]) -> str:
    """Return in what two scenarios differ at one place, in words."""
    if item.change == "first only":
        return tr("only in {scenario}", scenario=names[0])
    if item.change == "second only":
        return tr("only in {scenario}", scenario=names[1])
    told = [
        tr("{area} more", area=words.area(item.gained_km2)) if item.gained_km2 > 0 else "",
        tr("{area} less", area=words.area(item.lost_km2)) if item.lost_km2 > 0 else "",
        *(tr(FIELDS[name]) for name in item.fields),
    ]
    listed = words.listed(told)
    return tr("changed: {what}", what=listed or tr("course"))
