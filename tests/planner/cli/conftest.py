from __future__ import annotations

from typing import NamedTuple

import pytest

from planner.cli import main


class Ended(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def landbridge(capsys, monkeypatch):
    """Return a function that runs the command in this process, on a terminal 100 wide."""
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words):
        capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main([str(word) for word in words])
        told = capsys.readouterr()
        return Ended(caught.value.code, told.out, told.err)

    return run
