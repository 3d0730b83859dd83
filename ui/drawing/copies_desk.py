"""Copies of proposals: the clipboard, duplicates, and taking one away."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from typing_extensions import override

from planner.drawing.clipboard import copy_text
from planner.drawing.errors import TooManyVerticesError, UnsoundError
from planner.drawing.pasting import LONG_TEXT, sound_paste, sound_paste_apart
from resources.translation import tr, tr_n
from ui import words
from ui.drawing.question import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from PyQt6.QtWidgets import QWidget

    from planner.drawing.proposals import Drawn
    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.drawing.desk import DrawingDesk
    from ui.drawing.panel import DrawingPanel
    from ui.drawing.proposal_desk import ProposalDesk
    from ui.main_window import MainWindow
    from ui.map.canvas import MapCanvas
    from ui.project_work import Workbench
    from ui.session import Session

_TEXTS = ("text/plain;charset=utf-8", "text/plain")
"""Formats of a clipboard that are read, the first that it has."""


class CopiesDesk(QObject):
    """Copies, pastes, duplicates and removes the selected proposals.

    Parameters
    ----------
    desk : DrawingDesk
        Has the edits and the bar.
    proposal : ProposalDesk
        Knows which proposals are selected.
    session : Session
        The open project.
    window : MainWindow
        Holds the commands.
    canvas : MapCanvas
        Where the keys of the clipboard work.
    panel : DrawingPanel
        Has buttons for them.
    """

    def __init__(
        self,
        desk: DrawingDesk,
        proposal: ProposalDesk,
        session: Session,
        window: MainWindow,
        canvas: MapCanvas,
        panel: DrawingPanel,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._proposal = proposal
        self._session = session
        self._canvas = canvas
        add = partial(window.deeds.add, group=tr("Draw"))
        self._copy = add("proposal.copy", tr("Copy the proposal"), self.copy)
        self._paste = add("proposal.paste", tr("Paste proposals"), self.paste)
        self._duplicate = add(
            "proposal.duplicate", tr("Duplicate the proposal"), self.duplicate, keys=("Ctrl+D",)
        )
        self._remove = add("proposal.remove", tr("Remove the proposal"), self.remove)
        panel.add_edit(self._duplicate, "copy")
        panel.add_edit(self._remove, "remove")
        self.listen_on(canvas)

    def listen_on(self, widget: QWidget) -> None:
        """Let the keys of the clipboard, and Delete, work in a widget.

        Elsewhere they mean something else: in a table they copy its rows.
        """
        widget.installEventFilter(self)

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if not isinstance(a1, QKeyEvent) or a1.type() == QEvent.Type.KeyRelease:
            return False
        if a0 is self._canvas and self._canvas.tool is not None:
            return False  # the tool in the hand has these keys
        keys = QKeySequence.StandardKey
        for key, action in (
            (keys.Copy, self._copy),
            (keys.Paste, self._paste),
            (keys.Delete, self._remove),
        ):
            if a1.matches(key) and action.isEnabled():
                a1.accept()
                if a1.type() == QEvent.Type.KeyPress:
                    action.trigger()
                return True
        return False

    def show_possible(self) -> None:
        """Let be done what can be done with the selection."""
        writable, some = self._desk.writable, bool(self._proposal.keys)
        self._copy.setEnabled(some)
        self._paste.setEnabled(writable)
        for action in (self._duplicate, self._remove):
            action.setEnabled(writable and some)

    def duplicate(self) -> None:
        """Make a copy of each selected proposal."""
        self._desk.edits.duplicate(self._proposal.keys, self._proposal.tell_problem)

    def remove(self) -> None:
        """Remove the selected proposals; undo brings them back."""
        self._desk.edits.remove(self._proposal.keys, self._proposal.tell_problem)

    def copy(self) -> None:
        """Put the selected proposals into the clipboard, as text."""
        snapshot, keys = self._session.snapshot, self._proposal.keys
        if snapshot is None or not keys:
            return
        scenario = snapshot.scenario

        def read(bench: Workbench, _: JobControl) -> str:
            return copy_text(bench.project, scenario, keys)

        def done(text: str) -> None:
            clipboard = QGuiApplication.clipboard()
            if clipboard is not None:
                clipboard.setText(text)
            self._desk.said.emit(
                tr_n(
                    "The proposal is in the clipboard.",
                    "{count} proposals are in the clipboard.",
                    len(keys),
                )
            )

        self._session.ask(tr("Copy the proposal"), read, done, self._proposal.tell_problem)

    def paste(self) -> None:
        """Store what the clipboard holds; what is wrong with it is asked about."""
        clipboard = QGuiApplication.clipboard()
        held = None if clipboard is None else clipboard.mimeData()
        if held is not None:
            # The bytes alone, as turning many megabytes to text would hold the window.
            kind = next((kind for kind in _TEXTS if held.hasFormat(kind)), _TEXTS[-1])
            self._paste_text(held.data(kind).data(), simplify=False, mend=False)

    def _paste_text(self, data: bytes, *, simplify: bool, mend: bool) -> None:
        """Store a text.

        Parameters
        ----------
        data : bytes
            In UTF-8.
        simplify : bool
            Whether shapes with too many vertices are simplified; otherwise that is offered.
        mend : bool
            Whether shapes that cross themselves are repaired; otherwise that is offered.
        """
        snapshot = self._session.snapshot
        if snapshot is None or not self._desk.writable:
            return
        path, crs, background = snapshot.path, snapshot.crs, self._desk.live.background

        def failed(error: PlannerError) -> None:
            if isinstance(error, TooManyVerticesError):
                again = partial(self._paste_text, data, simplify=True, mend=mend)
                self._offer(words.problem(error), tr("Simplify and paste"), again)
            elif isinstance(error, UnsoundError):
                again = partial(self._paste_text, data, simplify=simplify, mend=True)
                self._offer(words.problem(error), tr("Repair and paste"), again)
            else:
                self._desk.tell_problem(words.problem(error))

        if len(data) <= LONG_TEXT:
            read = partial(sound_paste, data, crs, simplify=simplify, mend=mend)
            self._desk.edits.paste(read, failed)
            return

        def read_apart(control: JobControl) -> tuple[Drawn, ...]:
            found: tuple[Drawn, ...] = background.apart.run(
                sound_paste_apart, data, crs, simplify, mend, control=control
            )
            return found

        def done(found: tuple[Drawn, ...]) -> None:
            now = self._session.snapshot
            if now is not None and now.path == path:
                self._desk.edits.paste(lambda: found, failed)

        def cancelled() -> None:
            self._desk.said.emit(tr("Nothing was pasted."))

        self._desk.said.emit(tr("Reading what is to be pasted…"))
        background.submit(
            "reading", tr("Read what is to be pasted"), read_apart, done, failed, cancelled
        )

    def _offer(self, problem: str, remedy: str, again: Callable[[], None]) -> None:
        self._desk.questions.ask(
            Question(
                tr("What is in the clipboard cannot be pasted as it is."),
                problem,
                remedy,
                tr("Do not paste"),
                again,
                lambda: None,
            )
        )
