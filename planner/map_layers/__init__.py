"""The layers of a project's map: those that come with it as changed, and added ones."""

from planner.map_layers.commands import (
    NewLayer,
    add_layer,
    order_layers,
    remove_layers,
    rename_layer,
    restore_layers,
    set_group,
    set_note,
    set_opacity,
    set_style,
    set_subset,
)
from planner.map_layers.merged import (
    NO_MAP,
    LayersOfMap,
    layers_of,
    map_of,
    planned_layers,
    removed_layers,
)
from planner.map_layers.placing import order_with
from planner.map_layers.visibility import set_visible

__all__ = [
    "NO_MAP",
    "LayersOfMap",
    "NewLayer",
    "add_layer",
    "layers_of",
    "map_of",
    "order_layers",
    "order_with",
    "planned_layers",
    "remove_layers",
    "removed_layers",
    "rename_layer",
    "restore_layers",
    "set_group",
    "set_note",
    "set_opacity",
    "set_style",
    "set_subset",
    "set_visible",
]
