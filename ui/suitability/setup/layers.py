"""Section of the form: the layers of the environment, their kinds and roles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QLineEdit,
    QListView,
    QPushButton,
)
from typing_extensions import override

from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import label, make_current
from ui.suitability.setup.fields import Choice, Section
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.suitability import SuitabilityStudy
    from planner.suitability.study import Covariate

_FILTER = mark("Rasters (*.tif *.tiff *.vrt *.img *.asc *.nc);;All files (*)")
_PLACE = int(Qt.ItemDataRole.UserRole)
_KINDS = {"continuous": mark("Numbers"), "categorical": mark("Classes")}
_ROLES = {
    "habitat": mark("Habitat: the model learns it"),
    "disturbance": mark("Disturbance: learnt, and taken away to see its cost"),
    "pressure": mark("Pressure: lowers the result by the profile's response"),
}
_SHORT = {
    "habitat": mark("habitat"),
    "disturbance": mark("disturbance"),
    "pressure": mark("pressure"),
}
_LIST_PX = 26 * GRID


class LayersSection(Section):
    """Layers of the data pack and of files; each can be left out, and has a kind and a role."""

    files_chosen = pyqtSignal(object)
    """Rasters are to be looked at; carries a tuple of paths."""
    comparison_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__("study_layers", tr("Layers"))
        self._layers: list[Covariate] = []
        self._used: list[bool] = []
        self.model = QStandardItemModel(self)
        self.model.itemChanged.connect(self._on_item_changed)
        self.list = self._make_list()
        self.kind = Choice("layer_kind", words.titles(_KINDS))
        self.role = Choice("layer_role", words.titles(_ROLES))
        self.undisturbed = QLineEdit()
        self.undisturbed.setObjectName("layer_undisturbed")
        self.undisturbed.setPlaceholderText(tr("0, where that is its lowest value"))
        self._about = label("", size="small", tone="muted", name="layer_about")
        self.add_button = QPushButton(tr("Add layers…"))
        self.add_button.setObjectName("layers_add")
        self.add_button.clicked.connect(self._on_add)
        self.compare_button = QPushButton(tr("Compare layers"))
        self.compare_button.setObjectName("layers_compare")
        self.compare_button.setToolTip(
            tr("Show which layers tell the same, and where any of them has no value")
        )
        self.compare_button.clicked.connect(self.comparison_wanted)
        self.body.addWidget(self.list)
        for button in (self.add_button, self.compare_button):
            self.body.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._about)
        self.add_field(tr("Holds"), self.kind)
        self.add_field(tr("Role"), self.role)
        self.add_field(tr("Value without people"), self.undisturbed)
        self.kind.activated.connect(self._on_edited)
        self.role.activated.connect(self._on_edited)
        self.undisturbed.editingFinished.connect(self._on_edited)
        self._show_selected()

    def _make_list(self) -> QListView:
        view = QListView()
        view.setObjectName("layer_choice")
        view.setAccessibleName(tr("Layers of the study"))
        view.setModel(self.model)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFixedHeight(_LIST_PX)
        selection = view.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._show_selected)
        return view

    def load(self, study: SuitabilityStudy) -> None:
        """Show what a study says."""
        self._layers = list(study.covariates)
        self._used = [True] * len(self._layers)
        self._show()

    def content(self) -> list[dict[str, object]]:
        """Return the layers that are used."""
        return [
            layer.model_dump(mode="json", exclude_none=True)
            for layer, used in zip(self._layers, self._used, strict=True)
            if used
        ]

    def add_guessed(self, found: Sequence[tuple[Covariate, str]]) -> None:
        """Add layers as they were guessed; one of a name that is there already replaces it."""
        self.add_button.setEnabled(True)
        told = []
        for layer, reason in found:
            place = next(
                (i for i, item in enumerate(self._layers) if item.name == layer.name), None
            )
            if place is None:
                self._layers.append(layer)
                self._used.append(True)
            else:
                self._layers[place], self._used[place] = layer, True
            told.append(f"{layer.name}: {words.stored(reason)}")
        self._show()
        if self._layers:
            self._choose(len(self._layers) - 1)
        self._about.setText("\n".join(told))
        self.changed.emit()

    @override
    def show_problem(self, text: str) -> None:
        """Say which layer cannot be read and why."""
        self.add_button.setEnabled(True)
        super().show_problem(text)

    def _show(self) -> None:
        place = self._selected
        self.model.blockSignals(True)
        self.model.clear()
        for at, (layer, used) in enumerate(zip(self._layers, self._used, strict=True)):
            self.model.appendRow(_item(at, layer, used=used))
        self.model.blockSignals(False)
        self.model.layoutChanged.emit()
        if place is not None and place < len(self._layers):
            self._choose(place)
        self._tell()

    def _choose(self, place: int) -> None:
        make_current(self.list, self.model.index(place, 0))
        self._show_selected()

    @property
    def _selected(self) -> int | None:
        index = self.list.currentIndex()
        return index.row() if index.isValid() and index.row() < len(self._layers) else None

    def _show_selected(self, *_: QModelIndex) -> None:
        place = self._selected
        layer = None if place is None else self._layers[place]
        for field in (self.kind, self.role):
            field.setEnabled(layer is not None)
        self.undisturbed.setEnabled(layer is not None and layer.role == "disturbance")
        if layer is None:
            self._about.setText(
                tr("Choose a layer to say what it holds and what it stands for.")
            )
            return
        self.kind.choose(layer.kind)
        self.role.choose(layer.role)
        value = layer.undisturbed
        self.undisturbed.setText("" if value is None else f"{value:g}")
        parts = (
            words.stored(layer.title) or layer.name,
            layer.unit,
            layer.resolution,
            _origin(layer),
        )
        self._about.setText("  ·  ".join(part for part in parts if part))

    def _on_edited(self) -> None:
        place = self._selected
        if place is None:
            return
        layer = self._layers[place]
        changes: dict[str, object] = {"kind": self.kind.value, "role": self.role.value}
        text = self.undisturbed.text().strip()
        changes["undisturbed"] = None
        if self.role.value == "disturbance" and text:
            try:
                changes["undisturbed"] = float(text.replace(",", "."))
            except ValueError:
                self.show_problem(
                    tr(
                        "“{text}” is no number. Give the value that {name} has where no "
                        "people are; it may be left empty where the lowest value of the "
                        "layer is 0.",
                        text=text,
                        name=layer.name,
                    )
                )
                return
        super().show_problem("")
        self._layers[place] = layer.model_copy(update=changes)
        self._show()
        self.changed.emit()

    def _on_item_changed(self, item: QStandardItem) -> None:
        self._used[int(item.data(_PLACE))] = item.checkState() == Qt.CheckState.Checked
        self._tell()
        self.changed.emit()

    def _on_add(self) -> None:
        dialog = QFileDialog(self.window(), tr("Choose rasters"), "", tr(_FILTER))
        dialog.setObjectName("layers_file_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._on_files)
        dialog.open()

    def _on_files(self, chosen: list[str]) -> None:
        super().show_problem("")
        self.add_button.setEnabled(False)
        self.files_chosen.emit(tuple(Path(name) for name in chosen))

    def _tell(self) -> None:
        used = [layer for layer, on in zip(self._layers, self._used, strict=True) if on]
        people = [layer for layer in used if layer.role != "habitat"]
        told = tr_n("{count} layer", "{count} layers", len(used))
        if people:
            told = tr("{layers}, {number} of them for people", layers=told, number=len(people))
        self.summarise(told if used else tr("None: switch a layer on"))


def _item(place: int, layer: Covariate, *, used: bool) -> QStandardItem:
    about = [tr(_SHORT[layer.role])] if layer.role != "habitat" else []
    about += [tr("classes")] if layer.kind == "categorical" else []
    name = words.identifier(layer.name)
    item = QStandardItem(f"{name} ({', '.join(about)})" if about else name)
    item.setData(place, _PLACE)
    item.setCheckable(True)
    item.setCheckState(Qt.CheckState.Checked if used else Qt.CheckState.Unchecked)
    item.setToolTip(f"{words.stored(layer.title) or layer.name}\n{_origin(layer)}")
    return item


def _origin(layer: Covariate) -> str:
    return tr("data pack") if layer.path.startswith("pack:") else Path(layer.path).name
