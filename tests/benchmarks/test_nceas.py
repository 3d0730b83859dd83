"""The data of the habitat benchmark: what a model may see, and what it is rated on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.nceas import regions, tasks

REFERENCE = Path(__file__).parents[3] / "shared" / "peer" / "sdm" / "nceas"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Hold one region: two birds and a bat, four variables of which three are used."""
    finds = np.array([[1, 0], [0, 1], [1, 1]], dtype=np.uint8)
    np.savez(
        tmp_path / "XYZ.npz",
        unc=np.array([True, False, True, True]),
        cat=np.array([False, False, False, True]),
        species=np.array(["one", "two", "three"]),
        species_group=np.array(["db", "nb", "ba"]),
        po_sp=np.array([0, 0, 1, 2, 1], dtype=np.uint8),
        po_X=np.arange(20, dtype=np.float32).reshape(4, 5),
        po_xy=np.array([[0.0, 1.0, 0.0, 3.0, 0.0], [0.0, 1.0, 0.0, 3.0, 0.0]]),
        bg_X=np.zeros((4, 7), dtype=np.float32),
        bg_xy=np.zeros((2, 7)),
        groups=np.array(["db", "ba"]),
        env_X__db=np.ones((4, 3), dtype=np.float32),
        pa__db=np.packbits(finds, axis=0),
        pa_n__db=3,
        pa_sp__db=np.array(["one", "two"]),
        env_X__ba=np.ones((4, 3), dtype=np.float32),
        pa__ba=np.packbits(finds[:, :1], axis=0),
        pa_n__ba=3,
        pa_sp__ba=np.array(["three"]),
    )
    return tmp_path


def test_random_background_is_that_of_the_data(folder: Path) -> None:
    first, second, _ = tasks(folder, "XYZ", "random")
    assert first.values.shape == (2 + 7, 3)
    assert first.presence.tolist() == [True] * 2 + [False] * 7
    assert first.values[0].tolist() == [0.0, 10.0, 15.0]
    assert first.categorical == (2,)
    assert first.found.tolist() == [True, False, True]
    assert second.found.tolist() == [False, True, True]


def test_the_target_group_is_all_of_the_group_once_per_place(folder: Path) -> None:
    first, _, bat = tasks(folder, "XYZ", "target-group")
    assert sorted(first.values[~first.presence][:, 0].tolist()) == [0.0, 1.0, 2.0, 4.0]
    assert bat.values[~bat.presence][:, 0].tolist() == [3.0]


@pytest.mark.reference
def test_the_regions_at_hand() -> None:
    if not REFERENCE.is_dir():
        pytest.skip("the reference data are not beside the repository")
    assert {"AWT", "CAN"} <= set(regions(REFERENCE))
    birds_and_plants = list(tasks(REFERENCE, "AWT", "random"))
    assert len(birds_and_plants) == 40
    assert all(len(task.values) - task.presence.sum() == 10_000 for task in birds_and_plants)
