"""What training tells whoever listens: the command line's progress bar, the log, a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Preparing:
    """Everything is checked; data and kernels come next, with this much memory in the end.

    Args:
        memory: what the training needs, in words.
        needed_bytes: the most that it will hold at a time.
    """

    memory: str
    needed_bytes: int

    def __str__(self) -> str:
        return f"needs about {self.memory}"


@dataclass(frozen=True)
class Started:
    """Training begins, or goes on at a later step. The text of every event is one line for people."""

    run: Path
    step: int
    steps: int
    epochs: int
    threads: int
    micro_batch: int
    processes: int = 1

    def __str__(self) -> str:
        shared = f"{self.processes} processes, " if self.processes > 1 else ""
        return (
            f"start at step {self.step} of {self.steps}, {self.epochs} epochs, {shared}"
            f"{self.threads} threads, micro-batch {self.micro_batch}"
        )


@dataclass(frozen=True)
class Stepped:
    """One step is done.

    Args:
        step: steps done so far.
        steps: steps in all.
        epoch: the epoch of this step, from 1.
        loss: mean loss of the step's batch.
        scores: the batch's scores with the relaxed layers, by metric name.
        headline: which of them a person should see first.
        learning_rate: of this step.
        watched: the method's own figures, such as the temperature.
        seconds: since training began, over all its sessions.
        seconds_left: expected until the last step.
    """

    step: int
    steps: int
    epoch: int
    loss: float
    scores: Mapping[str, float]
    headline: str
    learning_rate: float
    watched: Mapping[str, float]
    seconds: float
    seconds_left: float

    def __str__(self) -> str:
        return (
            f"epoch {self.epoch}, step {self.step} of {self.steps}: loss {self.loss:.4f}, "
            f"{self.headline} {self.scores[self.headline]:.4f}, {self.seconds:.1f} s"
        )


@dataclass(frozen=True)
class Saved:
    """A checkpoint is written."""

    path: Path
    step: int

    def __str__(self) -> str:
        return f"checkpoint at step {self.step}"


@dataclass(frozen=True)
class Warned:
    """Something is not as it was or as it should be, but training goes on."""

    message: str

    def __str__(self) -> str:
        return f"warning: {self.message}"


@dataclass(frozen=True)
class Evaluating:
    """The hard levels are being scored."""

    samples_per_pixel: int
    done: int
    total: int

    def __str__(self) -> str:
        return f"scored {self.done} of {self.total} examples at {self.samples_per_pixel} samples per pixel"


@dataclass(frozen=True)
class Finished:
    """The design is written."""

    design: Path
    scores: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"design written: {self.design.name}"


Event = Preparing | Started | Stepped | Saved | Warned | Evaluating | Finished
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing with an event."""
