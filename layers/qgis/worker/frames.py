"""Map images into shared memory that the other process made and owns."""

from __future__ import annotations

import sys
from multiprocessing import resource_tracker, shared_memory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sized

    from qgis.PyQt.QtGui import QImage


def _leave_to_the_owner(name: Sized, rtype: str) -> None:
    """Track nothing: this process never owns a block."""


def attach(name: str) -> shared_memory.SharedMemory:
    """Open a block without becoming answerable for it.

    Before Python 3.13 the resource tracker of a process deletes every block the process ever
    attached to, which would take it from its owner; so tracking is off in this process.
    """
    if sys.version_info >= (3, 13):
        return shared_memory.SharedMemory(name, track=False)
    resource_tracker.register = _leave_to_the_owner
    return shared_memory.SharedMemory(name)


def copy_image(image: QImage, name: str) -> None:
    """Copy a 32-bit QImage into the block `name`, rows from the top without padding.

    Raises
    ------
    ValueError
        The block is smaller than the image.
    """
    count = image.sizeInBytes()
    if image.bytesPerLine() != 4 * image.width():
        raise ValueError("the image is not packed at 4 bytes per pixel")
    pixels = image.constBits()
    pixels.setsize(count)
    block = attach(name)
    try:
        if block.buf is None or block.size < count:
            raise ValueError(f"block of {block.size} bytes for an image of {count}")
        block.buf[:count] = memoryview(pixels)
    finally:
        block.close()
