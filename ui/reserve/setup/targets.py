"""Targets as the form edits them: a row for each feature, with a target for each country."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from planner.reserve.request import (
    FILE_KINDS,
    FeatureSettings,
    PlaceSettings,
    TargetSettings,
)
from resources.translation import mark, tr
from ui import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BY_RANGE = mark("by range")
"""What stands for a share that falls with the size of the range."""

_KIND_TITLES = {
    "habitat": mark("habitat"),
    "corridors": mark("corridors"),
    "widening": mark("land that widens corridors"),
    "flyway": mark("flyway sites"),
    "refugia": mark("climate refugia"),
}
_HOW = mark("Write a share such as 30 %, an amount such as 500 km², or “by range”.")
_FIELDS_OF_SOURCE = (
    "kind",
    "species",
    "measure",
    "threshold",
    "path",
    "other_path",
    "layer",
    "column",
)


class TargetError(ValueError):
    """A target was written that cannot be meant so; the message says how to write it."""


@dataclass(frozen=True)
class TargetRow:
    """One feature of the table.

    Parameters
    ----------
    source : FeatureSettings
        What the feature is; its target and country say nothing here.
    wanted : bool
        Whether it is asked for.
    whole : TargetSettings or None
        The target wherever it is held.
    by_country : bool
        Whether every country that holds some is to hold that target of its own part.
    of_country : mapping of str to TargetSettings
        Further targets of single countries, by ISO code.
    """

    source: FeatureSettings
    wanted: bool = True
    whole: TargetSettings | None = None
    by_country: bool = False
    of_country: Mapping[str, TargetSettings] | None = None

    @property
    def countries(self) -> Mapping[str, TargetSettings]:
        """Targets of single countries."""
        return self.of_country or {}

    @property
    def title(self) -> str:
        """What people call the feature."""
        return feature_title(self.source)

    @property
    def detail(self) -> str:
        """What the feature is, in a line."""
        parts = [self.source.path or self.source.other_path]
        if self.source.weight != 1.0:
            parts.append(tr("weight {weight}", weight=words.number(self.source.weight)))
        if self.source.places is not None:
            parts.append(tr("in {count} separate places", count=self.source.places.count))
        if self.by_country:
            parts.append(tr("in each country"))
        return words.listed(parts)

    @property
    def is_users(self) -> bool:
        """Whether it comes from a file of the user's, so that it can be taken off the list."""
        return self.source.kind in FILE_KINDS

    def with_target(self, iso3: str, target: TargetSettings | None) -> TargetRow:
        """Return the row with another target, of a country or of all for an empty code."""
        if not iso3:
            return replace(self, whole=target)
        found = {code: item for code, item in self.countries.items() if code != iso3}
        if target is not None:
            found[iso3] = target
        return replace(self, of_country=dict(sorted(found.items())))

    def with_source(
        self, *, weight: float | None = None, places: PlaceSettings | None = None
    ) -> TargetRow:
        """Return the row with another weight and other places; None for no places."""
        changes: dict[str, object] = {"places": places}
        if weight is not None:
            changes["weight"] = weight
        return replace(self, source=self.source.model_copy(update=changes))

    def features(self) -> tuple[FeatureSettings, ...]:
        """Return what the row asks for: one feature for each target."""
        if not self.wanted:
            return ()
        made = []
        if self.whole is not None or not self.countries:
            changes = {
                "target": self.whole,
                "by_country": self.by_country,
                "country": "",
            }
            made.append(self.source.model_copy(update=changes))
        for iso3, target in self.countries.items():
            changes = {
                "target": target,
                "by_country": False,
                "country": iso3,
                "name": f"{self.source.name}, {iso3}" if self.source.name else "",
                "places": None,
            }
            made.append(self.source.model_copy(update=changes))
        return tuple(made)


def feature_title(source: FeatureSettings) -> str:
    """Return what people call a feature."""
    if source.name:
        return source.name
    if source.species:
        kind = tr(_KIND_TITLES.get(source.kind, source.kind))
        return f"{words.species(source.species)}, {kind}"
    path = source.path or source.other_path
    return path.replace("\\", "/").rsplit("/", 1)[-1] or words.identifier(source.kind)


def rows_of(
    asked: Sequence[FeatureSettings], offered: Sequence[FeatureSettings] = ()
) -> tuple[TargetRow, ...]:
    """Return a row for every feature that is asked for, then for what is offered beside it.

    Parameters
    ----------
    asked : sequence of FeatureSettings
        Features of a request.
    offered : sequence of FeatureSettings
        What the project holds besides; these rows are not wanted yet.
    """
    rows: dict[tuple[object, ...], TargetRow] = {}
    for item in asked:
        key = _key(item)
        row = rows.get(key) or TargetRow(_bare(item))
        if item.country:
            target = item.target
            row = row if target is None else row.with_target(item.country, target)
        else:
            row = replace(
                row, source=_bare(item), whole=item.target, by_country=item.by_country
            )
        rows[key] = row
    for item in offered:
        rows.setdefault(_key(item), TargetRow(_bare(item), wanted=False, whole=item.target))
    return tuple(rows.values())


def _key(item: FeatureSettings) -> tuple[object, ...]:
    return tuple(getattr(item, name) for name in _FIELDS_OF_SOURCE)


def _bare(item: FeatureSettings) -> FeatureSettings:
    name = item.name.removesuffix(f", {item.country}") if item.country else item.name
    changes = {"target": None, "country": "", "by_country": False, "name": name}
    return item.model_copy(update=changes)


def target_told(target: TargetSettings | None, *, in_km2: bool = True) -> str:
    """Return a target as it is written in the table; empty for none."""
    if target is None:
        return ""
    if target.range_scaled:
        return tr(BY_RANGE)
    if target.share is not None:
        return f"{round(100 * target.share, 10):.12g} %"
    amount = 0.0 if target.amount is None else target.amount
    return f"{amount:.12g}{' km²' if in_km2 else ''}"


def target_from(text: str, before: TargetSettings | None = None) -> TargetSettings | None:
    """Read a target as it is written in the table.

    Parameters
    ----------
    text : str
        ``"30 %"``, ``"500"``, ``"500 km²"``, ``"by range"``; empty for none.
    before : TargetSettings, optional
        Keeps its sizes of ranges where it is scaled by range again.

    Raises
    ------
    TargetError
        It is none of these, or is below zero or above 100 %.
    """
    plain = text.strip().lower().replace("\N{NARROW NO-BREAK SPACE}", "").replace(",", ".")
    if plain in {"", "–", "-", "none", tr("none").lower()}:
        return None
    if plain in {BY_RANGE, tr(BY_RANGE).lower(), "range", "by its range"}:
        if before is not None and before.range_scaled:
            return before
        return TargetSettings(range_scaled=True)
    number = plain.removesuffix("km²").removesuffix("km2").strip()
    is_share = number.endswith("%")
    value = _number(number.removesuffix("%").strip().replace(" ", ""))
    if value is None:
        raise TargetError(tr("“{text}” is no target. {how}", text=text.strip(), how=tr(_HOW)))
    if value < 0:
        raise TargetError(
            tr(
                "A target is not below zero, as {text} is. {how}",
                text=text.strip(),
                how=tr(_HOW),
            )
        )
    if not is_share:
        return TargetSettings(amount=value)
    if value > 100:
        raise TargetError(
            tr(
                "A target of {text} is more than there is. Write 100 % or less.",
                text=text.strip(),
            )
        )
    return TargetSettings(share=value / 100)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def in_km2(source: FeatureSettings) -> bool:
    """Return whether amounts of a feature are areas."""
    if source.kind == "raster" and source.threshold is None:
        return False
    if source.kind == "flyway":
        return False
    return source.measure == "area" and not source.column
