"""From records to presences and background, each rule by itself."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from planner.progress import StepProgress
from planner.suitability import RunFolder, StudyError
from planner.suitability.context import StudyContext
from planner.suitability.results import SampleFound, read_result
from planner.suitability.sample_units import units_of
from planner.suitability.stages.layer_stage import layer_step, store_layers
from planner.suitability.stages.record_stage import record_step, store_records
from planner.suitability.stages.sample_stage import Sample, sample_step, store_sample
from planner.suitability.threads import using_threads
from resources.errors import UsageError


@pytest.fixture
def sampled(landscape, tmp_path):
    """Return a function that draws the sample of a study of the landscape."""
    count = iter(range(99))

    def draw(**sampling):
        study = landscape.study(sampling={"points": 400, **sampling})
        context = StudyContext(study, RunFolder(tmp_path / f"run{next(count)}"))
        with StepProgress({"x": 1.0}).step("x") as control:
            store_records(context, control, "")
            store_layers(context, control, "")
            store_sample(context, control, "")
        for step in (record_step(context), layer_step(context), sample_step(context)):
            for name in step.outputs:
                assert context.folder.output_hash(name) is not None, name
        result = read_result(SampleFound, context.folder.path / "sample.json")
        return result, Sample.read(context), context

    return draw


def put(landscape, cells, columns="", values=()):
    """Write records at cells, each with further columns."""
    lon, lat = landscape.lonlat(*np.array(cells).T)
    head = f"species,longitude,latitude{columns}"
    rows = values or [""] * len(cells)
    lines = [
        f"Testudo manualis,{x:.6f},{y:.6f}{more}"
        for x, y, more in zip(lon, lat, rows, strict=True)
    ]
    landscape.points.write_text("\n".join([head, *lines, ""]), encoding="utf-8")


UNCERTAIN = ",coordinateUncertaintyInMeters"


def test_records_of_uncertain_place_are_left_out_spread_or_kept(landscape, sampled):
    put(landscape, [(5, 5), (20, 20), (30, 30)], UNCERTAIN, [",50", ",5000", ","])
    found, sample, _ = sampled()
    assert (found.too_uncertain, found.presences, found.spread) == (1, 2, 0)
    found, sample, _ = sampled(uncertainty="spread", one_per_cell=False)
    assert (found.too_uncertain, found.spread) == (0, 1)
    weight = sample.weight[sample.presence]
    assert len(weight) > 15
    assert weight.sum() == pytest.approx(3.0), "each record has a weight of 1 in all"
    found, _, _ = sampled(uncertainty="keep")
    assert (found.too_uncertain, found.presences) == (0, 3)


def test_one_record_spread_over_many_cells_is_one_presence(landscape, sampled):
    put(landscape, [(20, 20)], UNCERTAIN, [",9000"])
    with pytest.raises(StudyError, match="One presence alone is left"):
        sampled(uncertainty="spread")


def test_spread_records_count_once_each_by_default(landscape, sampled):
    put(landscape, [(5, 5), (20, 20), (30, 30)], UNCERTAIN, [",9000"] * 3)
    found, sample, _ = sampled(uncertainty="spread")
    assert (found.records, found.presences, found.same_cell, found.spread) == (3, 3, 0, 3)
    assert sample.weight[sample.presence].sum() == pytest.approx(3.0)
    assert any(
        "3 records of uncertain place" in note and "3.0 records" in note for note in found.notes
    )
    for record in range(3):
        assert sample.weight[sample.record == record].sum() == pytest.approx(1.0)
    assert sum(found.presences_by_country.values()) == 3
    # Two of one place are one, as two precise records in one cell are.
    put(landscape, [(5, 5), (20, 20), (20.1, 20)], UNCERTAIN, [",9000", ",9000", ",5000"])
    found, sample, context = sampled(uncertainty="spread")
    assert (found.presences, found.same_cell, found.spread) == (2, 1, 2)
    frame = (context.folder.path / "presences.csv").read_text("utf-8-sig")
    assert "points.csv,4," in frame
    assert "points.csv,3," not in frame, "the surer one is kept"


def test_spread_records_are_thinned_whole(landscape, sampled):
    put(landscape, [(20, 20), (20, 22), (30, 30)], UNCERTAIN, [",9000"] * 3)
    found, sample, _ = sampled(uncertainty="spread", thinning_km=5.0)
    assert (found.presences, found.thinned) == (2, 1)
    assert sample.weight[sample.presence].sum() == pytest.approx(2.0)


def test_cells_where_several_records_may_lie_stand_once(landscape, sampled):
    put(landscape, [(20, 20), (20, 22), (5, 5)], UNCERTAIN, [",9000", ",9000", ",10"])
    found, sample, _ = sampled(uncertainty="spread")
    places = np.column_stack([sample.x, sample.y])[sample.presence]
    assert len(np.unique(places.round(1), axis=0)) == len(places)
    weight = sample.weight[sample.presence]
    assert 2.8 < weight.sum() < 3.0, "1 - (1 - a)(1 - b) where two overlap"
    assert (found.presences, len(np.unique(sample.record[sample.presence]))) == (3, 3)
    units = units_of(sample)
    assert units.presence.sum() == 3
    assert (np.bincount(units.of)[~units.presence] == 1).all()
    assert np.hypot(units.x[0] - units.x[1], units.y[0] - units.y[1]) > 2000.0


def test_a_cell_counts_once_unless_all_records_are_to_count(landscape, sampled):
    put(landscape, [(5, 5), (5.2, 5.1), (9, 9)])
    found, _, context = sampled()
    assert (found.same_cell, found.presences) == (1, 2)
    assert "1 of 3 records fell into a cell" in found.notes[0]
    lines = (context.folder.path / "presences.csv").read_text("utf-8-sig").splitlines()
    assert lines[1].startswith("points.csv,2,")
    found, _, _ = sampled(one_per_cell=False)
    assert (found.same_cell, found.presences) == (0, 3)


def test_thinned_presences_are_as_far_apart_as_asked(landscape, sampled):
    put(landscape, [(10, column) for column in range(5, 25)])
    found, sample, _ = sampled(thinning_km=5.0)
    assert found.thinned + found.presences == 20
    x = np.sort(sample.x[sample.presence])
    assert np.diff(x).min() >= 5000.0
    assert found.presences >= 6


def test_records_move_to_values_that_are_near(landscape, sampled):
    gaps = np.ones(landscape.shape, np.float32)
    gaps[:, :10] = np.nan
    gaps[::3] = gaps[::3] * 2
    landscape.write_layer(landscape.folder / "layers" / "gaps.tif", gaps)
    put(landscape, [(7, 9), (15, 1), (20, 20), (25, 30)])
    found, _, _ = sampled()
    assert (found.without_values, found.snapped, found.presences) == (2, 0, 2)
    found, _, _ = sampled(snap_km=3.0)
    assert (found.without_values, found.snapped, found.presences) == (1, 1, 3)


def test_the_background_lies_within_reach(landscape, sampled):
    put(landscape, [(5, 5), (6, 6)])
    found, sample, _ = sampled(reach_km=10.0)
    x, y = sample.x, sample.y
    away = np.hypot(
        x[~sample.presence][:, None] - x[sample.presence],
        y[~sample.presence][:, None] - y[sample.presence],
    ).min(axis=1)
    assert away.max() <= 10_000.0
    assert found.background < 400
    assert any("400 background points were asked for" in note for note in found.notes)


@pytest.mark.parametrize("kind", ["bias", "target_group", "country_effort"])
def test_effort_is_told_mapped_and_followed(landscape, sampled, kind):
    others = landscape.folder / "others.csv"
    rng = np.random.default_rng(8)
    rows, columns = rng.integers(0, 40, 300), rng.integers(0, 12, 300)
    landscape.write_points(others, *landscape.lonlat(rows, columns))
    found, sample, context = sampled(
        background=kind, target_group=[{"path": str(others)}], points=60
    )
    assert (context.folder.path / "rasters" / "effort.tif").is_file()
    even, even_sample, _ = sampled(points=60)

    def middle(drawn):
        there = ~drawn.presence
        return np.average(drawn.x[there], weights=drawn.weight[there])

    assert middle(sample) < middle(even_sample) - 10_000.0, "where people looked"
    assert found.notes
    if kind == "country_effort":
        assert found.effort[0].country == "CHN"
        assert found.effort[0].low < found.effort[0].per_1000_km2 < found.effort[0].high
    assert even.effort == ()


def test_a_group_that_lies_elsewhere_is_told(landscape, sampled):
    others = landscape.folder / "others.csv"
    landscape.write_points(others, [100.12345, 100.23456], [45.12345, 45.23456])
    with pytest.raises(StudyError, match="target group"):
        sampled(background="target_group", target_group=[{"path": str(others)}])


def test_a_study_keeps_to_the_cores_it_was_given():
    before = numba.get_num_threads()
    with using_threads(1):
        assert numba.get_num_threads() == 1
    assert numba.get_num_threads() == before
    with using_threads(None):
        assert numba.get_num_threads() == before
    with pytest.raises(UsageError), using_threads(0):
        pass
