"""Suitable land at the terminal: of today, and of a projection held against today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from layers.states import OTHER_LAND_NOTE
from planner.suitability.verdict import (
    extrapolation_warning,
    threshold_text,
    threshold_warning,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from planner.suitability import RunFolder
    from planner.suitability.mapped import MapsFound, ZoneArea
    from planner.suitability.measured import Number
    from planner.suitability.results import SuitabilityResults

    _Column = tuple[str, Callable[[ZoneArea], Number]]

_COLUMNS: tuple[_Column, ...] = (
    ("on the map", lambda area: area.area_km2),
    ("suitable", lambda area: area.suitable_km2),
    ("in known conditions", lambda area: area.in_known_km2),
    ("extrapolated", lambda area: area.extrapolated_km2),
    ("without disturbance", lambda area: area.undisturbed_km2),
    ("lost", lambda area: area.lost_km2),
    ("gained", lambda area: area.gained_km2),
)


def tell_land(console: Console, results: SuitabilityResults) -> None:
    """Tell the suitable land of today, with where suitable begins and what to mind."""
    land = _land(results, "today")
    if not any(area.suitable_km2 for area in land):
        return
    for sentence in (threshold_text(results), threshold_warning(results)):
        if sentence:
            console.print(escape(sentence), soft_wrap=True)
    share = results.maps[0].extrapolated_share if results.maps else None
    if extrapolation_warning(share):
        console.print(escape(extrapolation_warning(share)), style="yellow", soft_wrap=True)
    shown = [area for area in land if area.suitable_km2]
    console.print(_table(shown, [item for item in _COLUMNS if _any(shown, item[1])]))
    console.print(OTHER_LAND_NOTE, style="dim", soft_wrap=True)


def tell_projection(
    console: Console, folder: RunFolder, results: SuitabilityResults, maps: MapsFound
) -> None:
    """Tell a projection: what is extrapolated, its land against that of today, its files."""
    warning = extrapolation_warning(maps.extrapolated_share)
    if warning:
        console.print(escape(warning), style="yellow", soft_wrap=True)
    for unseen in maps.unseen:
        console.print(escape(unseen.sentence), soft_wrap=True)
    today = {area.zone: area.suitable_km2 for area in _land(results, "today")}
    land = [
        area for area in _land(results, maps.name) if area.suitable_km2 or today.get(area.zone)
    ]
    columns: list[_Column] = [
        ("today", lambda area: today.get(area.zone)),
        (maps.shown, lambda area: area.suitable_km2),
        ("gained", lambda area: area.appeared_km2),
        ("lost", lambda area: area.vanished_km2),
        ("extrapolated", lambda area: area.extrapolated_km2),
    ]
    if land:
        console.print("Suitable land at the threshold of today:", soft_wrap=True)
        console.print(_table(land, [item for item in columns if _any(land, item[1])]))
    console.print("\nWritten:")
    for raster in maps.rasters:
        path = folder.path / raster.path
        if path.is_file():
            console.print(
                f"  {escape(str(path))}  [dim]{escape(raster.title)}[/]", soft_wrap=True
            )
    for name, what in (("areas.csv", "land of every map"), ("report.html", "report")):
        console.print(f"  {escape(str(folder.path / name))}  [dim]{what}[/]", soft_wrap=True)


def _land(results: SuitabilityResults, name: str) -> list[ZoneArea]:
    areas = results.understanding.areas
    return [area for area in areas if area.map == name and area.kind != "site"]


def _any(land: Sequence[ZoneArea], told: Callable[[ZoneArea], Number]) -> bool:
    return any(told(area) is not None for area in land)


def _table(land: Sequence[ZoneArea], columns: Sequence[_Column]) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("land, km²", overflow="fold")
    for name, _ in columns:
        table.add_column(escape(name), justify="right")
    for area in land:
        figures = (told(area) for _, told in columns)
        table.add_row(
            escape(area.name),
            *("" if figure is None else f"{figure:,.0f}" for figure in figures),
        )
    return table
