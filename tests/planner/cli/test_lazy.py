from __future__ import annotations

import subprocess
import sys

import pytest

_ASK = """
import sys
from planner.cli.root import run
status = run(["suitability", {verb!r}, "--help"])
print("models" if "sklearn" in sys.modules else "no models", status)
"""


@pytest.mark.parametrize("verb", ["choose", "compare"])
def test_verbs_that_compute_nothing_do_not_load_the_models(verb):
    asked = [sys.executable, "-c", _ASK.format(verb=verb)]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "no models 0"
    assert "For example" in said


def test_every_verb_is_in_the_help(landbridge):
    told = landbridge("--help").out
    for verb in ("plan", "sites", "suitability", "doctor", "sources", "app"):
        assert f"{verb} " in told
    told = landbridge("suitability", "--help").out
    for verb in ("fit", "predict", "evaluate", "report", "compare", "choose", "columns"):
        assert f"{verb} " in told


def test_a_verb_that_is_not_there_is_told(landbridge):
    ended = landbridge("suitability", "chose")
    assert ended.status == 2
    assert "No such command 'chose'. Did you mean 'choose'?" in ended.err
