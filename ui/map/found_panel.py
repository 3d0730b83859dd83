"""The panel that tells what lies at a place of the map."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPalette
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr, tr_n
from ui import theme as themes
from ui.controls import empty_state, heading, label, link_button
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.map.found import FoundFeature, FoundLayer

_FEATURE_ROLE = Qt.ItemDataRole.UserRole
_LAYER_ROLE = Qt.ItemDataRole.UserRole + 1
_VALUE_ROLE = Qt.ItemDataRole.UserRole + 2
_LABEL_PX = 18 * GRID
_ROW_PX = 28
_LONGEST = 140
_TALLEST_PX = 12 * _ROW_PX
_WRAPPED = int(Qt.TextFlag.TextWordWrap)
_OPEN_FEATURES = 3
"""Features of a layer whose attributes are unfolded at once."""


class FoundTree(QTreeWidget):
    """Layers with what they have at a place, and the attributes of each thing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("found_tree")
        self.setAccessibleName(tr("What is here"))
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setWordWrap(True)
        self.setIndentation(GRID + GRID // 2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        if header is not None:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
            header.resizeSection(0, _LABEL_PX)
            header.sectionResized.connect(lambda *_: self._fit_rows())

    def show_layers(self, layers: Sequence[FoundLayer]) -> None:
        """List layers with what they have."""
        self.clear()
        for place, layer in enumerate(layers):
            self._insert(place, layer)
        self._fit_rows()

    def replace(self, layer_id: str, layer: FoundLayer | None) -> None:
        """List a layer anew where it stands, or no more; all others stay as they are."""
        for place in range(self.topLevelItemCount()):
            top = self.topLevelItem(place)
            if top is None or top.data(0, _LAYER_ROLE) != layer_id:
                continue
            self.takeTopLevelItem(place)
            if layer is not None:
                self._insert(place, layer)
            self._fit_rows()
            return

    def _insert(self, place: int, layer: FoundLayer) -> None:
        top = QTreeWidgetItem([layer.name])
        top.setData(0, _LAYER_ROLE, layer.layer_id)
        top.setFont(0, themes.font("body", bold=True))
        top.setToolTip(0, _plain(layer.name))
        self.insertTopLevelItem(place, top)
        top.setFirstColumnSpanned(True)
        top.setExpanded(True)
        for number, feature in enumerate(layer.features):
            self._add_feature(top, feature, unfolded=number < _OPEN_FEATURES)

    def _fit_rows(self) -> None:
        """Make every row as high as its value needs at the width that there is."""
        width_px = self.columnWidth(1) - 2 * GRID
        metrics = self.fontMetrics()
        rows = QTreeWidgetItemIterator(self, QTreeWidgetItemIterator.IteratorFlag.NoChildren)
        while (item := rows.value()) is not None:
            room = QRect(0, 0, max(width_px, 1), _TALLEST_PX)
            needed = metrics.boundingRect(room, _WRAPPED, item.text(1)).height()
            size = QSize(0, max(needed + GRID, _ROW_PX))
            if item.sizeHint(1) != size:
                item.setSizeHint(1, size)
            rows += 1

    def _add_feature(
        self, top: QTreeWidgetItem, feature: FoundFeature, *, unfolded: bool
    ) -> None:
        holder = top
        if feature.title:
            holder = QTreeWidgetItem([feature.title])
            holder.setToolTip(0, _plain(feature.title))
            top.addChild(holder)
            holder.setFirstColumnSpanned(True)
        holder.setData(0, _FEATURE_ROLE, feature)
        group, role = QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText
        muted = self.palette().brush(group, role)
        top_left = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        rows = [*feature.values, *((tr("Source"), source) for source in feature.sources)]
        for name, value in rows:
            row = QTreeWidgetItem([name, _short(value)])
            row.setToolTip(0, _plain(name))
            row.setToolTip(1, _plain(value))
            row.setData(1, _VALUE_ROLE, value)
            row.setForeground(0, muted)
            for column in range(2):
                row.setTextAlignment(column, top_left)
            row.setData(0, _FEATURE_ROLE, feature)
            holder.addChild(row)
        holder.setExpanded(unfolded)

    def feature_at(self, item: QTreeWidgetItem | None) -> FoundFeature | None:
        """Return the thing that a row is about; None for a row of a layer of several."""
        return None if item is None else item.data(0, _FEATURE_ROLE)

    @override
    def event(self, e: QEvent | None) -> bool:
        if (
            isinstance(e, QKeyEvent)
            and e.type() == QEvent.Type.ShortcutOverride
            and e.matches(QKeySequence.StandardKey.Copy)
        ):
            e.accept()  # here it is the row that is copied
            return True
        return super().event(e)

    @override
    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        item, clipboard = self.currentItem(), QGuiApplication.clipboard()
        copies = event is not None and event.matches(QKeySequence.StandardKey.Copy)
        if copies and item is not None and clipboard is not None:
            told = (item.text(0), item.data(1, _VALUE_ROLE))
            clipboard.setText("\t".join(part for part in told if part))
            return
        super().keyPressEvent(event)


def _plain(text: str) -> str:
    """Return a tool tip that shows a text as it is: anybody's data may hold HTML."""
    return f"<qt>{html.escape(text)}</qt>" if "<" in text else text


def _short(value: str) -> str:
    """Return a value that fits a list; all of it stands in the tool tip."""
    return value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…"


class FoundPanel(QWidget):
    """Shows what lies at a place, and offers to go on from there."""

    feature_chosen = pyqtSignal(object)
    """A thing in the list was chosen; carries its `FoundFeature`."""
    zoom_requested = pyqtSignal(object)
    """The map is to show a thing; carries its `FoundFeature`."""
    run_requested = pyqtSignal(str)
    tool_requested = pyqtSignal()
    """The tool that asks is wanted in the hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("found_panel")
        self.tree = FoundTree()
        self._found: dict[str, FoundLayer] = {}
        self._place = label("", size="small", tone="muted", name="found_place")
        self._summary = label("", size="small", name="found_summary")
        self._problem = label("", size="small", tone="error", name="found_problem")
        self._problem.hide()
        self._zoom = QPushButton(tr("Zoom to it"))
        self._zoom.setObjectName("found_zoom")
        self._run = link_button("found_run", tr("From what?"))
        self._empty, begin = empty_state(
            tr("Nothing was asked yet"),
            tr(
                "Everything that lies at a place of the map is listed here: of every layer "
                "that is shown, with its attributes and its sources."
            ),
            tr("Ask at a place"),
        )
        begin.setObjectName("found_begin")
        begin.clicked.connect(self.tool_requested)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._make_list())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("What is here")))
        layout.addWidget(self._problem)
        layout.addWidget(self._pages, 1)
        self.tree.currentItemChanged.connect(lambda item, _: self._on_current(item))
        self._zoom.clicked.connect(self._on_zoom)
        self._run.clicked.connect(self._on_run)
        self._on_current(None)

    def _make_list(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self._zoom)
        row.addWidget(self._run)
        row.addStretch(1)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._place)
        layout.addWidget(self._summary)
        layout.addWidget(self.tree, 1)
        layout.addLayout(row)
        return page

    def ask(self, place: str) -> None:
        """Tell that it is being found out what lies at a place."""
        self.show_problem("")
        self._pages.setCurrentIndex(1)
        self._place.setText(place)
        self._summary.setText(tr("Looking…"))
        self.tree.clear()

    def show_found(self, layers: Sequence[FoundLayer]) -> None:
        """Show what lies there."""
        self._found = {layer.layer_id: layer for layer in layers}
        self.tree.show_layers(layers)
        self._show_count()
        self._on_current(None)

    def replace(self, layer_id: str, layer: FoundLayer | None) -> None:
        """Show what has been found out of a layer meanwhile, or that it has nothing."""
        if layer_id not in self._found:
            return
        if layer is None:
            del self._found[layer_id]
        else:
            self._found[layer_id] = layer
        self.tree.replace(layer_id, layer)
        self._show_count()

    def _show_count(self) -> None:
        things = [
            feature
            for layer in self._found.values()
            for feature in layer.features
            if not feature.is_notice
        ]
        self._summary.setText(
            tr_n("{count} thing here", "{count} things here", len(things))
            if things
            else tr("Nothing lies here on the layers that are shown.")
        )

    def show_problem(self, problem: str) -> None:
        """Say why it cannot be told; an empty text takes that away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if problem:
            self._summary.setText("")

    def _on_current(self, item: QTreeWidgetItem | None) -> None:
        feature = self.tree.feature_at(item)
        self._zoom.setEnabled(feature is not None and feature.fid is not None)
        self._run.setVisible(feature is not None and bool(feature.run_id))
        if feature is not None:
            self.feature_chosen.emit(feature)

    def _on_zoom(self) -> None:
        feature = self.tree.feature_at(self.tree.currentItem())
        if feature is not None:
            self.zoom_requested.emit(feature)

    def _on_run(self) -> None:
        feature = self.tree.feature_at(self.tree.currentItem())
        if feature is not None:
            self.run_requested.emit(feature.run_id)
