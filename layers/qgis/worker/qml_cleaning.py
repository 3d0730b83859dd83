"""Taking out of a QML style all that could do harm: only symbols, labels and colours stay.

A QML file may hold Python code, actions, addresses that are fetched when it is drawn, and sizes
that keep the computer busy for hours. So nothing is taken out by name: what is not known to be
harmless goes. Expressions are judged by a function that the caller gives, for that needs QGIS.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST = 4_000_000
MOST_ELEMENTS = 100_000
DEEPEST = 80
MOST_CLASSES = 1_000
LARGEST = 10_000.0
LARGEST_ATTRIBUTES = {"fontSize": 300.0, "bufferSize": 50.0, "maxOversampling": 4.0}
SMALLEST_STEP_MM = 0.8
SMALLEST_DASH = 0.05
MOST_DASHES = 20

RENDERERS = frozenset(
    {
        "singleSymbol",
        "categorizedSymbol",
        "graduatedSymbol",
        "RuleRenderer",
        "invertedPolygonRenderer",
        "nullSymbol",
    }
)
RASTER_RENDERERS = frozenset(
    {
        "singlebandgray",
        "singlebandpseudocolor",
        "singlebandcolordata",
        "paletted",
        "multibandcolor",
        "hillshade",
    }
)
SYMBOL_LAYERS = frozenset(
    {
        "SimpleFill",
        "SimpleLine",
        "SimpleMarker",
        "EllipseMarker",
        "FilledMarker",
        "GradientFill",
        "LinePatternFill",
        "PointPatternFill",
        "CentroidFill",
        "MarkerLine",
        "HashLine",
        "ArrowLine",
    }
)
PLAIN_LAYER = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}
RAMPS = frozenset({"gradient", "preset", "random", "colorbrewer", "randomcolors"})
STEPS = frozenset({"distance", "distance_x", "distance_y", "interval"})
FIXED_UNITS = frozenset({"MM", "Point", "Inch"})
ROOT = frozenset(
    {"renderer-v2", "labeling", "blendMode", "featureBlendMode", "pipe", "layerGeometryType"}
)
_INSIDE = """
    renderer-v2 symbols symbol layer Option prop rotation sizescale source-symbol categories
    category ranges range classificationMethod symmetricMode labelFormat parameters
    extraInformation colorramp mode rules rule settings labeling text-style families family
    text-buffer text-format placement rendering background shadow blendMode featureBlendMode
    pipe rasterrenderer rasterTransparency rastershader colorramplegendsettings numericFormat
    colorrampshader item colorPalette paletteEntry brightnesscontrast huesaturation
    rasterresampler redContrastEnhancement greenContrastEnhancement blueContrastEnhancement
    contrastEnhancement minValue maxValue algorithm singleValuePixelList pixelListEntry
    threeValuePixelList rampLegendSettings layerGeometryType
"""
INSIDE = frozenset(_INSIDE.split())
SAYS = ("version", "labelsEnabled", "minScale", "maxScale", "hasScaleBasedVisibilityFlag")
CODE = frozenset({"editforminitcode", "mapTip", "previewExpression", "editforminit"})

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")

Judge = Callable[[str], bool]


class StyleError(ValueError):
    """A style that cannot be used; the message is for people."""


class Cleaning:
    """Cleans one style.

    Parameters
    ----------
    allowed : callable
        Tells whether an expression may be used; names of fields are expressions too.
    """

    def __init__(self, allowed: Judge) -> None:
        self._allowed = allowed
        self._removed: Counter[str] = Counter()
        self.expressions: list[str] = []

    def clean(self, qml: str) -> str:
        """Return a style with only what is harmless.

        Raises
        ------
        StyleError
            It is no QML, is far too large, or nothing of it is left.
        """
        root = parsed(qml)
        self._note_code(root)
        for child in list(root):
            if child.tag not in ROOT:
                root.remove(child)
        root.attrib = {name: root.attrib[name] for name in SAYS if name in root.attrib}
        root.set("styleCategories", "Symbology|Labeling|Rendering")
        self._clean_children(root)
        self._clean_renderers(root)
        if root.find("renderer-v2") is None and root.find("pipe/rasterrenderer") is None:
            raise StyleError(
                "The style holds no symbols or colours that can be used here."
                + "".join(f" {note}" for note in self.notes())
            )
        return ElementTree.tostring(root, encoding="unicode")

    def notes(self) -> list[str]:
        """Return what was taken out, as sentences."""
        return [
            note if count == 1 else f"{note} ({count} times)"
            for note, count in self._removed.items()
        ]

    def _note_code(self, root: Element) -> None:
        actions = root.find("attributeactions")
        if actions is not None and len(actions.findall("actionsetting")):
            self._removed["Actions of features were left out."] += 1
        if any((root.findtext(name) or "").strip() for name in CODE):
            self._removed["Code of forms and map tips was left out."] += 1
        if root.find("expressionfields/field") is not None:
            self._removed["Computed fields were left out."] += 1
        for name in ("SingleCategoryDiagramRenderer", "LinearlyInterpolatedDiagramRenderer"):
            if root.find(name) is not None:
                self._removed["Diagrams were left out."] += 1

    def _clean_children(self, parent: Element) -> None:
        for child in list(parent):
            if self._drops(child):
                parent.remove(child)
                continue
            self._clean_element(child)
            self._clean_children(child)

    def _drops(self, element: Element) -> bool:
        """Tell whether an element goes with all that is in it, and note what matters."""
        tag = element.tag
        if tag in {"data_defined_properties", "dd_properties", "pipe-data-defined-properties"}:
            active = any(
                option.get("name") == "active" and option.get("value") in {"true", "1"}
                for option in element.iter("Option")
            )
            if active:
                self._removed["Sizes and colours by expression were left out."] += 1
            return True
        if tag == "effect":
            if element.get("enabled") == "1":
                self._removed["Effects such as shadows and blurs were left out."] += 1
            return True
        if tag == "layer" and element.get("class") not in SYMBOL_LAYERS:
            self._removed[
                f"A part of a symbol, {element.get('class', 'unknown')[:40]}, was left out: it "
                "may read files, fetch addresses or take very long."
            ] += 1
            return True
        if tag == "colorramp":
            return element.get("type") not in RAMPS
        return tag not in INSIDE

    def _clean_element(self, element: Element) -> None:
        if element.tag == "layer":
            _clean_layer(element)
        for name, value in list(element.attrib.items()):
            element.set(name, _bounded(name, value))
        if element.tag == "background":
            element.set("shapeSVGFile", "")
            if element.get("shapeType") not in {"0", "1", "2", "3", "4"}:
                element.set("shapeDraw", "0")
        for name in ("geometryGeneratorEnabled", "geometryGenerator", "layoutBin"):
            if element.tag == "placement" and name in element.attrib:
                element.set(name, "0" if name.endswith("Enabled") else "")

    def _clean_renderers(self, root: Element) -> None:
        for parent in list(root.iter()):
            for child in list(parent):
                fits = {
                    "renderer-v2": self._fits_renderer,
                    "rasterrenderer": self._fits_colours,
                }
                if child.tag in fits and not fits[child.tag](child):
                    parent.remove(child)
        inverted = root.find("renderer-v2[@type='invertedPolygonRenderer']")
        if inverted is not None and inverted.find("renderer-v2") is None:
            root.remove(inverted)
        for symbol in root.iter("symbol"):
            if symbol.find("layer") is None:
                _make_plain(symbol)
        labeling = root.find("labeling")
        if labeling is not None and not self._fits_labels(labeling):
            root.remove(labeling)

    def _fits_colours(self, renderer: Element) -> bool:
        kind = renderer.get("type", "")
        if kind not in RASTER_RENDERERS:
            self._removed[f"Colours of the type {kind[:40]!r} cannot be used."] += 1
            return False
        return True

    def _fits_renderer(self, renderer: Element) -> bool:
        kind = renderer.get("type", "")
        if kind not in RENDERERS:
            self._removed[f"Symbols of the type {kind[:40]!r} cannot be used."] += 1
            return False
        renderer.set("enableorderby", "0")
        for tag in ("categories/category", "ranges/range", ".//rule"):
            if len(renderer.findall(tag)) > MOST_CLASSES:
                raise StyleError(
                    f"The style has more than {MOST_CLASSES:,} classes. Make fewer in QGIS."
                )
        attribute = renderer.get("attr", "")
        if attribute and not self._may(attribute):
            self._removed[f"Symbols by the expression {attribute[:80]!r} cannot be used."] += 1
            return False
        self._clean_rules(renderer)
        return True

    def _clean_rules(self, parent: Element) -> None:
        """Take out rules whose filter is not allowed, with the rules below them."""
        for rule in list(parent):
            wanted = rule.get("filter", "")
            if rule.tag == "rule" and wanted and wanted != "ELSE" and not self._may(wanted):
                self._removed[f"The rule {wanted[:80]!r} was left out."] += 1
                parent.remove(rule)
            else:
                self._clean_rules(rule)

    def _fits_labels(self, labeling: Element) -> bool:
        if labeling.get("type") not in {"simple", "rule-based"}:
            self._removed["Labels of an unknown type were left out."] += 1
            return False
        self._clean_rules(labeling)
        for style in labeling.iter("text-style"):
            named = style.get("fieldName", "")
            if style.get("isExpression") == "1" and named and not self._may(named):
                self._removed[f"Labels by the expression {named[:80]!r} were left out."] += 1
                return False
        for settings in labeling.iter("settings"):
            settings.attrib = {}  # connecting lines, which hold symbols of their own
        return True

    def _may(self, expression: str) -> bool:
        self.expressions.append(expression)
        return self._allowed(expression)


def parsed(qml: str) -> Element:
    """Return a style as a tree, within limits.

    Raises
    ------
    StyleError
        It is no QML, or is far too large.
    """
    if len(qml) > LONGEST:
        raise StyleError(f"The style has more than {LONGEST:,} characters.")
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", qml.lstrip("\ufeff"), count=1)
    text = re.sub(r"^\s*<!DOCTYPE[^\[>]*>", "", text, count=1)
    if "<!" in re.sub(r"<!\[CDATA\[|<!--", "", text):
        raise StyleError("The style declares entities, which no style of QGIS needs.")
    builder = _Bounded()
    try:
        parser = ElementTree.XMLParser(target=builder)
        parser.feed(text)
        root = parser.close()
    except ElementTree.ParseError as error:
        raise StyleError(f"The style is no QML: {error}. Save it again in QGIS.") from error
    if root.tag != "qgis":
        raise StyleError(
            f"The style is no QML: it begins with <{root.tag[:40]}>, not with <qgis>. Other "
            "styles, such as SLD, are loaded in QGIS and saved as QML."
        )
    return root


class _Bounded(ElementTree.TreeBuilder):
    """Builds a tree of a bounded depth and size."""

    def __init__(self) -> None:
        super().__init__()
        self._count = 0
        self._depth = 0

    def start(  # type: ignore[explicit-override]  # no `override` in the Python of QGIS
        self, tag: str, attrs: dict[str, str]
    ) -> Element:
        """Begin an element, unless there are too many."""
        self._count += 1
        self._depth += 1
        if self._count > MOST_ELEMENTS or self._depth > DEEPEST:
            raise StyleError(
                f"The style has more than {MOST_ELEMENTS:,} parts, or parts {DEEPEST} deep."
            )
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:  # type: ignore[explicit-override]  # as above
        """End an element."""
        self._depth -= 1
        return super().end(tag)


def _bounded(name: str, value: str) -> str:
    """Return an attribute within what can be drawn."""
    most = LARGEST_ATTRIBUTES.get(name)
    if most is None:
        return value
    return value if abs(_number(value, most + 1)) <= most else f"{most:g}"


def _properties(layer: Element) -> dict[str, list[tuple[Element, str]]]:
    """Return the properties of a part of a symbol; both ways of writing them, old and new."""
    found: dict[str, list[tuple[Element, str]]] = {}
    for option in layer.findall("Option/Option"):
        found.setdefault(option.get("name", ""), []).append((option, "value"))
    for prop in layer.findall("prop"):
        found.setdefault(prop.get("k", ""), []).append((prop, "v"))
    return found


def _clean_layer(layer: Element) -> None:
    """Bound the sizes of a part of a symbol."""
    properties = _properties(layer)
    for name, places in properties.items():
        for element, attribute in places:
            value = element.get(attribute, "")
            if name in STEPS:
                value = str(max(_number(value, 2.0), SMALLEST_STEP_MM))
            elif name in {f"{step}_unit" for step in STEPS}:
                value = value if value in FIXED_UNITS else "MM"
            elif name == "customdash":
                value = _dashes(value)
            elif name == "customdash_unit":
                value = value if value in FIXED_UNITS else "MM"
            elif _NUMBER.fullmatch(value):
                value = value if abs(_number(value, 0.0)) <= LARGEST else "0"
            element.set(attribute, value)


def _dashes(value: str) -> str:
    parts = [max(_number(part, 1.0), SMALLEST_DASH) for part in value.split(";")]
    return ";".join(f"{part:g}" for part in parts[:MOST_DASHES])


def _number(text: str, otherwise: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return otherwise
    return number if math.isfinite(number) else otherwise


def _make_plain(symbol: Element) -> None:
    """Give a symbol that lost all its parts a plain one."""
    kind = PLAIN_LAYER.get(symbol.get("type", ""))
    if kind is None:
        raise StyleError(f"The style holds a symbol of the type {symbol.get('type')!r:.40}.")
    ElementTree.SubElement(
        symbol, "layer", {"class": kind, "enabled": "1", "pass": "0", "locked": "0"}
    )
