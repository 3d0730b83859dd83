"""What the colours of one of two maps mean: only of what is switched on and there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui import words
from ui.layers_panel.swatch import category_swatches, swatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PyQt6.QtGui import QIcon

    from layers.qgis.layer_spec import LayerSpec
    from ui.layers_panel.tree_model import LegendEntries
    from ui.map.side import Side
    from ui.snapshot import Snapshot

_BASE = "base_"
_TOLD_OF_BASE = frozenset({"base_border_lines", "base_disputed_lines"})
_KINDS = {
    "proposals": "proposal",
    "corridor_swaths": "corridor",
    "corridor_paths": "corridor",
    "bottleneck_stretches": "corridor",
    "widening_areas": "corridor",
}
"""Layers that show nothing where a scenario has none of a kind."""


@dataclass(frozen=True)
class LegendRow:
    """A line of a legend.

    Parameters
    ----------
    text : str
        What is drawn so, in the reader's language.
    picture : QIcon
        How.
    """

    text: str
    picture: QIcon


def legend_rows(
    side: Side, told_by_engine: Callable[[str], LegendEntries | None]
) -> tuple[LegendRow, ...]:
    """Return the legend of a map, the topmost layer first.

    Parameters
    ----------
    side : Side
        The map.
    told_by_engine : callable
        Returns what the colours of a layer with a style of its own mean; None where the style
        says so itself.
    """
    return tuple(
        row
        for spec in reversed(side.specs)
        if spec.layer_id in side.drawn_as and _has_something(spec.layer_id, side.snapshot)
        for row in _rows(spec, told_by_engine(spec.layer_id))
    )


def _has_something(layer_id: str, snapshot: Snapshot) -> bool:
    if layer_id.startswith(_BASE):
        return layer_id in _TOLD_OF_BASE
    kind = _KINDS.get(layer_id)
    return kind is None or any(row.kind == kind for row in snapshot.features)


def _rows(spec: LayerSpec, told: LegendEntries | None) -> Iterator[LegendRow]:
    entries = category_swatches(spec) if told is None else told
    if len(entries) > 1:
        for text, picture in entries:
            yield LegendRow(words.stored(text), picture)
        return
    picture = entries[0][1] if entries else swatch(spec)
    yield LegendRow(words.stored(spec.name), picture)
