"""Habitat suitability studies: written down, run in stages, compared, and one of them chosen.

Light names, quick to import:

`SuitabilityStudy` with its parts
    what a study is; `load_study`, `save_study`, `study_from` read and write it.
`SuitabilityResults` with its parts
    what a run found: counts, coverage, evaluation, curves, areas, maps.
`RunFolder`
    the files of a run in a folder of its own.
`list_runs`, `find_summary`, `run_folder`, `chosen_run`, `choose_run`, `forget_choice`
    the runs of a project.

Names that load the models, so take 2 s to import, are in their modules:

`planner.suitability.defaults`
    `species_study`, `file_study`: a study to start from.
`planner.suitability.workflow`
    `announced_stages`, `run_study`, `run_in_project`: running one.
`planner.suitability.comparison`
    `compare_runs`: two runs side by side.
"""

from planner.suitability.errors import RunError, StudyError
from planner.suitability.folder import RunFolder
from planner.suitability.project_runs import (
    Choice,
    RunSummary,
    choose_run,
    chosen_run,
    find_summary,
    forget_choice,
    list_runs,
    run_folder,
)
from planner.suitability.results import SuitabilityResults
from planner.suitability.study import SuitabilityStudy
from planner.suitability.study_file import load_study, save_study, study_from

__all__ = [
    "Choice",
    "RunError",
    "RunFolder",
    "RunSummary",
    "StudyError",
    "SuitabilityResults",
    "SuitabilityStudy",
    "choose_run",
    "chosen_run",
    "find_summary",
    "forget_choice",
    "list_runs",
    "load_study",
    "run_folder",
    "save_study",
    "study_from",
]
