from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.occurrences.errors import UnknownEncodingError
from planner.marxan.errors import MarxanFolderError
from planner.marxan.reading import read_table, read_text
from planner.marxan.tables import told_ids, told_list


@pytest.fixture
def written(tmp_path):
    def write(content, name="pu.dat"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    "text",
    [
        "id,cost,status\n1,2.5,0\n2,3,2\n",
        "id\tcost\tstatus\n1\t2.5\t0\n2\t3\t2\n",
        "id\t\tcost\t\tstatus\n1\t\t2.5\t\t0\n2\t\t\t3\t2\n",
        "id;cost;status\n1;2.5;0\n2;3;2\n",
        "id;cost;status\n1;2,5;0\n2;3;2\n",
        "id\tcost\tstatus\n1\t2,5\t0\n2\t3\t2\n",
        "id cost status\n1 2.5 0\n  2   3    2\n",
        '"id","cost","status"\n1,2.5,0\n2,3,2\n',
        '"id","cost","status"\n"1","2.5","0"\n"2","3","2"\n',
        "ID, Cost, STATUS\n1, 2.5, 0\n2, 3, 2\n",
        "id,cost,status\r\n1,2.5,0\r\n2,3,2\r\n",
        "id,cost,status\r1,2.5,0\r2,3,2",
        "\n\nid,cost,status\n\n1,2.5,0\n\n2,3,2\n\n",
        "id\tcost\tstatus\n1,2.5,0\n2,3,2\n",
        "id,cost,status,\n1,2.5,0,\n2,3,2,\n",
        "id,cost,status\n1,2.5,0,\n2,3,2,\n",
        "id,cost,status\n1.0,2.5e0,0\n2,3,2\n",
        "\ufeffid,cost,status\n1,2.5,0\n2,3,2\n",
    ],
)
def test_every_dialect_gives_the_same_table(written, text):
    table = read_table(written(text))
    assert table.names == ("id", "cost", "status")
    np.testing.assert_array_equal(table.ids("id"), [1, 2])
    np.testing.assert_array_equal(table.numbers("cost"), [2.5, 3])
    np.testing.assert_array_equal(table.numbers("status"), [0, 2])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1251"])
def test_names_in_the_encodings_of_the_region(written, encoding):
    names = ["Амурский тигр", "Дальневосточный леопард", "Кабарга"]
    if encoding == "gb18030":
        names = ["东北虎豹国家公园", "长白山自然保护区", "兴凯湖"]
    rows = "".join(f"{number},0.3,{name}\n" for number, name in enumerate(names, start=1))
    table = read_table(written(f"id,prop,name\n{rows}".encode(encoding)))
    assert list(table.texts("name")) == names


def test_a_table_without_a_header_is_taken_by_place(written):
    table = read_table(written("1 2 3.5\n2 2 1\n"), headless=("species", "pu", "amount"))
    assert table.names == ("species", "pu", "amount")
    np.testing.assert_array_equal(table.numbers("amount"), [3.5, 1])
    with pytest.raises(MarxanFolderError, match=r"line 1: '1 2 3.5' is no header"):
        read_table(written("1 2 3.5\n2 2 1\n"))


def test_a_column_without_a_name_is_named_by_its_place(written):
    table = read_table(written('"","id","cost"\n"a",1,2\n"b",2,3\n'))
    assert table.names == ("column 1", "id", "cost")
    np.testing.assert_array_equal(table.ids("id"), [1, 2])


def test_quoted_names_may_hold_the_separator(written):
    table = read_table(written('id,name\n1,"tiger, Amur"\n2,leopard\n'))
    assert table.texts("name") == ("tiger, Amur", "leopard")


def test_names_that_are_numbers_stay_texts(written):
    assert read_table(written("id,name\n1,007\n2,\n")).texts("name") == ("007", "")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,cost\n\n1,2\n\n2,x\n", r"line 5: column cost holds no finite number: 'x'"),
        ("id,cost\n1,nan\n2,inf\n", r"lines 2 and 3: column cost holds no finite number"),
        ("id,cost\n1\n2,3\n", r"line 2: column cost is empty, or the line has too few"),
        ("id,cost\n1,2\n2,3,4\n", r"line 3: 3 fields, where 2 columns are named"),
        ("id,cost\n1,2,3\n2,3\n", r"line 2: 3 fields, where 2 columns are named"),
        ("id,cost,id\n1,2,3\n", r"the header names id twice"),
        ("id,cost\n", r"has a header and no rows"),
        ("", r"is empty"),
        ("  \n\n", r"is empty"),
        ('id,cost\n1,"2\n2,3\n', r"is no table: .*mark may not be closed"),
        ("id|cost\n1|2\n", r"does not divide into columns"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(written, text, told):
    path = written(text)
    with pytest.raises(MarxanFolderError, match=told) as caught:
        read_table(path).numbers("cost")
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("cell", ["-1", "1.5", "1e300"])
def test_ids_are_whole_numbers(written, cell):
    table = read_table(written(f"id,cost\n3,1\n{cell},2\n"))
    with pytest.raises(MarxanFolderError, match=r"line 3: column id holds .*whole numbers"):
        table.ids("id")


def test_a_missing_column_is_told_with_those_there(written):
    table = read_table(written("id,price\n1,2\n"))
    with pytest.raises(MarxanFolderError, match=r"no column cost; its columns are id, price"):
        table.needed("cost")


def test_what_is_no_text_or_no_file_is_refused(written, tmp_path):
    with pytest.raises(UnknownEncodingError, match="not text"):
        read_text(written(b"\x00\x01\x02\x00\x00" * 20))
    with pytest.raises(MarxanFolderError, match="is missing"):
        read_text(tmp_path / "nowhere.dat")
    with pytest.raises(MarxanFolderError, match="is missing"):
        read_text(tmp_path)
    with pytest.raises(MarxanFolderError, match="more than 10"):
        read_text(written("id,cost\n1,2\n"), 10)


def test_lists_are_short():
    assert told_ids("unit", [3]) == "unit 3"
    assert told_ids("unit", [4, 3, 3]) == "units 3 and 4"
    assert told_ids("unit", range(1, 10)) == "units 1, 2, 3, 4, 5 and 4 more"
    assert told_list("line", ["2", "7"], 9) == "lines 2, 7 and 7 more"


MARKS = {",": ",", "\t": "\t", ";": ";", " ": " ", "runs": "\t\t"}


@given(
    rows=st.lists(
        st.tuples(
            st.integers(0, 10**9),
            st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: float(f"{value:.9g}")),
        ),
        min_size=1,
        max_size=20,
    ),
    mark=st.sampled_from(sorted(MARKS)),
    quoted=st.booleans(),
    ending=st.sampled_from(["\n", "\r\n", "\n\n"]),
)
def test_whatever_is_written_is_read_again(tmp_path_factory, rows, mark, quoted, ending):
    parted = MARKS[mark]
    quote = '"' if quoted else ""
    lines = [f"{quote}id{quote}{parted}{quote}cost{quote}"]
    lines += [f"{number}{parted}{value!r}" for number, value in rows]
    path = tmp_path_factory.mktemp("table") / "pu.dat"
    path.write_bytes((ending.join(lines) + ending).encode())
    table = read_table(path)
    np.testing.assert_array_equal(table.ids("id"), [number for number, _ in rows])
    np.testing.assert_allclose(table.numbers("cost"), [value for _, value in rows], rtol=1e-15)


@given(st.binary(max_size=400))
def test_damaged_files_raise_nothing_else(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("damaged") / "pu.dat"
    path.write_bytes(b"id,cost\n1,2\n" + data)
    with suppress(MarxanFolderError, UnknownEncodingError):
        table = read_table(path)
        assert table.ids("id").min() >= 0
        assert np.isfinite(table.numbers(table.needed("cost"))).all()
