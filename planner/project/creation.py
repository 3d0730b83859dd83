"""Making a new project: built beside its place, then put there whole."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
import uuid
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from planner.errors import ProjectError, ProjectExistsError, ProjectFullError
from planner.project.geopackage import (
    APPLICATION_ID,
    USER_VERSION,
    add_srs,
    create_base_tables,
    register_attributes,
    register_features,
)
from planner.project.journal import now
from planner.project.schema import (
    CREATE_JOURNAL_SQL,
    CREATE_PROJECT_SQL,
    CREATE_STEPS_SQL,
    SCHEMA_VERSION,
    TABLES,
    VIEWS,
    create_table_sql,
    create_view_sql,
)
from planner.project.store import translated

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIX = ".landbridge"
DATABASE = "project.gpkg"
RASTERS = "rasters"
EXPORTS = "exports"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def create_folder(path: Path, *, crs: str, facts: Mapping[str, str]) -> Path:
    """Make a project's folder with an empty database.

    Parameters
    ----------
    path : Path
        Where; ``.landbridge`` is added where it is missing. The parent folder must exist.
    crs : str
        Coordinate system of all geometry, as PROJ understands it.
    facts : mapping of str
        What is written down about the project: name, region_id, author.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    ProjectExistsError
        Something is there already.
    ProjectError
        The folder cannot be written; nothing is left behind.
    EditError
        The CRS is not understood.
    """
    target = path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
    if target.exists():
        raise ProjectExistsError(
            f"{target} exists already. Open it, or choose another name for the new project."
        )
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{target.stem}-", dir=target.parent))
        try:
            (draft / RASTERS).mkdir()
            (draft / EXPORTS).mkdir()
            _create_database(draft / DATABASE, crs, facts)
            draft.chmod(0o777 & ~_umask())
            draft.rename(target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except ProjectFullError as error:  # it names the draft, of which nobody knows
        raise ProjectFullError(
            f"There is no room for the project {target}. Free some space."
        ) from error
    except OSError as error:
        if isinstance(error, ProjectError):
            raise
        raise _cannot_create(target, error) from error
    return target


def _umask() -> int:
    """Return the process's umask; it can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current


def _cannot_create(target: Path, error: OSError) -> ProjectError:
    if error.errno in _FULL:
        return ProjectFullError(
            f"There is no room for the project {target}: {error.strerror}. Free some space."
        )
    return ProjectError(
        f"The project {target} cannot be made: {error.strerror or error}. Choose a folder that "
        "exists and that you may write to."
    )


def _create_database(path: Path, crs: str, facts: Mapping[str, str]) -> None:
    with translated(path), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {USER_VERSION}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        create_base_tables(connection)
        srs_id = add_srs(connection, crs)
        create_tables(connection, srs_id)
        known = {
            "schema_version": str(SCHEMA_VERSION),
            "project_id": uuid.uuid4().hex,
            "created": now(),
            "crs": crs,
            "srs_id": str(srs_id),
            **facts,
        }
        connection.executemany("INSERT INTO project (key, value) VALUES (?, ?)", known.items())
        connection.execute("COMMIT")


def create_tables(connection: sqlite3.Connection, srs_id: int) -> None:
    """Make the tables and views of the schema and list them among the file's contents."""
    for table in TABLES.values():
        connection.execute(create_table_sql(table))
        if table.geometry:
            register_features(connection, table.name, table.description, table.geometry, srs_id)
        else:
            register_attributes(connection, table.name, table.description)
    for view in VIEWS:
        connection.execute(create_view_sql(view))
        register_features(connection, view.name, view.description, view.geometry, srs_id)
    connection.execute(CREATE_JOURNAL_SQL)
    connection.execute(CREATE_STEPS_SQL)
    register_attributes(connection, "journal", "Every edit with its inverse.")
    connection.execute(CREATE_PROJECT_SQL)
    register_attributes(connection, "project", "What the project is: version, CRS, region.")
