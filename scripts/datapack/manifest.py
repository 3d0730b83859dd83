"""manifest.toml for the program and SOURCES.md for people, from one description."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import TYPE_CHECKING

from scripts.datapack.sources import ABOUT, LAYERS, SOURCES, VARIABLES, Product, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BASEMAP = "basemap.gpkg"
FORMAT = 1


def sha256(path: Path) -> str:
    """Return the checksum of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def versions(debian_version: str) -> dict[str, str]:
    """Return the version of every source package, the Debian one as given."""
    return {
        key: debian_version
        if "(Debian)" in source.distribution
        else version(source.distribution)
        for key, source in SOURCES.items()
    }


def described(source: Source, package_version: str) -> str:
    """Return one line on a source: package, version, upstream."""
    return f"{source.distribution} {package_version}: {source.upstream}"


def write_manifest(
    folder: Path,
    categories: Mapping[str, Mapping[int, str]],
    package_versions: Mapping[str, str],
) -> None:
    """Write manifest.toml for the files in a folder.

    Parameters
    ----------
    folder : Path
        With every raster of `VARIABLES` and the base map.
    categories : mapping
        Variable -> code -> name.
    package_versions : mapping of str to str
        As `versions` returns.
    """
    lines = [
        "# Written by `python -m scripts.datapack`; see SOURCES.md for the same in prose.",
        f"format = {FORMAT}",
        'title = "Default data pack of Landbridge: North-East Asia, 5 arc-minutes"',
    ]
    entries = {f"{name}.tif": product for name, product in VARIABLES.items()}
    entries[BASEMAP] = basemap_product()
    for name, product in sorted(entries.items()):
        lines += ["", f"[files.{_quoted(name)}]", f"sha256 = {_quoted(sha256(folder / name))}"]
        lines += _product_lines(product, package_versions)
        codes = categories.get(name.removesuffix(".tif"))
        if codes:
            lines += ["", f"[files.{_quoted(name)}.categories]"]
            lines += [f"{code} = {_quoted(text)}" for code, text in sorted(codes.items())]
    for layer, product in LAYERS.items():
        lines += ["", f"[files.{_quoted(BASEMAP)}.layers.{layer}]"]
        lines += _product_lines(product, package_versions)
    (folder / "manifest.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def basemap_product() -> Product:
    """Describe the base map as a whole."""
    sources = dict.fromkeys(key for product in LAYERS.values() for key in product.sources)
    return Product(
        "Base map",
        "",
        tuple(sources),
        "1:10m; see the layers",
        "GeoPackage, EPSG:4326; see the layers.",
    )


def _product_lines(product: Product, package_versions: Mapping[str, str]) -> list[str]:
    source = "; ".join(
        described(SOURCES[key], package_versions[key]) for key in product.sources
    )
    licence = "; ".join(dict.fromkeys(SOURCES[key].licence for key in product.sources))
    pairs = {
        "title": product.title,
        "unit": product.unit,
        "source": source,
        "licence": licence,
        "true_resolution": product.true_resolution,
        "processing": product.processing,
    }
    return [f"{key} = {_quoted(text)}" for key, text in pairs.items()]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write_sources(folder: Path, package_versions: Mapping[str, str]) -> None:
    """Write SOURCES.md for the files in a folder."""
    lines = ["# Sources of the default data pack", "", ABOUT, "## Sources", ""]
    for key, source in SOURCES.items():
        lines += [
            f"- **{source.distribution} {package_versions[key]}**: {source.upstream}.",
            f"  Licence: {source.licence}.{' ' + source.note if source.note else ''}",
        ]
    lines += ["", "## Rasters", ""]
    for name, product in VARIABLES.items():
        lines += _section(f"{name}.tif", product, sha256(folder / f"{name}.tif"))
    lines += [
        "## Base map",
        "",
        f"`{BASEMAP}`",
        "",
        f"- sha256: `{sha256(folder / BASEMAP)}`",
        "",
    ]
    for layer, product in LAYERS.items():
        lines += _section(f"{BASEMAP}, layer {layer}", product, None)
    lines += [
        "## Manifest",
        "",
        "`manifest.toml` holds the same for the program, with the names of all class codes.",
        "",
        f"- sha256: `{sha256(folder / 'manifest.toml')}`",
        "",
    ]
    (folder / "SOURCES.md").write_text("\n".join(lines), encoding="utf-8")


def _section(name: str, product: Product, checksum: str | None) -> list[str]:
    unit = f" ({product.unit})" if product.unit else ""
    sources = ", ".join(SOURCES[key].distribution for key in product.sources)
    licences = ", ".join(dict.fromkeys(SOURCES[key].licence for key in product.sources))
    lines = [
        f"### {name}",
        "",
        f"{product.title}{unit}",
        "",
        f"- source: {sources}",
        f"- licence: {licences}",
        f"- true resolution: {product.true_resolution}",
        f"- processing: {product.processing}",
    ]
    if checksum is not None:
        lines.append(f"- sha256: `{checksum}`")
    return [*lines, ""]
