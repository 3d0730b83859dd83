from __future__ import annotations

import pytest

from planner.cli import main


@pytest.fixture
def landbridge(capsys, monkeypatch):
    """Return a function that runs the command in this process; gives status, out and err."""
    monkeypatch.setenv("COLUMNS", "100")

    class Ended:
        def __init__(self, status, told):
            self.status, self.out, self.err = status, told.out, told.err

    def run(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        return Ended(caught.value.code, capsys.readouterr())

    return run
