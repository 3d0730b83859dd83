"""A run as the window shows it: read in one go beside the window, never changed in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resources.translation import mark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from planner.reserve.feature_rows import FeatureRow
    from planner.reserve.ledger import Ledger
    from planner.reserve.request import ReserveRequest
    from planner.reserve.stored_solution import StoredSolution
    from ui.reserve.fairness_plot import FairDot
    from ui.reserve.overlay import Patch
    from ui.reserve.trace_plot import Step


@dataclass(frozen=True)
class PortfolioView:
    """Solutions that are nearly as good as the best and differ from it and from each other.

    Parameters
    ----------
    solutions : tuple of str
        Their names, the best first.
    differs : tuple of float
        How much each differs from the first, as a share of what either selects.
    excess : tuple of float or None
        How much worse each is than the best, as a share of that; None where unknown.
    within, distance : float
        How much worse they may be, and how much they must differ; shares.
    frequency : (n,) float64
        Share of the solutions that select each unit.
    no_regret : (n,) bool
        Units that every selection found within `within` of the best has.
    told : str
        What of that is proved, and what only found, as sentences.
    """

    solutions: tuple[str, ...]
    differs: tuple[float, ...]
    excess: tuple[float | None, ...]
    within: float
    distance: float
    frequency: NDArray[np.float64]
    no_regret: NDArray[np.bool_]
    told: str


@dataclass(frozen=True)
class Side:
    """One side of a comparison: joining, or enlarging existing sites only.

    Parameters
    ----------
    title : str
        Which it is.
    rows : tuple of (str, str)
        What is told of it, and the value in words.
    geometry : shapely geometry or None
        Its land, in the project's CRS; None where it is on the map anyway.
    """

    title: str
    rows: tuple[tuple[str, str], ...]
    geometry: BaseGeometry | None = None


@dataclass(frozen=True)
class ProposalView:
    """A proposal of a run.

    Parameters
    ----------
    key, title, detail : str
        Its name in the run, for people, and what sets it apart.
    facts : tuple of (str, str)
        What is known of it.
    reasons : tuple of str
        Why it is proposed and why its parts are in it.
    geometry : shapely geometry or None
        In the project's CRS.
    sides : tuple of Side
        The proposal and the alternative to it; empty where not computed.
    verdict : str
        What the comparison comes to.
    """

    key: str
    title: str
    detail: str
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    geometry: BaseGeometry | None
    sides: tuple[Side, ...] = ()
    verdict: str = ""


@dataclass(frozen=True)
class WithdrawalView:
    """What changes if a country withdraws.

    Parameters
    ----------
    iso3 : str
        The country.
    solution : str
        Name of the solution without it; empty where the targets cannot be met.
    keeps_existing : bool
        Whether its existing sites go on to count.
    told : tuple of str
        What changes, as sentences.
    rows : tuple of (str, str, str, str)
        Country by country: name, new land before and after, change of its cost.
    """

    iso3: str
    solution: str
    keeps_existing: bool
    told: tuple[str, ...]
    rows: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, eq=False)
class RunView:
    """A run as the window shows it.

    Parameters
    ----------
    run_id, title : str
        Its name, and what people call it.
    folder : Path
        Its files.
    request : ReserveRequest
        What was asked.
    countries : tuple of str
        Countries of the units, by ISO code.
    finished : bool
        Whether its search came to an end.
    solutions : tuple of StoredSolution
        The best first.
    steps : tuple of Step
        How the search went.
    notes : tuple of str
        What a reader must know of it.
    cost_unit : str
        What costs are measured in.
    units : GeoDataFrame or None
        The planning units in the map's CRS, in the order of the problem; None where the run
        was ended before they were made.
    features : mapping of str to FeatureRow
        What each feature is, by its name.
    ledgers : mapping of str to Ledger
        By name of the solution.
    fairness : tuple of FairDot
        Points of the curve; none where it was not computed.
    fairness_value : str
        What the cost of a point is called.
    fairness_told : str
        What the evenness is and how the curve was made.
    portfolio : PortfolioView or None
        None where it was not computed.
    withdrawals : tuple of WithdrawalView
        By country.
    proposals : mapping of str to tuple of ProposalView
        By name of the solution, for those whose proposals were looked for.
    """

    run_id: str
    title: str
    folder: Path
    request: ReserveRequest
    countries: tuple[str, ...]
    finished: bool
    solutions: tuple[StoredSolution, ...]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    units: gpd.GeoDataFrame | None
    cost_unit: str = ""
    features: Mapping[str, FeatureRow] = field(default_factory=dict)
    ledgers: Mapping[str, Ledger] = field(default_factory=dict)
    fairness: tuple[FairDot, ...] = ()
    fairness_value: str = mark("Total cost")
    fairness_told: str = ""
    portfolio: PortfolioView | None = None
    withdrawals: tuple[WithdrawalView, ...] = ()
    proposals: Mapping[str, tuple[ProposalView, ...]] = field(default_factory=dict)

    def solution(self, name: str) -> StoredSolution | None:
        """Return a solution by its name, or None where there is none of it."""
        return next((item for item in self.solutions if item.name == name), None)


@dataclass(frozen=True, eq=False)
class LandView:
    """Land of a run to be painted.

    Parameters
    ----------
    run_id, name : str
        The run, and the solution or ``frequency`` or ``no_regret``.
    patches : tuple of Patch
        What is painted.
    """

    run_id: str
    name: str
    patches: tuple[Patch, ...]
