"""Where the map stands: alone, swiped with a second one, or side by side with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from PyQt6.QtCore import QRect, QSize, Qt, QTimer
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.compare.divider import DIVIDER_PX, Divider
from ui.compare.linked import HandWatch, LinkedViews, Mirror
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QResizeEvent

    from ui.compare.plate import SidePlate
    from ui.map.canvas import MapCanvas
    from ui.theme import Theme

Mode: TypeAlias = Literal["swipe", "side"]
"""How two maps are shown: one over the other up to a line, or beside each other."""

_GAP_PX = 2
_LEAST_SHARE = 0.03
_MARGIN_PX = 2 * GRID
_TOOLS_PX = 8 * GRID
"""Width that the buttons at an edge of the first map take."""
_PLATE_SHARE = 0.62
"""Of a map's height that its plate covers at most."""


class Stage(QWidget):
    """Lays out one or two canvases below a bar.

    While one is swiped over the other, all that the hand does goes to the first canvas, and the
    second follows it; side by side each hears its own. Either way one tool is in the hand, and
    `is_second` tells which map is meant.

    Parameters
    ----------
    canvas : MapCanvas
        The map that is always there.
    theme : Theme
        Colours.
    """

    def __init__(self, canvas: MapCanvas, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_stage")
        self._canvas = canvas
        self._second: MapCanvas | None = None
        self._least = canvas.minimumSize()
        self._mode: Mode = "swipe"
        self._share = 0.5
        self._links: tuple[LinkedViews, Mirror, HandWatch] | None = None
        self._plates: tuple[SidePlate, SidePlate] | None = None
        self._anew = QTimer(self)
        self._anew.setSingleShot(True)
        self._anew.setInterval(0)
        self._anew.timeout.connect(self._arrange_plates)
        self._body = _Body(self)
        canvas.setParent(self._body)
        self._clip = QWidget(canvas)
        self._clip.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._clip.hide()
        self.divider = Divider(theme, canvas)
        self.divider.hide()
        self.divider.moved_to.connect(self._divide)
        self.divider.moved_by.connect(lambda step: self._divide(self._share + step))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._body, 1)

    def set_bar(self, bar: QWidget) -> None:
        """Put a bar above the maps."""
        self._column.insertWidget(0, bar)

    def set_plates(self, first: SidePlate, second: SidePlate) -> None:
        """Have a plate on each map while there are two."""
        self._plates = (first, second)
        for plate in self._plates:
            plate.setParent(self._canvas)
            plate.hide()
            plate.folded_changed.connect(lambda _folded: self.arrange())

    @property
    def second(self) -> MapCanvas | None:
        """The map beside or over the first; None while there is one only."""
        return self._second

    @property
    def mode(self) -> Mode:
        """How two maps are shown."""
        return self._mode

    @property
    def share(self) -> float:
        """Where the line is, as a share of the width."""
        return self._share

    def show_second(self, second: MapCanvas, mode: Mode) -> None:
        """Show a second map from now on.

        Parameters
        ----------
        second : MapCanvas
            Takes over the region and the view of the first.
        mode : {"swipe", "side"}
            How they are shown.
        """
        self._second, self._mode = second, mode
        view = self._canvas.view
        if self._canvas.region is not None:
            second.set_region(self._canvas.region)
        self._place_second()
        if mode == "side" and view is not None:
            self._canvas.follow(view)  # the place in the middle stays
        self._links = (
            LinkedViews(self._canvas, second),
            Mirror(self._canvas, second),
            HandWatch(self._canvas, second, self._is_over_second),
        )

    def set_mode(self, mode: Mode) -> None:
        """Show the two maps in another way; the place in their middle stays."""
        if mode == self._mode:
            return
        self._mode = mode
        view = self._canvas.view
        if self._second is not None:
            self._place_second()
            if view is not None:
                self._canvas.follow(view)

    def end(self) -> MapCanvas | None:
        """Show the first map alone, and return what was the second."""
        second, self._second = self._second, None
        if self._links is not None:
            for link in self._links:
                link.release()
            self._links = None
        for plate in self._plates or ():
            plate.setParent(self._canvas)
            plate.hide()
        if second is not None:
            second.hide()
            second.setParent(None)
        self._anew.stop()
        self._clip.hide()
        self.divider.hide()
        view = self._canvas.view
        self.arrange()
        if view is not None and view.width_px != self._canvas.width():
            self._canvas.follow(view)
        return second

    def is_over_second(self, x: float, y: float) -> bool:
        """Tell whether a place of the first canvas is covered by the second map there."""
        view = self._canvas.view
        return view is not None and self._is_over_second(view.to_pixel(x, y)[0])

    def is_second(self, x: float, y: float) -> bool:
        """Tell whether the second map is meant at a place where the hand is."""
        return self.is_over_second(x, y) if self._mode == "swipe" else self.hand_on_second

    @property
    def hand_on_second(self) -> bool:
        """Whether the hand was on the second map when it did something last."""
        return self._links is not None and self._links[2].on_second

    def _is_over_second(self, x_px: float) -> bool:
        swiped = self._second is not None and self._mode == "swipe"
        return swiped and x_px > self._share * self._canvas.width()

    def arrange(self) -> None:
        """Lay the maps out in the room there is."""
        self._arrange_maps()
        self._arrange_plates()
        if self._second is not None:
            self._anew.start()  # what is new on a plate does not know its size yet

    def _arrange_plates(self) -> None:
        if self._plates is None or self._second is None:
            return
        first, second = self._plates
        whole = self._canvas.rect()
        if self._mode == "side":
            second.setParent(self._second)
            first.fit(_spare(whole, left=_TOOLS_PX, right=_TOOLS_PX))
            second.fit(_spare(self._second.rect()))
            return
        second.setParent(self._canvas)
        at = round(self._share * whole.width())
        left, right = whole.adjusted(0, 0, at - whole.width(), 0), whole.adjusted(at, 0, 0, 0)
        first.fit(_spare(left, left=_TOOLS_PX))
        second.fit(_spare(right, right=_TOOLS_PX))

    def _arrange_maps(self) -> None:
        width, height = self._body.width(), self._body.height()
        second = self._second
        self._canvas.setMinimumSize(self._least)
        if second is None or self._mode == "swipe":
            self._canvas.setGeometry(0, 0, width, height)
            if second is not None:
                self._arrange_swipe(second, width, height)
            return
        if width >= 2 * self._least.width() + _GAP_PX:
            second.setMinimumSize(self._least)
            half = (width - _GAP_PX) // 2
            self._canvas.setGeometry(0, 0, half, height)
            second.setGeometry(width - half, 0, half, height)
        else:
            half = (height - _GAP_PX) // 2
            lower = QSize(self._least.width(), min(self._least.height(), half))
            for canvas in (self._canvas, second):  # one must not reach beneath the other
                canvas.setMinimumSize(lower)
            self._canvas.setGeometry(0, 0, width, half)
            second.setGeometry(0, height - half, width, half)

    def _arrange_swipe(self, second: MapCanvas, width: int, height: int) -> None:
        at = round(self._share * width)
        self._clip.setGeometry(at, 0, width - at, height)
        second.setGeometry(-at, 0, width, height)
        self.divider.setGeometry(at - DIVIDER_PX // 2, 0, DIVIDER_PX, height)

    def _place_second(self) -> None:
        second = self._second
        if second is None:
            return
        swiped = self._mode == "swipe"
        if swiped:
            second.setMinimumSize(QSize(0, 0))
        second.setParent(self._clip if swiped else self._body)
        self._clip.setVisible(swiped)
        self.divider.setVisible(swiped)
        self.divider.lower()
        self._clip.lower()  # below what lies on the canvas, such as its buttons
        self.arrange()
        second.show()

    def _divide(self, share: float) -> None:
        self._share = min(max(share, _LEAST_SHARE), 1 - _LEAST_SHARE)
        self.arrange()


def _spare(room: QRect, *, left: int = _MARGIN_PX, right: int = _MARGIN_PX) -> QRect:
    """Return what of a map is free for a plate, beside the buttons at its edges."""
    high = int(_PLATE_SHARE * room.height())
    return QRect(room.left() + left, room.top() + _MARGIN_PX, room.width() - left - right, high)


class _Body(QWidget):
    """The room for the maps; tells the stage when it has changed."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._stage = stage
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)

    @override
    def sizeHint(self) -> QSize:
        return QSize(960, 720)

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        self._stage.arrange()
