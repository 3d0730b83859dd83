"""Keeps the search for garbage short, as everything stands still while it goes on.

Python finds objects that hold on to each other, yet are of no use any more, by going through
all it has made. Nothing in the process moves meanwhile, the window least of all; with the
modules, the widgets and the catalogue of sites that is a tenth of a second and more, at any
moment. What lasts as long as the program is therefore set aside.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OLDEST = 2
"""The generation of objects whose search goes through all that is not set aside."""
MOST_OBJECTS = 20_000
"""How many objects a search may leave to the next one, which takes ten milliseconds then."""
SEARCH_AFTER = 3
"""How many searches of younger objects come before one that goes through all."""


class LastingHeap:
    """Sets aside what lasts, from `start` to `stop`; it is a matter of the whole process.

    What has outlived a search through many objects is set aside too, as the modules that a
    first model loads. Circles of objects that are set aside and come to no use stay in memory
    until `look_through`, which is called where many of them come about.
    """

    def __init__(self) -> None:
        self._usual = gc.get_threshold()

    def start(self) -> None:
        """Set aside what there is, and from now on what makes a search long."""
        gc.freeze()
        gc.collect()  # of nothing: it forgets how much there was, which put off the next one
        gc.set_threshold(self._usual[0], self._usual[1], SEARCH_AFTER)
        gc.callbacks.append(_on_search)

    def stop(self) -> None:
        """Have everything looked through as before."""
        gc.callbacks.remove(_on_search)
        gc.set_threshold(*self._usual)
        gc.unfreeze()


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
