"""The errors a user can meet: what was expected, what came, where, and what to do."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the command line answers to the shell."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    FILE = 3
    NUMERICS = 4
    BUG = 70
    INTERRUPTED = 130


class FabdesignError(Exception):
    """An error that is the user's to mend, with a hint how.

    Args:
        message: what was expected, what came and where, in one sentence.
        hint: what to do about it; shown on a line of its own.
    """

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(FabdesignError):
    """A setting, a name or an argument is not what it has to be (exit code 2)."""

    exit_code = ExitCode.USAGE


class FileFormatError(FabdesignError):
    """A file cannot be read, was altered, or is too new (exit code 3)."""

    exit_code = ExitCode.FILE


class NumericsError(FabdesignError):
    """A computation diverged, met NaN, or would violate a sampling rule (exit code 4)."""

    exit_code = ExitCode.NUMERICS


class TrainingInterrupted(FabdesignError):  # noqa: N818  (it is a state, not a fault)
    """Training was asked to stop and has saved a checkpoint (exit code 130)."""

    exit_code = ExitCode.INTERRUPTED


class ProcessLost(FabdesignError):  # noqa: N818  (it is a state, not a fault)
    """One of the processes that train together has ended or does not answer (exit code 130)."""

    exit_code = ExitCode.INTERRUPTED
