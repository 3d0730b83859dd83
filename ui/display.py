"""Whether there is a display to open a window on; Qt itself would end the process."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc"})

NO_DISPLAY = (
    "The window needs a display, and this session has none (neither DISPLAY nor "
    "WAYLAND_DISPLAY is set). Start Landbridge from a desktop session; or connect with ssh -X; "
    "or, to try it on a machine without a screen, install xvfb and run "
    'xvfb-run -a -s "-screen 0 1600x1000x24" landbridge app. '
    "landbridge plan works without a display."
)
"""What is said where there is no display."""


def has_display(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> bool:
    """Tell whether Qt can open a window.

    Parameters
    ----------
    environment : mapping of str to str
        Environment variables.
    platform : str
        As `sys.platform` names it; only X11 and Wayland systems can lack a display.
    """
    if not platform.startswith(("linux", "freebsd")):
        return True
    if environment.get("QT_QPA_PLATFORM", "").split(":")[0] in _WITHOUT_DISPLAY:
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
