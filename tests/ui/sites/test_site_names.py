import pytest

from resources.translation import speaking
from ui import words
from ui.inspector.record import row_record
from ui.sites.row import SiteRow

HUNCHUN = SiteRow("hunchun", "Hunchun Reserve", "珲春自然保护区", ("CHN",))
SHARED = SiteRow("khanka", "Lake Khanka Reserve", "Ханка", ("CHN", "RUS"))


@pytest.mark.parametrize(
    ("language", "row", "title"),
    [
        ("en", HUNCHUN, "Hunchun Reserve"),
        ("zh", HUNCHUN, "珲春自然保护区"),
        ("ru", HUNCHUN, "Hunchun Reserve"),
        ("ru", SHARED, "Lake Khanka Reserve"),
    ],
)
def test_a_site_is_called_by_the_reader_s_name_where_it_is_known(language, row, title):
    fresh = SiteRow(row.site_id, row.name_en, row.name_local, row.countries)
    with speaking(language):
        assert fresh.title == title
        assert {fresh.title, fresh.other_name} == {row.name_en, row.name_local}
        assert row_record(fresh).title == title


@pytest.mark.parametrize(
    ("language", "name"), [("en", "Amur tiger"), ("zh", "东北虎"), ("ru", "амурский тигр")]
)
def test_a_species_is_called_by_the_reader_s_name(language, name):
    with speaking(language):
        assert words.species("amur-tiger") == name


def test_names_in_stored_texts_are_the_reader_s():
    with speaking("zh"):
        assert words.stored("Amur tiger") == "东北虎"
        assert words.stored("Amur tiger and Amur leopard") == "东北虎、东北豹"
        assert words.stored("the Amur tiger") == "东北虎"
        assert words.stored("Nobody knows this.") == "Nobody knows this."
