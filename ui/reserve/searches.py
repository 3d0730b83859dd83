"""Which searches for proposals a project holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planner.reserve.run_folder import damaged_runs, list_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.project import Project
    from planner.reserve.run_folder import RunSummary


@dataclass(frozen=True)
class SearchState:
    """Searches of a project.

    Parameters
    ----------
    runs : tuple of RunSummary
        The oldest first.
    damaged : mapping of str to str
        Those that cannot be read, with the reason.
    """

    runs: tuple[RunSummary, ...] = ()
    damaged: Mapping[str, str] = field(default_factory=dict)


def search_state(project: Project) -> SearchState:
    """Read which searches a project holds."""
    return SearchState(list_runs(project), damaged_runs(project))
