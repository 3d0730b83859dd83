"""The list of sites for Qt's views, and the filter in front of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, QSortFilterProxyModel, Qt
from typing_extensions import override

from ui import words
from ui.sites.row import SiteRow, fold

if TYPE_CHECKING:
    from collections.abc import Sequence

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
"""Data role under which a `SiteRow` is handed out."""

_ROOT = QModelIndex()


class SiteListModel(QAbstractListModel):
    """Sites in the order of their English names."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SiteRow] = []

    @property
    def rows(self) -> tuple[SiteRow, ...]:
        """Every site, in the order of the list."""
        return tuple(self._rows)

    def set_rows(self, rows: Sequence[SiteRow]) -> None:
        """Show other sites."""
        self.beginResetModel()
        self._rows = sorted(rows, key=lambda row: fold(row.title))
        self.endResetModel()

    def position_of(self, site_id: str) -> int | None:
        """Return the place of a site in the list, or None where it is not in it."""
        found = (place for place, row in enumerate(self._rows) if row.site_id == site_id)
        return next(found, None)

    @override
    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        countries = words.countries(row.countries)
        told = [part for part in (row.title, row.detail, countries, row.boundary) if part]
        joined = {
            int(Qt.ItemDataRole.AccessibleTextRole): words.listed(told),
            int(Qt.ItemDataRole.ToolTipRole): "\n".join(told),
        }
        return joined.get(role)


@dataclass(frozen=True)
class SiteFilter:
    """What sites must meet to be listed; an empty condition admits all.

    Parameters
    ----------
    text : str
        Words that all occur in a name, the designation or the country, in any language.
    country, border, species, state : str
        ISO3 code, pair of codes, species id, state.
    designation_class : str
        Class of its designation.
    provenance : str
        How its boundary is known, or how sure its row of the catalogue is.
    """

    text: str = ""
    country: str = ""
    border: str = ""
    species: str = ""
    state: str = ""
    designation_class: str = ""
    provenance: str = ""

    def admits(self, row: SiteRow) -> bool:
        """Tell whether a site meets every condition."""
        return (
            (not self.country or self.country in row.countries)
            and (not self.border or self.border in row.borders)
            and (not self.species or self.species in row.species)
            and (not self.state or self.state == row.state)
            and (not self.designation_class or self.designation_class == row.designation_class)
            and (not self.provenance or self.provenance in row.provenance)
            and all(word in row.searchable for word in fold(self.text).split())
        )


class SiteFilterProxy(QSortFilterProxyModel):
    """Lets through the sites that a `SiteFilter` admits."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._filter = SiteFilter()

    @property
    def filter(self) -> SiteFilter:
        """The conditions in force."""
        return self._filter

    def change(self, **conditions: str) -> None:
        """Change some of the conditions, named as in `SiteFilter`."""
        changed = replace(self._filter, **conditions)
        if changed != self._filter:
            self._filter = changed
            self.invalidateFilter()

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: QModelIndex) -> bool:
        model = self.sourceModel()
        if not isinstance(model, SiteListModel):
            return False
        return self._filter.admits(model.rows[source_row])
