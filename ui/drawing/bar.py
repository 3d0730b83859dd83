"""What the hand needs while it draws: a strip over the map, near to what is drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal, TypeAlias

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import icon_button, label
from ui.drawing.drawing_tool import is_step_key
from ui.drawing.fields import MetresBox
from ui.drawing.sketch import USUAL_WIDTH_M
from ui.drawing.snapping import KIND_TITLES
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtGui import QKeyEvent, QWheelEvent

    from planner.drawing.snapping import Kind
    from ui.drawing.snapping import Snapping
    from ui.theme import Theme

Part: TypeAlias = Literal["width", "species", "points", "finish", "steps", "snapping", "cut"]
"""What the bar can hold for a tool."""
_WIDEST_PX = 76 * GRID
_MARGIN_PX = 2 * GRID
_NARROW_PX = 50 * GRID
"""Width below which fields and buttons do not fit beside each other."""


class DrawingBar(QFrame):
    """Lies at the foot of the map while something is drawn, or a question about it is open.

    Parameters
    ----------
    snapping : Snapping
        What is snapped to; switched here.
    theme : Theme
        Tints the icons.
    over : QWidget
        The map.
    """

    width_changed = pyqtSignal(float)
    species_chosen = pyqtSignal(str)
    """Whose ways are looked for; an empty text for all species together."""
    entry_given = pyqtSignal(str)
    """A place or a step was typed."""
    cut_switched = pyqtSignal(bool)
    """National parts of what is drawn are to become proposals of their own, or not."""
    undo_requested = pyqtSignal()
    finish_requested = pyqtSignal()
    closed = pyqtSignal()
    """The drawing, or the question, is to be put aside."""
    offer_taken = pyqtSignal()
    offer_declined = pyqtSignal()

    def __init__(self, snapping: Snapping, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("drawing_bar")
        self.setProperty("role", "card")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)  # the map is below
        self._snapping = snapping
        self._hint = label("", size="small", name="drawing_hint")
        self._close = icon_button("drawing_close", "close", tr("End drawing (Escape)"), theme)
        self._width = self._make_width()
        self._species = QComboBox()
        self._species.setObjectName("drawing_species")
        self._species.setAccessibleName(tr("Species that the corridor is for"))
        self._species.setToolTip(tr("Species that the corridor is for"))
        self._entry = self._make_entry()
        self._snap = self._make_snap(theme)
        self._trace = icon_button("drawing_trace", "trace", "", theme)
        self._trace.setCheckable(True)
        self._together = icon_button("drawing_together", "shared_corners", "", theme)
        self._together.setCheckable(True)
        self._cut = icon_button("drawing_cut", "edit_border", "", theme)
        self._cut.setCheckable(True)
        self._undo = icon_button(
            "drawing_undo", "undo", tr("Take the last point back (Backspace)"), theme
        )
        self._finish = QPushButton(tr("Finish"))
        self._finish.setObjectName("drawing_finish")
        self._finish.setProperty("role", "primary")
        self._problem = label("", size="small", tone="error", name="drawing_problem")
        self._offer = label("", size="small", tone="warning", name="drawing_offer")
        self._take = QPushButton()
        self._take.setObjectName("drawing_offer_take")
        self._take.setProperty("role", "primary")
        self._decline = QPushButton()
        self._decline.setObjectName("drawing_offer_decline")
        self._draw_page = QWidget()
        self._offer_page = QWidget()
        self._lay_out()
        self._listen()
        self.hide()
        over.installEventFilter(self)

    def _make_width(self) -> MetresBox:
        box = MetresBox("drawing_width", tr("Width of the corridor"), tr(" m wide"))
        box.setToolTip(tr("Width of the corridor; [ and ] make it narrower and wider"))
        box.setValue(int(USUAL_WIDTH_M))
        return box

    def _make_entry(self) -> QLineEdit:
        entry = QLineEdit()
        entry.setObjectName("drawing_entry")
        entry.setAccessibleName(tr("Next point, as a place or as a distance and direction"))
        entry.setPlaceholderText(tr("12 km 45°, or 43.1, 131.2"))
        entry.setToolTip(
            tr(
                "Type the next point and press Enter: latitude and longitude, or a distance "
                "and a direction clockwise from north."
            )
        )
        return entry

    def _make_snap(self, theme: Theme) -> QToolButton:
        button = icon_button("drawing_snap", "magnet", "", theme)
        button.setCheckable(True)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        menu = QMenu(button)
        menu.setObjectName("drawing_snap_menu")
        for kind, title in KIND_TITLES.items():
            action = menu.addAction(tr(title))
            if action is not None:
                action.setObjectName(f"drawing_snap_{kind}")
                action.setCheckable(True)
                action.setChecked(kind in self._snapping.kinds)
                action.toggled.connect(partial(self._on_kind_toggled, kind))
        button.setMenu(menu)
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._draw_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        self._fields = QWidget()
        rows = QVBoxLayout(self._fields)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(GRID // 2)
        self._rows = (QHBoxLayout(), QHBoxLayout())
        for row in self._rows:
            row.setSpacing(GRID // 2)
            rows.addLayout(row)
        self._rows[0].addWidget(self._width)
        self._rows[0].addWidget(self._species, 1)
        self._rows[0].addWidget(self._entry, 1)
        self._row_of_buttons = -1
        self._place_buttons(0)
        column.addWidget(self._fields)
        column.addWidget(self._problem)
        second = QVBoxLayout(self._offer_page)
        second.setContentsMargins(0, 0, 0, 0)
        second.setSpacing(GRID)
        second.addWidget(self._offer)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        buttons.addWidget(self._decline)
        buttons.addWidget(self._take)
        second.addLayout(buttons)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self._hint, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID // 2, GRID, GRID)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self._draw_page)
        layout.addWidget(self._offer_page)
        self._problem.hide()
        self._offer_page.hide()

    def _place_buttons(self, number: int) -> None:
        """Have the buttons beside the fields, or in a row of their own."""
        if number == self._row_of_buttons:
            return
        self._row_of_buttons = number
        buttons = (self._snap, self._trace, self._together, self._cut, self._undo)
        for button in (*buttons, self._finish):
            for row in self._rows:
                row.removeWidget(button)
        for button in buttons:
            self._rows[number].addWidget(button)
        self._rows[number].addWidget(self._finish, 0, Qt.AlignmentFlag.AlignRight)
        for widget in (self._fields, self._draw_page):
            if (layout := widget.layout()) is not None:
                layout.activate()  # the bar asks for its height at once

    def _listen(self) -> None:
        self._close.clicked.connect(self.closed)
        self._width.valueChanged.connect(lambda value: self.width_changed.emit(float(value)))
        self._species.activated.connect(lambda _: self.species_chosen.emit(self.species))
        self._entry.returnPressed.connect(self._on_entry)
        self._entry.textEdited.connect(lambda _: self.show_problem(""))
        self._snap.clicked.connect(lambda on: self._snapping.switch(on=on))
        self._trace.clicked.connect(lambda on: self._snapping.switch_tracing(on=on))
        self._together.clicked.connect(lambda on: self._snapping.switch_together(on=on))
        self._cut.clicked.connect(lambda on: self._on_cut(on=on))
        self._undo.clicked.connect(self.undo_requested)
        self._finish.clicked.connect(self.finish_requested)
        self._take.clicked.connect(self.offer_taken)
        self._decline.clicked.connect(self.offer_declined)
        self._snapping.changed.connect(self._show_snapping)
        self._show_snapping()
        self.show_cut(on=False)

    @property
    def offering(self) -> bool:
        """Whether a question is open."""
        return not (self.isHidden() or self._offer_page.isHidden())

    def show_drawing(self, *parts: Part) -> None:
        """Show what a tool needs.

        Parameters
        ----------
        *parts : Part
            ``width``, where it has one; ``species``, where it is for one; ``points``, where
            they can be typed; ``finish``, where it is finished by a deed of its own; ``steps``,
            where points are set one after another: they can be taken back, and the line
            between two of them can be traced; ``snapping``, where it snaps; ``cut``, where it
            makes something new, which can be cut at borders.
        """
        shown = frozenset(parts)
        self._width.setVisible("width" in shown)
        self._species.setVisible("species" in shown)
        self._entry.setVisible("points" in shown)
        self._undo.setVisible("steps" in shown)
        self._snap.setVisible("snapping" in shown)
        self._trace.setVisible({"snapping", "steps"} <= shown)
        corners = "steps" not in shown
        self._together.setVisible({"snapping", "points"} <= shown and corners)
        self._cut.setVisible("cut" in shown)
        self._finish.setVisible("finish" in shown)
        self._fields.setVisible(bool(shown - {"species", "steps"}))
        self.show_problem("")
        self._offer_page.hide()
        self.show()
        self.place()

    def show_hint(self, hint: str) -> None:
        """Say what the hand can do next."""
        self._hint.setText(hint)
        self.place()

    def show_progress(self, *, complete: bool, begun: bool) -> None:
        """Tell by the buttons whether there is something to finish or to take back."""
        self._finish.setEnabled(complete)
        self._undo.setEnabled(begun)

    def show_cut(self, *, on: bool) -> None:
        """Show whether what is drawn is cut at borders when it is finished."""
        text = (
            tr("Cut at borders when finished: each national part becomes a proposal of its own")
            if on
            else tr("Kept as one proposal, with its national parts told in its form")
        )
        self._cut.setChecked(on)
        self._cut.setToolTip(text)
        self._cut.setAccessibleName(text)

    def _on_cut(self, *, on: bool) -> None:
        self.show_cut(on=on)
        self.cut_switched.emit(on)

    def show_width(self, width_m: float) -> None:
        """Show another width without telling of it."""
        if round(width_m) != self._width.value():
            self._width.blockSignals(True)
            self._width.setValue(round(width_m))
            self._width.blockSignals(False)

    def show_species(self, species: Sequence[tuple[str, str]]) -> None:
        """Offer species, each by its id and its name; what is chosen stays where it can."""
        chosen = self.species
        self._species.blockSignals(True)
        self._species.clear()
        for key, title in species:
            self._species.addItem(title, key)
        self._species.setCurrentIndex(max(self._species.findData(chosen), 0))
        self._species.blockSignals(False)

    @property
    def species(self) -> str:
        """Whose ways are looked for; an empty text for all species together."""
        return str(self._species.currentData() or "")

    def show_problem(self, problem: str) -> None:
        """Say what is wrong with what was typed or done; an empty text takes that away."""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self._draw_page.setVisible(bool(problem) or not self._fields.isHidden())
        self.place()

    def ask(self, title: str, text: str, take: str, decline: str) -> None:
        """Ask what is to be done with the drawing.

        Parameters
        ----------
        title : str
            What is asked about.
        text : str
            What is the matter.
        take, decline : str
            The two answers, verbs; the first is what most want.
        """
        self._hint.setText(title)
        self._offer.setText(text)
        self._take.setText(take)
        self._decline.setText(decline)
        self._draw_page.hide()
        self._offer_page.show()
        self.show()
        self.place()
        self._take.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin_entry(self, text: str) -> None:
        """Put the hand into the field of the next point, with what was typed already."""
        if self._entry.isVisible():
            self._entry.setText(text)
            self._entry.setFocus(Qt.FocusReason.OtherFocusReason)
            self._entry.end(False)

    def clear_entry(self) -> None:
        """Empty the field of the next point."""
        self._entry.clear()

    def place(self) -> None:
        """Lie at the foot of the map, in the middle."""
        over = self.parentWidget()
        if over is None or self.isHidden():
            return
        width = min(_WIDEST_PX, over.width() - 2 * _MARGIN_PX)
        self._place_buttons(1 if width < _NARROW_PX else 0)
        layout = self.layout()
        height = self.sizeHint().height()
        if layout is not None:
            layout.activate()
            height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else height
        self.setGeometry(
            (over.width() - width) // 2, over.height() - height - _MARGIN_PX, width, height
        )
        self.raise_()

    def _on_entry(self) -> None:
        self.entry_given.emit(self._entry.text())

    def _on_kind_toggled(self, kind: Kind, on: bool) -> None:
        self._snapping.switch_kind(kind, on=on)

    def _show_snapping(self) -> None:
        on, tracing = self._snapping.on, self._snapping.tracing
        together = self._snapping.together
        self._together.setChecked(together)
        self._snap.setChecked(on)
        self._trace.setChecked(tracing)
        self._trace.setEnabled(on)
        for button, text in (
            (
                self._snap,
                tr("Snapping is on: points go to edges near by; hold Ctrl for a free point")
                if on
                else tr("Snapping is off"),
            ),
            (
                self._trace,
                tr("Tracing is on: between two points of an edge its line is followed (T)")
                if tracing
                else tr("Trace along edges (T)"),
            ),
            (
                self._together,
                tr("Corners that neighbours share move together (S)")
                if together
                else tr("Neighbours stay when a corner they share is moved (S)"),
            ),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        """Keep keys but undo from the map below, where Enter would finish the drawing."""
        if a0 is None:
            return
        over = self.parentWidget()
        if a0.key() == Qt.Key.Key_Escape and over is not None:
            over.setFocus(Qt.FocusReason.OtherFocusReason)
        a0.setAccepted(not is_step_key(a0))

    @override
    def wheelEvent(self, a0: QWheelEvent | None) -> None:
        if a0 is not None:
            a0.accept()

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Resize:
            self.place()
        return False

    @override
    def sizeHint(self) -> QSize:
        return QSize(_WIDEST_PX, super().sizeHint().height())
