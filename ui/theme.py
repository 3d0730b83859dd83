"""Colours, sizes and the style sheet of the window, from one token file per appearance."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette

from resources.errors import PlannerError
from resources.paths import resource_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PyQt6.QtWidgets import QApplication

GRID = 8
"""Everything is spaced in whole or half steps of this many pixels."""

Appearance = Literal["light", "dark"]
TextSize = Literal["small", "body", "title"]

_SCALE: Mapping[TextSize, float] = {"small": 0.88, "body": 1.0, "title": 1.35}
_MINIMUM_POINTS = 10.0


class _TextScale:
    """How much larger the text is than the platform's own."""

    def __init__(self) -> None:
        self.percent = 100


_SCALED = _TextScale()


def set_text_scale(percent: int) -> None:
    """Show all text in another size from the next `apply_theme` on.

    Parameters
    ----------
    percent : int
        Of the platform's own size.
    """
    _SCALED.percent = percent


class ThemeError(PlannerError):
    """A token file of the window's appearance is missing, or lacks a colour."""


@dataclass(frozen=True)
class Theme:
    """The tokens of one appearance.

    Parameters
    ----------
    name : str
        ``"light"`` or ``"dark"``.
    colour : mapping of str to str
        Colours of the window's own controls, ``#rrggbb``.
    map_colour : mapping of str to str
        Colours of what the window paints over a map, ``#rrggbb``.
    """

    name: str
    colour: Mapping[str, str]
    map_colour: Mapping[str, str]

    def qcolour(self, token: str) -> QColor:
        """Return a colour of the controls as Qt knows it."""
        return QColor(self.colour[token])

    def map_qcolour(self, token: str) -> QColor:
        """Return a colour of the map's overlays as Qt knows it."""
        return QColor(self.map_colour[token])


def load_theme(appearance: Appearance) -> Theme:
    """Read the token file of an appearance.

    Parameters
    ----------
    appearance : {"light", "dark"}
        Which file below ``resources/theme``.

    Raises
    ------
    ThemeError
        The file is missing, is not TOML, or lacks one of its two tables.
    """
    path = resource_path("theme", f"{appearance}.toml")
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return Theme(document["name"], document["colour"], document["map"])
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise ThemeError(
            f"The colours of the window could not be read from {path}: {error}. Install "
            "Landbridge again, or restore that file."
        ) from error


def system_appearance() -> Appearance:
    """Return the appearance that the desktop asks for, light where it asks for nothing."""
    hints = QGuiApplication.styleHints()
    dark = hints is not None and hints.colorScheme() == Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def body_font() -> QFont:
    """Return the platform's own font, at 10 points or more, in the size that was chosen."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    points = max(font.pointSizeF(), _MINIMUM_POINTS)
    font.setPointSizeF(points * _SCALED.percent / 100)
    return font


def font(size: TextSize, *, bold: bool = False) -> QFont:
    """Return the platform's font in one of the three sizes of the window."""
    sized = body_font()
    sized.setPointSizeF(sized.pointSizeF() * _SCALE[size])
    sized.setBold(bold)
    return sized


def apply_theme(application: QApplication, theme: Theme) -> None:
    """Give an application the palette, the font and the style sheet of a theme."""
    if not application.styleSheet():  # once, as each of them lays out every widget anew
        application.setStyle("Fusion")
    if application.font() != body_font():
        application.setFont(body_font())
    application.setPalette(_palette(theme))
    application.setStyleSheet(style_sheet(theme))


def style_sheet(theme: Theme) -> str:
    """Return the Qt style sheet of a theme."""
    points = body_font().pointSizeF()
    sizes = {f"{name}_pt": f"{points * scale:.1f}pt" for name, scale in _SCALE.items()}
    template = Template(resource_path("theme", "window.qss").read_text(encoding="utf-8"))
    folder = resource_path("theme").as_posix()
    return template.substitute(theme.colour, **sizes, folder=folder, name=theme.name)


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    tokens = {
        role.Window: "window",
        role.WindowText: "text",
        role.Base: "surface",
        role.AlternateBase: "window",
        role.Text: "text",
        role.PlaceholderText: "text_muted",
        role.Button: "window",
        role.ButtonText: "text",
        role.ToolTipBase: "surface",
        role.ToolTipText: "text",
        role.Highlight: "accent",
        role.HighlightedText: "on_accent",
        role.Link: "focus",
        role.Mid: "control_line",
    }
    palette = QPalette()
    for target, token in tokens.items():
        palette.setColor(target, theme.qcolour(token))
    for target in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, theme.qcolour("text_muted"))
    return palette
