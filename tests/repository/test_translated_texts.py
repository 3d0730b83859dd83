"""No text that a person reads in the window is left out of the catalogues."""

import ast
import re
from pathlib import Path

import pytest

from scripts.translations.catalogues import PACKAGES
from scripts.translations.source import texts

ROOT = Path(__file__).parents[2]
WRAPPERS = {"tr", "tr_n", "tr_c", "mark", "filled", "tr_filled"}
LITERALS = {"tr": (0,), "tr_n": (0, 1), "tr_c": (0, 1), "mark": (0,), "filled": (0,)}
NO_TEXT = {
    "setObjectName",
    "setStyleSheet",
    "setProperty",
    "property",
    "findChild",
    "findChildren",
    "strptime",
    "strftime",
    "warning",
    "debug",
    "info",
    "exception",
    "critical",
}
"""Calls whose words nobody reads in the window: names, style sheets, logs."""
SHOWN_AT = {
    "QAction": 0,
    "QCheckBox": 0,
    "QGroupBox": 0,
    "QLabel": 0,
    "QPushButton": 0,
    "QRadioButton": 0,
    "addAction": 0,
    "addMenu": 0,
    "addTab": 1,
    "add_field": 0,
    "add_heading": 0,
    "add_text": 0,
    "drawText": -1,
    "empty_state": 0,
    "heading": 0,
    "icon_button": 2,
    "insertItem": 1,
    "label": 0,
    "link_button": 1,
    "say": 0,
    "setAccessibleDescription": 0,
    "setAccessibleName": 0,
    "setPlaceholderText": 0,
    "setSpecialValueText": 0,
    "setStatusTip": 0,
    "setSuffix": 0,
    "setTabText": 1,
    "setText": 0,
    "setTitle": 0,
    "setToolTip": 0,
    "setWhatsThis": 0,
    "setWindowTitle": 0,
    "show_problem": 0,
    "summarise": 0,
}
"""Calls that show a text, with the place of it among their arguments."""
WORD = re.compile(r"[^\W\d_]{2,}")
UNITS = re.compile(r"km²|km2|\b(km|m|ha|s|px|N|E|EPSG)\b|[^\W\d_]*°")
NAME = "Landbridge"
IN_ENGLISH = {"display", "scrubbed"}
"""What stands on the terminal before there is a window, and the report for the developers."""
SENTENCE = re.compile(r"^[^\W\d_]{2,}[,:;.…]?( [\w“”'’(),:;.…/–-]+)+$")
QT_STYLE = re.compile(r"[a-z-]+: ?[^;]+;")


def called(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literal_text(node):
    """Return what a literal says, values left out; None for what is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(p.value) for p in node.values if isinstance(p, ast.Constant))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = (literal_text(node.left), literal_text(node.right))
        return None if None in sides else "".join(sides)
    return None


def says_something(text):
    return bool(WORD.search(UNITS.sub("", text.replace(NAME, ""))))


class Finder(ast.NodeVisitor):
    """Finds texts that are shown and not wrapped, and wrapped texts that are not literals."""

    def __init__(self):
        self.found = []

    def tell(self, node, what):
        self.found.append((node.lineno, what))

    def visit_Expr(self, node):
        if not isinstance(node.value, ast.Constant):  # a docstring is for developers
            self.generic_visit(node)

    def visit_Raise(self, node):
        """Errors are told as they are; those of the planner are English so far."""

    def visit_Compare(self, node):
        for side in (node.left, *node.comparators):
            if not isinstance(side, ast.Constant | ast.Set | ast.Tuple | ast.List):
                self.visit(side)

    def visit_Dict(self, node):
        for value in node.values:  # keys are for the program
            self.visit(value)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.visit(node.value)

    def visit_Call(self, node):
        name = called(node)
        if name in WRAPPERS and isinstance(node.func, ast.Name):
            self.check_wrapped(node, name)
            return
        if name in NO_TEXT:
            return
        place = SHOWN_AT.get(name)
        if place is not None and len(node.args) > max(place, 0):
            self.check_shown(node.args[place], name)
        self.generic_visit(node)

    def check_wrapped(self, node, name):
        for place in LITERALS.get(name, ()):
            text = node.args[place] if place < len(node.args) else None
            if isinstance(text, ast.JoinedStr | ast.BinOp):
                self.tell(node, f"{name}() of a text that is put together")
        for keyword in node.keywords:
            self.visit(keyword.value)

    def check_shown(self, node, name):
        for part in (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,):
            text = literal_text(part)
            if text is not None and says_something(text):
                self.tell(part, f"{name}({text!r})")

    def visit_JoinedStr(self, node):
        self.check_sentence(node)
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.visit(part.value)

    def visit_Constant(self, node):
        self.check_sentence(node)

    def check_sentence(self, node):
        text = (literal_text(node) or "").strip()
        if SENTENCE.match(text) and says_something(text) and not QT_STYLE.search(text):
            self.tell(node, repr(text))


def faults(source):
    finder = Finder()
    finder.visit(ast.parse(source))
    return sorted(set(finder.found))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ('box.setText("Open")', "setText('Open')"),
        ('box.setText("Open" if x else tr("Close"))', "setText('Open')"),
        ('box.setText(f"{n} sites")', "setText(' sites')"),
        ('QPushButton("Open")', "QPushButton('Open')"),
        ('icon_button("zoom_in", "zoom_in", "Zoom in", theme)', "icon_button('Zoom in')"),
        ('told = "Nothing is selected"', "'Nothing is selected'"),
        ('tr(f"{n} sites")', "tr() of a text that is put together"),
        ('tr("a" + name)', "tr() of a text that is put together"),
        ('tr("{a}", a=f"Not wrapped {b}")', "'Not wrapped'"),
    ],
)
def test_what_is_not_wrapped_is_found(source, fault):
    assert fault in [what for _, what in faults(source)]


@pytest.mark.parametrize(
    "source",
    [
        'box.setText(tr("Open it now"))',
        'box.setText(f"{n} km²")',
        'box.setObjectName("open it now")',
        'box.setStyleSheet("padding: 0; border: none;")',
        '"""Say something here."""',
        'raise UsageError("There is none.")',
        'key = "map.zoom_in"',
        'box.setText(f"{a}  ·  {b}")',
        'TITLES = {"a": mark("A title of it")}',
    ],
)
def test_what_is_wrapped_or_no_text_passes(source):
    assert faults(source) == []


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "ui").rglob("*.py")) if path.stem not in IN_ENGLISH],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_every_text_of_the_window_is_wrapped(path):
    found = faults(path.read_text("utf-8"))
    told = [f"{path.relative_to(ROOT)}:{line}: {what}" for line, what in found]
    assert not told, "Wrap these with resources.translation.tr:\n" + "\n".join(told)


@pytest.mark.parametrize("package", ["planner", "layers"])
def test_texts_that_are_wrapped_can_be_collected(package):
    told = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for line, what in faults(path.read_text("utf-8"))
        if "put together" in what
    ]
    assert not told, "\n".join(told)


def test_no_text_stands_both_alone_and_as_one_of_several():
    # Gettext holds both under one name: told alone, the counted one shows a bare {count}.
    found = list(texts(ROOT, PACKAGES))
    counted = {(text.context, text.message[0]) for text in found if text.function == "tr_n"}
    alone = {(text.context, text.message) for text in found if text.function != "tr_n"}
    assert not counted & alone
