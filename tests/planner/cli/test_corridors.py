"""`landbridge corridors`, `width` and `widen` at the command line, with every bad input."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from affine import Affine

import planner.cli.corridors as corridors_module
import planner.cli.widen as widen_module
from layers.grid import Grid
from layers.raster import write_cog
from planner.corridors.result import CountryShare, WideningResult
from planner.project import AddFeatures, AddScenario, Project

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
SHAPE = (15, 30)
VERBS = ("corridors", "width", "widen")


def words(text):
    return " ".join(re.sub(r"[│╭╮╰╯─•]", " ", text).split())


@pytest.fixture
def raster(tmp_path):
    """Return a function that writes a raster of 100 m cells."""

    def write(name, values, crs=LAEA, side=100.0, left=0.0):
        values = np.asarray(values)
        grid = Grid(crs, Affine(side, 0, left, 0, -side, 0), values.shape)
        nodata = None if values.dtype.kind == "f" else 0
        write_cog(tmp_path / name, values, grid, nodata=nodata)
        return tmp_path / name

    return write


@pytest.fixture
def land(raster):
    """Write two cores, a swath of 3 rows (1 in the middle), resistance and cost."""
    cores, swath = np.zeros(SHAPE, np.int32), np.zeros(SHAPE, np.int32)
    cores[:, :3], cores[:, 27:] = 1, 2
    swath[6:9, 3:27] = 1
    swath[[6, 8], 12:15] = 0
    resistance = np.where(swath > 0, 1.0, 9.0)
    return {
        "r": raster("r.tif", resistance),
        "cores": raster("cores.tif", cores),
        "swath": raster("swath.tif", swath),
        "cost": raster("cost.tif", np.full(SHAPE, 2.0)),
    }


@pytest.fixture
def run(landbridge, land, tmp_path):
    """Return a function that runs a verb on these files, some of them exchanged."""

    def with_files(verb, *more, **other):
        files = {**land, **other}
        given = {
            "corridors": ("--resistance", files["r"], "--cores", files["cores"]),
            "width": (
                *("--corridor", files["swath"], "--cores", files["cores"]),
                *("--needed", other.get("m", 300)),
            ),
            "widen": (
                *("--corridor", files["swath"], "--cores", files["cores"]),
                *("--cost", files["cost"], "--width", other.get("m", 300)),
            ),
        }[verb]
        return landbridge(verb, *given, "--out", tmp_path / "out", "--no-countries", *more)

    return with_files


@pytest.mark.parametrize("verb", VERBS)
def test_help_reads_well_and_its_examples_name_real_options(landbridge, verb):
    ended = landbridge(verb, "--help")
    assert ended.status == 0
    text = words(ended.out)
    examples = re.findall(rf"landbridge {verb} [^•]*?(?= landbridge|Arguments)", text)
    examples = examples[1:]  # the first is the line of the usage
    assert len(examples) == 3
    options = text[text.index("Arguments") :]
    for example in examples:
        for option in re.findall(r"--[a-z-]+", example):
            assert option in options


def test_corridors_are_told_as_a_table(run, tmp_path):
    ended = run("corridors", "--share", "0.2")
    assert (ended.status, ended.err) == (0, "")
    assert re.search(r"1 - 2 +2\.5 +\S+ +100", ended.out)
    for name in ("corridors.gpkg", "mosaic.tif", "cost_distance.tif", "corridors.run.json"):
        assert str(tmp_path / "out" / name) in ended.out.replace("\n", "")
        assert (tmp_path / "out" / name).is_file()


def test_widths_are_told_with_bottlenecks(run, tmp_path):
    ended = run("width")
    assert (ended.status, ended.err) == (0, "")
    assert "1:2, 1: 100 m wide for" in ended.out
    assert "200 m short" in ended.out
    assert "Widths are true to a cell of 100 m." in ended.out
    assert (tmp_path / "out" / "profile.csv").is_file()


def test_a_widening_is_told_with_cost_bound_and_countries(run, tmp_path):
    ended = run("widen", "--budget", "11", "--need", "tiger=200")
    assert (ended.status, ended.err) == (0, "")
    assert "1:2 to 300 m, for tiger" in ended.out
    assert "0.06 km² to add; cost 12.00 (units of cost.tif)" in ended.out
    assert "Measured again: 300 m at its narrowest; 1 narrow stretch removed, 0 left" in (
        ended.out
    )
    assert "<- within the budget" in ended.out
    assert len(pyogrio.list_layers(tmp_path / "out" / "widening.gpkg")) == 4


def test_what_corridors_wrote_is_what_width_and_widen_read(run, landbridge, land, tmp_path):
    run("corridors", "--mean-width", "300")
    found = tmp_path / "out" / "corridors.gpkg"
    both = ("--corridor", found, "--cores", found, "--no-countries")
    out = tmp_path / "next"
    ended = landbridge("width", *both, "--grid", land["r"], "--needed", 500, "--out", out)
    assert ended.status == 0
    assert "1:2" in ended.out
    ended = landbridge("widen", *both, "--cost", land["cost"], "--width", 500, "--out", out)
    assert ended.status == 0
    assert "1:2 to 500 m" in ended.out


# Bad input of the kinds that the issue lists.


def test_grids_that_do_not_match(run, raster):
    other = raster("other.tif", np.ones((15, 31), np.int32))
    for verb, name in (("corridors", "cores"), ("width", "cores"), ("widen", "swath")):
        ended = run(verb, **{name: other})
        assert ended.status == 1
        assert "different grids" in ended.err
        assert "15 rows of 31 cells" in ended.err
        assert "gdalwarp" in ended.err


def test_a_geographic_system(run, raster):
    degrees = raster("deg.tif", np.ones(SHAPE, np.int32), crs="EPSG:4326", side=0.01, left=131)
    for verb, name in (("corridors", "r"), ("width", "swath"), ("widen", "cost")):
        ended = run(verb, **{name: degrees})
        assert ended.status == 1
        assert "in degrees (WGS 84)" in ended.err
        assert "Warp it to a projected" in ended.err


@pytest.mark.parametrize("value", [0.0, -3.0])
def test_zero_or_negative_resistance(run, raster, value):
    resistance = np.ones(SHAPE)
    resistance[4, 4] = value
    ended = run("corridors", r=raster("bad.tif", resistance))
    assert ended.status == 1
    assert "resistance must be above 0" in ended.err
    assert "row 5, column 5" in ended.err


def test_cores_that_nothing_joins_are_rows(run, raster, tmp_path):
    resistance = np.ones(SHAPE)
    resistance[:, 15] = np.nan
    ended = run("corridors", r=raster("cut.tif", resistance))
    assert ended.status == 0
    assert "1 - 2: no passable land joins them" in ended.out
    table = (tmp_path / "out" / "corridors.csv").read_text(encoding="utf-8-sig")
    assert "1:2,1,2,not joined,no passable land joins them" in table


@pytest.mark.parametrize("verb", VERBS)
def test_one_core(run, raster, verb):
    cores = np.zeros(SHAPE, np.int32)
    cores[:, :3] = 1
    ended = run(verb, cores=raster("one.tif", cores))
    assert ended.status == 1
    assert "one core only, 1, and a corridor needs two" in ended.err


def shapes(tmp_path, *boxes):
    frame = gpd.GeoDataFrame(geometry=[shapely.box(*box) for box in boxes], crs=LAEA)
    frame.to_file(tmp_path / "shapes.gpkg")
    return tmp_path / "shapes.gpkg"


def test_cores_outside_the_grid(run, tmp_path):
    given = shapes(tmp_path, (0, -900, 300, -600), (2700, -900, 3000, -600), (9e6, 0, 9.1e6, 9))
    ended = run("corridors", cores=given)
    assert ended.status == 0
    assert "1 - 2" in ended.out
    assert "Core 3 is left out: it lies outside the grid." in ended.out
    ended = run("corridors", cores=shapes(tmp_path, (8e6, 0, 8.1e6, 9), (9e6, 0, 9.1e6, 9)))
    assert ended.status == 0
    assert "No corridor was found." in ended.out
    far = shapes(tmp_path, (0, -900, 300, -600), (9e6, 0, 9.1e6, 9))
    ended = run("width", cores=far)
    assert ended.status == 0
    assert "core 2 has no cell here: it lies outside the grid" in ended.out
    ended = run("widen", cores=far)
    assert ended.status == 1
    assert "cannot be widened: core 2 has no cell here" in ended.err


def test_a_core_on_nodata(run, raster):
    resistance = np.ones(SHAPE)
    resistance[:, 27:] = np.nan
    ended = run("corridors", r=raster("hole.tif", resistance))
    assert ended.status == 0
    assert "1 - 2: core 2 lies on NoData with all its cells" in ended.out
    ended = run("widen", cost=raster("hole2.tif", np.where(resistance > 0, 1.0, np.nan)))
    assert ended.status == 1
    assert "no land that may be used joins the two cores" in ended.err


def test_a_width_smaller_than_a_cell(run):
    ended = run("width", m=40)
    assert ended.status == 1
    assert "A width of 40 m is less than a cell of 100" in ended.err
    ended = run("widen", m=40)
    assert ended.status == 1
    assert "less than a cell of 100" in ended.err


def test_a_corridor_that_no_width_can_pass(run, raster):
    cost = np.ones(SHAPE)
    cost[:, 20] = np.nan
    ended = run("widen", cost=raster("wall.tif", cost))
    assert ended.status == 1
    assert "A corridor 300 m wide cannot pass" in ended.err
    swath = np.zeros(SHAPE, np.int32)
    swath[6:9, 3:10] = 1
    ended = run("width", swath=raster("stub.tif", swath))
    assert ended.status == 0
    assert "1:2: no way leads from core to core within the corridor." in ended.out


@pytest.mark.parametrize(
    ("verb", "given", "said"),
    [
        ("corridors", ("--cores", "c.tif"), "Give --cores and --out"),
        ("corridors", ("--cores", "c.tif", "--out", "o"), "one of --resistance and"),
        (
            "corridors",
            ("--resistance", "r.tif", "--suitability", "s.tif", "--cores", "c", "--out", "o"),
            "one of --resistance and --suitability",
        ),
        (
            "corridors",
            ("--resistance", "r.tif", "--curve", "k.csv", "--cores", "c", "--out", "o"),
            "go with --suitability",
        ),
        (
            "corridors",
            (
                "--suitability",
                "s",
                "--curve",
                "k",
                "--shape",
                "2",
                "--cores",
                "c",
                "--out",
                "o",
            ),
            "one of --maximum with --shape, --curve and --classes",
        ),
        (
            "corridors",
            ("--resistance", "r", "--cores", "c", "--out", "o", "--neighbours", "6"),
            "4 or 8 neighbours, not 6",
        ),
        (
            "corridors",
            ("--resistance", "r", "--cores", "c", "--out", "o", "--cutoff", "-1"),
            "--cutoff must be 0 or more",
        ),
        (
            "corridors",
            ("--resistance", "r", "--cores", "c", "--out", "o", "--mean-width", "0"),
            "--mean-width must be above 0",
        ),
        ("corridors", ("p", "--resistance", "r.tif"), "a project or files, not both"),
        ("width", (), "or a project folder"),
        ("width", ("--needed", "5", "--out", "o"), "Give --corridor and --cores"),
        (
            "width",
            ("--corridor", "s", "--cores", "c", "--needed", "-5", "--out", "o"),
            "--needed must be above 0 m",
        ),
        (
            "width",
            *[
                (
                    "--corridor",
                    "s",
                    "--cores",
                    "c",
                    "--needed",
                    "5",
                    "--out",
                    "o",
                    "--between",
                    "1",
                )
            ],
            "--between names two cores",
        ),
        ("width", ("p", "--corridor", "s"), "a project or files, not both"),
        ("widen", ("--out", "o"), "Give the width with --width"),
        ("widen", ("--width", "5", "--out", "o"), "--cost, --width and --out"),
        (
            "widen",
            *[("--width", "5", "--out", "o", "--cost", "c", "--corridor", "s", "--cores", "c")],
            "There is no file",
        ),
        ("widen", ("p", "--width", "5", "--cost", "c"), "a project or files, not both"),
    ],
)
def test_options_that_do_not_go_together(landbridge, verb, given, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = landbridge(verb, *given)
    assert ended.status in {1, 2}
    assert said in words(ended.err)
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words_given", "said"),
    [
        (("corridors", "{p}", "--mean-width", "500"), "--mean-width goes with files"),
        (("corridors", "{p}", "--neighbours", "4", "--share", "0"), "--share, --neighbours go"),
        (
            ("corridors", "--cores", "c.tif", "-s", "amur-tiger"),
            "--species goes with a project",
        ),
        (("width", "{p}", "--needed", "500"), "--needed goes with files"),
        (("widen", "{p}", "--width", "500", "--budget", "5"), "--budget goes with files"),
        (("widen", "--width", "500", "--propose", "Link"), "--propose goes with a project"),
    ],
)
def test_an_option_that_would_say_nothing_is_refused(
    landbridge, words_given, said, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    ended = landbridge(*(word.format(p=tmp_path / "p.landbridge") for word in words_given))
    assert ended.status == 2
    assert said in words(ended.err)


@pytest.mark.parametrize(
    ("verb", "option"), [("corridors", "--cores"), ("width", "--cores"), ("widen", "--exclude")]
)
def test_a_file_that_is_not_there(run, verb, option, tmp_path):
    ended = run(verb, option, tmp_path / "none.gpkg")
    assert ended.status == 1
    assert f"There is no file {tmp_path / 'none.gpkg'}. Check the path." in ended.err
    assert not (tmp_path / "out").exists()


def test_a_width_beyond_the_grid_is_refused_in_one_sentence(run):
    ended = run("widen", m=1e9)
    assert ended.status == 1
    assert "A corridor 1,000,000,000 m wide cannot pass: about 1,500 m" in ended.err
    assert "cannot pass" not in ended.out
    ended = run("widen", "--budget", "5", m=1e9)
    assert ended.status == 1


@pytest.mark.parametrize("need", ["tiger", "tiger=", "=5", "tiger=-2", "tiger=wide"])
def test_a_need_is_a_name_and_a_width(run, need):
    ended = run("widen", "--need", need)
    assert ended.status == 2
    assert "such as tiger=2000" in ended.err


# On a project.


@pytest.fixture
def project(tmp_path):
    """Make a project with one corridor of a tiger that was measured."""
    path = tmp_path / "p.landbridge"
    profile = {
        "distance_m": [0.0, 500.0, 1000.0],
        "width_m": [900.0, 400.0, 900.0],
        "x": [0.0, 1.0, 2.0],
        "y": [0.0, 1.0, 2.0],
        "needed_m": 800.0,
        "stretches": [
            {"start_m": 300.0, "end_m": 700.0, "width_m": 400.0, "country": "RUS"},
        ],
    }
    record = {
        "corridor_id": "amur-tiger-1:amur-tiger-2",
        "scenario": "plan",
        "species": "amur-tiger",
        "name": "One to Two",
        "core_a": "amur-tiger-1",
        "core_b": "amur-tiger-2",
        "countries": ["CHN", "RUS"],
        "length_km": 1.0,
        "cost": 1234.0,
        "min_width_m": 400.0,
        "mean_width_m": 700.0,
        "kind": "path",
        "geometry": shapely.LineString([(0, 0), (1000, 0)]),
        "attributes": {
            "profile": profile,
            "throat_flow_m": 450.0,
            "crossings": [{"border": "CHN-RUS", "lat": 43.1, "lon": 131.2}],
        },
    }
    with Project.create(path, name="P", region_id="tumen-estuary", crs=LAEA, author="Ann") as p:
        p.execute(AddScenario("plan", "Plan"))
        p.execute(AddFeatures("corridors", [record]))
    return path


def test_the_widths_of_a_project_are_told(landbridge, project):
    ended = landbridge("width", project)
    assert (ended.status, ended.err) == (0, "")
    assert "Amur tiger" in ended.out
    assert "400 m for 0.4 km in RUS" in words(ended.out)
    assert (
        landbridge("width", project, "--corridor-id", "amur-tiger-1:amur-tiger-2").status == 0
    )
    ended = landbridge("width", project, "--species", "snow-leopard")
    assert ended.status == 2
    assert "no corridor of snow-leopard. It holds those of amur-tiger" in ended.err


def test_corridors_of_a_project_are_found_by_its_steps(landbridge, project, monkeypatch):
    asked = []

    def found(opened, species, progress):
        asked.append([item.id for item in species])
        return True

    monkeypatch.setattr(corridors_module, "find_corridors", found)
    ended = landbridge("corridors", project, "--species", "amur-tiger")
    assert (ended.status, ended.err) == (0, "")
    assert asked == [["amur-tiger"]]
    assert "CHN-RUS 43.1 N 131.2 E" in ended.out
    ended = landbridge("corridors", project, "--species", "hooded-crane")
    assert ended.status == 2
    assert "flies from site to site" in ended.err


def test_a_widening_of_a_project_may_be_proposed(landbridge, project, monkeypatch):
    corridor_id = "amur-tiger-1:amur-tiger-2"
    area = shapely.box(0, 0, 1000, 1000)
    share = CountryShare("RUS", 0.5, 0.6, {"Forest": 0.5}, 1.0, 0.2)
    result = WideningResult(
        corridor_id, ("amur-tiger",), 900.0, 900.0, 0.6, area_km2=0.5, shares=(share,),
        geometry=area,
    )  # fmt: skip

    class Desk:
        @classmethod
        def of(cls, opened, species, also=()):
            assert (species, list(also)) == ("amur-tiger", ["amur-leopard"])
            return cls()

        def widened(self, asked, width, control):
            if width > 1000:
                return WideningResult(asked, ("amur-tiger",), width, refused="It cannot pass.")
            return result

    monkeypatch.setattr(widen_module, "WideningDesk", Desk)
    given = ("widen", project, "--corridor-id", corridor_id, "--also", "amur-leopard")
    ended = landbridge(*given, "--width", 900, "--propose", "Neck")
    assert (ended.status, ended.err) == (0, "")
    assert "0.50 km² to add; cost 0.60 (km² weighted by settlement pressure)" in ended.out
    assert "Proposed as 'Neck' in the scenario widening." in ended.out
    with Project.open(project) as opened:
        (row,) = opened.records("proposals", scenario="widening")
        assert row["name"] == "Neck"
        assert opened.undo() == "Propose Neck"
        assert [item.scenario_id for item in opened.scenarios()] == ["plan"]
    ended = landbridge(*given, "--width", 2000)
    assert (ended.status, ended.err) == (1, "landbridge: It cannot pass.\n")


def test_a_corridor_that_the_project_lacks_is_told(landbridge, project, tmp_path):
    ended = landbridge("widen", project, "--width", 900, "--corridor-id", "amur-tiger-1:2")
    assert ended.status == 2
    assert "Did you mean amur-tiger-1:amur-tiger-2" in ended.err
    empty = tmp_path / "e.landbridge"
    Project.create(empty, name="E", region_id="tumen-estuary", crs=LAEA, author="Ann").close()
    for verb, more in (("width", ()), ("widen", ("--width", 900, "--corridor-id", "x"))):
        ended = landbridge(verb, empty, *more)
        assert ended.status == 1
        assert "holds no corridor yet. Find them first: landbridge corridors" in ended.err
