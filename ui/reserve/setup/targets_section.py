"""Section of the form: which features, and how much of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QPushButton, QToolButton

from planner.reserve.request import FeatureSettings, TargetSettings
from resources.translation import mark, tr, tr_n
from ui import words
from ui.controls import label
from ui.reserve.setup.feature_card import FeatureCard
from ui.reserve.setup.file_field import RASTERS, VECTORS
from ui.reserve.setup.targets import TargetRow, rows_of
from ui.reserve.setup.targets_table import TargetsTable
from ui.suitability.setup.fields import Section
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from planner.reserve.request import ReserveRequest

_FIRST_SHARE = 0.3
_NONE_WANTED = mark("No feature is asked for. Tick at least one and write its target.")
_ABOUT = mark(
    "A share is of all there is of the feature on its layer, land outside the units "
    "included. Open a feature for further targets of single countries."
)


class TargetsSection(Section):
    """The table of targets, what else is set of a feature, and the user's own layers."""

    def __init__(self) -> None:
        super().__init__("reserve_targets", tr("Targets"))
        self.table = TargetsTable()
        self.card = FeatureCard()
        self._countries: tuple[str, ...] = ()
        self._species: tuple[str, ...] = ()
        self.add_button = QToolButton()
        self.add_button.setObjectName("add_feature")
        self.add_button.setText(tr("Add layer"))
        self.add_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(self.add_button)
        self.add_button.setMenu(self.menu)
        self.remove_button = QPushButton(tr("Remove"))
        self.remove_button.setObjectName("remove_feature")
        self.remove_button.setToolTip(
            tr("Take the layer of yours that is current off the list")
        )
        self.remove_button.clicked.connect(self._on_remove)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.add_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        self.body.addWidget(label(tr(_ABOUT), size="small", tone="muted"))
        self.body.addWidget(self.table)
        self.body.addLayout(buttons)
        self.body.addWidget(self.card)
        self.table.edited.connect(self._on_edited)
        self.table.refused.connect(self.show_problem)
        self.table.row_chosen.connect(self._on_row_chosen)
        self.card.changed.connect(self._on_card_changed)
        self._on_row_chosen(-1)

    def load(
        self,
        request: ReserveRequest,
        offered: Sequence[FeatureSettings],
        countries: Sequence[str],
    ) -> None:
        """Show what a request asks for, and what the project offers besides."""
        self._countries = tuple(countries)
        rows = rows_of(request.features, offered)
        self._species = tuple(
            dict.fromkeys(row.source.species for row in rows if row.source.species)
        )
        self.table.show_rows(rows, self._countries)
        self._fill_menu()
        self._on_row_chosen(self.table.chosen)
        self._tell()

    def content(self) -> list[dict[str, object]]:
        """Return the features that are asked for, as a request has them."""
        return [
            feature.model_dump(mode="json", exclude_none=True)
            for row in self.table.rows
            for feature in row.features()
        ]

    def problem(self) -> str:
        """Return what is missing before anything can be asked; empty where nothing is."""
        return "" if any(row.wanted for row in self.table.rows) else tr(_NONE_WANTED)

    def add(self, feature: FeatureSettings) -> None:
        """Add a feature to the list, wanted, and make it current."""
        rows = [*self.table.rows, *rows_of([feature])]
        self.table.show_rows(rows, self._countries)
        model = self.table.model()
        if model is not None:
            self.table.setCurrentIndex(model.index(len(rows) - 1, 0))
        self._on_edited()

    def _fill_menu(self) -> None:
        self.menu.clear()
        for name, title in (("raster", tr("Raster…")), ("polygons", tr("Polygons…"))):
            self._offer(name, title, "")
        for species in self._species:
            self._offer(
                "refugia",
                tr("Refugia of the {species}…", species=words.species(species)),
                species,
            )

    def _offer(self, kind: str, title: str, species: str) -> None:
        action = self.menu.addAction(title)
        if action is None:
            return
        action.setObjectName(f"add_{kind}_{species}".rstrip("_"))
        if kind == "refugia":
            action.setToolTip(
                tr("Its suitability under another climate; both now and then count")
            )
        action.triggered.connect(lambda _checked: self._ask(kind, species))

    def _ask(self, kind: str, species: str) -> None:
        """Let a file be chosen; the window goes on meanwhile."""
        dialog = QFileDialog(self, tr("Choose the layer"))
        dialog.setNameFilters((VECTORS if kind == "polygons" else RASTERS).split(";;"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda path: self.add(users_feature(kind, path, species)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_remove(self) -> None:
        at = self.table.chosen
        rows = list(self.table.rows)
        if 0 <= at < len(rows) and rows[at].is_users:
            del rows[at]
            self.table.show_rows(rows, self._countries)
            self._on_row_chosen(self.table.chosen)
            self._on_edited()

    def _on_row_chosen(self, at: int) -> None:
        rows = self.table.rows
        row: TargetRow | None = rows[at] if 0 <= at < len(rows) else None
        self.card.show_row(row)
        self.remove_button.setEnabled(row is not None and row.is_users)

    def _on_card_changed(self, row: TargetRow) -> None:
        at = self.table.chosen
        if 0 <= at < len(self.table.rows):
            self.table.replace_row(at, row)
            self._on_edited()

    def _on_edited(self) -> None:
        at = self.table.chosen
        if 0 <= at < len(self.table.rows):
            self.card.show_row(self.table.rows[at])
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        wanted = [row for row in self.table.rows if row.wanted]
        self.summarise(tr_n("{count} feature", "{count} features", len(wanted)))


def users_feature(kind: str, path: str, species: str = "") -> FeatureSettings:
    """Return a feature of a file of the user's, with a first target.

    Parameters
    ----------
    kind : {"raster", "polygons", "refugia"}
        What the file is; of refugia it is suitability under another climate.
    path : str
        The file.
    species : str
        Whose refugia.
    """
    place = "other_path" if kind == "refugia" else "path"
    name = "" if kind == "refugia" else Path(path).stem
    return FeatureSettings.model_validate(
        {
            "kind": kind,
            place: path,
            "species": species,
            "name": name,
            "target": TargetSettings(share=_FIRST_SHARE),
        }
    )
