"""``landbridge sites``: the catalogue of border protected areas and its pairs."""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.text import Text

from layers.catalogue import (
    STANDING,
    Basis,
    Catalogue,
    DesignationClass,
    Relation,
    State,
    cross_border_pairs,
)
from layers.catalogue.site import COUNTRY_NAMES, ISO3_CODES, SPECIES_IDS
from layers.catalogue.tables import (
    pair_record,
    pairs_frame,
    site_record,
    sites_frame,
    write_geopackage,
)
from layers.pack import DataPack
from planner.cli.site_tables import (
    console,
    counted,
    links,
    pairs_summary,
    pairs_table,
    record_table,
    sites_summary,
    sites_table,
)
from planner.files import write_csv
from resources.errors import UsageError, nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from enum import StrEnum

    from rich.table import Table

    from layers.catalogue import SitePair

    EnumT = TypeVar("EnumT", bound=StrEnum)

app = typer.Typer(
    name="sites",
    help="List border protected areas, show one with its sources, find cross-border pairs.",
    no_args_is_help=True,
)

CountryOption = Annotated[
    list[str] | None,
    typer.Option("--country", "-c", metavar="ISO3", help="Country, such as RUS; repeatable."),
]
BorderOption = Annotated[
    str | None, typer.Option("--border", "-b", metavar="PAIR", help="Border, such as CHN-RUS.")
]
SpeciesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--species", "-s", metavar="ID", help="Species, such as amur-tiger; repeatable."
    ),
]
StateOption = Annotated[
    list[str] | None,
    typer.Option("--state", metavar="STATE", help=f"State: {', '.join(State)}; repeatable."),
]
BboxOption = Annotated[
    str | None,
    typer.Option("--bbox", metavar="W,S,E,N", help="Bounds of the sites' points in degrees."),
]
AllOption = Annotated[
    bool,
    typer.Option("--include-all", help="Include merged, planned and unverified sites as well."),
]
CatalogueOption = Annotated[
    Path | None,
    typer.Option("--catalogue", metavar="DIR", help="A catalogue folder of your own."),
]
CsvOption = Annotated[
    str | None,
    typer.Option(
        "--csv", metavar="FILE", help="Write one row each as CSV; - for the terminal."
    ),
]
GpkgOption = Annotated[
    Path | None,
    typer.Option(
        "--gpkg", metavar="FILE", help="Write one row each as GeoPackage with shapes."
    ),
]


@app.command("list")
def list_sites(  # noqa: PLR0913 - one parameter per option of the command line
    *,
    country: CountryOption = None,
    border: BorderOption = None,
    relation: Annotated[
        list[str] | None,
        typer.Option(
            "--relation", metavar="REL", help=f"Of: {', '.join(Relation)}; repeatable."
        ),
    ] = None,
    species: SpeciesOption = None,
    designation_class: Annotated[
        list[str] | None,
        typer.Option("--class", metavar="CLASS", help="Designation class; repeatable."),
    ] = None,
    state: StateOption = None,
    bbox: BboxOption = None,
    search: Annotated[
        str | None,
        typer.Option("--search", metavar="TEXT", help="Part of a name in any language."),
    ] = None,
    include_all: AllOption = False,
    catalogue: CatalogueOption = None,
    csv_file: CsvOption = None,
    gpkg: GpkgOption = None,
) -> None:
    """List the protected areas that meet every condition given."""
    whole = Catalogue.load(catalogue)
    wanted = whole.select(
        countries=_countries(country),
        border=_border(border),
        relation=_members("relation", relation, Relation),
        species=_species(species),
        designation_classes=_members("class", designation_class, DesignationClass),
        region_bounds=_bounds(bbox),
        text=search,
    )
    states = _states(state, include_all=include_all)
    found = wanted if states is None else wanted.select(states=states)
    output = _Output(csv_file, gpkg)
    records = [site_record(site) for site in found]
    output.save(records)
    if gpkg is not None and len(found):
        footprints = found.footprints(DataPack.open())
        write_geopackage(gpkg, {"sites": sites_frame(found, footprints)})
    output.show(sites_table(found), sites_summary(found, wanted), records)
    output.wrote(len(found), "site")


@app.command("show")
def show_site(
    name: Annotated[
        str, typer.Argument(metavar="NAME_OR_ID", help="In any language, or a part.")
    ],
    *,
    catalogue: CatalogueOption = None,
) -> None:
    """Show one protected area with the source and confidence of every field."""
    whole = Catalogue.load(catalogue)
    site = whole.find(name)
    terminal = console()
    terminal.print(Text(site.name_en, style="bold"), Text(site.name_local))
    terminal.print(
        f"{site.site_id}; {site.state}; confidence: {site.confidence or 'not given'}",
        markup=False,
    )
    terminal.print(f"Source of the row: {site.source or 'not given'}", markup=False)
    terminal.print(record_table(site))
    for heading, ids in links(site):
        names = "; ".join(f"{whole[other].name_en} ({other})" for other in ids)
        terminal.print(f"{heading}: {names}", markup=False)


@app.command("pairs")
def list_pairs(  # noqa: PLR0913 - one parameter per option of the command line
    *,
    distance: Annotated[
        float,
        typer.Option(
            "--distance", "-d", metavar="KM", help="Largest distance of a computed pair."
        ),
    ] = 10.0,
    country: CountryOption = None,
    border: BorderOption = None,
    species: SpeciesOption = None,
    basis: Annotated[
        list[str] | None,
        typer.Option("--basis", metavar="BASIS", help=f"Of: {', '.join(Basis)}; repeatable."),
    ] = None,
    touching: Annotated[
        bool, typer.Option("--touching", help="Only pairs that touch across the border.")
    ] = False,
    state: StateOption = None,
    bbox: BboxOption = None,
    include_all: AllOption = False,
    catalogue: CatalogueOption = None,
    csv_file: CsvOption = None,
    gpkg: GpkgOption = None,
) -> None:
    """List sites of two countries that touch, lie close, or are documented as adjoining."""
    whole = Catalogue.load(catalogue).select(region_bounds=_bounds(bbox))
    conditions = _PairConditions(
        countries=_countries(country),
        border=_border(border),
        species=_species(species),
        bases=_members("basis", basis, Basis),
        touching=touching,
    )
    states = _states(state, include_all=include_all)
    pairs = cross_border_pairs(
        whole,
        whole.footprints(DataPack.open()),
        max_distance_km=distance,
        states=tuple(State) if states is None else states,
    )
    found = [pair for pair in pairs if conditions.met_by(pair, whole)]
    output = _Output(csv_file, gpkg)
    records = [pair_record(pair, whole) for pair in found]
    output.save(records)
    if gpkg is not None and found:
        write_geopackage(gpkg, {"pairs": pairs_frame(found, whole)})
    output.show(pairs_table(found, whole), pairs_summary(found, distance), records)
    output.wrote(len(found), "pair")


@dataclass(frozen=True, slots=True)
class _PairConditions:
    countries: Collection[str] | None
    border: str | None
    species: Collection[str] | None
    bases: Collection[Basis] | None
    touching: bool

    def met_by(self, pair: SitePair, catalogue: Catalogue) -> bool:
        within = {*catalogue[pair.site_a].countries, *catalogue[pair.site_b].countries}
        return (
            (self.countries is None or bool(within & set(self.countries)))
            and (self.border is None or pair.border == self.border)
            and (self.species is None or bool(set(pair.species) & set(self.species)))
            and (self.bases is None or pair.basis in self.bases)
            and (pair.touching or not self.touching)
        )


@dataclass(frozen=True, slots=True)
class _Output:
    """Where the answer goes: a table, unless CSV is asked for on the terminal.

    Files come first: whoever reads the terminal may leave before the end of the table.
    """

    csv_file: str | None
    gpkg: Path | None

    @property
    def _is_stream(self) -> bool:
        return self.csv_file == "-"

    def save(self, records: Sequence[Mapping[str, object]]) -> None:
        if self.csv_file is not None and records and not self._is_stream:
            write_csv(Path(self.csv_file), *_rows(records))

    def show(
        self, table: Table, summary: Sequence[str], records: Sequence[Mapping[str, object]]
    ) -> None:
        if self._is_stream:
            _write_stream(records)
            return
        terminal = console()
        if table.row_count:
            terminal.print(table)
        for line in summary:
            terminal.print(line, markup=False)

    def wrote(self, count: int, noun: str) -> None:
        files = [str(name) for name in (self.csv_file, self.gpkg) if name and str(name) != "-"]
        if not files or self._is_stream:
            return
        terminal = console()
        for name in files:
            terminal.print(
                f"Wrote {counted(count, noun)} to {name}"
                if count
                else f"Nothing found: {name} not written",
                markup=False,
                soft_wrap=True,
            )


def _rows(records: Sequence[Mapping[str, object]]) -> tuple[list[str], list[list[object]]]:
    headers = list(records[0])
    return headers, [[_cell(record[header]) for header in headers] for record in records]


def _write_stream(records: Sequence[Mapping[str, object]]) -> None:
    """Write CSV to the terminal, in UTF-8 as in a file: no name may lose a character."""
    if not records:
        return
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    headers, rows = _rows(records)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _countries(given: list[str] | None) -> tuple[str, ...] | None:
    return None if not given else tuple(_country(code) for code in given)


def _country(code: str) -> str:
    found = code.strip().upper()
    if found not in ISO3_CODES:
        known = ", ".join(f"{iso} ({name})" for iso, name in COUNTRY_NAMES.items())
        raise UsageError(
            f'"{code}" is not an ISO 3166-1 alpha-3 country code. '
            f"Countries of the catalogue: {known}."
        )
    return found


def _border(given: str | None) -> str | None:
    if given is None:
        return None
    codes = sorted(_country(code) for code in given.split("-"))
    if len(set(codes)) != 2:
        raise UsageError(
            f'"{given}" is not a border. Write two different countries, such as CHN-RUS.'
        )
    return "-".join(codes)


def _species(given: list[str] | None) -> tuple[str, ...] | None:
    if not given:
        return None
    for species_id in given:
        if species_id not in SPECIES_IDS:
            hint = nearest_names_hint(species_id, list(SPECIES_IDS))
            raise UsageError(f'"{species_id}" is not a species of the catalogue. {hint}')
    return tuple(given)


def _members(noun: str, given: list[str] | None, kind: type[EnumT]) -> tuple[EnumT, ...] | None:
    if not given:
        return None
    known = [member.value for member in kind]
    for text in given:
        if text not in known:
            raise UsageError(f'"{text}" is not a {noun}. {nearest_names_hint(text, known)}')
    return tuple(kind(text) for text in given)


def _states(given: list[str] | None, *, include_all: bool) -> tuple[State, ...] | None:
    if given and include_all:
        raise UsageError("--state and --include-all exclude each other. Give one of them.")
    if include_all:
        return None
    return _members("state", given, State) or STANDING


def _bounds(given: str | None) -> tuple[float, float, float, float] | None:
    if given is None:
        return None
    remedy = "Write west,south,east,north in degrees, such as 129,41,136,48."
    try:
        west, south, east, north = (float(part) for part in given.split(","))
    except ValueError:
        raise UsageError(f'"{given}" is not a box of four numbers. {remedy}') from None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise UsageError(f'"{given}" is not a box on the map. {remedy}')
    return west, south, east, north
