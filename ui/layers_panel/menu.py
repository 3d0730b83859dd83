"""The menu of the layer tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu

from resources.translation import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.layers_panel.panel import LayersPanel


def layer_menu(panel: LayersPanel) -> QMenu:
    """Return the menu for what is selected in the tree of a panel.

    Parameters
    ----------
    panel : LayersPanel
        Does what is chosen.
    """
    menu = QMenu(panel)
    menu.setObjectName("layer_menu")
    chosen, editable = panel.chosen, panel.editable
    one = panel.current_id
    spec = panel.model.spec(one) if one else None
    named = panel.tree.currentIndex().isValid() and bool(chosen)

    def add(
        name: str, text: str, act: Callable[[], object], keys: str = "", *, possible: bool
    ) -> None:
        action = QAction(text, menu)
        action.setObjectName(f"layer_menu_{name}")
        action.setEnabled(possible)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked: act())
        menu.addAction(action)

    add("zoom", tr("Zoom to layer"), panel.zoom, possible=bool(chosen))
    vector = spec is not None and spec.kind == "vector"
    add("table", tr("Open attribute table"), panel.show_table, "Return", possible=vector)
    styled = spec is not None and editable
    add("style", tr("Change style"), panel.show_style, possible=styled)
    menu.addSeparator()
    add("rename", tr("Rename"), panel.rename, "F2", possible=named and editable)
    add("up", tr("Move up"), lambda: panel.step(True), "Alt+Up", possible=named and editable)
    add(
        "down",
        tr("Move down"),
        lambda: panel.step(False),
        "Alt+Down",
        possible=named and editable,
    )
    add("group", tr("Put into a new group"), panel.group_chosen, possible=named and editable)
    menu.addSeparator()
    removed = (
        tr_n("Remove {count} layer", "Remove {count} layers", len(chosen))
        if len(chosen) > 1
        else tr("Remove layer")
    )
    add("remove", removed, panel.remove, "Del", possible=bool(chosen) and editable)
    add(
        "restore",
        tr("Bring back removed layers…"),
        panel.restore_wanted.emit,
        possible=editable,
    )
    if spec is not None and spec.is_remote:
        add(
            "sign_in",
            tr("Sign in to the server…"),
            lambda: panel.sign_in_wanted.emit(one),
            possible=True,
        )
    menu.addSeparator()
    add("fold", tr("Fold all groups"), panel.tree.collapseAll, possible=True)
    add("unfold", tr("Unfold all groups"), panel.tree.expand_groups, possible=True)
    return menu
