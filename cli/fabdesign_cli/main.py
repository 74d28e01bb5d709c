"""The entry point: the group of commands, and errors turned into exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from fabdesign.errors import ExitCode, FabdesignError, TrainingInterrupted
from fabdesign_cli.catalogue import LazyGroup
from fabdesign_cli.console import ReaderGone, emit, installed_version, say

BROKEN_PIPE = 141
"""What shells report for a program whose reader went away (128 + SIGPIPE)."""


def _print_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        emit(f"fabdesign {installed_version('fabdesign')}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, envvar="FABDESIGN_DEBUG", help="Show the traceback of an error.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
def cli(debug: bool) -> None:
    """From an optical task to a print job that a nanofab can run, with proof that the files still work.

    In an empty folder, `fabdesign train && fabdesign export --stl` trains the built-in digits project,
    writes one STL per layer and re-simulates the files.
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command line and leave with its exit code."""
    sys.exit(exit_code(sys.argv[1:] if arguments is None else arguments))


def exit_code(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; every error becomes a message on stderr."""
    try:
        result = cli.main(args=list(arguments), prog_name="fabdesign", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else ExitCode.DONE
    except (Exception, KeyboardInterrupt) as error:
        if _debugging(arguments):
            _show_traceback(error)
        return _answer(error)


def _answer(error: BaseException) -> int:
    match error:
        case ReaderGone():
            _silence_stdout()
            return BROKEN_PIPE
        case KeyboardInterrupt() | click.Abort():
            say("Interrupted.")
            return ExitCode.INTERRUPTED
        case click.ClickException():
            _tell_usage(error)
            return ExitCode.USAGE
        case FabdesignError():
            _tell(error)
            return error.exit_code
        case OSError():
            where = f" ({error.filename})" if error.filename else ""
            say(f"Error: the operating system refused: {error.strerror or error}{where}.")
            return ExitCode.FILE
        case _:
            say(f"Error: {type(error).__name__}: {error}")
            say("This is a bug of ours, no fault of yours; `fabdesign --debug …` shows where.")
            return ExitCode.BUG


def _tell(error: FabdesignError) -> None:
    process = _process()
    if not (process and isinstance(error, TrainingInterrupted)):
        say(f"{process}Error: {error.message}" + (f"\nHint: {error.hint}" if error.hint else ""))


def _process() -> str:
    """Which of the processes that torchrun started this is; nothing for the one that speaks for all."""
    rank = os.environ.get("RANK", "0")
    return f"[process {rank}] " if rank != "0" and "MASTER_ADDR" in os.environ else ""


def _tell_usage(error: click.ClickException) -> None:
    context = getattr(error, "ctx", None)
    if context is not None:
        say(context.get_usage().strip())
    say(f"Error: {error.format_message()}")
    if context is not None:
        say(f"Try '{context.command_path} --help'.")


def _debugging(arguments: Sequence[str]) -> bool:
    return "--debug" in arguments or os.environ.get("FABDESIGN_DEBUG", "0") not in ("", "0")


def _show_traceback(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error)


def _silence_stdout() -> None:
    """Let the interpreter flush at exit without a second error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
