import json
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from resources import translation
from resources.errors import UsageError
from resources.stored_texts import Template
from resources.translation import (
    STORED,
    filled,
    language,
    mark,
    set_language,
    tr,
    tr_c,
    tr_filled,
    tr_n,
)
from scripts.translations import catalogues

STORED_TEXTS = [
    "Draw corridor {name} in {place}",
    "Draw corridor {name}",
    "Change {what}",
    "the resistance",
    "Add {area:.1f} km²",
    "{share:.1f} % of {what}",
    "{map}, {year}",
]


@pytest.fixture
def russian(tmp_path, monkeypatch):
    folder = tmp_path / "translations"
    catalogue = Catalog("ru", "landbridge")
    for english, russian in (
        ("Zoom to layer", "Приблизить к слою"),
        ("{name} was removed.", "Удалено: {name}."),
        ("Draw corridor {name}", "Провести коридор {name}"),
        ("Draw corridor {name} in {place}", "Провести в {place} коридор {name}"),
        ("Change {what}", "Изменить: {what}"),
        ("the resistance", "сопротивление"),
        ("Add {area:.1f} km²", "Добавить {area:.1f} км²"),
        ("{share:.1f} % of {what}", "{what}: {share:.1f} %"),
        ("{map}, {year}", "{map} ({year})"),
    ):
        catalogue.add(english, russian)
    catalogue.add("Open", "Открыта", context="of a border")
    catalogue.add("Open", "Открыть")
    catalogue.add(
        ("{count} site in {where}", "{count} sites in {where}"),
        (
            "{count} участок ({where})",
            "{count} участка ({where})",
            "{count} участков ({where})",
        ),
    )
    path = folder / "ru" / "LC_MESSAGES" / "landbridge.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogues.compiled(catalogue))
    (folder / STORED).write_text(json.dumps(STORED_TEXTS), "utf-8")
    monkeypatch.setattr(translation, "resource_path", lambda name: tmp_path / name)
    translation._stored.cache_clear()
    set_language("ru")
    yield
    set_language("en")
    translation._stored.cache_clear()


def test_english_is_spoken_as_it_is_written():
    assert language() == "en"
    assert tr("Zoom to layer") == "Zoom to layer"
    assert tr("{name} was removed.", name="Lake") == "Lake was removed."
    assert tr_n("{count} site", "{count} sites", 1) == "1 site"
    assert (
        tr_n("{count} site", "{count} sites", 12345) == "12\N{NARROW NO-BREAK SPACE}345 sites"
    )
    assert tr_c("of a border", "Open") == "Open"
    assert tr_filled("Draw corridor Lake") == "Draw corridor Lake"


def test_a_text_without_values_is_taken_as_it_is():
    assert tr("A brace { stays.") == "A brace { stays."
    assert tr("") == ""


def test_marked_and_filled_texts_stay_english(russian):
    assert mark("Zoom to layer") == "Zoom to layer"
    assert filled("Draw corridor {name}", name="Hunchun") == "Draw corridor Hunchun"


def test_the_catalogue_is_spoken(russian):
    assert tr("Zoom to layer") == "Приблизить к слою"
    assert tr("{name} was removed.", name="Ханка") == "Удалено: Ханка."
    assert tr("Open") == "Открыть"
    assert tr_c("of a border", "Open") == "Открыта"
    assert tr("Nobody has translated this.") == "Nobody has translated this."


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, "1 участок"), (3, "3 участка"), (5, "5 участков"), (21, "21 участок")],
)
def test_counts_take_the_form_of_the_language(russian, count, told):
    shown = tr_n("{count} site in {where}", "{count} sites in {where}", count, where="РФ")
    assert shown == f"{told} (РФ)"


def test_stored_texts_are_told_in_the_language(russian):
    assert tr_filled("Draw corridor Hunchun – Land") == "Провести коридор Hunchun – Land"
    assert tr_filled("Draw corridor A in B") == "Провести в B коридор A"
    assert tr_filled("Change the resistance") == "Изменить: сопротивление"
    assert tr_filled("Made by an older version") == "Made by an older version"
    assert tr_filled("") == ""


def test_forms_of_values_are_those_of_the_stored_text(russian):
    told = filled("Add {area:.1f} km²", area=12.345)
    assert told == "Add 12.3 km²"
    assert tr_filled(told) == "Добавить 12.3 км²"


def test_values_of_stored_texts_can_be_named(russian):
    names = {"Lake": "Озеро"}
    shown = tr_filled("Draw corridor Lake", named=lambda text: names.get(text, text))
    assert shown == "Провести коридор Озеро"


def test_a_value_that_stands_twice_must_be_the_same_twice():
    pattern = Template("{a} beside {a} of {b}").pattern
    assert pattern.fullmatch("x beside x of y")
    assert not pattern.fullmatch("x beside z of y")


def test_an_unknown_language_is_refused():
    with pytest.raises(UsageError, match="none of en, zh"):
        set_language("tlh")


def test_a_missing_catalogue_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(translation, "resource_path", lambda name: Path(tmp_path, name))
    with pytest.raises(UsageError, match="Install Landbridge again"):
        set_language("ko")
    assert language() == "en"


def test_each_part_of_a_stored_list_is_told_for_itself(russian):
    assert tr_filled("5.0 % of land; 2.5 % of the resistance") == (
        "land: 5.0 %; сопротивление: 2.5 %"
    )
    assert tr_filled("Add 5.0 km²; nothing else") == "Add 5.0 km²; nothing else"


def test_a_template_without_words_is_taken_only_where_a_value_of_it_is_known(russian):
    assert tr_filled("the resistance, 2050") == "сопротивление (2050)"
    assert tr_filled("Lake, 2050") == "Lake, 2050"
