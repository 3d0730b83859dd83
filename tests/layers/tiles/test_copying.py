import pytest

from layers.control import NULL_CONTROL
from layers.tiles.copying import copy_in_process, main


def test_what_gdal_says_comes_back(tmp_path):
    (tmp_path / "plain.tif").write_text("not a raster")
    with pytest.raises(OSError, match="plain"):
        copy_in_process(
            tmp_path / "plain.tif", tmp_path / "cog.tif", "average", (NULL_CONTROL, 1.0)
        )
    assert not (tmp_path / "cog.tif").exists()


def test_the_status_tells_failure(tmp_path, capsys):
    assert main([str(tmp_path / "gone.tif"), str(tmp_path / "cog.tif"), "average"]) == 1
    assert "gone.tif" in capsys.readouterr().err
