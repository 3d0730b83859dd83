"""Which layers of a legend stand below which heading."""

from __future__ import annotations

from layers.qgis.worker.legend_sections import LegendMember, LegendSection, legend_sections


def parted(*members):
    found = legend_sections([LegendMember(name, name, *rest) for name, *rest in members], ["B"])
    assert all(isinstance(section, LegendSection) for section in found)
    return [(section.heading, section.layer_ids) for section in found]


def test_every_group_has_one_heading_in_reading_order():
    assert parted(
        ("areas", "Sites", True),
        ("core", "Plan", False),
        ("points", "Sites", False),
        ("path", "Plan", False),
    ) == [("Sites", ["points", "areas"]), ("Plan", ["core", "path"])]


def test_a_layer_named_as_its_group_needs_no_place_at_the_end():
    assert parted(("Sites", "Sites", True), ("points", "Sites", False)) == [
        ("Sites", ["Sites", "points"])
    ]


def test_a_ramp_alone_in_its_group_is_headed_by_its_own_name():
    assert parted(("Habitat of the tiger", "Suitability", True)) == [
        ("Habitat of the tiger", ["Habitat of the tiger"])
    ]


def test_the_base_has_no_heading_and_stays_apart():
    assert parted(
        ("core", "Plan", False),
        ("borders", "B", False),
        ("lines", "B", False),
        ("loose", "", False),
        ("classes", "", True),
    ) == [
        ("Plan", ["core"]),
        ("", ["borders", "lines", "loose"]),
        ("classes", ["classes"]),
    ]
