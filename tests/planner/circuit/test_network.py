from __future__ import annotations

import numpy as np
import pytest

from planner.circuit.errors import CircuitCaseError, CircuitInputError

LINKS = "0 1 1\n1 2 2\n0 2 4\n2 5 1\n\n# apart\n8 9 3\n9 8 6\n"
"""A triangle with a tail, and two resistors in parallel."""


@pytest.fixture
def network(case):
    case.text("links.txt", LINKS)
    case.text("focal.txt", "0\n2\n5\n9\n8\n")
    case.options |= {
        "data_type": "network",
        "habitat_file": "links.txt",
        "point_file": "focal.txt",
    }
    return case


def test_pairs_of_a_network(network):
    network.run()
    between = 1 / (1 / 3 + 1 / 4)  # 1 and 2 ohms in series beside 4
    expected = np.array(
        [
            [0, 0, 2, 5, 8, 9],
            [0, 0, between, between + 1, -1, -1],
            [2, between, 0, 1, -1, -1],
            [5, between + 1, 1, 0, -1, -1],
            [8, -1, -1, -1, 0, 2],
            [9, -1, -1, -1, 2, 0],
        ]
    )
    assert network.table("resistances.out") == pytest.approx(expected)
    voltage = network.table("voltages_0_2.txt")
    assert voltage[:, 0].tolist() == [0, 1, 2, 5]
    assert voltage[:, 1] == pytest.approx([0, between / 3, between, between])
    through = between / 3
    assert network.table("node_currents_0_2.txt")[:, 1] == pytest.approx([1, through, 1, 0])
    branches = network.table("branch_currents_0_2.txt")
    assert branches[:, :2].tolist() == [[0, 1], [0, 2], [1, 2]]  # none to the dead end
    assert branches[:, 2] == pytest.approx([through, 1 - through, through])
    assert network.table("branch_currents_8_9.txt").tolist() == [[8, 9, 1]]


def test_sums_of_a_network(network):
    network.run()
    pairs = ["0_2", "0_5", "2_5", "8_9"]
    total = dict.fromkeys([0, 1, 2, 5, 8, 9], 0.0)
    for pair in pairs:
        for node, value in network.table(f"node_currents_{pair}.txt"):
            total[int(node)] += value
    found = network.table("node_currents_cum.txt")
    assert found[:, 0].tolist() == list(total)
    assert found[:, 1] == pytest.approx(list(total.values()))
    branches = network.table("branch_currents_cum.txt")
    assert branches[:, :2].tolist() == [[0, 1], [0, 2], [1, 2], [2, 5], [8, 9]]
    assert branches[3, 2] == pytest.approx(2.0)


def test_branches_with_almost_no_current_are_not_listed(network):
    network.text("links.txt", "0 1 1\n1 2 1\n0 2 3000000\n")
    network.text("focal.txt", "0\n2\n")
    network.run()
    assert network.table("branch_currents_0_2.txt")[:, :2].tolist() == [[0, 1], [1, 2]]


def test_only_the_sums_of_a_network(network):
    network.options |= {"write_cum_cur_map_only": "True", "write_volt_maps": "False"}
    network.run()
    assert [name for name in network.names() if "currents" in name] == [
        "case_branch_currents_cum.txt",
        "case_node_currents_cum.txt",
    ]


def test_conductances_pairs_and_classes(network):
    network.text("pairs.txt", "mode include\n0 2\n8 9\n0 9\n")
    network.text("classes.txt", "2 3\n")
    network.options |= {
        "habitat_map_is_resistances": "False",
        "use_included_pairs": "True",
        "included_pairs_file": "pairs.txt",
        "use_reclass_table": "True",
        "reclass_file": "classes.txt",
    }
    network.run()
    table = network.table("resistances.out")
    assert table[0].tolist() == [0, 0, 2, 8, 9]
    assert table[1, 2] == pytest.approx(1 / (4 + 1 / (1 + 1 / 3)))
    assert table[3, 4] == pytest.approx(1 / 9)
    assert table[1, 3] == table[2, 3] == -1


def test_a_focal_node_that_is_no_node(network):
    network.text("focal.txt", "0\n2\n77\n")
    network.run()
    assert network.table("resistances.out")[3].tolist() == [77, -1, -1, 0]
    assert any("focal nodes 77" in told for told in network.told)


def test_the_links_themselves_may_name_the_focal_nodes(network):
    network.options["point_file"] = "links.txt"
    network.run()
    assert network.table("resistances.out")[0].tolist() == [0, 0, 1, 2, 5, 8, 9]


def test_sources_and_grounds_of_a_network(network):
    network.text("sources.txt", "0 2\n8 1\n44 1\n")
    network.text("grounds.txt", "5 1\n2 0.5\n")
    network.options |= {
        "scenario": "advanced",
        "source_file": "sources.txt",
        "ground_file": "grounds.txt",
        "ground_file_is_resistances": "True",
    }
    network.run()
    matrix = np.array(
        [
            [1 + 0.25, -1, -0.25, 0],
            [-1, 1 + 0.5, -0.5, 0],
            [-0.25, -0.5, 1.75 + 2, -1],
            [0, 0, -1, 1 + 1],
        ]
    )
    wanted = np.linalg.solve(matrix, [2, 0, 0, 0])
    voltage = network.table("voltages.txt")
    assert voltage[:, 0].tolist() == [0, 1, 2, 5, 8, 9]
    assert voltage[:, 1] == pytest.approx([*wanted, 0, 0])
    currents = network.table("node_currents.txt")[:, 1]
    assert currents[0] == pytest.approx(2.0)
    assert currents[2] == pytest.approx(2.0)
    assert currents[3] == pytest.approx(wanted[3])
    assert len(network.table("branch_currents.txt")) == 4
    assert any("not in the network" in told for told in network.told)


@pytest.mark.parametrize(
    ("links", "message"),
    [
        ("0 1 0\n", "resistance 0"),
        ("0 1 -2\n", "resistance -2"),
        ("-1 1 2\n", "whole numbers from 0"),
        ("0.5 1 2\n", "must be whole"),
        ("0 1\n", "3 finite numbers"),
        ("0 1 x\n", "is not a list"),
        ("0 1 nan\n", "3 finite numbers"),
        ("", "is empty"),
    ],
)
def test_bad_links_are_refused(network, links, message):
    network.text("links.txt", links)
    with pytest.raises(CircuitInputError, match=message):
        network.run()


def test_too_many_focal_nodes_are_refused(network):
    network.text("focal.txt", "\n".join(map(str, range(10_001))))
    with pytest.raises(CircuitInputError, match="holds 10,001 focal points; at most 10,000"):
        network.run()


def test_one_focal_node_is_too_few(network):
    network.text("focal.txt", "3\n")
    with pytest.raises(CircuitInputError, match="names 1 focal node"):
        network.run()


@pytest.mark.parametrize("name", ["sources.txt", "grounds.txt"])
def test_sources_and_grounds_must_be_nodes(network, name):
    network.text("sources.txt", "0 1\n")
    network.text("grounds.txt", "5 0\n")
    network.text(name, "77 1\n")
    network.options |= {
        "scenario": "advanced",
        "source_file": "sources.txt",
        "ground_file": "grounds.txt",
    }
    with pytest.raises(CircuitInputError, match=f"{name} names no node"):
        network.run()


def test_a_network_has_no_one_to_all(network):
    network.options["scenario"] = "one-to-all"
    with pytest.raises(CircuitCaseError, match="for rasters only"):
        network.run()
