from __future__ import annotations

import pytest

from planner.project import Project, RemoveFeatures
from planner.scenarios import new_scenario


@pytest.fixture
def project_path(project_path):
    """A second scenario, without the proposal of the first."""
    with Project.open(project_path) as project:
        project.execute(new_scenario(project, "Other", copy_of="plan", note="For May."))
        rows = project.records("proposals", scenario="other")
        project.execute(RemoveFeatures("proposals", [rows[0]["fid"]]))
    return project_path
