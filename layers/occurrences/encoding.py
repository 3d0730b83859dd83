"""In which encoding a file of text is written, and how sure that is."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from charset_normalizer import from_bytes

from layers.occurrences import limits
from layers.occurrences.errors import UnknownEncodingError
from layers.occurrences.roles import known_header_words
from layers.occurrences.scripts import plausibility

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.occurrences.packages import ByteSource

SAMPLE_BYTES = 262_144
"""How much text with letters beyond ASCII is looked at."""

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TITLES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte-order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
    "utf-32": "UTF-32",
    "gb18030": "GB18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp949": "EUC-KR / CP949 (Korean)",
    "euc_jp": "EUC-JP (Japanese)",
    "cp932": "Shift-JIS (Japanese)",
    "koi8-r": "KOI8-R (Russian)",
    "cp1251": "Windows-1251 (Russian)",
    "cp866": "CP866 (Russian)",
    "cp1252": "Windows-1252 (Western Europe)",
}
CANDIDATES = (
    "gb18030",
    "cp949",
    "cp932",
    "koi8-r",
    "cp1251",
    "big5",
    "euc_jp",
    "cp866",
    "cp1252",
)
"""The legacy encodings of the region (and of Western Europe) that are tried."""

# Worth of a decoded header word that means a column, of charset-normalizer's agreement, and the
# least worth and lead of a guess that is called sure. Set by the tables of the tests.
_HEADER_WORTH = 0.8
_SECOND_OPINION_WORTH = 0.25
_LEAST_WORTH = 0.35
_SURE_LEAD = 0.6

Certainty = Literal["sure", "likely", "stated"]


@dataclass(frozen=True, slots=True)
class EncodingGuess:
    """The encoding a text is read with.

    Parameters
    ----------
    encoding : str
        Name that Python's codecs know.
    certainty : {"sure", "likely", "stated"}
        ``stated`` where it was asked for.
    reason : str
        One sentence for the person who confirms it.
    alternatives : tuple of str
        Other encodings the text could be in, the likelier first.
    """

    encoding: str
    certainty: Certainty
    reason: str
    alternatives: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name for people."""
        return _TITLES.get(self.encoding, self.encoding)


def stated_encoding(source: ByteSource, encoding: str) -> EncodingGuess:
    """Take the encoding that was asked for.

    Raises
    ------
    UnknownEncodingError
        There is no such encoding.
    """
    try:
        name = codecs.lookup(encoding).name
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        raise UnknownEncodingError(
            f'There is no encoding "{encoding}" to read {source.label} with. Use utf-8, '
            f"utf-16, {', '.join(CANDIDATES)} or another that Python knows."
        ) from error
    return EncodingGuess(name, "stated", f"{source.name} is read as {encoding}, as asked for.")


def guess_encoding(source: ByteSource) -> EncodingGuess:
    """Guess the encoding of a text from its bytes.

    Byte-order marks and valid UTF-8 decide at once. Otherwise each legacy encoding that
    decodes the text without an error is rated by how common its letters are in Chinese,
    Japanese, Korean and Russian, by the header words it yields, and by charset-normalizer's
    opinion, which alone is often wrong on short tables.

    Parameters
    ----------
    source : ByteSource
        Read from its start until enough letters beyond ASCII were seen.

    Raises
    ------
    UnknownEncodingError
        It is not text, it is damaged UTF-8, or no encoding gives plausible words.
    """
    sample, start = _telling_sample(_blocks(source))
    for mark, name in _BOMS:
        if start.startswith(mark):
            return EncodingGuess(
                name, "sure", f"{source.name} begins with the mark of {_TITLES[name]}."
            )
    if b"\0" in start:
        return _without_mark(source, start)
    if sample.isascii():
        return EncodingGuess("utf-8", "sure", f"{source.name} holds plain ASCII text.")
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError:
        _refuse_damaged_utf8(source, sample)
        return _legacy(source, sample)
    return EncodingGuess("utf-8", "sure", f"{source.name} is valid UTF-8.")


def _blocks(source: ByteSource) -> Iterator[bytes]:
    with source.open() as stream:
        for _ in range(limits.SCANNED_BYTES // _BLOCK):
            block = stream.read(_BLOCK)
            if not block:
                return
            yield block


def _telling_sample(blocks: Iterable[bytes]) -> tuple[bytes, bytes]:
    """Return whole lines with bytes beyond ASCII (or plain text), and the first bytes."""
    start, rest = b"", b""
    telling: list[bytes] = []
    size = 0
    for block in blocks:
        start = start or block[:65_536]
        if b"\0" in start:
            break
        if block.isascii() and rest.isascii():
            rest = block[-4096:]
            continue
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if not line.isascii():
                telling.append(line)
                size += len(line)
        if size >= SAMPLE_BYTES:
            return b"\n".join(telling), start
    if not rest.isascii():
        telling.append(rest)
    return b"\n".join(telling), start


def _without_mark(source: ByteSource, start: bytes) -> EncodingGuess:
    """Tell UTF-16 without a byte-order mark by where the zero bytes of its ASCII stand."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    name = "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else ""
    if name:
        whole = start[: len(start) // 2 * 2]
        try:
            text = whole.decode(name, errors="strict" if len(whole) < 65_536 else "ignore")
        except UnicodeDecodeError:
            text = ""
        if text.isprintable() or "\n" in text:
            return EncodingGuess(
                name, "likely", f"{source.name} has the zero bytes of {_TITLES[name]}."
            )
    raise UnknownEncodingError(
        f"{source.label} is not text: it holds zero bytes. If it is a spreadsheet, save it as "
        "CSV (UTF-8) and read that."
    )


def _refuse_damaged_utf8(source: ByteSource, sample: bytes) -> None:
    text = sample.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    sound = sum(character > "\x7f" for character in text) - broken
    if sound > 20 * broken:
        before = sample[: _first_fault(sample)][-120:].decode("utf-8", errors="ignore")
        near = " ".join(before.split())[-40:]
        raise UnknownEncodingError(
            f'{source.label} is UTF-8 text with damaged bytes after "{near}". Save the table '
            "again as UTF-8, or name the encoding it is really in."
        )


def _first_fault(sample: bytes) -> int:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return len(sample)


def _legacy(source: ByteSource, sample: bytes) -> EncodingGuess:
    rated = sorted(_rated(sample), reverse=True)
    if not rated or rated[0][0] < _LEAST_WORTH:
        raise UnknownEncodingError(
            f"The text of {source.label} fits none of the encodings of the region (UTF-8, "
            f"UTF-16, {', '.join(CANDIDATES)}). Save the table as UTF-8, or name its encoding."
        )
    worth, name, words = rated[0]
    lead = worth - rated[1][0] if len(rated) > 1 else worth
    others = tuple(other for rate, other, _ in rated[1:4] if rate > 0)
    why = f"its words are plausible in {_TITLES[name]}"
    if words:
        why += f", as are the column names {', '.join(words)}"
    certainty: Certainty = "sure" if lead >= _SURE_LEAD else "likely"
    return EncodingGuess(name, certainty, f"{source.name} is no UTF-8; {why}.", others)


def _rated(sample: bytes) -> list[tuple[float, str, tuple[str, ...]]]:
    short = sample[:32_768]
    short = (
        short[: short.rfind(b"\n")] if len(sample) > len(short) and b"\n" in short else short
    )
    opinion = from_bytes(short, cp_isolation=list(CANDIDATES)).best()
    preferred = codecs.lookup(opinion.encoding).name if opinion is not None else ""
    found = []
    for name in CANDIDATES:
        try:
            text = short.decode(name)
        except UnicodeDecodeError:
            continue
        words = known_header_words(text)
        worth = plausibility(text) + _HEADER_WORTH * min(len(words), 3)
        worth += _SECOND_OPINION_WORTH * (codecs.lookup(name).name == preferred)
        found.append((worth, name, words))
    return found
