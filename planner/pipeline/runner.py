"""Steps: each is run once for the same inputs, and leaves a record of what it did."""

from __future__ import annotations

import sys
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Protocol

from planner.project import RunRecord, inputs_hash
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from algorithms.control import Control
    from planner.progress import StepProgress

_VERSIONED = (
    "landbridge",
    "numpy",
    "scipy",
    "scikit-learn",
    "numba",
    "highspy",
    "shapely",
    "rasterio",
)


def software_versions() -> dict[str, str]:
    """Return the versions of the program and of the libraries that compute."""
    versions = {name: version(name) for name in _VERSIONED}
    versions["python"] = ".".join(str(part) for part in sys.version_info[:3])
    return versions


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the pipeline.

    Parameters
    ----------
    name : str
        Identifier, such as ``"habitat:amur-tiger"``.
    label : str
        What it does, for people.
    method : int
        Raised whenever the step would give other numbers for the same inputs.
    inputs : mapping
        Everything the result depends on: hashes of files and tables.
    parameters : mapping
        Numbers and names that the step was run with.
    outputs : sequence of str
        Paths inside the project, and names made by `planner.project.table_output`.
    """

    name: str
    label: str
    method: int
    inputs: Mapping[str, object]
    parameters: Mapping[str, object]
    outputs: Sequence[str]


class RunLog(Protocol):
    """Where runs are recorded: a project, or the folder of a study."""

    def find_run(self, step: str, inputs_hash: str) -> RunRecord | None:
        """Return the newest run of a step on these inputs whose outputs are all unaltered."""

    def output_hash(self, output: str) -> str | None:
        """Return the hash of an output as it is now; None where it is gone."""

    def add_run(self, run: RunRecord) -> None:
        """Write a run down."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a step took, or that its earlier result was used."""

    step: str
    seconds: float
    reused: bool


class StepRunner:
    """Run steps in a project or a folder, skipping those whose results stand.

    Parameters
    ----------
    log : RunLog
        Where runs are recorded.
    seed : int
        Part of every step's inputs.
    progress : StepProgress
        Knows every step by name; told how far each is; may cancel.
    """

    def __init__(self, log: RunLog, seed: int, progress: StepProgress) -> None:
        self._log = log
        self._seed = seed
        self._progress = progress
        self._versions = software_versions()
        self.timings: list[Timing] = []

    def run(self, step: Step, work: Callable[[Control, str], None]) -> RunRecord:
        """Run a step, or return the record of the run whose results stand.

        Parameters
        ----------
        step : Step
            What is to be done, and on what it depends.
        work : callable
            Does it: takes the control and the id of the run, stores the outputs.
        """
        inputs = {"method": step.method, **step.inputs}
        digest = inputs_hash(
            step.name, inputs, step.parameters, seed=self._seed, versions=self._versions
        )
        known = self._log.find_run(step.name, digest)
        if known is not None:
            self.timings.append(Timing(step.name, known.seconds, reused=True))
            self._progress.reuse(step.name)
            return known
        run_id = uuid.uuid4().hex[:12]
        started, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
        with self._progress.step(step.name) as control:
            work(control, run_id)
        seconds = time.monotonic() - clock
        record = RunRecord(
            run_id=run_id,
            step=step.name,
            inputs_hash=digest,
            parameters=step.parameters,
            seed=self._seed,
            versions=self._versions,
            started=started,
            seconds=round(seconds, 3),
            outputs=self._hashes(step),
            inputs=inputs,
        )
        self._log.add_run(record)
        self.timings.append(Timing(step.name, seconds, reused=False))
        return record

    def _hashes(self, step: Step) -> dict[str, str]:
        found = {output: self._log.output_hash(output) for output in step.outputs}
        missing = [output for output, digest in found.items() if digest is None]
        if missing:
            raise PlannerError(
                f"The step {step.label!r} left no {', '.join(missing)}. Somebody may have "
                "removed it meanwhile; run it again."
            )
        return {output: digest for output, digest in found.items() if digest is not None}
