"""What happens to an error that nobody expected: it is logged, told, and the work goes on."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui.controls import heading, label
from ui.scrubbed import error_report
from ui.theme import GRID

if TYPE_CHECKING:
    from types import TracebackType

_LOG = logging.getLogger("landbridge")
_LOG_BYTES = 1_000_000
_MOST_REPORTS = 20


def log_to(folder: Path) -> Path:
    """Write the program's log below a folder, and return the file.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "landbridge.log"
    handler = RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _LOG.addHandler(handler)
    _LOG.setLevel(logging.INFO)
    return path


def close_log() -> None:
    """Close the log's files."""
    for handler in tuple(_LOG.handlers):
        _LOG.removeHandler(handler)
        handler.close()


class ErrorWindow(QDialog):
    """Tells that something went wrong, with a report that can be saved and given away.

    Parameters
    ----------
    log_path : Path
        Where everything is written, on this computer only.
    """

    def __init__(self, log_path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("last_resort")
        self.setWindowTitle(tr("Landbridge: something went wrong"))
        self.setModal(False)
        self.resize(80 * GRID, 56 * GRID)
        self._reports: list[str] = []
        self._told = label("", tone="error", name="last_resort_saved")
        self._told.hide()
        self.report = QPlainTextEdit()
        self.report.setObjectName("error_report")
        self.report.setAccessibleName(tr("Report of the error"))
        self.report.setReadOnly(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for name, text, act in (
            ("save_report", tr("Save the report…"), self._on_save),
            ("copy_report", tr("Copy the report"), self._on_copy),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.clicked.connect(act)
            buttons.addWidget(button)
        buttons.addStretch(1)
        go_on = QPushButton(tr("Go on working"))
        go_on.setObjectName("go_on")
        go_on.setProperty("role", "primary")
        go_on.setDefault(True)
        go_on.clicked.connect(self.accept)
        buttons.addWidget(go_on)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Something went wrong that Landbridge did not expect")))
        layout.addWidget(
            label(
                tr(
                    "Every finished edit is stored; you can go on working. If it happens "
                    "again, start Landbridge anew."
                )
            )
        )
        layout.addWidget(
            label(
                tr(
                    "The report below helps those who mend it. It holds no names, no paths and "
                    "no places, and is sent nowhere; all details are in {path}.",
                    path=log_path,
                ),
                size="small",
                tone="muted",
            )
        )
        layout.addWidget(self.report, 1)
        layout.addWidget(self._told)
        layout.addLayout(buttons)

    def add(self, report: str) -> None:
        """Add a report below those that are shown."""
        if report not in self._reports:
            self._reports = [*self._reports, report][-_MOST_REPORTS:]
        self.report.setPlainText("\n\n".join(self._reports))

    def save(self, path: Path) -> None:
        """Save the report; says so where it cannot be written."""
        draft = path.with_name(f".{path.name}.part")
        try:
            draft.write_text(self.report.toPlainText() + "\n", encoding="utf-8")
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):  # the same folder or disk may refuse this too
                draft.unlink(missing_ok=True)
            told = tr(
                "{path} could not be written: {reason}. Choose another folder.",
                path=path,
                reason=error.strerror or error,
            )
            self._told.setText(told)
            self._told.show()
            return
        self._told.hide()

    def _on_save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(
            self, tr("Save the report"), "landbridge-report.txt"
        )
        if path:
            self.save(Path(path))

    def _on_copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.report.toPlainText())


class LastResort(QObject):
    """Catches what nobody else caught, in any thread.

    Parameters
    ----------
    log_path : Path
        Where the details are written; named in the message.
    """

    _caught = pyqtSignal(str)

    def __init__(self, log_path: Path) -> None:
        super().__init__()
        self._log_path = log_path
        self._window: ErrorWindow | None = None
        self._caught.connect(self._on_caught)

    def install(self) -> None:
        """Take over the hooks of the interpreter."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        if self._window is not None:
            self._window.close()

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _LOG.critical("unexpected error", exc_info=(kind, error, trace))
        self._caught.emit(error_report(kind, error, trace))

    def _on_thread_exception(self, told: threading.ExceptHookArgs) -> None:
        error = told.exc_value or told.exc_type()
        self._on_exception(told.exc_type, error, told.exc_traceback)

    def _on_caught(self, report: str) -> None:
        """Tell of an error; of several in one window."""
        window = self._window
        if window is None or not window.isVisible():
            window = self._window = ErrorWindow(self._log_path)
        window.add(report)
        window.show()
        window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
