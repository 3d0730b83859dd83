"""Where the shipped files are, in a checkout and in an installed wheel alike."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder.

    Parameters
    ----------
    *parts : str
        Names below ``resources/``, such as ``"default", "elevation.tif"``.

    Returns
    -------
    Path
        Absolute path; it is not checked for existence, so that callers can name it in an error.
    """
    return _ROOT.joinpath(*parts)
