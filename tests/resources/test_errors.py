from __future__ import annotations

import pytest

from resources.errors import PlannerError, UsageError, nearest_names_hint


def test_near_names_are_offered():
    assert (
        nearest_names_hint("amur tigr", ["amur-tiger", "snow-leopard"])
        == "Did you mean amur-tiger?"
    )


def test_a_word_of_the_name_is_enough():
    assert (
        nearest_names_hint("tigr", ["tiger-leopard", "dauria"]) == "Did you mean tiger-leopard?"
    )


def test_all_names_are_listed_where_none_is_near():
    assert nearest_names_hint("xyz", ["b", "a"]) == "Known names: a, b."


def test_a_usage_error_is_a_value_error_too():
    with pytest.raises(ValueError, match="no"):
        raise UsageError("no")
    assert issubclass(UsageError, PlannerError)
