"""The open texts of a language as files for translators, and their answers taken in."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from scripts.translations import catalogues
from scripts.translations.checks import fields, problems

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message


def key(message: Message) -> str:
    """Return a short name of a text that stays the same as long as the text does."""
    english = message.id if isinstance(message.id, str) else "\x00".join(message.id)
    return hashlib.sha256(f"{message.context or ''}\x04{english}".encode()).hexdigest()[:10]


def open_texts(root: Path, language: str) -> list[dict[str, Any]]:
    """Return what has no translation yet, with all that a translator needs to know."""
    catalogue = catalogues.read(catalogues.po_path(root, language), language)
    return [
        _asked(message, catalogue.num_plurals)
        for message in catalogues.entries(catalogue)
        if catalogues.is_open(message)
    ]


def chunks(asked: list[dict[str, Any]], size: int) -> list[list[dict[str, Any]]]:
    """Return the texts in portions of at most so many."""
    return [asked[start : start + size] for start in range(0, len(asked), size)]


def take_in(root: Path, language: str, answers: Path) -> tuple[int, list[str]]:
    """Put answers into the catalogue of a language; what has a fault is left open.

    Parameters
    ----------
    root : Path
        The repository.
    language : str
        Code of the language.
    answers : Path
        JSON: ``{key: text}``, with a list of texts where the language has several forms; or
        the portion that was handed out, each entry with ``"translation"`` added.

    Returns
    -------
    taken : int
        How many were put in.
    refused : list of str
        What was not, and why.
    """
    path = catalogues.po_path(root, language)
    catalogue = catalogues.read(path, language)
    known = {key(message): message for message in catalogues.entries(catalogue)}
    taken, refused = 0, []
    for name, answer in _answers(json.loads(answers.read_text("utf-8"))).items():
        message = known.get(name)
        if message is None:
            refused.append(f"{name}: no text has this key.")
            continue
        texts = (answer,) if isinstance(answer, str) else tuple(str(text) for text in answer)
        found = problems(message, texts, catalogue.num_plurals)
        if found:
            refused += [f"{name} {message.id!r}: {problem}." for problem in found]
            continue
        message.string = texts if isinstance(message.id, (tuple, list)) else texts[0]
        message.flags.discard("fuzzy")
        taken += 1
    catalogues.write(catalogue, path)
    return taken, refused


def _asked(message: Message, plurals: int) -> dict[str, Any]:
    counted = not isinstance(message.id, str)
    asked: dict[str, Any] = {"key": key(message)}
    if counted:
        asked |= {"one": message.id[0], "many": message.id[1], "forms": plurals}
    else:
        asked["text"] = message.id
    if message.context:
        asked["context"] = message.context
    if message.auto_comments:
        asked["note"] = " ".join(message.auto_comments)
    source = str(message.id[1] if counted else message.id)
    if values := sorted(fields(source)):
        asked["keep"] = values
    asked["where"] = sorted({str(place) for place, _ in message.locations})[:3]
    return asked


def _answers(read: object) -> dict[str, Any]:
    if isinstance(read, dict):
        return {str(name): answer for name, answer in read.items()}
    if isinstance(read, list):
        return {str(item["key"]): item["translation"] for item in read if "translation" in item}
    raise TypeError("Answers are an object of keys and texts, or a list of portions' entries.")
