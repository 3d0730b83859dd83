"""The form of a proposal: what people fill in beside its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shapely.geometry.base import BaseGeometry as Geometry

from planner.drawing.attachments import Attachment, attachments_of
from planner.drawing.errors import DrawingError
from planner.drawing.numbers import digits
from planner.drawing.proposals import STATUSES, line_of, width_of
from planner.drawing.rows import adopted, proposal_row
from planner.drawing.transboundary import (
    NationalPart,
    link_of,
    members_of_link,
    parts_of,
    uncounted_of,
)
from planner.project import UpdateFeature
from planner.records import number, texts, whole_number
from resources.translation import LANGUAGES, filled, mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from planner.drawing.geometry import Coordinate
    from planner.project import Project
    from planner.records import Record

LONGEST_NAME = 300
LONGEST_TEXT = 100_000
_ISO3 = re.compile(r"[A-Z]{3}")
_LABELS = {
    "names": mark("Rename {name}"),
    "status": mark("Change the status of {name}"),
    "kind": mark("Change the kind of {name}"),
    "agreed_by": mark("Change who agreed to {name}"),
    "lead": mark("Change who leads {name}"),
    "notes": mark("Change the notes of {name}"),
    "legal_basis": mark("Change the legal basis of {name}"),
}


@dataclass(frozen=True, eq=False)
class ProposalForm:
    """What the form of a proposal holds.

    Attributes
    ----------
    proposal_id, scenario : str
        Its key.
    name : str
        What it is called where no language is asked for.
    names : mapping of str to str
        Names by language, as far as they are known.
    kind, status : str
        As stored; `STATUSES` are the only states.
    agreed_by : tuple of str
        Delegations that agreed, by ISO3.
    lead, notes, legal_basis : str
        Free texts.
    attachments : tuple of Attachment
        Files.
    countries : tuple of str
        Countries it lies in.
    area_km2 : float
        Land of these countries.
    parts : tuple of NationalPart
        What it takes of each country.
    members : tuple of NationalPart
        The proposals that are linked with it as one transboundary proposal, itself among them;
        empty where there are none.
    across : str
        What that transboundary proposal is called.
    uncounted_km2 : mapping of str to float
        What lies in no part, see `planner.drawing.transboundary.uncounted_of`.
    width_m : float or None
        Width with which it was drawn along a line.
    centreline : tuple of (x, y) or None
        That line.
    made_by_model : bool
        Whether a model run made it; the first edit makes it the user's own.
    geometry : geometry or None
        Its shape in the project's CRS.
    editable : bool
        Whether it can be edited; False where the project is open for reading only.
    """

    proposal_id: str
    scenario: str
    name: str
    names: Mapping[str, str]
    kind: str
    status: str
    agreed_by: tuple[str, ...]
    lead: str
    notes: str
    legal_basis: str
    attachments: tuple[Attachment, ...]
    countries: tuple[str, ...]
    area_km2: float
    parts: tuple[NationalPart, ...]
    members: tuple[NationalPart, ...]
    across: str
    uncounted_km2: Mapping[str, float]
    width_m: float | None
    centreline: tuple[Coordinate, ...] | None
    made_by_model: bool
    geometry: Geometry | None
    editable: bool


def form_of(project: Project, scenario: str, proposal_id: str) -> ProposalForm:
    """Return the form of a proposal as it is stored.

    Raises
    ------
    DrawingError
        The proposal is gone.
    """
    row = proposal_row(project, scenario, proposal_id)
    shape, line, link = row["geometry"], line_of(row), link_of(row)
    members = members_of_link(project, scenario, link)
    return ProposalForm(
        proposal_id=proposal_id,
        scenario=scenario,
        name=_text(row["name"]),
        names=names_of(row),
        kind=_text(row["kind"]),
        status=_text(row["status"]) or "draft",
        agreed_by=texts(row["agreed_by"]),
        lead=_text(row["lead"]),
        notes=_text(row["notes"]),
        legal_basis=_text(row["legal_basis"]),
        attachments=attachments_of(row),
        countries=texts(row["countries"]),
        area_km2=number(row["area_km2"]),
        parts=parts_of(row),
        members=members if len(members) > 1 else (),
        across="" if link is None else link.name,
        uncounted_km2=uncounted_of(row),
        width_m=None if line is None else width_of(row),
        centreline=None if line is None else tuple(line),
        made_by_model=adopted(row, {}) != {},
        geometry=shape if isinstance(shape, Geometry) else None,
        editable=not project.read_only,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value)


def names_of(row: Mapping[str, object]) -> dict[str, str]:
    """Return the names of a proposal's row by language.

    The name without a language counts as the English one where there is no other.
    """
    stored = row["names"]
    names = (
        {str(code): str(name) for code, name in stored.items() if code in LANGUAGES and name}
        if isinstance(stored, Mapping)
        else {}
    )
    return names or {"en": _text(row["name"])}


def edit_proposal(
    project: Project, scenario: str, proposal_id: str, changes: Mapping[str, object]
) -> str:
    """Change fields of a form, in one step; fields that stay as they are leave no trace.

    Parameters
    ----------
    project : Project
        Open for writing.
    scenario, proposal_id : str
        The proposal.
    changes : mapping
        ``names`` (language to name; one left empty is removed), ``status``, ``kind``,
        ``agreed_by`` (ISO3 codes), ``lead``, ``notes`` or ``legal_basis``.

    Returns
    -------
    str
        Identifier of the proposal afterwards.

    Raises
    ------
    DrawingError
        A field is unknown or cannot hold its value, the proposal would be agreed without any
        delegation that agrees, or it is gone.
    ReadOnlyProjectError, ProjectError
        The project cannot be written; nothing was changed.
    """
    row = proposal_row(project, scenario, proposal_id)
    wanted: Record = {}
    for field, value in changes.items():
        wanted |= _checked(field, value, row)
    if {"status", "agreed_by"} & {*wanted}:
        _check_consent({**row, **wanted})
    different = {name: value for name, value in wanted.items() if _differs(value, row[name])}
    if not different:
        return proposal_id
    known = [field for field in changes if field in different]
    label = (
        _LABELS[known[0]].format_map({"name": row["name"]})
        if len(known) == 1
        else filled("Change the form of {name}", name=row["name"])
    )
    final = adopted(row, different)
    project.execute(UpdateFeature("proposals", whole_number(row["fid"]), final, label))
    return str(final.get("proposal_id", proposal_id))


def _check_consent(row: Record) -> None:
    """Refuse that a proposal is agreed while no delegation agrees."""
    if row["status"] == "agreed" and not texts(row["agreed_by"]):
        raise DrawingError(
            "A proposal is agreed when a delegation at least agrees with it. Tick the "
            "delegations that agreed, or choose another status first."
        )


def _differs(wanted: object, stored: object) -> bool:
    return (wanted or None) != (stored or None)


def _checked(field: str, value: object, row: Record) -> Record:
    if field not in _LABELS:
        raise DrawingError(
            f"The form has no field {field!r:.60}. Its fields are {', '.join(_LABELS)}."
        )
    check = _CHECKS.get(field, _checked_text)
    return check(field, value, row)


def _checked_text(field: str, value: object, _: Record) -> Record:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or "\0" in value:
        raise DrawingError(
            f"The field {field} holds a text of up to {digits(LONGEST_TEXT)} characters."
        )
    return {field: value.strip() or None}


def _checked_names(_: str, value: object, row: Record) -> Record:
    if not isinstance(value, Mapping):
        raise DrawingError("Names are given by language.")
    if unknown := sorted(str(code) for code in value if code not in LANGUAGES):
        raise DrawingError(
            f"There is no language {unknown[0]!r:.20}. Languages: {', '.join(LANGUAGES)}."
        )
    names = {**names_of(row), **{str(k): str(v or "").strip() for k, v in value.items()}}
    names = {code: name for code, name in names.items() if name}
    if any(len(name) > LONGEST_NAME or "\0" in name for name in names.values()):
        raise DrawingError(f"A name has up to {LONGEST_NAME} characters. Shorten it.")
    if not names:
        raise DrawingError("A proposal needs a name in one language. Enter one.")
    plain = names.get("en") or next(names[code] for code in LANGUAGES if code in names)
    return {"names": names, "name": plain}


def _checked_status(_: str, value: object, __: Record) -> Record:
    if value not in STATUSES:
        raise DrawingError(
            f"A proposal is {', '.join(STATUSES[:-1])} or {STATUSES[-1]}, not {value!r:.40}."
        )
    return {"status": value}


def _checked_kind(_: str, value: object, __: Record) -> Record:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
        raise DrawingError("The kind of a proposal is a short text. Choose one of the list.")
    return {"kind": value.strip()}


def _checked_agreed(_: str, value: object, __: Record) -> Record:
    codes = list(value) if isinstance(value, list | tuple | set | frozenset) else [None]
    if not all(isinstance(code, str) and _ISO3.fullmatch(code) for code in codes):
        raise DrawingError(
            "Delegations are given by the code of their State, such as CHN or RUS."
        )
    return {"agreed_by": sorted({str(code) for code in codes}) or None}


_CHECKS: Mapping[str, Callable[[str, object, Record], Record]] = {
    "names": _checked_names,
    "status": _checked_status,
    "kind": _checked_kind,
    "agreed_by": _checked_agreed,
}
