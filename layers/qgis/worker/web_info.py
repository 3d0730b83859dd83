"""What servers of web maps say of a place: asked beside everything else, for a limited time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateTransform,
    QgsPointXY,
    QgsRaster,
    QgsRasterDataProvider,
    QgsRasterInterface,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QThread, QTimer

from layers.qgis.worker.identify import plain
from layers.qgis.worker.plain_text import plain_lines, text_of_html
from layers.qgis.worker.remote_sources import without_password

if TYPE_CHECKING:
    from layers.qgis.worker.project import MapProject
    from layers.qgis.worker.request import Request

LIMIT_S = 5.0
"""How long a server may take to say something: less than QGIS waits for its network."""
MOST_AT_ONCE = 8
"""Servers that are asked at the same time."""
MOST_FEATURES = 20
WINDOW_PX = 101
"""Width and height of the picture in whose middle the server looks."""
_WAYS = ("Text", "Html", "Feature")
"""How an answer may come, the best first."""


class _Asking(QThread):  # type: ignore[misc]  # qgis has no types
    """Asks one server in a thread of its own, by a copy of the layer's provider."""

    def __init__(
        self, provider: QgsRasterDataProvider, way: str, point: QgsPointXY, window: QgsRectangle
    ) -> None:
        super().__init__()
        self._provider = provider
        self._way = way
        self._point, self._window = point, window
        self.problem = ""
        self.told: list[dict[str, Any]] = []
        provider.moveToThread(self)

    def run(self) -> None:
        """Wait for the server; whatever goes wrong becomes the answer."""
        how = getattr(QgsRaster.IdentifyFormat, f"IdentifyFormat{self._way}")
        try:
            answer = self._provider.identify(
                self._point, how, self._window, WINDOW_PX, WINDOW_PX
            )
            if answer.isValid() and (answer.results() or self._way == "Feature"):
                self.told = [
                    part for value in answer.results().values() for part in self._parts(value)
                ]
            else:
                self.problem = answer.error().message() or "no answer that can be read came"
        except Exception as error:  # noqa: BLE001 - nobody else hears of it in this thread
            self.problem = repr(error)

    def _parts(self, value: object) -> list[dict[str, Any]]:
        if self._way == "Feature":
            features = [feature for store in value for feature in store.features()]  # type: ignore[attr-defined]  # a list of stores
            return [_attributes(feature) for feature in features[:MOST_FEATURES]]
        text = text_of_html(str(value)) if self._way == "Html" else plain_lines(str(value))
        return [{"text": text, "attributes": {}}] if text else []


def _attributes(feature: Any) -> dict[str, Any]:  # noqa: ANN401 - qgis has no types
    names = [field.name() for field in feature.fields()]
    values = [plain(value) for value in feature.attributes()]
    told = {
        plain_lines(str(name)): plain_lines(str(value))
        for name, value in zip(names, values, strict=False)
        if value is not None
    }
    return {"text": "", "attributes": told}


class WebQuestions:
    """The servers that are being asked.

    Parameters
    ----------
    held : MapProject
        The map.
    """

    def __init__(self, held: MapProject) -> None:
        self._held = held
        self._asked: set[_Asking] = set()

    def ask(self, request: Request) -> None:
        """Ask the server of a layer; the answer follows, at the latest when time is up.

        Answers None where the server does not say what lies at a place.

        Raises
        ------
        ValueError
            The layer is not on the map, or too many servers are silent already.
        """
        layer = self._held.layer(request.args["layer_id"])
        provider = layer.dataProvider()
        way = _way(provider) if layer.providerType() == "wms" else ""
        if not way:
            request.answer(None)
            return
        if len(self._asked) >= MOST_AT_ONCE:
            raise ValueError("Several servers have not answered yet. Ask again in a moment.")
        window = self._window(request, layer)
        asking = _Asking(provider.clone(), way, window.center(), window)
        spec = self._held.spec(request.args["layer_id"])
        password = str((spec.get("credentials") or ("", ""))[1])
        alarm = QTimer()
        alarm.setSingleShot(True)

        def done() -> None:
            self._asked.discard(asking)
            if not alarm.isActive():
                return  # it was told that the server did not answer
            alarm.stop()
            if asking.problem:
                told = without_password(asking.problem, password).rstrip(". ")
                request.refuse(f"The server could not be asked: {told}.")
            else:
                request.answer(asking.told)

        def late() -> None:
            request.refuse(f"The server did not answer within {LIMIT_S:g} seconds.")

        self._asked.add(asking)
        asking.finished.connect(done)
        alarm.timeout.connect(late)
        alarm.start(int(1000 * LIMIT_S))
        asking.start()

    def _window(self, request: Request, layer: Any) -> QgsRectangle:  # noqa: ANN401 - as above
        """Return the ground that the server is shown, in the CRS of the layer."""
        project = self._held.project
        half = max(float(request.args["resolution"]), 1e-9) * WINDOW_PX / 2
        point = QgsPointXY(*request.args["point"])
        transform = QgsCoordinateTransform(project.crs(), layer.crs(), project)
        around = QgsRectangle(point, point).buffered(half)
        seen = transform.transformBoundingBox(around)
        middle = transform.transform(point)
        half_there = max(seen.width(), seen.height()) / 2
        return QgsRectangle(middle, middle).buffered(half_there)


def _way(provider: QgsRasterDataProvider) -> str:
    can = int(provider.capabilities())
    for way in _WAYS:
        if can & int(getattr(QgsRasterInterface, f"Identify{way}")):
            return way
    return ""
