"""Colours to draw layers in: ramps and sets of hues that everybody can tell apart."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Literal

from resources.errors import PlannerError
from resources.paths import resource_path
from resources.translation import mark, tr

RampKind = Literal["sequential", "diverging", "qualitative"]

_NAMES = {
    "viridis": mark("Yellow to violet (viridis)"),
    "batlow": mark("Pink to blue (batlow)"),
    "cividis": mark("Yellow to blue (cividis)"),
    "blues": mark("Blues"),
    "browns": mark("Grey to brown"),
    "greys": mark("Greys"),
    "vik": mark("Blue to red-brown (vik), two-sided"),
    "purple_orange": mark("Purple to orange, two-sided"),
    "okabe_ito": mark("Hues of Okabe and Ito"),
    "tol_muted": mark("Muted hues of Tol"),
    "tol_bright": mark("Bright hues of Tol"),
}


@dataclass(frozen=True)
class Ramp:
    """A series of colours.

    Parameters
    ----------
    key : str
        Stable name.
    kind : {"sequential", "diverging", "qualitative"}
        From light to dark; from dark over light to dark; hues without an order.
    colours : tuple of str
        ``#rrggbb``.
    """

    key: str
    kind: RampKind
    colours: tuple[str, ...]

    @property
    def name(self) -> str:
        """What people call it, in their language."""
        return tr(_NAMES.get(self.key, self.key))

    def at(self, share: float) -> str:
        """Return the colour at a share of the way, 0 to 1."""
        place = min(max(share, 0.0), 1.0) * (len(self.colours) - 1)
        below = min(int(place), len(self.colours) - 2)
        part = place - below
        pairs = zip(_rgb(self.colours[below]), _rgb(self.colours[below + 1]), strict=True)
        mixed = [round(a + (b - a) * part) for a, b in pairs]
        return "#{:02x}{:02x}{:02x}".format(*mixed)

    def take(self, count: int, *, reverse: bool = False) -> tuple[str, ...]:
        """Return so many colours, as far apart as they can be; shades where hues end."""
        if self.kind == "qualitative":
            found = tuple(
                _shade(self.colours[at % len(self.colours)], at // len(self.colours))
                for at in range(count)
            )
        elif count == 1:
            found = (self.at(0.5),)
        else:
            found = tuple(self.at(number / (count - 1)) for number in range(count))
        return found[::-1] if reverse else found


@cache
def ramps() -> tuple[Ramp, ...]:
    """Return every series of colours, in the order in which they are offered.

    Raises
    ------
    PlannerError
        The file that holds them is missing or damaged.
    """
    path = resource_path("styles", "ramps.toml")
    try:
        listed = tomllib.loads(path.read_text(encoding="utf-8"))["ramp"]
        return tuple(Ramp(row["key"], row["kind"], tuple(row["colours"])) for row in listed)
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise PlannerError(
            f"The colours for layers could not be read from {path}: {error}. Install "
            "Landbridge again, or restore that file."
        ) from error


def ramp(key: str) -> Ramp:
    """Return a series of colours by its name; the first where there is none of it."""
    return next((item for item in ramps() if item.key == key), ramps()[0])


_SHADES = ((255, 0.0), (255, 0.5), (0, 0.4), (255, 0.75), (0, 0.65))
"""What hues are mixed with, time after time: white or black, and how much of it."""


def _shade(colour: str, turn: int) -> str:
    """Return a lighter or darker shade of a hue, for those that come when all are used."""
    towards, part = _SHADES[turn % len(_SHADES)]
    mixed = [round(value + (towards - value) * part) for value in _rgb(colour)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _rgb(colour: str) -> tuple[int, int, int]:
    return (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
