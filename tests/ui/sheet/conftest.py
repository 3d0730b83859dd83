from __future__ import annotations

import pytest

from planner.project import Project
from planner.scenarios import new_scenario


@pytest.fixture
def project_path(project_path):
    """A second scenario, with the same proposal."""
    with Project.open(project_path) as project:
        project.execute(new_scenario(project, "Other", copy_of="plan"))
    return project_path
