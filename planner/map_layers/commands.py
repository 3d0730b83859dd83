"""Edits of the map's layers: each one step of undo, with what it does as the button says it."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.errors import EditError
from planner.map_layers.rows import REMOVED, TABLE
from planner.project.schema import table_named
from resources.translation import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from planner.project.rows import Operation, RowWriter

LONGEST_NAME = 200
MOST_LAYERS = 500
"""Layers that can be added to one map."""
NO_STYLE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewLayer:
    """A layer to add.

    Parameters
    ----------
    name : str
        What people call it.
    source : str
        A file inside the project's folder (``layers/NAME.gpkg|layername=NAME``, relative), a
        raster's absolute path, or a source on a server as `layers.qgis.remote` writes it.
    kind : {"vector", "raster"}
        What it holds.
    provider : {"", "ogr", "gdal", "wms", "postgres"}
        What opens it; empty for files.
    group : str
        Group in the layer tree.
    style : mapping
        As of `LayerSpec`.
    opacity : float
        0 to 1.
    note : str
        Where it comes from.
    layer_id : str
        Made where empty.
    """

    name: str
    source: str
    kind: str
    provider: str = ""
    group: str = ""
    style: Mapping[str, object] = field(default_factory=lambda: NO_STYLE)
    opacity: float = 1.0
    note: str = ""
    layer_id: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)
        _check_opacity(self.opacity)
        if not self.layer_id:
            object.__setattr__(self, "layer_id", f"own_{uuid.uuid4().hex[:12]}")


@dataclass(frozen=True, slots=True)
class AddLayer:
    """Put a layer on the map.

    Parameters
    ----------
    layer : NewLayer
        The layer.
    label : str
        For the undo button.
    order : tuple of str
        All layers of the map with the new one, the lowest first; on top where empty.
    """

    layer: NewLayer
    label: str
    order: tuple[str, ...] = ()

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Insert its row, and write where the others stand if it does not stand on top."""
        table, new = table_named(TABLE), self.layer
        known = rows.records(table, {})
        if len(known) >= MOST_LAYERS:
            raise EditError(
                f"The map holds {MOST_LAYERS} layers, as many as it can. Remove some first."
            )
        if any(row["layer_id"] == new.layer_id for row in known):
            raise EditError(f"The map has a layer {new.layer_id!r} already.")
        places = [row["position"] for row in known if isinstance(row["position"], int)]
        record = {
            "layer_id": new.layer_id,
            "name": new.name.strip(),
            "source": new.source,
            "kind": new.kind,
            "provider": new.provider,
            "group_name": new.group,
            "position": self._position(places),
            "visible": True,
            "opacity": float(new.opacity),
            "style": dict(new.style),
            "note": new.note or None,
        }
        yield rows.prepare_insert(table, [record])
        if not self._on_top:
            others = {
                name: {"position": place}
                for place, name in enumerate(self.order)
                if name != new.layer_id
            }
            yield from ChangeLayers(others, self.label).operations(rows)

    @property
    def _on_top(self) -> bool:
        return not self.order or self.order[-1] == self.layer.layer_id

    def _position(self, places: Sequence[int]) -> int | None:
        if not self._on_top:
            return self.order.index(self.layer.layer_id)
        return max(places) + 1 if places else None


@dataclass(frozen=True, slots=True)
class ChangeLayers:
    """Change what is said of layers, those that came with the project and added ones alike.

    Parameters
    ----------
    changes : mapping of str to mapping
        Layer to column to value; None takes back what was said.
    label : str
        For the undo button.
    """

    changes: Mapping[str, Mapping[str, object]]
    label: str

    def operations(self, rows: RowWriter) -> Iterator[Operation]:
        """Update the rows, or insert those that are missing."""
        table = table_named(TABLE)
        known = {row["layer_id"]: row for row in reversed(rows.records(table, {}))}
        fresh = []
        for layer_id, changes in self.changes.items():
            row = known.get(layer_id)
            if row is None:
                fresh.append({"layer_id": layer_id, **changes})
                continue
            fid = row["fid"]
            differing = {name: new for name, new in changes.items() if row.get(name) != new}
            if differing and isinstance(fid, int):
                yield rows.prepare_update(table, fid, differing)
        if fresh:
            yield rows.prepare_insert(table, fresh)


def add_layer(layer: NewLayer, order: Sequence[str] = ()) -> AddLayer:
    """Return the edit that puts a layer on the map.

    Parameters
    ----------
    layer : NewLayer
        The layer.
    order : sequence of str
        As of `AddLayer`; `planner.map_layers.placing.order_with` makes it.

    Raises
    ------
    EditError
        The order does not hold the layer once.
    """
    if order and list(order).count(layer.layer_id) != 1:
        raise EditError(f"The order of the map does not hold {layer.layer_id!r} once.")
    label = filled("Add layer {name}", name=layer.name.strip())
    return AddLayer(layer, label, tuple(order))


def remove_layers(names: Mapping[str, str]) -> ChangeLayers:
    """Return the edit that takes layers off the map; their files stay, for undo.

    Parameters
    ----------
    names : mapping of str
        Layer to its name, for the label.
    """
    _check_some(names)
    label = (
        filled("Remove layer {name}", name=next(iter(names.values())))
        if len(names) == 1
        else filled("Remove {count} layers", count=len(names))
    )
    return ChangeLayers(
        {layer_id: {"attributes": {REMOVED: True}} for layer_id in names}, label
    )


def restore_layers(names: Mapping[str, str]) -> ChangeLayers:
    """Return the edit that puts removed layers back on the map."""
    _check_some(names)
    label = (
        filled("Put layer {name} back", name=next(iter(names.values())))
        if len(names) == 1
        else filled("Put {count} layers back", count=len(names))
    )
    return ChangeLayers({layer_id: {"attributes": None} for layer_id in names}, label)


def rename_layer(layer_id: str, name: str) -> ChangeLayers:
    """Return the edit that gives a layer another name."""
    _check_name(name)
    label = filled("Rename layer to {name}", name=name.strip())
    return ChangeLayers({layer_id: {"name": name.strip()}}, label)


def set_opacity(layer_id: str, opacity: float, *, name: str) -> ChangeLayers:
    """Return the edit that makes a layer more or less opaque."""
    _check_opacity(opacity)
    label = filled("Opacity of {name}", name=name)
    return ChangeLayers({layer_id: {"opacity": float(opacity)}}, label)


def set_style(layer_id: str, style: Mapping[str, object] | None, *, name: str) -> ChangeLayers:
    """Return the edit that gives a layer another style; None for the one it came with."""
    label = filled("Style of {name}", name=name)
    return ChangeLayers({layer_id: {"style": None if style is None else dict(style)}}, label)


def set_group(layer_ids: Sequence[str], group: str) -> ChangeLayers:
    """Return the edit that puts layers into a group of the layer tree."""
    _check_some(layer_ids)
    if len(group) > LONGEST_NAME:
        raise EditError(f"The name of a group has at most {LONGEST_NAME} characters.")
    label = filled("Move layers to group {name}", name=group.strip() or "-")
    return ChangeLayers(
        {layer_id: {"group_name": group.strip()} for layer_id in layer_ids}, label
    )


def set_subset(layer_id: str, subset: str, *, name: str) -> ChangeLayers:
    """Return the edit that shows only some features of a layer that was added from a file."""
    label = filled("Filter of {name}", name=name)
    return ChangeLayers({layer_id: {"subset": subset}}, label)


def set_note(layer_id: str, note: str, *, name: str) -> ChangeLayers:
    """Return the edit that says where a layer comes from."""
    label = filled("Note on {name}", name=name)
    return ChangeLayers({layer_id: {"note": note or None}}, label)


def order_layers(
    layer_ids: Sequence[str], *, groups: Mapping[str, str] | None = None
) -> ChangeLayers:
    """Return the edit that puts the layers of the map into an order.

    Parameters
    ----------
    layer_ids : sequence of str
        All layers of the map, the lowest first.
    groups : mapping of str, optional
        Layer to the group it moves into meanwhile, so that a drag is one step of undo.
    """
    _check_some(layer_ids)
    if len(set(layer_ids)) != len(layer_ids):
        raise EditError("A layer stands twice in the order.")
    moved = groups or {}
    changes: dict[str, dict[str, object]] = {
        layer_id: {"position": place} for place, layer_id in enumerate(layer_ids)
    }
    for layer_id, group in moved.items():
        changes.setdefault(layer_id, {})["group_name"] = group.strip()
    return ChangeLayers(changes, filled("Reorder the layers"))


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise EditError(
            f"The name of a layer has 1 to {LONGEST_NAME} characters that can be printed."
        )


def _check_opacity(opacity: float) -> None:
    if not (math.isfinite(opacity) and 0 <= opacity <= 1):
        raise EditError(f"The opacity of a layer is between 0 and 1, not {opacity}.")


def _check_some(items: Sequence[str] | Mapping[str, str]) -> None:
    if not items:
        raise EditError("No layer was chosen.")
