"""The plate on each of two maps: its title, what its colours mean, and the disclaimer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from planner.maps import DISCLAIMER
from resources.translation import tr
from ui import theme as themes
from ui.controls import icon_button, label
from ui.elided import ElidedLabel
from ui.icons import icon
from ui.layers_panel.swatch import HEIGHT_PX, WIDTH_PX
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QRect

    from ui.compare.legend import LegendRow
    from ui.theme import Theme

_WIDEST_PX = 34 * GRID
_LEAST_PX = 14 * GRID
_ROOMY_PX = 50 * GRID
_HIGH_PX = 26 * GRID


class SidePlate(QFrame):
    """Says which map it lies on, and folds away.

    Parameters
    ----------
    name : str
        Object name.
    spoken : str
        What it is called, for screen readers.
    theme : Theme
        Tints the icon.
    """

    folded_changed = pyqtSignal(bool)

    def __init__(self, name: str, spoken: str, theme: Theme) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "popup")
        self.setAccessibleName(spoken)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._theme = theme
        self._wish: bool | None = None
        self._folded = False
        self._rows: tuple[LegendRow, ...] = ()
        self._title = ElidedLabel(f"{name}_title", size="body")
        self._title.setFont(themes.font("body", bold=True))
        self._fold = icon_button(f"{name}_fold", "zoom_out", tr("Fold the legend"), theme)
        self._fold.setProperty("role", "dock")
        self._fold.setFixedSize(QSize(3 * GRID, 3 * GRID))
        self._fold.clicked.connect(self._on_fold_clicked)
        self._grid, self._scroll = _legend(f"{name}_legend")
        self._disclaimer = label(
            tr("Borders and names imply no opinion. The full notice stands below the maps."),
            size="small",
            tone="muted",
            name=f"{name}_disclaimer",
        )
        self._disclaimer.setToolTip(tr(DISCLAIMER))
        self._head = QHBoxLayout()
        self._head.setSpacing(GRID // 2)
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self._fold)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(GRID, GRID // 2, GRID // 2, GRID // 2)
        self._column.setSpacing(GRID // 2)
        self._column.addLayout(self._head)
        self._column.addWidget(self._scroll, 1)
        self._column.addWidget(self._disclaimer)

    @property
    def title(self) -> str:
        """What the map is called."""
        return self._title.text()

    @property
    def rows(self) -> tuple[str, ...]:
        """What the legend tells, from the top."""
        return tuple(row.text for row in self._rows)

    @property
    def folded(self) -> bool:
        """Whether only the title is seen."""
        return self._folded

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self._show_fold()

    def show_title(self, title: str) -> None:
        """Say which map it is."""
        self._title.say(title)

    def show_rows(self, rows: Sequence[LegendRow]) -> None:
        """Say what the colours mean."""
        if tuple(rows) == self._rows:
            return
        self._rows = tuple(rows)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for place, row in enumerate(self._rows):
            picture = QLabel()
            picture.setPixmap(row.picture.pixmap(QSize(WIDTH_PX, HEIGHT_PX)))
            text = label(row.text, size="small")
            text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(picture, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, place, 1)
            for part in (picture, text):  # at once, so that the height it needs is known
                part.ensurePolished()
                part.show()

    def fit(self, room: QRect) -> None:
        """Stand at the upper right of the room there is, or hide where it is too little.

        Where it is narrow the legend is folded, unless somebody wants it.

        Parameters
        ----------
        room : QRect
            What the map has to spare, in the coordinates of the parent.
        """
        if room.width() < _LEAST_PX:
            self.hide()
            return
        narrow = room.width() < _ROOMY_PX or room.height() < _HIGH_PX
        self._set_folded(folded=narrow if self._wish is None else self._wish)
        wide = min(_WIDEST_PX, room.width())
        if self._folded:
            wide = min(wide, self._head.sizeHint().width() + 2 * GRID)
        high = self._height_for(wide, room.height())
        self.setGeometry(room.right() - wide + 1, room.top(), wide, high)
        self.show()

    def _height_for(self, wide: int, most: int) -> int:
        margins = self._column.contentsMargins()
        frame = 2 * self.frameWidth() + margins.top() + margins.bottom()
        head = max(self._fold.height(), self._title.sizeHint().height())
        if self._folded:
            return head + frame
        inner = wide - margins.left() - margins.right() - 2 * self.frameWidth()
        self._disclaimer.setFixedHeight(max(self._disclaimer.heightForWidth(inner), 0))
        below = self._disclaimer.height() + 2 * self._column.spacing()
        listed = self._grid.heightForWidth(inner) if self._grid.count() else 0
        return min(head + frame + below + listed + GRID // 2, max(most, head + frame + below))

    def _on_fold_clicked(self) -> None:
        self._wish = not self._folded
        self.folded_changed.emit(self._wish)

    def _set_folded(self, *, folded: bool) -> None:
        self._folded = folded
        self._scroll.setVisible(not folded)
        self._disclaimer.setVisible(not folded)
        self._show_fold()

    def _show_fold(self) -> None:
        text = tr("Show the legend") if self._folded else tr("Fold the legend")
        self._fold.setToolTip(text)
        self._fold.setAccessibleName(text)
        name = "zoom_in" if self._folded else "zoom_out"
        self._fold.setProperty("icon_name", name)
        self._fold.setIcon(icon(name, self._theme.colour["text"]))


def _legend(name: str) -> tuple[QGridLayout, QScrollArea]:
    """Return a grid for pictures and texts, and what scrolls it."""
    held = QWidget()
    held.setObjectName("scrolled")
    grid = QGridLayout(held)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GRID)
    grid.setVerticalSpacing(GRID // 4)
    grid.setColumnStretch(1, 1)
    scroll = QScrollArea()
    scroll.setObjectName(name)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    scroll.setWidget(held)
    return grid, scroll
