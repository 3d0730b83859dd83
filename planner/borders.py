"""Whose view of borders the map shows: a choice among those that the data source holds.

The base map is Natural Earth: lines as they are held, and disputed lines each under the name of
who claims them. A project chooses which of these are drawn; a view that the source does not
hold can be added as a layer of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from planner.errors import EditError
from planner.project.commands import SetSetting
from resources.translation import filled, mark

if TYPE_CHECKING:
    from layers.qgis.layer_spec import LayerSpec
    from planner.project import Project

SETTING: Final = "borders_view"

_DISPUTED = "base_disputed_lines"
_LINES = frozenset({_DISPUTED, "base_border_lines", "base_border_casing", "base_country_names"})
_UNDETERMINED = "name LIKE 'Edge of %'"


@dataclass(frozen=True, slots=True)
class BordersView:
    """One way of drawing borders.

    Parameters
    ----------
    key : str
        What the project stores.
    name : str
        What people choose; marked for translation.
    notice : str
        What a map with it must say; marked for translation, empty where the map's general
        statement says it all.
    claim : str
        Name of the disputed lines that are drawn in the source; empty for those of everybody.
    """

    key: str
    name: str
    notice: str = ""
    claim: str = ""


BORDERS_VIEWS: Final = (
    BordersView("source", mark("As the source draws them, with the claims of everybody")),
    BordersView(
        "held",
        mark("As held, without claims"),
        mark("Borders: lines as held (Natural Earth); disputed lines are left out."),
    ),
    BordersView(
        "china",
        mark("With claims of China only"),
        mark("Borders: lines as held, with claims of China only (Natural Earth)."),
        "Chinese claim",
    ),
    BordersView(
        "india",
        mark("With claims of India only"),
        mark("Borders: lines as held, with claims of India only (Natural Earth)."),
        "Indian claim",
    ),
    BordersView(
        "japan",
        mark("With claims of Japan only"),
        mark("Borders: lines as held, with claims of Japan only (Natural Earth)."),
        "Japanese claim",
    ),
    BordersView(
        "pakistan",
        mark("With claims of Pakistan only"),
        mark("Borders: lines as held, with claims of Pakistan only (Natural Earth)."),
        "Pakistani claim",
    ),
    BordersView(
        "none",
        mark("Without borders and country codes"),
        mark("Borders: none are drawn on this map."),
    ),
)
"""What the source holds, the usual view first."""


def borders_view(project: Project) -> BordersView:
    """Return the view that a project has chosen; the usual one where it has chosen none."""
    key = project.settings.get(SETTING)
    return next((view for view in BORDERS_VIEWS if view.key == key), BORDERS_VIEWS[0])


def choose_borders(key: str) -> SetSetting:
    """Return the edit that chooses a view of borders.

    Raises
    ------
    EditError
        There is no such view.
    """
    view = next((view for view in BORDERS_VIEWS if view.key == key), None)
    if view is None:
        known = ", ".join(view.key for view in BORDERS_VIEWS)
        raise EditError(f"There is no view of borders {key!r}. Choose one of {known}.")
    value = None if view is BORDERS_VIEWS[0] else view.key
    return SetSetting(SETTING, value, filled("Show borders: {view}", view=view.name))


def with_borders(specs: tuple[LayerSpec, ...], view: BordersView) -> tuple[LayerSpec, ...]:
    """Return the layers of a map with the borders of a view.

    Parameters
    ----------
    specs : tuple of LayerSpec
        The lowest first, with every line of the source.
    view : BordersView
        Whose lines are drawn.
    """
    if view.key == "none":
        return tuple(spec for spec in specs if spec.layer_id not in _LINES)
    return tuple(_of_view(spec, view) for spec in specs)


def _of_view(spec: LayerSpec, view: BordersView) -> LayerSpec:
    if spec.layer_id != _DISPUTED or view is BORDERS_VIEWS[0]:
        return spec
    if not view.claim:
        return replace(spec, subset=_UNDETERMINED)
    return replace(spec, subset=f"name = '{view.claim}' OR {_UNDETERMINED}")
