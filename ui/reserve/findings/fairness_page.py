"""The page of the price of fairness: the curve, and the button that computes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from resources.translation import mark, tr, tr_c
from ui import words
from ui.controls import label
from ui.reserve.fairness_plot import FairnessPlot
from ui.reserve.scrolled import ScrolledPage
from ui.reserve.trace_plot import percent
from ui.suitability.setup.fields import Count
from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtCore import QModelIndex

    from ui.reserve.view import RunView
    from ui.theme import Theme

_PLOT_PX = 30 * GRID
_EMPTY = mark(
    "How much dearer it gets when the countries give more evenly. Each point of the "
    "curve is a solution that can be opened."
)


class FairnessPage(ScrolledPage):
    """Shows the curve of a run; a point opens its solution."""

    curve_wanted = pyqtSignal(int)
    """The curve is to be computed; carries the number of points."""
    solution_chosen = pyqtSignal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fairness_page", parent)
        self._points: tuple[str, ...] = ()
        self._empty = label(tr(_EMPTY), size="small", tone="muted", name="fairness_empty")
        self.count = Count("fairness_points", 2, 30, tr_c("after a number", " points"))
        self.count.setValue(5)
        self.count.setAccessibleName(tr("Points of the curve"))
        self.button = QPushButton(tr("Compute the curve"))
        self.button.setObjectName("compute_fairness")
        self.button.clicked.connect(lambda: self.curve_wanted.emit(self.count.value()))
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.count)
        row.addWidget(self.button, 1)
        self._problem = label("", size="small", tone="error", name="fairness_problem")
        self.plot = FairnessPlot(theme)
        self.plot.setFixedHeight(_PLOT_PX)
        self.plot.solution_chosen.connect(self.solution_chosen)
        self._told = label("", size="small", name="fairness_told")
        self.plot.told.connect(self._on_told)
        self.table = TableView("fairness_table", tr("Points of the curve"))
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(self._on_clicked)
        self._about = label("", size="small", tone="muted", name="fairness_about")
        self._parts: tuple[QWidget, ...] = (self.plot, self._told, self.table, self._about)
        self.column.addWidget(self._empty)
        self.column.addLayout(row)
        for widget in (self._problem, *self._parts):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.show_problem("")

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.plot.set_theme(theme)

    def show_run(self, view: RunView, *, possible: bool) -> None:
        """Show the curve of another run."""
        dots = view.fairness
        self._empty.setVisible(not dots)
        for widget in self._parts:
            widget.setVisible(bool(dots))
        self.button.setText(tr("Compute it anew") if dots else tr("Compute the curve"))
        self.set_possible(possible=possible)
        self.plot.show_dots(dots, view.fairness_value)
        self._points = tuple(dot.solution for dot in self.plot.dots)
        self.table.show_rows(
            (tr("Evenness"), tr("Value"), tr("Price"), tr("Gap")),
            [
                (
                    f"{dot.evenness:.2f}",
                    words.number(dot.cost),
                    percent(dot.price),
                    percent((dot.cost - dot.bound) / dot.cost) if dot.cost > 0 else "–",
                )
                for dot in self.plot.dots
            ],
            numbers=(0, 1, 2, 3),
        )
        self.table.fit_columns(0)
        self.table.fit_height()
        self._about.setText(view.fairness_told)

    def set_possible(self, *, possible: bool) -> None:
        """Offer to compute, or not."""
        self.button.setEnabled(possible)

    def mark(self, solution: str) -> None:
        """Show which solution is on the map."""
        self.plot.mark(solution)
        self.table.clearSelection()
        model = self.table.model()
        if solution in self._points and model is not None:
            self.table.setCurrentIndex(model.index(self._points.index(solution), 0))

    def show_problem(self, text: str) -> None:
        """Say why there is no curve; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    def _on_told(self, text: str) -> None:
        self._told.setText(text or tr("Click a point to see its solution on the map."))

    def _on_clicked(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._points):
            self.solution_chosen.emit(self._points[index.row()])
