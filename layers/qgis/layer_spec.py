"""What the map shows: plain data that the window writes and the QGIS process reads."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal

from layers.qgis.remote import check_remote
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

VECTOR_STYLES = ("single", "inverted", "categories", "graduated", "qml")
RASTER_STYLES = ("ramp", "classes", "hillshade", "qml")
PROVIDERS = {"vector": ("ogr", "postgres"), "raster": ("gdal", "wms")}
"""What opens the sources of each kind; the first is that of files."""


@dataclass(frozen=True)
class LayerSpec:
    """One layer of the map.

    Parameters
    ----------
    layer_id : str
        Stable name of the layer within the map; never shown.
    name : str
        What the legend and the exported project call the layer.
    source : str
        Path of a file, or ``path|layername=table`` for a table in a GeoPackage; for a server
        what the functions of `layers.qgis.remote` write, which holds no password.
    kind : {"vector", "raster"}
        How the source is opened.
    style : mapping
        Vectors: ``{"type": "single", "symbol": SYMBOL}``; ``{"type": "inverted", "symbol":
        SYMBOL}``, which fills all that no polygon of the layer covers; ``{"type":
        "categories", "field": f, "symbols": [{"value", "label", "symbol"}, ...]}`` or
        ``{"type": "graduated", "field": f, "symbols": [{"min", "max", "label", "symbol"},
        ...]}``; each with an optional ``"labels"``. Rasters: ``{"type": "ramp", "stops":
        [[value, colour, label], ...], "interpolate": true}``, ``{"type": "classes", "classes":
        [[value, colour, label], ...]}`` or ``{"type": "hillshade"}``. Both: ``{"type": "qml",
        "qml": text}``, a style of QGIS as `QgisEngine.check_style` returns it. Colours are
        ``#rrggbb`` or ``#rrggbbaa``, sizes millimetres, type sizes points. Any style may hold
        ``"min_scale"`` and ``"max_scale"``: the denominators of the smallest and the largest
        scale at which the layer is drawn. A category whose value is null takes every other
        value. The modules `symbology`, `raster_symbology` and `labels` of the worker list
        every key.
    visible : bool
        Whether the layer is switched on.
    opacity : float
        0 (clear) to 1 (opaque).
    group : str
        Group in the layer tree of the exported project; nested groups are parted by ``/``.
    subset : str
        OGR filter expression that selects the features; empty for all. Not for servers.
    provider : {"", "ogr", "gdal", "wms", "postgres"}
        What opens the source: ``wms`` stands for WMS, WMTS and XYZ tiles; empty for files.
    """

    layer_id: str
    name: str
    source: str
    kind: Literal["vector", "raster"]
    style: Mapping[str, object] = field(default_factory=dict)
    visible: bool = True
    opacity: float = 1.0
    group: str = ""
    subset: str = ""
    provider: str = ""

    def __post_init__(self) -> None:
        if not self.layer_id or not self.source:
            raise UsageError("A map layer needs a layer_id and a source; one of them is empty.")
        if self.kind not in {"vector", "raster"}:
            raise UsageError(
                f"Layer {self.layer_id!r}: kind {self.kind!r} is neither vector nor raster."
            )
        if not (math.isfinite(self.opacity) and 0 <= self.opacity <= 1):
            raise UsageError(
                f"Layer {self.layer_id!r}: opacity {self.opacity} is outside 0 to 1."
            )
        self._check_source()
        known = VECTOR_STYLES if self.kind == "vector" else RASTER_STYLES
        style_type = self.style.get("type")
        if self.style and style_type not in known:
            raise UsageError(
                f"Layer {self.layer_id!r}: a {self.kind} style has one of the types "
                f"{', '.join(known)}, not {style_type!r}."
            )

    def _check_source(self) -> None:
        known = PROVIDERS[self.kind]
        if self.provider and self.provider not in known:
            raise UsageError(
                f"Layer {self.layer_id!r}: a {self.kind} is opened by one of "
                f"{', '.join(known)}, not by {self.provider!r}."
            )
        if self.is_remote:
            check_remote(self.provider, self.source)
            if self.subset:
                raise UsageError(
                    f"Layer {self.layer_id!r}: a layer on a server takes no filter."
                )

    @property
    def is_remote(self) -> bool:
        """Whether the source is on a server."""
        return self.provider in {"wms", "postgres"}

    def to_message(self) -> dict[str, object]:
        """Return the layer as JSON-ready data."""
        message = asdict(self)
        message["style"] = dict(self.style)
        return message


@dataclass(frozen=True)
class LayerProblem:
    """A layer that is not on the map, and why.

    Parameters
    ----------
    layer_id : str
        The layer.
    name : str
        Its name for people.
    reason : str
        What is wrong and what to do, as a sentence.
    """

    layer_id: str
    name: str
    reason: str


def check_layers(specs: Sequence[LayerSpec]) -> None:
    """Refuse a list of layers in which two share an id.

    Raises
    ------
    UsageError
        Two layers have the same `layer_id`.
    """
    doubled = [name for name, count in Counter(s.layer_id for s in specs).items() if count > 1]
    if doubled:
        raise UsageError(f"These layer ids stand twice in one map: {', '.join(doubled)}.")
