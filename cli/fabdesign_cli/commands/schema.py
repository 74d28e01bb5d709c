"""``fabdesign schema``."""

from __future__ import annotations

import rich_click as click

from fabdesign_cli.console import emit_json


@click.command()
def command() -> None:
    """Print the JSON Schema of fabdesign.toml, for editors and for reading."""
    from fabdesign.config import json_schema

    emit_json(json_schema())
