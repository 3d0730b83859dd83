"""Verbs that are imported when they are used: the models take seconds, many verbs need none."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

import typer
from typer import _click as click
from typer.core import TyperGroup
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    @override
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the verb that the words begin with; a wrong one is told with those near it."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx)) if args else []
            if near and "Did you mean" not in error.message:
                said = ", ".join(f"{name!r}" for name in near)
                error.message = f"{error.message.rstrip('.')}. Did you mean {said}?"
            raise
