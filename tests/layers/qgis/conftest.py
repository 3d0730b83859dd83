"""A real engine for the tests, and small data of their own to draw."""

from __future__ import annotations

import contextlib
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from shapely.geometry import LineString, Point, box

from layers.qgis.engine import QgisEngine
from layers.qgis.layer_spec import LayerSpec

CRS = "EPSG:3857"


def shared_memory_blocks(pid):
    """Return the names of the blocks that the frame pools of a process hold."""
    return {entry.name for entry in Path("/dev/shm").glob(f"lb-{pid}-*")}


@pytest.fixture(scope="session")
def engine():
    with QgisEngine(request_timeout_s=30) as running:
        yield running


@pytest.fixture(scope="session")
def blocks_of():
    return shared_memory_blocks


@pytest.fixture
def nothing_left(request):
    """Fail where a test with engines of its own leaves a thread or shared memory behind."""
    if "engine" in request.fixturenames:
        yield
        return
    blocks = shared_memory_blocks(os.getpid())
    threads = set(threading.enumerate())
    yield
    assert shared_memory_blocks(os.getpid()) - blocks == set()
    assert {t.name for t in set(threading.enumerate()) - threads} == set()


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A GeoPackage with a square, a line and named points, and rasters, around 0, 0."""
    folder = tmp_path_factory.mktemp("qgis data")
    frame = gpd.GeoDataFrame(
        {"name": ["west", "east"], "rank": [1, 7]},
        geometry=[box(-100, -100, 0, 100), box(0, -100, 100, 100)],
        crs=CRS,
    )
    frame.to_file(folder / "data.gpkg", layer="squares")
    gpd.GeoDataFrame(
        {"name": ["across"]}, geometry=[LineString([(-90, -50), (90, 50)])], crs=CRS
    ).to_file(folder / "data.gpkg", layer="lines")
    gpd.GeoDataFrame(
        {"name": ["虎豹国家公园", "Земля леопарда", "두만강 한국"]},
        geometry=[Point(0, 60), Point(0, 0), Point(0, -60)],
        crs=CRS,
    ).to_file(folder / "data.gpkg", layer="places")
    values = np.tile(np.arange(20, dtype="float32"), (20, 1))
    values[:5, :5] = -1
    write_raster(folder / "ramp.tif", values, nodata=-1)
    write_raster(folder / "classes.tif", (values > 9).astype("uint8") + 1)
    return folder


def write_raster(path, values, nodata=None, cell=10):
    profile = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype,
        "crs": CRS,
        "transform": Affine(cell, 0, -100, 0, -cell, 100),
        "nodata": nodata,
    }
    with rasterio.open(path, "w", **profile) as target:
        target.write(values, 1)


@pytest.fixture
def squares(data):
    """The two squares, red without an outline."""

    def make(**changes):
        plain = {
            "layer_id": "squares",
            "name": "Squares",
            "source": f"{data}/data.gpkg|layername=squares",
            "kind": "vector",
            "style": {"type": "single", "symbol": {"shape": "fill", "fill": "#ff0000"}},
        }
        return LayerSpec(**{**plain, **changes})

    return make


@pytest.fixture
def pipe(tmp_path):
    """A named pipe: whoever opens it for reading hangs until somebody writes."""
    path = tmp_path / "pipe.geojson"
    os.mkfifo(path)
    return path


class StallingServer:
    """Serves one file by HTTP ranges until told to stall; then nobody gets an answer."""

    def __init__(self, path):
        content = path.read_bytes()
        self.stalled = threading.Event()
        self.reached = threading.Event()
        self.released = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                found = self.path == "/map.tif"
                self.answer(200 if found else 404, b"", len(content) if found else 0)

            def do_GET(self):
                if self.path != "/map.tif":
                    self.answer(404, b"", 0)
                    return
                if outer.stalled.is_set():
                    outer.reached.set()
                    outer.released.wait(60)
                    self.close_connection = True
                    return
                asked = self.headers.get("Range", f"bytes=0-{len(content) - 1}")
                first, last = asked.removeprefix("bytes=").split("-")
                part = content[int(first) : int(last) + 1]
                self.answer(206, part, len(part), f"bytes {first}-{last}/{len(content)}")

            def answer(self, status, body, length, content_range=""):
                self.send_response(status)
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(length))
                if content_range:
                    self.send_header("Content-Range", content_range)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Stay quiet."""

            def handle(self):
                with contextlib.suppress(ConnectionError):
                    super().handle()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"/vsicurl/http://127.0.0.1:{self.server.server_port}/map.tif"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.socket.close()


@pytest.fixture
def hanging_web(tmp_path):
    values = np.ones((2000, 2000), dtype="uint8")
    write_raster(tmp_path / "map.tif", values, cell=0.1)
    server = StallingServer(tmp_path / "map.tif")
    yield server
    server.close()


@pytest.fixture
def hanging(hanging_web):
    """A raster that opens, and hangs in drawing once its server was told to stall."""
    style = {"type": "classes", "classes": [[1, "#0000ff"]]}
    return LayerSpec("hanging", "Hanging raster", hanging_web.address, "raster", style)
