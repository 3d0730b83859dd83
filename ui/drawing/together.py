"""Proposals that are selected together, on the map or in the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, pyqtSignal

from ui.snapshot import Selection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.features.list import FeatureList
    from ui.map.select_desk import SelectDesk


class Together(QObject):
    """Keeps what is selected on the map and in the list of proposals the same.

    It knows of nothing until it is given both by `follow`.
    """

    changed = pyqtSignal()
    """Other proposals, or more of them, are selected together now."""

    def __init__(self) -> None:
        super().__init__()
        self._selecting: SelectDesk | None = None
        self._list: FeatureList | None = None

    def follow(self, selecting: SelectDesk, listed: FeatureList) -> None:
        """Hear what is selected.

        Parameters
        ----------
        selecting : SelectDesk
            Knows what is selected on the map.
        listed : FeatureList
            The proposals of the scenario; several of them can be selected.
        """
        self._selecting, self._list = selecting, listed
        selecting.picked.changed.connect(self._on_picked)
        listed.features_chosen.connect(self.choose)

    @property
    def keys(self) -> tuple[str, ...]:
        """The proposals, in the order of selecting; none where there are less than two."""
        if self._selecting is None:
            return ()
        keys = self._selecting.picked.keys("proposal")
        return keys if len(keys) > 1 else ()

    def choose(self, keys: Sequence[str]) -> None:
        """Select proposals together, everywhere."""
        if self._selecting is not None:
            self._selecting.pick([Selection("proposal", key) for key in keys])

    def _on_picked(self) -> None:
        if self._list is not None:
            self._list.show_together(self.keys)
        self.changed.emit()
