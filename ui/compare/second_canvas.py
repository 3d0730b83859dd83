"""The second map: worked on by the same hand as the first, with the same tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from resources.translation import tr
from ui.map.canvas import MapCanvas

if TYPE_CHECKING:
    from ui.background import Background
    from ui.map.tool import MapTool
    from ui.theme import Theme


class SecondCanvas(MapCanvas):
    """A canvas whose tool is that of another one: a drawing begun on one goes on here.

    Parameters
    ----------
    background : Background
        Posts finished frames to this thread.
    theme : Theme
        Colours of what is painted over the map.
    first : MapCanvas
        Has the tools.
    """

    def __init__(self, background: Background, theme: Theme, first: MapCanvas) -> None:
        super().__init__(background, theme, view_name="second")
        self._first = first
        self.setObjectName("second_canvas")
        self.setAccessibleName(tr("Second map"))
        first.tool_changed.connect(self._take)
        self._take(first.tool)

    def release(self) -> None:
        """Hear no more of the first canvas."""
        self._first.tool_changed.disconnect(self._take)
        self._take(None)

    @override
    def set_tool(self, tool: MapTool | None) -> None:
        self._first.set_tool(tool)

    def _take(self, tool: MapTool | None) -> None:
        if self._tool is not None:
            self._tool.changed.disconnect(self._on_tool_changed)
        self._tool = tool
        if tool is not None:
            tool.changed.connect(self._on_tool_changed)
            self.setToolTip("")
        self._on_tool_changed()
