"""The tool row of the layer tree: what is wanted most with the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QPoint, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from resources.translation import tr
from ui.controls import icon_button
from ui.theme import GRID

if TYPE_CHECKING:
    from layers.qgis.layer_spec import LayerSpec
    from ui.theme import Theme


class LayerTools(QWidget):
    """Buttons for the selected layers.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    more_wanted = pyqtSignal(QPoint)
    """The menu is wanted at this place of the screen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zoom = icon_button("layer_zoom", "zoom_to", tr("Zoom to layer"), theme)
        self.table = icon_button("layer_table", "table", tr("Open attribute table"), theme)
        self.look = icon_button("layer_style", "style", tr("Change style"), theme)
        self.remove = icon_button("layer_remove", "remove", tr("Remove layer"), theme)
        self.more = icon_button("layer_more", "more", tr("More for this layer"), theme)
        self.more.clicked.connect(self._on_more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for button in (self.zoom, self.table, self.look, self.remove):
            layout.addWidget(button)
        layout.addStretch(1)
        layout.addWidget(self.more)

    def show_possible(self, single: LayerSpec | None, *, several: bool, editable: bool) -> None:
        """Offer what can be done.

        Parameters
        ----------
        single : LayerSpec or None
            The one layer that is selected.
        several : bool
            Whether any layer is selected.
        editable : bool
            Whether layers may be changed.
        """
        self.zoom.setEnabled(several)
        self.table.setEnabled(single is not None and single.kind == "vector")
        self.look.setEnabled(single is not None and editable)
        self.remove.setEnabled(several and editable)
        self._say(self.table, single)

    def _say(self, button: QToolButton, single: LayerSpec | None) -> None:
        raster = single is not None and single.kind != "vector"
        button.setToolTip(
            tr("A raster has no attribute table") if raster else tr("Open attribute table")
        )

    def _on_more(self) -> None:
        self.more_wanted.emit(self.more.mapToGlobal(QPoint(0, self.more.height())))
