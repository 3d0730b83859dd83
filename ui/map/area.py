"""The map with everything that is always on it: scale, coordinates, notices, zoom buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.compare.stage import Stage
from ui.controls import heading, icon_button, label
from ui.elided import ElidedLabel
from ui.map.canvas import MapCanvas
from ui.map.coordinates import format_lonlat
from ui.map.scale_bar import ScaleBarWidget, measure_scale
from ui.map.tool_bar import MapToolBar
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.background import Background
    from ui.map.coordinates import GroundMeasure
    from ui.theme import Theme


class MapArea(QFrame):
    """Holds the canvas and its overlays, or says why there is no map.

    Parameters
    ----------
    background : Background
        Posts frames.
    theme : Theme
        Colours.
    disclaimer, nominal_notice : str
        Statements that every map carries.
    """

    retry_requested = pyqtSignal()
    choice_requested = pyqtSignal()

    def __init__(
        self,
        background: Background,
        theme: Theme,
        *,
        disclaimer: str,
        nominal_notice: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("map_area")
        self._measure: GroundMeasure | None = None
        self.canvas = MapCanvas(background, theme)
        self.stage = Stage(self.canvas, theme)
        self.tool_bar = MapToolBar(self.canvas, theme)
        self.scale_bar = ScaleBarWidget()
        self._coordinates = ElidedLabel("coordinates")
        self._crs = ElidedLabel("crs", tone="muted")
        self._busy = ElidedLabel("map_busy", tone="muted")
        widest = format_lonlat((-179.8888, -88.8888))
        self._coordinates.setMaximumWidth(self.fontMetrics().horizontalAdvance(widest))
        self._coordinates.setSizePolicy(  # as wide whatever it says, so that nothing jumps
            QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred
        )
        self._nominal = label(nominal_notice, size="small", name="nominal_notice")
        self._disclaimer = label(disclaimer, size="small", tone="muted", name="disclaimer")
        self._footer = self._make_footer()
        self._banner = label("", size="small", tone="error", name="map_problem")
        self._banner.hide()
        self._place_overlays(self._make_buttons(theme))
        self._notice_title = heading("")
        self._notice = label("", name="no_map_reason")
        self._without_map = label(
            "Lists, records, undo and the plan work without it.", size="small", tone="muted"
        )
        self._retry = QPushButton("Look for QGIS again")
        self._retry.setObjectName("retry_map")
        self._choose = QPushButton("Choose another project…")
        self._choose.setObjectName("choose_project")
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.stage)
        self._pages.addWidget(self._make_notice())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._footer)
        self.canvas.view_changed.connect(self._show_scale)
        self.canvas.pointer_moved.connect(self._show_place)
        self.canvas.loop.busy_changed.connect(self._show_busy)
        self.canvas.loop.failed.connect(self.show_problem)
        self.canvas.loop.frame_arrived.connect(self._on_frame)

    def _make_footer(self) -> QFrame:
        footer = QFrame(self)
        footer.setObjectName("map_footer")
        first = QHBoxLayout()
        first.setSpacing(2 * GRID)
        first.addWidget(self.scale_bar)
        first.addWidget(self._coordinates, 100)
        first.addWidget(self._crs)
        first.addStretch(1)
        first.addWidget(self._busy)
        layout = QVBoxLayout(footer)
        layout.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(first)
        layout.addWidget(self._nominal)
        layout.addWidget(self._disclaimer)
        return footer

    def _make_buttons(self, theme: Theme) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for name, text, act in (
            ("zoom_in", "Zoom in (+)", lambda: self.canvas.zoom(2.0)),
            ("zoom_out", "Zoom out (−)", lambda: self.canvas.zoom(0.5)),
            ("zoom_region", "Show the whole region (Home)", self.canvas.show_region),
        ):
            button = icon_button(name, name, text, theme, role="map")
            button.setFixedSize(4 * GRID, 4 * GRID)
            button.clicked.connect(act)
            layout.addWidget(button)
        return holder

    def _place_overlays(self, buttons: QWidget) -> None:
        top = Qt.AlignmentFlag.AlignTop
        overlays = QHBoxLayout(self.canvas)
        overlays.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        overlays.setSpacing(2 * GRID)
        overlays.addWidget(self.tool_bar, 0, top)
        overlays.addWidget(self._banner, 1, top)
        overlays.addStretch(0)
        overlays.addWidget(buttons, 0, top | Qt.AlignmentFlag.AlignRight)

    def _make_notice(self) -> QWidget:
        page = QFrame()
        page.setProperty("role", "panel")
        column = QVBoxLayout()
        column.setSpacing(2 * GRID)
        column.addStretch(1)
        for widget in (self._notice_title, self._notice, self._without_map):
            column.addWidget(widget)
        for button in (self._retry, self._choose):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)
        layout = QHBoxLayout(page)
        layout.addStretch(1)
        layout.addLayout(column, 4)
        layout.addStretch(1)
        self._retry.clicked.connect(self.retry_requested)
        self._choose.clicked.connect(self.choice_requested)
        return page

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self.canvas.set_theme(theme)
        self.tool_bar.set_theme(theme)

    def set_measure(self, measure: GroundMeasure) -> None:
        """Tell places and lengths by another CRS."""
        self._measure = measure
        self._crs.say(measure.crs_name)
        self._show_scale()

    @property
    def has_map(self) -> bool:
        """Whether the canvas is shown, rather than the reason why there is none."""
        return self._pages.currentWidget() is self.stage

    def show_map(self) -> None:
        """Show the canvas."""
        self._pages.setCurrentWidget(self.stage)

    def show_reason(self, reason: str) -> None:
        """Say in place of the map why QGIS does not draw one."""
        self._show_notice("There is no map", reason, project=False)

    def show_no_project(self, reason: str) -> None:
        """Say in place of the map why no project is open."""
        self._show_notice("The project was not opened", reason, project=True)

    def _show_notice(self, title: str, reason: str, *, project: bool) -> None:
        self._notice_title.setText(title)
        self._notice.setText(reason)
        self._without_map.setVisible(not project)
        self._retry.setVisible(not project)
        self._choose.setVisible(project)
        self._pages.setCurrentIndex(1)

    def show_problem(self, problem: str) -> None:
        """Say over the map what went wrong with it; an empty text takes that away."""
        self._banner.setText(problem)
        self._banner.setVisible(bool(problem))

    def place_text(self, point: tuple[float, float] | None) -> str:
        """Return longitude and latitude of a place of the map in words."""
        if point is None or self._measure is None:
            return ""
        return format_lonlat(self._measure.lonlat(point))

    def place_of(self, lon: float, lat: float) -> tuple[float, float] | None:
        """Return the map coordinates of a place given in degrees; None out of reach."""
        return None if self._measure is None else self._measure.from_lonlat(lon, lat)

    def pixel_tolerance(self, pixels: float) -> float:
        """Return a length on the screen in map units."""
        view = self.canvas.view
        return 0.0 if view is None else pixels * view.resolution

    def _on_frame(self) -> None:
        if self._banner.isVisible():
            self.show_problem("")

    def _show_scale(self) -> None:
        view = self.canvas.view
        if view is not None and self._measure is not None:
            self.scale_bar.show_bar(measure_scale(view, self._measure))

    def _show_place(self, point: tuple[float, float] | None) -> None:
        self._coordinates.setText(self.place_text(point))

    def _show_busy(self, busy: bool) -> None:
        self._busy.setText("Drawing…" if busy else "")
