import time

import pytest


class Stopper:
    """A control that notes what it is told and stops the work at a given share.

    `times` are seconds of the processor, which other programs do not lengthen.
    """

    def __init__(self, stop_at):
        self.stop_at = stop_at
        self.seen = []
        self.times = []

    def report(self, fraction):
        self.seen.append(fraction)
        self.times.append(time.process_time())
        if fraction >= self.stop_at:
            raise KeyboardInterrupt


@pytest.fixture
def stopper():
    return Stopper
