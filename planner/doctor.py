"""What this machine has and what is missing, each gap with the command that mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
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
from resources.translation import mark, tr, tr_n

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from planner.jobs import JobControl

State = Literal["ok", "warning", "missing"]

FREE_SPACE_WANTED_GB = 2.0
_LINES_KEPT = 20
_LINE_LETTERS = 200
_QGIS_REMEDIES = {
    "win32": mark("install QGIS with the OSGeo4W installer"),
    "darwin": mark("install the QGIS bundle into /Applications"),
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
    command : tuple of str
        The words of the remedy where it can be run without more rights than the user has; see
        `mend`.
    """

    subject: str
    state: State
    detail: str
    remedy: str = ""
    command: tuple[str, ...] = ()


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
        _shipped(tr("data pack"), _pack_detail),
        _shipped(tr("catalogue of sites"), _catalogue_detail),
        _shipped(tr("species and region profiles"), _profiles_detail),
        _display(),
        _disk(place),
    )


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        "Python", "ok", tr("{version} at {path}", version=found, path=sys.executable)
    )


def _packages() -> Finding:
    missing = [name for name in _required_packages() if not _installed(name)]
    if missing:
        command = (sys.executable, "-m", "pip", "install", *missing)
        return Finding(
            tr("Python packages"),
            "missing",
            tr("not installed: {names}", names=", ".join(missing)),
            " ".join(command),
            command,
        )
    count = len(_required_packages())
    return Finding(
        tr("Python packages"),
        "ok",
        tr_n("the only one is installed", "all {count} are installed", count),
    )


def mend(finding: Finding, control: JobControl) -> str:
    """Run what mends a finding, and return the last it said.

    Parameters
    ----------
    finding : Finding
        One with a command.
    control : JobControl
        Told what the command says; a cancel ends it.

    Raises
    ------
    PlannerError
        It cannot be run, or has failed; with what it said.
    """
    said: list[str] = []
    try:
        process = subprocess.Popen(
            finding.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise PlannerError(f"{finding.remedy} cannot be run: {error.strerror}.") from error
    with process:
        try:
            for line in process.stdout or ():
                said = [*said[-_LINES_KEPT:], line.rstrip()]
                control.say(line.strip()[:_LINE_LETTERS])
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        told = "\n".join(said)
        raise PlannerError(f"{finding.remedy} has failed:\n{told}")
    return said[-1] if said else ""


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
        return [Finding(tr("QGIS (maps, prints, .qgz)"), "missing", str(error), _qgis_remedy())]
    findings = [
        Finding(
            tr("QGIS (maps, prints, .qgz)"),
            "ok",
            f"{installation.version}, {installation.python}",
        )
    ]
    try:
        with QgisEngine(installation) as engine:
            description = engine.describe()
    except PlannerError as error:
        findings.append(Finding(tr("QGIS engine"), "missing", str(error), _qgis_remedy()))
        return findings
    findings.append(
        Finding(
            tr("QGIS engine"),
            "ok",
            tr(
                "starts; {parts}",
                parts=", ".join(
                    f"{name} {description[key]}"
                    for name, key in _ENGINE_PARTS.items()
                    if description[key]
                ),
            ),
        )
    )
    findings.append(_fonts(description["fonts"]))
    return findings


def _fonts(coverage: Mapping[str, str]) -> Finding:
    """Tell for which scripts the engine has a font; empty text means it has none."""
    missing = [script for script, family in coverage.items() if not family]
    if not missing:
        return Finding(
            tr("fonts of the map"), "ok", tr("for {scripts}", scripts=", ".join(coverage))
        )
    return Finding(
        tr("fonts of the map"),
        "warning",
        tr(
            "none for {scripts}: names in these scripts print as empty boxes",
            scripts=", ".join(missing),
        ),
        "sudo apt-get install fonts-noto-cjk"
        if sys.platform.startswith("linux")
        else tr("install the Noto Sans CJK font family"),
    )


def _qgis_remedy() -> str:
    told = _QGIS_REMEDIES.get(sys.platform)
    return tr(told) if told else "sudo apt-get install python3-qgis"


def _shipped(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, "ok", look())
    except PlannerError as error:
        return Finding(subject, "missing", str(error), tr("install Landbridge again with pip"))


def _pack_detail() -> str:
    pack = DataPack.open()
    pack.verify()
    return tr_n(
        "{count} layer, checksum right", "{count} layers, checksums right", len(pack.variables)
    )


def _catalogue_detail() -> str:
    return tr_n("{count} site", "{count} sites", len(Catalogue.load().sites))


def _profiles_detail() -> str:
    species = [load_species(name) for name in species_ids()]
    regions = [load_region(name) for name in region_ids()]
    return tr(
        "{species} species, {regions} regions", species=len(species), regions=len(regions)
    )


def _display() -> Finding:
    if not sys.platform.startswith("linux") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    ):
        return Finding(tr("display"), "ok", tr("found"))
    return Finding(
        tr("display"),
        "warning",
        tr("none: the window cannot open here; everything else works"),
        tr("log in to a desktop session, connect with ssh -X, or run xvfb-run landbridge app"),
    )


def _disk(place: Path) -> Finding:
    there = next(path for path in (place, *place.resolve().parents) if path.exists())
    free_gb = shutil.disk_usage(there).free / 1e9
    if free_gb < FREE_SPACE_WANTED_GB:
        return Finding(
            tr("disk space"),
            "warning",
            tr("{free} GB free in {folder}", free=f"{free_gb:.1f}", folder=place),
            tr(
                "free some space, or write elsewhere with --out; {wanted} GB do",
                wanted=f"{FREE_SPACE_WANTED_GB:.0f}",
            ),
        )
    return Finding(
        tr("disk space"),
        "ok",
        tr("{free} GB free in {folder}", free=f"{free_gb:.0f}", folder=place),
    )
