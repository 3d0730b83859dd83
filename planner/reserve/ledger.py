"""The ledger of a solution: what each country gives, what it gains, and how the two compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from planner.files import write_csv
from planner.reserve.finding_files import Finding, read_finding, write_finding
from planner.reserve.ground import load_ground, outside_km2
from planner.reserve.run_folder import BEST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from algorithms.arrays import BoolArray
    from planner.reserve.ground import Ground
    from planner.reserve.run_folder import ReserveRun

FOLDER = "ledger"
TABLE = "ledger.csv"


class SpeciesGain(Finding):
    """What a country gains for one species.

    Attributes
    ----------
    species : str
        Its id.
    habitat_before_km2, habitat_km2 : float
        Habitat in the country that exists protected, and that is added to it.
    connected_before_km2, connected_km2 : float
        The country's own equivalent connected area before, and by how much it rises. It rises
        by what neighbours add too.
    connected_share : float or None
        Share of the country in the rise of the square of the whole's equivalent connected
        area; None where that does not rise.
    """

    species: str
    habitat_before_km2: float
    habitat_km2: float
    connected_before_km2: float
    connected_km2: float
    connected_share: float | None


class FeatureGain(Finding):
    """What a country's new land holds of a feature, in the unit of its target."""

    feature: str
    amount: float
    share_of_target: float | None


class LedgerLine(Finding):
    """One country in a ledger, or all of them.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3, or ``ALL``.
    units : int
        Units it gives: selected, and not existing already.
    area_km2 : float
        Their area outside existing sites.
    cost : float
        Their cost, its price level included.
    existing_km2 : float
        Area of its existing sites on the grid of the project.
    rest_km2 : float
        Area of its units that count as existing but lie outside sites: the same in every
        solution of a run.
    targets : float
        What the units that it gives hold, each feature as a share of its target, summed with
        the features' weights: 1 is one whole target.
    features : tuple of FeatureGain
        The same feature by feature; those it gives nothing of are left out.
    species : tuple of SpeciesGain
        Habitat and connectivity.
    give_share, target_share, connected_share : float or None
        Shares of the country in all that is given (cost), in all targets held anew, and in
        all connectivity gained (mean over the species).
    gain_share : float or None
        Mean of the two shares of what is gained.
    ratio : float or None
        `gain_share` over `give_share`: above 1 it gains more than it gives; None where it
        gives nothing.
    """

    iso3: str
    units: int
    area_km2: float
    cost: float
    existing_km2: float
    rest_km2: float
    targets: float
    features: tuple[FeatureGain, ...]
    species: tuple[SpeciesGain, ...]
    give_share: float | None
    target_share: float | None
    connected_share: float | None
    gain_share: float | None
    ratio: float | None


ALL = "ALL"
"""Stands in the column of countries for all together."""


class Ledger(Finding):
    """What each country gives and gains by a solution.

    Attributes
    ----------
    solution : str
        Name of the solution.
    lines : tuple of LedgerLine
        Countries with land in the problem, by code.
    total : LedgerLine
        All together; its connected areas are those of the whole.
    """

    solution: str
    lines: tuple[LedgerLine, ...]
    total: LedgerLine


def compute_ledger(run: ReserveRun, solution: str, ground: Ground | None = None) -> Ledger:
    """Draw up the ledger of a solution and keep it with the run.

    Parameters
    ----------
    run : ReserveRun
        A run whose ground is kept.
    solution : str
        Name of one of its solutions.
    ground : Ground, optional
        That ground, where it is at hand.

    Raises
    ------
    ReserveRunError
        A file of the run is missing or was altered.
    UsageError
        There is no such solution.
    """
    stored = run.solution(solution)
    measured = load_ground(run.folder) if ground is None else ground
    drawn = ledger_of(run, measured, stored.mask(), name=stored.name)
    write_finding(_path(run, stored.name), drawn)
    write_ledgers(run)
    return drawn


def read_ledger(run: ReserveRun, solution: str) -> Ledger | None:
    """Return the ledger of a solution, or None where it has not been drawn up.

    Raises
    ------
    ReserveRunError
        Its file was altered.
    """
    return read_finding(_path(run, solution), Ledger)


def _path(run: ReserveRun, solution: str) -> Path:
    return run.file(f"{FOLDER}/{solution}.json")


def ledger_of(run: ReserveRun, ground: Ground, selected: BoolArray, *, name: str) -> Ledger:
    """Draw up the ledger of a selection.

    Parameters
    ----------
    run : ReserveRun
        With units and problem.
    ground : Ground
        Where habitat and connectivity are measured.
    selected : (n,) bool
        The selection.
    name : str
        What the ledger is called.
    """
    given = selected & ~ground.existing
    books = _Books(run, ground, given)
    total = books.line(ALL, np.ones(given.size, dtype=np.bool_), None)
    lines = tuple(
        books.line(run.country_names[code], books.code == code, total)
        for code in np.unique(books.code).tolist()
    )
    return Ledger(solution=name, lines=lines, total=total)


class _Books:
    """What is summed up, for one selection."""

    def __init__(self, run: ReserveRun, ground: Ground, given: BoolArray) -> None:
        problem = run.problem()
        country = problem.country
        self.code = np.zeros(given.size, dtype=np.int32) if country is None else country
        self._problem = problem
        self._given = given
        self._outside = outside_km2(run)
        self._ground = ground
        self._existing = ground.area_km2(ground.site > 0)
        after = ground.land(given)
        added = after & ~ground.base
        self._habitat = {
            name: (ground.habitat_km2(name, ground.base), ground.habitat_km2(name, added))
            for name in ground.habitat
        }
        self._connected = {
            name: (
                ground.connected_parts(name, ground.base),
                ground.connected_parts(name, after),
            )
            for name in ground.habitat
        }

    def line(self, iso3: str, here: BoolArray, total: LedgerLine | None) -> LedgerLine:
        """Sum up the units of a country; with the total, its shares of it."""
        given, existing = self._given & here, self._ground.existing & here
        species = tuple(self._species(name, iso3) for name in self._ground.habitat)
        cost = float(self._problem.cost[given].sum())
        targets = float(self._problem.unit_gain()[given].sum())
        shares = _Shares.of(cost, targets, species, total)
        return LedgerLine(
            iso3=iso3,
            units=int(given.sum()),
            area_km2=float(self._outside[given].sum()),
            cost=cost,
            existing_km2=_of(self._existing, iso3),
            rest_km2=float(self._outside[existing].sum()),
            targets=targets,
            features=self._features(given),
            species=species,
            give_share=shares.give,
            target_share=shares.targets,
            connected_share=shares.connected,
            gain_share=shares.gain,
            ratio=shares.ratio,
        )

    def _features(self, given: BoolArray) -> tuple[FeatureGain, ...]:
        amount = self._problem.amount @ given.astype(np.float64)
        target = self._problem.target
        return tuple(
            FeatureGain(
                feature=name,
                amount=float(amount[row]),
                share_of_target=float(amount[row] / target[row])
                if target is not None and target[row] > 0
                else None,
            )
            for row, name in enumerate(self._problem.names())
            if amount[row] != 0
        )

    def _species(self, name: str, iso3: str) -> SpeciesGain:
        before, added = self._habitat[name]
        earlier, later = (_of(parts, iso3) for parts in self._connected[name])
        rise = sum(self._connected[name][1].values()) - sum(self._connected[name][0].values())
        share = (later - earlier) / rise if rise > 0 else None
        return SpeciesGain(
            species=name,
            habitat_before_km2=_of(before, iso3),
            habitat_km2=_of(added, iso3),
            connected_before_km2=float(np.sqrt(earlier)),
            connected_km2=float(np.sqrt(later) - np.sqrt(earlier)),
            connected_share=share,
        )


class _Shares:
    """Shares of a country in what all give and gain."""

    def __init__(
        self, give: float | None, targets: float | None, connected: float | None
    ) -> None:
        self.give, self.targets, self.connected = give, targets, connected
        gained = [share for share in (targets, connected) if share is not None]
        self.gain = float(np.mean(gained)) if gained else None
        self.ratio = self.gain / give if give and self.gain is not None else None

    @classmethod
    def of(
        cls,
        cost: float,
        targets: float,
        species: tuple[SpeciesGain, ...],
        total: LedgerLine | None,
    ) -> _Shares:
        """Compare a country with all of them; without them, all are compared with all."""
        whole_cost = cost if total is None else total.cost
        whole_targets = targets if total is None else total.targets
        each = [item.connected_share for item in species if item.connected_share is not None]
        return cls(
            cost / whole_cost if whole_cost > 0 else None,
            targets / whole_targets if whole_targets > 0 else None,
            float(np.mean(each)) if each else None,
        )


def _of(values: Mapping[str, float], iso3: str) -> float:
    """Return the value of a country, 0 where it has no land on the grid, or of all."""
    return sum(values.values()) if iso3 == ALL else values.get(iso3, 0.0)


HEADERS = (
    "solution", "country", "units", "new_km2", "cost", "existing_km2", "rest_km2", "targets",
    "give_share", "target_share", "connected_share", "gain_share", "ratio", "species",
    "habitat_before_km2", "habitat_added_km2", "connected_before_km2", "connected_gain_km2",
)  # fmt: skip


def write_ledgers(run: ReserveRun) -> Path:
    """Write the ledgers of a run as one table: a row for each solution, country and species.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    names = sorted(path.stem for path in run.file(FOLDER).glob("*.json"))
    names.sort(key=lambda name: name != BEST)
    rows: list[tuple[object, ...]] = []
    for name in names:
        ledger = read_ledger(run, name)
        if ledger is not None:
            for line in (*ledger.lines, ledger.total):
                rows += _rows(ledger.solution, line)
    path = run.file(TABLE)
    write_csv(path, HEADERS, rows)
    return path


def _rows(solution: str, line: LedgerLine) -> list[tuple[object, ...]]:
    first = (
        solution, line.iso3, line.units, round(line.area_km2, 3), round(line.cost, 4),
        round(line.existing_km2, 2), round(line.rest_km2, 3), round(line.targets, 6),
        *(
            "" if share is None else round(share, 6)
            for share in (
                line.give_share, line.target_share, line.connected_share, line.gain_share,
                line.ratio,
            )
        ),
    )  # fmt: skip
    return [
        (
            *first,
            item.species,
            round(item.habitat_before_km2, 2),
            round(item.habitat_km2, 2),
            round(item.connected_before_km2, 3),
            round(item.connected_km2, 3),
        )
        for item in line.species
    ] or [(*first, "", "", "", "", "")]
