"""Which layers are switched on: remembered with the project, but no step of undo.

Switching a layer on and off is looking, not editing: somebody who has looked at ten layers and
then presses undo means the last edit. So it is stored as a fact that undo passes over, and in a
setting of its own: were it a column of the rows that undo puts back and takes away, undoing
another edit of a layer would switch it as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.project import SetSetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.project import Project

SETTING = "layer_visibility"
LABEL = "Switch layers"


def visibility(project: Project) -> dict[str, bool]:
    """Return the layers that somebody has switched, and whether they are on."""
    stored = project.settings.get(SETTING)
    if not isinstance(stored, dict):
        return {}
    return {str(name): on for name, on in stored.items() if isinstance(on, bool)}


def set_visible(project: Project, switched: Mapping[str, bool]) -> bool:
    """Remember layers as on or off.

    Returns
    -------
    bool
        Whether it is stored; a project that is open for reading only stores nothing.

    Raises
    ------
    ProjectError
        It cannot be written.
    """
    if project.read_only:
        return False
    known = visibility(project)
    new = {**known, **switched}
    if new != known:
        project.keep(SetSetting(SETTING, new, label=LABEL))
    return True
