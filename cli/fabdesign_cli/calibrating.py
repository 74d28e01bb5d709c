"""A calibration as it goes: a bar for people, plain lines for logs; both on stderr."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fabdesign_cli.console import on_terminal, say
from fabdesign_cli.progress import SECONDS_BETWEEN_LINES

if TYPE_CHECKING:
    from fabdesign.chip import Checked, Plan
    from fabdesign.chip.progress import State

Listener = Callable[["Checked", "State"], None]


@contextmanager
def calibration_progress(plan: Plan, quiet: bool) -> Iterator[Listener | None]:
    """A listener for the checks of a calibration; none if nothing is to be told."""
    if quiet:
        yield None
    elif on_terminal():
        with _bar(plan) as listener:
            yield listener
    else:
        yield _lines(plan)


def describe(checked: Checked, state: State, plan: Plan) -> str:
    """One check in words."""
    return (
        f"{checked.queries}/{plan.queries} queries  loss {checked.loss:.4f} (best {state.best.loss:.4f})  "
        f"accuracy {checked.accuracy:.3f}  power {checked.power_rad:.1f} rad"
    )


def _lines(plan: Plan) -> Listener:
    last = -SECONDS_BETWEEN_LINES

    def listen(checked: Checked, state: State) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES or checked.queries >= plan.queries:
            last = now
            say(describe(checked, state, plan))

    return listen


@contextmanager
def _bar(plan: Plan) -> Iterator[Listener]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=plan.queries)

        def listen(checked: Checked, state: State) -> None:
            progress.update(task, completed=checked.queries, description=describe(checked, state, plan))

        yield listen
