"""``fabdesign completion SHELL``."""

from __future__ import annotations

import rich_click as click

from fabdesign_cli.console import emit


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    For bash: `eval "$(fabdesign completion bash)"` in ~/.bashrc.
    """
    from click.shell_completion import get_completion_class

    from fabdesign_cli.main import cli

    kind = get_completion_class(shell)
    assert kind is not None
    emit(kind(cli, {}, "fabdesign", "_FABDESIGN_COMPLETE").source())
