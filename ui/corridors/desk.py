"""Ties the corridors panel to the project and the map: has done what is asked there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal

from planner.circuit_maps import current_layer_id
from resources.translation import tr
from ui import apart, words
from ui.corridors import work
from ui.corridors.widening_desk import WideningLink
from ui.map.overlay import AddedLand, PlaceMark

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from planner.corridors.curve import ResistanceCurve
    from planner.jobs import Job, JobControl
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.corridors.panel import CorridorsPanel
    from ui.map.area import MapArea
    from ui.project_work import Workbench
    from ui.session import Session

_REACH_PX = 24
"""How far from the middle line the pointer on the map still means a place along it."""


class CorridorsDesk(QObject):
    """Hears what is asked in the corridors panel, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work.
    panel : CorridorsPanel
        Where it is asked.
    map_area : MapArea
        Where places and added land are shown.
    """

    run_wanted = pyqtSignal(str)
    """It was asked from what something was computed; carries the run's id."""
    layer_wanted = pyqtSignal(str)
    """A layer of the map is to be seen; carries its id."""
    proposal_made = pyqtSignal(str)
    """A corridor was proposed; carries the proposal's key."""

    def __init__(
        self,
        session: Session,
        background: Background,
        panel: CorridorsPanel,
        map_area: MapArea,
    ) -> None:
        super().__init__()
        self._session = session
        self._panel = panel
        self._map = map_area
        self._job: Job[Any] | None = None
        self._closed = False
        self._found_flow = ""
        self.widening = WideningLink(session, background, panel)
        self.widening.land_found.connect(self._show_land)
        self.widening.proposal_made.connect(self.proposal_made)
        session.opened.connect(self._on_changed)
        session.changed.connect(self._on_changed)
        background.jobs_changed.connect(self._on_jobs_changed)
        panel.find_requested.connect(self._on_find_requested)
        panel.pinch_points_requested.connect(self._on_pinch_points_requested)
        panel.flow_page.place_chosen.connect(self._on_flow_place_chosen)
        panel.cancel_requested.connect(self._on_cancel_requested)
        panel.curve_changed.connect(self._on_curve_changed)
        panel.run_requested.connect(self.run_wanted)
        panel.page_changed.connect(self._forget_place)
        panel.corridor_shown.connect(self._forget_place)
        plot = panel.width_page.plot
        plot.place_pointed.connect(self._on_place_pointed)
        plot.place_chosen.connect(map_area.canvas.centre_on)
        map_area.canvas.pointer_moved.connect(self._on_pointer_moved)

    def close(self) -> None:
        """Ask for nothing more, as before the work beside the window ends."""
        self._closed = True
        self.widening.close()

    def _on_changed(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None:
            self._panel.show_state(snapshot.walking, snapshot.read_only_reason)
        if self._found_flow:
            species, self._found_flow = self._found_flow, ""
            self.layer_wanted.emit(current_layer_id(species))

    def _on_find_requested(self, species: str) -> None:
        label = tr("Find corridors of the {species}", species=words.species(species))
        self._run(label, partial(work.find_corridors, species), lambda _: None)

    def _on_pinch_points_requested(self, species: str) -> None:
        def found(_: str) -> None:
            self._found_flow = species

        label = tr("Find pinch points of the {species}", species=words.species(species))
        self._run(label, partial(work.find_pinch_points, species), found)

    def _run(self, label: str, run: Callable[..., str], then: Callable[[str], None]) -> None:
        """Have something found that the panel tells the progress of; one at a time."""
        snapshot = self._session.snapshot
        if snapshot is None or snapshot.read_only_reason or self._job is not None:
            return
        self._panel.show_problem("")
        self._job = self._session.model(
            label, apart.on_project, run, told="{}", failed=self._on_failed, then=then
        )
        self._on_jobs_changed()

    def _on_flow_place_chosen(self, lon: float, lat: float) -> None:
        place = self._map.place_of(lon, lat)
        if place is not None:
            self._map.canvas.set_overlay("place", PlaceMark(*place))
            self._map.canvas.centre_on(*place)

    def _on_cancel_requested(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._on_jobs_changed()

    def _on_jobs_changed(self) -> None:
        if self._job is None:
            return
        if self._job.state.is_final:
            self._job = None
        self._panel.show_job(self._job)

    def _on_curve_changed(self, species: str, curve: ResistanceCurve | None) -> None:
        if self._closed:
            return

        def change(bench: Workbench, _: JobControl) -> None:
            work.change_curve(species, curve, bench)

        self._session.change(tr("Change the resistance"), change, failed=self._on_failed)

    def _on_failed(self, error: PlannerError) -> None:
        self._panel.show_problem(words.problem(error))

    def _forget_place(self) -> None:
        self._map.canvas.set_overlay("place", None)

    def _on_place_pointed(self, place: tuple[float, float] | None) -> None:
        mark = None if place is None else PlaceMark(*place)
        self._map.canvas.set_overlay("place", mark)

    def _on_pointer_moved(self, place: tuple[float, float] | None) -> None:
        plot = self._panel.width_page.plot
        if place is None:
            plot.forget_place()
        elif plot.isVisible():
            plot.point_at_map(*place, self._map.pixel_tolerance(_REACH_PX))

    def _show_land(self, geometry: BaseGeometry | None) -> None:
        land = None if geometry is None else AddedLand(geometry)
        self._map.canvas.set_overlay("land", land)
