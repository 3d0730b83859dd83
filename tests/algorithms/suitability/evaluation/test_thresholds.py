from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.suitability.evaluation.thresholds import threshold_at, thresholds

RATING = st.lists(st.integers(0, 20).map(lambda n: n / 20), min_size=1, max_size=60)


def test_thresholds_by_hand():
    """Twenty presences 0.05 to 1 and background 0.05 to 0.5: a tenth are the lowest two."""
    presences = np.arange(1, 21) / 20
    background = np.arange(1, 11) / 20
    found = thresholds(presences, background)
    assert found.minimum_presence.value == 0.05
    assert (found.minimum_presence.omission, found.minimum_presence.background_share) == (0, 1)
    assert found.p10.value == pytest.approx(0.15)
    assert found.p10.omission == pytest.approx(0.1)
    assert found.p10.background_share == pytest.approx(0.8)
    assert found.max_tss.value == pytest.approx(0.55)
    assert found.max_tss.sensitivity == pytest.approx(0.5)
    assert found.max_tss.specificity == 1.0
    assert found.max_tss.tss == pytest.approx(0.5)


def test_few_presences_have_no_tenth():
    found = thresholds(np.array([0.2, 0.6, 0.9]), np.array([0.1, 0.3]))
    assert found.p10 == found.minimum_presence
    assert found.p10.value == 0.2


@given(RATING, RATING)
def test_thresholds_keep_their_word(presences, background):
    presences, background = np.array(presences), np.array(background)
    found = thresholds(presences, background)
    assert found.minimum_presence.omission == 0.0
    assert found.p10.omission <= 0.1 + 1e-12
    higher = presences[presences > found.p10.value]
    if len(higher):  # the next threshold up omits more than a tenth
        assert threshold_at(presences, background, higher.min()).omission > 0.1 - 1e-12
    every = [threshold_at(presences, background, one).tss for one in presences]
    assert found.max_tss.tss >= max(every)


def test_thresholds_check_their_input():
    with pytest.raises(ValueError, match="at least one"):
        thresholds(np.array([]), np.array([0.5]))
    with pytest.raises(ValueError, match="not finite"):
        threshold_at(np.array([0.5]), np.array([np.nan]), 0.5)
