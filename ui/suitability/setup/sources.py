"""Files with records: listed, added after their columns were confirmed, removed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from resources.translation import mark, tr
from ui.controls import label, link_button
from ui.elided import ElidedLabel
from ui.suitability.setup.columns import ColumnsDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.occurrences import ColumnGuess
    from planner.suitability.study import RecordSource

_FILTER = mark(
    "Records (*.csv *.tsv *.txt *.zip *.json *.xml *.gpkg *.shp *.geojson "
    "*.parquet);;All files (*)"
)


class SourceList(QWidget):
    """Lists files with records.

    Parameters
    ----------
    name : str
        Object name; the button is ``NAME_add``.
    action : str
        Text of the button that adds a file.
    """

    files_chosen = pyqtSignal(object, str, str)
    """A file is to be looked at; carries its path, an encoding and a coordinate system."""
    changed = pyqtSignal()

    def __init__(self, name: str, action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._name = name
        self._sources: list[RecordSource] = []
        self.dialog: ColumnsDialog | None = None
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(2)
        self.add_button = QPushButton(action)
        self.add_button.setObjectName(f"{name}_add")
        self.add_button.clicked.connect(self._on_add)
        self._problem = label("", size="small", tone="error", name=f"{name}_problem")
        self._problem.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._rows)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._problem)

    @property
    def sources(self) -> tuple[RecordSource, ...]:
        """The files, in order."""
        return tuple(self._sources)

    def set_sources(self, sources: Sequence[RecordSource]) -> None:
        """Show other files, without telling."""
        self._sources = list(sources)
        self._show()

    def look_at(self, path: Path, encoding: str = "", crs: str = "") -> None:
        """Ask for a look at a file, after which `confirm` asks about its columns."""
        self.show_problem("")
        self.add_button.setEnabled(False)
        self.files_chosen.emit(path, encoding, crs)

    def confirm(self, path: Path, guess: ColumnGuess) -> None:
        """Ask whether a file is what it was taken for."""
        self.add_button.setEnabled(True)
        dialog = ColumnsDialog(path, guess, self.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.confirmed.connect(self.add)
        dialog.read_again.connect(lambda encoding, crs: self.look_at(path, encoding, crs))
        dialog.finished.connect(self._on_dialog_finished)
        self.dialog = dialog
        dialog.open()

    def add(self, source: RecordSource) -> None:
        """Add a file; one that is listed already is replaced."""
        self._sources = [item for item in self._sources if item.path != source.path]
        self._sources.append(source)
        self._show()
        self.changed.emit()

    def show_problem(self, text: str) -> None:
        """Say why a file cannot be used; nothing where all is well."""
        self.add_button.setEnabled(True)
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _show(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, source in enumerate(self._sources):
            self._rows.addWidget(self._row(place, source))

    def _row(self, place: int, source: RecordSource) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        name = ElidedLabel(f"{self._name}_{place}", size="body")
        name.say(Path(source.path).name)
        name.setToolTip(_described(source))
        remove = link_button(f"{self._name}_{place}_remove", tr("Remove"))
        remove.setAccessibleName(tr("Remove {name}", name=Path(source.path).name))
        remove.clicked.connect(lambda: self._on_remove(source))
        layout.addWidget(name, 1)
        layout.addWidget(remove)
        return row

    def _on_add(self) -> None:
        dialog = QFileDialog(self.window(), tr("Choose a file with records"), "", tr(_FILTER))
        dialog.setObjectName(f"{self._name}_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.look_at(Path(chosen)))
        dialog.open()

    def _on_remove(self, source: RecordSource) -> None:
        self._sources.remove(source)
        self._show()
        self.changed.emit()

    def _on_dialog_finished(self) -> None:
        self.dialog = None


def _described(source: RecordSource) -> str:
    columns = ", ".join(f"{role}: {name}" for role, name in source.columns.items() if name)
    parts = (
        source.path,
        columns,
        tr("encoding {name}", name=source.encoding) if source.encoding else "",
        tr("coordinates in {crs}", crs=source.crs) if source.crs else "",
    )
    return "\n".join(part for part in parts if part)
