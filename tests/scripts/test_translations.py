import json

import pytest
from babel.messages.catalog import Catalog, Message

from scripts.translations import catalogues, exchange
from scripts.translations.checks import catalogue_problems, fields, problems

CODE = """
from resources.translation import filled, mark, tr, tr_c, tr_n

WORD = mark("Marked")

def say(n):
    # TRANSLATORS: on a button
    tr("Press")
    tr("{name} of "
       "{place}", name=1, place=2)
    tr_n("{count} site", "{count} sites", n)
    tr_c("of a border", "Open")
    filled("Draw {name}", name=1)
    tr(WORD)
    tr("")
    return f"{tr('Within another')}: {n}"
"""


@pytest.fixture
def root(tmp_path):
    for package in catalogues.PACKAGES:
        (tmp_path / package).mkdir()
    (tmp_path / "ui" / "panel.py").write_text(CODE, "utf-8")
    template = catalogues.collect(tmp_path)
    catalogues.write(template, catalogues.template_path(tmp_path))
    for language in catalogues.TRANSLATED:
        catalogues.update(tmp_path, language, template)
    return tmp_path


def read(root, language="ru"):
    return catalogues.read(catalogues.po_path(root, language), language)


def test_every_kind_of_text_is_collected(root):
    found = {(m.context, m.id): m for m in catalogues.entries(catalogues.collect(root))}
    assert set(found) == {
        (None, "Marked"),
        (None, "Press"),
        (None, "{name} of {place}"),
        (None, ("{count} site", "{count} sites")),
        ("of a border", "Open"),
        (None, "Draw {name}"),
        (None, "Within another"),
    }
    assert found[None, "Press"].auto_comments == ["on a button"]
    assert [place for place, _ in found[None, "Press"].locations] == ["ui/panel.py"]


def test_stored_texts_are_listed_most_letters_first(root):
    assert catalogues.stored_texts(root) == ["Marked", "Draw {name}"]
    catalogues.write_compiled(root)
    stored = json.loads((root / catalogues.FOLDER / "stored.json").read_text("utf-8"))
    assert stored == ["Marked", "Draw {name}"]


def test_catalogues_say_that_they_are_made_by_machine(root):
    for language in catalogues.TRANSLATED:
        text = catalogues.po_path(root, language).read_text("utf-8")
        assert "MACHINE-MADE TRANSLATION" in text


def test_an_update_without_changes_changes_no_byte(root):
    path = catalogues.po_path(root, "ru")
    catalogue = read(root)
    catalogue["Press"].string = "Нажать"
    catalogues.write(catalogue, path)
    before = path.read_bytes()
    catalogues.update(root, "ru", catalogues.collect(root))
    assert path.read_bytes() == before
    assert read(root)["Press"].string == "Нажать"


def test_a_changed_text_is_open_again(root):
    catalogue = read(root)
    catalogue["Press"].string = "Нажать"
    catalogues.write(catalogue, catalogues.po_path(root, "ru"))
    code = CODE.replace('"Press"', '"Press it"')
    (root / "ui" / "panel.py").write_text(code, "utf-8")
    updated = catalogues.update(root, "ru", catalogues.collect(root))
    assert updated.get("Press") is None
    assert catalogues.is_open(updated["Press it"])


def test_open_texts_are_handed_out_and_answers_taken_in(root, tmp_path):
    asked = exchange.open_texts(root, "ru")
    assert [len(part) for part in exchange.chunks(asked, 4)] == [4, 3]
    by_text = {item.get("text", item.get("many")): item for item in asked}
    assert by_text["{count} sites"]["forms"] == 3
    assert by_text["{name} of {place}"]["keep"] == ["{name}", "{place}"]
    assert by_text["Press"]["note"] == "on a button"
    answers = tmp_path / "answers.json"
    answers.write_text(
        json.dumps(
            {
                by_text["Press"]["key"]: "Нажать",
                by_text["{count} sites"]["key"]: ["{count} а", "{count} б", "{count} в"],
                by_text["{name} of {place}"]["key"]: "{name} и {plase}",
                by_text["Open"]["key"]: ["a", "b"],
                "0123456789": "nothing",
            }
        ),
        "utf-8",
    )
    taken, refused = exchange.take_in(root, "ru", answers)
    assert taken == 2
    assert len(refused) == 3
    assert len(exchange.open_texts(root, "ru")) == 5
    assert read(root)["{count} site"].string == ("{count} а", "{count} б", "{count} в")


def test_answers_may_stand_in_the_portion(root, tmp_path):
    asked = exchange.open_texts(root, "zh")
    for item in asked:
        text = item.get("text") or item["many"]
        item["translation"] = [text] if "forms" in item else text
    answers = tmp_path / "zh-01.json"
    answers.write_text(json.dumps(asked), "utf-8")
    assert exchange.take_in(root, "zh", answers) == (7, [])
    assert catalogue_problems(read(root, "zh")) == []


@pytest.mark.parametrize(
    ("english", "texts", "plurals", "told"),
    [
        ("{name} is", ("{name}",), 3, ""),
        ("{name} is", ("это",), 3, "in place of {name}"),
        ("{name} is", ("{name",), 3, "cannot be filled in"),
        ("{share:.0f} %", ("{share} %",), 3, "in place of {share:.0f}"),
        ("Open", ("  ",), 3, "empty"),
        ("Open", ("{x}",), 3, "in place of none"),
        ("Open", (" Открыть",), 3, "white space"),
        ("a\nb", ("а б",), 3, "line breaks"),
        ("<b>a</b>", ("а",), 3, "HTML"),
        (("one", "{count} of {x}"), ("{x}", "{count} {x}"), 2, ""),
        (("one", "{count} of {x}"), ("{x}", "{x}"), 2, "in place of"),
        (("one", "{count}"), ("a", "{count}", "{count}"), 3, "in place of"),
        (("one", "{count}"), ("{count}", "{count}"), 3, "2 forms in place of 3"),
    ],
)
def test_faults_of_a_translation_are_told(english, texts, plurals, told):
    found = problems(Message(english), texts, plurals)
    assert bool(found) == bool(told)
    assert told in " ".join(found)


def test_open_and_guessed_texts_are_told():
    catalogue = Catalog("ru")
    catalogue.add("Open")
    catalogue.add("Close", "Закрыть", flags=["fuzzy"])
    assert [text.split("' ")[-1] for text in catalogue_problems(catalogue)] == [
        "is not translated.",
        "is marked fuzzy.",
    ]


def test_fields_keep_their_form():
    assert fields("{a} {b:.1f} {c!r} {{d}}") == {"{a}", "{b:.1f}", "{c!r}"}
