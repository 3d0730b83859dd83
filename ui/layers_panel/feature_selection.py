"""Which features of a layer are selected: one object that map, table and tools look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

if TYPE_CHECKING:
    from collections.abc import Iterable


class FeatureSelection(QObject):
    """Features that are selected, of one layer at a time."""

    changed = pyqtSignal()
    """Other features are selected now."""

    def __init__(self) -> None:
        super().__init__()
        self._layer_id = ""
        self._fids: tuple[int, ...] = ()

    @property
    def layer_id(self) -> str:
        """The layer whose features are selected; empty where none are."""
        return self._layer_id

    @property
    def fids(self) -> tuple[int, ...]:
        """Identifiers of the features, in ascending order."""
        return self._fids

    def fids_of(self, layer_id: str) -> tuple[int, ...]:
        """Return the selected features of a layer; none where those of another are."""
        return self._fids if layer_id == self._layer_id else ()

    def set(self, layer_id: str, fids: Iterable[int]) -> None:
        """Select features of a layer in place of those selected before.

        Parameters
        ----------
        layer_id : str
            The layer.
        fids : iterable of int
            Its features; none clears the selection.
        """
        wanted = tuple(sorted(set(fids)))
        layer = layer_id if wanted else ""
        if (layer, wanted) == (self._layer_id, self._fids):
            return
        self._layer_id, self._fids = layer, wanted
        self.changed.emit()

    def clear(self) -> None:
        """Select nothing."""
        self.set("", ())
