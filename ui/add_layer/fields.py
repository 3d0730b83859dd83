"""Small parts of the forms: a path with its button, a line with its name, credentials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from layers.qgis.credentials import Credentials
from resources.translation import tr
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE_PX = 4 * GRID
"""Height of a line to write into, in whose middle its label stands."""


def line(name: str, text: str, hint: str = "") -> QLineEdit:
    """Return a line to write into.

    Parameters
    ----------
    name : str
        Object name.
    text : str
        What is written, for screen readers.
    hint : str
        Shown while it is empty.
    """
    made = QLineEdit()
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setPlaceholderText(hint)
    return made


def form(rows: Mapping[str, QWidget]) -> QFormLayout:
    """Return a form: what is asked on the left, the controls on the right."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(2 * GRID)
    layout.setVerticalSpacing(GRID)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
    for text, control in rows.items():
        told = label(text)
        told.setWordWrap(False)
        told.setBuddy(control)
        told.setMinimumHeight(_LINE_PX)
        layout.addRow(told, control)
    return layout


class PathField(QWidget):
    """A path that is written or chosen.

    Parameters
    ----------
    name : str
        Object name of the line.
    text : str
        What is chosen.
    filters : str
        As of `QFileDialog`.
    """

    chosen = pyqtSignal(str)
    """Another path, when it is complete."""

    def __init__(self, name: str, text: str, filters: str) -> None:
        super().__init__()
        self._text = text
        self._filters = filters
        self._told = ""
        self.line = line(name, text)
        self.browse = QPushButton(tr("Browse…"))
        self.browse.setObjectName(f"{name}_browse")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.browse)
        self.setFocusProxy(self.line)
        self.line.editingFinished.connect(self._tell)
        self.browse.clicked.connect(self._ask)

    @property
    def path(self) -> str:
        """What is written, one's own folder in full where it is written ``~``."""
        text = self.line.text().strip()
        return str(Path(text).expanduser()) if text.startswith("~") else text

    def choose(self, path: str) -> None:
        """Write a path, as if it were chosen."""
        self.line.setText(path)
        self._tell()

    def _ask(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self._text, self.path, self._filters)
        if path:
            self.choose(path)

    def _tell(self) -> None:
        if self.path != self._told:
            self._told = self.path
            self.chosen.emit(self.path)


class CredentialFields(QWidget):
    """Name and password for a server; kept in memory only.

    Parameters
    ----------
    name : str
        Start of the object names.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.user = line(f"{name}_user", tr("User name"), tr("User name, where one is asked"))
        self.password = line(f"{name}_password", tr("Password"), tr("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.user)
        layout.addWidget(self.password)
        self.setFocusProxy(self.user)

    @property
    def credentials(self) -> Credentials | None:
        """What is written; None where there is no name."""
        user = self.user.text().strip()
        return Credentials(user, self.password.text()) if user else None
