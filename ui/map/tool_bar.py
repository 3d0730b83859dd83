"""The tools of the map in a column: one is in the hand at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PyQt6.QtCore import QPointF, QSize, Qt
from PyQt6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPolygonF
from PyQt6.QtWidgets import QFrame, QMenu, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from resources.errors import UsageError
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtGui import QAction

    from ui.map.canvas import MapCanvas
    from ui.map.tool import MapTool
    from ui.theme import Theme

_SIDE_PX = 4 * GRID
_CORNER_PX = 6.0
_CORNER_MARGIN_PX = 3.0


class _ToolButton(QToolButton):
    """A button with an icon; a filled corner tells that it opens a menu."""

    def __init__(self, name: str, text: str, icon_name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setProperty("role", "map")
        self.say(text)
        self.setIconSize(QSize(20, 20))
        self.setFixedSize(_SIDE_PX, _SIDE_PX)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setCheckable(True)
        self.usual_icon = icon_name
        self.icon_name = icon_name
        self._tint = QColor()

    def say(self, text: str) -> None:
        """Tell what the button does."""
        self.setAccessibleName(text)
        self.setToolTip(text)

    def tint(self, theme: Theme) -> None:
        """Draw the icon in the colours of a theme."""
        token = "on_accent" if self.isChecked() else "text"
        if not self.isEnabled():
            token = "line"
        self._tint = QColor(theme.colour[token])
        self.setIcon(icon(self.icon_name, theme.colour[token]))

    @override
    def nextCheckState(self) -> None:
        """Stay as it is: what is in the hand decides, not the click."""

    @override
    def paintEvent(self, a0: QPaintEvent | None) -> None:
        super().paintEvent(a0)
        if self.menu() is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._tint)
        right, bottom = self.width() - _CORNER_MARGIN_PX, self.height() - _CORNER_MARGIN_PX
        corners = [(right, bottom - _CORNER_PX), (right, bottom), (right - _CORNER_PX, bottom)]
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        painter.end()


class _Entry:
    """One tool of the bar: its action, its icon, and the button it stands on."""

    def __init__(
        self, action: QAction, tool: MapTool | None, icon_name: str, button: _ToolButton
    ) -> None:
        self.action = action
        self.tool = tool
        self.icon_name = icon_name
        self.button = button


class MapToolBar(QFrame):
    """Shows the tools of a canvas, and marks the one that is in the hand.

    Parameters
    ----------
    canvas : MapCanvas
        Given the tools.
    theme : Theme
        Tints the icons.
    """

    def __init__(self, canvas: MapCanvas, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("map_tool_bar")
        self._canvas = canvas
        self._theme = theme
        self._entries: list[_Entry] = []
        self._groups: dict[str, tuple[_ToolButton, QMenu]] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID // 2)
        canvas.tool_changed.connect(self._show_tool)

    def add_group(self, name: str, text: str, icon_name: str) -> QMenu:
        """Add a button that opens a menu of tools, and return the menu.

        Parameters
        ----------
        name : str
            What `add` knows it by; the button's object name is ``tools_NAME``.
        text : str
            What the tools do, in the reader's language.
        icon_name : str
            Icon while none of them is in the hand.
        """
        if name in self._groups:
            raise UsageError(f"There are two groups of tools named {name!r}.")
        button = _ToolButton(f"tools_{name}", text, icon_name, self)
        menu = QMenu(text, button)
        menu.setObjectName(f"tools_{name}_menu")
        menu.setToolTipsVisible(True)
        button.setMenu(menu)
        button.tint(self._theme)
        self._column.addWidget(button)
        self._groups[name] = (button, menu)
        return menu

    def add(
        self, action: QAction, tool: MapTool | None, *, icon_name: str, group: str = ""
    ) -> None:
        """Add a tool.

        Parameters
        ----------
        action : QAction
            Takes it into the hand; made checkable here.
        tool : MapTool or None
            The tool; None for the usual one, which moves the map and selects.
        icon_name : str
            Icon of the family.
        group : str
            Name of a group whose menu holds it; a button of its own where empty.

        Raises
        ------
        UsageError
            There is no such group.
        """
        if group and group not in self._groups:
            raise UsageError(f"There is no group of tools named {group!r}.")
        action.setCheckable(True)
        action.setIcon(icon(icon_name, self._theme.colour["text"]))
        action.triggered.connect(partial(self._on_triggered, tool))
        if group:
            button, menu = self._groups[group]
            menu.addAction(action)
        else:
            button = _ToolButton(f"tool_{action.objectName()}", action.text(), icon_name, self)
            button.clicked.connect(action.trigger)
            self._column.addWidget(button)
        entry = _Entry(action, tool, icon_name, button)
        self._entries.append(entry)
        action.changed.connect(partial(self._show_action, entry))
        self._show_action(entry)
        self._show_tool(self._canvas.tool)

    def name_of(self, tool: MapTool | None) -> str:
        """Return what the command is called that takes a tool; empty for none of the bar."""
        names = (entry.action.objectName() for entry in self._entries if entry.tool is tool)
        return next(names, "")

    def take(self, name: str) -> None:
        """Take a tool into the hand by the name of its command, if there is such a one."""
        for entry in self._entries:
            if entry.action.objectName() == name:
                if entry.action.isEnabled():
                    entry.action.trigger()
                else:  # it is enabled once the project was read
                    self._canvas.set_tool(entry.tool)

    def set_theme(self, theme: Theme) -> None:
        """Tint the icons in the colours of another theme."""
        self._theme = theme
        for entry in self._entries:
            entry.action.setIcon(icon(entry.icon_name, theme.colour["text"]))
        self._show_tool(self._canvas.tool)

    def _on_triggered(self, tool: MapTool | None, _checked: bool) -> None:
        self._canvas.set_tool(tool)
        self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_tool(self._canvas.tool)  # an action unchecks itself where it was checked

    def _show_action(self, entry: _Entry) -> None:
        """Show on a button of its own what is told by its action."""
        if entry.button.menu() is not None:
            return
        keys = entry.action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = entry.action.text()
        entry.button.say(f"{text} ({keys})" if keys else text)
        entry.button.setEnabled(entry.action.isEnabled())
        entry.button.tint(self._theme)

    def _show_tool(self, tool: object) -> None:
        held = None
        for entry in self._entries:
            chosen = entry.tool is tool
            held = entry if chosen else held
            if entry.action.isChecked() != chosen:
                entry.action.setChecked(chosen)
        buttons = {entry.button for entry in self._entries}
        buttons.update(button for button, _ in self._groups.values())
        for button in buttons:
            chosen = held is not None and button is held.button
            button.icon_name = (
                held.icon_name if chosen and held is not None else button.usual_icon
            )
            button.setChecked(chosen)
            button.tint(self._theme)
