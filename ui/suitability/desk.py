"""Ties the habitat panel and the results to the project: has done what is asked there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from planner.suitability import choose_run, forget_choice
from resources.translation import tr
from ui import words
from ui.suitability import work

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from planner.jobs import Job, JobControl
    from planner.suitability import RunSummary, SuitabilityStudy
    from planner.suitability.previews import LayerPreview
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.project_work import Workbench
    from ui.session import Session
    from ui.suitability.panel import SpeciesPanel
    from ui.suitability.results.view import ResultsView
    from ui.suitability.setup.sources import SourceList
    from ui.suitability.work import RunView


class HabitatDesk(QObject):
    """Hears what is asked in the habitat panel and in the results, and has it done.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work.
    panel : SpeciesPanel
        Where studies are set up and runs are listed.
    results : ResultsView
        Where what was found is shown.
    """

    results_wanted = pyqtSignal()
    """The results have something to show."""
    map_wanted = pyqtSignal(str)
    """A map of the run that is shown is to be seen; carries the id of its layer."""
    layers_changed = pyqtSignal()
    """`layers` are others now."""
    said = pyqtSignal(str)

    def __init__(
        self,
        session: Session,
        background: Background,
        panel: SpeciesPanel,
        results: ResultsView,
    ) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._panel = panel
        self._results = results
        self._model_job: Job[Any] | None = None
        self._view: RunView | None = None
        self._wanted = ""
        self._recorded = ""
        background.jobs_changed.connect(self._on_jobs_changed)
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        panel.draft_wanted.connect(self._on_draft_wanted)
        panel.model_requested.connect(self._on_model_requested)
        panel.cancel_requested.connect(self._on_cancel_requested)
        panel.run_chosen.connect(self.show_run)
        for sources in (panel.setup.records.sources, panel.setup.sampling.sources):
            sources.files_chosen.connect(partial(self._look_at_records, sources))
        panel.setup.layers.files_chosen.connect(self._on_layers_chosen)
        panel.setup.preview_wanted.connect(self._on_preview_wanted)
        results.choice_made.connect(self._on_choice_made)
        results.choice_withdrawn.connect(self._on_choice_withdrawn)
        results.comparison_wanted.connect(self._on_comparison_wanted)
        results.map_wanted.connect(self.map_wanted)

    @property
    def view(self) -> RunView | None:
        """The run that is shown, if any."""
        return self._view

    def carried(self) -> str:
        """Return the run that is shown; empty for none."""
        return "" if self._view is None or self._results.isHidden() else self._view.run_id

    def take_over(self, state: str) -> None:
        """Show the same run."""
        if state:
            self.show_run(state)

    def show_run(self, run_id: str) -> None:
        """Read a run and show what it found."""
        snapshot = self._session.snapshot
        run = None if snapshot is None else snapshot.habitat.run(run_id)
        if run is None:
            return
        if not run.finished:
            self._take_settings(run)
            return
        self._panel.show_problem("")
        if self._view is not None and self._view.run_id == run_id:
            self.results_wanted.emit()
            return
        self._wanted = run_id
        reading = partial(work.read_run, run.folder)
        self._background.submit(
            "reading", tr("Read the run"), reading, self._on_run_read, self._on_run_unreadable
        )

    def _take_settings(self, run: RunSummary) -> None:
        """Make the settings of a run that is not finished those of the next one."""

        def done(study: SuitabilityStudy) -> None:
            self._panel.use_draft(study)
            self._panel.show_problem(
                tr(
                    "This run is not finished. Its settings are taken over: Model habitat "
                    "goes on from where it was."
                )
            )

        self._background.submit(
            "reading",
            tr("Read the settings of the run"),
            partial(work.read_settings, run.folder),
            done,
            self._on_run_unreadable,
        )

    def _on_run_read(self, view: RunView) -> None:
        if view.run_id != self._wanted:  # meanwhile another one was asked for
            return
        self._view = view
        self._results.show_run(view)
        self._panel.choose_species(view.results.species)
        self._show_state()
        self.layers_changed.emit()
        self.results_wanted.emit()

    def _on_run_unreadable(self, error: PlannerError) -> None:
        self._panel.show_problem(words.problem(error))

    def _on_opened(self) -> None:
        self._view = None
        self._results.clear()
        self._show_state()

    def _on_changed(self) -> None:
        snapshot = self._session.snapshot
        shown = "" if self._view is None else self._view.run_id
        if shown and snapshot is not None and snapshot.habitat.run(shown) is None:
            self._view = None
            self._results.clear()
        self._show_state()
        if self._recorded:
            run_id, self._recorded = self._recorded, ""
            self.show_run(run_id)

    def _show_state(self) -> None:
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        self._panel.show_state(snapshot.habitat, snapshot.read_only_reason)
        self._results.show_state(snapshot.habitat, editable=not snapshot.read_only_reason)

    def _on_draft_wanted(self, species: str) -> None:
        self._background.submit(
            "reading",
            tr("Prepare the study"),
            partial(work.default_study, species),
            self._panel.show_draft,
            lambda error: self._panel.show_problem(words.problem(error)),
        )

    def _on_model_requested(self, species: str, study: SuitabilityStudy | None) -> None:
        snapshot = self._session.snapshot
        if snapshot is None or snapshot.read_only_reason or self._model_job is not None:
            return
        path = snapshot.path

        def run(control: JobControl) -> SuitabilityStudy:
            made = study or work.default_study(species, control)
            modelled: SuitabilityStudy = self._background.apart.run(
                work.run_study_of, made, path, control=control
            )
            return modelled

        self._panel.show_problem("")
        label = tr("Model the habitat of the {species}", species=words.species(species))
        self._model_job = self._background.submit(
            "models",
            label,
            run,
            partial(self._on_modelled, path),
            self._on_model_failed,
            self._on_model_cancelled,
        )
        self._on_jobs_changed()

    def _on_modelled(self, path: Path, study: SuitabilityStudy) -> None:
        self._end_job()
        snapshot = self._session.snapshot
        if snapshot is None or snapshot.path != path:
            self.said.emit(
                tr(
                    "The run in {path} has ended. Open that project and model the habitat "
                    "with the same settings to record it.",
                    path=path,
                )
            )
            return

        def recorded(bench: Workbench, control: JobControl) -> str:
            self._recorded = work.record_run(study, bench, control)
            return words.species(study.species)

        self._session.change(tr("Record the run"), recorded, told=tr("Modelled: the {}."))

    def _on_model_failed(self, error: PlannerError) -> None:
        self._end_job()
        self._panel.show_problem(words.problem(error))

    def _on_model_cancelled(self) -> None:
        self._end_job()
        self.said.emit(tr("Cancelled. What was finished is kept: model again to go on."))
        self._session.refresh()  # the list shows that the run is not finished

    def _end_job(self) -> None:
        self._model_job = None
        self._panel.show_job(None)

    def _on_cancel_requested(self) -> None:
        if self._model_job is not None:
            self._model_job.cancel()

    def _on_jobs_changed(self) -> None:
        if self._model_job is not None:
            self._panel.show_job(self._model_job)

    def _look_at_records(
        self, sources: SourceList, path: Path, encoding: str, crs: str
    ) -> None:
        self._background.submit(
            "reading",
            tr("Look at the records"),
            partial(work.guess_records, path, encoding, crs),
            lambda found: sources.confirm(*found),
            lambda error: sources.show_problem(words.problem(error)),
        )

    def _on_layers_chosen(self, paths: tuple[Path, ...]) -> None:
        section = self._panel.setup.layers
        self._background.submit(
            "reading",
            tr("Look at the layers"),
            partial(work.guess_rasters, paths),
            section.add_guessed,
            lambda error: section.show_problem(words.problem(error)),
        )

    def _on_preview_wanted(self, study: SuitabilityStudy) -> None:
        section = self._panel.setup.layers
        section.show_problem("")

        def done(found: LayerPreview) -> None:
            self._results.show_preview(found)
            self.results_wanted.emit()

        self._background.submit(
            "reading",
            tr("Compare the layers"),
            partial(work.preview, study),
            done,
            lambda error: section.show_problem(words.problem(error)),
        )

    def _on_comparison_wanted(self, run_id: str) -> None:
        snapshot, view = self._session.snapshot, self._view
        other = None if snapshot is None else snapshot.habitat.run(run_id)
        if view is None or other is None:
            return
        self._background.submit(
            "reading",
            tr("Compare two runs"),
            partial(work.compare, view.folder.path, other.folder),
            lambda found: self._results.show_comparison(*found),
            lambda error: self._results.show_comparison_problem(words.problem(error)),
        )

    def _on_choice_made(self, run_id: str, reason: str) -> None:
        def choose(bench: Workbench, _: JobControl) -> str:
            choice = choose_run(bench.project, run_id, reason)
            return " ".join((f"{run_id[:6]}.", *map(words.stored, choice.warnings)))

        self._session.change(tr("Choose the suitability"), choose, told=tr("Chosen: run {}"))

    def _on_choice_withdrawn(self, species: str) -> None:
        def forget(bench: Workbench, _: JobControl) -> str:
            forget_choice(bench.project, species)
            return words.species(species)

        self._session.change(
            tr("Withdraw the choice"), forget, told=tr("No run is chosen for the {} any more.")
        )
