"""Edits of proposals that drawing asks for: each is one step of undo, stored at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from PyQt6.QtCore import QObject, pyqtSignal

from planner.drawing import copying, dividing, proposals
from planner.drawing.attachments import attach_file, detach_file
from planner.drawing.form import edit_proposal
from planner.drawing.geometry import corridor_from_line
from planner.drawing.joining import join_sites, land_of_units
from planner.drawing.proposals import Drawn
from planner.drawing.rows import proposal_row
from planner.drawing.transboundary import uncounted_sentence
from planner.records import shape_of
from resources.errors import UsageError
from resources.translation import tr, tr_n
from ui import words
from ui.drawing.tool_steps import ToolSteps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from planner.drawing.ground import DrawingGround
    from planner.drawing.joining import Joined
    from planner.drawing.least_cost import LiveCorridor
    from planner.jobs import JobControl
    from planner.project import Project
    from resources.errors import PlannerError
    from ui.drawing.gather_tool import Thing
    from ui.drawing.live import LiveMeasures
    from ui.drawing.work import DrawingLand
    from ui.map.view_state import Point
    from ui.project_work import Workbench
    from ui.session import Session

    Failed: TypeAlias = Callable[[PlannerError], None]

_NAMED_SITES = 3


@dataclass(frozen=True)
class On:
    """What an edit works on, in the thread of the project.

    Parameters
    ----------
    bench : Workbench
        The open project.
    scenario : str
        The one that is shown; empty where the project has none yet.
    land : DrawingLand
        Has the ground that shapes are measured on.
    control : JobControl
        Progress and cancelling.
    """

    bench: Workbench
    scenario: str
    land: DrawingLand
    control: JobControl

    @property
    def project(self) -> Project:
        """The open project."""
        return self.bench.project

    def ground(self) -> DrawingGround:
        """Return what shapes are measured on."""
        return self.land.ground(self.bench)


class _ExhaustedError(UsageError):
    """No edit of the tool in the hand is left to take back, or to repeat."""


class ProposalEdits(QObject):
    """Runs edits beside the window and tells what came of them.

    Parameters
    ----------
    session : Session
        The open project.
    live : LiveMeasures
        Has the ground that shapes are measured on.
    """

    made = pyqtSignal(tuple, bool)
    """Proposals were stored; carries the keys of those to be selected, and whether they are
    new."""
    said = pyqtSignal(str)

    def __init__(self, session: Session, live: LiveMeasures) -> None:
        super().__init__()
        self._session = session
        self._live = live
        self._made: tuple[str, ...] = ()
        self._fresh = False
        self._saying = ""
        self.cut_at_borders = False
        """Whether each national part of what is drawn becomes a proposal of its own."""
        self._now: dict[str, str] = {}
        self._steps = ToolSteps()
        session.changed.connect(self._on_changed)

    def run(
        self,
        label: str,
        work: Callable[[On], str | Sequence[str] | None],
        failed: Failed,
        *,
        together: bool = False,
    ) -> None:
        """Make proposals in the scenario that is shown, or remove them.

        Parameters
        ----------
        label : str
            What is being done.
        work : callable
            Does it, and returns the keys of what is to be selected afterwards.
        failed : callable
            Told why it could not be done.
        together : bool
            Whether all of them are to be selected afterwards, not the first alone.
        """

        def make(on: On) -> None:
            made = work(on)
            keys = (made,) if isinstance(made, str) else tuple(made or ())
            self._made = keys if together else keys[:1]
            self._fresh = True

        self._submit(label, make, failed)

    def change(
        self, label: str, key: str, work: Callable[[On, str], str], failed: Failed
    ) -> None:
        """Change one proposal.

        Parameters
        ----------
        label : str
            What is being done.
        key : str
            The proposal as it was known; the first edit of one that a model run has made
            gives it another key, and this follows.
        work : callable
            Does it, told the key that holds now; returns the key that holds afterwards.
        failed : callable
            Told why it could not be done.
        """

        def change(on: On) -> None:
            now = self._now.get(key, key)
            made = work(on, now)
            if made != now:
                self._now[key] = self._now[now] = made
            self._made, self._fresh = (made,), False

        self._submit(label, change, failed)

    def _submit(self, label: str, work: Callable[[On], None], failed: Failed) -> None:
        snapshot, land = self._session.snapshot, self._live.land
        if snapshot is None:
            return
        scenario, steps = snapshot.scenario, self._steps
        steps.asked += 1

        def run(bench: Workbench, control: JobControl) -> None:
            with steps.hearing(bench.project):
                shown = scenario or proposals.ensure_scenario(bench.project)
                work(On(bench, shown, land, control))

        self._session.change(label, run, failed=failed)

    def begin_steps(self) -> None:
        """Count the edits that `step` takes back from now on, as when a tool is taken up."""
        self._steps = ToolSteps()

    def step(self, *, forward: bool, exhausted: Callable[[], None]) -> None:
        """Take the last edit since `begin_steps` back, or repeat it.

        Parameters
        ----------
        forward : bool
            Whether to repeat.
        exhausted : callable
            Called where there is none.
        """
        steps = self._steps
        if not steps.asked:
            exhausted()
            return

        def run(bench: Workbench, _: JobControl) -> str:
            label = (steps.forth if forward else steps.back)(bench.project)
            if label is None:
                raise _ExhaustedError
            return words.stored(label)

        def failed(error: PlannerError) -> None:
            if isinstance(error, _ExhaustedError):
                exhausted()
            else:
                self._session.failed.emit(words.problem(error))

        told = tr("Repeated: {}") if forward else tr("Undone: {}")
        self._session.change(
            tr("Redo") if forward else tr("Undo"), run, told=told, failed=failed
        )

    def _on_changed(self) -> None:
        if self._made:
            made, self._made = self._made, ()
            self.made.emit(made, self._fresh)
        if self._saying:
            said, self._saying = self._saying, ""
            self.said.emit(said)

    def draw(self, drawn: Drawn, failed: Failed) -> None:
        """Store a new proposal."""
        self._draw(tr("Draw a proposal"), lambda _on: drawn, failed)

    def _draw(self, label: str, make: Callable[[On], Drawn], failed: Failed) -> None:
        """Store what is made beside the window, in national parts where that is chosen."""
        cut = self.cut_at_borders

        def work(on: On) -> tuple[str, ...]:
            drawn = make(on)
            if not cut:
                return (_stored(on, drawn),)
            keys = dividing.draw_national_parts(on.project, on.ground(), on.scenario, drawn)
            self._tell_parts(on, keys)
            return keys

        self.run(label, work, failed, together=cut)

    def _tell_parts(self, on: On, keys: Sequence[str]) -> None:
        """Say what was cut, and what belongs to no part; said when it is stored."""
        if len(keys) < 2:
            return
        rest = uncounted_sentence(proposal_row(on.project, on.scenario, keys[0]))
        told = tr_n(
            "Cut at the borders into {count} proposal.",
            "Cut at the borders into {count} proposals, linked as one transboundary proposal.",
            len(keys),
        )
        self._saying = f"{told} {words.stored(rest)}" if rest else told

    def draw_between(
        self,
        ends: tuple[Thing, Thing],
        ways: LiveCorridor,
        failed: Failed,
        *,
        width_m: float,
        species: str = "",
    ) -> None:
        """Store the corridor of least cost between two sites, found on the full grid."""
        second = ends[1]
        name = self._name_of(ends)

        def make(on: On) -> Drawn:
            path = ways.refined(on.control).path_to_site(second.key)
            if not path.reached:
                raise UsageError(path.reason)
            return Drawn(
                corridor_from_line(path.points, width_m),
                name=name,
                kind=proposals.CORRIDOR_KIND,
                centreline=path.points,
                width_m=width_m,
                member_sites=tuple(site.key for site in ends),
                species=(species,) if species else (),
            )

        self._draw(tr("Find the corridor between two sites"), make, failed)

    def _name_of(self, sites: Sequence[Thing]) -> str:
        """Return a name by sites; in English, as other names that are stored."""
        snapshot = self._session.snapshot
        english = {} if snapshot is None else {s.site_id: s.name_en for s in snapshot.sites}
        return " – ".join(english.get(site.key) or site.title for site in sites)

    def join(self, sites: Sequence[Thing], failed: Failed) -> None:
        """Store an area that joins sites."""
        keys = tuple(site.key for site in sites)
        name = self._name_of(sites[:_NAMED_SITES])

        def make(on: On) -> Drawn:
            return _drawn(join_sites(on.project, keys, on.control), name)

        self._draw(tr("Join sites"), make, failed)

    def take_units(self, run_id: str, units: Sequence[str], failed: Failed) -> None:
        """Store an area made of planning units."""

        def make(on: On) -> Drawn:
            return _drawn(land_of_units(on.project, run_id, units), "")

        self._draw(tr("Draw from planning units"), make, failed)

    def reshape(
        self,
        key: str,
        geometry: BaseGeometry,
        failed: Failed,
        *,
        centreline: Sequence[Point] | None = None,
        width_m: float | None = None,
    ) -> None:
        """Give a proposal another shape."""

        def work(on: On, now: str) -> str:
            return proposals.reshape_proposal(
                on.project,
                on.ground(),
                on.scenario,
                now,
                geometry,
                centreline=centreline,
                width_m=width_m,
            )

        self.change(tr("Change the shape of a proposal"), key, work, failed)

    def reshape_together(
        self, key: str, shapes: Mapping[str, BaseGeometry], failed: Failed
    ) -> None:
        """Give a proposal and neighbours that share a corner with it other shapes, in one step.

        Parameters
        ----------
        key : str
            The proposal that is selected.
        shapes : mapping of str to shapely geometry
            All of them by their keys, that proposal first.
        failed : callable
            Told why it could not be done.
        """

        def work(on: On, _now: str) -> str:
            latest = {self._now.get(known, known): shape for known, shape in shapes.items()}
            made = proposals.reshape_proposals(on.project, on.ground(), on.scenario, latest)
            for known, before, after in zip(shapes, latest, made, strict=True):
                if after != before:
                    self._now[known] = self._now[before] = after
            return made[0]

        self.change(tr("Change the shape of a proposal"), key, work, failed)

    def alter(
        self, key: str, change: Callable[[BaseGeometry], BaseGeometry], failed: Failed
    ) -> None:
        """Change the shape that a proposal has when it is this edit's turn.

        Parameters
        ----------
        key : str
            The proposal.
        change : callable
            From its shape to the new one; run beside the window.
        failed : callable
            Told why it could not be done.
        """

        def work(on: On, now: str) -> str:
            shape = shape_of(proposal_row(on.project, on.scenario, now))
            return proposals.reshape_proposal(
                on.project, on.ground(), on.scenario, now, change(shape)
            )

        self.change(tr("Change the shape of a proposal"), key, work, failed)

    def widen_by(self, key: str, metres: float, failed: Failed) -> None:
        """Make a drawn corridor so much wider than it is when it is this edit's turn."""

        def work(on: On, now: str) -> str:
            width = proposals.width_of(proposal_row(on.project, on.scenario, now)) or 0.0
            return proposals.widen_proposal(
                on.project, on.ground(), on.scenario, now, width + metres
            )

        self.change(tr("Widen a corridor"), key, work, failed)

    def widen(self, key: str, width_m: float, failed: Failed) -> None:
        """Give a drawn corridor another width."""
        self.change(
            tr("Widen a corridor"),
            key,
            lambda on, now: proposals.widen_proposal(
                on.project, on.ground(), on.scenario, now, width_m
            ),
            failed,
        )

    def fill_in(self, key: str, changes: Mapping[str, object], failed: Failed) -> None:
        """Change fields of the form."""
        self.change(
            tr("Change a proposal"),
            key,
            lambda on, now: edit_proposal(on.project, on.scenario, now, changes),
            failed,
        )

    def split(self, key: str, line: Sequence[Point], failed: Failed) -> None:
        """Make several proposals of one, along a line."""
        self.run(
            tr("Split a proposal"),
            lambda on: dividing.split_proposal(on.project, on.ground(), on.scenario, key, line),
            failed,
        )

    def merge(self, keys: Sequence[str], failed: Failed) -> None:
        """Make one proposal of several."""
        self.run(
            tr("Merge proposals"),
            lambda on: dividing.merge_proposals(on.project, on.ground(), on.scenario, keys),
            failed,
        )

    def cut_by_border(self, key: str, failed: Failed) -> None:
        """Make a proposal for each country of one that crosses a border."""

        def work(on: On) -> tuple[str, ...]:
            keys = dividing.cut_by_border(on.project, on.ground(), on.scenario, key)
            self._tell_parts(on, keys)
            return keys

        self.run(tr("Cut a proposal at the border"), work, failed, together=True)

    def duplicate(self, keys: Sequence[str], failed: Failed) -> None:
        """Make copies of proposals in the same scenario."""
        self.run(
            tr("Duplicate a proposal"),
            lambda on: copying.duplicate_proposals(on.project, on.scenario, keys),
            failed,
            together=True,
        )

    def remove(self, keys: Sequence[str], failed: Failed) -> None:
        """Remove proposals; undo brings them back."""

        def work(on: On) -> None:
            copying.remove_proposals(on.project, on.scenario, keys)

        self.run(tr("Remove a proposal"), work, failed)

    def paste(self, read: Callable[[], Sequence[Drawn]], failed: Failed) -> None:
        """Store what was pasted; it is read beside the window, as it may be long."""
        self.run(
            tr("Paste proposals"),
            lambda on: copying.paste_proposals(on.project, on.ground(), on.scenario, read()),
            failed,
            together=True,
        )

    def attach(self, key: str, path: Path, failed: Failed) -> None:
        """Copy a file into the project as one of a proposal."""
        self.change(
            tr("Attach a file"),
            key,
            lambda on, now: attach_file(on.project, on.scenario, now, path),
            failed,
        )

    def detach(self, key: str, file: str, failed: Failed) -> None:
        """Take a file away from a proposal."""
        self.change(
            tr("Remove an attachment"),
            key,
            lambda on, now: detach_file(on.project, on.scenario, now, file),
            failed,
        )


def _stored(on: On, drawn: Drawn) -> str:
    return proposals.draw_proposal(on.project, on.ground(), on.scenario, drawn)


def _drawn(joined: Joined, name: str) -> Drawn:
    return Drawn(
        joined.geometry,
        name=name,
        member_sites=joined.member_sites,
        species=joined.species,
        reasons=joined.reasons,
    )
