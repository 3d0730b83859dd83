"""What a run found, in the window: pages, choice, comparison, colours."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from matplotlib.colors import to_hex
from PyQt6.QtWidgets import QLabel, QPushButton

from layers.states import OTHER_LAND, OTHER_LAND_NOTE
from planner.report import suitability_plots as plots
from planner.suitability import choose_run
from planner.suitability.comparison import compare_runs
from planner.suitability.measured import FieldTestFound, FoldFound, Measured
from planner.suitability.previews import LayerPreview
from planner.suitability.results import Correlations
from ui.suitability.results import numbers
from ui.suitability.results.plot import PlotView
from ui.suitability.results.view import ResultsView
from ui.suitability.stage_record import stage_record
from ui.suitability.state import habitat_state
from ui.suitability.table import TableView
from ui.theme import load_theme

TABS = ("overview", "curves", "importance", "evaluation", "areas", "records")


@pytest.fixture
def results(qtbot, theme, background):
    made = ResultsView(theme, background)
    qtbot.addWidget(made)
    made.resize(900, 640)
    made.show()
    yield made
    made.close()


@pytest.fixture
def shown(results, view, project):
    results.show_run(view)
    results.show_state(habitat_state(project, ()), editable=True)
    return results


def _texts(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def _rows(shown, name):
    return shown.findChild(TableView, name).texts()


def test_numbers_have_their_interval_or_the_word_unknown(view):
    rows = {row[0]: row for row in numbers.measure_rows(view.results)}
    assert rows["AUC"][1:3] == ("0.84", "0.79 to 0.89")
    assert rows["TSS"][1:3] == ("0.50", "unknown")
    assert rows["Boyce index"][1:3] == ("unknown", "unknown")
    assert rows["AUC-PRG"][1:] == ("below 0", "", "worse than always saying present")


def test_what_limits_the_numbers_stands_first(view):
    warnings, notes = numbers.limits(view.results)
    assert any("Only 24 presences" in text for text in warnings)
    assert any("35 % of the area" in text for text in warnings)
    assert notes == ["Read as KOI8-R."]


def test_the_overview_tells_measures_limits_and_counts(shown):
    page = shown.pages["overview"]
    assert _rows(shown, "measures")[0][:3] == ["AUC", "0.84", "0.79 to 0.89"]
    assert ["Presences learnt from", "24"] in _rows(shown, "counts")
    assert "Only 24 presences" in _texts(page)
    assert "9 models of random records" in _texts(page)


def test_a_survey_at_chance_leads_the_overview(results, view, theme):
    failed = FieldTestFound(
        "survey.csv", 400, 360, 90, Measured(0.503, 0.44, 0.56),
        Measured(0.1, -0.2, 0.4), None, None, (),
    )  # fmt: skip
    results.show_run(replace(view, results=replace(view.results, tests=(failed,))))
    labels = [label.text() for label in results.pages["overview"].findChildren(QLabel)]
    at = next(i for i, text in enumerate(labels) if "no better than chance" in text)
    assert at < next(i for i, text in enumerate(labels) if "Only 24 presences" in text)


def test_land_tells_what_is_extrapolated_and_sites_of_a_cell(results, view):
    land = view.results.understanding
    areas = tuple(replace(area, extrapolated_km2=316.0, cells=12) for area in land.areas)
    site = replace(areas[0], kind="site", name="A reserve", cells=1)
    found = replace(view.results, understanding=replace(land, areas=(*areas, site)))
    results.show_run(replace(view, results=found))
    results.tabs.setCurrentIndex(TABS.index("areas"))
    rows = _rows(results, "areas_table")
    assert rows[0][4] == "316"
    assert [row[-1] for row in rows] == ["", "", "too small for these cells"]


def test_whoever_chooses_is_told_what_to_mind(shown):
    shown.choose_button.click()
    assert "rests on" in shown._ask.text()


def test_pages_are_drawn_when_they_are_looked_at(shown):
    assert not shown.pages["curves"].findChildren(PlotView)
    for place, name in enumerate(TABS):
        shown.tabs.setCurrentIndex(place)
        assert shown.pages[name].findChildren((PlotView, TableView)), name
    names = {plot.objectName() for plot in shown.findChildren(PlotView)}
    assert {"curve_elevation", "curve_slope", "importance_plot", "areas_plot"} <= names
    assert {"folds_plot_countries", "calibration_plot_countries"} <= names


def test_evaluation_is_told_country_by_country(shown):
    shown.tabs.setCurrentIndex(TABS.index("evaluation"))
    rows = _rows(shown, "folds_countries")
    assert rows[0] == ["China", "10", "500", "0.80", "0.50", "0.60"]
    assert rows[1][3] == "unknown"
    assert _rows(shown, "thresholds")[0] == ["Highest TSS", "0.41", "10 %", "30 %"]


def test_rejected_records_stand_with_their_reason(shown):
    shown.tabs.setCurrentIndex(TABS.index("records"))
    row = _rows(shown, "rejected_records")[0]
    assert row[:4] == ["7", "in the sea", "It lies in the sea.", "Check it."]
    assert _rows(shown, "reasons")[0] == ["in the sea", "6"]


def test_every_part_can_be_asked_from_what(shown, qtbot, view):
    for place in range(len(TABS)):
        shown.tabs.setCurrentIndex(place)
    links = [b for b in shown.findChildren(QPushButton) if b.text() == "From what?"]
    stages = {link.objectName().removeprefix("from_what_") for link in links}
    assert stages == {"records", "sample", "evaluate", "understand", "areas", "predict"}
    with qtbot.waitSignal(shown.stage_wanted) as asked:
        shown.pages["evaluation"].findChild(QPushButton, "from_what_evaluate").click()
    record = stage_record(view.results, asked.args[0])
    told = {fact.label: fact.value for fact in record.facts}
    assert record.title == "Evaluation"
    assert (told["Seed"], told["Parameters"]) == ("7", "rule: evaluate")
    assert stage_record(view.results, "nothing") is None


def test_a_choice_needs_a_reason(shown, qtbot):
    shown.choose_button.click()
    assert shown.reason.isVisible()
    assert not shown.confirm_button.isEnabled()
    shown.reason.setText("  ")
    assert not shown.confirm_button.isEnabled()
    shown.reason.setText("Best across the border")
    with qtbot.waitSignal(shown.choice_made) as made:
        shown.confirm_button.click()
    assert made.args == ["aaaaaaaaaaaa", "Best across the border"]


def test_the_chosen_run_tells_why_and_can_be_let_go(shown, project, qtbot):
    choose_run(project, "aaaaaaaaaaaa", "Best across the border")
    shown.show_state(habitat_state(project, ()), editable=True)
    assert "Best across the border" in shown.findChild(QLabel, "results_about").text()
    with qtbot.waitSignal(shown.choice_withdrawn) as told:
        shown.choose_button.click()
    assert told.args == ["amur-leopard"]


def test_a_project_for_reading_only_offers_no_choice(shown, project):
    shown.show_state(habitat_state(project, ()), editable=False)
    assert not shown.choose_button.isVisible()


def test_maps_of_the_run_can_be_asked_for(shown, qtbot):
    menu = shown._maps.menu()
    assert [a.text() for a in menu.actions()] == [
        "Suitability",
        "Cost of disturbance",
        "Extrapolation (%)",
        "Agreement of members",
    ]
    with qtbot.waitSignal(shown.map_wanted) as asked:
        menu.actions()[1].trigger()
    assert asked.args == ["run_aaaaaaaaaaaa_disturbance_cost"]


def test_alone_a_run_cannot_be_compared_and_it_says_why(shown):
    shown.tabs.setCurrentIndex(len(TABS))
    assert not shown.compare_button.isEnabled()
    assert "no other finished run" in shown.findChild(QLabel, "compare_hint").text()


def test_two_runs_stand_side_by_side(shown, project, write_run, make_study, view, qtbot):
    other = write_run(project, "bbbbbbbbbbbb", make_study("forest"), auc=0.7)
    shown.show_state(habitat_state(project, ()), editable=True)
    shown.tabs.setCurrentIndex(len(TABS))
    with qtbot.waitSignal(shown.comparison_wanted) as asked:
        shown.compare_button.click()
    assert asked.args == ["bbbbbbbbbbbb"]
    shown.show_comparison(compare_runs(view.folder, other), other.results())
    settings = {row[0]: row[1:] for row in _rows(shown, "compared_settings")}
    assert settings["Model: kind"] == ["maxent", "forest"]
    measures = {row[0]: row[1:] for row in _rows(shown, "compared_measures")}
    assert measures["AUC"][0].startswith("0.840")
    assert measures["AUC"][1].startswith("0.700")
    assert "Schoener" in _texts(shown.compared)
    assert len(shown.compared.findChildren(PlotView)) == 4


def test_runs_that_cannot_be_compared_say_why_beside_the_button(shown):
    shown.show_comparison_problem("The run is not finished.")
    shown.tabs.setCurrentIndex(len(TABS))
    assert shown.findChild(QLabel, "compare_problem").isVisible()


def test_layers_are_compared_before_a_run(results):
    names = ("elevation", "slope")
    correlations = Correlations(names, ((1.0, 0.9), (0.9, 1.0)), (), (5.0, 5.0))
    preview = LayerPreview(
        100, 80, (("elevation", 90, 3, "as is"), ("slope", 95, 0, "bilinear")), correlations,
        ("slope is constant.",),
    )  # fmt: skip
    results.show_preview(preview)
    assert results.has_content
    assert _rows(results, "preview_coverage")[0] == ["elevation", "90", "3", "as is"]
    assert "80 of 100 cells" in _texts(results.preview)
    assert "slope is constant." in _texts(results.preview)
    plot = results.findChild(PlotView, "preview_correlations")
    colours = {to_hex(text.get_color()) for text in plot.figure().axes[0].texts}
    assert colours == {"#ffffff"}  # 0.9 and 1 are dark cells


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_plots_take_the_colours_of_the_window(shown, appearance):
    shown.tabs.setCurrentIndex(TABS.index("curves"))
    theme = load_theme(appearance)
    shown.set_theme(theme)
    axes = shown.findChild(PlotView, "curve_elevation").figure().axes[0]
    assert to_hex(axes.figure.get_facecolor()) == theme.colour["surface"]
    assert to_hex(axes.yaxis.label.get_color()) == theme.colour["text"]
    lines = {to_hex(line.get_color()) for line in axes.lines}
    assert ("#24292d" in lines) == (appearance == "light")


def test_plots_that_are_seen_are_drawn_one_by_one(shown, qtbot):
    shown.show_tab("evaluation")
    plot = shown.findChild(PlotView, "folds_plot_countries")
    qtbot.waitUntil(
        lambda: not plot.visibleRegion().isEmpty() and shown.is_drawn, timeout=10_000
    )
    image = plot.grab().toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    }
    assert "#e69f00" in colours  # the hue of China
    shown.set_theme(load_theme("dark"))
    assert not shown.is_drawn
    qtbot.waitUntil(lambda: shown.is_drawn, timeout=10_000)


def test_plots_are_drawn_beside_the_window(shown, qtbot, monkeypatch):
    drawn_in = []
    draw = plots.draw_folds

    def noting(axes, folds):
        drawn_in.append(threading.current_thread())
        draw(axes, folds)

    monkeypatch.setattr(plots, "draw_folds", noting)
    shown.show_tab("evaluation")
    plot = shown.findChild(PlotView, "folds_plot_countries")
    qtbot.waitUntil(lambda: bool(drawn_in) and not plot.is_due, timeout=10_000)
    assert threading.main_thread() not in drawn_in


def test_a_plot_of_another_size_is_drawn_anew_and_sharp(shown, qtbot):
    shown.show_tab("evaluation")
    plot = shown.findChild(PlotView, "folds_plot_countries")
    qtbot.waitUntil(lambda: not plot.visibleRegion().isEmpty(), timeout=10_000)
    qtbot.waitUntil(lambda: shown.is_drawn, timeout=10_000)
    before, narrow_px = plot.drawing()(), plot.width()
    shown.resize(1400, 640)
    qtbot.waitUntil(lambda: plot.width() > narrow_px, timeout=10_000)
    assert not shown.is_drawn
    qtbot.waitUntil(lambda: shown.is_drawn, timeout=10_000)
    after = plot.drawing()()
    assert after.of > before.of
    assert after.width_px - before.width_px == plot.width() - narrow_px
    assert len(after.rgba) == 4 * after.width_px * after.height_px


def test_nothing_is_shown_after_it_was_cleared(shown, qtbot):
    with qtbot.waitSignal(shown.closed):
        shown.clear()
    assert not shown.has_content
    assert shown.run_id == ""
    assert not shown.pages["overview"].findChildren(TableView)


def test_land_and_parts_are_told_by_state_with_reasons_and_gains(results, view):
    land, evaluation = view.results.understanding, view.results.evaluation
    other = replace(
        land.areas[1], zone=OTHER_LAND, name="other land", gained_km2=7.0, undisturbed_km2=300.0
    )
    silent = (
        FoldFound("MNG", 2, 9, None, None, None, "too few presences"),
        FoldFound("JPN", 0, 9, None, None, None, "no presence lies in it"),
    )
    found = replace(
        view.results,
        understanding=replace(land, areas=(*land.areas, other)),
        evaluation=replace(evaluation, folds=(*evaluation.folds, *silent)),
        further=(),
    )
    results.show_run(replace(view, results=found))
    results.tabs.setCurrentIndex(TABS.index("areas"))
    row = _rows(results, "areas_table")[-1]
    assert row[:2] == ["other land", "other"]
    assert "7" in row
    results.tabs.setCurrentIndex(TABS.index("evaluation"))
    row = _rows(results, "folds_countries")[-1]
    assert (row[0], row[-1]) == ("Mongolia", "too few presences")
    assert "No presence lies in: Japan." in _texts(results.pages["evaluation"])
    for page in ("areas", "evaluation"):
        told = [label.text() for label in results.pages[page].findChildren(QLabel)]
        assert OTHER_LAND_NOTE in told, page
    assert any("Gained is land" in label.text() for label in results.findChildren(QLabel))
