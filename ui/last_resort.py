"""What happens to an error that nobody expected: it is logged, told, and the work goes on."""

from __future__ import annotations

import logging
import sys
import threading
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal
from PyQt6.QtWidgets import QMessageBox

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_LOG = logging.getLogger("landbridge")
_LOG_BYTES = 1_000_000


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
        self._box: QMessageBox | None = None
        self._caught.connect(self._on_caught)

    def install(self) -> None:
        """Take over the hooks of the interpreter."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        if self._box is not None:
            self._box.close()

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
        self._caught.emit(f"{kind.__name__}: {error}")

    def _on_thread_exception(self, told: threading.ExceptHookArgs) -> None:
        error = told.exc_value or told.exc_type()
        self._on_exception(told.exc_type, error, told.exc_traceback)

    def _on_caught(self, what: str) -> None:
        if self._box is not None and self._box.isVisible():
            return
        box = QMessageBox()
        box.setObjectName("last_resort")
        box.setIcon(QMessageBox.Icon.Warning)
        box.setWindowTitle("Landbridge")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(
            "Something went wrong that Landbridge did not expect. Every finished edit is "
            "stored; you can go on working. If it happens again, start Landbridge anew."
        )
        box.setInformativeText(f"{what}\n\nThe details are in {self._log_path}.")
        box.setModal(False)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
        box.show()
        self._box = box
