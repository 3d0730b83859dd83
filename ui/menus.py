"""The menus of the top bar, made from the list of what the window can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject

from resources.translation import tr

if TYPE_CHECKING:
    from PyQt6.QtWidgets import QMenu

    from ui.actions import Actions, Deed
    from ui.top_bar import TopBar

_BREAKS_BEFORE = frozenset(
    {
        "project.plan",
        "project.quit",
        "project.tidy",
        "view.appearance_system",
        "view.inspector",
    }
)
"""Deeds before which a menu has a line."""
_UNDER_PROJECT = ("project", "edit")
_UNDER_VIEW = ("view", "panel")


class Menus(QObject):
    """Fills the menus when they are opened, as features add what they bring at any time.

    Parameters
    ----------
    deeds : Actions
        What the window can do.
    bar : TopBar
        Has the menus: one for the project, one for the view, and one for everything.
    """

    def __init__(self, deeds: Actions, bar: TopBar) -> None:
        super().__init__(bar)
        self._deeds = deeds
        self._bar = bar
        for menu, fill in (
            (bar.project_menu, self._fill_project),
            (bar.view_menu, self._fill_view),
            (bar.main_menu, self._fill_main),
        ):
            menu.aboutToShow.connect(fill)
            fill()

    def _fill_project(self) -> None:
        _fill(self._bar.project_menu, self._of(_UNDER_PROJECT))

    def _fill_view(self) -> None:
        _fill(self._bar.view_menu, self._of(_UNDER_VIEW))

    def _fill_main(self) -> None:
        """One menu below another for each group, in the order in which they came."""
        menu = self._bar.main_menu
        menu.clear()
        groups: dict[str, list[Deed]] = {}
        for deed in self._deeds.deeds:
            groups.setdefault(deed.group, []).append(deed)
        for group, deeds in groups.items():
            below = menu.addMenu(group)
            if below is not None:
                below.setObjectName(f"menu_{deeds[0].key.partition('.')[0]}")
                _fill(below, deeds)

    def _of(self, subjects: tuple[str, ...]) -> list[Deed]:
        found = [d for d in self._deeds.deeds if d.key.partition(".")[0] in subjects]
        return sorted(found, key=lambda d: d.key == "project.quit")


def _fill(menu: QMenu, deeds: list[Deed]) -> None:
    menu.clear()
    subject = ""
    for deed in deeds:
        before, subject = subject, deed.key.partition(".")[0]
        if deed.key in _BREAKS_BEFORE or (before and before != subject):
            menu.addSeparator()
        menu.addAction(deed.action)
    if not deeds:
        empty = menu.addAction(tr("Nothing to do here"))
        if empty is not None:
            empty.setEnabled(False)
