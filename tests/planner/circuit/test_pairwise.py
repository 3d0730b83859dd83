from __future__ import annotations

import gzip

import numpy as np
import pytest
import rasterio
from affine import Affine

from planner.circuit.errors import CircuitInputError

HABITAT = np.array(
    [
        [1.0, 2.0, 5.0, -9999, 3.0],
        [4.0, -9999, 2.0, 1.0, 2.0],
        [1.0, 3.0, 1.0, -9999, 9.0],
        [2.0, 2.0, -9999, 7.0, 1.0],
    ]
)
POINTS = np.array([[1, 0, 0, 4, 2], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 3]])
"""Point 4 lies on NoData."""
CELLS = {1: (0, 0), 2: (0, 4), 3: (3, 4)}


def conductance(habitat=HABITAT):
    return np.where(habitat > 0, 1.0 / habitat, 0.0)


@pytest.fixture
def pairs(case):
    case.grid("habitat.asc", HABITAT)
    case.grid("points.asc", POINTS)
    return case


def compare(case, circuit, cells=CELLS, *, pairs=None):
    """Compare every output of single cells with a dense solution."""
    ids = sorted(cells)
    wanted = pairs or [(i, j) for i in ids for j in ids if i < j]
    total, most = np.zeros(circuit.shape), np.zeros(circuit.shape)
    table = case.table("resistances.out")
    names = table[0, 1:].astype(int).tolist()
    for i, j in wanted:
        voltage = circuit.pair(circuit.at(*cells[i]), circuit.at(*cells[j]))
        ohms = voltage[circuit.at(*cells[j])]
        assert table[names.index(i) + 1, names.index(j) + 1] == pytest.approx(ohms, rel=1e-9)
        current = circuit.grid(circuit.currents(voltage))
        total, most = total + current, np.maximum(most, current)
        if case.options["write_volt_maps"] == "True":
            found = case.map(f"voltmap_{i}_{j}")
            assert found == pytest.approx(circuit.grid(voltage), abs=1e-8)
            assert case.map(f"curmap_{i}_{j}") == pytest.approx(current, abs=1e-8)
    assert case.map("cum_curmap") == pytest.approx(total, abs=1e-7)
    return most


@pytest.mark.parametrize("four", [True, False])
@pytest.mark.parametrize("average", [True, False])
@pytest.mark.parametrize("resistances", [True, False])
def test_connections(pairs, dense, four, average, resistances):
    pairs.options |= {
        "connect_four_neighbors_only": str(four),
        "connect_using_avg_resistances": str(average),
        "habitat_map_is_resistances": str(resistances),
        "write_max_cur_maps": "True",
    }
    pairs.run()
    amount = conductance() if resistances else np.where(HABITAT > 0, HABITAT, 0.0)
    most = compare(pairs, dense(amount, four=four, average=average))
    assert pairs.map("max_curmap") == pytest.approx(most, abs=1e-8)


def test_a_point_on_nodata_is_connected_to_nothing(pairs):
    pairs.run()
    table = pairs.table("resistances.out")
    assert table[0].tolist() == [0, 1, 2, 3, 4]
    assert table[4, 1:4].tolist() == [-1, -1, -1]
    assert pairs.table("resistances_3columns.out")[2].tolist() == [1, 4, -1]
    assert not any("_4" in name for name in pairs.names())
    assert any("focal points 4" in told for told in pairs.told)


@pytest.mark.parametrize("average", [True, False])
def test_short_circuits_join_what_is_apart_and_take_nodata_in(pairs, dense, average):
    polygons = np.zeros((4, 5))
    polygons[0, 2:4] = polygons[3, 0] = 7  # (0, 3) is NoData
    polygons[3, 2] = 8  # lies on NoData altogether
    pairs.grid("polygons.asc", np.where(polygons > 0, polygons, -9999))
    pairs.options |= {
        "use_polygons": "True",
        "polygon_file": "polygons.asc",
        "connect_using_avg_resistances": str(average),
    }
    pairs.run()
    compare(pairs, dense(conductance(), polygons, average=average), CELLS | {4: (0, 3)})


def test_a_mask_drops_cells(pairs, dense):
    mask = np.ones((4, 5))
    mask[1, 0], mask[0, 1], mask[2, 0] = 0, -1, -9999
    pairs.grid("mask.asc", mask)
    pairs.options |= {"use_mask": "1", "mask_file": "mask.asc"}
    pairs.run()
    kept = np.where(mask > 0, conductance(), 0.0)
    compare(pairs, dense(kept), pairs=[(2, 3)])
    assert pairs.table("resistances.out")[1, 2] == -1


def test_a_table_is_applied_by_rising_old_value(pairs, dense):
    pairs.text("classes.txt", "2 4\n3 1\n4 0.5\n1 2\n")
    pairs.options |= {"use_reclass_table": "True", "reclass_file": "classes.txt"}
    pairs.run()
    by_hand = HABITAT.copy()
    for old, new in ((1, 2), (2, 4), (3, 1), (4, 0.5)):
        by_hand[by_hand == old] = new
    assert {1, 0.5} <= set(by_hand[by_hand > 0].tolist())
    compare(pairs, dense(conductance(by_hand)))
    (told,) = [sentence for sentence in pairs.told if "classes.txt" in sentence]
    assert "the new value of 1 is an old one further on" in told
    assert "to 0.5, as in Circuitscape" in told


def test_a_table_may_give_and_take_values(pairs, dense):
    pairs.text("classes.txt", "-9999 7\n2 -9999\n")
    pairs.options |= {"use_reclass_table": "True", "reclass_file": "classes.txt"}
    pairs.run()
    assert not [sentence for sentence in pairs.told if "negative" in sentence]
    given = np.where(np.isnan(HABITAT) | (HABITAT == -9999), 7.0, HABITAT)
    compare(
        pairs,
        dense(conductance(np.where(given == 2, -9999, given))),
        cells={**CELLS, 4: (0, 3)},
    )


def test_degrees_are_told(pairs):
    values = np.where(HABITAT > 0, HABITAT, -9999)
    with rasterio.open(
        pairs.folder / "degrees.tif", "w", driver="GTiff", height=4, width=5, count=1,
        dtype="float64", crs="EPSG:4326", nodata=-9999,
        transform=Affine(1.0, 0.0, 0.0, 0.0, -1.0, 4.0),
    ) as target:  # fmt: skip
        target.write(values, 1)
    pairs.run()
    plain = pairs.table("resistances.out")
    assert not any("degrees" in sentence for sentence in pairs.told)
    pairs.options["habitat_file"] = "degrees.tif"
    pairs.run()
    assert pairs.table("resistances.out") == pytest.approx(plain, rel=1e-9)
    assert any("degrees.tif is in degrees. Every cell" in told for told in pairs.told)


def test_pairs_to_include_drop_what_is_not_named(pairs):
    pairs.text("pairs.txt", "mode include\n1\t2\n4\t1\n")
    pairs.options |= {"use_included_pairs": "True", "included_pairs_file": "pairs.txt"}
    pairs.run()
    table = pairs.table("resistances.out")
    assert table[0].tolist() == [0, 1, 2, 4]
    assert table[1, 2] > 0
    assert table[1, 3] == table[2, 3] == -1
    assert [name for name in pairs.names() if "curmap_" in name] == ["case_curmap_1_2.asc"]


def test_pairs_to_exclude_keep_what_is_not_named(pairs, dense):
    pairs.text("pairs.txt", "mode exclude\n2 1\n")
    pairs.options |= {"use_included_pairs": "True", "included_pairs_file": "pairs.txt"}
    pairs.run()
    compare(pairs, dense(conductance()), pairs=[(1, 3), (2, 3)])
    assert pairs.table("resistances.out")[1, 2] == -1


@pytest.mark.parametrize(
    ("scenario", "mode"),
    [("pairwise", "include"), ("one-to-all", "include"), ("all-to-one", "exclude")],
)
def test_pairs_of_other_points_are_refused_before_anything_is_written(pairs, scenario, mode):
    pairs.text("pairs.txt", f"mode {mode}\n7 1\n")
    pairs.options |= {"use_included_pairs": "True", "included_pairs_file": "pairs.txt"}
    pairs.options["scenario"] = scenario
    with pytest.raises(CircuitInputError, match=r"pairs\.txt: focal points that are named: 1"):
        pairs.run()
    assert not (pairs.folder / "out").exists()


def test_a_matrix_of_pairs_has_limits(pairs, dense):
    pairs.text("pairs.txt", "min 2\nmax 50\n0 3 1 2\n3 0 2 51\n1 50 0 1.9\n2 60 1 0\n")
    pairs.options |= {"use_included_pairs": "True", "included_pairs_file": "pairs.txt"}
    pairs.run()
    compare(pairs, dense(conductance()), pairs=[(1, 3)])
    assert pairs.table("resistances.out")[2, 1:].tolist()[::2] == [-1, -1]


def test_only_the_sums_are_written(pairs, dense):
    pairs.options |= {"write_cum_cur_map_only": "True", "write_volt_maps": "False"}
    pairs.run()
    compare(pairs, dense(conductance()))
    assert pairs.names() == [
        "case.out",
        "case_cum_curmap.asc",
        "case_resistances.out",
        "case_resistances_3columns.out",
    ]


def test_without_maps_the_resistances_are_the_same(pairs):
    pairs.run()
    with_maps = pairs.table("resistances.out")
    pairs.options |= {"write_cur_maps": "False", "write_volt_maps": "False"}
    written = pairs.run()
    assert [path.suffix for path in written] == [".out"] * 3
    assert pairs.table("resistances.out") == pytest.approx(with_maps, rel=1e-9)


def test_barriers_become_nodata_and_currents_logarithms(pairs):
    pairs.run()
    plain = pairs.map("cum_curmap")
    pairs.options |= {
        "set_null_currents_to_nodata": "True",
        "set_null_voltages_to_nodata": "True",
        "log_transform_maps": "True",
    }
    pairs.run()
    barrier = HABITAT < 0
    for ending in ("cum_curmap", "curmap_1_2", "voltmap_1_2"):
        assert (pairs.map(ending)[barrier] == -9999).all()
    found = pairs.map("cum_curmap")
    flowing = plain > 0
    assert found[flowing] == pytest.approx(np.log10(plain[flowing]), abs=1e-8)
    assert (found[~flowing] == -9999).all()
    assert (~flowing).sum() > barrier.sum()  # dead ends carry nothing
    assert (pairs.map("voltmap_1_2")[~barrier] >= 0).all()


def test_focal_nodes_show_no_current_in_their_own_pair(pairs):
    pairs.run()
    before = {key: pairs.map(f"curmap_{key}") for key in ("1_2", "1_3", "2_3")}
    pairs.options["set_focal_node_currents_to_zero"] = "True"
    pairs.run()
    total = np.zeros((4, 5))
    for key, current in before.items():
        for point in key.split("_"):
            current[CELLS[int(point)]] = 0.0
        assert pairs.map(f"curmap_{key}") == pytest.approx(current, abs=1e-9)
        total += current
    assert pairs.map("cum_curmap") == pytest.approx(total, abs=1e-8)


def test_compressed_and_geotiff(pairs, tmp_path):
    pairs.run()
    plain = (tmp_path / "out" / "case_curmap_1_2.asc").read_bytes()
    pairs.options["compress_grids"] = "True"
    pairs.run()
    packed = (tmp_path / "out" / "case_curmap_1_2.asc.gz").read_bytes()
    assert gzip.decompress(packed) == plain
    pairs.options |= {"compress_grids": "False", "write_as_tif": "true"}
    pairs.run()
    with rasterio.open(tmp_path / "out" / "case_curmap_1_2.tif") as source:
        assert source.nodata == -9999
        assert source.transform[:6] == (1.0, 0.0, 0.0, 0.0, -1.0, 4.0)
        assert source.read(1) == pytest.approx(pairs.map("curmap_1_2"), abs=1e-9)


def region_labels(polygons, regions, ids):
    """Merge the regions of a pair with the polygons they overlap, by repeated painting."""
    labels = polygons.astype(int).copy()
    for at, number in enumerate(ids):
        new = 100 + at
        for label in set(labels[regions == number].tolist()) - {0}:
            labels[labels == label] = new
        labels[regions == number] = new
    return labels


@pytest.mark.parametrize("with_polygons", [True, False])
def test_only_the_regions_of_the_pair_are_merged(pairs, dense, with_polygons):
    regions = np.zeros((4, 5), dtype=int)
    regions[0, 0] = regions[3, 1] = 1
    regions[0, 3] = regions[0, 4] = 2  # (0, 3) is NoData
    regions[2, 1] = regions[2, 2] = 3
    regions[3, 4] = 5
    polygons = np.zeros((4, 5), dtype=int)
    pairs.grid("points.asc", regions)
    if with_polygons:
        polygons[3, 0:2] = polygons[1, 4] = 9
        polygons[2, 4] = polygons[3, 3] = 4
        pairs.grid("polygons.asc", polygons)
        pairs.options |= {"use_polygons": "True", "polygon_file": "polygons.asc"}
    pairs.run()
    table = pairs.table("resistances.out")
    ids = [1, 2, 3, 5]
    assert table[0, 1:].tolist() == ids
    cells = {number: tuple(np.argwhere(regions == number)[0]) for number in ids}
    total = np.zeros((4, 5))
    for i, a in enumerate(ids):
        for j, b in enumerate(ids[i + 1 :], start=i + 1):
            circuit = dense(conductance(), region_labels(polygons, regions, (a, b)))
            ends = circuit.at(*cells[a]), circuit.at(*cells[b])
            voltage = circuit.pair(*ends)
            assert table[i + 1, j + 1] == pytest.approx(voltage[ends[1]], rel=1e-9)
            found = pairs.map(f"voltmap_{a}_{b}")
            assert found == pytest.approx(circuit.grid(voltage), abs=1e-8)
            total += circuit.grid(circuit.currents(voltage))
    assert pairs.map("cum_curmap") == pytest.approx(total, abs=1e-7)


def test_points_in_one_short_circuit_have_no_resistance(pairs):
    polygons = np.zeros((4, 5))
    polygons[0, 0] = polygons[0, 4] = 1
    pairs.grid("polygons.asc", polygons)
    pairs.options |= {"use_polygons": "True", "polygon_file": "polygons.asc"}
    pairs.run()
    assert pairs.table("resistances.out")[1, 2] == 0
    assert not pairs.map("curmap_1_2").any()


def test_points_in_a_list(pairs, dense):
    pairs.options["point_file"] = "points.csv"
    pairs.text("points.csv", "id,x,y\n2,4.5,3.5\n1,0.5,3.5\n3,4.2,0.1\n-1,2,2\n")
    pairs.run()
    compare(pairs, dense(conductance()))
    assert any("not > 0" in told for told in pairs.told)


def test_grids_of_other_cells_are_laid_by_their_centres(pairs, dense):
    """Twice as fine, and further to the right."""
    fine = np.zeros((8, 12))
    fine[0, 0] = 1
    fine[0, 9] = 2
    fine[7, 9] = 3
    fine[4, 11] = 9  # outside the habitat
    pairs.grid("points.asc", fine, size=0.5)
    mask = np.ones((2, 2))
    mask[0, 0] = 0
    pairs.grid("mask.asc", mask, corner=(1.0, 1.0))
    pairs.options |= {"use_mask": "True", "mask_file": "mask.asc"}
    pairs.run()
    kept = conductance()
    kept[1, 1] = 0.0
    compare(pairs, dense(kept))
    assert sum("other cells" in told for told in pairs.told) == 2


def test_the_options_are_written_beside_the_results(pairs, tmp_path):
    pairs.run()
    text = (tmp_path / "out" / "case.out").read_text()
    assert "[Output options]\noutput_file = out/case.out\n" in text
    assert "scenario = pairwise" in text
