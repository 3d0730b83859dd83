"""The form of a proposal: names, status, consents, basis, notes, files and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from planner.drawing.proposals import PROPOSAL_KINDS, STATUSES
from resources.translation import LANGUAGES, mark, tr
from ui import words
from ui.controls import label
from ui.drawing.attachments_view import AttachmentsView
from ui.drawing.fields import LineField, MetresBox, TextField, still_wheel
from ui.drawing.history_view import HistoryView
from ui.drawing.national_view import NationalView
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from planner.drawing.form import ProposalForm
    from planner.drawing.history import ProposalChange
    from ui.theme import Theme

_STATUS_TITLES: Mapping[str, str] = {
    "draft": mark("Draft"),
    "tabled": mark("Tabled"),
    "agreed": mark("Agreed"),
    "rejected": mark("Rejected"),
}


class ProposalFormView(QScrollArea):
    """Shows one proposal to be filled in; every change is told at once and stored.

    Parameters
    ----------
    theme : Theme
        Tints the icons.
    """

    changed = pyqtSignal(str, object)
    """A field was changed; carries the proposal's key and a mapping of field to value."""
    width_given = pyqtSignal(str, float)
    """Another width of the corridor is wanted; carries the proposal's key and metres."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("proposal_form")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._form: ProposalForm | None = None
        self._showing = False
        self._names = {
            code: LineField(f"proposal_name_{code}", tr("Name in {language}", language=own))
            for code, own in LANGUAGES.items()
        }
        self._kind = _choice("proposal_kind", tr("Type"))
        self._status = _choice("proposal_status", tr("Status"))
        for status in STATUSES:
            self._status.addItem(tr(_STATUS_TITLES[status]), status)
        self._agreed: dict[str, QCheckBox] = {}
        self._awaiting = False
        self._consent_needed = label(
            tr("Tick the delegations that agreed: then the proposal is agreed."),
            size="small",
            tone="warning",
            name="proposal_consent_needed",
        )
        self._consent_needed.hide()
        self._agreed_box = QWidget()
        self._agreed_box.setObjectName("proposal_agreed_by")
        self._agreed_column = QVBoxLayout(self._agreed_box)
        self._agreed_column.setContentsMargins(0, 0, 0, 0)
        self._agreed_column.setSpacing(GRID // 2)
        self._lead = LineField("proposal_lead", tr("Lead"))
        self._basis = TextField("proposal_legal_basis", tr("Legal basis"))
        self._notes = TextField("proposal_notes", tr("Notes"))
        self._width_title = label(tr("Width of the corridor"), size="small", tone="muted")
        self._width = self._make_width()
        self._national_title = label(tr("National parts"), size="small", tone="muted")
        self.national = NationalView()
        self.attachments = AttachmentsView(theme)
        self.history = HistoryView()
        self._lay_out()
        self._listen()

    def _make_width(self) -> MetresBox:
        box = MetresBox("proposal_width", tr("Width of the corridor"), " m")
        still_wheel(box)
        return box

    def _lay_out(self) -> None:
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, GRID, GRID, 2 * GRID)
        layout.setSpacing(GRID // 2)
        layout.addWidget(label(tr("Name"), size="small", tone="muted"))
        names = QGridLayout()
        names.setHorizontalSpacing(GRID)
        names.setVerticalSpacing(GRID // 2)
        for row, (code, field) in enumerate(self._names.items()):
            told = label(LANGUAGES[code], size="small", tone="muted")
            told.setWordWrap(False)
            names.addWidget(told, row, 0)
            names.addWidget(field, row, 1)
        layout.addLayout(names)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._national_title)
        layout.addWidget(self.national)
        for title, widget in (
            (tr("Type"), self._kind),
            (tr("Status"), self._status),
            (tr("Agreed by the delegations of"), self._agreed_box),
            (tr("Lead"), self._lead),
        ):
            layout.addSpacing(GRID // 2)
            layout.addWidget(label(title, size="small", tone="muted"))
            layout.addWidget(widget)
            if widget is self._status:
                layout.addWidget(self._consent_needed)
        layout.addSpacing(GRID // 2)
        layout.addWidget(self._width_title)
        layout.addWidget(self._width)
        for title, lower in (
            (tr("Legal basis"), self._basis),
            (tr("Notes"), self._notes),
            (tr("Attachments"), self.attachments),
            (tr("History"), self.history),
        ):
            layout.addSpacing(GRID // 2)
            layout.addWidget(label(title, size="small", tone="muted"))
            layout.addWidget(lower)
        layout.addStretch(1)
        self.setWidget(content)

    def _listen(self) -> None:
        for field in self._names.values():
            field.given.connect(lambda _: self._tell("names", self._given_names()))
        self._lead.given.connect(lambda text: self._tell("lead", text))
        self._basis.given.connect(lambda text: self._tell("legal_basis", text))
        self._notes.given.connect(lambda text: self._tell("notes", text))
        self._kind.activated.connect(lambda _: self._tell("kind", self._kind.currentData()))
        self._status.activated.connect(lambda _: self._on_status())
        self._width.valueChanged.connect(self._on_width)

    @property
    def form(self) -> ProposalForm | None:
        """What is shown; None for nothing."""
        return self._form

    @property
    def _typed(self) -> tuple[LineField | TextField, ...]:
        return (*self._names.values(), self._lead, self._basis, self._notes)

    def flush(self) -> None:
        """Tell of what was typed and not told yet, as before another proposal is shown."""
        for field in self._typed:
            field.flush()

    def focus_name(self) -> None:
        """Put the hand into the first name, to be typed over."""
        first = self._names["en"]
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        first.selectAll()

    def show_form(
        self, form: ProposalForm, history: Sequence[ProposalChange], *, editable: bool
    ) -> None:
        """Show a proposal, or another state of the one that is shown.

        Parameters
        ----------
        form : ProposalForm
            Its fields.
        history : sequence of ProposalChange
            What was changed, the newest first.
        editable : bool
            Whether the project can be written.
        """
        fresh = self._form is None or self._form.proposal_id != form.proposal_id
        if fresh:
            self.flush()
        self._form = form
        self._showing = True
        for code, field in self._names.items():
            field.show_value(form.names.get(code, ""), fresh=fresh)
        self._lead.show_value(form.lead, fresh=fresh)
        self._basis.show_value(form.legal_basis, fresh=fresh)
        self._notes.show_value(form.notes, fresh=fresh)
        self._show_kind(form.kind)
        self._await_consent(awaiting=self._awaiting and not fresh and form.status != "agreed")
        status = "agreed" if self._awaiting else form.status
        self._status.setCurrentIndex(self._status.findData(status))
        self._show_agreed(form)
        across = self.national.show_form(form, editable=editable)
        self._national_title.setVisible(across)
        self.national.setVisible(across)
        drawn = form.width_m is not None
        self._width_title.setVisible(drawn)
        self._width.setVisible(drawn)
        if form.width_m is not None:
            self._width.setValue(round(form.width_m))
        self.attachments.show_attachments(form.attachments, editable=editable)
        self.history.show_changes(history)
        self._set_editable(editable)
        self._showing = False

    def _set_editable(self, editable: bool) -> None:
        for field in self._typed:
            field.setReadOnly(not editable)
        for widget in (self._kind, self._status, self._agreed_box, self._width):
            widget.setEnabled(editable)

    def _show_kind(self, kind: str) -> None:
        known = [*PROPOSAL_KINDS]
        if kind and kind not in known:
            known.append(kind)
        if [self._kind.itemData(place) for place in range(self._kind.count())] != known:
            self._kind.clear()
            for name in known:
                self._kind.addItem(words.identifier(tr(name)), name)
        self._kind.setCurrentIndex(self._kind.findData(kind))

    def _show_agreed(self, form: ProposalForm) -> None:
        countries = sorted({*form.countries, *form.agreed_by})
        if sorted(self._agreed) != countries:
            for box in self._agreed.values():
                self._agreed_column.removeWidget(box)
                box.deleteLater()
            self._agreed = {code: self._consent(code) for code in countries}
            for box in self._agreed.values():
                self._agreed_column.addWidget(box)
        for code, box in self._agreed.items():
            box.setChecked(code in form.agreed_by)

    def _consent(self, code: str) -> QCheckBox:
        box = QCheckBox(words.country(code))
        box.setObjectName(f"proposal_agreed_{code}")
        box.clicked.connect(lambda _: self._on_consent())
        return box

    @property
    def _consents(self) -> list[str]:
        return [key for key, item in self._agreed.items() if item.isChecked()]

    def _on_consent(self) -> None:
        consents = self._consents
        if self._awaiting and consents:
            self._await_consent(awaiting=False)
            self._tell_all({"status": "agreed", "agreed_by": consents})
        else:
            self._tell("agreed_by", consents)

    def _on_status(self) -> None:
        """Tell of another status; nothing is agreed before a delegation is ticked."""
        status = self._status.currentData()
        self._await_consent(awaiting=status == "agreed" and not self._consents)
        if not self._awaiting:
            self._tell("status", status)
        elif self._agreed:
            first = next(iter(self._agreed.values()))
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self._show_consents()

    def _show_consents(self) -> None:
        """Scroll so that the delegations are seen, below the line that asks for them."""
        content = self.widget()
        layout = None if content is None else content.layout()
        if layout is not None and content is not None:
            layout.activate()
            content.resize(content.width(), layout.totalHeightForWidth(content.width()))
        self.ensureWidgetVisible(self._agreed_box)

    def _await_consent(self, *, awaiting: bool) -> None:
        self._awaiting = awaiting
        self._consent_needed.setVisible(awaiting)

    def _given_names(self) -> dict[str, str]:
        return {code: field.value for code, field in self._names.items()}

    def _on_width(self, value: int) -> None:
        if not self._showing and self._form is not None:
            self.width_given.emit(self._form.proposal_id, float(value))

    def _tell(self, field: str, value: object) -> None:
        self._tell_all({field: value})

    def _tell_all(self, changes: dict[str, object]) -> None:
        if not self._showing and self._form is not None:
            self.changed.emit(self._form.proposal_id, changes)


def _choice(name: str, title: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    still_wheel(box)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
