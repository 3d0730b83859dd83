"""What a study has learnt from: records, layers and survey effort, for its report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from layers.states import OTHER_LAND_NOTE, zone_name
from planner.report.odmap_texts import reason_text, three_digits
from planner.report.page import Block, Figure, Paragraph, Table
from planner.report.suitability_pictures import picture
from planner.report.suitability_plots import as_png, draw_correlations

if TYPE_CHECKING:
    from planner.suitability.folder import RunFolder
    from planner.suitability.results import SuitabilityResults


def data_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    """Tell what became of the records, what the layers cover, how effort was taken."""
    records, sample = results.records, results.sample
    blocks: list[Block] = []
    rejected = tuple(
        (reason_text(code), code, f"{count:,}") for code, count in records.by_reason.items()
    )
    if rejected:
        blocks.append(
            Table(
                "Rejected records by reason; rejected.csv beside this report lists each",
                ("Records", "Reason", "Count"),
                rejected,
                frozenset({2}),
            )
        )
    blocks += [
        Table(
            "From records to presences",
            ("Step", "Records"),
            (
                ("read", f"{records.read:,}"),
                ("rejected by the checks", f"{records.rejected:,}"),
                ("kept, some with a warning", f"{records.kept:,} ({records.flagged:,})"),
                ("outside the grid", f"{sample.outside:,}"),
                ("where a layer has no value", f"{sample.without_values:,}"),
                ("moved to the nearest cell with values", f"{sample.snapped:,}"),
                ("at a place less sure than a cell is wide", f"{sample.too_uncertain:,}"),
                ("spread over several cells by weight", f"{sample.spread:,}"),
                ("in a cell that has one already", f"{sample.same_cell:,}"),
                ("thinned out", f"{sample.thinned:,}"),
                ("presences for the model", f"{sample.presences:,}"),
            ),
            frozenset({1}),
        ),
        _layers_table(results),
    ]
    if sample.presences_by_country:
        rows = tuple(
            (zone_name(code) or "off land", f"{count:,}")
            for code, count in sorted(sample.presences_by_country.items())
        )
        blocks.append(
            Table("Presences by State", ("Land of", "Presences"), rows, frozenset({1}))
        )
        blocks.append(Paragraph(OTHER_LAND_NOTE))
    blocks += _effort_blocks(results, folder)
    if len(sample.correlations.names) > 1:
        size = 2.4 + 0.42 * len(sample.correlations.names)
        blocks.append(
            Figure.from_bytes(
                as_png(
                    partial(draw_correlations, correlations=sample.correlations),
                    width=size,
                    height=size,
                ),
                alt="Matrix of rank correlations between the layers",
                caption="Rank correlation of the layers at the background; bold above 0.7.",
            )
        )
        blocks.append(_collinearity_table(results))
    return blocks


def _layers_table(results: SuitabilityResults) -> Table:
    return Table(
        "Layers: values in cells of the grid, and cells lost because of this layer alone",
        (
            "Layer",
            "Kind",
            "Role",
            "Brought onto the grid",
            "Known cells",
            "Lost alone",
            "Range",
        ),
        tuple(
            (
                layer.name,
                layer.kind,
                layer.role
                if layer.undisturbed is None
                else f"{layer.role}; without people {layer.undisturbed:g}",
                layer.alignment.removeprefix(f"{layer.name} "),
                f"{layer.known_cells:,}",
                f"{layer.lost_alone:,}",
                ""
                if layer.lowest is None or layer.highest is None
                else f"{layer.lowest:g} to {layer.highest:g}",
            )
            for layer in results.coverage.layers
        ),
        frozenset({4, 5}),
    )


def _collinearity_table(results: SuitabilityResults) -> Table:
    found = results.sample.correlations
    return Table(
        "Variance inflation factor at the background",
        ("Layer", "VIF"),
        tuple(
            (name, "infinite" if value is None else f"{value:.1f}")
            for name, value in zip(found.names, found.vif, strict=True)
        ),
        frozenset({1}),
    )


def _effort_blocks(results: SuitabilityResults, folder: RunFolder) -> list[Block]:
    sample = results.sample
    path = folder.path / "rasters" / "effort.tif"
    blocks: list[Block] = []
    if sample.effort:
        blocks.append(
            Table(
                "Survey effort by State, as modelled from the records of the target group",
                ("Land of", "Counted", "Land, km²", "Per 1000 km²", "Interval", "Relative"),
                tuple(
                    (
                        zone_name(item.country),
                        f"{item.records:,}",
                        f"{item.area_km2:,.0f}",
                        three_digits(item.per_1000_km2),
                        f"{three_digits(item.low)} to {three_digits(item.high)}",
                        three_digits(item.relative),
                    )
                    for item in sample.effort
                ),
                frozenset({1, 2, 3, 5}),
            )
        )
    if path.is_file():
        blocks += picture(path, "effort", "Survey effort, by which the background is weighted")
    else:
        blocks.append(
            Paragraph(
                "Survey effort was taken to be the same everywhere: the background is uniform."
            )
        )
    return blocks
