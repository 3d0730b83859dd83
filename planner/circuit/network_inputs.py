"""What a network case reads: links, focal nodes, sources and grounds by the ids of nodes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from algorithms.connectivity.circuit.graph import CircuitGraph, link_graph
from planner.circuit.errors import CircuitInputError
from planner.circuit.inputs import check_count, check_pairs, ground_conductance, reclassified
from planner.circuit.lists import PairRule, read_numbers, read_pairs, whole_ids

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from planner.circuit.options import CircuitOptions
    from planner.circuit.places import CasePlaces


@dataclass(slots=True)
class NetworkCase:
    """What a network case works on.

    Attributes
    ----------
    graph : CircuitGraph
        The links.
    ids : (count,) int64
        Id of each node, rising.
    focal : (k,) int64
        Ids of the focal nodes, rising; some may be no node.
    pairs : PairRule, optional
        Which pairs are wanted.
    source, ground : (count,) float64, optional
        Of an advanced case.
    warnings : list of str
        What the user should know of the inputs.
    """

    graph: CircuitGraph
    ids: NDArray[np.int64]
    focal: NDArray[np.int64]
    pairs: PairRule | None = None
    source: FloatArray | None = None
    ground: FloatArray | None = None
    warnings: list[str] = field(default_factory=list)


def read_network_case(options: CircuitOptions, places: CasePlaces) -> NetworkCase:
    """Read what a network case needs.

    Raises
    ------
    CircuitInputError
        A file is damaged, or holds what has no meaning.
    """
    files = places.inputs
    table = read_numbers(files["habitat_file"], 3, "two nodes and a value")
    warnings: list[str] = []
    graph, ids = _links(table, options, places, warnings)
    case = NetworkCase(graph, ids, np.empty(0, dtype=np.int64), warnings=warnings)
    if options.scenario == "advanced":
        case.source = _at_nodes(case, files["source_file"], "source")
        if options.use_unit_currents:
            case.source = np.where(case.source != 0.0, 1.0, 0.0)
        given = _at_nodes(case, files["ground_file"], "ground", missing=np.nan)
        case.ground = ground_conductance(given, files["ground_file"], options)
        for values, key in ((case.source, "source_file"), (case.ground, "ground_file")):
            if not values.any():
                raise CircuitInputError(f"{files[key]} names no node of the network.")
        return case
    case.focal = _focal_nodes(places)
    if "included_pairs_file" in files:
        case.pairs = read_pairs(files["included_pairs_file"])
        check_pairs(case.pairs, case.focal, files["included_pairs_file"], options)
    return case


def _links(
    table: FloatArray, options: CircuitOptions, places: CasePlaces, warnings: list[str]
) -> tuple[CircuitGraph, NDArray[np.int64]]:
    path = places.inputs["habitat_file"]
    ends = whole_ids(table[:, :2], path, "nodes")
    values = table[:, 2]
    if "reclass_file" in places.inputs:
        values = reclassified(values, places.inputs["reclass_file"], warnings)
    bad = (values < 0.0) | (options.habitat_map_is_resistances & (values == 0.0))
    if (ends < 0).any() or bad.any():
        line = int(np.flatnonzero(bad | (ends < 0).any(axis=1))[0])
        first, second = ends[line]
        what = "resistance" if options.habitat_map_is_resistances else "conductance"
        raise CircuitInputError(
            f"{path}: the link of {first} and {second} has the {what} {values[line]:g}. Nodes "
            f"are whole numbers from 0, and a {what} must be > 0."
        )
    ids, number = np.unique(ends, return_inverse=True)
    conductance = 1.0 / values if options.habitat_map_is_resistances else values
    first, second = number.reshape(ends.shape).T.astype(np.int32)
    return link_graph(len(ids), first, second, conductance), ids


def _focal_nodes(places: CasePlaces) -> NDArray[np.int64]:
    path = places.inputs["point_file"]
    if path == places.inputs["habitat_file"]:
        nodes = read_numbers(path, 2, "two nodes")
    else:
        nodes = read_numbers(path, 0, "focal nodes")
    found = np.unique(whole_ids(nodes, path))
    check_count(len(found), path)
    if len(found) < 2:
        raise CircuitInputError(
            f"{path} names {len(found)} focal node; at least 2 are needed. Add one."
        )
    return found


def _at_nodes(case: NetworkCase, path: Path, what: str, *, missing: float = 0.0) -> FloatArray:
    """Read ids with values; returns the value of each node. The last of an id counts."""
    table = read_numbers(path, 2, f"a node and its {what}")
    nodes = whole_ids(table[:, 0], path)
    found = np.full(len(case.ids), missing)
    known = np.isin(nodes, case.ids)
    if not known.all():
        case.warnings.append(
            f"{path}: {int((~known).sum())} nodes are not in the network and are left out, the "
            f"first is {nodes[~known][0]}."
        )
    found[np.searchsorted(case.ids, nodes[known])] = table[known, 1]
    return found
