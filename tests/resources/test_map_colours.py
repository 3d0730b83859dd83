"""Colours of the map that carry a meaning can be told apart by everybody."""

from __future__ import annotations

import itertools
import tomllib

import numpy as np
import pytest

from resources.paths import resource_path

SEEN_BY = {
    "everybody": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""On linear RGB; G. M. Machado, M. M. Oliveira and L. A. F. Fernandes 2009, severity 1."""
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
WHITE = np.array([0.9505, 1.0, 1.089])
MEANINGS = ("sites", "cores", "corridors", "bottlenecks", "widening", "proposals")
TOLD_APART = 15.0
"""CIE 1976 colour difference; about 2.3 can just be noticed side by side."""


def _lab(colour, eye):
    parts = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(eye @ linear, 0, 1) / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _too_near(colours, eye):
    return [
        (a, b)
        for a, b in itertools.combinations(colours, 2)
        if np.linalg.norm(_lab(colours[a], eye) - _lab(colours[b], eye)) < TOLD_APART
    ]


@pytest.fixture(scope="module")
def style():
    return tomllib.loads(resource_path("styles", "map.toml").read_text(encoding="utf-8"))


def test_red_and_green_are_found_too_near():
    pair = {"red": "#c1504a", "green": "#7d8a3c"}
    assert not _too_near(pair, SEEN_BY["everybody"])
    assert _too_near(pair, SEEN_BY["deuteranopia"])


@pytest.mark.parametrize("eye", SEEN_BY)
def test_meanings_are_told_apart(style, eye):
    colours = {name: style[name]["stroke"] for name in MEANINGS}
    assert _too_near(colours, SEEN_BY[eye]) == []


@pytest.mark.parametrize("eye", SEEN_BY)
def test_countries_are_told_apart(style, eye):
    assert _too_near(style["countries"], SEEN_BY[eye]) == []
