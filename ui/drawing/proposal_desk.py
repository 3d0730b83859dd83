"""The proposal that is selected: its form, the edits of its shape, copies and the clipboard."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject, Qt, QUrl
from PyQt6.QtGui import QDesktopServices
from PyQt6.QtWidgets import QFileDialog

from planner.drawing import geometry as shapes
from planner.drawing.attachments import attachment_path
from resources.translation import tr, tr_n
from ui import words
from ui.drawing.copies_desk import CopiesDesk
from ui.drawing.live import Wish
from ui.drawing.together import Together
from ui.drawing.toolbox import CHANGING
from ui.drawing.work import Told, read_proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shapely.geometry.base import BaseGeometry

    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.drawing.desk import DrawingDesk
    from ui.drawing.gather_tool import Thing
    from ui.drawing.panel import DrawingPanel
    from ui.drawing.sketch import Sketch
    from ui.features.list import FeatureList
    from ui.main_window import MainWindow
    from ui.map.area import MapArea
    from ui.map.select_desk import SelectDesk
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.snapshot import Selection

_SAME_SHARE = 0.01


class ProposalDesk(QObject):
    """Shows the selected proposal in the form, and changes it as the hand asks.

    Parameters
    ----------
    desk : DrawingDesk
        The rest of drawing.
    session : Session
        The open project.
    window : MainWindow
        Holds the commands.
    map_area : MapArea
        The map.
    panel : DrawingPanel
        Has the form.
    """

    def __init__(
        self,
        desk: DrawingDesk,
        session: Session,
        window: MainWindow,
        map_area: MapArea,
        panel: DrawingPanel,
    ) -> None:
        super().__init__()
        self._desk = desk
        self._session = session
        self._window = window
        self._canvas = map_area.canvas
        self._panel = panel
        self._key = ""
        self._expected = ""
        self._told: Told | None = None
        self.together = Together()
        self._listen()

    def _listen(self) -> None:
        panel, form, tools = self._panel, self._panel.form, self._desk.tools
        self._session.leaving.connect(lambda _: form.flush())
        self._session.opened.connect(self._on_opened)
        self._session.changed.connect(self._read)
        form.changed.connect(self._on_form_changed)
        form.width_given.connect(self._on_width_given)
        form.national.cut_requested.connect(self._cut_by_border)
        form.national.all_requested.connect(self.together.choose)
        form.attachments.add_requested.connect(self._on_attach_requested)
        form.attachments.open_requested.connect(self._on_open_requested)
        form.attachments.remove_requested.connect(self._on_detach_requested)
        panel.grow.clicked.connect(lambda: self._grow(1))
        panel.shrink.clicked.connect(lambda: self._grow(-1))
        panel.simplify.clicked.connect(self._simplify)
        tools.corners.previewed.connect(self._on_previewed)
        tools.corners.edited.connect(self._on_edited)
        tools.corners.step_wanted.connect(self._on_step_wanted)
        tools.corners.refused.connect(self._desk.bar.show_problem)
        tools.corners.entry_wanted.connect(self._desk.bar.begin_entry)
        tools.fill.chosen.connect(self._on_hole_chosen)
        tools.merge.completed.connect(self._on_merge)
        add = partial(self._window.deeds.add, group=tr("Draw"))
        self._edit = add(
            "proposal.edit", tr("Edit the selected proposal"), self.open_form, keys=("F2",)
        )
        self._border = add(
            "proposal.border", tr("Cut the proposal at the border"), self._cut_by_border
        )
        panel.add_edit(self._border, "edit_border")
        self.copies = CopiesDesk(
            self._desk, self, self._session, self._window, self._canvas, panel
        )
        self.together.changed.connect(self._on_together)
        self.show_possible()

    def follow(self, selecting: SelectDesk, listed: FeatureList) -> None:
        """Hear which proposals are selected together, on the map and in their list."""
        self.together.follow(selecting, listed)
        self.copies.listen_on(listed)

    @property
    def key(self) -> str:
        """The proposal that is selected alone; empty for none."""
        return self._key

    @property
    def keys(self) -> tuple[str, ...]:
        """The proposals that are selected, one or more of them."""
        return self.together.keys or ((self._key,) if self._key else ())

    def _on_together(self) -> None:
        self._show_title()
        self.show_possible()

    # Which proposal it is, and what is known of it.

    def select(self, selection: Selection | None) -> None:
        """Take another selection into account."""
        key = selection.key if selection is not None and selection.kind == "proposal" else ""
        if key == self._key:
            return
        self._panel.form.flush()
        self._key, self._told = key, None
        self._panel.show_problem("")
        if self._canvas.tool in {self._desk.tools.named[name] for name in CHANGING}:
            self._canvas.set_tool(None)
        self._show_title()
        self.show_possible()
        self._read()

    def expect(self, key: str) -> None:
        """Open the form of a proposal as soon as it is selected."""
        self._expected = key

    def open_form(self) -> None:
        """Show the form of the proposal that is selected."""
        self._window.open_panel("draw")
        self._panel.show_proposal()
        if self._told is not None:
            self._panel.form.focus_name()

    def show_possible(self) -> None:
        """Let be done what can be done with the selection."""
        writable, some = self._desk.writable, bool(self._key)
        edit = some and self._told is not None
        several = len(self.keys) > 1
        self._desk.tools.set_possible(draw=writable, edit=edit, merge=edit or several)
        self._edit.setEnabled(some)
        self._border.setEnabled(writable and some)
        self.copies.show_possible()
        self._panel.set_editable(editable=writable and some)

    def _on_opened(self) -> None:
        self._key, self._told, self._expected = "", None, ""
        self._show_title()
        self.show_possible()

    def _show_title(self) -> None:
        thing, several = self._thing(), len(self.keys)
        if several > 1:
            title = tr_n("{count} proposal", "{count} proposals", several)
            self._panel.set_proposal(title, alone=False)
            return
        self._panel.set_proposal("" if thing is None else thing.title or thing.key)

    def _thing(self) -> Thing | None:
        return self._desk.finders.proposal_named(self._key) if self._key else None

    def _read(self) -> None:
        """Read the form anew, as after every change of the project."""
        snapshot, key = self._session.snapshot, self._key
        thing = self._thing()
        if snapshot is None or thing is None:
            self._show_title()
            return
        self._show_title()
        scenario = snapshot.scenario

        def read(bench: Workbench, _: JobControl) -> Told:
            return read_proposal(bench, scenario, key)

        self._session.ask(
            tr("Read the proposal"), read, partial(self._on_read, key), self.tell_problem
        )

    def _on_read(self, key: str, told: Told) -> None:
        if key != self._key:
            return
        self._told = told
        self._panel.form.show_form(told.form, told.history, editable=self._desk.writable)
        self.show_possible()
        self._show_corners()
        if self._expected == key:
            self._expected = ""
            self.open_form()

    def tell_problem(self, error: PlannerError) -> None:
        """Say by the form why something could not be done with the proposal."""
        self._canvas.set_overlay("drawing", None)
        self._panel.show_problem(words.problem(error))
        self._panel.show_proposal()
        self._show_corners()

    # The form.

    def _on_form_changed(self, key: str, changes: dict[str, object]) -> None:
        self._panel.show_problem("")
        self._desk.edits.fill_in(key, changes, self.tell_problem)

    def _on_width_given(self, key: str, width_m: float) -> None:
        self._panel.show_problem("")
        self._desk.edits.widen(key, width_m, self.tell_problem)

    def _on_attach_requested(self) -> None:
        dialog = QFileDialog(self._window, tr("Attach a file"))
        dialog.setObjectName("attach_dialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._attach, self._key))
        dialog.open()

    def _attach(self, key: str, file: str) -> None:
        if key and file:
            self._panel.show_problem("")
            self._desk.edits.attach(key, Path(file), self.tell_problem)

    def _on_detach_requested(self, file: str) -> None:
        self._desk.edits.detach(self._key, file, self.tell_problem)

    def _on_open_requested(self, file: str) -> None:
        def find(bench: Workbench, _: JobControl) -> Path:
            return attachment_path(bench.project, file)

        def opened(path: Path) -> None:
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
                self._panel.show_problem(
                    tr("No programme opens this file. It lies at {path}.", path=path)
                )

        self._session.ask(tr("Open an attachment"), find, opened, self.tell_problem)

    # The shape.

    def prepare(self, name: str) -> None:
        """Give the tools that change a shape the one they are to change."""
        if name == "merge":
            found = [self._desk.finders.proposal_named(key) for key in self.keys]
            self._desk.tools.merge.begin_with([item for item in found if item is not None])
            return
        thing = self._thing()
        if thing is None:
            return
        if name == "fill":
            self._desk.finders.holes_of = thing.geometry
        elif name == "corners":
            self._show_corners()

    def _line(self) -> tuple[BaseGeometry, float] | None:
        """Return the middle line of the selected proposal with its width, if it has one."""
        told, thing = self._told, self._thing()
        if told is None or thing is None:
            return None
        points, width_m = told.form.centreline, told.form.width_m
        if points is None or width_m is None or len(points) < 2:
            return None
        drawn = shapes.corridor_from_line(points, width_m)
        if drawn.symmetric_difference(thing.geometry).area > _SAME_SHARE * drawn.area:
            return None  # its shape was changed by hand since
        return shapely.LineString(points), width_m

    def _show_corners(self) -> None:
        thing, corners = self._thing(), self._desk.tools.corners
        if thing is None:
            return
        line = self._line()
        corners.neighbours = self._desk.finders.neighbours_of(thing)
        if line is None:
            corners.set_shape(thing.geometry, key=thing.key)
        else:
            corners.set_shape(line[0], width_m=line[1], key=thing.key)
        if self._canvas.tool is corners:
            self._on_previewed(corners.shape)

    def measure(self) -> None:
        """Measure the proposal as it is, as when a tool that changes it is taken up."""
        thing, line = self._thing(), self._line()
        if line is not None:
            self._desk.live.want(Wish(*line))
        elif thing is not None:
            self._desk.live.want(Wish(thing.geometry))

    def _on_previewed(self, geometry: BaseGeometry) -> None:
        line = self._line()
        self._desk.live.want(Wish(geometry, 0.0 if line is None else line[1]))

    def _on_edited(
        self, geometry: BaseGeometry, moved: Mapping[str, BaseGeometry] | None = None
    ) -> None:
        key, line = self._key, self._line()
        if not key:
            return
        if line is not None:
            points = [(float(x), float(y)) for x, y in shapely.get_coordinates(geometry)]
            area = shapes.corridor_from_line(points, line[1])
            self._desk.edits.reshape(
                key, area, self.tell_problem, centreline=points, width_m=line[1]
            )
            return

        def back(problem: str) -> None:
            self._canvas.set_overlay("drawing", None)
            self._show_corners()
            self._canvas.set_tool(self._desk.tools.corners)
            self._desk.bar.show_problem(problem)

        reshape = partial(self._reshape, key, moved or {})
        self._desk.soundness.pass_on(geometry, reshape, back)

    def _on_step_wanted(self, forward: bool) -> None:
        corners = self._desk.tools.corners
        self._desk.edits.step(
            forward=forward, exhausted=lambda: corners.exhausted.emit(forward)
        )

    def _reshape(
        self, key: str, moved: Mapping[str, BaseGeometry], geometry: BaseGeometry
    ) -> None:
        self._panel.show_problem("")
        if moved:
            self._desk.edits.reshape_together(key, {key: geometry, **moved}, self.tell_problem)
        else:
            self._desk.edits.reshape(key, geometry, self.tell_problem)

    def change_along(self, name: str, sketch: Sketch) -> None:
        """Split, reshape or cut the selected proposal along what was drawn.

        Raises
        ------
        PlannerError
            It is not possible along that line; says why.
        """
        thing = self._thing()
        if thing is None:
            return
        key, points = self._key, sketch.points
        back = partial(self._desk.back_to, name, sketch)

        def failed(error: PlannerError) -> None:
            back(words.problem(error))

        if name == "split":
            shapes.split(thing.geometry, points)
            self._canvas.set_tool(None)
            self._desk.edits.split(key, points, failed)
            return
        change: Callable[..., BaseGeometry] = (
            shapes.cut_hole if name == "hole" else shapes.reshape
        )
        changed = change(thing.geometry, points)
        self._desk.wait_for_store(changed)
        self._desk.edits.reshape(key, changed, failed)

    def _on_hole_chosen(self, hole: Thing) -> None:
        thing = self._thing()
        if thing is not None:
            x, y = (float(part) for part in hole.key.split())
            self._alter(lambda shape: shapes.fill_hole(shape, x, y))
            self._canvas.set_tool(None)

    def _on_merge(self, things: tuple[Thing, ...]) -> None:
        self._canvas.set_tool(None)
        self._desk.edits.merge([thing.key for thing in things], self.tell_problem)

    def _grow(self, sign: int) -> None:
        thing, line = self._thing(), self._line()
        if thing is None:
            return
        metres = sign * self._panel.amount_m
        if line is None:
            self._alter(lambda shape: shapes.buffered(shape, metres))
        else:
            self._desk.edits.widen_by(self._key, 2 * metres, self.tell_problem)

    def _simplify(self) -> None:
        thing, line = self._thing(), self._line()
        if thing is None:
            return
        metres = self._panel.amount_m
        if line is None:
            self._alter(lambda shape: shapes.simplified(shape, metres))
        else:
            self._on_edited(line[0].simplify(metres))

    def _alter(self, change: Callable[[BaseGeometry], BaseGeometry]) -> None:
        self._panel.show_problem("")
        self._desk.edits.alter(self._key, change, self.tell_problem)

    def _cut_by_border(self) -> None:
        self._panel.show_problem("")
        self._desk.edits.cut_by_border(self._key, self.tell_problem)
