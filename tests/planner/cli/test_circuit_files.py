"""`landbridge circuit` on plain files: pinch points and barriers, with every bad input."""

from __future__ import annotations

import csv
import json
import re
from functools import partial

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine
from pyproj import Transformer

from layers.grid import Grid
from layers.raster import read_raster, write_cog
from planner.corridors.drawn import DrawnCorridors
from planner.corridors.inputs import Source
from planner.corridors.pinched import PinchRequest, look_at_corridors

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
SHAPE = (15, 30)
SIDE = 100.0
WAIST, WALL = 12, 20


def words(text):
    return " ".join(re.sub(r"[│╭╮╰╯─•]", " ", text).split())


def written(folder, name, values, crs=LAEA, side=SIDE, left=0.0):
    """Write a raster, by default of 100 m cells."""
    values = np.asarray(values)
    grid = Grid(crs, Affine(side, 0, left, 0, -side, 0), values.shape)
    nodata = None if values.dtype.kind == "f" else 0
    write_cog(folder / name, values, grid, nodata=nodata)
    return folder / name


@pytest.fixture
def raster(tmp_path):
    return partial(written, tmp_path)


def neck():
    """Return a neck of three rows: one at column 12, and dear across at column 20."""
    resistance, swath = np.full(SHAPE, 50.0), np.zeros(SHAPE, np.int32)
    resistance[6:9] = 1.0
    resistance[:, :3] = resistance[:, 27:] = 1.0
    resistance[[6, 8], WAIST] = 50.0
    resistance[:, WALL] = 50.0
    swath[6:9, 3:27] = 1
    swath[[6, 8], WAIST] = 0
    return resistance, swath


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    """Write two cores with the neck between them."""
    folder = tmp_path_factory.mktemp("land")
    resistance, swath = neck()
    cores = np.zeros(SHAPE, np.int32)
    cores[:, :3], cores[:, 27:] = 1, 2
    return {
        "r": written(folder, "r.tif", resistance),
        "cores": written(folder, "cores.tif", cores),
        "swath": written(folder, "swath.tif", swath),
    }


@pytest.fixture
def run(landbridge, land, tmp_path):
    """Return a function that looks at these files, some of them exchanged."""

    def with_files(*more, countries=False, **other):
        files = {**land, **other}
        given = (
            *("--resistance", files["r"], "--corridor", files["swath"]),
            *("--cores", files["cores"], "--out", tmp_path / "out"),
            *(() if countries else ("--no-countries",)),
        )
        return landbridge("circuit", *given, *more)

    return with_files


def table(tmp_path, name):
    with (tmp_path / "out" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_waist_and_the_wall_are_found(run, tmp_path):
    ended = run(countries=True)
    assert (ended.status, ended.err) == (0, "")
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {
        "current.tif", "current_sum.tif", "barriers.tif", "circuit.gpkg",
        "pinch_points.csv", "barriers.csv", "circuit.csv", "circuit.run.json",
    }  # fmt: skip
    current = read_raster(out / "current.tif").values
    assert current[7, WAIST] == pytest.approx(1.0, abs=1e-6)
    assert np.isnan(current[0, 10])
    assert np.nansum(current[:, WAIST]) == pytest.approx(1.0, abs=1e-6)
    np.testing.assert_array_equal(read_raster(out / "current_sum.tif").values, current)

    first = table(tmp_path, "pinch_points.csv")[0]
    assert (first["rank"], first["corridor_id"], first["country"]) == ("1", "1:2", "CHN")
    x, y = (WAIST + 0.5) * SIDE, -7.5 * SIDE
    assert (float(first["x"]), float(first["y"])) == (x, y)
    to_degrees = Transformer.from_crs(LAEA, "EPSG:4326", always_xy=True)
    assert (float(first["lon"]), float(first["lat"])) == pytest.approx(
        to_degrees.transform(x, y), abs=1e-4
    )
    assert float(first["current_share"]) == pytest.approx(1.0)
    assert float(first["cells_across"]) == pytest.approx(1.0, abs=0.01)

    # By hand: 25 steps of 100 m on ground of 1, of which two are half on the wall of 50. A disc
    # of one cell about the wall takes 22 + 2 steps that stay, and its own diameter of 200 m.
    least = 23 * 100 + 2 * 100 * 25.5
    best = table(tmp_path, "barriers.csv")[0]
    assert (float(best["x"]), float(best["radius_m"])) == ((WALL + 0.5) * SIDE, SIDE)
    assert float(best["saved_cost"]) == pytest.approx(2 * 100 * 25.5 - 200)
    assert float(best["score"]) == pytest.approx((2 * 100 * 25.5 - 200) / 200)
    assert float(best["saved_percent"]) == pytest.approx(100 * (5100 - 200) / least, abs=0.01)
    percent = read_raster(out / "barriers.tif").values
    assert percent[7, WALL] == pytest.approx(float(best["saved_percent"]), abs=0.01)

    (row,) = table(tmp_path, "circuit.csv")
    assert float(row["least_cost"]) == least
    assert (row["highest_share"], row["countries"], row["reason"]) == ("1.0", "CHN", "")
    assert words("1:2 CHN 131.0") in words(ended.out)
    assert "Restored land" not in ended.out


def test_layers_lie_on_the_grid_and_the_record_tells_how(run, raster, tmp_path):
    resistance, _ = neck()
    dear = raster("dear.tif", 5 * resistance)
    ended = run("--radius", "300", "--radius", "150", r=dear)
    assert "resistance of 1; the lowest of dear.tif is 5." in ended.out
    path = tmp_path / "out" / "circuit.gpkg"
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert names == {"pinch_points", "barriers", "corridors"}
    for name in ("pinch_points", "barriers"):
        layer = gpd.read_file(path, layer=name)
        rows = table(tmp_path, f"{name}.csv")
        assert [point.x for point in layer.geometry] == [float(row["x"]) for row in rows]
        assert set(layer["country"].fillna("")) == {""}
        assert list(layer["rank"]) == list(range(1, len(rows) + 1))
    (swath,) = gpd.read_file(path, layer="corridors").geometry
    assert swath.area == pytest.approx((3 * 24 - 2) * SIDE**2)
    record = json.loads((tmp_path / "out" / "circuit.run.json").read_text(encoding="utf-8"))
    assert record["parameters"]["radii_m"] == [150.0, 300.0]
    assert record["parameters"]["restored_resistance"] == 1.0
    assert set(record["outputs"]) == {p.name for p in path.parent.iterdir()} - {
        "circuit.run.json"
    }
    assert len(record["inputs"]) == 3
    radii = {float(row["radius_m"]) for row in table(tmp_path, "barriers.csv")}
    assert radii <= {150.0, 300.0}


def test_what_corridors_wrote_is_looked_at_and_one_can_be_chosen(
    run, landbridge, land, raster, tmp_path
):
    cores = np.zeros(SHAPE, np.int32)
    cores[:, :3], cores[6:9, 15:17], cores[:, 27:] = 1, 2, 3
    found = tmp_path / "found"
    three = raster("three.tif", cores)
    given = ("--resistance", land["r"], "--cores", three, "--out", found, "--no-countries")
    assert landbridge("corridors", *given).status == 0
    file = found / "corridors.gpkg"
    ended = run(swath=file, cores=file)
    assert ended.status == 0, ended.err
    both = table(tmp_path, "circuit.csv")
    assert [row["corridor_id"] for row in both] == ["1:2", "2:3"]
    told = {
        row["corridor_id"]: row["cost"]
        for row in csv.DictReader(
            (found / "corridors.csv").read_text(encoding="utf-8-sig").splitlines()
        )
    }
    assert {row["corridor_id"]: row["least_cost"] for row in both} == told
    total = read_raster(tmp_path / "out" / "current_sum.tif").values
    assert run("--corridor-id", "2:3", swath=file, cores=file).status == 0
    (one,) = table(tmp_path, "circuit.csv")
    assert one == both[1]
    alone = read_raster(tmp_path / "out" / "current.tif").values
    assert np.nanmax(np.abs(alone - total)) == pytest.approx(0.0, abs=1e-9)
    ended = run("--corridor-id", "1:3", swath=file, cores=file)
    assert ended.status == 1
    assert "holds no corridor 1:3" in ended.err


def test_two_corridors_between_the_same_cores_share_what_to_restore(run, tmp_path):
    boxes = [shapely.box(300, -900, 2700, -600), shapely.box(300, -300, 2700, 0)]
    frame = gpd.GeoDataFrame(
        {"corridor_id": ["south", "north"], "core_a": ["1", "2"], "core_b": ["2", "1"]},
        geometry=boxes,
        crs=LAEA,
    )
    frame.to_file(tmp_path / "two.gpkg")
    assert run(swath=tmp_path / "two.gpkg").status == 0
    south, north = table(tmp_path, "circuit.csv")
    assert south["least_cost"] == north["least_cost"]
    assert float(north["resistance_ohm"]) > float(south["resistance_ohm"])
    assert south["barriers"] == north["barriers"] != "0"
    places = table(tmp_path, "barriers.csv")
    assert {row["corridor_id"] for row in places} == {"south, north"}
    current = read_raster(tmp_path / "out" / "current.tif").values
    assert np.nansum(current[:, 10]) == pytest.approx(2.0, rel=0.1)


def test_a_corridor_without_a_pinch_point_says_so(run, raster, tmp_path):
    swath = np.zeros(SHAPE, np.int32)
    swath[:, 3:27] = 1
    ended = run(r=raster("even.tif", np.ones(SHAPE)), swath=raster("wide.tif", swath))
    assert ended.status == 0
    assert "1:2: no pinch point; no cell carries more than 6.9 % of the current." in ended.out
    (row,) = table(tmp_path, "circuit.csv")
    assert (row["pinch_points"], row["reason"]) == ("0", "")
    assert float(row["highest_share"]) == pytest.approx(1 / 15, rel=0.05)
    assert float(row["cells_across"]) == pytest.approx(15, rel=0.15)
    assert table(tmp_path, "barriers.csv") == []  # nothing is better than ground of 1


# Bad input of the kinds that the issue lists.


@pytest.mark.parametrize("name", ["cores", "swath"])
def test_grids_that_do_not_match(run, raster, name):
    ended = run(**{name: raster("other.tif", np.ones((15, 31), np.int32))})
    assert ended.status == 1
    assert "different grids" in ended.err
    assert "15 rows of 31 cells" in ended.err
    assert "gdalwarp" in ended.err


def test_a_geographic_system(run, raster):
    ended = run(r=raster("deg.tif", np.ones(SHAPE), crs="EPSG:4326", side=0.01, left=131))
    assert ended.status == 1
    assert "in degrees (WGS 84)" in ended.err
    assert "Warp it to a projected" in ended.err


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_zero_or_negative_resistance(run, raster, value):
    resistance = np.ones(SHAPE)
    resistance[4, 4] = value
    ended = run(r=raster("bad.tif", resistance))
    assert ended.status == 1
    assert "resistance must be above 0" in ended.err
    assert "row 5, column 5" in ended.err


def test_a_core_on_nodata(run, raster, tmp_path):
    resistance, _ = neck()
    resistance[:, 27:] = np.nan
    assert_reason(
        run(r=raster("hole.tif", resistance)),
        tmp_path,
        "core 2 lies on NoData with all its cells",
    )


def test_a_core_partly_on_nodata_is_what_is_left_of_it(run, raster, tmp_path):
    resistance, _ = neck()
    resistance[:, 28:] = np.nan
    cores = np.zeros(SHAPE, np.int32)
    cores[:, :3], cores[0, 15], cores[:, 27:] = 1, 2, 7
    files = {"r": raster("half.tif", resistance), "cores": raster("three.tif", cores)}
    ended = run(**files)
    assert ended.status == 1
    assert "holds 3 cores" in ended.err
    assert "--between 1,2" in ended.err
    assert run("--between", "1,7", **files).status == 0
    (row,) = table(tmp_path, "circuit.csv")
    assert (float(row["least_cost"]), row["reason"]) == (23 * 100 + 2 * 100 * 25.5, "")


def test_cores_outside_the_grid(run, tmp_path):
    boxes = [shapely.box(0, -900, 300, -600), shapely.box(9e6, 0, 9.1e6, 9)]
    gpd.GeoDataFrame(geometry=boxes, crs=LAEA).to_file(tmp_path / "far.gpkg")
    ended = run(cores=tmp_path / "far.gpkg")
    assert_reason(ended, tmp_path, "core 2 has no cell here: it lies outside the grid")


def test_one_core(run, raster, tmp_path):
    cores = np.zeros(SHAPE, np.int32)
    cores[:, :3] = 1
    ended = run(cores=raster("one.tif", cores))
    assert ended.status == 1
    assert "one core only, 1, and a corridor needs two" in ended.err
    assert not (tmp_path / "out").exists()


def test_cores_that_touch(run, raster, tmp_path):
    cores = np.ones(SHAPE, np.int32)
    cores[:, 15:] = 2
    ended = run(cores=raster("touch.tif", cores))
    assert_reason(ended, tmp_path, "its cores touch, so there is no land between them")


def test_cores_that_no_land_joins(run, raster, tmp_path):
    resistance, _ = neck()
    resistance[:, 15] = np.nan
    ended = run(r=raster("cut.tif", resistance))
    assert_reason(ended, tmp_path, "no passable land joins its cores")


def test_a_corridor_that_does_not_join_its_cores_still_has_land_to_restore(
    run, raster, tmp_path
):
    swath = np.zeros(SHAPE, np.int32)
    swath[6:9, 3:10] = 1
    ended = run(swath=raster("stub.tif", swath))
    assert ended.status == 0
    assert "1:2: no way leads from core to core within the corridor." in ended.out
    (row,) = table(tmp_path, "circuit.csv")
    assert row["reason"] == "no way leads from core to core within the corridor"
    assert (row["pinch_points"], row["resistance_ohm"]) == ("0", "")
    assert int(row["barriers"]) == len(table(tmp_path, "barriers.csv")) > 0


def test_work_can_be_stopped_and_leaves_nothing(land, tmp_path):
    told = []

    class Stop:
        def report(self, fraction):
            told.append(fraction)
            if fraction > limit:
                raise KeyboardInterrupt

    drawn = DrawnCorridors(Source.of(land["swath"]), Source.of(land["cores"]))
    request = PinchRequest(land["r"], drawn, tmp_path / "out", countries=False)
    for limit in (0.15, 0.65):  # noqa: B007 - Stop reads it
        with pytest.raises(KeyboardInterrupt):
            look_at_corridors(request, Stop())
        assert not (tmp_path / "out").exists()
    told.clear()
    limit = 1.0
    look_at_corridors(request, Stop())
    assert told == sorted(told)
    assert told[-1] == 1.0


def assert_reason(ended, tmp_path, reason):
    """See that the one corridor is a row with its reason, and that nothing else is told."""
    assert (ended.status, ended.err) == (0, "")
    assert f"1:2: {reason}." in ended.out
    (row,) = table(tmp_path, "circuit.csv")
    assert row["reason"] == reason
    assert (row["pinch_points"], row["barriers"]) == ("0", "0")
    assert table(tmp_path, "pinch_points.csv") == table(tmp_path, "barriers.csv") == []
    assert np.isnan(read_raster(tmp_path / "out" / "current.tif").values).all()
    assert not read_raster(tmp_path / "out" / "barriers.tif").values.any()


def test_a_radius_below_a_cell(run, tmp_path):
    ended = run("--radius", "500", "--radius", "60")
    assert ended.status == 1
    assert "A radius of 60 m is less than a cell of 100 m" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "Give the .ini file of a case, a project folder, or --resistance"),
        (("--resistance", "r.tif", "--out", "o"), "Give --corridor and --cores"),
        (("--radius", "-5", "--resistance", "r.tif", "--out", "o"), "--radius must be above 0"),
        (("--radius", "nan", "--resistance", "r", "--out", "o"), "--radius must be above 0"),
        (("--resistance", "r.tif", "--resume"), "--resume goes with a case, not with files"),
        (("--cores", "c", "--memory", "2", "--cluster", "x"), "--memory, --cluster go with a"),
        (("-s", "amur-tiger"), "--species goes with a project folder, not with files"),
        (("{p}", "--radius", "500"), "--radius goes with files, not with a project"),
        (("{p}", "--corridor-id", "1:2"), "--corridor-id goes with files"),
        (("{p}", "--no-countries"), "--no-countries goes with files"),
        (("{p}", "--out", "o"), "--out goes with files"),
        (("{p}", "--cluster", "x"), "--cluster goes with a case, not with a project"),
        (("case.ini", "--between", "1,2"), "--between goes with files, not with a case"),
        (("case.ini", "--core-field", "id"), "--core-field goes with files, not with a case"),
    ],
)
def test_options_that_would_say_nothing_are_refused(
    landbridge, given, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.landbridge").mkdir()
    ended = landbridge("circuit", *(word.format(p="p.landbridge") for word in given))
    assert ended.status == 2
    assert said in words(ended.err)
    assert ended.err.count("\n") == 1


def test_the_help_names_real_options_in_its_examples(landbridge):
    text = words(landbridge("circuit", "--help").out)
    options = text[text.index("Arguments") :]
    example = re.search(r"landbridge circuit --resistance [^•]*?--out", text)
    assert example is not None
    for option in re.findall(r"--[a-z-]+", example.group()):
        assert option in options
