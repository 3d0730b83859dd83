from __future__ import annotations

import pytest

from layers.errors import LayerWriteError
from layers.pack import DataPack
from planner.base_map import BASE_FILES, BASEMAP, TERRAIN, base_file, store_base
from planner.project import Project


@pytest.fixture
def project(tmp_path):
    with Project.create(
        tmp_path / "x", name="X", region_id="tiger-leopard", crs="EPSG:6933"
    ) as made:
        yield made


def test_before_there_is_a_copy_the_pack_is_shown(project):
    pack = DataPack.open()
    assert base_file(project, pack, BASEMAP) == pack.basemap_path.absolute()


def test_the_copy_is_whole_and_shown_from_then_on(project):
    pack = DataPack.open()
    store_base(project, pack)
    for name, place in zip((BASEMAP, TERRAIN), BASE_FILES, strict=True):
        copy = base_file(project, pack, name)
        assert copy == (project.path / place).absolute()
        assert copy.read_bytes() == (pack.folder / name).read_bytes()
    assert sorted(path.name for path in (project.path / "base").iterdir()) == [BASEMAP, TERRAIN]


def test_something_in_the_way_is_named(project):
    (project.path / "base").write_text("not a folder")
    with pytest.raises(LayerWriteError, match="base"):
        store_base(project, DataPack.open())


def test_a_pack_that_loses_a_file_leaves_no_half_copy(project, tmp_path):
    pack = DataPack.open()
    gone = DataPack(tmp_path, pack.content_hash, {})
    with pytest.raises(LayerWriteError, match=BASEMAP):
        store_base(project, gone)
    assert list((project.path / "base").iterdir()) == []
