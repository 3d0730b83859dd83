"""The panel of layers: what is on the map, switched by groups and one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QFrame, QHeaderView, QTreeView, QVBoxLayout, QWidget

from ui.controls import heading, label
from ui.layers_panel.swatch import HEIGHT_PX, WIDTH_PX, category_swatches, swatch
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.layer_spec import LayerProblem, LayerSpec
    from ui.theme import Theme

LAYER_ROLE = int(Qt.ItemDataRole.UserRole)
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class LayersPanel(QFrame):
    """Switches layers; the topmost stands first, as on the map."""

    visibility_changed = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layers_panel")
        self.setProperty("role", "panel")
        self._theme = theme
        self._specs: tuple[LayerSpec, ...] = ()
        self._items: dict[str, QStandardItem] = {}
        self._folded: set[str] = {"Base"}
        self._own: dict[str, bool] = {}  # the user's switches, while others are preferred
        self._preferred = ""
        self.model = QStandardItemModel(self)
        self.model.itemChanged.connect(self._on_item_changed)
        self.tree = self._make_tree()
        self._problems = label("", size="small", tone="error", name="layer_problems")
        self._problems.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading("Layers"))
        layout.addWidget(
            label("Switch layers and groups on and off.", size="small", tone="muted")
        )
        layout.addWidget(self._problems)
        layout.addWidget(self.tree, 1)

    def _make_tree(self) -> QTreeView:
        tree = QTreeView(self)
        tree.setObjectName("layer_tree")
        tree.setAccessibleName("Layers of the map")
        tree.setModel(self.model)
        tree.setHeaderHidden(True)
        tree.setIndentation(2 * GRID)
        tree.setIconSize(QSize(WIDTH_PX, HEIGHT_PX))
        tree.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the species stands last
        tree.collapsed.connect(lambda index: self._folded.add(_group_of(index)))
        tree.expanded.connect(lambda index: self._folded.discard(_group_of(index)))
        header = tree.header()
        if header is not None:
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        return tree

    @property
    def visible_ids(self) -> tuple[str, ...]:
        """Layers that are switched on, bottom first."""
        return tuple(spec.layer_id for spec in self._specs if self.is_on(spec.layer_id))

    @property
    def specs(self) -> tuple[LayerSpec, ...]:
        """The layers, bottom first."""
        return self._specs

    def is_on(self, layer_id: str) -> bool:
        """Tell whether a layer is switched on."""
        item = self._items.get(layer_id)
        return item is not None and item.checkState() == _CHECKED

    def switch(self, layer_id: str, *, on: bool) -> None:
        """Switch a layer on or off."""
        item = self._items.get(layer_id)
        if item is not None:
            item.setCheckState(_CHECKED if on else _UNCHECKED)

    def prefer(self, layer_id: str, prefix: str) -> None:
        """Show one of several layers for a while, without forgetting what the user has chosen.

        A layer that the user switches meanwhile stays so.

        Parameters
        ----------
        layer_id : str
            The layer to show; where there is none of this id, what the user had is shown again.
        prefix : str
            How the ids of the layers begin that give way to it.
        """
        among = [name for name in self._items if name.startswith(prefix)]
        if layer_id in among:
            if layer_id == self._preferred:
                return
            self._preferred = layer_id
            wanted = {name: name == layer_id for name in among}
            self._own = {name: self._own.get(name, self.is_on(name)) for name in among}
        else:
            wanted, self._own, self._preferred = self._own, {}, ""
        changed = {name: on for name, on in wanted.items() if self.is_on(name) != on}
        if not changed:
            return
        self.model.blockSignals(True)
        for name, on in changed.items():
            item = self._items.get(name)
            if item is not None:
                item.setCheckState(_CHECKED if on else _UNCHECKED)
                if (group := item.parent()) is not None:
                    _show_group_state(group)
        self.model.blockSignals(False)
        self.model.layoutChanged.emit()
        self.visibility_changed.emit()

    def set_layers(self, specs: Sequence[LayerSpec]) -> None:
        """Show the layers of a map, the lowest first; switches stay as they are by layer."""
        states = {layer_id: self.is_on(layer_id) for layer_id in self._items}
        self.model.blockSignals(True)
        self.model.clear()
        self._items.clear()
        self._specs = tuple(specs)
        groups: dict[str, QStandardItem] = {}
        for spec in reversed(self._specs):
            item = _layer_item(spec, on=states.get(spec.layer_id, spec.visible))
            self._items[spec.layer_id] = item
            group = groups.pop(spec.group, None) or _group_item(spec.group or "Other")
            group.appendRow(item)
            groups[spec.group] = group  # the group of the lowest layer stands last
        for group in groups.values():
            _show_group_state(group)
            self.model.appendRow(group)
        self.model.blockSignals(False)
        self.model.layoutChanged.emit()
        for group in groups.values():
            self.tree.setExpanded(group.index(), group.text() not in self._folded)
        self.visibility_changed.emit()

    def show_problems(self, problems: Sequence[LayerProblem]) -> None:
        """Say which layers are not on the map, and why; nothing where all are."""
        self._problems.setText("\n".join(f"{p.name}: {p.reason}" for p in problems))
        self._problems.setVisible(bool(problems))
        reasons: Mapping[str, str] = {p.layer_id: p.reason for p in problems}
        self.model.blockSignals(True)
        for layer_id, item in self._items.items():
            item.setEnabled(layer_id not in reasons)
            item.setToolTip(reasons.get(layer_id, item.text()))
        self.model.blockSignals(False)

    def _on_item_changed(self, item: QStandardItem) -> None:
        self.model.blockSignals(True)
        if item.hasChildren() and item.data(LAYER_ROLE) is None:
            for name in _layers_below(item):
                self._own.pop(name, None)
            if item.checkState() != Qt.CheckState.PartiallyChecked:
                for place in range(item.rowCount()):
                    child = item.child(place)
                    if child is not None:
                        child.setCheckState(item.checkState())
        elif (group := item.parent()) is not None:
            self._own.pop(str(item.data(LAYER_ROLE)), None)
            _show_group_state(group)
        self.model.blockSignals(False)
        self.model.layoutChanged.emit()
        self.visibility_changed.emit()


def _layer_item(spec: LayerSpec, *, on: bool) -> QStandardItem:
    item = QStandardItem(swatch(spec), spec.name)
    item.setData(spec.layer_id, LAYER_ROLE)
    item.setCheckable(True)
    item.setCheckState(_CHECKED if on else _UNCHECKED)
    item.setToolTip(spec.name)
    for text, picture in category_swatches(spec):
        part = QStandardItem(picture, text)
        part.setData(spec.layer_id, LAYER_ROLE)
        part.setSelectable(False)
        item.appendRow(part)
    return item


def _group_item(name: str) -> QStandardItem:
    item = QStandardItem(name)
    item.setCheckable(True)
    font = item.font()
    font.setBold(True)
    item.setFont(font)
    return item


def _layers_below(group: QStandardItem) -> list[str]:
    children = (group.child(place) for place in range(group.rowCount()))
    return [str(child.data(LAYER_ROLE)) for child in children if child is not None]


def _show_group_state(group: QStandardItem) -> None:
    children = [group.child(place) for place in range(group.rowCount())]
    on = [child.checkState() == _CHECKED for child in children if child is not None]
    if all(on):
        group.setCheckState(_CHECKED)
    else:
        group.setCheckState(Qt.CheckState.PartiallyChecked if any(on) else _UNCHECKED)


def _group_of(index: QModelIndex) -> str:
    return str(index.data())
