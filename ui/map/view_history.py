"""Where the map has been, to go back and forward through."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.map.view_state import ViewState

_SETTLED_S = 0.7
"""How long a view must stand still to be a place of its own."""
_KEPT = 100


class ViewHistory:
    """The views that stood still for a moment; a pan or zoom of many steps is one of them."""

    def __init__(self) -> None:
        self._views: list[ViewState] = []
        self._at = -1
        self._touched_s = -_SETTLED_S

    def clear(self) -> None:
        """Forget everything, because the ground is another."""
        self._views.clear()
        self._at = -1

    def visit(self, view: ViewState, now_s: float, *, jump: bool = False) -> None:
        """Write down that the map shows a view.

        Parameters
        ----------
        view : ViewState
            What it shows.
        now_s : float
            Time on a clock that never goes back, in seconds.
        jump : bool
            Whether the map was sent there rather than moved by hand: the view before it is
            kept however short it stood.
        """
        follows = now_s - self._touched_s < _SETTLED_S and not jump and self._at >= 0
        self._touched_s = now_s
        del self._views[self._at + 1 :]
        if follows:
            self._views[self._at] = view
        else:
            self._views.append(view)
        del self._views[:-_KEPT]
        self._at = len(self._views) - 1

    @property
    def can_go_back(self) -> bool:
        """Whether there is a view before this one."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a view after this one."""
        return self._at < len(self._views) - 1

    def back(self) -> ViewState | None:
        """Go to the view before, and return it; None where there is none."""
        return self._go(-1) if self.can_go_back else None

    def forward(self) -> ViewState | None:
        """Go to the view after, and return it; None where there is none."""
        return self._go(1) if self.can_go_forward else None

    def _go(self, step: int) -> ViewState:
        self._at += step
        self._touched_s = -_SETTLED_S  # the next move is a place of its own
        return self._views[self._at]
