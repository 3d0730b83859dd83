"""The page of a run's proposals: why each is made, and what else would reach the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from resources.translation import mark, tr
from ui.controls import label, link_button
from ui.features.list import FeatureList
from ui.features.row import FeatureRow
from ui.inspector.record import Record
from ui.reserve.scrolled import ScrolledPage
from ui.suitability.setup.fields import Choice
from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from ui.reserve.view import ProposalView
    from ui.theme import Theme

_NONE = mark(
    "This solution has no proposal: no land of it, with existing sites, hangs together "
    "on both sides of a border."
)
_UNKNOWN = mark(
    "What this solution proposes was not looked for yet: land that hangs together over "
    "a border, with the sites it joins and the reasons for each part."
)
_LIST_ROWS = 3
_ROW_PX = 52


class ProposalsPage(QWidget):
    """Lists the proposals of a run; tells of the one that is chosen."""

    proposal_chosen = pyqtSignal(str)
    """A proposal is to be seen on the map; carries its key."""
    sending_wanted = pyqtSignal(str, str)
    """The proposals are to go into a scenario; carries its id, or nothing and a new name."""
    proposals_wanted = pyqtSignal()
    """What the solution that is shown proposes is to be looked for."""
    enlarged_wanted = pyqtSignal()
    """The land by which sites would grow instead is to be seen on the map."""
    comparison_wanted = pyqtSignal()
    """The alternative is to be computed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_proposals_page")
        self._proposals: tuple[ProposalView, ...] = ()
        self._sendable = False
        self._empty = label("", size="small", tone="muted", name="run_proposals_empty")
        self.find_button = QPushButton(tr("Look for its proposals"))
        self.find_button.setObjectName("find_run_proposals")
        self.find_button.clicked.connect(self.proposals_wanted)
        self.list = FeatureList("proposals", tr("Proposals of the search"), theme)
        self.list.setObjectName("run_proposals_list")
        self.list.setMinimumHeight(_ROW_PX)
        self.list.feature_chosen.connect(self._on_chosen)
        self._make_detail()
        self._make_sending()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, GRID, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self._empty)
        layout.addWidget(self.find_button)
        layout.addWidget(self.list)
        layout.addWidget(self.detail, 1)
        layout.addWidget(self.scenario)
        layout.addWidget(self.name)
        layout.addWidget(self.send_button)
        layout.addWidget(self._send_problem)
        self.show_proposals(())

    def _make_detail(self) -> None:
        self.detail = ScrolledPage("proposal_detail")
        self._facts = label("", size="small", name="proposal_facts")
        self._reasons_title = label(tr("Why"), name="reasons_title")
        self._reasons = label("", size="small", name="proposal_reasons")
        self._compared_title = label(tr("Instead of enlarging alone"), name="compared_title")
        self.compared = TableView("compared_table", tr("The proposal and its alternative"))
        self._verdict = label("", size="small", name="alternative_verdict")
        self.compare_button = QPushButton(tr("Compare with enlarging alone"))
        self.compare_button.setObjectName("compute_alternative")
        self.compare_button.setToolTip(
            tr("What it takes to reach the same by enlarging existing sites only")
        )
        self.compare_button.clicked.connect(self.comparison_wanted)
        self.enlarged_button = link_button("show_enlarged", tr("Show the enlarged sites"))
        self.enlarged_button.clicked.connect(self.enlarged_wanted)
        self._problem = label("", size="small", tone="error", name="alternative_problem")
        self._problem.hide()
        for widget in (
            self._facts,
            self._compared_title,
            self.compared,
            self._verdict,
            self.enlarged_button,
            self.compare_button,
            self._problem,
            self._reasons_title,
            self._reasons,
        ):
            self.detail.column.addWidget(widget)
        self.detail.column.addStretch(1)

    def _make_sending(self) -> None:
        self.scenario = Choice("sending_scenario", {"": tr("A new scenario")})
        self.scenario.setAccessibleName(tr("Scenario they go to"))
        self.scenario.currentIndexChanged.connect(self._show_sending)
        self.name = QLineEdit()
        self.name.setObjectName("sending_name")
        self.name.setPlaceholderText(tr("Name of the new scenario"))
        self.name.setAccessibleName(tr("Name of the new scenario"))
        self.name.textChanged.connect(self._show_sending)
        self.send_button = QPushButton(tr("Send to scenario"))
        self.send_button.setObjectName("send_to_scenario")
        self.send_button.setProperty("role", "primary")
        self.send_button.setToolTip(
            tr("Make them draft proposals of the scenario; one step of undo")
        )
        self.send_button.clicked.connect(
            lambda: self.sending_wanted.emit(self.scenario.value, self.name.text().strip())
        )
        self._send_problem = label("", size="small", tone="error", name="sending_problem")
        self._send_problem.hide()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.list.set_theme(theme)

    @property
    def chosen(self) -> ProposalView | None:
        """The proposal that is shown."""
        key = self.list.chosen
        return next((item for item in self._proposals if item.key == key), None)

    @property
    def enlarged(self) -> BaseGeometry | None:
        """The land by which sites would grow instead; None where that is not known."""
        sides = () if self.chosen is None else self.chosen.sides
        return next((side.geometry for side in sides if side.geometry is not None), None)

    def show_proposals(self, proposals: Sequence[ProposalView] | None) -> None:
        """Show what another solution proposes; None where that was not looked for yet."""
        chosen = self.list.chosen
        self._proposals = tuple(proposals or ())
        rows = [_list_row(item) for item in self._proposals]
        self.list.set_rows(rows)
        self.list.choose(chosen or (rows[0].key if rows else ""))
        row_px = max(self.list.sizeHintForRow(0), 1)
        self.list.setMaximumHeight(max(1, min(len(rows), _LIST_ROWS)) * row_px + 4)
        self._empty.setText(tr(_UNKNOWN if proposals is None else _NONE))
        self._empty.setVisible(not rows)
        self.find_button.setVisible(proposals is None)
        for widget in (self.list, self.detail, self.scenario, self.send_button):
            widget.setVisible(bool(rows))
        self._show_sending()
        self._show_detail()

    def set_possible(self, *, possible: bool, sendable: bool) -> None:
        """Offer to compute and to send, or not."""
        self.find_button.setEnabled(possible)
        self.compare_button.setEnabled(possible)
        self._sendable = sendable
        self.scenario.setEnabled(sendable)
        self.name.setEnabled(sendable)
        self._show_sending()

    def show_scenarios(self, scenarios: Sequence[tuple[str, str]], shown: str) -> None:
        """Offer the scenarios of a project, the one that is shown first; and a new one.

        Parameters
        ----------
        scenarios : sequence of (str, str)
            Identifier and name.
        shown : str
            The one that is shown; chosen, where none was chosen by the user.
        """
        offered = [*scenarios, ("", tr("A new scenario"))]
        if [self.scenario.itemData(at) for at in range(self.scenario.count())] == [
            key for key, _ in offered
        ]:
            return
        chosen = self.scenario.value
        self.scenario.blockSignals(True)
        self.scenario.clear()
        for key, name in offered:
            self.scenario.addItem(name, key)
        self.scenario.choose(chosen or shown)
        self.scenario.blockSignals(False)
        self._show_sending()

    def _show_sending(self) -> None:
        """Ask for a name where the scenario is a new one."""
        new = not self.scenario.value
        self.name.setVisible(new and self.scenario.isVisibleTo(self))
        named = bool(self.name.text().strip())
        self.send_button.setEnabled(self._sendable and (named or not new))

    def show_problem(self, text: str) -> None:
        """Say why there is no comparison; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def show_sending_problem(self, text: str) -> None:
        """Say why the proposals were not sent; nothing where all is well."""
        self._send_problem.setText(text)
        self._send_problem.setVisible(bool(text))

    def _show_detail(self) -> None:
        item = self.chosen
        for widget in (self._facts, self._reasons_title, self._reasons):
            widget.setVisible(item is not None)
        sides = () if item is None else item.sides
        for compared in (self._compared_title, self.compared, self._verdict):
            compared.setVisible(bool(sides))
        self.compare_button.setVisible(item is not None and not sides)
        self.enlarged_button.setVisible(self.enlarged is not None)
        if item is None:
            return
        self._facts.setText("\n".join(f"{name}: {value}" for name, value in item.facts))
        self._reasons.setText("\n".join(f"– {reason}" for reason in item.reasons))
        self._reasons_title.setVisible(bool(item.reasons))
        if sides:
            names = list(dict.fromkeys(name for side in sides for name, _ in side.rows))
            self.compared.show_rows(
                ("", *(side.title for side in sides)),
                [(name, *(dict(side.rows).get(name, "–") for side in sides)) for name in names],
                numbers=tuple(range(1, len(sides) + 1)),
            )
            self.compared.fit_columns(0)
            self.compared.fit_height()
            self._verdict.setText(item.verdict)

    def _on_chosen(self, key: str) -> None:
        self._show_detail()
        self.proposal_chosen.emit(key)


def _list_row(item: ProposalView) -> FeatureRow:
    record = Record(tr("Proposal"), item.title)
    return FeatureRow("proposal", item.key, item.title, item.detail, item.geometry, record)
