from __future__ import annotations

import numpy as np
import pytest
import rasterio
from affine import Affine

from layers.covariates.stated import LONGEST_TEXT, plain_text, stated_texts


def made(path, tags, *, crs="EPSG:32652", **band):
    with rasterio.open(
        path, "w", driver="GTiff", height=2, width=3, count=1, dtype="float32", crs=crs,
        transform=Affine(250.0, 0, 4e5, 0, -250.0, 4.9e6),
    ) as target:  # fmt: skip
        target.write(np.zeros((2, 3), np.float32), 1)
        target.update_tags(**tags)
        if band:
            target.update_tags(1, **band)
    return path


def test_tags_tell_what_a_layer_is(tmp_path):
    path = made(
        tmp_path / "a.tif",
        {"TITLE": "Tree cover", "unit": "%", "SOURCE": "Forest office", "LICENSE": "CC BY 4.0"},
    )
    assert stated_texts(path) == (
        "Tree cover",
        "%",
        "Forest office",
        "CC BY 4.0",
        "cells of 250 x 250 metre",
    )


def test_the_band_counts_before_the_file_and_silence_is_empty(tmp_path):
    path = made(tmp_path / "a.tif", {"TITLE": "all"}, TITLE="this one")
    found = stated_texts(path)
    assert found.title == "this one"
    assert (found.unit, found.source, found.licence) == ("", "", "")


def test_the_unit_of_degrees_is_told(tmp_path):
    path = tmp_path / "a.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=2, width=3, count=1, dtype="float32",
        crs="EPSG:4326", transform=Affine(0.25, 0, 120, 0, -0.25, 50),
    ) as target:  # fmt: skip
        target.write(np.zeros((2, 3), np.float32), 1)
    assert stated_texts(path).resolution == "cells of 0.25 x 0.25 degree"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<b>x</b><script>alert(1)</script> y", "x alert(1) y"),
        ("a\x1b[31m\nb\u202e", "a [31m b"),
        ("5 < 6", "5 6"),
        ("x" * 20_000, "x" * (LONGEST_TEXT - 1) + "…"),
    ],
)
def test_hostile_texts_are_made_harmless(tmp_path, text, plain):
    assert plain_text(text) == plain
    found = stated_texts(made(tmp_path / "a.tif", {"SOURCE": text.replace("\x1b", "")}))
    assert len(found.source) <= LONGEST_TEXT
    assert "<" not in found.source
