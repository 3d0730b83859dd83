import os
import time
from pathlib import Path

import numpy as np
import pytest
from distributed import KilledWorker, LocalCluster

from layers.control import NULL_CONTROL
from layers.errors import LayerReadError
from layers.tiles.cluster import ClusterError, _result, work_in_cluster
from layers.tiles.output import OutputSpec
from layers.tiles.running import predict_tiles

pytestmark = pytest.mark.slow

WORKERS = 2


class CancelledError(Exception):
    pass


@pytest.fixture(scope="module")
def cluster():
    with LocalCluster(
        n_workers=WORKERS, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as it:
        yield it


def function(text):
    """Return a function that is sent by value: the workers need not find this file."""
    space = {"np": np, "os": os, "time": time, "Path": Path}
    exec(text, space)  # a literal of this file
    return space["predict"]


def total(rows):
    return {"sum": np.sin(rows).sum(axis=1)}


SENT = """
def predict(X):
    return {"sum": np.sin(X).sum(axis=1)}
"""


def test_the_values_are_those_of_a_local_run(stack, out, cluster):
    here, there = OutputSpec(out / "here.tif"), OutputSpec(out / "there.tif")
    local = predict_tiles(stack, total, {"sum": here})
    told = []

    class Told:
        def report(self, fraction):
            told.append(fraction)

    remote = predict_tiles(
        stack,
        function(SENT),
        {"sum": there},
        cluster=cluster.scheduler_address,
        control=Told(),
    )
    assert (out / "here.tif").read_bytes() == (out / "there.tif").read_bytes()
    assert remote.known_cells == local.known_cells
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_both_workers_work(stack, out, cluster, tmp_path):
    code = f"""
def predict(X):
    Path({str(tmp_path)!r}, f"{{os.getpid()}}.pid").touch()
    time.sleep(0.05)
    return {{"sum": X[:, 0]}}
"""
    predict_tiles(
        stack,
        function(code),
        {"sum": OutputSpec(out / "a.tif")},
        cluster=cluster.scheduler_address,
    )
    pids = {int(path.stem) for path in tmp_path.glob("*.pid")}
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_a_lost_worker_costs_no_tile(stack, out, cluster, tmp_path):
    mark = tmp_path / "died"
    code = f"""
def predict(X):
    mark = Path({str(mark)!r})
    if not mark.exists():
        mark.touch()
        os._exit(1)
    return {{"sum": np.sin(X).sum(axis=1)}}
"""
    report = predict_tiles(
        stack,
        function(code),
        {"sum": OutputSpec(out / "there.tif")},
        cluster=cluster.scheduler_address,
    )
    assert mark.exists()
    predict_tiles(stack, total, {"sum": OutputSpec(out / "here.tif")})
    assert report.known_cells == 27_000
    assert (out / "here.tif").read_bytes() == (out / "there.tif").read_bytes()


def test_after_a_cancel_only_what_has_begun_is_done(stack, out, cluster, tmp_path):
    class Cancel:
        calls = 0
        begun = 0

        def report(self, fraction):
            self.calls += 1
            if self.calls > 5:
                self.begun = len(list(tmp_path.glob("*.tile")))
                raise CancelledError

    cancel = Cancel()
    slow = function(f"""
def predict(X):
    Path({str(tmp_path)!r}, f"{{os.getpid()}}-{{time.monotonic_ns()}}.tile").touch()
    time.sleep(0.3)
    return {{"sum": X[:, 0]}}
""")
    with pytest.raises(CancelledError):
        predict_tiles(
            stack,
            slow,
            {"sum": OutputSpec(out / "a.tif")},
            cluster=cluster.scheduler_address,
            control=cancel,
        )
    assert len(list(tmp_path.glob("*.tile"))) <= cancel.begun + 2 * WORKERS
    assert list(out.iterdir()) == []


def test_an_error_on_a_worker_is_raised_here(stack, out, cluster):
    wrong = function("def predict(X):\n    return {'other': X[:, 0]}\n")
    with pytest.raises(ValueError, match="without sum"):
        predict_tiles(
            stack,
            wrong,
            {"sum": OutputSpec(out / "a.tif")},
            cluster=cluster.scheduler_address,
        )
    assert list(out.iterdir()) == []


def test_a_file_the_workers_do_not_see_is_named(stack, out, cluster):
    stack.sources[1].path.unlink()
    with pytest.raises(LayerReadError, match=r"worker tcp.*b\.tif is not there.*every worker"):
        predict_tiles(
            stack,
            total,
            {"sum": OutputSpec(out / "a.tif")},
            cluster=cluster.scheduler_address,
        )


def test_no_scheduler_at_the_address(stack, out, monkeypatch):
    monkeypatch.setattr("layers.tiles.cluster.SECONDS_TO_CONNECT", 1)
    with pytest.raises(ClusterError, match="No scheduler answers at tcp://127"):
        predict_tiles(
            stack, total, {"sum": OutputSpec(out / "a.tif")}, cluster="tcp://127.0.0.1:9"
        )
    with pytest.raises(ClusterError, match="No scheduler answers at nonsense"):
        predict_tiles(
            stack, total, {"sum": OutputSpec(out / "a.tif")}, cluster="nonsense://a:b"
        )
    assert list(out.iterdir()) == []


def lost(number):
    return number


lost.__module__ = "no_such_package.parts"


def test_parts_that_hold_all_they_need_are_worked_on(cluster):
    address = cluster.scheduler_address
    found = dict(work_in_cluster(address, abs, lambda at: -at, NULL_CONTROL, [3, 5, 8]))
    assert found == {3: 3, 5: 5, 8: 8}
    with pytest.raises(ClusterError, match="lacks a part of the program"):
        list(work_in_cluster(address, lost, int, NULL_CONTROL, [1]))


def test_a_cluster_without_workers(stack, out, monkeypatch):
    monkeypatch.setattr("layers.tiles.cluster.SECONDS_TO_CONNECT", 2)
    with (
        LocalCluster(n_workers=0, processes=True, dashboard_address=":0") as empty,
        pytest.raises(ClusterError, match="no workers"),
    ):
        predict_tiles(
            stack,
            total,
            {"sum": OutputSpec(out / "a.tif")},
            cluster=empty.scheduler_address,
        )


def test_a_scheduler_that_ends_is_told(stack, out):
    slow = function("def predict(X):\n    time.sleep(0.2)\n    return {'sum': X[:, 0]}\n")
    with LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as it:

        class End:
            calls = 0

            def report(self, fraction):
                self.calls += 1
                if self.calls == 5:
                    it.close()

        with pytest.raises(ClusterError, match="was lost"):
            predict_tiles(
                stack,
                slow,
                {"sum": OutputSpec(out / "a.tif")},
                cluster=it.scheduler_address,
                control=End(),
            )
    assert list(out.iterdir()) == []


def test_workers_that_die_again_and_again_over_a_tile_are_told():
    class Future:
        def result(self):
            raise KilledWorker("tile", "tcp://127.0.0.1:1", 3)

    with pytest.raises(ClusterError, match="again and again over tile 7"):
        _result(Future(), 7)
