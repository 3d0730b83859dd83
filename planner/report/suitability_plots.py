"""Plots of a suitability study: drawn on axes, for the window, and as PNG, for the report."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from layers.states import zone_name
from planner.map_style import country_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from matplotlib.axes import Axes

    from layers.raster import Raster
    from planner.suitability.mapped import (
        CurveFound,
        ImportanceFound,
        ZoneArea,
    )
    from planner.suitability.measured import CalibrationBin, FoldFound
    from planner.suitability.results import Correlations

DPI = 130
INK = "#24292d"
LINE = "#26828e"
SHADE = "#b9dbe0"
GREY = "#8d949a"


def draw_curve(axes: Axes, curve: CurveFound, title: str = "") -> None:
    """Draw how suitability changes along one variable, with its range over the models.

    The strip below shows where presences (full) and background (pale) lie.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    curve : CurveFound
        The curve.
    title : str
        Title and unit of the layer; its name where empty.
    """
    if curve.kind == "categorical":
        _draw_classes(axes, curve)
    else:
        values, low, high = curve.values, _numbers(curve.low), _numbers(curve.high)
        axes.fill_between(values, low, high, color=SHADE, linewidth=0)
        axes.plot(values, _numbers(curve.mean), color=LINE, linewidth=1.6)
        if curve.background:
            axes.fill_between(values, 0.12 * _numbers(curve.background), color=GREY, alpha=0.35)
        if curve.presences:
            axes.plot(values, 0.12 * _numbers(curve.presences), color=INK, linewidth=0.9)
    axes.set_ylim(0.0, 1.0)
    axes.set_xlabel(title or curve.name)
    axes.set_ylabel("suitability")
    _bare(axes)


def _draw_classes(axes: Axes, curve: CurveFound) -> None:
    place = np.arange(len(curve.values))
    mean = _numbers(curve.mean)
    spread = np.vstack(
        [
            np.clip(mean - _numbers(curve.low), 0.0, None),
            np.clip(_numbers(curve.high) - mean, 0.0, None),
        ]
    )
    axes.bar(place, mean, color=SHADE)
    axes.errorbar(place, mean, np.nan_to_num(spread), fmt="none", ecolor=LINE, linewidth=1.2)
    axes.set_xticks(place, [f"{value:g}" for value in curve.values], rotation=90, fontsize=7)


def draw_importance(axes: Axes, importance: Sequence[ImportanceFound]) -> None:
    """Draw what each variable is worth: the fall of the AUC where it is shuffled."""
    names = [item.name for item in importance]
    loss = _numbers([item.auc_loss for item in importance])
    spread = np.nan_to_num(_numbers([item.auc_loss_sd for item in importance]))
    axes.barh(names, loss, xerr=spread, color=SHADE, edgecolor=LINE, ecolor=INK)
    axes.invert_yaxis()
    axes.set_xlabel("loss of AUC where the variable is shuffled (line: 1 s.d.)")
    _bare(axes)


def draw_folds(axes: Axes, folds: Sequence[FoldFound]) -> None:
    """Draw the AUC in every part that was left out; bars of countries have their hue."""
    place = np.arange(len(folds))
    hues = [
        country_colour(fold.name) if len(fold.name) == 3 and fold.name.isupper() else LINE
        for fold in folds
    ]
    axes.barh(place, np.nan_to_num(_numbers([fold.auc for fold in folds])), color=hues)
    axes.axvline(0.5, color=GREY, linewidth=1.0, linestyle="--")
    labels = [f"{zone_name(fold.name)} ({fold.presences:,})" for fold in folds]
    axes.set_yticks(place, labels, fontsize=8)
    axes.invert_yaxis()  # the first stands on top, as in the table
    axes.set_xlim(0.0, 1.0)
    axes.set_xlabel("AUC where it was left out (presences)")
    _bare(axes)


def draw_calibration(axes: Axes, bins: Sequence[CalibrationBin]) -> None:
    """Draw how dense presences are against what was predicted, with intervals.

    Both are relative to the mean of the background, as in
    `algorithms.suitability.evaluation.calibration.presence_calibration`; a calibrated model
    lies on the dashed line.
    """
    kept = [item for item in bins if item.predicted is not None and item.observed is not None]
    predicted = _numbers([item.predicted for item in kept])
    observed = _numbers([item.observed for item in kept])
    spread = np.vstack(
        [
            observed - _numbers([item.low for item in kept]),
            _numbers([item.high for item in kept]) - observed,
        ]
    )
    axes.errorbar(
        predicted,
        observed,
        np.clip(np.nan_to_num(spread), 0.0, None),
        color=LINE,
        marker="o",
        markersize=4,
        linewidth=1.2,
    )
    top = float(np.nanmax(predicted)) if len(predicted) else 1.0
    axes.plot([0.0, top], [0.0, top], color=GREY, linewidth=1.0, linestyle="--", zorder=0)
    axes.set(
        xlabel="suitability / mean of the background",
        ylabel="presences, relative to chance",
    )
    axes.set_xlim(0.0, None)
    axes.set_ylim(0.0, None)
    _bare(axes)


def draw_correlations(axes: Axes, correlations: Correlations) -> None:
    """Draw the matrix of rank correlations, the number in each cell."""
    names = correlations.names
    matrix = np.array([list(_numbers(row)) for row in correlations.spearman])
    axes.imshow(matrix, cmap="PuOr", vmin=-1.0, vmax=1.0)
    for (row, column), value in np.ndenumerate(matrix):
        if np.isfinite(value):
            axes.text(
                column,
                row,
                f"{value:.2f}",
                ha="center",
                va="center",
                fontsize=6.5,
                color="white" if abs(value) > 0.75 else INK,
                fontweight="bold" if abs(value) > 0.7 and row != column else "normal",
            )
    axes.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def draw_areas(axes: Axes, areas: Sequence[ZoneArea]) -> None:
    """Draw the suitable land of each State with people and, paler, without."""
    place = np.arange(len(areas))
    hues = [country_colour(item.zone) for item in areas]
    without = _numbers([item.undisturbed_km2 for item in areas])
    if np.isfinite(without).any():
        axes.barh(place, np.nan_to_num(without), color=hues, alpha=0.4)
    axes.barh(
        place, np.nan_to_num(_numbers([item.suitable_km2 for item in areas])), 0.55, color=hues
    )
    axes.set_yticks(place, [item.name for item in areas])
    axes.invert_yaxis()
    axes.set_xlabel("suitable land, km² (pale: without the disturbance)")
    _bare(axes)


_ENDS = {
    "suitability": ("low", "high"),
    "similarity": ("extrapolated", "well known"),
    "effort": ("low", "high"),
    "count": ("none", "all members"),
}
"""What the lowest and the highest colour of a map mean."""


def draw_map(axes: Axes, raster: Raster, *, kind: str, label: str) -> None:
    """Draw a raster in its own coordinates.

    Parameters
    ----------
    axes : Axes
        Where to draw.
    raster : Raster
        Small enough to draw whole.
    kind : {"suitability", "similarity", "effort", "count", "classes"}
        Decides colours and range.
    label : str
        Of the colour bar.
    """
    west, south, east, north = raster.grid.bounds
    axes.set_facecolor("#dfe9ef")
    shown = axes.imshow(
        np.ma.masked_invalid(raster.values),
        extent=(west, east, south, north),
        interpolation="nearest",
        aspect=_aspect(raster),
        **_scale(kind, raster.values),
    )
    figure = axes.figure
    bar = figure.colorbar(shown, ax=axes, shrink=0.75, label=label)
    low, high = _ENDS.get(kind, ("", ""))
    if low:
        bar.ax.set_title(high, fontsize=7)
        bar.ax.set_xlabel(low, fontsize=7)
    axes.tick_params(labelsize=7)


def _scale(
    kind: str, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> dict[str, Any]:
    known = values[np.isfinite(values)]
    if kind == "suitability":
        return {"cmap": "viridis_r", "vmin": 0.0, "vmax": 1.0}
    if kind == "similarity":
        return {"cmap": "PuOr", "vmin": -100.0, "vmax": 100.0}
    if kind == "classes":
        return {"cmap": "tab20", "vmin": -0.5, "vmax": 19.5}
    top = float(np.quantile(known, 0.995)) if known.size else 1.0
    return {"cmap": "cividis_r", "vmin": 0.0, "vmax": top or 1.0}


def _aspect(raster: Raster) -> float:
    """Return the height of a unit to its width, so that degrees look as on the ground."""
    west, south, east, north = raster.grid.bounds
    if max(abs(west), abs(east)) > 360.0 or max(abs(south), abs(north)) > 90.0:
        return 1.0
    return float(1.0 / np.cos(np.radians((south + north) / 2.0)))


def as_png(draw: Callable[[Axes], None], *, width: float = 8.0, height: float = 3.2) -> bytes:
    """Draw one plot and return it as PNG; width and height in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    draw(figure.subplots())
    return _png(figure)


def curves_png(
    curves: Sequence[CurveFound], titles: Mapping[str, str], *, columns: int = 3
) -> bytes:
    """Draw all response curves on one sheet and return it as PNG."""
    rows = -(-len(curves) // columns)
    figure = Figure(figsize=(9.6, 2.5 * rows), layout="constrained")
    for place, curve in enumerate(curves, 1):
        axes = figure.add_subplot(rows, columns, place)
        draw_curve(axes, curve, titles.get(curve.name, ""))
        axes.xaxis.label.set_fontsize(8)
        axes.tick_params(labelsize=7)
    return _png(figure)


def _numbers(values: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _bare(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)


def _png(figure: Figure) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()
