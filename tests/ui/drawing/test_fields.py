"""Fields of the form of a proposal."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QValidator

from ui.drawing.fields import MetresBox

THIN = "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture
def width(qtbot):
    made = MetresBox("width", "Width", " m")
    qtbot.addWidget(made)
    made.setValue(2000)
    return made


def test_a_length_is_written_as_everywhere(width):
    assert width.text() == f"2{THIN}000 m"


@pytest.mark.parametrize("typed", ["3500", "3 500", "3,500", f"3{THIN}500 m"])
def test_a_length_is_read_as_people_write_it(width, qtbot, typed):
    width.selectAll()
    line = width.lineEdit()
    line.setText(typed if typed.endswith("m") else f"{typed} m")
    qtbot.keyClick(width, Qt.Key.Key_Return)
    assert width.value() == 3500


@pytest.mark.parametrize("typed", ["abc", "99999999999", "-5", "²"])
def test_what_is_no_length_is_not_taken(width, typed):
    assert width.validate(typed, 0)[0] == QValidator.State.Invalid
    assert width.validate("", 0)[0] == QValidator.State.Intermediate
