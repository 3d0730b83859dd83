from __future__ import annotations

from layers.pack import DataPack


def test_every_layer_that_ships_is_told_with_its_licence(landbridge):
    told = landbridge("sources")
    assert told.status == 0
    for note in DataPack.open().sources():
        assert f"({note.name})" in told.out
        assert note.licence in told.out
        assert note.source
    assert "settlements" in told.out
