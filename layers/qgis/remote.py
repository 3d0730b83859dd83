"""Sources on servers: web maps and PostGIS, put together from what a person fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.qgis.worker import addresses
from layers.qgis.worker.addresses import PostgresPlace
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "PostgresPlace",
    "check_remote",
    "postgres_source",
    "server_of",
    "tile_source",
    "wms_source",
    "wmts_source",
]


def tile_source(address: str, *, zoom_min: int = 0, zoom_max: int = 18) -> str:
    """Return the source of tiles (XYZ).

    Parameters
    ----------
    address : str
        With ``{x}``, ``{y}`` (or ``{-y}``) and ``{z}``.
    zoom_min, zoom_max : int
        Zooms that the server has.

    Raises
    ------
    UsageError
        The address is not taken; says why.
    """
    return _web(
        [
            ("type", "xyz"),
            ("url", address.strip()),
            ("zmin", str(zoom_min)),
            ("zmax", str(zoom_max)),
        ]
    )


def wms_source(
    address: str,
    layers: Sequence[str],
    *,
    crs: str,
    styles: Sequence[str] = (),
    image_format: str = "image/png",
) -> str:
    """Return the source of layers of a Web Map Service, drawn as one.

    Parameters
    ----------
    address : str
        Of the service; what a GetCapabilities request adds to it is left out.
    layers : sequence of str
        Names of its layers, the lowest first.
    crs : str
        Coordinate system that the service draws in, such as ``EPSG:3857``.
    styles : sequence of str
        One per layer; empty for the default ones.
    image_format : str
        As the service names it.

    Raises
    ------
    UsageError
        The address is not taken, or the number of styles differs from that of layers.
    """
    if styles and len(styles) != len(layers):
        raise UsageError(f"There are {len(layers)} layers, but {len(styles)} styles.")
    chosen = list(styles) or [""] * len(layers)
    return _web(
        [
            ("contextualWMSLegend", "0"),
            ("crs", crs),
            ("dpiMode", "7"),
            ("featureCount", "10"),
            ("format", image_format),
            *(("layers", name) for name in layers),
            *(("styles", name) for name in chosen),
            ("url", address.strip()),
        ]
    )


def wmts_source(
    address: str,
    layer: str,
    *,
    matrix_set: str,
    crs: str,
    style: str = "default",
    image_format: str = "image/png",
) -> str:
    """Return the source of a layer of a Web Map Tile Service.

    Raises
    ------
    UsageError
        The address is not taken.
    """
    return _web(
        [
            ("contextualWMSLegend", "0"),
            ("crs", crs),
            ("dpiMode", "7"),
            ("featureCount", "10"),
            ("format", image_format),
            ("layers", layer),
            ("styles", style),
            ("tileMatrixSet", matrix_set),
            ("url", address.strip()),
        ]
    )


def postgres_source(place: PostgresPlace) -> str:
    """Return the source of a table of a PostGIS database."""
    return addresses.postgres_text(place)


def check_remote(provider: str, source: str) -> None:
    """Refuse a source on a server that holds anything but what these functions write.

    Raises
    ------
    UsageError
        Says what is not taken.
    """
    _taken(lambda: addresses.server_of(provider, source))


def server_of(provider: str, source: str) -> str:
    """Return the server of a source, as passwords are remembered by; empty for files.

    Raises
    ------
    UsageError
        The source is not taken.
    """
    return _taken(lambda: addresses.server_of(provider, source))


def _web(parts: list[tuple[str, str]]) -> str:
    source = addresses.joined(parts)
    check_remote("wms", source)
    return source


def _taken(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except addresses.AddressError as error:
        raise UsageError(str(error)) from error
