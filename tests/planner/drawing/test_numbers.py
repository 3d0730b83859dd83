"""Numbers in sentences about drawings."""

import pytest

from planner.drawing.numbers import digits


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (float("nan"), "nan"),
        (0.0456, "0.0456"),
        (12.345, "12.3"),
        (99.96, "100"),
        (123.4, "123"),
        (-1400.4, "-1\N{NARROW NO-BREAK SPACE}400"),
        (1_000_001, "1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}001"),
    ],
)
def test_three_digits_or_all_before_the_point(value, told):
    assert digits(value) == told
