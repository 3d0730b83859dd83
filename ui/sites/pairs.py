"""Sites that adjoin or lie close together across a border, two by two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, Qt, pyqtSignal
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QAbstractItemView, QListView, QWidget

from resources.translation import mark, tr
from ui import words
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ui.theme import Theme

_BASIS_WORDS = {
    "computed": mark("pair computed"),
    "documented": mark("pair documented"),
    "both": mark("pair documented and computed"),
}
_PAIR_ROLE = int(Qt.ItemDataRole.UserRole)
_DETAIL_ROLE = _PAIR_ROLE + 1
_READ_ROLE = int(Qt.ItemDataRole.AccessibleTextRole)


@dataclass(frozen=True)
class PairRow:
    """What the list needs of a pair.

    Parameters
    ----------
    site_a, site_b : str
        The two sites.
    title : str
        Both names.
    detail : str
        How far they lie apart, across which border, and how that is known.
    """

    site_a: str
    site_b: str
    title: str
    detail: str


def distance_of(pair: Mapping[str, object]) -> float:
    """Return how many kilometres the sites of a pair lie apart."""
    value = pair.get("distance_km")
    return float(value) if isinstance(value, int | float) else 0.0


def told_apart(pair: Mapping[str, object]) -> str:
    """Tell how the sites of a pair lie to each other."""
    if not pair.get("touching"):
        return tr("{distance} apart", distance=words.distance(distance_of(pair) * 1000))
    shared = pair.get("shared_border_km")
    if isinstance(shared, int | float) and shared > 0:
        return tr("touches along {length} of border", length=words.distance(shared * 1000))
    return tr("touches")


def told_basis(pair: Mapping[str, object]) -> str:
    """Tell how a pair is known."""
    basis = _BASIS_WORDS.get(str(pair.get("basis") or "computed"))
    told = tr("pair {basis}", basis=pair.get("basis")) if basis is None else tr(basis)
    return (
        tr("{basis}, between nominal boundaries", basis=told) if pair.get("nominal") else told
    )


def pair_rows(
    pairs: Iterable[Mapping[str, object]], names: Mapping[str, str]
) -> tuple[PairRow, ...]:
    """Return the rows of pairs, the nearest first.

    Parameters
    ----------
    pairs : iterable of mappings
        Rows of the project's table ``pairs``.
    names : mapping of str to str
        Names of sites by their ids, in the reader's language.
    """
    found = []
    for pair in sorted(pairs, key=distance_of):
        a, b = str(pair["site_a"]), str(pair["site_b"])
        ends = (names.get(a, str(pair["name_a"])), names.get(b, str(pair["name_b"])))
        told = (words.border(str(pair["border"])), told_apart(pair), told_basis(pair))
        found.append(PairRow(a, b, " – ".join(ends), "  ·  ".join(filter(None, told))))
    return tuple(found)


class PairsList(QListView):
    """Lists pairs, and tells which one is chosen."""

    pair_chosen = pyqtSignal(str, str)
    """Carries the ids of the two sites."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pair_list")
        self.setAccessibleName(tr("Pairs across borders"))
        self._rows = QStandardItemModel(self)
        self.delegate = TwoLineDelegate(theme, _describe, self)
        self.setModel(self._rows)
        self.setItemDelegate(self.delegate)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.clicked.connect(self._on_chosen)
        selection = self.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._on_chosen)

    def set_rows(self, rows: Sequence[PairRow]) -> None:
        """Show pairs; the one that is current stays so where it is among them."""
        current = self.currentIndex().data(_PAIR_ROLE)
        selection = self.selectionModel()
        if selection is not None:
            selection.blockSignals(True)
        self._rows.clear()
        for row in rows:
            item = QStandardItem(row.title)
            item.setEditable(False)
            item.setData(row, _PAIR_ROLE)
            item.setData(row.detail, _DETAIL_ROLE)
            item.setData(words.listed((row.title, row.detail)), _READ_ROLE)
            item.setToolTip(f"{row.title}\n{row.detail}")
            self._rows.appendRow(item)
            if row == current:
                self.setCurrentIndex(item.index())
        if selection is not None:
            selection.blockSignals(False)

    def _on_chosen(self, index: QModelIndex) -> None:
        row = index.data(_PAIR_ROLE)
        if isinstance(row, PairRow):
            self.pair_chosen.emit(row.site_a, row.site_b)


def _describe(index: QModelIndex) -> tuple[str, str]:
    return str(index.data(_DETAIL_ROLE) or ""), "pair"
