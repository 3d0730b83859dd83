"""What the corridors panel asks the planner, off the window's thread; nothing here knows Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planner.corridors.curve import set_curve
from planner.progress import StepProgress
from resources.translation import tr
from ui import words

if TYPE_CHECKING:
    from planner.corridors.curve import ResistanceCurve
    from planner.corridors.result import WideningResult
    from planner.corridors.widening import WideningDesk
    from planner.jobs import JobControl
    from ui.project_work import Workbench


def find_corridors(species: str, bench: Workbench, control: JobControl) -> str:
    """Find cores, resistance and corridors of a species; return what to tell the user.

    Raises
    ------
    PlannerError
        A step cannot be done; what was finished before it is kept.
    JobCancelled
        Somebody asked to end; what was finished is kept.
    """
    control.say(tr("Loading the steps"))
    from planner.corridors.runs import run_corridors  # noqa: PLC0415 - 2 s to load

    return run_corridors(bench.project, [species], control)


def find_pinch_points(species: str, bench: Workbench, control: JobControl) -> str:
    """Find pinch points and barriers of the corridors of a species; return what to tell.

    Raises
    ------
    PlannerError
        The project holds no cores and resistance of the species yet.
    JobCancelled
        Somebody asked to end; what was finished is kept.
    """
    control.say(tr("Loading the steps"))
    from planner.corridors.runs import study_of, walking_species  # noqa: PLC0415 - 2 s to load
    from planner.pipeline.pinch import circuit_steps, find_pinch_points  # noqa: PLC0415 - as above

    profiles = walking_species(bench.project, [species])
    steps = circuit_steps(profiles)
    progress = StepProgress(
        {name: weight for name, (_, weight) in steps.items()},
        control=control,
        on_changed=lambda status: (
            control.say(words.stored(steps[status.name][0]))
            if status.state == "running"
            else None
        ),
    )
    find_pinch_points(study_of(bench.project, profiles), profiles, progress)
    return tr(
        "Pinch points and barriers of the {species} are found.",
        species=words.species(species),
    )


def change_curve(species: str, curve: ResistanceCurve | None, bench: Workbench) -> None:
    """Give a species another curve, or that of its profile for None.

    Raises
    ------
    PlannerError
        The project is open for reading only.
    """
    bench.project.execute(set_curve(species, curve))


def open_widening(
    species: str, also: tuple[str, ...], bench: Workbench, control: JobControl
) -> WideningDesk:
    """Read what widening the corridors of a species goes by.

    Parameters
    ----------
    species : str
        Whose corridors they are.
    also : tuple of str
        Further species whose needs are to be met.
    bench : Workbench
        The open project.
    control : JobControl
        Told what is being done.

    Raises
    ------
    PlannerError
        Something of it is not in the project; says what to do.
    """
    control.say(tr("Reading the land around the corridors"))
    from planner.corridors.widening import WideningDesk  # noqa: PLC0415 - 2 s to load

    return WideningDesk.of(bench.project, species, also)


def propose(result: WideningResult, scenario: str, name: str, bench: Workbench) -> str:
    """Make a widened corridor a draft proposal; return the proposal's id.

    Raises
    ------
    PlannerError
        It cannot be stored.
    """
    from planner.corridors.widening import propose as proposal  # noqa: PLC0415 - as above

    before = _proposals(bench, scenario)
    bench.project.execute(proposal(result, scenario, name))
    added = [key for key in _proposals(bench, scenario) if key not in before]
    return added[-1] if added else ""


def _proposals(bench: Workbench, scenario: str) -> list[str]:
    records = bench.project.records("proposals", scenario=scenario)
    return [str(record["proposal_id"]) for record in records]
