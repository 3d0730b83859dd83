import numpy as np
import pytest

from planner.marxan.errors import MarxanFolderError
from planner.marxan.reading import read_table
from planner.marxan.units import read_units


@pytest.fixture
def read(tmp_path):
    def reading(text):
        path = tmp_path / "pu.dat"
        path.write_text(text, encoding="utf-8")
        return read_units(read_table(path))

    return reading


def test_status_locks_units_in_and_out(read):
    units = read("id,cost,status,xloc,yloc\n7,1,0,0,1\n3,2,1,2,3\n9,0,2,4,5\n1,0,3,6,7\n")
    np.testing.assert_array_equal(units.id, [7, 3, 9, 1])
    np.testing.assert_array_equal(units.locked_in, [False, False, True, False])
    np.testing.assert_array_equal(units.locked_out, [False, False, False, True])
    np.testing.assert_array_equal(units.rows(np.array([9, 2, 7])), [2, -1, 0])
    assert units.place is not None
    assert units.place.shape == (4, 2)
    assert "1 units of status 1 are free" in units.notes[0]


def test_missing_columns_have_marxans_defaults(read):
    units = read("id\n1\n2\n")
    np.testing.assert_array_equal(units.cost, [1, 1])
    np.testing.assert_array_equal(units.status, [0, 0])
    assert units.place is None
    assert "no column cost: every unit costs 1" in units.notes[0]


def test_what_is_not_carried_over_is_told(read):
    notes = read("id,cost,prob,owner\n1,1,0.2,x\n2,1,0,y\n").notes
    assert "Not carried over: the column prob" in notes[0]
    assert "owner is no column of Marxan" in notes[1]
    assert read("id,cost,prob\n1,1,0\n").notes == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,cost\n1,1\n2,1\n1,3\n", r"lines 2 and 4: planning unit 1 stands there twice"),
        ("id,cost\n1,1\n5,-2\n", r"line 3: column cost of planning unit 5 is negative"),
        (
            "id,cost\n1,0\n2,0\n3,1\n",
            r"lines 2 and 3: column cost of planning units 1 and 2 is",
        ),
        ("id,cost,status\n1,1,4\n2,1,0\n", r"line 2: column status of planning unit 1 is 4"),
        ("id,cost,status\n1,1,0.5\n", r"column status of planning unit 1 is 0.5"),
        ("id,cost\n,1\n2,1\n", r"line 2: column id is empty"),
        ("cost,status\n1,1\n", r"no column id or puid"),
        ("id,cost\none,1\n", r"column id holds no finite number: 'one'"),
    ],
)
def test_bad_units_are_named(read, text, told):
    with pytest.raises(MarxanFolderError, match=told):
        read(text)
