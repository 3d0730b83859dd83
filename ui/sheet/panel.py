"""The panel Print: what the sheet says, its paper and place, and how it will look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PyQt6.QtCore import QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from planner.sheet import LONGEST_TITLE, Sheet
from resources.translation import LANGUAGES, language, tr
from ui.controls import heading, label
from ui.elided import ElidedComboBox
from ui.sheet.preview import SheetPreview
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PyQt6.QtGui import QShowEvent

    from layers.qgis.protocol import Extent
    from ui.theme import Theme

Place = Literal["region", "view"]
_FEWEST_LETTERS = 2
_NARROWEST_PX = 8 * GRID


class SheetPanel(QFrame):
    """Asks how a sheet is wanted; its usual settings are good for most.

    Parameters
    ----------
    theme : Theme
        Colours.
    """

    changed = pyqtSignal()
    """Something of the sheet is wanted otherwise, or the panel has come to be seen."""
    print_wanted = pyqtSignal()
    open_wanted = pyqtSignal()
    folder_wanted = pyqtSignal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sheet_panel")
        self.setProperty("role", "panel")
        self._name = ""
        self._titles: Mapping[str, str] = {}
        self._make_fields()
        self.preview = SheetPreview(theme)
        self.print_button = QPushButton(tr("Make the sheet"))
        self.print_button.setObjectName("sheet_print")
        self.print_button.setProperty("role", "primary")
        self.print_button.clicked.connect(self.print_wanted)
        self.picture = QCheckBox(tr("Also as a picture (PNG)"))
        self.picture.setObjectName("sheet_picture")
        self.problem = label("", size="small", tone="error", name="sheet_problem")
        self.told = label("", size="small", name="sheet_told")
        self.open_button = QPushButton(tr("Open the sheet"))
        self.open_button.setObjectName("sheet_open")
        self.open_button.clicked.connect(self.open_wanted)
        self.folder_button = QPushButton(tr("Open the folder"))
        self.folder_button.setObjectName("sheet_folder")
        self.folder_button.clicked.connect(self.folder_wanted)
        self._lay_out()
        self.say("")
        self.show_written("")
        self._listen()

    def _make_fields(self) -> None:
        self.scenario = _box("sheet_scenario", tr("Scenario"))
        self.title = _line("sheet_title", tr("Title"))
        self.language = _box("sheet_language", tr("Language"))
        self.second = _box("sheet_second_language", tr("Second language"))
        self.second_title = _line("sheet_second_title", tr("Title in the second language"))
        self.page = _box("sheet_page", tr("Paper"))
        self.orientation = _box("sheet_orientation", tr("Orientation"))
        self.place = _box("sheet_place", tr("Place"))
        self.layers = _box("sheet_layers", tr("Layers"))
        self.second.addItem(tr("None"), "")
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
            self.second.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(language()))
        for name in ("A3", "A4"):
            self.page.addItem(name, name)
        self.orientation.addItem(tr("Landscape"), "landscape")
        self.orientation.addItem(tr("Portrait"), "portrait")
        self.place.addItem(tr("The whole region"), "region")
        self.place.addItem(tr("What the map shows"), "view")
        self.layers.addItem(tr("Those of the plan"), "plan")
        self.layers.addItem(tr("As on the screen"), "screen")
        self.layers.setToolTip(
            tr(
                "Those of the plan: all that it found, whatever is switched off in the window, "
                "and no added layer. As on the screen: the layers that are switched on, added "
                "ones too."
            )
        )

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(0, 0, GRID, 0)
        form.setSpacing(GRID)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        paper = QHBoxLayout()
        paper.setSpacing(GRID)
        paper.addWidget(self.page, 1)
        paper.addWidget(self.orientation, 2)
        for text, field in (
            (tr("Scenario"), self.scenario),
            (tr("Title"), self.title),
            (tr("Language"), self.language),
            (tr("Second language"), self.second),
            (tr("Second title"), self.second_title),
            (tr("Paper"), paper),
            (tr("Place"), self.place),
            (tr("Layers"), self.layers),
        ):
            form.addRow(text, field)
        fields = QWidget()
        fields.setObjectName("scrolled")
        fields.setLayout(form)
        scrolled = _Fields()
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QFrame.Shape.NoFrame)
        scrolled.setWidget(fields)
        scrolled.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        scrolled.setMinimumHeight(12 * GRID)
        after = QHBoxLayout()
        after.setSpacing(GRID)
        for button in (self.open_button, self.folder_button):
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            after.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(heading(tr("Print")))
        layout.addWidget(scrolled, 0)
        layout.addWidget(self.preview, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.picture)
        layout.addWidget(self.print_button)
        layout.addWidget(self.told)
        layout.addLayout(after)

    def _listen(self) -> None:
        for box in (
            self.scenario,
            self.language,
            self.second,
            self.page,
            self.orientation,
            self.place,
            self.layers,
        ):
            box.currentIndexChanged.connect(lambda _place: self._on_changed())
        for line in (self.title, self.second_title):
            line.textChanged.connect(lambda _text: self._on_changed())

    def _on_changed(self) -> None:
        self.second_title.setEnabled(bool(self.second.currentData()))
        self._show_usual_titles()
        self.preview.set_shape(landscape=self.orientation.currentData() == "landscape")
        self.changed.emit()

    def _show_usual_titles(self) -> None:
        for line, box, name in (
            (self.title, self.language, self._name),
            (self.second_title, self.second, ""),
        ):
            usual = self._titles.get(str(box.currentData() or ""), name)
            line.setPlaceholderText(usual)
            line.setToolTip(usual)

    def set_theme(self, theme: Theme) -> None:
        """Paint in the colours of another theme."""
        self.preview.set_theme(theme)

    def set_project(
        self,
        scenarios: Sequence[tuple[str, str]],
        shown: str,
        name: str,
        titles: Mapping[str, str],
        second: str,
    ) -> None:
        """Offer the scenarios of a project, and what is usual for it.

        Parameters
        ----------
        scenarios : sequence of (id, name)
            All of the project.
        shown : str
            Id of the one on the map, which is printed unless another one is chosen.
        name : str
            Of the project: the usual title.
        titles : mapping of str to str
            Usual titles in languages that have one of their own.
        second : str
            Usual second language, or empty.
        """
        self._name, self._titles = name, titles
        self._show_usual_titles()
        self.second.setCurrentIndex(max(self.second.findData(second), 0))
        self.second_title.setEnabled(bool(second))
        self.title.clear()
        self.second_title.clear()
        self.show_written("")
        self.set_scenarios(scenarios, shown)

    def set_scenarios(self, scenarios: Sequence[tuple[str, str]], shown: str) -> None:
        """Offer the scenarios of a project, and mark the one on the map."""
        with QSignalBlocker(self.scenario):
            self.scenario.clear()
            for identifier, name in scenarios:
                self.scenario.addItem(name, identifier)
            self.scenario.setCurrentIndex(self.scenario.findData(shown))
            self.scenario.setEnabled(bool(scenarios))
        self.changed.emit()

    def sheet(self, view: Extent | None, *, dpi: int) -> Sheet:
        """Return the sheet that is wanted.

        Parameters
        ----------
        view : tuple of float or None
            What the map shows now.
        dpi : int
            Resolution of its picture.

        Raises
        ------
        UsageError
            A title is too long.
        """
        return Sheet(
            scenario=str(self.scenario.currentData() or ""),
            title=self.title.text().strip(),
            language=str(self.language.currentData()),
            second_title=self.second_title.text().strip(),
            second_language=str(self.second.currentData() or ""),
            page="A4" if self.page.currentData() == "A4" else "A3",
            orientation="portrait"
            if self.orientation.currentData() == "portrait"
            else "landscape",
            extent=view if self.place.currentData() == "view" else None,
            png_dpi=dpi,
            as_planned=self.layers.currentData() == "plan",
        )

    def say(self, problem: str) -> None:
        """Say why there is no sheet; an empty text takes that away."""
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def show_written(self, told: str) -> None:
        """Tell where the sheet was written, and offer to open it; an empty text for nowhere."""
        self.told.setText(told)
        self.told.setToolTip(told)
        for widget in (self.told, self.open_button, self.folder_button):
            widget.setVisible(bool(told))

    @override
    def showEvent(self, a0: QShowEvent | None) -> None:
        super().showEvent(a0)
        self.changed.emit()


class _Fields(QScrollArea):
    """As high as its fields are, where there is room for all of them."""

    @override
    def sizeHint(self) -> QSize:
        fields, usual = self.widget(), super().sizeHint()
        return usual if fields is None else QSize(usual.width(), fields.sizeHint().height())


def _box(name: str, spoken: str) -> QComboBox:
    box = ElidedComboBox()
    box.setObjectName(name)
    box.setAccessibleName(spoken)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_FEWEST_LETTERS)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    box.setMinimumWidth(_NARROWEST_PX)
    return box


def _line(name: str, spoken: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(spoken)
    line.setMaxLength(LONGEST_TITLE)
    return line
