"""The list of recent projects: a picture of the map, the name, where it lies, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPixmap, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from resources.translation import tr, tr_n
from ui import theme as themes
from ui import words
from ui.icons import icon
from ui.theme import GRID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ui.recent import RecentProject
    from ui.theme import Theme

PICTURE = QSize(12 * GRID, 8 * GRID)
_KEY_ROLE = int(Qt.ItemDataRole.UserRole)
_PLACE_ROLE = _KEY_ROLE + 1
_WHEN_ROLE = _KEY_ROLE + 2
_PICTURE_ROLE = _KEY_ROLE + 3
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class RecentList(QListView):
    """Lists projects opened lately, the newest first.

    Parameters
    ----------
    theme : Theme
        Colours.
    picture_of : callable
        Path of the picture of a project's map; it need not be there.
    """

    def __init__(
        self, theme: Theme, picture_of: Callable[[Path], Path], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("recent_list")
        self.setAccessibleName(tr("Recent projects"))
        self._picture_of = picture_of
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self._painter = _Painter(theme, self)
        self.setItemDelegate(self._painter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    def set_theme(self, theme: Theme) -> None:
        """Use the colours of another theme."""
        self._painter.theme = theme

    def set_projects(self, projects: Sequence[RecentProject]) -> None:
        """List other projects."""
        self._items.clear()
        for project in projects:
            name = project.name or project.path.stem
            when = "" if project.opened is None else ago(project.opened)
            item = QStandardItem(name)
            item.setData(str(project.path), _KEY_ROLE)
            item.setData(_place(project.path.parent), _PLACE_ROLE)
            item.setData(when, _WHEN_ROLE)
            item.setData(QPixmap(str(self._picture_of(project.path))), _PICTURE_ROLE)
            told = words.listed((name, when, str(project.path)))
            item.setData(told, Qt.ItemDataRole.AccessibleTextRole)
            item.setToolTip(str(project.path))
            item.setEditable(False)
            self._items.appendRow(item)
        if self._items.rowCount():
            self.setCurrentIndex(self._items.index(0, 0))

    @property
    def chosen(self) -> Path | None:
        """The project that is chosen."""
        key = self.currentIndex().data(_KEY_ROLE)
        return Path(str(key)) if key else None


class _Painter(QStyledItemDelegate):
    """Paints one project."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        lines = sum(QFontMetrics(themes.font(s)).height() for s in ("body", "small", "small"))
        return QSize(200, max(PICTURE.height(), lines) + 2 * GRID)

    @override
    def paint(
        self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex
    ) -> None:
        if painter is None:
            return
        plain = QStyleOptionViewItem(option)
        self.initStyleOption(plain, index)
        title, plain.text = plain.text, ""
        widget: QWidget | None = plain.widget
        style = None if widget is None else widget.style()
        if style is not None:
            element = QStyle.ControlElement.CE_ItemViewItem
            style.drawControl(element, plain, painter, widget)
        painter.save()
        inner = option.rect.adjusted(GRID, GRID, -GRID, -GRID)
        frame = QRect(inner.topLeft(), PICTURE)
        self._paint_picture(painter, frame, index.data(_PICTURE_ROLE))
        text = inner.adjusted(PICTURE.width() + 2 * GRID, 0, 0, 0)
        lines = (
            ("body", title, "text", Qt.TextElideMode.ElideRight),
            ("small", index.data(_PLACE_ROLE), "text_muted", Qt.TextElideMode.ElideMiddle),
            ("small", index.data(_WHEN_ROLE), "text_muted", Qt.TextElideMode.ElideRight),
        )
        for size, line, token, elide in lines:
            painter.setFont(themes.font("small" if size == "small" else "body"))
            painter.setPen(self.theme.qcolour(token))
            metrics = painter.fontMetrics()
            row = QRect(text.left(), text.top(), text.width(), metrics.height())
            painter.drawText(row, _LEFT, metrics.elidedText(str(line), elide, row.width()))
            text.setTop(text.top() + metrics.height() + 2)
        painter.restore()

    def _paint_picture(self, painter: QPainter, frame: QRect, picture: QPixmap) -> None:
        if picture.isNull():
            painter.fillRect(frame, self.theme.qcolour("raised"))
            side = 3 * GRID
            place = QRect(0, 0, side, side)
            place.moveCenter(frame.center())
            icon("landbridge", self.theme.colour["accent"]).paint(painter, place)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(frame, picture)
        painter.setPen(self.theme.qcolour("line"))
        painter.drawRect(frame)


def _place(folder: Path) -> str:
    """Return a folder as people write it: from their own on, where it lies in that."""
    home = Path.home()
    inside = folder.is_relative_to(home) and folder != home
    return str(Path("~") / folder.relative_to(home)) if inside else str(folder)


def ago(moment: datetime) -> str:
    """Return how long ago something was, in words; the date where that is long."""
    passed = datetime.now(moment.tzinfo) - moment
    if passed < timedelta(minutes=2):
        return tr("just now")
    if passed < timedelta(hours=1):
        minutes = int(passed.total_seconds() // 60)
        return tr_n("{count} minute ago", "{count} minutes ago", minutes)
    if passed < timedelta(days=1):
        hours = int(passed.total_seconds() // 3600)
        return tr_n("{count} hour ago", "{count} hours ago", hours)
    if passed < timedelta(days=14):
        return tr_n("{count} day ago", "{count} days ago", passed.days)
    return f"{moment.astimezone():%Y-%m-%d}"
