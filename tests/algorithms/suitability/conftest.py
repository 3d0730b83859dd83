"""Controls for the tests of suitability."""

from __future__ import annotations

import pytest


class CancelledError(Exception):
    """Raised by a control that stops the work."""


class _StopAt:
    def __init__(self, fraction: float) -> None:
        self.fraction = fraction
        self.told: list[float] = []

    def report(self, fraction: float) -> None:
        self.told.append(fraction)
        if fraction >= self.fraction:
            raise CancelledError


@pytest.fixture
def cancelled():
    return CancelledError


@pytest.fixture
def stop_at():
    """A control that raises `CancelledError` once the fraction is reached; 2 never does."""
    return _StopAt
