"""Small parts that every panel is made of, so that they look and read alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import QItemSelectionModel, QSize, Qt
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from PyQt6.QtCore import QModelIndex
    from PyQt6.QtWidgets import QAbstractItemView

    from ui.theme import TextSize, Theme

Tone = Literal["plain", "muted", "warning", "error"]


def label(
    text: str, *, size: TextSize = "body", tone: Tone = "plain", name: str = ""
) -> QLabel:
    """Return a label that wraps, whose text can be selected and is never taken for HTML."""
    made = QLabel(text)
    made.setObjectName(name)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(True)
    made.setProperty("textSize", size)
    made.setProperty("tone", tone)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def heading(text: str) -> QLabel:
    """Return the title of a panel."""
    return label(text, size="title")


def choice_page(
    title: str, choice: QWidget, buttons: tuple[QWidget, QWidget]
) -> tuple[QWidget, QVBoxLayout]:
    """Return a page with a heading, what is chosen from, and two buttons in a row.

    Parameters
    ----------
    title : str
        The heading.
    choice : QWidget
        Such as the box of the species.
    buttons : two QWidget
        The main one, which takes the room there is, and the one beside it.

    Returns
    -------
    page : QWidget
    layout : QVBoxLayout
        Of the page, for what follows.
    """
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    layout.addWidget(heading(title))
    layout.addWidget(choice)
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(buttons[0], 1)
    row.addWidget(buttons[1])
    layout.addLayout(row)
    return page, layout


def empty_state(title: str, explanation: str, action: str = "") -> tuple[QWidget, QPushButton]:
    """Return what stands where a list is empty: what would be here, and how to make it.

    Parameters
    ----------
    title : str
        What is not there.
    explanation : str
        What would be here.
    action : str
        Text of the button; hidden where empty.
    """
    holder = QFrame()
    holder.setProperty("role", "card")
    button = QPushButton(action)
    button.setVisible(bool(action))
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
    layout.setSpacing(GRID)
    layout.addWidget(label(title))
    layout.addWidget(label(explanation, size="small", tone="muted"))
    layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    layout.addStretch(1)
    return holder, button


def icon_button(
    name: str, icon_name: str, text: str, theme: Theme, *, role: str = "quiet"
) -> QToolButton:
    """Return a button that shows an icon only, and says to others what it does.

    Parameters
    ----------
    name : str
        Object name.
    icon_name : str
        Icon of the family.
    text : str
        Verb and object, for the tool tip and for screen readers.
    theme : Theme
        Tints the icon.
    role : str
        Style role, ``"quiet"`` or ``"map"``.
    """
    button = QToolButton()
    button.setObjectName(name)
    button.setProperty("role", role)
    button.setProperty("icon_name", icon_name)
    button.setIcon(icon(icon_name, theme.colour["text"]))
    button.setIconSize(QSize(20, 20))
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button


def link_button(name: str, text: str) -> QPushButton:
    """Return a button that looks like a link, because it shows something and changes nothing.

    Parameters
    ----------
    name : str
        Object name.
    text : str
        What it leads to.
    """
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("role", "link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def beside_icon(text: str) -> str:
    """Return the text of a button that has an icon before it, with room between the two."""
    return f"\N{EN SPACE}{text}"


def tint_icons(root: QWidget, theme: Theme) -> None:
    """Tint the icons of every button below a widget in the colours of a theme."""
    for kind in (QToolButton, QPushButton):
        for button in root.findChildren(kind):
            name = button.property("icon_name")
            if name:
                button.setIcon(icon(str(name), theme.colour["text"]))


def make_current(view: QAbstractItemView, index: QModelIndex) -> None:
    """Select an entry of a list, or none where the index is not valid, without telling.

    Parameters
    ----------
    view : QAbstractItemView
        The list; scrolled so that the entry shows.
    index : QModelIndex
        Entry of the list's model.
    """
    selection = view.selectionModel()
    if selection is None:
        return
    flag = QItemSelectionModel.SelectionFlag
    selection.blockSignals(True)
    selection.setCurrentIndex(index, flag.ClearAndSelect if index.isValid() else flag.Clear)
    selection.blockSignals(False)
    if index.isValid():
        view.scrollTo(index)
    viewport = view.viewport()
    if viewport is not None:
        viewport.update()
