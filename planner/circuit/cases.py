"""A Circuitscape case from its .ini file to its results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.circuit.advanced import run_advanced
from planner.circuit.context import RunContext
from planner.circuit.ini import read_ini
from planner.circuit.inputs import read_raster_case
from planner.circuit.network import run_network
from planner.circuit.network_inputs import read_network_case
from planner.circuit.options import CircuitOptions, read_options
from planner.circuit.pairwise import run_pairwise
from planner.circuit.places import CasePlaces, find_places
from planner.circuit.points import run_points
from planner.circuit.results import CaseResults, MapResults

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.progress import StepProgress

STEPS = {"read": ("Reading the case", 1.0), "solve": ("Solving", 9.0)}
"""Steps of a run, with their labels and expected shares of the time."""


@dataclass(frozen=True, slots=True)
class CircuitRequest:
    """What is to be run.

    Attributes
    ----------
    case : Path
        The .ini file.
    options : CircuitOptions
        What it asks for.
    places : CasePlaces
        Where it reads and writes.
    warnings : tuple of str
        What the user should know of the options.
    memory_gb : float, optional
        Memory that may be taken; most of what is free where not given.
    resume : bool
        Go on with what an earlier run has finished.
    """

    case: Path
    options: CircuitOptions
    places: CasePlaces
    warnings: tuple[str, ...]
    memory_gb: float | None = None
    resume: bool = False

    @classmethod
    def of(
        cls,
        case: Path,
        *,
        out: Path | None = None,
        memory_gb: float | None = None,
        resume: bool = False,
    ) -> CircuitRequest:
        """Read a case and find its files.

        Parameters
        ----------
        case : Path
            The .ini file.
        out : Path, optional
            Folder for the results, instead of that of ``output_file``.
        memory_gb, resume
            See the attributes.

        Raises
        ------
        CircuitCaseError
            The case cannot be meant as written.
        CircuitInputError
            A file that it names is not there.
        """
        options, warnings = read_options(case, read_ini(case))
        places = find_places(case, options, here=Path.cwd(), out=out)
        return cls(case, options, places, warnings, memory_gb, resume)


def run_case(
    request: CircuitRequest, progress: StepProgress, tell: Callable[[str], None]
) -> tuple[Path, ...]:
    """Run a case.

    Parameters
    ----------
    request : CircuitRequest
        What is to be run.
    progress : StepProgress
        Told how far the `STEPS` are; may cancel. What was finished is kept for a later run.
    tell : callable
        Shows a sentence to the user.

    Returns
    -------
    tuple of Path
        The files written: the options, maps of pairs or points, then what sums them up.

    Raises
    ------
    CircuitInputError
        An input cannot be used.
    CircuitMemoryError
        The case does not fit in memory; told before it is solved.
    """
    options, places = request.options, request.places
    for warning in request.warnings:
        tell(warning)
    with progress.step("read"):
        raster = read_raster_case(options, places) if options.data_type == "raster" else None
        network = read_network_case(options, places) if raster is None else None
    for warning in (raster or network).warnings:  # type: ignore[union-attr]  # one is there
        tell(warning)
    with progress.step("solve") as control:

        def context(results: CaseResults) -> RunContext:
            asked = (request.memory_gb, request.resume)
            return RunContext(options, places, control, tell, results.case, *asked)

        if network is not None:
            results = CaseResults(options, places)
            run_network(context(results), network, results)
            return tuple(results.written)
        if raster is None:
            raise ValueError("a case is a raster or a network")
        maps = MapResults(options, places, raster.header, raster.conductance == 0.0)
        run = {"pairwise": run_pairwise, "advanced": run_advanced}.get(
            options.scenario, run_points
        )
        run(context(maps), raster, maps)
        return tuple(maps.written)
