import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.marxan.errors import MarxanFolderError, MarxanZonesError
from planner.marxan.folder import read_folder

AMOUNTS = np.array([[3, 2, 0, 4], [0, 3, 1, 2]])


def test_a_folder_by_hand(make_folder):
    path = make_folder()
    folder = read_folder(path)
    np.testing.assert_array_equal(folder.amount.toarray(), AMOUNTS)
    np.testing.assert_array_equal(folder.features.target, [5, 3])
    np.testing.assert_array_equal(folder.boundary.edges, [[0, 1], [1, 2], [2, 3]])
    np.testing.assert_array_equal(folder.boundary.exposed, [2, 1, 1, 2])
    assert folder.boundary.of(np.array([True, True, False, False])) == 2 + 1 + 1
    assert folder.notes == ()
    np.testing.assert_array_equal(read_folder(path.parent).units.id, folder.units.id)
    path.rename(path.with_name("INPUT.DAT"))
    assert len(read_folder(path.parent).units) == 4


@pytest.mark.parametrize(
    "text",
    [
        "pu,1,2\n1,3,0\n2,2,3\n3,0,1\n4,4,2\n",
        "pu\t2\t1\n4\t2\t4\n3\t1\t0\n2\t3\t2\n1\t0\t3\n",
        "pu,species,amount\n4,1,4\n1,1,3\n2,1,2\n2,2,3\n3,2,1\n4,2,2\n3,1,0\n",
        "1,1,3\n1,2,2\n1,4,4\n2,2,3\n2,3,1\n2,4,2\n",
    ],
)
def test_amounts_in_each_of_their_forms(make_folder, text):
    folder = read_folder(make_folder(input__puvspr=text))
    np.testing.assert_array_equal(folder.amount.toarray(), AMOUNTS)


def test_shares_count_units_that_are_locked_out(make_folder):
    folder = read_folder(
        make_folder(
            input__pu="id,cost,status\n1,4,0\n2,3,0\n3,5,0\n4,2,3\n",
            input__spec="id,prop\n1,0.5\n2,0.25\n",
        )
    )
    np.testing.assert_array_equal(folder.features.target, [4.5, 1.5])


def test_boundaries_given_twice_count_once(make_folder):
    bound = "id1,id2,boundary\n1,2,1\n2,1,1\n2,3,1\n2,3,4\n3,3,1\n3,3,2\n"
    folder = read_folder(make_folder(input__bound=bound))
    np.testing.assert_array_equal(folder.boundary.edges, [[0, 1], [1, 2]])
    np.testing.assert_array_equal(folder.boundary.length, [1, 1])
    np.testing.assert_array_equal(folder.boundary.exposed, [0, 0, 3, 0])
    (note,) = folder.notes
    assert "gives 2 pairs again" in note
    assert "unit 2 and 3 differ" in note


def test_connections_with_a_direction_are_exact(make_folder):
    rng = np.random.default_rng(5)
    value = rng.integers(0, 5, (4, 4)).astype(float)
    rows = "".join(
        f"{i + 1},{j + 1},{value[i, j]}\n" for i in range(4) for j in range(4) if i != j
    )
    folder = read_folder(
        make_folder(
            "ASYMMETRICCONNECTIVITY 1\n", input__bound=f"id1,id2,boundary\n{rows}1,1,9\n"
        )
    )
    for code in range(16):
        chosen = np.array([bool(code >> unit & 1) for unit in range(4)])
        paid = sum(
            value[i, j] for i in range(4) for j in range(4) if i != j and chosen[i] > chosen[j]
        )
        assert folder.boundary.of(chosen) == pytest.approx(paid)
    assert "carried over exactly" in folder.notes[0]


def test_what_counts_otherwise_is_told(make_folder):
    spec = "id,target,spf,target2,sepnum,sepdistance\n1,5,0,3,2,10\n2,3,1,0,2,-1\n"
    path = make_folder("NUMREPS 100\n", input__spec=spec)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("BOUNDNAME bound.dat\n", ""), encoding="utf-8")
    told = read_folder(path).notes
    assert "BLM is 1, but no BOUNDNAME is given" in told[0]
    assert "feature 1 has an SPF of 0" in told[1]
    assert "Not carried over: target2 of feature 1" in told[2]
    assert "Not carried over: sepnum and sepdistance of feature 1" in told[3]
    assert "feature 2 has only one of sepnum and sepdistance" in told[4]
    assert "NUMREPS" in told[5]


@pytest.mark.parametrize(
    ("table", "text", "told"),
    [
        (
            "puvspr",
            "species,pu,amount\n1,1,3\n1,8,2\n",
            r"line 3: planning unit 8 is not known",
        ),
        (
            "puvspr",
            "species,pu,amount\n6,1,3\n7,2,2\n",
            r"lines 2 and 3: features 6 and 7 is not",
        ),
        ("puvspr", "species,pu,amount\n1,1,-3\n", r"the amount of feature 1 in unit 1 is neg"),
        (
            "puvspr",
            "species,pu,amount\n1,1,3\n1,1,3\n",
            r"lines 2 and 3: feature 1 in unit 1 st",
        ),
        ("puvspr", "species,pu,amount\n1,1,a\n", r"column amount holds no finite number: 'a'"),
        ("puvspr", "pu,x,y\n1,1,2\n", r"no column amount, and columns x and y"),
        ("bound", "id1,id2,boundary\n1,2,1\n1,9,1\n", r"line 3: planning unit 9 is not known"),
        ("bound", "id1,id2,boundary\n1,2,-1\n", r"boundary of unit 1 and 2 is negative"),
        ("bound", "id1,id2\n1,2\n", r"no column boundary"),
    ],
)
def test_bad_tables_are_told_with_file_line_and_ids(make_folder, table, text, told):
    path = make_folder(**{f"input__{table}": text})
    with pytest.raises(MarxanFolderError, match=told) as caught:
        read_folder(path)
    assert f"{table}.dat" in str(caught.value)


def test_missing_files_are_named(make_folder):
    with pytest.raises(MarxanFolderError, match=r"puvspr.dat is missing"):
        read_folder(make_folder(without=("input/puvspr.dat",)))
    with pytest.raises(MarxanFolderError, match=r"input.dat is missing"):
        read_folder(make_folder(home="other", without=("input.dat",)))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("CONNECTIVITYIN 1\n", r"CONNECTIVITYIN 1 makes connections inside"),
        ("CONNECTIONFILESNAME all.dat\n", r"CONNECTIONFILESNAME weighs several"),
    ],
)
def test_other_problems_are_refused(make_folder, line, told):
    with pytest.raises(MarxanFolderError, match=told):
        read_folder(make_folder(line))


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "units", "targets", "edges"),
    [
        ("simple", 6, [30, 20, 15], 5),
        ("formats/double_tab", 25, [10.4, 9.4, 9.6, 10.4], 40),
        ("formats/quoted_csv", 25, [10.4, 9.4, 9.6, 10.4], 40),
    ],
)
def test_the_reference_folders_are_read(reference, name, units, targets, edges, tmp_path):
    folder = read_folder(reference / name / "input.dat", out=tmp_path)
    assert len(folder.units) == units
    np.testing.assert_allclose(folder.features.target, targets)
    assert len(folder.boundary.edges) == edges


@pytest.mark.reference
def test_the_two_dialects_of_one_problem_agree(reference):
    one, other = (
        read_folder(reference / "formats" / name) for name in ("double_tab", "quoted_csv")
    )
    assert (one.amount != other.amount).nnz == 0
    np.testing.assert_array_equal(one.units.status, other.units.status)
    np.testing.assert_array_equal(one.boundary.edges, other.boundary.edges)


@pytest.mark.reference
def test_the_reference_folder_with_zones_is_refused(reference):
    with pytest.raises(MarxanZonesError, match="Marxan with Zones"):
        read_folder(reference / "zones/input.dat")


def test_a_folder_of_many_rows_is_read_fast(make_folder):
    n, features = 5_000, 40
    rng = np.random.default_rng(2)
    amounts = rng.random((features, n)).round(3) + 0.001
    rows = "\n".join(
        f"{feature + 1}\t{unit + 1}\t{amounts[feature, unit]:.4f}"
        for feature in range(features)
        for unit in range(n)
    )
    path = make_folder(
        input__pu="id\tcost\n" + "".join(f"{unit + 1}\t2\n" for unit in range(n)),
        input__spec="id\tprop\n" + "".join(f"{k + 1}\t0.2\n" for k in range(features)),
        input__puvspr=f"species\tpu\tamount\n{rows}\n",
    )
    started = time.process_time()
    folder = read_folder(path)
    assert time.process_time() - started < 5.0
    np.testing.assert_allclose(folder.features.target, 0.2 * amounts.sum(axis=1))


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    seed=st.integers(0, 10**6),
    mark=st.sampled_from([",", "\t", "\t\t", ";", " "]),
    quoted=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_a_folder_is_the_same_in_every_dialect(
    make_folder, seed, mark, quoted, encoding, ending
):
    rng = np.random.default_rng(seed)
    n, features = int(rng.integers(2, 8)), int(rng.integers(1, 4))
    ids = rng.permutation(np.arange(1, 50))[:n]
    cost = rng.integers(1, 100, n) / 4
    amount = rng.integers(0, 9, (features, n)) / 2
    length = rng.integers(1, 9, n - 1)

    def table(names, rows):
        head = [f'"{name}"' if quoted else name for name in names]
        lines = [head, *([repr(float(cell)) for cell in row] for row in rows)]
        return "".join(mark.join(line) + ending for line in lines).encode(encoding)

    rows = [(f + 1, ids[i], amount[f, i]) for f in range(features) for i in range(n)]
    rng.shuffle(rows)
    path = make_folder(
        home=f"dialect{seed}",
        input__pu=table(("id", "cost", "status"), zip(ids, cost, [0] * n, strict=True)),
        input__spec=table(("id", "prop"), [(f + 1, 0.25) for f in range(features)]),
        input__puvspr=table(("species", "pu", "amount"), rows),
        input__bound=table(
            ("id1", "id2", "boundary"), zip(ids[:-1], ids[1:], length, strict=True)
        ),
    )
    folder = read_folder(path)
    np.testing.assert_array_equal(folder.units.id, ids)
    np.testing.assert_array_equal(folder.units.cost, cost)
    np.testing.assert_array_equal(folder.amount.toarray(), amount)
    np.testing.assert_allclose(folder.features.target, 0.25 * amount.sum(axis=1))
    np.testing.assert_array_equal(folder.boundary.edges, [(i, i + 1) for i in range(n - 1)])
    np.testing.assert_array_equal(folder.boundary.length, length)
