"""``fabdesign init NAME``."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from fabdesign_cli.console import emit, say


@click.command()
@click.argument("name")
def command(name: str) -> None:
    """Write NAME/fabdesign.toml: the built-in digits project with every setting commented."""
    from fabdesign.config import write_starter

    emit(str(write_starter(Path(name))))
    say(f"Next: cd {name} && fabdesign train && fabdesign export --stl")
