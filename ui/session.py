"""The open project as the window sees it: snapshots come out, requests go in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from PyQt6.QtCore import QObject, pyqtSignal

from planner.map_layers import set_visible
from planner.pipeline.study import SCENARIO
from planner.project.journal import new_id
from planner.publish import print_scenario
from planner.sheet import Sheet
from resources.errors import PlannerError
from resources.translation import language, tr, tr_n
from ui import apart, words
from ui.project_work import Workbench
from ui.snapshot import Snapshot, take_snapshot
from ui.start.choice import OpenProject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from layers.catalogue import Site
    from layers.qgis.engine import QgisEngine
    from planner.jobs import Job, JobControl
    from ui.background import Background
    from ui.start.choice import Choice

T = TypeVar("T")

_MODEL_ENDS_S = 30.0
"""How long a model of a project that is closed may take to end."""
_EDITS_HAVE_S = 5.0
"""How long work on the project may still take when the window closes; it is cancelled then."""
_EDITS_END_S = 20.0
"""How long the window waits for the project in all, if it does not answer."""


class Session(QObject):
    """Keeps one project open, and hands out what it holds.

    The project itself is touched in the lane ``project`` only.

    Parameters
    ----------
    background : Background
        Runs the work.
    """

    opened = pyqtSignal(object)
    """A project was opened; carries its first `Snapshot`."""
    changed = pyqtSignal(object)
    """The project has changed; carries the new `Snapshot`."""
    leaving = pyqtSignal(bool)
    """What is shown is about to be left, for another project or scenario or with the window:
    the last moment to store what was typed. Carries whether another project comes."""
    failed = pyqtSignal(str)
    said = pyqtSignal(str)
    printed = pyqtSignal(object)
    """The scenario map was printed; carries the path of the PDF."""

    def __init__(self, background: Background) -> None:
        super().__init__()
        self._background = background
        self._bench: Workbench | None = None
        self._snapshot: Snapshot | None = None
        self._sites: dict[str, Site] = {}
        self._models: list[Job[Any]] = []

    @property
    def snapshot(self) -> Snapshot | None:
        """What the project held when it was last read; None before one is open."""
        return self._snapshot

    @property
    def names(self) -> dict[str, str]:
        """Name of every site of the catalogue by its id, in the reader's language."""
        return {
            site_id: words.site_names(site.name_en, site.name_local, site.countries)[0]
            for site_id, site in self._sites.items()
        }

    def catalogue_site(self, site_id: str) -> Site | None:
        """Return a site of the catalogue with its sources; None where it does not hold it."""
        return self._sites.get(site_id)

    def open(self, choice: Choice) -> None:
        """Close what is open, and open or make another project; its models end first."""
        self.leaving.emit(True)
        models = tuple(self._models)
        for job in models:
            job.cancel()

        def work(control: JobControl) -> tuple[Snapshot, dict[str, Site]]:
            for job in models:
                job.wait(_MODEL_ENDS_S)
            bench = self._bench = self._exchange(choice, control)
            sites = {site.site_id: site for site in bench.catalogue}
            return take_snapshot(bench.project, bench.pack), sites

        def done(result: tuple[Snapshot, dict[str, Site]]) -> None:
            self._snapshot, self._sites = result
            self.opened.emit(self._snapshot)

        self._background.submit("project", tr("Open project"), work, done, self._on_failed)

    def _exchange(self, choice: Choice, control: JobControl) -> Workbench:
        """Close what is open and open another; the old one again where that fails."""
        old = self._bench
        if old is None:
            return Workbench.open(choice, control)
        old.close()
        try:
            return Workbench.open(choice, control)
        except BaseException:
            self._bench = Workbench.open(OpenProject(old.project.path), control)
            raise

    def show_scenario(self, scenario: str) -> None:
        """Show the corridors and proposals of another scenario."""
        self.leaving.emit(False)
        self.change(tr("Show scenario"), lambda *_: None, scenario=scenario)

    def switch_layers(self, states: Mapping[str, bool]) -> None:
        """Remember which layers are on, for the next time; no step of undo."""
        snapshot = self._snapshot
        if snapshot is not None:
            self._snapshot = replace(
                snapshot,
                layers=tuple(
                    replace(spec, visible=states.get(spec.layer_id, spec.visible))
                    for spec in snapshot.layers
                ),
            )
        self.ask(
            tr("Remember which layers are on"),
            lambda bench, _: set_visible(bench.project, states),
            lambda _stored: None,
            self._on_failed,
        )

    def undo(self) -> None:
        """Take the last edit back."""
        self.change(tr("Undo"), _undo, told=tr("Undone: {}"))

    def redo(self) -> None:
        """Repeat the edit last taken back."""
        self.change(tr("Redo"), _redo, told=tr("Repeated: {}"))

    def fill_sites(self) -> None:
        """Store the sites of the project's region, as where undo has taken them away."""
        self.change(tr("Add the sites of the region"), _fill_sites, told="{}")

    def make_plan(self) -> None:
        """Make the plan of the project's region, and show the scenario that it goes into."""
        snapshot = self._snapshot
        there = {} if snapshot is None else dict(snapshot.scenarios)
        if snapshot is not None and SCENARIO in there and snapshot.scenario != SCENARIO:
            self.show_scenario(SCENARIO)
        self.model(tr("Make the plan"), apart.make_plan, told=tr("The plan is made. {}"))

    def print_map(self, engine: QgisEngine) -> None:
        """Print the map of the scenario that is shown as a PDF into the project's exports."""
        shown = "" if self._snapshot is None else self._snapshot.scenario
        sheet = Sheet(scenario=shown, language=language(), as_planned=True)

        def work(_: JobControl) -> Path:
            bench = self._bench
            if bench is None:
                raise PlannerError(tr("There is nothing to print: no project is open."))
            engine.start()
            path = bench.project.made_exports() / f"{bench.project.path.stem}.pdf"
            return print_scenario(bench.project, bench.pack, engine, path, sheet=sheet)

        self._background.submit(
            "project", tr("Print the scenario map"), work, self.printed.emit, self._on_failed
        )

    def change(
        self,
        label: str,
        work: Callable[[Workbench, JobControl], str | None],
        *,
        told: str = "",
        scenario: str = "",
        failed: Callable[[PlannerError], None] | None = None,
    ) -> Job[Any]:
        """Do something to the project in its lane, then read it anew.

        Parameters
        ----------
        label : str
            What is being done.
        work : callable
            Does it; returns what to fill into `told`, or None.
        told : str
            What to say when it is done, with ``{}`` for what `work` has returned.
        scenario : str
            Scenario to show afterwards; that of before where empty.
        failed : callable, optional
            Told why it could not be done, in place of `failed` of the session.

        Returns
        -------
        Job
            The work, for its progress and to cancel it.
        """
        shown = scenario or ("" if self._snapshot is None else self._snapshot.scenario)

        def run(control: JobControl) -> tuple[str | None, Snapshot | None]:
            bench = self._bench
            if bench is None:
                return None, None
            result = work(bench, control)
            return result, take_snapshot(bench.project, bench.pack, shown)

        def done(outcome: tuple[str | None, Snapshot | None]) -> None:
            result, snapshot = outcome
            if snapshot is not None:
                self._snapshot = snapshot
                self.changed.emit(snapshot)
            if result and told:
                self.said.emit(told.format(result))

        def on_failed(error: PlannerError) -> None:
            (failed or self._on_failed)(error)
            self.refresh()

        def cancelled() -> None:
            self.said.emit(tr("{job}: cancelled; what was finished is kept.", job=label))
            self.refresh()

        return self._background.submit("project", label, run, done, on_failed, cancelled)

    def model(
        self,
        label: str,
        function: Callable[..., Any],
        *args: object,
        told: str = "",
        failed: Callable[[PlannerError], None] | None = None,
        hear: Callable[[Any], bool] | None = None,
        then: Callable[[Any], None] | None = None,
    ) -> Job[Any]:
        """Run a model on the project in a process of its own, then read the project anew.

        The project may be edited meanwhile. What the model has edited is one step of undo.

        Parameters
        ----------
        label : str
            What is being done.
        function : callable
            As for `planner.apart.Apart.run`; told the project's path, then `args`.
        *args
            What else it is given.
        told : str
            What to say when it is done, with ``{}`` for what was returned.
        failed : callable, optional
            As for `change`.
        hear : callable, optional
            As for `planner.apart.Apart.run`.
        then : callable, optional
            Called in the window's thread with what was returned, before the project is read.

        Returns
        -------
        Job
            The work, for its progress and to cancel it.
        """
        path = None if self._snapshot is None else self._snapshot.path
        group = new_id()

        def run(control: JobControl) -> object:
            if path is None:
                raise PlannerError(tr("{job} is not possible: no project is open.", job=label))
            apart = self._background.apart
            return apart.run(function, path, *args, control=control, hear=hear, group=group)

        def done(result: object) -> None:
            if then is not None:
                then(result)
            self._end_model(group)
            if result and told:
                self.said.emit(told.format(result))

        def on_failed(error: PlannerError) -> None:
            (failed or self._on_failed)(error)
            self._end_model(group)

        def cancelled() -> None:
            self.said.emit(tr("{job}: cancelled; what was finished is kept.", job=label))
            self._end_model(group)

        job = self._background.submit("models", label, run, done, on_failed, cancelled)
        self._models = [*(item for item in self._models if not item.state.is_final), job]
        return job

    def _end_model(self, group: str) -> None:
        """Make one step of undo of what a model has edited, and read the project anew."""

        def finish(bench: Workbench, _: JobControl) -> None:
            if not bench.project.read_only:
                bench.project.finish_group(group)

        if self._bench is not None:
            self.change(tr("Read the project"), finish)

    def ask(
        self,
        label: str,
        work: Callable[[Workbench, JobControl], T],
        done: Callable[[T], None],
        failed: Callable[[PlannerError], None],
    ) -> None:
        """Read something of the project in its lane, without changing it.

        Parameters
        ----------
        label : str
            What is being read; a verb with its object.
        work : callable
            Reads it.
        done, failed : callable
            Called in the window's thread with what was read, or with the error.
        """

        def run(control: JobControl) -> T:
            bench = self._bench
            if bench is None:
                raise PlannerError(tr("{job} is not possible: no project is open.", job=label))
            return work(bench, control)

        self._background.submit("project", label, run, done, failed)

    def refresh(self) -> None:
        """Read the project anew, with the scenario that is shown."""
        if self._bench is not None:
            self.change(tr("Read the project"), lambda *_: None)

    def _on_failed(self, error: PlannerError) -> None:
        self.failed.emit(words.problem(error))

    def finish(self) -> None:
        """Have stored what was typed and what was asked for, as before the window closes."""
        self.leaving.emit(False)
        self._background.finish("project", _EDITS_HAVE_S, _EDITS_END_S)

    def close(self) -> None:
        """Let go of the project; to be called when the lanes have ended."""
        bench, self._bench = self._bench, None
        if bench is not None:
            bench.close()


def _undo(bench: Workbench, _: JobControl) -> str | None:
    return words.stored(bench.project.undo() or "")


def _redo(bench: Workbench, _: JobControl) -> str | None:
    return words.stored(bench.project.redo() or "")


def _fill_sites(bench: Workbench, control: JobControl) -> str:
    bench.fill_sites(control)
    found = len(bench.project.records("sites"))
    if not found:
        return tr(
            "The catalogue holds no sites for this project's region: its profile is unknown, "
            "or the region lies outside the catalogue."
        )
    return tr_n("{count} site was added.", "{count} sites were added.", found)
