"""The alternative to joining: the same targets and connectivity by enlarging sites only."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.growth import Connectivity, grow_reserves, within_reach
from algorithms.reserve.problem import LinearConstraint, Problem
from algorithms.reserve.solution import InfeasibleProblemError, NoSelectionError
from algorithms.reserve.solving import solve
from layers.shapes import outline
from planner.reserve.enlargement import (
    WHOLE,
    Alternative,
    ConnectedBoth,
    CountryGrowth,
    Enlargement,
    Missing,
    read_alternative,
    write_alternative,
)
from planner.reserve.enlarging import Enlarging
from planner.reserve.finding_files import wkb_text
from planner.reserve.ground import load_ground, outside_km2
from planner.reserve.proposal import read_proposals
from planner.reserve.run_folder import BEST
from resources.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control
    from algorithms.reserve.growth import Growth, Terrain
    from planner.reserve.ground import Ground
    from planner.reserve.proposal import Proposals
    from planner.reserve.run_folder import ReserveRun

__all__ = ["Alternative", "Enlargement", "compute_alternative", "read_alternative"]

BOUND_SECONDS = 10.0
"""Most that the least cost of a comparison may take."""
BOUND_SHARE = 0.3
"""Share of a comparison's time that the least cost may take."""
BOUND_GAP = 0.005
DRAWN = (1.0, 0.7)
"""Sites are let grow once for each of these shares of the cost of the cheapest land that would
do if it needed not to hang on a site; the cheapest growth counts."""
LEAST_RISE_KM2 = 0.01
"""A smaller rise of connected habitat counts as none."""
_SAFETY = 1e-9


def compute_alternative(
    run: ReserveRun,
    solution: str = BEST,
    *,
    ground: Ground | None = None,
    seconds: float = math.inf,
    control: Control = NULL_CONTROL,
) -> Alternative:
    """Compare a solution and each of its proposals with enlarging existing sites, and keep it.

    What is asked of the enlargement is what the proposal contributes: of each feature the part
    of its target that the proposal's units hold, and for each species the equivalent connected
    area of existing land with the proposal. A site grows from its own edge, through units of
    its own country, and never so far that two sites are joined that were not before. Any
    existing site in the countries of the proposal may grow.

    Parameters
    ----------
    run : ReserveRun
        A run whose ground and proposals are kept.
    solution : str
        One of its solutions.
    ground : Ground, optional
        The ground, where it is at hand.
    seconds : float
        What it may take, shared by the whole solution and its proposals. Where the time is
        over first, the comparison says that it was cut short.
    control : Control
        Told the progress; may cancel.

    Raises
    ------
    UsageError
        The solution's proposals have not been found yet.
    ReserveRunError
        A file of the run is missing or was altered.
    """
    proposals = read_proposals(run, solution)
    if proposals is None:
        raise UsageError(
            f"The proposals of the solution {solution!r} of the run {run.run_id} have not been "
            f"found yet. Ask landbridge ledger with --solution {solution} first."
        )
    end = time.perf_counter() + seconds
    control.report(0.0)
    work = _Comparison(run, load_ground(run.folder) if ground is None else ground, solution)
    items: list[Enlargement] = []
    asked = _all_asked(run, work, proposals)
    for place, one in enumerate(asked):
        part = PartControl(control, place / len(asked), (place + 1) / len(asked))
        left = max(0.0, end - time.perf_counter())
        items.append(work.enlargement(one, left / (len(asked) - place), part))
    whole = items[0] if items else None
    found = Alternative(solution=solution, whole=whole, items=tuple(items[1:]))
    write_alternative(run, found)
    control.report(1.0)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose alternative is sought."""

    scope: str
    name: str
    units: tuple[int, ...]
    countries: tuple[str, ...]


def _all_asked(run: ReserveRun, work: _Comparison, proposals: Proposals) -> list[_Asked]:
    """Return the whole solution and each of its proposals; nothing where it adds nothing."""
    every = tuple(np.flatnonzero(work.given).tolist())
    if not every:
        return []
    countries = tuple(sorted(set(run.units["country"].tolist())))
    return [
        _Asked(WHOLE, "The whole solution", every, countries),
        *(
            _Asked(item.proposal_id, item.name, item.units, item.countries)
            for item in proposals.items
            if item.units
        ),
    ]


@dataclass(frozen=True, slots=True)
class _Floor:
    """What any enlargement costs at least, and the land on which that rests."""

    cost: float | None
    land: BoolArray | None
    impossible: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Growing:
    """What sites are to grow to.

    Attributes
    ----------
    terrain : Terrain
        Units around them.
    need : (features,) float64
        What is to be added of each feature.
    goals : dict of str to float
        Equivalent connected area to reach by species, km².
    cheapest : (n,) bool or None
        The cheapest land that would do if it needed not to hang on a site.
    """

    terrain: Terrain
    need: FloatArray
    goals: dict[str, float]
    cheapest: BoolArray | None


class _Comparison:
    """What joining and enlarging are compared on."""

    def __init__(self, run: ReserveRun, ground: Ground, solution: str) -> None:
        self._run, self._ground = run, ground
        self._problem = run.problem()
        self.given = run.solution(solution).mask() & ~ground.existing
        self._sites = Enlarging(run, ground)
        self._useful = self._useful_share()
        self._outside_km2 = outside_km2(run)
        self._before = {
            name: ground.connected(name, ground.base) for name in self._sites.species
        }

    def _useful_share(self) -> FloatArray:
        """(features,) float64: share of what is held anew that its target has a use for."""
        problem = self._problem
        held = problem.amount @ self.given.astype(np.float64)
        if problem.target is None:
            return np.ones(held.size)
        existing = problem.amount @ self._ground.existing.astype(np.float64)
        wanted = np.maximum(problem.target - existing, 0.0)
        return np.where(held > wanted, wanted / np.where(held > 0, held, 1.0), 1.0)

    def enlargement(self, asked: _Asked, seconds: float, control: Control) -> Enlargement:
        """Compare one proposal, or all of them."""
        end = time.perf_counter() + seconds
        ground, sites = self._ground, self._sites
        joined = np.zeros(self.given.size, dtype=np.bool_)
        joined[list(asked.units)] = True
        amount = self._problem.amount
        need = np.maximum(self._useful * (amount @ joined.astype(np.float64)), 0.0)
        with_it = ground.land(joined)
        goals = {name: ground.connected(name, with_it) for name in sites.species}
        terrain = sites.terrain(asked.countries)
        floor = self._floor(
            self._least_problem(need, goals, terrain),
            min(BOUND_SECONDS, BOUND_SHARE * seconds),
            PartControl(control, 0.0, 0.2),
        )
        growing = _Growing(terrain, need, goals, floor.land)
        growth = self._growth(growing, end, PartControl(control, 0.2, 1.0))
        land = ground.land(growth.selected)
        connected = tuple(
            ConnectedBoth(
                species=name,
                existing_km2=self._before[name],
                joining_km2=goal,
                enlarging_km2=ground.connected(name, land),
            )
            for name, goal in goals.items()
        )
        cost = self._problem.cost
        return Enlargement(
            scope=asked.scope,
            name=asked.name,
            needed=bool(need.any())
            or any(goal > self._before[name] + LEAST_RISE_KM2 for name, goal in goals.items()),
            joining_cost=float(cost[joined].sum()),
            joining_km2=float(self._outside_km2[joined].sum()),
            reached=growth.reached,
            cost=float(cost[growth.selected].sum()),
            area_km2=float(self._outside_km2[growth.selected].sum()),
            least_cost=floor.cost,
            impossible=floor.impossible,
            cut_short=not growth.utmost or growth.untried > 0,
            missing=self._missing(need, growth, connected),
            connected=connected,
            countries=self._countries(growth.selected),
            units=tuple(np.flatnonzero(growth.selected).tolist()),
            geometry_wkb=wkb_text(outline(land & ~ground.base, ground.grid)),
        )

    def _growth(self, growing: _Growing, end: float, control: Control) -> Growth:
        """Let the sites grow, once as they are and once drawn to the cheapest land there is."""
        terrain, need, cheapest = growing.terrain, growing.need, growing.cheapest
        squares = np.array([goal**2 for goal in growing.goals.values()], dtype=np.float64)
        grown: list[tuple[float, float, Growth]] = []
        shares = (1.0,) if cheapest is None else DRAWN
        for number, share in enumerate(shares):
            drawn = terrain
            if cheapest is not None and share < 1.0:
                price = np.where(cheapest, share * terrain.cost, terrain.cost)
                drawn = replace(terrain, cost=price)
            growth = grow_reserves(
                drawn,
                self._problem.amount,
                need,
                Connectivity(
                    self._sites.habitat_km2, partial(self._sites.measure, growing.goals)
                ),
                seconds=max(0.0, end - time.perf_counter()) / (len(shares) - number),
                control=PartControl(control, number / len(shares), (number + 1) / len(shares)),
            )
            lacks = float(
                (growth.missing / np.where(need > 0, need, 1.0)).sum()
                + (growth.missing_reach / np.where(squares > 0, squares, 1.0)).sum()
            )
            grown.append((lacks, float(terrain.cost[growth.selected].sum()), growth))
        best = min(grown, key=lambda item: item[:2])[2]
        # Another growth that was cut short might have become the cheaper one.
        cut = any(not one.utmost for _, _, one in grown)
        return replace(best, utmost=best.utmost and not cut)

    def _least_problem(
        self, need: FloatArray, goals: dict[str, float], terrain: Terrain
    ) -> Problem:
        """Return the problem whose cheapest selection is no dearer than any enlargement.

        Every enlargement holds the targets and, as no connected area is greater than the
        habitat itself, as much habitat as is to be connected. The cheapest land within reach
        of a site that does so is no dearer.
        """
        ground, sites = self._ground, self._sites
        rows = np.flatnonzero(need > 0)
        rules = tuple(
            LinearConstraint(
                name=f"habitat of {name}",
                coefficient=sites.habitat_km2[place],
                lower=(1.0 - _SAFETY) * goals[name]
                - sum(ground.habitat_km2(name, ground.base).values()),
            )
            for place, name in enumerate(sites.species)
        )
        return Problem(
            cost=self._problem.cost,
            amount=csr_array(self._problem.amount[rows]),
            target=(1.0 - _SAFETY) * need[rows],
            locked_out=~within_reach(terrain),
            constraints=tuple(rule for rule in rules if rule.lower > 0),
            feature_names=tuple(self._problem.names()[row] for row in rows.tolist()),
        )

    def _floor(self, problem: Problem, seconds: float, control: Control) -> _Floor:
        """Return what any enlargement costs at least."""
        if seconds <= 0:
            return _Floor(None, None)
        try:
            found = solve(problem, gap=BOUND_GAP, time_limit=seconds, control=control)
        except InfeasibleProblemError:
            return _Floor(None, None, impossible=True)
        except NoSelectionError as error:
            return _Floor(error.bound if math.isfinite(error.bound) else None, None)
        least = found.bound if math.isfinite(found.bound) else None
        return _Floor(least, found.selected)

    def _missing(
        self, need: FloatArray, growth: Growth, connected: tuple[ConnectedBoth, ...]
    ) -> tuple[Missing, ...]:
        targets = [
            Missing(
                what=name,
                kind="target",
                needed=float(need[row]),
                missing=float(growth.missing[row]),
            )
            for row, name in enumerate(self._problem.names())
            if growth.missing[row] > 0
        ]
        reach = [
            Missing(
                what=item.species,
                kind="connectivity",
                needed=item.joining_km2,
                missing=item.joining_km2 - item.enlarging_km2,
            )
            for place, item in enumerate(connected)
            if growth.missing_reach[place] > 0
        ]
        return (*targets, *reach)

    def _countries(self, selected: BoolArray) -> tuple[CountryGrowth, ...]:
        country: NDArray[np.object_] = self._run.units["country"].to_numpy()
        return tuple(
            CountryGrowth(
                iso3=iso3,
                area_km2=float(self._outside_km2[selected & (country == iso3)].sum()),
                cost=float(self._problem.cost[selected & (country == iso3)].sum()),
            )
            for iso3 in sorted(set(country[selected].tolist()))
        )
