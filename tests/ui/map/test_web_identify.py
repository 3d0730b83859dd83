"""The server of a web map is asked what lies at a place: real window, real QGIS."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from layers.qgis.remote import wms_source
from planner.map_layers import NewLayer, add_layer
from planner.project import Project
from ui.start.choice import OpenProject

pytestmark = pytest.mark.qgis

ONLINE = '<DCPType><HTTP><Get><OnlineResource xlink:href="{0}"/></Get></HTTP></DCPType>'
CAPABILITIES = f"""<?xml version="1.0"?><WMS_Capabilities version="1.3.0"
 xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>Parks</Title></Service><Capability><Request>
<GetMap><Format>image/png</Format>{ONLINE}</GetMap>
<GetFeatureInfo><Format>text/html</Format>{ONLINE}</GetFeatureInfo></Request>
<Layer queryable="1"><Name>parks</Name><Title>Parks</Title><CRS>EPSG:32652</CRS>
<EX_GeographicBoundingBox><westBoundLongitude>120</westBoundLongitude>
<eastBoundLongitude>140</eastBoundLongitude><southBoundLatitude>35</southBoundLatitude>
<northBoundLatitude>50</northBoundLatitude></EX_GeographicBoundingBox>
<BoundingBox CRS="EPSG:32652" minx="300000" miny="4000000" maxx="900000" maxy="5500000"/>
</Layer></Capability></WMS_Capabilities>"""
PAGE = b"<script>steal()</script><table><tr><th>Keeper</th><td>Ministry</td></tr></table>"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = {k.lower(): v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        address = f"http://127.0.0.1:{self.server.server_port}/wms?"
        body, kind = {
            "GetCapabilities": (CAPABILITIES.format(address).encode(), "text/xml"),
            "GetFeatureInfo": (PAGE, "text/html"),
        }.get(asked.get("request"), (b"", "image/png"))
        self.send_response(200 if self.server.well or kind == "text/xml" else 500)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def log_message(self, *args):
        """Stay quiet."""


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as made:
        made.well = True
        thread = threading.Thread(target=made.serve_forever, args=(0.05,))
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_what_a_server_says_stands_among_the_layers_at_the_place(
    make_desktop, project_path, server, qtbot
):
    source = wms_source(
        f"http://127.0.0.1:{server.server_port}/wms", ["parks"], crs="EPSG:32652"
    )
    new = NewLayer("Parks", source, "raster", "wms", note="Open data of the ministry")
    with Project.open(project_path) as project:
        project.execute(add_layer(new))
    desktop = make_desktop()
    with qtbot.waitSignals(
        [desktop.session.opened, desktop.engine.layers_shown], timeout=60_000
    ):
        desktop.start(OpenProject(project_path))
    identifying = desktop.map.identifying
    tree = identifying.panel.tree

    def listed():
        tops = [tree.topLevelItem(n) for n in range(tree.topLevelItemCount())]
        return {
            top.text(0): [
                (top.child(n).text(0), top.child(n).text(1)) for n in range(top.childCount())
            ]
            for top in tops
        }

    def told():
        return dict(listed().get("Parks", []))

    identifying.ask(605_000.0, 4_735_000.0, 500.0)
    qtbot.waitUntil(lambda: "Sites" in listed() and "Keeper" in told(), timeout=60_000)
    assert next(iter(listed())) == "Parks", "the topmost layer stands first"
    assert told()["Keeper"] == "Ministry"
    assert told()["Source"] == f"Server: http://127.0.0.1:{server.server_port}"
    server.well = False
    identifying.ask(605_000.0, 4_735_000.0, 500.0)
    qtbot.waitUntil(
        lambda: "Sites" in listed() and "could not be asked" in told().get("Server", ""),
        timeout=60_000,
    )
    assert next(iter(listed())) == "Parks"
