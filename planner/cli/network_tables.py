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


def _first_nodes(network: Network, measures: NetworkMeasures, top: int) -> Table:
    frame = node_frame(network, measures)
    first = frame.sort_values("dPC", ascending=False, kind="stable").head(top)
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold",
        caption="Loss by removal in %, with its parts; BC: betweenness, normalised.",
        caption_justify="left",
    )  # fmt: skip
    table.add_column("Node", overflow="fold")
    for heading, _ in _SHOWN:
        table.add_column(heading, justify="right")
    for row in first.to_dict("records"):
        cells = [f"{float(row[column]):.4g}" for _, column in _SHOWN]
        table.add_row(Text(str(row["id"])), *cells)
    return table


def _number(value: float) -> str:
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:,.0f}"
    return f"{value:.6e}" if abs(value) >= 1e9 or 0 < abs(value) < 1e-3 else f"{value:,.4f}"
