"""Runs from a request to proposals, and what is left of one that was ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import geopandas as gpd
import pytest

from algorithms.reserve.solution import InfeasibleProblemError
from planner.errors import ReadOnlyProjectError
from planner.project import Project
from planner.reserve.errors import ReserveInputError
from planner.reserve.map_file import write_frequency
from planner.reserve.offered import default_request, offered_features
from planner.reserve.propose import begin_run, propose, search_run, unfinished_run
from planner.reserve.request_file import save_request
from planner.reserve.run_folder import ReserveRun, list_runs
from planner.reserve_maps import reserve_layers
from resources.errors import UsageError

TIGER = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}


class Recorder:
    """A control and a watcher that remember, and may end the work."""

    def __init__(self, *, cancel_at=2.0, stop_at=10**9):
        self.fractions, self.moments = [], []
        self.cancel_at, self.stop_at = cancel_at, stop_at

    def report(self, fraction):
        self.fractions.append(fraction)
        if fraction >= self.cancel_at:
            raise InterruptedError

    def told(self, moment):
        self.moments.append(moment)
        return len(self.moments) < self.stop_at


def test_a_run_has_its_solution_findings_record_and_map(project, asked) -> None:
    watch, started = Recorder(), []
    run = propose(project, asked(title="One"), watch, watcher=watch, on_started=started.append)
    assert [item.run_id for item in started] == [run.run_id]
    assert watch.fractions == sorted(watch.fractions)
    assert watch.fractions[-1] == 1.0
    assert any(moment.selected is not None for moment in watch.moments)
    best = run.solution()
    assert best.kind == "best"
    assert best.targets_met
    assert best.gap <= 0.02
    assert best.cost == pytest.approx(run.units["cost"][best.mask()].sum())
    assert run.units["existing"].to_numpy()[~best.mask()].sum() == 0
    assert len(run.trace())
    record = project.runs(step="reserve")[-1]
    assert record.parameters["run"] == run.run_id
    assert f"reserve/{run.run_id}/solutions/best.json" in record.outputs
    assert "rasters/suitability_amur-tiger.tif" in record.inputs
    assert all(project.output_hash(name) == told for name, told in record.outputs.items())
    layers = reserve_layers(project)
    assert [layer.layer_id for layer in layers] == ["reserve_selected"]
    assert not layers[0].visible


def test_the_frequency_of_a_portfolio_is_a_layer_too(project, asked) -> None:
    run = begin_run(project, asked())
    best = search_run(project, run).mask()
    write_frequency(run, best * 0.4, best & False)
    layers = reserve_layers(project)
    assert [layer.layer_id for layer in layers] == ["reserve_frequency", "reserve_selected"]


def test_a_request_that_cannot_be_met_leaves_no_run(project, asked) -> None:
    wanted = {**TIGER, "target": {"amount": 1e6}}
    with pytest.raises(InfeasibleProblemError, match="Amur tiger, habitat") as caught:
        propose(project, asked([wanted]))
    assert caught.value.shortages[0][1] > 9e5
    assert list_runs(project) == ()
    with pytest.raises(ReserveInputError, match="Feature 1"):
        propose(project, asked([{**TIGER, "kind": "widening"}]))
    assert list_runs(project) == ()


def test_shares_that_no_selection_has_are_told(project, asked) -> None:
    shares = {"minimum": {"PRK": 0.9}}
    with pytest.raises(InfeasibleProblemError, match="No selection meets everything"):
        propose(project, asked([{**TIGER, "target": {"share": 0.9}}], shares=shares))
    assert list_runs(project) == ()


def test_a_stopped_search_keeps_its_best(project, asked) -> None:
    run = begin_run(project, asked(search={"gap": 0.0}))
    watch = Recorder(stop_at=1)
    while_searching = search_run(project, run, watcher=watch)
    assert while_searching.status in {"stopped", "optimal"}
    assert run.finished


def test_a_cancelled_search_keeps_what_it_had_found_and_goes_on_later(project, asked) -> None:
    run = begin_run(project, asked(search={"gap": 0.0}))

    class CancelAfterFirst:
        found = False

        def report(self, _fraction):
            if self.found:
                raise InterruptedError

        def told(self, moment):
            self.found |= moment.selected is not None
            return True

    cancel = CancelAfterFirst()
    with pytest.raises(InterruptedError):
        search_run(project, run, cancel, watcher=cancel)
    left = list_runs(project)[0]
    assert not left.finished
    assert left.has_incumbent
    again = unfinished_run(project, left.run_id[:5])
    before = again.solution("incumbent").objective
    assert search_run(project, again).objective <= before + 1e-9
    with pytest.raises(UsageError, match="is finished"):
        unfinished_run(project, left.run_id)


def test_a_cancel_before_the_search_leaves_no_run(project, asked) -> None:
    with pytest.raises(InterruptedError):
        begin_run(project, asked(), Recorder(cancel_at=0.5))
    assert list_runs(project) == ()


def test_a_project_for_reading_is_not_searched(folder, asked) -> None:
    with (
        Project.open(folder, read_only=True) as reader,
        pytest.raises(ReadOnlyProjectError),
    ):
        propose(reader, asked())


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from planner.project import Project
    from planner.reserve.propose import begin_run, search_run
    from planner.reserve.request_file import load_request

    class Slow:
        def told(self, moment):
            if moment.selected is not None:
                print("found", flush=True)
                while True:  # until it is killed
                    signal.pause()
            return True

    with Project.open(Path(sys.argv[1])) as project:
        run = begin_run(project, load_request(Path(sys.argv[2])))
        search_run(project, run, watcher=Slow())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_killed_run_leaves_its_incumbent_in_the_project(folder, asked, tmp_path) -> None:
    request = save_request(asked(), tmp_path / "asked.toml")
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), str(request)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        while (line := process.stdout.readline()) and "found" not in line:
            continue
        assert "found" in line
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    with Project.open(folder) as project:
        assert not project.read_only
        project.verify()
        (left,) = list_runs(project)
        assert not left.finished
        incumbent = ReserveRun.open(project).solution()
        assert incumbent.kind == "incumbent"
        assert incumbent.targets_met
        assert incumbent.selected
        run = unfinished_run(project, left.run_id)
        assert search_run(project, run).objective <= incumbent.objective + 1e-9


def test_what_a_project_offers_and_a_request_to_begin_with(project) -> None:
    offered = offered_features(project)
    assert [(item.kind, item.species) for item in offered] == [
        ("habitat", "amur-tiger"),
        ("corridors", "amur-tiger"),
        ("habitat", "amur-leopard"),
    ]
    request = default_request(project)
    assert request.features == tuple(item.setting for item in offered)
    assert request.units.kind == "hexagon"
    assert request.units.size_km == 2.0
    began = time.monotonic()
    begin_run(project, request)
    assert time.monotonic() - began < 30


def test_a_project_without_habitat_offers_nothing(project) -> None:
    for name in ("amur-tiger", "amur-leopard"):
        project.raster_path(f"suitability_{name}").unlink()
    with pytest.raises(ReserveInputError, match="landbridge plan"):
        default_request(project)


def test_locks_that_cannot_be_connected_are_told(project, asked) -> None:
    goal = {"contiguous": "whole", "boundary_penalty": 0.0}
    out = (
        project.sites(site_id="hunchun-national-nature-reserve").geometry.iloc[0].buffer(60_000)
    )
    path = project.path / "out.gpkg"
    ring = out.difference(project.sites().geometry.buffer(8_000).union_all())
    gpd.GeoDataFrame(geometry=[ring], crs=project.crs).to_file(path)
    told = r"one piece, and units r\d+c\d+.*locked in with no land between them"
    with pytest.raises(InfeasibleProblemError, match=told):
        propose(project, asked([TIGER], goal=goal, locks={"out_path": path.as_posix()}))
    assert list_runs(project) == ()
