"""What holds for every test."""

from __future__ import annotations

import ctypes
import sys

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("busy machine")

_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
"""Of glibc, which by itself keeps hundreds of megabytes that were freed in small pieces."""


@pytest.fixture(scope="module", autouse=True)
def memory_given_back():
    """Give memory that a file of tests has freed back to the system."""
    yield
    if _trim is not None:
        _trim(0)
