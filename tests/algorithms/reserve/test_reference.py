import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scipy.sparse import csr_array

from algorithms.reserve.problem import LinearConstraint, Problem
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve

REFERENCE = Path(__file__).parents[4] / "shared/peer/reserve"
OBJECTIVES = {
    "min_set": "minimum_set",
    "min_penalties": "minimum_set",
    "max_cover": "maximum_coverage",
    "max_utility": "maximum_utility",
}

pytestmark = [pytest.mark.reference, pytest.mark.slow]


def grid_edges(number):
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    down = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    edges = np.concatenate([across, down])
    return edges[(edges >= 0).all(axis=1)].astype(np.int32)


@pytest.fixture(scope="module")
def toys():
    path = REFERENCE / "toy_problems.json"
    if not path.is_file():
        pytest.skip("the reference data are not beside the repository")
    rows = {row["name"]: row for row in json.loads(path.read_text())}
    return {
        name: {**rows[row["same_as"]], **row} if "same_as" in row else row
        for name, row in rows.items()
    }


def toy_problem(row):
    cost = np.array([np.nan if value is None else value for value in row["cost"]], float)
    unit = ~np.isnan(cost)
    amount = np.array(row["features"], float)[:, unit]
    number = np.cumsum(unit) - 1

    def marked(key):
        marks = np.zeros(int(unit.sum()), bool)
        marks[number[row.get(key, [])]] = True
        return marks

    further = {}
    if "penalty" in row:
        data = cost if row["penalty"]["data"] == "cost" else row["penalty"]["data"]
        further["penalty"] = row["penalty"]["weight"] * np.array(data, float)[unit]
    if row["objective"] == "min_penalties":
        cost = np.where(unit, 0.0, np.nan)
        further["constraints"] = (
            LinearConstraint(
                name="budget",
                coefficient=np.array(row["cost"][: unit.size], dtype=object)[unit].astype(
                    float
                ),
                upper=row["budget"],
            ),
        )
    elif "budget" in row:
        further["budget"] = float(row["budget"])
    if "linear_constraint" in row:
        rule = row["linear_constraint"]
        further["constraints"] = (
            LinearConstraint(
                name="rule",
                coefficient=np.array(rule["data"], float)[unit],
                upper=rule["threshold"],
            ),
        )
    if "k" in row:
        further["edges"] = grid_edges(np.arange(unit.size).reshape(row["grid"]))
        further["neighbours"] = row["k"]
        further["neighbours_clamped"] = row["clamp"]
    targets = row.get("targets")
    if targets is None and row["objective"] == "max_cover":
        targets = np.ones(len(amount))
    return Problem(
        cost=cost[unit],
        amount=csr_array(amount),
        target=None if targets is None else np.array(targets, float),
        objective=OBJECTIVES[row["objective"]],
        weight=np.array(row["weights"], float) if "weights" in row else None,
        locked_in=marked("locked_in"),
        locked_out=marked("locked_out"),
        **further,
    )


@pytest.mark.parametrize(
    "name",
    [
        "min_set",
        "min_set_negative_amounts",
        "linear_penalty",
        "linear_constraint_le",
        "max_cover",
        "max_utility",
        "max_utility_weights",
        "min_penalties",
        "neighbours_k2_clamp",
    ],
)
def test_toy_problems(toys, name):
    solution = solve(toy_problem(toys[name]), gap=0.0)
    assert solution.selected.astype(int).tolist() == toys[name]["expected_solution"]
    assert solution.objective == pytest.approx(abs(toys[name]["brute_objective"]))
    assert solution.status == "optimal"


def test_too_few_neighbours_without_the_clamp(toys):
    with pytest.raises(InfeasibleProblemError):
        solve(toy_problem(toys["neighbours_k2_noclamp_infeasible"]), gap=0.0)


@pytest.fixture(scope="module")
def sim():
    folder = REFERENCE / "sim"
    if not folder.is_dir():
        pytest.skip("the reference data are not beside the repository")

    def read(name):
        with rasterio.open(folder / f"{name}.tif") as file:
            return file.read(masked=True).astype(float).filled(np.nan)

    cost = read("sim_pu_raster")[0]
    unit = ~np.isnan(cost)
    features = read("sim_features")
    number = np.full(cost.shape, -1)
    number[unit] = np.arange(int(unit.sum()))
    edges = grid_edges(number)
    touching = np.bincount(edges.ravel(), minlength=int(unit.sum()))
    plain = {
        "cost": cost[unit],
        "amount": csr_array(np.nan_to_num(features[:, unit])),
        "target": 0.1 * np.nansum(features, axis=(1, 2)),
    }
    bounds = {
        "edges": edges,
        "edge_length": np.full(len(edges), 0.1),
        "exposed_length": 0.1 * (4 - touching),
    }
    locks = {
        "locked_in": np.nan_to_num(read("sim_locked_in_raster")[0])[unit] > 0,
        "locked_out": np.nan_to_num(read("sim_locked_out_raster")[0])[unit] > 0,
    }
    return {"plain": plain, "bounds": bounds, "locks": locks}


def agrees(solution, optimum):
    assert solution.objective == pytest.approx(optimum, rel=1e-9)
    assert solution.bound <= solution.objective
    assert solution.bound == pytest.approx(optimum, rel=1e-6)
    assert solution.status == "optimal"


def test_minimum_set(sim):
    agrees(solve(Problem(**sim["plain"]), gap=0.0), 1978.9097290)


def test_locks(sim):
    agrees(solve(Problem(**sim["plain"], **sim["locks"]), gap=0.0), 2254.1952515)


def test_boundary_penalty(sim):
    problem = Problem(**sim["plain"], **sim["bounds"], boundary_penalty=50.0, edge_factor=0.5)
    agrees(solve(problem, gap=0.0), 2063.5449524)


def test_neighbours(sim):
    problem = Problem(**sim["plain"], edges=sim["bounds"]["edges"], neighbours=1)
    agrees(solve(problem, gap=0.0), 1983.4349976)


@pytest.mark.parametrize("method", ["exact", "rounding"])
@pytest.mark.parametrize(
    ("share", "optimum"), [(0.1, 3.4203851), (0.2, 1.8529047), (0.3, 0.2820671)]
)
def test_minimum_shortfall(sim, share, optimum, method):
    changed = {**sim["plain"], "target": 3.0 * sim["plain"]["target"]}
    problem = Problem(
        **changed,
        objective="minimum_shortfall",
        budget=share * float(sim["plain"]["cost"].sum()),
    )
    solution = solve(problem, gap=0.0, method=method)
    assert solution.objective == pytest.approx(optimum, abs=5e-8)
    assert solution.status == "optimal"


# Optima of further variants, on which this programme and another one of scipy's own agree.
@pytest.mark.parametrize(
    ("neighbours", "locked", "optimum"),
    [
        (2, False, 2012.0737457),
        (3, False, 17223.6823578),
        (4, False, 18487.1970062),
        (1, True, 3279.0493774),
        (2, True, 5535.5848389),
        (3, True, 14379.8494415),
        (4, True, 16252.2892151),
    ],
)
def test_more_neighbours(sim, neighbours, locked, optimum):
    locks = sim["locks"] if locked else {}
    problem = Problem(
        **sim["plain"], **locks, edges=sim["bounds"]["edges"], neighbours=neighbours
    )
    agrees(solve(problem, gap=0.0), optimum)


@pytest.mark.parametrize(
    ("lock", "optimum"), [("locked_in", 2254.1952515), ("locked_out", 1980.7011871)]
)
def test_one_kind_of_lock(sim, lock, optimum):
    agrees(solve(Problem(**sim["plain"], **{lock: sim["locks"][lock]}), gap=0.0), optimum)


@pytest.mark.parametrize(("factor", "optimum"), [(0.0, 2431.7563629), (1.0, 2446.8415527)])
def test_what_the_outside_edge_counts(sim, factor, optimum):
    problem = Problem(
        **sim["plain"],
        **sim["bounds"],
        **sim["locks"],
        boundary_penalty=50.0,
        edge_factor=factor,
    )
    agrees(solve(problem, gap=0.0), optimum)


@pytest.mark.parametrize("method", ["exact", "rounding"])
@pytest.mark.parametrize(
    ("objective", "share", "further", "optimum"),
    [
        ("minimum_largest_shortfall", 0.1, {}, 0.6890086),
        ("maximum_utility", 0.2, {"weight": np.arange(1.0, 6.0)}, 154.1153825),
    ],
)
def test_within_a_budget(sim, objective, share, further, optimum, method):
    asked = {**sim["plain"], "target": 3.0 * sim["plain"]["target"], **further}
    budget = share * float(sim["plain"]["cost"].sum())
    problem = Problem(**asked, objective=objective, budget=budget)
    solution = solve(problem, gap=0.0, method=method)
    assert solution.objective == pytest.approx(optimum, abs=5e-8)
    assert solution.status == "optimal"


def test_a_budget_that_is_too_small_is_told_with_what_is_missing(sim):
    with pytest.raises(InfeasibleProblemError, match="budget is") as caught:
        solve(Problem(**sim["plain"], budget=1900.0), gap=0.0)
    shortage = dict(caught.value.shortages)
    assert shortage["budget"] == pytest.approx(1978.9097290 - 1900.0, rel=0.1)
