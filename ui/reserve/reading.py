"""Reads runs for the window, off its thread; nothing here knows widgets."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from resources.translation import tr
from ui.reserve.findings.told import value_title
from ui.reserve.further_views import fair_dots, fairness_told, portfolio_view, withdrawal_view
from ui.reserve.land import (
    FREQUENCY,
    NO_REGRET,
    portfolio_land,
    selected_patches,
    solution_land,
)
from ui.reserve.proposal_views import proposal_views
from ui.reserve.trace_plot import Step
from ui.reserve.view import LandView, RunView

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from planner.jobs import JobControl
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import ReserveRun


def read_run(path: Path, run_id: str, crs: str, control: JobControl) -> RunView:
    """Read a run from its folder; the project itself may be busy meanwhile.

    Parameters
    ----------
    path : Path
        Folder of the project.
    run_id : str
        Name of the run.
    crs : str
        Of the map.
    control : JobControl
        Told the progress.

    Raises
    ------
    PlannerError
        A file of the run is missing or was altered.
    """
    control.say(tr("Reading the search"))
    from planner.reserve.alternative import read_alternative  # noqa: PLC0415 - 2 s to load
    from planner.reserve.fairness_curve import read_fairness  # noqa: PLC0415 - as above
    from planner.reserve.ledger import read_ledger  # noqa: PLC0415 - as above
    from planner.reserve.portfolio_run import read_portfolio  # noqa: PLC0415 - as above
    from planner.reserve.proposal import read_proposals  # noqa: PLC0415 - as above
    from planner.reserve.run_folder import PROBLEM, ReserveRun  # noqa: PLC0415 - as above
    from planner.reserve.withdrawal_run import read_withdrawals  # noqa: PLC0415 - as above
    from planner.reserve.words import cost_unit, withdrawal_lines  # noqa: PLC0415 - as above

    run = ReserveRun.open(path, run_id)
    begun = run.file(PROBLEM).is_file()
    solutions = run.solutions() if begun else ()
    control.report(0.4)
    names = [item.name for item in solutions]
    found = {name: read_proposals(run, name) for name in names}
    others = {name: read_alternative(run, name) for name in names}
    control.report(0.6)
    fairness = read_fairness(run) if begun else None
    return RunView(
        run_id=run.run_id,
        title=run.request.title or tr("Search {run}", run=run.run_id[:6]),
        folder=run.folder,
        request=run.request,
        countries=tuple(sorted(run.country_names)) if begun else (),
        finished=run.finished,
        solutions=solutions,
        features={row.name: row for row in run.features()} if begun else {},
        steps=tuple(
            Step(row[0], _known(row[1]), _known(row[2])) for row in run.trace().tolist()
        ),
        notes=run.notes(),
        cost_unit=cost_unit(run.request),
        units=_units(run, crs) if begun else None,
        ledgers={name: item for name in names if (item := read_ledger(run, name))},
        fairness=fair_dots(fairness),
        fairness_value=_value_title(run.request),
        fairness_told=fairness_told(fairness),
        portfolio=portfolio_view(read_portfolio(run)) if begun else None,
        withdrawals=tuple(
            withdrawal_view(item, withdrawal_lines(item)) for item in read_withdrawals(run)
        ),
        proposals={
            name: proposal_views(item, others[name], cost_unit(run.request))
            for name, item in found.items()
            if item is not None
        },
    )


def read_land(view: RunView, name: str, control: JobControl) -> LandView:
    """Return the land of a solution, or of the portfolio, to be painted."""
    control.report(0.0)
    if name in {FREQUENCY, NO_REGRET}:
        return portfolio_land(view, name)
    return solution_land(view, name)


def read_live_land(
    folder: Path, crs: str, selected: NDArray[np.bool_], control: JobControl
) -> LandView:
    """Return the land of the best selection of a search that goes on.

    Parameters
    ----------
    folder : Path
        Of the run.
    crs : str
        Of the map.
    selected : (n,) bool
        The selection.
    control : JobControl
        Told the progress.
    """
    control.report(0.0)
    from planner.reserve.run_folder import ReserveRun  # noqa: PLC0415 - 2 s to load

    run = ReserveRun(folder)
    return LandView(run.run_id, "incumbent", selected_patches(_units(run, crs), selected))


def _units(run: ReserveRun, crs: str) -> gpd.GeoDataFrame:
    return run.units if run.units.crs is None else run.units.to_crs(crs)


def _value_title(request: ReserveRequest) -> str:
    """Return what fairness is paid in: the cost, or the value of another objective."""
    plain = request.goal.objective == "minimum_set" and request.goal.boundary_penalty == 0
    return tr("Total cost") if plain else value_title(request)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
