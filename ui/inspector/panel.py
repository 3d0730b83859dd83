"""The inspector: everything about the selection, with the basis of each fact beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui.controls import beside_icon, icon_button, label, link_button
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from ui.inspector.record import Fact, Record
    from ui.theme import Theme

_CUT = Qt.TextElideMode.ElideRight
_BACK_PX = 22 * GRID


class Inspector(QFrame):
    """Shows one `Record`, or says what to do to see one."""

    zoom_requested = pyqtSignal()
    close_requested = pyqtSignal()
    run_requested = pyqtSignal(str)
    """A number was asked from what it was computed; carries the run's id."""
    back_requested = pyqtSignal()
    edit_requested = pyqtSignal()
    """What is shown is to be changed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("role", "panel")
        self._record: Record | None = None
        self._kind = label(tr("Selection"), size="small", tone="muted", name="inspector_kind")
        self._close = icon_button("inspector_close", "close", tr("Close the inspector"), theme)
        self._close.clicked.connect(self.close_requested)
        self._zoom = QPushButton(beside_icon(tr("Zoom to it")))
        self._zoom.setToolTip(tr("Zoom to it"))
        self._zoom.setAccessibleName(tr("Zoom to it"))
        self._zoom.setObjectName("inspector_zoom")
        self._zoom.setProperty("icon_name", "zoom_to")
        self._zoom.setIcon(icon("zoom_to", theme.colour["text"]))
        self._zoom.clicked.connect(self.zoom_requested)
        self._edit = icon_button("inspector_edit", "draw", tr("Edit it (F2)"), theme)
        self._edit.clicked.connect(self.edit_requested)
        self._edit.hide()
        self._scroll = QScrollArea()
        self._scroll.setObjectName("inspector_scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setSpacing(GRID // 2)
        self._kind.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head.addWidget(self._kind, 1)
        head.addWidget(self._edit)
        head.addWidget(self._zoom)
        head.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(self._scroll, 1)
        self.show_record(None)

    def set_editable(self, *, editable: bool) -> None:
        """Offer to change what is shown, or not."""
        self._edit.setVisible(editable)
        # Both with their words would leave no room for what it is, in a narrow window.
        self._zoom.setText("" if editable else beside_icon(tr("Zoom to it")))

    @property
    def record(self) -> Record | None:
        """What is shown; None for nothing."""
        return self._record

    def show_record(
        self, record: Record | None, *, on_map: bool = False, back_to: str = ""
    ) -> None:
        """Show another record; it keeps its place in the text where it is the same thing.

        Parameters
        ----------
        record : Record or None
            What to tell; None where nothing is selected.
        on_map : bool
            Whether it can be zoomed to.
        back_to : str
            Name of what was shown before and can be returned to; empty for nothing.
        """
        same = _identity(self._record) == _identity(record)
        bar = self._scroll.verticalScrollBar()
        place = bar.value() if same and bar is not None else 0
        self._record = record
        self._kind.setText(tr("Selection") if record is None else record.kind)
        self._zoom.setVisible(on_map)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, GRID, 2 * GRID)
        layout.setSpacing(GRID)
        if back_to:
            layout.addWidget(self._back(back_to))
        for widget in _nothing() if record is None else self._content(record):
            layout.addWidget(widget)
        layout.addStretch(1)
        self._scroll.setWidget(content)
        if bar is not None:
            bar.setValue(place)

    def _content(self, record: Record) -> list[QWidget]:
        parts: list[QWidget] = [label(record.title, size="title", name="inspector_title")]
        if record.subtitle:
            parts.append(label(record.subtitle, tone="muted", name="inspector_subtitle"))
        parts += [label(text, size="small", tone="warning") for text in record.notices]
        parts += [_fact(fact, self._value(fact)) for fact in record.facts]
        if record.sources:
            parts.append(_rule())
            parts.append(label(tr("Sources"), name="inspector_sources"))
            parts += [
                label(f"[{number}]  {source}", size="small", tone="muted")
                for number, source in enumerate(record.sources, start=1)
            ]
        return parts

    def _value(self, fact: Fact) -> QWidget:
        if not fact.run_id:
            return label(fact.value)
        link = link_button("inspector_run", fact.value)
        link.setToolTip(tr("Show from what and with what this was computed"))
        link.clicked.connect(lambda: self.run_requested.emit(fact.run_id))
        return link

    def _back(self, name: str) -> QPushButton:
        link = link_button("inspector_back", "")
        shown = link.fontMetrics().elidedText(name, _CUT, _BACK_PX)
        link.setText(tr("Back to {shown}", shown=shown))
        link.setToolTip(tr("Back to {name}", name=name))
        link.clicked.connect(self.back_requested)
        return link


def _identity(record: Record | None) -> tuple[str, str]:
    return ("", "") if record is None else (record.kind, record.title)


def _nothing() -> list[QWidget]:
    return [
        label(tr("Nothing is selected")),
        label(
            tr(
                "Click a site, corridor or proposal on the map or in a list. What is known "
                "of it stands here, with the source of every field."
            ),
            size="small",
            tone="muted",
        ),
    ]


def _fact(fact: Fact, value: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, GRID // 2, 0, 0)
    layout.setSpacing(1)
    layout.addWidget(label(fact.label, size="small", tone="muted"))
    layout.addWidget(value, 0)
    basis = " ".join(
        part for part in (fact.basis, f"[{fact.source}]" if fact.source else "") if part
    )
    for line in (basis, *fact.remarks):
        if line:
            layout.addWidget(label(line, size="small", tone="muted"))
    holder.setAccessibleName(f"{fact.label}: {fact.value}. {basis}")
    return holder


def _rule() -> QFrame:
    rule = QFrame()
    rule.setFrameShape(QFrame.Shape.HLine)
    return rule
