"""The memory of the process that measures itself, for the measurements of this folder.

The peak that ``getrusage`` tells is of no use here: a process inherits it from its parent.
"""

from __future__ import annotations

from pathlib import Path

STATUS = Path("/proc/self/status")


def forget_peak() -> int:
    """Forget the peak of memory so far (Linux), and return the bytes held now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def peak() -> int:
    """Return the most bytes this process has held since its peak was forgotten."""
    return _status("VmHWM")


def _status(name: str) -> int:
    lines = STATUS.read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name))
