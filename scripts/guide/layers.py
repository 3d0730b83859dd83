"""Layers: the list, adding, styles, attributes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
from shapely.geometry import box

from scripts.guide.hand import HABITAT
from scripts.guide.map import ESTUARY
from scripts.screenshots import ScreenshotError
from ui.styling.vector_editor import VectorEditor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PyQt6.QtWidgets import QComboBox

    from scripts.guide.hand import Hand
    from ui.layers_panel.panel import LayersPanel

_SIDE_DEG = 0.08


def _sample(folder: Path) -> Path:
    """Write a file of one's own: forest districts along the border."""
    path = folder / "forest_districts.gpkg"
    corners = [(130.2 + 0.1 * n, 42.7 + 0.1 * (n % 4)) for n in range(12)]
    names = [f"District {number + 1}" for number in range(len(corners))]
    gpd.GeoDataFrame(
        {"name": names, "rangers": range(3, 3 + len(corners))},
        geometry=[box(x, y, x + _SIDE_DEG, y + _SIDE_DEG) for x, y in corners],
        crs=4326,
    ).to_file(path)
    return path


def _panel(hand: Hand) -> LayersPanel:
    hand.open("layers")
    return hand.desktop.parts.panels.layers


def _choose(box_: QComboBox, value: str) -> None:
    """Choose an entry as a hand does."""
    box_.setCurrentIndex(box_.findData(value))
    box_.activated.emit(box_.currentIndex())


def tree(hand: Hand) -> None:
    """Show the list of layers, one of them chosen with its legend."""
    hand.show(*ESTUARY)
    panel = _panel(hand)
    hand.show_habitat(shown=True)
    panel.tree.choose((HABITAT,))
    item = panel.model.item_of(HABITAT)
    if item is not None:
        panel.tree.expand(item.index())
    hand.take("layer_tree")


def add(hand: Hand) -> None:
    """Choose a file of one's own."""
    _panel(hand)
    hand.do("layers.add")
    dialog = hand.desktop.layers.adding.dialog
    if dialog is None:
        return
    path = _sample(hand.samples)
    dialog.vector.path.choose(str(Path("~") / path.relative_to(Path.home())))
    hand.wait(lambda: dialog.vector.wish is not None, "look into the file")
    dialog.vector.note.setText("Forest administration, 2026, for this project only")
    hand.take_over("add_layer", dialog)
    dialog.reject()


def style(hand: Hand) -> None:
    """Draw sites by their designation, and habitat by another ramp."""
    hand.show(*ESTUARY)
    panel, styles = _panel(hand), hand.desktop.layers.styles
    panel.tree.choose(("site_areas",))
    panel.show_style()
    editor = styles.page.editor if styles.page is not None else None
    if not isinstance(editor, VectorEditor):
        raise ScreenshotError("sites are not drawn as shapes")
    hand.wait(lambda: editor.labels.field.count() > 1, "fields")
    _choose(editor.rule, "categories")
    _choose(editor.field, "designation")
    hand.wait(lambda: bool(editor.style_now.get("symbols")), "categories")
    hand.settle()
    _choose(editor.hues, "okabe_ito")
    hand.take("style_categories")
    styles.leave()
    hand.settle()
    hand.show_habitat(shown=True)
    panel.tree.choose((HABITAT,))
    panel.show_style()
    hand.take("style_raster")
    styles.leave()


def table(hand: Hand) -> None:
    """List the attributes of sites by an expression, two rows selected."""
    hand.show(*ESTUARY)
    panel = _panel(hand)
    panel.tree.choose(("site_areas",))
    panel.show_table()
    found = hand.desktop.layers.table.table
    hand.wait(lambda: found.model.total > 0, "rows")
    listed = found.model.total
    _choose(found.mode, found.mode.itemData(1))
    found.search.setText('"area_km2" > 500')
    hand.wait(lambda: 0 < found.model.total < listed, "filtered rows")
    hand.settle()
    found.view.selectRow(1)
    hand.take("attribute_table")
    hand.desktop.window.docks.fold(("table",))


TASKS: Mapping[str, Callable[[Hand], None]] = {
    "layer_tree": tree,
    "add_layer": add,
    "style": style,
    "attribute_table": table,
}
