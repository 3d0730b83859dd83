"""Pages that put two things side by side: two runs, or the layers of a study."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from planner.report import suitability_plots as plots
from resources.translation import tr
from ui import words
from ui.suitability.results import numbers
from ui.suitability.results.page import Tiles
from ui.suitability.results.pages import table
from ui.suitability.results.plot import PlotView
from ui.theme import GRID

if TYPE_CHECKING:
    from planner.suitability import SuitabilityResults
    from planner.suitability.comparison import Comparison, MapDifference
    from planner.suitability.previews import LayerPreview
    from ui.suitability.results.page import Page
    from ui.suitability.table import TableView
    from ui.theme import Theme

_HALF_PX = 36 * GRID


def fill_comparison(
    page: Page,
    comparison: Comparison,
    runs: tuple[SuitabilityResults, SuitabilityResults],
    theme: Theme,
) -> None:
    """Show settings that differ, measures, maps and plots of two runs side by side."""
    first, second = runs
    names = tuple(f"{numbers.run_heading(run)} {run.run_id[:6]}" for run in runs)
    if comparison.note:
        page.add_text(words.stored(comparison.note), warning=True)
    page.add_heading(tr("Settings that differ"))
    if comparison.settings:
        page.add(
            _pairs("compared_settings", tr("Settings that differ"), names, comparison.settings)
        )
    else:
        page.add_text(tr("None: the same study on other files."))
    page.add_heading(tr("Measures"))
    page.add(_pairs("compared_measures", tr("Measures"), names, comparison.measures))
    if comparison.maps is not None:
        page.add_heading(tr("Maps"))
        page.add_text(_maps_told(comparison.maps))
    page.add_heading(tr("What each variable is worth"))
    sides = (("first", first), ("second", second))
    page.add(
        Tiles(
            [
                PlotView(
                    f"compared_importance_{side}",
                    partial(plots.draw_importance, importance=run.understanding.importance),
                    theme,
                    title=name,
                    told=tr("Importance of variables, {name}", name=name),
                    size=(_HALF_PX, 34 * GRID),
                )
                for (side, run), name in zip(sides, names, strict=True)
            ],
            _HALF_PX,
            most=2,
        )
    )
    page.add_heading(tr("Where each part was left out"))
    page.add(
        Tiles(
            [
                PlotView(
                    f"compared_folds_{side}",
                    partial(plots.draw_folds, folds=run.evaluation.folds),
                    theme,
                    title=name,
                    told=tr("AUC of the parts left out, {name}", name=name),
                    size=(_HALF_PX, 28 * GRID),
                )
                for (side, run), name in zip(sides, names, strict=True)
            ],
            _HALF_PX,
            most=2,
        )
    )
    page.finish()


def _pairs(
    name: str, told: str, names: tuple[str, ...], rows: tuple[tuple[str, str, str], ...]
) -> TableView:
    shown = [
        (words.identifier(key.replace(".", ": ")), first, second)
        for key, first, second in rows
        if first or second
    ]
    return table(name, told, ("", *names), shown, stretched=0)


def _maps_told(maps: MapDifference) -> str:
    if maps.correlation is None:
        overlap = tr("Overlap (Schoener's D) {overlap:.2f}", overlap=maps.schoener_d)
    else:
        overlap = tr(
            "Overlap (Schoener's D) {overlap:.2f}, correlation {correlation:.2f}",
            overlap=maps.schoener_d,
            correlation=maps.correlation,
        )
    return tr(
        "{overlap}, mean difference {mean_absolute:.2f} over {shared}. Suitable in "
        "both {both}, only in the first {only_first}, only in the second {only_second}.",
        overlap=overlap,
        mean_absolute=maps.mean_absolute,
        shared=words.area(maps.shared_km2),
        both=words.area(maps.both_km2),
        only_first=words.area(maps.only_first_km2),
        only_second=words.area(maps.only_second_km2),
    )


def fill_preview(page: Page, preview: LayerPreview, theme: Theme) -> None:
    """Show which layers tell the same, and what each covers."""
    page.add_heading(tr("Layers that tell the same"))
    names = preview.correlations.names
    if len(names) > 1:
        page.add_text(
            tr(
                "Rank correlations at cells drawn at random; above 0.7 in bold. Of two "
                "layers that tell the same, one is enough. Variance inflation from 10 on: "
                "the others explain the layer."
            )
        )
        page.add(
            PlotView(
                "preview_correlations",
                partial(plots.draw_correlations, correlations=preview.correlations),
                theme,
                told=tr("Matrix of rank correlations"),
                size=(42 * GRID, 16 * GRID + 4 * GRID * len(names)),
            )
        )
        rows = [
            (name, numbers.fixed(vif, 1))
            for name, vif in zip(names, preview.correlations.vif, strict=True)
        ]
        page.add(
            table(
                "preview_vif",
                tr("Variance inflation"),
                (tr("Layer"), tr("Variance inflation")),
                rows,
                numeric=(1,),
                stretched=0,
            )
        )
    else:
        page.add_text(tr("There are fewer than two layers of numbers to compare."))
    page.add_heading(tr("Where layers have values"))
    page.add_text(
        tr(
            "All layers are known in {known_cells} of {cells} cells. A record elsewhere is "
            "lost.",
            known_cells=words.number(preview.known_cells),
            cells=words.number(preview.cells),
        )
    )
    page.add(
        table(
            "preview_coverage",
            tr("Coverage of the layers"),
            (
                tr("Layer"),
                tr("Known cells"),
                tr("Lost because of it alone"),
                tr("How it is brought in"),
            ),
            [
                (name, words.number(known), words.number(lost), how)
                for name, known, lost, how in preview.layers
            ],
            numeric=(1, 2),
            stretched=3,
        )
    )
    for note in preview.notes:
        page.add_text(words.stored(note))
    page.finish()
