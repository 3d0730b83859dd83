"""Why each part of a proposal is in: what it holds and connects, what replaces it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from algorithms.control import NULL_CONTROL, PartControl
from algorithms.reserve.fair import as_fair
from algorithms.reserve.irreplaceability import rarity_weighted_richness, replacement_cost
from algorithms.reserve.solution import TARGET_ROUNDING
from layers.shapes import burn
from planner.pipeline.complex_records import (
    NOMINAL_GAP,
    apart_words,
    cut_members,
    pair_reasons,
    unrecorded_species,
)
from planner.pipeline.study import SCENARIO
from planner.records import listed, shape_of
from planner.reserve.complexes import pieces
from planner.reserve.ledger import FeatureGain
from planner.reserve.proposal import ConnectedLoss, JoinedSites, Part
from planner.reserve.words import shown_share
from resources.translation import filled, mark

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray, IntArray
    from algorithms.control import Control
    from algorithms.reserve.irreplaceability import ReplacementCost
    from algorithms.reserve.problem import Problem
    from algorithms.reserve.series import Effort
    from planner.reserve.complexes import ComplexFinder
    from planner.reserve.proposal import Proposal, Proposals
    from planner.reserve.request import ReserveRequest
    from planner.reserve.run_folder import ReserveRun
    from planner.reserve.stored_solution import StoredSolution

MOST_TOLD = 6
"""Parts of a proposal that its reasons tell of; all are kept."""
MOST_MEASURED = 60
"""Parts of a solution, the largest, of which replacement and connectivity are measured."""
CONNECTED_SHARE = 0.5
"""What connectivity without each part may take, as a share of what replacement may."""
MOST_FEATURES = 3
"""Features that a sentence names."""
RARE = 1.05
"""A part is told to be rich in what is rare from so many times the usual on."""
VAGUE = 0.5
"""Upper limits above this share of the value, far from the lower ones, tell nothing."""
LEAST_LOSS_KM2 = 0.1
"""Losses of connected habitat below this are not told."""
UNMEASURED = mark(
    "What connected habitat is lost without it was not measured in the time given."
)


def explained(
    finder: ComplexFinder,
    found: Proposals,
    stored: StoredSolution,
    effort: Effort,
    control: Control = NULL_CONTROL,
) -> Proposals:
    """Return proposals with the reasons of each of their parts.

    Parameters
    ----------
    finder : ComplexFinder
        What found them.
    found : Proposals
        As it returned them.
    stored : StoredSolution
        The solution that they are of.
    effort : Effort
        What all replacement costs together may use; connectivity without each part may take
        half as long. What was not measured by then is told.
    control : Control
        Told the progress; may cancel.
    """
    side = finder.run.units["country"].to_numpy()
    groups = [
        sorted(
            pieces(finder.ground, _mask(item.units, side.size), side),
            key=lambda piece: -float(finder.outside_km2[piece].sum()),
        )
        for item in found.items
    ]
    every = [piece for group in groups for piece in group]
    every.sort(key=lambda piece: -float(finder.outside_km2[piece].sum()))
    measured = every[:MOST_MEASURED]
    replaced, problem = None, answered_problem(finder.run, stored)
    if measured and problem is not None:
        replaced = replacement_cost(
            problem,
            stored.solution(),
            measured,
            effort=effort,
            control=PartControl(control, 0.0, 0.7),
        )
    seconds = CONNECTED_SHARE * effort.time_limit
    teller = _Teller(finder, stored, measured, replaced, seconds)
    items, done = [], 0
    for item, group in zip(found.items, groups, strict=True):
        parts = []
        for number, piece in enumerate(group, 1):
            control.report(0.7 + 0.3 * done / len(every))
            parts.append(teller.part(number, piece))
            done += 1
        reasons = _reasons(finder, item, parts)
        items.append(item.model_copy(update={"parts": tuple(parts), "reasons": reasons}))
    control.report(1.0)
    return found.model_copy(update={"items": tuple(items)})


def answered_problem(run: ReserveRun, stored: StoredSolution) -> Problem | None:
    """Return the problem that a solution answers; None where that is not kept.

    Parameters
    ----------
    run : ReserveRun
        The run.
    stored : StoredSolution
        One of its solutions. A point of the fairness curve answers the run's problem with the
        least shares of its level: without them, land that is in for the shares would seem to
        be replaced by none. What is asked once a country has left is not kept.
    """
    if stored.kind == "withdrawn":
        return None
    level = stored.parameters.get("level")
    if stored.kind == "fair" and isinstance(level, int | float):
        return as_fair(run.problem(), float(level))
    return run.problem()


class _Teller:
    """Measures parts and tells of them."""

    def __init__(
        self,
        finder: ComplexFinder,
        stored: StoredSolution,
        measured: list[IntArray],
        replaced: ReplacementCost | None,
        seconds: float,
    ) -> None:
        self._finder, self._replaced = finder, replaced
        self._end = time.perf_counter() + seconds
        self._place = {int(piece[0]): place for place, piece in enumerate(measured)}
        self._stored = stored
        run, ground = finder.run, finder.ground
        problem = run.problem()
        self._cost = problem.cost
        self._amount = problem.amount
        self._target = problem.target
        self._names = problem.names()
        self._other_demands = other_demands(finder.run.request, stored)
        self._held_already = _held_by_existing(problem, finder.ground.existing)
        self._rarity = rarity_weighted_richness(
            problem.amount.maximum(0.0), weight=problem.weights()
        )
        self._area: FloatArray = run.units["area_km2"].to_numpy(dtype=np.float64)
        self._country = run.units["country"].to_numpy()
        self._land = ground.land(stored.mask())
        self._whole = {name: ground.connected(name, self._land) for name in ground.habitat}
        self._corridors = self._burnt_corridors()

    def _burnt_corridors(self) -> list[tuple[str, NDArray[np.bool_]]]:
        """Return the corridors of the project with their cells."""
        project, grid = self._finder.study.project, self._finder.ground.grid
        rows = project.records("corridors", scenario=SCENARIO, kind="swath")
        return [(str(row["name"]), burn([shape_of(row)], grid) == 1) for row in rows]

    def part(self, number: int, units: IntArray) -> Part:
        """Measure one part; of small ones, where there are many, only what they hold."""
        finder = self._finder
        place = self._place.get(int(units[0]))
        mask = _mask(units, self._cost.size)
        lower, upper, lost = self._replacement(place)
        rarity = self._rareness(units)
        connected = None if place is None else self._connected_losses(mask)
        cells = finder.ground.cells_of(mask)
        corridors = tuple(
            dict.fromkeys(name for name, swath in self._corridors if (swath & cells).any())
        )
        features = self._features(mask)
        area = float(finder.outside_km2[units].sum())
        reasons = [
            *self._place_words(cells),
            *_held_words(features, self._held_already, self._other_demands),
            *(
                ()
                if place is None or self._replaced is None
                else (self._replacement_words(lower, upper, irreplaceable=lost),)
            ),
            *_rarity_words(rarity),
            *(self._connected_words(item) for item in connected or ()),
            *((UNMEASURED,) if connected is None and place is not None else ()),
            *(filled("The corridor {name} runs through it.", name=name) for name in corridors),
        ]
        return Part(
            number=number,
            iso3=str(self._country[units[0]]),
            units=tuple(units.tolist()),
            area_km2=area,
            cost=float(self._cost[units].sum()),
            features=features,
            replacement_lower=lower,
            replacement_upper=upper,
            irreplaceable=lost,
            rarity=rarity,
            connected=connected or (),
            corridors=corridors,
            reasons=tuple(reasons),
        )

    def _place_words(self, cells: NDArray[np.bool_]) -> list[str]:
        """Tell where a part lies, by its cell nearest to the middle; too small ones nothing."""
        rows, columns = np.nonzero(cells)
        if not rows.size:
            return []
        away = (rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2
        nearest = int(away.argmin())
        lon, lat = self._finder.study.degrees_at(float(rows[nearest]), float(columns[nearest]))
        return [filled("It lies about {lat:.2f} N, {lon:.2f} E.", lat=lat, lon=lon)]

    def _replacement(self, place: int | None) -> tuple[float | None, float | None, bool]:
        if self._replaced is None or place is None:
            return None, None, False
        lower, upper = (
            float(self._replaced.lower[place]), float(self._replaced.upper[place]),
        )  # fmt: skip
        return (
            lower if math.isfinite(lower) else None,
            upper if math.isfinite(upper) else None,
            bool(self._replaced.irreplaceable[place]),
        )

    def _rareness(self, units: IntArray) -> float:
        usual = float(self._rarity.sum()) / float(self._area.sum())
        here = float(self._rarity[units].sum()) / float(self._area[units].sum())
        return here / usual if usual > 0 else 0.0

    def _connected_losses(self, mask: BoolArray) -> tuple[ConnectedLoss, ...] | None:
        """Measure what connected habitat is lost without a part; None once time is over."""
        if self._whole and time.perf_counter() > self._end:
            return None
        ground = self._finder.ground
        without = self._land & ~(ground.cells_of(mask) & ~ground.base)
        losses = []
        for name, whole in self._whole.items():
            loss = whole - ground.connected(name, without)
            if loss >= LEAST_LOSS_KM2:
                losses.append(ConnectedLoss(species=name, km2=loss, share=loss / whole))
        return tuple(losses)

    def _features(self, mask: BoolArray) -> tuple[FeatureGain, ...]:
        amount = self._amount @ mask.astype(np.float64)
        gains = [
            FeatureGain(
                feature=name,
                amount=float(amount[row]),
                share_of_target=float(amount[row] / self._target[row])
                if self._target is not None and self._target[row] > 0
                else None,
            )
            for row, name in enumerate(self._names)
            if amount[row] > 0
        ]
        return tuple(sorted(gains, key=lambda gain: -(gain.share_of_target or 0.0)))

    def _replacement_words(
        self, lower: float | None, upper: float | None, *, irreplaceable: bool
    ) -> str:
        """Tell what it costs to do without a part."""
        if irreplaceable:
            return mark("Nothing can replace it: without it no selection meets what is asked.")
        whole = abs(self._stored.objective)
        rounding = 1e-6 * max(whole, 1.0)
        least = max(lower or 0.0, 0.0)
        if upper is not None and upper > VAGUE * whole and least < upper / 10.0:
            upper = None
        more = self._finder.run.problem().objective == "minimum_set"

        def shown(value: float) -> str:
            share = shown_share(value, whole)
            if more:
                return filled("{value:,.1f} more ({share})", value=value, share=share)
            return f"{value:,.1f} ({share})"

        if upper is None:
            if least <= rounding:
                return mark(
                    "What it would cost to do without it was not found in the time given."
                )
            told = filled("at least {value}; how much is not known", value=shown(least))
        elif upper <= rounding:
            return mark("It can be replaced by other land at no loss.")
        elif upper - least <= rounding:
            told = shown(upper)
        elif least <= rounding:
            told = filled("at most {value}, perhaps nothing", value=shown(upper))
        else:
            told = filled("{least:,.1f} to {most}", least=least, most=shown(upper))
        return self._loss_words(told)

    def _loss_words(self, told: str) -> str:
        """Say how a loss of the objective is told."""
        problem = self._finder.run.problem()
        if problem.objective != "minimum_set":
            return filled("Without it the best selection is worse by {told}.", told=told)
        if problem.boundary_penalty > 0:
            return filled(
                "Without it the best selection costs, its boundary included, {told}.", told=told
            )
        return filled("Without it the best selection costs {told}.", told=told)

    def _connected_words(self, loss: ConnectedLoss) -> str:
        name = self._finder.ground.profiles[loss.species].names.en
        return filled(
            "Without it connected habitat of the {species} (ECA) shrinks by {area:,.1f} "
            "km² ({share:.1f} %).",
            species=name,
            area=loss.km2,
            share=100 * loss.share,
        )


def _mask(units: tuple[int, ...] | IntArray, size: int) -> BoolArray:
    mask = np.zeros(size, dtype=np.bool_)
    mask[list(units)] = True
    return mask


def _held_by_existing(problem: Problem, existing: BoolArray) -> frozenset[str]:
    """Return the features whose targets existing land holds by itself."""
    if problem.target is None:
        return frozenset()
    held = problem.amount @ existing.astype(np.float64)
    return frozenset(
        name
        for name, amount, target in zip(problem.names(), held, problem.target, strict=True)
        if target > 0 and amount >= target * (1.0 - TARGET_ROUNDING)
    )


def other_demands(request: ReserveRequest, stored: StoredSolution) -> tuple[str, ...]:
    """Return what is asked beside targets, for which land may be in that holds none of them.

    Parameters
    ----------
    request : ReserveRequest
        What was asked.
    stored : StoredSolution
        The solution; those of the fairness curve keep to shares as well.
    """
    goal, shares = request.goal, request.shares
    demands = []
    if goal.neighbours:
        demands.append(
            filled(
                "each unit, existing ones too, needs {neighbours} selected neighbours",
                neighbours=goal.neighbours,
            )
        )
    if goal.contiguous != "none":
        demands.append(mark("the land must hang together"))
    level = stored.parameters.get("level")
    fair = stored.kind == "fair" and isinstance(level, int | float) and level > 0
    if fair or shares.minimum or shares.maximum or shares.max_min_fair:
        demands.append(mark("the countries' shares are to be kept"))
    if goal.boundary_penalty:
        demands.append(mark("the boundary is to be short"))
    return tuple(demands)


def _held_words(
    features: tuple[FeatureGain, ...], already: frozenset[str], demands: tuple[str, ...]
) -> list[str]:
    """Tell what a part holds of targets; those that existing land holds are no reason."""
    open_ones = [gain for gain in features if gain.feature not in already]
    shown = [
        _held_told(gain.share_of_target, gain.feature)
        for gain in open_ones[:MOST_FEATURES]
        if gain.share_of_target is not None and gain.share_of_target >= 5e-4
    ]
    more = [gain.feature for gain in features if gain.feature in already][:MOST_FEATURES]
    told = [filled("It holds {shown}.", shown="; ".join(shown))] if shown else []
    if not shown and demands:
        told.append(
            filled(
                "It holds nothing of a target that is still open; what else is asked may "
                "need it: {listed}.",
                listed=listed(demands),
            )
        )
    if more:
        told.append(
            filled(
                "It adds to features whose targets existing land holds already: {more}.",
                more="; ".join(more),
            )
        )
    return told


def _held_told(share: float, feature: str) -> str:
    if share >= 1.05:
        return filled(
            "the whole target, {share:.1f} times over, of {feature}",
            share=share,
            feature=feature,
        )
    if share >= 1.0:
        return filled("all the target of {feature}", feature=feature)
    return filled(
        "{share:.1f} % of the target of {feature}", share=100 * share, feature=feature
    )


def _rarity_words(rarity: float) -> list[str]:
    if rarity < RARE:
        return []
    return [
        filled(
            "For its size it holds {rarity:.1f} times as much of what is rare as usual here.",
            rarity=rarity,
        )
    ]


def _reasons(finder: ComplexFinder, item: Proposal, parts: list[Part]) -> tuple[str, ...]:
    """Tell why a proposal is made: what it joins, then part by part what is added."""
    protected = finder.protected
    members = [protected.site_ids.index(site.site_id) for site in item.members]
    reasons = [sentence for pair in item.pairs for sentence in _pair_words(finder, pair)]
    if not parts:
        reasons.append(mark("No land is added: what is proposed is to care for it together."))
    for part in parts[:MOST_TOLD]:
        count = (
            filled("{count} units", count=len(part.units))
            if len(part.units) > 1
            else mark("1 unit")
        )
        reasons.append(
            filled(
                "Land added in {iso3}, part {number} ({area:,.1f} km² in {count}): {reasons}",
                iso3=part.iso3,
                number=part.number,
                area=part.area_km2,
                count=count,
                reasons=" ".join(part.reasons),
            )
        )
    if left := parts[MOST_TOLD:]:
        area = sum(part.area_km2 for part in left)
        count = (
            mark("One smaller part")
            if len(left) == 1
            else filled("{left} smaller parts", left=len(left))
        )
        reasons.append(
            filled(
                "{count} of {area:,.1f} km² in all: see the files of the run.",
                count=count,
                area=area,
            )
        )
    if rest := sum(part.rest_km2 for part in item.parts_by_country):
        reasons.append(
            filled(
                "{rest:,.1f} km² outside existing sites count as existing, because sites "
                "cover most of the units they lie in; they belong to the outline and cost "
                "nothing here.",
                rest=rest,
            )
        )
    reasons += unrecorded_species(finder.study, protected, members, item.species)
    reasons += cut_members(protected, members)
    return tuple(dict.fromkeys(reasons))


def _pair_words(finder: ComplexFinder, pair: JoinedSites) -> list[str]:
    if pair.listed:
        row = next(
            row
            for row in finder.pairs
            if {row["site_a"], row["site_b"]} == {pair.site_a, pair.site_b}
        )
        return pair_reasons(row)
    apart = apart_words(
        touching=pair.touching, nominal=pair.nominal, distance_km=pair.distance_km
    )
    told = [
        filled(
            "{first} and {second}: {apart}; joined by this selection, documented nowhere.",
            first=pair.name_a,
            second=pair.name_b,
            apart=apart,
        )
    ]
    return [*told, NOMINAL_GAP] if pair.nominal and pair.documented else told
