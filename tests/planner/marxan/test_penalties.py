import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.marxan.errors import MarxanFolderError
from planner.marxan.folder import read_folder
from planner.marxan.penalties import base_penalties
from planner.marxan.problem import missed_at_a_charge


def test_a_penalty_by_hand(make_folder):
    # With their boundary, units 1 to 4 cost 7, 6, 8 and 5. Tiger (5): unit 4 has the most
    # amount per cost (4 for 5), then unit 2 completes it for 6. Leopard (3): unit 2 would
    # complete it for 6, but the walk ends at unit 4 (2 for 5), and then at unit 3 (1 for 8).
    folder = read_folder(make_folder())
    np.testing.assert_allclose(base_penalties(folder), [5 + 6, 5 + 8])


@pytest.mark.reference
def test_penalties_of_the_reference_folder_by_hand(reference, tmp_path):
    # Species 1 wants 30: units 6 (10 for 11) and 2 (15 for 18) have the most per cost; of the
    # 5 that are missing, Marxan's walk through the units ends at unit 5 (8 for 21).
    folder = read_folder(reference / "simple", out=tmp_path)
    assert base_penalties(folder)[0] == 11 + 18 + 21


def by_marxans_loop(amount, cost, target, wanted):  # noqa: C901 - as Marxan's loop is
    """Follow the loop of Marxan's computePenalties word by word."""
    used = [False] * len(amount)
    held, count, penalty, best_cost = 0.0, 0, 0.0, 1.0
    if held >= target and count >= wanted:
        return 0.0
    while (held < target or count < wanted) and best_cost > 0:
        best_cost, completes, rate, best = 0.0, False, 0.0, -1
        for unit, there in enumerate(amount):
            if used[unit] or not there > 0:
                continue
            if there >= target - held and (
                not completes or (completes and cost[unit] < best_cost)
            ):
                completes, best, best_cost = True, unit, cost[unit]
            elif rate < there / cost[unit]:
                best_cost = cost[unit]
                rate, best = there / best_cost, unit
        if best_cost > 0:
            used[best] = True
            held, count, penalty = held + amount[best], count + 1, penalty + best_cost
    if best_cost == 0:
        if held == 0:
            return 0.0
        factor = target / held if held < target else 0.0
        if count < wanted and count:
            factor += wanted / count
        penalty *= factor
    return penalty


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10**6))
def test_penalties_follow_marxans_loop(make_folder, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 12))
    amount = rng.integers(0, 9, n)
    amount[0] = 1
    cost = rng.integers(1, 9, n)
    target, wanted = int(rng.integers(0, 30)), int(rng.integers(0, 4))
    folder = read_folder(
        make_folder(
            input__pu="id,cost\n" + "".join(f"{i + 1},{cost[i]}\n" for i in range(n)),
            input__spec=f"id,target,targetocc\n1,{target},{wanted}\n",
            input__puvspr="species,pu,amount\n"
            + "".join(f"1,{i + 1},{amount[i]}\n" for i in range(n)),
            input__bound="id1,id2,boundary\n1,1,0\n",
        )
    )
    expected = by_marxans_loop(amount.tolist(), cost.tolist(), target, wanted)
    assert base_penalties(folder)[0] == pytest.approx(expected)


def test_locked_units_are_where_marxan_begins(make_folder):
    tables = {
        "input__pu": "id,cost,status\n1,4,2\n2,3,0\n3,5,2\n4,2,3\n",
        "input__bound": "id1,id2,boundary\n1,1,0\n",
        "input__spec": "id,target\n1,5\n2,3\n",
    }
    # Tiger: 3 in unit 1, so unit 2 completes it; leopard: 1 in unit 3, so unit 2 too. All
    # locked-in units are paid for, or with a table sorted by species those with the feature.
    whole = read_folder(make_folder(**tables))
    np.testing.assert_allclose(base_penalties(whole), [9 + 3, 9 + 3])
    sorted_too = read_folder(make_folder("MATRIXSPORDERNAME x.dat\n", **tables))
    np.testing.assert_allclose(base_penalties(sorted_too), [4 + 3, 5 + 3])


def test_penalties_of_the_user(make_folder):
    path = make_folder(
        "RUNMODE 10\nPENALTYNAME pen.dat\n",
        input__pen="spid,penalty\n2,70\n1,5\n",
        input__spec="id,target,spf\n1,5,2\n2,3,1\n",
    )
    np.testing.assert_allclose(missed_at_a_charge(read_folder(path)).charge, [10, 70])
    for row, told in (("9,1", "feature 9 is not known"), ("1,-1", "feature 1 is negative")):
        (path.parent / "input/pen.dat").write_text(f"spid,penalty\n{row}\n", encoding="utf-8")
        folder = read_folder(path)
        with pytest.raises(MarxanFolderError, match=told):
            missed_at_a_charge(folder)
