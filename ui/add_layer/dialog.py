"""Asks which layer is to be added: a file, a web map or a table of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
)
from typing_extensions import override

from resources.translation import tr
from ui.add_layer.database_page import DatabasePage
from ui.add_layer.file_pages import RasterPage, VectorPage
from ui.add_layer.web_page import WebPage
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QWidget

    from ui.add_layer.page import Looking, WishPage
    from ui.add_layer.wishes import Wish


class AddLayerDialog(QDialog):
    """Stays open until the layer is on the map, and says what stands in the way.

    Parameters
    ----------
    looking : Looking
        Looks at files and servers beside the window.
    """

    wanted = pyqtSignal(object)
    """A layer is to be added; carries a `Wish`."""
    cancel_wanted = pyqtSignal()
    """What is being added is to be given up."""

    def __init__(self, looking: Looking, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("add_layer_dialog")
        self.setWindowTitle(tr("Add layer"))
        self.resize(80 * GRID, 80 * GRID)
        self._busy = False
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("add_layer_tabs")
        self.vector = VectorPage(looking)
        self.raster = RasterPage(looking)
        self.web = WebPage(looking)
        self.database = DatabasePage(looking)
        for page, title in (
            (self.vector, tr("Vector file")),
            (self.raster, tr("Raster file")),
            (self.web, tr("Web map")),
            (self.database, tr("PostGIS")),
        ):
            self.tabs.addTab(page, title)
            page.changed.connect(self._show_possible)
            page.problem_met.connect(self.show_problem)
        self._problem = label("", size="small", tone="error", name="add_layer_problem")
        self._problem.hide()
        self._progress = QProgressBar(self)
        self._progress.setObjectName("add_layer_progress")
        self._progress.setAccessibleName(tr("Adding the layer"))
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.hide()
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setObjectName("add_layer_cancel")
        self.add = QPushButton(tr("Add layer"))
        self.add.setObjectName("add_layer_accept")
        self.add.setProperty("role", "primary")
        self.add.setDefault(False)
        self.add.setAutoDefault(False)
        self.cancel.setAutoDefault(False)
        self._lay_out()
        self.tabs.currentChanged.connect(self._on_tab_changed)
        self.add.clicked.connect(self._on_add)
        self.cancel.clicked.connect(self.reject)
        self._show_possible()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self._progress, 1)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.add)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self._problem)
        layout.addLayout(buttons)

    @property
    def page(self) -> WishPage:
        """The form that is shown."""
        pages: tuple[WishPage, ...] = (self.vector, self.raster, self.web, self.database)
        return pages[self.tabs.currentIndex()]

    @property
    def wish(self) -> Wish | None:
        """What is to be added; None while something is missing."""
        return self.page.wish

    def show_problem(self, reason: str) -> None:
        """Say what stands in the way; nothing for an empty text."""
        self._problem.setText(reason)
        self._problem.setVisible(bool(reason))

    def show_busy(self, *, busy: bool) -> None:
        """Show that the layer is being added, or that the form can be changed again."""
        self._busy = busy
        self._progress.setVisible(busy)
        self.tabs.setEnabled(not busy)
        self._show_possible()

    def show_progress(self, share: float) -> None:
        """Show how much of it is done, 0 to 1."""
        self._progress.setRange(0, 100)
        self._progress.setValue(round(100 * share))

    def _on_tab_changed(self) -> None:
        self.show_problem("")
        self._show_possible()

    def _show_possible(self) -> None:
        self.add.setEnabled(not self._busy and self.wish is not None)

    def _on_add(self) -> None:
        wish = self.wish
        if wish is not None and not self._busy:
            self.show_problem("")
            self.wanted.emit(wish)

    @override
    def reject(self) -> None:
        if self._busy:
            self.cancel_wanted.emit()
            return
        super().reject()
