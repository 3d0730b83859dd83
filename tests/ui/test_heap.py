"""What lasts is not looked through for garbage again and again; garbage is still found."""

from __future__ import annotations

import gc
import weakref

import pytest

from ui.heap import MOST_OBJECTS, LastingHeap, look_through


@pytest.fixture
def heap():
    lasting = LastingHeap()
    lasting.start()
    yield lasting
    lasting.stop()


class Circle:
    def __init__(self):
        self.itself = self


def is_looked_at(item):
    return any(item is known for known in gc.get_objects(generation=2))


@pytest.mark.usefixtures("heap")
def test_what_was_there_is_set_aside():
    before = gc.get_freeze_count()
    assert before > 0
    gc.collect()
    assert len(gc.get_objects(generation=2)) < MOST_OBJECTS < before


@pytest.mark.usefixtures("heap")
def test_what_makes_a_search_long_is_set_aside_after_it():
    few = [Circle()]
    gc.collect()
    assert is_looked_at(few[0])
    many = [Circle() for _ in range(MOST_OBJECTS)]
    gc.collect()
    assert not is_looked_at(few[0])
    assert not is_looked_at(many[0])


@pytest.mark.usefixtures("heap")
def test_circles_that_came_to_no_use_are_still_found():
    circle = Circle()
    gone = weakref.ref(circle)
    del circle
    gc.collect()
    assert gone() is None


@pytest.mark.usefixtures("heap")
def test_circles_that_were_set_aside_are_found_by_a_look_through():
    kept = [Circle() for _ in range(MOST_OBJECTS)]
    gone = weakref.ref(kept[0])
    gc.collect()
    del kept
    gc.collect()
    assert gone() is not None
    look_through()
    assert gone() is None


def test_everything_is_as_before_when_it_has_ended():
    threshold, listeners = gc.get_threshold(), len(gc.callbacks)
    lasting = LastingHeap()
    lasting.start()
    assert gc.get_threshold() != threshold
    lasting.stop()
    assert (gc.get_threshold(), len(gc.callbacks)) == (threshold, listeners)
    assert gc.get_freeze_count() == 0


def test_a_look_through_leaves_a_process_alone_that_has_set_nothing_aside():
    look_through()
    assert gc.get_freeze_count() == 0
