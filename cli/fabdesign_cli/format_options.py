"""Flags that name formats, in the order they were given, and options that belong to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import rich_click as click
from click import get_current_context

if TYPE_CHECKING:
    from fabdesign.config.overrides import Override
    from fabdesign_cli.options import Decorator

_KEY = "fabdesign.formats"


def format_flag(name: str, text: str) -> Decorator:
    """A flag of its own for one format."""

    def note(context: click.Context, _parameter: click.Parameter, given: bool) -> None:
        if given:
            _note(context, name)

    return click.option(f"--{name}", is_flag=True, expose_value=False, callback=note, help=text)


def format_option(command: Any) -> Any:
    """The option that names any format; it may be given more than once."""

    def note(context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> None:
        for name in names:
            _note(context, name)

    option = click.option(
        "--format",
        metavar="NAME",
        multiple=True,
        expose_value=False,
        callback=note,
        help="Another format by its name.",
    )
    return option(command)


def named_formats() -> tuple[str, ...]:
    """The formats named on the present command line, each once."""
    return tuple(dict.fromkeys(get_current_context().meta.get(_KEY, ())))


def options_of(name: str, asked: Sequence[Override], formats: Sequence[str]) -> dict[str, Any]:
    """The options that one format gets: those that name it first, and those that name no format.

    Args:
        name: the format.
        asked: options as the user gave them.
        formats: all formats that are written.
    """
    chosen: dict[str, Any] = {}
    for option in asked:
        first, *rest = option.location
        if rest and first in (name, *formats):
            chosen |= {".".join(rest): option.value} if first == name else {}
        else:
            chosen[".".join(option.location)] = option.value
    return chosen


def _note(context: click.Context, name: str) -> None:
    context.meta.setdefault(_KEY, []).append(name)
