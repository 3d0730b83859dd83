"""The tools that draw and change shapes, as commands of the window and buttons of the map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from resources.translation import mark, tr
from ui.drawing.gather_tool import GatherTool, PlaceTool
from ui.drawing.pair_tool import PairTool
from ui.drawing.sketch import USUAL_WIDTH_M
from ui.drawing.sketch_tool import SketchTool
from ui.drawing.vertex_tool import VertexTool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PyQt6.QtGui import QAction

    from ui.actions import Actions
    from ui.drawing.bar import Part
    from ui.drawing.drawing_tool import DrawingTool
    from ui.drawing.finders import Finders
    from ui.drawing.panel import DrawingPanel
    from ui.drawing.snapping import Snapping
    from ui.map.tool_bar import MapToolBar


@dataclass(frozen=True)
class _Told:
    """How a tool is offered."""

    name: str
    text: str
    icon_name: str
    sentence: str = ""
    keys: tuple[str, ...] = ()


DRAWING = (
    _Told(
        "corridor",
        mark("Draw corridor"),
        "draw_corridor",
        mark("Click along its middle line; it is as wide as you say."),
        ("Alt+C",),
    ),
    _Told(
        "area",
        mark("Draw area by corners"),
        "draw_area",
        mark("Click the corners of a protected area."),
        ("Alt+A",),
    ),
    _Told(
        "freehand",
        mark("Draw area freehand"),
        "draw_freehand",
        mark("Hold the button down and draw around it."),
        ("Alt+F",),
    ),
    _Told(
        "pair",
        mark("Draw corridor between two sites"),
        "draw_pair",
        mark("Pick two sites; the cheapest way between them shows as you move."),
        ("Alt+L",),
    ),
    _Told(
        "join",
        mark("Join sites into one area"),
        "draw_join",
        mark("Click the sites that one proposal is to join, then press Enter."),
        ("Alt+J",),
    ),
    _Told(
        "units",
        mark("Draw area from planning units"),
        "draw_units",
        mark("Paint over the planning units of the last search for proposals."),
        ("Alt+U",),
    ),
)
EDITING = (
    _Told("corners", mark("Move corners"), "edit_corners", keys=("Alt+E",)),
    _Told("reshape", mark("Reshape along a line"), "edit_reshape"),
    _Told("split", mark("Split along a line"), "edit_split"),
    _Told("hole", mark("Cut a hole"), "edit_hole"),
    _Told("fill", mark("Fill a hole"), "edit_fill"),
    _Told("merge", mark("Merge with other proposals"), "edit_merge"),
)
CHANGING = frozenset({"corners", "reshape", "split", "hole", "fill"})
"""Tools that change the shape of the selected proposal."""
MAKING = frozenset(told.name for told in DRAWING)
"""Tools that make a new proposal."""
SKETCHING = frozenset({"corridor", "area", "freehand", "reshape", "split", "hole"})


def parts_for(name: str) -> tuple[Part, ...]:
    """Return what the bar holds for a tool."""
    by_points = name in SKETCHING and name != "freehand"
    needed: dict[Part, bool] = {
        "width": name in {"corridor", "pair"},
        "species": name == "pair",
        "points": by_points or name == "corners",
        "finish": by_points or name in {"join", "units", "merge"},
        "steps": by_points,
        "snapping": by_points or name in {"freehand", "corners"},
        "cut": name in MAKING,
    }
    return tuple(part for part, wanted in needed.items() if wanted)


class Toolbox:
    """Makes the tools; `deeds` and buttons take them into the hand.

    Parameters
    ----------
    finders : Finders
        What lies under the pointer.
    snapping : Snapping
        Where the pointer means to be.
    """

    def __init__(self, finders: Finders, snapping: Snapping) -> None:
        self.corridor = SketchTool("corridor", snapping)
        self.area = SketchTool("area", snapping)
        self.freehand = SketchTool("area", snapping, freehand=True)
        self.reshape = SketchTool("reshape", snapping)
        self.split = SketchTool("split", snapping)
        self.hole = SketchTool("hole", snapping)
        self.corners = VertexTool(snapping)
        self.pair = PairTool(finders.site, USUAL_WIDTH_M)
        self.join = GatherTool(
            finders.site,
            least=2,
            hint=tr("Click the sites that are to be joined: two or more."),
        )
        self.units = GatherTool(
            finders.unit,
            least=1,
            hint=tr("Click planning units, or hold the button down and paint over them."),
            brush=True,
        )
        self.merge = GatherTool(
            finders.proposal, least=2, hint=tr("Click the proposals that are to become one.")
        )
        self.fill = PlaceTool(finders.hole, hint=tr("Click inside the hole that is to go."))
        self.actions: dict[str, QAction] = {}

    @property
    def named(self) -> Mapping[str, DrawingTool]:
        """Every tool by its name."""
        return {told.name: getattr(self, told.name) for told in (*DRAWING, *EDITING)}

    def name_of(self, tool: object) -> str:
        """Return the name of a tool; empty for one of somebody else."""
        return next((name for name, own in self.named.items() if own is tool), "")

    def sketch_tool(self, name: str) -> SketchTool | None:
        """Return a tool that draws point by point, by its name."""
        tool = self.named.get(name)
        return tool if isinstance(tool, SketchTool) else None

    def offer(
        self,
        deeds: Actions,
        bar: MapToolBar,
        panel: DrawingPanel,
        prepare: Callable[[str], None],
    ) -> None:
        """Offer the tools in the menus, on the map and in the panel.

        Parameters
        ----------
        deeds : Actions
            Commands of the window.
        bar : MapToolBar
            Tools of the map.
        panel : DrawingPanel
            Lists them with a sentence each.
        prepare : callable
            Told the name of a tool before it is taken into the hand.
        """
        groups = (
            ("draw", tr("Draw"), "draw", DRAWING),
            ("shape", tr("Change the shape of the proposal"), "edit_corners", EDITING),
        )
        for group, title, icon_name, tools in groups:
            bar.add_group(group, title, icon_name)
            for told in tools:
                action = deeds.add(
                    f"{group}.{told.name}",
                    tr(told.text),
                    partial(prepare, told.name),
                    group=tr("Draw"),
                    keys=told.keys,
                )
                bar.add(action, self.named[told.name], icon_name=told.icon_name, group=group)
                self.actions[told.name] = action
                if told.sentence:
                    panel.tools.add(action, told.icon_name, tr(told.sentence))
                else:
                    panel.add_edit(action, told.icon_name)

    def set_possible(self, *, draw: bool, edit: bool, merge: bool) -> None:
        """Let tools be taken, or not.

        Parameters
        ----------
        draw, edit, merge : bool
            Whether something can be drawn, one proposal changed, and several made one.
        """
        for told in DRAWING:
            self.actions[told.name].setEnabled(draw)
        for told in EDITING:
            possible = merge if told.name == "merge" else edit
            self.actions[told.name].setEnabled(draw and possible)
