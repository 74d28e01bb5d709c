"""train.log: what happened, one line each with its time."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from fabdesign.errors import FileFormatError
from fabdesign.training.events import Evaluating, Event, Stepped

NAME = "train.log"


class LogFile:
    """Writes events into a text file; of the steps only the last of each epoch.

    Args:
        path: the file; an existing one is continued.
        steps_per_epoch: to know which step ends an epoch.
    """

    def __init__(self, path: Path, steps_per_epoch: int) -> None:
        self.path = path
        self._steps_per_epoch = steps_per_epoch

    def __call__(self, event: Event) -> None:
        """Write an event, if it is one to be kept.

        Raises:
            FileFormatError: the file cannot be written.
        """
        if not self._kept(event):
            return
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{now} {event}\n")
        except OSError as error:
            raise FileFormatError(f"{self.path} cannot be written: {error.strerror}.") from error

    def _kept(self, event: Event) -> bool:
        match event:
            case Stepped():
                return event.step % self._steps_per_epoch == 0
            case Evaluating():
                return event.done == event.total
        return True
