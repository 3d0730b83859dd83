"""What was begun and not stored, carried over to a window made anew.

A part of the window that holds something of that sort says it by `Carrier.carried` and takes it
back by `Carrier.take_over`; the window knows no more of it. For forms, `fields_of` reads every
named field and `fill_fields` writes them into the form made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from PyQt6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_OF_QT = "qt_"
"""How the names of fields begin that are parts of other fields."""


class Carrier(Protocol):
    """Holds what was begun, and gives it to its like in another window."""

    def carried(self) -> object:
        """Return what was begun and not stored; nothing of it may depend on a language."""
        ...

    def take_over(self, state: Any) -> None:  # noqa: ANN401 - whatever its like has carried
        """Go on with what its like has carried; the project is open again by now."""
        ...


class CarriedFields:
    """Carries the fields of a form as they are.

    Parameters
    ----------
    root : QWidget
        The form.
    """

    def __init__(self, root: QWidget) -> None:
        self._root = root

    def carried(self) -> Mapping[str, object]:
        """Return the fields by their names."""
        return fields_of(self._root)

    def take_over(self, state: Mapping[str, object]) -> None:
        """Fill the fields."""
        fill_fields(self._root, state)


def fields_of(root: QWidget) -> dict[str, object]:
    """Return what stands in the named fields of a form; passwords are left out."""
    return {name: value for name, field in _named(root) if (value := _value(field)) is not None}


def fill_fields(root: QWidget, values: Mapping[str, object]) -> None:
    """Write values into the fields of the same names; those that are not there are skipped."""
    for name, field in _named(root):
        value = values.get(name)
        if value is not None and value != _value(field):
            _fill(field, value)


def _named(root: QWidget) -> Iterator[tuple[str, QWidget]]:
    """Yield the named fields in the order in which they were made."""
    seen: set[str] = set()
    for field in root.findChildren(QWidget):
        name = field.objectName()
        if name and name not in seen and not name.startswith(_OF_QT):
            seen.add(name)
            yield name, field


def _value(field: QWidget) -> object:
    """Return what stands in a field, None for what is none; of a choice what it stands for."""
    value: object = None
    match field:
        case QLineEdit() if field.echoMode() == QLineEdit.EchoMode.Normal:
            value = field.text()
        case QPlainTextEdit() if not field.isReadOnly():
            value = field.toPlainText()
        case QSpinBox() | QDoubleSpinBox():
            value = field.value()
        case QComboBox():
            data = field.currentData()
            value = field.currentIndex() if data is None else (data,)
        case QTabWidget():
            value = field.currentIndex()
        case QAbstractButton() if field.isCheckable():
            value = field.isChecked()
        case _:
            pass
    return value


def _fill(field: QWidget, value: object) -> None:
    match field, value:
        case QLineEdit(), str():
            field.setText(value)
        case QPlainTextEdit(), str():
            field.setPlainText(value)
        case QSpinBox(), int():
            field.setValue(value)
        case QDoubleSpinBox(), float():
            field.setValue(value)
        case QComboBox(), (data,):
            if (place := field.findData(data)) >= 0:
                field.setCurrentIndex(place)
        case QComboBox() | QTabWidget(), int():
            field.setCurrentIndex(value)
        case QAbstractButton(), bool():
            field.setChecked(value)
        case _:
            pass
