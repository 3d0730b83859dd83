"""The map as a .qgz that opens in QGIS anywhere its data lie beside it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from layers.qgis.worker import compat, sources
from layers.qgis.worker.project import MapProject, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qgis.core import QgsProject

HEADER = b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def relative_source(source: str, folder: Path) -> str:
    """Return a source relative to a folder, as QGIS writes it: forward slashes, ``./`` first.

    On another Windows drive there is no relative path; the absolute one is kept.
    """
    path, bar, rest = sources.native_source(source).partition("|")
    try:
        near = os.path.relpath(Path(path).absolute(), folder)
    except ValueError:
        return f"{PurePath(path).as_posix()}{bar}{rest}"
    near = PurePath(near).as_posix()
    return f"{near if near.startswith('../') else './' + near}{bar}{rest}"


def _written_source(spec: Mapping[str, Any], folder: Path) -> str:
    """Return what the project names as the source: with its filter, without a password."""
    if spec.get("provider") in {"wms", "postgres"}:
        return str(spec["source"])
    source = relative_source(spec["source"], folder)
    return f"{source}|subset={spec['subset']}" if spec["subset"] else source


def _rewritten(xml: bytes, by_qgis_id: dict[str, str]) -> bytes:
    """Return the project with each layer pointing at the file itself."""
    root = ElementTree.fromstring(xml)
    for element in root.iter("maplayer"):
        source = by_qgis_id.get(element.findtext("id", ""))
        place = element.find("datasource")
        if source is not None and place is not None:
            place.text = source
    for element in root.iter("layer-tree-layer"):
        source = by_qgis_id.get(element.get("id", ""))
        if source is not None:
            element.set("source", source)
    return HEADER + bytes(ElementTree.tostring(root, encoding="utf-8"))


def _write(project: QgsProject, draft: Path) -> None:
    project.setFilePathStorage(compat.first_of("Qgis.FilePathType.Relative"))
    kept_name = project.fileName()
    try:
        written = project.write(str(draft))
    finally:
        project.setFileName(kept_name)
    if not written:
        raise RefusedError(f"QGIS could not write {draft.parent}: {project.error()}")


def save_project(held: MapProject, path_text: str) -> str:
    """Write the project as .qgz with relative paths; a finished file replaces the old one.

    Raises
    ------
    RefusedError
        The folder or the disk takes no file.
    """
    path = Path(path_text).absolute()
    by_qgis_id = {
        held.layer(name).id(): _written_source(held.spec(name), path.parent)
        for name in held.order
    }
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".landbridge-") as folder:
            draft = Path(folder) / f"{path.stem}.qgz"
            final = Path(folder) / "final"
            _write(held.project, draft)
            _repack(draft, final, by_qgis_id)
            final.replace(path)
    except OSError as error:
        raise RefusedError(f"{path} could not be written: {error}.") from error
    return str(path)


def _repack(draft: Path, final: Path, by_qgis_id: dict[str, str]) -> None:
    """Copy a .qgz, its project rewritten."""
    with (
        zipfile.ZipFile(draft) as old,
        zipfile.ZipFile(final, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            data = old.read(name)
            new.writestr(name, _rewritten(data, by_qgis_id) if name.endswith(".qgs") else data)
