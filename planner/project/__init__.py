"""A project on disk: one folder, one GeoPackage, every edit a command with its inverse."""

from planner.project.commands import (
    AddFeatures,
    AddScenario,
    Command,
    CommandGroup,
    RemoveFeatures,
    RemoveScenario,
    RenameScenario,
    ReplaceFeatures,
    SetSetting,
    StoreIndicators,
    UpdateFeature,
)
from planner.project.frames import records_of
from planner.project.journal import JournalEntry
from planner.project.lock import LockOwner
from planner.project.project import Project, TablesChanged
from planner.project.reading import Scenario
from planner.project.runs import (
    RunRecord,
    file_sha256,
    hash_of,
    inputs_hash,
    table_output,
)

__all__ = [
    "AddFeatures",
    "AddScenario",
    "Command",
    "CommandGroup",
    "JournalEntry",
    "LockOwner",
    "Project",
    "RemoveFeatures",
    "RemoveScenario",
    "RenameScenario",
    "ReplaceFeatures",
    "RunRecord",
    "Scenario",
    "SetSetting",
    "StoreIndicators",
    "TablesChanged",
    "UpdateFeature",
    "file_sha256",
    "hash_of",
    "inputs_hash",
    "records_of",
    "table_output",
]
