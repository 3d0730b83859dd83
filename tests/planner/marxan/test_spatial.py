import numpy as np
import pytest

from planner.marxan.folder import read_folder
from planner.marxan.problem import kept_targets
from planner.marxan.solving import told_afterwards
from planner.marxan.spatial import clumped, separations
from planner.marxan.standing import standing

ALL = np.ones(4, dtype=bool)
PLACES = "id,cost,status,xloc,yloc\n1,4,0,0,0\n2,3,0,3,4\n3,5,0,6,8\n4,2,0,6,9\n"


def spec(**columns):
    names = ["id", "target", *columns]
    first = [1, 5, *(pair[0] for pair in columns.values())]
    second = [2, 3, *(pair[1] for pair in columns.values())]
    return "\n".join(",".join(map(str, row)) for row in (names, first, second)) + "\n"


def test_clumps_are_connected_pieces_with_the_feature(make_folder):
    # Tiger is in units 1 and 2, which adjoin (3 + 2), and in unit 4 (4), apart from them.
    folder = read_folder(make_folder(input__spec=spec(target2=(5, 0))))
    np.testing.assert_array_equal(clumped(folder, ALL), [5, 6])
    without = np.array([True, False, True, True])
    np.testing.assert_array_equal(clumped(folder, without), [0, 3])


def test_occurrences_apart_are_counted_up_to_what_is_asked(make_folder):
    both = spec(sepnum=(3, 2), sepdistance=(5, 6))
    folder = read_folder(make_folder(input__spec=both, input__pu=PLACES))
    np.testing.assert_array_equal(separations(folder, ALL), [3, 1])
    np.testing.assert_array_equal(separations(folder, np.zeros(4, dtype=bool)), [0, 0])


def test_units_without_places_cannot_be_counted(make_folder):
    folder = read_folder(make_folder(input__spec=spec(sepnum=(2, 0), sepdistance=(5, 0))))
    np.testing.assert_array_equal(separations(folder, ALL), [0, 0])
    posed = kept_targets(folder)
    (told,) = told_afterwards(posed, standing(posed, ALL))
    assert "has no columns xloc and yloc" in told


def test_what_is_short_is_told(make_folder):
    text = spec(target2=(6, 0), sepnum=(2, 0), sepdistance=(50, 0))
    posed = kept_targets(read_folder(make_folder(input__spec=text, input__pu=PLACES)))
    clumps, apart = told_afterwards(posed, standing(posed, ALL))
    assert "feature 1 (0 of 5)" in clumps
    assert "feature 1 (1 of 2)" in apart


def test_what_is_kept_by_chance_is_told(make_folder):
    text = spec(target2=(4, 0), sepnum=(2, 0), sepdistance=(5, 0))
    posed = kept_targets(read_folder(make_folder(input__spec=text, input__pu=PLACES)))
    clumps, apart = told_afterwards(posed, standing(posed, ALL))
    assert "though that was not asked" in clumps
    assert "though that was not asked" in apart


@pytest.mark.parametrize(
    ("threshold", "told"),
    [(16.0, "COSTTHRESH 16 is exceeded by 2"), (18.0, "COSTTHRESH 18 is kept")],
)
def test_the_cost_threshold_is_told(make_folder, threshold, told):
    # All units cost 14; of the boundary only 2 + 1 + 1 + 2 is left, at a BLM of 2/3.
    path = make_folder(f"COSTTHRESH {threshold}\nTHRESHPEN1 14\nTHRESHPEN2 1\n")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("BLM 1", f"BLM {2 / 3!r}"), encoding="utf-8")
    posed = kept_targets(read_folder(path))
    (line,) = told_afterwards(posed, standing(posed, ALL))
    assert told in line
