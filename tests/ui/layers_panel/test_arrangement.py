"""The order of layers in the tree and on the map; without Qt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.layers_panel.arrangement import Node, dropped, moved, nodes, stepped

ORDER = (
    ("land", "Base"),
    ("rivers", "Base"),
    ("sites", "Sites"),
    ("towns", "Base"),
    ("own", ""),
)


def _tree(order):
    return [(node.group, node.layer_ids) for node in nodes(order)]


def test_the_tree_is_the_map_from_above():
    assert nodes(ORDER) == (
        Node("", ("own",)),
        Node("Base", ("towns",)),
        Node("Sites", ("sites",)),
        Node("Base", ("rivers", "land")),
    )


def test_a_layer_moves_above_another_into_its_group():
    order = moved(ORDER, {"own"}, "land", "Base")
    assert _tree(order)[-1] == ("Base", ("rivers", "own", "land"))


def test_layers_dropped_between_groups_lose_theirs():
    order = dropped(ORDER, {"rivers"}, None, 2, "")
    assert _tree(order)[:4] == [
        ("", ("own",)),
        ("Base", ("towns",)),
        ("", ("rivers",)),
        ("Sites", ("sites",)),
    ]


def test_layers_dropped_into_a_group_join_it():
    order = dropped(ORDER, {"own", "towns"}, 2, 1, "Sites")
    assert _tree(order) == [
        ("Sites", ("sites", "own", "towns")),
        ("Base", ("rivers", "land")),
    ]


def test_a_layer_steps_through_its_group_out_of_it_and_into_the_next():
    order = ORDER
    seen = []
    for _ in range(4):
        order = stepped(order, ["land"], up=True)
        seen.append((dict(order)["land"], [name for name, _ in order].index("land")))
    assert seen == [("Base", 1), ("", 1), ("Sites", 1), ("Sites", 2)]
    for _ in range(4):
        order = stepped(order, ["land"], up=False)
    assert order == ORDER


def test_a_group_steps_past_its_neighbour():
    without_towns = tuple(item for item in ORDER if item[0] != "towns")
    order = stepped(without_towns, ["rivers", "land"], up=True)
    assert _tree(order)[1:] == [("Base", ("rivers", "land")), ("Sites", ("sites",))]
    assert stepped(order, ["rivers", "land"], up=False) == without_towns


def test_a_group_that_meets_its_other_part_becomes_one_with_it():
    order = stepped(ORDER, ["rivers", "land"], up=True)
    assert _tree(order)[1] == ("Base", ("towns", "rivers", "land"))


def test_at_the_ends_nothing_moves():
    assert stepped(ORDER, ["own"], up=True) == ORDER
    assert stepped(ORDER, ["rivers", "land"], up=False) == ORDER
    assert stepped(ORDER, ["nowhere"], up=False) == ORDER


@given(
    st.lists(st.sampled_from(["", "A", "B"]), min_size=1, max_size=8),
    st.integers(0, 7),
    st.booleans(),
)
def test_a_step_loses_no_layer_and_never_moves_others_among_each_other(groups, which, up):
    order = tuple((str(place), group) for place, group in enumerate(groups))
    chosen = str(which % len(groups))
    after = stepped(order, [chosen], up=up)
    assert sorted(name for name, _ in after) == sorted(name for name, _ in order)
    rest = [item for item in after if item[0] != chosen]
    assert rest == [item for item in order if item[0] != chosen]
