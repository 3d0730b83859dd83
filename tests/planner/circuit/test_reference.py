"""Circuitscape's own verification cases: inputs and expected outputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from planner.circuit.cases import STEPS, CircuitRequest, run_case
from planner.progress import StepProgress

REFERENCE = (
    Path(__file__).resolve().parents[3] / ".." / "shared" / "peer" / "circuitscape"
).resolve()
RASTERS = REFERENCE / "input" / "raster"
CASES = [
    *(f"raster/pairwise/{n}/sgVerify{n}" for n in range(1, 7)),
    *(f"raster/one_to_all/{n}/oneToAllVerify{n}" for n in range(2, 5)),
    "raster/extra.one/1/oneToAllVerify1",
    *(f"raster/all_to_one/{n}/allToOneVerify{n}" for n in range(1, 5)),
    *(f"raster/advanced/{n}/mgVerify{n}" for n in range(1, 4)),
    "network/sgNetworkVerify1",
    "network/mgNetworkVerify1",
]
RESISTANCE_RELATIVE = 1e-6
MAP_ABSOLUTE = 1e-5

pytestmark = [
    pytest.mark.reference,
    pytest.mark.skipif(
        not REFERENCE.is_dir(), reason="the reference cases are not beside the repository"
    ),
]


def run(name, out):
    request = CircuitRequest.of(REFERENCE / "input" / f"{name}.ini", out=out)
    progress = StepProgress({step: weight for step, (_, weight) in STEPS.items()})
    run_case(request, progress, lambda _: None)
    return request


def test_every_case_is_here():
    assert len(CASES) == 19
    found = {path.stem for path in (REFERENCE / "input").rglob("*.ini")}
    assert {name.rsplit("/", 1)[1] for name in CASES} == found


@pytest.mark.parametrize("name", CASES)
def test_outputs_are_circuitscapes(name, tmp_path):
    request = run(name, tmp_path)
    stem = name.rsplit("/", 1)[1]
    expected = sorted((REFERENCE / "output_verify").glob(f"{stem}_*"))
    if not request.options.write_cur_maps:
        expected = [path for path in expected if "curmap" not in path.name]
    assert expected
    for path in expected:
        check(path, tmp_path / path.name)


def check(expected, found):
    skipped = 6 if expected.suffix == ".asc" else 0
    if skipped:
        assert found.read_text().split()[:12] == expected.read_text().split()[:12]
    wanted = np.loadtxt(expected, skiprows=skipped, ndmin=2)
    given = np.loadtxt(found, skiprows=skipped, ndmin=2)
    if "resistances" in expected.name:
        assert given == pytest.approx(wanted, rel=RESISTANCE_RELATIVE), expected.name
    else:
        assert given == pytest.approx(wanted, abs=MAP_ABSOLUTE), expected.name
