"""Files that belong to a proposal, copied into the project's folder."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planner.drawing.errors import DrawingError
from planner.drawing.rows import adopted, proposal_row
from planner.errors import ReadOnlyProjectError
from planner.files import made_folder, replacing
from planner.project import UpdateFeature
from planner.project.journal import now
from planner.records import whole_number
from resources.translation import filled

if TYPE_CHECKING:
    from planner.project import Project
    from planner.records import Record

FOLDER = "attachments"
MAXIMUM_BYTES = 50 * 1024 * 1024
"""Largest file that can be attached."""
MAXIMUM_COUNT = 50
"""Most files of one proposal."""
_LONGEST_NAME = 100
_CHUNK = 1024 * 1024
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a proposal.

    Attributes
    ----------
    file : str
        Its name in the folder of attachments.
    title : str
        What people call it.
    size_bytes : int
        Its size.
    added, by : str
        When it was attached, ISO 8601 in UTC, and by whom.
    sha256 : str
        Checksum of its bytes.
    """

    file: str
    title: str
    size_bytes: int
    added: str
    by: str
    sha256: str


def attachments_of(row: Mapping[str, object]) -> tuple[Attachment, ...]:
    """Return the files of a proposal's row; entries that are damaged are passed over."""
    stored = row["attachments"]
    if not isinstance(stored, list):
        return ()
    found = []
    for item in stored:
        if isinstance(item, Mapping) and isinstance(item.get("file"), str):
            size = item.get("size_bytes")
            found.append(
                Attachment(
                    file=item["file"],
                    title=str(item.get("title") or ""),
                    size_bytes=size if isinstance(size, int) else 0,
                    added=str(item.get("added") or ""),
                    by=str(item.get("by") or ""),
                    sha256=str(item.get("sha256") or ""),
                )
            )
    return tuple(found)


def attach_file(
    project: Project, scenario: str, proposal_id: str, path: Path, title: str = ""
) -> str:
    """Copy a file into the project and attach it to a proposal.

    Parameters
    ----------
    project : Project
        Open for writing.
    scenario, proposal_id : str
        The proposal.
    path : Path
        The file, which stays where it is.
    title : str
        What people call it; its name where empty.

    Returns
    -------
    str
        Identifier of the proposal afterwards.

    Raises
    ------
    DrawingError
        The file is missing, empty, too large or unreadable, or the proposal has too many.
    ReadOnlyProjectError, LayerWriteError, ProjectError
        The project cannot be written; nothing was changed.
    """
    if project.read_only:
        raise ReadOnlyProjectError(project.read_only_reason)
    row = proposal_row(project, scenario, proposal_id)
    there = attachments_of(row)
    if len(there) >= MAXIMUM_COUNT:
        raise DrawingError(
            f"{row['name']} has {len(there)} attachments, the most there can be. Remove one "
            "first."
        )
    file, size, digest = _copy(path, made_folder(project.path / FOLDER))
    item = Attachment(file, title.strip() or path.name, size, now(), project.author, digest)
    label = filled("Attach {file} to {name}", file=item.title, name=row["name"])
    return _store(project, row, (*there, item), label)


def detach_file(project: Project, scenario: str, proposal_id: str, file: str) -> str:
    """Take a file off a proposal; it stays in the folder, so that this can be undone.

    Raises
    ------
    DrawingError
        The proposal has no such file.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    row = proposal_row(project, scenario, proposal_id)
    there = attachments_of(row)
    gone = [item for item in there if item.file == file]
    if not gone:
        raise DrawingError(f"{row['name']} has no attachment {file!r:.120} any more.")
    label = filled("Take {file} off {name}", file=gone[0].title, name=row["name"])
    return _store(project, row, tuple(item for item in there if item.file != file), label)


def attachment_path(project: Project, file: str) -> Path:
    """Return where an attached file lies.

    Raises
    ------
    DrawingError
        The name leads out of the folder, or the file is gone.
    """
    path = project.path / FOLDER / file
    if Path(file).name != file or file in {"", ".", ".."} or path.is_symlink():
        raise DrawingError(f"{file!r:.120} is no file among the project's attachments.")
    if not path.is_file():
        raise DrawingError(
            f"{path} is gone. It was moved or removed outside the program; put it back, or "
            "take it off the proposal."
        )
    return path


def _store(project: Project, row: Record, items: tuple[Attachment, ...], label: str) -> str:
    final = adopted(row, {"attachments": [asdict(item) for item in items] or None})
    project.execute(UpdateFeature("proposals", whole_number(row["fid"]), final, label))
    return str(final.get("proposal_id", row["proposal_id"]))


def _copy(source: Path, folder: Path) -> tuple[str, int, str]:
    """Copy a file under a free name; return the name, its size and its checksum."""
    if not source.is_file():
        raise DrawingError(f"There is no file {source}. Choose a file that is there.")
    target = _free(folder, clean_name(source.name))
    digest, size = hashlib.sha256(), 0
    try:
        stream = source.open("rb")
    except OSError as error:
        raise _unreadable(source, error) from error
    with stream, replacing(target) as copy:
        while chunk := _read(stream, source):
            size += len(chunk)
            if size > MAXIMUM_BYTES:
                raise DrawingError(
                    f"{source.name} is larger than {MAXIMUM_BYTES // 1024**2} MB, the most "
                    "that is copied into a project. Attach a smaller one, or note where it "
                    "lies."
                )
            digest.update(chunk)
            copy.write(chunk)
        if size == 0:
            raise DrawingError(f"{source.name} is empty. Choose a file that holds something.")
    return target.name, size, digest.hexdigest()


def _read(stream: object, source: Path) -> bytes:
    try:
        chunk: bytes = stream.read(_CHUNK)  # type: ignore[attr-defined] # any binary stream
    except OSError as error:
        raise _unreadable(source, error) from error
    return chunk


def _unreadable(source: Path, error: OSError) -> DrawingError:
    return DrawingError(
        f"{source} cannot be read: {error.strerror}. Check its permissions, or whether the "
        "drive is still there."
    )


def clean_name(name: str) -> str:
    """Return a file name that every system can hold, as near as possible to the one given.

    Letters and digits of all scripts stay. Everything else becomes an underscore, dots at the
    beginning go, and the name is cut before its ending.
    """
    plain = unicodedata.normalize("NFC", name)
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in plain).lstrip(".")
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = kept, ""
    stem = stem.rstrip(". ")[: _LONGEST_NAME - len(ending) - 1] or "file"
    while len(f"{stem}.{ending}".encode()) > 200:
        stem = stem[:-1]
    cleaned = f"{stem}.{ending}" if ending else stem
    return f"_{cleaned}" if _RESERVED.fullmatch(cleaned) else cleaned


def _free(folder: Path, name: str) -> Path:
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    path, count = folder / name, 2
    while path.exists() or path.is_symlink():
        path = folder / (f"{stem}-{count}.{ending}" if ending else f"{stem}-{count}")
        count += 1
    return path
