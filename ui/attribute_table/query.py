"""What an attribute table asks for: which features, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from layers.qgis.answers import TablePage


@dataclass(frozen=True)
class TableQuery:
    """Which features of a layer a table lists.

    Parameters
    ----------
    layer_id : str
        The layer.
    sort : (str, bool) or None
        Field, and whether the order is descending; None for that of the source.
    where : str
        Expression of QGIS that features have to meet; empty for all.
    text : str
        What one of their values has to hold; empty for all.
    fids : tuple of int or None
        Only these features; None for all.
    """

    layer_id: str
    sort: tuple[str, bool] | None = None
    where: str = ""
    text: str = ""
    fids: tuple[int, ...] | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether some features of the layer may be left out."""
        return bool(self.where or self.text or self.fids is not None)


class TableSource(Protocol):
    """Hands out features of layers, page by page."""

    def table_page_later(  # noqa: PLR0913 - as the engine's
        self,
        layer_id: str,
        *,
        offset: int,
        limit: int,
        sort: tuple[str, bool] | None = None,
        where: str = "",
        text: str = "",
        fids: Sequence[int] | None = None,
    ) -> Future[TablePage]:
        """Return features from `offset` on, at most `limit`."""


def ask(source: TableSource, query: TableQuery, offset: int, limit: int) -> Future[TablePage]:
    """Ask a source for a stretch of what a query lists."""
    return source.table_page_later(
        query.layer_id,
        offset=offset,
        limit=limit,
        sort=query.sort,
        where=query.where,
        text=query.text,
        fids=query.fids,
    )
