from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version

import pytest
import typer

import planner.cli.root as root_module
from planner.cli import STATUS_INTERRUPTED, STATUS_READER_LEFT
from resources.errors import PlannerError, UsageError


def is_one_line(text):
    return text.startswith("landbridge: ") and text.endswith("\n") and text.count("\n") == 1


def test_the_version_is_that_of_the_distribution(landbridge):
    ended = landbridge("--version")
    assert ended == (0, f"landbridge {version('landbridge')}\n", "")


def test_help_names_every_verb(landbridge):
    ended = landbridge("--help")
    assert ended.status == 0
    assert "Usage: landbridge" in ended.out
    for verb in ("plan", "doctor", "app", "sites"):
        assert f"│ {verb} " in ended.out
    assert ended == landbridge("-h")


@pytest.mark.parametrize("words", [(), ("sites",)])
def test_without_a_verb_the_help_is_shown_and_nothing_else(landbridge, words):
    ended = landbridge(*words)
    assert ended.status == 2
    assert "Usage: landbridge" in ended.out
    assert ended.err == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("plam",), "No such command 'plam'. Did you mean 'plan'?"),
        (("plan", "--seed", "-1"), "'--seed'"),
        (("plan", "--seed", "x"), "'--seed'"),
        (("plan", "--nope"), "--nope"),
        (("plan", "a", "b"), "(b)."),
        (("plan", "--out"), "'--out' requires an argument."),
        (("plan", "tigre-leopard"), "Did you mean tiger-leopard?"),
        (("plan", "-s", "amur-tigr"), "Did you mean amur-tiger or amur-leopard?"),
        (("plan", ""), "There is no region ''"),
        (("plan", "../tiger-leopard"), "There is no region '../tiger-leopard'"),
    ],
)
def test_usage_errors_are_one_line_with_status_2(landbridge, words, told):
    ended = landbridge(*words)
    assert ended.status == 2
    assert told in ended.err
    assert is_one_line(ended.err)
    assert ended.out == ""


@pytest.mark.parametrize(
    ("error", "status"),
    [(UsageError("Ask otherwise."), 2), (PlannerError("It broke. Mend it."), 1)],
)
def test_errors_of_the_program_are_one_line(landbridge, monkeypatch, error, status):
    def fail(*_arguments, **_options):
        raise error

    monkeypatch.setattr(root_module, "app", fail)
    assert landbridge("plan") == (status, "", f"landbridge: {error}\n")


def test_other_errors_are_not_hidden(monkeypatch):
    def fail(*_arguments, **_options):
        raise RuntimeError("a defect")

    monkeypatch.setattr(root_module, "app", fail)
    with pytest.raises(RuntimeError, match="a defect"):
        root_module.run(["plan"])


@pytest.mark.parametrize("where", ["in the verb", "outside of it", "asked something"])
def test_ctrl_c_is_one_line_with_status_130(landbridge, monkeypatch, where):
    def interrupted(*_arguments, **_options):
        raise typer.Abort if where == "asked something" else KeyboardInterrupt

    if where == "asked something":
        monkeypatch.setattr(root_module, "app", interrupted)
    elif where == "in the verb":
        monkeypatch.setattr("planner.cli.doctor.examine", interrupted)
    else:
        monkeypatch.setattr(root_module, "run", interrupted)
    ended = landbridge("doctor")
    assert ended == (
        STATUS_INTERRUPTED,
        "",
        "landbridge: interrupted; what was finished is kept.\n",
    )


@pytest.fixture
def process():
    """Return a function that starts the command as a process of its own."""

    def start(*words, **variables):
        return subprocess.Popen(
            [sys.executable, "-c", "from planner.cli import main; main()", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **variables},
        )

    return start


@pytest.mark.parametrize("words", [("plan", "--list"), ("sites", "list"), ("--help",)])
def test_whoever_reads_may_leave(process, words):
    running = process(*words)
    running.stdout.close()
    with running.stderr as stream:
        assert stream.read() == b""
    assert running.wait() == STATUS_READER_LEFT


@pytest.mark.parametrize(
    ("encoding", "shown"), [("ascii", "km?"), ("latin-1", "km²"), ("utf-8", "km²")]
)
def test_a_terminal_shows_what_it_can(process, encoding, shown):
    out, err = process("sites", "list", PYTHONIOENCODING=encoding, LC_ALL="C").communicate()
    assert err == b""
    assert shown in out.decode(encoding)
    assert "sites, " in out.decode(encoding)


def test_the_help_of_the_window_names_its_options(landbridge):
    ended = landbridge("app", "--help")
    assert ended.status == 0
    for words in ("app PROJECT opens", "--region ID opens", "With --out DIR"):
        assert words in " ".join(ended.out.split())


def test_an_installation_without_the_window_says_so(landbridge, monkeypatch):
    monkeypatch.setattr(root_module, "entry_points", lambda **_: ())
    ended = landbridge("app", "--region", "tumen-estuary")
    assert ended.status == 1
    assert "Install the package again" in ended.err
    assert is_one_line(ended.err)


def test_the_window_gets_the_words_after_its_verb(landbridge, monkeypatch):
    class Entry:
        @staticmethod
        def load():
            return lambda words: asked.append(words) or 0

    asked = []
    monkeypatch.setattr(root_module, "entry_points", lambda **_: (Entry,))
    assert landbridge("app", "--region", "tumen-estuary").status == 0
    assert landbridge("app").status == 0
    assert asked == [["--region", "tumen-estuary"], []]
