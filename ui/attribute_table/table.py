"""The attribute table: which layer, which of its features, and what is wanted with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import QPoint, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr, tr_n
from ui import words
from ui.attribute_table.model import AttributeModel
from ui.attribute_table.query import TableQuery
from ui.attribute_table.stretches import Stretch
from ui.attribute_table.values import as_text
from ui.attribute_table.view import AttributeView
from ui.controls import icon_button, label
from ui.elided import ElidedLabel
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PyQt6.QtGui import QResizeEvent

    from layers.qgis.answers import Value
    from layers.qgis.layer_spec import LayerSpec
    from resources.errors import PlannerError
    from ui.attribute_table.query import TableSource
    from ui.background import Background
    from ui.theme import Theme

_NARROWEST_PX = 36 * GRID
_NARROW_PX = 90 * GRID
"""Below this width the filter has a row of its own."""
_PAUSE_MS = 250
"""How long the keys rest before a filter is tried."""
_EXAMPLE = '"area_km2" > 100'
_TEXT, _EXPRESSION = "text", "expression"
Form = Literal["csv", "tsv"]


class AttributeTable(QFrame):
    """Lists the features of a layer, and finds, selects and copies them.

    Parameters
    ----------
    background : Background
        Brings rows to this thread.
    theme : Theme
        Colours.
    """

    layer_chosen = pyqtSignal(str)
    features_chosen = pyqtSignal(str, tuple)
    """The user has selected features of a layer."""
    zoom_wanted = pyqtSignal(str, tuple)
    """The map is to show features of a layer."""

    def __init__(
        self, background: Background, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("attribute_table")
        self.setProperty("role", "panel")
        self.setMinimumWidth(_NARROWEST_PX)  # else that of one row, which never gave way
        self._source: TableSource | None = None
        self._stretch = Stretch(background)
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self.model = AttributeModel(background, theme, self)
        self.view = AttributeView(self.model, background, self)
        self.view.set_theme(theme)
        self.layers = self._make_layers()
        self.search = self._make_search()
        self.mode = self._make_mode()
        self.only = icon_button(
            "attribute_only", "filter", tr("Show selected rows only"), theme
        )
        self.only.setCheckable(True)
        self.zoom = icon_button("attribute_zoom", "zoom_to", tr("Zoom to selected"), theme)
        self.all = icon_button(
            "attribute_all", "select_all", tr("Select all rows listed"), theme
        )
        self.none = icon_button("attribute_none", "select_none", tr("Clear selection"), theme)
        self.copy = icon_button("attribute_copy", "copy", tr("Copy rows"), theme)
        self.status = ElidedLabel("attribute_status", tone="muted")
        self._problem = label("", size="small", tone="error", name="attribute_problem")
        self._problem.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._list)
        self._lay_out()
        self._listen()
        self._tell()

    def _make_layers(self) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("attribute_layer")
        box.setAccessibleName(tr("Layer whose attributes are listed"))
        box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        box.setMinimumContentsLength(16)
        return box

    def _make_search(self) -> QLineEdit:
        find = QLineEdit(self)
        find.setObjectName("attribute_find")
        find.setClearButtonEnabled(True)
        find.setMinimumWidth(20 * GRID)
        return find

    def _make_mode(self) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName("attribute_mode")
        box.setAccessibleName(tr("How rows are filtered"))
        box.addItem(tr("Contains"), _TEXT)
        box.addItem(tr("Expression"), _EXPRESSION)
        return box

    def _lay_out(self) -> None:
        tools, finding = QHBoxLayout(), QHBoxLayout()
        for row in (tools, finding):
            row.setSpacing(GRID // 2)
        tools.addWidget(self.layers, 1)
        for button in (self.only, self.all, self.none, self.zoom, self.copy):
            tools.addWidget(button)
        finding.addWidget(self.mode)
        finding.addWidget(self.search, 1)
        self._head.setSpacing(GRID)
        self._head.addLayout(tools, 3)
        self._head.addLayout(finding, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(self._head)
        layout.addWidget(self._problem)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.status)

    def _listen(self) -> None:
        self.layers.activated.connect(self._on_layer_chosen)
        self.mode.currentIndexChanged.connect(lambda _: self._on_mode_chosen())
        self.search.textChanged.connect(lambda _: self._pause.start())
        self.search.returnPressed.connect(self._list)
        self.only.toggled.connect(lambda _: self._list())
        self.all.clicked.connect(self.view.selectAll)
        self.none.clicked.connect(lambda: self._on_features_chosen(()))
        self.zoom.clicked.connect(self._on_zoom)
        self.copy.clicked.connect(self._show_copy_menu)
        self.view.features_chosen.connect(self._on_features_chosen)
        self.view.copy_wanted.connect(lambda: self.copy_rows("tsv"))
        self.view.doubleClicked.connect(lambda _: self._on_zoom())
        self.view.failed.connect(self._show_problem)
        self.model.modelReset.connect(self._on_listed)
        self.model.failed.connect(self._show_problem)
        self._say_how()

    @property
    def layer_id(self) -> str:
        """The layer that is listed; empty for none."""
        return self.model.query.layer_id

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.model.set_theme(theme)
        self.view.set_theme(theme)

    def set_layers(self, specs: Sequence[LayerSpec]) -> None:
        """Offer the layers of a map that have attributes, the topmost first."""
        offered = [
            (words.stored(s.name), s.layer_id) for s in reversed(specs) if s.kind == "vector"
        ]
        shown = self.layer_id
        self.layers.clear()
        for name, layer_id in offered:
            self.layers.addItem(name, layer_id)
        self.layers.setCurrentIndex(self.layers.findData(shown))
        if shown and self.layers.currentIndex() < 0:
            self.model.clear()

    def show_layer(
        self, source: TableSource, layer_id: str, selected: Iterable[int] = ()
    ) -> None:
        """List the features of a layer.

        Parameters
        ----------
        source : TableSource
            Hands them out.
        layer_id : str
            The layer.
        selected : iterable of int
            Those that are selected.
        """
        self._source = source
        self.view.set_source(source)
        self.layers.setCurrentIndex(self.layers.findData(layer_id))
        if layer_id != self.layer_id:
            for control in (self.search, self.only):
                control.blockSignals(True)
            self.search.clear()
            self.only.setChecked(False)
            for control in (self.search, self.only):
                control.blockSignals(False)
            header = self.view.horizontalHeader()
            if header is not None:
                header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.model.clear()
        self.view.select_features(selected)
        self._show_problem("")
        self.model.show(source, replace(self._query(layer_id), sort=None))

    def reload(self) -> None:
        """List anew, as after the data have changed."""
        self.model.reload()

    def forget(self) -> None:
        """List nothing, as when another project is opened."""
        self._pause.stop()
        self._stretch.drop()
        self.view.select_features(())
        self.model.clear()

    def select_features(self, layer_id: str, fids: Iterable[int]) -> None:
        """Show features as selected, and bring the first into sight, without telling."""
        chosen = tuple(fids) if layer_id == self.layer_id else ()
        if chosen == self.view.fids:
            return
        self.view.select_features(chosen, reveal=True)
        if self.only.isChecked():
            self._list()
        self._tell()

    def copy_rows(self, form: Form) -> None:
        """Copy the selected rows to the clipboard, or all that are listed where none is."""
        if self._source is None or not self.layer_id:
            return
        query, fids = self.model.query, self.view.fids
        count = self.model.total
        if fids:
            query, count = replace(query, fids=fids, where="", text=""), len(fids)
        columns = self.view.columns_seen
        names = [self.model.fields[column].name for column in columns]

        def done(_: tuple[int, ...], rows: tuple[tuple[Value, ...], ...]) -> None:
            clipboard = QGuiApplication.clipboard()
            if clipboard is not None:
                seen = ([row[column] for column in columns] for row in rows)
                clipboard.setText(as_text(names, seen, form))
            self.status.say(tr_n("{count} row copied.", "{count} rows copied.", len(rows)))

        def failed(error: PlannerError) -> None:
            self._show_problem(words.problem(error))

        self._stretch.fetch(self._source, query, range(count), done, failed)

    def _query(self, layer_id: str) -> TableQuery:
        text = self.search.text().strip()
        expression = self.mode.currentData() == _EXPRESSION
        return TableQuery(
            layer_id,
            self.model.query.sort,
            where=text if expression else "",
            text="" if expression else text,
            fids=self.view.fids if self.only.isChecked() else None,
        )

    def _list(self) -> None:
        self._pause.stop()
        if self._source is None or not self.layer_id:
            return
        query = self._query(self.layer_id)
        if query != self.model.query or not self._problem.isHidden():
            self._show_problem("")
            self.model.show(self._source, query)

    def _on_layer_chosen(self) -> None:
        self.layer_chosen.emit(str(self.layers.currentData()))

    def _on_mode_chosen(self) -> None:
        self._say_how()
        self._list()

    def _say_how(self) -> None:
        expression = self.mode.currentData() == _EXPRESSION
        hint = _EXAMPLE if expression else tr("Any field contains…")
        self.search.setPlaceholderText(hint)
        self.search.setAccessibleName(
            tr("Expression of QGIS that rows have to meet")
            if expression
            else tr("Text that a field has to contain")
        )

    def _on_features_chosen(self, fids: tuple[int, ...]) -> None:
        if fids != self.view.fids:
            self.view.select_features(fids)
        self._tell()
        self.features_chosen.emit(self.layer_id, fids)
        if self.only.isChecked() and not fids:
            self.only.setChecked(False)

    def _on_zoom(self) -> None:
        if self.view.fids:
            self.zoom_wanted.emit(self.layer_id, self.view.fids)

    def _on_listed(self) -> None:
        self._tell()

    def _show_copy_menu(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("attribute_copy_menu")
        for form, text in (
            ("tsv", tr("Copy for a spreadsheet (tabs)")),
            ("csv", tr("Copy as CSV (commas)")),
        ):
            action = menu.addAction(text)
            if action is not None:
                action.setObjectName(f"attribute_copy_{form}")
                chosen: Form = "csv" if form == "csv" else "tsv"
                action.triggered.connect(lambda _, kind=chosen: self.copy_rows(kind))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.copy.mapToGlobal(QPoint(0, self.copy.height())))

    def _show_problem(self, reason: str) -> None:
        self._problem.setText(reason)
        self._problem.setVisible(bool(reason))
        self._tell()

    def _tell(self) -> None:
        """Say how much is listed and selected, and offer what can be done with it."""
        selected, listed = len(self.view.fids), self.model.total
        rows = tr_n("{count} row", "{count} rows", listed)
        if self.model.query.is_narrowed:
            rows = tr_n("{count} row listed", "{count} rows listed", listed)
        chosen = tr_n("{count} selected", "{count} selected", selected)
        self.status.say(f"{rows}  ·  {chosen}" if selected else rows)
        for button in (self.zoom, self.none):
            button.setEnabled(bool(selected))
        self.only.setEnabled(bool(selected) or self.only.isChecked())
        for button in (self.all, self.copy):
            button.setEnabled(bool(listed))

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        way = QBoxLayout.Direction
        narrow = self.width() < _NARROW_PX
        self._head.setDirection(way.TopToBottom if narrow else way.LeftToRight)
