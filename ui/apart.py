"""What runs for the window in a process of its own, on the project that the window holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.project import Project
from ui.project_work import Workbench
from ui.start.choice import OpenProject

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from planner.apart_process import ApartControl
    from ui.reserve.watch import Told


class RelayedWatch:
    """Tells the window how a search goes; takes the place of `ui.reserve.watch.LiveWatch`.

    Parameters
    ----------
    control : ApartControl
        Passes on what is told.
    """

    def __init__(self, control: ApartControl) -> None:
        self._control = control

    def told(self, moment: Told) -> bool:
        """Pass a moment on; returns whether the search is to go on."""
        return self._control.tell(
            ("moment", moment.seconds, moment.objective, moment.bound, moment.selected)
        )

    def begun(self, folder: Path) -> None:
        """Tell which folder holds the run."""
        self._control.tell(("folder", folder))

    def finding(self, value: str) -> None:
        """Tell what is made least or greatest."""
        self._control.tell(("value", value))


def on_project(path: Path, function: Callable[..., Any], control: ApartControl) -> Any:  # noqa: ANN401 - whatever the function returns
    """Do something to a project that the window holds.

    Parameters
    ----------
    path : Path
        The project.
    function : callable
        Told the workbench and the control.
    control : ApartControl
        Of this process.
    """
    bench = Workbench.open(OpenProject(path), control)
    try:
        return function(bench, control)
    finally:
        bench.close()


def search(path: Path, function: Callable[..., str], control: ApartControl) -> str:
    """Search for proposals in a project that the window holds; return the name of the run."""

    def run(bench: Workbench, told: ApartControl) -> str:
        return function(RelayedWatch(told), bench, told)

    found: str = on_project(path, run, control)
    return found


def make_plan(path: Path, control: ApartControl) -> str:
    """Make the plan of a project that the window holds; return what to tell the user."""
    from planner.planning import make_plan as run_plan  # noqa: PLC0415 - 2 s to load
    from planner.planning import plan_request  # noqa: PLC0415 - as above

    with Project.open(path) as project:
        request = plan_request(project)
    return run_plan(request, control)
