"""Sections of the form: planning units, cost, goal, and how long is sought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QCheckBox, QLineEdit, QWidget

from resources.translation import mark, tr, tr_c, tr_n
from ui import words
from ui.controls import label
from ui.reserve.setup.country_table import CountryColumn, CountryTable
from ui.reserve.setup.file_field import RASTERS, VECTORS, FileField
from ui.reserve.trace_plot import percent
from ui.suitability.setup.fields import Choice, Count, Measure, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.request import ReserveRequest

_UNITS = {
    "hexagon": mark("Hexagons"),
    "square": mark("Squares"),
    "polygons": mark("Your polygons"),
}
_COSTS = {
    "pressure": mark("Area, dearer under pressure"),
    "area": mark("Area"),
    "raster": mark("Your raster of cost"),
}
_ABOUT_COST = {
    "pressure": mark("km², made dearer by settlements and disturbance."),
    "area": "km².",
    "raster": mark("The mean of the raster, as cost per km², times km²."),
}
_OBJECTIVES = {
    "minimum_set": mark("Every target, at the least cost"),
    "maximum_coverage": mark("As many targets as the budget allows"),
    "minimum_shortfall": mark("The least missing of all targets"),
    "minimum_largest_shortfall": mark("The least missing of the worst target"),
    "maximum_utility": mark("As much of everything as the budget allows"),
}
_CONTIGUOUS = {
    "none": mark("Need not hang together"),
    "complexes": mark("One piece for each group of paired sites"),
    "whole": mark("One piece"),
}
_METHODS = {
    "": mark("Chosen by size and kind"),
    "exact": mark("Exact (HiGHS)"),
    "lagrangian": mark("Lagrangian relaxation"),
    "rounding": mark("Rounding"),
}


def _shown_with(section: Section, title: str, field: QWidget, hint: str = "") -> QWidget:
    """Add a field to a section; returns its title, to be hidden with it."""
    section.add_field(title, field, hint)
    item = section.body.itemAt(section.body.count() - 2)
    head = None if item is None else item.widget()
    return field if head is None else head


class UnitsSection(Section):
    """What is selected from, and what is in or out beforehand."""

    def __init__(self) -> None:
        super().__init__("reserve_units", tr("Planning units"))
        self.kind = Choice("units_kind", words.titles(_UNITS))
        self.width_km = Measure("units_size", 1000.0, " km", "")
        self.width_km.setMinimum(0.1)
        self.file = FileField("units_file", tr("File of polygons"), VECTORS)
        self.id_column = QLineEdit()
        self.id_column.setObjectName("units_id_column")
        self.id_column.setPlaceholderText(tr("Numbered"))
        self.existing = QCheckBox(tr("Existing sites are in"))
        self.existing.setObjectName("lock_existing")
        self.cover = Count("lock_cover", 1, 100, " %")
        self.water = Count("lock_water", 1, 100, " %")
        self.lock_in = FileField("lock_in", tr("Land that is in as well"), VECTORS)
        self.lock_out = FileField("lock_out", tr("Land that is left out"), VECTORS)
        self.add_field(tr("Kind"), self.kind)
        self._grid = (_shown_with(self, tr("Width of a unit"), self.width_km), self.width_km)
        self._polygons = (
            _shown_with(self, tr("File of polygons"), self.file),
            self.file,
            _shown_with(self, tr("Column with their names"), self.id_column),
            self.id_column,
        )
        about = tr("Units are cut at the border, so that each lies in one country.")
        self.body.addWidget(label(about, size="small", tone="muted"))
        self.body.addWidget(self.existing)
        self.add_field(
            tr("A unit is in where sites cover at least"),
            self.cover,
            tr("The same share holds for your files of land that is in, or out."),
        )
        self.add_field(tr("A unit is out where lakes cover at least"), self.water)
        self.add_field(tr("Land that is in as well"), self.lock_in)
        self.add_field(tr("Land that is left out"), self.lock_out)
        for signal in (
            self.kind.currentIndexChanged,
            self.width_km.valueChanged,
            self.cover.valueChanged,
            self.water.valueChanged,
            self.existing.toggled,
            self.id_column.textChanged,
            self.file.changed,
            self.lock_in.changed,
            self.lock_out.changed,
        ):
            signal.connect(self._on_changed)

    def load(self, request: ReserveRequest) -> None:
        """Show what a request says."""
        units, locks = request.units, request.locks
        self.kind.choose(units.kind)
        self.width_km.setValue(units.size_km)
        self.file.set_path(units.path)
        self.id_column.setText(units.id_column)
        self.existing.setChecked(locks.existing)
        self.cover.setValue(round(100 * locks.cover_share))
        self.water.setValue(round(100 * locks.water_share))
        self.lock_in.set_path(locks.in_path)
        self.lock_out.set_path(locks.out_path)
        self._tell()

    def content(self, request: ReserveRequest) -> dict[str, object]:
        """Return the fields of a request that the section sets."""
        own = self.kind.value == "polygons"
        units: dict[str, object] = {
            "kind": self.kind.value,
            "size_km": self.width_km.value(),
            "sliver_share": request.units.sliver_share,
        }
        if own:
            units["path"] = self.file.path
            units["id_column"] = self.id_column.text().strip()
            if self.file.path == request.units.path:
                units["layer"] = request.units.layer
        return {
            "units": units,
            "locks": {
                **request.locks.model_dump(),
                "existing": self.existing.isChecked(),
                "cover_share": self.cover.value() / 100,
                "water_share": self.water.value() / 100,
                "in_path": self.lock_in.path,
                "out_path": self.lock_out.path,
            },
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        own = self.kind.value == "polygons"
        for widget in self._grid:
            widget.setVisible(not own)
        for widget in self._polygons:
            widget.setVisible(own)
        units = tr(_UNITS[self.kind.value])
        if not own:
            width = words.number(self.width_km.value())
            units = tr("{units} of {width} km", units=units, width=width)
        sites = (
            tr("existing sites in") if self.existing.isChecked() else tr("existing sites free")
        )
        self.summarise(words.listed([units, sites]))


class CostSection(Section):
    """What a unit costs, and at which price level in each country."""

    def __init__(self) -> None:
        super().__init__("reserve_cost", tr("Cost"))
        self.kind = Choice("cost_kind", words.titles(_COSTS))
        self._about = label("", size="small", tone="muted", name="cost_about")
        self.pressure = Measure(
            "cost_pressure", 1000.0, tr_c("after a number", " times"), tr("no dearer")
        )
        self.file = FileField("cost_file", tr("Raster of cost per km²"), RASTERS)
        self.prices = CountryTable(
            "price_levels",
            tr("Price level of each country"),
            [CountryColumn(tr("Price level"), in_per_cent=False, empty=tr("1, as everywhere"))],
        )
        self.add_field(tr("A unit costs"), self.kind)
        self.body.addWidget(self._about)
        self._pressure = (
            _shown_with(
                self,
                tr("Land under full pressure is dearer by"),
                self.pressure,
                tr("Cost per km² is 1 + this × pressure, pressure from 0 to 1."),
            ),
            self.pressure,
        )
        self._raster = (_shown_with(self, tr("Raster of cost per km²"), self.file), self.file)
        self.add_field(tr("Price levels: what a cost counts in each country"), self.prices)
        self.kind.currentIndexChanged.connect(self._on_changed)
        self.pressure.valueChanged.connect(self._on_changed)
        self.file.changed.connect(self._on_changed)
        self.prices.edited.connect(self._on_changed)
        self.prices.refused.connect(self.show_problem)

    def load(self, request: ReserveRequest, countries: Sequence[str]) -> None:
        """Show what a request says."""
        self.kind.choose(request.cost.kind)
        self.pressure.setValue(request.cost.pressure_weight)
        self.file.set_path(request.cost.path)
        self.prices.show_values(countries, [request.cost.price_level])
        self._tell()

    def content(self) -> dict[str, object]:
        """Return the fields of a request that the section sets."""
        return {
            "kind": self.kind.value,
            "pressure_weight": self.pressure.value(),
            "path": self.file.path if self.kind.value == "raster" else "",
            "price_level": self.prices.values(0),
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        kind = self.kind.value
        self._about.setText(tr(_ABOUT_COST[kind]))
        for widget in self._pressure:
            widget.setVisible(kind == "pressure")
        for widget in self._raster:
            widget.setVisible(kind == "raster")
        levels = [
            f"{words.country(iso3)} × {value:g}"
            for iso3, value in self.prices.values(0).items()
            if value != 1.0
        ]
        self.summarise(words.listed_apart([tr(_COSTS[kind]), *levels]))


class GoalSection(Section):
    """What is sought, within which limits."""

    def __init__(self) -> None:
        super().__init__("reserve_goal", tr("Goal and limits"))
        self.objective = Choice("goal_objective", words.titles(_OBJECTIVES))
        self.budget = Measure("goal_budget", 1e9, "", tr("none"))
        self.penalty = Measure(
            "goal_boundary_penalty", 1e6, tr_c("after a number", " per km"), tr("none")
        )
        self.penalty.setDecimals(3)
        self.edge = Count("goal_edge_factor", 0, 100, " %")
        self.neighbours = Count("goal_neighbours", 0, 6)
        self.neighbours.setSpecialValueText(tr("none"))
        self.contiguous = Choice("goal_contiguous", words.titles(_CONTIGUOUS))
        self.add_field(tr("Look for"), self.objective)
        self.add_field(
            tr("Budget"), self.budget, tr("Largest cost of what is added to the existing sites")
        )
        self.add_field(
            tr("Penalty of boundary"),
            self.penalty,
            tr("Cost per km of edge: the higher, the more compact the selection"),
        )
        self.add_field(tr("Outside edge that counts"), self.edge)
        self.add_field(
            tr("Selected neighbours that each unit needs"),
            self.neighbours,
            tr("A unit with fewer neighbours needs only those it has."),
        )
        self.add_field(tr("The selection"), self.contiguous)
        self.reach = Measure("goal_complex_reach", 1000.0, " km", "")
        self.reach.setMinimum(0.1)
        self._complexes = (
            _shown_with(self, tr("A piece reaches from its sites up to"), self.reach),
            self.reach,
        )
        self._sought = "minimum_set"
        self.objective.currentIndexChanged.connect(self._on_objective_changed)
        for signal in (
            self.contiguous.currentIndexChanged,
            self.budget.valueChanged,
            self.penalty.valueChanged,
            self.reach.valueChanged,
            self.edge.valueChanged,
            self.neighbours.valueChanged,
        ):
            signal.connect(self._on_changed)

    def load(self, request: ReserveRequest) -> None:
        """Show what a request says."""
        goal = request.goal
        self._sought = goal.objective
        self.objective.choose(goal.objective)
        self.budget.setValue(goal.budget or 0.0)
        self.penalty.setValue(goal.boundary_penalty)
        self.edge.setValue(round(100 * goal.edge_factor))
        self.neighbours.setValue(goal.neighbours)
        self.contiguous.choose(goal.contiguous)
        self.reach.setValue(goal.complex_reach_km)
        self._tell()

    def content(self, request: ReserveRequest) -> dict[str, object]:
        """Return the fields of a request that the section sets."""
        return {
            **request.goal.model_dump(),
            "objective": self.objective.value,
            "budget": self.budget.value() or None,
            "boundary_penalty": self.penalty.value(),
            "edge_factor": self.edge.value() / 100,
            "neighbours": self.neighbours.value(),
            "contiguous": self.contiguous.value,
            "complex_reach_km": self.reach.value(),
        }

    def _on_objective_changed(self) -> None:
        """Begin without a penalty: one in costs would decide everything else alone."""
        before, self._sought = self._sought, self.objective.value
        if before == "minimum_set" != self._sought:
            self.penalty.setValue(0.0)
        self._on_changed()

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        for widget in self._complexes:
            widget.setVisible(self.contiguous.value == "complexes")
        parts = [tr(_OBJECTIVES[self.objective.value])]
        if self.budget.value():
            parts.append(tr("budget {budget}", budget=words.number(self.budget.value())))
        if self.penalty.value():
            parts.append(tr("boundary {penalty:g} per km", penalty=self.penalty.value()))
        if self.neighbours.value():
            parts.append(
                tr_n("{count} neighbour", "{count} neighbours", self.neighbours.value())
            )
        if self.contiguous.value != "none":
            parts.append(tr(_CONTIGUOUS[self.contiguous.value]).lower())
        self.summarise(words.listed_apart(parts))


class SearchSection(Section):
    """How closely and how long is sought."""

    def __init__(self) -> None:
        super().__init__("reserve_search", tr("Search"))
        self.gap = Measure("search_gap", 100.0, " %", tr("none: the best there is"))
        self.gap.setDecimals(2)
        self.limit = Count("search_time_limit", 1, 604_800, " s")
        self.method = Choice("search_method", words.titles(_METHODS))
        self.seed = Count("search_seed", 0, 2_000_000_000)
        self.add_field(
            tr("Ends where the gap is at most"),
            self.gap,
            tr("How far the selection may be from the best, proved"),
        )
        self.add_field(tr("And at the latest after"), self.limit)
        self.add_field(tr("Method"), self.method)
        self.add_field(tr("Seed"), self.seed, tr("The same seed gives the same numbers."))
        for signal in (
            self.gap.valueChanged,
            self.limit.valueChanged,
            self.seed.valueChanged,
            self.method.currentIndexChanged,
        ):
            signal.connect(self._on_changed)

    def load(self, request: ReserveRequest) -> None:
        """Show what a request says."""
        search = request.search
        self.gap.setValue(100 * search.gap)
        self.limit.setValue(round(search.time_limit_s))
        self.method.choose(search.method)
        self.seed.setValue(min(search.seed, self.seed.maximum()))
        self._tell()

    def content(self, request: ReserveRequest) -> dict[str, object]:
        """Return the fields of a request that the section sets."""
        return {
            **request.search.model_dump(),
            "gap": self.gap.value() / 100,
            "time_limit_s": float(self.limit.value()),
            "method": self.method.value,
            "seed": self.seed.value(),
        }

    def _on_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        told = [
            tr("Gap {gap}", gap=percent(self.gap.value() / 100)),
            tr("{limit} s at most", limit=self.limit.value()),
        ]
        if self.method.value:
            told.append(tr(_METHODS[self.method.value]))
        self.summarise(words.listed(told))
