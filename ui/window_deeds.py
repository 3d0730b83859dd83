"""What the window itself can do, before any feature adds to it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtGui import QActionGroup

from resources.translation import tr
from ui.undo_keys import REDO_KEYS, UNDO_KEYS

if TYPE_CHECKING:
    from ui.main_window import MainWindow, WindowParts


def add_deeds(window: MainWindow, parts: WindowParts) -> None:
    """Add what the window itself can do to its list.

    Parameters
    ----------
    window : MainWindow
        Given the deeds.
    parts : WindowParts
        What it is put together from.
    """
    add = partial(window.deeds.add, group=tr("Project"))
    add("project.open", tr("Open project…"), window.open_requested.emit, keys=("Ctrl+O",))
    add("project.new", tr("New project…"), window.new_requested.emit, keys=("Ctrl+N",))
    add("project.plan", tr("Make the plan"), window.plan_requested.emit)
    printing = parts.top_bar.print_requested
    add("project.print", tr("Print map"), printing.emit, keys=("Ctrl+P",))
    add("project.export", tr("Export QGIS project"), window.export_requested.emit)
    add("project.quit", tr("Quit"), window.quit, keys=("Ctrl+Q",))
    add = partial(window.deeds.add, group=tr("Edit"))
    add("edit.undo", tr("Undo"), parts.strip.undo_requested.emit, keys=UNDO_KEYS)
    add("edit.redo", tr("Redo"), parts.strip.redo_requested.emit, keys=REDO_KEYS)
    _add_view(window, parts)


def _add_view(window: MainWindow, parts: WindowParts) -> None:
    add = partial(window.deeds.add, group=tr("View"))
    region = parts.map_area.canvas.show_region
    add("map.region", tr("Show the whole region"), region, keys=("Ctrl+0",))
    search = parts.top_bar.focus_search
    add("view.search", tr("Search everything"), search, keys=("Ctrl+K",))
    add("view.panels", tr("Hide or show panels"), window.toggle_panels, keys=("Ctrl+Tab",))
    add(
        "view.inspector",
        tr("Open the inspector"),
        lambda: window.show_inspector(shown=True),
        keys=("Ctrl+I",),
    )
    add("view.reset_layout", tr("Put the panels back"), window.reset_layout)
    next_part = window.focus_next_part
    add("view.next_part", tr("Next part of the window"), next_part, keys=("F6",))
    group = QActionGroup(window)
    for appearance, text in (
        ("system", tr("System appearance")),
        ("light", tr("Light appearance")),
        ("dark", tr("Dark appearance")),
    ):
        ask = partial(window.theme_requested.emit, appearance)
        action = add(f"view.appearance_{appearance}", text, ask)
        action.setCheckable(True)
        action.setChecked(appearance == "system")
        group.addAction(action)
