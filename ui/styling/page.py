"""The page that sets how a layer is drawn, in place of the layer tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from resources.translation import tr
from ui import words
from ui.controls import heading, icon_button, label, link_button
from ui.elided import ElidedLabel
from ui.reserve.scrolled import ScrolledPage
from ui.styling.raster_editor import RasterEditor
from ui.styling.vector_editor import VectorEditor
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from PyQt6.QtGui import QKeyEvent

    from layers.qgis.layer_spec import LayerSpec
    from ui.styling.source import StyleSource
    from ui.styling.vector_editor import Ask
    from ui.theme import Theme

T = TypeVar("T")


class StylePage(QWidget):
    """Shows a layer's style; every change is tried on the map at once.

    Parameters
    ----------
    spec : LayerSpec
        The layer.
    source : StyleSource
        Tells what it holds.
    ask : callable
        Asks the source and hands over the answer in this thread.
    theme : Theme
        Tints the icons.
    shipped : bool
        Whether it has a style to go back to.
    parent : QWidget, optional
        Where it will stand. What is made inside of what it will stand in is styled once; each
        move to another widget would style all that is inside anew.
    """

    changed = pyqtSignal(dict)
    """The style to try."""
    kept = pyqtSignal()
    left = pyqtSignal()
    reset = pyqtSignal()
    load_wanted = pyqtSignal()
    save_wanted = pyqtSignal()

    def __init__(
        self,
        spec: LayerSpec,
        source: StyleSource,
        ask: Ask,
        theme: Theme,
        *,
        shipped: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("style_page")
        self._spec = spec
        self._source = source
        self._ask = ask
        self._turn = 0
        self.back = icon_button("style_back", "back", tr("Back without keeping"), theme)
        self.load = link_button("style_load", tr("Load style file (QML)…"))
        self.save = link_button("style_save", tr("Save style file (QML)…"))
        self.reset_button = link_button("style_reset", tr("As it was at first"))
        self.reset_button.setHidden(not shipped)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setObjectName("style_cancel")
        self.keep = QPushButton(tr("Keep style"))
        self.keep.setObjectName("style_keep")
        self.keep.setProperty("role", "primary")
        self.keep.setEnabled(False)
        self._problem = label("", size="small", tone="error", name="style_problem")
        self._problem.hide()
        self._removed = label("", size="small", tone="warning", name="style_removed")
        self._removed.hide()
        self._scrolled = ScrolledPage("style_scrolled", self)
        self.editor = self._make_editor(spec.style)
        self._scrolled.column.addWidget(self.editor)
        self._scrolled.column.addStretch(1)
        self._lay_out()
        self.back.clicked.connect(self.left)
        self.cancel.clicked.connect(self.left)
        self.keep.clicked.connect(self.kept)
        self.reset_button.clicked.connect(self.reset)
        self.load.clicked.connect(self.load_wanted)
        self.save.clicked.connect(self.save_wanted)

    @property
    def layer_id(self) -> str:
        """The layer whose style is set."""
        return self._spec.layer_id

    def _make_editor(self, style: Mapping[str, Any]) -> VectorEditor | RasterEditor:
        self._turn += 1
        turn = self._turn

        def ask(question: Callable[[], Future[T]], done: Callable[[T], None]) -> None:
            """Ask for this editor; what comes when another stands here is dropped."""
            self._ask(question, lambda answer: done(answer) if turn == self._turn else None)

        kind = VectorEditor if self._spec.kind == "vector" else RasterEditor
        editor = kind(self._spec.layer_id, style, self._source, ask, self._scrolled.widget())
        editor.changed.connect(self._on_changed)
        return editor

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(self.back)
        top.addWidget(heading(tr("Style")), 1)
        name = ElidedLabel("style_layer", size="body")
        name.say(words.stored(self._spec.name))
        files = QVBoxLayout()
        files.setSpacing(0)
        for link in (self.load, self.save, self.reset_button):
            files.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.cancel)
        buttons.addStretch(1)
        buttons.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(name)
        layout.addWidget(
            label(tr("Changes show on the map at once."), size="small", tone="muted")
        )
        layout.addWidget(self._problem)
        layout.addWidget(self._removed)
        layout.addWidget(self._scrolled, 1)
        layout.addLayout(files)
        layout.addLayout(buttons)

    def show_style(self, style: Mapping[str, Any], *, tried: bool) -> None:
        """Show another style than that being set, such as one from a file.

        Parameters
        ----------
        style : mapping
            As of `LayerSpec`.
        tried : bool
            Whether it is one that can be kept.
        """
        old = self.editor
        self.editor = self._make_editor(style)
        self._scrolled.column.replaceWidget(old, self.editor)
        old.hide()
        old.deleteLater()
        self.keep.setEnabled(tried)

    def show_problem(self, reason: str) -> None:
        """Say what cannot be done, and why; nothing for an empty text."""
        self._problem.setText(reason)
        self._problem.setVisible(bool(reason))

    def show_removed(self, sentences: tuple[str, ...]) -> None:
        """Say what was taken out of a style file because it could do harm."""
        self._removed.setText("\n".join(sentences))
        self._removed.setVisible(bool(sentences))

    def _on_changed(self, style: dict[str, Any]) -> None:
        self.show_problem("")
        self.keep.setEnabled(True)
        self.changed.emit(style)

    @override
    def keyPressEvent(self, a0: QKeyEvent | None) -> None:
        if a0 is not None and a0.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(a0)
