from __future__ import annotations

import resource
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest

from layers.errors import LayerWriteError
from planner.suitability import RunError
from planner.suitability.models import load_arrays, save_arrays
from planner.suitability.tables import write_frame


@contextmanager
def full_disk():
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_table_comes_back_as_it_was(tmp_path):
    frame = pd.DataFrame({"name": ["雪豹", 'a "b", c'], "value": [0.1, np.nan]})
    write_frame(tmp_path / "t.csv", frame)
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfname,value\n")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "t.csv"), frame)


def test_arrays_come_back_as_they_were(tmp_path):
    arrays = {"a": np.arange(5.0), "0/b": np.array(["x", "yy"])}
    save_arrays(tmp_path / "a.npz", arrays)
    found = load_arrays(tmp_path / "a.npz")
    assert found.keys() == arrays.keys()
    assert all(np.array_equal(found[name], arrays[name]) for name in arrays)


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RunError, match="cannot be read"):
        load_arrays(tmp_path / "a.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04damaged", b"nonsense" * 100])
def test_damaged_arrays_are_named(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(RunError, match=r"a\.npz cannot be read"):
        load_arrays(tmp_path / "a.npz")


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path):
    with full_disk(), pytest.raises(LayerWriteError, match=r"t\.csv could not be written"):
        write_frame(tmp_path / "t.csv", pd.DataFrame({"a": range(5000)}))
    noise = np.random.default_rng(0).normal(size=5000)
    with full_disk(), pytest.raises(LayerWriteError, match=r"a\.npz could not be written"):
        save_arrays(tmp_path / "a.npz", {"a": noise})
    assert list(tmp_path.iterdir()) == []
