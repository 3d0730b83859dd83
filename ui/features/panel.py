"""A panel that lists features of a scenario, such as its proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from resources.translation import mark, tr, tr_n
from ui.controls import empty_state, heading, label
from ui.features.list import FeatureList
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ui.features.row import FeatureRow
    from ui.theme import Theme


@dataclass(frozen=True)
class PanelWords:
    """The words of one such panel.

    Parameters
    ----------
    subject : str
        Object name prefix and icon, such as ``"proposals"``.
    title : str
        Heading; it and what follows are marked texts.
    counted : callable
        Says how many there are.
    empty_title, empty_text : str
        What stands there while nothing is listed.
    """

    subject: str
    title: str
    counted: Callable[[int], str]
    empty_title: str
    empty_text: str


PROPOSAL_WORDS = PanelWords(
    "proposals",
    mark("Proposals"),
    lambda count: tr_n("{count} proposal", "{count} proposals", count),
    mark("No proposals yet"),
    mark(
        "Proposed protected areas and corridors stand here, from draft to agreed, with the "
        "area each country would contribute. Making the plan suggests transboundary ones; "
        "widening a corridor proposes that one."
    ),
)


class FeaturesPanel(QFrame):
    """Lists features and tells which is chosen.

    Attributes
    ----------
    above, below : QVBoxLayout
        Room for controls above the list, and for what follows it; empty at first.
    """

    feature_chosen = pyqtSignal(str)
    plan_requested = pyqtSignal()

    def __init__(
        self, wording: PanelWords, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words = wording
        self.setObjectName(f"{wording.subject}_panel")
        self.setProperty("role", "panel")
        self.list = FeatureList(wording.subject, tr(wording.title), theme)
        self.list.feature_chosen.connect(self.feature_chosen)
        self._count = label("", size="small", tone="muted", name=f"{wording.subject}_count")
        self._empty, self.plan_button = empty_state(
            tr(wording.empty_title), tr(wording.empty_text), tr("Make the plan")
        )
        self.plan_button.setObjectName(f"{wording.subject}_make_plan")
        self.plan_button.clicked.connect(self.plan_requested)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        self.above, self.below = QVBoxLayout(), QVBoxLayout()
        for extra in (self.above, self.below):
            extra.setSpacing(GRID)
        layout.addWidget(heading(tr(wording.title)))
        layout.addLayout(self.above)
        layout.addWidget(self._count)
        layout.addWidget(self._pages, 1)
        layout.addLayout(self.below)
        self.set_rows(())

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.list.set_theme(theme)

    def set_rows(self, rows: Sequence[FeatureRow]) -> None:
        """Show the features of a project; the selection stays where it can."""
        self.list.set_rows(rows)
        self._count.setText(self._words.counted(len(rows)))
        self._count.setVisible(bool(rows))
        self._pages.setCurrentWidget(self.list if rows else self._empty)

    def set_plan_possible(self, possible: bool) -> None:
        """Offer to make the plan, or not, as where the project is open for reading only."""
        self.plan_button.setEnabled(possible)

    @property
    def chosen(self) -> str:
        """The row that is selected, or an empty string."""
        return self.list.chosen

    def choose(self, key: str) -> None:
        """Make a row current without telling."""
        self.list.choose(key)
