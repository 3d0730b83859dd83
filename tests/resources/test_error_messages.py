"""Errors are written in English where they are raised, and told in the reader's language."""

import ast
import errno
import json
import os
import tomllib
from string import Formatter

import numpy as np
import pytest
from babel.messages.catalog import Message
from scipy.sparse import csr_array

from algorithms.reserve.problem import Problem
from algorithms.reserve.solution import InfeasibleProblemError
from algorithms.reserve.solving import solve
from planner.reserve.naming import named_refusal
from resources import foreign_texts
from resources.errors import nearest_names_hint
from resources.paths import resource_path
from resources.stored_texts import StoredTexts, Template, has_values
from resources.telling import Signs, Teller
from scripts.translations import catalogues, errors
from scripts.translations.checks import problems
from scripts.translations.code import Code, module_of

ROOT = resource_path("translations").parents[1]

TOLD_ELSEWHERE = {
    "UnexpectedApartError(trace)": "a defect: its trace is for those who mend it",
    "JobCancelled('cancelled')": "who cancels is told by the state of the job",
    "JobCancelled(self.label)": "who cancels is told by the state of the job",
    "JobCancelled(f'{self.label}: {self._state.value}.')": "as above",
    "InputError(f'{path}: {error}') from error": "the text of another error, after a place",
    "NetworkInputError(f'{error}') from error": "the text of another error",
    "ReadOnlyProjectError(project.read_only_reason)": "collected where it is made",
    "ReadOnlyProjectError(self._session.read_only_reason)": "as above",
    "ReadOnlyProjectError(reason)": "as above",
    "_ERRORS.get(message['kind'], LayerReadError)(message['error'])": (
        "made in another process, where it is collected"
    ),
    "UnsoundError(' '.join((problem.text for problem in problems[:_TOLD])))": (
        "made by tr, in the reader's language"
    ),
    "ValueError(reason)": "the reason is collected where it is made",
}
"""What is raised with a text that cannot be read at its place, and why that does no harm."""


@pytest.fixture(scope="module")
def code():
    return Code(ROOT, errors.PACKAGES)


@pytest.fixture(scope="module")
def found(code):
    return list(errors.messages(code))


@pytest.fixture(scope="module")
def stored():
    return StoredTexts(catalogues.stored_texts(ROOT))


def teller(stored, translations=None, *, named=None):
    def translate(message):
        return f"«{message}»" if translations is None else translations.get(message, message)

    return Teller(stored, translate, Signs(".", {"; ": "; ", ", ": ", "}), named)


class _AsText(Formatter):
    def format_field(self, value, form):
        return str(value)


def filled_example(template: Template) -> tuple[str, str]:
    """Return a text as a template makes it, and the same within the marks of a translation."""
    values = {}
    for _, name, form, _ in Formatter().parse(template.message):
        if name:
            is_number = template._is_number(name, form or "")
            values[name] = "1 234.5" if is_number else f"Xq{name.title()}Z"
    return (
        _AsText().vformat(template.message, (), values),
        f"«{_AsText().vformat(template.message, (), values)}»",
    )


class TestCollected:
    def test_every_message_is_found_again_in_what_is_made_of_it(self, stored, found):
        collected = {error.message.text for error in found}
        tell = teller(stored).told
        wrong = []
        for template in stored._templates:
            if template.message not in collected:
                continue
            made, told = filled_example(template)
            if tell(made) != told:
                wrong.append(f"{template.message!r}: {tell(made)!r}")
        assert not wrong, "\n".join(wrong)

    def test_every_message_without_values_is_told(self, stored, found):
        plain = {e.message.text for e in found if not has_values(e.message.text)}
        assert len(plain) > 200
        tell = teller(stored).told
        assert [text for text in plain if tell(text) != f"«{text}»"] == []

    def test_every_error_is_raised_with_a_text_that_can_be_collected(self, code):
        raised = [line.partition(": raise ") for line in errors.unreadable(code)]
        unknown = [
            f"{place}: {text}: write the text plainly where it is raised"
            for place, _, text in raised
            if text not in TOLD_ELSEWHERE
        ]
        assert not unknown, "\n".join(unknown)
        assert set(TOLD_ELSEWHERE) == {text for _, _, text in raised}, "no longer needed"

    def test_there_are_as_many_as_are_raised(self, code, found):
        # Far fewer would mean that a change has hidden the errors from the collection.
        raised = sum(
            isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
            for name, module in code.modules.items()
            if name.startswith(("planner.", "layers."))
            and not name.startswith(errors.IN_THE_TERMINAL)
            for node in ast.walk(module.tree)
        )
        of_them = [e for e in found if e.place.startswith(("planner/", "layers/"))]
        assert len(of_them) > raised > 500

    def test_a_translation_with_other_values_is_refused(self):
        message = Message("{path} has no layer {layer}.")
        assert problems(message, ("В {path} нет слоя {layer}.",), 1) == []
        assert problems(message, ("В {path} нет слоя.",), 1)
        assert problems(message, ("В {path} нет слоя {name}.",), 1)

    def test_the_window_does_not_use_what_speaks_english_only(self):
        names = {
            p.relative_to(ROOT).as_posix().removesuffix(".py").replace("/", "."): p
            for package in ("ui", "planner", "layers")
            for p in (ROOT / package).rglob("*.py")
        }
        waiting = [name for name in names if name.startswith("ui.")]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen or name not in names:
                continue
            seen.add(name)
            module = module_of(names[name].read_text("utf-8"), name)
            for origin, what in module.imported.values():
                waiting += [origin, f"{origin}.{what}"]
        assert "planner.reserve.offered" in seen
        terminal = tuple(f"{name}." for name in errors.IN_THE_TERMINAL)
        assert [name for name in seen if f"{name}.".startswith(terminal)] == []


class TestReading:
    """What texts are read from code, by examples."""

    def texts(self, tmp_path, code):
        (tmp_path / "planner").mkdir()
        (tmp_path / "planner" / "example.py").write_text(code, "utf-8")
        read = Code(tmp_path, ("planner",))
        self.code = read
        return {(e.message.text, e.message.numbers) for e in errors.messages(read)}

    def test_values_are_named_after_what_they_are(self, tmp_path):
        assert self.texts(
            tmp_path,
            "def read(path, rows, layer):\n"
            "    raise ValueError(\n"
            "        f'{path.name} has {len(rows):,} rows in {layer.name!r} of '\n"
            "        f'{self._folder}, {path.name}.'\n"
            "    )\n",
        ) == {
            (
                "{path_name} has {rows_count} rows in {layer_name} of {folder}, {path_name}.",
                ("rows_count",),
            )
        }

    def test_choices_within_a_sentence_are_written_out(self, tmp_path):
        assert self.texts(
            tmp_path,
            "def read(count):\n"
            '    raise ValueError(f\'There {"is" if count == 1 else "are"} {count:,}.\')\n',
        ) == {("There is {count}.", ("count",)), ("There are {count}.", ("count",))}

    def test_a_helper_and_the_reasons_it_is_given_are_read(self, tmp_path):
        assert self.texts(
            tmp_path,
            "class ReadError(ValueError):\n"
            "    pass\n"
            "def _unreadable(path, why) -> ReadError:\n"
            "    return ReadError(f'{path} cannot be read: {why}. Choose another.')\n"
            "def read(path, size):\n"
            "    raise _unreadable(path, f'it has {size:,} bytes')\n",
        ) == {
            ("{path} cannot be read: {why}. Choose another.", ()),
            ("it has {size} bytes", ("size",)),
        }

    def test_an_error_that_composes_its_message_is_read_in_its_class(self, tmp_path):
        assert self.texts(
            tmp_path,
            "class WideError(ValueError):\n"
            "    def __init__(self, width):\n"
            "        super().__init__(f'A width of {width:.0f} m cannot pass.')\n"
            "def read():\n"
            "    raise WideError(3.0)\n",
        ) == {("A width of {width} m cannot pass.", ("width",))}

    def test_braces_of_the_text_itself_stay(self, tmp_path):
        assert self.texts(
            tmp_path, "def read(x):\n    raise ValueError(f'Write {{x}} in place of {x}.')\n"
        ) == {("Write {{x}} in place of {x}.", ())}

    def test_a_message_that_is_a_value_is_reported(self, tmp_path):
        self.texts(tmp_path, "def read(text):\n    raise ValueError(text)\n")
        assert errors.unreadable(self.code) == ["planner/example.py:2: raise ValueError(text)"]


class TestTold:
    """What the reader sees of an error."""

    STORED = (
        "The {kind} profile {path} cannot be used: {what}. Correct the file.",
        "{path} has {rows} rows, more than {most}. Split it.",
        "There is no species {name}. {hint}",
        "There is no region. Choose another.",
        "it has {size} bytes",
        "Did you mean {near}?",
        "{path} cannot be read: {error}.",
        "No such file or directory",
        "[Errno {number}] {reason}: {path}",
        "{place} is missing",
    )

    @pytest.fixture
    def tell(self):
        items = sorted(self.STORED, key=len, reverse=True)
        return teller(
            StoredTexts([i if "rows" not in i else [i, "rows", "most"] for i in items])
        )

    def test_values_within_values_are_told(self, tell):
        assert tell.told(
            "The species profile /b.toml cannot be used: it has 1,200 bytes. Correct the file."
        ) == (
            "«The species profile /b.toml cannot be used: «it has 1,200 bytes». "
            "Correct the file.»"
        )

    def test_a_hint_is_a_sentence_of_its_own(self, tell):
        hint = nearest_names_hint("amur-tigr", ["amur-tiger", "snow-leopard"])
        assert tell.told(f"There is no species 'amur-tigr'. {hint}") == (
            "«There is no species 'amur-tigr'. «Did you mean amur-tiger?»»"
        )

    def test_sentences_that_nobody_knows_stay(self, tell):
        assert tell.told("GDAL is out of luck. There is no region. Choose another.") == (
            "GDAL is out of luck. «There is no region. Choose another.»"
        )

    def test_numbers_are_numbers(self, tell):
        text = "a.csv has some rows, more than 12. Split it."
        assert tell.told(text) == text
        text = "a.csv has 2,000 rows, more than 12. Split it."
        assert tell.told(text) == f"«{text}»"

    def test_a_place_before_and_a_stop_after_do_no_harm(self, tell):
        assert tell.told("features.2: it has 7 bytes.") == "features.2: «it has 7 bytes»."
        assert tell.told("a.b is missing; c is missing.") == "«a.b is missing»; «c is missing»."

    def test_what_the_system_says_is_told_within(self, tell, tmp_path):
        with pytest.raises(OSError, match="No such file") as caught:
            (tmp_path / "none").read_text()
        path = tmp_path / "none"
        assert tell.told(f"{path} cannot be read: {caught.value}.") == (
            f"«{path} cannot be read: «[Errno 2] «No such file or directory»: '{path}'».»"
        )

    def test_without_a_translation_it_stays_english(self):
        stored = StoredTexts(list(self.STORED))
        text = "There is no species 'x'. Did you mean y?"
        assert teller(stored, {}).told(text) == text
        hint = {"Did you mean {near}?": "{near}, не так ли?"}
        assert teller(stored, hint).told(text) == text, "not half of it"
        text = "a.toml cannot be read: No such file or directory."
        assert teller(stored, {"No such file or directory": "Нет файла"}).told(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "a of b of " * 700,
            "{path} {0} {{}} %s \x00",
            "1" * 5000 + " rows",
            "it has " * 600 + "bytes",
            "Did you mean " * 300,
            ". A" * 1500,
            "; " * 2000,
            ": " * 2000,
        ],
    )
    def test_hostile_texts_stay_as_they_are(self, stored, text):
        assert teller(stored).told(text).replace("«", "").replace("»", "") == text

    @pytest.mark.parametrize(
        "text",
        [
            "Hunchun National Nature Reserve",
            "A note of mine: ask the ministry of forests in May, and the park again.",
            "Коридор от Хунчуня до Кедровой Пади",
            "琿春から ケドローヴァヤ・パジ まで",
            "/data/of/mine.tif",
        ],
    )
    def test_what_people_write_stays(self, stored, text):
        assert teller(stored).told(text) == text


class TestForeign:
    """The texts of others are those that they say."""

    def test_errors_of_the_system_are_known(self):
        for number in (errno.ENOENT, errno.EACCES, errno.ENOSPC, errno.EROFS, errno.EISDIR):
            assert os.strerror(number) in foreign_texts.FOREIGN_TEXTS

    def test_errors_of_libraries_are_known(self, stored):
        told = []
        for read, text in ((json.loads, "x"), (tomllib.loads, "a = 1 1")):
            with pytest.raises(ValueError, match="line") as caught:
                read(text)
            told.append(teller(stored).told(str(caught.value)))
        assert all(text.startswith("«") for text in told)


def test_a_search_that_cannot_be_met_is_told_in_all_its_parts(stored):
    problem = Problem(
        cost=np.ones(2),
        amount=csr_array(np.array([[1.0, 2.0], [3.0, 0.0]])),
        feature_names=("forest", "moor"),
        target=np.array([9.0, 5.0]),
    )
    with pytest.raises(InfeasibleProblemError) as caught:
        solve(problem)
    refused = named_refusal(caught.value, ["a", "b"], [], {})
    told = teller(stored).told(str(refused))
    assert told == (
        "«no selection meets what is asked: «the target of forest is 9 and the units that are "
        "not locked out hold 3, 6 too little»; «the target of moor is 5 and the units that are "
        "not locked out hold 3, 2 too little».»"
    )


def test_parts_of_a_list_are_told_each(stored):
    told = teller(stored).told(
        "No selection meets everything that is asked. Nearest to it: forest is 3 too little, "
        "budget is 2 too much. Ask less of these, or unlock land."
    )
    assert "«forest is 3 too little», «budget is 2 too much»" in told
    assert told.endswith("Ask less of these, or unlock land».")


def test_a_capital_at_the_beginning_stays():
    stored = StoredTexts(["the target of {name} is out of reach", "nothing was found"])
    tell = teller(
        stored,
        {
            "the target of {name} is out of reach": "цель {name} недостижима",
            "nothing was found": "ничего не найдено",
        },
    ).told
    assert tell("The target of Forest is out of reach.") == "Цель Forest недостижима."
    assert tell("the target of Forest is out of reach") == "цель Forest недостижима"
    assert tell("Nothing was found.") == "Ничего не найдено."


def test_the_effort_for_a_text_has_an_end(stored, monkeypatch):
    looked_up = []
    matches = StoredTexts.matches
    monkeypatch.setattr(
        StoredTexts, "matches", lambda self, text: looked_up.append(text) or matches(self, text)
    )
    hard = ". ".join(f"Sites of Land, {n}; more, of a few is b" for n in range(11))
    teller(stored).told(hard)
    assert 0 < len(looked_up) < 3000, "without an end it would be hundreds of thousands"
