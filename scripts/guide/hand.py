"""A hand that uses the window as a person does, and takes pictures that stay small."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image
from PyQt6.QtCore import QBuffer, QEvent, QIODevice, QPoint, QPointF, Qt
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter
from PyQt6.QtWidgets import QApplication, QMenu, QWidget
from scipy.spatial import KDTree
from typing_extensions import override

from scripts.screenshots import Photographer, ScreenshotError
from ui.snapshot import Selection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PyQt6.QtCore import QRect
    from PyQt6.QtGui import QImage, QPixmap

    from ui.app import Desktop
    from ui.map.canvas import MapCanvas
    from ui.snapshot import Kind, Snapshot
    from ui.start.choice import CreateProject

Lonlat = tuple[float, float]
W = TypeVar("W", bound=QWidget)

HABITAT = "suitability_amur-tiger"
"""Layer that lies over the whole region."""
_COLOURS = 256
_FRAME = "#6b6b6b"
_EXACT = 32
"""Colours that are kept as they are: those that cover most, as texts and buttons do."""
_LEFT, _NO_BUTTON = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
_PLAIN = Qt.KeyboardModifier.NoModifier


class Hand(Photographer):
    """Drives a desktop through the tasks of the guide.

    Parameters
    ----------
    desktop : Desktop
        What is photographed.
    out : Path
        Folder of the pictures.
    samples : Path
        Folder for files that tasks bring along, as a layer of one's own.
    language : str
        The window's, by its code.
    """

    def __init__(self, desktop: Desktop, out: Path, samples: Path, language: str) -> None:
        super().__init__(desktop, out)
        self.desktop = desktop
        self.samples = samples
        self.language = language

    def begin(self, choice: CreateProject, size: tuple[int, int]) -> None:
        """Open a project in a window of a size, and make its plan where it has none."""
        self.desktop.start(choice)
        self.desktop.window.resize(*size)
        self.wait(lambda: self.desktop.session.snapshot is not None, "project")
        if not self.snapshot.features:
            self.desktop.session.make_plan()
        self.settle()

    def speak(self, language: str) -> None:
        """Have the window made anew in another language."""
        self.settle()
        renewal = self.desktop.renewal
        renewal.speak(language)
        self.wait(lambda: not renewal.waiting, "window in another language")
        self.listen()
        self.settle()

    @property
    def snapshot(self) -> Snapshot:
        """The project that is open.

        Raises
        ------
        ScreenshotError
            There is none.
        """
        snapshot = self.desktop.session.snapshot
        if snapshot is None:
            raise ScreenshotError("no project is open")
        return snapshot

    @override
    def settle(self) -> None:
        """Wait until the map stands still, nothing runs, and what is drawn is measured."""
        for _ in range(2):  # what has ended may have asked for something more
            super().settle()
            self.wait(lambda: not self.desktop.drawing.live.busy, "measures of the drawing")

    @override
    def keep(self, name: str, picture: QImage) -> None:
        """Save a picture in as many colours as the eye needs."""
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        full = Image.open(io.BytesIO(bytes(buffer.data().data()))).convert("RGB")
        small = _with_few_colours(full)
        path = self._out / f"{name}.png"
        small.save(path, optimize=True)
        self.tell(path)

    # The window.

    def find(self, kind: type[W], name: str) -> W:
        """Return a part of the window by its object name.

        Raises
        ------
        ScreenshotError
            The window has none.
        """
        for top in (self.desktop.window, *QApplication.topLevelWidgets()):
            found = top if isinstance(top, kind) and top.objectName() == name else None
            found = found or top.findChild(kind, name)
            if found is not None:
                return found
        raise ScreenshotError(f"the window has no {name}")

    def do(self, deed: str) -> None:
        """Do what the window can do, by the name of the command."""
        self.desktop.window.deeds.deed(deed).action.trigger()

    def rest(self) -> None:
        """Lay everything down, fold every panel, and show the whole region."""
        desktop = self.desktop
        desktop.window.show_start(shown=False)
        desktop.window.show_results(shown=False)
        self.canvas.set_tool(None)
        desktop.compare.stop()
        desktop.drawing.questions.withdraw()
        desktop.drawing.bar.hide()
        desktop.desk.select(None)
        desktop.map.selecting.clear()
        desktop.map.picked.clear()
        desktop.window.docks.fold(desktop.window.docks.opened)
        desktop.window.show_inspector(shown=False)
        self.show_habitat(shown=False)
        self.do("map.region")
        self.settle()

    def show_habitat(self, *, shown: bool) -> None:
        """Show where the tiger's habitat is, or leave it off so that lines stand out."""
        self.desktop.parts.panels.layers.switch(HABITAT, on=shown)

    def open(self, panel: str) -> None:
        """Open a panel and wait for what it shows."""
        self.desktop.window.open_panel(panel)
        self.settle()

    def select(self, kind: Kind, key: str) -> None:
        """Select a part of the plan."""
        self.desktop.desk.select(Selection(kind, key))
        self.settle()

    def take_over(self, name: str, dialog: QWidget) -> None:
        """Take a picture of the window with a dialog over it, as they stand on the screen."""
        self.settle()
        window = self.desktop.window
        self.pause(100)
        picture = window.grab()
        dialog.move(window.mapToGlobal(window.rect().center()) - dialog.rect().center())
        corner = window.rect().center() - dialog.rect().center()
        dialog.render(picture, corner)
        _frame(picture, dialog.rect().translated(corner))
        self.keep(name, picture.toImage())

    def take_menu(self, name: str, menu: QMenu, at: QWidget) -> None:
        """Take a picture of the window with a menu open above or below its button."""
        self.settle()
        window = self.desktop.window
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        below = at.mapTo(window, QPoint(0, at.height()))
        above = at.mapTo(window, QPoint(0, -menu.height()))
        fits = below.y() + menu.height() <= window.height()
        corner = below if fits else above
        corner.setX(min(corner.x(), window.width() - menu.width()))
        picture = window.grab()
        menu.render(picture, corner)
        _frame(picture, menu.rect().translated(corner))
        self.keep(name, picture.toImage())

    # The map.

    @property
    def canvas(self) -> MapCanvas:
        """The map."""
        return self.desktop.parts.map_area.canvas

    def place(self, at: Lonlat) -> tuple[float, float]:
        """Return the map coordinates of a place.

        Raises
        ------
        ScreenshotError
            The map does not reach it.
        """
        found = self.desktop.parts.map_area.place_of(*at)
        if found is None:
            raise ScreenshotError(f"the map does not reach {at}")
        return found

    def show(self, south_west: Lonlat, north_east: Lonlat) -> None:
        """Show a part of the region."""
        self.canvas.show_extent((*self.place(south_west), *self.place(north_east)))
        self.settle()

    def pixel(self, at: Lonlat) -> QPoint:
        """Return where a place is on the screen.

        Raises
        ------
        ScreenshotError
            There is no map.
        """
        view = self.canvas.view
        if view is None:
            raise ScreenshotError("there is no map")
        x, y = view.to_pixel(*self.place(at))
        return QPoint(round(x), round(y))

    def move(self, at: Lonlat, *, held: bool = False) -> None:
        """Move the pointer to a place."""
        point = mouse(QEvent.Type.MouseMove, self.canvas, self.pixel(at), held=held)
        QApplication.sendEvent(self.canvas, point)

    def click(self, *places: Lonlat) -> None:
        """Click one place after the other."""
        for at in places:
            self.drag(at)

    def drag(self, *places: Lonlat) -> None:
        """Hold the button down from the first place to the last."""
        press, release = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease
        first, last = self.pixel(places[0]), self.pixel(places[-1])
        self.move(places[0])
        QApplication.sendEvent(self.canvas, mouse(press, self.canvas, first, held=True))
        for at in places[1:]:
            self.move(at, held=True)
        QApplication.sendEvent(self.canvas, mouse(release, self.canvas, last))

    def key(self, key: Qt.Key, widget: QWidget | None = None) -> None:
        """Press a key, on the map where nothing else is named."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget or self.canvas, QKeyEvent(kind, key, _PLAIN))

    def pause(self, ms: int) -> None:
        """Let the window work for a while."""
        over = time.monotonic() + ms / 1000
        self.wait(lambda: time.monotonic() >= over, "end of a pause")

    def site(self, english: str) -> str:
        """Return the key of a site by the beginning of its English name.

        Raises
        ------
        ScreenshotError
            The region has none.
        """
        for row in self.snapshot.sites:
            if row.name_en.startswith(english):
                return row.site_id
        raise ScreenshotError(f"no site is called {english}")

    def once(self, there: Callable[[], bool], make: Callable[[], object]) -> None:
        """Make something that a task needs, where it is not there yet."""
        if not there():
            make()
            self.wait(there, "what the task needs")
        self.settle()


def mouse(kind: QEvent.Type, widget: QWidget, at: QPoint, *, held: bool = False) -> QMouseEvent:
    """Return what the left button of the mouse does at a place of a widget."""
    button = _NO_BUTTON if kind == QEvent.Type.MouseMove else _LEFT
    place = QPointF(at)
    buttons = _LEFT if held else _NO_BUTTON
    return QMouseEvent(kind, place, widget.mapToGlobal(place), button, buttons, _PLAIN)


def _frame(picture: QPixmap, place: QRect) -> None:
    """Draw the line around a window that the desktop would draw."""
    painter = QPainter(picture)
    painter.setPen(QColor(_FRAME))
    painter.drawRect(place.adjusted(-1, -1, 0, 0))
    painter.end()


def _with_few_colours(picture: Image.Image) -> Image.Image:
    """Return a picture in 256 colours: the most frequent ones, and what suits the others."""
    pixels = np.asarray(picture, np.uint32)
    packed = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    found, places, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    frequent = colours[np.argsort(counts)[::-1][:_EXACT]]
    room = _COLOURS - len(frequent)
    fitted = picture.quantize(room, Image.Quantize.MEDIANCUT, kmeans=1).getpalette() or []
    others = np.array(fitted[: 3 * room], np.uint32).reshape(-1, 3)
    palette = np.concatenate([frequent, others])
    _, nearest = KDTree(palette).query(colours)
    indexes = np.asarray(nearest, np.uint8)
    small = Image.fromarray(indexes[places].reshape(packed.shape), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    return small
