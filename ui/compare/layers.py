"""The layers of a second view: shared where they are the same, beside the others where not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.layer_spec import LayerSpec

PREFIX = "beside_"
"""How the ids of layers begin that only the second view shows."""


@dataclass(frozen=True)
class SecondLayers:
    """The layers of a second view.

    Parameters
    ----------
    specs : tuple of LayerSpec
        As the second view shows them, under their usual ids, the lowest first.
    beside : tuple of LayerSpec
        Those that differ from the first view's, under ids of their own.
    drawn_as : mapping of str to str
        Usual id to the id on the map, for each of `specs`.
    """

    specs: tuple[LayerSpec, ...] = ()
    beside: tuple[LayerSpec, ...] = ()
    drawn_as: Mapping[str, str] = field(default_factory=dict)

    def ids(self, shown: Mapping[str, bool]) -> tuple[str, ...]:
        """Return the ids on the map of what is switched on, bottom first."""
        return tuple(
            self.drawn_as[spec.layer_id] for spec in self.specs if shown.get(spec.layer_id)
        )

    @property
    def remote_ids(self) -> frozenset[str]:
        """The ids on the map of layers that come from servers."""
        return frozenset(self.drawn_as[spec.layer_id] for spec in self.specs if spec.is_remote)


def second_layers(first: Sequence[LayerSpec], second: Sequence[LayerSpec]) -> SecondLayers:
    """Return what the map must hold beside the layers of the first view for a second one.

    Parameters
    ----------
    first, second : sequence of LayerSpec
        The layers of both views under their usual ids, the lowest first.
    """
    known = {_alike(spec) for spec in first}
    drawn_as = {
        spec.layer_id: spec.layer_id if _alike(spec) in known else f"{PREFIX}{spec.layer_id}"
        for spec in second
    }
    beside = tuple(
        replace(spec, layer_id=drawn_as[spec.layer_id], visible=False)
        for spec in second
        if drawn_as[spec.layer_id] != spec.layer_id
    )
    return SecondLayers(tuple(second), beside, drawn_as)


def interleaved(
    first: Sequence[LayerSpec], beside: Sequence[LayerSpec]
) -> tuple[LayerSpec, ...]:
    """Return all layers of a map, each of the second view just above its like.

    What has no like in the first view lies above everything.
    """
    waiting = {spec.layer_id.removeprefix(PREFIX): spec for spec in beside}
    order: list[LayerSpec] = []
    for spec in first:
        order.append(spec)
        if spec.layer_id in waiting:
            order.append(waiting.pop(spec.layer_id))
    return (*order, *waiting.values())


def _alike(spec: LayerSpec) -> str:
    """Return a text that two layers share which draw the same, whether they are on or not."""
    return repr(replace(spec, visible=True))
