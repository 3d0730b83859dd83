"""The panel of sites: search, filters, and the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QGridLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import empty_state, heading, label, make_current
from ui.elided import ElidedComboBox
from ui.sites.model import ROW_ROLE, SiteFilterProxy, SiteListModel
from ui.sites.pairs import PairsList, pair_rows
from ui.sites.row import SiteRow, provenance_words
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ui.theme import Theme

_FILTER_WORDS = {
    "country": mark("country"),
    "border": mark("border"),
    "species": mark("species"),
    "state": mark("state"),
    "designation_class": mark("class"),
    "provenance": mark("provenance"),
}
_ICONS = {"surveyed": "surveyed", "nominal": "nominal", "point": "zoom_to"}


class SitesPanel(QFrame):
    """Lists the sites of a project, finds them in any language, and tells which is chosen."""

    site_chosen = pyqtSignal(str)
    pair_chosen = pyqtSignal(str, str)
    """Two sites across a border from each other are to be looked at; carries their ids."""
    fill_requested = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sites_panel")
        self.setProperty("role", "panel")
        self.model = SiteListModel(self)
        self.proxy = SiteFilterProxy(self)
        self.proxy.setSourceModel(self.model)
        self._search = self._make_search()
        self._boxes = {
            name: self._make_box(name, every)
            for name, every in (
                ("country", tr("All countries")),
                ("border", tr("All borders")),
                ("species", tr("All species")),
                ("state", tr("All states")),
                ("designation_class", tr("All classes")),
                ("provenance", tr("All provenances")),
            )
        }
        self._count = label("", size="small", tone="muted", name="site_count")
        self.delegate = TwoLineDelegate(theme, _describe, self)
        self.list = self._make_list()
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.list)
        self._nothing, clear = empty_state(
            tr("No site meets these conditions"),
            tr("Names are found in English and in the local language."),
            tr("Clear search and filters"),
        )
        clear.setObjectName("clear_filters")
        clear.clicked.connect(self.clear_filters)
        self._pages.addWidget(self._nothing)
        self._none, self.fill_button = empty_state(
            tr("No sites yet"),
            tr(
                "The protected areas of the region stand here, from the built-in "
                "catalogue, with their countries, area and boundary. The plan starts from "
                "them."
            ),
            tr("Add the sites of the region"),
        )
        self.fill_button.setObjectName("fill_sites")
        self.fill_button.clicked.connect(self.fill_requested)
        self._pages.addWidget(self._none)
        self.pairs = PairsList(theme, self)
        self.pairs.pair_chosen.connect(self.pair_chosen)
        self._pages.addWidget(self.pairs)
        self._no_pairs, _ = empty_state(
            tr("No pairs across borders"),
            tr(
                "Sites of two countries that adjoin or lie close together across a border "
                "stand here, where one of the two meets the conditions above."
            ),
        )
        self._pages.addWidget(self._no_pairs)
        self._every_pair: tuple[Mapping[str, object], ...] = ()
        self._tabs = self._make_tabs()
        self._lay_out()
        self._tell_count()

    def _make_tabs(self) -> QTabBar:
        tabs = QTabBar(self)
        tabs.setObjectName("site_tabs")
        tabs.setAccessibleName(tr("Sites or pairs"))
        tabs.setExpanding(False)
        tabs.addTab(tr("Sites"))
        tabs.addTab(tr("Pairs across borders"))
        tabs.currentChanged.connect(lambda _: self._tell_count())
        return tabs

    def _make_search(self) -> QLineEdit:
        search = QLineEdit(self)
        search.setObjectName("site_search")
        search.setPlaceholderText(tr("Search sites, in any language"))
        search.setAccessibleName(tr("Search sites"))
        search.setClearButtonEnabled(True)
        search.textChanged.connect(lambda text: self._change(text=text))
        return search

    def _make_box(self, name: str, every: str) -> QComboBox:
        box = ElidedComboBox(self)
        box.setObjectName(f"filter_{name}")
        box.setAccessibleName(tr("Filter sites by {what}", what=tr(_FILTER_WORDS[name])))
        box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        box.setMinimumContentsLength(8)
        box.addItem(every, "")
        box.currentIndexChanged.connect(
            lambda _: self._change(**{name: str(box.currentData() or "")})
        )
        return box

    def _make_list(self) -> QListView:
        view = QListView(self)
        view.setObjectName("site_list")
        view.setAccessibleName(tr("Sites"))
        view.setModel(self.proxy)
        view.setItemDelegate(self.delegate)
        view.setUniformItemSizes(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        selection = view.selectionModel()
        if selection is not None:
            selection.selectionChanged.connect(self._on_selection_changed)
        view.clicked.connect(self._on_selection_changed)
        return view

    def _lay_out(self) -> None:
        filters = QGridLayout()
        filters.setSpacing(GRID)
        for place, box in enumerate(self._boxes.values()):
            filters.addWidget(box, place // 2, place % 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Sites")))
        layout.addWidget(self._search)
        layout.addLayout(filters)
        layout.addWidget(self._tabs)
        layout.addWidget(self._count)
        layout.addWidget(self._pages, 1)

    def set_fill_possible(self, possible: bool) -> None:
        """Offer to add the region's sites, or not, as in a project open for reading only."""
        self.fill_button.setEnabled(possible)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.delegate.set_theme(theme)
        self.pairs.delegate.set_theme(theme)

    def set_pairs(self, pairs: Iterable[Mapping[str, object]]) -> None:
        """Show which sites are pairs across a border; rows of the project's table."""
        self._every_pair = tuple(pairs)
        self._tell_count()

    def set_rows(self, rows: Sequence[SiteRow]) -> None:
        """Show the sites of a project; search, filters and selection stay where they can."""
        chosen = self.chosen
        self.model.set_rows(rows)
        self._fill("country", {code for row in rows for code in row.countries}, words.country)
        self._fill("border", {pair for row in rows for pair in row.borders}, words.border)
        self._fill("species", {name for row in rows for name in row.species}, words.species)
        self._fill("state", {row.state for row in rows}, words.identifier)
        classes = {row.designation_class for row in rows}
        self._fill("designation_class", classes, words.identifier)
        known = {item for row in rows for item in row.provenance}
        self._fill("provenance", known, provenance_words)
        self.choose(chosen)
        self._tell_count()

    @property
    def chosen(self) -> str:
        """The site that is selected in the list, or an empty string."""
        selection = self.list.selectionModel()
        chosen = [] if selection is None else selection.selectedIndexes()
        row = chosen[0].data(ROW_ROLE) if chosen else None
        return row.site_id if isinstance(row, SiteRow) else ""

    def choose(self, site_id: str) -> None:
        """Make a site current without telling; none where the list does not show it."""
        if site_id == self.chosen:
            return
        place = self.model.position_of(site_id)
        index = QModelIndex()
        if place is not None:
            index = self.proxy.mapFromSource(self.model.index(place))
        make_current(self.list, index)

    def clear_filters(self) -> None:
        """List every site again."""
        self._search.clear()
        for box in self._boxes.values():
            box.setCurrentIndex(0)

    def focus_search(self) -> None:
        """Put the cursor into the search line."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def _fill(self, name: str, values: Iterable[str], wording: Callable[[str], str]) -> None:
        box = self._boxes[name]
        kept = box.currentData()
        while box.count() > 1:
            box.removeItem(1)
        for text, value in sorted((wording(value), value) for value in values if value):
            box.addItem(text, value)
        box.setCurrentIndex(max(box.findData(kept), 0))

    def _change(self, **conditions: str) -> None:
        self.proxy.change(**conditions)
        self._tell_count()

    def _tell_count(self) -> None:
        if self._tabs.currentIndex():
            self._tell_pairs()
            return
        shown, every = self.proxy.rowCount(), self.model.rowCount()
        told = (
            tr_n("{count} site", "{count} sites", every)
            if shown == every
            else tr_n(
                "{shown} of {count} site",
                "{shown} of {count} sites",
                every,
                shown=words.number(shown),
            )
        )
        self._count.setText(told)
        self._count.setVisible(bool(every))
        page = self.list if shown else self._nothing if every else self._none
        self._pages.setCurrentWidget(page)

    def _tell_pairs(self) -> None:
        """List the pairs of which one site meets the conditions."""
        admitted = {row.site_id for row in self.model.rows if self.proxy.filter.admits(row)}
        pairs = [
            pair
            for pair in self._every_pair
            if {str(pair["site_a"]), str(pair["site_b"])} & admitted
        ]
        self.pairs.set_rows(
            pair_rows(pairs, {row.site_id: row.title for row in self.model.rows})
        )
        self._count.setText(tr_n("{count} pair", "{count} pairs", len(pairs)))
        self._count.setVisible(bool(pairs))
        self._pages.setCurrentWidget(self.pairs if pairs else self._no_pairs)

    def _on_selection_changed(self) -> None:
        if self.chosen:
            self.site_chosen.emit(self.chosen)


def _describe(index: QModelIndex) -> tuple[str, str]:
    row = index.data(ROW_ROLE)
    if not isinstance(row, SiteRow):
        return "", "unlocated"
    return row.detail, _ICONS.get(row.kind, "unlocated")
