"""The page that tells where movement along a corridor is squeezed or hindered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from resources.translation import mark, tr
from ui import words
from ui.controls import label
from ui.corridors.flow_state import FlowState
from ui.corridors.shares import country_told
from ui.suitability.table import TableView
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QItemSelection

    from ui.corridors.flow_state import FlowPlace
    from ui.features.row import FeatureRow

_MOST_PLACES = 20
_SELECT = mark("Select a corridor to see where movement along it is squeezed.")
_TEACH = mark(
    "Pinch points, where all ways along the corridor squeeze through little land, and "
    "barriers, whose restoration would shorten the way most, stand here once they are "
    "found."
)
_OUT_OF_DATE = mark("The corridors were found anew since. Find the pinch points again.")
_NOTHING = mark(
    "None was found along this corridor: its cores touch, or it is as wide as its land."
)


class FlowPage(QScrollArea):
    """Lists pinch points and barriers of one corridor."""

    find_requested = pyqtSignal()
    place_chosen = pyqtSignal(float, float)
    """A place is to be seen; carries its longitude and latitude."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("flow_page")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._told = label("", size="small", tone="muted", name="flow_told")
        self._out_of_date = label(
            tr(_OUT_OF_DATE), size="small", tone="warning", name="flow_out_of_date"
        )
        self.find_button = QPushButton(tr("Find pinch points"))
        self.find_button.setObjectName("find_pinch_points")
        self.find_button.setToolTip(tr("For all corridors of the species, with barriers"))
        self.find_button.clicked.connect(self.find_requested)
        self.pinch = PlaceTable("pinch_points", tr("Pinch points"), (tr("Flow"), tr("Country")))
        self.barriers = PlaceTable(
            "flow_barriers", tr("Barriers"), (tr("Saves"), tr("Radius"), tr("Country"))
        )
        self._titles = {
            self.pinch: label(tr("Pinch points, by the share of the flow"), size="small"),
            self.barriers: label(
                tr("Barriers: what restoring a disc of land saves"), size="small"
            ),
        }
        for table in self._titles:
            table.place_chosen.connect(self.place_chosen)
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, GRID, GRID // 2, 0)
        column.setSpacing(GRID)
        column.addWidget(self._told)
        column.addWidget(self._out_of_date)
        column.addWidget(self.find_button, 0, Qt.AlignmentFlag.AlignLeft)
        for table, title in self._titles.items():
            column.addWidget(title)
            column.addWidget(table)
        column.addStretch(1)
        self.setWidget(content)
        self.show_corridor(None, FlowState())

    def show_corridor(self, row: FeatureRow | None, state: FlowState) -> None:
        """Show the places of a corridor; None for no corridor."""
        corridor_id = "" if row is None else row.key.split("|")[0]
        shown = row is not None and state.found
        pinch = state.of(corridor_id, "pinch") if shown else ()
        barriers = state.of(corridor_id, "barriers") if shown else ()
        self.pinch.show_places(pinch)
        self.barriers.show_places(barriers)
        for table, places in ((self.pinch, pinch), (self.barriers, barriers)):
            table.setVisible(bool(places))
            self._titles[table].setVisible(bool(places))
        told = _SELECT if row is None else _NOTHING if shown else _TEACH
        self._told.setText(tr(told))
        self._told.setVisible(not (pinch or barriers))
        self._out_of_date.setVisible(shown and state.out_of_date)
        self.find_button.setVisible(row is not None and (not shown or state.out_of_date))


class PlaceTable(TableView):
    """Lists places of one kind; the one that is chosen is to be seen on the map.

    Parameters
    ----------
    name, accessible : str
        As for `TableView`.
    columns : tuple of str
        Headers.
    """

    place_chosen = pyqtSignal(float, float)

    def __init__(self, name: str, accessible: str, columns: tuple[str, ...]) -> None:
        super().__init__(name, accessible)
        self.setIndentation(0)
        self.setSelectionMode(self.SelectionMode.SingleSelection)
        self._columns = columns
        self._places: tuple[FlowPlace, ...] = ()
        selection = self.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(self._on_selection_changed)

    def show_places(self, places: Sequence[FlowPlace]) -> None:
        """Show other places; the same again keep the one that is chosen."""
        if tuple(places) == self._places:
            return
        self._places = tuple(places)
        last = len(self._columns) - 1
        rows = [_row(place) for place in places]
        self.show_rows(self._columns, rows, numbers=tuple(range(last)))
        self.fit_columns(stretched=last)
        self.fit_height(_MOST_PLACES)

    def _on_selection_changed(self, selected: QItemSelection, _: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes and indexes[0].row() < len(self._places):
            place = self._places[indexes[0].row()]
            self.place_chosen.emit(place.lon, place.lat)


def _row(place: FlowPlace) -> tuple[str, ...]:
    share, country = f"{100 * place.share:.0f} %", country_told(place.iso3)
    if place.kind == "pinch":
        return (share, country)
    return (f"{100 * place.share:.1f} %", words.distance(place.radius_m), country)
