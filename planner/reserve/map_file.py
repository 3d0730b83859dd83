"""What the map shows of a run: selected land and how often units are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.reserve.units_file import write_polygons
from planner.reserve_maps import ASKED, EXISTING, FREQUENCY, NEW, SELECTED

if TYPE_CHECKING:
    from pathlib import Path

    from algorithms.arrays import BoolArray, FloatArray
    from planner.reserve.run_folder import ReserveRun


def write_selected(run: ReserveRun, selected: BoolArray) -> Path:
    """Write the land of a selection for the map, by country and by why it is selected.

    Parameters
    ----------
    run : ReserveRun
        With its units.
    selected : (n,) bool
        Its selected units.

    Returns
    -------
    Path
        GeoPackage with the layer ``selected``.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    units = run.units
    locked = units["status"] == "locked_in"
    state = np.where(units["existing"], EXISTING, np.where(locked, ASKED, NEW))
    chosen = units.assign(state=state, units=1)[selected]
    columns = chosen[["country", "state", "area_km2", "cost", "units", "geometry"]]
    land = columns.dissolve(
        ["country", "state"], aggfunc="sum", method="coverage", as_index=False
    )
    write_polygons(run.file(SELECTED), land, "selected")
    return run.file(SELECTED)


def write_frequency(run: ReserveRun, frequency: FloatArray, no_regret: BoolArray) -> Path:
    """Write how often each unit is selected in a portfolio, for the map.

    Parameters
    ----------
    run : ReserveRun
        With its units.
    frequency : (n,) float64
        Share of the portfolio's solutions that select each unit, 0 to 1.
    no_regret : (n,) bool
        Units that are proved to be in every solution as good.

    Returns
    -------
    Path
        GeoPackage with the layer ``frequency``; units that existing sites lock in, and those
        that are never selected, are left out.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    units = run.units.assign(frequency=frequency, no_regret=no_regret.astype(np.int32))
    shown = units[(frequency > 0) & ~units["existing"].to_numpy()]
    columns = ["unit_id", "country", "area_km2", "frequency", "no_regret", "geometry"]
    write_polygons(run.file(FREQUENCY), shown[columns], "frequency")
    return run.file(FREQUENCY)
