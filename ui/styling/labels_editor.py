"""Sets whether a layer is labelled, with what, and in which type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from resources.translation import LANGUAGES, mark, tr
from ui.elided import ElidedComboBox
from ui.styling.controls import ColourButton, labelled, number_box, show, shrink
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.answers import FieldInfo

_KNOWN = {
    "name_en": mark("Name in English"),
    "name_local": mark("Name in the local language"),
    "name": mark("Name"),
    "iso3": mark("Country (ISO code)"),
    "width_m": mark("Width in metres"),
}
_FIRST = ("name_en", "name", "title", "label")
"""Fields that a layer is labelled with before anybody chooses one."""


class LabelsEditor(QWidget):
    """Shows the labels of a layer, and tells what they are to be."""

    changed = pyqtSignal(object)
    """The labels as of `LayerSpec`, or None for no labels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: dict[str, Any] = {}
        self._shows = False
        self.on = QCheckBox(tr("Label features"))
        self.on.setObjectName("style_labels")
        self.field = shrink(ElidedComboBox(self))
        self.field.setObjectName("style_label_field")
        self.field.setAccessibleName(tr("Field to label with"))
        self.language = shrink(ElidedComboBox(self))
        self.language.setObjectName("style_label_language")
        self.language.setAccessibleName(tr("Language of the labels"))
        self.language.setToolTip(
            tr("Characters that several languages share are drawn in the form of this one.")
        )
        self.language.addItem(tr("As in the data"), "")
        for code, own_name in LANGUAGES.items():
            self.language.addItem(own_name, code)
        self.size_pt = number_box("style_label_size", tr("Type size"), unit="pt", decimals=1)
        self.size_pt.setRange(4, 40)
        self.colour = ColourButton("style_label_colour", tr("Colour of the labels"), self)
        self._rows = (
            labelled(tr("With"), self.field),
            labelled(tr("Language"), self.language),
            labelled(tr("Letters"), self.colour, self.size_pt),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.on)
        for row in self._rows:
            layout.addWidget(row)
        self.on.toggled.connect(lambda _: self._tell())
        self.field.activated.connect(lambda _: self._tell())
        self.language.activated.connect(lambda _: self._tell())
        self.size_pt.valueChanged.connect(lambda _: self._tell())
        self.colour.chosen.connect(lambda _: self._tell())

    def show_labels(
        self, labels: Mapping[str, Any] | None, fields: Sequence[FieldInfo]
    ) -> None:
        """Show labels, and the fields that a layer can be labelled with."""
        self._shows = True
        self._labels = dict(labels or {})
        wanted = str(self._labels.get("field") or self.field.currentData() or "")
        names = [field.name for field in fields]
        if wanted and wanted not in names:
            names.insert(0, wanted)
        self.field.clear()
        for name in names:
            known = _KNOWN.get(name)
            self.field.addItem(
                name if known is None else tr(known),
                name,
            )
        first = next((name for name in _FIRST if name in names), "")
        self.field.setCurrentIndex(max(self.field.findData(wanted or first), 0))
        place = self.language.findData(str(self._labels.get("language", "")))
        self.language.setCurrentIndex(max(place, 0))
        self.size_pt.setValue(float(self._labels.get("size_pt", 8)))
        self.colour.show_colour(str(self._labels.get("color", "#333333")))
        self.on.setChecked(labels is not None)
        self.on.setEnabled(bool(names))
        self._show_rows()
        self._shows = False

    def _show_rows(self) -> None:
        for row in self._rows:
            show(row, shown=self.on.isChecked())

    def _tell(self) -> None:
        if self._shows:
            return
        self._show_rows()
        if not self.on.isChecked():
            self.changed.emit(None)
            return
        labels = {
            "halo": "#ffffff",
            **self._labels,
            "field": str(self.field.currentData()),
            "size_pt": self.size_pt.value(),
            "color": self.colour.colour,
        }
        language = str(self.language.currentData())
        labels.pop("language", None)
        if language:
            labels["language"] = language
        self._labels = labels
        self.changed.emit(labels)
