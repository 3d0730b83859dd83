import numpy as np
import pytest

from planner.marxan.folder import read_folder
from planner.marxan.problem import kept_targets, missed_at_a_charge
from planner.marxan.standing import standing

ENDS = np.array([True, False, False, True])


def test_a_selection_by_hand(make_folder):
    spec = "id,target,targetocc\n1,10,2\n2,4,0\n3,0,0\n"
    posed = missed_at_a_charge(read_folder(make_folder(input__spec=spec)))
    found = standing(posed, ENDS)
    assert found.cost == 6
    assert found.boundary == 1 + 1 + 2 + 2
    links = found.connections
    assert (links.inside, links.edge, links.outside) == (0, 6, 3)
    assert links.total == 9
    np.testing.assert_array_equal(found.held, [7, 2, 0])
    np.testing.assert_array_equal(found.occurrences, [2, 1, 0])
    assert found.met == ("no", "no", "")
    np.testing.assert_allclose(found.least_share, [0.7, 0.5, 1])
    assert found.shortfall == 3 + 2
    assert found.missing == 2
    # Of tiger's two targets one is missed by 0.3; leopard's only one by a half.
    assert found.penalty == pytest.approx(0.15 * posed.charge[0] + 0.5 * posed.charge[1])
    assert found.score == pytest.approx(6 + 6 + found.penalty)


@pytest.mark.parametrize(("level", "met"), [(1.0, "no"), (0.7, "yes"), (0.71, "no")])
def test_the_miss_level_says_when_a_target_is_met(make_folder, level, met):
    path = make_folder(f"MISSLEVEL {level}\n", input__spec="id,target\n1,10\n2,2\n")
    assert standing(kept_targets(read_folder(path)), ENDS).met == (met, "yes")


def test_rounding_of_a_sum_is_no_shortfall(make_folder):
    spec = f"id,target\n1,{7 * (1 + 1e-12)!r}\n2,2\n"
    found = standing(kept_targets(read_folder(make_folder(input__spec=spec))), ENDS)
    assert found.met == ("yes", "yes")
    assert found.shortfall == 0.0


def test_connections_with_a_direction_count_each_way(make_folder):
    bound = "id1,id2,boundary\n1,2,3\n2,1,1\n3,4,2\n"
    path = make_folder("ASYMMETRICCONNECTIVITY 1\n", input__bound=bound)
    found = standing(kept_targets(read_folder(path)), np.array([True, False, False, False]))
    assert found.boundary == 3
    assert (found.connections.edge, found.connections.outside) == (4, 2)
    assert found.connections.share_inside == 0.0


def test_a_folder_without_boundaries(make_folder):
    path = make_folder()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("BOUNDNAME bound.dat\n", ""), encoding="utf-8")
    found = standing(kept_targets(read_folder(path)), ENDS)
    assert found.boundary == 0.0
    assert found.score == found.cost
    assert found.connections.total == 0.0
    assert found.connections.share_inside == 0.0
