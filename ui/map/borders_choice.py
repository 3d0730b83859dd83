"""The choice of whose view of borders the map shows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QActionGroup
from PyQt6.QtWidgets import QMenu

from planner.borders import BORDERS_VIEWS, choose_borders
from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtGui import QAction

    from planner.jobs import JobControl
    from ui.map.footer import MapFooter
    from ui.project_work import Workbench
    from ui.session import Session


class BordersChoice(QObject):
    """Offers the views of borders below the map, and says which one is shown.

    Parameters
    ----------
    session : Session
        The open project, which keeps the choice.
    footer : MapFooter
        Has the button, and says what must be said.
    """

    def __init__(self, session: Session, footer: MapFooter) -> None:
        super().__init__()
        self._session = session
        self._footer = footer
        self._actions: dict[str, QAction] = {}
        self._group = QActionGroup(self)
        self.menu = QMenu(footer)
        self.menu.setObjectName("borders_menu")
        source = self.menu.addAction(tr("Borders are those of Natural Earth, 1:10m"))
        if source is not None:
            source.setEnabled(False)
        self.menu.addSeparator()
        footer.borders_button.setMenu(self.menu)
        session.opened.connect(self._show)
        session.changed.connect(self._show)

    def offers(self) -> list[tuple[str, str, Callable[[], object]]]:
        """Return what can be chosen: key, text, and what chooses it."""
        return [
            (view.key, tr(view.name), partial(self.choose, view.key)) for view in BORDERS_VIEWS
        ]

    def take(self, key: str, action: QAction) -> None:
        """Put the action of a view into the menu."""
        action.setCheckable(True)
        self._group.addAction(action)
        self._actions[key] = action
        self.menu.addAction(action)
        self._show()

    def choose(self, key: str) -> None:
        """Show another view of borders."""
        snapshot = self._session.snapshot
        if snapshot is None or snapshot.borders.key == key:
            return

        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(choose_borders(key))

        self._session.change(tr("Show other borders"), work)

    def _show(self) -> None:
        snapshot = self._session.snapshot
        view = BORDERS_VIEWS[0] if snapshot is None else snapshot.borders
        if view.key in self._actions:
            self._actions[view.key].setChecked(True)
        possible = snapshot is not None and not snapshot.read_only_reason
        self._group.setEnabled(possible)
        self._footer.show_borders(tr(view.notice) if view.notice else "")
