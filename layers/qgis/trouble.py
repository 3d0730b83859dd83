"""Which layers made QGIS hang or crash, and which are left out for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from layers.qgis.layer_spec import LayerProblem, LayerSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STRIKES = 2


@dataclass
class LayerTroubles:
    """Counts what layers did; not safe to share between threads without a lock.

    A layer that does not open is left out at once. A layer that was being drawn when QGIS hung
    is left out the second time in a row; a drawing that succeeds clears it.
    """

    _strikes: dict[tuple[str, str], int] = field(default_factory=dict)
    _left_out: dict[tuple[str, str], str] = field(default_factory=dict)

    def strike(self, layer: LayerSpec, reason: str) -> None:
        """Count a hang while the layer was drawn."""
        key = (layer.layer_id, layer.source)
        self._strikes[key] = self._strikes.get(key, 0) + 1
        if self._strikes[key] >= STRIKES:
            self._left_out[key] = reason

    def leave_out(self, layer: LayerSpec, reason: str) -> None:
        """Leave a layer out until it is forgiven or its source changes."""
        self._left_out[(layer.layer_id, layer.source)] = reason

    def drawn(self, layer_ids: Iterable[str]) -> None:
        """Clear the strikes of layers that were drawn without trouble."""
        done = set(layer_ids)
        for key in [k for k in self._strikes if k[0] in done and k not in self._left_out]:
            del self._strikes[key]

    def forgive(self, layer_ids: Iterable[str]) -> None:
        """Give layers another chance."""
        asked = set(layer_ids)
        for record in (self._strikes, self._left_out):
            for key in [k for k in record if k[0] in asked]:
                del record[key]

    def allowed(self, specs: Sequence[LayerSpec]) -> list[LayerSpec]:
        """Return the layers that are not left out."""
        return [s for s in specs if (s.layer_id, s.source) not in self._left_out]

    def problems(self, specs: Sequence[LayerSpec]) -> tuple[LayerProblem, ...]:
        """Return why layers are left out."""
        return tuple(
            LayerProblem(s.layer_id, s.name, self._left_out[(s.layer_id, s.source)])
            for s in specs
            if (s.layer_id, s.source) in self._left_out
        )
