"""The texts of data files that the window and reports show: of regions and of species."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from scripts.translations.source import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOWN_QUANTITIES: Final = (
    "habitat_threshold",
    "minimum_core_area_km2",
    "minimum_corridor_width_m",
)
"""Quantities of species that are shown with what they rest on."""


def texts(root: Path) -> Iterator[Text]:
    """Yield the texts of data files that are shown, by file.

    Parameters
    ----------
    root : Path
        The repository.
    """
    for path, content in _files(root, "regions"):
        yield Text(path, 0, "tr", content["names"]["en"], notes=("name of a region",))
        about = content["description"]["text"]
        yield Text(path, 0, "tr", about, notes=("what a region is",))
        yield from _limits(path, content, "a region")
    for path, content in _files(root, "species"):
        yield Text(path, 0, "tr", content["summary"], notes=("what a species is",))
        yield from _limits(path, content, "a species")
        for name in SHOWN_QUANTITIES:
            quantity = content["quantities"].get(name, {})
            if basis := quantity.get("basis", ""):
                note = f"what the number {name} of a species rests on"
                yield Text(path, 0, "tr", basis, notes=(note,))


def _limits(path: str, content: dict[str, Any], of: str) -> Iterator[Text]:
    note = f"what is not known of {of}, or left out"
    for limit in content["limits"]:
        yield Text(path, 0, "tr", limit, notes=(note,))


def _files(root: Path, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((root / "resources" / kind).glob("*.toml")):
        yield path.relative_to(root).as_posix(), tomllib.loads(path.read_text("utf-8"))
