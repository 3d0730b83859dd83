"""What a run has finished, kept beside its results, so that it can go on after a kill."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from planner.files import made_folder, replacing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from algorithms.arrays import FloatArray
    from planner.circuit.options import CircuitOptions
    from planner.circuit.places import CasePlaces

SECONDS_BETWEEN_SAVES = 10.0
JOURNAL_ENDING = "_unfinished.npz"
FORMAT = 2
"""Changed with the meaning of a journal, or of the results it stands for."""


class _State(NamedTuple):
    """Everything that changes with one more finished piece, replaced in one go."""

    done: int
    totals: tuple[FloatArray, ...]


class RunJournal:
    """Keeps which pieces of a run are finished, with the sums over them.

    Parameters
    ----------
    path : Path
        Where it is kept.
    digest : str
        Of the options and inputs; a journal of another digest is not used.
    size : int
        Length of the sums: of the cumulative and of the greatest current, and of what else
        is summed.
    sums : int
        How many of them are kept; the second is a maximum, the others are sums.
    """

    def __init__(self, path: Path, digest: str, *, size: int = 0, sums: int = 0) -> None:
        self._path = path
        self._digest = digest
        self._keys: list[str] = []
        self._values: list[float] = []
        self._state = _State(0, tuple(np.zeros(size) for _ in range(sums)))
        self._saved_at = time.monotonic()

    @property
    def finished(self) -> dict[str, float]:
        """Key of each finished piece to its value."""
        count = self._state.done
        return dict(zip(self._keys[:count], self._values[:count], strict=True))

    @property
    def totals(self) -> tuple[FloatArray, ...]:
        """The sums so far."""
        return self._state.totals

    def go_on(self) -> int:
        """Take up the journal of an earlier run of the same case.

        Returns
        -------
        int
            How many pieces are finished; 0 where there is no journal that could be used.
        """
        try:
            with np.load(io.BytesIO(self._path.read_bytes()), allow_pickle=False) as stored:
                head = json.loads(bytes(stored["head"]).decode("utf-8"))
                totals = tuple(
                    np.asarray(stored[f"total_{at}"], dtype=np.float64)
                    for at in range(len(self._state.totals))
                )
                keys = [str(key) for key in head["keys"]]
                values = [float(value) for value in head["values"]]
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError):
            return 0
        shapes = [total.shape for total in self._state.totals]
        same = head.get("digest") == self._digest and head.get("format") == FORMAT
        if not same or [total.shape for total in totals] != shapes or len(keys) != len(values):
            return 0
        self._keys, self._values = keys, values
        self._state = _State(len(keys), totals)
        return len(keys)

    def record(self, key: str, value: float, *currents: FloatArray) -> None:
        """Take note of a finished piece, and keep it on disk where some time has passed.

        Parameters
        ----------
        key : str
            Its name.
        value : float
            Its resistance.
        *currents : float64
            What it adds to each of the sums; the second of them is kept as a maximum.
        """
        count = self._state.done
        del self._keys[count:], self._values[count:]
        self._keys.append(key)
        self._values.append(value)
        totals = tuple(
            np.maximum(total, new) if at == 1 else total + new
            for at, (total, new) in enumerate(zip(self._state.totals, currents, strict=True))
        )
        # One assignment: Ctrl-C may fall between any two lines.
        self._state = _State(count + 1, totals)
        if time.monotonic() - self._saved_at >= SECONDS_BETWEEN_SAVES:
            self.save()

    def save(self) -> None:
        """Keep the journal on disk, whole or not at all."""
        head = {
            "format": FORMAT,
            "digest": self._digest,
            "keys": list(self.finished),
            "values": list(self.finished.values()),
        }
        arrays = {f"total_{at}": total for at, total in enumerate(self._state.totals)}
        written = np.frombuffer(json.dumps(head).encode("utf-8"), dtype=np.uint8)
        made_folder(self._path.parent)
        with replacing(self._path) as stream:
            np.savez(stream, allow_pickle=False, head=written, **arrays)
        self._saved_at = time.monotonic()

    def drop(self) -> None:
        """Remove the journal: the run is complete, or starts anew."""
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.drop()
        elif self._state.done:
            self.save()


def case_digest(options: CircuitOptions, places: CasePlaces) -> str:
    """Return a digest of the options of a case and of the content of its inputs."""
    hashes: Mapping[str, str] = {
        key: _file_digest(path) for key, path in sorted(places.inputs.items())
    }
    text = json.dumps([FORMAT, options.model_dump(), hashes], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
