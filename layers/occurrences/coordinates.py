"""Coordinates as people write them: decimal point or comma, degrees, minutes, seconds."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

KM_PER_DEGREE = 111.2
"""Length of a degree of latitude, of a sphere of 6371 km."""

_HEMISPHERES = {
    "n": 1, "с": 1, "северная": 1, "сш": 1, "北纬": 1, "北緯": 1, "北": 1, "북위": 1, "хойд": 1,
    "s": -1, "ю": -1, "южная": -1, "юш": -1, "南纬": -1, "南緯": -1, "南": -1, "남위": -1,
    "e": 1, "в": 1, "восточная": 1, "вд": 1, "东经": 1, "東經": 1, "東経": 1, "东": 1, "東": 1,
    "동경": 1, "зүүн": 1,
    "w": -1, "з": -1, "западная": -1, "зд": -1, "西经": -1, "西經": -1, "西経": -1, "西": -1,
    "서경": -1,
}  # fmt: skip
_UNITS = str.maketrans(
    {"º": "°", "˚": "°", "’": "'", "′": "'", "‘": "'", "´": "'", "`": "'", "″": '"', "”": '"',
     "“": '"', "度": "°", "도": "°", "分": "'", "분": "'", "秒": '"', "초": '"', "−": "-",
     "–": "-"}
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_NUMBER = r"(\d{1,3}(?:[.,]\d+)?)"
_SEXAGESIMAL = re.compile(
    rf"([+-]?)\s*{_NUMBER}\s*(?:°|:|\s)\s*(?:{_NUMBER}\s*(?:'|:|\s|$)\s*"
    rf"(?:{_NUMBER}\s*(?:\"|'')?)?)?"
)
_WORD_BEFORE = re.compile(r"^[^\W\d_]+(?:[\s.]+[^\W\d_]+)*[\s.]*")
_WORD_AFTER = re.compile(r"(?<=[\d\s.'\"°])[^\W\d_]+(?:[\s.]+[^\W\d_]+)*[\s.]*$")
_STEPS_DEGREES = (10.0, 5.0, 1.0, 0.5, 0.25, 1 / 6, 0.1, 1 / 12, 1 / 60, 0.01, 0.001, 1e-4)
_FEWEST_ROUNDED = 3
_STEPS_METRES = (100_000.0, 50_000.0, 10_000.0, 5_000.0, 1_000.0, 500.0, 100.0, 10.0, 1.0)


def numbers(texts: Sequence[str]) -> NDArray[np.float64]:
    """Read numbers, with decimal point or comma; (n,) NaN where there is none.

    Parameters
    ----------
    texts : sequence of str
        Cells of one column.
    """
    column = pd.Series(texts, dtype=object)
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, copy=True)
    for position in np.flatnonzero(np.isnan(values)).tolist():
        text = texts[position]
        if "," in text:
            values[position] = _decimal_comma(text)
    values[~np.isfinite(values)] = np.nan
    return values


def degrees(texts: Sequence[str]) -> NDArray[np.float64]:
    """Read coordinates in degrees; (n,) NaN where a cell is empty or cannot be read.

    Parameters
    ----------
    texts : sequence of str
        Such as ``43.1``, ``43,1``, ``43°06'30"N``, ``N 43 06 30``, ``东经131°24′``.
    """
    values = numbers(texts)
    for position in np.flatnonzero(np.isnan(values)).tolist():
        if _DIGIT.search(texts[position]):
            values[position] = sexagesimal(texts[position])
    return values


def sexagesimal(text: str) -> float:
    """Read one coordinate in degrees, minutes and seconds, or NaN.

    Minutes and seconds are below 60, and a letter or word may tell the hemisphere in English,
    Chinese, Japanese, Korean, Mongolian or Russian.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_UNITS)).translate(_UNITS)
    plain = plain.strip().casefold()
    if re.search(r"\d\s*d(eg)?[\s\d]", plain):
        plain = re.sub(r"(?<=\d)\s*d(eg)?(?=[\s\d])", "°", plain)
        plain = re.sub(r"(?<=\d)\s*m(in)?(?=[\s\d]|$)", "'", plain)
        plain = re.sub(r"(?<=\d)\s*s(ec)?(?=\s|$)", '"', plain)
    sign, plain = _without_hemisphere(plain)
    found = _SEXAGESIMAL.fullmatch(plain) or re.fullmatch(rf"([+-]?){_NUMBER}()()", plain)
    if found is None or sign == 0:
        return float("nan")
    minus, whole, minutes, seconds = found.groups()
    parts = [float((part or "0").replace(",", ".")) for part in (whole, minutes, seconds)]
    if parts[1] >= 60 or parts[2] >= 60 or (minus == "-" and sign == -1):
        return float("nan")
    value = parts[0] + parts[1] / 60 + parts[2] / 3600
    return -value if minus == "-" else sign * value


def _without_hemisphere(plain: str) -> tuple[int, str]:
    """Return 1, -1 or (for a word that is no hemisphere) 0, and the text without the word."""
    found = _WORD_BEFORE.match(plain) or _WORD_AFTER.search(plain)
    if found is None:
        return 1, plain
    word = re.sub(r"[\s.]+", "", found.group())
    return _HEMISPHERES.get(word, 0), (plain[: found.start()] + plain[found.end() :]).strip()


def _decimal_comma(text: str) -> float:
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if not re.fullmatch(r"[+-]?\d+,\d+", plain):
        return float("nan")
    return float(plain.replace(",", "."))


def resolution_km(
    x: NDArray[np.float64], y: NDArray[np.float64], *, projected: bool = False
) -> NDArray[np.float32]:
    """Tell how coarsely coordinates were rounded: the widest round step both stand on.

    Trailing zeros are no sign of precision, because programs pad with them; a coordinate that
    happens to be round makes its record coarse only if the other one is as round.

    Parameters
    ----------
    x, y : (n,) float64
        Degrees, or metres of a projection; NaN where unknown.
    projected : bool
        Whether they are metres.

    Returns
    -------
    (n,) float32
        Kilometres on the ground (of latitude), NaN where unknown or finer than any step.
    """
    steps = _STEPS_METRES if projected else _STEPS_DEGREES
    unit = 0.001 if projected else KM_PER_DEGREE
    found = np.full(len(x), np.nan, dtype=np.float32)
    open_ones = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    for step in steps:
        if not len(open_ones):
            break
        slack = 1e-3 if projected else min(2e-5, step / 100)
        on = _on_step(x[open_ones], step, slack) & _on_step(y[open_ones], step, slack)
        found[open_ones[on]] = step * unit
        open_ones = open_ones[~on]
    return found


def repeated_steps(
    resolution: NDArray[np.float32], placed: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Tell rounding from chance by the whole column: rounding repeats itself.

    A single record on whole degrees among others with decimals stands there by chance, or may
    do so; a column of whole degrees, or a part of one that is larger than chance explains, was
    rounded.

    Parameters
    ----------
    resolution : (n,) float32
        Of all records of a file, as `resolution_km` gives it; NaN unknown or fine.
    placed : (n,) bool
        Which records have coordinates.

    Returns
    -------
    rounded, round_only : (n,) float32
        Kilometres to which a record was rounded, and those of a record whose coordinates are
        round numbers without others like it; NaN for the others.

    Notes
    -----
    Among n records of which the typical one stands on steps of f, n (f / s)² stand on steps of
    s by chance. A step counts as rounding where three records more than thrice that stand on
    it or on a wider one, or where no record is finer.
    """
    finest = np.float32(_STEPS_DEGREES[-1] * KM_PER_DEGREE / 10)
    steps = np.where(np.isnan(resolution), finest, resolution)
    rounded = resolution.copy()
    among = steps[placed]
    if not among.size:
        return rounded, rounded.copy()
    typical, narrowest = float(np.median(among)), float(among.min())
    widths, counts = np.unique(among, return_counts=True)
    standing = counts[::-1].cumsum()[::-1]  # on the step or on a wider one
    for width, count in zip(widths.tolist(), standing.tolist(), strict=True):
        chance = len(among) * min(1.0, typical / width) ** 2
        if width > narrowest and count < _FEWEST_ROUNDED + 3.0 * chance:
            rounded[steps == np.float32(width)] = np.nan
    return rounded, np.where(np.isnan(rounded), resolution, np.float32(np.nan))


def _on_step(values: NDArray[np.float64], step: float, slack: float) -> NDArray[np.bool_]:
    close: NDArray[np.bool_] = np.abs(values - np.round(values / step) * step) <= slack
    return close
