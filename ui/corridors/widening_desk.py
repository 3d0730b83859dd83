"""Has widths of a corridor tried beside the window; of several wishes the last one counts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import shapely
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from resources.translation import mark, tr
from ui import words
from ui.corridors import work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.corridors.result import WideningResult, WideningVariant
    from planner.corridors.widening import WideningDesk
    from planner.jobs import Job, JobControl
    from resources.errors import PlannerError
    from ui.background import Background
    from ui.corridors.panel import CorridorsPanel
    from ui.features.row import FeatureRow
    from ui.project_work import Workbench
    from ui.session import Session

_SETTLED_MS = 120
_SELECT = mark("Select a corridor to widen it.")


class WideningLink(QObject):
    """Joins the widening page to the planner's widening.

    Parameters
    ----------
    session : Session
        The open project.
    background : Background
        Runs the work, in the lane ``widening``.
    panel : CorridorsPanel
        Holds the page.
    """

    land_found = pyqtSignal(object)
    """Other land is to be painted on the map; carries a geometry, or None."""
    proposal_made = pyqtSignal(str)
    """A corridor was proposed; carries the proposal's key."""

    def __init__(self, session: Session, background: Background, panel: CorridorsPanel) -> None:
        super().__init__()
        self._session = session
        self._background = background
        self._panel = panel
        self._page = panel.widening
        self._row: FeatureRow | None = None
        self._desk: WideningDesk | None = None
        self._desk_of: tuple[object, ...] = ()
        self._begun = False
        self._wish = 0
        self._job: Job[Any] | None = None
        self._variants: Sequence[WideningVariant] = ()
        self._proposed = ""
        self._closed = False
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._try)
        session.opened.connect(self._on_opened)
        session.changed.connect(self._on_changed)
        panel.corridor_shown.connect(self._on_corridor_shown)
        panel.page_changed.connect(self._on_page_changed)
        self._page.width_wanted.connect(self._on_width_wanted)
        self._page.also_changed.connect(self._on_also_changed)
        self._page.variants_wanted.connect(self._on_variants_wanted)
        self._page.variant_chosen.connect(self._on_variant_chosen)
        self._page.proposal_wanted.connect(self._on_proposal_wanted)
        self._page.clear(tr(_SELECT))

    def close(self) -> None:
        """Let go of what is wished for, as before the work beside the window ends."""
        self._closed = True
        self._drop_wishes()

    def _on_changed(self) -> None:
        if self._proposed:
            key, self._proposed = self._proposed, ""
            self.proposal_made.emit(key)
        row = self._row
        if row is None or not self._begun or self._desk is None:
            return
        if self._key(row.species)[:-1] != self._desk_of[:-1]:  # other rows are told by the list
            self._drop_wishes()
            self._begun = False
            self._on_page_changed()

    def _on_corridor_shown(self, row: FeatureRow | None) -> None:
        self._drop_wishes()
        self._row, self._begun = row, False
        self._page.clear(tr(_SELECT) if row is None else "")
        self.land_found.emit(None)
        self._on_page_changed()

    def _on_page_changed(self) -> None:
        if not self._panel.is_widening:
            self.land_found.emit(None)
        elif self._begun:
            self._show_land(self._page.result)
        elif self._row is not None:
            self._begin(self._row)

    def _key(self, species: str) -> tuple[object, ...]:
        """Return all that tells whether the land that was read is still the same."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return ()
        rows = tuple(row for row in snapshot.features if row.species == species)
        also = self._page.also
        return (snapshot.path, snapshot.scenario, species, also, snapshot.sites, rows)

    def _begin(self, row: FeatureRow, *, again: bool = False) -> None:
        self._begun = True
        also = self._page.also
        key = self._key(row.species)
        if self._desk is not None and key == self._desk_of:
            self._start(row, self._desk, again=again)
            return
        self._page.clear(tr("Reading the land around the corridors…"))
        self.land_found.emit(None)

        def read(bench: Workbench, control: JobControl) -> WideningDesk:
            return work.open_widening(row.species, also, bench, control)

        def done(desk: WideningDesk) -> None:
            self._desk, self._desk_of = desk, key
            if self._row is row and self._begun and self._page.also == also:
                self._start(row, desk, again=again)

        self._session.ask(tr("Read the land"), read, done, partial(self._on_failed, self._wish))

    def _start(self, row: FeatureRow, desk: WideningDesk, *, again: bool) -> None:
        name = "" if again else row.title
        self._page.show_limits(desk.widths_m, name, keep_width=again)
        self._on_width_wanted()

    def _on_also_changed(self) -> None:
        if self._row is not None and self._begun:
            self._drop_wishes()
            self._begin(self._row, again=True)

    def _drop_wishes(self) -> None:
        self._settled.stop()
        self._wish += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _on_width_wanted(self) -> None:
        self._drop_wishes()
        self._variants = ()
        if not self._closed:
            self._page.show_waiting()
            self._settled.start()

    def _try(self, *, prove: bool = False) -> None:
        """Try the width that is wished for; the proof of how good it is comes afterwards."""
        row, desk = self._row, self._desk
        if row is None or desk is None:
            return
        width_m = self._page.width_choice.width_m
        corridor_id = row.key.split("|")[0]
        width = words.distance(width_m)
        label = (
            tr("Prove the cost of {width}", width=width)
            if prove
            else tr("Widen to {width}", width=width)
        )
        self._job = self._background.submit(
            "widening",
            label,
            lambda control: desk.widened(corridor_id, width_m, control, prove=prove),
            partial(self._on_widened, self._wish),
            partial(self._on_failed, self._wish),
            partial(self._on_cancelled, self._wish),
        )

    def _on_widened(self, wish: int, result: WideningResult) -> None:
        if wish != self._wish:  # meanwhile another width was asked for
            return
        self._job = None
        self._show(result)
        if not result.refused and result.area_km2 > 0 and result.lower_bound is None:
            self._try(prove=True)

    def _show(self, result: WideningResult) -> None:
        self._page.show_result(result)
        self._show_land(result)

    def _show_land(self, result: WideningResult | None) -> None:
        shown = result is not None and not result.refused and self._panel.is_widening
        parts = [] if result is None else list(result.added_by_country.values())
        self.land_found.emit(shapely.union_all(parts) if shown and parts else None)

    def _on_variants_wanted(self) -> None:
        row, desk = self._row, self._desk
        if row is None or desk is None:
            return
        self._drop_wishes()
        width_m = self._page.width_choice.width_m
        corridor_id = row.key.split("|")[0]
        self._page.show_looking_for_variants()
        self._job = self._background.submit(
            "widening",
            tr("Look for widenings that cost less"),
            lambda control: desk.variants(corridor_id, width_m, control),
            partial(self._on_variants_found, self._wish),
            partial(self._on_failed, self._wish),
            partial(self._on_cancelled, self._wish),
        )

    def _on_variants_found(self, wish: int, found: Sequence[WideningVariant]) -> None:
        if wish != self._wish:
            return
        self._job = None
        # To leave it as it is costs nothing, but is no widening.
        self._variants = tuple(item for item in found if item.result.area_km2 > 0)
        self._page.show_variants(self._variants)

    def _on_variant_chosen(self, place: int) -> None:
        if 0 <= place < len(self._variants):
            self._show(self._variants[place].result)

    def _on_failed(self, wish: int, error: PlannerError) -> None:
        if wish == self._wish:
            self._job = None
            self._page.show_problem(words.problem(error))

    def _on_cancelled(self, wish: int) -> None:
        if wish == self._wish:  # by the user, not by a newer wish
            self._job = None
            self._page.show_cancelled()

    def _on_opened(self) -> None:
        self._desk, self._desk_of = None, ()

    def _on_proposal_wanted(self, name: str) -> None:
        result, snapshot = self._page.result, self._session.snapshot
        if result is None or snapshot is None or result.refused:
            return
        scenario = snapshot.scenario

        def propose(bench: Workbench, _: JobControl) -> str:
            self._proposed = work.propose(result, scenario, name, bench)
            return name

        self._session.change(
            tr("Propose the corridor"),
            propose,
            told=tr("Proposed: {}"),
            failed=partial(self._on_failed, self._wish),
        )
