"""What the inspector tells of a model run: from what a result was computed, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from resources.translation import tr
from ui import words
from ui.inspector.record import Fact, Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.project import RunRecord

_HASH_DIGITS = 12
_HEX = frozenset("0123456789abcdef")


def run_record(run: RunRecord) -> Record:
    """Return the record of a run: when, how long, from what, with what, and what came out.

    Parameters
    ----------
    run : RunRecord
        As the project keeps it.
    """
    seed = tr("none: nothing random in this step") if run.seed is None else str(run.seed)
    return Record(
        kind=tr("Run"),
        title=step_title(run.step),
        subtitle=tr("Run {run}", run=run.run_id),
        facts=(
            Fact(tr("Started"), _moment(run.started)),
            Fact(tr("Took"), tr("{seconds} s", seconds=words.number(run.seconds))),
            Fact(tr("Seed"), seed),
            _listed(tr("Parameters"), run.parameters),
            _listed(tr("Inputs"), run.inputs, tr("long hashes by their first digits")),
            Fact(tr("Hash of all inputs"), _digest(run.inputs_hash)),
            _listed(tr("Results"), run.outputs),
            _listed(tr("Versions"), run.versions),
        ),
    )


def step_title(step: str) -> str:
    """Return the name of a step such as ``corridors:amur-tiger`` in words."""
    name, _, species = step.partition(":")
    title = words.identifier(name)
    return f"{title}, {words.species(species)}" if species else title


def _moment(started: str) -> str:
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return started
    return f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname() or ''}".rstrip()


def _listed(label: str, values: Mapping[str, object], basis: str = "") -> Fact:
    lines = [f"{name}: {value}" for name, value in _flat(values)]
    return Fact(label, "\n".join(lines) or tr("none"), basis if lines else "")


def _flat(values: Mapping[str, object], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{above}, {key}" if above else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, list | tuple):
            yield name, ", ".join(_digest(str(item)) for item in value)
        else:
            yield name, _digest(str(value))


def _digest(value: str) -> str:
    """Return the first digits of a hash, and anything else as it is."""
    hashed = len(value) == 64 and _HEX.issuperset(value)
    return f"{value[:_HASH_DIGITS]}…" if hashed else value
