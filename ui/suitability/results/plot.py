"""Plots inside the window, in the colours of its theme, drawn as the report draws them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

os.environ.setdefault("QT_API", "pyqt6")  # matplotlib is to take the Qt of the window

import numpy as np
from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PyQt6.QtCore import Qt, pyqtSignal
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
    from PyQt6.QtGui import QPaintEvent, QWheelEvent

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


class _Canvas(FigureCanvasQTAgg):
    """A canvas that leaves the wheel to the page, and is drawn when it is told to."""

    drawing_wanted = pyqtSignal()
    """It is seen, and what it shows is out of date."""

    stale = True

    @override
    def draw_idle(self) -> None:
        """Take note that what is shown is out of date."""
        self.stale = True
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self.stale:
            self.drawing_wanted.emit()
        else:
            super().paintEvent(event)  # type: ignore[no-untyped-call]  # untyped there

    @override
    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is not None:
            event.ignore()


class PlotView(Drawn):
    """One plot with its title.

    Parameters
    ----------
    name : str
        Object name.
    draw : callable
        Draws on axes, in the colours of the report.
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
        self._built = False
        self._figure = Figure(layout="constrained")
        self._canvas = _Canvas(self._figure)  # type: ignore[no-untyped-call]  # untyped there
        self._canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._canvas.setMinimumWidth(size[0])
        self._canvas.setFixedHeight(size[1])
        self._canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(told or title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID // 2)
        if title:
            head = label(title, size="small")
            head.setToolTip(told or title)
            layout.addWidget(head)
        layout.addWidget(self._canvas, 1)
        self._canvas.drawing_wanted.connect(self.ask)

    @property
    def figure(self) -> Figure:
        """What is drawn."""
        if not self._built:
            self._built = True
            self._figure.clear()
            self._draw(self._figure.subplots())
            style_figure(self._figure, self._theme)
        return self._figure

    @property
    def is_due(self) -> bool:
        """Whether it is seen and still waits to be drawn."""
        seen = self.isVisible() and not self._canvas.visibleRegion().isEmpty()
        return seen and self._canvas.stale

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme, when it is seen the next time."""
        self._theme = theme
        self._built = False
        self._canvas.draw_idle()

    @override
    def draw_now(self) -> None:
        if not self._built:
            _ = self.figure
        self._canvas.draw()  # type: ignore[no-untyped-call]  # untyped there
        self._canvas.stale = False
        self._canvas.update()


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
