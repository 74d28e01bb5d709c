"""Training as it goes: a bar for people, plain lines for logs; both on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fabdesign_cli.console import on_terminal, say

if TYPE_CHECKING:
    from fabdesign.training.events import Event, Stepped

SECONDS_BETWEEN_LINES = 10.0
"""How often a log without a terminal gets a line."""


@contextmanager
def training_progress(quiet: bool) -> Iterator[Callable[[Event], None]]:
    """A listener for training events.

    Args:
        quiet: tell warnings only.
    """
    if quiet:
        yield _tell_warnings
    elif on_terminal():
        with _bar() as listener:
            yield listener
    else:
        yield _Lines().listen


@contextmanager
def counting() -> Iterator[Callable[[str, int, int], None]]:
    """A listener for work that is counted: what is done, how much of it, and how much there is."""
    if on_terminal():
        with _count_bar() as listener:
            yield listener
    else:
        yield _CountLines().listen


def describe_step(event: Stepped) -> str:
    """One step in words: step, loss, score and what the method watches, such as its temperature."""
    score = event.scores.get(event.headline)
    parts = [f"epoch {event.epoch}", f"step {event.step}/{event.steps}", f"loss {event.loss:.4f}"]
    parts += [f"{event.headline} {score:.3f}"] if score is not None else []
    parts += [f"{name} {value:.3g}" for name, value in event.watched.items()]
    return "  ".join(parts)


def time_text(seconds: float) -> str:
    """Minutes and seconds.

    >>> time_text(75), time_text(3700)
    ('1:15', '1:01:40')
    """
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _tell_warnings(event: Event) -> None:
    from fabdesign.training.events import Warned

    if isinstance(event, Warned):
        say(f"Warning: {event.message}")


def _tell_others(event: Event) -> None:
    """What is said in the same words with and without a bar."""
    from fabdesign.training.events import Preparing, Started

    if isinstance(event, Preparing):
        say(f"It takes about {event.memory}.")
    elif isinstance(event, Started):
        shared = f"{event.processes} processes, " if event.processes > 1 else ""
        goes_on = f", going on after step {event.step}" if event.step else ""
        say(
            f"Training in {event.run}: {event.steps} steps in {event.epochs} epochs, {shared}"
            f"{event.threads} threads, {event.micro_batch} images at a time{goes_on}."
        )
    else:
        _tell_warnings(event)


class _Lines:
    """A line now and then, and always for the last step."""

    def __init__(self) -> None:
        self.last = -SECONDS_BETWEEN_LINES
        self.evaluating = False

    def listen(self, event: Event) -> None:
        from fabdesign.training.events import Evaluating, Stepped

        if isinstance(event, Stepped):
            now = time.monotonic()
            if now - self.last >= SECONDS_BETWEEN_LINES or event.step == event.steps:
                self.last = now
                say(f"{describe_step(event)}  left {time_text(event.seconds_left)}")
        elif isinstance(event, Evaluating):
            if event.done == 0 or not self.evaluating:
                say(f"Scoring the hard levels at {event.samples_per_pixel} samples per pixel.")
            self.evaluating = event.done < event.total
        else:
            _tell_others(event)


@contextmanager
def _bar() -> Iterator[Callable[[Event], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from fabdesign.training.events import Evaluating, Stepped

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=None)

        def listen(event: Event) -> None:
            if isinstance(event, Stepped):
                words = f"{describe_step(event)}  left {time_text(event.seconds_left)}"
                progress.update(task, completed=event.step, total=event.steps, description=words)
            elif isinstance(event, Evaluating):
                words = f"scoring at {event.samples_per_pixel} samples per pixel"
                progress.update(task, completed=event.done, total=event.total, description=words)
            else:
                _tell_others(event)

        yield listen


class _CountLines:
    """A line now and then, and for the first and last of each kind of work."""

    def __init__(self) -> None:
        self.last = -SECONDS_BETWEEN_LINES

    def listen(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if done in {0, total} or now - self.last >= SECONDS_BETWEEN_LINES:
            self.last = now
            say(f"{what} {done}/{total}")


@contextmanager
def _count_bar() -> Iterator[Callable[[str, int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, Any] = {}

        def listen(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done)

        yield listen
