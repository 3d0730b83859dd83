"""From a request to a problem: units, features and targets, costs, locks, shares."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from affine import Affine
from shapely import box

from layers.grid import Grid
from layers.raster import write_cog
from planner.project import RemoveFeatures
from planner.reserve.assembly import assemble
from planner.reserve.errors import RequestError, ReserveInputError
from planner.reserve.features import told_amount
from planner.reserve.landscape import Landscape
from planner.reserve.locks import complex_labels, unit_locks
from planner.reserve.offered import offered_features
from planner.reserve.request import UnitSettings
from planner.reserve.unit_grid import UnitGrid
from planner.reserve.vector_features import critical_sites
from planner.reserve.vectors import covered_km2
from resources.errors import PlannerError

TIGER = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}


@pytest.fixture
def assembled(study, asked):
    """Return a function that assembles a request."""
    return lambda features=None, **parts: assemble(study, asked(features, **parts))


@pytest.fixture
def raster(tmp_path):
    """Return a function that writes a raster."""

    def write(name, values, grid):
        write_cog(tmp_path / name, np.asarray(values), grid)
        return (tmp_path / name).as_posix()

    return write


def row_of(found, name):
    return next(row for row in found.features if row.name == name)


def test_units_features_and_problem_fit_together(assembled) -> None:
    found = assembled()
    problem, units = found.problem, found.units
    assert len(units) == problem.n_units
    assert found.countries == ("CHN", "PRK", "RUS")
    assert [found.countries[code] for code in problem.country] == units["country"].tolist()
    assert problem.names() == tuple(row.name for row in found.features)
    assert problem.names() == ("Amur tiger, habitat", "Amur leopard, habitat")
    for number, row in enumerate(found.features):
        held = problem.amount[[number]].toarray()[0]
        assert held.sum() == pytest.approx(row.inside)
        assert held[units["existing"]].sum() == pytest.approx(row.existing)
        assert (held <= units["area_km2"] * 1.2 + 1).all()
        assert problem.target[number] == pytest.approx(row.target)
        assert row.target == pytest.approx(0.3 * row.total)
        assert row.inside < row.total
    whole = problem.exposed_length.copy()
    np.add.at(whole, problem.edges.ravel(), np.repeat(problem.edge_length, 2))
    assert whole == pytest.approx(shapely.length(units.geometry.values) / 1000, abs=1e-6)


def test_a_relative_target_counts_land_outside_the_units(study, assembled) -> None:
    values = study.read("suitability_amur-tiger")
    suitable = (values >= 0.7).sum() * study.grid.cell_area_km2
    row = row_of(assembled(), "Amur tiger, habitat")
    assert row.total == pytest.approx(suitable)
    assert row.target == pytest.approx(0.3 * suitable)
    assert "outside the planning units included" in " ".join(assembled().notes)


def test_a_sum_of_suitability_and_a_threshold_of_ones_own(study, assembled) -> None:
    features = [
        {**TIGER, "measure": "sum", "name": "sum"},
        {**TIGER, "threshold": 0.9, "name": "best"},
    ]
    found = assembled(features)
    values = study.read("suitability_amur-tiger")
    assert row_of(found, "sum").total == pytest.approx(
        np.nansum(values) * study.grid.cell_area_km2, rel=1e-6
    )
    assert row_of(found, "best").total == pytest.approx(
        (values >= 0.9).sum() * study.grid.cell_area_km2
    )
    assert "0.9 (as asked)" in row_of(found, "best").source


def test_targets_by_amount_and_by_range(assembled) -> None:
    features = [
        {**TIGER, "target": {"amount": 123.0}, "name": "a"},
        {
            **TIGER,
            "target": {"range_scaled": True, "small_range_km2": 1.0, "large_range_km2": 1e6},
            "name": "b",
        },
        {**TIGER, "target": {"range_scaled": True, "cap_km2": 50.0}, "name": "c"},
    ]
    found = assembled(features)
    assert row_of(found, "a").target == 123.0
    row = row_of(found, "b")
    share = 1.0 - 0.9 * np.log(row.total) / np.log(1e6)
    assert row.target == pytest.approx(share * row.total)
    assert row_of(found, "c").target == pytest.approx(50.0)


def test_a_feature_by_country_has_a_row_and_a_target_for_each(assembled) -> None:
    found = assembled([{**TIGER, "by_country": True, "target": {"share": 0.5}}])
    codes = found.problem.country
    assert [row.country for row in found.features] == ["CHN", "RUS"]
    for number, row in enumerate(found.features):
        held = found.problem.amount[[number]].toarray()[0]
        assert (held[codes != found.countries.index(row.country)] == 0).all()
        assert row.target == pytest.approx(0.5 * row.total)
    alone = assembled([{**TIGER, "country": "RUS"}])
    assert [row.name for row in alone.features] == ["Amur tiger, habitat (RUS)"]
    assert alone.features[0].total == pytest.approx(found.features[1].total)


def test_a_country_without_the_feature_is_told(study, assembled, raster) -> None:
    values = np.where(study.country == study.country_number("RUS"), 1.0, 0.0)
    path = raster("russian.tif", values, study.grid)
    wanted = {"kind": "raster", "path": path, "target": {"share": 0.2}, "by_country": True}
    found = assembled([{**wanted, "threshold": 0.5}])
    assert [row.country for row in found.features] == ["RUS"]
    assert any("none in the planning units of CHN, PRK" in note for note in found.notes)
    with pytest.raises(RequestError, match="'JPN' has no planning unit"):
        assembled([{**TIGER, "country": "JPN"}])


def test_corridors_are_measured_as_they_are_drawn(study, assembled) -> None:
    wanted = {"kind": "corridors", "species": "amur-tiger", "target": {"share": 0.5}}
    found = assembled([wanted])
    swath = study.project.corridors(kind="swath").geometry.iloc[0]
    row = found.features[0]
    assert row.total == pytest.approx(swath.area / 1e6)
    assert row.inside == pytest.approx(row.total, rel=0.05)
    with pytest.raises(ReserveInputError, match="no corridor of the Amur leopard") as caught:
        assembled([TIGER, {**wanted, "species": "amur-leopard"}])
    assert caught.value.field == "features.2"
    with pytest.raises(ReserveInputError, match="no land that widens a corridor"):
        assembled([{**wanted, "kind": "widening"}])


def test_a_raster_of_the_users_is_summed_per_km2_in_any_projection(assembled, raster) -> None:
    grid = Grid("EPSG:4326", Affine(0.01, 0, 130.5, 0, -0.01, 43.2), (20, 20))
    path = raster("wet.tif", np.full(grid.shape, 2.0), grid)
    found = assembled([{"kind": "raster", "path": path, "target": {"share": 1.0}}])
    row = found.features[0]
    true_km2 = 0.2 * 111.1 * 0.2 * 81.4
    assert row.total == pytest.approx(2.0 * true_km2, rel=0.01)
    assert row.inside == pytest.approx(row.total, rel=0.005)


def test_a_raster_with_negative_amounts_is_refused_and_told_where(assembled, raster) -> None:
    grid = Grid("EPSG:4326", Affine(0.01, 0, 130.5, 0, -0.01, 43.2), (20, 20))
    values = np.full(grid.shape, 2.0)
    values[3, 4:6] = -7.5
    path = raster("harm.tif", values, grid)
    wanted = {"kind": "raster", "path": path, "target": {"share": 0.5}}
    with pytest.raises(ReserveInputError, match=r"harm\.tif.*2 cells, down to -7\.5") as caught:
        assembled([TIGER, wanted])
    assert str(caught.value).startswith("Feature 2 (raster)")
    assert assembled([{**wanted, "threshold": 1.0}]).features[0].total > 0


def test_a_raster_elsewhere_and_one_that_is_not_there(assembled, raster) -> None:
    grid = Grid("EPSG:4326", Affine(0.1, 0, 10, 0, -0.1, 50), (5, 5))
    path = raster("europe.tif", np.ones(grid.shape), grid)
    with pytest.raises(ReserveInputError, match="holds nothing in the planning units"):
        assembled([{"kind": "raster", "path": path, "target": {"share": 0.5}}])
    with pytest.raises(ReserveInputError, match="There is no raster"):
        assembled([{"kind": "raster", "path": "none.tif", "target": {"share": 0.5}}])


def test_refugia_are_suitable_in_both_climates(study, assembled, raster) -> None:
    today = study.read("suitability_amur-tiger")
    later = today.copy()
    later[:, : later.shape[1] // 2] = 0.0
    path = raster("later.tif", later, study.grid)
    wanted = {"kind": "refugia", "species": "amur-tiger", "target": {"share": 0.5}}
    found = assembled([{**wanted, "other_path": path}])
    row = found.features[0]
    assert row.name == "Amur tiger, refugia"
    assert row.total == pytest.approx(
        (np.minimum(today, later) >= 0.7).sum() * study.grid.cell_area_km2, rel=0.01
    )
    assert any("no forecast" in note for note in found.notes)
    percent = raster("percent.tif", later * 100, study.grid)
    with pytest.raises(
        ReserveInputError, match="is no suitability: its values go from 0 to 99"
    ):
        assembled([{**wanted, "other_path": percent}])


def test_refugia_of_two_files_need_a_threshold(study, assembled, raster) -> None:
    path = raster("both.tif", study.read("suitability_amur-tiger"), study.grid)
    wanted = {"kind": "refugia", "path": path, "other_path": path, "target": {"share": 0.5}}
    with pytest.raises(RequestError, match="threshold"):
        assembled([wanted])
    assert assembled([{**wanted, "threshold": 0.5}]).features[0].inside > 0


def test_polygons_count_as_area_or_by_a_column(study, assembled, shapes_file) -> None:
    west = study.project.sites(site_id="hunchun-national-nature-reserve").geometry.iloc[0]
    east = study.project.sites(site_id="land-of-the-leopard-national-park").geometry.iloc[0]
    path = shapes_file("wet.gpkg", [west, east], study.grid.crs, birds=[2.0, 0.5])
    wanted = {"kind": "polygons", "path": path, "target": {"share": 0.5}}
    area = assembled([wanted]).features[0]
    assert area.total == pytest.approx((west.area + east.area) / 1e6, rel=1e-6)
    birds = assembled([{**wanted, "column": "birds"}]).features[0]
    assert birds.total == pytest.approx((2 * west.area + 0.5 * east.area) / 1e6, rel=1e-6)
    assert 0.9 * birds.total < birds.inside <= birds.total * (1 + 1e-9)
    with pytest.raises(ReserveInputError, match="no column 'brids'"):
        assembled([{**wanted, "column": "brids"}])
    bad = shapes_file("bad.gpkg", [west, east], study.grid.crs, birds=[2.0, -1.0])
    with pytest.raises(ReserveInputError, match="row 2"):
        assembled([{**wanted, "path": bad, "column": "birds"}])


def test_the_critical_sites_of_a_flyway_count_as_sites(assembled, study) -> None:
    wanted = {"kind": "flyway", "species": "hooded-crane", "target": {"amount": 1.0}}
    found = assembled([wanted])
    critical, _ = critical_sites("hooded-crane")
    (here,) = [site for site in critical if "Rason" in site.name]
    row = found.features[0]
    assert row.unit == "sites"
    assert row.total == len(critical) > 1
    drawn = study.project.sites(site_id=here.catalogue_id)
    held = found.problem.amount.toarray()[0]
    if drawn.empty:
        assert held.tolist().count(1.0) == 1
    else:
        cover = covered_km2(list(drawn.geometry), found.units.geometry.values)
        assert held == pytest.approx(cover / cover.sum())
    assert row.inside == pytest.approx(1.0, abs=1e-12)
    assert any("Norsky Reserve" in note for note in found.notes)
    assert not any("--unconfirmed" in note for note in found.notes)
    with pytest.raises(ReserveInputError, match="No critical site of the flyway"):
        assembled([{**wanted, "species": "black-faced-spoonbill"}])
    with pytest.raises(PlannerError, match="no flyway of 'amur-tiger'"):
        assembled([{**wanted, "species": "amur-tiger"}])


def test_a_species_without_habitat_in_the_units_is_refused(study, assembled) -> None:
    values = np.full(study.grid.shape, 0.1)
    write_cog(study.project.raster_path("suitability_amur-tiger"), values, study.grid)
    with pytest.raises(ReserveInputError, match="The planning units hold none of it"):
        assembled([TIGER])
    with pytest.raises(ReserveInputError, match="units of PRK hold none"):
        assembled([{**TIGER, "threshold": 0.2, "country": "PRK"}])
    offered = offered_features(study.project)
    assert [item.kind for item in offered if item.species == "amur-tiger"] == ["corridors"]


def test_features_in_several_places(assembled) -> None:
    places = {"count": 2, "least": 50.0, "by": "country"}
    found = assembled([{**TIGER, "places": places}])
    wanted = found.problem.redundancy[0]
    held = found.problem.amount[[0]].toarray()[0]
    assert ((wanted.place > 0) == (held > 0)).all()
    for place in range(1, wanted.place.max() + 1):
        assert len(np.unique(found.problem.country[wanted.place == place])) == 1
    patch = assembled([{**TIGER, "places": {**places, "count": 2, "by": "block"}}])
    assert patch.problem.redundancy[0].place.max() >= 2
    with pytest.raises(ReserveInputError, match=r"only \d+ hold so much"):
        assembled([{**TIGER, "places": {**places, "count": 9}}])
    with pytest.raises(ReserveInputError, match="only 1 hold so much"):
        assembled([{**TIGER, "places": {**places, "by": "patch"}}])


def test_cost_is_area_or_dearer_under_pressure_and_follows_price_levels(assembled) -> None:
    locks = {"existing": False}
    area = assembled(cost={"kind": "area"}, locks=locks)
    assert area.problem.cost == pytest.approx(area.units["area_km2"])
    dear = assembled(cost={"kind": "pressure"}, locks=locks)
    ratio = dear.problem.cost / area.problem.cost
    assert ratio.min() >= 1.0
    assert 1.1 < ratio.max() <= 2.0 + 1e-9
    levels = assembled(cost={"kind": "area", "price_level": {"RUS": 0.5}}, locks=locks)
    russian = (area.units["country"] == "RUS").to_numpy()
    assert levels.problem.cost[russian] == pytest.approx(0.5 * area.problem.cost[russian])
    assert levels.problem.cost[~russian] == pytest.approx(area.problem.cost[~russian])
    assert any("RUS 0.5" in note for note in levels.notes)
    with pytest.raises(RequestError, match="JPN") as caught:
        assembled(cost={"price_level": {"JPN": 2.0}})
    assert caught.value.field == "cost.price_level"


def test_what_sites_cover_costs_nothing(assembled) -> None:
    found = assembled(cost={"kind": "area"})
    units, cost = found.units, found.problem.cost
    assert (cost[units["existing"]] == 0).all()
    free = ~units["existing"].to_numpy()
    paid = units["area_km2"] * (1 - units["cover"])
    assert cost[free] == pytest.approx(paid[free])
    assert ((units["cover"] >= 0.5) == units["existing"]).all()
    assert (units["status"] == "locked_in").equals(units["existing"])


def test_a_raster_of_cost(study, assembled, raster) -> None:
    path = raster("cost.tif", np.full(study.grid.shape, 3.0), study.grid)
    found = assembled(cost={"kind": "raster", "path": path}, locks={"existing": False})
    assert found.problem.cost == pytest.approx(3.0 * found.units["area_km2"])


def test_costs_that_are_nothing_negative_or_missing_name_the_units(
    study, assembled, raster
) -> None:
    values = np.full(study.grid.shape, 3.0)
    values[: study.grid.shape[0] // 3] = 0.0
    path = raster("free.tif", values, study.grid)
    with pytest.raises(ReserveInputError, match=r"\d+ planning units cost nothing, such as r"):
        assembled(cost={"kind": "raster", "path": path})
    path = raster("negative.tif", values - 1.0, study.grid)
    with pytest.raises(ReserveInputError, match="is negative in"):
        assembled(cost={"kind": "raster", "path": path})
    values[values == 0.0] = np.nan
    path = raster("gaps.tif", values, study.grid)
    with pytest.raises(ReserveInputError, match=r"says nothing of .* such as r") as caught:
        assembled(cost={"kind": "raster", "path": path})
    assert caught.value.field == "cost.path"


def test_polygons_lock_units_in_and_out(study, assembled, shapes_file) -> None:
    west = study.project.sites(site_id="hunchun-national-nature-reserve").geometry.iloc[0]
    away = shapely.affinity.translate(west, -40_000, 0)
    land_in = shapes_file("in.gpkg", [away], study.grid.crs)
    land_out = shapes_file("out.gpkg", [west], study.grid.crs)
    found = assembled(locks={"in_path": land_in, "out_path": land_out})
    problem, units = found.problem, found.units
    share_out = covered_km2([west], units.geometry.values) / units["area_km2"]
    assert problem.locked_out[share_out >= 0.5].all()
    asked = problem.locked_in & ~units["existing"].to_numpy()
    assert asked.any()
    assert (problem.cost[asked] > 0).all()
    with pytest.raises(RequestError, match=r"locked in and out at once, such as r"):
        assembled(locks={"in_path": land_out, "out_path": land_out})


def test_complexes_are_the_sites_that_are_paired_over_a_border(study, asked) -> None:
    land = Landscape.of(study, asked().units)
    locks = unit_locks(land, asked().locks)
    label, count = complex_labels(land, locks, 20.0)
    assert count == 1  # west is paired with east and with south, so they are one
    sites = study.project.sites()
    paired = sites[sites["site_id"] != "poltavsky-zakaznik"].geometry.union_all()
    near = shapely.distance(land.units.shape, paired) <= 20_000
    assert ((label == 1) == near).all()


def test_connected_complexes_need_sites_on_both_sides(study, assembled) -> None:
    goal = {"contiguous": "complexes"}
    assert assembled(goal=goal).problem.complex_label.max() == 1
    assert assembled().problem.complex_label is None
    study.project.execute(RemoveFeatures("pairs", list(study.project.pairs().index)))
    with pytest.raises(RequestError, match="no pair of existing sites") as caught:
        assembled(goal=goal)
    assert caught.value.field == "goal.contiguous"


def test_shares_and_entitlements_go_by_country(assembled) -> None:
    shares = {
        "minimum": {"PRK": 0.1},
        "maximum": {"CHN": 0.6},
        "entitlement": {"CHN": 0.5, "PRK": 0.2, "RUS": 0.3},
    }
    problem = assembled(shares=shares).problem
    assert problem.share_min == {1: 0.1}
    assert problem.share_max == {0: 0.6}
    assert problem.entitlement == {0: 0.5, 1: 0.2, 2: 0.3}
    assert not problem.share_counts_locked_in
    assert assembled().problem.entitlement is None
    with pytest.raises(RequestError, match="'MNG', which has no planning unit"):
        assembled(shares={"minimum": {"MNG": 0.1}})


def test_the_users_polygons_become_units(study, assembled, shapes_file) -> None:
    west, south, east, north = study.outline.bounds
    x = np.linspace(west, east, 6)
    strips = [box(a, south, b, north) for a, b in pairwise(x)]
    path = shapes_file("parcels.gpkg", strips, study.grid.crs, parcel=[1, 2, 3, 4, 5])
    units = {"kind": "polygons", "path": path, "id_column": "parcel"}
    found = assembled(units={**units, "size_km": 10.0})
    names = found.units["unit_id"].tolist()
    assert len(set(names)) == len(names)
    assert {name.partition("-")[0] for name in names} <= {"1", "2", "3", "4", "5"}
    assert any(name.endswith("-RUS") for name in names)
    whole = sum(ground.area for ground in Landscape(study, None).land.values()) / 1e6
    assert found.units["area_km2"].sum() == pytest.approx(whole, rel=1e-6)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["a", "b", "a"], r"'a' stands more than once .*rows 1, 3"),
        (["a", None, "c"], "names no unit in row 2"),
        (["a", " ", "c"], "names no unit in row 2"),
    ],
)
def test_unit_ids_missing_or_doubled_are_told(
    study, assembled, shapes_file, ids, message
) -> None:
    x, y = study.outline.centroid.coords[0]
    shapes = [box(x + i * 1e4, y, x + (i + 1) * 1e4, y + 1e4) for i in range(3)]
    path = shapes_file("parcels.gpkg", shapes, study.grid.crs, parcel=ids)
    units = {"kind": "polygons", "path": path, "id_column": "parcel"}
    with pytest.raises(ReserveInputError, match=message) as caught:
        assembled(units={**units, "size_km": 10.0})
    assert caught.value.field == "units.id_column"


def test_polygons_that_cannot_be_units(study, assembled, shapes_file) -> None:
    x, y = study.outline.centroid.coords[0]
    two = [box(x, y, x + 2e4, y + 1e4), box(x + 1e4, y, x + 3e4, y + 1e4)]

    def units(path, **more):
        return {"kind": "polygons", "path": path, "size_km": 10.0, **more}

    path = shapes_file("two.gpkg", two, study.grid.crs, parcel=["a", "b"])
    with pytest.raises(ReserveInputError, match=r"[ab] and [ab] overlap by 100 km²"):
        assembled(units=units(path, id_column="parcel"))
    with pytest.raises(RequestError, match=r"no column 'parsel'\. Did you mean parcel"):
        assembled(units=units(path, id_column="parsel"))
    with pytest.raises(ReserveInputError, match="no such file"):
        assembled(units=units("none.gpkg"))
    with pytest.raises(ReserveInputError, match="no layer 'other'"):
        assembled(units=units(path, layer="other"))
    points = shapes_file("points.gpkg", [shapely.Point(x, y)], study.grid.crs, parcel=["a"])
    with pytest.raises(ReserveInputError, match="hold no polygon, such as row 1"):
        assembled(units=units(points))
    far = shapes_file("far.gpkg", [box(1e6, 1e6, 1.1e6, 1.1e6)], study.grid.crs, parcel=["a"])
    with pytest.raises(ReserveInputError, match="No planning unit"):
        assembled(units=units(far))
    with pytest.warns(UserWarning, match="'crs' was not provided"):
        bare = shapes_file("bare.gpkg", two[:1], None, parcel=["a"])
    with pytest.raises(ReserveInputError, match="no coordinate system"):
        assembled(units=units(bare))


def test_a_size_that_gives_too_many_units_is_refused(assembled) -> None:
    with pytest.raises(RequestError, match=r"units of 0\.1 km would be") as caught:
        assembled(units={"size_km": 0.1})
    assert caught.value.field == "units.size_km"


def test_a_species_without_a_map_is_refused(study, assembled) -> None:
    with pytest.raises(ReserveInputError, match="no map of the habitat of snow-leopard"):
        assembled([{**TIGER, "species": "snow-leopard"}])
    with pytest.raises(RequestError, match="There is no species 'unicorn'"):
        assembled([{**TIGER, "species": "unicorn"}])


def test_two_features_that_come_to_one_name_are_refused(assembled) -> None:
    with pytest.raises(RequestError, match="Two features are called 'Amur tiger, habitat'"):
        assembled([TIGER, TIGER])


@pytest.mark.parametrize(("kind", "sides"), [("square", 4), ("hexagon", 6)])
def test_more_neighbours_than_a_cell_has_sides_are_refused(assembled, kind, sides) -> None:
    units = {"kind": kind, "size_km": 20.0}
    with pytest.raises(RequestError, match=f"{kind} has {sides} sides") as refused:
        assembled(goal={"neighbours": sides + 1}, units=units)
    assert refused.value.field == "goal.neighbours"
    asked_for = assembled(goal={"neighbours": sides}, units=units)
    assert any("existing ones too" in note for note in asked_for.notes)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0, "0"), (0.00964, "0.01"), (0.001, "below 0.01"), (0.5, "0.5"), (1.0, "1"),
        (21.44, "21.4"), (83.0, "83"), (100.0, "100"), (29774.2, "29,774"),
    ],
)  # fmt: skip
def test_amounts_are_told_as_precisely_as_they_are_known(value, told) -> None:
    assert told_amount(value) == told


def test_the_notes_tell_what_a_reader_must_know(assembled) -> None:
    told = " ".join(assembled().notes)
    for words in (
        "cut at borders and coasts",
        "sites cover 50 % of it or more",
        "expert weight, not a price",
        "Price levels are 1 in every country",
        "4 of 4 existing sites are nominal",
        "5 arc-minutes",
    ):
        assert words in told


def test_small_units_split_the_cells_of_the_grid(study) -> None:
    land = Landscape.of(study, UnitSettings(kind="square", size_km=2.0))
    assert land.grid.split == 3
    ones = np.ones(study.grid.shape)
    assert land.grid.sum(ones) == pytest.approx(land.units.area_km2, abs=0.6)
    assert land.grid.sum(ones).sum() == pytest.approx(land.units.area_km2.sum(), rel=1e-3)


def test_the_mean_of_a_unit_without_a_cell_is_that_of_the_nearest() -> None:
    grid = Grid("EPSG:6933", Affine(1000, 0, 0, 0, -1000, 2000), (2, 2))
    shapes = np.array([box(0, 0, 2000, 2000), box(1100, 1100, 1101, 1101)])
    found = UnitGrid.of(shapes, grid)
    assert found.mean(np.array([[1.0, 2.0], [3.0, np.nan]])).tolist() == [2.0, 2.0]


def test_cover_counts_land_once_and_cuts_large_shapes_exactly() -> None:
    units = np.array([box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(9e4, 0, 9.1e4, 1e3)])
    ring = shapely.Point(0, 0).buffer(1500, quad_segs=400)
    covered = covered_km2([ring, box(0, 0, 500, 500)], units)
    expected = [shapely.intersection(ring, unit).area / 1e6 for unit in units]
    assert covered == pytest.approx(expected, rel=1e-9)
    assert covered_km2([], units).tolist() == [0.0, 0.0, 0.0]
