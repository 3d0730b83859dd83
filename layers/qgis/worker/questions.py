"""The handlers of questions about layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from layers.qgis.worker import (
    choosing,
    messages,
    numbers,
    remote_sources,
    styles,
    tables,
    web_info,
)
from layers.qgis.worker.opening import open_layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.qgis.worker.project import MapProject
    from layers.qgis.worker.request import Request

Answer = Callable[["Mapping[str, Any]"], Any]


def question_handlers(held: MapProject) -> dict[str, Callable[[Request], None]]:
    """Return the handler of each question.

    Parameters
    ----------
    held : MapProject
        The map.
    """
    rows = tables.Tables(held)
    web = web_info.WebQuestions(held)
    answers: dict[str, Answer] = {
        messages.CHECK_SOURCE: lambda args: numbers.layer_facts(open_layer(args["layer"])),
        messages.LAYER_FACTS: lambda args: numbers.layer_facts(held.layer(args["layer_id"])),
        messages.TABLE_PAGE: rows.page,
        messages.ROW_OF: rows.row_of,
        messages.SELECT: partial(choosing.select, held),
        messages.OUTLINE: partial(choosing.outline, held),
        messages.FEATURES_EXTENT: partial(choosing.features_extent, held),
        messages.UNIQUE_VALUES: partial(tables.unique_values, held),
        messages.CLASSIFY: partial(numbers.classify, held),
        messages.RASTER_STATISTICS: partial(numbers.raster_statistics, held),
        messages.READ_STYLE: partial(styles.read_style, held),
        messages.CHECK_STYLE: partial(styles.check_style, held),
        messages.POSTGRES_TABLES: lambda args: remote_sources.postgres_tables(args["layer"]),
    }
    return {
        messages.WEB_INFO: web.ask,
        **{op: partial(_answer, answer) for op, answer in answers.items()},
    }


def _answer(answer: Answer, request: Request) -> None:
    request.answer(answer(request.args))
