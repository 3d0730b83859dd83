"""`landbridge propose`: from words to a request, and from a request to proposals."""

from __future__ import annotations

import json
import shutil

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from layers.grid import region_grid
from layers.raster import write_cog
from planner.cli.propose_options import by_country, with_layers, with_targets
from planner.cli.propose_tables import solution_lines
from planner.pipeline.study import SCENARIO
from planner.profiles import load_region
from planner.project import AddFeatures, AddScenario, Project, SetSetting
from planner.reserve.request_file import load_request, request_from
from planner.reserve.run_folder import ReserveRun, list_runs
from planner.reserve.stored_solution import StoredSolution
from resources.errors import UsageError

REGION = "tumen-estuary"
TIGER = {"kind": "habitat", "species": "amur-tiger", "target": {"share": 0.3}}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Make a project with two sites and habitat between them."""
    region = load_region(REGION)
    grid = region_grid(region.bounds.lonlat, 500.0)
    folder = tmp_path_factory.mktemp("propose") / "small"
    places = gpd.GeoSeries([Point(130.55, 43.0), Point(131.3, 43.05)], crs="EPSG:4326")
    shapes = places.to_crs(grid.crs).buffer(14_000).tolist()
    with Project.create(folder, name="Small", region_id=REGION, crs=grid.crs) as project:
        project.execute(AddScenario(SCENARIO, "Plan"))
        project.execute(SetSetting("species", ["amur-tiger"]))
        ids = ("hunchun-national-nature-reserve", "land-of-the-leopard-national-park")
        sites = [
            {
                "site_id": name,
                "name_en": name,
                "countries": [iso3],
                "designation_class": "national-park",
                "state": "active",
                "kind": "nominal",
                "geometry": shape,
            }
            for name, iso3, shape in zip(ids, ("CHN", "RUS"), shapes, strict=True)
        ]
        project.execute(AddFeatures("sites", sites))
        middle = box(*(shapes[0] | shapes[1]).bounds).centroid
        x, y = grid.cell_centres()
        away = np.hypot(x[None, :] - middle.x, y[:, None] - middle.y) / 1000.0
        values = np.exp(-((away / 50.0) ** 2))
        write_cog(project.raster_path("suitability_amur-tiger"), values, grid)
        return project.path


@pytest.fixture
def project(template, tmp_path):
    return shutil.copytree(template, tmp_path / template.name)


@pytest.fixture
def request_of_two():
    leopard = {**TIGER, "species": "amur-leopard"}
    return request_from({"features": [TIGER, leopard]})


SMALL = ("--size-km", 15, "--time-limit", 20, "--gap", 0.05)


def test_a_run_is_made_told_and_kept(landbridge, project) -> None:
    status, out, err = landbridge("propose", project, *SMALL, "--title", "First")
    assert (status, err) == (0, "")
    for words in (
        "First",
        "planning units: hexagons of 15 km",
        "The value is the cost of new land",
        "CHN China",
        "--fairness 5",
        "bound",
        "gap",
        "Amur tiger, habitat",
        "What each country gives",
        "2 of 2 existing sites are nominal",
        "expert weight, not a price",
        "report.html",
    ):
        assert words in out, words
    run = ReserveRun.open(project)
    assert run.finished
    assert run.request.title == "First"
    status, out, _ = landbridge("propose", project, "--list")
    assert status == 0
    assert run.run_id in out
    assert "finished" in out
    damaged = run.folder.with_name("damaged")
    damaged.mkdir()
    (damaged / "request.toml").write_text("features = 3")
    out = landbridge("propose", project, "--list").out
    assert run.run_id in out
    assert "damaged" in out
    assert "features" in out


def test_other_objectives_begin_without_a_boundary_penalty(landbridge, project) -> None:
    words = ("--objective", "minimum_shortfall", "--budget", 900)
    assert landbridge("propose", project, *SMALL, *words)[0] == 0
    run = ReserveRun.open(project)
    assert run.request.goal.boundary_penalty == 0.0
    assert run.solution().cost <= 900
    status, out, _ = landbridge("propose", project, *SMALL, *words, "--boundary-penalty", 1)
    assert status == 0
    assert "in the unit of the objective (minimum shortfall), not of costs" in out


def test_words_become_a_request_that_can_be_written_and_read(
    landbridge, project, tmp_path
) -> None:
    path = tmp_path / "asked.toml"
    status, out, _ = landbridge(
        "propose",
        project,
        *("--write-request", path, "--units", "square", "--size-km", 4, "--cost", "area"),
        *("--price-level", "RUS=0.5", "--share-min", "CHN=0.2", "--share-max", "CHN=0.7"),
        *("--target", "amur-tiger@each=40%", "--target", "amur-tiger=0", "--max-min-fair"),
        *("--boundary-penalty", 3, "--contiguous", "whole", "--method", "exact"),
    )
    assert status == 0
    assert "asked.toml" in out
    asked = load_request(path)
    assert (asked.units.kind, asked.units.size_km) == ("square", 4.0)
    assert asked.cost.kind == "area"
    assert asked.cost.price_level == {"RUS": 0.5}
    assert asked.shares.minimum == {"CHN": 0.2}
    assert asked.shares.maximum == {"CHN": 0.7}
    assert asked.shares.max_min_fair
    assert asked.goal.contiguous == "whole"
    assert asked.search.method == "exact"
    (feature,) = asked.features
    assert feature.by_country
    assert feature.target.share == 0.4
    assert list_runs(project) == ()
    status, _, err = landbridge("propose", project, "--request", path, "--size-km", -1)
    assert status == 2
    assert "units.size_km must be greater than 0" in err


def test_a_run_that_was_ended_is_listed_and_gone_on_with(landbridge, project, tmp_path) -> None:
    assert landbridge("propose", project, *SMALL)[0] == 0
    run = ReserveRun.open(project)
    best = run.folder / "solutions" / "best.json"
    left = json.loads(best.read_text()) | {"name": "incumbent", "kind": "incumbent"}
    (run.folder / "solutions" / "incumbent.json").write_text(json.dumps(left))
    best.unlink()
    assert "ended before it was finished" in landbridge("propose", project, "--list").out
    for words in (("--size-km", 3), ("--write-request", tmp_path / "asked.toml")):
        status, _, err = landbridge("propose", project, "--resume", run.run_id, *words)
        assert status == 2
        assert "Leave the other options out" in err
    told = landbridge("ledger", project)
    assert told.status == 0, told.err
    assert "Gives: share of the cost" in " ".join(told.out.split())
    assert landbridge("propose", project, "--resume", run.run_id[:4])[0] == 0
    assert ReserveRun(run.folder).finished
    status, _, err = landbridge("propose", project, "--resume", run.run_id)
    assert status == 2
    assert "is finished" in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--target", "amur-tiger"), "is not understood"),
        (("--target", "amur-tiger=much"), "'much' is no amount"),
        (("--target", "amur-tiger=30"), "30% for a percentage"),
        (("--target", "habitats:amur-tiger=0.3"), "Did you mean habitat"),
        (("--target", "amur-tiger=0"), "No feature is left"),
        (("--target", "unicorn=0.3"), "no species 'unicorn'"),
        (("--layer", "none.tif=0.3"), "there is no file"),
        (("--layer", "wetlands.gpkg"), "has no target. Write FILE=AMOUNT"),
        (("--neighbours", "7"), "a hexagon has 6 sides"),
        (("--units", "triangle"), "neither square nor hexagon"),
        (("--id-column", "name"), "--id-column has no effect"),
        (("--cost", "money"), "neither area nor pressure"),
        (("--price-level", "RUS"), "write ISO3=NUMBER"),
        (("--price-level", "RUS=-1"), "write ISO3=NUMBER"),
        (("--share-min", "CHN=0.2", "--share-min", "CHN=0.3"), "names CHN twice"),
        (("--share-min", "CHN=0.7", "--share-min", "RUS=0.7"), "sum to 1.4, over one"),
        (("--objective", "minimum_shortfall"), "needs a budget"),
        (("--share-min", "JPN=0.2"), "JPN"),
        (("--request", "none.toml"), "cannot be read"),
        (("--resume", "nothing"), "no run"),
        (("--target", "amur-tiger=99999km2"), "Amur tiger, habitat"),
    ],
)
def test_bad_words_are_refused_in_one_paragraph(landbridge, project, words, message) -> None:
    status, _, err = landbridge("propose", project, *words)
    assert status in {1, 2}
    assert message in err
    assert err.startswith("landbridge: ")
    assert err.count("\n") == 1
    assert list_runs(project) == ()


def test_a_folder_that_is_no_project(landbridge, tmp_path) -> None:
    status, _, err = landbridge("propose", tmp_path)
    assert status == 1
    assert str(tmp_path) in err


def test_targets_change_add_and_leave_out(request_of_two) -> None:
    changed = with_targets(
        request_of_two,
        [
            "amur-tiger=0.5",
            "corridors:amur-tiger=20%",
            "amur-leopard=0",
            "amur-tiger@chn=range",
        ],
    )
    told = [
        (item.kind, item.country, item.target.share, item.target.range_scaled)
        for item in changed.features
    ]
    assert told == [
        ("habitat", "", 0.5, False),
        ("corridors", "", 0.2, False),
        ("habitat", "CHN", None, True),
    ]
    area = with_targets(request_of_two, ["amur-tiger=500km2"]).features[0]
    assert area.target.amount == 500.0


def test_layers_of_ones_own_are_rasters_or_polygons(request_of_two, tmp_path) -> None:
    for name in ("wet.gpkg", "birds.tif"):
        (tmp_path / name).touch()
    words = [f"{tmp_path / 'wet.gpkg'}@each=50%", f"{tmp_path / 'birds.tif'}=1000"]
    with pytest.raises(UsageError, match="at most 1"):
        with_layers(request_of_two, words)
    words[1] = f"{tmp_path / 'birds.tif'}=1000km2"
    polygons, raster = with_layers(request_of_two, words).features[2:]
    assert (polygons.kind, polygons.name, polygons.by_country) == ("polygons", "wet", True)
    assert (raster.kind, raster.target.amount) == ("raster", 1000.0)
    with pytest.raises(UsageError, match="above 0"):
        with_layers(request_of_two, [f"{tmp_path / 'wet.gpkg'}=0"])


def test_numbers_by_country() -> None:
    assert by_country(["chn=0.2", "RUS=1"], "--share-min") == {"CHN": 0.2, "RUS": 1.0}
    assert by_country(None, "--share-min") == {}


def test_a_large_gap_is_told_with_what_can_be_done() -> None:
    request = request_from({"features": [TIGER], "shares": {"max_min_fair": True}})
    found = StoredSolution.model_construct(
        objective=100.0, bound=20.0, gap=0.8, status="time_limit", seconds=60.0, cost=90.0,
        boundary=0.0, selected=(1,), n_units=3, method="exact", reason="", notes=(),
    )  # fmt: skip
    told = " ".join(solution_lines(found, request))
    assert "--time-limit" in told
    assert "--fairness 5" in told
    near = found.model_copy(update={"gap": 0.05, "bound": 95.0})
    assert "may be far from the best" not in " ".join(solution_lines(near, request))
