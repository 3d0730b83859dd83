"""The map with everything that is always on it: scale, coordinates, notices, zoom buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui.compare.stage import Stage
from ui.controls import heading, icon_button, label
from ui.map.canvas import MapCanvas
from ui.map.cards import GoToCard, HintCard, PickedCard
from ui.map.footer import MapFooter
from ui.map.scale_bar import longest_px, measure_scale
from ui.map.tool_bar import MapToolBar
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.background import Background
    from ui.map.coordinates import GroundMeasure
    from ui.theme import Theme

_CARDS_PX = 12 * GRID
"""Height below the buttons that the cards and the edges of the map need."""


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
        self.footer = MapFooter(
            theme, disclaimer=disclaimer, nominal_notice=nominal_notice, parent=self
        )
        self.scale_bar = self.footer.scale_bar
        self.hint = HintCard()
        self.picked = PickedCard(theme)
        self.go_to = GoToCard(theme)
        self._banner = label("", size="small", tone="error", name="map_problem")
        self._banner.hide()
        self._ways: dict[str, QToolButton] = {}
        self._place_overlays(self._make_buttons(theme))
        self._notice_title = heading("")
        self._notice = label("", name="no_map_reason")
        self._without_map = label(
            tr("Lists, records, undo and the plan work without it."),
            size="small",
            tone="muted",
        )
        self._retry = QPushButton(tr("Look for QGIS again"))
        self._retry.setObjectName("retry_map")
        self._choose = QPushButton(tr("Choose another project…"))
        self._choose.setObjectName("choose_project")
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.stage)
        self._pages.addWidget(self._make_notice())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.footer)
        self.canvas.view_changed.connect(self._show_scale)
        self.canvas.resized.connect(self._fit_cards)
        self.canvas.pointer_moved.connect(self.footer.show_place)
        self.canvas.history_changed.connect(self._show_history)
        self.canvas.hint_changed.connect(self.hint.say)
        self.canvas.loop.busy_changed.connect(lambda busy: self.footer.show_busy(busy=busy))
        self.canvas.loop.failed.connect(self.show_problem)
        self.canvas.loop.frame_arrived.connect(self._on_frame)
        self._show_history()

    def _make_buttons(self, theme: Theme) -> QWidget:
        holder = QWidget()
        self._buttons = QVBoxLayout(holder)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(GRID // 2)
        canvas = self.canvas
        for name, text, act in (
            ("zoom_in", tr("Zoom in (+)"), lambda: canvas.zoom(2.0)),
            ("zoom_out", tr("Zoom out (−)"), lambda: canvas.zoom(0.5)),
            ("zoom_region", tr("Show the whole region (Home)"), canvas.show_region),
            ("view_back", tr("Back to the view before (Alt+Left)"), canvas.go_back),
            ("view_forward", tr("Forward again (Alt+Right)"), canvas.go_forward),
        ):
            button = self.add_button(name, text, theme)
            button.clicked.connect(act)
            self._ways[name] = button
        return holder

    def add_button(self, name: str, text: str, theme: Theme) -> QToolButton:
        """Add a button to the column at the right edge of the map, and return it.

        Parameters
        ----------
        name : str
            Object name, and the icon's name.
        text : str
            Verb and object, in the reader's language.
        theme : Theme
            Tints the icon.
        """
        button = icon_button(name, name, text, theme, role="map")
        button.setFixedSize(4 * GRID, 4 * GRID)
        button.setCursor(Qt.CursorShape.ArrowCursor)
        self._buttons.addWidget(button)
        return button

    def _place_overlays(self, buttons: QWidget) -> None:
        left, top = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignTop
        banner = QHBoxLayout()
        banner.addWidget(self._banner, 1, top)
        banner.addStretch(0)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(GRID)
        for card in (self.go_to, self.picked, self.hint):
            self._cards.addWidget(card, 0, left)
        self._overlays = QGridLayout(self.canvas)
        self._overlays.setHorizontalSpacing(2 * GRID)
        self._overlays.setVerticalSpacing(GRID)
        self._overlays.setColumnStretch(1, 1)
        self._overlays.setRowStretch(1, 1)
        self._overlays.addWidget(self.tool_bar, 0, 0, top)
        self._overlays.addLayout(banner, 0, 1, top)
        self._overlays.addWidget(buttons, 0, 2, top)
        self._ways_beside = buttons
        self._is_low = True
        self._place_cards(low=False)

    def _place_cards(self, *, low: bool) -> None:
        """Have the cards at the foot of the map; between the buttons where it is low."""
        if low == self._is_low:
            return
        self._is_low = low
        edge = GRID if low else 2 * GRID
        self._overlays.setContentsMargins(2 * GRID, edge, 2 * GRID, edge)
        self._overlays.removeItem(self._cards)
        foot = Qt.AlignmentFlag.AlignBottom
        if low:
            self._overlays.addLayout(self._cards, 0, 1, 2, 1, foot)
        else:
            self._overlays.addLayout(self._cards, 1, 0, 1, 3, foot)

    def _fit_cards(self) -> None:
        buttons_px = max(w.sizeHint().height() for w in (self.tool_bar, self._ways_beside))
        self._place_cards(low=self.canvas.height() < buttons_px + _CARDS_PX)
        room_px = self.canvas.width() - 4 * GRID
        if self._is_low:
            room_px -= self.tool_bar.width() + self._ways_beside.width() + 4 * GRID
        for card in (self.go_to, self.hint):
            card.fit(room_px)

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
        self.footer.set_measure(measure)
        self._show_scale()

    @property
    def measure(self) -> GroundMeasure | None:
        """What tells places and lengths; None before a project is open."""
        return self._measure

    @property
    def has_map(self) -> bool:
        """Whether the canvas is shown, rather than the reason why there is none."""
        return self._pages.currentWidget() is self.stage

    def show_map(self) -> None:
        """Show the canvas."""
        self._pages.setCurrentWidget(self.stage)

    def show_reason(self, reason: str) -> None:
        """Say in place of the map why QGIS does not draw one."""
        self._show_notice(tr("There is no map"), reason, project=False)

    def show_no_project(self, reason: str) -> None:
        """Say in place of the map why no project is open."""
        self._show_notice(tr("The project was not opened"), reason, project=True)

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
        self._banner.raise_()

    def place_text(self, point: tuple[float, float] | None) -> str:
        """Return a place of the map in the notation that is chosen."""
        return self.footer.place_text(point)

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
            self.scale_bar.show_bar(measure_scale(view, self._measure), longest_px(view))

    def _show_history(self) -> None:
        self._ways["view_back"].setEnabled(self.canvas.can_go_back)
        self._ways["view_forward"].setEnabled(self.canvas.can_go_forward)
