"""The form of a run: sections that fold, and the button that looks for proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from resources.translation import tr
from ui.controls import heading, label, link_button
from ui.reserve.scrolled import ScrolledPage
from ui.reserve.setup.problems import FormError, request_of_form
from ui.reserve.setup.sections import CostSection, GoalSection, SearchSection, UnitsSection
from ui.reserve.setup.shares import SharesSection
from ui.reserve.setup.targets_section import TargetsSection
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.reserve.request import ReserveRequest
    from ui.reserve.draft import Draft
    from ui.suitability.setup.fields import Section


class SetupPage(QWidget):
    """Shows what a run is asked for changing; what is not shown of it stays as it is."""

    back_requested = pyqtSignal()
    find_requested = pyqtSignal()
    edited = pyqtSignal()
    """Something was changed by the user."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reserve_setup")
        self._draft: Draft | None = None
        self.targets = TargetsSection()
        self.units = UnitsSection()
        self.cost = CostSection()
        self.goal = GoalSection()
        self.shares = SharesSection()
        self.search = SearchSection()
        self.sections: Mapping[str, Section] = {
            "features": self.targets,
            "units": self.units,
            "locks": self.units,
            "cost": self.cost,
            "goal": self.goal,
            "shares": self.shares,
            "search": self.search,
        }
        self.back_button = link_button("reserve_back", tr("Back to the proposals"))
        self.back_button.clicked.connect(self.back_requested)
        self.name = QLineEdit()
        self.name.setObjectName("run_title")
        self.name.setPlaceholderText(tr("Name of the search"))
        self.name.setAccessibleName(tr("Name of the search"))
        self._waiting = label(tr("Reading the project…"), tone="muted", name="reserve_waiting")
        self._problem = label("", size="small", tone="error", name="reserve_problem")
        self._problem.hide()
        self.find_button = QPushButton(tr("Find proposals"))
        self.find_button.setObjectName("find_with_setup")
        self.find_button.setProperty("role", "primary")
        self.find_button.clicked.connect(self.find_requested)
        self._scroll = self._make_scroll()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.back_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(heading(tr("What is looked for")))
        layout.addWidget(self._waiting)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._problem)
        layout.addWidget(self.find_button)
        for section in self._each():
            section.changed.connect(self._on_changed)
        self._show_ready()

    def _each(self) -> tuple[Section, ...]:
        return tuple(dict.fromkeys(self.sections.values()))

    def _make_scroll(self) -> ScrolledPage:
        area = ScrolledPage("reserve_scroll")
        for widget in (self.name, *self._each()):
            area.column.addWidget(widget)
        area.column.addStretch(1)
        return area

    @property
    def is_loaded(self) -> bool:
        """Whether there is anything to change."""
        return self._draft is not None

    def load(self, draft: Draft | None) -> None:
        """Show what a run is asked, or that it is being read."""
        self._draft = draft
        self.show_problems({})
        if draft is not None:
            request = draft.request
            self.name.setText(request.title)
            self.name.setCursorPosition(0)
            self.targets.load(request, draft.offered, draft.countries)
            self.targets.unfold()
            self.units.load(request)
            self.cost.load(request, draft.countries)
            self.goal.load(request)
            self.shares.load(request, draft.countries)
            self.search.load(request)
        self._show_ready()

    def request(self) -> ReserveRequest:
        """Return what the form asks.

        Raises
        ------
        FormError
            Something in it cannot be meant so; says which parts.
        """
        if self._draft is None:
            raise FormError({"": tr("The project is still being read. Wait a moment.")})
        if missing := self.targets.problem():
            raise FormError({"features": missing})
        before = self._draft.request
        return request_of_form(
            {
                "title": self.name.text().strip(),
                "features": self.targets.content(),
                **self.units.content(before),
                "cost": self.cost.content(),
                "goal": self.goal.content(before),
                "shares": self.shares.content(),
                "search": self.search.content(before),
            }
        )

    def show_problems(self, by_part: Mapping[str, str]) -> None:
        """Say what is wrong, each sentence beside the part it is about; nothing for none."""
        for section in self._each():
            section.show_problem("")
        for part, text in by_part.items():
            if part in self.sections:
                self.sections[part].show_problem(text)
        first = next((self.sections[part] for part in by_part if part in self.sections), None)
        if first is not None:
            self._scroll.ensureWidgetVisible(first)
        self._problem.setText(by_part.get("", ""))
        self._problem.setVisible(bool(by_part.get("")))

    def _show_ready(self) -> None:
        ready = self._draft is not None
        self._waiting.setVisible(not ready)
        self._scroll.setVisible(ready)

    def _on_changed(self) -> None:
        """Look at once whether what is written can be meant so."""
        try:
            self.request()
        except FormError as error:
            self.show_problems(error.by_part)
        else:
            self.show_problems({})
        self.edited.emit()
