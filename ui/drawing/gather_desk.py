"""Proposals from what is picked on the map: two sites, several sites, planning units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from PyQt6.QtCore import QObject

from planner.drawing.geometry import corridor_from_line
from planner.drawing.least_cost import ALL_SPECIES, LiveCorridor, corridor_species
from resources.translation import tr
from ui import words
from ui.drawing.live import Wish
from ui.drawing.work import read_units

if TYPE_CHECKING:
    from planner.jobs import JobControl
    from resources.errors import PlannerError
    from ui.drawing.desk import DrawingDesk
    from ui.drawing.finders import Finders
    from ui.drawing.gather_tool import GatherTool, Thing
    from ui.map.canvas import MapCanvas
    from ui.project_work import Workbench
    from ui.session import Session


class GatherDesk(QObject):
    """Has proposals made of what is picked.

    Parameters
    ----------
    desk : DrawingDesk
        The rest of drawing.
    session : Session
        The open project.
    canvas : MapCanvas
        The map.
    finders : Finders
        Given the planning units.
    """

    def __init__(
        self, desk: DrawingDesk, session: Session, canvas: MapCanvas, finders: Finders
    ) -> None:
        super().__init__()
        self._desk = desk
        self._session = session
        self._canvas = canvas
        self._finders = finders
        self._tools = desk.tools
        self._ways: LiveCorridor | None = None
        self._units_of = ""
        tools = self._tools
        session.opened.connect(self._on_opened)
        tools.pair.begun.connect(self._on_pair_begun)
        self._desk.bar.species_chosen.connect(self._on_species_chosen)
        tools.pair.aimed.connect(self.measure_pair)
        tools.pair.completed.connect(self._on_pair_completed)
        tools.join.completed.connect(self._on_sites_gathered)
        tools.units.gathered.connect(self._on_units_painted)
        tools.units.completed.connect(self._on_units_gathered)

    def _on_opened(self) -> None:
        self._ways, self._units_of = None, ""
        self._finders.set_units(())

    # Corridors between two sites.

    def read_species(self) -> None:
        """Offer the species that corridors can be found for."""

        def read(bench: Workbench, _: JobControl) -> tuple[str, ...]:
            return corridor_species(bench.project)

        def done(species: tuple[str, ...]) -> None:
            titles = {ALL_SPECIES: tr("All species")}
            self._desk.bar.show_species(
                [(key, titles.get(key) or words.species(key)) for key in species]
            )

        def failed(error: PlannerError) -> None:
            self._desk.bar.show_problem(words.problem(error))

        self._session.ask(tr("Read the species of corridors"), read, done, failed)

    def _on_species_chosen(self) -> None:
        first = self._tools.pair.first
        if self._canvas.tool is self._tools.pair and first is not None:
            self._on_pair_begun(first)

    def _on_pair_begun(self, site: Thing) -> None:
        self._ways = None
        species = self._desk.bar.species

        def read(bench: Workbench, _: JobControl) -> LiveCorridor:
            return LiveCorridor.start(bench.project, species, site.key)

        def done(ways: LiveCorridor) -> None:
            self._ways = ways
            self._tools.pair.set_ways(site.key, ways)

        def failed(error: PlannerError) -> None:
            self._tools.pair.give_up()
            self._desk.bar.show_problem(words.problem(error))

        self._session.ask(tr("Find ways from a site"), read, done, failed)

    def measure_pair(self) -> None:
        """Measure the corridor as it would be if the second site were clicked now."""
        tool = self._tools.pair
        if len(tool.line) > 1:
            self._desk.live.want(Wish(shapely.LineString(tool.line), tool.width_m))

    def _on_pair_completed(self, first: Thing, second: Thing) -> None:
        ways = self._ways
        if ways is None:
            self._desk.bar.show_problem(
                tr("The ways from the first site are still being found.")
            )
            return
        line = ways.path_to_site(second.key).points
        width = self._tools.pair.width_m

        def failed(error: PlannerError) -> None:
            self._canvas.set_overlay("drawing", None)
            self._canvas.set_tool(self._tools.pair)
            self._desk.bar.show_problem(words.problem(error))

        if len(line) > 1:
            self._desk.wait_for_store(corridor_from_line(line, width))
        self._desk.edits.draw_between(
            (first, second), ways, failed, width_m=width, species=self._desk.bar.species
        )

    # Areas from sites and from planning units.

    def _on_sites_gathered(self, sites: tuple[Thing, ...]) -> None:
        def failed(error: PlannerError) -> None:
            self._back_to(self._tools.join, sites, words.problem(error))

        self._desk.wait_for_store(shapely.union_all([site.geometry for site in sites]))
        self._desk.edits.join(sites, failed)

    def read_units(self) -> None:
        """Read the planning units of the last search, unless they are known."""
        snapshot = self._session.snapshot
        runs = () if snapshot is None else snapshot.searches.runs
        if not runs:
            self._finders.set_units(())
            self._units_of = ""
            self._desk.bar.show_problem(
                tr("There are no planning units yet: search for proposals by targets first.")
            )
            return
        run_id = runs[-1].run_id
        if run_id == self._units_of:
            return

        def read(bench: Workbench, _: JobControl) -> tuple[Thing, ...]:
            return read_units(bench, run_id)

        def done(units: tuple[Thing, ...]) -> None:
            self._units_of = run_id
            self._finders.set_units(units)

        def failed(error: PlannerError) -> None:
            self._desk.bar.show_problem(words.problem(error))

        self._session.ask(tr("Read the planning units"), read, done, failed)

    def _on_units_painted(self, units: tuple[Thing, ...]) -> None:
        if self._canvas.tool is not self._tools.units:
            return
        if units:
            self._desk.live.want(Wish(shapely.union_all([unit.geometry for unit in units])))
        else:
            self._desk.live.want(None)

    def _on_units_gathered(self, units: tuple[Thing, ...]) -> None:
        def failed(error: PlannerError) -> None:
            self._back_to(self._tools.units, units, words.problem(error))

        self._desk.wait_for_store(shapely.union_all([unit.geometry for unit in units]))
        self._desk.edits.take_units(self._units_of, [unit.key for unit in units], failed)

    def _back_to(self, tool: GatherTool, things: tuple[Thing, ...], problem: str) -> None:
        self._canvas.set_overlay("drawing", None)
        self._canvas.set_tool(tool)
        for thing in things:
            tool.toggle(thing)
        self._desk.bar.show_problem(problem)
