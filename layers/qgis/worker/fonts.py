"""Fonts that have the characters of every language on the map."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any

from qgis.PyQt.QtGui import QFont, QFontDatabase, QFontMetricsF

# The Korean fonts come first: they hold the ideographs too, and set apostrophes and middle
# dots of Latin names narrow; the Chinese and Japanese ones make them as wide as an ideograph.
PREFERRED = (
    "Noto Sans CJK KR",
    "Source Han Sans K",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Noto Sans CJK JP",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Noto Sans",
    "Arial Unicode MS",
    "Segoe UI",
    "Helvetica Neue",
    "Open Sans",
    "Liberation Sans",
    "DejaVu Sans",
    "Droid Sans Fallback",
)
BY_LANGUAGE = {
    "zh": ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC"),
    "ja": ("Noto Sans CJK JP", "Source Han Sans", "Yu Gothic", "Hiragino Sans"),
    "ko": ("Noto Sans CJK KR", "Source Han Sans K", "Malgun Gothic", "Apple SD Gothic Neo"),
    "mn": ("Noto Sans", "DejaVu Sans", "Segoe UI", "Arial"),
}
SAMPLES = {"Chinese": "漢汉边", "Japanese": "かカ", "Korean": "한국", "Cyrillic": "ЖяҮө"}


@lru_cache(maxsize=1)
def installed_families() -> frozenset[str]:
    """Return the font families the system offers."""
    families: Any = QFontDatabase
    try:
        names = families.families()
    except TypeError:  # Qt 5 wants an instance
        names = families().families()
    return frozenset(names)


def has_glyphs(family: str, text: str) -> bool:
    """Return whether a family itself, without fall-back, draws every character of a text."""
    font = QFont(family)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    metrics = QFontMetricsF(font)
    return all(c.isspace() or bool(metrics.inFontUcs4(ord(c))) for c in text)


@lru_cache(maxsize=512)
def family_for(text: str = "", language: str = "") -> str:
    """Return the family to set a text in: the best one that has all of its characters.

    The language chooses the national form of ideographs, where the text has any.

    Where none has them all, the first installed one is returned and Qt falls back character by
    character.
    """
    shared = any(unicodedata.east_asian_width(sign) in {"W", "F"} for sign in text)
    national = BY_LANGUAGE.get(language[:2], ()) if shared or language[:2] == "mn" else ()
    wanted = (*national, *PREFERRED)
    present = [family for family in wanted if family in installed_families()]
    for family in present:
        if has_glyphs(family, text):
            return str(family)
    return str(present[0]) if present else str(QFont().defaultFamily())


def coverage() -> dict[str, str]:
    """Return, per script, a family that covers it, or an empty string where none does."""
    families = [f for f in PREFERRED if f in installed_families()]
    return {
        script: next((f for f in families if has_glyphs(f, sample)), "")
        for script, sample in SAMPLES.items()
    }
