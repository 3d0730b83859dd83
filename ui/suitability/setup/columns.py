"""What a file of records was taken for, with its first rows, to be confirmed or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from layers.occurrences.encoding import CANDIDATES, EncodingGuess
from layers.occurrences.roles import ROLE_TITLES, ROLES, Role
from planner.suitability.study import RecordSource
from resources.translation import tr
from ui import words
from ui.controls import heading, label
from ui.suitability.setup.fields import Choice
from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from pathlib import Path

    from layers.occurrences import ColumnGuess

_NEEDED: tuple[Role, ...] = ("lon", "lat")
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", *CANDIDATES)
_ALWAYS = ("species", "lon", "lat", "date", "uncertainty", "country")


class ColumnsDialog(QDialog):
    """Asks whether the columns are what they were taken for.

    Parameters
    ----------
    path : Path
        The file.
    guess : ColumnGuess
        What it was taken for.
    """

    confirmed = pyqtSignal(object)
    """The records are to be used; carries a `RecordSource`."""
    read_again = pyqtSignal(str, str)
    """The file is to be read in another encoding or coordinate system; carries both."""

    def __init__(self, path: Path, guess: ColumnGuess, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("columns_dialog")
        self.setWindowTitle(tr("Records: {name}", name=path.name))
        self.resize(96 * GRID, 80 * GRID)
        self._path = path
        self._guess = guess
        self.roles = {role: self._role(role) for role in ROLES}
        self._encoding = self._encoding_choice()
        self.crs = QLineEdit()
        self.crs.setObjectName("columns_crs")
        self.crs.setPlaceholderText(tr("EPSG:4326 (degrees) unless the file says otherwise"))
        self._read_again = QPushButton(tr("Read again"))
        self._read_again.setObjectName("columns_read_again")
        self._read_again.clicked.connect(self._on_read_again)
        self._problem = label("", size="small", tone="error", name="columns_problem")
        self._problem.hide()
        self.use_button = QPushButton(tr("Use these records"))
        self.use_button.setObjectName("columns_use")
        self.use_button.setProperty("role", "primary")
        self.use_button.setDefault(True)
        self.use_button.clicked.connect(self._on_use)
        self._lay_out()
        for choice in self.roles.values():
            choice.currentIndexChanged.connect(self._show_state)
        self._show_state()

    def _role(self, role: str) -> Choice:
        found = self._guess.roles.get(role)  # type: ignore[call-overload]  # a role of ROLES
        titles = {"": tr("none"), **{name: name for name in self._guess.names}}
        choice = Choice(f"columns_{role}", titles)
        if found is not None:
            choice.choose(found.column or "")
            choice.setToolTip(found.reason)
        return choice

    def _encoding_choice(self) -> Choice | None:
        found = self._guess.encoding
        if found is None:
            return None
        names = dict.fromkeys((found.encoding, *found.alternatives, *_ENCODINGS))
        titles = {name: EncodingGuess(name, "stated", "").title for name in names}
        choice = Choice("columns_encoding", titles)
        choice.choose(found.encoding)
        choice.activated.connect(self._on_read_again)
        choice.setToolTip(found.reason)
        return choice

    def _lay_out(self) -> None:
        guess = self._guess
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Is this what the columns mean?")))
        told = (f"{self._path.name}: {guess.kind}.", *map(words.stored, guess.notes))
        layout.addWidget(
            label(" ".join(told), size="small", tone="muted", name="columns_notes")
        )
        layout.addWidget(self._fields(), 1)
        layout.addLayout(self._reading())
        layout.addWidget(label(tr("The first records"), size="small", tone="muted"))
        sample = TableView("columns_sample", tr("The first records"))
        sample.show_rows(guess.names, guess.sample)
        sample.fit_columns()
        sample.setFixedHeight(21 * GRID)
        layout.addWidget(sample)
        layout.addWidget(self._problem)
        row = QHBoxLayout()
        row.addStretch(1)
        cancel = QPushButton(tr("Cancel"))
        cancel.setObjectName("columns_cancel")
        cancel.clicked.connect(self.reject)
        row.addWidget(cancel)
        row.addWidget(self.use_button)
        layout.addLayout(row)

    def _fields(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("scrolled")
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, GRID, 0)
        grid.setSpacing(GRID)
        grid.setColumnStretch(2, 1)
        shown = [
            role for role in ROLES if role in _ALWAYS or self._guess.roles[role].candidates
        ]
        for place, role in enumerate(shown):
            found = self._guess.roles[role]
            title = label(words.capital(tr(ROLE_TITLES[role])))
            title.setWordWrap(False)
            self.roles[role].setAccessibleName(tr(ROLE_TITLES[role]))
            self.roles[role].setMinimumWidth(24 * GRID)
            doubt = bool(found.column) and not found.certain
            grid.addWidget(title, place, 0)
            grid.addWidget(self.roles[role], place, 1)
            reason = (
                tr("Please check: {reason}", reason=found.reason) if doubt else found.reason
            )
            grid.addWidget(label(reason, size="small", tone="muted"), place, 2)
        grid.setRowStretch(len(shown), 1)
        for role in ROLES:
            if role not in shown:
                self.roles[role].setParent(content)
                self.roles[role].hide()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(content)
        return area

    def _reading(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID)
        if self._encoding is not None:
            row.addWidget(label(tr("Encoding"), size="small", tone="muted"))
            row.addWidget(self._encoding)
            self._encoding.setAccessibleName(tr("Encoding"))
        row.addWidget(label(tr("Coordinates in"), size="small", tone="muted"))
        row.addWidget(self.crs, 1)
        self.crs.setAccessibleName(tr("Coordinate system"))
        row.addWidget(self._read_again)
        return row

    def _show_state(self) -> None:
        missing = [tr(ROLE_TITLES[role]) for role in _NEEDED if not self.roles[role].value]
        problem = ""
        if missing:
            problem = (
                tr("Choose the column that holds the {what}.", what=missing[0])
                if len(missing) == 1
                else tr(
                    "Choose the column that holds the {first} and the {second}.",
                    first=missing[0],
                    second=missing[1],
                )
            )
        elif self._guess.needs_crs and not self.crs.text().strip():
            problem = tr(
                "The coordinates are no degrees: name their coordinate system, such as "
                "EPSG:32652, and read the file again."
            )
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.use_button.setEnabled(not problem)

    def _on_read_again(self) -> None:
        self.read_again.emit(self._encoding_value(), self.crs.text().strip())
        self.reject()

    def _encoding_value(self) -> str:
        found = self._guess.encoding
        if self._encoding is None or found is None:
            return ""
        return self._encoding.value

    def _on_use(self) -> None:
        columns = {role: field.value or "" for role, field in self.roles.items()}
        self.confirmed.emit(
            RecordSource(
                path=self._path.absolute().as_posix(),
                columns={str(role): name for role, name in columns.items()},
                encoding=self._encoding_value(),
                crs=self.crs.text().strip(),
            )
        )
        self.accept()
