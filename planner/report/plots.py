"""Plots of the report, drawn with matplotlib as PNG."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from planner.map_style import country_colour, look
from planner.report.lettering import lettering
from planner.report.words import figure as number_text
from resources.translation import tr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DPI = 130


@lettering()
def width_plot(distance_m: Sequence[float], width_m: Sequence[float], needed_m: float) -> bytes:
    """Plot the width of a corridor along its middle line.

    Parameters
    ----------
    distance_m, width_m : (n,) sequence of float
        Distance from the first core and width there, in metres.
    needed_m : float
        Width that the species needs.

    Returns
    -------
    bytes
        A PNG.
    """
    figure = Figure(figsize=(8.0, 2.6), layout="constrained")
    axes = figure.subplots()
    kilometres = [value / 1000.0 for value in distance_m]
    corridor, narrow = look("corridors"), look("bottlenecks")
    axes.fill_between(kilometres, width_m, color=corridor["fill"], alpha=0.5, linewidth=0)
    axes.plot(kilometres, width_m, color=corridor["stroke"], linewidth=1.6)
    axes.axhline(needed_m, color=narrow["stroke"], linewidth=1.2, linestyle="--")
    axes.annotate(
        tr("needed: {width} m", width=number_text(needed_m)),
        (0.99, needed_m),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        color=narrow["label"],
        bbox={"facecolor": "white", "alpha": 0.8, "linewidth": 0, "pad": 1},
    )
    axes.set(xlabel=tr("along the corridor, km"), ylabel=tr("width, m"))
    axes.set_xlim(0, max(kilometres[-1], 0.1))
    axes.set_ylim(0, 1.15 * max([*width_m, needed_m]))
    axes.spines[["top", "right"]].set_visible(False)
    return figure_png(figure)


@lettering()
def protection_plot(before: Mapping[str, float], after: Mapping[str, float]) -> bytes:
    """Plot the share of each country's land in sites before and after, in %.

    Parameters
    ----------
    before, after : mapping of str to float
        ISO3 code to percentage; the same codes in both.

    Returns
    -------
    bytes
        A PNG.
    """
    codes = sorted(before)
    figure = Figure(figsize=(8.0, 0.7 + 0.62 * len(codes)), layout="constrained")
    axes = figure.subplots()
    for place, code in enumerate(codes):
        hue = country_colour(code)
        axes.barh(place - 0.19, before[code], 0.34, color=hue, alpha=0.45)
        axes.barh(place + 0.19, after[code], 0.34, color=hue)
        for offset, value in ((-0.19, before[code]), (0.19, after[code])):
            axes.annotate(
                f"{value:.2f} %",
                (value, place + offset),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
            )
    axes.set_yticks(range(len(codes)), codes)
    axes.invert_yaxis()
    axes.set_xlabel(tr("land of the region in catalogued sites, % (pale: before, full: after)"))
    axes.set_xlim(0, 1.15 * max([*before.values(), *after.values(), 1.0]))
    axes.spines[["top", "right"]].set_visible(False)
    return figure_png(figure)


def figure_png(figure: Figure) -> bytes:
    """Return a drawn figure as the bytes of a PNG."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})
    return stream.getvalue()
