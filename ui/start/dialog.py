"""Asked before a project is open: go on with a recent one, or make one for a region."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ui import words
from ui.controls import heading, label
from ui.start.choice import CreateProject, OpenProject
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PyQt6.QtCore import QModelIndex

    from planner.profiles import RegionProfile
    from ui.start.choice import Choice
    from ui.theme import Theme

_KEY_ROLE = int(Qt.ItemDataRole.UserRole)
_DETAIL_ROLE = _KEY_ROLE + 1
_ICON_ROLE = _KEY_ROLE + 2


class StartDialog(QDialog):
    """Offers the regions and the recent projects; `choice` tells what was chosen.

    Parameters
    ----------
    regions : sequence of RegionProfile
        Regions a project can be made for.
    recent : sequence of Path
        Projects opened lately.
    folder : Path
        Where a new project is made unless the user says otherwise.
    theme : Theme
        Colours.
    """

    def __init__(
        self,
        regions: Sequence[RegionProfile],
        recent: Sequence[Path],
        folder: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("start_dialog")
        self.setWindowTitle("Landbridge: choose a project")
        self.resize(112 * GRID, 76 * GRID)
        self._regions = {region.id: region for region in regions}
        self._choice: Choice | None = None
        self._delegate = TwoLineDelegate(theme, _describe, self)
        self.region_list = self._make_list(
            "region_list",
            "Regions",
            [(r.id, r.names.en, words.countries(r.countries), "layers") for r in regions],
        )
        self.recent_list = self._make_list(
            "recent_list",
            "Recent projects",
            [(str(path), path.stem, str(path.parent), "open") for path in recent],
        )
        self._about = label("", size="small", name="region_about")
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._folder = QLineEdit(str(folder))
        self._folder.setObjectName("project_folder")
        self._folder.setAccessibleName("Folder for the new project")
        self._create = QPushButton("Create project")
        self._create.setObjectName("create_project")
        self._create.setProperty("role", "primary")
        self._create.clicked.connect(self._on_create)
        self._open = QPushButton("Open recent project")
        self._open.setObjectName("open_recent")
        self._open.clicked.connect(self._on_open_recent)
        browse = QPushButton("Open another project…")
        browse.setObjectName("open_other")
        browse.clicked.connect(self._on_open_other)
        self._lay_out(browse, has_recent=bool(recent))
        self._watch()

    @property
    def choice(self) -> Choice | None:
        """What was chosen; None where the dialog was closed."""
        return self._choice

    def _make_list(
        self, name: str, accessible: str, rows: Sequence[tuple[str, str, str, str]]
    ) -> QListView:
        model = QStandardItemModel(self)
        for key, title, detail, icon_name in rows:
            item = QStandardItem(title)
            item.setData(key, _KEY_ROLE)
            item.setData(detail, _DETAIL_ROLE)
            item.setData(icon_name, _ICON_ROLE)
            item.setData(f"{title}, {detail}", Qt.ItemDataRole.AccessibleTextRole)
            item.setEditable(False)
            model.appendRow(item)
        view = QListView(self)
        view.setObjectName(name)
        view.setAccessibleName(accessible)
        view.setModel(model)
        view.setItemDelegate(self._delegate)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if model.rowCount():
            view.setCurrentIndex(model.index(0, 0))
        return view

    def _lay_out(self, browse: QPushButton, *, has_recent: bool) -> None:
        left = QVBoxLayout()
        left.setSpacing(GRID)
        left.addWidget(heading("Go on with a project"))
        left.addWidget(self.recent_list, 1)
        none = label(
            "Projects you open are listed here.", size="small", tone="muted", name="no_recent"
        )
        left.addWidget(none)
        none.setVisible(not has_recent)
        self._open.setEnabled(has_recent)
        left_buttons = QHBoxLayout()
        left_buttons.addWidget(self._open)
        left_buttons.addWidget(browse)
        left_buttons.addStretch(1)
        left.addLayout(left_buttons)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        right.addWidget(heading("New project for a region"))
        right.addWidget(self.region_list, 5)
        right.addWidget(self._about, 2)
        right.addWidget(
            label("Folder in which the project is made", size="small", tone="muted")
        )
        right.addWidget(self._folder)
        right.addWidget(self._create, 0, Qt.AlignmentFlag.AlignRight)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(4 * GRID)
        layout.addLayout(left, 4)
        layout.addLayout(right, 5)

    def _watch(self) -> None:
        selection = self.region_list.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(self._show_region)
        self.region_list.doubleClicked.connect(self._on_create)
        self.recent_list.doubleClicked.connect(self._on_open_recent)
        self._show_region(self.region_list.currentIndex())

    def _show_region(self, index: QModelIndex) -> None:
        region = self._regions.get(str(index.data(_KEY_ROLE)))
        self._create.setEnabled(region is not None)
        if region is not None:
            species = ", ".join(words.species(name) for name in region.species)
            self._about.setText(f"{region.description.text}\n\nSpecies: {species}")

    def _on_create(self) -> None:
        key = str(self.region_list.currentIndex().data(_KEY_ROLE) or "")
        if key and self._folder.text().strip():
            self._choice = CreateProject(key, Path(self._folder.text().strip()).expanduser())
            self.accept()

    def _on_open_recent(self) -> None:
        key = str(self.recent_list.currentIndex().data(_KEY_ROLE) or "")
        if key:
            self._choice = OpenProject(Path(key))
            self.accept()

    def _on_open_other(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, "Open a project folder (NAME.landbridge)", self._folder.text()
        )
        if folder:
            self._choice = OpenProject(Path(folder))
            self.accept()


def _describe(index: QModelIndex) -> tuple[str, str]:
    return str(index.data(_DETAIL_ROLE)), str(index.data(_ICON_ROLE))
