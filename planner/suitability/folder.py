"""The folder of a run: where its files lie, and which stages were run on what."""

from __future__ import annotations

import getpass
import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from planner.files import BEGUN, made_folder, write_text
from planner.project import RunRecord, file_sha256
from planner.project.lock import ProjectLock
from planner.suitability.errors import RunError
from planner.suitability.results import (
    StageFound,
    SuitabilityResults,
    read_result,
)
from planner.suitability.study_file import load_study, save_study
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from planner.suitability.study import SuitabilityStudy

STUDY = "study.toml"
RESULTS = "results.json"
REPORT = "report.html"
LOG = "stages.json"
LOCK = "run.lock"
RASTERS = "rasters"


class RunFolder:
    """The files of one run; a log of runs as `planner.pipeline.runner.StepRunner` needs it.

    Parameters
    ----------
    path : Path
        Folder; need not exist before something is written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether a study was ever started here."""
        return (self.path / STUDY).is_file()

    def require_usable(self) -> None:
        """See that a run can be written here without touching what somebody else has made.

        Usable is a folder that is not there yet, an empty one, one that holds nothing but a
        study, and the folder of a run: with a study and the list of its stages.

        Raises
        ------
        RunError
            It is a file, cannot be written to, or holds other things than a run.
        """
        there = self.path.absolute()
        while not there.exists() and there != there.parent:
            there = there.parent
        if not there.is_dir():
            raise RunError(
                f"{there} is a file, so no run can be written to {self.path}. Name a folder "
                "that is not there yet, or an empty one."
            )
        try:
            with tempfile.TemporaryFile(dir=there, prefix=BEGUN):
                pass
        except OSError as error:
            raise RunError(
                f"Nothing can be written to the folder {there}: {error.strerror}. Choose a "
                "folder that can be written."
            ) from error
        if there == self.path.absolute() and not self._is_of_a_run():
            raise RunError(
                f"The folder {self.path} is not empty and holds no run of a study, so nothing "
                "is written there. Name an empty folder, or one that is not there yet."
            )

    def _is_of_a_run(self) -> bool:
        """Tell whether a folder that is there is empty or was written by this program."""
        others = {
            item.name for item in self.path.iterdir() if not item.name.startswith(BEGUN)
        } - {LOCK}
        if not others:
            return True
        try:
            self.runs()
            if others == {LOG}:  # a run that has only begun
                return True
            self.study()
        except PlannerError:
            return False
        return others == {STUDY} or (self.path / LOG).is_file()

    @property
    def results_path(self) -> Path:
        """Where the results are."""
        return self.path / RESULTS

    @property
    def report_path(self) -> Path:
        """Where the report is."""
        return self.path / REPORT

    def file(self, name: str) -> Path:
        """Return where a file of the run lies, and make the folder that it lies in."""
        target = self.path / name
        made_folder(target.parent)
        return target

    def study(self) -> SuitabilityStudy:
        """Read the study as it was last run.

        Raises
        ------
        RunError
            No study was run here.
        StudyError
            Its file was altered.
        """
        if not self.exists:
            raise RunError(
                f"{self.path} holds no run of a study. Name the folder that landbridge "
                "suitability fit wrote."
            )
        return load_study(self.path / STUDY)

    def keep_study(self, study: SuitabilityStudy) -> None:
        """Write the study down."""
        save_study(study, self.file(STUDY))

    def results(self) -> SuitabilityResults:
        """Read the results.

        Raises
        ------
        RunError
            The run is not finished, or the file was altered.
        """
        if self.exists and not self.results_path.is_file():
            raise RunError(
                f"The run in {self.path} is not finished. Run it again with the same settings; "
                "finished stages are not repeated."
            )
        self.study()
        return read_result(SuitabilityResults, self.results_path)

    def runs(self) -> tuple[RunRecord, ...]:
        """Return the stages that were run, oldest first.

        Raises
        ------
        RunError
            The list was altered.
        """
        path = self.path / LOG
        if not path.is_file():
            return ()
        try:
            return tuple(RunRecord(**item) for item in json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise RunError(
                f"The list of stages {path} cannot be read: {error}. Run the study into "
                "another folder."
            ) from error

    def stages(self) -> tuple[StageFound, ...]:
        """Return the last run of each stage, in the order in which they were first run."""
        last = {run.step: run for run in self.runs()}
        return tuple(
            StageFound(
                stage=run.step,
                started=run.started,
                seconds=run.seconds,
                inputs_hash=run.inputs_hash,
                inputs=dict(run.inputs),
                parameters=dict(run.parameters),
                seed=run.seed,
                versions=dict(run.versions),
                outputs=dict(run.outputs),
            )
            for run in last.values()
        )

    def find_run(self, step: str, inputs_hash: str) -> RunRecord | None:
        """Return the newest run of a stage on these inputs whose outputs are all unaltered."""
        for run in reversed(self.runs()):
            if (
                run.step == step
                and run.inputs_hash == inputs_hash
                and all(self.output_hash(name) == told for name, told in run.outputs.items())
            ):
                return run
        return None

    def output_hash(self, output: str) -> str | None:
        """Return the SHA-256 of a file of the run as it is now; None where it is gone.

        Raises
        ------
        RunError
            The path leads out of the folder.
        """
        target = (self.path / output).resolve()
        if not target.is_relative_to(self.path.resolve()):
            raise RunError(f"{output!r:.80} lies outside the folder of the run {self.path}.")
        return file_sha256(target) if target.is_file() else None

    def add_run(self, run: RunRecord) -> None:
        """Write down that a stage was run; earlier runs of the stage are forgotten."""
        kept = [item for item in self.runs() if item.step != run.step]
        listed = [asdict(item) for item in (*kept, run)]
        text = json.dumps(listed, ensure_ascii=False, indent=1, default=_plain)
        write_text(self.file(LOG), text + "\n")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others from running a study here, inside the block.

        Raises
        ------
        RunError
            Somebody else is at it, or the folder holds other things than a run.
        """
        self.require_usable()
        lock = ProjectLock(self.file(LOCK))
        try:
            who = getpass.getuser()
        except (OSError, KeyError):
            who = "unknown"
        holder = lock.acquire(who)
        if holder is not None:
            raise RunError(
                f"{self.path} is in use: {holder.description} is running the study. Wait until "
                "it has ended, or choose another folder."
            )
        try:
            self._remove_begun()
            if not (self.path / LOG).exists():  # from now on, it is the folder of a run
                write_text(self.path / LOG, "[]\n")
            yield
        finally:
            lock.release()

    def _remove_begun(self) -> None:
        """Remove what a process that was killed had begun to write."""
        for left in self.path.rglob(f"{BEGUN}*"):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _plain(value: object) -> object:
    """Return what JSON does not know as what it holds."""
    if isinstance(value, tuple | set | frozenset):
        return list(value)
    if hasattr(value, "items"):
        return dict(value.items())
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
