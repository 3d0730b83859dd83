"""What the table ``map_layers`` says of layers.

A row with a source is a layer that somebody added. A row without one changes a layer that comes
with the project: whatever it does not say stays as it is. The order of the map is the column
``position`` of all rows that have one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.project import Project

TABLE = "map_layers"
REMOVED = "removed"
"""Key among the further attributes of a row: the layer is not on the map."""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One row; None where it says nothing.

    Parameters
    ----------
    layer_id : str
        The layer.
    name, source, kind, provider, group_name, subset, note : str or None
        As of `LayerSpec`; the note is for people.
    position : int or None
        Place in the order of the map, the lowest first.
    visible : bool or None
        Whether it was switched on when it was added.
    opacity : float or None
        0 to 1.
    style : mapping or None
        As of `LayerSpec`.
    removed : bool
        Whether it is not on the map.
    """

    layer_id: str
    name: str | None = None
    source: str | None = None
    kind: str | None = None
    provider: str | None = None
    group_name: str | None = None
    position: int | None = None
    visible: bool | None = None
    opacity: float | None = None
    style: Mapping[str, object] | None = None
    subset: str | None = None
    note: str | None = None
    removed: bool = False

    @property
    def is_own(self) -> bool:
        """Whether somebody added the layer."""
        return bool(self.source)


def layer_rows(project: Project) -> tuple[LayerRow, ...]:
    """Return the rows, one per layer, in the order in which they were added.

    Values that are none, as somebody else's project may hold, count as not said.
    """
    found: dict[str, LayerRow] = {}
    for record in project.records(TABLE):
        layer_id = record["layer_id"]
        if isinstance(layer_id, str) and layer_id and layer_id not in found:
            found[layer_id] = _row(layer_id, record)
    return tuple(found.values())


def _row(layer_id: str, record: Mapping[str, object]) -> LayerRow:
    opacity, style = record["opacity"], record["style"]
    position, visible = record["position"], record["visible"]
    attributes = record["attributes"]
    sound = isinstance(opacity, float) and math.isfinite(opacity) and 0 <= opacity <= 1
    return LayerRow(
        layer_id,
        **{name: _text(record[name]) for name in _TEXTS},
        position=position if isinstance(position, int) else None,
        visible=visible if isinstance(visible, bool) else None,
        opacity=opacity if sound and isinstance(opacity, float) else None,
        style=style if isinstance(style, dict) else None,
        removed=isinstance(attributes, dict) and attributes.get(REMOVED) is True,
    )


_TEXTS = ("name", "source", "kind", "provider", "group_name", "subset", "note")
COLUMNS = tuple(field.name for field in fields(LayerRow) if field.name != REMOVED)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
