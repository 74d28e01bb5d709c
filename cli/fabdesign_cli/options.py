"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FILE = click.Path(path_type=Path)
"""A path given by the user; whether it exists is for the command to say, in its own words."""

json_option: Decorator = click.option(
    "--json", "as_json", is_flag=True, help="Print the result as one JSON object."
)

runs_option: Decorator = click.option(
    "--run-dir",
    "runs_dir",
    type=FILE,
    default=Path("runs"),
    show_default=True,
    help="Where the run folders lie.",
)

data_option: Decorator = click.option(
    "--data", type=FILE, help="A folder of IDX files or an .npz, in place of the project's data set."
)

design_argument: Decorator = click.argument("design", type=FILE, required=False)


def length_option(*names: str, **settings: Any) -> Decorator:
    """An option that takes a length above zero with its unit; micrometres in the program."""
    return click.option(*names, metavar="LENGTH", callback=_length, **settings)


def angle_option(*names: str, **settings: Any) -> Decorator:
    """An option that takes an angle with its unit; radians in the program."""
    return click.option(*names, metavar="ANGLE", callback=_angle, **settings)


def _length(_context: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    from fabdesign.units import parse_length_um

    length_um = _quantity(parse_length_um, parameter, text)
    if length_um is not None and length_um <= 0:
        raise click.BadParameter(f"must be greater than 0; got {text!r}.", param=parameter)
    return length_um


def _angle(_context: click.Context, parameter: click.Parameter, text: str | None) -> float | None:
    from fabdesign.units import parse_angle_rad

    return _quantity(parse_angle_rad, parameter, text)


def _quantity(
    parse: Callable[[object, str], float], parameter: click.Parameter, text: str | None
) -> float | None:
    from fabdesign.errors import ConfigError

    try:
        return None if text is None else parse(text, "it")
    except ConfigError as error:
        raise click.BadParameter(f"{error.message} {error.hint or ''}".strip(), param=parameter) from None
