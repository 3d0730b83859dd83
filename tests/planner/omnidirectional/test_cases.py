"""Cases from .ini to maps: what is written, under which names, and every refusal."""

import json

import numpy as np
import pytest
import rasterio
from affine import Affine
from distributed import LocalCluster

from algorithms.connectivity.omnidirectional import (
    Ground,
    MovingWindow,
    normalised,
    omnidirectional_current,
)
from layers.tiles.cluster import ClusterError
from planner.circuit.errors import CircuitCaseError, CircuitInputError, CircuitMemoryError
from planner.omnidirectional import tiles


def expected(case, **window):
    values = {"radius": 3, "like_omniscape": True, **window}
    ground = Ground(1 / case.resistance, case.source)
    return omnidirectional_current(ground, MovingWindow(**values))


def test_a_case_gives_its_maps_under_their_names(case, asc):
    result = case.run()
    assert result.folder == case.folder / "found"
    names = sorted(path.name for path in result.folder.iterdir())
    assert names == [
        "config.ini",
        "cum_currmap.asc",
        "flow_potential.asc",
        "normalized_cum_currmap.asc",
    ]
    assert {path.name for path in result.written} == set(names)
    assert (result.folder / "config.ini").read_bytes() == (
        case.folder / "case.ini"
    ).read_bytes()
    wanted = expected(case)
    blank = np.isnan(case.resistance)
    maps = (wanted.current, wanted.potential, normalised(wanted))
    for name, values in zip(names[1:], maps, strict=True):
        np.testing.assert_allclose(
            asc(result.folder / name), np.where(blank, np.nan, values), rtol=1e-12
        )
    head = (result.folder / names[1]).read_text().split("\n")[:6]
    assert [line.split() for line in head] == [
        ["ncols", "12"],
        ["nrows", "9"],
        ["xllcorner", "100.0"],
        ["yllcorner", "50.0"],
        ["cellsize", "10.0"],
        ["NODATA_value", "-9999"],
    ]
    assert result.windows == np.count_nonzero(case.source)
    assert result.memory_bytes > 0
    assert result.warnings == ()


def test_geotiffs_and_what_is_not_wanted(case):
    result = case.run(
        write_as_tif="true",
        write_raw_currmap="false",
        calc_normalized_current="False",
        mask_nodata="false",
        precision="single",
    )
    assert [path.name for path in result.written] == ["flow_potential.tif", "config.ini"]
    with rasterio.open(result.written[0]) as source:
        assert source.dtypes == ("float32",)
        assert source.nodata == -9999
        assert source.transform == Affine(10, 0, 100, 0, -10, 140)
        values = source.read(1)
    np.testing.assert_allclose(values, expected(case).potential, rtol=1e-6)
    double = case.run(write_as_tif="true")
    with rasterio.open(double.folder / "cum_currmap.tif") as source:
        assert source.dtypes == ("float64",)


def test_every_run_has_a_folder_of_its_own(case, tmp_path):
    folders = [case.run(calc_flow_potential="false").folder.name for _ in range(3)]
    assert folders == ["found", "found_1", "found_2"]
    elsewhere = tmp_path / "else" / "where"
    assert case.run(out=elsewhere).folder == elsewhere
    assert (elsewhere / "cum_currmap.asc").is_file()


def test_blocks_buffer_and_neighbours(case, asc):
    result = case.run(block_size="2", buffer="1", correct_artifacts="false")
    assert "block_size is 2" in result.warnings[0]
    wanted = expected(case, block_size=3, buffer=1, corrects_blocks=False)
    found = asc(result.folder / "cum_currmap.asc")
    inside = ~np.isnan(case.resistance)
    np.testing.assert_allclose(found[inside], wanted.current[inside], rtol=1e-12)


def test_sources_from_resistance_threshold_and_conductance(case, asc):
    inside = ~np.isnan(case.resistance)
    result = case.run(source_from_resistance="true", r_cutoff="1.0", source_file="")
    conductance = 1 / case.resistance
    case.source = np.where(case.resistance <= 1, conductance, 0.0)
    np.testing.assert_allclose(
        asc(result.folder / "cum_currmap.asc")[inside], expected(case).current[inside]
    )
    result = case.run(source_threshold="1.5")
    case.source[case.source < 1.5] = 0
    np.testing.assert_allclose(
        asc(result.folder / "cum_currmap.asc")[inside], expected(case).current[inside]
    )
    wanted = expected(case).current
    case.resistance = conductance
    result = case.run(resistance_file_is_conductance="true")
    np.testing.assert_allclose(asc(result.folder / "cum_currmap.asc")[inside], wanted[inside])


def test_classes_are_replaced(case, asc, put_grid):
    kind = np.where(case.resistance > 1, 2.0, 1.0)
    case.resistance = kind
    (case.folder / "classes.txt").write_text("1\t5.5\n2 missing\n\n")
    result = case.run(
        reclassify_resistance="true",
        reclass_table="classes.txt",
        write_reclassified_resistance="true",
    )
    found = asc(result.folder / "classified_resistance.asc")
    np.testing.assert_array_equal(found, np.where(kind == 1, 5.5, np.nan))


def test_conditions_leave_sources_out(case, asc, put_grid):
    warm = np.arange(108.0).reshape(9, 12)
    put_grid(case.folder / "warm.asc", warm)
    put_grid(case.folder / "warmer.asc", warm + 12)
    keys = {
        "conditional": "true",
        "condition1_file": "warm.asc",
        "condition1_lower": "-1e9",
        "condition1_upper": "1e9",
    }
    everything = case.run(**keys)
    inside = ~np.isnan(case.resistance)
    np.testing.assert_allclose(
        asc(everything.folder / "cum_currmap.asc")[inside], expected(case).current[inside]
    )
    future = case.run(
        **{**keys, "condition1_lower": "-12", "condition1_upper": "-12"},
        compare_to_future="1",
        condition1_future_file="warmer.asc",
    )  # the source must be where the target was: nothing is sent
    assert np.nansum(asc(future.folder / "cum_currmap.asc")) == 0


def test_tiles_of_any_number_of_workers_give_the_same(case, monkeypatch):
    monkeypatch.setattr(tiles.OmniRun, "plan", tiles.TilePlan((9, 12), (2, 3)))
    wanted = case.run().folder / "cum_currmap.asc"
    again = case.run()
    assert (again.folder / "cum_currmap.asc").read_bytes() == wanted.read_bytes()
    monkeypatch.setattr(tiles, "core_count", lambda: 1)
    alone = case.run()
    assert (alone.folder / "cum_currmap.asc").read_bytes() == wanted.read_bytes()


def test_degrees_are_told(case):
    case.write()
    place = Affine(0.1, 0, 100, 0, -0.1, 50)
    with rasterio.open(
        case.folder / "degrees.tif", "w", driver="GTiff", height=9, width=12, count=1,
        dtype="float64", crs="EPSG:4326", transform=place, nodata=-9999,
    ) as target:  # fmt: skip
        target.write(np.nan_to_num(case.resistance, nan=-9999), 1)
    result = case.run(resistance_file="degrees.tif")
    assert len(result.warnings) == 2
    assert "in degrees" in result.warnings[0]
    assert "lies elsewhere" in result.warnings[1]
    quiet = case.run(resistance_file="degrees.tif", allow_different_projections="true")
    assert len(quiet.warnings) == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"radius": "0"}, "radius is 0"),
        ({"radius": "0.3"}, "radius is 0"),
        ({"radius": "wide"}, "a number"),
        ({"radius": "nan"}, "a number"),
        ({"radius": "1", "block_size": "3"}, "no sources within a radius"),
        ({"buffer": "-1"}, "buffer"),
        ({"mask_nodata": "perhaps"}, "true or false"),
        ({"source_file": ""}, "source_file is not set"),
        ({"source_from_resistance": "true"}, "r_cutoff"),
        ({"n_conditions": "3"}, "n_conditions"),
        ({"comparison1": "near"}, "comparison1"),
        ({"compare_to_future": "soon"}, "compare_to_future"),
        ({"precision": "half"}, "precision"),
        ({"project_name": ""}, "project_name is missing"),
        ({"conditional": "true"}, "condition1_file is not set"),
    ],
)
def test_keys_that_cannot_be(case, keys, said):
    with pytest.raises(CircuitCaseError, match=said) as told:
        case.run(**keys)
    assert "case.ini" in str(told.value)
    assert not (case.folder / "found").exists()


def test_unknown_keys_are_told(case):
    result = case.run(radiuss="4", solver="cg+amg")
    (warning,) = result.warnings
    assert "radiuss" in warning
    assert "radius" in warning.split("no effect")[1]


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_resistance_must_be_positive(case, value):
    case.resistance[2, 3] = value
    with pytest.raises(CircuitInputError, match="row 3, column 4"):
        case.run()


def test_files_that_cannot_serve(case, put_grid):
    case.source[0, 0] = -2.0
    with pytest.raises(CircuitInputError, match="not negative"):
        case.run()
    case.source[0, 0] = 0.0
    with pytest.raises(CircuitInputError, match="resistance_file"):
        case.run(resistance_file="gone.asc")
    with pytest.raises(CircuitInputError, match="no cell is a source"):
        case.run(source_threshold="99")
    with pytest.raises(CircuitInputError, match="fits into the grid"):
        case.run(block_size="11", radius="9")
    put_grid(case.folder / "small.asc", np.ones((3, 3)))
    with pytest.raises(CircuitInputError, match="same cells"):
        case.run(source_file="small.asc")
    (case.folder / "classes.txt").write_text("\n")
    with pytest.raises(CircuitInputError, match=r"classes\.txt is empty"):
        case.run(reclassify_resistance="true", reclass_table="classes.txt")
    (case.folder / "classes.txt").write_text("1 x\n")
    with pytest.raises(CircuitInputError, match="line 1"):
        case.run(reclassify_resistance="true", reclass_table="classes.txt")
    (case.folder / "classes.txt").write_text("1 0\n")
    with pytest.raises(CircuitInputError, match="above 0"):
        case.run(reclassify_resistance="true", reclass_table="classes.txt")


def test_land_without_resistance_is_refused(case):
    case.resistance[:] = np.nan
    with pytest.raises(CircuitInputError, match=r"resistance\.asc holds no resistance at all"):
        case.run()


def test_results_never_replace_an_input(case):
    case.write()
    (case.folder / "resistance.asc").rename(case.folder / "cum_currmap.asc")
    with pytest.raises(CircuitInputError, match="would replace"):
        case.run(resistance_file="cum_currmap.asc", out=case.folder)


def test_memory_is_told_before_anything_is_solved(case):
    with pytest.raises(CircuitMemoryError, match="GB of memory"):
        case.run(memory_bytes=1000.0)
    assert not (case.folder / "found").exists()


class StopAt:
    def __init__(self, fraction):
        self.fraction = fraction

    def report(self, fraction):
        if fraction >= self.fraction:
            raise KeyboardInterrupt


def test_an_interrupted_run_is_resumed(case, monkeypatch):
    monkeypatch.setattr(tiles.OmniRun, "plan", tiles.TilePlan((9, 12), (3, 3)))
    monkeypatch.setattr(tiles, "core_count", lambda: 1)
    whole = case.run(out=case.folder / "whole").folder / "cum_currmap.asc"
    with pytest.raises(KeyboardInterrupt):
        case.run(control=StopAt(0.5))
    parts = case.folder / "found" / tiles.PARTS
    done = {path.name for path in parts.glob("*.tile")}
    assert 0 < len(done) < 12
    damaged = parts / sorted(done)[0]
    damaged.write_bytes(damaged.read_bytes()[:-8] + b"damaged!")
    calls = []
    worked = tiles.worked
    monkeypatch.setattr(tiles, "worked", lambda *a: calls.append(1) or worked(*a))
    result = case.run(resume=True)
    assert len(calls) == 12 - len(done) + 1
    assert result.folder.name == "found"
    assert (result.folder / "cum_currmap.asc").read_bytes() == whole.read_bytes()
    assert not parts.exists()


def test_another_case_is_not_resumed(case, monkeypatch):
    monkeypatch.setattr(tiles.OmniRun, "plan", tiles.TilePlan((9, 12), (3, 3)))
    with pytest.raises(KeyboardInterrupt):
        case.run(control=StopAt(0.5))
    case.source[0, 0] += 1.0
    result = case.run(resume=True)
    assert result.folder.name == "found_1"
    header = json.loads((case.folder / "found" / tiles.PARTS / "run.json").read_text())
    assert header["method"] == tiles.METHOD
    fresh = case.run(out=case.folder / "found")  # not asked to resume: begun anew
    assert not (fresh.folder / tiles.PARTS).exists()


def test_tiles_without_targets_are_left_out(case, monkeypatch):
    monkeypatch.setattr(tiles.OmniRun, "plan", tiles.TilePlan((9, 12), (3, 5)))
    case.source[:, 5:] = 0.0
    case.source[8, 11] = 1.0
    calls = []
    worked = tiles.worked
    monkeypatch.setattr(tiles, "worked", lambda *a: calls.append(1) or worked(*a))
    inside = ~np.isnan(case.resistance)
    with rasterio.open(case.run(write_as_tif="true").written[0]) as source:
        found = source.read(1)
    assert len(calls) == 4
    np.testing.assert_allclose(found[inside], expected(case).current[inside], rtol=1e-12)


def test_a_plan_does_not_depend_on_the_machine(monkeypatch):
    ground = Ground(np.ones((300, 200)), np.ones((300, 200)))
    targets = tiles.Targets(np.array([0]), np.array([0]), np.array([1.0]))
    for radius, block in ((5, 1), (40, 5), (120, 1)):
        run = tiles.OmniRun(ground, targets, MovingWindow(radius, block), potential=True)
        before = run.plan
        monkeypatch.setattr(tiles, "core_count", lambda: 99)
        assert run.plan == before
        assert run.plan.tile[0] % block == 0
        assert 1 <= len(run.plan) <= 400
        assert run.memory_bytes(2) > run.memory_bytes(1)
        assert tiles.allowed_workers(run, run.memory_bytes(3)) in {2, 3}


def test_a_cluster_gives_the_same(case, monkeypatch):
    monkeypatch.setattr(tiles.OmniRun, "plan", tiles.TilePlan((9, 12), (3, 6)))
    wanted = (case.run().folder / "cum_currmap.asc").read_bytes()
    with LocalCluster(
        n_workers=1, threads_per_worker=2, processes=True, dashboard_address=":0"
    ) as cluster:
        result = case.run(cluster=cluster.scheduler_address)
        with pytest.raises(KeyboardInterrupt):
            case.run(cluster=cluster.scheduler_address, control=StopAt(0.02))
    assert (result.folder / "cum_currmap.asc").read_bytes() == wanted


def test_a_cluster_that_is_not_there(case, monkeypatch):
    monkeypatch.setattr("layers.tiles.cluster.SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(ClusterError, match="No scheduler"):
        case.run(cluster="tcp://127.0.0.1:9")
    assert not (case.folder / "found").exists()
    kept = case.folder / "kept"
    kept.mkdir()
    with pytest.raises(ClusterError, match="No scheduler"):
        case.run(cluster="tcp://127.0.0.1:9", out=kept)
    assert list(kept.iterdir()) == []
