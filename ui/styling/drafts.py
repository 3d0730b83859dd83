"""What a change makes of a style: styles in, styles out, as `LayerSpec` describes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ui import words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.qgis.answers import Breaks, Value
    from ui.styling.ramps import Ramp

Style: TypeAlias = dict[str, Any]
Symbol: TypeAlias = dict[str, Any]
Geometry = Literal["point", "line", "polygon", "none", ""]

_KEPT = ("labels", "min_scale", "max_scale")
"""What a vector keeps when it is drawn by another rule."""
_KEPT_RASTER = ("min_scale", "max_scale", "resampling", "blend", "band")
REST_COLOUR = "#bbbbbb"
PLAIN_COLOUR = "#4477aa"
_IDENTIFIER = re.compile("[a-z0-9]+(?:[-_][a-z0-9]+)*")
_OUTLINE = "#444444"


def plain_symbol(geometry: str, colour: str = PLAIN_COLOUR) -> Symbol:
    """Return the symbol that a layer has before anybody chooses one."""
    if geometry == "line":
        return {"shape": "line", "stroke": colour, "stroke_width_mm": 0.5, "dash": "solid"}
    if geometry == "point":
        return {
            "shape": "marker",
            "fill": colour,
            "fill_opacity": 1.0,
            "stroke": "#ffffff",
            "stroke_width_mm": 0.2,
            "size_mm": 2.4,
            "marker": "circle",
        }
    return {
        "shape": "fill",
        "fill": colour,
        "fill_opacity": 0.6,
        "stroke": _OUTLINE,
        "stroke_width_mm": 0.2,
        "dash": "solid",
    }


def colour_of(symbol: Mapping[str, Any]) -> str:
    """Return the colour that a symbol is known by: its fill, or its line."""
    return str(symbol.get("fill") or symbol.get("stroke") or PLAIN_COLOUR)


def recoloured(symbol: Mapping[str, Any], colour: str) -> Symbol:
    """Return a symbol in another colour: its fill, or its line where it has no fill."""
    key = "fill" if symbol.get("fill") else "stroke"
    changed = {**symbol, key: colour}
    if "hatch_colour" in symbol:
        changed["hatch_colour"] = colour
    return changed


def base_symbol(style: Mapping[str, Any], geometry: str) -> Symbol:
    """Return the symbol from which those of classes are made: the first that a style has."""
    if isinstance(style.get("symbol"), dict):
        return dict(style["symbol"])
    listed = style.get("symbols")
    if isinstance(listed, list | tuple) and listed:
        return dict(listed[0]["symbol"])
    return plain_symbol(geometry)


def one_symbol(style: Mapping[str, Any], symbol: Symbol) -> Style:
    """Return the style in which every feature has the same symbol."""
    kind = "inverted" if style.get("type") == "inverted" else "single"
    return {"type": kind, "symbol": symbol, **_kept(style, _KEPT)}


def categories(
    style: Mapping[str, Any],
    field: str,
    values: Sequence[Value],
    hues: Sequence[str],
    base: Symbol,
    *,
    rest: str = "",
) -> Style:
    """Return the style in which each value of a field has a symbol of its own.

    Parameters
    ----------
    style : mapping
        Whose labels and scales are kept.
    field : str
        The field.
    values : sequence
        Its values; missing ones fall under the rest.
    hues : sequence of str
        A colour for each value.
    base : symbol
        What the symbols have in common.
    rest : str
        Name for all other values; without a symbol where empty.
    """
    symbols: list[dict[str, Any]] = [
        {"value": value, "label": label_of(value), "symbol": recoloured(base, hue)}
        for value, hue in zip(values, hues, strict=True)
        if value is not None
    ]
    if rest:
        symbols.append({"value": None, "label": rest, "symbol": recoloured(base, REST_COLOUR)})
    return {"type": "categories", "field": field, "symbols": symbols, **_kept(style, _KEPT)}


def graduated(
    style: Mapping[str, Any],
    field: str,
    breaks: Breaks,
    colours: Sequence[str],
    base: Symbol,
) -> Style:
    """Return the style in which classes of numbers have colours of a ramp."""
    symbols = [
        {
            "min": low,
            "max": high,
            "label": f"{words.number(low)} – {words.number(high)}",
            "symbol": recoloured(base, colour),
        }
        for low, high, colour in zip(breaks.bounds, breaks.bounds[1:], colours, strict=False)
    ]
    return {"type": "graduated", "field": field, "symbols": symbols, **_kept(style, _KEPT)}


def with_class(style: Mapping[str, Any], place: int, changes: Mapping[str, Any]) -> Style:
    """Return the style with one of its classes changed."""
    symbols = [dict(item) for item in style["symbols"]]
    symbols[place].update(changes)
    return {**style, "symbols": symbols}


def without_class(style: Mapping[str, Any], place: int) -> Style:
    """Return the style with one of its classes taken out."""
    symbols = [item for at, item in enumerate(style["symbols"]) if at != place]
    return {**style, "symbols": symbols}


def with_symbol(style: Mapping[str, Any], changes: Mapping[str, Any]) -> Style:
    """Return the style with what all its symbols have in common changed, not their colours."""
    if "symbols" in style:
        kept = {key: value for key, value in changes.items() if key != "fill"}
        symbols = [{**item, "symbol": {**item["symbol"], **kept}} for item in style["symbols"]]
        return {**style, "symbols": symbols}
    return {**style, "symbol": {**style.get("symbol", {}), **changes}}


def with_labels(style: Mapping[str, Any], labels: Mapping[str, Any] | None) -> Style:
    """Return the style with other labels, or with none."""
    changed = {key: value for key, value in style.items() if key != "labels"}
    if labels is not None:
        changed["labels"] = dict(labels)
    return changed


def raster_ramp(  # noqa: PLR0913 - a ramp has so many sides
    style: Mapping[str, Any],
    ramp: Ramp,
    low: float,
    high: float,
    *,
    reverse: bool = False,
    clear: bool = False,
    steps: int = 0,
) -> Style:
    """Return the style of a raster in the colours of a ramp.

    Parameters
    ----------
    style : mapping
        Whose scales and resampling are kept.
    ramp : Ramp
        The colours.
    low, high : float
        Values at its ends; what lies beyond has the colour of the end.
    reverse : bool
        Whether the ramp runs the other way.
    clear : bool
        Whether the low end is clear.
    steps : int
        Number of even classes; 0 for a smooth ramp.
    """
    count = steps or max(len(ramp.colours), 2)
    colours = list(ramp.take(count, reverse=reverse))
    if clear:
        colours[0] = f"{colours[0]}00"
    span = high - low
    if steps:  # each colour up to the upper bound of its class
        values = [low + span * (number + 1) / count for number in range(count)]
        starts = [low + span * number / count for number in range(count)]
        texts = [
            f"{words.number(a)} – {words.number(b)}"
            for a, b in zip(starts, values, strict=True)
        ]
    else:
        values = [low + span * number / (count - 1) for number in range(count)]
        texts = [words.number(value) for value in values]
    stops = [list(stop) for stop in zip(values, colours, texts, strict=True)]
    kept = _kept(style, _KEPT_RASTER)
    return {"type": "ramp", "stops": stops, "interpolate": not steps, **kept}


def reaching(style: Mapping[str, Any], highest: float) -> Style:
    """Return the style of a raster whose uppermost class takes in the highest value."""
    stops = [list(stop) for stop in style["stops"]]
    stops[-1][0] = max(stops[-1][0], highest)
    return {**style, "stops": stops}


def raster_classes(
    style: Mapping[str, Any], values: Sequence[float], hues: Sequence[str]
) -> Style:
    """Return the style in which each value of a raster has a hue of its own."""
    rows = [[int(v), hue, f"{v:g}"] for v, hue in zip(values, hues, strict=True)]
    return {"type": "classes", "classes": rows, **_kept(style, _KEPT_RASTER)}


def hillshade(style: Mapping[str, Any]) -> Style:
    """Return the style of a raster of heights as shaded relief."""
    own = style if style.get("type") == "hillshade" else {}
    return {
        "type": "hillshade",
        "multidirectional": True,
        "exaggeration": 1.0,
        **_kept(style, _KEPT_RASTER),
        **own,
    }


def label_of(value: Value) -> str:
    """Return a value of a field as the legend tells it."""
    if isinstance(value, float):
        return words.number(value)
    text = str(value)
    return words.capital(re.sub("[-_]", " ", text)) if _IDENTIFIER.fullmatch(text) else text


def _kept(style: Mapping[str, Any], names: Sequence[str]) -> Style:
    return {name: style[name] for name in names if name in style}
