from __future__ import annotations

import numpy as np
import pytest

HABITAT = np.array(
    [
        [1.0, 2.0, 5.0, 1.0, 3.0],
        [4.0, -9999, 2.0, 1.0, -9999],
        [1.0, 3.0, 1.0, -9999, 9.0],
        [2.0, 2.0, 4.0, -9999, 1.0],
    ]
)
"""The two cells below on the right are apart."""
POINTS = np.array([[1, 0, 0, 4, 2], [0, 7, 0, 0, 0], [0, 0, 0, 0, 5], [3, 0, 0, 0, 0]])
CELLS = {1: (0, 0), 2: (0, 4), 3: (3, 0), 4: (0, 3), 5: (2, 4), 7: (1, 1)}
INFINITE = np.inf


@pytest.fixture
def points(case):
    case.grid("habitat.asc", HABITAT)
    case.grid("points.asc", POINTS)
    return case


def expected(  # noqa: PLR0913 - every option of one focal point
    circuit, name, others, scenario, *, cells=CELLS, strengths=None, idle=()
):
    """Return the value, the voltages and the currents of one focal point."""
    strengths = strengths or {}
    source, ground = np.zeros(circuit.count), np.zeros(circuit.count)
    own = circuit.at(*cells[name])
    if scenario == "one-to-all":
        for other in others:
            if circuit.at(*cells[other]) >= 0:
                ground[circuit.at(*cells[other])] = INFINITE
        if own >= 0:
            source[own], ground[own] = strengths.get(name, 1.0), 0.0
    else:
        for other in [*others, *idle]:
            node = circuit.at(*cells[other])
            if node >= 0:
                source[node] += 1.0 if other in idle else strengths.get(other, 1.0)
        if own >= 0:
            source[own], ground[own] = 0.0, INFINITE
    inside = circuit.part == (circuit.part[own] if own >= 0 else -1)
    source, ground = np.where(inside, source, 0), np.where(inside, ground, 0)
    voltage = circuit.solve(source, ground)
    solved = source.any() and ground.any()
    value = -1.0
    if solved:
        value = voltage[own] / source[own] if scenario == "one-to-all" else 0.0
    return value, circuit.grid(voltage), circuit.grid(circuit.currents(voltage))


def compare(case, circuits, others, **more):
    """Compare every output with a dense solution; `circuits` by name, or one for all."""
    scenario = case.options["scenario"]
    found = case.table("resistances.out")
    assert found[:, 0].astype(int).tolist() == sorted(others)
    total, most = np.zeros(HABITAT.shape), np.zeros(HABITAT.shape)
    for name, value in found:
        if not others[name]:
            assert value == -1
            assert f"case_curmap_{int(name)}.asc" not in case.names()
            continue
        circuit = circuits[name] if isinstance(circuits, dict) else circuits
        asked = {key: part[name] if key == "idle" else part for key, part in more.items()}
        wanted, voltage, current = expected(circuit, name, others[name], scenario, **asked)
        assert value == pytest.approx(wanted, rel=1e-9)
        assert case.map(f"voltmap_{int(name)}") == pytest.approx(voltage, abs=1e-8)
        assert case.map(f"curmap_{int(name)}") == pytest.approx(current, abs=1e-8)
        total, most = total + current, np.maximum(most, current)
    assert case.map("cum_curmap") == pytest.approx(total, abs=1e-7)
    return most


def all_others(names):
    return {name: [other for other in names if other != name] for name in names}


def conductance():
    return np.where(HABITAT > 0, 1.0 / HABITAT, 0.0)


@pytest.fixture(params=["one-to-all", "all-to-one"])
def scenario(request, points):
    points.options["scenario"] = request.param
    return points


def test_each_point_against_all_others(scenario, dense):
    scenario.options["write_max_cur_maps"] = "True"
    scenario.run()
    most = compare(scenario, dense(conductance()), all_others([1, 2, 3, 4, 5, 7]))
    assert scenario.map("max_curmap") == pytest.approx(most, abs=1e-8)


def test_strengths_of_sources(scenario, dense):
    scenario.text("strength.txt", "2\t3.5\n1 0.25\n4 0\n99 8\n")
    scenario.options |= {
        "use_variable_source_strengths": "True",
        "variable_source_file": "strength.txt",
    }
    scenario.run()
    strengths = {1: 0.25, 2: 3.5, 4: 0.0}
    others = all_others([1, 2, 3, 4, 5, 7])
    compare(scenario, dense(conductance()), others, strengths=strengths)


@pytest.mark.parametrize("mode", ["include", "exclude"])
def test_pairs_choose_who_takes_part(scenario, dense, mode):
    """Ids that the file does not name are left out in both modes."""
    scenario.text("pairs.txt", f"mode {mode}\n1 2\n1 3\n2 4\n3 3\n")
    scenario.options |= {"use_included_pairs": "True", "included_pairs_file": "pairs.txt"}
    scenario.run()
    included = {1: [2, 3], 2: [1, 4], 3: [1], 4: [2]}
    others = all_others([1, 2, 3, 4])
    if mode == "exclude":
        others = {n: [o for o in others[n] if o not in included[n]] for n in others}
    else:
        others = included
    compare(scenario, dense(conductance()), others)


def test_who_has_no_partner_is_not_solved(scenario):
    scenario.text("pairs.txt", "mode include\n1 2\n3 3\n")
    scenario.options |= {"use_included_pairs": "True", "included_pairs_file": "pairs.txt"}
    scenario.run()
    assert scenario.table("resistances.out")[2].tolist() == [3, -1]
    assert "case_curmap_3.asc" not in scenario.names()


def test_with_strengths_those_left_out_feed_one_ampere(points, dense):
    """Circuitscape's own behaviour in all-to-one."""
    points.text("pairs.txt", "mode include\n1 2\n1 3\n2 4\n")
    points.text("strength.txt", "1 2\n2 3\n3 4\n4 5\n")
    points.options |= {
        "scenario": "all-to-one",
        "use_included_pairs": "True",
        "included_pairs_file": "pairs.txt",
        "use_variable_source_strengths": "True",
        "variable_source_file": "strength.txt",
    }
    points.run()
    others = {1: [2, 3], 2: [1, 4], 3: [1], 4: [2]}
    idle = {n: [o for o in others if o != n and o not in others[n]] for n in others}
    strengths = {1: 2.0, 2: 3.0, 3: 4.0, 4: 5.0}
    compare(points, dense(conductance()), others, strengths=strengths, idle=idle)


REGIONS = np.array([[1, 1, 0, 2, 2], [0, 1, 0, 0, 0], [0, 0, 3, 0, 0], [3, 0, 0, 0, 4]])
POLYGONS = np.array([[0, 0, 0, 0, 0], [0, 0, 0, 6, 0], [6, 8, 8, 8, 0], [0, 0, 0, 0, 0]])
FIRST = {1: (0, 0), 2: (0, 3), 3: (2, 2), 4: (3, 4)}


def painted(taking, polygons):
    labels = polygons.copy()
    for name in taking:
        for label in set(labels[name == REGIONS].tolist()) - {0}:
            labels[labels == label] = 100 + name
        labels[name == REGIONS] = 100 + name
    return labels


@pytest.mark.parametrize("with_polygons", [False, True])
def test_all_regions_are_merged_with_the_polygons_they_touch(scenario, dense, with_polygons):
    scenario.grid("points.asc", REGIONS)
    polygons = POLYGONS if with_polygons else np.zeros_like(POLYGONS)
    if with_polygons:
        scenario.grid("polygons.asc", POLYGONS)
        scenario.options |= {"use_polygons": "True", "polygon_file": "polygons.asc"}
    scenario.run()
    circuit = dense(conductance(), painted([1, 2, 3, 4], polygons))
    compare(scenario, circuit, all_others([1, 2, 3, 4]), cells=FIRST)


def test_a_region_that_takes_no_part_is_ordinary_land(scenario, dense):
    scenario.grid("points.asc", REGIONS)
    scenario.grid("polygons.asc", POLYGONS)
    scenario.text("pairs.txt", "mode include\n1 2\n2 3\n")
    scenario.options |= {
        "use_polygons": "True",
        "polygon_file": "polygons.asc",
        "use_included_pairs": "True",
        "included_pairs_file": "pairs.txt",
    }
    scenario.run()
    others = {1: [2], 2: [1, 3], 3: [2]}
    circuits = {
        name: dense(conductance(), painted(sorted([name, *taking]), POLYGONS))
        for name, taking in others.items()
    }
    compare(scenario, circuits, others, cells=FIRST)


def test_points_in_one_short_circuit(scenario, dense):
    polygons = np.zeros((4, 5), dtype=int)
    polygons[0, 0] = polygons[0, 4] = 1
    scenario.grid("polygons.asc", polygons)
    scenario.options |= {"use_polygons": "True", "polygon_file": "polygons.asc"}
    scenario.run()
    circuit = dense(conductance(), polygons)
    compare(scenario, circuit, all_others([1, 2, 3, 4, 5, 7]))


def test_active_focal_nodes_show_no_current(scenario):
    scenario.options["set_focal_node_currents_to_zero"] = "True"
    scenario.run()
    found = scenario.map("curmap_1")
    for name in (1, 2, 3, 4):
        assert found[CELLS[name]] == 0.0
    assert found[0, 1] > 0.0


def test_only_the_sum_is_written(scenario):
    scenario.run()
    total = scenario.map("cum_curmap")
    for path in (scenario.folder / "out").iterdir():
        path.unlink()
    scenario.options |= {"write_cum_cur_map_only": "True", "write_volt_maps": "False"}
    scenario.run()
    assert scenario.names() == ["case.out", "case_cum_curmap.asc", "case_resistances.out"]
    assert scenario.map("cum_curmap").tolist() == total.tolist()
