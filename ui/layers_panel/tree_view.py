"""The view of the layer tree: keys, menus and drags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView
from typing_extensions import override

from resources.translation import tr
from ui.layers_panel.arrangement import nodes
from ui.layers_panel.swatch import HEIGHT_PX, WIDTH_PX
from ui.layers_panel.tree_model import GROUND_FOLDED, LAYER_ROLE
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtCore import QModelIndex
    from PyQt6.QtGui import QKeyEvent
    from PyQt6.QtWidgets import QWidget

    from ui.layers_panel.tree_model import LayerTreeModel

_ALT = Qt.KeyboardModifier.AltModifier
_STEPS = {Qt.Key.Key_Up: True, Qt.Key.Key_Down: False}


class LayerTree(QTreeView):
    """Shows the layers, and keeps what is selected and open while they change.

    Parameters
    ----------
    model : LayerTreeModel
        The layers.
    """

    step_wanted = pyqtSignal(bool)
    """The selected layers are to go one step; carries whether up."""
    remove_wanted = pyqtSignal()
    table_wanted = pyqtSignal()
    menu_wanted = pyqtSignal(QPoint)
    """A menu is wanted at this place of the screen."""
    current_changed = pyqtSignal()

    def __init__(self, model: LayerTreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = model
        self._folded = {tr(title) for title in GROUND_FOLDED}
        self._opened: set[str] = set()
        self.setObjectName("layer_tree")
        self.setAccessibleName(tr("Layers of the map"))
        self.setAccessibleDescription(
            tr(
                "Space switches a layer, F2 renames it, Alt+Up and Alt+Down move it, "
                "Delete removes it, F6 leaves the list."
            )
        )
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setIndentation(2 * GRID)
        self.setIconSize(QSize(WIDTH_PX, HEIGHT_PX))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the species stands last
        mode = QAbstractItemView
        self.setEditTriggers(mode.EditTrigger.EditKeyPressed)
        self.setSelectionMode(mode.SelectionMode.ExtendedSelection)
        self.setDragDropMode(mode.DragDropMode.InternalMove)
        self.setVerticalScrollMode(mode.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu_requested)
        self.collapsed.connect(lambda index: self._remember(index, opened=False))
        self.expanded.connect(lambda index: self._remember(index, opened=True))
        header = self.header()
        if header is not None:
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        selection = self.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(lambda *_: self.current_changed.emit())

    @property
    def chosen(self) -> tuple[str, ...]:
        """Selected layers, the topmost first; those of a group that is selected as a whole."""
        found = {
            name: None for index in self._selected() for name in self._layers.layers_in(index)
        }
        tree = nodes(self._layers.order)
        return tuple(name for node in tree for name in node.layer_ids if name in found)

    @property
    def current_id(self) -> str:
        """The one layer that is selected; empty where it is none, several or a group."""
        named = [index.data(LAYER_ROLE) for index in self._selected()]
        return str(named[0]) if len(named) == 1 and named[0] is not None else ""

    def _selected(self) -> list[QModelIndex]:
        selection = self.selectionModel()
        return [] if selection is None else selection.selectedRows()

    def choose(self, layer_ids: tuple[str, ...]) -> None:
        """Select layers, and show the first."""
        selection = self.selectionModel()
        if selection is None:
            return
        flag = selection.SelectionFlag
        selection.clearSelection()
        first = True
        for name in layer_ids:
            item = self._layers.item_of(name)
            if item is None:
                continue
            if first:
                self.setCurrentIndex(item.index())
                first = False
            selection.select(item.index(), flag.Select | flag.Rows)

    def restore(self, chosen: tuple[str, ...], scrolled: int) -> None:
        """Open and select what was open and selected before the layers were listed anew."""
        self.blockSignals(True)
        for row in range(self._layers.rowCount()):
            index = self._layers.index(row, 0)
            if index.data(LAYER_ROLE) is None:
                self.setExpanded(index, str(index.data()) not in self._folded)
        for name in self._opened:
            item = self._layers.item_of(name)
            if item is not None:
                self.setExpanded(item.index(), True)
        self.choose(chosen)
        self.blockSignals(False)
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(scrolled)
        self.current_changed.emit()

    def expand_groups(self) -> None:
        """Open every group; the legends of layers stay as they are."""
        for row in range(self._layers.rowCount()):
            index = self._layers.index(row, 0)
            if index.data(LAYER_ROLE) is None:
                self.setExpanded(index, True)

    def open_for_now(self, index: QModelIndex) -> None:
        """Open a group without remembering it."""
        self.blockSignals(True)
        self.setExpanded(index, True)
        self.blockSignals(False)

    def _remember(self, index: QModelIndex, *, opened: bool) -> None:
        named = index.data(LAYER_ROLE)
        if named is not None:
            (self._opened.add if opened else self._opened.discard)(str(named))
        elif opened:
            self._folded.discard(str(index.data()))
        else:
            self._folded.add(str(index.data()))

    def _on_menu_requested(self, at: QPoint) -> None:
        viewport = self.viewport()
        if viewport is not None:
            self.menu_wanted.emit(viewport.mapToGlobal(at))

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in _STEPS and event.modifiers() & _ALT:
            self.step_wanted.emit(_STEPS[key])
        elif key == Qt.Key.Key_Delete:
            self.remove_wanted.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not self._is_editing:
            self.table_wanted.emit()
        else:
            super().keyPressEvent(event)

    @property
    def _is_editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState
