"""Files of text, alone or inside a folder or a zip archive, opened within limits."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Protocol

from layers.occurrences import limits
from layers.occurrences.errors import OccurrenceReadError, UnsafePackageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class ByteSource(Protocol):
    """Bytes of text that can be opened again and again."""

    @property
    def label(self) -> str:
        """Where they lie, for messages."""

    @property
    def name(self) -> str:
        """A short name, for notes."""

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open them for reading."""


@dataclass(frozen=True, slots=True)
class TextSource:
    """A file of text that can be opened again and again.

    Parameters
    ----------
    path : Path
        The file, or the archive that holds it.
    member : str
        Name within the archive or folder; empty for a file of its own.
    size : int
        Bytes, unpacked.
    zipped : bool
        Whether `path` is a zip archive that holds `member`.
    """

    path: Path
    member: str
    size: int
    zipped: bool = False

    @property
    def label(self) -> str:
        """Where it lies, for messages."""
        return f"{self.path}, {self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        """Its short name, for notes."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open it for reading bytes.

        Raises
        ------
        OccurrenceReadError
            It cannot be opened or unpacked; errors while it is read included.
        UnsafePackageError
            It unpacks to more than its archive states.
        """
        try:
            if self.zipped:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield stream
            else:
                with (self.path / self.member if self.member else self.path).open("rb") as file:
                    yield file
        except OccurrenceReadError:
            raise
        except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError) as error:
            raise _damaged_archive(self.path, error) from error
        except UnicodeError:
            raise
        except OSError as error:
            raise OccurrenceReadError(
                f"{self.label} cannot be read: {error.strerror or error}. See that the file is "
                "there and may be read."
            ) from error


def file_source(path: Path) -> TextSource:
    """Take a file of its own.

    Raises
    ------
    OccurrenceReadError
        It is missing, empty or too large.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise OccurrenceReadError(
            f"{path} cannot be read: {error.strerror}. See that the file is there."
        ) from error
    source = TextSource(path, "", size)
    _check_size(source)
    return source


@dataclass(frozen=True, slots=True)
class Package:
    """A folder or zip archive with named files.

    Use `Package.open`. Names that lead outside are never opened.
    """

    path: Path
    sizes: dict[str, int] = field(repr=False)
    zipped: bool

    @classmethod
    def open(cls, path: Path) -> Package:
        """List a package, and refuse one that unpacks to more than the limits allow.

        Parameters
        ----------
        path : Path
            Folder or zip archive.

        Raises
        ------
        OccurrenceReadError
            It cannot be read.
        UnsafePackageError
            It has too many members, or one that unpacks too large.
        """
        if path.is_dir():
            files = (file for file in path.rglob("*") if file.is_file())
            sizes = {}
            for file in files:
                sizes[file.relative_to(path).as_posix()] = file.stat().st_size
                _check_members(path, len(sizes))
            return cls(path, sizes, zipped=False)
        try:
            with zipfile.ZipFile(path) as archive:
                entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise _damaged_archive(path, error) from error
        except OSError as error:
            raise OccurrenceReadError(f"{path} cannot be read: {error}.") from error
        _check_members(path, len(entries))
        for entry in entries:
            _check_entry(path, entry)
        if sum(entry.file_size for entry in entries) > limits.MAXIMUM_UNPACKED_BYTES:
            raise UnsafePackageError(
                f"{path} unpacks to more than {limits.MAXIMUM_UNPACKED_BYTES:,} bytes. Unpack "
                "what you need and read that."
            )
        return cls(path, {entry.filename: entry.file_size for entry in entries}, zipped=True)

    def find(self, name: str) -> str | None:
        """Return the member of this file name nearest the top, or None."""
        found = [member for member in self.sizes if PurePosixPath(member).name == name]
        return min(found, key=lambda member: (member.count("/"), member), default=None)

    def source(self, member: str, beside: str = "") -> TextSource:
        """Return a member, named as a path relative to the folder of another member.

        Parameters
        ----------
        member : str
            Path with forward slashes, such as a descriptor gives it.
        beside : str
            Member whose folder it is relative to; by default the top.

        Raises
        ------
        UnsafePackageError
            The path is absolute, leads outside the package, or is a web address.
        OccurrenceReadError
            There is no such member, or it is too large.
        """
        if "://" in member or member.startswith(("//", "http:", "https:", "ftp:")):
            raise UnsafePackageError(
                f"{self.path} refers to {member} on the web, which is not fetched. Download it "
                "into the package and name the file there."
            )
        relative = PurePosixPath(member.replace("\\", "/"))
        if relative.is_absolute() or ".." in relative.parts or ":" in member[:3]:
            raise UnsafePackageError(
                f"{self.path} refers to {member}, which lies outside the package. Put the file "
                "inside and name it by its path there."
            )
        name = (PurePosixPath(beside).parent / relative).as_posix()
        if name not in self.sizes:
            raise OccurrenceReadError(
                f"{self.path} holds no file {name}, to which its descriptor refers. Get the "
                "complete package."
            )
        if not self.zipped and not (self.path / name).resolve().is_relative_to(
            self.path.resolve()
        ):
            raise UnsafePackageError(
                f"{self.path}: {name} is a link that leads outside the package. Put the file "
                "itself there."
            )
        source = TextSource(self.path, name, self.sizes[name], self.zipped)
        _check_size(source)
        return source

    def small(self, source: TextSource) -> bytes:
        """Read a descriptor whole.

        Raises
        ------
        UnsafePackageError
            It is larger than `limits.MAXIMUM_META_BYTES`.
        OccurrenceReadError
            It cannot be read.
        """
        with source.open() as stream:
            content = stream.read(limits.MAXIMUM_META_BYTES + 1)
        if len(content) > limits.MAXIMUM_META_BYTES:
            raise UnsafePackageError(
                f"{source.label} is larger than {limits.MAXIMUM_META_BYTES:,} bytes, too large "
                "for a description. See that it is what it should be."
            )
        return content


def _check_members(path: Path, count: int) -> None:
    if count > limits.MAXIMUM_MEMBERS:
        raise UnsafePackageError(
            f"{path} holds more than {limits.MAXIMUM_MEMBERS:,} files. Read a folder or "
            "archive with the tables alone."
        )


def _check_entry(path: Path, entry: zipfile.ZipInfo) -> None:
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > limits.FREE_UNPACKED_BYTES and ratio > limits.MAXIMUM_PACK_RATIO:
        raise UnsafePackageError(
            f"{path}, {entry.filename} unpacks to {ratio:.0f} times its size, as no table of "
            "records does. If you trust it, unpack it and read the folder."
        )
    if entry.flag_bits & 1:
        raise OccurrenceReadError(
            f"{path}, {entry.filename} is encrypted. Unpack it with its password first."
        )


def _check_size(source: TextSource) -> None:
    if source.size > limits.MAXIMUM_FILE_BYTES:
        raise OccurrenceReadError(
            f"{source.label} is larger than {limits.MAXIMUM_FILE_BYTES:,} bytes. Split it, or "
            "take out the species and columns that you need."
        )
    if source.size == 0:
        raise OccurrenceReadError(
            f"{source.label} is empty. Choose a file with records, one in each row."
        )


def _damaged_archive(path: Path, error: Exception) -> OccurrenceReadError:
    return OccurrenceReadError(
        f"{path} is a damaged or incomplete archive: {error}. Download or copy it again."
    )
