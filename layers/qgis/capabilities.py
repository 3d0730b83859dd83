"""What a web map service offers, read from its capabilities; nothing of it is trusted."""

from __future__ import annotations

import base64
import re
import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from time import monotonic
from typing import IO, TYPE_CHECKING, Literal
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, Request, build_opener
from xml.etree import ElementTree

from typing_extensions import override

from layers.control import NULL_CONTROL
from layers.errors import LayerReadError
from layers.qgis.worker.addresses import AddressError, checked_address
from resources.errors import UsageError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from layers.control import Control
    from layers.qgis.credentials import Credentials

MOST_BYTES = 30 * 1024**2
MOST_LAYERS = 20_000
TIMEOUT_S = 10.0
PATIENCE_S = 60.0
DEEPEST = 40
_CHUNK = 64 * 1024
_ASKED = frozenset({"service", "request", "version"})
_URN = re.compile(r"urn:(?:x-)?ogc:def:crs:EPSG:[^:]*:(\d+)", re.IGNORECASE)

ServiceKind = Literal["wms", "wmts"]


@dataclass(frozen=True, slots=True)
class OfferedLayer:
    """A layer that a service offers.

    Parameters
    ----------
    name : str
        As the service calls it.
    title : str
        For people.
    crs : tuple of str
        Coordinate systems that it is drawn in (WMS).
    styles : tuple of str
        Ways to draw it; the first is the usual one.
    formats : tuple of str
        Formats of its pictures.
    matrix_sets : tuple of (str, str)
        Sets of tiles with their CRS (WMTS).
    """

    name: str
    title: str
    crs: tuple[str, ...]
    styles: tuple[str, ...]
    formats: tuple[str, ...]
    matrix_sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class WebService:
    """A web map service.

    Parameters
    ----------
    kind : {"wms", "wmts"}
        What it is.
    title : str
        What it calls itself.
    address : str
        What `wms_source` and `wmts_source` take.
    layers : tuple of OfferedLayer
        In the order of the service.
    """

    kind: ServiceKind
    title: str
    address: str
    layers: tuple[OfferedLayer, ...]


def read_service(
    address: str, control: Control = NULL_CONTROL, credentials: Credentials | None = None
) -> WebService:
    """Ask a web map service what it offers.

    Parameters
    ----------
    address : str
        Of the service, or of its capabilities.
    control : Control
        May cancel.
    credentials : Credentials, optional
        Name and password, sent to this server only.

    Raises
    ------
    UsageError
        The address is not taken; says why.
    LayerReadError
        The server does not answer, or with something else.
    """
    try:
        plain = checked_address(address)
    except AddressError as error:
        raise UsageError(str(error)) from error
    kind = _kind_of(plain)
    asked = _capabilities_address(plain, kind)
    root = _parsed(_fetched(asked, control, credentials), asked)
    tag = _bare(root.tag)
    if tag in {"WMS_Capabilities", "WMT_MS_Capabilities"}:
        return _wms(root, _without_question(plain))
    if tag == "Capabilities":
        return _wmts(root, asked)
    if tag in {"ServiceExceptionReport", "ExceptionReport"}:
        said = " ".join("".join(root.itertext()).split())[:300]
        raise LayerReadError(f"The server {_host(asked)} refuses: {said}")
    raise LayerReadError(
        f"The server {_host(asked)} answered with <{tag[:40]}>, not with what a WMS or WMTS "
        "offers. Check the address."
    )


def _kind_of(address: str) -> ServiceKind:
    parts = urlsplit(address.lower())
    asked = dict(parse_qsl(parts.query)).get("service", "")
    if asked in {"wms", "wmts"}:
        return "wmts" if asked == "wmts" else "wms"
    return "wmts" if "wmts" in parts.path else "wms"


def _without_question(address: str) -> str:
    """Return an address without what a request for capabilities adds to it."""
    parts = urlsplit(address)
    kept = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in _ASKED
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def _capabilities_address(address: str, kind: ServiceKind) -> str:
    parts = urlsplit(address)
    if parts.path.lower().endswith(".xml"):
        return address  # capabilities in a file, as WMTS has them
    plain = _without_question(address)
    joint = "&" if urlsplit(plain).query else "?"
    return f"{plain}{joint}SERVICE={kind.upper()}&REQUEST=GetCapabilities"


class _Careful(HTTPRedirectHandler):
    """Follows to other addresses of the web only, and tells nobody else the password."""

    @override
    def redirect_request(  # the signature is that of urllib
        self,
        req: Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Request | None:
        try:
            checked_address(newurl)
        except AddressError as error:
            raise URLError(f"it points to an address that is not taken: {error}") from error
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and _host(newurl) != _host(req.full_url):
            following.remove_header("Authorization")
        return following


def _fetched(address: str, control: Control, credentials: Credentials | None) -> bytes:
    request = Request(address, headers={"User-Agent": "Landbridge", "Accept": "*/*"})
    if credentials is not None:
        pair = f"{credentials.user}:{credentials.password}".encode()
        request.add_header("Authorization", f"Basic {base64.b64encode(pair).decode()}")
    opener = build_opener(_Careful, HTTPSHandler(context=ssl.create_default_context()))
    until = monotonic() + PATIENCE_S
    content = bytearray()
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            while chunk := answer.read1(_CHUNK):
                content += chunk
                control.report(min(len(content) / MOST_BYTES, 1.0))
                if len(content) > MOST_BYTES or monotonic() > until:
                    raise LayerReadError(
                        f"The server {_host(address)} answers without end; its list of layers "
                        "is not taken."
                    )
    except HTTPError as error:
        with error:
            raise LayerReadError(_refusal(address, error.code)) from error
    except (URLError, HTTPException, OSError) as error:
        if isinstance(error, LayerReadError):
            raise
        why = getattr(error, "reason", None) or error
        raise LayerReadError(
            f"The server {_host(address)} does not answer: {why}. Check the address and the "
            "network."
        ) from error
    return bytes(content)


def _refusal(address: str, code: int) -> str:
    if code in {401, 403}:
        return f"The server {_host(address)} asks for a name and password, or refuses them."
    return f"The server {_host(address)} answers with the error {code}. Check the address."


def _parsed(content: bytes, address: str) -> Element:
    if b"<!ENTITY" in content:
        raise LayerReadError(
            f"The server {_host(address)} declares entities in its answer, which is not taken."
        )
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise LayerReadError(
            f"The server {_host(address)} did not answer with a list of layers ({error}). "
            "Check that the address is that of a WMS or WMTS."
        ) from error


def _wms(root: Element, address: str) -> WebService:
    formats = tuple(
        _words(item)
        for request in _all(root, "Capability", "Request", "GetMap")
        for item in _all(request, "Format")
    )
    found: list[OfferedLayer] = []
    for top in _all(root, "Capability", "Layer"):
        _gather(top, (), (), _pictures(formats), found)
    title = next((_words(item) for item in _all(root, "Service", "Title")), "")
    return WebService("wms", title, address, tuple(found))


def _gather(
    layer: Element,
    crs: tuple[str, ...],
    styles: tuple[str, ...],
    formats: tuple[str, ...],
    found: list[OfferedLayer],
    depth: int = 0,
) -> None:
    """Add a layer and those below it, which inherit its coordinate systems and styles."""
    if depth > DEEPEST or len(found) >= MOST_LAYERS:
        return
    own = [_words(item) for tag in ("CRS", "SRS") for item in _all(layer, tag)]
    known = tuple(dict.fromkeys((*crs, *(word for text in own for word in text.split()))))
    looks = tuple(
        dict.fromkeys((*styles, *(_words(name) for name in _all(layer, "Style", "Name"))))
    )
    name = next((_words(item) for item in _all(layer, "Name")), "")
    title = next((_words(item) for item in _all(layer, "Title")), name)
    if name:
        found.append(OfferedLayer(name, title or name, known, looks, formats))
    for below in _all(layer, "Layer"):
        _gather(below, known, looks, formats, found, depth + 1)


def _wmts(root: Element, address: str) -> WebService:
    sets = {
        _first(item, "Identifier"): _epsg(_first(item, "SupportedCRS"))
        for item in _all(root, "Contents", "TileMatrixSet")
    }
    found = []
    for layer in _all(root, "Contents", "Layer")[:MOST_LAYERS]:
        linked = [_words(item) for item in _all(layer, "TileMatrixSetLink", "TileMatrixSet")]
        styles = sorted(
            _all(layer, "Style"), key=lambda style: style.get("isDefault") != "true"
        )
        name = _first(layer, "Identifier")
        found.append(
            OfferedLayer(
                name,
                _first(layer, "Title") or name,
                tuple(dict.fromkeys(sets[item] for item in linked if item in sets)),
                tuple(_first(style, "Identifier") for style in styles),
                _pictures(tuple(_words(item) for item in _all(layer, "Format"))),
                tuple((item, sets[item]) for item in linked if item in sets),
            )
        )
    title = next((_words(t) for t in _all(root, "ServiceIdentification", "Title")), "")
    return WebService("wmts", title, address, tuple(found))


def _pictures(formats: tuple[str, ...]) -> tuple[str, ...]:
    """Return the formats of pictures, those that can be clear where nothing is drawn first."""
    pictures = [item for item in dict.fromkeys(formats) if item.startswith("image/")]
    return tuple(sorted(pictures, key=lambda item: not item.startswith("image/png")))


def _epsg(text: str) -> str:
    match = _URN.fullmatch(text)
    return f"EPSG:{match.group(1)}" if match else text


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _all(element: Element, *path: str) -> list[Element]:
    """Return the elements at a path of names, whatever their namespaces."""
    found = [element]
    for name in path:
        found = [child for item in found for child in item if _bare(child.tag) == name]
    return found


def _first(element: Element, name: str) -> str:
    return next((_words(item) for item in _all(element, name)), "")


def _words(element: Element) -> str:
    return " ".join((element.text or "").split())[:300]


def _host(address: str) -> str:
    return urlsplit(address).netloc.lower()
