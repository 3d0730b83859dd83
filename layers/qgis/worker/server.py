"""The loop of the QGIS process: a request comes in, its handler answers."""

from __future__ import annotations

import faulthandler
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateTransform,
    QgsProject,
    QgsRectangle,
)

from layers.qgis.worker import (
    describe,
    heard,
    identify,
    legend,
    messages,
    saving,
    security,
)
from layers.qgis.worker.channel import Channel, leave, take_stdout
from layers.qgis.worker.printing import print_map
from layers.qgis.worker.project import MapProject, crs_from
from layers.qgis.worker.questions import question_handlers
from layers.qgis.worker.rendering import Drawings
from layers.qgis.worker.request import Request

Handler = Callable[[Request], None]
WATCHDOG_GRACE_S = 5.0


class Server:
    """Knows the handler of every request.

    Parameters
    ----------
    held : MapProject
        The map.
    """

    def __init__(self, held: MapProject) -> None:
        self.held = held
        self.drawings = Drawings(held)
        self.send: Callable[[dict[str, Any]], None] = lambda _message: None
        self.cancelled: set[int] = set()
        self._handlers: dict[str, Handler] = {
            messages.SET_LAYERS: self._set_layers,
            messages.RENDER: self.drawings.start,
            messages.SAVE_IMAGE: self.drawings.start,
            messages.PRINT_MAP: self._print_map,
            messages.SAVE_PROJECT: self._save_project,
            messages.IDENTIFY: self._identify,
            messages.LEGEND: self._legend,
            messages.TRANSFORM_EXTENT: self._transform_extent,
            messages.LAYER_EXTENT: self._layer_extent,
            messages.DESCRIBE: self._describe,
            **question_handlers(held),
        }

    def on_message(self, message: dict[str, Any]) -> None:
        """Do what a message asks.

        While a handler holds this thread, a watchdog that needs no interpreter ends the process
        should the other one have died meanwhile or forgotten its own time-out.
        """
        op = message["op"]
        if op == messages.QUIT:
            leave()
        if op == messages.CANCEL:
            wanted = int(message["args"]["request_id"])
            self.cancelled.discard(wanted)
            self.drawings.cancel(wanted)
            return
        request = Request(message, self.send)
        if request.request_id in self.cancelled and op != messages.SET_LAYERS:
            request.answer({"cancelled": True})
            return
        request.event(messages.STARTED)
        faulthandler.dump_traceback_later(request.timeout_s + WATCHDOG_GRACE_S, exit=True)
        request.run(lambda: self._handlers[op](request))
        faulthandler.cancel_dump_traceback_later()

    def _set_layers(self, request: Request) -> None:
        interrupted = self.drawings.interrupt()
        problems = self.held.set_layers(request.args, request.event)
        request.answer({"problems": problems})
        for again in interrupted:
            again.run(partial(self.drawings.start, again))

    def _print_map(self, request: Request) -> None:
        request.answer(print_map(self.held, request.args))

    def _save_project(self, request: Request) -> None:
        request.answer({"path": saving.save_project(self.held, request.args["path"])})

    def _identify(self, request: Request) -> None:
        request.answer(identify.identify(self.held, request.args))

    def _legend(self, request: Request) -> None:
        request.answer(legend.legend(self.held, request.args))

    def _transform_extent(self, request: Request) -> None:
        args = request.args
        own = self.held.project.crs()
        transform = QgsCoordinateTransform(
            crs_from(args["source"]) if args["source"] else own,
            crs_from(args["target"]) if args["target"] else own,
            self.held.project,
        )
        request.answer(_corners(transform.transformBoundingBox(QgsRectangle(*args["extent"]))))

    def _layer_extent(self, request: Request) -> None:
        layer = self.held.layer(request.args["layer_id"])
        project = self.held.project
        transform = QgsCoordinateTransform(layer.crs(), project.crs(), project)
        request.answer(_corners(transform.transformBoundingBox(layer.extent())))

    def _describe(self, request: Request) -> None:
        request.answer(describe.describe())


def _corners(extent: QgsRectangle) -> list[float]:
    return [extent.xMinimum(), extent.yMinimum(), extent.xMaximum(), extent.yMaximum()]


def main() -> None:
    """Start QGIS, say so, and serve until stdin ends."""
    out = take_stdout()
    faulthandler.enable(sys.stderr)
    prefix, profile = sys.argv[1:3]
    security.keep_settings_in(profile)
    QgsApplication.setPrefixPath(prefix, True)
    application = QgsApplication([], False, profile)
    application.initQgis()
    security.lock_down()
    heard.listen()
    nobody = security.NoQuestions()
    server = Server(MapProject(QgsProject.instance()))
    channel = Channel(out, server.on_message)
    server.send = channel.send
    server.cancelled = channel.cancelled
    channel.send(
        {
            "event": messages.READY,
            "protocol": messages.PROTOCOL_VERSION,
            "qgis": Qgis.QGIS_VERSION,
            "pid": os.getpid(),
        }
    )
    application.exec()
    del nobody
