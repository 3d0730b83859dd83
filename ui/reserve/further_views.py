"""What was computed further of a run, in the words of the window."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from resources.translation import mark, tr
from ui import words
from ui.reserve.fairness_plot import FairDot
from ui.reserve.trace_plot import percent
from ui.reserve.view import PortfolioView, WithdrawalView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.fairness_curve import Fairness, FairnessPoint
    from planner.reserve.portfolio_run import NoRegret, PortfolioFound
    from planner.reserve.withdrawal_run import WithdrawalFound

_OF = {"area": mark("new land"), "cost": mark("the cost"), "gain": mark("what is gained")}
_ALL = "ALL"


def fair_dots(found: Fairness | None) -> tuple[FairDot, ...]:
    """Return the points of the price-of-fairness curve that have an evenness."""
    points = () if found is None else found.points
    return tuple(_dot(point) for point in points if point.evenness is not None)


def _dot(point: FairnessPoint) -> FairDot:
    portions = [item for item in point.portions if item.share is not None]
    shares = words.listed(
        f"{words.country(item.iso3)} {percent(item.share or 0.0)}" for item in portions
    )
    return FairDot(
        solution=point.solution,
        evenness=math.nan if point.evenness is None else point.evenness,
        cost=point.value,
        bound=math.nan if point.value_lower is None else point.value_lower,
        price=math.nan if point.price is None else point.price,
        shares=f"{shares}." if shares else "",
    )


def fairness_told(found: Fairness | None) -> str:
    """Return what the curve shows and how sure it is, as sentences."""
    if found is None:
        return ""
    told = [
        tr(
            "Evenness: the least share of {of} that a country gives, divided by the share "
            "it is entitled to. Price: by how much the value is worse than without shares. "
            "Dashed: proved, none is better.",
            of=tr(_OF[found.share_of]),
        )
    ]
    if found.fairest_level is not None and found.fairest_bound is not None:
        told.append(
            tr(
                "The fairest found has {fairest_level:.2f}; proved, none exceeds "
                "{fairest_bound:.2f}.",
                fairest_level=found.fairest_level,
                fairest_bound=found.fairest_bound,
            )
        )
    return " ".join((*told, *(words.stored(note) for note in found.notes)))


def portfolio_view(found: PortfolioFound | None) -> PortfolioView | None:
    """Return a portfolio as the window shows it."""
    if found is None:
        return None
    frequency = np.array(found.frequency, dtype=np.float64)
    kept = np.zeros(frequency.size, dtype=np.bool_)
    kept[list(found.in_every_found)] = True
    return PortfolioView(
        solutions=tuple(member.solution for member in found.members),
        differs=tuple(member.distance[0] for member in found.members),
        excess=tuple(member.excess for member in found.members),
        within=found.within,
        distance=found.distance,
        frequency=frequency,
        no_regret=kept,
        told=_portfolio_told(found),
    )


def _portfolio_told(found: PortfolioFound) -> str:
    told = []
    if len(found.members) < found.count:
        why = (
            tr("proved, there is no other so good and so different")
            if found.exhausted
            else tr("no other was found in the time")
        )
        told.append(
            tr(
                "{members} of {count} solutions: {why}.",
                members=len(found.members),
                count=found.count,
                why=why,
            )
        )
    total = next((row for row in found.by_country if row.iso3 == _ALL), None)
    if total is not None:
        told.append(_no_regret_told(total, found.within))
        told += [
            f"{words.country(row.iso3)}: {words.area(row.proved_km2 + row.found_km2)}."
            for row in found.by_country
            if row.iso3 != _ALL and row.proved + row.found
        ]
    return " ".join((*told, *(words.stored(note) for note in found.notes)))


def _no_regret_told(total: NoRegret, within: float) -> str:
    if not total.proved and not total.found:
        return tr(
            "No land is in every solution within {within} of the best.", within=percent(within)
        )
    if not total.found:
        return tr(
            "Without regret, for every solution within {within} of the best has it: "
            "{proved}, proved.",
            within=percent(within),
            proved=words.area(total.proved_km2),
        )
    return tr(
        "Without regret, for every solution within {within} of the best has it: "
        "{proved}, proved; {found} more are in all solutions found.",
        within=percent(within),
        proved=words.area(total.proved_km2),
        found=words.area(total.found_km2),
    )


def withdrawal_view(found: WithdrawalFound, lines: Sequence[str]) -> WithdrawalView:
    """Return what changes without a country, as the window shows it.

    Parameters
    ----------
    found : WithdrawalFound
        What changes.
    lines : sequence of str
        The same in sentences, as every account of a run has them.
    """
    return WithdrawalView(
        iso3=found.iso3,
        solution=found.solution,
        keeps_existing=found.keeps_existing,
        told=tuple(words.stored(line) for line in lines),
        rows=tuple(
            (
                words.country(row.iso3),
                words.number(row.area_before_km2),
                words.number(row.area_after_km2),
                _signed(row.cost_after - row.cost_before),
            )
            for row in found.countries
        ),
    )


def _signed(value: float) -> str:
    return f"+{words.number(value)}" if value > 0 else words.number(value)
