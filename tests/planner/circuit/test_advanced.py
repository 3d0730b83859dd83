from __future__ import annotations

import numpy as np
import pytest

from planner.circuit.errors import CircuitInputError

HABITAT = np.array(
    [[1.0, 2.0, 5.0, -9999, 3.0], [4.0, -9999, 2.0, -9999, 2.0], [1.0, 3.0, 1.0, -9999, 9.0]]
)
"""The right column is apart."""
SOURCE = np.array([[2.0, 0, 0, 5, 0], [0, 0, -0.5, 0, 0], [0, 1, 0, 0, 4]])
GROUND = np.full((3, 5), -9999.0)
GROUND[0, 2], GROUND[2, 0], GROUND[2, 1], GROUND[0, 4] = 0.5, 0.0, 4.0, 0.0
INFINITE = np.inf


@pytest.fixture
def advanced(case):
    case.grid("habitat.asc", HABITAT)
    case.grid("sources.asc", SOURCE)
    case.grid("grounds.asc", GROUND)
    case.options |= {
        "scenario": "advanced",
        "source_file": "sources.asc",
        "ground_file": "grounds.asc",
        "ground_file_is_resistances": "True",
        "remove_src_or_gnd": "keepall",
    }
    return case


def conductance():
    return np.where(HABITAT > 0, 1.0 / HABITAT, 0.0)


def compare(case, circuit, source, ground):
    """Compare both maps with a dense solution, for sources and grounds of cells."""
    fed, earthed = np.zeros(circuit.count), np.zeros(circuit.count)
    for cell, node in circuit.node.items():
        fed[node] += source[cell]
        earthed[node] += ground[cell]
    voltage = circuit.solve(fed, earthed)
    finite = np.where(np.isinf(earthed), 0.0, earthed)
    assert case.map("voltmap") == pytest.approx(circuit.grid(voltage), abs=1e-8)
    current = circuit.grid(circuit.currents(voltage, finite))
    assert case.map("curmap") == pytest.approx(current, abs=1e-8)


def cells(**values):
    found = np.zeros((3, 5))
    for key, value in values.items():
        found[int(key[1]), int(key[2])] = value
    return found


def test_resistances_to_ground(advanced, dense):
    advanced.run()
    ground = cells(c02=2.0, c20=INFINITE, c21=0.25, c04=INFINITE)
    compare(advanced, dense(conductance()), SOURCE, ground)
    assert any("decided by keepall: 1." in told for told in advanced.told)
    assert any("no effect: 1." in told for told in advanced.told)  # a source on NoData
    assert advanced.names() == ["case.out", "case_curmap.asc", "case_voltmap.asc"]


def test_conductances_to_ground(advanced, dense):
    advanced.options["ground_file_is_resistances"] = "False"
    advanced.run()
    compare(advanced, dense(conductance()), SOURCE, cells(c02=0.5, c21=4.0))


def test_unit_currents_and_direct_grounds(advanced, dense):
    advanced.options |= {"use_unit_currents": "True", "use_direct_grounds": "True"}
    advanced.run()
    source = np.where(SOURCE != 0, 1.0, 0.0)
    ground = cells(c02=INFINITE, c20=INFINITE, c04=INFINITE)  # a source holds (2, 1)
    compare(advanced, dense(conductance()), source, ground)


@pytest.mark.parametrize("rule", ["keepall", "rmvsrc", "rmvgnd", "rmvall"])
def test_conflicts_of_a_direct_and_a_finite_ground(advanced, dense, rule):
    source = SOURCE.copy()
    source[2, 0] = 3.0  # a direct ground; (2, 1) is finite
    advanced.grid("sources.asc", source)
    advanced.options["remove_src_or_gnd"] = rule
    advanced.run()
    ground = cells(c02=2.0, c20=INFINITE, c21=0.25, c04=INFINITE)
    if rule in {"rmvsrc", "rmvall"}:
        source[2, 0] = source[2, 1] = 0.0
    else:
        ground[2, 0] = 0.0
    compare(advanced, dense(conductance()), source, ground)


def test_sources_and_grounds_of_a_short_circuit_add_up(advanced, dense):
    polygons = np.zeros((3, 5))
    polygons[0, 0] = polygons[2, 1] = polygons[0, 2] = polygons[1, 1] = 3
    advanced.grid("polygons.asc", polygons)
    advanced.options |= {"use_polygons": "True", "polygon_file": "polygons.asc"}
    advanced.run()
    ground = cells(c02=2.0, c20=INFINITE, c21=0.25, c04=INFINITE)
    compare(advanced, dense(conductance(), polygons), SOURCE, ground)


def test_lists_of_sources_and_grounds(advanced, dense):
    advanced.options |= {"source_file": "sources.txt", "ground_file": "grounds.txt"}
    advanced.text("sources.txt", "0.5 0.5 2.5\n-1.25 2.5 1.5\n")
    advanced.text("grounds.txt", "0\t0.5\t0.5\n3.5\t2.5\t2.5\n")
    advanced.run()
    source, ground = cells(c00=0.5, c12=-1.25), cells(c20=INFINITE, c02=1 / 3.5)
    compare(advanced, dense(conductance()), source, ground)


def test_sources_that_sum_to_nothing_still_flow(advanced, dense):
    """One ampere in and one out is current, though the sum is zero."""
    source = cells(c00=1.0, c22=-1.0)
    advanced.grid("sources.asc", source)
    advanced.run()
    ground = cells(c02=2.0, c20=INFINITE, c21=0.25, c04=INFINITE)
    compare(advanced, dense(conductance()), source, ground)
    assert advanced.map("curmap").any()


def test_what_is_not_connected_is_told(advanced):
    advanced.grid("sources.asc", cells(c00=1.0))
    advanced.grid("grounds.asc", np.where(cells(c04=1.0) > 0, 0.0, -9999))
    advanced.run()
    assert not advanced.map("voltmap").any()
    assert any("Nothing is solved" in told for told in advanced.told)


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        ("sources.asc", np.zeros((3, 5)), "holds no source"),
        ("sources.asc", np.full((3, 5), np.inf), r"sources\.asc: a source must be finite"),
        ("sources.asc", cells(c03=1.0), "no source is on a cell"),
        ("grounds.asc", np.full((3, 5), -9999), "holds no ground"),
        ("grounds.asc", np.full((3, 5), -1.0), "negative resistance"),
        ("grounds.asc", np.zeros((2, 5)), "has other cells than"),
    ],
)
def test_what_cannot_be_solved_is_refused(advanced, name, values, message):
    advanced.grid(name, values)
    with pytest.raises(CircuitInputError, match=message):
        advanced.run()
