"""Optima against every selection, scored by the formulas of Marxan's manual, written anew."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from algorithms.reserve.solving import solve
from planner.marxan.folder import read_folder
from planner.marxan.problem import kept_targets, missed_at_a_charge
from planner.marxan.standing import standing


def selections(n):
    return (np.array(bits, dtype=bool) for bits in itertools.product((0, 1), repeat=n))


def allowed(folder, chosen):
    status = folder.units.status
    return chosen[status == 2].all() and not chosen[status == 3].any()


def boundary_of(rows, ids, chosen, *, directed=False):
    """Add up a boundary line by line."""
    inside = dict(zip(ids.tolist(), chosen.tolist(), strict=True))
    total = 0.0
    for one, other, length in rows:
        if one == other:
            total += 0.0 if directed else length * inside[one]
        elif directed:
            total += length * (inside[one] and not inside[other])
        else:
            total += length * (inside[one] != inside[other])
    return total


def lines(path):
    text = path.read_text(encoding="utf-8").splitlines()[1:]
    return [tuple(float(cell) for cell in line.split(",")) for line in text if line]


def brute_force(folder, rows, modifier, *, directed=False):
    amount, features = folder.amount.toarray(), folder.features
    best = np.inf
    for chosen in selections(len(folder.units)):
        held = amount @ chosen
        counts = (amount > 0) @ chosen.astype(int)
        kept = (held >= features.target - 1e-9) & (counts >= features.occurrences)
        if allowed(folder, chosen) and kept[features.factor > 0].all():
            edge = boundary_of(rows, folder.units.id, chosen, directed=directed)
            best = min(best, folder.units.cost[chosen].sum() + modifier * edge)
    return best


@pytest.mark.reference
def test_the_optimum_of_the_reference_folder_by_brute_force(reference, tmp_path):
    folder = read_folder(reference / "simple", out=tmp_path)
    rows = lines(reference / "simple/input/bound.dat")
    found = solve(kept_targets(folder).problem, gap=0.0)
    assert found.objective == pytest.approx(brute_force(folder, rows, 1.0), abs=1e-9)
    assert found.objective == pytest.approx(43.0)
    assert found.status == "optimal"


@pytest.mark.reference
@pytest.mark.parametrize("name", ["double_tab", "quoted_csv"])
def test_the_optimum_of_the_dialects_by_another_model(reference, name, tmp_path):
    folder = read_folder(reference / "formats" / name, out=tmp_path)
    found = solve(kept_targets(folder).problem, gap=0.0)
    edges, n = folder.boundary.edges, len(folder.units)
    m = len(edges)
    apart = np.zeros((2 * m, n + m))
    for row, (one, other) in enumerate(edges.tolist()):
        for side, sign in ((0, 1.0), (m, -1.0)):
            apart[row + side, [one, other, n + row]] = sign, -sign, -1.0
    held = np.hstack((folder.amount.toarray(), np.zeros((len(folder.features), m))))
    again = milp(
        np.concatenate((folder.units.cost, folder.boundary.length)),
        integrality=np.ones(n + m),
        bounds=Bounds(
            np.concatenate((folder.units.locked_in, np.zeros(m))),
            np.concatenate((~folder.units.locked_out, np.ones(m))),
        ),
        constraints=[
            LinearConstraint(apart, ub=np.zeros(2 * m)),
            LinearConstraint(held, lb=folder.features.target),
        ],
    )
    assert found.objective == pytest.approx(again.fun, abs=1e-6)
    assert found.objective == pytest.approx(20.0)


def random_tables(rng, n, features, *, directed):
    status = rng.choice([0, 0, 0, 0, 1, 2, 3], n)
    amount = rng.integers(0, 6, (features, n))
    units = "".join(f"{i + 1},{rng.integers(1, 9)},{status[i]}\n" for i in range(n))
    amounts = "".join(
        f"{f + 1},{i + 1},{amount[f, i]}\n" for f in range(features) for i in range(n)
    )
    total = (amount * (status != 3)).sum(axis=1)
    count = ((amount > 0) & (status != 3)).sum(axis=1)
    targets = "".join(
        f"{f + 1},{total[f] * rng.choice([0, 0.3, 0.6])},{min(rng.integers(0, 3), count[f])},"
        f"{rng.choice([0, 1, 1, 2.5])}\n"
        for f in range(features)
    )
    pairs = [(i, j) for i in range(n) for j in range(n) if i < j and rng.random() < 0.4]
    if directed:
        pairs += [(j, i) for i, j in pairs if rng.random() < 0.5]
    pairs += [(i, i) for i in range(n)]
    bound = "".join(f"{i + 1},{j + 1},{rng.integers(0, 5)}\n" for i, j in pairs)
    return {
        "input__pu": f"id,cost,status\n{units}",
        "input__puvspr": f"species,pu,amount\n{amounts}",
        "input__spec": f"id,target,targetocc,spf\n{targets}",
        "input__bound": f"id1,id2,boundary\n{bound}",
    }


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6), directed=st.booleans())
def test_optima_of_random_folders_with_targets_kept(make_folder, seed, directed):
    tables = random_tables(np.random.default_rng(seed), 7, 3, directed=directed)
    path = make_folder("ASYMMETRICCONNECTIVITY 1\n" if directed else "", **tables)
    folder = read_folder(path)
    rows = lines(path.parent / "input/bound.dat")
    found = solve(kept_targets(folder).problem, gap=0.0)
    expected = brute_force(folder, rows, 1.0, directed=directed)
    assert found.objective == pytest.approx(expected, abs=1e-6)
    assert found.bound <= expected + 1e-6
    measured = standing(kept_targets(folder), found.selected)
    assert measured.score == pytest.approx(found.objective)
    assert measured.penalty == 0.0


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
def test_optima_of_random_folders_by_marxans_own_score(make_folder, seed):
    rng = np.random.default_rng(seed)
    path = make_folder(**random_tables(rng, 7, 3, directed=False))
    folder = read_folder(path)
    posed = missed_at_a_charge(folder)
    rows = lines(path.parent / "input/bound.dat")
    amount, features = folder.amount.toarray(), folder.features
    best = np.inf
    for chosen in selections(7):
        if not allowed(folder, chosen):
            continue
        score = folder.units.cost[chosen].sum()
        score += boundary_of(rows, folder.units.id, chosen)
        for row in range(3):
            missing, asked = 0.0, 0
            target, wanted = features.target[row], features.occurrences[row]
            if target > 0:
                asked += 1
                missing += max(0.0, target - amount[row] @ chosen) / target
            if wanted > 0:
                asked += 1
                missing += max(0.0, wanted - ((amount[row] > 0) & chosen).sum()) / wanted
            score += posed.charge[row] * missing / max(asked, 1)
        best = min(best, score)
    found = solve(posed.problem, gap=0.0)
    assert found.objective == pytest.approx(best, abs=1e-6)
    assert standing(posed, found.selected).score == pytest.approx(best, abs=1e-6)


def test_a_budget_limits_the_cost(make_folder):
    folder = read_folder(make_folder())
    posed = missed_at_a_charge(folder, budget=3.0)
    found = solve(posed.problem, gap=0.0)
    assert standing(posed, found.selected).cost <= 3.0


def test_a_feature_whose_loss_costs_nothing_is_not_asked_for(make_folder):
    spec = "id,target,spf\n1,5,0\n2,3,1\n"
    problem = kept_targets(read_folder(make_folder(input__spec=spec))).problem
    np.testing.assert_array_equal(problem.target, [0, 3])


def test_rows_of_occurrences_are_named(make_folder):
    spec = "id,target,targetocc,name\n1,5,2,tiger\n2,3,0,leopard\n"
    problem = kept_targets(read_folder(make_folder(input__spec=spec))).problem
    assert problem.feature_names == (
        "feature 1 (tiger)",
        "feature 2 (leopard)",
        "occurrences of feature 1 (tiger)",
    )
    np.testing.assert_array_equal(problem.target, [5, 3, 2])
    np.testing.assert_array_equal(problem.amount.toarray()[2], [1, 1, 0, 1])
