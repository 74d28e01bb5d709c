"""``fabdesign formats``."""

from __future__ import annotations

import rich_click as click

from fabdesign_cli.console import emit, emit_json, result_table
from fabdesign_cli.options import json_option


@click.command()
@click.argument("name", required=False)
@json_option
def command(*, name: str | None, as_json: bool) -> None:
    """List the formats of export, or the options of one with values and defaults.

    Options are given as -o name=value to export.
    """
    from fabdesign.export.described import describe_formats, options_of
    from fabdesign.export.registry import find_exporter

    chosen = [each for each in describe_formats() if name in (None, each["name"])]
    if name is not None:
        find_exporter(name)
    if as_json:
        emit_json(chosen[0] if name is not None else {"formats": chosen})
    elif name is None:
        result_table([(each["name"], each["summary"]) for each in chosen], head=("format", "what"))
    else:
        emit(f"{name}: {chosen[0]['summary']}")
        rows = [(o.name, o.values, o.default, o.meaning) for o in options_of(name)]
        result_table(rows, head=("option", "values", "default", "meaning"))
