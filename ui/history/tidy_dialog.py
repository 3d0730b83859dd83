"""Asks from when on edits can still be taken back, and tells what that frees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPlainTextEdit,
    QVBoxLayout,
)

from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import heading, label
from ui.theme import GRID

if TYPE_CHECKING:
    from pathlib import Path

    from PyQt6.QtWidgets import QWidget

    from planner.tidying import Tidying

_KEPT = (
    (30, mark("of the last 30 days")),
    (7, mark("of the last 7 days")),
    (1, mark("of the last 24 hours")),
    (0, mark("none")),
)
_MEGABYTE = 1_000_000


class TidyDialog(QDialog):
    """Offers to make the project smaller, and says what is given up for it.

    Parameters
    ----------
    folder : Path
        The project's, from which files are named.
    """

    survey_wanted = pyqtSignal(int)
    """What would be freed is to be found out; carries how many days can still be undone."""
    tidy_wanted = pyqtSignal(object)
    """The project is to be tidied up; carries the `Tidying` that was shown."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tidy_dialog")
        self.setWindowTitle(tr("Tidy up project"))
        self.setMinimumWidth(64 * GRID)
        self._folder = folder
        self._found: Tidying | None = None
        self.kept = QComboBox()
        self.kept.setObjectName("tidy_kept")
        self.kept.setAccessibleName(tr("Edits that can still be taken back"))
        for days, text in _KEPT:
            self.kept.addItem(tr(text), days)
        self.kept.activated.connect(lambda _: self.ask())
        self._told = label("", name="tidy_told")
        self._files = QPlainTextEdit()
        self._files.setObjectName("tidy_files")
        self._files.setAccessibleName(tr("Files that are deleted"))
        self._files.setReadOnly(True)
        self._files.setTabChangesFocus(True)
        self._files.setFixedHeight(12 * GRID)
        self._buttons = QDialogButtonBox()
        roles = QDialogButtonBox.ButtonRole
        self._tidy = self._buttons.addButton(tr("Tidy up"), roles.AcceptRole)
        cancel = self._buttons.addButton(tr("Cancel"), roles.RejectRole)
        if self._tidy is not None and cancel is not None:
            self._tidy.setObjectName("tidy_now")
            cancel.setObjectName("tidy_not")
        self._buttons.accepted.connect(self._on_accepted)
        self._buttons.rejected.connect(self.reject)
        self._lay_out()
        if self._tidy is not None and cancel is not None:
            self._tidy.setAutoDefault(False)
            cancel.setDefault(True)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setHorizontalSpacing(2 * GRID)
        form.addRow(tr("Edits that can still be taken back"), self.kept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addWidget(heading(tr("Tidy up project")))
        layout.addWidget(
            label(
                tr(
                    "A project keeps what it needs to take every edit back, and grows with it. "
                    "Tidying up gives that up for older edits. Everything on the map stays as "
                    "it is, and the history still tells who did what and when."
                ),
                tone="muted",
            )
        )
        layout.addLayout(form)
        layout.addWidget(self._told)
        layout.addWidget(self._files)
        layout.addWidget(self._buttons)
        self._show_possible()

    @property
    def found(self) -> Tidying | None:
        """What the choice that is shown would free; None while that is looked for."""
        return self._found

    def ask(self) -> None:
        """Have found out what the choice that is shown would free."""
        self._found = None
        self._told.setText(tr("Looking at what would be freed…"))
        self._files.hide()
        self._show_possible()
        self.survey_wanted.emit(int(self.kept.currentData()))

    def show_found(self, days: int, found: Tidying) -> None:
        """Tell what a choice would free, where it is still the one that is shown."""
        if days != self.kept.currentData():
            return
        self._found = found
        self._told.setText("\n".join(_sentences(found)))
        names = [str(path.relative_to(self._folder)) for path in found.files]
        self._files.setPlainText("\n".join(names))
        self._files.setVisible(bool(names))
        self._show_possible()
        self.adjustSize()

    def show_problem(self, problem: str) -> None:
        """Say why it cannot be found out, or not be done."""
        self._found = None
        self._told.setText(problem)
        self._show_possible()

    def _show_possible(self) -> None:
        if self._tidy is not None:
            self._tidy.setEnabled(self._found is not None and self._found.is_worthwhile)

    def _on_accepted(self) -> None:
        if self._found is not None:
            self.tidy_wanted.emit(self._found)
            self.accept()


def megabytes(size_bytes: int) -> str:
    """Return a size on the disk for the reader."""
    return tr("{size} MB", size=words.fixed(size_bytes / _MEGABYTE, 1))


def _sentences(found: Tidying) -> list[str]:
    if not found.is_worthwhile:
        return [tr("There is nothing to tidy up.")]
    told = []
    if found.steps:
        told.append(
            tr_n(
                "{count} edit can no longer be taken back or repeated.",
                "{count} edits can no longer be taken back or repeated.",
                found.steps,
            )
        )
    if found.layers:
        told.append(
            tr_n(
                "{count} layer that was removed can no longer be brought back.",
                "{count} layers that were removed can no longer be brought back.",
                len(found.layers),
            )
        )
    if found.files:
        told.append(
            tr_n(
                "{count} file that nothing needs is deleted:",
                "{count} files that nothing needs are deleted:",
                len(found.files),
            )
        )
    told.insert(0, tr("About {size} are freed.", size=megabytes(found.freed_bytes)))
    return told
