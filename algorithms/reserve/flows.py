"""One connected piece, as a flow: each selected unit draws one share from the root.

The flow runs from unit to unit only where both are selected, so that a unit that no selected
land joins to the root cannot draw its share. It makes sure of what separators only approach;
they keep the relaxation tight, which the flow alone does not. It is for groups with a root:
without one the solver would have to try every unit as the root.

References
----------
Conrad, J. M., Gomes, C. P., van Hoeve, W.-J., Sabharwal, A. & Suter, J. F. (2012). Wildlife
corridors as a connected subgraph problem. Journal of Environmental Economics and Management 63,
1-18.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, vstack
from scipy.sparse.csgraph import breadth_first_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.reserve.contiguity import Group
    from algorithms.reserve.model import Completion, Model

MOST_UNITS = 3_000
"""Units of all groups up to which flows are worth their columns."""


def with_flows(model: Model, groups: Sequence[Group]) -> Model:
    """Return a programme whose groups are one piece each.

    Parameters
    ----------
    model : Model
        The programme of `Separators`.
    groups : sequence of Group
        What must be one piece each; with a root.
    """
    for group in groups:
        model = _with_flow(model, group)
    return model


def _with_flow(model: Model, group: Group) -> Model:
    """Return a programme with the columns of the flow of one group.

    They are one per arc, and one per unit for what it draws as the root.
    """
    k = group.member.size
    links = group.links.tocoo()
    here, there = (np.asarray(end, np.int64) for end in links.coords)
    arcs = here.size
    first = model.cost.size
    arc, unit = first + np.arange(arcs), np.arange(k)
    draw = first + arcs + unit
    most = float(k)
    number = np.arange(arcs)
    parts: list[tuple[np.ndarray, np.ndarray, float]] = [
        # What comes in, and what is drawn, less what goes out is the unit's own share.
        (there, arc, 1.0),
        (here, arc, -1.0),
        (unit, draw, 1.0),
        (unit, group.member, -1.0),
        # Flow runs between selected units, and none comes back into the root.
        (k + number, arc, 1.0),
        (k + number, group.member[here], -(most - 1.0)),
        (k + arcs + number, arc, 1.0),
        (k + arcs + number, group.member[there], -(most - 1.0)),
    ]
    size = k + 2 * arcs
    drawn = np.where(unit == group.root, most, 0.0)
    row, column, value = (
        np.concatenate(each)
        for each in zip(*(np.broadcast_arrays(r, c, v) for r, c, v in parts), strict=True)
    )
    total = first + arcs + k
    added = coo_array((value, (row, column)), shape=(size, total))
    old = csr_array(
        (model.rows.data, model.rows.indices, model.rows.indptr),
        shape=(model.row_lower.size, total),
    )
    lower = np.full(size, -np.inf)
    lower[:k] = 0.0
    extra = arcs + k
    return replace(
        model,
        cost=np.append(model.cost, np.zeros(extra)),
        lower=np.append(model.lower, np.zeros(extra)),
        upper=np.concatenate([model.upper, np.full(arcs, most - 1.0), drawn]),
        integer=np.append(model.integer, np.zeros(extra, np.bool_)),
        rows=csr_array(vstack([old, added])),
        row_lower=np.append(model.row_lower, lower),
        row_upper=np.append(model.row_upper, np.zeros(size)),
        completions=(*model.completions, (first, _tree_flow(group))),
    )


def _tree_flow(group: Group) -> Completion:
    """Return how much flows along each arc, and is drawn, by a tree from the root."""
    links = csr_array(group.links)
    coordinates = links.tocoo().coords
    here, there = coordinates[0], coordinates[1]
    number = csr_array((np.arange(1, here.size + 1), (here, there)), shape=links.shape)

    def complete(selected: BoolArray) -> FloatArray:
        inside = np.flatnonzero(selected[group.member])
        flow = np.zeros(here.size + group.member.size)
        if not inside.size:
            return flow
        local = links[inside][:, inside]
        root = int(np.searchsorted(inside, group.root))
        order, before = breadth_first_order(local, root)
        share = np.ones(inside.size)
        for unit in order[:0:-1]:
            share[before[unit]] += share[unit]
            flow[number[inside[before[unit]], inside[unit]] - 1] = share[unit]
        flow[here.size + inside[root]] = share[root]
        return flow

    return complete
