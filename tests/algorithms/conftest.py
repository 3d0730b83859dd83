import time

import pytest


class Stopper:
    """A control that notes what it is told and stops the work at a given share."""

    def __init__(self, stop_at):
        self.stop_at = stop_at
        self.seen = []
        self.times = []

    def report(self, fraction):
        self.seen.append(fraction)
        self.times.append(time.perf_counter())
        if fraction >= self.stop_at:
            raise KeyboardInterrupt


@pytest.fixture
def stopper():
    return Stopper
