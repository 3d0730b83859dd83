"""Reading a project: its facts, its places, its tables and its runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planner.errors import DamagedProjectError, EditError, ProjectError
from planner.project.creation import EXPORTS, RASTERS
from planner.project.frames import data_frame, geo_data_frame
from planner.project.journal import Journal, JournalEntry, RowChange
from planner.project.rows import RowReader
from planner.project.runs import RunRecord, output_hash, outputs_match, run_from_record
from planner.project.schema import table_named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from planner.project.store import Store

_RASTER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,119}")
_NEEDED_FACTS = frozenset({"name", "region_id", "crs", "srs_id", "project_id"})


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named alternative."""

    scenario_id: str
    name: str
    note: str
    created: str


class ProjectReader:
    """What can be asked of a project; the part of `Project` that changes nothing.

    Parameters
    ----------
    path : Path
        The project's folder.
    store : Store
        Its open database.

    Raises
    ------
    DamagedProjectError
        The database does not say what project it is.
    """

    def __init__(self, path: Path, store: Store) -> None:
        self.path = path
        self._store = store
        with store.reading() as connection:
            rows = connection.execute("SELECT key, value FROM project").fetchall()
            self.facts: Mapping[str, str] = dict(rows)
        missing = sorted(_NEEDED_FACTS - self.facts.keys())
        if missing or not self.facts["srs_id"].lstrip("-").isdecimal():
            raise DamagedProjectError(
                f"{store.path} does not say what project it is: "
                f"{missing[0] if missing else 'srs_id'} is missing. Restore the project from a "
                "copy."
            )

    @property
    def name(self) -> str:
        """What people call the project."""
        return self.facts["name"]

    @property
    def region_id(self) -> str:
        """Region profile that the project was made for."""
        return self.facts["region_id"]

    @property
    def crs(self) -> str:
        """Coordinate system of all geometry, as given when the project was made."""
        return self.facts["crs"]

    @property
    def database_path(self) -> Path:
        """The GeoPackage, for a GIS to read."""
        return self._store.path

    @property
    def exports_path(self) -> Path:
        """Folder for maps, reports and tables."""
        return self.path / EXPORTS

    def made_exports(self) -> Path:
        """Return the folder for exports, made where it is missing.

        The project's own folder is never made anew: where the drive that holds it is gone, a
        folder of that name would hide it when it comes back.

        Raises
        ------
        ProjectError
            It cannot be made, as where the project's folder is gone.
        """
        folder = self.exports_path
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"{folder} cannot be made: {error.strerror}. See that the drive or the network "
                "share is there and can be written, and repeat it."
            ) from error
        return folder

    def raster_path(self, name: str) -> Path:
        """Return where a raster of this name lies or is to be written.

        Raises
        ------
        EditError
            The name holds more than letters, digits, ``_``, ``-`` and ``.``.
        """
        if not _RASTER_NAME.fullmatch(name) or ".." in name:
            raise EditError(
                f"{name!r:.80} cannot name a raster. Use letters, digits, underscore, hyphen."
            )
        return self.path / RASTERS / f"{name}.tif"

    @property
    def stored_bytes(self) -> int:
        """What the database takes on the disk, with what SQLite has yet to bring into it."""
        database = self.database_path
        files = (database, database.with_name(f"{database.name}-wal"))
        return sum(path.stat().st_size for path in files if path.is_file())

    @property
    def unused_bytes(self) -> int:
        """What the database takes on the disk without holding anything in it."""
        with self._store.reading() as connection:
            (pages,) = connection.execute("PRAGMA freelist_count").fetchone()
            (size,) = connection.execute("PRAGMA page_size").fetchone()
        return int(pages) * int(size)

    def history(self, *, limit: int | None = None) -> list[JournalEntry]:
        """Return every edit ever made, newest first."""
        with self._store.reading() as connection:
            return Journal(connection).entries(limit=limit)

    def changes(self, table: str, fid: int) -> list[RowChange]:
        """Return what edits did to one row, newest first; undone ones among them.

        Raises
        ------
        EditError
            No such table.
        DamagedProjectError
            An entry of the journal cannot be read.
        """
        with self._store.reading() as connection:
            return Journal(connection).changes(table_named(table).name, fid)

    def records(self, table: str, /, **where: object) -> list[dict[str, object]]:
        """Return rows of a table one by one; the geometry under ``geometry``.

        Raises
        ------
        EditError
            No such table or column.
        """
        with self._store.reading() as connection:
            return RowReader(connection).records(table_named(table), where)

    def features(self, table: str, /, **where: object) -> gpd.GeoDataFrame:
        """Return rows of a table with geometry, in the project's CRS, indexed by ``fid``.

        Raises
        ------
        EditError
            No such table or column, or a table without geometry.
        """
        described = table_named(table)
        if not described.geometry:
            raise EditError(f"Table {table} holds no geometry; read it as a plain table.")
        with self._store.reading() as connection:
            columns = RowReader(connection).columns(described, where)
        return geo_data_frame(described, columns, self.crs)

    def table(self, table: str, /, **where: object) -> pd.DataFrame:
        """Return rows of a table without their geometry, indexed by ``fid``.

        Raises
        ------
        EditError
            No such table or column.
        """
        described = table_named(table)
        with self._store.reading() as connection:
            columns = RowReader(connection).columns(described, where)
        return data_frame(described, columns)

    def sites(self, **where: object) -> gpd.GeoDataFrame:
        """Return the protected areas."""
        return self.features("sites", **where)

    def pairs(self, **where: object) -> gpd.GeoDataFrame:
        """Return the pairs of sites across a border."""
        return self.features("pairs", **where)

    def cores(self, **where: object) -> gpd.GeoDataFrame:
        """Return the habitat cores."""
        return self.features("cores", **where)

    def corridors(self, **where: object) -> gpd.GeoDataFrame:
        """Return the corridors: paths and swaths."""
        return self.features("corridors", **where)

    def bottlenecks(self, **where: object) -> gpd.GeoDataFrame:
        """Return the narrow stretches and the land that widens them."""
        return self.features("bottlenecks", **where)

    def proposals(self, **where: object) -> gpd.GeoDataFrame:
        """Return the proposals."""
        return self.features("proposals", **where)

    def observations(self, **where: object) -> gpd.GeoDataFrame:
        """Return the localities of species."""
        return self.features("observations", **where)

    def indicators(self, **where: object) -> pd.DataFrame:
        """Return the indicators."""
        return self.table("indicators", **where)

    def scenarios(self) -> tuple[Scenario, ...]:
        """Return the scenarios in the order they were added."""
        return tuple(
            Scenario(*(str(row[name] or "") for name in Scenario.__slots__))
            for row in self.records("scenarios")
        )

    @property
    def settings(self) -> dict[str, object]:
        """Every setting by its name; a copy, changed by the command `SetSetting`."""
        return {str(row["key"]): row["value"] for row in self.records("settings")}

    def runs(self, **where: object) -> tuple[RunRecord, ...]:
        """Return the model runs, oldest first."""
        return tuple(run_from_record(row) for row in self.records("runs", **where))

    def find_run(self, step: str, inputs_hash: str) -> RunRecord | None:
        """Return the newest run of a step on these inputs whose outputs are all unaltered."""
        with self._store.reading() as connection:
            rows = RowReader(connection).records(
                table_named("runs"), {"step": step, "inputs_hash": inputs_hash}
            )
            for row in reversed(rows):
                run = run_from_record(row)
                if outputs_match(connection, self.path, run):
                    return run
        return None

    def output_hash(self, output: str) -> str | None:
        """Return the hash of an output as it is now, for a run record; None where it is gone.

        Parameters
        ----------
        output : str
            Path inside the project such as ``rasters/NAME.tif``, or a selection of rows as
            `planner.project.runs.table_output` names it.
        """
        with self._store.reading() as connection:
            return output_hash(connection, self.path, output)

    def verify(self) -> None:
        """Check every page of the database.

        Raises
        ------
        DamagedProjectError
            SQLite finds damage.
        """
        self._store.verify()
