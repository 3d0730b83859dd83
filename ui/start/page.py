"""The page the window begins with: go on with a project, make one, try a sample."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListView,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from resources.translation import tr
from ui import words
from ui.controls import beside_icon, heading, icon_button, label
from ui.icons import icon
from ui.start.checkup import Checkup
from ui.start.choice import CreateProject, OpenProject
from ui.start.recent_list import RecentList
from ui.start.steps import region_name
from ui.start.wizard import ProjectWizard
from ui.theme import GRID
from ui.two_lines import TwoLineDelegate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PyQt6.QtCore import QModelIndex

    from planner.profiles import RegionProfile
    from ui.recent import RecentProject
    from ui.theme import Theme

_KEY_ROLE = int(Qt.ItemDataRole.UserRole)
_DETAIL_ROLE = _KEY_ROLE + 1
_WIDEST_PX = 150 * GRID
_HEAD_PX = 4 * GRID


class StartPage(QFrame):
    """Stands in place of the map until a project is open, and whenever it is asked for.

    Parameters
    ----------
    regions : sequence of RegionProfile
        Samples: regions that come with Landbridge.
    species : sequence of str
        Ids of the species there are.
    folder : Path
        Where a new project is made unless the user says otherwise.
    theme : Theme
        Colours.
    picture_of : callable
        Path of the picture of a project's map; it need not be there.
    """

    chosen = pyqtSignal(object)
    """A project was chosen; carries the `Choice`."""
    left = pyqtSignal()
    """The user goes back to the project that is open."""
    forgotten = pyqtSignal(object)
    """A project is to be left out of the list; carries its path."""

    def __init__(
        self,
        regions: Sequence[RegionProfile],
        species: Sequence[str],
        folder: Path,
        theme: Theme,
        picture_of: Callable[[Path], Path],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("start_page")
        self.setProperty("role", "panel")
        self._regions = {region.id: region for region in regions}
        self._folder = folder
        self._theme = theme
        self.recent = RecentList(theme, picture_of)
        self._delegate = TwoLineDelegate(theme, _describe, self)
        self.samples = self._make_samples(regions)
        self._about = label("", size="small", name="region_about")
        self._about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none = label(
            tr("Projects you open are listed here, with a picture of their map."),
            size="small",
            tone="muted",
            name="no_recent",
        )
        self.checkup = Checkup(theme)
        self._close = icon_button("start_close", "close", tr("Back to the project"), theme)
        self._close.clicked.connect(self.left)
        self._buttons = self._make_buttons()
        self.wizard = ProjectWizard(regions, species, folder, theme)
        self.wizard.made.connect(self.chosen)
        self.wizard.left.connect(self.show_overview)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._overview())
        self._pages.addWidget(self._wizard_page())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._listen()

    def _make_buttons(self) -> dict[str, QPushButton]:
        made = {}
        for name, text, icon_name in (
            ("open_recent", tr("Open project"), ""),
            ("forget_recent", tr("Leave out of the list"), ""),
            ("open_other", tr("Open another project…"), "open"),
            ("new_project", tr("New project…"), "new"),
            ("create_project", tr("Open this sample"), ""),
        ):
            button = QPushButton(beside_icon(text) if icon_name else text)
            button.setObjectName(name)
            if icon_name:
                button.setProperty("icon_name", icon_name)
                button.setIcon(icon(icon_name, self._theme.colour["text"]))
            made[name] = button
        return made

    def _make_samples(self, regions: Sequence[RegionProfile]) -> QListView:
        model = QStandardItemModel(self)
        for region in regions:
            item = QStandardItem(region_name(region))
            item.setData(region.id, _KEY_ROLE)
            item.setData(words.countries(region.countries), _DETAIL_ROLE)
            told = f"{item.text()}, {words.countries(region.countries)}"
            item.setData(told, Qt.ItemDataRole.AccessibleTextRole)
            item.setEditable(False)
            model.appendRow(item)
        view = QListView()
        view.setObjectName("region_list")
        view.setAccessibleName(tr("Samples"))
        view.setModel(model)
        view.setItemDelegate(self._delegate)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        if model.rowCount():
            view.setCurrentIndex(model.index(0, 0))
        return view

    def _overview(self) -> QWidget:
        buttons = self._buttons
        left = QVBoxLayout()
        left.setSpacing(GRID)
        title = heading(tr("Go on with a project"))
        title.setMinimumHeight(_HEAD_PX)
        left.addWidget(title)
        left.addWidget(self._none)
        left.addWidget(self.recent, 1)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(buttons["open_recent"])
        row.addWidget(buttons["forget_recent"])
        row.addStretch(1)
        left.addLayout(row)
        left.addStretch(0)
        right = QVBoxLayout()
        right.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(heading(tr("Begin")), 1)
        self._close.setFixedSize(_HEAD_PX, _HEAD_PX)
        head.addWidget(self._close)
        right.addLayout(head)
        begin = QHBoxLayout()
        begin.setSpacing(GRID)
        begin.addWidget(buttons["new_project"])
        begin.addWidget(buttons["open_other"])
        begin.addStretch(1)
        right.addLayout(begin)
        right.addSpacing(GRID)
        right.addWidget(label(tr("Samples: a region with its sites and data, ready to plan")))
        right.addWidget(self.samples, 3)
        right.addWidget(self._about, 2)
        right.addWidget(buttons["create_project"], 0, Qt.AlignmentFlag.AlignLeft)
        columns = QHBoxLayout()
        columns.setSpacing(4 * GRID)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        page, layout = self._framed()
        layout.addLayout(columns, 1)
        layout.addWidget(self.checkup)
        return page

    def _wizard_page(self) -> QWidget:
        page, layout = self._framed()
        layout.addWidget(self.wizard)
        return page

    def _framed(self) -> tuple[QWidget, QVBoxLayout]:
        """Return a page whose content is in the middle, no wider than is good to read."""
        content = QWidget()
        content.setObjectName("scrolled")
        content.setMaximumWidth(_WIDEST_PX)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 3 * GRID)
        layout.setSpacing(2 * GRID)
        centre = QWidget()
        centre.setObjectName("scrolled")
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(content, 100)
        row.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(centre)
        return scroll, layout

    def _listen(self) -> None:
        buttons = self._buttons
        buttons["open_recent"].setProperty("role", "primary")
        buttons["open_recent"].clicked.connect(self._on_open_recent)
        buttons["forget_recent"].clicked.connect(self._on_forget)
        buttons["open_other"].clicked.connect(self._on_open_other)
        buttons["new_project"].clicked.connect(self.show_wizard)
        buttons["create_project"].clicked.connect(self._on_sample)
        _when_opened(self.recent, self._on_open_recent)
        _when_opened(self.samples, self._on_sample)
        selection = self.samples.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(lambda *_: self._show_region())
        self._show_region()
        self.set_recent([])

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._theme = theme
        self._delegate.set_theme(theme)
        self.recent.set_theme(theme)
        self.wizard.region_step.map.set_theme(theme)

    def set_recent(self, projects: Sequence[RecentProject]) -> None:
        """List the projects opened lately."""
        self.recent.set_projects(projects)
        self._none.setVisible(not projects)
        self.recent.setVisible(bool(projects))
        for name in ("open_recent", "forget_recent"):
            self._buttons[name].setVisible(bool(projects))
        self.setFocusProxy(self.recent if projects else self._buttons["new_project"])

    def set_open_project(self, is_open: bool) -> None:
        """Say whether there is a project to go back to."""
        self._close.setVisible(is_open)

    @property
    def wizard_shown(self) -> bool:
        """Whether it is asked what a new project is to be."""
        return self._pages.currentIndex() == 1

    def show_overview(self) -> None:
        """Show what there is to go on with, and to begin with."""
        self._pages.setCurrentIndex(0)

    def show_wizard(self) -> None:
        """Ask what a new project is to be."""
        self._pages.setCurrentIndex(1)
        self.wizard.show_step(0)

    def _show_region(self) -> None:
        region = self._regions.get(str(self.samples.currentIndex().data(_KEY_ROLE)))
        self._buttons["create_project"].setEnabled(region is not None)
        if region is None:
            return
        species = words.listed(words.species(name) for name in region.species)
        told = tr("Species: {names}", names=species)
        self._about.setText(f"{tr(region.description.text)}\n\n{told}")

    def _on_open_recent(self) -> None:
        path = self.recent.chosen
        if path is not None:
            self.chosen.emit(OpenProject(path))

    def _on_forget(self) -> None:
        path = self.recent.chosen
        if path is not None:
            self.forgotten.emit(path)

    def _on_open_other(self) -> None:
        folder = QFileDialog.getExistingDirectory(
            self, tr("Open a project folder (NAME.landbridge)"), str(self._folder)
        )
        if folder:
            self.chosen.emit(OpenProject(Path(folder)))

    def _on_sample(self) -> None:
        key = str(self.samples.currentIndex().data(_KEY_ROLE) or "")
        if key:
            self.chosen.emit(CreateProject(key, self._folder))


def _when_opened(view: QListView, act: Callable[[], None]) -> None:
    """Call a function on a double click and on Enter; a single click only chooses."""
    view.doubleClicked.connect(lambda _: act())
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        keys = QShortcut(QKeySequence(key), view)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(act)


def _describe(index: QModelIndex) -> tuple[str, str]:
    return str(index.data(_DETAIL_ROLE)), "layers"
