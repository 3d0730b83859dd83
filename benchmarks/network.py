"""Time betweenness and the importance of patches against networkx, on the same graph.

``python -m benchmarks.network [NODES]`` prints one row per network. The graph of the peer is
built beforehand: only its search is timed. Importance is compared with taking each patch out of
a networkx graph in turn, on a smaller network, as the peer has no such measure.
"""

from __future__ import annotations

import sys
import time

import networkx as nx
import numpy as np

from algorithms.indicators.network.betweenness import betweenness
from algorithms.indicators.network.equivalent_area import probability_links
from algorithms.indicators.network.importance import removal_importance
from algorithms.indicators.network.links import Links, link_count, links_between, unit_links

REACH = 3.0
LONGEST = 4.0


def patches(count: int) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], Links]:
    """Scatter patches of random size, about ten near each; return areas and links."""
    rng = np.random.default_rng(count)
    place = rng.uniform(0, 2.1 * np.sqrt(count), (count, 2))
    distance = np.hypot(*(place[:, None] - place[None]).T)
    return rng.uniform(1, 100, count), links_between(distance, longest=LONGEST)


def graph_of(links: Links) -> nx.Graph:
    """Return the same network as a networkx graph."""
    rows = np.repeat(np.arange(len(links.start) - 1), np.diff(links.start))
    graph = nx.Graph()
    graph.add_nodes_from(range(len(links.start) - 1))
    graph.add_weighted_edges_from(
        zip(rows.tolist(), links.neighbour.tolist(), links.length.tolist(), strict=True)
    )
    return graph


def betweenness_row(count: int, *, weighted: bool) -> str:
    """Return one row: seconds of both, and how far their betweenness differs."""
    _, links = patches(count)
    used = links if weighted else unit_links(links)
    one = np.ones(count)
    begin = time.perf_counter()
    own = betweenness(used, one, one).paths
    own_s = time.perf_counter() - begin
    graph = graph_of(links)
    begin = time.perf_counter()
    found = nx.betweenness_centrality(
        graph, normalized=False, weight="weight" if weighted else None
    )
    peer_s = time.perf_counter() - begin
    peer = np.array([found[node] for node in range(count)])
    apart = float(np.max(np.abs(own - peer) / np.maximum(peer, 1)))
    kind = "by distance" if weighted else "by links"
    return (
        f"betweenness {kind:<12} {count:>5} patches {link_count(links):>6} links   "
        f"own {own_s:6.3f} s   networkx {peer_s:7.2f} s   {peer_s / own_s:6.1f} times   "
        f"apart {apart:.0e}"
    )


def _numerator(graph: nx.Graph, area: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    total = 0.0
    for node, reached in nx.all_pairs_dijkstra_path_length(graph):
        total += area[node] * sum(
            area[other] * np.exp(-length) for other, length in reached.items()
        )
    return total


def importance_row(count: int) -> str:
    """Return one row: seconds of dPC of all patches, and how far it differs."""
    area, links = patches(count)
    reach = probability_links(links, reference_distance=REACH)
    begin = time.perf_counter()
    own = removal_importance(reach, area, area, "probability", with_links=False).removal
    own_s = time.perf_counter() - begin
    graph = graph_of(reach)
    begin = time.perf_counter()
    whole = _numerator(graph, area)
    peer = np.empty(count)
    for node in range(count):
        less = graph.copy()
        less.remove_node(node)
        peer[node] = whole - _numerator(less, area)
    peer_s = time.perf_counter() - begin
    apart = float(np.max(np.abs(own - peer) / np.maximum(peer, 1)))
    return (
        f"dPC of all               {count:>5} patches {link_count(links):>6} links   "
        f"own {own_s:6.3f} s   networkx {peer_s:7.2f} s   {peer_s / own_s:6.1f} times   "
        f"apart {apart:.0e}"
    )


def own_importance_row(count: int) -> str:
    """Return one row: seconds of dPC of all patches of a network too large for the peer."""
    area, links = patches(count)
    reach = probability_links(links, reference_distance=REACH)
    begin = time.perf_counter()
    removal_importance(reach, area, area, "probability", with_links=False)
    own_s = time.perf_counter() - begin
    return (
        f"dPC of all               {count:>5} patches {link_count(links):>6} links   "
        f"own {own_s:6.3f} s   networkx: left out, it would take hours"
    )


def main(largest: int = 2000) -> None:
    """Compile first, then measure networks up to this many patches."""
    print("networks of patches, all cores for the own code, one for networkx")
    area, links = patches(20)
    betweenness(links, area, area)
    removal_importance(links, area, area, "probability", with_links=False)
    for count in (404, 1000, largest):
        for weighted in (False, True):
            print(betweenness_row(count, weighted=weighted))
    print(importance_row(120))
    print(own_importance_row(404))
    print(own_importance_row(largest))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
