"""The measures of a network as tables, a GeoPackage and a record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from algorithms.indicators.network.equivalent_area import probability_of_connectivity
from layers.catalogue.tables import write_geopackage
from planner.files import made_folder, write_text
from planner.pipeline.runner import software_versions
from planner.suitability.tables import write_frame

if TYPE_CHECKING:
    from pathlib import Path

    from algorithms.arrays import IntArray
    from algorithms.indicators.network.importance import Importance
    from algorithms.indicators.network.protconn import ProtConn
    from planner.network.inputs import Network
    from planner.network.measures import NetworkMeasures, NetworkSettings


def summary_rows(
    network: Network, settings: NetworkSettings, measures: NetworkMeasures
) -> list[tuple[str, float]]:
    """Return the indicators of the whole network by name."""
    pc, iic = measures.pc.total, measures.iic.total
    rows: list[tuple[str, float]] = [
        ("nodes", len(network.ids)),
        ("links", len(network.links.length) / 2),
        ("links up to the link distance", int(measures.degree.sum()) / 2),
        ("parts", _count(measures.part)),
        ("parts up to the link distance", _count(measures.linked_part)),
        ("nodes without a link up to the link distance", int((measures.degree == 0).sum())),
        ("area of all nodes", float(network.area.sum())),
        ("PC numerator", pc),
        ("EC(PC)", float(np.sqrt(pc))),
        ("IIC numerator", iic),
        ("EC(IIC)", float(np.sqrt(iic))),
    ]
    for name, found in (("PC", measures.pc), ("IIC", measures.iic)):
        rows += [(f"{name} {part} [%]", value) for part, value in _fractions(found)]
    if settings.region_area is not None:
        rows += [
            ("PC", probability_of_connectivity(pc, settings.region_area)),
            ("IIC", probability_of_connectivity(iic, settings.region_area)),
        ]
    connected = measures.protconn
    if connected is None:
        return rows
    return rows + protconn_rows(connected, of_region=settings.region_area is not None)


def protconn_rows(found: ProtConn, *, of_region: bool = True) -> list[tuple[str, float]]:
    """Return ProtConn and its fractions by name, or those only that no region is needed for."""
    rows = [
        ("Prot [% of region]", found.prot),
        ("ProtConn [% of region]", found.protconn),
        ("ProtUnconn [% of region]", found.protunconn),
    ]
    rows = rows if of_region else []
    rows += [
        ("RelConn [% of Prot]", found.relconn),
        ("ProtConn[Prot] [% of ProtConn]", found.protected),
        ("ProtConn[Within] [% of ProtConn]", found.within),
        ("ProtConn[Contig] [% of ProtConn]", found.contig),
        ("ProtConn[Unprot] [% of ProtConn]", found.unprot),
        ("ProtConn[Trans] [% of ProtConn]", found.trans),
    ]
    if of_region and found.bound is not None and found.unconnected_by_design is not None:
        rows += [
            ("ProtUnconn[Design] [% of region]", found.unconnected_by_design),
            ("ProtConn[Bound] [% of region]", found.bound),
        ]
    return rows


def _count(part: IntArray) -> int:
    return int(part.max()) + 1 if len(part) else 0


def _fractions(found: Importance) -> list[tuple[str, float]]:
    """Split the numerator: patches by themselves, and pairs of patches."""
    intra = float(found.intra.sum())
    share = 100.0 / found.total if found.total > 0 else 0.0
    return [
        ("within patches", intra * share),
        ("between patches", (found.total - intra) * share),
    ]


def node_frame(network: Network, measures: NetworkMeasures) -> pd.DataFrame:
    """Return a row per node: its importance for PC and IIC with the parts, and betweenness."""
    columns: dict[str, object] = {"id": list(network.ids), "area": network.area}
    if network.place is not None:
        columns["x"], columns["y"] = network.place[:, 0], network.place[:, 1]
    columns |= {"part": measures.part, "linked_part": measures.linked_part}
    columns["links"] = measures.degree
    for name, found in (("PC", measures.pc), ("IIC", measures.iic)):
        columns[f"d{name}"] = found.percent(found.removal)
        columns[f"d{name}intra"] = found.percent(found.intra)
        columns[f"d{name}flux"] = found.percent(found.flux)
        columns[f"d{name}connector"] = found.percent(found.connector)
    columns |= {
        "betweenness": measures.unweighted.paths,
        "betweenness_normalised": measures.unweighted.normalised,
        "betweenness_distance": measures.weighted.paths,
        "betweenness_distance_normalised": measures.weighted.normalised,
        "BC_PC": measures.probable.amounts,
        "BC_IIC": measures.unweighted.amounts,
    }
    return pd.DataFrame(columns)


def link_frame(
    network: Network, settings: NetworkSettings, measures: NetworkMeasures
) -> pd.DataFrame:
    """Return a row per link: distance, probability, and what its removal takes."""
    links = network.links
    rows = np.repeat(np.arange(len(network.ids)), np.diff(links.start))
    once = rows < links.neighbour
    first, second, length = rows[once], links.neighbour[once], links.length[once]
    number = links.number[once]
    ids = np.array(network.ids, dtype=object)
    frame = pd.DataFrame(
        {
            "from": ids[first],
            "to": ids[second],
            "distance": length,
            "probability": settings.probability ** (length / settings.distance),
            "linked": length <= settings.linked,
        }
    )
    for name, found in (("dPC", measures.pc), ("dIIC", measures.iic)):
        loss = found.percent(found.links)
        if len(loss):
            padded = np.zeros(max(int(number.max(initial=-1)) + 1, len(loss)))
            padded[: len(loss)] = loss
            frame[name] = padded[number]
    return frame


def write_network(
    folder: Path,
    network: Network,
    settings: NetworkSettings,
    measures: NetworkMeasures,
    *,
    lines: dict[tuple[str, str], object] | None = None,
) -> tuple[Path, ...]:
    """Write the tables, the GeoPackage where the nodes have places, and the record.

    Parameters
    ----------
    folder : Path
        Made where it is missing.
    network, settings, measures
        What was read, asked and found.
    lines : dict, optional
        Geometry of links by their ends; straight lines by default.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    made_folder(folder)
    nodes = node_frame(network, measures)
    links = link_frame(network, settings, measures)
    summary = pd.DataFrame(
        summary_rows(network, settings, measures), columns=["indicator", "value"]
    )
    written = []
    for name, frame in (("nodes", nodes), ("links", links), ("summary", summary)):
        written.append(folder / f"{name}.csv")
        write_frame(written[-1], frame)
    if network.place is not None and network.crs:
        written.append(folder / "network.gpkg")
        write_geopackage(written[-1], _layers(network, nodes, links, lines or {}))
    written.append(folder / "network.json")
    write_text(written[-1], json.dumps(record(network, settings), indent=1) + "\n")
    return tuple(written)


def record(network: Network, settings: NetworkSettings) -> dict[str, object]:
    """Return what the results depend on: files with their hashes, settings, versions."""
    return {
        "inputs": dict(network.hashes),
        "notes": list(network.notes),
        "settings": {
            "distance": settings.distance,
            "probability": settings.probability,
            "link_distance": settings.linked,
            "region_area": settings.region_area,
            "touching": settings.touching,
        },
        "crs": network.crs,
        "versions": software_versions(),
    }


def _layers(
    network: Network,
    nodes: pd.DataFrame,
    links: pd.DataFrame,
    lines: dict[tuple[str, str], object],
) -> dict[str, gpd.GeoDataFrame]:
    place = network.place
    if place is None:
        return {}
    layers = {
        "nodes": gpd.GeoDataFrame(
            nodes, geometry=gpd.points_from_xy(place[:, 0], place[:, 1]), crs=network.crs
        )
    }
    drawn = links[links["linked"]]
    if len(drawn):
        where = dict(zip(network.ids, place, strict=True))
        shapes = [
            lines.get((a, b)) or lines.get((b, a)) or shapely.LineString([where[a], where[b]])
            for a, b in zip(drawn["from"], drawn["to"], strict=True)
        ]
        layers["links"] = gpd.GeoDataFrame(drawn, geometry=shapes, crs=network.crs)
    return layers
