"""The worker keeps to itself: old Pythons, no imports from the rest of the program."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from layers.qgis.process import worker_folder
from layers.qgis.worker import messages

MODULES = sorted(worker_folder().glob("*.py"))
ALLOWED = {"numpy", "qgis", *sys.stdlib_module_names}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_it_imports_the_standard_library_and_qgis_alone(module):
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            own = name.startswith("layers.qgis.worker")
            assert own or name.partition(".")[0] in ALLOWED, f"{module.name} imports {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_the_oldest_python_of_qgis_reads_it(module):
    ast.parse(module.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_the_folder_is_a_package_of_this_one():
    assert worker_folder() == Path(__file__).resolve().parents[3] / "layers" / "qgis" / "worker"


def test_messages_go_there_and_back():
    message = {"id": 1, "op": messages.RENDER, "args": {"name": "虎 \n тигр"}}
    line = messages.encode(message)
    assert line.count(b"\n") == 1
    assert messages.decode(line) == message


def test_what_is_no_message_is_refused():
    with pytest.raises(TypeError):
        messages.decode(b"[1]\n")
    with pytest.raises(ValueError, match="Expecting"):
        messages.decode(b"nothing\n")
