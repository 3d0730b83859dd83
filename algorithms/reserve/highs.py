"""One run of HiGHS in a thread of its own, followed from the thread of the caller.

The solver looks up from its root relaxation, its cuts and its sub-problems only now and then:
the caller does not wait for it there. HiGHS keeps its pool of workers per thread, so that a
thread of its own also lets each run have the number of workers it was asked for.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np

from algorithms.reserve.model import FEASIBILITY, WHOLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from algorithms.arrays import FloatArray
    from algorithms.reserve.model import Model
    from algorithms.reserve.search import SearchOptions

_TYPE = highspy.cb.HighsCallbackType
_STATUS = highspy.HighsModelStatus

POLL_SECONDS = 0.03
"""How often the caller looks at the run."""

PATIENCE_SECONDS = 0.6
"""How long the caller waits for a run that was told to stop before it leaves it to itself."""


def silent_highs() -> highspy.Highs:
    """Return a solver that writes nothing.

    The class that highspy offers writes a line when it is made, before it can be told not to;
    the class below it does not.
    """
    solver: type[highspy.Highs] = highspy.Highs.__mro__[1]
    highs = solver()
    highs.setOptionValue("output_flag", False)
    return highs


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """How a run ended.

    Attributes
    ----------
    infeasible : bool
        Whether the solver proved that the programme has no solution.
    closed : bool
        Whether it ended of itself with a proof, within the gap it was given.
    values : (columns,) float64 or None
        The best solution; None without one.
    duals : (rows,) float64 or None
        The multipliers of the rows of a programme without whole columns.
    """

    infeasible: bool
    closed: bool
    values: FloatArray | None
    duals: FloatArray | None = None


class HighsRun:
    """A run of HiGHS on a programme.

    Parameters
    ----------
    model : Model
        The programme.
    options : SearchOptions
        Gap, threads and seed; the time limit counts from now.
    start : (columns,) float64, optional
        A solution to start from.
    relaxed : bool
        Let no column be whole.
    """

    def __init__(
        self,
        model: Model,
        options: SearchOptions,
        start: FloatArray | None = None,
        *,
        relaxed: bool = False,
    ) -> None:
        self._highs = silent_highs()
        self._relaxed = relaxed
        self._solutions: deque[FloatArray] = deque()
        self._bound = -math.inf
        self._finished = threading.Event()
        self._stop = threading.Event()
        self._ending: Ending | None = None
        self._error: BaseException | None = None
        self._set_options(options)
        self._pass_model(model, start)
        self._thread = threading.Thread(target=self._run, name="highs")

    def follow(
        self,
        on_solution: Callable[[FloatArray], None],
        on_bound: Callable[[float], None],
        done: Callable[[], bool],
    ) -> Ending | None:
        """Run to the end, or until told to stop.

        Parameters
        ----------
        on_solution : callable
            Given the columns of each better solution.
        on_bound : callable
            Given each tighter bound of the programme.
        done : callable
            Asked every few hundredths of a second; True ends the run. What it raises ends the
            run and passes through.

        Returns
        -------
        Ending or None
            None where the run was told to stop.
        """
        self._thread.start()
        known = -math.inf
        try:
            while True:
                over = self._finished.wait(POLL_SECONDS)
                while self._solutions:
                    on_solution(self._solutions.popleft())
                if self._bound > known:
                    known = self._bound
                    on_bound(known)
                if over:
                    break
                if done():
                    self._halt()
                    break
        except BaseException:
            self._halt()
            raise
        if self._error is not None:
            raise self._error
        return self._ending

    def _halt(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE_SECONDS)

    def _set_options(self, options: SearchOptions) -> None:
        settings: dict[str, Any] = {
            "threads": options.threads,
            "random_seed": options.seed,
            "mip_rel_gap": 0.9 * options.gap,
            "mip_abs_gap": 0.0,
            "mip_feasibility_tolerance": WHOLE,
            "primal_feasibility_tolerance": FEASIBILITY,
            "dual_feasibility_tolerance": FEASIBILITY,
        }
        if math.isfinite(options.time_limit):
            settings["time_limit"] = options.time_limit
        if options.nodes is not None:
            settings["mip_max_nodes"] = options.nodes
        for name, value in settings.items():
            self._checked(self._highs.setOptionValue(name, value), f"option {name}")

    def _pass_model(self, model: Model, start: FloatArray | None) -> None:
        lp = highspy.HighsLp()
        lp.num_col_ = model.cost.size
        lp.num_row_ = model.row_lower.size
        lp.col_cost_ = model.cost
        lp.col_lower_ = model.lower
        lp.col_upper_ = model.upper
        lp.row_lower_ = model.row_lower
        lp.row_upper_ = model.row_upper
        lp.offset_ = model.offset
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = model.rows.indptr.astype(np.int32)
        lp.a_matrix_.index_ = model.rows.indices.astype(np.int32)
        lp.a_matrix_.value_ = model.rows.data
        if not self._relaxed:
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            lp.integrality_ = [kinds[whole] for whole in model.integer.tolist()]
        self._checked(self._highs.passModel(lp), "passing the programme")
        if start is not None:
            solution = highspy.HighsSolution()
            solution.col_value = start.tolist()
            self._checked(self._highs.setSolution(solution), "passing a first selection")

    @staticmethod
    def _checked(status: highspy.HighsStatus, what: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise RuntimeError(f"HiGHS refused {what}")

    def _run(self) -> None:
        try:
            self._watch()
            status = self._highs.run()
            self._ending = None if self._stop.is_set() else self._end(status)
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            self._error = error
        finally:
            self._highs.setCallback(None, None)
            self._finished.set()

    def _watch(self) -> None:
        self._highs.setCallback(self._called, None)
        for kind in (
            _TYPE.kCallbackMipImprovingSolution,
            _TYPE.kCallbackMipInterrupt,
            _TYPE.kCallbackMipLogging,
            _TYPE.kCallbackSimplexInterrupt,
            _TYPE.kCallbackIpmInterrupt,
        ):
            self._checked(self._highs.startCallback(kind), "a callback")

    def _called(
        self,
        kind: highspy.cb.HighsCallbackType,
        _message: str,
        out: highspy.cb.HighsCallbackOutput,
        into: highspy.cb.HighsCallbackInput | None,
        _data: None,
    ) -> None:
        """Take what the solver tells; runs in its thread and must not raise."""
        if kind == _TYPE.kCallbackMipImprovingSolution:
            self._solutions.append(np.array(out.mip_solution, dtype=np.float64))
        elif kind in {_TYPE.kCallbackMipInterrupt, _TYPE.kCallbackMipLogging}:
            self._bound = max(self._bound, out.mip_dual_bound)
        if into is not None and self._stop.is_set():
            into.user_interrupt = True

    def _end(self, status: highspy.HighsStatus) -> Ending:
        found = self._highs.getModelStatus()
        if status == highspy.HighsStatus.kError or found in {
            _STATUS.kUnbounded,
            _STATUS.kSolveError,
            _STATUS.kModelError,
        }:
            name = self._highs.modelStatusToString(found)
            raise RuntimeError(f"HiGHS could not solve the programme: {name}")
        info = self._highs.getInfo()
        closed = found == _STATUS.kOptimal
        solution = self._highs.getSolution()
        values = np.array(solution.col_value) if solution.value_valid else None
        if not self._relaxed and math.isfinite(info.mip_dual_bound):
            self._bound = max(self._bound, info.mip_dual_bound)
        duals = np.array(solution.row_dual) if self._relaxed and solution.dual_valid else None
        return Ending(
            infeasible=found in {_STATUS.kInfeasible, _STATUS.kUnboundedOrInfeasible},
            closed=closed,
            values=values,
            duals=duals,
        )
