"""Plots inside the window, in the colours of its theme, drawn as the report draws them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from planner.report.suitability_plots import GREY, INK, LINE, SHADE
from ui.controls import label
from ui.suitability.results.drawing import Drawn
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from PyQt6.QtGui import QPaintEvent, QResizeEvent

    from ui.theme import Theme

    Draw = Callable[[Axes], None]

_DARK: Mapping[str, str] = {
    INK: "#edf0ee",
    LINE: "#7cc8d3",
    SHADE: "#2f5d66",
    GREY: "#9aa3a8",
}
_POINTS = 9.0
_LIGHT = 0.45


@dataclass(frozen=True)
class Picture:
    """A plot as pixels.

    Parameters
    ----------
    rgba : bytes
        Row by row from the top, four bytes each.
    width_px, height_px : int
        Of the screen, not of the window.
    of : int
        Which state of the plot it shows.
    """

    rgba: bytes
    width_px: int
    height_px: int
    of: int


class _Sheet(QWidget):
    """Shows a picture, and tells when it is seen and out of date."""

    drawing_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.state = 0
        """What is to be seen; another number whenever it is something else."""
        self._picture: Picture | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    @property
    def is_stale(self) -> bool:
        """Whether what is shown is out of date."""
        return self._picture is None or self._picture.of != self.state

    @property
    def pixels(self) -> QSize:
        """Its size in pixels of the screen."""
        return self.size() * self.devicePixelRatioF()

    def outdate(self) -> None:
        """Take note that what is shown is out of date."""
        self.state += 1
        self.update()

    def show_picture(self, picture: Picture) -> None:
        """Show another picture."""
        self._picture = picture
        self.update()

    @override
    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        super().resizeEvent(a0)
        self.outdate()

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        if self.is_stale:
            self.drawing_wanted.emit()
        shown = self._picture  # the one of before, until there is another
        if shown is not None:
            pixels = QImage(
                shown.rgba, shown.width_px, shown.height_px, QImage.Format.Format_RGBA8888
            )
            painter = QPainter(self)
            painter.drawImage(self.rect(), pixels)
            painter.end()


class PlotView(Drawn):
    """One plot with its title.

    Parameters
    ----------
    name : str
        Object name.
    draw : callable
        Draws on axes, in the colours of the report; knows nothing of Qt.
    theme : Theme
        Of the window.
    title : str
        Above the plot; nothing where empty.
    told : str
        What the plot shows, for those who do not see it.
    size : (int, int)
        Smallest width, and height, in pixels.
    """

    def __init__(
        self,
        name: str,
        draw: Draw,
        theme: Theme,
        *,
        title: str = "",
        told: str = "",
        size: tuple[int, int] = (30 * GRID, 26 * GRID),
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self._draw = draw
        self._theme = theme
        self._sheet = _Sheet()
        self._sheet.setMinimumWidth(size[0])
        self._sheet.setFixedHeight(size[1])
        self._sheet.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(told or title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID // 2)
        if title:
            head = label(title, size="small")
            head.setToolTip(told or title)
            layout.addWidget(head)
        layout.addWidget(self._sheet, 1)
        self._sheet.drawing_wanted.connect(self.ask)

    def figure(self) -> Figure:
        """Return what is to be drawn."""
        return styled_figure(self._draw, self._theme)

    @property
    def is_due(self) -> bool:
        """Whether it is seen and still waits to be drawn."""
        seen = self.isVisible() and not self._sheet.visibleRegion().isEmpty()
        return seen and self._sheet.is_stale

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme, when it is seen the next time."""
        self._theme = theme
        self._sheet.outdate()

    @override
    def drawing(self) -> Callable[[], Picture]:
        size = self._sheet.pixels
        return partial(
            _drawn,
            partial(styled_figure, self._draw, self._theme),
            (max(size.width(), 1), max(size.height(), 1)),
            self._sheet.devicePixelRatioF(),
            self._sheet.state,
        )

    @override
    def show_drawn(self, drawn: Picture) -> None:
        self._sheet.show_picture(drawn)


def _drawn(
    make: Callable[[], Figure], size_px: tuple[int, int], ratio: float, state: int
) -> Picture:
    """Draw a figure in a size in pixels of the screen, `ratio` of which are one of Qt's."""
    figure = make()
    figure.set_dpi(figure.dpi * ratio)
    width_px, height_px = size_px
    figure.set_size_inches(width_px / figure.dpi, height_px / figure.dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # untyped there
    made = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
    return Picture(made.tobytes(), made.shape[1], made.shape[0], state)


def styled_figure(draw: Draw, theme: Theme) -> Figure:
    """Return a figure as it is drawn for the report, in the colours of a theme."""
    figure = Figure(layout="constrained")
    draw(figure.subplots())
    style_figure(figure, theme)
    return figure


def style_figure(figure: Figure, theme: Theme) -> None:
    """Bring a figure that was drawn for the report into the colours of a theme."""
    figure.set_facecolor(theme.colour["surface"])
    for axes in figure.axes:
        axes.set_facecolor(theme.colour["surface"])
        axes.tick_params(
            colors=theme.colour["text_muted"],
            labelcolor=theme.colour["text"],
            labelsize=_POINTS - 1,
        )
        for spine in axes.spines.values():
            spine.set_edgecolor(theme.colour["control_line"])
        for text in (axes.xaxis.label, axes.yaxis.label, axes.title):
            text.set_color(theme.colour["text"])
            text.set_fontsize(_POINTS)
        _show_numbers_in_cells(axes)
        artists: list[Artist] = [*axes.lines, *axes.collections, *axes.patches]
        for artist in (*artists, *axes.texts, *axes.images):
            artist.set_in_layout(False)  # inside the axes, so no room is to be made for it
        if theme.name == "dark":
            for artist in artists:
                _recolour(artist)


def _show_numbers_in_cells(axes: Axes) -> None:
    """Write the numbers in the cells of a matrix so that they are read on their ground."""
    if not axes.images:
        return
    image = axes.images[0]
    for text in axes.texts:
        try:
            red, green, blue, _ = image.to_rgba(np.array([float(text.get_text())]))[0]
        except ValueError:
            continue
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        text.set_color(INK if light > _LIGHT else "white")


def _recolour(artist: Artist) -> None:
    """Exchange the colours of the report by those that are seen on a dark ground."""
    for part in ("color", "facecolor", "edgecolor"):
        getter = getattr(artist, f"get_{part}", None)
        setter = getattr(artist, f"set_{part}", None)
        if getter is None or setter is None:
            continue
        value = getter()
        try:
            first = value[0] if hasattr(value, "ndim") and value.ndim == 2 else value
            found = to_hex(first)
        except (ValueError, IndexError, TypeError):
            continue
        if found in _DARK:
            alpha = artist.get_alpha()
            setter(_DARK[found])
            artist.set_alpha(alpha)


def plots_below(widget: QWidget) -> list[PlotView]:
    """Return every plot inside a widget."""
    return widget.findChildren(PlotView)
