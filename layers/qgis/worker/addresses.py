"""Sources that lie on servers, checked word by word; loaded by both processes.

A source is kept as QGIS writes it, so that an exported project opens anywhere, but it may come
from somebody else's project. So it is taken apart here, and only what is known to be harmless
is put together again: no scheme but http and https, no header, no name or password, no SQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

LONGEST = 4_000
WMS_KEYS = (
    "type",
    "url",
    "zmin",
    "zmax",
    "crs",
    "layers",
    "styles",
    "format",
    "tileMatrixSet",
    "tilePixelRatio",
    "dpiMode",
    "contextualWMSLegend",
    "featureCount",
)
SSL_MODES = ("prefer", "disable", "allow", "require", "verify-ca", "verify-full")
HIGHEST_ZOOM = 30

_HOST = re.compile(r"[A-Za-z0-9._\-]{1,253}|\[?[0-9A-Fa-f:.]{2,45}\]?")
_SERVICE = re.compile(r"[\w.\- ]{1,100}")
_PAIR = re.compile(r"""\s*(\w+)=(?:'((?:[^'\\]|\\.)*)'|([^\s'"]+))""")
_TABLE = re.compile(
    r"""\s*table=((?:"(?:[^"]|"")+"\.)?"(?:[^"]|"")+")(?:\s*\(((?:[^)\\]|\\.)+)\))?"""
)
_NAMED = re.compile(r'"((?:[^"]|"")+)"')
_POSTGRES_KEYS = {
    "service",
    "dbname",
    "host",
    "port",
    "sslmode",
    "key",
    "srid",
    "type",
    "estimatedmetadata",
    "checkPrimaryKeyUnicity",
}


class AddressError(ValueError):
    """A source on a server that is not taken; the message is for people."""


def checked_address(address: str) -> str:
    """Return an address of the web, or refuse it.

    Raises
    ------
    AddressError
        It is no http or https address, holds a name or password, or no host.
    """
    text = address.strip()
    if len(text) > LONGEST:
        raise AddressError(
            f"The address has {len(text):,} characters, more than {LONGEST:,}. Copy it again."
        )
    if any(ord(letter) <= 32 or ord(letter) == 127 for letter in text):
        raise AddressError("The address holds a space or a control character. Copy it again.")
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _port = parts.port
    except ValueError as error:
        raise AddressError(f"The address {text!r} cannot be read: {error}.") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise AddressError(
            f"The address must begin with https:// or http://, not with "
            f"{parts.scheme + ':' if parts.scheme else text[:20]!r}."
        )
    if parts.username is not None or parts.password is not None:
        raise AddressError(
            f"The address of {host} holds a name or a password, which would be stored with the "
            "project. Take them out of the address, and give them when you are asked."
        )
    if not _HOST.fullmatch(host):
        raise AddressError(f"The address {text!r} names no server.")
    return text


def web_parts(source: str) -> list[tuple[str, str]]:
    """Return the parts of a WMS, WMTS or XYZ source, each checked.

    Raises
    ------
    AddressError
        A part is unknown or not allowed.
    """
    if len(source) > 4 * LONGEST:
        raise AddressError("The source of this web layer is too long.")
    pairs = parse_qsl(source, keep_blank_values=True)
    by_key = dict(pairs)
    for key, value in pairs:
        if key not in WMS_KEYS:
            raise AddressError(
                f"A web layer may not hold {key!r}. Give names and passwords when you are "
                "asked; headers are not sent."
            )
        if any(ord(letter) < 32 for letter in value):
            raise AddressError(f"The part {key!r} of a web layer holds a control character.")
    address = checked_address(by_key.get("url", ""))
    if sum(key == "url" for key, _ in pairs) != 1:
        raise AddressError("A web layer has one address.")
    if by_key.get("type", "xyz") != "xyz":
        raise AddressError(f"A web layer of type {by_key['type']!r} is not known.")
    if "type" in by_key:
        _check_tiles(by_key, address)
    elif not by_key.get("layers"):
        raise AddressError(f"{address} was added without saying which of its layers to show.")
    return pairs


def _check_tiles(by_key: dict[str, str], address: str) -> None:
    quad = "{q}" in address
    if not quad and not all(f"{{{name}}}" in address for name in "xz"):
        raise AddressError(
            f"The address {address} of tiles must hold {{x}}, {{y}} and {{z}}, where column, "
            "row and zoom of a tile belong."
        )
    if not quad and "{y}" not in address and "{-y}" not in address:
        raise AddressError(f"The address {address} of tiles must hold {{y}} or {{-y}}.")
    try:
        low, high = int(by_key.get("zmin", "0")), int(by_key.get("zmax", "18"))
    except ValueError as error:
        raise AddressError("The zooms of tiles are whole numbers.") from error
    if not 0 <= low <= high <= HIGHEST_ZOOM:
        raise AddressError(f"The zooms of tiles rise from 0 to {HIGHEST_ZOOM} at most.")


def joined(pairs: list[tuple[str, str]]) -> str:
    """Return parts as one source, as QGIS reads it."""
    return "&".join(f"{key}={quote(value, safe='/:,.;')}" for key, value in pairs)


@dataclass(frozen=True)
class PostgresPlace:
    """Where a table of a PostGIS database is; no name and no password.

    Parameters
    ----------
    table : str
        Table or view.
    schema : str
        Its schema; empty for the search path.
    geometry : str
        Column of geometry.
    key : str
        Column that tells rows apart; empty for the primary key.
    service : str
        Name of a service of the file pg_service.conf, which says the rest.
    host, port, database : str
        The server, where there is no service.
    sslmode : str
        As libpq knows it.
    srid, kind : str
        Of the geometry, where several share a column; empty to ask the database.
    """

    table: str
    schema: str = ""
    geometry: str = ""
    key: str = ""
    service: str = ""
    host: str = ""
    port: str = ""
    database: str = ""
    sslmode: str = "prefer"
    srid: str = ""
    kind: str = ""

    def __post_init__(self) -> None:
        _check_names(self)
        _check_server(self)


def _check_names(place: PostgresPlace) -> None:
    words = (place.table, place.schema, place.geometry, place.key, place.database)
    if any(ord(letter) < 32 for word in words for letter in word):
        raise AddressError("A name of the database holds a control character.")
    if not place.table:
        raise AddressError("A layer of a PostGIS database needs the name of a table.")
    if any(len(word) > 200 for word in words):
        raise AddressError("A name of the database is longer than 200 characters.")
    if place.table.lstrip().startswith("("):
        raise AddressError(
            "A layer of a PostGIS database is a table or a view, not a query. Make a view."
        )
    if place.srid and not place.srid.isdecimal():
        raise AddressError(f"{place.srid!r} is no SRID.")
    if place.kind and not place.kind.isalpha():
        raise AddressError(f"{place.kind!r} is no type of geometry.")


def _check_server(place: PostgresPlace) -> None:
    if place.service and not _SERVICE.fullmatch(place.service):
        raise AddressError(f"{place.service!r} is no name of a service of PostgreSQL.")
    if not place.service and not place.database:
        raise AddressError("A PostGIS layer needs a service, or a server and a database.")
    if place.host and not _HOST.fullmatch(place.host):
        raise AddressError(f"{place.host!r} is no name of a server.")
    if place.port and not (place.port.isdecimal() and 0 < int(place.port) < 65536):
        raise AddressError(f"{place.port!r} is no port; PostgreSQL has 5432 as a rule.")
    if place.sslmode not in SSL_MODES:
        raise AddressError(f"sslmode is one of {', '.join(SSL_MODES)}.")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _named(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def postgres_text(place: PostgresPlace) -> str:
    """Return a place as QGIS writes it."""
    parts = [f"service={_quoted(place.service)}"] if place.service else []
    if place.database:
        parts.append(f"dbname={_quoted(place.database)}")
    if place.host:
        parts.append(f"host={place.host}")
    if place.port:
        parts.append(f"port={place.port}")
    if not place.service:
        parts.append(f"sslmode={place.sslmode}")
    if place.key:
        parts.append(f"key={_quoted(place.key)}")
    if place.srid:
        parts.append(f"srid={place.srid}")
    if place.kind:
        parts.append(f"type={place.kind}")
    parts.append("checkPrimaryKeyUnicity='0'")
    schema = f"{_named(place.schema)}." if place.schema else ""
    geometry = f" ({place.geometry})" if place.geometry else ""
    return f"{' '.join(parts)} table={schema}{_named(place.table)}{geometry}"


def postgres_place(source: str) -> PostgresPlace:
    """Return the place that a text of QGIS names.

    Raises
    ------
    AddressError
        It holds a name, a password, SQL or anything else that is not known.
    """
    if len(source) > 4 * LONGEST:
        raise AddressError("The source of this PostGIS layer is too long.")
    found: dict[str, Any] = {}
    at = 0
    while at < len(source.rstrip()):
        table = _TABLE.match(source, at)
        if table is not None:
            names = [name.replace('""', '"') for name in _NAMED.findall(table.group(1))]
            found["table"] = names[-1]
            found["schema"] = names[0] if len(names) == 2 else ""
            found["geometry"] = re.sub(r"\\(.)", r"\1", table.group(2) or "")
            at = table.end()
            continue
        pair = _PAIR.match(source, at)
        if pair is None or pair.group(1) not in _POSTGRES_KEYS:
            what = pair.group(1) if pair else source[at : at + 20].strip()
            raise AddressError(
                f"A PostGIS layer may not hold {what!r}: only service, server, database, "
                "table, column and key are kept, no names, passwords or SQL."
            )
        quoted_value = pair.group(2)
        value = (
            re.sub(r"\\(.)", r"\1", quoted_value) if quoted_value is not None else pair.group(3)
        )
        found[pair.group(1)] = value
        at = pair.end()
    return PostgresPlace(
        table=found.get("table", ""),
        schema=found.get("schema", ""),
        geometry=found.get("geometry", ""),
        key=found.get("key", ""),
        service=found.get("service", ""),
        host=found.get("host", ""),
        port=found.get("port", ""),
        database=found.get("dbname", ""),
        sslmode=found.get("sslmode", "prefer"),
        srid=found.get("srid", ""),
        kind=found.get("type", ""),
    )


def server_of(provider: str, source: str) -> str:
    """Return the server that a source is on; empty for files.

    Raises
    ------
    AddressError
        The source is not taken.
    """
    if provider == "wms":
        parts = urlsplit(checked_address(dict(web_parts(source))["url"]))
        return f"{parts.scheme.lower()}://{parts.netloc.lower()}"
    if provider == "postgres":
        place = postgres_place(source)
        if place.service:
            return f"postgres service {place.service}"
        return f"postgres://{place.host or 'localhost'}:{place.port or 5432}/{place.database}"
    return ""
