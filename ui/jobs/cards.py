"""The cards of what runs, one below the other; they scroll where there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import QEvent, QSize, Qt
from PyQt6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import GRID

if TYPE_CHECKING:
    from ui.jobs.progress import JobProgress


class JobCards(QScrollArea):
    """As high as its cards are where there is room, and never higher than one of them must be.

    However much runs at once, the panel asks no more height of the window than for one card.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("job_cards")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        content = QWidget()
        content.setObjectName("scrolled")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self.setWidget(content)
        self.hide()

    def add(self, card: JobProgress) -> None:
        """Put a card below the others."""
        self._column.addWidget(card)
        self.show()

    def remove(self, card: JobProgress) -> None:
        """Take a card away and let it go."""
        self._column.removeWidget(card)
        card.deleteLater()
        self.setVisible(self._column.count() > 0)

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._column.sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        first = self._column.itemAt(0)
        height = 0 if first is None else first.minimumSize().height()
        return QSize(super().minimumSizeHint().width(), height)

    @override
    def event(self, a0: QEvent | None) -> bool:
        done = super().event(a0)
        if a0 is not None and a0.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return done
