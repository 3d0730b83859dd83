from __future__ import annotations

import pytest
import shapely

from planner.records import (
    attribute,
    listed,
    number,
    shape_of,
    shown_number,
    texts,
    whole_number,
)


@pytest.mark.parametrize(
    ("stored", "read"), [(["a", 1], ("a", "1")), ([], ()), (None, ()), ("ab", ())]
)
def test_texts_are_those_of_a_list(stored, read):
    assert texts(stored) == read


@pytest.mark.parametrize(("stored", "read"), [(2, 2.0), (2.5, 2.5), (None, 0.0), ("2", 0.0)])
def test_an_unknown_number_counts_as_nothing(stored, read):
    assert number(stored) == read


@pytest.mark.parametrize(
    ("stored", "digits", "shown"),
    [
        (1234.5, 1, "1,234.5"),
        (0, 0, "0"),
        (None, 2, ""),
        (0.004, 2, "0.00"),
        (-1234, 0, "-1,234"),
    ],
)
def test_numbers_are_shown_with_separators_and_gaps_stay_empty(stored, digits, shown):
    assert shown_number(stored, digits) == shown


@pytest.mark.parametrize(
    ("names", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_names_are_listed_as_in_a_sentence(names, text):
    assert listed(names) == text


def test_attributes_may_be_missing():
    assert attribute({"attributes": {"x": 1}}, "x") == 1
    assert attribute({"attributes": {"x": 1}}, "y") is None
    assert attribute({"attributes": None}, "x") is None


def test_a_shape_that_must_be_there_is_asked_for_in_words():
    point = shapely.Point(0, 0)
    assert shape_of({"geometry": point}) is point
    with pytest.raises(ValueError, match="row 7 has no geometry"):
        shape_of({"geometry": None, "fid": 7})


def test_a_whole_number_is_not_guessed():
    assert whole_number(7) == 7
    with pytest.raises(TypeError, match="'7'"):
        whole_number("7")
