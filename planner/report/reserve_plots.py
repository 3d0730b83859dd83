"""Maps and plots of the report of a reserve run, drawn with matplotlib as PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from planner.map_style import country_colour
from planner.report.lettering import lettering
from planner.report.plots import figure_png
from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from algorithms.arrays import FloatArray
    from planner.reserve.fairness_curve import Fairness, FairnessPoint
    from planner.reserve.ground import Ground
    from planner.reserve.ledger import Ledger

SEA, LAND, SITES, BORDER = "#dfe8ee", "#f4f1ea", "#a9b5a0", "#24292d"
UNCERTAIN = 0.3
"""A value that may be better by more than this share is left out of the plot."""
PROPOSED, ENLARGED = "#5b3fa0", "#8a4b08"
_FREQUENCY = "viridis_r"
COLOURBAR = 1.1
"""Width of a colour bar with its words, in inches."""


@lettering()
def selection_map(ground: Ground, new: NDArray[np.bool_]) -> bytes:
    """Draw existing sites and the land that a solution adds, by country.

    Parameters
    ----------
    ground : Ground
        The grid.
    new : (rows, columns) bool
        Land added.

    Returns
    -------
    bytes
        A PNG.
    """
    picture = _background(ground)
    legend = [Patch(color=SITES, label=tr("existing sites"))]
    for code, iso3 in enumerate(ground.iso3, 1):
        here = new & (ground.country == code)
        if here.any():
            picture[here] = to_rgb(country_colour(iso3))
            legend.append(
                Patch(color=country_colour(iso3), label=tr("added in {country}", country=iso3))
            )
    return _map(ground, picture, legend)


@lettering()
def comparison_map(
    ground: Ground, joining: NDArray[np.bool_], enlarging: NDArray[np.bool_]
) -> bytes:
    """Draw joining and enlarging side by side.

    Parameters
    ----------
    ground : Ground
        The grid.
    joining, enlarging : (rows, columns) bool
        Land that each of the two adds.

    Returns
    -------
    bytes
        A PNG.
    """
    rows, columns = ground.grid.shape
    figure = Figure(figsize=(10.0, 4.95 * rows / columns + 0.3), layout="constrained")
    axes = figure.subplots(1, 2)
    for place, (title, land, colour) in enumerate(
        (
            (tr("Proposed"), joining, "#5b3fa0"),
            (tr("Enlarging existing sites only"), enlarging, ENLARGED),
        )
    ):
        picture = _background(ground)
        picture[land] = to_rgb(colour)
        _draw(axes[place], ground, picture)
        axes[place].set_title(title, fontsize=10)
    return figure_png(figure)


@lettering()
def frequency_map(ground: Ground, frequency: FloatArray, needed: NDArray[np.bool_]) -> bytes:
    """Draw how often each unit is in a portfolio, and the no-regret land.

    Parameters
    ----------
    ground : Ground
        The grid.
    frequency : (n,) float64
        Share of the members that have each unit.
    needed : (n,) bool
        Units that every good solution is proved to have.

    Returns
    -------
    bytes
        A PNG.
    """
    figure, axes = _canvas(ground, beside=COLOURBAR)
    picture = _background(ground)
    share = np.where(ground.existing, 0.0, frequency)
    cells = np.concatenate([[0.0], share])[ground.unit]
    chosen = (cells > 0) & (ground.country > 0) & (ground.site == 0)
    _draw(axes, ground, picture)
    shown = np.ma.masked_where(~chosen, cells)
    image = axes.imshow(shown, cmap=_FREQUENCY, vmin=0.0, vmax=1.0, interpolation="nearest")
    figure.colorbar(image, ax=axes, shrink=0.6, label=tr("share of the solutions"))
    certain = ground.cells_of(needed)
    if certain.any():
        axes.contour(certain, levels=[0.5], colors="#d1495b", linewidths=1.2)
    return figure_png(figure)


@lettering()
def ledger_plot(ledger: Ledger) -> bytes:
    """Plot the shares of each country in what is given and what is gained.

    Parameters
    ----------
    ledger : Ledger
        The ledger.

    Returns
    -------
    bytes
        A PNG.
    """
    lines = ledger.lines
    figure = Figure(figsize=(8.0, 0.9 + 0.75 * len(lines)), layout="constrained")
    axes = figure.subplots()
    for place, line in enumerate(lines):
        hue = country_colour(line.iso3)
        bars = (
            (tr("gives (cost)"), line.give_share, 1.0),
            (tr("gains (targets)"), line.target_share, 0.6),
            (tr("gains (connectivity)"), line.connected_share, 0.35),
        )
        for row, (name, share, alpha) in enumerate(bars):
            value = 100.0 * (share or 0.0)
            at = place + 0.25 * (row - 1)
            axes.barh(at, value, 0.22, color=hue, alpha=alpha)
            axes.annotate(
                f"{value:.1f} %  {name}",
                (value, at),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
            )
    axes.set_yticks(range(len(lines)), [line.iso3 for line in lines])
    axes.invert_yaxis()
    axes.set_xlim(0, 135)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel(tr("share of all together, %"))
    axes.spines[["top", "right"]].set_visible(False)
    return figure_png(figure)


@lettering()
def fairness_plot(fairness: Fairness) -> bytes:
    """Plot the price of fairness: value and its proved limits against evenness.

    Parameters
    ----------
    fairness : Fairness
        The curve.

    Returns
    -------
    bytes
        A PNG.
    """
    beyond = beyond_the_edge(fairness)
    points = [
        point
        for point in fairness.points
        if point.evenness is not None and point.solution not in beyond
    ]
    figure = Figure(figsize=(8.0, 3.4), layout="constrained")
    axes = figure.subplots()
    evenness = [_or(point.evenness, 0.0) for point in points]
    value = [point.value for point in points]
    lower = [_or(point.value_lower, point.value) for point in points]
    upper = [_or(point.value_upper, point.value) for point in points]
    axes.fill_between(evenness, lower, upper, color=PROPOSED, alpha=0.18, linewidth=0)
    axes.plot(evenness, value, color=PROPOSED, marker="o", linewidth=1.6)
    for point in points:
        price = "" if point.price is None else f"{100 * point.price:+.1f} %"
        axes.annotate(
            f"{point.solution}\n{price}",
            (point.evenness, point.value),
            xytext=(0, 8),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.margins(x=0.08, y=0.25)
    axes.set_xlabel(tr("evenness: least share over the share that its country is entitled to"))
    axes.set_ylabel(tr("value"))
    axes.spines[["top", "right"]].set_visible(False)
    return figure_png(figure)


def beyond_the_edge(fairness: Fairness) -> tuple[str, ...]:
    """Return the points that the plot leaves out, for little is known of their best value."""
    known = [point for point in fairness.points if not _uncertain(point)]
    if len(known) < 2:
        return ()
    return tuple(point.solution for point in fairness.points if _uncertain(point))


def _uncertain(point: FairnessPoint) -> bool:
    lower = _or(point.value_lower, 0.0)
    return abs(point.value - lower) > UNCERTAIN * abs(point.value)


@lettering()
def trace_plot(trace: NDArray[np.float64]) -> bytes:
    """Plot how the best selection and the proved bound moved during the search.

    Parameters
    ----------
    trace : (moments, 4) float64
        Seconds, objective, bound, gap; NaN where not known yet. Values far from the last
        ones lie beyond the edge.

    Returns
    -------
    bytes
        A PNG.
    """
    figure = Figure(figsize=(8.0, 2.8), layout="constrained")
    axes = figure.subplots()
    for column, name, colour in (
        (1, tr("best selection"), PROPOSED),
        (2, tr("bound"), ENLARGED),
    ):
        known = np.isfinite(trace[:, column])
        axes.step(trace[known, 0], trace[known, column], where="post", color=colour, label=name)
        axes.plot(trace[known, 0], trace[known, column], ".", color=colour, markersize=4)
    axes.set_ylim(*_around_the_end(trace))
    axes.set_xlabel(tr("seconds"))
    axes.set_ylabel(tr("value"))
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return figure_png(figure)


def _around_the_end(trace: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range of values about the last ones."""
    known = trace[:, 1:3][np.isfinite(trace[:, 1:3])]
    last = [
        column[np.isfinite(column)][-1]
        for column in trace[:, 1:3].T
        if np.isfinite(column).any()
    ]
    room = max(0.15 * max(abs(value) for value in last), 1e-9)
    lowest, highest = min(last) - room, max(last) + room
    return max(lowest, known.min() - 0.2 * room), min(highest, known.max() + 0.2 * room)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _background(ground: Ground) -> NDArray[np.float64]:
    """(rows, columns, 3) float64: sea, land, existing sites and borders in colour."""
    picture = np.empty((*ground.grid.shape, 3))
    picture[:] = to_rgb(SEA)
    picture[ground.country > 0] = to_rgb(LAND)
    picture[ground.site > 0] = to_rgb(SITES)
    return picture


def _borders(ground: Ground) -> NDArray[np.bool_]:
    country = ground.country
    border = np.zeros(country.shape, dtype=np.bool_)
    both = (country[:, 1:] > 0) & (country[:, :-1] > 0)
    border[:, 1:] |= both & (country[:, 1:] != country[:, :-1])
    both = (country[1:] > 0) & (country[:-1] > 0)
    border[1:] |= both & (country[1:] != country[:-1])
    return border


def _canvas(ground: Ground, beside: float = 0.0) -> tuple[Figure, Axes]:
    """Return a figure of 8 inches that a map fills but for what is beside it."""
    rows, columns = ground.grid.shape
    height = float(np.clip((8.0 - beside) * rows / columns, 3.0, 10.0))
    figure = Figure(figsize=(8.0, height), layout="constrained")
    return figure, figure.subplots()


def _draw(axes: Axes, ground: Ground, picture: NDArray[np.float64]) -> None:
    picture[_borders(ground)] = to_rgb(BORDER)
    axes.imshow(picture, interpolation="nearest")
    axes.set_axis_off()


def _map(ground: Ground, picture: NDArray[np.float64], legend: Sequence[Patch]) -> bytes:
    figure, axes = _canvas(ground)
    _draw(axes, ground, picture)
    axes.legend(handles=list(legend), loc="lower right", fontsize=8, framealpha=0.9)
    return figure_png(figure)
