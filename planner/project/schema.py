"""What a project's tables hold: the one description that storage, checks and readers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planner.errors import EditError
from resources.errors import nearest_names_hint

SCHEMA_VERSION = 3

ColumnKind = Literal["text", "real", "integer", "boolean", "json"]
GeometryType = Literal["GEOMETRY", "POINT", "MULTILINESTRING", "MULTIPOLYGON"]

SQL_TYPES: dict[ColumnKind, str] = {
    "text": "TEXT",
    "real": "DOUBLE",
    "integer": "INTEGER",
    "boolean": "BOOLEAN",
    "json": "TEXT",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Column name; a unit is part of it.
    kind : str
        How values are checked and stored; ``json`` holds lists and mappings as JSON text.
    choices : tuple of str
        The only values allowed, or empty for any.
    since : int
        Schema version that the column came with, where its table is older. Hashes of rows pass
        over such a column where it is empty, so that bringing a project up to date changes no
        output of its runs.
    """

    name: str
    kind: ColumnKind = "text"
    choices: tuple[str, ...] = ()
    since: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its own columns, beside ``fid``, ``uuid`` and ``attributes`` that all have.

    Parameters
    ----------
    name : str
        Table name, also the layer name in a GIS.
    description : str
        One sentence, shown by a GIS.
    columns : tuple of Column
        The table's own columns.
    geometry : str, optional
        Geometry type, or None for a table without geometry.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    geometry: GeometryType | None = None

    @property
    def stored_columns(self) -> tuple[str, ...]:
        """Every column as stored, ``fid`` first and ``geom`` second where there is one."""
        geometry = ("geom",) if self.geometry else ()
        return (
            "fid",
            *geometry,
            "uuid",
            *(column.name for column in self.columns),
            "attributes",
        )

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        EditError
            The table has no such column; offers the nearest names.
        """
        for column in (*self.columns, *COMMON_COLUMNS):
            if column.name == name:
                return column
        known = [column.name for column in (*self.columns, *COMMON_COLUMNS)]
        raise EditError(
            f"Table {self.name} has no column {name!r}. {nearest_names_hint(name, known)} "
            "Anything else belongs into the column attributes."
        )

    def has_column(self, name: str) -> bool:
        """Tell whether the table has an own column of this name."""
        return any(column.name == name for column in self.columns)


@dataclass(frozen=True, slots=True)
class View:
    """The rows of a table that have one geometry type, as a layer that every GIS can style.

    Parameters
    ----------
    name, description : str
        As for `Table`.
    table : str
        Table whose rows it shows.
    geometry : str
        Geometry type of those rows.
    kinds : tuple of str
        Values of the column ``kind`` that choose them.
    """

    name: str
    description: str
    table: str
    geometry: GeometryType
    kinds: tuple[str, ...]


COMMON_COLUMNS = (Column("fid", "integer"), Column("uuid"), Column("attributes", "json"))

SITES = Table(
    "sites",
    "Protected areas of the catalogue inside the project's region.",
    (
        Column("site_id"),
        Column("name_en"),
        Column("name_local"),
        Column("countries", "json"),
        Column("designation_class"),
        Column("designation"),
        Column("state"),
        Column("area_km2", "real"),
        Column("borders", "json"),
        Column("species", "json"),
        Column("kind", choices=("nominal", "surveyed", "point", "unlocated")),
        Column("moved", "boolean"),
        Column("confidence"),
        Column("note"),
        Column("run_id"),
    ),
    "GEOMETRY",
)
PAIRS = Table(
    "pairs",
    "Sites of two countries that adjoin or lie close together across a border.",
    (
        Column("site_a"),
        Column("site_b"),
        Column("name_a"),
        Column("name_b"),
        Column("countries", "json"),
        Column("border"),
        Column("distance_km", "real"),
        Column("shared_border_km", "real"),
        Column("touching", "boolean"),
        Column("basis", choices=("documented", "computed", "both")),
        Column("species", "json"),
        Column("nominal", "boolean"),
        Column("run_id"),
    ),
    "MULTILINESTRING",
)
CORES = Table(
    "cores",
    "Habitat patches and protected sites that corridors are to connect.",
    (
        Column("core_id"),
        Column("scenario"),
        Column("species"),
        Column("area_km2", "real"),
        Column("countries", "json"),
        Column("name"),
        Column("site_ids", "json"),
        Column("run_id"),
    ),
    "MULTIPOLYGON",
)
CORRIDORS = Table(
    "corridors",
    "Corridors between cores: the least-cost path and the swath around it.",
    (
        Column("corridor_id"),
        Column("scenario"),
        Column("species"),
        Column("name"),
        Column("core_a"),
        Column("core_b"),
        Column("countries", "json"),
        Column("length_km", "real"),
        Column("cost", "real"),
        Column("area_km2", "real"),
        Column("min_width_m", "real"),
        Column("mean_width_m", "real"),
        Column("kind", choices=("path", "swath")),
        Column("run_id"),
    ),
    "GEOMETRY",
)
BOTTLENECKS = Table(
    "bottlenecks",
    "Stretches narrower than the species needs, and the land that would widen them.",
    (
        Column("corridor_id"),
        Column("scenario"),
        Column("species"),
        Column("width_m", "real"),
        Column("width_label"),
        Column("needed_m", "real"),
        Column("length_km", "real"),
        Column("area_to_add_km2", "real"),
        Column("country"),
        Column("kind", choices=("bottleneck", "widening")),
        Column("run_id"),
    ),
    "GEOMETRY",
)
PROPOSALS = Table(
    "proposals",
    "Proposed protected areas and corridors, from draft to agreed.",
    (
        Column("proposal_id"),
        Column("scenario"),
        Column("name"),
        Column("status", choices=("draft", "tabled", "agreed", "rejected")),
        Column("kind"),
        Column("countries", "json"),
        Column("area_km2", "real"),
        Column("area_by_country", "json"),
        Column("member_sites", "json"),
        Column("species", "json"),
        Column("reasons", "json"),
        Column("run_id"),
        Column("names", "json", since=2),
        Column("lead", since=2),
        Column("notes", since=2),
        Column("legal_basis", since=2),
        Column("agreed_by", "json", since=2),
        Column("attachments", "json", since=2),
        Column("width_m", "real", since=2),
        Column("centreline", "json", since=2),
    ),
    "MULTIPOLYGON",
)
OBSERVATIONS = Table(
    "observations",
    "Localities of species, as imported or from the catalogue.",
    (
        Column("species"),
        Column("lat", "real"),
        Column("lon", "real"),
        Column("date"),
        Column("source"),
        Column("uncertainty_m", "real"),
        Column("country"),
        Column("run_id"),
    ),
    "POINT",
)
SCENARIOS = Table(
    "scenarios",
    "Named alternatives that corridors, proposals and indicators belong to.",
    (Column("scenario_id"), Column("name"), Column("note"), Column("created")),
)
RUNS = Table(
    "runs",
    "Every model run: what went in, what came out, how long it took.",
    (
        Column("run_id"),
        Column("step"),
        Column("inputs", "json"),
        Column("inputs_hash"),
        Column("parameters", "json"),
        Column("seed", "integer"),
        Column("versions", "json"),
        Column("started"),
        Column("seconds", "real"),
        Column("outputs", "json"),
    ),
)
INDICATORS = Table(
    "indicators",
    "Numbers per scenario and country, before and after.",
    (
        Column("scenario"),
        Column("country"),
        Column("species"),
        Column("indicator"),
        Column("value", "real"),
        Column("unit"),
        Column("stage", choices=("before", "after")),
        Column("run_id"),
    ),
)
SETTINGS = Table(
    "settings",
    "Settings of the project, one JSON value each.",
    (Column("key"), Column("value", "json")),
)

MAP_LAYERS = Table(
    "map_layers",
    "Layers that people added to the map, and how they changed those that are there.",
    (
        Column("layer_id"),
        Column("name"),
        Column("source"),
        Column("kind"),
        Column("provider"),
        Column("group_name"),
        Column("position", "integer"),
        Column("visible", "boolean"),
        Column("opacity", "real"),
        Column("style", "json"),
        Column("subset"),
        Column("note"),
    ),
)
BOOKMARKS = Table(
    "bookmarks",
    "Named extents of the map, in the coordinate system of the project.",
    (
        Column("name"),
        Column("west", "real"),
        Column("south", "real"),
        Column("east", "real"),
        Column("north", "real"),
        Column("position", "integer"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        SITES,
        PAIRS,
        CORES,
        CORRIDORS,
        BOTTLENECKS,
        PROPOSALS,
        OBSERVATIONS,
        SCENARIOS,
        RUNS,
        INDICATORS,
        SETTINGS,
        MAP_LAYERS,
        BOOKMARKS,
    )
}

VIEWS = (
    View(
        "site_areas",
        "Sites drawn with an area.",
        "sites",
        "MULTIPOLYGON",
        ("nominal", "surveyed"),
    ),
    View("site_points", "Sites without a reported area.", "sites", "POINT", ("point",)),
    View(
        "corridor_paths",
        "Corridors: least-cost paths.",
        "corridors",
        "MULTILINESTRING",
        ("path",),
    ),
    View("corridor_swaths", "Corridors: swaths.", "corridors", "MULTIPOLYGON", ("swath",)),
    View(
        "bottleneck_stretches",
        "Bottlenecks: narrow stretches.",
        "bottlenecks",
        "MULTILINESTRING",
        ("bottleneck",),
    ),
    View(
        "widening_areas",
        "Bottlenecks: land to add.",
        "bottlenecks",
        "MULTIPOLYGON",
        ("widening",),
    ),
)


def table_named(name: str) -> Table:
    """Return a table of the schema.

    Raises
    ------
    EditError
        No such table; offers the nearest names.
    """
    if name not in TABLES:
        raise EditError(
            f"A project has no table {name!r}. {nearest_names_hint(name, list(TABLES))}"
        )
    return TABLES[name]


def create_table_sql(table: Table) -> str:
    """Return the statement that makes a table."""
    lines = ["fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"]
    if table.geometry:
        lines.append(f"geom {table.geometry}")
    lines.append("uuid TEXT NOT NULL UNIQUE")
    lines += [f'"{column.name}" {SQL_TYPES[column.kind]}' for column in table.columns]
    lines.append("attributes TEXT")
    return f'CREATE TABLE "{table.name}" ({", ".join(lines)})'


def create_view_sql(view: View) -> str:
    """Return the statement that makes a view on the rows of one kind."""
    columns = TABLES[view.table].stored_columns[1:]
    listed = ", ".join(f'"{name}"' for name in columns)
    kinds = ", ".join(f"'{kind}'" for kind in view.kinds)
    return (
        f'CREATE VIEW "{view.name}" AS SELECT fid AS OGC_FID, {listed} '
        f'FROM "{view.table}" WHERE kind IN ({kinds})'
    )


CREATE_JOURNAL_SQL = """
CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    time DATETIME NOT NULL,
    author TEXT NOT NULL,
    label TEXT NOT NULL,
    command_type TEXT NOT NULL,
    group_id TEXT NOT NULL,
    group_label TEXT NOT NULL,
    state TEXT NOT NULL,
    tables TEXT NOT NULL,
    step INTEGER,
    command BLOB NOT NULL,
    inverse BLOB NOT NULL
)
"""
CREATE_STEPS_SQL = "CREATE INDEX journal_steps ON journal (state, step)"
JOURNAL_COLUMNS = (
    "seq",
    "time",
    "author",
    "label",
    "command_type",
    "group_id",
    "group_label",
    "state",
    "tables",
    "step",
    "command",
    "inverse",
)
CREATE_PROJECT_SQL = """
CREATE TABLE project (
    fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    key TEXT NOT NULL UNIQUE,
    value TEXT NOT NULL
)
"""
