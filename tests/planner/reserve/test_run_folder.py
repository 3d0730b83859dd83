"""The folder of a run: what is written comes back, and what was altered is told."""

from __future__ import annotations

import math
import zipfile

import geopandas as gpd
import numpy as np
import pytest
from scipy.sparse import csr_array
from shapely import box

from algorithms.reserve.problem import LinearConstraint, Problem, Redundancy
from algorithms.reserve.solution import Moment, boundary_length
from algorithms.reserve.solving import solve
from planner.errors import ReadOnlyProjectError
from planner.project import Project
from planner.reserve.errors import ReserveRunError
from planner.reserve.feature_rows import FeatureRow, write_features
from planner.reserve.run_folder import (
    FEATURES,
    PROBLEM,
    TRACE,
    ReserveRun,
    damaged_runs,
    find_run,
    list_runs,
)
from planner.reserve.stored_solution import read_solution
from resources.errors import UsageError

UNITS = gpd.GeoDataFrame(
    {
        "unit_id": list("abcd"),
        "country": ["CHN", "CHN", "RUS", "RUS"],
        "area_km2": [1.0, 2.0, 3.0, 4.0],
        "cost": [0.0, 2.0, 3.0, 4.0],
        "status": ["locked_in", "available", "available", "locked_out"],
        "existing": [True, False, False, False],
        "cover": [1.0, 0.25, 0.0, 0.0],
        "complex": [1, 0, 0, 0],
    },
    geometry=[box(i, 0, i + 1, 1) for i in range(4)],
    crs="EPSG:6933",
)
PROBLEM_OF_FOUR = Problem(
    cost=UNITS["cost"].to_numpy(),
    amount=csr_array(np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 0.0, 2.0, 2.0]])),
    target=np.array([2.0, 1.0]),
    locked_in=np.array([True, False, False, False]),
    locked_out=np.array([False, False, False, True]),
    edges=np.array([[0, 1], [1, 2], [2, 3]], np.int32),
    edge_length=np.ones(3),
    exposed_length=np.array([3.0, 2.0, 2.0, 3.0]),
    boundary_penalty=0.5,
    edge_factor=0.5,
    constraints=(LinearConstraint(name="few", coefficient=np.ones(4), upper=3.0),),
    redundancy=(
        Redundancy(feature=0, place=np.array([1, 1, 2, 2], np.int32), least=1.0, count=2),
    ),
    country=np.array([0, 0, 1, 1], np.int32),
    share_min={0: 0.1},
    share_max={1: 0.9},
    share_counts_locked_in=False,
    area=UNITS["area_km2"].to_numpy(),
    feature_names=("forest", "wetland"),
)


@pytest.fixture
def run(project, asked):
    made = ReserveRun.create(project, asked(title="First"))
    made.store_problem(UNITS, PROBLEM_OF_FOUR, ("CHN", "RUS"))
    return made


def test_a_problem_comes_back_as_it_was(run) -> None:
    problem, before = ReserveRun(run.folder).problem(), PROBLEM_OF_FOUR
    for name in Problem.__dataclass_fields__:
        new, old = getattr(problem, name), getattr(before, name)
        if name == "amount":
            assert (new.toarray() == old.toarray()).all()
        elif isinstance(old, np.ndarray):
            assert new.dtype == old.dtype
            assert (new == old).all()
        elif name == "constraints":
            assert (new[0].name, new[0].lower, new[0].upper) == ("few", -math.inf, 3.0)
            assert (new[0].coefficient == 1).all()
        elif name == "redundancy":
            assert (new[0].feature, new[0].least, new[0].count) == (0, 1.0, 2)
            assert new[0].place.tolist() == [1, 1, 2, 2]
        else:
            assert new == old, name
    assert ReserveRun(run.folder).country_names == ("CHN", "RUS")


def test_units_come_back_with_their_coordinate_system(run) -> None:
    units = ReserveRun(run.folder).units
    assert units["unit_id"].tolist() == list("abcd")
    assert units["existing"].tolist() == [True, False, False, False]
    assert units.crs == UNITS.crs
    assert units.geometry.area.tolist() == [1.0] * 4


def test_a_solution_comes_back_with_what_is_new_by_country(run) -> None:
    found = solve(PROBLEM_OF_FOUR, gap=0.0)
    run.save_solution("best", found, label="Best", kind="best", parameters={"t": 0.5})
    stored = ReserveRun(run.folder).solution()
    assert stored.mask().tolist() == found.selected.tolist() == [True, True, True, False]
    assert stored.parameters == {"t": 0.5}
    assert stored.targets_met
    by_country = {row.iso3: row for row in stored.countries}
    assert by_country["CHN"].area_km2 == 3.0
    assert by_country["CHN"].new_area_km2 == pytest.approx(1.5)
    assert by_country["CHN"].new_cost == 2.0
    assert by_country["RUS"].new_area_km2 == 3.0
    again = stored.solution()
    assert again.objective == found.objective
    assert again.bound == found.bound
    assert (again.features.held == found.features.held).all()
    assert (again.countries.cost == found.countries.cost).all()


def test_the_incumbent_is_kept_until_the_best_is(run) -> None:
    watcher = run.watcher()
    selected = np.array([True, True, True, False])
    assert watcher.told(Moment(0.1, 9.0, None, None, selected))
    assert not run.finished
    incumbent = ReserveRun.open(run.folder.parent.parent).solution()
    assert (incumbent.name, incumbent.kind) == ("incumbent", "incumbent")
    assert incumbent.bound is None
    assert incumbent.gap is None
    assert incumbent.boundary == boundary_length(PROBLEM_OF_FOUR, selected)
    run.save_solution("best", solve(PROBLEM_OF_FOUR), label="Best", kind="best")
    assert [item.name for item in run.solutions()] == ["best"]
    assert run.finished


def test_selections_that_follow_fast_are_written_at_the_next_moment(run) -> None:
    watcher = run.watcher()
    first, second = np.array([True] * 3 + [False]), np.array([True, False, True, False])
    watcher.told(Moment(1.0, 9.0, 1.0, 0.9, first))
    watcher.told(Moment(1.1, 8.0, 1.0, 0.9, second))
    assert run.solution("incumbent").objective == 9.0
    watcher.told(Moment(1.6, 8.0, 2.0, 0.75, None))
    assert run.solution("incumbent").objective == 8.0
    watcher.told(Moment(1.7, 7.0, 2.0, 0.7, first))
    watcher.flush()
    assert run.solution("incumbent").objective == 7.0


def test_the_trace_grows_line_by_line_and_half_a_line_is_left_out(run) -> None:
    watcher = run.watcher()
    watcher.told(Moment(0.5, None, 3.0, None, None))
    watcher.told(Moment(1.0, 9.0, 3.0, 0.5, None))
    watcher.told(Moment(1.2, 9.0, 3.0, 0.5, None))
    with run.file(TRACE).open("a") as stream:
        stream.write("2.0,8.0,")
    trace = run.trace()
    assert trace.shape == (2, 4)
    assert trace[1].tolist() == [1.0, 9.0, 3.0, 0.5]
    assert np.isnan(trace[0, 1])


def test_another_watcher_can_end_the_search(run) -> None:
    class Impatient:
        def told(self, moment):
            return moment.seconds < 1.0

    watcher = run.watcher(Impatient())
    assert watcher.told(Moment(0.5, 9.0, 3.0, 0.5, None))
    assert not watcher.told(Moment(1.5, 9.0, 3.0, 0.5, None))


def test_runs_are_listed_and_found_by_the_beginning_of_their_names(project, asked, run) -> None:
    other = ReserveRun.create(project, asked(title="Second"))
    assert {item.title for item in list_runs(project)} == {"First", "Second"}
    assert find_run(project, run.run_id[:6]).run_id == run.run_id
    assert find_run(project.path).run_id == other.run_id
    with pytest.raises(UsageError, match="has no run 'nothing'"):
        find_run(project, "nothing")


def test_a_project_without_runs_says_how_to_make_one(project) -> None:
    with pytest.raises(UsageError, match="landbridge propose"):
        ReserveRun.open(project)


def test_a_project_for_reading_takes_no_run(folder, asked) -> None:
    with (
        Project.open(folder, read_only=True) as reader,
        pytest.raises(ReadOnlyProjectError),
    ):
        ReserveRun.create(reader, asked())


def test_an_unknown_solution_is_told_with_those_that_are_there(run) -> None:
    with pytest.raises(UsageError, match="It has none yet"):
        run.solution()
    run.save_solution("best", solve(PROBLEM_OF_FOUR), label="Best", kind="best")
    with pytest.raises(UsageError, match="best"):
        run.solution("bets")


def test_a_name_that_is_no_file_name_is_refused(run) -> None:
    with pytest.raises(ValueError, match="name"):
        run.save_solution("../x", solve(PROBLEM_OF_FOUR), label="", kind="fair")


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_problem_is_told(run, damage) -> None:
    if damage is None:
        with zipfile.ZipFile(run.file(PROBLEM), "w") as packed:
            packed.writestr("plain.npy", b"x")
    else:
        run.file(PROBLEM).write_bytes(damage)
    with pytest.raises(ReserveRunError, match=r"problem\.npz cannot be read"):
        ReserveRun(run.folder).problem()


def test_a_problem_whose_parts_do_not_fit_is_told(run) -> None:
    arrays = dict(np.load(run.file(PROBLEM)))
    np.savez(run.file(PROBLEM), **{**arrays, "cost": arrays["cost"][:2]})
    with pytest.raises(ReserveRunError, match="cost"):
        ReserveRun(run.folder).problem()
    np.savez(run.file(PROBLEM), **{**arrays, "edges": arrays["edges"] + 2})
    with pytest.raises(ReserveRunError, match="edge"):
        ReserveRun(run.folder).problem()


def test_an_altered_solution_is_told(run) -> None:
    run.save_solution("best", solve(PROBLEM_OF_FOUR), label="Best", kind="best")
    path = run.folder / "solutions" / "best.json"
    path.write_text(path.read_text().replace('"selected":[0,1,2]', '"selected":[0,1,9]'))
    with pytest.raises(ReserveRunError, match="not there"):
        run.solution()
    path.write_text("{}")
    with pytest.raises(ReserveRunError, match=r"best\.json"):
        read_solution(path)


def test_a_run_whose_request_is_damaged_is_told_and_not_listed(project, run) -> None:
    (run.folder / "request.toml").write_text("nonsense")
    assert list_runs(project) == ()
    assert list(damaged_runs(project)) == [run.run_id]


def test_features_come_back_with_their_numbers(run) -> None:
    rows = (
        FeatureRow(
            "forest, old", "habitat", "x", "", "km²", 9.0, 8.0, 1.5, 2.0, "as asked", "?"
        ),
        FeatureRow("wetland", "raster", "", "CHN", "km²", 3.0, 3.0, 0.0, None, "", ""),
    )
    write_features(run.file(FEATURES), rows)
    assert run.features() == rows
    run.file(FEATURES).write_text("name\nx\n")
    with pytest.raises(ReserveRunError, match=r"features\.csv"):
        run.features()
