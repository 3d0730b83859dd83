"""The region that drawings of a project lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.pipeline.study import Study
    from planner.project import Project


def study_of(project: Project) -> Study:
    """Return the region, grid and countries of a project, without species.

    Raises
    ------
    PlannerError
        The region of the project is unknown, or its data pack is damaged.
    """
    from planner.corridors import runs  # noqa: PLC0415 - the pipeline takes 2 s to load

    return runs.study_of(project, ())
