"""Ties the parts together: the selection, the project's snapshots, the map and the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from planner.habitat_maps import RUN_PREFIX
from resources.translation import tr, tr_n
from ui import words
from ui.inspector.record import row_record, site_record
from ui.inspector.run import run_record
from ui.map.canvas import CLICK_TOLERANCE_PX
from ui.map.coordinates import ground_measure
from ui.map.overlay import Highlight
from ui.snapshot import Selection
from ui.suitability.layers import with_run_layers
from ui.suitability.stage_record import stage_record

if TYPE_CHECKING:
    from layers.qgis.layer_spec import LayerSpec
    from ui.compare.desk import CompareDesk
    from ui.corridors.desk import CorridorsDesk
    from ui.corridors.panel import CorridorsPanel
    from ui.drawing.desk import DrawingDesk
    from ui.indicators.panel import IndicatorsPanel
    from ui.inspector.record import Record
    from ui.layers_panel.desk import LayersDesk
    from ui.layers_panel.panel import LayersPanel
    from ui.main_window import MainWindow, WindowParts
    from ui.map.coordinates import GroundMeasure
    from ui.map.desk import MapDesk
    from ui.map.engine import MapEngine
    from ui.map.view_state import Extent
    from ui.reserve.desk import ReserveDesk
    from ui.reserve.panel import ProposalsPanel
    from ui.session import Session
    from ui.sites.panel import SitesPanel
    from ui.snapshot import Snapshot
    from ui.suitability.desk import HabitatDesk
    from ui.suitability.panel import SpeciesPanel
    from ui.theme import Theme

HABITAT_PREFIX = "suitability_"
"""How the ids of the layers of suitability begin; the rest is the species."""


class Desk(QObject):
    """Hears what happens in one part and tells the others.

    Parameters
    ----------
    session : Session
        The open project.
    engine : MapEngine
        The map's engine.
    window : MainWindow
        The window.
    parts : WindowParts
        What it is made of.
    habitat : HabitatDesk
        Runs of suitability models.
    theme : Theme
        Colour of the sea around the map.
    """

    selection_changed = pyqtSignal(object)
    """Something else is selected; carries its `Selection`, or None."""

    def __init__(
        self,
        session: Session,
        engine: MapEngine,
        window: MainWindow,
        parts: WindowParts,
        habitat: HabitatDesk,
        theme: Theme,
    ) -> None:
        super().__init__()
        self._session = session
        self._engine = engine
        self._window = window
        self._parts = parts
        self._habitat = habitat
        self._theme = theme
        self._selection: Selection | None = None
        self._stack: tuple[Selection, ...] = ()
        self._compare: CompareDesk | None = None
        self._tools: MapDesk | None = None
        self._layers_desk: LayersDesk | None = None
        self._missing: set[str] = set()
        self._listen()

    def _listen(self) -> None:
        session, engine, parts = self._session, self._engine, self._parts
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        session.failed.connect(self._on_failed)
        session.said.connect(parts.strip.say)
        engine.layers_shown.connect(self._on_layers_shown)
        engine.unavailable.connect(self._on_unavailable)
        engine.problem_met.connect(parts.map_area.show_problem)
        parts.map_area.canvas.loop.frame_arrived.connect(self._on_frame)
        engine.project_saved.connect(
            lambda path: parts.strip.say(tr("Written: {path}", path=path))
        )
        parts.map_area.retry_requested.connect(lambda: self._show_map(stale=False))
        parts.map_area.choice_requested.connect(self._window.open_requested)
        parts.map_area.canvas.place_clicked.connect(self._on_place_clicked)
        parts.map_area.canvas.pointer_moved.connect(self._on_pointer_moved)
        parts.top_bar.scenario_chosen.connect(session.show_scenario)
        parts.top_bar.print_requested.connect(lambda: session.print_map(engine.engine))
        session.printed.connect(self._on_printed)
        parts.strip.undo_requested.connect(session.undo)
        parts.strip.redo_requested.connect(session.redo)
        parts.inspector.zoom_requested.connect(self._on_zoom_requested)
        self._window.export_requested.connect(self._on_export_requested)
        self._window.plan_requested.connect(session.make_plan)
        self.sites.site_chosen.connect(lambda key: self.select(Selection("site", key)))
        self.sites.pair_chosen.connect(self._on_pair_chosen)
        self.layers.visibility_changed.connect(self._on_visibility_changed)
        self.corridors.feature_chosen.connect(
            lambda key: self.select(Selection("corridor", key))
        )
        self.proposals.feature_chosen.connect(
            lambda key: self.select(Selection("proposal", key))
        )
        self.sites.fill_requested.connect(session.fill_sites)
        for panel in (self.proposals, self.indicators):
            panel.plan_requested.connect(session.make_plan)
        parts.inspector.run_requested.connect(self.show_run)
        parts.inspector.back_requested.connect(self._show_selection)
        self.indicators.run_requested.connect(self.show_run)
        self._habitat.said.connect(parts.strip.say)
        self._habitat.results_wanted.connect(lambda: self._window.show_results(shown=True))
        self._habitat.layers_changed.connect(self._on_run_layers_changed)
        self._habitat.map_wanted.connect(self._show_run_map)
        parts.results.stage_wanted.connect(self._show_stage)

    def listen_to_corridors(self, corridors: CorridorsDesk) -> None:
        """Tell the other parts what comes of the corridors panel."""
        corridors.run_wanted.connect(self.show_run)
        queued = Qt.ConnectionType.QueuedConnection  # the layers are listed by then
        corridors.layer_wanted.connect(self._show_layer, queued)  # type: ignore[call-arg]  # stub lacks it
        corridors.proposal_made.connect(self._on_proposal_made)

    def listen_to_proposals(self, reserve: ReserveDesk) -> None:
        """Tell the other parts what comes of the proposals panel."""
        reserve.proposals_sent.connect(self._on_proposal_made)
        reserve.map_wanted.connect(lambda: self._window.show_results(shown=False))

    def listen_to_map(self, tools: MapDesk) -> None:
        """Tell the other parts what comes of the tools of the map."""
        self._tools = tools
        tools.selection_wanted.connect(lambda selection: self.select(selection, reveal=False))
        tools.panel_wanted.connect(self._window.open_panel)
        tools.run_wanted.connect(self.show_run)
        tools.said.connect(self._parts.strip.say)
        self.selection_changed.connect(tools.follow)

    def listen_to_drawing(self, drawing: DrawingDesk) -> None:
        """Tell the other parts what was drawn, and drawing what is selected."""
        drawing.proposal_made.connect(
            lambda key: self.select(Selection("proposal", key), reveal=False)
        )
        drawing.said.connect(self._parts.strip.say)
        self.selection_changed.connect(drawing.proposal.select)
        self._parts.inspector.edit_requested.connect(drawing.proposal.open_form)

    def listen_to_layers(self, layers: LayersDesk) -> None:
        """Show layers as they are tried, and tell the other parts what is done with them."""
        self._layers_desk = layers
        layers.map_wanted.connect(lambda: self._show_map(stale=False))
        layers.selection_wanted.connect(lambda item: self.select(item, reveal=False))
        layers.said.connect(self._parts.strip.say)
        self.selection_changed.connect(layers.show_selection)

    def listen_to_comparison(self, compare: CompareDesk) -> None:
        """Tell the other parts what comes of the second map."""
        self._compare = compare
        compare.map_wanted.connect(lambda: self._show_map(stale=False))
        compare.selected.connect(lambda selection: self.select(selection, reveal=False))
        compare.record_wanted.connect(self._show_other_record)
        compare.said.connect(self._parts.strip.say)
        self.selection_changed.connect(compare.follow_selection)
        if self._tools is not None:
            compare.follow(self._tools)

    def _show_other_record(self, record: Record) -> None:
        """Tell about something as the second map has it, which the first does not edit."""
        self._window.show_inspector(shown=True)
        self._parts.inspector.show_record(record)
        self._parts.inspector.set_editable(editable=False)

    def _show_layer(self, layer_id: str) -> None:
        self.layers.switch(layer_id, on=True)

    def _on_proposal_made(self, key: str) -> None:
        self._window.open_panel("proposals")
        self.select(Selection("proposal", key))

    @property
    def selection(self) -> Selection | None:
        """What is selected."""
        return self._selection

    def select(self, selection: Selection | None, *, reveal: bool = True) -> None:
        """Select something everywhere: list, map and inspector.

        Parameters
        ----------
        selection : Selection or None
            What to select; None for nothing.
        reveal : bool
            Whether the map moves so that it is seen.
        """
        self._selection = selection
        self.selection_changed.emit(selection)
        self._show_selection()
        snapshot = self._session.snapshot
        if selection is not None and snapshot is not None:
            self._window.show_inspector(shown=True)
            if reveal:
                self._window.show_results(shown=False)
            extent = snapshot.extent_of(selection)
            if reveal and extent is not None:
                self._parts.map_area.canvas.reveal(extent)

    def show_run(self, run_id: str) -> None:
        """Tell in the inspector how something was computed; what is selected stays selected."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        run = snapshot.runs.get(run_id)
        if run is None:
            self._parts.strip.say(tr("The project holds no record of run {run}.", run=run_id))
            return
        self._window.show_inspector(shown=True)
        selection = self._selection
        back_to = "" if selection is None else snapshot.title_of(selection)
        self._parts.inspector.show_record(run_record(run), back_to=back_to)

    def _show_stage(self, stage: str) -> None:
        """Tell in the inspector from what a number of the shown model run comes."""
        view, snapshot = self._habitat.view, self._session.snapshot
        record = None if view is None else stage_record(view.results, stage)
        if record is None or snapshot is None:
            self._parts.strip.say(
                tr("The run holds no record of the stage {stage}.", stage=stage)
            )
            return
        self._window.show_inspector(shown=True)
        selection = self._selection
        back_to = "" if selection is None else snapshot.title_of(selection)
        self._parts.inspector.show_record(record, back_to=back_to)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        for panel in (self.sites, self.species, self.corridors, self.proposals):
            panel.set_theme(theme)
        self._parts.results.set_theme(theme)
        self._parts.map_area.set_theme(theme)
        if self._compare is not None:
            self._compare.set_theme(theme)
        if self._layers_desk is not None:
            self._layers_desk.set_theme(theme)

    def _on_opened(self, snapshot: Snapshot) -> None:
        self._selection, self._stack = None, ()
        self._window.setWindowTitle(f"{snapshot.name} – Landbridge")
        measure = ground_measure(snapshot.crs)
        self._parts.map_area.set_measure(measure)
        region = _region(snapshot, measure)
        if region is not None:
            self._parts.map_area.canvas.set_region(region)
        self._parts.strip.say(words.stored(snapshot.read_only_reason))
        self._show_snapshot(snapshot)
        self._show_map(stale=False)

    def _on_changed(self, snapshot: Snapshot) -> None:
        self._show_snapshot(snapshot)
        self._show_map(stale=True)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self._parts.top_bar.show_snapshot(snapshot)
        self._parts.strip.set_history(snapshot.undo_label, snapshot.redo_label)
        self.sites.set_rows(snapshot.sites)
        self.sites.set_pairs(snapshot.every_pair)
        self.sites.set_fill_possible(not snapshot.read_only_reason)
        self.layers.set_layers(self._map_layers(snapshot))
        for panel, kind in ((self.corridors, "corridor"), (self.proposals, "proposal")):
            panel.set_rows([row for row in snapshot.features if row.kind == kind])
        self.proposals.set_plan_possible(not snapshot.read_only_reason)
        self.indicators.set_groups(snapshot.indicators)
        self.indicators.set_plan_possible(not snapshot.read_only_reason)
        self._show_selection()

    def _show_map(self, *, stale: bool) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None:
            layers = self._map_layers(snapshot)
            self._engine.show(
                layers if self._layers_desk is None else self._layers_desk.as_tried(layers),
                snapshot.crs,
                title=snapshot.name,
                sea=self._theme.map_colour["sea"],
                stale=stale,
            )

    def _map_layers(self, snapshot: Snapshot) -> tuple[LayerSpec, ...]:
        view = self._habitat.view
        return with_run_layers(snapshot.layers, () if view is None else view.layers)

    def _on_run_layers_changed(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None:
            self.layers.set_layers(self._map_layers(snapshot))
            self._show_map(stale=False)

    def _show_run_map(self, layer_id: str) -> None:
        """Show one map of a model run, alone among the maps of habitat."""
        for spec in self.layers.specs:
            if spec.layer_id.startswith((RUN_PREFIX, HABITAT_PREFIX)):
                self.layers.switch(spec.layer_id, on=spec.layer_id == layer_id)
        self._window.show_results(shown=False)

    def _show_selection(self) -> None:
        snapshot, selection = self._session.snapshot, self._selection
        canvas = self._parts.map_area.canvas
        geometry = None
        if snapshot is not None and selection is not None:
            geometry = snapshot.geometries.get(selection)
        canvas.set_overlay("selection", None if geometry is None else Highlight(geometry))
        self._show_habitat_of(snapshot, selection)
        self._parts.inspector.show_record(self._record(), on_map=geometry is not None)
        proposal = selection is not None and selection.kind == "proposal"
        self._parts.inspector.set_editable(editable=proposal)
        for panel, kind in (
            (self.sites, "site"),
            (self.corridors, "corridor"),
            (self.proposals, "proposal"),
        ):
            chosen = selection is not None and selection.kind == kind
            panel.choose(selection.key if chosen and selection is not None else "")

    def _show_habitat_of(self, snapshot: Snapshot | None, selection: Selection | None) -> None:
        """Show the suitability of the species of a corridor; else what the user has chosen."""
        feature = None
        if snapshot is not None and selection is not None and selection.kind == "corridor":
            feature = snapshot.feature(selection)
        layer_id = "" if feature is None else f"{HABITAT_PREFIX}{feature.species}"
        self.layers.prefer(layer_id, HABITAT_PREFIX)

    def _record(self) -> Record | None:
        snapshot, selection = self._session.snapshot, self._selection
        if snapshot is None or selection is None:
            return None
        if selection.kind != "site":
            feature = snapshot.feature(selection)
            return None if feature is None else feature.record
        row = snapshot.site(selection.key)
        if row is None:
            return None
        site = self._session.catalogue_site(selection.key)
        pairs = snapshot.pairs.get(selection.key, ())
        if site is None:
            return row_record(row, pairs)
        return site_record(site, row, self._session.names, pairs)

    def _on_layers_shown(self, problems: object) -> None:
        canvas = self._parts.map_area.canvas
        self._parts.map_area.show_map()
        told = problems if isinstance(problems, tuple) else ()
        self.layers.show_problems(told)
        self._missing = {problem.layer_id for problem in told}
        canvas.loop.set_layers(self.layers.visible_ids, self.layers.remote_ids)
        canvas.loop.set_source(self._engine.source)

    def _on_frame(self) -> None:
        """Say over a frame that it lacks layers which are switched on."""
        lacking = [name for name in self.layers.visible_ids if name in self._missing]
        if lacking:
            self._parts.map_area.show_problem(
                tr_n(
                    "{count} layer that is switched on is missing from the map. The panel "
                    "Layers says why.",
                    "{count} layers that are switched on are missing from the map. The panel "
                    "Layers says why.",
                    len(lacking),
                )
            )

    def _on_visibility_changed(self) -> None:
        loop = self._parts.map_area.canvas.loop
        loop.set_layers(self.layers.visible_ids, self.layers.remote_ids)

    def _on_place_clicked(self, x: float, y: float) -> None:
        if self._compare is not None and self._compare.takes(x, y):
            self._compare.clicked(x, y)
            return
        found = self._shown_at((x, y))
        if found and found == self._stack and self._selection in found:
            place = (found.index(self._selection) + 1) % len(found)
            self.select(found[place], reveal=False)
        else:
            self.select(found[0] if found else None, reveal=False)
        self._stack = found
        others = len(found) - 1
        self._parts.strip.say(
            tr_n(
                "{count} more at this place: click again to go through them.",
                "{count} more at this place: click again to go through them.",
                others,
            )
            if others > 0
            else ""
        )

    def _on_pointer_moved(self, point: tuple[float, float] | None) -> None:
        snapshot, canvas = self._session.snapshot, self._parts.map_area.canvas
        found = () if point is None else self._shown_at(point)
        title = snapshot.title_of(found[0]) if snapshot is not None and found else ""
        if self._compare is not None and point is not None and self._compare.takes(*point):
            title = self._compare.title_at(*point)
        canvas.setToolTip(title if canvas.tool is None else "")
        canvas.point_at(hit=bool(title))

    def _shown_at(self, point: tuple[float, float]) -> tuple[Selection, ...]:
        """Return what is drawn at a place of the map, the smallest first."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return ()
        tolerance = self._parts.map_area.pixel_tolerance(CLICK_TOLERANCE_PX)
        return tuple(
            item
            for item in snapshot.at(*point, tolerance)
            if any(self.layers.is_on(layer_id) for layer_id in snapshot.layers_of(item))
        )

    def _on_pair_chosen(self, site_a: str, site_b: str) -> None:
        """Select the first site of a pair, and show the ground of both."""
        snapshot = self._session.snapshot
        ends = (Selection("site", site_a), Selection("site", site_b))
        boxes = [snapshot.extent_of(end) for end in ends] if snapshot is not None else []
        self.select(ends[0], reveal=False)
        known = [extent for extent in boxes if extent is not None]
        if known:
            west, south, east, north = zip(*known, strict=True)
            extent = (min(west), min(south), max(east), max(north))
            self._parts.map_area.canvas.show_extent(extent)

    def _on_zoom_requested(self) -> None:
        snapshot, selection = self._session.snapshot, self._selection
        if snapshot is not None and selection is not None:
            extent = snapshot.extent_of(selection)
            if extent is not None:
                self._parts.map_area.canvas.show_extent(extent)

    def _on_export_requested(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is not None:
            folder = snapshot.path / "exports"
            self._engine.save_project(folder / f"{snapshot.path.stem}.qgz")

    def _on_printed(self, path: object) -> None:
        self._parts.strip.say(tr("Printed: {path}", path=path))
        self._show_map(stale=False)  # printing has set the layers of the plan

    def _on_unavailable(self, reason: str) -> None:
        if self._session.snapshot is not None:  # before that, the project comes first
            self._parts.map_area.show_reason(reason)

    def _on_failed(self, message: str) -> None:
        if self._session.snapshot is None:
            self._parts.map_area.show_no_project(message)
        elif self._parts.map_area.has_map:
            self._parts.map_area.show_problem(message)  # until the next frame
        self._parts.strip.say(message)

    @property
    def sites(self) -> SitesPanel:
        """The panel of sites."""
        return self._parts.panels.sites

    @property
    def species(self) -> SpeciesPanel:
        """The panel of species and their models."""
        return self._parts.panels.species

    @property
    def layers(self) -> LayersPanel:
        """The panel of layers."""
        return self._parts.panels.layers

    @property
    def corridors(self) -> CorridorsPanel:
        """The panel of corridors."""
        return self._parts.panels.corridors

    @property
    def proposals(self) -> ProposalsPanel:
        """The panel of proposals."""
        return self._parts.panels.proposals

    @property
    def indicators(self) -> IndicatorsPanel:
        """The panel of indicators."""
        return self._parts.panels.indicators


def _region(snapshot: Snapshot, measure: GroundMeasure) -> Extent | None:
    if snapshot.bounds_lonlat is not None:
        return measure.extent_from_lonlat(snapshot.bounds_lonlat)
    boxes = [geometry.bounds for geometry in snapshot.geometries.values()]
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
