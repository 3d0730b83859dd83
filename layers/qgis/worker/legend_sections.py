"""How the layers of a legend are parted, so that none is read below a wrong heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class LegendMember:
    """A layer of a legend.

    Parameters
    ----------
    layer_id, name : str
        The layer.
    group : str
        Group it belongs to; empty for none.
    has_classes : bool
        Whether it has lines of its own below its name, as categories and ramps have.
    """

    layer_id: str
    name: str
    group: str
    has_classes: bool


@dataclass(frozen=True)
class LegendSection:
    """Layers of a legend below one heading; an empty heading is a gap."""

    heading: str
    layer_ids: list[str]


def legend_sections(
    layers: Sequence[LegendMember], unheaded: Sequence[str]
) -> list[LegendSection]:
    """Part the layers of a legend into sections, so that none stands below a wrong heading.

    Parameters
    ----------
    layers : sequence of LegendMember
        In reading order.
    unheaded : sequence of str
        Groups without a heading; a layer of theirs that names its classes is headed by its
        own name.

    Returns
    -------
    list of LegendSection
        In the order of their first layers. A group of one layer that names its classes is
        headed by the name of that layer; in others such layers come last.
    """
    sections: dict[tuple[str, str], list[LegendMember]] = {}
    for layer in layers:
        group = "" if layer.group in unheaded else layer.group
        alone = layer.layer_id if layer.has_classes and not group else ""
        sections.setdefault((group, alone), []).append(layer)
    found = []
    for (group, _alone), members in sections.items():
        titled = len(members) == 1 and members[0].has_classes
        heading = members[0].name if titled else group
        ordered = sorted(members, key=lambda item: item.has_classes and item.name != heading)
        found.append(LegendSection(heading, [item.layer_id for item in ordered]))
    return found
