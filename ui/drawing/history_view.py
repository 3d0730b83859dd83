"""Who has changed a proposal, when, and what: the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from resources.translation import mark, tr, tr_filled
from ui import words
from ui.controls import label
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from planner.drawing.history import FieldChange, ProposalChange

_MOST = 50
_LONGEST = 120

FIELD_TITLES: Mapping[str, str] = {
    "name": mark("Name"),
    "names": mark("Names"),
    "kind": mark("Type"),
    "status": mark("Status"),
    "agreed_by": mark("Agreed by"),
    "lead": mark("Lead"),
    "notes": mark("Notes"),
    "legal_basis": mark("Legal basis"),
    "attachments": mark("Attachments"),
    "width_m": mark("Width"),
    "centreline": mark("Middle line"),
    "geometry": mark("Shape"),
    "area_km2": mark("Area"),
    "area_by_country": mark("Area by country"),
    "countries": mark("Countries"),
    "member_sites": mark("Sites joined"),
    "species": mark("Species"),
    "reasons": mark("Reasons"),
    "proposal_id": mark("Identifier"),
    "scenario": mark("Scenario"),
    "attributes": mark("Measures"),
    "run_id": mark("Model run"),
}

_LONG_FIELDS = frozenset({"attributes", "area_by_country", "centreline", "reasons"})
"""Told without their values, which nobody could read in a line."""
_TELL: Mapping[str, Callable[[float], str]] = {
    "geometry": words.area,
    "area_km2": words.area,
    "width_m": words.distance,
}


class HistoryView(QWidget):
    """A line for every change, with what each field was and is."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("proposal_history")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)
        self._content: QWidget | None = None
        self._changes: tuple[ProposalChange, ...] = ()

    @property
    def changes(self) -> tuple[ProposalChange, ...]:
        """What is shown."""
        return self._changes

    def show_changes(self, changes: Sequence[ProposalChange]) -> None:
        """Show other changes, the newest first."""
        self._changes = tuple(changes)
        if self._content is not None:
            self._layout.removeWidget(self._content)
            self._content.deleteLater()
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for change in self._changes[:_MOST]:
            column.addWidget(_entry(change))
        if not self._changes:
            column.addWidget(label(tr("Nothing was changed yet."), size="small", tone="muted"))
        self._layout.addWidget(self._content)


def _entry(change: ProposalChange) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(1)
    head = "  ·  ".join(part for part in (_moment(change.time), change.author) if part)
    column.addWidget(label(head, size="small", tone="muted"))
    told = tr_filled(change.label)
    if change.state in {"undone", "dropped"}:
        told = tr("{change} (undone)", change=told)
    column.addWidget(label(told))
    shown = change.fields if change.kind == "changed" else ()
    for field in shown:
        column.addWidget(label(_told(field), size="small", tone="muted"))
    return holder


def _told(field: FieldChange) -> str:
    title = tr(FIELD_TITLES[field.field]) if field.field in FIELD_TITLES else field.field
    if field.field in _LONG_FIELDS:
        return tr("{field} changed", field=title)
    before, after = (_text(field.field, value) for value in (field.before, field.after))
    return f"{title}: {before or '–'} → {after or '–'}"


def _text(field: str, value: object) -> str:
    """Return a value in words, short enough for a line or two."""
    if isinstance(value, int | float):
        tell = _TELL.get(field, words.number)
        return tell(value)
    if isinstance(value, dict):
        text = words.listed(f"{key}: {item}" for key, item in value.items())
    elif isinstance(value, list):
        text = words.listed(_item_text(item) for item in value)
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _item_text(item: object) -> str:
    return str(item.get("file", "")) if isinstance(item, dict) else str(item)


def _moment(time: str) -> str:
    """Return a stored time as the clock on the wall says it."""
    try:
        return datetime.fromisoformat(time).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return time
