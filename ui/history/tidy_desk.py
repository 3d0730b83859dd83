"""Makes the project smaller when it is asked for, and tells before what that gives up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from planner.tidying import days_ago, survey, tidy_up
from resources.translation import tr
from ui import words
from ui.history.tidy_dialog import TidyDialog, megabytes

if TYPE_CHECKING:
    from planner.jobs import JobControl
    from planner.tidying import Tidying
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.main_window import MainWindow
    from ui.project_work import Workbench
    from ui.session import Session


class TidyDesk(QObject):
    """Offers to tidy up the project.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Knows whether a model runs.
    window : MainWindow
        Has the menu, and is in front of which the dialog stands.
    """

    said = pyqtSignal(str)

    def __init__(self, session: Session, background: Background, window: MainWindow) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._window = window
        window.deeds.add("project.tidy", tr("Tidy up project…"), self.ask, group=tr("Project"))

    def ask(self) -> None:
        """Tell what could be freed, and let the user decide."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        refusal = words.stored(snapshot.read_only_reason) or self._refusal()
        if refusal:
            self.said.emit(refusal)
            return
        dialog = TidyDialog(snapshot.path, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.survey_wanted.connect(lambda days: self._survey(dialog, days))
        dialog.tidy_wanted.connect(self.tidy_up)
        self._session.leaving.connect(dialog.reject)
        dialog.open()
        dialog.ask()

    def _survey(self, dialog: TidyDialog, days: int) -> None:
        def work(bench: Workbench, _: JobControl) -> Tidying:
            return survey(bench.project, days_ago(days))

        def done(found: Tidying) -> None:
            if self._is_open(dialog):
                dialog.show_found(days, found)

        def failed(error: PlannerError) -> None:
            if self._is_open(dialog):
                dialog.show_problem(words.problem(error))

        self._session.ask(tr("See what would be freed"), work, done, failed)

    def _is_open(self, dialog: TidyDialog) -> bool:
        return dialog in self._window.findChildren(TidyDialog)

    def tidy_up(self, wanted: Tidying) -> None:
        """Give up the way back, as was shown, and free what only that needed."""
        refusal = self._refusal()
        if refusal:
            self.said.emit(refusal)
            return

        def work(bench: Workbench, control: JobControl) -> str:
            return megabytes(tidy_up(bench.project, wanted.before, control).freed_bytes)

        self._session.change(
            tr("Tidy up the project"), work, told=tr("The project is tidied up: {} were freed.")
        )

    def _refusal(self) -> str:
        """Return why it cannot be done now; empty where it can."""
        if self._background.is_busy("models", "files"):
            return tr(
                "The project can be tidied up when nothing runs on it. Wait until what runs "
                "has ended, or cancel it."
            )
        return ""
