import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import DamagedProjectError
from planner.project.payload import PACK_ABOVE_BYTES, pack, unpack
from planner.project.rows import Delete, Insert, Update

stored = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary(max_size=30)
)
operations = st.one_of(
    st.builds(
        lambda rows: Insert("cores", ("fid", "name"), tuple(rows)),
        st.lists(st.tuples(stored, stored), max_size=4),
    ),
    st.builds(lambda fids: Delete("cores", tuple(fids)), st.lists(st.integers(1, 2**62))),
    st.builds(
        lambda values: Update("cores", 1, tuple(values.items())),
        st.dictionaries(st.text("abc"), stored, max_size=3),
    ),
)


@given(st.lists(operations, max_size=4))
def test_operations_come_back_as_they_were(given_operations):
    assert unpack(pack(given_operations)) == tuple(given_operations)


def test_short_payloads_stay_readable_and_long_ones_are_packed():
    short = pack([Delete("cores", (1,))])
    assert short == b'[{"op":"delete","table":"cores","fids":[1]}]'
    long = pack([Delete("cores", tuple(range(PACK_ABOVE_BYTES)))])
    assert len(long) < PACK_ABOVE_BYTES * 3
    assert len(unpack(long)[0].fids) == PACK_ABOVE_BYTES


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "text",
        b"",
        b"[",
        b"[1]",
        b"{}",
        b"[" * 100_000,
        b'[{"op":"drop","table":"cores"}]',
        b'[{"op":"delete","table":"cores","fids":["x"]}]',
        b'[{"op":"delete","table":"cores","fids":[[]]}]',
        b'[{"op":"insert","table":"cores","columns":["fid"],"rows":[[1,2]]}]',
        b'[{"op":"insert","table":"cores","columns":["fid"],"rows":[5]}]',
        b'[{"op":"update","table":"cores","fid":1,"values":{"name":{"hex":"zz"}}}]',
        b'[{"op":"update","table":"cores","fid":1,"values":{"name":[1]}}]',
        zlib.compress(b"[]")[:-3],
        zlib.compress(b"nonsense"),
    ],
)
def test_hostile_payloads_are_an_error(payload):
    with pytest.raises(DamagedProjectError, match="entry of the journal"):
        unpack(payload)


def test_payload_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr("planner.project.payload.MAXIMUM_PAYLOAD_BYTES", 1000)
    with pytest.raises(DamagedProjectError, match="too large"):
        unpack(zlib.compress(b" " * 1_000_000))
