"""A small table of numbers whose cells are kept, so that it can change many times a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.controls import Tone
    from ui.theme import TextSize

_NARROWEST_PX = 8 * GRID
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


class FactTable(QWidget):
    """Rows of texts below a heading; the first column takes the room there is.

    Parameters
    ----------
    name : str
        Object name.
    title : str
        What it tells; hidden with the table where there are no rows.
    columns : sequence of str
        Headings of the columns after the first; no line of headings where all are empty.
    """

    def __init__(self, name: str, title: str, columns: Sequence[str] = ("",)) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title = title
        self._columns = tuple(columns)
        self._cells: list[tuple[QLabel, ...]] = []
        self._rows: tuple[tuple[str, ...], ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID // 2)
        if title:
            layout.addWidget(label(title))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID)
        self._grid.setVerticalSpacing(GRID // 4)
        self._grid.setColumnStretch(0, 1)
        layout.addLayout(self._grid)
        if any(columns):
            self._add_line(("", *columns), size="small", tone="muted")
        self.hide()

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show other rows in place of those of before; nothing is shown for none."""
        told = tuple(tuple(row) for row in rows)
        if told == self._rows:
            return
        self._rows = told
        while len(self._cells) < len(told):
            self._cells.append(self._add_line([""] * (1 + len(self._columns))))
        for number, cells in enumerate(self._cells):
            texts = told[number] if number < len(told) else ()
            for place, cell in enumerate(cells):
                cell.setText(texts[place] if place < len(texts) else "")
                cell.setVisible(bool(texts))
        self.setVisible(bool(told))
        self.setAccessibleName(self._title)
        self.setAccessibleDescription("; ".join(", ".join(row) for row in told))

    def _add_line(
        self, texts: Sequence[str], *, size: TextSize = "small", tone: Tone = "plain"
    ) -> tuple[QLabel, ...]:
        line = self._grid.rowCount()
        cells = []
        for column, text in enumerate(texts):
            cell = label(text, size=size, tone=tone)
            cell.setWordWrap(column == 0)
            if column == 0:
                cell.setMinimumWidth(_NARROWEST_PX)
            cell.setAlignment(_LEFT if column == 0 else _RIGHT)
            self._grid.addWidget(cell, line, column)
            cells.append(cell)
        return tuple(cells)
