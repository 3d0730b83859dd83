"""The catalogues on disk: collected from the code, brought up to date, compiled."""

from __future__ import annotations

import io
import json
from string import Formatter
from typing import TYPE_CHECKING, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from resources.translation import DOMAIN, LANGUAGES, STORED
from scripts.translations import data, errors
from scripts.translations.code import Code
from scripts.translations.source import texts

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message

TRANSLATED: Final = tuple(code for code in LANGUAGES if code != "en")
PACKAGES: Final = ("ui", "planner", "layers", "resources")
"""Where texts are collected."""
FOLDER: Final = "resources/translations"

_STORED_BY: Final = frozenset({"mark", "filled"})
_WIDTH: Final = 96
_HEADER: Final = """\
Words of Landbridge: {language}.
MACHINE-MADE TRANSLATION, not yet checked by people who speak the language.
Copyright (C) the Landbridge developers, under the licence of Landbridge."""
_TEMPLATE_HEADER: Final = """\
Words of Landbridge, collected by `python -m scripts.translations extract`.
Copyright (C) the Landbridge developers, under the licence of Landbridge."""


def template_path(root: Path) -> Path:
    """Return the file of all texts in English."""
    return root / FOLDER / f"{DOMAIN}.pot"


def po_path(root: Path, language: str) -> Path:
    """Return the catalogue of a language that people edit."""
    return root / FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(root: Path, language: str) -> Path:
    """Return the compiled catalogue of a language."""
    return po_path(root, language).with_suffix(".mo")


def collect(root: Path) -> Catalog:
    """Return every text: of the code, of data files, and last the messages of errors."""
    catalogue = Catalog(
        project="Landbridge",
        version="1",
        header_comment=_comment(_TEMPLATE_HEADER),
        msgid_bugs_address="the issues of the repository",
        fuzzy=False,
    )
    for text in (*texts(root, PACKAGES), *data.texts(root)):
        place = [(text.place, text.line)]
        catalogue.add(text.message, None, place, (), text.notes, context=text.context)
    for found in errors.messages(Code(root, errors.PACKAGES)):
        note = errors.NOTE_OF_PART if found.is_part else errors.NOTE
        catalogue.add(found.message.text, None, [(found.place, found.line)], (), (note,))
    return catalogue


def stored_texts(root: Path) -> list[str | list[str]]:
    """Return the texts that are kept in English, those with most words of their own first.

    One of which the values that are numbers cannot be seen in the text is a list: the text
    and their names.
    """
    found: dict[str, tuple[str, ...]] = {}
    for error in errors.messages(Code(root, errors.PACKAGES)):
        text, numbers = error.message.text, error.message.numbers
        # Two places may fill the same text, the one with a number and the other with a word.
        found[text] = tuple(name for name in found.get(text, numbers) if name in numbers)
    found |= {str(t.message): () for t in texts(root, PACKAGES) if t.function in _STORED_BY}
    ordered = sorted(found, key=lambda text: (-_own_letters(text), text))
    return [[text, *found[text]] if found[text] else text for text in ordered]


def _own_letters(text: str) -> int:
    return sum(len(literal) for literal, *_ in Formatter().parse(text))


def read(path: Path, language: str | None = None) -> Catalog:
    """Read a catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def write(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue; the date of an old one stays where no text has changed."""
    if path.exists():
        old = read(path)
        if _texts(old) == _texts(catalogue):
            catalogue.creation_date = old.creation_date
            catalogue.revision_date = old.revision_date
    path.parent.mkdir(parents=True, exist_ok=True)
    written = io.BytesIO()
    write_po(written, catalogue, width=_WIDTH, include_lineno=False, ignore_obsolete=True)
    path.write_bytes(written.getvalue())


def update(root: Path, language: str, template: Catalog) -> Catalog:
    """Bring the catalogue of a language up to date with the texts of the code; keep its words.

    A text that has changed is open again: a translation of something else is never kept as a
    guess.
    """
    path = po_path(root, language)
    catalogue = read(path, language) if path.exists() else Catalog(language, DOMAIN)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.project, catalogue.version = "Landbridge", "1"
    catalogue.msgid_bugs_address = "the issues of the repository"
    catalogue.last_translator = "made by machine"
    catalogue.language_team = LANGUAGES[language]
    catalogue.header_comment = _comment(_HEADER.format(language=LANGUAGES[language]))
    catalogue.fuzzy = False
    write(catalogue, path)
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """Return a catalogue as `gettext` reads it."""
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def write_compiled(root: Path) -> None:
    """Write what the window reads: the compiled catalogues and the list of stored texts."""
    for language in TRANSLATED:
        path = po_path(root, language)
        if path.exists():
            mo_path(root, language).write_bytes(compiled(read(path, language)))
    stored = json.dumps(stored_texts(root), ensure_ascii=False, indent=0)
    (root / FOLDER / STORED).write_text(stored + "\n", "utf-8")


def entries(catalogue: Catalog) -> list[Message]:
    """Return the texts of a catalogue without its header."""
    return [message for message in catalogue if message.id]


def forms(message: Message) -> tuple[str, ...]:
    """Return the translations of a text, one for each of its forms."""
    text = message.string
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def is_open(message: Message) -> bool:
    """Tell whether a text has no translation, or a guessed one."""
    return message.fuzzy or not all(forms(message))


def _texts(catalogue: Catalog) -> list[tuple[object, ...]]:
    return [(m.context, m.id, m.string, tuple(m.auto_comments)) for m in entries(catalogue)]


def _comment(text: str) -> str:
    return "\n".join(f"# {line}" for line in text.splitlines())
