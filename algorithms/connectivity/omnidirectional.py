"""Omnidirectional current: every place a target in turn, current from all sources around it.

The moving window of McRae et al. (2016), with the choices of Omniscape.jl (Landau et al. 2021)
where the papers leave some.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from algorithms.compiled import compiled
from algorithms.connectivity.window_circuit import Joints, WindowCircuit, window_bytes
from algorithms.control import NULL_CONTROL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from algorithms.arrays import BoolArray, FloatArray
    from algorithms.control import Control

_NULL_CIRCUITS_KEPT = 3  # windows cut by an edge come in runs of one shape


@dataclass(frozen=True, slots=True)
class MovingWindow:
    """How the window is cut around each target.

    Parameters
    ----------
    radius : int
        Sources lie within this many cells of the target's centre, >= 1.
    block_size : int
        Side of the square of cells that are one target, odd, >= 1, and within the radius.
    buffer : int
        Cells beyond the radius through which current may flow, >= 0.
    corrects_blocks : bool
        Whether the artefacts of blocks larger than a cell are divided out.
    joints : Joints
        How cells are joined.
    like_omniscape : bool
        Whether windows that an edge cuts are treated as Omniscape.jl does: the square of cells
        that give no current lies as far from the north-west corner of the window as in a whole
        window, and so beside a target near the north or west edge; and where both opposite
        sides are cut, the correction of blocks is taken from the first cell on. Else both
        belong to the target's own place.

    Raises
    ------
    ValueError
        A number is outside its range.
    """

    radius: int
    block_size: int = 1
    buffer: int = 0
    corrects_blocks: bool = True
    joints: Joints = field(default_factory=Joints)
    like_omniscape: bool = False

    def __post_init__(self) -> None:
        if self.radius < 1:
            raise ValueError(f"the radius must be one cell at least, got {self.radius}")
        if self.block_size < 1 or self.block_size % 2 == 0:
            raise ValueError(f"the block size must be odd and >= 1, got {self.block_size}")
        if self.block_size // 2 >= self.radius:
            raise ValueError(
                f"a block of {self.block_size} cells leaves no sources within a radius of "
                f"{self.radius}"
            )
        if self.buffer < 0:
            raise ValueError(f"the buffer must be >= 0, got {self.buffer}")

    @property
    def reach(self) -> int:
        """Cells from the centre of a target to the edge of its window."""
        return self.radius + self.buffer

    def bytes_at_work(self, *, potential: bool) -> float:
        """Return about how much memory one window takes, with flow potential or without."""
        side = 2 * self.reach + 1
        whole = window_bytes(side, side)
        return whole * (1 + _NULL_CIRCUITS_KEPT) if potential else whole


@dataclass(frozen=True, slots=True)
class Condition:
    """Connects a source to a target only where a value is alike.

    Parameters
    ----------
    at_sources, at_targets : (rows, columns) float64
        The value today, and the one that counts at targets (today's or a future one); NaN
        where unknown: such a source is kept.
    comparison : {"within", "equal"}
        Whether the source's value less the target's lies within the limits, or equals it. A
        block counts by its median, or by its commonest value (the lowest of equals).
    lower, upper : float
        The limits, both allowed.
    """

    at_sources: FloatArray
    at_targets: FloatArray
    comparison: Literal["within", "equal"] = "within"
    lower: float = 0.0
    upper: float = 0.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What current flows over.

    Parameters
    ----------
    conductance : (rows, columns) float64
        1 / resistance, > 0; NaN or 0 where nothing flows.
    source : (rows, columns) float64
        Strength of each cell as source and as target, finite and >= 0.
    conditions : sequence of Condition
        All must hold.

    Raises
    ------
    ValueError
        The shapes disagree or a value is outside its range.
    """

    conductance: FloatArray
    source: FloatArray
    conditions: Sequence[Condition] = ()

    def __post_init__(self) -> None:
        shape = self.conductance.shape
        grids = [self.source]
        grids += [
            grid for item in self.conditions for grid in (item.at_sources, item.at_targets)
        ]
        if len(shape) != 2 or any(grid.shape != shape for grid in grids):
            raise ValueError(
                f"all grids must have one shape, got {shape} and {[g.shape for g in grids]}"
            )
        if np.any(self.conductance < 0) or np.any(np.isinf(self.conductance)):
            raise ValueError("conductance must be finite and >= 0, or NaN")
        if not np.all(np.isfinite(self.source)) or np.any(self.source < 0):
            raise ValueError("source strength must be finite and >= 0")


class Targets(NamedTuple):
    """The blocks of cells that are targets.

    Attributes
    ----------
    rows, columns : (n,) int64
        Their centres.
    strength : (n,) float64
        Sum of the source strengths in each, > 0.
    """

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    strength: FloatArray


class Currents(NamedTuple):
    """Current accumulated over windows.

    Attributes
    ----------
    current : (rows, columns) float64
        Through the land as it is.
    potential : (rows, columns) float64
        Flow potential: the same sources and targets with resistance 1 everywhere; empty where
        not asked for.
    """

    current: FloatArray
    potential: FloatArray


def target_blocks(source: FloatArray, block_size: int) -> Targets:
    """Cut a grid into blocks from its north-west corner and find those with sources.

    Rows and columns left over in the south and east belong to no block.

    Parameters
    ----------
    source : (rows, columns) float64
        Source strength, finite and >= 0.
    block_size : int
        Side of a block, odd.
    """
    down, across = (side // block_size for side in source.shape)
    whole = source[: down * block_size, : across * block_size]
    strength = whole.reshape(down, block_size, across, block_size).sum(axis=(1, 3))
    rows, columns = np.nonzero(strength > 0)
    half = block_size // 2
    return Targets(
        rows * block_size + half, columns * block_size + half, strength[rows, columns]
    )


def omnidirectional_current(
    ground: Ground,
    window: MovingWindow,
    *,
    potential: bool = True,
    control: Control = NULL_CONTROL,
) -> Currents:
    """Accumulate the currents of all windows over a grid.

    Parameters
    ----------
    ground : Ground
        Conductance and sources.
    window : MovingWindow
        How windows are cut.
    potential : bool
        Whether flow potential is wanted too.
    control : Control
        Told the share of the targets done; may cancel.

    References
    ----------
    McRae, B. H., Popper, K., Jones, A., et al. (2016). Conserving Nature's Stage: Mapping
    Omnidirectional Connectivity for Resilient Terrestrial Landscapes in the Pacific Northwest.
    The Nature Conservancy, Portland.
    Landau, V. A., Shah, V. B., Anantharaman, R. & Hall, K. R. (2021). Omniscape.jl: Software to
    compute omnidirectional landscape connectivity. Journal of Open Source Software 6, 2829.
    """
    targets = target_blocks(ground.source, window.block_size)
    return accumulated(ground, targets, window, potential=potential, control=control)


def accumulated(
    ground: Ground,
    targets: Targets,
    window: MovingWindow,
    *,
    potential: bool = True,
    control: Control = NULL_CONTROL,
) -> Currents:
    """Accumulate the currents of the windows of some targets.

    Each window is cut by the edges of the grid only, so that a part of a larger grid gives the
    same currents if it holds `window.reach` cells around every target or ends with the grid.

    Parameters
    ----------
    ground, window, potential, control
        As for `omnidirectional_current`.
    targets : Targets
        Whose windows; their order is that of the sum.

    Raises
    ------
    ValueError
        A target lies outside the grid.
    """
    shape = ground.source.shape
    outside = (targets.rows >= shape[0]) | (targets.columns >= shape[1])
    if np.any(outside | (targets.rows < 0) | (targets.columns < 0)):
        raise ValueError(f"a target lies outside the grid of {shape[0]} x {shape[1]} cells")
    sums = Currents(np.zeros(shape), np.zeros(shape if potential else (0, 0)))
    correction = block_correction(window)
    null = _NullCircuits(window.joints)
    for done in range(targets.rows.size):
        told = _Standing(control, done / targets.rows.size)
        told.report(0.0)
        place = _Window.cut(shape, int(targets.rows[done]), int(targets.columns[done]), window)
        sent = _sent(ground, place, window, float(targets.strength[done]))
        if not sent.any():
            continue
        share = correction[place.of_whole] if correction is not None else 1.0
        open_land = _clipped(ground.conductance[place.part], place.centre, window.reach)
        circuit = WindowCircuit(open_land, place.centre, window.joints, told)
        sums.current[place.part] += circuit.current(sent, told) * share
        if potential:
            free = null.of(sent.shape, place.centre, told)
            sums.potential[place.part] += free.current(sent, told) * share
    control.report(1.0)
    return sums


def normalised(currents: Currents) -> FloatArray:
    """Return current divided by flow potential; 0 where the potential is 0.

    Parameters
    ----------
    currents : Currents
        With flow potential.
    """
    flows = currents.potential > 0
    return np.divide(currents.current, currents.potential, np.zeros(flows.shape), where=flows)


def block_correction(window: MovingWindow) -> FloatArray | None:
    """Return what the currents of a whole window are multiplied by; None where nothing is due.

    A block is grounded at its centre, which draws its current together. The correction is, over
    even land, the sum of the currents that the cells of the block would draw as targets of
    their own, divided by the current that the block draws.

    Parameters
    ----------
    window : MovingWindow
        How windows are cut.

    Returns
    -------
    (2 reach + 1, 2 reach + 1) float64 or None
        1 where the block draws no current or the cells would not.
    """
    if window.block_size == 1 or not window.corrects_blocks:
        return None
    side, size = 2 * window.reach + 1, window.block_size
    centre = (window.reach, window.reach)
    even = _clipped(np.ones((side, side)), centre, window.reach)
    circuit = WindowCircuit(even, centre, window.joints)
    near = _clipped(np.ones((side, side)), centre, window.radius)
    alone = near.copy()
    alone[centre] = 0.0
    of_one = circuit.current(alone / alone.sum())
    blocked = near.copy()
    half = size // 2
    blocked[
        window.reach - half : window.reach + half + 1,
        window.reach - half : window.reach + half + 1,
    ] = 0.0
    of_block = circuit.current(blocked * (size * size / blocked.sum()))
    of_cells = np.zeros((side + size - 1, side + size - 1))
    for down in range(size):
        for right in range(size):
            of_cells[down : down + side, right : right + side] += of_one
    of_cells = of_cells[half : half + side, half : half + side]
    both = (of_block > 0) & (of_cells > 0)
    bare = np.where(of_block > 0, 1.0 / np.where(of_block > 0, of_block, 1.0), 1.0)
    return np.where(both, of_cells * bare, bare)


class _Standing:
    """Lets a cancel through while one window is solved, whose progress is not told."""

    def __init__(self, control: Control, fraction: float) -> None:
        self._control = control
        self._fraction = fraction

    def report(self, fraction: float) -> None:  # noqa: ARG002 - the shape of a control
        """Tell the share of the windows before this one."""
        self._control.report(self._fraction)


@dataclass(frozen=True, slots=True)
class _Window:
    """Where a window lies on the grid, the target in it, and it in a whole window."""

    part: tuple[slice, slice]
    centre: tuple[int, int]
    of_whole: tuple[slice, slice]

    @classmethod
    def cut(
        cls, shape: tuple[int, ...], row: int, column: int, window: MovingWindow
    ) -> _Window:
        reach = window.reach
        part, centre, of_whole = [], [], []
        for place, side in ((row, shape[0]), (column, shape[1])):
            first, end = max(0, place - reach), min(side, place + reach + 1)
            part.append(slice(first, end))
            centre.append(place - first)
            start = first - place + reach
            if window.like_omniscape and place < reach and place + reach >= side:
                start = 0
            of_whole.append(slice(start, start + end - first))
        return cls((part[0], part[1]), (centre[0], centre[1]), (of_whole[0], of_whole[1]))


class _NullCircuits:
    """Circuits of even land, kept while windows of their shape follow each other."""

    def __init__(self, joints: Joints) -> None:
        self._joints = joints
        self._kept: OrderedDict[tuple[int, ...], WindowCircuit] = OrderedDict()

    def of(
        self, shape: tuple[int, ...], centre: tuple[int, int], control: Control
    ) -> WindowCircuit:
        key = (*shape, *centre)
        circuit = self._kept.get(key)
        if circuit is None:
            while len(self._kept) >= _NULL_CIRCUITS_KEPT:
                self._kept.popitem(last=False)
            circuit = WindowCircuit(np.ones(shape), centre, self._joints, control)
            self._kept[key] = circuit
        self._kept.move_to_end(key)
        return circuit


def _sent(ground: Ground, place: _Window, window: MovingWindow, strength: float) -> FloatArray:
    """Return the current sent into each cell of a window, in all the strength of the target."""
    sent = _clipped(ground.source[place.part], place.centre, window.radius)
    centre = (window.reach, window.reach) if window.like_omniscape else place.centre
    half = window.block_size // 2
    sent[
        max(0, centre[0] - half) : centre[0] + half + 1,
        max(0, centre[1] - half) : centre[1] + half + 1,
    ] = 0.0
    total = sent.sum()
    if total > 0:
        sent *= strength / total
    row, column = (part.start + at for part, at in zip(place.part, place.centre, strict=True))
    block = (
        slice(max(0, row - half), row + half + 1),
        slice(max(0, column - half), column + half + 1),
    )
    for condition in ground.conditions:
        sent[_unlike(condition, place.part, block)] = 0.0
    return sent


def _unlike(
    condition: Condition, part: tuple[slice, slice], block: tuple[slice, slice]
) -> BoolArray:
    """Return which sources a condition cuts off; none where the target's value is unknown."""
    here = condition.at_sources[part]
    known = condition.at_targets[block]
    known = known[~np.isnan(known)]
    if known.size == 0:
        return np.zeros(here.shape, dtype=np.bool_)
    if condition.comparison == "equal":
        values, counts = np.unique(known, return_counts=True)
        other: BoolArray = ~np.isnan(here) & (here != values[np.argmax(counts)])
        return other
    difference = here - np.median(known)
    unlike: BoolArray = (difference > condition.upper) | (difference < condition.lower)
    return unlike


@compiled
def _clipped(values: FloatArray, centre: tuple[int, int], radius: int) -> FloatArray:
    """Copy a window with 0 where a cell is NaN or further from the centre than the radius."""
    rows, columns = values.shape
    clipped = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            away = (i - centre[0]) ** 2 + (j - centre[1]) ** 2
            if away <= radius * radius and not np.isnan(values[i, j]):
                clipped[i, j] = values[i, j]
    return clipped
