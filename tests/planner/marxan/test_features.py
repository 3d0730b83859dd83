import numpy as np
import pytest

from planner.marxan.errors import MarxanFolderError
from planner.marxan.features import read_features
from planner.marxan.reading import read_table


@pytest.fixture
def read(tmp_path):
    def reading(text, blocks=None):
        path = tmp_path / "spec.dat"
        path.write_text(text, encoding="utf-8")
        if blocks is None:
            return read_features(read_table(path))
        other = tmp_path / "block.dat"
        other.write_text(blocks, encoding="utf-8")
        return read_features(read_table(path), read_table(other))

    return reading


def test_targets_shares_and_what_is_not_given(read):
    features = read(
        "id,target,prop,targetocc,spf,name\n4,10,-1,-1,-1,tiger\n2,5,0.3,2,0,\n9,-1,0,0,7,x y\n"
    ).with_targets(np.array([100.0, 50.0, 20.0]))
    np.testing.assert_array_equal(features.target, [10, 15, 0])
    np.testing.assert_array_equal(features.occurrences, [0, 2, 0])
    np.testing.assert_array_equal(features.factor, [1, 0, 7])
    assert features.labels() == ("feature 4 (tiger)", "feature 2", "feature 9 (x y)")
    assert "prop overrules target for feature 2" in features.notes[0]


def test_empty_cells_are_not_given(read):
    features = read("id,target,prop,fpf\n1,,0.5,\n2,3,,2\n").with_targets(np.array([8.0, 9.0]))
    np.testing.assert_array_equal(features.target, [4, 3])
    np.testing.assert_array_equal(features.factor, [1, 2])


def test_blocks_give_what_the_features_leave(read):
    features = read(
        "id,type,target,targetocc,spf\n1,7,-1,-1,-1\n2,7,4,-1,3\n3,8,-1,-1,-1\n4,9,-1,-1,-1\n",
        "type,prop,target,targetocc,spf\n7,0.25,-1,2,5\n8,-1,6,-1,-1\n",
    ).with_targets(np.full(4, 40.0))
    np.testing.assert_array_equal(features.target, [10, 4, 6, 0])
    np.testing.assert_array_equal(features.occurrences, [2, 2, 0, 0])
    np.testing.assert_array_equal(features.factor, [5, 3, 1, 1])
    assert "2 block definitions" in features.notes[0]


def test_what_asks_for_probability_is_told(read):
    notes = read("id,target,ptarget1d,group\n1,2,0.9,a\n").notes
    assert "Not carried over: ptarget1d" in notes[0]
    assert "group is not Marxan's" in notes[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,target\n1,2\n1,3\n", r"lines 2 and 3: feature 1 stands there twice"),
        ("id,target\n1,-2\n", r"line 2: column target of feature 1 is negative"),
        ("id,prop\n1,30\n", r"line 2: column prop of feature 1 is above 1. .*0.3 for 30 %"),
        ("id,spf\n1,1\n", r"no column target or prop or targetocc"),
        ("id,target\n1,many\n", r"column target holds no finite number: 'many'"),
        ("name,target\ntiger,3\n", r"no column id"),
    ],
)
def test_bad_features_are_named(read, text, told):
    with pytest.raises(MarxanFolderError, match=told):
        read(text)


def test_bad_blocks_are_named(read):
    with pytest.raises(MarxanFolderError, match=r"block.dat.*type 7 stands there twice"):
        read("id,type,target\n1,7,-1\n", "type,target\n7,1\n7,2\n")
    with pytest.raises(MarxanFolderError, match=r"column prop of type 7 is above 1"):
        read("id,type,target\n1,7,-1\n", "type,prop\n7,10\n")
