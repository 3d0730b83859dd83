"""Opening layers on servers: soon given up where nobody answers; no person is asked."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

from qgis.core import (
    QgsDataSourceUri,
    QgsMapLayer,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)

from layers.qgis.worker import addresses, heard

Spec = Mapping[str, Any]

REACH_TIMEOUT_S = 4.0
REMOTE = frozenset({"wms", "postgres"})


def open_remote(spec: Spec) -> QgsMapLayer:
    """Open a web map or a table of a PostGIS database.

    Raises
    ------
    ValueError
        The source is not taken, or the server does not answer; says what to do.
    """
    heard.forget()
    if spec["provider"] == "wms":
        return _open_web(spec)
    return _open_postgres(spec)


def _account(spec: Spec) -> tuple[str, str]:
    user, password = spec.get("credentials") or ("", "")
    return str(user), str(password)


def _open_web(spec: Spec) -> QgsRasterLayer:
    pairs = addresses.web_parts(spec["source"])
    address = dict(pairs)["url"]
    parts = urlsplit(address)
    default = 443 if parts.scheme.lower() == "https" else 80
    check_reach(parts.hostname or "", parts.port or default)
    user, password = _account(spec)
    if user:
        pairs = [*pairs, ("username", user), ("password", password)]
    options = QgsRasterLayer.LayerOptions(loadDefaultStyle=False)
    layer = QgsRasterLayer(addresses.joined(pairs), spec["name"], "wms", options)
    if not layer.isValid():
        raise ValueError(
            f"The web map {parts.hostname} could not be opened: {_said(password)}. "
            "Check the address, the name of its layer and whether it asks for a password."
        )
    return layer


def postgres_uri(spec: Spec) -> QgsDataSourceUri:
    """Return where a table is, with the account it is asked by.

    Raises
    ------
    AddressError
        The source is not taken.
    """
    place = addresses.postgres_place(spec["source"])
    user, password = _account(spec)
    uri = QgsDataSourceUri()
    mode = QgsDataSourceUri.decodeSslMode(place.sslmode)
    if place.service:
        uri.setConnection(place.service, place.database, user, password, mode)
    else:
        uri.setConnection(place.host, place.port, place.database, user, password, mode)
    uri.setDataSource(place.schema, place.table, place.geometry or None, "", place.key)
    if place.srid:
        uri.setSrid(place.srid)
    uri.setParam("checkPrimaryKeyUnicity", "0")
    return uri


def _open_postgres(spec: Spec) -> QgsVectorLayer:
    place = addresses.postgres_place(spec["source"])
    if place.host:
        check_reach(place.host, int(place.port or 5432))
    options = QgsVectorLayer.LayerOptions()
    options.loadDefaultStyle = False
    layer = QgsVectorLayer(postgres_uri(spec).uri(False), spec["name"], "postgres", options)
    if not layer.isValid():
        where = f"service {place.service}" if place.service else place.host or "this computer"
        raise ValueError(
            f"The table {place.table} of the PostGIS database at {where} could not be opened: "
            f"{_said(_account(spec)[1])}. Check the names, and give name and password "
            "where the database asks for them."
        )
    if not layer.crs().isValid():
        raise ValueError(
            f"The table {place.table} says no coordinate reference system, so its place is "
            "unknown; set the SRID of its geometry in the database."
        )
    layer.setReadOnly(True)
    return layer


def postgres_tables(spec: Spec) -> list[dict[str, Any]]:
    """Return the tables of a database that hold geometry.

    Raises
    ------
    ValueError
        The database does not answer, or refuses.
    """
    place = addresses.postgres_place(spec["source"])
    if place.host:
        check_reach(place.host, int(place.port or 5432))
    metadata = QgsProviderRegistry.instance().providerMetadata("postgres")
    if metadata is None:
        raise ValueError("This QGIS was built without PostGIS. Install it with its providers.")
    uri = postgres_uri(spec)
    try:
        connection = metadata.createConnection(uri.connectionInfo(False), {})
        schemas = [name for name in connection.schemas() if not name.startswith("pg_")]
        found = [table for schema in schemas for table in connection.tables(schema)]
    except Exception as error:  # QGIS raises an exception of its own that has no common base
        why = without_password(str(error), _account(spec)[1])
        raise ValueError(
            f"The database could not be asked for its tables: {why}. "
            "Check server, database, name and password."
        ) from error
    return [_table(table) for table in found if table.geometryColumn()]


def _table(table: Any) -> dict[str, Any]:  # noqa: ANN401 - its class has no public name
    kinds = table.geometryColumnTypes()
    srid, kind = 0, ""
    if kinds:
        srid = _srid(kinds[0].crs.authid())
        kind = str(QgsWkbTypes.displayString(kinds[0].wkbType))
    return {
        "schema": table.schema(),
        "table": table.tableName(),
        "geometry": table.geometryColumn(),
        "kind": kind,
        "srid": srid,
        "keys": list(table.primaryKeyColumns()),
    }


def _srid(authid: str) -> int:
    number = authid.rpartition(":")[2]
    return int(number) if number.isdecimal() else 0


def check_reach(host: str, port: int) -> None:
    """See that a server can be reached, before QGIS waits for it much longer.

    Raises
    ------
    ValueError
        It cannot; a proxy is left to QGIS.
    """
    if getproxies():
        return
    try:
        with contextlib.closing(socket.create_connection((host, port), REACH_TIMEOUT_S)):
            return
    except OSError as error:
        why = error.strerror or str(error) or "no answer"
        raise ValueError(
            f"The server {host}, port {port}, cannot be reached ({why}). Check the address and "
            "the network, then refresh the layer."
        ) from error


def _said(password: str) -> str:
    return without_password(heard.last() or "it gave no reason", password).rstrip(". ")


def without_password(text: str, password: str) -> str:
    """Return a text without a password that a server or QGIS may have repeated."""
    return " ".join((text.replace(password, "***") if password else text).split())[:500]
