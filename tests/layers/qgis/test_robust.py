"""Crashes, hangs, cancelling, and what is left behind: with real processes and real signals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError
from pathlib import Path

import psutil
import pytest

from layers.qgis.discovery import QgisInstallation, find_qgis
from layers.qgis.engine import QgisEngine
from layers.qgis.errors import QgisCrashError, QgisError, QgisTimeoutError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest

pytestmark = [pytest.mark.qgis, pytest.mark.usefixtures("nothing_left")]

CRS = "EPSG:3857"
EXTENT = (-200, -150, 200, 150)
ROOT = Path(__file__).resolve().parents[3]


def request(**more):
    return RenderRequest(EXTENT, 400, 300, **more)


def assert_red(frame):
    assert tuple(int(v) for v in frame.pixels[150, 250][:3]) == (0, 0, 255)


def wait_until(condition, timeout_s=15.0):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def test_a_crash_while_drawing_fails_once_and_the_map_comes_back(squares, hanging, hanging_web):
    notices = []
    with QgisEngine(
        on_restart=lambda reason, problems: notices.append((reason, problems))
    ) as it:
        assert it.set_layers([squares(), hanging], crs=CRS) == ()
        hanging_web.stalled.set()
        first = it.health().pid
        future = it.render(request())
        assert hanging_web.reached.wait(20)
        hanging_web.stalled.clear()
        os.kill(first, signal.SIGKILL)
        with pytest.raises(QgisCrashError, match="may be repeated"):
            future.result(30)
        assert_red(it.render(request(layer_ids=("squares",))).result(30))
        health = it.health()
        assert health.pid != first
        assert health.restarts == 1
        assert health.problems == ()
    assert len(notices) == 1
    assert "ended unexpectedly" in notices[0][0]


def test_requests_that_had_not_begun_survive_a_crash(squares):
    with QgisEngine() as it:
        it.set_layers([squares()], crs=CRS)
        os.kill(it.health().pid, signal.SIGKILL)
        assert_red(it.render(request()).result(30))
        assert it.layer_extent("squares") == pytest.approx((-100, -100, 100, 100))


def test_a_layer_that_hangs_while_drawn_is_named_and_then_left_out(
    squares, hanging, hanging_web
):
    with QgisEngine(request_timeout_s=3) as it:
        assert it.set_layers([squares(), hanging], crs=CRS) == ()
        hanging_web.stalled.set()
        with pytest.raises(QgisTimeoutError, match="It was drawing: Hanging raster"):
            it.render(request()).result(30)
        hanging_web.stalled.clear()
        assert it.layer_extent("hanging")  # opened again
        assert it.health().problems == ()
        hanging_web.stalled.set()
        with pytest.raises(QgisTimeoutError, match="Hanging raster"):
            it.render(request()).result(30)
        hanging_web.stalled.clear()
        assert_red(it.render(request()).result(30))
        (problem,) = it.health().problems
        assert problem.layer_id == "hanging"
        assert "hung" in problem.reason
        assert it.set_layers([squares(), hanging], crs=CRS) == (problem,)


def test_a_layer_that_does_not_open_is_left_out_at_once(squares, pipe):
    layer = LayerSpec("pipe", "Pipe", str(pipe), "vector")
    with QgisEngine(open_timeout_s=1.5) as it:
        (problem,) = it.set_layers([squares(), layer], crs=CRS)
        assert problem.layer_id == "pipe"
        assert "did not open" in problem.reason
        assert_red(it.render(request()).result(30))
        restarts = it.health().restarts
        assert it.set_layers([layer, squares()], crs=CRS) == (problem,)
        assert it.health().restarts == restarts, "it is not tried again"


def test_a_server_that_never_answers_does_not_hold_up_the_map(squares):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"/vsicurl/http://127.0.0.1:{server.getsockname()[1]}/map.tif"
        with QgisEngine(open_timeout_s=1.5) as it:
            (problem,) = it.set_layers(
                [LayerSpec("web", "Web", address, "raster"), squares()], crs=CRS
            )
            assert problem.layer_id == "web"
            assert_red(it.render(request()).result(30))


def test_a_refresh_gives_a_layer_another_chance(squares, pipe, data):
    layer = LayerSpec("pipe", "Pipe", str(pipe), "vector")
    with QgisEngine(open_timeout_s=1.5) as it:
        assert len(it.set_layers([squares(), layer], crs=CRS)) == 1
        pipe.unlink()
        pipe.write_text(
            '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {},'
            '"geometry": {"type": "Point", "coordinates": [0, 0]}}]}'
        )
        assert it.refresh(["pipe"]) == ()


def test_a_newer_request_of_a_view_cancels_the_older(squares, hanging, hanging_web):
    with QgisEngine() as it:
        assert it.set_layers([squares(), hanging], crs=CRS) == ()
        hanging_web.stalled.set()
        older = it.render(request())
        assert hanging_web.reached.wait(20)
        other = it.render(request(layer_ids=("squares",), view="other"))
        newer = it.render(request(layer_ids=("squares",)))
        assert older.cancelled()
        assert_red(newer.result(30))
        assert_red(other.result(30))
    with pytest.raises(CancelledError):
        older.result(0)


def test_a_stream_of_requests_ends_with_the_last(engine, squares):
    engine.set_layers([squares()], crs=CRS)
    futures = [
        engine.render(RenderRequest((-200 - i, -150, 200, 150), 1600, 1200)) for i in range(30)
    ]
    last = futures[-1].result(30)
    assert last.extent[0] == pytest.approx(-229)
    assert sum(f.cancelled() for f in futures) > 15
    assert all(f.done() for f in futures)


def test_layers_may_change_while_the_map_is_drawn(engine, squares):
    blue = {"type": "single", "symbol": {"fill": "#0000ff"}}
    engine.set_layers([squares()], crs=CRS)
    future = engine.render(RenderRequest(EXTENT, 3840, 2160))
    engine.set_layers([squares(layer_id="new", style=blue)], crs=CRS)
    assert future.result(30).width == 3840
    frame = engine.render(request()).result(30)
    assert tuple(int(v) for v in frame.pixels[150, 250][:3]) == (255, 0, 0)


def test_many_threads_may_ask_at_once(engine, squares):
    engine.set_layers([squares()], crs=CRS)
    failures = []

    def ask(name):
        try:
            for _ in range(5):
                assert_red(engine.render(request(view=name)).result(30))
                assert engine.identify((50, 0), 1)
                engine.set_layers([squares()], crs=CRS)
        except (QgisError, AssertionError) as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(f"view {i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []


def test_two_engines_at_once(engine, squares):
    blue = {"type": "single", "symbol": {"fill": "#0000ff"}}
    engine.set_layers([squares()], crs=CRS)
    with QgisEngine() as other:
        other.set_layers([squares(style=blue)], crs=CRS)
        frames = engine.render(request()), other.render(request())
        assert_red(frames[0].result(30))
        assert tuple(int(v) for v in frames[1].result(30).pixels[150, 250][:3]) == (255, 0, 0)
        assert other.health().pid != engine.health().pid
    assert_red(engine.render(request()).result(30))


def test_closing_leaves_nothing_also_while_a_layer_hangs(
    squares, hanging, hanging_web, blocks_of
):
    it = QgisEngine()
    it.start()
    pid = it.health().pid
    it.set_layers([squares(), hanging], crs=CRS)
    hanging_web.stalled.set()
    future = it.render(request())
    assert hanging_web.reached.wait(20)
    assert len(blocks_of(os.getpid())) >= 1
    it.close()
    assert not psutil.pid_exists(pid)
    with pytest.raises(QgisError, match="closed"):
        future.result(0)
    with pytest.raises(QgisError, match="not started"):
        it.render(request())
    it.close()


ORPHAN = """
import os, signal, sys
from layers.qgis.engine import QgisEngine
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest
engine = QgisEngine(request_timeout_s=1, open_timeout_s=1)
engine.start()
engine.set_layers([], crs="EPSG:3857")
engine.render(RenderRequest((0, 0, 1, 1), 640, 480)).result()
print(os.getpid(), engine.health().pid, flush=True)
if len(sys.argv) > 1:
    import threading
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
    engine.set_layers([LayerSpec("p", "P", sys.argv[1], "vector")], crs="EPSG:3857")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("where", ["idle", "hanging"])
def test_qgis_ends_with_the_program_that_started_it(where, pipe, blocks_of):
    arguments = [str(pipe)] if where == "hanging" else []
    program = subprocess.run(
        [sys.executable, "-c", ORPHAN, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=30,
    )
    assert program.returncode == -signal.SIGKILL
    own, qgis = (int(part) for part in program.stdout.split())
    wait_until(lambda: not psutil.pid_exists(qgis))
    wait_until(lambda: blocks_of(own) == set())


def test_a_qgis_that_does_not_start_is_told(tmp_path):
    broken = tmp_path / "python3"
    broken.write_text("#!/bin/sh\necho no module named qgis >&2\nexit 3\n")
    broken.chmod(0o755)
    it = QgisEngine(QgisInstallation(broken, "3.22", Path("/usr")))
    with pytest.raises(QgisCrashError, match="no module named qgis"):
        it.start()


def test_a_qgis_that_says_nothing_is_given_up(tmp_path):
    mute = tmp_path / "python3"
    mute.write_text("#!/bin/sh\nexec sleep 60\n")
    mute.chmod(0o755)
    it = QgisEngine(QgisInstallation(mute, "3.22", Path("/usr")), start_timeout_s=0.3)
    with pytest.raises(QgisCrashError, match="did not start within"):
        it.start()


def test_nothing_of_this_program_is_on_the_path_of_qgis():
    installation = find_qgis()
    with QgisEngine(installation) as it:
        process = psutil.Process(it.health().pid)
        environment = process.environ()
        assert not any(name.startswith(("PYTHONPATH", "VIRTUAL_ENV")) for name in environment)
        libraries = {part.path for part in process.memory_maps()}
        assert not any(str(Path(sys.prefix).resolve()) in path for path in libraries)
        assert process.children() == []
