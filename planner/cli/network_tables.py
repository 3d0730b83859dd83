"""How the measures of a network look in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from planner.network.tables import node_frame, summary_rows

if TYPE_CHECKING:
    from rich.console import Console

    from planner.network.inputs import Network
    from planner.network.measures import NetworkMeasures, NetworkSettings

_PROTCONN = (
    "Prot is protected land, ProtConn what of it is connected, RelConn their ratio. Of "
    "ProtConn: Within single areas; Contig over areas that touch, a border between them or "
    "not; Prot is both; Unprot over unprotected land; Trans over protected areas outside the "
    "region. Design is what the region's own land could connect, Bound is Prot without Design."
)
_ROUNDING = 1e-12
"""Smaller shares are what rounding leaves of nothing."""
_SHOWN = (
    ("dPC", "dPC"),
    ("intra", "dPCintra"),
    ("flux", "dPCflux"),
    ("conn.", "dPCconnector"),
    ("dIIC", "dIIC"),
    ("intra", "dIICintra"),
    ("flux", "dIICflux"),
    ("conn.", "dIICconnector"),
    ("BC", "betweenness_normalised"),
)


def show_network(
    terminal: Console,
    network: Network,
    settings: NetworkSettings,
    measures: NetworkMeasures,
    *,
    top: int,
) -> None:
    """Print the indicators of the network, what is disconnected, and the first nodes."""
    chance = f"probability {settings.probability:g} at {settings.distance:g}"
    terminal.print(f"Dispersal: {chance}; linked up to {settings.linked:g}.", markup=False)
    for name, value in summary_rows(network, settings, measures):
        terminal.print(f"{name}: {_number(value)}", markup=False)
    for line in _explained(network, settings, measures):
        terminal.print(line, markup=False)
    parts = int(measures.part.max()) + 1
    if parts > 1:
        terminal.print(
            f"The network is in {parts} parts that no link joins; pairs in different parts "
            "count as not connected.",
            markup=False,
        )
    if len(network.ids) == 1:
        terminal.print("One node alone: there is nothing to connect.", markup=False)
    if top:
        terminal.print(_first_nodes(network, measures, top))


def _explained(
    network: Network, settings: NetworkSettings, measures: NetworkMeasures
) -> list[str]:
    """Say what the figures mean, and what would be needed for those that are missing."""
    lines = ["EC(PC) and EC(IIC) are equivalent connected areas (ECA), in the unit of areas."]
    if settings.region_area is None:
        lines.append(
            "PC and IIC, and Prot and ProtConn of a region, need its area: --region-area A."
        )
    elif network.outside.any():
        lines.append("PC and IIC count the nodes outside the region too.")
    if measures.protconn is not None:
        lines.append(_PROTCONN)
    return lines


def _first_nodes(network: Network, measures: NetworkMeasures, top: int) -> Table:
    frame = node_frame(network, measures)
    first = frame.sort_values("dPC", ascending=False, kind="stable").head(top)
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold",
        caption="Loss by removal in %, with its parts; BC: betweenness, normalised. "
        f"{len(first)} of {len(frame)} nodes: --top NUMBER lists more, --out DIR writes all.",
        caption_justify="left",
    )  # fmt: skip
    table.add_column("Node", overflow="fold")
    for heading, _ in _SHOWN:
        table.add_column(heading, justify="right")
    for row in first.to_dict("records"):
        cells = [_share(float(row[column])) for _, column in _SHOWN]
        table.add_row(Text(str(row["id"])), *cells)
    return table


def _share(value: float) -> str:
    return f"{value:.3g}" if abs(value) > _ROUNDING else "0"


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:.6e}" if abs(value) >= 1e9 or 0 < abs(value) < 1e-3 else f"{value:,.4f}"
