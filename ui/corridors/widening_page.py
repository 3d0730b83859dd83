"""The page on which a corridor is widened: how wide, what it takes, and the proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui import words
from ui.controls import label, link_button
from ui.corridors.shares import ShareTable
from ui.corridors.told import check_told, note_told, total_told
from ui.corridors.variants import VariantsTable
from ui.corridors.width_choice import WidthChoice
from ui.elided import ElidedLabel
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.corridors.result import WideningResult, WideningVariant


@dataclass(frozen=True)
class OtherSpecies:
    """A species whose needs may be met as well.

    Parameters
    ----------
    species, name : str
        Its identifier, and what people call it.
    possible : bool
        Whether the project holds what is needed of it.
    """

    species: str
    name: str
    possible: bool


class WideningPage(QScrollArea):
    """Shows what it takes to widen one corridor."""

    width_wanted = pyqtSignal(float)
    """A width is to be tried, in metres."""
    also_changed = pyqtSignal()
    """The needs of other species are to be met; `also` names them."""
    variants_wanted = pyqtSignal()
    variant_chosen = pyqtSignal(int)
    """A variant of less cost is to be seen; carries its place."""
    proposal_wanted = pyqtSignal(str)
    """What is shown is to become a proposal; carries its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("widening_page")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._result: WideningResult | None = None
        self._editable = True
        self._waiting = False
        self.width_choice = WidthChoice()
        self.width_choice.width_changed.connect(self.width_wanted)
        self._others: tuple[OtherSpecies, ...] = ()
        self._boxes: dict[str, QCheckBox] = {}
        self._also = QVBoxLayout()
        self._also.setSpacing(GRID // 2)
        self._needed = label("", size="small", tone="muted", name="widening_needed")
        self._busy = ElidedLabel("widening_busy", tone="muted")
        self._refused = label("", size="small", tone="warning", name="widening_refused")
        self._widest_m = 0.0
        self.widest_button = link_button("widening_widest", "")
        self.widest_button.setToolTip(tr("Try the most width that passes here"))
        self.widest_button.clicked.connect(self._on_widest)
        self._total = label("", name="widening_total")
        self.shares = ShareTable()
        self._check = label("", size="small", name="widening_check")
        self._note = label("", size="small", tone="muted", name="widening_note")
        self.variants_button = QPushButton(tr("Widen for less"))
        self.variants_button.setObjectName("widening_variants_wanted")
        self.variants_button.setToolTip(
            tr("Find widenings that cost less and leave some places narrower than this")
        )
        self.variants_button.clicked.connect(self.variants_wanted)
        self.variants = VariantsTable()
        self.variants.variant_chosen.connect(self.variant_chosen)
        self._make_proposal()
        self._problem = label("", size="small", tone="error", name="widening_problem")
        self._found: tuple[QWidget, ...] = (self._total, self.shares, self._check, self._note)
        self.setWidget(self._make_content())
        self.clear()

    def _make_proposal(self) -> None:
        self.name = QLineEdit()
        self.name.setObjectName("proposal_name")
        self.name.setPlaceholderText(tr("Name of the proposal"))
        self.name.setAccessibleName(tr("Name of the proposal"))
        self.name.textChanged.connect(self._show_possible)
        self.name.returnPressed.connect(self._on_propose)
        self.propose_button = QPushButton(tr("Propose this corridor"))
        self.propose_button.setObjectName("propose_corridor")
        self.propose_button.setProperty("role", "primary")
        self.propose_button.setToolTip(
            tr("Make it a draft proposal of the scenario that is shown")
        )
        self.propose_button.clicked.connect(self._on_propose)

    def _make_content(self) -> QWidget:
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, GRID, GRID // 2, 0)
        column.setSpacing(GRID)
        column.addWidget(self.width_choice)
        column.addWidget(self._needed)
        column.addLayout(self._also)
        for line in (self._busy, self._problem, self._refused):
            column.addWidget(line)
        column.addWidget(self.widest_button, 0, Qt.AlignmentFlag.AlignLeft)
        for widget in self._found:
            column.addWidget(widget)
        column.addWidget(self.variants_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.variants)
        column.addWidget(self.name)
        column.addWidget(self.propose_button)
        column.addStretch(1)
        return content

    @property
    def result(self) -> WideningResult | None:
        """What is shown; None while there is nothing."""
        return self._result

    @property
    def is_proven(self) -> bool:
        """Whether the width that is chosen was tried, with all that is told of it."""
        found = self._result
        if found is None or self._waiting:
            return False
        return bool(found.refused) or found.area_km2 <= 0 or found.lower_bound is not None

    def clear(self, text: str = "") -> None:
        """Show nothing of another corridor; say why, or what is being done."""
        self._result = None
        self._waiting = False
        self._busy.say(text)
        self.width_choice.setEnabled(False)
        self._needed.setText("")
        for widget in (*self._found, self._refused, self._problem, self.widest_button):
            widget.hide()
        self.variants.show_variants(())
        self._show_possible()

    def set_editable(self, *, editable: bool) -> None:
        """Offer to propose, or not, as where the project is open for reading only."""
        self._editable = editable
        self._show_possible()

    @property
    def also(self) -> tuple[str, ...]:
        """Other species whose needs are to be met."""
        return tuple(name for name, box in self._boxes.items() if box.isChecked())

    def set_others(self, others: tuple[OtherSpecies, ...]) -> None:
        """Offer to meet the needs of other species as well; what is ticked stays."""
        if others == self._others:
            return
        ticked = self.also
        self._others = others
        for box in self._boxes.values():
            self._also.removeWidget(box)
            box.deleteLater()
        self._boxes = {other.species: self._box(other) for other in others}
        for species, box in self._boxes.items():
            box.setChecked(species in ticked and box.isEnabled())
            box.toggled.connect(self.also_changed)
            self._also.addWidget(box)

    def _box(self, other: OtherSpecies) -> QCheckBox:
        box = QCheckBox(tr("Also for the {name}", name=other.name))
        box.setObjectName(f"also_{other.species}")
        box.setEnabled(other.possible)
        box.setToolTip(
            tr("The widest need of all holds, and what one of them cannot use is left out")
            if other.possible
            else tr("Find the corridors of the {name} first", name=other.name)
        )
        return box

    def show_limits(
        self, widths_m: tuple[float, float, float], name: str = "", *, keep_width: bool = False
    ) -> None:
        """Allow widths from the least to the most, starting at the one that is needed.

        Parameters
        ----------
        widths_m : tuple of float
            Least, needed and most width, in metres.
        name : str
            What the proposal is called unless the user says otherwise; empty for as before.
        keep_width : bool
            Whether the width that was chosen stays, unless it is below the one needed.
        """
        least, needed, most = widths_m
        self.width_choice.setEnabled(True)
        self.width_choice.set_limits(least, most)
        chosen = self.width_choice.width_m if keep_width else 0.0
        self.width_choice.set_width(max(chosen, needed))
        self._needed.setText(
            tr(
                "Needed: {needed}. Limits: {least} to {most}.",
                needed=words.distance(needed),
                least=words.distance(least),
                most=words.distance(most),
            )
        )
        if name:
            self.name.setText(name)
            self.name.setCursorPosition(0)

    def show_waiting(self) -> None:
        """Say that the width that is chosen is being tried; what is shown stays until then."""
        self._waiting = True
        self._busy.say(
            tr("Widening to {width}…", width=words.distance(self.width_choice.width_m))
        )
        self._problem.hide()
        self.variants.show_variants(())
        self._show_possible()

    def show_result(self, result: WideningResult) -> None:
        """Show what a width takes, or why it cannot be had."""
        self._result = result
        self._waiting = False
        refused = bool(result.refused)
        self._refused.setText(words.stored(result.refused))
        self._refused.setVisible(refused)
        self._problem.hide()
        if refused:
            self._busy.say(tr("{width} cannot be had.", width=words.distance(result.width_m)))
        else:
            reached = words.distance(result.width_m)
            self._busy.say(
                tr("Widened to {reached}:", reached=reached)
                if result.is_wide_everywhere
                else tr("For less than {reached} everywhere:", reached=reached)
            )
            self._total.setText(total_told(result))
            self.shares.show_shares(result.shares)
            self._check.setText(check_told(result))
            self._note.setText(note_told(result))
        for widget in self._found:
            widget.setVisible(not refused)
        self.shares.setVisible(result.area_km2 > 0 and not refused)
        widest = result.widest_m if refused else None
        self._widest_m = 0.0 if widest is None else widest
        self.widest_button.setText(tr("Take {widest}", widest=words.distance(self._widest_m)))
        self.widest_button.setVisible(self._widest_m > 0)
        self._show_possible()

    def show_variants(self, variants: Sequence[WideningVariant]) -> None:
        """List widenings that cost less."""
        self._waiting = False
        self._busy.say(
            tr("The best for less. Choose one to see it:")
            if len(variants) > 1
            else tr("There is nothing between leaving it as it is and this width.")
        )
        self.variants.show_variants(variants)
        self._show_possible()

    def show_looking_for_variants(self) -> None:
        """Say that widenings of less cost are being looked for."""
        self._waiting = True
        self._busy.say(tr("Looking for widenings that cost less…"))
        self._show_possible()

    def show_cancelled(self) -> None:
        """Say that the work was cancelled; what was shown before stays."""
        self._waiting = False
        self._busy.say(tr("Cancelled. Move the slider to go on."))
        self._show_possible()

    def show_problem(self, text: str) -> None:
        """Say what went wrong."""
        self._waiting = False
        self._busy.say("")
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        self._show_possible()

    def _show_possible(self) -> None:
        found = self._result is not None and not self._result.refused and not self._waiting
        adds = found and self._result is not None and self._result.area_km2 > 0
        named = bool(self.name.text().strip())
        self.propose_button.setEnabled(
            found and named and self._editable and not self._has_no_land
        )
        self.variants_button.setEnabled(adds)
        self.variants_button.setVisible(self._result is not None)
        offered = self._editable and self._result is not None and not self._result.refused
        offered = offered and not self._has_no_land
        for widget in (self.name, self.propose_button):
            widget.setVisible(offered)

    @property
    def _has_no_land(self) -> bool:
        """Whether the cores touch and nothing is to be added, so that there is no corridor."""
        return self._result is not None and self._result.geometry.is_empty

    def _on_widest(self) -> None:
        self.width_choice.set_width(self._widest_m)
        self.width_wanted.emit(self._widest_m)

    def _on_propose(self) -> None:
        if self.propose_button.isEnabled():
            self.proposal_wanted.emit(self.name.text().strip())
