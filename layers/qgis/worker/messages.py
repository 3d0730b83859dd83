"""The words of the protocol, loaded by both processes.

One JSON object per line. Requests carry ``id``, ``op`` and ``args``; answers carry ``id`` and
either ``result`` or ``error`` (a sentence); events carry ``event`` and, where they belong to a
request, its ``id``.
"""

from __future__ import annotations

import json
from typing import Any

PROTOCOL_VERSION = 1
RUNTIME_VARIABLE = "LANDBRIDGE_QGIS_RUNTIME"

SET_LAYERS = "set_layers"
RENDER = "render"
CANCEL = "cancel"
SAVE_IMAGE = "save_image"
PRINT_MAP = "print_map"
SAVE_PROJECT = "save_project"
IDENTIFY = "identify"
WEB_INFO = "web_info"
LEGEND = "legend"
TRANSFORM_EXTENT = "transform_extent"
LAYER_EXTENT = "layer_extent"
DESCRIBE = "describe"
CHECK_SOURCE = "check_source"
LAYER_FACTS = "layer_facts"
TABLE_PAGE = "table_page"
ROW_OF = "row_of"
SELECT = "select"
OUTLINE = "outline"
FEATURES_EXTENT = "features_extent"
UNIQUE_VALUES = "unique_values"
CLASSIFY = "classify"
RASTER_STATISTICS = "raster_statistics"
READ_STYLE = "read_style"
CHECK_STYLE = "check_style"
POSTGRES_TABLES = "postgres_tables"
QUIT = "quit"

READY = "ready"
STARTED = "started"
LAYER_OPENING = "layer_opening"
LAYER_OPENED = "layer_opened"
LAYER_DRAWING = "layer_drawing"
LAYER_DRAWN = "layer_drawn"


def encode(message: dict[str, Any]) -> bytes:
    """Return a message as one line of UTF-8 JSON."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """Return the message of one line.

    Raises
    ------
    ValueError
        The line is no JSON object.
    """
    message = json.loads(line)
    if not isinstance(message, dict):
        raise TypeError(f"not a message: {line[:80]!r}")
    return message
