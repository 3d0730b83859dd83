"""The words of the other five languages are whole, well formed, and what the window reads."""

import json

import pytest

from resources.paths import resource_path
from resources.translation import LANGUAGES, STORED, language, set_language, tr_n
from scripts.translations import catalogues
from scripts.translations.checks import catalogue_problems

ROOT = resource_path("translations").parents[1]
TRANSLATED = tuple(code for code in LANGUAGES if code != "en")


@pytest.fixture(scope="module")
def collected():
    return catalogues.collect(ROOT)


@pytest.fixture
def english_again():
    yield
    set_language("en")


def keys(catalogue):
    return {
        (m.context, m.id if isinstance(m.id, str) else tuple(m.id))
        for m in catalogues.entries(catalogue)
    }


def test_the_template_holds_every_text_of_the_code(collected):
    assert keys(catalogues.read(catalogues.template_path(ROOT))) == keys(collected), (
        "Run python -m scripts.translations update."
    )


def test_the_list_of_stored_texts_is_that_of_the_code():
    stored = json.loads((ROOT / catalogues.FOLDER / STORED).read_text("utf-8"))
    assert stored == catalogues.stored_texts(ROOT), "Run python -m scripts.translations update."


@pytest.mark.parametrize("code", TRANSLATED)
class TestCatalogue:
    def read(self, code):
        return catalogues.read(catalogues.po_path(ROOT, code), code)

    def test_it_holds_every_text_of_the_code(self, code, collected):
        assert keys(self.read(code)) == keys(collected), (
            "Run python -m scripts.translations update."
        )

    def test_every_text_is_translated_and_well_formed(self, code):
        found = catalogue_problems(self.read(code))
        assert not found, "\n".join(found[:40])

    def test_what_the_window_reads_is_compiled_from_it(self, code):
        compiled = catalogues.mo_path(ROOT, code).read_bytes()
        assert compiled == catalogues.compiled(self.read(code)), (
            "Run python -m scripts.translations compile."
        )

    def test_it_says_that_it_is_made_by_machine(self, code):
        assert "MACHINE-MADE TRANSLATION" in self.read(code).header_comment

    def test_it_can_be_spoken(self, code, english_again):
        set_language(code)
        assert language() == code
        assert "7" in tr_n("{count} site", "{count} sites", 7)
        assert tr_n("{count} site", "{count} sites", 7) != "7 sites"
