"""Layers on servers: web maps from a real server on this computer, and databases that fail."""

from __future__ import annotations

import base64
import contextlib
import socket
import struct
import threading
import zipfile
import zlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.errors import LayerReadError
from layers.qgis.capabilities import read_service
from layers.qgis.credentials import Credentials
from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from layers.qgis.protocol import RenderRequest
from layers.qgis.remote import (
    PostgresPlace,
    check_remote,
    postgres_source,
    server_of,
    tile_source,
    wms_source,
    wmts_source,
)
from layers.qgis.worker.addresses import postgres_place
from resources.errors import UsageError

CRS = "EPSG:3857"
EXTENT = (-2e7, -1.5e7, 2e7, 1.5e7)
ACCOUNT = Credentials("ann", "s3cret-word")


def blue_png(size=256):
    """Return a blue picture as a server of tiles sends it."""

    def chunk(kind, body):
        checked = kind + body
        return struct.pack(">I", len(body)) + checked + struct.pack(">I", zlib.crc32(checked))

    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\0\0\xff" * size) * size
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


PNG = blue_png()
BOMB = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
WMS = """<?xml version="1.0"?><WMS_Capabilities version="1.3.0"
 xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>Parks of a test</Title></Service><Capability><Request>
<GetCapabilities><Format>text/xml</Format></GetCapabilities>
<GetMap><Format>image/jpeg</Format><Format>image/png</Format><DCPType><HTTP><Get>
<OnlineResource xlink:href="{address}"/></Get></HTTP></DCPType></GetMap>
<GetFeatureInfo>{formats}<DCPType><HTTP><Get>
<OnlineResource xlink:href="{address}"/></Get></HTTP></DCPType></GetFeatureInfo></Request>
<Layer><Title>All</Title><CRS>EPSG:3857</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>-180</westBoundLongitude>
<eastBoundLongitude>180</eastBoundLongitude><southBoundLatitude>-80</southBoundLatitude>
<northBoundLatitude>80</northBoundLatitude></EX_GeographicBoundingBox>
<BoundingBox CRS="EPSG:3857" minx="-20000000" miny="-15000000" maxx="20000000"
 maxy="15000000"/>
<Layer queryable="1"><Name>parks</Name><Title>National parks</Title><CRS>EPSG:4326</CRS>
<Style><Name>green</Name><Title>Green</Title></Style></Layer></Layer></Capability>
</WMS_Capabilities>"""
WMTS = """<Capabilities xmlns="http://www.opengis.net/wmts/1.0"
 xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:ServiceIdentification><ows:Title>Tiles</ows:Title></ows:ServiceIdentification>
<Contents><Layer><ows:Title>Hills</ows:Title><ows:Identifier>hills</ows:Identifier>
<Style><ows:Identifier>dark</ows:Identifier></Style>
<Style isDefault="true"><ows:Identifier>light</ows:Identifier></Style>
<Format>image/png</Format><TileMatrixSetLink><TileMatrixSet>web</TileMatrixSet>
</TileMatrixSetLink></Layer><TileMatrixSet><ows:Identifier>web</ows:Identifier>
<ows:SupportedCRS>urn:ogc:def:crs:EPSG::3857</ows:SupportedCRS></TileMatrixSet></Contents>
</Capabilities>"""


class WebHandler(BaseHTTPRequestHandler):
    """Serves tiles, a WMS and a WMTS, and at some paths what no server should."""

    def do_GET(self):
        web = self.server.web
        web.headers.append(self.headers.get("Authorization", ""))
        if web.asks and web.headers[-1] != web.expected:
            self.answer(401, b"", "text/plain", {"WWW-Authenticate": "Basic"})
            return
        parts = urlsplit(self.path)
        special = {
            "/elsewhere": lambda: self.answer(302, b"", "", {"Location": "file:///etc/passwd"}),
            "/endless": self.endless,
            "/bomb": lambda: self.answer(200, BOMB, "text/xml"),
            "/plain": lambda: self.answer(200, b"hello", "text/plain"),
        }
        special.get(parts.path, lambda: self.map_of(parse_qs(parts.query)))()

    def map_of(self, query):
        asked = {name.lower(): values[0] for name, values in query.items()}
        if asked.get("service", "").upper() == "WMTS":
            self.answer(200, WMTS.encode(), "text/xml")
        elif asked.get("request") == "GetCapabilities":
            web = self.server.web
            formats = "".join(f"<Format>{name}</Format>" for name in web.info)
            text = WMS.format(address=f"{web.address}/wms?", formats=formats)
            self.answer(200, text.encode(), "text/xml")
        elif asked.get("request") == "GetFeatureInfo":
            self.server.web.asked.append(asked)
            self.server.web.silence.wait()
            kind = asked["info_format"]
            self.answer(200, self.server.web.info[kind].encode(), kind)
        else:
            self.answer(200, PNG, "image/png")

    def endless(self):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b" " * 1_000_000)

    def answer(self, status, body, kind, more=None):
        self.send_response(status)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Stay quiet."""

    def handle(self):
        with contextlib.suppress(ConnectionError):
            super().handle()


class WebServer:
    """A server of maps; asks for a password where told so, and remembers who came."""

    def __init__(self):
        self.asks = False
        self.headers = []
        self.info = {}
        self.asked = []
        self.silence = threading.Event()
        self.silence.set()
        pair = f"{ACCOUNT.user}:{ACCOUNT.password}".encode()
        self.expected = f"Basic {base64.b64encode(pair).decode()}"
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), WebHandler)
        self.server.web = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def close(self):
        self.silence.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def web():
    server = WebServer()
    yield server
    server.close()


@pytest.fixture
def silent():
    """The port of a server that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def asking():
    """The port of a server that speaks as PostgreSQL does and asks everybody for a password."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def serve():
            while not over.is_set():
                with contextlib.suppress(OSError):
                    call, _ = server.accept()
                    with call:
                        call.settimeout(2)
                        if call.recv(1000)[4:8] == struct.pack(">I", 80877103):  # TLS?
                            call.sendall(b"N")
                            call.recv(1000)
                        call.sendall(b"R" + struct.pack(">II", 8, 3))
                        call.recv(1000)
                        told = b"SFATAL\0C28P01\0Mwrong password\0\0"
                        call.sendall(b"E" + struct.pack(">I", 4 + len(told)) + told)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        over.set()
        thread.join()


def web_layer(source):
    return LayerSpec("web", "Web", source, "raster", provider="wms")


def table_layer(**place):
    where = {"table": "parks", "host": "127.0.0.1", "database": "parks", **place}
    source = postgres_source(PostgresPlace(**where))
    return LayerSpec("table", "Table", source, "vector", provider="postgres")


def middle(engine):
    frame = engine.render(RenderRequest(EXTENT, 400, 300)).result(30)
    return tuple(int(v) for v in frame.pixels[150, 200][:3])


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("file:///etc/{x}/{y}/{z}", "must begin with https:// or http://"),
        ("/etc/passwd{x}{y}{z}", "must begin with"),
        ("ftp://h/{x}/{y}/{z}", "must begin with"),
        ("javascript:{x}{y}{z}", "must begin with"),
        ("https://ann:word@h/{x}/{y}/{z}", "holds a name or a password"),
        ("https:///{x}/{y}/{z}", "names no server"),
        ("https://h/{x}/{y}", "must hold {x}, {y} and {z}"),
        ("https://h/{x}/{z}", "{y} or {-y}"),
        ("https://h/{x}/{y}/{z}\nHost: evil", "control character"),
        ("https://h:99999/{x}/{y}/{z}", "cannot be read"),
        ("https://h/{x}/{y}/{z}" + "a" * 5000, "characters, more than"),
    ],
)
def test_addresses_that_are_not_taken(address, told):
    with pytest.raises(UsageError, match=told.replace("{", r"\{")):
        tile_source(address)


@pytest.mark.parametrize(
    ("provider", "source", "told"),
    [
        ("wms", "type=xyz&url=file:///etc/passwd&zmax=1", "must begin with"),
        ("wms", "type=xyz&url=https://h/{x}{y}{z}&username=a&password=b", "may not hold"),
        ("wms", "type=xyz&url=https://h/{x}{y}{z}&http-header:Cookie=b", "may not hold"),
        ("wms", "type=xyz&url=https://h/{x}{y}{z}&authcfg=abc", "may not hold"),
        ("wms", "type=xyz&url=https://h/{x}{y}{z}&url=file:///etc", "must begin with"),
        ("wms", "type=mbtiles&url=https://h/{x}{y}{z}", "is not known"),
        ("wms", "url=https://h/wms&crs=EPSG:3857", "which of its layers"),
        ("wms", "type=xyz&url=https://h/{x}{y}{z}&zmin=9&zmax=3", "zooms"),
        ("postgres", "dbname='a' user='u' password='p' table=\"t\"", "may not hold 'user'"),
        ("postgres", "dbname='a' host=/tmp/socket table=\"t\"", "no name of a server"),
        ("postgres", "dbname='a' table=\"(select evil())\"", "not a query"),
        ("postgres", "dbname='a' table=\"t\" (g) sql=1=1; DROP TABLE t", "may not hold 'sql'"),
        ("postgres", "dbname='a' sslrootcert='/etc/x' table=\"t\"", "may not hold"),
        ("postgres", "dbname='a' options='-c x=y' table=\"t\"", "may not hold"),
        ("postgres", "dbname='a'", "needs the name of a table"),
        ("postgres", 'table="t"', "needs a service"),
        ("postgres", "dbname='a' port=70000 table=\"t\"", "is no port"),
        ("postgres", "service='a;b' table=\"t\"", "no name of a service"),
    ],
)
def test_sources_of_somebody_elses_project_are_checked_word_by_word(provider, source, told):
    kind = "raster" if provider == "wms" else "vector"
    with pytest.raises(UsageError, match=told):
        check_remote(provider, source)
    with pytest.raises(UsageError, match=told):
        LayerSpec("a", "A", source, kind, provider=provider)


def test_places_of_tables_go_to_text_and_back():
    for place in (
        PostgresPlace("parks", "nature", "geom", "id", host="db.example", database="d"),
        PostgresPlace('a"b', "s'x", "g m", "k'y", database="d b", port="5433", srid="3857"),
        PostgresPlace("parks", service="my service", kind="MultiPolygon"),
        PostgresPlace("parks", host="::1", database="d", sslmode="verify-full"),
    ):
        assert postgres_place(postgres_source(place)) == place
    assert server_of("postgres", postgres_source(PostgresPlace("t", service="s"))) == (
        "postgres service s"
    )
    assert server_of("wms", tile_source("https://Tiles.example/{z}/{x}/{y}.png")) == (
        "https://tiles.example"
    )
    assert server_of("", "/a/file.tif") == ""


def test_a_layer_on_a_server_takes_no_filter_and_fits_its_kind():
    source = tile_source("https://h/{z}/{x}/{y}")
    with pytest.raises(UsageError, match="takes no filter"):
        LayerSpec("a", "A", source, "raster", subset="1=1", provider="wms")
    with pytest.raises(UsageError, match="is opened by one of"):
        LayerSpec("a", "A", source, "vector", provider="wms")
    with pytest.raises(UsageError, match="styles"):
        wms_source("https://h/wms", ["a", "b"], crs=CRS, styles=["x"])


def test_credentials_are_never_printed():
    assert ACCOUNT.password not in repr(ACCOUNT)


def test_what_a_wms_offers(web):
    service = read_service(f"{web.address}/wms?map=a&SERVICE=WMS&VERSION=1.1.1")
    assert (service.kind, service.title) == ("wms", "Parks of a test")
    assert service.address == f"{web.address}/wms?map=a"
    (parks,) = service.layers
    assert (parks.name, parks.title) == ("parks", "National parks")
    assert parks.crs == ("EPSG:3857", "EPSG:4326")
    assert parks.styles == ("green",)
    assert parks.formats == ("image/png", "image/jpeg")


def test_what_a_wmts_offers(web):
    service = read_service(f"{web.address}/wmts")
    (hills,) = service.layers
    assert (service.kind, hills.name, hills.styles) == ("wmts", "hills", ("light", "dark"))
    assert hills.matrix_sets == (("web", "EPSG:3857"),)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/elsewhere", "error 302"),
        ("/endless", "answers without end"),
        ("/bomb", "declares entities"),
        ("/plain", "did not answer with a list"),
    ],
)
def test_servers_that_answer_something_else(web, path, told):
    with pytest.raises(LayerReadError, match=told):
        read_service(f"{web.address}{path}")


def test_a_server_may_ask_for_a_password(web):
    web.asks = True
    with pytest.raises(LayerReadError, match="asks for a name and password"):
        read_service(f"{web.address}/wms")
    assert read_service(f"{web.address}/wms", credentials=ACCOUNT).layers


def test_a_server_that_is_not_there(silent):
    with pytest.raises(LayerReadError, match="does not answer"):
        read_service("http://127.0.0.1:1/wms")


@pytest.mark.qgis
def test_tiles_and_wms_are_drawn_and_their_passwords_kept_out_of_projects(
    engine, web, tmp_path
):
    web.asks = True
    layer = web_layer(tile_source(f"{web.address}/{{z}}/{{x}}/{{y}}.png", zoom_max=3))
    engine.remember_credentials(layer, ACCOUNT)
    assert engine.set_layers([layer], crs=CRS) == ()
    assert middle(engine) == (255, 0, 0)  # blue, green, red
    assert web.expected in web.headers
    assert engine.identify((0, 0), 1) == []
    with zipfile.ZipFile(engine.save_project(tmp_path / "map.qgz")) as archive:
        texts = b"".join(archive.read(name) for name in archive.namelist())
    assert ACCOUNT.password.encode() not in texts
    assert b"type=xyz" in texts
    service = web_layer(wms_source(f"{web.address}/wms", ["parks"], crs=CRS))
    assert engine.set_layers([service], crs=CRS) == ()
    assert middle(engine) == (255, 0, 0)  # blue, green, red
    engine.remember_credentials(layer, None)
    unknown = web_layer(wms_source(f"{web.address}/other", ["parks"], crs=CRS))
    (problem,) = engine.set_layers([unknown], crs=CRS)
    assert "asks for a password" in problem.reason
    assert ACCOUNT.password not in problem.reason


@pytest.mark.qgis
def test_a_wms_is_looked_at_before_it_is_added(engine, web, squares):
    engine.set_layers([squares()], crs=CRS)
    source = wms_source(f"{web.address}/wms", ["parks"], crs=CRS)
    assert engine.check_source(web_layer(source)).kind == "raster"
    engine.set_layers([web_layer(source)], crs=CRS)
    with pytest.raises(QgisRequestError, match="has no cells that hold numbers"):
        engine.raster_statistics("web")
    wrong = wms_source(f"{web.address}/wms", ["nowhere"], crs=CRS)
    with pytest.raises(QgisRequestError, match="could not be opened"):
        engine.check_source(web_layer(wrong))
    wmts = wmts_source(f"{web.address}/wmts", "hills", matrix_set="web", crs=CRS)
    assert "tileMatrixSet=web" in wmts


@pytest.mark.qgis
def test_a_server_that_cannot_be_reached_is_told(engine, squares):
    problems = engine.set_layers(
        [
            squares(),
            web_layer(wms_source("http://127.0.0.1:1/wms", ["a"], crs=CRS)),
            table_layer(port="1"),
        ],
        crs=CRS,
    )
    assert [problem.layer_id for problem in problems] == ["web", "table"]
    assert all("cannot be reached" in problem.reason for problem in problems)
    assert engine.health().restarts == 0


@pytest.mark.qgis
def test_a_database_that_never_answers_is_given_up(engine, squares, silent):
    layer = table_layer(port=str(silent))
    engine.remember_credentials(layer, ACCOUNT)
    (problem,) = engine.set_layers([squares(), layer], crs=CRS)
    assert "timeout" in problem.reason
    assert ACCOUNT.password not in problem.reason
    assert engine.health().restarts == 0
    engine.remember_credentials(layer, None)


@pytest.mark.qgis
def test_a_database_that_asks_for_a_password_is_told_and_qgis_lives_on(engine, squares, asking):
    layer = table_layer(port=str(asking))
    (problem,) = engine.set_layers([squares(), layer], crs=CRS)
    assert "no password supplied" in problem.reason
    engine.remember_credentials(layer, ACCOUNT)
    (problem,) = engine.refresh(["table"])
    assert "wrong password" in problem.reason
    assert ACCOUNT.password not in problem.reason
    assert engine.health().restarts == 0
    engine.remember_credentials(layer, None)


@pytest.mark.qgis
def test_a_file_asks_for_no_password(engine, squares):
    with pytest.raises(UsageError, match="asks for no password"):
        engine.remember_credentials(squares(), ACCOUNT)


EVIL = """<html><head><title>t</title><style>b {color: red}</style></head><body>
<script>alert("x")</script><img src="file:///etc/passwd" onerror="steal()">
<table><tr><th>Name</th><td>Парк &lt;b&gt;7\u202e</td></tr>
<tr><td>km2</td><td>12</td></tr></table>
<iframe src="http://evil.example">seen</iframe><p>one
two</p></body></html>"""
FEATURE = """{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "parks.1",
"geometry": {"type": "Point", "coordinates": [0, 0]},
"properties": {"name": "Park", "km2": 12.5, "gone": null}}]}"""


def asked_at(engine, point, layer_id="web"):
    return engine.web_info_later(layer_id, point, 1000.0).result(30)


@pytest.mark.qgis
@pytest.mark.parametrize(
    ("info", "text", "attributes"),
    [
        (
            {"text/plain": "name = <b>Park</b>\x07\n\nkm2 = 12\n"},
            "name = <b>Park</b>\nkm2 = 12",
            {},
        ),
        ({"text/html": EVIL}, "Name\tПарк <b>7\nkm2\t12\none two", {}),
        ({"application/json": FEATURE}, "", {"name": "Park", "km2": "12.5"}),
        ({"text/html": EVIL, "text/plain": "short"}, "short", {}),
    ],
)
def test_a_server_is_asked_what_lies_at_a_place(engine, web, info, text, attributes):
    web.info = info
    source = wms_source(f"{web.address}/wms", ["parks"], crs=CRS)
    assert engine.set_layers([web_layer(source)], crs="EPSG:32652") == ()
    place = (500_000.0, 4_700_000.0)
    (found,) = asked_at(engine, place)
    assert (found.text, found.attributes) == (text, attributes)
    (asked,) = web.asked
    assert asked["query_layers"] == "parks"
    west, south, east, north = map(float, asked["bbox"].split(","))
    x = west + (int(asked["i"]) + 0.5) / int(asked["width"]) * (east - west)
    y = north - (int(asked["j"]) + 0.5) / int(asked["height"]) * (north - south)
    pixel = (east - west) / int(asked["width"])
    assert (x, y) == pytest.approx((129 * 111_319.49, 5_231_094), abs=2 * pixel)


@pytest.mark.qgis
def test_what_is_no_web_map_or_says_nothing_of_places_is_not_asked(engine, web, squares):
    tiles = tile_source(f"{web.address}/{{z}}/{{x}}/{{y}}.png")
    service = wms_source(f"{web.address}/wms", ["parks"], crs=CRS)
    layers = [squares(), web_layer(tiles), replace(web_layer(service), layer_id="service")]
    assert engine.set_layers(layers, crs=CRS) == ()
    for layer_id in (squares().layer_id, "web", "service"):
        assert asked_at(engine, (0.0, 0.0), layer_id) is None
    with pytest.raises(QgisRequestError, match="has no layer 'gone'"):
        asked_at(engine, (0.0, 0.0), "gone")


@pytest.mark.qgis
def test_a_server_that_does_not_answer_holds_nothing_up(engine, web, squares):
    web.info = {"text/plain": "late"}
    source = wms_source(f"{web.address}/wms", ["parks"], crs=CRS)
    assert engine.set_layers([squares(), web_layer(source)], crs=CRS) == ()
    web.silence.clear()
    waiting = engine.web_info_later("web", (0.0, 0.0), 1000.0)
    assert engine.identify((5.0, 5.0), 1.0, [squares().layer_id]) != []
    assert engine.render(RenderRequest(EXTENT, 40, 30, layer_ids=())).result(30) is not None
    assert engine.set_layers([squares()], crs=CRS) == (), "the layer may even go meanwhile"
    assert not waiting.done()
    with pytest.raises(QgisRequestError, match="did not answer within"):
        waiting.result(30)
    web.silence.set()
    assert engine.set_layers([web_layer(source)], crs=CRS) == ()
    del web.info["text/plain"]  # the server fails
    with pytest.raises(QgisRequestError, match="could not be asked: no answer"):
        asked_at(engine, (0.0, 0.0))
    assert engine.health().restarts == 0
