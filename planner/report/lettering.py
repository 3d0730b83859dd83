"""The letters of plots: fonts that have the characters of the language spoken now."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from functools import cache
from typing import TYPE_CHECKING

from matplotlib import font_manager, rc_context

from resources.translation import language, speaking

if TYPE_CHECKING:
    from collections.abc import Iterator

LATIN_AND_CYRILLIC = "DejaVu Sans"
"""Comes with matplotlib."""
_BY_LANGUAGE = {
    "zh": (
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "Noto Sans SC",
        "Microsoft YaHei",
        "PingFang SC",
    ),
    "ja": (
        "Noto Sans CJK JP",
        "Source Han Sans",
        "Noto Sans JP",
        "Yu Gothic",
        "Hiragino Sans",
    ),
    "ko": (
        "Noto Sans CJK KR",
        "Source Han Sans K",
        "Noto Sans KR",
        "Malgun Gothic",
        "Apple SD Gothic Neo",
    ),
}


@cache
def installed_families() -> frozenset[str]:
    """Return the font families that matplotlib finds."""
    return frozenset(font.name for font in font_manager.fontManager.ttflist)


@contextmanager
def lettering() -> Iterator[None]:
    """Draw plots in letters of the language spoken now.

    Where no font has them, the words of plots are English.
    """
    wanted = _BY_LANGUAGE.get(language(), ())
    found = [family for family in wanted if family in installed_families()]
    spoken = speaking("en") if wanted and not found else nullcontext()
    with spoken, rc_context({"font.family": [LATIN_AND_CYRILLIC, *found]}):
        yield
