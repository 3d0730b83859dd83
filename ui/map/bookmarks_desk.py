"""Keeps, renames and removes bookmarks by edits of the project, and goes to them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

from planner.bookmarks import add_bookmark, remove_bookmark, rename_bookmark
from resources.translation import tr
from ui import words
from ui.map.bookmarks_panel import BookmarksPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.bookmarks import Extent
    from planner.jobs import JobControl
    from planner.project import Project
    from planner.project.commands import Command
    from resources.errors import PlannerError
    from ui.map.canvas import MapCanvas
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.theme import Theme

_MOST_LISTED = 20
"""Bookmarks in the menu; the panel has all of them."""


class BookmarksDesk(QObject):
    """Hears what is asked of bookmarks, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    canvas : MapCanvas
        Goes there.
    theme : Theme
        Tints the icons.
    """

    def __init__(self, session: Session, canvas: MapCanvas, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._canvas = canvas
        self.panel = BookmarksPanel(theme)
        self.menu = QMenu(canvas)
        self.menu.setObjectName("bookmarks_menu")
        self._line = QAction(self.menu)
        self._line.setSeparator(True)
        self.menu.addAction(self._line)
        self._listed: list[QAction] = []
        self.panel.add_requested.connect(self.add)
        self.panel.go_requested.connect(self.go)
        self.panel.rename_requested.connect(self.rename)
        self.panel.remove_requested.connect(self.remove)
        session.opened.connect(self._show)
        session.changed.connect(self._show)

    def offer(self, actions: Sequence[QAction]) -> None:
        """Offer what else can be done with bookmarks below those in the menu."""
        self.menu.addActions(actions)

    def add(self, name: str) -> None:
        """Keep the view that is shown under a name; one that tells its number where empty."""
        view, snapshot = self._canvas.view, self._session.snapshot
        if view is None or snapshot is None:
            return
        taken = {item.name.casefold() for item in snapshot.bookmarks}
        free = (tr("View {number}", number=number) for number in range(1, len(taken) + 2))
        wanted = name if name.strip() else next(n for n in free if n.casefold() not in taken)
        self.panel.clear_name()
        self._edit(tr("Add bookmark"), partial(_added, wanted, view.extent))

    def rename(self, fid: int, name: str) -> None:
        """Give a bookmark another name."""
        self._edit(tr("Rename bookmark"), lambda project: rename_bookmark(project, fid, name))

    def remove(self, fid: int) -> None:
        """Remove a bookmark."""
        self._edit(tr("Remove bookmark"), lambda project: remove_bookmark(project, fid))

    def go(self, fid: int) -> None:
        """Show the place of a bookmark."""
        snapshot = self._session.snapshot
        known = () if snapshot is None else snapshot.bookmarks
        found = next((item for item in known if item.fid == fid), None)
        if found is not None:
            self._canvas.show_exactly(found.extent)

    def _edit(self, label: str, make: Callable[[Project], Command]) -> None:
        def work(bench: Workbench, _: JobControl) -> None:
            bench.project.execute(make(bench.project))

        self.panel.show_problem("")
        self._session.change(label, work, failed=self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        self._show()  # a name that was written over is the old one again
        self.panel.show_problem(words.problem(error))

    def _show(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self.panel.set_possible(edit=not snapshot.read_only_reason)
        self.panel.set_bookmarks(snapshot.bookmarks)
        for action in self._listed:
            self.menu.removeAction(action)
        self._listed.clear()
        for bookmark in snapshot.bookmarks[:_MOST_LISTED]:
            action = QAction(bookmark.name.replace("&", "&&"), self.menu)
            action.triggered.connect(partial(self._on_chosen, bookmark.fid))
            self.menu.insertAction(self._line, action)
            self._listed.append(action)
        self._line.setVisible(bool(self._listed))

    def _on_chosen(self, fid: int, _checked: bool) -> None:
        self.go(fid)


def _added(name: str, extent: Extent, project: Project) -> Command:
    return add_bookmark(project, name, extent)
