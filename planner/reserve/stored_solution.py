"""A solution as a run keeps it: what was selected, how far from the best, what it holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from algorithms.reserve.solution import CountryTable, FeatureTable, Solution
from planner.files import write_text
from planner.reserve.errors import ReserveRunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from algorithms.arrays import BoolArray, FloatArray

MAX_SOLUTION_BYTES = 200_000_000
SolutionKind: TypeAlias = Literal["best", "incumbent", "fair", "portfolio", "withdrawn"]
SolutionName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=80)
]


class FeatureHeld(BaseModel):
    """What a solution holds of a feature, in the unit of the target; no target is None."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    target: float | None
    held: float
    shortfall: float
    met: bool


class CountryShare(BaseModel):
    """What a country gives and gains by a solution; locked-in units count in the sums.

    Attributes
    ----------
    iso3 : str
        ISO 3166-1 alpha-3.
    code : int
        Of the country in the problem.
    units : int
        Selected units.
    area_km2, cost, gain : float
        Sums over them.
    new_area_km2, new_cost : float
        Without the units that are locked in; of the area only what no site covers yet.
    share : float or None
        As the problem shares out; None where nothing counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    iso3: str
    code: int
    units: int
    area_km2: float | None
    cost: float
    gain: float
    new_area_km2: float
    new_cost: float
    share: float | None


class StoredSolution(BaseModel):
    """A solution of a run.

    Attributes
    ----------
    name : str
        Of its file.
    label : str
        What people call it.
    kind : str
        ``best``; ``incumbent`` (the best when a run was ended half-way); ``fair`` (a point of
        the fairness curve); ``portfolio``; ``withdrawn`` (without a country); ``enlarged``
        (existing sites only).
    n_units : int
        Planning units of the problem.
    selected : tuple of int
        Numbers of the selected units, from 0, ascending; see `mask`.
    objective : float
        Value.
    bound, gap : float or None
        As `algorithms.reserve.solution.Solution`; None where nothing was proved.
    status, method, reason, cost, boundary, seconds, notes
        As there; the method of an incumbent is not told and empty.
    features : tuple of FeatureHeld
        What it holds.
    countries : tuple of CountryShare
        What each country gives and gains.
    parameters : dict
        What set it apart from other solutions of the run.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: SolutionName
    label: str
    kind: SolutionKind
    n_units: Annotated[int, Field(ge=1)]
    selected: tuple[int, ...]
    objective: float
    bound: float | None
    gap: float | None
    status: Literal["optimal", "within_gap", "time_limit", "stopped"]
    method: Literal["exact", "lagrangian", "rounding", ""]
    reason: str
    cost: float
    boundary: float
    seconds: float
    features: tuple[FeatureHeld, ...]
    countries: tuple[CountryShare, ...]
    parameters: dict[str, object] = {}
    notes: tuple[str, ...] = ()

    def mask(self) -> BoolArray:
        """(n_units,) bool: the selected units."""
        mask = np.zeros(self.n_units, dtype=np.bool_)
        mask[list(self.selected)] = True
        return mask

    @property
    def targets_met(self) -> bool:
        """Whether every target is held."""
        return all(item.met for item in self.features)

    @classmethod
    def of(
        cls,
        solution: Solution,
        countries: list[dict[str, object]],
        facts: Mapping[str, object],
    ) -> Self:
        """Return a solution in the form that is kept.

        Parameters
        ----------
        solution : Solution
            What was found.
        countries : list of dict
            Rows of `CountryShare`.
        facts : mapping
            ``name``, ``label``, ``kind`` and ``parameters``.
        """
        return cls.model_validate(
            {
                "n_units": solution.selected.size,
                "selected": np.flatnonzero(solution.selected).tolist(),
                "objective": float(solution.objective),
                "bound": finite(solution.bound),
                "gap": finite(solution.gap),
                "status": solution.status,
                "method": solution.method,
                "reason": solution.reason,
                "cost": float(solution.cost),
                "boundary": float(solution.boundary),
                "seconds": round(float(solution.seconds), 3),
                "features": held_rows(solution.features),
                "countries": countries,
                "notes": solution.notes,
                **facts,
            }
        )

    def solution(self) -> Solution:
        """Return it as the algorithms have it; the trace is kept apart and stays empty."""
        return Solution(
            selected=self.mask(),
            objective=self.objective,
            bound=math.nan if self.bound is None else self.bound,
            gap=math.inf if self.gap is None else self.gap,
            status=self.status,
            method=self.method,  # type: ignore[arg-type]  # empty where the search told none
            reason=self.reason,
            cost=self.cost,
            boundary=self.boundary,
            features=self._feature_table(),
            countries=self._country_table(),
            seconds=self.seconds,
            notes=self.notes,
        )

    def _feature_table(self) -> FeatureTable:
        rows = self.features
        target = [math.nan if row.target is None else row.target for row in rows]
        return FeatureTable(
            name=tuple(row.name for row in rows),
            target=np.array(target, dtype=np.float64),
            held=np.array([row.held for row in rows], dtype=np.float64),
            shortfall=np.array([row.shortfall for row in rows], dtype=np.float64),
            met=np.array([row.met for row in rows], dtype=np.bool_),
        )

    def _country_table(self) -> CountryTable | None:
        rows = self.countries
        if not rows:
            return None
        area = [math.nan if row.area_km2 is None else row.area_km2 for row in rows]
        share = [math.nan if row.share is None else row.share for row in rows]
        return CountryTable(
            code=np.array([row.code for row in rows], dtype=np.int32),
            units=np.array([row.units for row in rows], dtype=np.int64),
            area=np.array(area, dtype=np.float64),
            cost=np.array([row.cost for row in rows], dtype=np.float64),
            gain=np.array([row.gain for row in rows], dtype=np.float64),
            share=np.array(share, dtype=np.float64),
        )


def finite(value: float) -> float | None:
    """Return a number, or None where it is NaN or infinite, which JSON has no word for."""
    return float(value) if math.isfinite(value) else None


def held_rows(table: FeatureTable) -> list[dict[str, object]]:
    """Return what is held of each feature, row by row."""
    return [
        {
            "name": name,
            "target": finite(table.target[row]),
            "held": float(table.held[row]),
            "shortfall": float(table.shortfall[row]),
            "met": bool(table.met[row]),
        }
        for row, name in enumerate(table.name)
    ]


def share_rows(
    table: CountryTable | None,
    countries: tuple[str, ...],
    new: tuple[FloatArray, FloatArray],
) -> list[dict[str, object]]:
    """Return what each country gives and gains, row by row; codes become names.

    Parameters
    ----------
    table : CountryTable or None
        None gives no rows.
    countries : tuple of str
        ISO 3166-1 alpha-3 of each code.
    new : tuple of (countries,) float64
        New area in km² and new cost by code.
    """
    if table is None:
        return []
    return [
        {
            "iso3": countries[code],
            "code": code,
            "units": int(table.units[row]),
            "area_km2": finite(table.area[row]),
            "cost": float(table.cost[row]),
            "gain": float(table.gain[row]),
            "new_area_km2": float(new[0][code]),
            "new_cost": float(new[1][code]),
            "share": finite(table.share[row]),
        }
        for row, code in enumerate(table.code.tolist())
    ]


def write_solution(path: Path, solution: StoredSolution) -> None:
    """Write a solution, whole or not at all.

    Raises
    ------
    LayerWriteError
        The disk is full or the folder cannot be written.
    """
    write_text(path, solution.model_dump_json() + "\n")


def read_solution(path: Path, n_units: int | None = None) -> StoredSolution:
    """Read a solution back.

    Parameters
    ----------
    path : Path
        Its file.
    n_units : int, optional
        Planning units of the run, where known: it must have as many.

    Raises
    ------
    ReserveRunError
        The file is missing, was altered, or selects units that are not there.
    """
    try:
        if path.stat().st_size > MAX_SOLUTION_BYTES:
            raise _unreadable(path, f"it is larger than {MAX_SOLUTION_BYTES:,} bytes")
        found = StoredSolution.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        if isinstance(error, ReserveRunError):
            raise
        raise _unreadable(path, _first_line(error)) from error
    if found.selected and not 0 <= min(found.selected) <= max(found.selected) < found.n_units:
        raise _unreadable(path, "it selects units that are not there")
    if n_units is not None and found.n_units != n_units:
        raise _unreadable(path, f"it has {found.n_units} planning units, the run {n_units}")
    return found


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _unreadable(path: Path, what: str) -> ReserveRunError:
    return ReserveRunError(
        f"{path} cannot be read: {what}. Make the run anew with landbridge propose."
    )
