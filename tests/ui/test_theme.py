from __future__ import annotations

import tomllib
import xml.etree.ElementTree as ET

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QTreeView

from resources.paths import resource_path
from ui import theme as themes
from ui.icons import icon
from ui.theme import ThemeError, load_theme, style_sheet

APPEARANCES = ("light", "dark")


def _luminance(colour):
    parts = QColor(colour).getRgbF()[:3]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(a, b):
    bright, dark = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("text", "window"),
        ("text", "surface"),
        ("text", "raised"),
        ("text", "selection"),
        ("text_muted", "window"),
        ("text_muted", "surface"),
        ("text_muted", "selection"),
        ("text_muted", "raised"),
        ("focus", "window"),
        ("focus", "surface"),
        ("focus", "raised"),
        ("on_accent", "accent"),
        ("warning", "warning_ground"),
        ("error", "error_ground"),
    ],
)
def test_text_can_be_read(appearance, text, ground):
    colour = load_theme(appearance).colour
    assert _contrast(colour[text], colour[ground]) >= 4.5


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("token", ["control_line", "focus", "corridor", "bottleneck"])
def test_outlines_can_be_seen(appearance, token):
    colour = load_theme(appearance).colour
    for ground in ("window", "surface"):
        assert _contrast(colour[token], colour[ground]) >= 3.0


def test_both_appearances_have_the_same_tokens():
    light, dark = (load_theme(name) for name in APPEARANCES)
    assert light.colour.keys() == dark.colour.keys()
    assert light.map_colour.keys() == dark.map_colour.keys()


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_every_token_of_the_style_sheet_is_filled(qapp, appearance):
    assert "$" not in style_sheet(load_theme(appearance))


def test_a_damaged_token_file_is_named(monkeypatch, tmp_path):
    (tmp_path / "light.toml").write_text("name = ")
    monkeypatch.setattr(themes, "resource_path", lambda *parts: tmp_path / parts[-1])
    with pytest.raises(ThemeError, match=r"light\.toml"):
        load_theme("light")


def test_there_are_three_sizes_of_text(qapp):
    small, body, title = (themes.font(size).pointSizeF() for size in ("small", "body", "title"))
    assert small < body < title


@pytest.mark.parametrize(
    "path", sorted(resource_path("icons").glob("*.svg")), ids=lambda p: p.stem
)
def test_icons_are_one_family(path):
    root = ET.fromstring(path.read_text(encoding="utf-8"))
    assert root.get("viewBox") == "0 0 24 24"
    assert root.get("stroke-width") == "2"
    assert root.get("stroke-linecap") == "round"


def test_an_icon_is_tinted_and_sharp(qapp):
    drawn = icon("close", "#ff0000").pixmap(24, 24).toImage()
    tinted = {
        drawn.pixelColor(x, 12).name()
        for x in range(24)
        if drawn.pixelColor(x, 12).alpha() > 200
    }
    assert tinted == {"#ff0000"}


def test_token_files_say_their_own_name():
    for name in APPEARANCES:
        text = resource_path("theme", f"{name}.toml").read_text(encoding="utf-8")
        assert tomllib.loads(text)["name"] == name


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("state", ["off", "on", "partly"])
def test_a_check_box_of_a_tree_can_be_seen(qapp, qtbot, appearance, state):
    theme = load_theme(appearance)
    item = QStandardItem("x")
    item.setCheckable(True)
    item.setCheckState(
        {
            "off": Qt.CheckState.Unchecked,
            "on": Qt.CheckState.Checked,
            "partly": Qt.CheckState.PartiallyChecked,
        }[state]
    )
    model = QStandardItemModel()
    model.appendRow(item)
    tree = QTreeView()
    qtbot.addWidget(tree)
    themes.apply_theme(qapp, theme)
    tree.setModel(model)
    tree.setHeaderHidden(True)
    tree.setRootIsDecorated(False)
    tree.resize(200, 100)
    image = tree.viewport().grab().toImage()
    ground = theme.colour["surface"]
    row = tree.visualRect(model.index(0, 0)).center().y()
    seen = [_contrast(image.pixelColor(x, row).name(), ground) for x in range(20)]
    assert max(seen) >= 3.0
