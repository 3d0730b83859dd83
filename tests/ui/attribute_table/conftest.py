from __future__ import annotations

from concurrent.futures import Future

import pytest

from layers.qgis.answers import FieldInfo, TablePage
from layers.qgis.errors import QgisRequestError
from layers.qgis.layer_spec import LayerSpec
from ui.attribute_table.table import AttributeTable

FIELDS = (
    FieldInfo("fid", "integer"),
    FieldInfo("name", "text"),
    FieldInfo("area", "real", alias="Area in km²"),
    FieldInfo("countries", "text"),
)


class Rows:
    """Hands out a thousand features at once, and remembers what was asked."""

    def __init__(self, count=1000):
        self.count = count
        self.asked = []
        self.holds = False
        self.waiting = []

    def features(self, sort=None, where="", text="", fids=None):
        rows = [
            (fid, f"Parcel {fid}", None if fid % 7 == 0 else fid / 4, '["CHN","RUS"]')
            for fid in range(1, self.count + 1)
        ]
        if where == "bad":
            raise QgisRequestError("The expression 'bad' cannot be read.")
        if where:
            rows = [row for row in rows if row[0] > 990]
        rows = [row for row in rows if text in row[1]]
        if fids is not None:
            rows = [row for row in rows if row[0] in fids]
        if sort is not None:
            at = [field.name for field in FIELDS].index(sort[0])
            rows.sort(key=lambda row: (row[at] is None, row[at]), reverse=sort[1])
        return rows

    def table_page_later(self, layer_id, *, offset, limit, **how):
        self.asked.append((layer_id, offset, limit, how))
        future = Future()

        def answer():
            try:
                rows = self.features(**how)
            except QgisRequestError as error:
                future.set_exception(error)
                return
            part = rows[offset : offset + limit]
            page = TablePage(
                FIELDS, tuple(part), tuple(row[0] for row in part), offset, len(rows)
            )
            future.set_result(page)

        if self.holds:
            self.waiting.append(answer)
        else:
            answer()
        return future


@pytest.fixture
def rows():
    return Rows()


@pytest.fixture
def table(qtbot, background, theme, rows):
    made = AttributeTable(background, theme)
    qtbot.addWidget(made)
    made.resize(900, 320)
    made.show()
    made.set_layers(
        (
            LayerSpec("parcels", "Parcels", "a.gpkg", "vector"),
            LayerSpec("dem", "Heights", "a.tif", "raster"),
            LayerSpec("sites", "Sites", "b.gpkg", "vector"),
        )
    )
    made.show_layer(rows, "parcels")
    qtbot.waitUntil(lambda: made.model.total == 1000)
    yield made
    made.close()
