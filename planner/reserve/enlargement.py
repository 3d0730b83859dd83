"""Enlarging existing sites beside joining them, as it is kept with the run."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import shapely

from planner.reserve.finding_files import Finding, read_finding, write_finding
from planner.reserve.run_folder import BEST

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from planner.reserve.run_folder import ReserveRun

FOLDER = "alternative"
WHOLE = "all"
"""Stands for the whole solution where otherwise a proposal is named."""


class Missing(Finding):
    """What enlarging cannot reach.

    Attributes
    ----------
    what : str
        A feature, or a species.
    kind : str
        ``target`` or ``connectivity``.
    needed, missing : float
        What is needed on top of what exists and how much of it is missing, in the unit of the
        feature; for a species the equivalent connected area to reach and what is missing, km².
    """

    what: str
    kind: str
    needed: float
    missing: float


class ConnectedBoth(Finding):
    """Equivalent connected area of a species as it is, by joining, and by enlarging; km²."""

    species: str
    existing_km2: float
    joining_km2: float
    enlarging_km2: float


class CountryGrowth(Finding):
    """What the sites of a country grow by."""

    iso3: str
    area_km2: float
    cost: float


class Enlargement(Finding):
    """Enlarging existing sites, side by side with what a proposal joins.

    Attributes
    ----------
    scope : str
        Proposal, or ``all`` for the whole solution.
    name : str
        What people call it.
    needed : bool
        Whether it contributes anything to targets or connectivity.
    joining_cost, joining_km2 : float
        What the proposal costs and adds outside existing sites.
    reached : bool
        Whether enlarging reaches the same targets and connectivity.
    cost, area_km2 : float
        The cheapest enlargement found, or the utmost where it does not reach them.
    least_cost : float or None
        No enlargement that reaches them is cheaper, proved; None where nothing is proved.
    impossible : bool
        Whether it is proved that enlarging cannot reach them.
    cut_short : bool
        Whether the time was over before all was tried: cheaper growth may have been missed,
        and where it is not reached, sites may be able to grow further.
    missing : tuple of Missing
        What it falls short of.
    connected : tuple of ConnectedBoth
        Connectivity side by side.
    countries : tuple of CountryGrowth
        Where sites grow.
    units : tuple of int
        Units that they grow by.
    geometry_wkb : str
        Outline of that land, hexadecimal, in the CRS of the project.
    """

    scope: str
    name: str
    needed: bool
    joining_cost: float
    joining_km2: float
    reached: bool
    cost: float
    area_km2: float
    least_cost: float | None
    impossible: bool
    cut_short: bool = False
    missing: tuple[Missing, ...]
    connected: tuple[ConnectedBoth, ...]
    countries: tuple[CountryGrowth, ...]
    units: tuple[int, ...]
    geometry_wkb: str

    @property
    def factor(self) -> float | None:
        """How many times as dear as joining the enlargement found is; None: not comparable."""
        comparable = self.needed and self.reached and self.joining_cost > 0
        return self.cost / self.joining_cost if comparable else None

    @property
    def least_factor(self) -> float | None:
        """How many times as dear as joining any enlargement is at least; None: not known."""
        if self.least_cost is None or not (self.needed and self.joining_cost > 0):
            return None
        return self.least_cost / self.joining_cost

    @cached_property
    def geometry(self) -> BaseGeometry:
        """Outline of the land that sites grow by, in the CRS of the project."""
        return shapely.from_wkb(self.geometry_wkb)

    @property
    def verdict(self) -> str:
        """The comparison in a sentence."""
        if not self.needed:
            return (
                "What it adds serves no target that is still open, and joins no habitat of the "
                "species: there is nothing that enlarging would have to reach."
            )
        if self.impossible:
            return "Enlarging existing sites cannot reach the same, whatever it costs."
        if not self.reached:
            return _unreached_words(self.missing, cut_short=self.cut_short)
        told = _cost_words(self.factor, self.least_factor)
        if self.cut_short:
            return f"{told} The time was over before all was tried: there may be cheaper ones."
        return told


def _unreached_words(missing: tuple[Missing, ...], *, cut_short: bool) -> str:
    if cut_short:
        return (
            "No enlargement of existing sites was found in the time given that reaches the "
            "same; whether there is one is not known."
        )
    return (
        "No enlargement of existing sites was found that reaches the same; "
        f"{_short_words(missing)}."
    )


def _short_words(missing: tuple[Missing, ...]) -> str:
    worst = max(missing, key=lambda item: item.missing / item.needed if item.needed else 0.0)
    return (
        f"sites that grow to their utmost lack {100 * worst.missing / worst.needed:.1f} % of "
        f"the {'connected habitat' if worst.kind == 'connectivity' else 'target'} of "
        f"{worst.what}"
    )


def _cost_words(factor: float | None, least: float | None) -> str:
    if factor is None:
        return "Joining costs nothing here, so that there is nothing to compare."
    found = f"Enlarging existing sites costs {factor:.2f} times as much as joining"
    if least is None:
        return f"{found}, in the best way found."
    if least >= 1.0:
        return f"{found} in the best way found, and at least {least:.2f} times, proved."
    if factor < 1.0:
        return f"{found}: it is cheaper here."
    return (
        f"{found} in the best way found; proved is only that it costs at least {least:.2f} "
        "times as much."
    )


class Alternative(Finding):
    """A solution beside the enlargement of existing sites.

    Attributes
    ----------
    solution : str
        Its name.
    whole : Enlargement or None
        All that the solution adds; None where it adds nothing.
    items : tuple of Enlargement
        Proposal by proposal, those that add land.
    """

    solution: str
    whole: Enlargement | None
    items: tuple[Enlargement, ...]


def read_alternative(run: ReserveRun, solution: str = BEST) -> Alternative | None:
    """Return the comparison of a solution, or None where it has not been made.

    Raises
    ------
    ReserveRunError
        Its file was altered.
    """
    return read_finding(_path(run, solution), Alternative)


def _path(run: ReserveRun, solution: str) -> Path:
    return run.file(f"{FOLDER}/{solution}.json")


def write_alternative(run: ReserveRun, found: Alternative) -> None:
    """Keep a comparison with the run.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    write_finding(_path(run, found.solution), found)
