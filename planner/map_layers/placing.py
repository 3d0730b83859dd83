"""Where a new layer goes: outlines on top, pictures between the ground and the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.map_layers.commands import NewLayer
    from planner.map_layers.merged import LayersOfMap

GROUND = frozenset({"base_countries", "base_terrain", "base_sea", "base_lakes", "base_rivers"})
"""What a map of the ground takes the place of."""


def order_with(held: LayersOfMap, new: NewLayer) -> tuple[str, ...]:
    """Return the order of the map with a new layer.

    A raster or a web map covers what lies beneath it. So it is placed above the ground and the
    rasters that were added there before, and beneath everything else; all others go on top.

    Parameters
    ----------
    held : LayersOfMap
        The map without it.
    new : NewLayer
        The layer.

    Returns
    -------
    tuple of str
        Ids of all layers, the lowest first.
    """
    order = [spec.layer_id for spec in held.layers]
    if new.kind != "raster":
        return (*order, new.layer_id)
    pictures = {
        spec.layer_id
        for spec in held.layers
        if spec.layer_id in held.own and spec.kind == "raster"
    }
    place = max((order.index(name) + 1 for name in GROUND if name in order), default=0)
    while place < len(order) and order[place] in pictures:
        place += 1
    return (*order[:place], new.layer_id, *order[place:])
