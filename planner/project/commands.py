"""Edits of a project: small immutable objects with a label that a person can read.

A command says what should change; `Command.operations` works out how, on the data as they are.
The journal keeps the operations with their inverse, so a command needs no undo of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from planner.errors import EditConflictError, EditError
from planner.project.rows import Delete, Operation
from planner.project.schema import TABLES, table_named
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.project.rows import RowWriter
    from planner.project.schema import Table

NO_CONDITION: Mapping[str, object] = MappingProxyType({})

_OWN_COMMANDS = frozenset({"settings", "scenarios", "runs"})


class Command(Protocol):
    """An edit that can be carried out, taken back and told about."""

    @property
    def label(self) -> str:
        """What the edit does, as the undo button says it."""

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Yield what to do; each operation is carried out before the next is asked for."""


@dataclass(frozen=True, slots=True)
class AddFeatures:
    """Add rows to a table.

    Parameters
    ----------
    table : str
        Table of the schema.
    records : sequence of mappings
        Column to value; ``geometry`` is a shapely geometry in the project's CRS. A single part
        is stored as a multi-part, Z is dropped.
    label : str
        For the undo button; made from the table's name where empty.
    """

    table: str
    records: Sequence[Mapping[str, object]]
    label: str = ""

    def __post_init__(self) -> None:
        _label(
            self, filled("Add {count} to {table}", count=len(self.records), table=self.table)
        )

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Insert the records."""
        yield rows.prepare_insert(_data_table(self.table), self.records)


@dataclass(frozen=True, slots=True)
class RemoveFeatures:
    """Remove rows by identifier."""

    table: str
    fids: Sequence[int]
    label: str = ""

    def __post_init__(self) -> None:
        _label(
            self, filled("Remove {count} from {table}", count=len(self.fids), table=self.table)
        )

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Delete the rows."""
        yield rows.prepare_delete(_data_table(self.table), self.fids)


@dataclass(frozen=True, slots=True)
class UpdateFeature:
    """Change some values of one row; ``geometry`` among them where wanted."""

    table: str
    fid: int
    changes: Mapping[str, object]
    label: str = ""

    def __post_init__(self) -> None:
        _label(self, filled("Change {table} {number}", table=self.table, number=self.fid))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Update the row."""
        yield rows.prepare_update(_data_table(self.table), int(self.fid), self.changes)


@dataclass(frozen=True, slots=True)
class ReplaceFeatures:
    """Put records in the place of all rows that meet a condition, as a model run does.

    Parameters
    ----------
    table : str
        Table of the schema.
    records : sequence of mappings
        As for `AddFeatures`; the values of `where` are filled in where a record lacks them.
    where : mapping
        Column to value, such as ``{"scenario": "base"}``; empty means the whole table.
    label : str
        For the undo button.
    """

    table: str
    records: Sequence[Mapping[str, object]]
    where: Mapping[str, object] = field(default_factory=lambda: NO_CONDITION)
    label: str = ""

    def __post_init__(self) -> None:
        _label(self, filled("Compute {table}", table=self.table))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Delete the rows that match, then insert the records."""
        table = _data_table(self.table)
        for record in self.records:
            for name, value in self.where.items():
                if name in record and record[name] != value:
                    raise EditError(
                        f"A record for {self.table} has {name} {record[name]!r:.60}, but takes "
                        f"the place of those with {value!r:.60}."
                    )
        old = rows.fids(table, self.where)
        if old:
            yield Delete(self.table, old)
        if self.records:
            yield rows.prepare_insert(table, [{**self.where, **row} for row in self.records])


@dataclass(frozen=True, slots=True)
class SetSetting:
    """Give a setting a value (anything JSON holds), or remove it with None."""

    key: str
    value: object
    label: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise EditError("A setting needs a name.")
        _label(self, filled("Set {setting}", setting=self.key))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Insert, update or delete the one row."""
        table = table_named("settings")
        fids = rows.fids(table, {"key": self.key})
        if self.value is None:
            if fids:
                yield Delete("settings", fids)
        elif fids:
            yield rows.prepare_update(table, fids[0], {"value": self.value})
        else:
            yield rows.prepare_insert(table, [{"key": self.key, "value": self.value}])


@dataclass(frozen=True, slots=True)
class AddScenario:
    """Add a scenario, empty or as a copy of another with all that belongs to it.

    Parameters
    ----------
    scenario_id : str
        Short identifier, unique in the project.
    name : str
        What people call it.
    created : str
        Time of creation, ISO 8601.
    note : str
        Free text.
    copy_of : str, optional
        Scenario whose cores, corridors, bottlenecks, proposals and indicators are copied.
    label : str
        For the undo button.
    """

    scenario_id: str
    name: str
    created: str = ""
    note: str = ""
    copy_of: str | None = None
    label: str = ""

    def __post_init__(self) -> None:
        if not self.scenario_id:
            raise EditError("A scenario needs an identifier.")
        _label(self, filled("Add scenario {name}", name=self.name))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Insert the scenario and the copies."""
        table = table_named("scenarios")
        if rows.fids(table, {"scenario_id": self.scenario_id}):
            raise EditError(
                f"The project has a scenario {self.scenario_id!r} already. Choose another name."
            )
        if self.copy_of is not None:
            _scenario_fid(rows, self.copy_of)
        record = {
            "scenario_id": self.scenario_id,
            "name": self.name,
            "note": self.note or None,
            "created": self.created or None,
        }
        yield rows.prepare_insert(table, [record])
        if self.copy_of is None:
            return
        for part in _scenario_tables():
            source = rows.records(table_named(part), {"scenario": self.copy_of})
            copies = [
                {**_without_identity(row), "scenario": self.scenario_id} for row in source
            ]
            if copies:
                yield rows.prepare_insert(table_named(part), copies)


@dataclass(frozen=True, slots=True)
class RenameScenario:
    """Give a scenario another name; its identifier stays."""

    scenario_id: str
    name: str
    label: str = ""

    def __post_init__(self) -> None:
        _label(self, filled("Rename scenario to {name}", name=self.name))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Update the scenario's row."""
        fid = _scenario_fid(rows, self.scenario_id)
        yield rows.prepare_update(table_named("scenarios"), fid, {"name": self.name})


@dataclass(frozen=True, slots=True)
class RemoveScenario:
    """Remove a scenario with everything that belongs to it."""

    scenario_id: str
    label: str = ""

    def __post_init__(self) -> None:
        _label(self, filled("Remove scenario {name}", name=self.scenario_id))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Delete the scenario's rows in every table, then the scenario."""
        fid = _scenario_fid(rows, self.scenario_id)
        for part in _scenario_tables():
            fids = rows.fids(table_named(part), {"scenario": self.scenario_id})
            if fids:
                yield Delete(part, fids)
        yield Delete("scenarios", (fid,))


@dataclass(frozen=True, slots=True)
class StoreIndicators:
    """Put the indicators of a scenario in the place of its earlier ones.

    Parameters
    ----------
    scenario : str
        Scenario they belong to.
    records : sequence of mappings
        Columns country, species, indicator, value, unit, stage.
    run_id : str, optional
        Run that computed them.
    label : str
        For the undo button.
    """

    scenario: str
    records: Sequence[Mapping[str, object]]
    run_id: str | None = None
    label: str = ""

    def __post_init__(self) -> None:
        _label(self, filled("Compute indicators of {scenario}", scenario=self.scenario))

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Replace the scenario's indicators."""
        records = [{"run_id": self.run_id, **record} for record in self.records]
        replace = ReplaceFeatures("indicators", records, {"scenario": self.scenario})
        yield from replace.operations(rows)


@dataclass(frozen=True, slots=True)
class CommandGroup:
    """Several commands as one edit: all or nothing, and one step of undo."""

    label: str
    commands: tuple[Command, ...]

    def __post_init__(self) -> None:
        if not self.label or not self.commands:
            raise EditError("A group of edits needs a label and at least one edit.")

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Carry out one command after another."""
        for command in self.commands:
            yield from command.operations(rows)


def _label(command: object, label: str) -> None:
    """Fill in the label that a command was made without."""
    if not getattr(command, "label", ""):
        object.__setattr__(command, "label", label)


def _data_table(name: str) -> Table:
    """Return a table whose rows may be edited one by one."""
    if name in _OWN_COMMANDS:
        raise EditError(
            f"Rows of {name} are not edited as features. Use the commands made for {name}."
        )
    return table_named(name)


def _scenario_tables() -> tuple[str, ...]:
    return tuple(table.name for table in TABLES.values() if table.has_column("scenario"))


def _scenario_fid(rows: RowWriter, scenario_id: str) -> int:
    fids = rows.fids(table_named("scenarios"), {"scenario_id": scenario_id})
    if not fids:
        known = [str(row["scenario_id"]) for row in rows.records(table_named("scenarios"), {})]
        listed = ", ".join(sorted(known)) or "none"
        raise EditConflictError(
            f"The project has no scenario {scenario_id!r}. Scenarios: {listed}."
        )
    return fids[0]


def _without_identity(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in {"fid", "uuid"}}
