"""Whether a window can be opened; asked before Qt is, which would end the process."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import PyQt6

if TYPE_CHECKING:
    from collections.abc import Mapping

_WITHOUT_DISPLAY = frozenset({"offscreen", "minimal", "vnc"})
_X_PLUGIN = Path("Qt6", "lib", "libQt6XcbQpa.so.6")
_X_PACKAGES = (
    "libegl1 libgl1 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 "
    "libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
)
"""What Qt's window plugin needs from the system, as Debian and Ubuntu name it."""

_REMEDY = (
    "Start Landbridge from a desktop session; or connect with ssh -X; or, to try it on a "
    'machine without a screen, install xvfb and run xvfb-run -a -s "-screen 0 1600x1000x24" '
    "landbridge app. landbridge plan works without a display."
)


def display_problem(
    environment: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> str:
    """Return why no window can be opened and what to do, or an empty string.

    Parameters
    ----------
    environment : mapping of str to str
        Environment variables.
    platform : str
        As `sys.platform` names it; only X11 and Wayland systems can lack a display.
    """
    if not _can_lack_display(environment, platform):
        return ""
    display = environment.get("DISPLAY")
    if not display:
        return (
            "The window needs a display, and this session has none (neither DISPLAY nor "
            f"WAYLAND_DISPLAY is set). {_REMEDY}"
        )
    if missing := _missing_library():
        return (
            f"The window needs a system library that is not installed ({missing}). Install "
            f"what it needs with: sudo apt install {_X_PACKAGES}"
        )
    if not _can_reach(display):
        return (
            f"The window needs a display, and the one that DISPLAY names, {display}, does not "
            f"answer. {_REMEDY}"
        )
    return ""


def _can_lack_display(environment: Mapping[str, str], platform: str) -> bool:
    chosen = environment.get("QT_QPA_PLATFORM", "").split(":")[0]
    return (
        platform.startswith(("linux", "freebsd"))
        and chosen not in _WITHOUT_DISPLAY
        and not environment.get("WAYLAND_DISPLAY")
    )


def _missing_library() -> str:
    """Return what the loader says of Qt's window plugin, or an empty string where it loads."""
    plugin = Path(PyQt6.__path__[0]) / _X_PLUGIN
    if not plugin.exists():
        return ""  # a Qt of the system, whose packages bring what they need
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return str(error)
    return ""


def _can_reach(display: str) -> bool:
    """Tell whether the X server of a display lets this process in."""
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = (ctypes.c_char_p, ctypes.c_void_p)
    xcb.xcb_connection_has_error.argtypes = (ctypes.c_void_p,)
    xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(display.encode(), None)
    reached = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return bool(reached)
