import numpy as np
import pytest
from scipy.sparse import coo_array, diags_array
from scipy.sparse.csgraph import connected_components


class Circuit:
    """A random grid with holes, regions that are one node, and grounds, as a matrix."""

    def __init__(self, rng, shape, *, holes=0.0, regions=0, eight=True, far=0):
        node = np.full(shape, -1)
        open_cells = rng.random(shape) >= holes
        open_cells.flat[0] = True
        node[open_cells] = np.arange(np.count_nonzero(open_cells))
        count = int(np.count_nonzero(open_cells))
        position = np.argwhere(open_cells).astype(np.int32)
        pairs = [(node[:, :-1], node[:, 1:]), (node[:-1], node[1:])]
        if eight:
            pairs += [(node[:-1, :-1], node[1:, 1:]), (node[:-1, 1:], node[1:, :-1])]
        i = np.concatenate([a.ravel() for a, _ in pairs])
        j = np.concatenate([b.ravel() for _, b in pairs])
        both = (i >= 0) & (j >= 0)
        i, j = i[both], j[both]
        name = np.arange(count)
        for _ in range(regions):  # scattered cells become one node without a position
            cells = rng.choice(count, size=min(count, 5), replace=False)
            name[cells] = name[cells[0]]
            position[cells] = -1
        i, j = name[i], name[j]
        if far:
            i = np.append(i, rng.integers(0, count, far))
            j = np.append(j, rng.integers(0, count, far))
            i, j = name[i], name[j]
        kept, new = np.unique(name, return_inverse=True)
        i, j = new[i], new[j]
        apart = i != j
        i, j = i[apart], j[apart]
        size = kept.size
        conductance = 1 / rng.uniform(1, 100, i.size)
        off = coo_array((conductance, (i, j)), shape=(size, size))
        off = (off + off.T).tocsr()
        ground = np.where(rng.random(size) < 0.2, rng.uniform(0.01, 1, size), 0.0)
        ground[_one_of_each_component(off)] = 1.0
        self.matrix = (diags_array(off.sum(axis=1) + ground) - off).tocsr()
        self.position = position[kept]


def _one_of_each_component(graph):
    _, label = connected_components(graph, directed=False)
    return np.unique(label, return_index=True)[1]


@pytest.fixture(scope="session")
def circuit():
    return Circuit
