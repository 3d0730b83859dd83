"""What lasts is not looked through for garbage again and again; garbage is still found."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PyQt6.QtWidgets import QWidget
from typing_extensions import override

from ui.heap import MOST_OBJECTS, LastingHeap, look_through

MANY = 5 * gc.get_threshold()[0]
"""Objects that Python by itself would search through several times while they are made."""


@pytest.fixture
def heap(qapp):
    gc.enable()  # as where the program begins
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


class TellingCircle(Circle):
    """Tells in which thread it was deleted."""

    deleted_in: list[threading.Thread]

    def __del__(self):
        self.deleted_in.append(threading.current_thread())


def make_circles():
    for _ in range(MANY):
        TellingCircle()


@pytest.mark.usefixtures("heap")
def test_circles_of_other_threads_are_deleted_in_the_thread_of_the_window(qtbot):
    TellingCircle.deleted_in = []
    thread = threading.Thread(target=make_circles)
    thread.start()
    thread.join()
    assert TellingCircle.deleted_in == []
    qtbot.waitUntil(lambda: len(TellingCircle.deleted_in) == MANY)
    assert set(TellingCircle.deleted_in) == {threading.main_thread()}


class Forgotten(QWidget):
    """A widget that nobody holds but itself, which makes much while it is painted."""

    def __init__(self, log):
        super().__init__()
        self.itself = self
        self._log = log

    @override
    def paintEvent(self, a0):
        self._log.append("painted")
        for _ in range(MANY):
            Circle()
        assert self.isVisible()
        self._log.append("alive")


@pytest.mark.usefixtures("heap")
def test_a_widget_that_nobody_holds_is_not_deleted_while_it_is_painted(qtbot):
    log = []
    gone = weakref.ref(Forgotten(log))
    gone().show()
    qtbot.waitUntil(lambda: gone() is None)
    assert log[:2] == ["painted", "alive"]


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


@pytest.mark.usefixtures("qapp")
def test_everything_is_as_before_when_it_has_ended():
    gc.enable()
    threshold, listeners = gc.get_threshold(), len(gc.callbacks)
    lasting = LastingHeap()
    lasting.start()
    assert gc.get_threshold() != threshold
    assert not gc.isenabled()
    lasting.stop()
    assert (gc.get_threshold(), len(gc.callbacks)) == (threshold, listeners)
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_a_look_through_leaves_a_process_alone_that_has_set_nothing_aside():
    look_through()
    assert gc.get_freeze_count() == 0
