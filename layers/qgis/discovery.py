"""Finding a Python interpreter that can import QGIS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from layers.qgis.errors import QgisNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OVERRIDE = "LANDBRIDGE_QGIS_PYTHON"
MINIMUM_VERSION = (3, 22)
PROBE_TIMEOUT_S = 30.0
MARK = "landbridge-qgis:"
PROBE = f"""
import json, os, sys
from qgis.core import Qgis, QgsApplication
prefix = os.environ.get("QGIS_PREFIX_PATH") or QgsApplication.prefixPath() or sys.prefix
print({MARK!r} + json.dumps([sys.executable, Qgis.QGIS_VERSION, prefix, dict(os.environ)]))
"""
PRIVATE_PREFIXES = ("PYTHON", "QT_", "QML", "GDAL_", "OGR_", "CPL_", "PROJ_", "QGIS_", "CONDA")
PRIVATE_NAMES = {"VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "XDG_RUNTIME_DIR", "DISPLAY"}


@dataclass(frozen=True)
class QgisInstallation:
    """A QGIS that can be driven from Python.

    Parameters
    ----------
    python : Path
        The interpreter that owns the bindings.
    version : str
        Version of QGIS, as it says itself.
    prefix : Path
        Where QGIS has its resources and providers.
    environment : mapping of str
        What its start script sets; empty where the interpreter needs no script.
    """

    python: Path
    version: str
    prefix: Path
    environment: Mapping[str, str] = field(default_factory=dict, compare=False)


def find_qgis() -> QgisInstallation:
    """Find the QGIS to use; asked again, the answer is remembered.

    ``LANDBRIDGE_QGIS_PYTHON`` alone decides where it is set; else the interpreters of the
    system, OSGeo4W and the macOS bundles are tried in turn.

    Raises
    ------
    QgisNotFoundError
        None works; the message lists what was tried and the command that installs QGIS.
    """
    return _find(os.environ.get(OVERRIDE, ""), os.environ.get("PATH", ""))


def forget() -> None:
    """Look again the next time, such as after an installation."""
    _find.cache_clear()


@lru_cache(maxsize=4)
def _find(override: str, path: str) -> QgisInstallation:
    tried = []
    for candidate in [Path(override)] if override else dict.fromkeys(_candidates(path)):
        found, reason = _probe(candidate)
        if found is not None:
            return found
        tried.append(f"{candidate} ({reason})")
    where = f"{OVERRIDE} is set to: " if override else "Tried: "
    raise QgisNotFoundError(
        "No Python interpreter with QGIS 3.22 or newer was found, and maps, prints and .qgz "
        f"need one. {where}{', '.join(tried) or 'nothing, there is no candidate'}. "
        f"{install_hint()}"
    )


def install_hint() -> str:
    """Return the sentence that says how to install QGIS on this system."""
    if sys.platform == "win32":
        return (
            "Install QGIS with OSGeo4W (package qgis-ltr) or its stand-alone installer, "
            f"or set {OVERRIDE} to its python-qgis-ltr.bat."
        )
    if sys.platform == "darwin":
        return (
            "Install it with: brew install --cask qgis (or the bundle of qgis.org in "
            f"/Applications), or set {OVERRIDE} to the python3 inside the bundle."
        )
    if shutil.which("apt-get"):
        return "Install it with: sudo apt-get install python3-qgis"
    if shutil.which("dnf"):
        return "Install it with: sudo dnf install python3-qgis"
    return (
        "Install the QGIS Python bindings with your package manager (python3-qgis), "
        f"or set {OVERRIDE} to an interpreter that can import qgis.core."
    )


def child_environment(installation: QgisInstallation) -> dict[str, str]:
    """Return an environment without anything of this program's own Python, Qt and GDAL."""
    environment = _clean(os.environ)
    environment.update(installation.environment)
    return environment


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    own = {Path(sys.prefix).resolve() / name for name in ("bin", "Scripts")}
    cleaned = {
        name: value
        for name, value in environment.items()
        if not (name in PRIVATE_NAMES or name.startswith(PRIVATE_PREFIXES))
    }
    if sys.prefix != sys.base_prefix and "PATH" in cleaned:
        folders = cleaned["PATH"].split(os.pathsep)
        cleaned["PATH"] = os.pathsep.join(
            folder for folder in folders if folder and Path(folder).resolve() not in own
        )
    return cleaned


def _candidates(path: str) -> Iterator[Path]:
    if sys.platform == "win32":
        yield from _windows_scripts()
        return
    if sys.platform == "darwin":
        for bundle in sorted(Path("/Applications").glob("QGIS*.app"), reverse=True):
            yield bundle / "Contents" / "MacOS" / "bin" / "python3"
    yield from (
        p for p in (Path("/usr/bin/python3"), Path("/usr/local/bin/python3")) if p.exists()
    )
    own = Path(sys.prefix).resolve()
    for folder in [Path(part) for part in path.split(os.pathsep) if part]:
        if folder.resolve().is_relative_to(own):
            continue
        for program in sorted(folder.glob("python3*"), reverse=True):
            suffix = program.name.removeprefix("python3")
            if suffix == "" or suffix.removeprefix(".").isdigit():
                yield program


def _windows_scripts() -> Iterator[Path]:
    roots = [Path(os.environ.get("OSGEO4W_ROOT", "C:/OSGeo4W")), Path("C:/OSGeo4W64")]
    programs = Path(os.environ.get("PROGRAMFILES", "C:/Program Files"))
    roots += sorted(programs.glob("QGIS*"), reverse=True)
    for root in roots:
        for name in ("python-qgis-ltr.bat", "python-qgis.bat", "python-qgis-qt6.bat"):
            if (root / "bin" / name).exists():
                yield root / "bin" / name


def _probe(candidate: Path) -> tuple[QgisInstallation | None, str]:
    """Return what an interpreter offers, or why it does not serve."""
    script = candidate.suffix.lower() in {".bat", ".cmd"}
    environment = {**_clean(os.environ), "QT_QPA_PLATFORM": "offscreen"}
    try:
        answer = subprocess.run(
            [str(candidate), "-s" if script else "-I", "-c", PROBE],
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=PROBE_TIMEOUT_S,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        return None, f"cannot be started: {error.strerror}"
    except subprocess.TimeoutExpired:
        return None, f"gave no answer in {PROBE_TIMEOUT_S:.0f} s"
    lines = [line for line in answer.stdout.splitlines() if line.startswith(MARK)]
    if not lines:
        complaint = (answer.stderr.strip().splitlines() or ["said nothing"])[-1]
        return None, complaint[:120]
    executable, version, prefix, told = json.loads(lines[-1].removeprefix(MARK))
    if tuple(int(part) for part in version.split("-")[0].split(".")[:2]) < MINIMUM_VERSION:
        return None, f"QGIS {version} is too old"
    python = Path(executable) if script else candidate
    return QgisInstallation(python, version, Path(prefix), told if script else {}), ""
