"""The parameter file of Marxan, input.dat: keys with their values, and what is not known."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from planner.marxan.errors import MarxanFolderError, MarxanZonesError
from planner.marxan.reading import read_text
from resources.errors import nearest_names_hint

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_PARAMETERS_BYTES = 1_000_000

FILES = ("PUNAME", "SPECNAME", "PUVSPRNAME", "BOUNDNAME", "BLOCKDEFNAME", "PENALTYNAME")
"""Keys that name a table which is read."""

SAVED: Mapping[str, str] = MappingProxyType(
    {
        "SAVERUN": "each run",
        "SAVEBEST": "the best run",
        "SAVESUMMARY": "the summary",
        "SAVESCEN": "the scenario",
        "SAVETARGMET": "missing values",
        "SAVESUMSOLN": "the selection frequency",
        "SAVEPENALTY": "the penalties",
        "SAVELOG": "the log",
        "SAVESOLUTIONSMATRIX": "the matrix of solutions",
    }
)
"""Keys that ask for a table which can be written."""

_TRACES = (
    "SAVESNAPSTEPS",
    "SAVESNAPCHANGES",
    "SAVESNAPFREQUENCY",
    "SAVEANNEALINGTRACE",
    "SAVEITIMPTRACE",
    "SAVEDEBUGTRACEFILE",
    "SAVESPEC",
    "SAVEPU",
    "SAVEMATRIXPUORDER",
    "SAVEMATRIXSPORDER",
    "SAVETOTALAREAS",
    "SAVERICHNESS",
)
_ANNEALING = (
    "PROP",
    "BESTSCORE",
    "NUMREPS",
    "NUMITNS",
    "STARTTEMP",
    "COOLFAC",
    "NUMTEMP",
    "HEURTYPE",
    "ITIMPTYPE",
    "ANNEALINGTRACEROWS",
    "ITIMPTRACEROWS",
)
_PROBABILITY = (
    "PROBABILITYWEIGHTING",
    "STARTDECTHRESH",
    "ENDDECTHRESH",
    "STARTDECMULT",
    "ENDDECMULT",
)
_OTHER = (
    "VERSION",
    "BLM",
    "CM",
    "RANDSEED",
    "RUNMODE",
    "MISSLEVEL",
    "COSTTHRESH",
    "THRESHPEN1",
    "THRESHPEN2",
    "CLUMPTYPE",
    "VERBOSITY",
    "INPUTDIR",
    "OUTPUTDIR",
    "SCENNAME",
    "CONNECTIONNAME",
    "CONNECTIONFILESNAME",
    "MATRIXSPORDERNAME",
    "BESTFIELDNAME",
    "SOLUTIONSMATRIXHEADERS",
    "ASYMMETRICCONNECTIVITY",
    "CONNECTIVITYIN",
    "RIMAGETYPE",
    "REXECUTESCRIPT",
    "RCLUSTERCOUNT",
    "RIMAGEWIDTH",
    "RIMAGEHEIGHT",
    "RIMAGEFONTSIZE",
    "RBINARYPATHNAME",
)
KNOWN = frozenset((*FILES, *SAVED, *_TRACES, *_ANNEALING, *_PROBABILITY, *_OTHER))

_ZONES = re.compile(r"\w*ZONE\w*|COSTSNAME|PULOCKNAME|PUZONENAME")
_KEY = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*[:=]?\s*(.*)")


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it is written, and the line it stands on, from 1."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a parameter file says.

    Attributes
    ----------
    path : Path
        The file.
    given : mapping of str to Given
        Key in capitals to its value.
    notes : tuple of str
        What is not understood or given twice, a sentence each.
    """

    path: Path
    given: Mapping[str, Given]
    notes: tuple[str, ...] = ()

    def text(self, key: str, default: str = "") -> str:
        """Return a value as it is written, or the default where the key is absent."""
        found = self.given.get(key)
        return default if found is None else found.text

    def number(self, key: str, default: float, *, least: float = -math.inf) -> float:
        """Return a value as a finite number.

        Parameters
        ----------
        key : str
            The key.
        default : float
            What counts where it is absent.
        least : float
            Smallest value that makes sense.

        Raises
        ------
        MarxanFolderError
            It is no such number; names file, line and key.
        """
        found = self.given.get(key)
        if found is None:
            return default
        try:
            value = float(found.text.split()[0])
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < least:
            limit = "" if least == -math.inf else f" from {least:g} upwards"
            raise MarxanFolderError(
                f"{self.path}, line {found.line}: {key} is {found.text!r}. Give a finite "
                f"number{limit}, with a point as decimal sign."
            )
        return value

    def whole(self, key: str, default: int, *, least: int, most: int) -> int:
        """Return a value as a whole number within limits.

        Raises
        ------
        MarxanFolderError
            It is no such number; names file, line and key.
        """
        value = self.number(key, default)
        if value != math.floor(value) or not least <= value <= most:
            raise MarxanFolderError(
                f"{self.path}, line {self.given[key].line}: {key} is "
                f"{self.given[key].text!r}. Give a whole number from {least} to {most}."
            )
        return int(value)

    @property
    def boundary_modifier(self) -> float:
        """Cost per length of boundary: BLM, or CM where there is no BLM."""
        return self.number("BLM" if "BLM" in self.given else "CM", 0.0, least=0.0)

    @property
    def miss_level(self) -> float:
        """Share of a target that has to be held for it to be told as met."""
        return self.number("MISSLEVEL", 1.0, least=0.0)

    @property
    def asymmetric(self) -> bool:
        """Whether connections have a direction."""
        return bool(self.whole("ASYMMETRICCONNECTIVITY", 0, least=0, most=1))

    @property
    def seed(self) -> int:
        """Seed of whatever is random; 1 where Marxan would take the clock."""
        return max(self.whole("RANDSEED", 1, least=-(2**31), most=2**31 - 1), 1)

    def save_type(self, key: str, default: int) -> int:
        """Return how a table is saved: 0 not, 1 ``.dat``, 2 ``.txt``, 3 ``.csv``."""
        return self.whole(key, default, least=0, most=3)

    @property
    def says_what_to_save(self) -> bool:
        """Whether any of the keys that ask for tables is there."""
        return any(key in self.given for key in SAVED)


def read_parameters(path: Path) -> Parameters:
    """Read a parameter file of Marxan.

    Each line holds a key and its value; lines of free text, such as the title that Inedit
    writes, are passed over. The last of a key counts, as in Marxan.

    Parameters
    ----------
    path : Path
        The file, usually ``input.dat``.

    Raises
    ------
    MarxanFolderError
        It cannot be read, or holds no key of Marxan.
    MarxanZonesError
        It is of Marxan with Zones.
    """
    given: dict[str, Given] = {}
    notes: list[str] = []
    zones: list[str] = []
    for number, raw in enumerate(read_text(path, LARGEST_PARAMETERS_BYTES).split("\n"), 1):
        matched = _KEY.fullmatch(raw.strip())
        if matched is None:
            continue
        word, text = matched[1], matched[2].strip().strip("\"'").strip()
        if not (word.isupper() or len(text.split()) == 1):
            continue  # a sentence
        key = word.upper()
        if word.isupper() and _ZONES.fullmatch(key):
            zones.append(key)
        elif key not in KNOWN:
            notes += _told_unknown(word, text, number)
        elif not text:
            notes.append(f"{key} on line {number} has no value and is passed over.")
        else:
            if key in given:
                notes.append(f"{key} is given twice; the last counts, on line {number}.")
            given[key] = Given(text, number)
    if zones:
        raise MarxanZonesError(
            f"{path} is of Marxan with Zones ({', '.join(dict.fromkeys(zones))}), where every "
            "planning unit goes to one of several zones. That is another problem, and reading "
            "it as a problem of one zone would answer a question that was not asked. Run it "
            "with Marxan with Zones, or write a folder with one zone (pu.dat, spec.dat, "
            "puvspr.dat, bound.dat) and take the lines with ZONE out of the parameters."
        )
    if not given:
        raise MarxanFolderError(
            f"{path} holds no parameters of Marxan. Give the parameter file of a folder, "
            "usually input.dat."
        )
    return Parameters(path, MappingProxyType(given), tuple(notes))


def _told_unknown(word: str, text: str, line: int) -> list[str]:
    """Tell of a key that is not known; a line of free text is no key."""
    if not word.isupper() or len(word) < 3 or len(text.split()) != 1:
        return []
    hint = nearest_names_hint(word, sorted(KNOWN))
    near = f" {hint}" if hint.startswith("Did") else ""
    return [f"{word} on line {line} is no parameter of Marxan and is left aside.{near}"]


def unused(parameters: Parameters) -> tuple[str, ...]:
    """Tell which parameters have no meaning for an exact solver, a sentence for each kind."""
    told = []
    annealing = [key for key in _ANNEALING if key in parameters.given]
    if annealing:
        told.append(
            f"{', '.join(annealing)} steer annealing and are not needed: the search is exact."
        )
    chances = [key for key in _PROBABILITY if key in parameters.given]
    if chances:
        told.append(f"Not carried over: {', '.join(chances)} (probabilities).")
    traces = [
        key for key in _TRACES if parameters.text(key, "0") != "0" and key in parameters.given
    ]
    if traces:
        told.append(f"Not written: {', '.join(traces)} (traces and copies of Marxan's own).")
    return tuple(told)
