"""What drawing asks of the planner, run beside the window on the open project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from planner.drawing.form import form_of
from planner.drawing.ground import DrawingGround, ground_key
from planner.drawing.history import history_of
from planner.drawing.joining import units_of
from planner.drawing.national import NationalLand, border_within
from planner.drawing.place import study_of
from planner.drawing.snapping import SnapIndex
from planner.records import shape_of, texts
from ui.drawing.gather_tool import Thing

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from planner.drawing.form import ProposalForm
    from planner.drawing.history import ProposalChange
    from ui.project_work import Workbench


class DrawingLand:
    """Keeps the ground that drawings are measured on while it is true.

    Belongs to the thread of the project.
    """

    def __init__(self) -> None:
        self._ground: DrawingGround | None = None
        self._national: NationalLand | None = None
        self._borders: dict[bytes, BaseGeometry] = {}

    def ground(self, bench: Workbench) -> DrawingGround:
        """Return the ground, read anew where the project has changed."""
        if self._ground is None or self._ground.key != ground_key(bench.project):
            self._ground = DrawingGround.of(bench.project, bench.pack)
        return self._ground

    def borders_in(self, bench: Workbench, scenario: str) -> BaseGeometry:
        """Return the lines along which borders cut the proposals of a scenario."""
        shapes = [
            shape_of(row)
            for row in bench.project.records("proposals", scenario=scenario)
            if row["geometry"] is not None and len(texts(row["countries"])) > 1
        ]
        if not shapes:
            return shapely.MultiLineString()
        if self._national is None:
            self._national = NationalLand.of(study_of(bench.project))
        known, land = self._borders, self._national
        now = {shapely.to_wkb(shape): shape for shape in shapes}
        self._borders = {
            key: known[key] if key in known else border_within(land.parts(shape))
            for key, shape in now.items()
        }
        lines = [shapely.get_parts(line) for line in self._borders.values()]
        return shapely.MultiLineString([line for found in lines for line in found])


def lines_of(bench: Workbench, scenario: str) -> SnapIndex:
    """Return the lines of a scenario that can be snapped to."""
    return SnapIndex.of(bench.project, bench.pack, scenario)


def read_units(bench: Workbench, run_id: str) -> tuple[Thing, ...]:
    """Return the planning units of a search for proposals, in the project's CRS."""
    ids, shapes = units_of(bench.project, run_id)
    return tuple(Thing(key, "", shape) for key, shape in zip(ids, shapes, strict=True))


@dataclass(frozen=True)
class Told:
    """A proposal as the form shows it.

    Parameters
    ----------
    form : ProposalForm
        Its fields.
    history : tuple of ProposalChange
        What was changed, the newest first.
    """

    form: ProposalForm
    history: tuple[ProposalChange, ...]


def read_proposal(bench: Workbench, scenario: str, key: str) -> Told:
    """Read what the form shows of a proposal."""
    form = form_of(bench.project, scenario, key)
    return Told(form, tuple(history_of(bench.project, scenario, key)))
