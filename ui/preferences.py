"""What the user has chosen about the window, kept between sessions in one small file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from planner.files import write_text
from resources.errors import PlannerError
from resources.translation import LANGUAGES, tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ui.theme import Appearance

TEXT_SCALES: Final = (80, 90, 100, 110, 125, 150, 175, 200)
"""Sizes of the text that are offered, per cent of the platform's own."""
_MOST_BYTES = 1_000_000

Wish = Literal["system", "light", "dark"]
WISHES: Final[tuple[Wish, ...]] = ("system", "light", "dark")


@dataclass(frozen=True)
class Preferences:
    """What was chosen.

    Parameters
    ----------
    language : str
        Code of `resources.translation.LANGUAGES`; the system's own where empty.
    appearance : {"system", "light", "dark"}
        Colours of the window.
    text_scale : int
        Size of the text, per cent of the platform's own.
    shortcuts : mapping of str to tuple of str
        Keys of the commands that have others than they come with.
    layout : str
        Where the panels stand, as Qt writes it, in hexadecimal digits; empty for the usual.
    geometry : str
        Where the window stands, likewise.
    notation : str
        How places of the map are written; decimal degrees where empty.
    cut_at_borders : bool
        Whether what is drawn is cut into national parts when it is finished.
    """

    language: str = ""
    appearance: Wish = "system"
    text_scale: int = 100
    shortcuts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    layout: str = ""
    geometry: str = ""
    notation: str = ""
    cut_at_borders: bool = False


class PreferenceStore:
    """Keeps the preferences in a file of the user's own.

    Parameters
    ----------
    path : Path or None
        The JSON file, which need not be there; kept in memory only where None.
    appearance : {"light", "dark"}, optional
        Wins over what the file says, for this session.
    """

    def __init__(self, path: Path | None, *, appearance: Appearance | None = None) -> None:
        self._path = path
        self.problem = ""
        """Why the file could not be used, as a sentence; empty where it could."""
        self._values = self._read()
        if appearance is not None:
            self._values = replace(self._values, appearance=appearance)

    @property
    def values(self) -> Preferences:
        """What is chosen now."""
        return self._values

    def keep(self, chosen: Preferences) -> None:
        """Choose something else and store it; `problem` says why where it cannot be stored."""
        self._values = chosen
        self.problem = ""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._path, json.dumps(asdict(self._values), indent=1))
        except OSError as error:
            known = error.__cause__ if isinstance(error, PlannerError) else error
            self.problem = tr(
                "The preferences are not kept: {path} could not be written ({reason}).",
                path=self._path,
                reason=getattr(known, "strerror", "") or error,
            )

    def _read(self) -> Preferences:
        if self._path is None or not self._path.exists():
            return Preferences()
        try:
            with self._path.open(encoding="utf-8") as file:
                document = json.loads(file.read(_MOST_BYTES))
        except (OSError, ValueError, RecursionError) as error:
            document, reason = None, str(error)
        else:
            reason = tr("it holds no table of names and values")
        if isinstance(document, dict):
            return _sound(document)
        self.problem = tr(
            "The preferences in {path} could not be read ({reason}); the usual ones are "
            "used, and the file is written anew when you change one.",
            path=self._path,
            reason=reason,
        )
        return Preferences()


def _sound(document: Mapping[str, object]) -> Preferences:
    """Take over what makes sense; a file may be of another version, or written by hand."""
    usual = Preferences()
    language, appearance = document.get("language"), document.get("appearance")
    scale, shortcuts = document.get("text_scale"), document.get("shortcuts")
    keys = shortcuts.items() if isinstance(shortcuts, dict) else ()
    return Preferences(
        language=language if isinstance(language, str) and language in LANGUAGES else "",
        appearance=next((wish for wish in WISHES if wish == appearance), usual.appearance),
        text_scale=scale if isinstance(scale, int) and scale in TEXT_SCALES else 100,
        shortcuts={str(key): _texts(value) for key, value in keys},
        layout=_digits(document.get("layout")),
        geometry=_digits(document.get("geometry")),
        notation=str(document.get("notation") or ""),
        cut_at_borders=document.get("cut_at_borders") is True,
    )


def _digits(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text if set(text) <= set("0123456789abcdef") else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
