"""Every control of the window can be named by a screen reader and reached by the keyboard."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QWidget,
)

from ui.add_layer.dialog import AddLayerDialog
from ui.history.tidy_dialog import TidyDialog
from ui.last_resort import ErrorWindow
from ui.layers_panel.restore import RestoreDialog
from ui.layers_panel.sign_in import SignInDialog
from ui.preferences import PreferenceStore
from ui.preferences_dialog import PreferencesDialog
from ui.shortcuts import ShortcutsDialog

NAMED_WHEN_OFFERED = {"drawing_offer_take", "drawing_offer_decline", "widening_widest"}
"""Buttons that have no text until they offer something, and are not seen before."""

PARTS_OF_QT = (QTabBar, QTabWidget, QMenu, QScrollArea)
"""They tell the texts of their tabs and entries, or of what is in them."""


def said(widget: QWidget, labels: list[QLabel]) -> str:
    """Return what a screen reader says of a control; empty where it has nothing to say."""
    text = widget.accessibleName()
    if not text and isinstance(widget, QAbstractButton):
        text = widget.text()
    if not text:
        text = next((label.text() for label in labels if label.buddy() is widget), "")
    return text


def is_control(widget: QWidget) -> bool:
    """Tell whether the keyboard can be in a widget that is a control of its own."""
    parent = widget.parentWidget()
    inside = isinstance(parent, QAbstractSpinBox | QComboBox)
    list_of_box = parent is not None and isinstance(parent.parentWidget(), QComboBox)
    return (
        bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and not widget.isHidden()
        and not inside
        and not list_of_box
        and not isinstance(widget, PARTS_OF_QT)
        and not widget.objectName().startswith("qt_")
    )


def unnamed(root: QWidget) -> list[str]:
    """Return the controls below a widget that have no name, with where they stand."""
    labels = root.findChildren(QLabel)
    return [
        f"{type(widget).__name__} {widget.objectName()!r} in {_place(widget)}"
        for widget in root.findChildren(QWidget)
        if is_control(widget)
        and widget.objectName() not in NAMED_WHEN_OFFERED
        and not said(widget, labels).strip()
    ]


def _place(widget: QWidget) -> str:
    names = []
    parent = widget.parentWidget()
    while parent is not None:
        names.append(parent.objectName())
        parent = parent.parentWidget()
    return " < ".join(filter(None, names))


def test_the_walk_finds_a_control_without_a_name(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    line = QLineEdit(window)
    line.setObjectName("nameless")
    assert unnamed(window) == ["QLineEdit 'nameless' in "]
    line.setAccessibleName("Name of the project")
    assert unnamed(window) == []


def test_every_control_of_the_window_has_a_name(bare):
    assert len([w for w in bare.window.findChildren(QWidget) if is_control(w)]) > 300
    assert unnamed(bare.window) == []


class NoLooking:
    """Looks at nothing."""

    def look(self, *_):
        pass

    def tables_of(self, *_):
        return ()


@pytest.mark.parametrize(
    "make",
    [
        lambda _: AddLayerDialog(NoLooking()),
        lambda _: RestoreDialog([("rivers", "Rivers")]),
        lambda _: SignInDialog("Server"),
        lambda _: PreferencesDialog(PreferenceStore(None)),
        lambda desktop: ShortcutsDialog(desktop.window.deeds),
        lambda desktop: ErrorWindow(desktop.session.snapshot.path),
        lambda desktop: TidyDialog(desktop.session.snapshot.path),
    ],
    ids=["add layer", "restore", "sign in", "preferences", "shortcuts", "last resort", "tidy"],
)
def test_every_control_of_a_dialog_has_a_name(bare, qtbot, make):
    dialog = make(bare)
    qtbot.addWidget(dialog)
    assert any(is_control(widget) for widget in dialog.findChildren(QWidget))
    assert unnamed(dialog) == []


def _panel_in_focus(desktop) -> str:
    focus = QApplication.focusWidget()
    docks = desktop.window.docks
    return next(
        (name for name in docks.opened if docks.dock(name).content.isAncestorOf(focus)), ""
    )


def _has_control(panel: QWidget) -> bool:
    """Tell whether a panel has anything for the keyboard; an empty one may only tell so."""
    return any(is_control(w) and w.isVisible() for w in panel.findChildren(QWidget))


def _met_by(desktop, step) -> dict[str, set[str]]:
    """Return the panels that the keyboard meets on its way, for each panel that is opened."""
    window = desktop.window
    met: dict[str, set[str]] = {}
    for name in window.docks.names:
        window.open_panel(name)
        QApplication.processEvents()
        if not _has_control(window.docks.dock(name).content):
            continue
        desktop.parts.top_bar.focus_search()
        met[name] = set()
        for _ in range(300):
            step()
            met[name].add(_panel_in_focus(desktop))
            if {name, ""} <= met[name]:
                break
    return met


def test_the_tab_key_reaches_every_panel_and_leaves_it_again(bare, qtbot):
    bare.window.activateWindow()
    qtbot.waitUntil(bare.window.isActiveWindow)
    met = _met_by(bare, lambda: qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab))
    assert len(met) > 10
    assert [name for name, found in met.items() if not {name, ""} <= found] == []


def test_f6_reaches_every_panel_and_leaves_it_again(bare, qtbot):
    bare.window.activateWindow()
    qtbot.waitUntil(bare.window.isActiveWindow)
    met = _met_by(bare, bare.window.focus_next_part)
    assert len(met) > 10
    assert [name for name, found in met.items() if not {name, ""} <= found] == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_the_tab_key_stops_only_at_what_is_seen(bare, qtbot, key):
    bare.window.activateWindow()
    qtbot.waitUntil(bare.window.isActiveWindow)
    bare.parts.top_bar.focus_search()
    unseen = set()
    for _ in range(80):
        qtbot.keyClick(QApplication.focusWidget(), key)
        focus = QApplication.focusWidget()
        if not bare.window.rect().intersects(_rect_in(focus, bare.window)):
            unseen.add(f"{type(focus).__name__} {focus.objectName()!r}")
    assert unseen == set()


def _rect_in(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
