"""The panel beside the map: what can be drawn, what it gains, and the form of a proposal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui.controls import empty_state, heading, icon_button, label
from ui.drawing.fields import still_wheel
from ui.drawing.form import ProposalFormView
from ui.drawing.measures_view import MeasuresView
from ui.drawing.tool_page import ToolPage
from ui.elided import ElidedLabel
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from ui.theme import Theme

_BUTTONS_IN_A_ROW = 7
_LONGEST_GROWTH_KM = 500.0


class DrawingPanel(QFrame):
    """Three pages: tools, gains, and the proposal that is selected.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("drawing_panel")
        self.setProperty("role", "panel")
        self._theme = theme
        self.tools = ToolPage(theme)
        self.measures = MeasuresView()
        self.form = ProposalFormView(theme)
        self._title = ElidedLabel("proposal_title", size="body")
        self._problem = label("", size="small", tone="error", name="proposal_problem")
        self._problem.hide()
        self._edits = QGridLayout()
        self._edits.setSpacing(GRID // 2)
        self._amount = self._make_amount()
        self.grow = _amount_button("proposal_grow", "edit_buffer", tr("Grow by this"), theme)
        self.shrink = _amount_button(
            "proposal_shrink", "edit_shrink", tr("Shrink by this"), theme
        )
        self.simplify = _amount_button(
            "proposal_simplify",
            "edit_simplify",
            tr("Simplify: leave out corners that matter less than this"),
            theme,
        )
        self._nothing, self.select_first = empty_state(
            tr("No proposal is selected"),
            tr(
                "Draw one, or click one on the map or in the list of proposals. Its names, "
                "status, notes and files stand here, with tools that change its shape."
            ),
        )
        self._amounts = QWidget()
        self._several = label(
            tr(
                "They can be copied, duplicated, merged and removed together. Select one of "
                "them alone to fill in its form or to change its shape."
            ),
            size="small",
            tone="muted",
            name="proposal_several",
        )
        self._proposal = QStackedWidget()
        self._tabs = QTabWidget()
        self._tabs.setObjectName("drawing_tabs")
        self._tabs.setDocumentMode(True)
        self._lay_out()

    def _make_amount(self) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setObjectName("proposal_amount")
        box.setAccessibleName(tr("By how much"))
        box.setRange(0.01, _LONGEST_GROWTH_KM)
        box.setDecimals(2)
        box.setSingleStep(0.5)
        box.setValue(1.0)
        box.setSuffix(" km")
        box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        still_wheel(box)
        return box

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, GRID, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._title)
        column.addWidget(self._problem)
        edits = QWidget()
        edits.setLayout(self._edits)
        self._edits.setContentsMargins(0, 0, 0, 0)
        column.addWidget(edits, 0, Qt.AlignmentFlag.AlignLeft)
        amounts = QHBoxLayout(self._amounts)
        amounts.setContentsMargins(0, 0, 2 * GRID, 0)  # as far as the fields of the form
        amounts.setSpacing(GRID // 2)
        amounts.addWidget(self._amount, 1)
        for button in (self.grow, self.shrink, self.simplify):
            amounts.addWidget(button)
        column.addWidget(self._amounts)
        column.addWidget(self._several)
        column.addWidget(self.form, 1)
        column.addStretch(0)
        self._proposal.addWidget(_at_top(self._nothing))
        self._proposal.addWidget(page)
        self._tabs.addTab(self.tools, tr("Draw"))
        self._tabs.addTab(self.measures, tr("Gains"))
        self._tabs.addTab(self._proposal, tr("Proposal"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Draw proposals")))
        layout.addWidget(self._tabs, 1)

    @property
    def amount_m(self) -> float:
        """By how much a shape is grown, shrunk or simplified."""
        return 1000 * self._amount.value()

    @property
    def page(self) -> str:
        """Which page is shown: ``tools``, ``measures`` or ``proposal``."""
        return ("tools", "measures", "proposal")[self._tabs.currentIndex()]

    def show_tools(self) -> None:
        """Show what can be drawn."""
        self._tabs.setCurrentIndex(0)

    def show_measures(self) -> None:
        """Show what the drawing gains."""
        self._tabs.setCurrentIndex(1)

    def show_proposal(self) -> None:
        """Show the form."""
        self._tabs.setCurrentIndex(2)

    def add_edit(self, action: QAction, icon_name: str) -> None:
        """Add a button that changes the shape of the selected proposal."""
        button = QToolButton()
        button.setObjectName(f"edit_{action.objectName()}")
        button.setProperty("role", "map")
        button.setProperty("icon_name", icon_name)
        button.setIcon(icon(icon_name, self._theme.colour["text"]))
        button.setFixedSize(4 * GRID, 4 * GRID)
        button.setCheckable(True)
        button.clicked.connect(action.trigger)

        def show() -> None:
            button.setToolTip(action.text())
            button.setAccessibleName(action.text())
            button.setEnabled(action.isEnabled())
            button.setChecked(action.isChecked())

        action.changed.connect(show)
        show()
        number = self._edits.count()
        self._edits.addWidget(button, number // _BUTTONS_IN_A_ROW, number % _BUTTONS_IN_A_ROW)

    def set_proposal(self, title: str, *, alone: bool = True) -> None:
        """Say which proposal is selected; empty for none.

        Parameters
        ----------
        title : str
            Its name, or how many are selected.
        alone : bool
            Whether it is one, which has a form, and a shape that can be changed.
        """
        self._title.say(title)
        self._proposal.setCurrentIndex(1 if title else 0)
        for part in (self.form, self._amounts):
            part.setVisible(alone)
        self._several.setVisible(bool(title) and not alone)

    def show_problem(self, problem: str) -> None:
        """Say what could not be done with the proposal; an empty text takes that away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    def set_editable(self, *, editable: bool) -> None:
        """Let shapes be changed, or not."""
        for widget in (self._amount, self.grow, self.shrink, self.simplify):
            widget.setEnabled(editable)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self.form.attachments.set_theme(theme)


def _amount_button(name: str, icon_name: str, text: str, theme: Theme) -> QToolButton:
    button = icon_button(name, icon_name, text, theme, role="map")
    button.setFixedSize(4 * GRID, 4 * GRID)
    return button


def _at_top(widget: QWidget) -> QWidget:
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 2 * GRID, 0, 0)
    layout.addWidget(widget)
    layout.addStretch(1)
    return page
