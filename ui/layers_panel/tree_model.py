"""The layer tree as Qt shows it: groups, layers, and what each layer's colours mean."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PyQt6.QtCore import QMimeData, QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QIcon, QStandardItem, QStandardItemModel
from typing_extensions import override

from resources.translation import mark, tr
from ui import words
from ui.layers_panel.arrangement import Node, Order, dropped, nodes
from ui.layers_panel.swatch import category_swatches, swatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from PyQt6.QtCore import QObject

    from layers.qgis.layer_spec import LayerSpec

LAYER_ROLE = int(Qt.ItemDataRole.UserRole)
"""Id of the layer; on an entry of its legend too, which is not selectable."""

_MIME = "application/x-landbridge-layers"
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
_PARTLY = Qt.CheckState.PartiallyChecked
_FLAG = Qt.ItemFlag

GROUND_FOLDED = (mark("Base"), mark("Borders"), mark("Places and names"))
"""Groups that are folded until somebody opens them."""

_GROUND = frozenset({"base_countries", "base_sea"})
_BORDERS = frozenset({"base_border_lines", "base_disputed_lines", "base_provinces"})

LegendEntries = tuple[tuple[str, QIcon], ...]


class LayerTreeModel(QStandardItemModel):
    """Holds the layers of a map for the tree, the topmost first.

    The tree shows what the project holds: a drag or a new name is told, and shown once the
    project has it.
    """

    switched = pyqtSignal(dict)
    """The user has switched layers; carries whether each is on now."""
    renamed = pyqtSignal(str, str)
    """A layer is to have another name."""
    group_renamed = pyqtSignal(tuple, str)
    """Layers are to stand under another heading."""
    arranged = pyqtSignal(tuple)
    """The layers are to lie in another order; carries it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._specs: tuple[LayerSpec, ...] = ()
        self._items: dict[str, QStandardItem] = {}
        self._legends: dict[str, LegendEntries] = {}
        self._notes: dict[str, str] = {}
        self._editable = False
        self._quiet = False
        self.itemChanged.connect(self._on_item_changed)

    @property
    def specs(self) -> tuple[LayerSpec, ...]:
        """The layers, the lowest first."""
        return self._specs

    @property
    def order(self) -> Order:
        """The layers with their groups, the lowest first."""
        return tuple((spec.layer_id, spec.group) for spec in self._specs)

    def spec(self, layer_id: str) -> LayerSpec | None:
        """Return a layer, or None where the map has none of this id."""
        return next((spec for spec in self._specs if spec.layer_id == layer_id), None)

    def item_of(self, layer_id: str) -> QStandardItem | None:
        """Return the item of a layer."""
        return self._items.get(layer_id)

    @staticmethod
    def is_layer(item: QStandardItem) -> bool:
        """Tell whether an item is a layer, or a line of its legend, and no group."""
        return item.data(LAYER_ROLE) is not None

    def set_editable(self, *, editable: bool) -> None:
        """Let layers that are listed from now on be moved and renamed, or not."""
        self._editable = editable

    def is_on(self, layer_id: str) -> bool:
        """Tell whether a layer is switched on."""
        item = self._items.get(layer_id)
        return item is not None and item.checkState() == _CHECKED

    def switch(self, wanted: Mapping[str, bool]) -> bool:
        """Switch layers without telling; returns whether anything has changed."""
        changed = [
            (item, on)
            for name, on in wanted.items()
            if (item := self._items.get(name)) is not None and self.is_on(name) != on
        ]
        with self._quietly():
            for item, on in changed:
                item.setCheckState(_CHECKED if on else _UNCHECKED)
                _show_group_state(item.parent())
        return bool(changed)

    def rebuild(self, specs: Sequence[LayerSpec]) -> None:
        """Hold the layers of a map, the lowest first; switches stay as they are by layer."""
        states = {layer_id: self.is_on(layer_id) for layer_id in self._items}
        by_id = {spec.layer_id: spec for spec in specs}
        self._specs = tuple(specs)
        self._legends = {name: own for name, own in self._legends.items() if name in by_id}
        with self._quietly():
            self.clear()
            self._items.clear()
            for node in nodes(self.order):
                made = [
                    self._layer_item(by_id[name], on=states.get(name, by_id[name].visible))
                    for name in node.layer_ids
                ]
                self.appendRow(made[0] if not node.group else self._group_item(node, made))

    def set_legend(self, layer_id: str, entries: LegendEntries) -> None:
        """Show what a layer's colours mean, as QGIS tells it of a style of its own."""
        item, spec = self._items.get(layer_id), self.spec(layer_id)
        if item is None or spec is None:
            return
        self._legends[layer_id] = entries
        with self._quietly():
            item.setIcon(_known_by(entries) if entries else swatch(spec))
            item.removeRows(0, item.rowCount())
            item.appendRows(_legend_items(layer_id, entries if len(entries) > 1 else ()))

    def legend_of(self, layer_id: str) -> LegendEntries | None:
        """Return what a layer's colours mean, where QGIS told it; else its style says so."""
        return self._legends.get(layer_id)

    def set_notes(self, notes: Mapping[str, str]) -> None:
        """Tell in the tool tips where layers come from."""
        self._notes = dict(notes)
        with self._quietly():
            for layer_id, item in self._items.items():
                if item.isEnabled():
                    item.setToolTip(self._told(layer_id, item.text()))

    def _told(self, layer_id: str, name: str) -> str:
        """Return the tool tip of a layer: its name, and its source where one was noted."""
        note = self._notes.get(layer_id)
        return name if note is None else tr("{name}\nSource: {note}", name=name, note=note)

    def show_problems(self, reasons: Mapping[str, str]) -> None:
        """Grey the layers that are not on the map, and say why in their tool tips."""
        with self._quietly():
            for layer_id, item in self._items.items():
                item.setEnabled(layer_id not in reasons)
                usual = self._told(layer_id, item.text())
                item.setToolTip(reasons.get(layer_id, usual))

    def layers_in(self, index: QModelIndex) -> tuple[str, ...]:
        """Return the layer at an index, or those of the group there, the topmost first."""
        item = self.itemFromIndex(index)
        if item is None:
            return ()
        if (name := item.data(LAYER_ROLE)) is not None:
            return (str(name),)
        return _layers_below(item)

    def _layer_item(self, spec: LayerSpec, *, on: bool) -> QStandardItem:
        entries = self._legends.get(spec.layer_id)
        picture = _known_by(entries) if entries else swatch(spec)
        name = words.stored(spec.name)
        item = QStandardItem(picture, name)
        item.setData(spec.layer_id, LAYER_ROLE)
        item.setCheckable(True)
        item.setCheckState(_CHECKED if on else _UNCHECKED)
        item.setToolTip(self._told(spec.layer_id, name))
        item.setEditable(self._editable)
        item.setDragEnabled(self._editable)
        item.setDropEnabled(False)
        if entries is None:
            item.appendRows(_legend_items(spec.layer_id, category_swatches(spec)))
        elif len(entries) > 1:
            item.appendRows(_legend_items(spec.layer_id, entries))
        self._items[spec.layer_id] = item
        return item

    def _group_item(self, node: Node, layers: list[QStandardItem]) -> QStandardItem:
        item = QStandardItem(group_title(node))
        item.setCheckable(True)
        item.setEditable(self._editable)
        item.setDragEnabled(self._editable)
        item.setDropEnabled(self._editable)
        item.setToolTip(item.text())
        font = item.font()
        font.setBold(True)
        item.setFont(font)
        item.appendRows(layers)
        _show_group_state(item)
        return item

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        """Change items without taking it for the user's doing."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _on_item_changed(self, item: QStandardItem) -> None:
        """Carry a switch from a group to its layers, and from a layer to its group."""
        named = item.data(LAYER_ROLE)
        if self._quiet or (named is None and item.checkState() == _PARTLY):
            return
        below = [] if named is not None else list(_layers_below(item))
        with self._quietly():
            for name in below:
                self._items[name].setCheckState(item.checkState())
            _show_group_state(item.parent())
        told = [str(named)] if named is not None else below
        self.switched.emit({name: self.is_on(name) for name in told})

    @override
    def setData(
        self, index: QModelIndex, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        if role != Qt.ItemDataRole.EditRole:
            return super().setData(index, value, role)
        text = " ".join(str(value).split())
        if text and text != index.data():
            named = index.data(LAYER_ROLE)
            if named is not None:
                self.renamed.emit(str(named), text)
            else:
                self.group_renamed.emit(self.layers_in(index), text)
        return False

    @override
    def mimeTypes(self) -> list[str]:
        return [_MIME]

    @override
    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        groups = [i for i in indexes if i.data(LAYER_ROLE) is None]
        whole = [name for index in groups for name in self.layers_in(index)]
        alone = [str(i.data(LAYER_ROLE)) for i in indexes if i.data(LAYER_ROLE) is not None]
        carried = {"layers": [*whole, *alone], "groups": bool(groups)}
        data = QMimeData()
        data.setData(_MIME, json.dumps(carried).encode())
        return data

    @override
    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    @override
    def dropMimeData(
        self,
        data: QMimeData | None,
        action: Qt.DropAction,
        row: int,
        column: int,
        parent: QModelIndex,
    ) -> bool:
        """Tell the new order; False, so that the view takes no rows away itself."""
        if data is None or not data.hasFormat(_MIME) or not self._editable:
            return False
        carried = _carried(data.data(_MIME).data())
        if carried is None:
            return False
        names, groups = carried
        inside = parent.isValid()
        into = None
        if inside and not groups:
            into = nodes(self.order)[parent.row()].group
        elif not groups:
            into = ""
        if inside and groups:  # groups lie beside each other, never in one another
            inside, row = False, parent.row()
        last = self.rowCount() if not inside else 0  # dropped on a group: on top of it
        place = row if row >= 0 else last
        node = parent.row() if inside else None
        wanted = dropped(self.order, set(names), node, place, into)
        if wanted != self.order:
            self.arranged.emit(wanted)
        return False

    @override
    def canDropMimeData(
        self,
        data: QMimeData | None,
        action: Qt.DropAction,
        row: int,
        column: int,
        parent: QModelIndex,
    ) -> bool:
        on_layer = parent.isValid() and parent.data(LAYER_ROLE) is not None
        return data is not None and data.hasFormat(_MIME) and self._editable and not on_layer


def group_title(node: Node) -> str:
    """Return the heading of a node in the reader's language.

    The base map lies partly below the plans and partly above them; each part is called by
    what it holds.
    """
    if node.group == GROUND_FOLDED[0] and not _GROUND & set(node.layer_ids):
        borders = _BORDERS & set(node.layer_ids)
        return tr("Borders") if borders else tr("Places and names")
    return words.stored(node.group)


def _legend_items(layer_id: str, entries: LegendEntries) -> list[QStandardItem]:
    made = []
    for text, picture in entries:
        item = QStandardItem(picture, words.stored(text))
        item.setData(layer_id, LAYER_ROLE)
        item.setFlags(_FLAG.ItemIsEnabled)
        item.setToolTip(words.stored(text))
        made.append(item)
    return made


def _known_by(entries: LegendEntries) -> QIcon:
    """Return the picture that a layer is known by: that in the middle of its legend."""
    return entries[len(entries) // 2][1]


def _layers_below(group: QStandardItem) -> tuple[str, ...]:
    children = (group.child(place) for place in range(group.rowCount()))
    return tuple(str(child.data(LAYER_ROLE)) for child in children if child is not None)


def _show_group_state(group: QStandardItem | None) -> None:
    if group is None or group.data(LAYER_ROLE) is not None:
        return
    children = [group.child(place) for place in range(group.rowCount())]
    on = [child.checkState() == _CHECKED for child in children if child is not None]
    state = _CHECKED if all(on) else _PARTLY if any(on) else _UNCHECKED
    group.setCheckState(state)


def _carried(text: bytes) -> tuple[list[str], bool] | None:
    """Return the layers that were dropped and whether they are whole groups.

    None for what this model has not written: any program may offer data of this type.
    """
    try:
        told = json.loads(text)
        return [str(name) for name in told["layers"]], bool(told["groups"])
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
