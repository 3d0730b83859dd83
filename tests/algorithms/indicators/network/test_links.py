import numpy as np
import pytest

from algorithms.indicators.network.links import (
    components,
    link_count,
    links_between,
    listed_links,
    node_count,
)


def test_rows_hold_the_shortest_first_and_both_ends():
    links = listed_links(
        4,
        np.array([0, 2, 0], np.int32),
        np.array([1, 0, 3], np.int32),
        np.array([5, 1, np.inf]),
    )
    assert node_count(links) == 4
    assert link_count(links) == 2
    assert list(links.start) == [0, 2, 3, 4, 4]
    assert list(links.neighbour[:2]) == [2, 1]
    assert list(links.number[:2]) == [1, 0]


def test_parts_are_numbered_by_their_first_nodes():
    distance = np.full((5, 5), np.inf)
    distance[0, 3] = distance[3, 0] = 1
    distance[1, 4] = distance[4, 1] = 2
    assert list(components(links_between(distance))) == [0, 1, 2, 0, 1]
    assert list(components(links_between(distance, longest=1.5))) == [0, 1, 2, 0, 3]
    assert components(links_between(np.zeros((0, 0)))).size == 0


@pytest.mark.parametrize(
    ("first", "second", "length", "told"),
    [
        ([0], [1], [-1.0], ">= 0"),
        ([0], [1], [np.nan], ">= 0"),
        ([0], [2], [1.0], "nodes 0 to 1"),
        ([-1], [1], [1.0], "nodes 0 to 1"),
        ([1], [1], [1.0], "different"),
        ([0, 1], [1, 0], [1.0, 1.0], "same ends"),
        ([0, 1], [1], [1.0], "do not fit"),
    ],
)
def test_refuses_lists_that_make_no_network(first, second, length, told):
    with pytest.raises(ValueError, match=told):
        listed_links(2, np.array(first, np.int32), np.array(second, np.int32), np.array(length))


def test_refuses_matrices_that_make_no_network():
    with pytest.raises(ValueError, match="square"):
        links_between(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="both ways"):
        links_between(np.array([[0, 1], [2, 0.0]]))
    with pytest.raises(ValueError, match=">= 0"):
        links_between(np.array([[0, -1], [-1, 0.0]]))
