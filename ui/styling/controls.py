"""Small parts that styles are chosen with: colours, ramps, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PyQt6.QtCore import QEvent, QObject, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QBrush, QColor, QIcon, QLinearGradient, QPainter, QPixmap
from PyQt6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr
from ui.controls import label
from ui.styling.ramps import ramp, ramps
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ui.styling.ramps import Ramp, RampKind

T = TypeVar("T", bound=QWidget)

_SWATCH = QSize(28, 16)
_STRIP = QSize(96, 14)


def colour_icon(colour: str, size: QSize = _SWATCH) -> QIcon:
    """Return a swatch of a colour; an empty text stands for none."""
    pixmap, painter = _canvas(size)
    area = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
    if colour:
        painter.fillRect(area, QColor(colour[:7]))
    painter.setPen(QColor("#85817a"))
    painter.drawRect(area)
    if not colour:
        painter.drawLine(area.bottomLeft(), area.topRight())
    painter.end()
    return QIcon(pixmap)


def ramp_icon(shown: Ramp, *, reverse: bool = False) -> QIcon:
    """Return a strip with the colours of a ramp."""
    pixmap, painter = _canvas(_STRIP)
    colours = shown.colours[::-1] if reverse else shown.colours
    if shown.kind == "qualitative":
        part = _STRIP.width() / len(colours)
        for place, colour in enumerate(colours):
            painter.fillRect(QRectF(place * part, 0, part, _STRIP.height()), QColor(colour))
    else:
        gradient = QLinearGradient(0, 0, _STRIP.width(), 0)
        for place, colour in enumerate(colours):
            gradient.setColorAt(place / (len(colours) - 1), QColor(colour))
        painter.fillRect(QRectF(0, 0, _STRIP.width(), _STRIP.height()), QBrush(gradient))
    painter.end()
    return QIcon(pixmap)


def _canvas(size: QSize) -> tuple[QPixmap, QPainter]:
    pixmap = QPixmap(size * 2)
    pixmap.setDevicePixelRatio(2)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap, QPainter(pixmap)


class ColourButton(QToolButton):
    """Shows a colour, and lets another be chosen.

    Parameters
    ----------
    name : str
        Object name.
    text : str
        What has the colour, for screen readers and the tool tip.
    """

    chosen = pyqtSignal(str)
    """Another colour, ``#rrggbb``."""

    def __init__(self, name: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = ""
        self._text = text
        self.setObjectName(name)
        self.setIconSize(_SWATCH)
        self.setToolTip(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clicked.connect(self._ask)
        self.show_colour("")

    @property
    def colour(self) -> str:
        """The colour, ``#rrggbb``; empty for none."""
        return self._colour

    def show_colour(self, colour: str) -> None:
        """Show a colour; an empty text stands for none."""
        self._colour = colour
        self.setIcon(colour_icon(colour))
        told = colour or tr("none")
        self.setAccessibleName(tr("{what}: {value}", what=self._text, value=told))

    def _ask(self) -> None:
        ask_colour(self, self._text, self._colour, self._choose)

    def _choose(self, colour: str) -> None:
        self.show_colour(colour)
        self.chosen.emit(colour)


def ask_colour(
    parent: QWidget, title: str, colour: str, done: Callable[[str], None]
) -> QColorDialog:
    """Ask for a colour beside the window's work; `done` is told it as ``#rrggbb``."""
    dialog = QColorDialog(QColor(colour[:7] or "#4477aa"), parent)
    dialog.setObjectName("colour_dialog")
    dialog.setWindowTitle(title)
    dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
    for place, hue in enumerate((*ramp("okabe_ito").colours, *ramp("tol_muted").colours)):
        if place < QColorDialog.customCount():
            QColorDialog.setCustomColor(place, QColor(hue))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.colorSelected.connect(lambda chosen: done(chosen.name()))
    dialog.open()
    return dialog


class RampBox(QComboBox):
    """Offers the ramps of some kinds.

    Parameters
    ----------
    name : str
        Object name.
    kinds : sequence of {"sequential", "diverging", "qualitative"}
        Which are offered.
    """

    def __init__(
        self, name: str, kinds: Sequence[RampKind], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(tr("Colours"))
        self.setIconSize(_STRIP)
        shrink(self)
        for offered in ramps():
            if offered.kind in kinds:
                self.addItem(ramp_icon(offered), offered.name, offered.key)
                at = self.count() - 1
                self.setItemData(at, offered.name, Qt.ItemDataRole.ToolTipRole)

    @property
    def ramp(self) -> Ramp:
        """The ramp that is chosen."""
        return ramp(str(self.currentData()))

    def show_reversed(self, *, reverse: bool) -> None:
        """Show the ramps the other way round."""
        for place in range(self.count()):
            shown = ramp(str(self.itemData(place)))
            self.setItemIcon(place, ramp_icon(shown, reverse=reverse))


class _NoWheel(QObject):
    """Keeps the wheel, which scrolls the page, from changing what it passes over."""

    @override
    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        if a1 is not None and a1.type() == QEvent.Type.Wheel:
            a1.ignore()
            return isinstance(a0, QWidget) and not a0.hasFocus()
        return super().eventFilter(a0, a1)


def leave_wheel(control: T) -> T:
    """Let a control change by the wheel only while it has the focus."""
    control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    control.installEventFilter(_NoWheel(control))
    return control


def shrink(box: QComboBox) -> QComboBox:
    """Let a box be narrower than its longest entry, and be left alone by the wheel."""
    leave_wheel(box)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(6)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return box


def number_box(name: str, text: str, *, unit: str = "", decimals: int = 2) -> QDoubleSpinBox:
    """Return a box for a number that tells when it is done.

    Parameters
    ----------
    name : str
        Object name.
    text : str
        What is set, for screen readers.
    unit : str
        Written behind the number.
    decimals : int
        Digits after the point.
    """
    box = QDoubleSpinBox()
    box.setObjectName(name)
    box.setAccessibleName(text)
    box.setToolTip(text)
    box.setDecimals(decimals)
    box.setSuffix(f" {unit}" if unit else "")
    box.setKeyboardTracking(False)
    box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    box.setAlignment(Qt.AlignmentFlag.AlignRight)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(8 * GRID)
    return leave_wheel(box)


def show(part: QWidget, *, shown: bool) -> None:
    """Show a part or hide it; one that was never hidden is shown with what it is in.

    To show it by itself would style it before its time, where nothing is seen yet.
    """
    told = part.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide)
    if not shown or (told and part.isHidden()):
        part.setVisible(shown)


def labelled(text: str, *controls: QWidget) -> QWidget:
    """Return a row: what is set on the left, the controls on the right."""
    row = QWidget(controls[0].parentWidget())
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    told = label(text, size="small", tone="muted")
    told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    layout.addWidget(told, 2)
    inner = QHBoxLayout()
    inner.setSpacing(GRID // 2)
    for control in controls:
        inner.addWidget(control)
    layout.addLayout(inner, 3)
    return row
