"""The page of the portfolio: other good solutions, what they share, and who may withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QGridLayout, QPushButton, QSizePolicy, QWidget

from resources.translation import mark, tr
from ui import words
from ui.controls import label, link_button
from ui.reserve.scrolled import ScrolledPage
from ui.reserve.trace_plot import percent
from ui.suitability.setup.fields import Choice, Count
from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtCore import QModelIndex

    from ui.reserve.view import RunView, WithdrawalView

_EMPTY = mark(
    "Other solutions, nearly as good, that differ from the best: room to negotiate. "
    "What all of them hold is needed in any case."
)


class PortfolioPage(ScrolledPage):
    """Shows the portfolio of a run, and what changes if a country withdraws."""

    portfolio_wanted = pyqtSignal(int, float, float)
    """A portfolio is to be found; carries how many, how much worse, how different."""
    solution_chosen = pyqtSignal(str)
    land_wanted = pyqtSignal(str)
    """``frequency`` or ``no_regret`` is to be seen on the map."""
    withdrawal_wanted = pyqtSignal(str, bool)
    """It is to be found out what changes without a country; carries its ISO code, and whether
    its existing sites go on to count."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("portfolio_page", parent)
        self._names: tuple[str, ...] = ()
        self._withdrawals: tuple[WithdrawalView, ...] = ()
        self._empty = label(tr(_EMPTY), size="small", tone="muted", name="portfolio_empty")
        self.count = Count("portfolio_count", 2, 50)
        self.within = Count("portfolio_within", 1, 100, " %")
        self.distance = Count("portfolio_distance", 1, 100, " %")
        for field, value in ((self.count, 5), (self.within, 5), (self.distance, 20)):
            field.setValue(value)
        self.button = QPushButton(tr("Find others"))
        self.button.setObjectName("find_portfolio")
        self.button.clicked.connect(self._on_find)
        self._problem = label("", size="small", tone="error", name="portfolio_problem")
        self.table = TableView("portfolio_table", tr("Solutions of the portfolio"))
        self.table.clicked.connect(self._on_clicked)
        self.table.activated.connect(self._on_clicked)
        self.frequency_button = link_button(
            "show_frequency", tr("Show how often land is selected")
        )
        self.frequency_button.clicked.connect(lambda: self.land_wanted.emit("frequency"))
        self.no_regret_button = link_button("show_no_regret", tr("Show land without regret"))
        self.no_regret_button.clicked.connect(lambda: self.land_wanted.emit("no_regret"))
        self._told = label("", size="small", name="portfolio_told")
        self._parts: tuple[QWidget, ...] = (
            self.table,
            self._told,
            self.frequency_button,
            self.no_regret_button,
        )
        self._make_withdrawal()
        self._place()
        self.show_problem("")

    def _make_withdrawal(self) -> None:
        self.country = Choice("withdraw_country", {})
        self.country.setAccessibleName(tr("Country that withdraws"))
        self.country.currentIndexChanged.connect(self._show_withdrawal)
        self.withdraw_button = QPushButton(tr("Look without it"))
        self.withdraw_button.setObjectName("try_withdrawal")
        self.withdraw_button.clicked.connect(self._on_withdraw)
        self.keeps = QCheckBox(tr("Its existing sites still count"))
        self.keeps.setObjectName("withdraw_keeps_existing")
        self.keeps.setChecked(True)
        self._withdrawn = label("", size="small", name="withdrawal_told")
        self.changes = TableView("withdrawal_table", tr("What each country gives without it"))
        self.withdrawn_button = link_button("show_withdrawn", tr("Show this solution"))
        self.withdrawn_button.clicked.connect(self._on_show_withdrawn)
        self._withdrawal_problem = label(
            "", size="small", tone="error", name="withdrawal_problem"
        )

    def _place(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(GRID // 2)
        fields = (
            (tr("Solutions"), self.count),
            (tr("Worse by up to"), self.within),
            (tr("Differ by"), self.distance),
        )
        for at, (title, field) in enumerate(fields):
            grid.addWidget(label(title, size="small", tone="muted"), 0, at)
            grid.addWidget(field, 1, at)
            grid.setColumnStretch(at, 1)
            field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            field.setAccessibleName(title)
        self.column.addWidget(self._empty)
        self.column.addLayout(grid)
        for widget in (self.button, self._problem, *self._parts[:2]):
            self.column.addWidget(widget)
        for link in self._parts[2:]:
            self.column.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addSpacing(GRID)
        self.column.addWidget(label(tr("If a country withdraws")))
        self.column.addWidget(self.country)
        self.column.addWidget(self.keeps)
        self.column.addWidget(self.withdraw_button)
        for widget in (self._withdrawal_problem, self._withdrawn, self.changes):
            self.column.addWidget(widget)
        self.column.addWidget(self.withdrawn_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    def show_run(self, view: RunView, *, possible: bool) -> None:
        """Show the portfolio of another run."""
        found = view.portfolio
        self._withdrawals = view.withdrawals
        self._empty.setVisible(found is None)
        for widget in self._parts:
            widget.setVisible(found is not None)
        self.button.setText(tr("Find others") if found is None else tr("Find others anew"))
        chosen = self.country.value
        self.country.blockSignals(True)
        self.country.clear()
        for iso3 in view.countries:
            self.country.addItem(words.country(iso3), iso3)
        self.country.choose(chosen)
        self.country.blockSignals(False)
        self._show_withdrawal()
        self.set_possible(possible=possible)
        if found is None:
            self._names = ()
            return
        self.count.setValue(max(len(found.solutions), self.count.minimum()))
        self.within.setValue(round(100 * found.within))
        self.distance.setValue(round(100 * found.distance))
        self._names = found.solutions
        rows = zip(found.solutions, found.differs, found.excess, strict=True)
        self.table.show_rows(
            (tr("Solution"), tr("Cost"), tr("Worse by"), tr("Differs")),
            [
                (
                    str(number),
                    "–" if (item := view.solution(name)) is None else words.number(item.cost),
                    "–" if excess is None else percent(excess),
                    "–" if number == 1 else percent(differs),
                )
                for number, (name, differs, excess) in enumerate(rows, 1)
            ],
            numbers=(1, 2, 3),
        )
        self.table.fit_columns(0)
        self.table.fit_height(8)
        self._told.setText(found.told)
        self.no_regret_button.setVisible(bool(found.no_regret.any()))

    def set_possible(self, *, possible: bool) -> None:
        """Offer to compute, or not."""
        self.button.setEnabled(possible)
        self.withdraw_button.setEnabled(possible and bool(self.country.value))

    def mark(self, solution: str) -> None:
        """Show which solution is on the map."""
        self.table.clearSelection()
        model = self.table.model()
        if solution in self._names and model is not None:
            self.table.setCurrentIndex(model.index(self._names.index(solution), 0))

    def show_problem(self, text: str) -> None:
        """Say why there is no portfolio; nothing where all is well."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        if not text:
            self.show_withdrawal_problem("")

    def show_withdrawal_problem(self, text: str) -> None:
        """Say why a withdrawal cannot be looked at; nothing where all is well."""
        self._withdrawal_problem.setText(text)
        self._withdrawal_problem.setVisible(bool(text))

    @property
    def _shown_withdrawal(self) -> WithdrawalView | None:
        iso3 = self.country.value
        return next((item for item in self._withdrawals if item.iso3 == iso3), None)

    def _show_withdrawal(self) -> None:
        found = self._shown_withdrawal
        self._withdrawn.setText("" if found is None else "\n".join(found.told))
        self._withdrawn.setVisible(found is not None)
        self.changes.setVisible(found is not None and bool(found.rows))
        if found is not None:
            self.keeps.setChecked(found.keeps_existing)
            self.changes.show_rows(
                (tr("Country"), tr("New km²"), tr("without"), tr("Cost")),
                found.rows,
                numbers=(1, 2, 3),
            )
            self.changes.fit_columns(0)
            self.changes.fit_height()
        self.withdrawn_button.setVisible(found is not None and bool(found.solution))

    def _on_find(self) -> None:
        self.portfolio_wanted.emit(
            self.count.value(), self.within.value() / 100, self.distance.value() / 100
        )

    def _on_clicked(self, index: QModelIndex) -> None:
        if 0 <= index.row() < len(self._names):
            self.solution_chosen.emit(self._names[index.row()])

    def _on_withdraw(self) -> None:
        if self.country.value:
            self.withdrawal_wanted.emit(self.country.value, self.keeps.isChecked())

    def _on_show_withdrawn(self) -> None:
        found = self._shown_withdrawal
        if found is not None and found.solution:
            self.solution_chosen.emit(found.solution)
