from __future__ import annotations

import re

import pytest

from layers.catalogue import Catalogue
from layers.occurrences import UnknownEncodingError, guess_columns, read_occurrences

CHINESE = (
    "物种,经度,纬度,日期\n东北虎,131.1234,43.4321,2021年5月3日\n"
    "东北豹,130.5678,43.2345,2021年6月4日\n"
)
KOREAN = (
    "종,경도,위도,날짜\n두루미,127.2345,38.2345,2021.5.3\n재두루미,126.9876,37.9123,2021.6.4\n"
)
RUSSIAN = "вид;широта;долгота;дата\nАмурский тигр;43,4321;131,1234;03.05.2021\n"
JAPANESE = "種,経度,緯度,日付\nタンチョウ,144.3456,43.1234,2021/5/3\n"
MONGOLIAN = "зүйл,уртраг,өргөрөг,огноо\nИрвэс,97.1234,46.4321,2021-05-03\n"


@pytest.mark.parametrize(
    ("text", "written", "guessed", "first"),
    [
        (CHINESE, "gb18030", "gb18030", ("东北虎", 131.1234, 43.4321, "2021-05-03")),
        (CHINESE, "utf-8", "utf-8", ("东北虎", 131.1234, 43.4321, "2021-05-03")),
        (CHINESE, "utf-8-sig", "utf-8-sig", ("东北虎", 131.1234, 43.4321, "2021-05-03")),
        (CHINESE, "utf-16", "utf-16", ("东北虎", 131.1234, 43.4321, "2021-05-03")),
        (CHINESE, "utf-16-le", "utf-16-le", ("东北虎", 131.1234, 43.4321, "2021-05-03")),
        (KOREAN, "euc_kr", "cp949", ("두루미", 127.2345, 38.2345, "2021-05-03")),
        (
            KOREAN.replace("재두루미", "똠방각하"),
            "cp949",
            "cp949",
            ("두루미", 127.2345, 38.2345, "2021-05-03"),
        ),
        (RUSSIAN, "koi8-r", "koi8-r", ("Амурский тигр", 131.1234, 43.4321, "2021-05-03")),
        (RUSSIAN, "cp1251", "cp1251", ("Амурский тигр", 131.1234, 43.4321, "2021-05-03")),
        (RUSSIAN, "cp866", "cp866", ("Амурский тигр", 131.1234, 43.4321, "2021-05-03")),
        (JAPANESE, "shift_jis", "cp932", ("タンチョウ", 144.3456, 43.1234, "2021-05-03")),
        (JAPANESE, "euc_jp", "euc_jp", ("タンチョウ", 144.3456, 43.1234, "2021-05-03")),
        (MONGOLIAN, "utf-8", "utf-8", ("Ирвэс", 97.1234, 46.4321, "2021-05-03")),
    ],
)
def test_short_tables_of_the_six_countries_are_read_and_the_guess_is_told(
    write, text, written, guessed, first
):
    path = write(text, encoding=written)
    found = read_occurrences(path)
    row = found.table.iloc[0]
    assert (row["species"], row["lon"], row["lat"], row["date"]) == first
    guess = guess_columns(path)
    assert guess.encoding.encoding == guessed
    assert guess.encoding.reason in found.notes
    assert guess.roles["lon"].certain
    assert guess.roles["species"].certain


@pytest.mark.parametrize(
    ("place", "written", "guessed"),
    [
        ("珲春", "gb18030", "gb18030"),
        ("철원", "euc_kr", "cp949"),
        ("Лазовский", "koi8-r", "koi8-r"),
        ("Лазовский", "cp1251", "cp1251"),
        ("Müller", "cp1252", "cp1252"),
    ],
)
def test_one_word_beyond_ascii_is_enough(write, place, written, guessed):
    path = write(f"species,lon,lat,place\nTigris,131.1,43.1,{place}\n", encoding=written)
    assert guess_columns(path).encoding.encoding == guessed


def test_a_word_far_down_a_table_of_ascii_is_seen(write):
    rows = "".join(f"Panthera tigris,131.{n:06d},43.{n:06d},x\n" for n in range(60_000))
    text = f"species,lon,lat,place\n{rows}Panthera tigris,131.5,43.5,中国吉林省珲春\n"
    assert guess_columns(write(text, encoding="gb18030")).encoding.encoding == "gb18030"


def test_a_stated_encoding_overrides_the_guess(write):
    path = write(RUSSIAN, encoding="koi8-r")
    guess = guess_columns(path, encoding="cp1251")
    assert guess.encoding.certainty == "stated"
    assert guess.names[0] != "вид"
    assert read_occurrences(path, encoding="koi8-r").table["species"].iloc[0] == "Амурский тигр"


def test_a_stated_encoding_that_does_not_fit_is_refused(write):
    path = write(CHINESE, encoding="gb18030")
    with pytest.raises(
        UnknownEncodingError, match=r"records\.csv.*not UTF-8.*Name the encoding"
    ):
        read_occurrences(path, encoding="utf-8")


def test_an_encoding_nobody_knows_is_refused(write):
    with pytest.raises(UnknownEncodingError, match=r'no encoding "klingon".*gb18030'):
        read_occurrences(write(CHINESE), encoding="klingon")


def test_text_that_fits_no_encoding_is_refused_with_file_and_remedy(tmp_path):
    path = tmp_path / "noise.csv"
    noise = bytes(range(0x80, 0x100)) * 3
    path.write_bytes(b"species,lon,lat\n" + noise + b",131.1,43.1\n")
    with pytest.raises(
        UnknownEncodingError, match=r"noise\.csv fits none.*Save the table as UTF-8"
    ):
        read_occurrences(path)


def test_damaged_utf8_is_not_taken_for_another_encoding(tmp_path):
    rows = "".join(f"东北虎,131.{n},43.{n}\n" for n in range(1000, 1100)).encode()
    path = tmp_path / "damaged.csv"
    path.write_bytes("物种,经度,纬度\n".encode() + rows + b"\xe4\xb8,131.5,43.5\n")
    with pytest.raises(UnknownEncodingError, match=r"UTF-8 text with damaged bytes"):
        read_occurrences(path)


def test_a_binary_file_is_no_text(tmp_path):
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\2\3\0\0\0" * 20)
    with pytest.raises(UnknownEncodingError, match="not text"):
        read_occurrences(path)


def test_bytes_that_stop_fitting_far_down_name_the_line(tmp_path):
    head = "物种,经度,纬度\n".encode() + b"Panthera tigris,131.5,43.5\n" * 60_000
    filler = "东北虎,131.1,43.1\n".encode() * 16_000
    path = tmp_path / "mixed.csv"
    path.write_bytes(
        head + filler + b"Panthera tigris,131.5,43.5\n" * 100_000 + b"\xb6\xab,1,1\n"
    )
    with pytest.raises(UnknownEncodingError, match=r"after line \d+"):
        read_occurrences(path)


_SCRIPTS = {"cp949": "[가-힣]", "gb18030": "[一-鿿]", "koi8-r": "[а-я]", "cp1251": "[а-я]"}


@pytest.mark.parametrize("encoding", _SCRIPTS)
def test_names_of_protected_areas_give_their_encoding_away(tmp_path, encoding):
    parts = (
        part.strip() for site in Catalogue.load() for part in re.split("[;,/]", site.name_local)
    )
    names = [name for name in parts if re.search(_SCRIPTS[encoding], name)]
    names = [name for name in names if name.encode(encoding, "ignore").decode(encoding) == name]
    assert len(names) > 30
    wrong = {}
    for start in range(0, len(names) - 2, 3):
        rows = "".join(f"Panthera tigris,131.1,43.1,{n}\n" for n in names[start : start + 3])
        path = tmp_path / "records.csv"
        path.write_bytes(f"species,lon,lat,place\n{rows}".encode(encoding))
        guess = guess_columns(path).encoding.encoding
        if guess != encoding:
            wrong[rows] = guess
    assert not wrong


@pytest.mark.parametrize("written", ["cp932", "euc_jp"])
@pytest.mark.parametrize(
    "place",
    ["釧路湿原国立公園", "知床半島", "北海道根室市", "出水ツルの越冬地", "クッチャロ湖"],
)
def test_japanese_names_give_their_encoding_away(write, written, place):
    path = write(f"species,lon,lat,place\nGrus,144.1,43.1,{place}\n", encoding=written)
    assert guess_columns(path).encoding.encoding == written
