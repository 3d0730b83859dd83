"""The panel of layers: what is on the map, in which order, and how it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui import words
from ui.controls import heading, label
from ui.layers_panel.arrangement import moved, nodes, stepped
from ui.layers_panel.menu import layer_menu
from ui.layers_panel.opacity import OpacityRow
from ui.layers_panel.tools import LayerTools
from ui.layers_panel.tree_model import LayerTreeModel
from ui.layers_panel.tree_view import LayerTree
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.layer_spec import LayerProblem, LayerSpec
    from ui.layers_panel.tree_model import LegendEntries
    from ui.theme import Theme


class LayersPanel(QFrame):
    """Shows the layers of the map, the topmost first, and tells what is wanted with them."""

    visibility_changed = pyqtSignal()
    legend_changed = pyqtSignal()
    """QGIS has told what the colours of a layer mean."""
    switched = pyqtSignal(dict)
    """The user has switched layers; carries whether each is on now."""
    current_changed = pyqtSignal(str)
    """Another layer is selected; carries its id, empty where it is none or several."""
    add_wanted = pyqtSignal()
    zoom_wanted = pyqtSignal(tuple)
    table_wanted = pyqtSignal(str)
    style_wanted = pyqtSignal(str)
    remove_wanted = pyqtSignal(tuple)
    restore_wanted = pyqtSignal()
    sign_in_wanted = pyqtSignal(str)
    """The server of a layer is to be told another name and password."""
    renamed = pyqtSignal(str, str)
    arranged = pyqtSignal(tuple)
    """The layers are to lie in another order, or in other groups; carries it."""
    opacity_moved = pyqtSignal(tuple, float)
    """Layers are shown at an opacity while the slider moves."""
    opacity_chosen = pyqtSignal(tuple, float)
    """Layers are to keep an opacity."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layers_panel")
        self.setProperty("role", "panel")
        self._own: dict[str, bool] = {}  # the user's switches, while others are preferred
        self._preferred = ""
        self._editable = False
        self.model = LayerTreeModel(self)
        self.tree = LayerTree(self.model, self)
        self.tools = LayerTools(theme, self)
        self.opacity = OpacityRow(self)
        self._add = QPushButton(tr("Add layer…"))
        self._add.setObjectName("layer_add")
        self._add.clicked.connect(self.add_wanted)
        self._search = self._make_search()
        self._problems = label("", size="small", tone="error", name="layer_problems")
        self._problems.hide()
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self._make_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.addWidget(self.pages)
        self._listen()
        self._show_possible()

    def _make_search(self) -> QLineEdit:
        find = QLineEdit(self)
        find.setObjectName("layer_search")
        find.setPlaceholderText(tr("Find a layer"))
        find.setAccessibleName(tr("Find a layer"))
        find.setClearButtonEnabled(True)
        find.textChanged.connect(self._on_search_changed)
        return find

    def _make_page(self) -> QWidget:
        page = QWidget()
        top = QHBoxLayout()
        top.addWidget(heading(tr("Layers")), 1)
        top.addWidget(self._add)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self._search)
        layout.addWidget(self.tools)
        layout.addWidget(self._problems)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.opacity)
        return page

    def _listen(self) -> None:
        model, tree, tools = self.model, self.tree, self.tools
        model.switched.connect(self._on_switched)
        model.renamed.connect(self.renamed)
        model.group_renamed.connect(self.regroup)
        model.arranged.connect(self.arranged)
        tree.step_wanted.connect(self.step)
        tree.remove_wanted.connect(self.remove)
        tree.table_wanted.connect(self.show_table)
        tree.menu_wanted.connect(self._show_menu)
        tree.current_changed.connect(self._on_current_changed)
        tools.zoom.clicked.connect(self.zoom)
        tools.table.clicked.connect(self.show_table)
        tools.look.clicked.connect(self.show_style)
        tools.remove.clicked.connect(self.remove)
        tools.more_wanted.connect(self._show_menu)
        self.opacity.moved.connect(lambda part: self.opacity_moved.emit(tree.chosen, part))
        self.opacity.chosen.connect(lambda part: self.opacity_chosen.emit(tree.chosen, part))

    @property
    def visible_ids(self) -> tuple[str, ...]:
        """Layers that are switched on, bottom first."""
        return tuple(spec.layer_id for spec in self.specs if self.is_on(spec.layer_id))

    @property
    def remote_ids(self) -> frozenset[str]:
        """Layers that come from servers, switched on or not."""
        return frozenset(spec.layer_id for spec in self.specs if spec.is_remote)

    @property
    def specs(self) -> tuple[LayerSpec, ...]:
        """The layers, bottom first."""
        return self.model.specs

    @property
    def chosen(self) -> tuple[str, ...]:
        """Layers that are selected in the tree, the topmost first."""
        return self.tree.chosen

    @property
    def current_id(self) -> str:
        """The one layer that is selected in the tree; empty where it is none or several."""
        return self.tree.current_id

    @property
    def editable(self) -> bool:
        """Whether layers may be moved, renamed, styled and removed."""
        return self._editable

    def is_on(self, layer_id: str) -> bool:
        """Tell whether a layer is switched on."""
        return self.model.is_on(layer_id)

    def switch(self, layer_id: str, *, on: bool) -> None:
        """Switch a layer on or off, as the user does."""
        if self.model.switch({layer_id: on}):
            self._on_switched({layer_id: on})

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
        among = [s.layer_id for s in self.specs if s.layer_id.startswith(prefix)]
        if layer_id in among:
            if layer_id == self._preferred:
                return
            self._preferred = layer_id
            wanted = {name: name == layer_id for name in among}
            self._own = {name: self._own.get(name, self.is_on(name)) for name in among}
        else:
            wanted, self._own, self._preferred = self._own, {}, ""
        if self.model.switch(wanted):
            self.visibility_changed.emit()

    def forget(self) -> None:
        """Forget the layers and their switches, as before another project is shown."""
        self._own, self._preferred = {}, ""
        self._search.clear()
        self.show_page(None)
        self._list_anew(())

    def set_layers(self, specs: Sequence[LayerSpec]) -> None:
        """Show the layers of a map, the lowest first; switches stay as they are by layer."""
        if tuple(specs) == self.specs:
            return
        self._list_anew(specs)
        self.visibility_changed.emit()

    def set_editable(self, *, editable: bool) -> None:
        """Let layers be changed, or only looked at, as in a project that is read only."""
        if editable != self._editable:
            self._editable = editable
            self.model.set_editable(editable=editable)
            self._list_anew(self.specs)

    def _list_anew(self, specs: Sequence[LayerSpec]) -> None:
        bar = self.tree.verticalScrollBar()
        scrolled = 0 if bar is None else bar.value()
        chosen = self.tree.chosen
        self.tree.blockSignals(True)
        self.model.rebuild(specs)
        self.tree.blockSignals(False)
        self.tree.restore(chosen, scrolled)
        self._on_search_changed(self._search.text())

    def set_notes(self, notes: Mapping[str, str]) -> None:
        """Tell in the tool tips of layers where they come from."""
        self.model.set_notes(notes)

    def set_legend(self, layer_id: str, entries: LegendEntries) -> None:
        """Show what a layer's colours mean, as QGIS tells it."""
        self.model.set_legend(layer_id, entries)
        self.legend_changed.emit()

    def show_problems(self, problems: Sequence[LayerProblem]) -> None:
        """Say which layers are not on the map, and why; nothing where all are."""
        reasons = {p.layer_id: words.stored(p.reason) for p in problems}
        self._problems.setText("\n".join(f"{p.name}: {reasons[p.layer_id]}" for p in problems))
        self._problems.setVisible(bool(problems))
        self.model.show_problems(reasons)

    def show_page(self, page: QWidget | None) -> None:
        """Show a page in place of the tree, or the tree again."""
        if page is None:
            if self.pages.currentIndex() > 0:
                self.pages.setCurrentIndex(0)
                self.tree.setFocus()
            self._drop_pages()
            return
        self._drop_pages()
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)

    def _drop_pages(self) -> None:
        for place in range(self.pages.count() - 1, 0, -1):
            old = self.pages.widget(place)
            if old is not None:
                self.pages.removeWidget(old)
                old.deleteLater()

    # What the user wants with the layers that are selected.

    def zoom(self) -> None:
        """Ask for the selected layers to fill the map."""
        if self.chosen:
            self.zoom_wanted.emit(self.chosen)

    def show_table(self) -> None:
        """Ask for the attribute table of the selected layer."""
        if self.tools.table.isEnabled():
            self.table_wanted.emit(self.current_id)

    def show_style(self) -> None:
        """Ask for the style of the selected layer."""
        if self.tools.look.isEnabled():
            self.style_wanted.emit(self.current_id)

    def remove(self) -> None:
        """Ask for the selected layers to be removed."""
        if self._editable and self.chosen:
            self.remove_wanted.emit(self.chosen)

    def rename(self) -> None:
        """Let the user write another name for the selected layer or group."""
        index = self.tree.currentIndex()
        if self._editable and index.isValid():
            self.tree.setFocus()
            self.tree.edit(index)

    def step(self, up: bool) -> None:
        """Ask for the selected layers to go one step up or down."""
        if self._editable and self.chosen:
            order = stepped(self.model.order, self.chosen, up=up)
            if order != self.model.order:
                self.arranged.emit(order)

    def regroup(self, layer_ids: tuple[str, ...], group: str) -> None:
        """Ask for layers to stand under a heading of their own."""
        order = self.model.order
        kept = [name for name, _ in order if name not in layer_ids]
        lowest = min(place for place, (name, _) in enumerate(order) if name in layer_ids)
        below = next((n for n, _ in reversed(order[:lowest]) if n in kept), None)
        wanted = moved(order, layer_ids, below, group)
        if wanted != order:
            self.arranged.emit(wanted)

    def group_chosen(self) -> None:
        """Ask for the selected layers to stand in a new group."""
        if self._editable and self.chosen:
            known = {node.group for node in nodes(self.model.order)}
            name, number = tr("Group"), 2
            while name in known:
                name, number = tr("Group {number}", number=number), number + 1
            self._gather(self.chosen, name)

    def _gather(self, layer_ids: tuple[str, ...], group: str) -> None:
        """Ask for layers to stand in a group of their own above the one they leave."""
        order = self.model.order
        node = next(n for n in nodes(order) if layer_ids[0] in n.layer_ids)
        left = [name for name in node.layer_ids if name not in layer_ids]
        if left and node.group:
            self.arranged.emit(moved(order, layer_ids, left[0], group))
        else:
            self.regroup(layer_ids, group)

    def _show_menu(self, at: QPoint) -> None:
        menu = layer_menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _on_switched(self, states: dict[str, bool]) -> None:
        for name in states:
            self._own.pop(name, None)
        self.switched.emit(states)
        self.visibility_changed.emit()

    def _on_current_changed(self) -> None:
        self._show_possible()
        self.current_changed.emit(self.current_id)

    def _show_possible(self) -> None:
        """Offer what can be done with the layers that are selected."""
        chosen = self.chosen
        specs = [spec for spec in self.specs if spec.layer_id in chosen]
        single = specs[0] if len(specs) == 1 and self.current_id else None
        self.tools.show_possible(single, several=bool(specs), editable=self._editable)
        self._add.setEnabled(self._editable)
        self.opacity.show_layers(
            [words.stored(spec.name) for spec in specs],
            specs[0].opacity if specs else 1.0,
            editable=self._editable,
        )

    def _on_search_changed(self, text: str) -> None:
        """Show only layers whose name or group holds a text."""
        wanted = text.casefold().strip()
        root = self.model.invisibleRootItem()
        if root is None:
            return
        for row in range(root.rowCount()):
            node = root.child(row)
            if node is None:
                continue
            own = wanted in node.text().casefold()
            ids = self.model.layers_in(node.index())
            shown = {i for i in ids if own or wanted in self._name_of(i)}
            self.tree.setRowHidden(row, self.tree.rootIndex(), not (own or shown))
            if not self.model.is_layer(node):
                for place, layer_id in enumerate(ids):
                    self.tree.setRowHidden(place, node.index(), layer_id not in shown)
                if wanted and shown:
                    self.tree.open_for_now(node.index())

    def _name_of(self, layer_id: str) -> str:
        spec = self.model.spec(layer_id)
        return "" if spec is None else words.stored(spec.name).casefold()
