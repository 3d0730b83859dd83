"""What people read, in the languages of the table: gettext catalogues, switched at run time.

What people read is written in English where it is said, and given to one of the functions
here: `tr` for a sentence, `tr_n` for a sentence with a count, `tr_c` for a word that needs its
context, `mark` for a text that is translated later, `filled` for a text that is stored in
English and told in the reader's language by `tr_filled`. The catalogues are
``translations/LANGUAGE/LC_MESSAGES/landbridge.po`` with the compiled ``.mo`` beside them.
"""

from __future__ import annotations

import gettext
import hashlib
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from resources.errors import UsageError
from resources.paths import resource_path
from resources.stored_texts import StoredTexts
from resources.telling import Signs, Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DOMAIN: Final = "landbridge"
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "zh": "中文",
    "ko": "한국어",
    "ja": "日本語",
    "ru": "Русский",
    "mn": "Монгол",
}
"""Code to the language's name for itself, in the order in which they are offered."""

STORED: Final = "stored.json"
"""Beside the catalogues: the texts given to `mark` and `filled`, longest first."""

PARTS_CONTEXT: Final = "between longer parts of a list"
"""Context of what stands between the parts of a stored list."""

_LIST_CONTEXT: Final = "between parts of a list"

_SPACE = "\N{NARROW NO-BREAK SPACE}"


class _Spoken:
    """A language with its catalogue."""

    def __init__(self, code: str = "en") -> None:
        if code not in LANGUAGES:
            raise UsageError(f"Language {code!r} is none of {', '.join(LANGUAGES)}.")
        self.language = code
        self.catalogue = gettext.NullTranslations()
        if code != "en":
            folder = resource_path("translations")
            try:
                self.catalogue = gettext.translation(DOMAIN, folder, [code])
            except OSError as error:
                raise UsageError(
                    f"The words of {LANGUAGES[code]} could not be read in {folder}: {error}. "
                    "Install Landbridge again."
                ) from error


class _Mouth:
    """What is spoken by everybody who does not speak another language aside."""

    spoken = _Spoken()


_ASIDE: ContextVar[_Spoken | None] = ContextVar("aside", default=None)


def _now() -> _Spoken:
    return _ASIDE.get() or _Mouth.spoken


def set_language(language: str) -> None:
    """Speak another language from now on; texts that were made before stay as they are.

    Parameters
    ----------
    language : str
        Code of `LANGUAGES`.

    Raises
    ------
    UsageError
        The language is none of them, or its catalogue is missing.
    """
    _Mouth.spoken = _Spoken(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language for a while in this thread only, as for a printed sheet.

    Parameters
    ----------
    language : str
        Code of `LANGUAGES`.

    Raises
    ------
    UsageError
        The language is none of them, or its catalogue is missing.
    """
    token = _ASIDE.set(_Spoken(language))
    try:
        yield
    finally:
        _ASIDE.reset(token)


def hash_of_catalogues() -> str:
    """Return what changes whenever any text is told in other words in any language.

    Raises
    ------
    UsageError
        A catalogue is missing.
    """
    found = hashlib.sha256()
    for code in LANGUAGES:
        _Spoken(code)  # says what to do where a catalogue is missing
        for path in gettext.find(DOMAIN, resource_path("translations"), [code], all=True):
            found.update(Path(path).read_bytes())
    return found.hexdigest()


def language() -> str:
    """Return the code of the language that is spoken now."""
    return _now().language


def tr(message: str, /, **values: object) -> str:
    """Return a text in the language spoken now.

    Parameters
    ----------
    message : str
        The text in English, a literal; ``{name}`` stands for a value.
    **values
        What to fill in; a text without values is taken as it is.
    """
    text = _now().catalogue.gettext(message) if message else ""
    return text.format_map(values) if values else text


def tr_c(context: str, message: str, /, **values: object) -> str:
    """Return a text whose meaning depends on where it stands, in the language spoken now.

    Parameters
    ----------
    context : str
        What tells this use from others, such as ``"of a border"``; a literal.
    message : str
        The text in English.
    **values
        As for `tr`.
    """
    text = _now().catalogue.pgettext(context, message)
    return text.format_map(values) if values else text


def tr_n(one: str, many: str, count: int, /, **values: object) -> str:
    """Return a text with a count, in the form that the language has for it.

    Parameters
    ----------
    one, many : str
        The text in English for one and for several, literals; ``{count}`` is the count.
    count : int
        How many.
    **values
        What else to fill in.
    """
    text = _now().catalogue.ngettext(one, many, count)
    return text.format_map({"count": f"{count:,}".replace(",", _SPACE), **values})


def mark(message: str, /) -> str:
    """Return a text as it is; collected here, and translated by `tr` where it is shown."""
    return message


def filled(message: str, /, **values: object) -> str:
    """Return a text in English with its values, to be stored; `tr_filled` translates it.

    Parameters
    ----------
    message : str
        The text in English, a literal.
    **values
        What to fill in.
    """
    return message.format_map(values)


def tr_filled(text: str, /, *, named: Callable[[str], str] | None = None) -> str:
    """Return a text that was made by `filled` or `mark`, in the language spoken now.

    What is none of them, such as the label of a file made by an older version, stays as it is.
    A value that is itself such a text is translated too.

    Parameters
    ----------
    text : str
        The text in English with its values in it, as it was stored.
    named : callable, optional
        Gives the reader's name for a name, such as that of a species; other texts as they are.
    """
    spoken = _now()
    return text if spoken.language == "en" or not text else _told(spoken, text, named)


@lru_cache(maxsize=4096)
def _told(spoken: _Spoken, text: str, named: Callable[[str], str] | None) -> str:
    return _teller(spoken, named).told(text)


@lru_cache(maxsize=8)
def _teller(spoken: _Spoken, named: Callable[[str], str] | None) -> Teller:
    between = {
        "; ": spoken.catalogue.pgettext(PARTS_CONTEXT, "; "),
        ", ": spoken.catalogue.pgettext(_LIST_CONTEXT, ", "),
    }
    signs = Signs(_STOP.get(spoken.language, "."), between)
    return Teller(_stored(), spoken.catalogue.gettext, signs, named)


_STOP: Final[Mapping[str, str]] = {"zh": "。", "ja": "。"}
"""What ends a sentence, where it is not a full stop."""


@cache
def _stored() -> StoredTexts:
    return StoredTexts.read(resource_path("translations") / STORED)
