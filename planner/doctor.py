"""What this machine has and what is missing, each gap with the command that mends it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from packaging.requirements import Requirement

from layers.catalogue import Catalogue
from layers.pack import DataPack
from layers.qgis.discovery import find_qgis
from layers.qgis.engine import QgisEngine
from planner.profiles import load_region, load_species, region_ids, species_ids
from resources.errors import PlannerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

State = Literal["ok", "warning", "missing"]

FREE_SPACE_WANTED_GB = 2.0
_QGIS_REMEDIES = {
    "win32": "install QGIS with the OSGeo4W installer",
    "darwin": "install the QGIS bundle into /Applications",
}
_ENGINE_PARTS = {"Qt": "qt", "GDAL": "gdal", "PROJ": "proj"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    subject : str
        What was looked at.
    state : {"ok", "warning", "missing"}
        ``warning``: works, with a limit; ``missing``: some work cannot be done.
    detail : str
        What was found.
    remedy : str
        Command or step that mends it; empty where nothing needs mending.
    """

    subject: str
    state: State
    detail: str
    remedy: str = ""


def examine(folder: Path | None = None) -> tuple[Finding, ...]:
    """Look at everything Landbridge needs.

    Parameters
    ----------
    folder : Path, optional
        Where results would be written; the current folder where not given.
    """
    place = folder or Path.cwd()
    return (
        _python(),
        _packages(),
        *_qgis(),
        _shipped("data pack", _pack_detail),
        _shipped("catalogue of sites", _catalogue_detail),
        _shipped("species and region profiles", _profiles_detail),
        _display(),
        _disk(place),
    )


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", "ok", f"{found} at {sys.executable}")


def _packages() -> Finding:
    missing = [name for name in _required_packages() if not _installed(name)]
    if missing:
        return Finding(
            "Python packages",
            "missing",
            f"not installed: {', '.join(missing)}",
            f"{sys.executable} -m pip install {' '.join(missing)}",
        )
    return Finding("Python packages", "ok", f"all {len(_required_packages())} are installed")


def _required_packages() -> list[str]:
    try:
        lines = requires("landbridge") or []
    except PackageNotFoundError:
        return ["landbridge"]
    wanted = [Requirement(line) for line in lines]
    return sorted(item.name for item in wanted if item.marker is None)


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _qgis() -> list[Finding]:
    try:
        installation = find_qgis()
    except PlannerError as error:
        return [Finding("QGIS (maps, prints, .qgz)", "missing", str(error), _qgis_remedy())]
    findings = [
        Finding(
            "QGIS (maps, prints, .qgz)", "ok", f"{installation.version}, {installation.python}"
        )
    ]
    try:
        with QgisEngine(installation) as engine:
            description = engine.describe()
    except PlannerError as error:
        findings.append(Finding("QGIS engine", "missing", str(error), _qgis_remedy()))
        return findings
    findings.append(
        Finding(
            "QGIS engine",
            "ok",
            "starts; "
            + ", ".join(
                f"{name} {description[key]}"
                for name, key in _ENGINE_PARTS.items()
                if description[key]
            ),
        )
    )
    findings.append(_fonts(description["fonts"]))
    return findings


def _fonts(coverage: Mapping[str, str]) -> Finding:
    """Tell for which scripts the engine has a font; empty text means it has none."""
    missing = [script for script, family in coverage.items() if not family]
    if not missing:
        return Finding("fonts of the map", "ok", f"for {', '.join(coverage)}")
    return Finding(
        "fonts of the map",
        "warning",
        f"none for {', '.join(missing)}: names in these scripts print as empty boxes",
        "sudo apt-get install fonts-noto-cjk"
        if sys.platform.startswith("linux")
        else "install the Noto Sans CJK font family",
    )


def _qgis_remedy() -> str:
    return _QGIS_REMEDIES.get(sys.platform, "sudo apt-get install python3-qgis")


def _shipped(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, "ok", look())
    except PlannerError as error:
        return Finding(subject, "missing", str(error), "install Landbridge again with pip")


def _pack_detail() -> str:
    pack = DataPack.open()
    pack.verify()
    return f"{len(pack.variables)} layers, checksums right"


def _catalogue_detail() -> str:
    return f"{len(Catalogue.load().sites)} sites"


def _profiles_detail() -> str:
    species = [load_species(name) for name in species_ids()]
    regions = [load_region(name) for name in region_ids()]
    return f"{len(species)} species, {len(regions)} regions"


def _display() -> Finding:
    if not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return Finding("display", "ok", "found")
    return Finding(
        "display",
        "warning",
        "none: the window cannot open here; everything else works",
        "log in to a desktop session, connect with ssh -X, or run xvfb-run landbridge app",
    )


def _disk(place: Path) -> Finding:
    free_gb = shutil.disk_usage(place).free / 1e9
    if free_gb < FREE_SPACE_WANTED_GB:
        return Finding(
            "disk space",
            "warning",
            f"{free_gb:.1f} GB free in {place}",
            f"free some space, or write elsewhere with --out; {FREE_SPACE_WANTED_GB:.0f} GB do",
        )
    return Finding("disk space", "ok", f"{free_gb:.0f} GB free in {place}")
