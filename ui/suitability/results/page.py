"""A page of results: scrolls; its headed parts can be asked from what their numbers come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from resources.translation import tr
from ui.controls import label, link_button
from ui.suitability.results.drawing import Drawn, DrawQueue
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QResizeEvent

    from ui.controls import Tone
    from ui.suitability.results.drawing import Beside


class Page(QScrollArea):
    """One tab of the results.

    Parameters
    ----------
    name : str
        Object name.
    beside : callable
        As for `DrawQueue`.
    """

    stage_wanted = pyqtSignal(str)
    """A number was asked from what it comes; carries the stage that computed it."""

    def __init__(self, name: str, beside: Beside, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.column = QVBoxLayout()
        self._queue = DrawQueue(beside, self)
        self.clear()

    def clear(self) -> None:
        """Take everything off the page."""
        self._queue.clear()
        content = QWidget()
        content.setObjectName("scrolled")
        self.column = QVBoxLayout(content)
        self.column.setContentsMargins(0, GRID, GRID, 2 * GRID)
        self.column.setSpacing(GRID)
        self.setWidget(content)

    def add_heading(self, title: str, stage: str = "") -> None:
        """Add a heading; with a stage it can be asked from what the numbers come."""
        row = QHBoxLayout()
        head = label(title)
        font = head.font()
        font.setBold(True)
        head.setFont(font)
        row.addWidget(head, 1)
        if stage:
            link = link_button(f"from_what_{stage}", tr("From what?"))
            link.setToolTip(tr("Show from what and with what this was computed"))
            link.setAccessibleName(tr("From what: {title}", title=title))
            link.clicked.connect(lambda: self.stage_wanted.emit(stage))
            row.addWidget(link)
        self.column.addSpacing(GRID // 2)
        self.column.addLayout(row)

    def add_text(self, text: str, *, warning: bool = False, name: str = "") -> None:
        """Add a sentence."""
        tone: Tone = "warning" if warning else "muted"
        self.column.addWidget(label(text, size="small", tone=tone, name=name))

    def add(self, widget: QWidget) -> None:
        """Add a part; plots in it are drawn one after another."""
        parts = [widget, *widget.findChildren(Drawn)]
        for part in parts:
            if isinstance(part, Drawn):
                part.use_queue(self._queue)
        self.column.addWidget(widget)

    def finish(self) -> None:
        """Keep what was added at the top."""
        self.column.addStretch(1)


class Tiles(QWidget):
    """Widgets side by side, as many in a row as there is room for.

    Parameters
    ----------
    widgets : sequence of QWidget
        In reading order.
    width_px : int
        Least width of each.
    most : int
        Most in a row.
    """

    def __init__(self, widgets: Sequence[QWidget], width_px: int, *, most: int = 4) -> None:
        super().__init__()
        self._widgets = list(widgets)
        self._width_px = width_px
        self._most = most
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._place(1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        for at in range(max(columns, self._columns)):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
        self._columns = columns
        for at, widget in enumerate(self._widgets):
            self._grid.addWidget(widget, at // columns, at % columns)

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        room = (self.width() + GRID) // (self._width_px + GRID)
        self._place(max(1, min(room, self._most, len(self._widgets))))
