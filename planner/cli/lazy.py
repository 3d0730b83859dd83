"""Verbs that are imported when they are used: the models take seconds, many verbs need none."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import typer
from typer.core import TyperGroup
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typer import _click as click


class LazyGroup(TyperGroup):
    """A group with verbs that are imported when one of them is asked for.

    Attributes
    ----------
    modules : mapping of str to str
        Verb to its module, in the order of the help: the verb is the module's group ``app``, or
        its function of the same name.
    """

    modules: ClassVar[Mapping[str, str]] = {}

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs, in the order of the help."""
        return [*self.modules, *super().list_commands(ctx)]

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a verb, imported now; None where there is no such."""
        if cmd_name not in self.modules:
            return super().get_command(ctx, cmd_name)
        module = import_module(self.modules[cmd_name])
        if isinstance(getattr(module, "app", None), typer.Typer):
            group: click.Command = typer.main.get_group(module.app)
            return group
        alone = typer.Typer(
            add_completion=False,
            pretty_exceptions_enable=False,
            rich_markup_mode=self.rich_markup_mode,
        )
        alone.command(cmd_name)(getattr(module, cmd_name))
        return typer.main.get_command(alone)
