"""A field for a file: its path, and a button that opens the chooser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from resources.translation import mark, tr
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable

VECTORS = mark("Polygons (*.gpkg *.shp *.geojson *.json *.fgb *.kml);;All files (*)")
RASTERS = mark("Rasters (*.tif *.tiff *.asc *.vrt *.img *.nc);;All files (*)")


class FileField(QWidget):
    """The path of a file; empty for none.

    Parameters
    ----------
    name : str
        Object name; the line is ``NAME_path``, the button ``NAME_choose``.
    title : str
        What the file holds.
    kinds : str
        Filter of the chooser.
    """

    changed = pyqtSignal()

    def __init__(
        self, name: str, title: str, kinds: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._title = title
        self._kinds = kinds
        self.line = QLineEdit()
        self.line.setObjectName(f"{name}_path")
        self.line.setPlaceholderText(tr("No file"))
        self.line.setAccessibleName(title)
        self.line.textChanged.connect(self._on_text_changed)
        self.button = QPushButton(tr("Choose…"))
        self.button.setObjectName(f"{name}_choose")
        self.button.setAccessibleName(tr("Choose {what}", what=title[:1].lower() + title[1:]))
        self.button.clicked.connect(lambda: self.ask(self._show))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.line, 1)
        layout.addWidget(self.button)

    @property
    def path(self) -> str:
        """The path as it stands, without spaces around it; a ~ is the home folder."""
        text = self.line.text().strip()
        return str(Path(text).expanduser()) if text else ""

    def set_path(self, path: str) -> None:
        """Show another path, without telling."""
        self.line.blockSignals(True)
        self.line.setText(path)
        self.line.blockSignals(False)
        self.line.setToolTip(path)
        self.line.setCursorPosition(0)

    def ask(self, chosen: Callable[[str], None]) -> None:
        """Open the chooser; it does not wait for an answer."""
        dialog = QFileDialog(self, self._title)
        dialog.setNameFilters(tr(self._kinds).split(";;"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _show(self, path: str) -> None:
        self.line.setText(path)
        self.line.setCursorPosition(0)

    def _on_text_changed(self, text: str) -> None:
        self.line.setToolTip(text)
        self.changed.emit()
