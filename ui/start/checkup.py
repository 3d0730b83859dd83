"""What the check of this computer has found, each with what mends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from resources.translation import tr, tr_n
from ui import words
from ui.controls import label
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.doctor import Finding
    from ui.theme import Theme

_ICON_PX = 18


class Checkup(QFrame):
    """Tells how the check of this computer ended; what is well takes one line.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    check_requested = pyqtSignal()
    mend_requested = pyqtSignal(object)
    """What a finding says is to be run; carries the `Finding`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("checkup")
        self.setProperty("role", "card")
        self._theme = theme
        self._summary = label(tr("This computer was not checked yet."), name="checkup_summary")
        self._again = QPushButton(tr("Check again"))
        self._again.setObjectName("check_again")
        self._again.clicked.connect(self.check_requested)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(self._summary, 1)
        head.addWidget(self._again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addLayout(self._rows)

    def show_checking(self) -> None:
        """Say that the check is going on."""
        self._summary.setText(tr("Checking this computer…"))
        self._again.setEnabled(False)

    def show_problem(self, problem: str) -> None:
        """Say why the check could not be made."""
        self._summary.setText(problem)
        self._again.setEnabled(True)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show what was found; what is well is not listed."""
        self._again.setEnabled(True)
        while self._rows.count():
            item = self._rows.takeAt(0)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.deleteLater()
        bad = [finding for finding in findings if finding.state != "ok"]
        if not bad:
            self._summary.setText(tr("This computer has everything Landbridge needs."))
        else:
            self._summary.setText(
                tr_n("{count} thing needs care:", "{count} things need care:", len(bad))
            )
        for finding in bad:
            self._rows.addWidget(self._row(finding))

    def _row(self, finding: Finding) -> QWidget:
        row = QWidget()
        row.setObjectName("finding")
        picture = QLabel()
        name = "close" if finding.state == "missing" else "warning"
        token = "error" if finding.state == "missing" else "warning"
        picture.setPixmap(icon(name, self._theme.colour[token]).pixmap(_ICON_PX, _ICON_PX))
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(
            label(f"{finding.subject}: {words.stored(finding.detail)}", size="small")
        )
        if finding.remedy:
            text.addWidget(
                label(words.stored(finding.remedy), size="small", tone="muted", name="remedy")
            )
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(text, 1)
        for button in self._buttons(finding):
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _buttons(self, finding: Finding) -> list[QPushButton]:
        made = []
        if finding.command:
            run = QPushButton(tr("Mend it"))
            run.setObjectName("mend")
            run.setAccessibleName(tr("Mend: {subject}", subject=finding.subject))
            run.clicked.connect(lambda: self.mend_requested.emit(finding))
            made.append(run)
        if finding.remedy:
            copy = QPushButton(tr("Copy"))
            copy.setObjectName("copy_remedy")
            copy.setAccessibleName(tr("Copy what mends: {subject}", subject=finding.subject))
            copy.clicked.connect(lambda: _copy(finding.remedy))
            made.append(copy)
        return made


def _copy(text: str) -> None:
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
