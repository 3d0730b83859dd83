"""``landbridge sources``: where the data that ship come from."""

from __future__ import annotations

from rich.console import Console

from layers.pack import DataPack

_INDENT = "  "


def sources() -> None:
    """Tell the source, licence, true resolution and processing of every layer that ships."""
    console = Console(highlight=False)
    for note in DataPack.open().sources():
        console.print(f"[bold]{note.title}[/] ({note.name})")
        for label, text in (
            ("source", note.source),
            ("licence", note.licence),
            ("true resolution", note.true_resolution),
            ("processing", note.processing),
        ):
            if text:
                console.print(f"{_INDENT}{label}: {text}", markup=False, soft_wrap=True)
