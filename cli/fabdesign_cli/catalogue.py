"""The names of the commands and their one-line helps, so that ``--help`` imports none of them."""

from __future__ import annotations

import importlib
from difflib import get_close_matches

import click

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("Start", "Write a commented starter project."),
    "materials": ("Start", "List and plot the materials and their refractive index."),
    "processes": ("Start", "List and plot what the machines can make."),
    "schema": ("Start", "Print the JSON Schema of fabdesign.toml."),
    "train": ("Make", "Train a project's layers on the levels its process can make."),
    "sweep": ("Make", "Compare methods: many trainings side by side."),
    "import": ("Make", "Turn phase maps that you already have into a design."),
    "mesh": ("Make", "Train a small network and decompose it into interferometer meshes."),
    "calibrate": ("Make", "Tune the heaters of a chip by measurements alone."),
    "export": ("Make", "Write the files that the machine takes, and read them back."),
    "formats": ("Make", "List the formats of export and their options."),
    "check": ("Prove", "Read exported files back and re-simulate them."),
    "tolerance": ("Prove", "Tell whether it will still work when it is printed."),
    "report": ("Prove", "Write one page on what will be printed, and whether it will work."),
    "evaluate": ("Prove", "Score a design again."),
    "verify": ("Prove", "Check the hashes of a design or of an exported file."),
    "info": ("Prove", "Tell what a file holds."),
    "doctor": ("Help", "Look over this installation."),
    "completion": ("Help", "Print the completion script of a shell."),
}
"""Command: (panel in the help, one line)."""


class LazyGroup(click.Group):
    """A group that imports a command only when it runs; plain click, so that its help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A stand-in that knows its name and its help; enough for the list and for completion."""
        if cmd_name not in COMMANDS:
            return None
        return click.Command(cmd_name, help=COMMANDS[cmd_name][1])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The real command for the words on the command line."""
        name = args[0]
        if name in COMMANDS:
            return name, load_command(name), args[1:]
        if ctx.resilient_parsing:
            return None, None, args[1:]
        raise click.UsageError(_unknown(name), ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands in the panels of the table."""
        for panel in dict.fromkeys(panel for panel, _ in COMMANDS.values()):
            with formatter.section(panel):
                formatter.write_dl(
                    [(name, text) for name, (where, text) in COMMANDS.items() if where == panel]
                )


def load_command(name: str) -> click.Command:
    """Import one command."""
    module = importlib.import_module(
        f"fabdesign_cli.commands.{name}_" if name == "import" else f"fabdesign_cli.commands.{name}"
    )
    command = module.command
    assert isinstance(command, click.Command)
    return command


def _unknown(name: str) -> str:
    if name.startswith("-"):
        return f"No such option: {name}."
    near = get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
    return f'No such command "{name}"' + (f'; did you mean "{near[0]}"?' if near else ".")
