"""Files that belong to a proposal."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from resources.translation import tr
from ui import words
from ui.controls import icon_button, label, link_button
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.drawing.attachments import Attachment
    from ui.theme import Theme

_KILO = 1024


class AttachmentsView(QWidget):
    """Lists files with their size, opens them, adds and removes them.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    add_requested = pyqtSignal()
    open_requested = pyqtSignal(str)
    remove_requested = pyqtSignal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("proposal_attachments")
        self._theme = theme
        self._rows: list[QWidget] = []
        self._listed = QVBoxLayout()
        self._listed.setSpacing(0)
        self._add = QPushButton(tr("Attach a file…"))
        self._add.setObjectName("attach_file")
        self._add.clicked.connect(self.add_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(self._listed)
        layout.addWidget(self._add)

    def set_theme(self, theme: Theme) -> None:
        """Tint what is added later in the colours of another theme."""
        self._theme = theme

    def show_attachments(self, attachments: Sequence[Attachment], *, editable: bool) -> None:
        """Show other files."""
        for row in self._rows:
            self._listed.removeWidget(row)
            row.deleteLater()
        self._rows = [self._row(item, editable=editable) for item in attachments]
        for row in self._rows:
            self._listed.addWidget(row)
        self._add.setEnabled(editable)

    def _row(self, item: Attachment, *, editable: bool) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        name = item.title or item.file
        link = link_button("open_attachment", link_text(name))
        link.setToolTip(tr("Open {file}", file=name))
        link.setAccessibleName(tr("Open {file}", file=name))
        link.clicked.connect(partial(self.open_requested.emit, item.file))
        size = label(size_text(item.size_bytes), size="small", tone="muted")
        size.setWordWrap(False)
        remove = icon_button(
            "remove_attachment", "close", tr("Remove {file}", file=name), self._theme
        )
        remove.setEnabled(editable)
        remove.clicked.connect(partial(self.remove_requested.emit, item.file))
        layout.addWidget(link, 1)
        layout.addWidget(size)
        layout.addWidget(remove)
        return row


def link_text(name: str, longest: int = 26) -> str:
    """Return a file's name, with its middle left out where it is long."""
    if len(name) <= longest:
        return name
    half = longest // 2
    return f"{name[:half]}…{name[-half + 1 :]}"


def size_text(size_bytes: int) -> str:
    """Return the size of a file in words."""
    if size_bytes < _KILO:
        return tr("{size} bytes", size=size_bytes)
    if size_bytes < _KILO * _KILO:
        return tr("{size} kB", size=words.number(round(size_bytes / _KILO)))
    return tr("{size} MB", size=words.fixed(size_bytes / _KILO / _KILO, 1))
