"""The network of a project: cores and corridors of a species, and its protected areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import ndimage

from algorithms.indicators.distances import patch_distances
from algorithms.indicators.network.links import links_between, listed_links
from algorithms.indicators.network.protconn import protconn
from layers.catalogue import Catalogue
from layers.pack import DataPack
from planner.network.errors import NetworkInputError
from planner.network.inputs import Network
from planner.network.measures import NetworkSettings
from planner.pipeline.habitat_network import dispersal_reach
from planner.pipeline.indicators import ALL, PROTCONN_KM
from planner.pipeline.sites import ProtectedLand
from planner.pipeline.study import SCENARIO, Study
from planner.profiles import load_region, load_species
from planner.project import table_output
from planner.records import number, shape_of
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from algorithms.arrays import IntArray
    from algorithms.indicators.network.protconn import ProtConn
    from planner.project import Project
    from planner.records import Record

By = Literal["length", "cost"]


@dataclass(frozen=True)
class SpeciesNetwork:
    """Cores and corridors of one species.

    Parameters
    ----------
    species : str
        Id of the species.
    network : Network
        Areas in km²; lengths in km, or in cost.
    settings : NetworkSettings
        Dispersal of the species, in the same unit.
    lines : dict
        The path of each corridor, by the ids of its cores.
    """

    species: str
    network: Network
    settings: NetworkSettings
    lines: dict[tuple[str, str], object]


def species_with_cores(project: Project, wanted: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the species of which a project holds cores, or those wanted.

    Raises
    ------
    NetworkInputError
        The project holds no cores; says how to find them.
    UsageError
        A wanted species has none.
    """
    rows = project.records("cores", scenario=SCENARIO)
    known = sorted({str(row["species"]) for row in rows})
    if not known:
        raise NetworkInputError(
            f"{project.path} holds no cores. Find them with landbridge corridors PROJECT, or "
            "with landbridge plan."
        )
    for one in wanted:
        if one not in known:
            raise UsageError(
                f"{project.path} holds no cores of {one!r}. {nearest_names_hint(one, known)}"
            )
    return tuple(wanted) or tuple(known)


def species_network(project: Project, species: str, by: str = "length") -> SpeciesNetwork:
    """Read the cores of a species as nodes and its corridors as links.

    Parameters
    ----------
    project : Project
        With cores and corridors.
    species : str
        Id of the species.
    by : {"length", "cost"}
        Whether links are as long as their least-cost path in km, or as costly. For costs the
        reach of the species is multiplied by the median cost per km of the corridors.

    Raises
    ------
    UsageError
        `by` is neither.
    """
    if by not in {"length", "cost"}:
        raise UsageError(f"--by {by!r}: give length or cost.")
    cores = project.records("cores", scenario=SCENARIO, species=species)
    paths = project.records("corridors", scenario=SCENARIO, species=species, kind="path")
    ids = tuple(str(row["core_id"]) for row in cores)
    shortest, lines = _shortest(paths, ids, by)
    reach, probability = dispersal_reach(load_species(species))
    notes = [
        f"{species}: {len(ids)} cores, {len(shortest)} pairs with a corridor, as long as the "
        f"{by} of its least-cost path; reach {reach:g} km with probability {probability:g}.",
    ]
    if by == "cost" and paths:
        each = [number(row["cost"]) / max(number(row["length_km"]), 1e-9) for row in paths]
        reach *= float(np.median(each))
        notes.append(f"The reach is {reach:g} in cost, by the median cost per km.")
    pairs = np.array(list(shortest), dtype=np.int32).reshape(-1, 2)
    length = np.array(list(shortest.values()), dtype=np.float64)
    points = [shape_of(row).representative_point() for row in cores]
    outputs = [table_output(name, scenario=SCENARIO) for name in ("cores", "corridors")]
    network = Network(
        ids=ids,
        area=np.array([number(row["area_km2"]) for row in cores]),
        links=listed_links(len(ids), pairs[:, 0], pairs[:, 1], length),
        place=np.array([(point.x, point.y) for point in points]).reshape(-1, 2),
        crs=project.crs,
        protected=np.zeros(len(ids), dtype=np.bool_),
        outside=np.zeros(len(ids), dtype=np.bool_),
        notes=tuple(notes),
        hashes={name: project.output_hash(name) or "" for name in outputs},
    )
    settings = NetworkSettings(
        reach, probability, link_distance=float(length.max()) if len(length) else 0.0
    )
    return SpeciesNetwork(species, network, settings, lines)


def _shortest(
    paths: Sequence[Record], ids: tuple[str, ...], by: str
) -> tuple[dict[tuple[int, int], float], dict[tuple[str, str], object]]:
    """Return the shortest corridor between each pair of cores, and its path."""
    where = {core: at for at, core in enumerate(ids)}
    found: dict[tuple[int, int], float] = {}
    lines: dict[tuple[str, str], object] = {}
    for row in paths:
        a, b = str(row["core_a"]), str(row["core_b"])
        if a not in where or b not in where or a == b:
            continue
        pair = min(where[a], where[b]), max(where[a], where[b])
        length = number(row["length_km" if by == "length" else "cost"])
        if length < found.get(pair, np.inf):
            found[pair] = length
            lines[ids[pair[0]], ids[pair[1]]] = _path(row)
    return found, lines


def _path(row: Record) -> BaseGeometry:
    return shape_of(row)


def project_protconn(project: Project) -> dict[str, ProtConn]:
    """Measure ProtConn of a project's region and of each country in it.

    Sites are taken as `ProtectedLand` draws them, disjoint and in their own country, on the
    grid of the region; sites whose cells touch are at distance 0, across a border too. For a
    country, the sites of its neighbours are stepping stones outside it.

    Parameters
    ----------
    project : Project
        With the sites of its region.

    Returns
    -------
    dict of str to ProtConn
        By ISO3 code, and ``ALL`` for the region; empty where no site holds land.
    """
    study = Study(
        region=load_region(project.region_id),
        species=(),
        project=project,
        pack=DataPack.open(),
        catalogue=Catalogue.load(),
        seed=0,
    )
    return protconn_by_country(
        ProtectedLand(study).labels, study.country, study.iso3, cell_m=study.cell_m
    )


def protconn_by_country(
    labels: IntArray, country: IntArray, names: Sequence[str], *, cell_m: float
) -> dict[str, ProtConn]:
    """Measure ProtConn of all land of a grid and of each country, from sites drawn on it.

    Parameters
    ----------
    labels : (rows, columns) int32
        Sites 1 and up, disjoint; 0 outside. Sites whose cells touch are at distance 0.
    country : (rows, columns) int32
        Country k of `names`, counted from 1; 0 in the sea.
    names : sequence of str
        Code of each country.
    cell_m : float
        Side of a cell in metres.

    Returns
    -------
    dict of str to ProtConn
        By code, and ``ALL``; empty where there is no site. For a country, sites that lie
        mostly in others are stepping stones outside it.
    """
    if labels.max(initial=0) == 0:
        return {}
    used, dense = np.unique(labels, return_inverse=True)
    shift = 0 if used[0] == 0 else 1
    patch: IntArray = np.asarray(dense.reshape(labels.shape) + shift, dtype=np.int32)
    count = int(patch.max())
    cell_km2 = (cell_m / 1000.0) ** 2
    area = np.bincount(patch.ravel(), minlength=count + 1)[1:] * cell_km2
    links = links_between(patch_distances(patch, cell_size=cell_m) / 1000.0)
    home = _most_frequent(patch, country, count)
    found = {}
    for code in (0, *np.unique(home[home > 0])):
        inside = country > 0 if code == 0 else country == code
        outside = np.zeros(count, dtype=np.bool_) if code == 0 else home != code
        pieces = ndimage.label(inside, structure=np.ones((3, 3)))[0].astype(np.int32)
        land = np.where(outside, -1, _most_frequent(patch, pieces, count)).astype(np.int32)
        found[ALL if code == 0 else names[int(code) - 1]] = protconn(
            area.astype(np.float64),
            links,
            region_area=float(inside.sum() * cell_km2),
            reference_distance=PROTCONN_KM,
            outside=outside,
            land=land,
        )
    return found


def _most_frequent(patch: NDArray[np.int32], value: NDArray[np.int32], count: int) -> IntArray:
    """Return the most frequent value above 0 under each patch 1 to n; 0 where there is none."""
    found = np.zeros(count, dtype=np.int32)
    both = (patch > 0) & (value > 0)
    pairs, times = np.unique(
        np.column_stack([patch[both], value[both]]), axis=0, return_counts=True
    )
    for at in np.argsort(times, kind="stable"):
        found[pairs[at, 0] - 1] = pairs[at, 1]
    return found
