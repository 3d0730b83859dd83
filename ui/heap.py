"""Searches for garbage in the window's thread only, between events, and keeps the search short.

Python finds objects that hold on to each other, yet are of no use any more, by going through
all it has made. Left to itself it does so wherever something is made: in the midst of painting,
and in threads beside the window. A widget that nobody holds any more is then deleted while it
is painted, or in a thread that must not touch it, and the program ends without a word. Here a
timer of the window searches, and nothing else does.

Nothing in the process moves meanwhile, the window least of all; with the modules, the widgets
and the catalogue of sites that is a tenth of a second and more. What lasts as long as the
program is therefore set aside.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PyQt6.QtCore import QTimer

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = 2
"""The generation of objects whose search goes through all that is not set aside."""
MOST_OBJECTS = 20_000
"""How many objects a search may leave to the next one, which takes ten milliseconds then."""
SEARCH_AFTER = 3
"""How many searches of younger objects come before one that goes through all."""
EVERY_MS = 200
"""How often the window sees whether a search is due."""


class LastingHeap:
    """Searches, and sets aside what lasts, from `start` to `stop`, for the whole process.

    Made and used in the window's thread. What has outlived a search through many objects is
    set aside too, as the modules that a first model loads. Circles of objects that are set
    aside and come to no use stay in memory until `look_through`, which is called where many of
    them come about.
    """

    def __init__(self) -> None:
        self._usual = gc.get_threshold()
        self._searched = gc.isenabled()
        self._timer = QTimer()
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(search_if_due)

    def start(self) -> None:
        """Set aside what there is, and search by the window's timer from now on."""
        self._searched = gc.isenabled()
        gc.disable()
        gc.freeze()
        gc.collect()  # of nothing: it forgets how much there was, which put off the next one
        gc.set_threshold(self._usual[0], self._usual[1], SEARCH_AFTER)
        gc.callbacks.append(_on_search)
        self._timer.start()

    def stop(self) -> None:
        """Have everything looked through as before."""
        self._timer.stop()
        gc.callbacks.remove(_on_search)
        gc.set_threshold(*self._usual)
        gc.unfreeze()
        if self._searched:
            gc.enable()


def search_if_due() -> None:
    """Search through what is as young as Python by itself would search through now.

    Only in the window's thread, and never while something is painted.
    """
    made, limits = gc.get_count(), gc.get_threshold()
    for generation in range(OLDEST, -1, -1):
        if made[generation] > limits[generation]:
            gc.collect(generation)
            return


def look_through() -> None:
    """Search what was set aside once, as when the whole window was made anew."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        gc.collect()  # as in `LastingHeap.start`


def _on_search(phase: str, info: Mapping[str, int]) -> None:
    """Set aside what has outlived a search, where that is a lot."""
    ended = phase == "stop" and info["generation"] == OLDEST
    if ended and len(gc.get_objects(OLDEST)) > MOST_OBJECTS:
        gc.freeze()
