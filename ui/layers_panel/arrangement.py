"""The order of layers: how the tree shows it, and what a move makes of it.

An order is a tuple of (layer, group), the lowest layer first, as the map is drawn. The tree
shows it the other way round, in nodes: layers of one group that follow each other stand under
one heading, so that what stands higher in the tree always lies higher on the map. A layer
without a group stands by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Order: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Node:
    """What stands at the top level of the tree.

    Parameters
    ----------
    group : str
        The group; empty for a layer by itself.
    layer_ids : tuple of str
        Its layers, the topmost first.
    """

    group: str
    layer_ids: tuple[str, ...]


def nodes(order: Order) -> tuple[Node, ...]:
    """Return the nodes of the tree, the topmost first."""
    found: list[Node] = []
    for layer_id, group in reversed(order):
        if group and found and found[-1].group == group:
            found[-1] = Node(group, (*found[-1].layer_ids, layer_id))
        else:
            found.append(Node(group, (layer_id,)))
    return tuple(found)


def moved(
    order: Order, layer_ids: Collection[str], below: str | None, group: str | None
) -> Order:
    """Return the order after layers have moved directly above another.

    Parameters
    ----------
    order : order
        As it is.
    layer_ids : collection of str
        The layers to move; they keep their order among each other.
    below : str or None
        The layer that lies directly under them afterwards; None puts them lowest.
    group : str or None
        Their group afterwards; None leaves each its own.
    """
    taken = [(i, g if group is None else group) for i, g in order if i in layer_ids]
    rest = [item for item in order if item[0] not in layer_ids]
    place = 0
    if below is not None:
        place = [layer_id for layer_id, _ in rest].index(below) + 1
    return (*rest[:place], *taken, *rest[place:])


def dropped(
    order: Order, layer_ids: Collection[str], node: int | None, row: int, group: str | None
) -> Order:
    """Return the order after layers were dropped in the tree.

    Parameters
    ----------
    order : order
        As it is.
    layer_ids : collection of str
        What was dragged.
    node : int or None
        The node they were dropped into; None for between the nodes.
    row : int
        Row within the node, or among the nodes, before which they were dropped.
    group : str or None
        As for `moved`.
    """
    tree = nodes(order)
    after: list[str] = []
    if node is None:
        after = [name for later in tree[row:] for name in later.layer_ids]
    else:
        after = [*tree[node].layer_ids[row:]]
        after += [name for later in tree[node + 1 :] for name in later.layer_ids]
    below = next((name for name in after if name not in layer_ids), None)
    return moved(order, layer_ids, below, group)


def stepped(order: Order, layer_ids: Sequence[str], *, up: bool) -> Order:
    """Return the order after layers of one node have gone one step up or down the tree.

    A whole group steps past its neighbour. A layer at the edge of its group first leaves the
    group, then enters the next one. Where there is nowhere to go, nothing changes.

    Parameters
    ----------
    order : order
        As it is.
    layer_ids : sequence of str
        Layers of one node; those of other nodes than that of the first stay.
    up : bool
        Whether they go up.
    """
    tree = nodes(order)
    place = next((i for i, node in enumerate(tree) if layer_ids[0] in node.layer_ids), None)
    if place is None:
        return order
    own = tree[place].layer_ids
    taken = [name for name in own if name in layer_ids]
    if len(taken) == len(own):
        if tree[place].group:
            return _past_node(order, tree, place, up=up)
        return _by_itself(order, tree, place, up=up)
    group = tree[place].group
    first, last = own.index(taken[0]), own.index(taken[-1])
    if first == 0 if up else last == len(own) - 1:  # out of the group
        group = ""
        below = next(n for n in own if n not in taken) if up else _top_of(tree, place + 1)
    elif up:
        below = own[first - 1]
    else:
        below = own[last + 2] if last + 2 < len(own) else _top_of(tree, place + 1)
    return moved(order, taken, below, group)


def _past_node(order: Order, tree: Sequence[Node], place: int, *, up: bool) -> Order:
    if (up and place == 0) or (not up and place == len(tree) - 1):
        return order
    below = tree[place - 1].layer_ids[0] if up else _top_of(tree, place + 2)
    return moved(order, tree[place].layer_ids, below, None)


def _by_itself(order: Order, tree: Sequence[Node], place: int, *, up: bool) -> Order:
    """Step with a layer that has no group: past another such, or into a group."""
    other = place - 1 if up else place + 1
    if not 0 <= other < len(tree):
        return order
    if not tree[other].group:
        return _past_node(order, tree, place, up=up)
    below = _top_of(tree, place + 1)
    return moved(order, tree[place].layer_ids, below, tree[other].group)


def _top_of(tree: Sequence[Node], place: int) -> str | None:
    return tree[place].layer_ids[0] if place < len(tree) else None
