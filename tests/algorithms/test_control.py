from __future__ import annotations

import pytest

from algorithms.control import PartControl


class Recorder:
    def __init__(self):
        self.seen = []

    def report(self, fraction):
        self.seen.append(fraction)


def test_a_part_reports_its_share_of_the_whole():
    whole = Recorder()
    part = PartControl(whole, 0.2, 0.6)
    for fraction in (0.0, 0.5, 1.0):
        part.report(fraction)
    assert whole.seen == pytest.approx([0.2, 0.4, 0.6])


@pytest.mark.parametrize("ends", [(0.5, 0.4), (-0.1, 0.5), (0.5, 1.1)])
def test_a_part_lies_within_the_whole(ends):
    with pytest.raises(ValueError, match="within"):
        PartControl(Recorder(), *ends)
