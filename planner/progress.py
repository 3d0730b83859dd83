"""How far a piece of work is and how long it will take, for the terminal and the window."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from algorithms.control import NULL_CONTROL, Control

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FIRST_ESTIMATE_AFTER_S = 0.5
"""No estimate is made from less than this."""

LONGEST_ESTIMATE_S = 7 * 24 * 3600.0
"""Anything longer is no estimate but a division by almost nothing."""

_MEMORY_S = 20.0


class TimeEstimate:
    """Estimate the time left from reports of progress, recent ones counting more.

    Parameters
    ----------
    clock : callable
        Returns a time in seconds that never runs backwards.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._last = (self._started, 0.0)
        self._speed: float | None = None

    def start(self) -> None:
        """Count from now."""
        self._started = self._clock()
        self._last = (self._started, 0.0)
        self._speed = None

    def update(self, fraction: float) -> None:
        """Take note of the share of the work done, 0 to 1."""
        now = self._clock()
        before, done = self._last
        if fraction <= done or now <= before:
            return
        speed = (fraction - done) / (now - before)
        if self._speed is None:
            self._speed = speed
        else:
            weight = min(1.0, (now - before) / min(_MEMORY_S, now - self._started))
            self._speed += weight * (speed - self._speed)
        self._last = (now, fraction)

    def skip(self, fraction: float) -> None:
        """Take note that the share done has grown without work, so not at this speed."""
        self._last = (self._clock(), max(fraction, self._last[1]))

    def seconds_left(self) -> float | None:
        """Return the time left in seconds, or None while there is too little to go by."""
        now = self._clock()
        if self._speed is None or now - self._started < FIRST_ESTIMATE_AFTER_S:
            return None
        told_at, done = self._last
        if 1.0 - done > self._speed * LONGEST_ESTIMATE_S:
            return None
        return max(0.0, (1.0 - done) / self._speed - (now - told_at))


StepState = Literal["waiting", "running", "done", "reused", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class StepStatus:
    """Where one step of a longer piece of work stands.

    Parameters
    ----------
    name : str
        Identifier of the step.
    state : str
        ``waiting``, ``running``, ``done``, ``reused`` (an earlier result still stands),
        ``failed`` or ``interrupted`` (by Ctrl-C).
    fraction : float
        Share of the step done, 0 to 1.
    seconds : float
        Time it took, or has taken so far.
    seconds_left : float or None
        Estimate for a running step.
    """

    name: str
    state: StepState = "waiting"
    fraction: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None


class StepProgress:
    """Progress of a piece of work in steps, each with a share of the whole.

    Steps may run one after another or at the same time in several threads.

    Parameters
    ----------
    weights : mapping
        Step to its expected share of the time, any positive unit, in order.
    control : Control
        Told the progress of the whole; may cancel.
    on_changed : callable, optional
        Called with the step's status whenever it changes, in the thread of the step.
    clock : callable
        Returns a time in seconds that never runs backwards.

    Raises
    ------
    ValueError
        There are no steps, or a weight is not positive.
    """

    def __init__(
        self,
        weights: Mapping[str, float],
        *,
        control: Control = NULL_CONTROL,
        on_changed: Callable[[StepStatus], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not weights or not all(0.0 < weight < float("inf") for weight in weights.values()):
            raise ValueError(f"steps need positive weights, got {dict(weights)}")
        self._weights = dict(weights)
        self._control = control
        self._on_changed = on_changed
        self._clock = clock
        self._guard = threading.Lock()
        self._statuses = {name: StepStatus(name) for name in weights}
        self._whole = TimeEstimate(clock)

    @property
    def statuses(self) -> tuple[StepStatus, ...]:
        """Every step as it stands, in order."""
        return tuple(self._statuses.values())

    @property
    def fraction(self) -> float:
        """Share of the whole that is done, 0 to 1."""
        with self._guard:
            return self._done()

    @property
    def seconds_left(self) -> float | None:
        """Estimate for the whole, or None while there is too little to go by."""
        return self._whole.seconds_left()

    @contextmanager
    def step(self, name: str) -> Iterator[Control]:
        """Run one step inside the block; lends the control that its work reports to.

        Raises
        ------
        KeyError
            No step of this name was announced.
        """
        running = _StepControl(self, name, self._clock)
        self._change(name, state="running")
        try:
            yield running
        except BaseException as error:
            state = "failed" if isinstance(error, Exception) else "interrupted"
            self._change(name, state=state, seconds=running.seconds, seconds_left=None)
            raise
        self._change(
            name, state="done", fraction=1.0, seconds=running.seconds, seconds_left=None
        )
        self._report()

    def reuse(self, name: str) -> None:
        """Take note that a step need not run, because an earlier result still stands.

        Raises
        ------
        KeyError
            No step of this name was announced.
        """
        self._change(name, state="reused", fraction=1.0)
        self._whole.skip(self.fraction)
        self._report()

    def advance(self, name: str, fraction: float, seconds: float, left: float | None) -> None:
        """Take note of progress of a step; for the control that `step` lends."""
        self._change(name, fraction=fraction, seconds=seconds, seconds_left=left)
        self._report()

    def _report(self) -> None:
        fraction = self.fraction
        self._whole.update(fraction)
        self._control.report(fraction)

    def _change(self, name: str, **changes: object) -> None:
        with self._guard:
            status = replace(self._statuses[name], **changes)  # type: ignore[arg-type]  # by name
            self._statuses[name] = status
        if self._on_changed:
            self._on_changed(status)

    def _done(self) -> float:
        total = sum(self._weights.values())
        done = sum(self._weights[item.name] * item.fraction for item in self._statuses.values())
        return min(1.0, done / total)


class _StepControl:
    """Control of one step."""

    def __init__(self, whole: StepProgress, name: str, clock: Callable[[], float]) -> None:
        self._whole = whole
        self._name = name
        self._clock = clock
        self._started = clock()
        self._fraction = 0.0
        self._estimate = TimeEstimate(clock)

    @property
    def seconds(self) -> float:
        """Time since the step began."""
        return self._clock() - self._started

    def report(self, fraction: float) -> None:
        """Take note of the share of the step done; lets the whole's cancel pass."""
        self._fraction = max(self._fraction, min(1.0, fraction))
        self._estimate.update(self._fraction)
        self._whole.advance(
            self._name, self._fraction, self.seconds, self._estimate.seconds_left()
        )
