"""The panel of indicators: what the plan changes, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFontMetrics, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QFrame,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from resources.translation import mark, tr
from ui.controls import empty_state, heading, label, link_button
from ui.theme import GRID, font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.indicators.row import IndicatorGroup

_HEADERS = ("", mark("Before"), mark("After"))
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class IndicatorsPanel(QFrame):
    """Shows each indicator before and after, for the region and by country."""

    plan_requested = pyqtSignal()
    run_requested = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("indicators_panel")
        self.setProperty("role", "panel")
        self._groups: tuple[IndicatorGroup, ...] = ()
        self._model = QStandardItemModel(self)
        self.tree = self._make_tree()
        self._run = link_button("indicators_run", tr("From what they were computed"))
        self._run.clicked.connect(self._on_run_clicked)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._make_table(self._run))
        empty, self.plan_button = empty_state(
            tr("No indicators yet"),
            tr(
                "How much of each country's land and habitat lies in sites, how well it is "
                "connected and how narrow the corridors are stand here, before and after "
                "the plan. Making the plan measures them."
            ),
            tr("Make the plan"),
        )
        self.plan_button.setObjectName("indicators_make_plan")
        self.plan_button.clicked.connect(self.plan_requested)
        self._pages.addWidget(empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Indicators")))
        layout.addWidget(self._pages, 1)
        self.set_groups(())

    def _make_table(self, run: QPushButton) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(
            label(
                tr(
                    "Without the proposals and widening, and with them. Sites are those of "
                    "the catalogue, most of them nominal footprints."
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addWidget(self.tree, 1)
        layout.addWidget(run, 0, Qt.AlignmentFlag.AlignLeft)
        return page

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        tree.setObjectName("indicator_tree")
        tree.setAccessibleName(tr("Indicators before and after"))
        tree.setModel(self._model)
        tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        tree.setIndentation(GRID)
        tree.setRootIsDecorated(False)
        tree.setItemsExpandable(False)
        tree.setTextElideMode(Qt.TextElideMode.ElideRight)
        return tree

    def set_groups(self, groups: Sequence[IndicatorGroup]) -> None:
        """Show the indicators of a scenario; the place in the list is kept."""
        bar = self.tree.verticalScrollBar()
        place = 0 if bar is None else bar.value()
        self._groups = tuple(groups)
        self._model.clear()
        self._model.setHorizontalHeaderLabels([tr(title) for title in _HEADERS])
        for number, group in enumerate(self._groups):
            self._model.appendRow(_group_item(group))
            self.tree.setFirstColumnSpanned(number, self.tree.rootIndex(), True)
        self.tree.expandAll()
        header = self.tree.header()
        if header is not None:
            header.setStretchLastSection(False)
            header.setDefaultAlignment(_RIGHT)
            header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        if bar is not None:
            bar.setValue(place)
        self._run.setVisible(any(group.run_id for group in self._groups))
        self._pages.setCurrentIndex(0 if self._groups else 1)

    def set_plan_possible(self, possible: bool) -> None:
        """Offer to make the plan, or not, as where the project is open for reading only."""
        self.plan_button.setEnabled(possible)

    def _on_run_clicked(self) -> None:
        run_id = next((group.run_id for group in self._groups if group.run_id), "")
        self.run_requested.emit(run_id)


def _group_item(group: IndicatorGroup) -> QStandardItem:
    about = f"{group.title}, {group.unit}"
    item = QStandardItem(f"{about}\n{group.species}" if group.species else about)
    item.setToolTip(item.text())
    lines = QFontMetrics(font("body", bold=True)).size(0, item.text())
    item.setSizeHint(QSize(0, lines.height() + 2 * GRID))
    item.setSelectable(False)
    item.setFont(font("body", bold=True))
    for row in group.rows:
        cells = [QStandardItem(text) for text in (row.place, row.before, row.after)]
        spoken = tr(
            "{title}, {species}, {place}: {before} {unit} before, {after} {unit} after",
            title=group.title,
            species=group.species or tr("all land"),
            place=row.place,
            before=row.before,
            unit=group.unit,
            after=row.after,
        )
        for cell in cells:
            cell.setData(spoken, int(Qt.ItemDataRole.AccessibleTextRole))
            cell.setToolTip(spoken)
        for cell in cells[1:]:
            cell.setTextAlignment(_RIGHT)
        item.appendRow(cells)
    return item
