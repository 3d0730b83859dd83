"""Suitable land of States and sites, for the report of a study."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.states import OTHER_LAND_NOTE
from planner.report.odmap_texts import three_digits, whole
from planner.report.page import Block, Figure, Paragraph, Table
from planner.report.suitability_plots import as_png, draw_areas
from planner.suitability.verdict import site_note, threshold_warning

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from planner.suitability.mapped import ZoneArea
    from planner.suitability.measured import Number
    from planner.suitability.results import SuitabilityResults

    _Column = tuple[str, Callable[[ZoneArea], Number]]

GAINED_NOTE = (
    "Gained is land that the model calls suitable with the disturbance and not without it: it "
    "has learnt that the species, or those who record it, are found near people."
)

_COLUMNS: tuple[_Column, ...] = (
    ("On the map", lambda area: area.area_km2),
    ("Suitable", lambda area: area.suitable_km2),
    ("of it in known conditions", lambda area: area.in_known_km2),
    ("of it extrapolated", lambda area: area.extrapolated_km2),
    ("By the 10th percentile", lambda area: area.p10_km2),
    ("Not suitable today", lambda area: area.appeared_km2),
    ("Suitable today alone", lambda area: area.vanished_km2),
    ("Without disturbance", lambda area: area.undisturbed_km2),
    ("Lost", lambda area: area.lost_km2),
    ("Gained", lambda area: area.gained_km2),
)


def land_blocks(results: SuitabilityResults, name: str) -> list[Block]:
    """Tell the land of one map: by State, by site, and where suitable begins.

    Parameters
    ----------
    results : SuitabilityResults
        What the run found.
    name : str
        ``today`` or the name of a projection.
    """
    here = [area for area in results.understanding.areas if area.map == name]
    countries = [
        area for area in here if area.kind == "country" and area.suitable_km2 is not None
    ]
    blocks: list[Block] = []
    if countries:
        height = 0.9 + 0.34 * len(countries)
        blocks.append(
            Figure.from_bytes(
                as_png(partial(draw_areas, areas=countries), height=height),
                alt="Suitable land of each State",
                caption="Suitable land of each of the six States, and other land.",
            )
        )
    begins = _begins(results)
    states = [area for area in here if area.kind in {"country", "all"}]
    if states:
        blocks.append(_table(f"Land by State, km²; {begins}", states))
        blocks.append(Paragraph(OTHER_LAND_NOTE))
    sites = [area for area in here if area.kind == "site"]
    if sites:
        blocks.append(_table(f"Land by site, km²; {begins}", sites))
    if any(area.gained_km2 for area in here):
        blocks.append(Paragraph(GAINED_NOTE))
    if here and threshold_warning(results):
        blocks.append(Paragraph(threshold_warning(results)))
    return blocks


def _begins(results: SuitabilityResults) -> str:
    threshold = results.understanding.threshold
    return "suitable" if threshold is None else f"suitable from {threshold:.3g} on"


def _table(caption: str, areas: Sequence[ZoneArea]) -> Table:
    """Return a table of land without the columns that nothing is known of."""
    shown = [(name, told) for name, told in _COLUMNS if any(told(a) is not None for a in areas)]
    sites = any(area.kind == "site" for area in areas)
    heads = ["Name", *(name for name, _ in shown), "Mean suitability"]
    rows = []
    for area in areas:
        row = [area.name, *(whole(told(area)) for _, told in shown), three_digits(area.mean)]
        if sites:
            row += ["" if area.cells is None else f"{area.cells:,}", site_note(area)]
        rows.append(tuple(row))
    if sites:
        heads += ["Cells", "Mind"]
    return Table(
        caption, tuple(heads), tuple(rows), frozenset(range(1, len(shown) + 2 + sites))
    )
