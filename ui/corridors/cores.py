"""The section that tells which cores there are and by which numbers they were found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import label, link_button
from ui.suitability.setup.fields import Section
from ui.theme import GRID

if TYPE_CHECKING:
    from planner.profiles import Quantity
    from ui.corridors.state import CoreState

_RULE = mark(
    "Protected land with enough habitat is a core. A patch of habitat that is large "
    "enough and holds no such land is one too. Cores end at borders."
)


class CoresSection(Section):
    """Tells the cores of one species."""

    run_requested = pyqtSignal(str)
    """It was asked from what the cores were computed; carries the run's id."""

    def __init__(self) -> None:
        super().__init__("cores_section", tr("Cores"))
        self._run_id = ""
        self._parts = QWidget()
        self.body.addWidget(self._parts)
        self._link = link_button("cores_run", tr("How they were found"))
        self._link.setToolTip(tr("Show from what and with what the cores were computed"))
        self._link.clicked.connect(lambda: self.run_requested.emit(self._run_id))
        self.body.addWidget(self._link)

    def show_cores(self, cores: CoreState | None) -> None:
        """Tell the cores of a species; None for nothing."""
        told = cores_told(cores)
        self.summarise(told)
        self._run_id = "" if cores is None else cores.run_id
        self._link.setVisible(bool(self._run_id))
        fresh = QWidget()
        layout = QVBoxLayout(fresh)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(label(told, name="cores_told"))
        if cores is not None:
            for iso3, count, area in cores.by_country:
                text = f"{words.country(iso3)}: {_counted(count)}, {words.area(area)}"
                layout.addWidget(label(text, size="small"))
            for title, quantity in (
                (tr("Habitat from a suitability of"), cores.threshold),
                (tr("Smallest core"), cores.smallest),
            ):
                layout.addWidget(label(f"{title} {words.quantity(quantity)}", size="small"))
                layout.addWidget(label(_basis(quantity), size="small", tone="muted"))
            layout.addWidget(label(tr(_RULE), size="small", tone="muted"))
        self.body.replaceWidget(self._parts, fresh)
        self._parts.hide()
        self._parts.deleteLater()
        self._parts = fresh


def cores_told(cores: CoreState | None) -> str:
    """Return how many cores there are, in words."""
    if cores is None:
        return ""
    if not cores.count:
        return tr("None found yet: Find corridors finds them first.")
    return f"{_counted(cores.count)}, {words.area(cores.area_km2)}"


def _basis(quantity: Quantity) -> str:
    basis = words.capital(tr(quantity.basis)).rstrip(".。")
    source = tr("Source: {source}", source=quantity.source) if quantity.source else ""
    return ". ".join(part for part in (basis, source) if part)


def _counted(count: int) -> str:
    return tr_n("{count} core", "{count} cores", count)
