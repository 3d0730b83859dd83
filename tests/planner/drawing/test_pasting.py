"""What was pasted is read apart: its errors and its shapes come back whole."""

import json
import math
import pickle

import pytest
from shapely import Polygon

from planner.apart import Apart
from planner.drawing import pasting
from planner.drawing.errors import DrawingError, TooManyVerticesError, UnsoundError
from planner.drawing.pasting import sound_paste, sound_paste_apart

LAEA = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +no_defs"
BOW = b"POLYGON((130.6 42.8, 130.9 42.9, 130.9 42.8, 130.6 42.9, 130.6 42.8))"


class Watch:
    cancelled = False

    def __init__(self):
        self.told = []

    def report(self, fraction, message=""):
        self.told.append(fraction)


def _many(count):
    turns = (2 * math.pi * number / count for number in range(count))
    around = [f"{130.6 + 0.2 * math.cos(t):.9f} {42.9 + 0.2 * math.sin(t):.9f}" for t in turns]
    return f"POLYGON(({', '.join([*around, around[0]])}))".encode()


def test_areas_with_their_names():
    feature = {
        "type": "Feature",
        "properties": {"name": "Park"},
        "geometry": {
            "type": "Polygon",
            "coordinates": [[[130, 43], [131, 43], [131, 44], [130, 43]]],
        },
    }
    (drawn,) = sound_paste(json.dumps(feature).encode(), LAEA, simplify=False, mend=False)
    assert drawn.name == "Park"
    assert drawn.geometry.area > 1e9


def test_crossing_shape_is_refused_or_repaired():
    with pytest.raises(UnsoundError, match="cross"):
        sound_paste(BOW, LAEA, simplify=False, mend=False)
    (drawn,) = sound_paste(BOW, LAEA, simplify=False, mend=True)
    assert drawn.geometry.is_valid


def test_too_long_a_text_is_refused(monkeypatch):
    monkeypatch.setattr(pasting, "MAXIMUM_TEXT", 10)
    with pytest.raises(DrawingError, match="Add the data to the map as a layer"):
        sound_paste(BOW, LAEA, simplify=False, mend=False)


def test_bytes_that_are_no_text_are_told():
    with pytest.raises(DrawingError, match="holds no area"):
        sound_paste(b"\xff\xfe\x00", LAEA, simplify=False, mend=False)


def test_progress_never_falls():
    watch = Watch()
    sound_paste(_many(110_000), LAEA, simplify=True, mend=True, control=watch)
    assert watch.told == sorted(watch.told)
    assert watch.told[0] == 0
    assert len(watch.told) > 2


def test_errors_survive_the_way_between_processes():
    sent = pickle.loads(pickle.dumps(TooManyVerticesError(7, 5)))
    assert (sent.count, sent.most) == (7, 5)
    assert str(sent) == str(TooManyVerticesError(7, 5))


def test_in_a_process_of_its_own():
    apart = Apart()
    try:
        with pytest.raises(TooManyVerticesError) as told:
            apart.run(sound_paste_apart, _many(110_000), LAEA, False, False, control=Watch())
        assert told.value.count > 110_000
        (drawn,) = apart.run(sound_paste_apart, BOW, LAEA, False, True, control=Watch())
        assert isinstance(drawn.geometry.geoms[0], Polygon)
    finally:
        apart.close()
