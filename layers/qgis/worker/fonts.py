"""Fonts that have the characters of every language on the map."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qgis.PyQt.QtGui import QFont, QFontDatabase, QFontMetricsF

if TYPE_CHECKING:
    from collections.abc import Sequence

# Latin and Cyrillic text is set in these. The CJK families of Noto and Source Han put digits
# beside Latin letters in a national form (``locl``) that Qt cannot name in a PDF, so that the
# digits are drawn there and missing from its text.
LATIN = (
    "Noto Sans",
    "Open Sans",
    "Segoe UI",
    "Helvetica Neue",
    "Liberation Sans",
    "Arial",
    "Nimbus Sans",
    "DejaVu Sans",
)
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


def lacking(family: str, text: str) -> str:
    """Return the characters of a text that a family itself, without fall-back, lacks."""
    font = QFont(family)
    font.setStyleStrategy(QFont.StyleStrategy.NoFontMerging)
    metrics = QFontMetricsF(font)
    return "".join(c for c in text if not (c.isspace() or metrics.inFontUcs4(ord(c))))


@lru_cache(maxsize=512)
def families_for(text: str = "", language: str = "") -> tuple[str, ...]:
    """Return the families to set a text in, the first one that has a character draws it.

    Letters, digits and signs are set in a family without ideographs, and what it lacks in one
    that has the rest; the language chooses the national form of ideographs. Where no family
    has all that is wanted, the first installed one stands for it and Qt falls back further.
    """
    national = BY_LANGUAGE.get(language[:2], ())
    letters = "".join(sign for sign in text if not _is_wide(sign))
    latin = _best((*(national if language[:2] == "mn" else ()), *LATIN), letters)
    rest = lacking(latin, text) if latin else text
    others = _best((*national, *PREFERRED), rest) if rest or not latin else ""
    found = tuple(dict.fromkeys(family for family in (latin, others) if family))
    return found or (str(QFont().defaultFamily()),)


def font_for(text: str, language: str = "") -> QFont:
    """Return a font of the families to set a text in."""
    families = families_for(text, language)
    font = QFont(families[0])
    font.setFamilies(list(families))
    return font


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in {"W", "F"}


def _best(families: Sequence[str], text: str) -> str:
    """Return the first family that has a text, or else the first installed, or nothing."""
    present = [family for family in families if family in installed_families()]
    return next((f for f in present if not lacking(f, text)), present[0] if present else "")


def coverage() -> dict[str, str]:
    """Return, per script, a family that covers it, or an empty string where none does."""
    families = [f for f in PREFERRED if f in installed_families()]
    return {
        script: next((f for f in families if not lacking(f, sample)), "")
        for script, sample in SAMPLES.items()
    }
