"""Map frames, and the shared-memory blocks they travel in."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SPARE_BLOCKS = 3
NAME_PREFIX = "lb"  # macOS allows 31 characters in all
BYTES_PER_PIXEL = 4


@dataclass(frozen=True, eq=False)
class Frame:
    """One drawn map.

    Parameters
    ----------
    pixels : (height, width, 4) uint8
        Blue, green, red, alpha, premultiplied: the layout of Qt's
        ``Format_ARGB32_Premultiplied`` on little-endian machines. The array owns its memory.
    extent : tuple of float
        West, south, east, north of the outer pixel edges in the map's CRS; the extent asked
        for, grown in one direction to the shape of the frame.
    scale : float
        Denominator of the scale at the requested resolution.
    seconds : float
        How long QGIS drew.
    errors : tuple of str
        What providers complained about while drawing.
    exact : bool
        Whether every layer was drawn for this view; False where pictures stood in for some.
    """

    pixels: NDArray[np.uint8]
    extent: tuple[float, float, float, float]
    scale: float
    seconds: float
    errors: tuple[str, ...] = ()
    exact: bool = True

    @property
    def width(self) -> int:
        """Width in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels."""
        return int(self.pixels.shape[0])


class FramePool:
    """Makes, lends and finally deletes the blocks; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: list[SharedMemory] = []
        self._lent: dict[str, SharedMemory] = {}
        self._closed = False

    def borrow(self, width_px: int, height_px: int) -> SharedMemory:
        """Return a block that holds a frame of the size given.

        Raises
        ------
        RuntimeError
            The pool is closed.
        OSError
            The system has no shared memory left.
        """
        need = width_px * height_px * BYTES_PER_PIXEL
        with self._lock:
            if self._closed:
                raise RuntimeError("the frame pool is closed")
            fitting = [b for b in self._spare if need <= b.size <= 4 * need]
            if fitting:
                block = min(fitting, key=lambda b: b.size)
                self._spare.remove(block)
            else:
                name = f"{NAME_PREFIX}-{os.getpid()}-{secrets.token_hex(4)}"
                block = SharedMemory(name, create=True, size=need)
            self._lent[block.name] = block
        return block

    def give_back(self, block: SharedMemory) -> None:
        """Take a block back that the other process no longer writes to."""
        with self._lock:
            if self._lent.pop(block.name, None) is None:
                return
            self._spare.append(block)
            surplus = self._spare.pop(0) if len(self._spare) > SPARE_BLOCKS else None
        if surplus is not None:
            _delete(surplus)

    def close(self) -> None:
        """Delete every block, lent ones too."""
        with self._lock:
            self._closed = True
            blocks = [*self._spare, *self._lent.values()]
            self._spare.clear()
            self._lent.clear()
        for block in blocks:
            _delete(block)


def read_pixels(block: SharedMemory, width_px: int, height_px: int) -> NDArray[np.uint8]:
    """Return a copy of the frame in a block, (height, width, 4) uint8.

    Raises
    ------
    ValueError
        The block is closed.
    """
    count = width_px * height_px * BYTES_PER_PIXEL
    if block.buf is None:
        raise ValueError("the block is closed")
    flat = np.frombuffer(block.buf, dtype=np.uint8, count=count)
    pixels = flat.reshape(height_px, width_px, BYTES_PER_PIXEL).copy()
    del flat
    return pixels


def _delete(block: SharedMemory) -> None:
    block.close()
    with contextlib.suppress(FileNotFoundError):  # a crashed process may have taken it along
        block.unlink()
