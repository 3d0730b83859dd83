"""Dates as records state them, brought to ISO 8601."""

from __future__ import annotations

import calendar
import re

_ISO = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[T ].*)?")
_YEAR_FIRST = re.compile(
    r"(\d{4})\s*[/.\-年년]?\s*(?:оны?\s*)?(\d{1,2})\s*[/.\-月월]\s*"
    r"(?:(\d{1,2})\s*[日일.]?)?(?:[T ]+.*)?"
)
_YEAR_LAST = re.compile(
    r"(\d{1,2})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{4})(?:\s*г\.?)?(?:[T ]+.*)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{4,6})?")
_YEAR = re.compile(r"(\d{4})(?:\.0)?\s*(?:年|년|г\.?|он)?")


def iso_date(text: str) -> str:
    """Bring a date to ISO 8601: a day, a month, a year, or two of these with a slash.

    Parameters
    ----------
    text : str
        As stated; a time of day is left out.

    Returns
    -------
    str
        Empty where it cannot be read. ``03.04.2021`` with points is day first, as Russia and
        Mongolia write; with slashes or hyphens, where day and month could be swapped, only the
        year is kept.
    """
    plain = text.strip()
    if not plain:
        return ""
    if plain.count("/") == 1 and len(plain) > 9:
        start, end = (_single(part.strip()) for part in plain.split("/"))
        if start and end:
            return start if start == end else f"{start}/{end}"
        if start:
            return start
    return _single(plain)


def date_range(iso: str) -> tuple[str, str]:
    """Return the first and the last day that a date of `iso_date` can mean, as ISO text.

    Parameters
    ----------
    iso : str
        Not empty.
    """
    start, _, end = iso.partition("/")
    return _first_day(start), _last_day(end or start)


def _first_day(part: str) -> str:
    return part + "-01-01"[len(part) - 4 :] if len(part) < 10 else part


def _last_day(part: str) -> str:
    if len(part) == 4:
        return f"{part}-12-31"
    if len(part) == 7:
        return f"{part}-{calendar.monthrange(int(part[:4]), int(part[5:]))[1]:02d}"
    return part


def _single(plain: str) -> str:
    for pattern in (_ISO, _COMPACT, _YEAR_FIRST):
        found = pattern.fullmatch(plain)
        if found:
            return _checked(*found.groups())
    found = _YEAR_LAST.fullmatch(plain)
    if found:
        return _year_last(*found.groups())
    found = _YEAR.fullmatch(plain)
    return _checked(found.group(1), None, None) if found else ""


def _year_last(first: str, separator: str, second: str, year: str) -> str:
    if separator == "." or int(first) > 12:
        return _checked(year, second, first)
    if int(second) > 12:
        return _checked(year, first, second)
    return _checked(year, second, first) if first == second else _checked(year, None, None)


def _checked(year: str, month: str | None, day: str | None) -> str:
    if not 1600 <= int(year) <= 2200:
        return ""
    if month is None:
        return year
    last = calendar.monthrange(int(year), int(month))[1] if 1 <= int(month) <= 12 else 0
    if not 1 <= int(day or 1) <= last:
        return ""
    if day is None:
        return f"{year}-{int(month):02d}"
    return f"{year}-{int(month):02d}-{int(day):02d}"
