"""Where the maps of a run that is looked at lie among the layers of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.qgis.layer_spec import LayerSpec

_BELOW = "base_rivers"
"""Where the project holds no suitability, maps of runs lie on this layer."""


def with_run_layers(
    layers: Sequence[LayerSpec], of_run: Sequence[LayerSpec]
) -> tuple[LayerSpec, ...]:
    """Return the layers of the map with those of a run, above other maps of suitability.

    Parameters
    ----------
    layers : sequence of LayerSpec
        The map, the lowest first.
    of_run : sequence of LayerSpec
        Maps of the run; those that the map holds already stay where they are.
    """
    known = {spec.layer_id for spec in layers}
    added = [spec for spec in of_run if spec.layer_id not in known]
    place = 0
    for at, spec in enumerate(layers, 1):
        if spec.group == "Suitability" or spec.layer_id == _BELOW:
            place = at
    return (*layers[:place], *added, *layers[place:])
