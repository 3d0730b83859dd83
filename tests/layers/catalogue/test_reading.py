from __future__ import annotations

import pytest

from layers.catalogue import (
    BorderRelation,
    Catalogue,
    DamagedCatalogueError,
    DesignationClass,
    Relation,
    State,
    Status,
)
from layers.catalogue.reading import MAXIMUM_FIELD_LENGTH


def test_a_sound_folder_is_read_field_by_field(write_catalogue):
    folder = write_catalogue(
        provenance="alpha,area_km2,2799,conflict,a page,\nalpha,area_km2,2620,conflict,other,\n"
    )
    site = Catalogue.load(folder)["alpha"]
    assert (site.name_en, site.name_local, site.countries) == ("Alpha", "Альфа", ("RUS",))
    assert site.designation_class is DesignationClass.NATIONAL_PARK
    assert site.labels == (DesignationClass.RAMSAR_SITE,)
    assert (site.lat, site.lon, site.area_km2, site.year) == (43.0, 131.4, 2799.0, 2012)
    assert site.borders == (
        BorderRelation("CHN-RUS", Relation.ON),
        BorderRelation("PRK-RUS", Relation.NEAR),
    )
    assert site.adjoining == ("beta",)
    assert site.species == ("amur-tiger", "amur-leopard")
    assert site.state is State.ACTIVE
    assert [e.value for e in site.provenance["area_km2"]] == ["2799", "2620"]
    assert site.provenance["area_km2"][0].status is Status.CONFLICT


def test_what_is_unknown_stays_empty(write_catalogue):
    folder = write_catalogue(lat="", lon="", area_km2="", year="", iucn="", borders="")
    site = Catalogue.load(folder)["alpha"]
    assert site.lat is None
    assert site.area_km2 is None
    assert site.year is None
    assert not site.has_point
    assert site.borders == ()
    assert site.provenance == {}


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"lat": "91"}, "lat", "from -90 to 90"),
        ({"lat": "nan"}, "lat", "out of range"),
        ({"lat": "43,5"}, "lat", "is not a number"),
        ({"lon": "-181"}, "lon", "from -180 to 180"),
        ({"lon": ""}, "lat", "Give both or neither"),
        ({"area_km2": "-5"}, "area_km2", "out of range"),
        ({"area_km2": "0"}, "area_km2", "Leave an unknown area empty"),
        ({"area_km2": "inf"}, "area_km2", "out of range"),
        ({"year": "1999.5"}, "year", "is not a year"),
        ({"year": "12"}, "year", "out of range"),
        ({"countries": "RU"}, "countries", "RUS (Russian Federation)"),
        ({"countries": ""}, "countries", "is empty"),
        (
            {"designation_class": "national-prak"},
            "designation_class",
            "Did you mean national-park",
        ),
        ({"labels": "ramser-site"}, "labels", "ramsar-site"),
        ({"borders": "RUS-CHN:on"}, "borders", "alphabetical order"),
        ({"borders": "CHN-RUS:beside"}, "borders", '"beside" is not known'),
        ({"borders": "CHN-XYZ:on"}, "borders", '"XYZ" is not an ISO 3166'),
        ({"borders": ":on"}, "borders", "names no border"),
        ({"species": "amur-tigger"}, "species", "Did you mean amur-tiger"),
        ({"species": "amur-tiger;amur-tiger"}, "species", "twice"),
        ({"adjoining": "betta"}, "adjoining", "Did you mean beta"),
        ({"part_of": "alpha"}, "part_of", "refers to itself"),
        ({"state": "gone"}, "state", "is not known"),
        ({"iucn": "VII"}, "iucn", "Known: Ia"),
        ({"confidence": "certain"}, "confidence", "Known: high"),
        ({"site_id": "Alpha Park"}, "site_id", "lower-case letters"),
        ({"name_en": ""}, "name_en", "is empty"),
        ({"source": "x" * (MAXIMUM_FIELD_LENGTH + 1)}, "source", "longer than"),
    ],
)
def test_a_damaged_field_is_named_with_file_line_and_remedy(
    write_catalogue, changes, field, says
):
    folder = write_catalogue(**changes)
    with pytest.raises(DamagedCatalogueError) as caught:
        Catalogue.load(folder)
    message = str(caught.value)
    assert f"{folder / 'sites.csv'}, line 2, field {field}:" in message
    assert says in message


def test_an_id_used_twice_is_refused(write_catalogue):
    folder = write_catalogue(beta_id="alpha", adjoining="")
    with pytest.raises(
        DamagedCatalogueError, match='line 3, field site_id: "alpha" is used twice'
    ):
        Catalogue.load(folder)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("gamma,lat,1,read,page,\n", 'no site has the id "gamma"'),
        ("alpha,lattitude,1,read,page,\n", "Did you mean lat"),
        ("alpha,lat,1,guessed,page,\n", '"guessed" is not known'),
        ("alpha,lat,1,read,,\n", "field source: is empty"),
        ("alpha,lat,1,read,page,note,more\n", "more fields than the header"),
    ],
)
def test_damaged_provenance_is_refused(write_catalogue, line, says):
    folder = write_catalogue(provenance=line)
    with pytest.raises(DamagedCatalogueError) as caught:
        Catalogue.load(folder)
    assert "provenance.csv, line 2" in str(caught.value)
    assert says in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DamagedCatalogueError, match=r"sites\.csv does not exist"):
        Catalogue.load(tmp_path)


def test_a_file_that_is_not_utf8_is_refused(write_catalogue):
    folder = write_catalogue()
    (folder / "sites.csv").write_bytes("site_id\nхинган".encode("cp1251"))
    with pytest.raises(DamagedCatalogueError, match="is not UTF-8"):
        Catalogue.load(folder)


def test_a_file_with_other_columns_is_refused(write_catalogue):
    folder = write_catalogue()
    (folder / "sites.csv").write_text("site_id,name\nalpha,Alpha\n", encoding="utf-8")
    with pytest.raises(DamagedCatalogueError, match="lacks the columns name_en, countries"):
        Catalogue.load(folder)


def test_an_unclosed_quotation_mark_is_refused(write_catalogue):
    folder = write_catalogue()
    text = (folder / "sites.csv").read_text(encoding="utf-8")
    (folder / "sites.csv").write_text(text.replace("Alpha", '"Alpha', 1), encoding="utf-8")
    with pytest.raises(DamagedCatalogueError, match=r"sites\.csv"):
        Catalogue.load(folder)


def test_a_file_without_rows_is_refused(write_catalogue):
    folder = write_catalogue()
    header = (folder / "sites.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "sites.csv").write_text(header + "\n", encoding="utf-8")
    with pytest.raises(DamagedCatalogueError, match="has no rows"):
        Catalogue.load(folder)
