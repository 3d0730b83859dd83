"""What is wrong with a translation, in sentences."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

from scripts.translations.catalogues import entries, forms

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

_WIDE = "、，；："
"""Signs of Chinese and Japanese that bring their space along."""
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def fields(text: str) -> frozenset[str]:
    """Return the values that a text is filled with, such as ``{name}``.

    Raises
    ------
    ValueError
        A brace has no partner.
    """
    found: set[str] = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            shown = f"{name}!{conversion}" if conversion else name
            found.add(f"{{{shown}:{spec}}}" if spec else f"{{{shown}}}")
    return frozenset(found)


def problems(message: Message, texts: tuple[str, ...], plurals: int) -> list[str]:
    """Return what is wrong with the translations of one text; nothing where all is well.

    Parameters
    ----------
    message : Message
        The text in English.
    texts : tuple of str
        Its translations, one for each form.
    plurals : int
        How many forms the language has.
    """
    counted = isinstance(message.id, (tuple, list))
    wanted = plurals if counted else 1
    if len(texts) != wanted:
        return [f"{len(texts)} forms in place of {wanted}"]
    source = str(message.id[1] if counted else message.id)
    found: list[str] = []
    for place, text in enumerate(texts):
        # Where a form is for exactly one thing, it may say so without a figure.
        optional = {"{count}"} if counted and plurals == 2 and place == 0 else set()
        found += _problems(source, text, frozenset(optional))
    return found


def catalogue_problems(catalogue: Catalog) -> list[str]:
    """Return everything that is wrong in a catalogue, with the texts that are still open."""
    found: list[str] = []
    for message in entries(catalogue):
        named = f"{catalogue.locale_identifier}: {_name(message)!r}"
        if message.fuzzy:
            found.append(f"{named} is marked fuzzy.")
        elif not all(forms(message)):
            found.append(f"{named} is not translated.")
        else:
            found += [
                f"{named}: {problem}."
                for problem in problems(message, forms(message), catalogue.num_plurals)
            ]
    return found


def _problems(source: str, text: str, optional: frozenset[str]) -> list[str]:
    if not text.strip():
        return ["it is empty"]
    try:
        given = fields(text)
    except ValueError as error:
        return [f"{text!r} cannot be filled in ({error})"]
    found: list[str] = []
    try:
        wanted = fields(source)
    except ValueError:
        wanted, given = frozenset(), frozenset()
    if wanted - optional != given - optional:
        found.append(f"{text!r} has the values {_told(given)} in place of {_told(wanted)}")
    for what, pattern in (("line breaks", r"\n"), ("shortcuts in brackets", r"Ctrl\+\w")):
        if len(re.findall(pattern, source)) != len(re.findall(pattern, text)):
            found.append(f"{text!r} has other {what}")
    if sorted(_TAG.findall(source)) != sorted(_TAG.findall(text)):
        found.append(f"{text!r} has other HTML tags")
    if _edges(source) != _edges(text) and not (_edges(source)[1] and text[-1:] in _WIDE):
        found.append(f"{text!r} begins or ends with other white space")
    return found


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _told(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)) or "none"


def _name(message: Message) -> str:
    return str(message.id if isinstance(message.id, str) else message.id[0])
