"""Panels that can be moved, taken out of the window and put back: one dock for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PyQt6.QtCore import QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import (
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import icon_button, label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PyQt6.QtGui import QCloseEvent

    from ui.theme import Theme

HOME = Qt.DockWidgetArea.LeftDockWidgetArea
"""Where the panels of the rail take each other's place."""

NARROWEST_SIDE_PX = 36 * GRID
_BUTTON_PX = 2 * GRID
_DOTS = 3


_REPLACED = "replaced"


def was_replaced(panel: QWidget) -> bool:
    """Tell whether another panel has taken the place of this one.

    One that is only folded, as all are where the map is to be seen, has kept its place.
    """
    return bool(panel.property(_REPLACED))


@runtime_checkable
class Themed(Protocol):
    """A panel that paints in colours of its own."""

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        ...


class _Grip(QWidget):
    """Dots by which a panel is drawn to another place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(2 * GRID, 2 * GRID)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.qcolour("control_line"))
        for column in range(_DOTS):
            for row in range(2):
                painter.drawEllipse(2 + 5 * column, 5 + 5 * row, 2, 2)


class _TitleBar(QFrame):
    """What a panel is drawn by, with the buttons that take it out and fold it."""

    def __init__(self, dock: PanelDock, theme: Theme) -> None:
        super().__init__(dock)
        self.setObjectName(f"{dock.objectName()}_bar")
        self.setProperty("role", "dock_bar")
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        self.setToolTip(tr("Draw the panel to another place, or out of the window"))
        self.grip = _Grip(theme)
        self._title = label(dock.windowTitle(), size="small", tone="muted")
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._title.setWordWrap(False)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        name = dock.objectName()
        self._float = icon_button(f"{name}_float", "float", tr("Take out of the window"), theme)
        self._fold = icon_button(f"{name}_fold", "close", tr("Fold the panel"), theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, 2, GRID // 2, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.grip)
        layout.addWidget(self._title, 1)
        for button in (self._float, self._fold):
            button.setProperty("role", "dock")
            button.setIconSize(QSize(_BUTTON_PX, _BUTTON_PX))
            button.setCursor(Qt.CursorShape.ArrowCursor)
            layout.addWidget(button)
        self._float.clicked.connect(lambda: dock.setFloating(not dock.isFloating()))
        self._fold.clicked.connect(dock.close)
        dock.topLevelChanged.connect(self._on_floating)
        self._on_floating(floating=False)

    def _on_floating(self, floating: bool) -> None:
        """Name the panel where it stands alone; in the window it has its own heading."""
        self._title.setVisible(True)
        dock = self.parentWidget()
        self._title.setText(dock.windowTitle() if floating and dock is not None else "")
        told = tr("Put back into the window") if floating else tr("Take out of the window")
        self._float.setToolTip(told)
        self._float.setAccessibleName(told)


class PanelDock(QDockWidget):
    """One panel that can be moved.

    Parameters
    ----------
    name : str
        Short name, such as ``"sites"``; the dock's object name is ``dock_NAME``.
    title : str
        What people call it.
    content : QWidget
        The panel.
    theme : Theme
        Tints the buttons.
    """

    folded = pyqtSignal()
    """The user has folded it."""

    def __init__(
        self, name: str, title: str, content: QWidget, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(title, parent)
        self.name = name
        self.content = content
        self.setObjectName(f"dock_{name}")
        self.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        self.bar = _TitleBar(self, theme)
        self.setTitleBarWidget(self.bar)
        frame = QFrame()
        frame.setObjectName(f"dock_{name}_frame")
        frame.setProperty("role", "dock_frame")
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(content)
        content.setMinimumWidth(NARROWEST_SIDE_PX)
        self.setWidget(frame)

    @property
    def at_home(self) -> bool:
        """Whether it stands where the panels of the rail take each other's place."""
        window = self.parentWidget()
        docked = isinstance(window, QMainWindow) and window.dockWidgetArea(self) == HOME
        return docked and not self.isFloating()

    @override
    def closeEvent(self, event: QCloseEvent | None) -> None:
        super().closeEvent(event)
        self.hide()  # before it is told, not after as Qt would
        self.folded.emit()


class PanelDocks(QObject):
    """Knows every panel, and which of them stand open.

    Parameters
    ----------
    window : QMainWindow
        Holds the docks.
    theme : Theme
        Tints their buttons.
    """

    changed = pyqtSignal()
    """A panel was opened or folded."""

    def __init__(self, window: QMainWindow, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._docks: dict[str, PanelDock] = {}
        self._areas: dict[str, Qt.DockWidgetArea] = {}
        self._current = ""

    def add(
        self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea = HOME
    ) -> PanelDock:
        """Add a panel, folded.

        Parameters
        ----------
        name : str
            Short name, such as ``"sites"``.
        title : str
            What people call it.
        content : QWidget
            The panel.
        area : Qt.DockWidgetArea
            Where it stands until it is moved.
        """
        dock = PanelDock(name, title, content, self._theme, self._window)
        self._place(dock, area)
        dock.hide()
        dock.folded.connect(self.changed)
        self._docks[name] = dock
        self._areas[name] = area
        return dock

    def _place(self, dock: PanelDock, area: Qt.DockWidgetArea) -> None:
        """Put a panel into its area; below the map, behind tabs with those that stand there."""
        self._window.addDockWidget(area, dock)
        mates = [self._docks[name] for name, other in self._areas.items() if other == area]
        if area != HOME and mates and mates[0] is not dock:
            self._window.tabifyDockWidget(mates[0], dock)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the panels, in the order they were added."""
        return tuple(self._docks)

    @property
    def current(self) -> str:
        """The panel opened last, where it stands open; else an empty string."""
        dock = self._docks.get(self._current)
        return self._current if dock is not None and not dock.isHidden() else ""

    @property
    def opened(self) -> tuple[str, ...]:
        """Names of the panels that stand open."""
        return tuple(name for name, dock in self._docks.items() if not dock.isHidden())

    @property
    def docks(self) -> tuple[PanelDock, ...]:
        """Every panel's dock."""
        return tuple(self._docks.values())

    def dock(self, name: str) -> PanelDock:
        """Return a panel's dock by its name."""
        return self._docks[name]

    def open(self, name: str) -> None:
        """Open a panel; at home it takes the place of the one that was opened there before."""
        dock = self._docks[name]
        before = self._docks.get(self._current)
        if before is not None and before is not dock and dock.at_home and before.at_home:
            before.content.setProperty(_REPLACED, True)
            before.hide()
        dock.content.setProperty(_REPLACED, False)
        self._current = name
        dock.show()
        dock.raise_()
        self.changed.emit()

    def fold(self, names: Iterable[str]) -> None:
        """Fold panels."""
        for name in names:
            self._docks[name].hide()
        self.changed.emit()

    def take_over(self) -> None:
        """Take note of which panels stand open, where a stored layout has opened them."""
        at_home = [dock.name for dock in self.docks if dock.at_home and not dock.isHidden()]
        self._current = at_home[-1] if at_home else ""
        self.changed.emit()

    def put_back(self) -> None:
        """Put every panel where it stood at first, and fold them all."""
        for name, dock in self._docks.items():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
            self._place(dock, self._areas[name])
            dock.hide()
        self.changed.emit()

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        for dock in self._docks.values():
            dock.bar.grip.set_theme(theme)
            if isinstance(dock.content, Themed):
                dock.content.set_theme(theme)
