from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("planner", "ui", "layers", "algorithms", "resources")

# One line of code per contract that must break exactly that contract.
BREACHES = {
    "ui > planner > (layers | algorithms) > resources": (
        "layers/breach.py",
        "import algorithms",
    ),
    "only ui imports Qt": ("planner/breach.py", "import PyQt6.QtCore"),
    "algorithms are arrays only": ("algorithms/breach.py", "import pathlib"),
    "ui asks planner, never algorithms": ("ui/breach.py", "import algorithms.control"),
}


def _contracts() -> list[str]:
    with (ROOT / "pyproject.toml").open("rb") as stream:
        settings = tomllib.load(stream)["tool"]["importlinter"]
    return [contract["name"] for contract in settings["contracts"]]


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy_of_code(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        for source in (ROOT / package).rglob("*.py"):
            target = tmp_path / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return tmp_path


def test_every_contract_has_a_breach():
    assert sorted(_contracts()) == sorted(BREACHES)


def test_the_code_keeps_every_contract(copy_of_code):
    result = _lint(copy_of_code)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("contract", BREACHES)
def test_each_contract_can_break(copy_of_code, contract):
    file, line = BREACHES[contract]
    (copy_of_code / file).write_text(f"{line}\n")
    result = _lint(copy_of_code)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contract} BROKEN" in result.stdout
