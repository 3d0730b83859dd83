"""The scenarios of a project as a list that can be renamed in place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, pyqtSignal
from typing_extensions import override

from resources.translation import tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.project import Project

_ROOT = QModelIndex()
_ID = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True)
class ScenarioRow:
    """One scenario in the list.

    Parameters
    ----------
    scenario_id, name, note : str
        As the project holds them.
    created : str
        Day it was made, ISO 8601; empty where it is not known.
    proposals, corridors : int
        How many it holds.
    """

    scenario_id: str
    name: str
    note: str
    created: str
    proposals: int
    corridors: int


def scenario_rows(project: Project) -> tuple[ScenarioRow, ...]:
    """Read the scenarios of a project with what they hold."""
    holds = {
        table: [row["scenario"] for row in project.table(table, **where).to_dict("records")]
        for table, where in (("proposals", {}), ("corridors", {"kind": "path"}))
    }
    return tuple(
        ScenarioRow(
            item.scenario_id,
            item.name,
            item.note,
            item.created[:10],
            holds["proposals"].count(item.scenario_id),
            holds["corridors"].count(item.scenario_id),
        )
        for item in project.scenarios()
    )


class ScenarioModel(QAbstractListModel):
    """Lists scenarios; a name written into it is told, not kept."""

    renamed = pyqtSignal(str, str)
    """A scenario is to have another name; carries its id and the name."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ScenarioRow, ...] = ()
        self._shown = ""
        self._editable = False

    @property
    def rows(self) -> tuple[ScenarioRow, ...]:
        """The scenarios, in the order they were added."""
        return self._rows

    def set_rows(self, rows: Sequence[ScenarioRow], shown: str, *, editable: bool) -> None:
        """List scenarios.

        Parameters
        ----------
        rows : sequence of ScenarioRow
            All of the project.
        shown : str
            Id of the one on the map.
        editable : bool
            Whether they may be renamed.
        """
        self.beginResetModel()
        self._rows, self._shown, self._editable = tuple(rows), shown, editable
        self.endResetModel()

    def row_of(self, scenario_id: str) -> QModelIndex:
        """Return the place of a scenario; not valid where it is not there."""
        places = (i for i, row in enumerate(self._rows) if row.scenario_id == scenario_id)
        place = next(places, None)
        return QModelIndex() if place is None else self.index(place)

    def describe(self, index: QModelIndex) -> tuple[str, str]:
        """Return the second line of an entry, and its icon."""
        row = self._rows[index.row()]
        told = [
            tr_n("{count} proposal", "{count} proposals", row.proposals),
            tr_n("{count} corridor", "{count} corridors", row.corridors),
        ]
        if row.scenario_id == self._shown:
            told.insert(0, tr("on the map"))
        return "  ·  ".join(told), "chosen" if row.scenario_id == self._shown else "scenarios"

    @override
    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    @override
    def data(self, index: QModelIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        row = self._rows[index.row()]
        if role in {int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.EditRole)}:
            return row.name
        if role == _ID:
            return row.scenario_id
        if role == int(Qt.ItemDataRole.ToolTipRole):
            made = tr("Made on {day}.", day=row.created) if row.created else ""
            return "\n".join(part for part in (row.name, made, row.note) if part)
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.name}, {self.describe(index)[0]}"
        return None

    @override
    def setData(
        self, index: QModelIndex, value: object, role: int = int(Qt.ItemDataRole.EditRole)
    ) -> bool:
        row = self._rows[index.row()]
        if isinstance(value, str) and value.strip() and value.strip() != row.name:
            self.renamed.emit(row.scenario_id, value.strip())
        return False

    @override
    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsEditable if self._editable else usual
