"""The layers of a map: those that come with the project as changed, and added ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.qgis.layer_spec import LayerProblem, LayerSpec
from planner.map_layers.rows import LayerRow, layer_rows
from planner.map_layers.visibility import visibility
from planner.maps import scenario_layers
from resources.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.pack import DataPack
    from planner.project import Project

FOLDER = "layers"
"""Folder of a project that holds the files of added layers."""


@dataclass(frozen=True)
class LayersOfMap:
    """What the map of a project shows.

    Parameters
    ----------
    layers : tuple of LayerSpec
        The lowest first.
    shipped : tuple of LayerSpec
        Those that come with the project as they were before anybody changed them, for "back to
        how it was".
    own : frozenset of str
        Layers that somebody added.
    notes : mapping of str
        Where layers come from, as somebody wrote it.
    removed : tuple of (str, str)
        Layers that were taken off the map, with their names.
    problems : tuple of LayerProblem
        Rows that make no layer, and why.
    """

    layers: tuple[LayerSpec, ...]
    shipped: tuple[LayerSpec, ...]
    own: frozenset[str]
    notes: Mapping[str, str]
    removed: tuple[tuple[str, str], ...]
    problems: tuple[LayerProblem, ...]


NO_MAP = LayersOfMap((), (), frozenset(), MappingProxyType({}), (), ())
"""A map that shows nothing."""


def layers_of(project: Project, pack: DataPack) -> tuple[LayerSpec, ...]:
    """Return the layers of a project's map as people have changed them, the lowest first."""
    return map_of(project, pack).layers


def planned_layers(
    project: Project, pack: DataPack, *, with_own: bool
) -> tuple[LayerSpec, ...]:
    """Return the layers of the maps that a plan makes, whatever is switched in the window.

    What people have edited, such as styles and the order, holds there too.

    Parameters
    ----------
    project : Project
        Whose map.
    pack : DataPack
        Base map and terrain.
    with_own : bool
        Whether layers that somebody added are among them. A printed plan does without: what it
        shows must not depend on a server that answers, nor on a file that lies elsewhere.
    """
    held = map_of(project, pack, as_switched=False)
    return tuple(spec for spec in held.layers if with_own or spec.layer_id not in held.own)


def removed_layers(project: Project, pack: DataPack) -> tuple[tuple[str, str], ...]:
    """Return the layers that were taken off the map, with their names."""
    return map_of(project, pack).removed


def map_of(project: Project, pack: DataPack, *, as_switched: bool = True) -> LayersOfMap:
    """Return the layers of a project's map with all that is known of them.

    Parameters
    ----------
    project : Project
        Whose map.
    pack : DataPack
        Base map and terrain.
    as_switched : bool
        Whether layers are on or off as somebody has switched them in the window; else as they
        came, as for what a plan hands on: looking at the map changes nothing of that.
    """
    shipped = scenario_layers(project, pack)
    rows = {row.layer_id: row for row in layer_rows(project)}
    switched = visibility(project) if as_switched else {}
    problems: list[LayerProblem] = []
    every: list[LayerSpec] = []
    for spec in shipped:
        row = rows.get(spec.layer_id)
        every.append(spec if row is None or row.is_own else _changed(spec, row, problems))
    known = {spec.layer_id for spec in shipped}
    for row in rows.values():
        if row.is_own and row.layer_id not in known:
            every.extend(_own(project, row, problems))
    ordered = in_order(every, rows)
    gone = {row.layer_id for row in rows.values() if row.removed}
    return LayersOfMap(
        layers=tuple(
            replace(spec, visible=switched.get(spec.layer_id, spec.visible))
            for spec in ordered
            if spec.layer_id not in gone
        ),
        shipped=shipped,
        own=frozenset(row.layer_id for row in rows.values() if row.is_own) - known,
        notes={row.layer_id: row.note for row in rows.values() if row.note},
        removed=tuple((spec.layer_id, spec.name) for spec in ordered if spec.layer_id in gone),
        problems=tuple(problem for problem in problems if problem.layer_id not in gone),
    )


def in_order(specs: Sequence[LayerSpec], rows: Mapping[str, LayerRow]) -> tuple[LayerSpec, ...]:
    """Return layers in the order that their rows say.

    A layer without a place, such as one that a model has made since, stands above the layer
    that it stood above before.
    """
    places = {row.layer_id: row.position for row in rows.values() if row.position is not None}
    placed = sorted(
        (spec for spec in specs if spec.layer_id in places),
        key=lambda spec: places[spec.layer_id],
    )
    result = list(placed)
    below: LayerSpec | None = None
    for spec in specs:
        if spec.layer_id not in places:
            result.insert(0 if below is None else result.index(below) + 1, spec)
        below = spec
    return tuple(result)


def _changed(spec: LayerSpec, row: LayerRow, problems: list[LayerProblem]) -> LayerSpec:
    changes: dict[str, object] = {}
    if row.name:
        changes["name"] = row.name
    if row.group_name is not None:
        changes["group"] = row.group_name
    if row.opacity is not None:
        changes["opacity"] = row.opacity
    if row.style:
        changes["style"] = row.style
    try:
        return replace(spec, **changes)  # type: ignore[arg-type]  # by name
    except UsageError as error:
        problems.append(LayerProblem(spec.layer_id, spec.name, str(error)))
        return spec


def _own(
    project: Project, row: LayerRow, problems: list[LayerProblem]
) -> tuple[LayerSpec, ...]:
    name = row.name or row.layer_id
    try:
        spec = LayerSpec(
            layer_id=row.layer_id,
            name=name,
            source=_source(project, row),
            kind="raster" if row.kind == "raster" else "vector",
            style=row.style or {},
            visible=row.visible is not False,
            opacity=1.0 if row.opacity is None else row.opacity,
            group=row.group_name or "",
            subset=row.subset or "",
            provider=row.provider or "",
        )
    except UsageError as error:
        problems.append(LayerProblem(row.layer_id, name, str(error)))
        return ()
    return (spec,)


def _source(project: Project, row: LayerRow) -> str:
    """Return the source of an added layer; a file in the project by its present place.

    Raises
    ------
    UsageError
        It is no plain file: somebody else's project may name anything.
    """
    source = row.source or ""
    if row.provider in {"wms", "postgres"}:
        return source
    path_text, bar, rest = source.partition("|")
    if path_text.startswith(("/vsi", "\\\\?\\", "<")) or "://" in path_text or "\0" in source:
        raise UsageError(f"{path_text[:200]} is no file. Remove the layer and add it again.")
    if rest and not rest.startswith("layername="):
        raise UsageError(f"The source {source[:200]} says more than file and table.")
    path = Path(path_text)
    if not path.is_absolute():
        path = (project.path / path).absolute()
        if ".." in path.parts or not path.is_relative_to(project.path.absolute()):
            raise UsageError(f"{path_text} lies outside the project it says it is in.")
    elif row.kind == "vector":
        raise UsageError(
            f"{path_text} is not in the project's folder, where files of layers belong. "
            "Remove the layer and add it again."
        )
    return f"{path}{bar}{rest}"
