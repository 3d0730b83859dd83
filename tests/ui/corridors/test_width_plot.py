from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtCore import QPoint, Qt

from planner.map_style import country_colour
from ui.corridors.width_page import WidthPage
from ui.corridors.width_plot import WidthPlot, told_at
from ui.theme import load_theme

SPACE = "\N{NARROW NO-BREAK SPACE}"


@pytest.fixture
def plot(shown, theme, make_profile):
    made = shown(WidthPlot(theme), 340, 260)
    made.show_profile(make_profile())
    return made


def test_pointing_at_the_plot_tells_the_place_and_what_is_there(plot, qtbot):
    told, places = [], []
    plot.told.connect(told.append)
    plot.place_pointed.connect(places.append)
    qtbot.mouseMove(plot, plot.place(4.1, 300.0).toPoint())
    assert told == ["At 4.0 km, 600 m wide, 400 m less than needed, China"]
    assert places == [(4000.0, 0.0)]
    assert plot.at == 2


def test_a_click_tells_where_the_map_is_to_go(plot, qtbot):
    with qtbot.waitSignal(plot.place_chosen) as told:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.place(8.0, 10.0).toPoint())
    assert told.args == [8000.0, 0.0]


def test_keys_go_along_the_corridor(plot, qtbot):
    plot.setFocus()
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.at == 0
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.at == 1
    qtbot.keyClick(plot, Qt.Key.Key_End)
    assert plot.at == 5
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert plot.at == 5
    qtbot.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert plot.at == 0
    with qtbot.waitSignal(plot.place_chosen) as told:
        qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert told.args == [0.0, 0.0]
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.at == -1


def test_the_map_points_at_the_plot_only_near_the_corridor(plot):
    plot.point_at_map(6100.0, 50.0, 200.0)
    assert plot.at == 3
    plot.point_at_map(6100.0, 5000.0, 200.0)
    assert plot.at == -1


def test_leaving_and_hiding_forget_the_place(plot, qtbot):
    plot.point_at_map(6000.0, 0.0, 200.0)
    with qtbot.waitSignal(plot.place_pointed) as told:
        plot.hide()
    assert told.args == [None]


def test_the_same_profile_again_keeps_the_place(plot, make_profile):
    plot.point_at_map(6000.0, 0.0, 200.0)
    plot.show_profile(make_profile())
    assert plot.at == 3
    plot.show_profile(make_profile(needed_m=500.0))
    assert plot.at == -1


def test_a_profile_of_an_earlier_version_has_no_places(plot, qtbot, make_profile):
    plot.show_profile(make_profile(x=(), y=()))
    plot.point_at_map(0.0, 0.0, 1e9)
    assert plot.at == -1
    with qtbot.assertNotEmitted(plot.place_chosen):
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.place(8.0, 10.0).toPoint())


def test_what_is_told_at_a_place(make_profile):
    profile = make_profile()
    assert told_at(profile, 0) == f"At 0.0 km, 2{SPACE}000 m wide, China"
    assert told_at(profile, 2) == "At 4.0 km, 600 m wide, 400 m less than needed, China"
    assert told_at(profile, 5).endswith("Russian Federation")


def test_those_who_do_not_see_it_are_told(plot):
    told = plot.accessibleDescription()
    assert "600 m at the narrowest" in told
    assert "1 narrow stretch" in told


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_narrow_stretches_and_countries_are_painted(plot, appearance):
    theme = load_theme(appearance)
    plot.set_theme(theme)
    image = plot.grab().toImage()
    area = plot.area()
    middle = plot.place(5.0, 0.0)
    foot = image.pixelColor(round(middle.x()) - 8, round(area.bottom()) - 2).name()
    assert foot == theme.colour["bottleneck"]
    band = round(area.bottom()) + 6
    for km, iso3 in ((0.5, "CHN"), (9.5, "RUS")):
        at = QPoint(round(plot.place(km, 0.0).x()), band)
        assert image.pixelColor(at).name() == country_colour(iso3).lower()


def test_a_corridor_without_a_width_says_why(shown, theme, make_row):
    page = shown(WidthPage(theme))
    page.show_corridor(None)
    assert "Select a corridor" in page._nothing.text()
    row = make_row()
    page.show_corridor(row)
    assert page.plot.isVisible()
    page.show_corridor(replace(row, width=None))
    assert "was not measured" in page._nothing.text()
    assert page._nothing.isVisible()
