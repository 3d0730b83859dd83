"""The page that tells what a solution holds, feature by feature, and how good it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resources.translation import tr, tr_n
from ui import words
from ui.controls import label
from ui.reserve.findings.giving_table import GivingTable
from ui.reserve.findings.told import method_told, numbers_told, quality_told
from ui.reserve.scrolled import ScrolledPage
from ui.reserve.trace_plot import TracePlot, percent
from ui.suitability.setup.fields import Section
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtWidgets import QWidget

    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.stored_solution import FeatureHeld, StoredSolution
    from ui.reserve.trace_plot import Step
    from ui.reserve.view import RunView
    from ui.theme import Theme

_PLOT_PX = 20 * GRID
_MOST_ROWS = 14


class HoldsPage(ScrolledPage):
    """What a solution holds of every feature, and how the search went."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("holds_page", parent)
        self._quality = label("", name="solution_quality")
        self._numbers = label("", size="small", name="solution_numbers")
        self.table = GivingTable(
            "holds_table", tr("What the solution holds of each feature"), gives=(1,)
        )
        self._method = label("", size="small", tone="muted", name="solution_method")
        self._short = label("", size="small", tone="warning", name="solution_short")
        self._notes = label("", size="small", tone="muted", name="solution_notes")
        self.about = Section("solution_about", tr("Units, cost and amounts"))
        self.about.body.addWidget(self._notes)
        self.plot = TracePlot(theme, "run_trace")
        self.plot.setFixedHeight(_PLOT_PX)
        for widget in (self._quality, self._numbers, self._short, self.table, self._method):
            self.column.addWidget(widget)
        self.column.addWidget(self.plot)
        self.column.addWidget(self.about)
        self.column.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.plot.set_theme(theme)

    def show_solution(self, solution: StoredSolution, view: RunView) -> None:
        """Show another solution of a run."""
        self._quality.setText(quality_told(solution, view.request))
        self._numbers.setText(numbers_told(solution, view))
        missed = [item.name for item in solution.features if not item.met]
        self._short.setText(tr("Not held: {missed}.", missed=words.listed(missed)))
        self._short.setVisible(bool(missed))
        self.table.show_rows(
            (tr("Feature"), tr("Target"), tr("Now"), tr("Then")),
            [_row(item, view.features.get(item.name)) for item in solution.features],
            numbers=(1, 2, 3),
        )
        self.table.fit_columns(0)
        self.table.fit_height(_MOST_ROWS)
        self.table.give_way()
        self._method.setText(method_told(solution))
        notes = (*solution.notes, *view.notes)
        self._notes.setText("\n\n".join(words.stored(note) for note in notes))
        self.about.summarise(tr_n("{count} note", "{count} notes", len(notes)))
        self.about.setVisible(bool(notes))

    def show_trace(self, steps: Sequence[Step], value: str) -> None:
        """Show how the search of the run went; `value` is what it made least or greatest."""
        self.plot.setVisible(bool(steps))
        if steps:
            self.plot.show_steps(steps, steps[-1].seconds, value)


def _row(item: FeatureHeld, row: FeatureRow | None) -> tuple[str, str, str, str]:
    """Return a feature with its target, and what of that is held now and by the solution."""
    unit = "" if row is None or not row.unit else f" {row.unit}"
    if not item.target:
        now = "" if row is None else words.number(row.existing)
        return (item.name, "–", now, words.number(item.held))
    now = "" if row is None else percent(row.existing / item.target)
    return (
        item.name,
        f"{words.number(item.target)}{unit}",
        now,
        percent(item.held / item.target),
    )
