"""The loop: one Adam step after the other until the last one, a stop, or a number that is none."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch

from fabdesign.errors import NumericsError
from fabdesign.tasks.base import Batch
from fabdesign.training.augment import augmented
from fabdesign.training.events import Listener, Stepped
from fabdesign.training.gradient import accumulate_gradient, group_size
from fabdesign.training.schedule import batch_positions, learning_rate, progress_of
from fabdesign.training.session import Session

NOISE_STREAM = 0x6E6F6973


def run_steps(session: Session, listen: Listener, pause: Callable[[Session], bool]) -> bool:
    """Train from the session's step to the end.

    Args:
        session: the network in training; its step and seconds move on.
        listen: told of each step.
        pause: asked after each step; true, in one of the processes that train together, stops the loop.

    Returns:
        Whether the last step is done.

    Raises:
        NumericsError: the loss or a parameter is no longer finite.
        ProcessLost: one of the processes that train together has ended.
    """
    clock = _Clock(session)
    session.copy_leader()
    with _threads(session.plan.threads):
        while session.step < session.plan.steps:
            event = _step(session)
            session.step += 1
            listen(clock.stamp(event))
            if session.ranks.any(pause(session)):
                break
            if session.step % session.plan.steps_per_epoch == 0:
                session.copy_leader()
    return session.step >= session.plan.steps


def check_finite(session: Session) -> None:
    """Make sure that every parameter is a number.

    Raises:
        NumericsError: one is not.
    """
    for parameter in session.network.quantiser.parameters():
        if not bool(torch.isfinite(parameter).all()):
            raise _diverged("a parameter", session.step)


def _step(session: Session) -> Stepped:
    plan, step = session.plan, session.step
    progress = progress_of(step, plan.steps)
    rate = learning_rate(step, plan.steps, plan.learning_rate, session.coarse_steps)
    session.optimiser.param_groups[0]["lr"] = rate
    positions = batch_positions(plan.examples, plan.batch, step, plan.seed)
    batch = Batch.of(session.task.dataset.train, positions, plan.device)
    batch = augmented(batch, session.project.train, step, plan.steps)
    session.optimiser.zero_grad(set_to_none=True)
    network = session.network_at(step)
    result = accumulate_gradient(
        network,
        session.task,
        batch,
        progress,
        generator=_noise(plan.seed, step),
        group=group_size(network.bench.samples, network.bench.fields_kept),
        ranks=session.ranks,
        copies=[] if session.errors is None else session.errors.of_step(step, progress),
        layout=session.layout,
    )
    if not math.isfinite(result.loss):
        raise _diverged(f"the loss ({result.loss})", step + 1)
    session.optimiser.step()
    return Stepped(
        step=step + 1,
        steps=plan.steps,
        epoch=step // plan.steps_per_epoch + 1,
        loss=result.loss,
        scores=session.task.scores(result.outputs, batch),
        headline=session.task.headline,
        learning_rate=rate,
        watched=session.network.quantiser.describe(progress),
        seconds=0.0,
        seconds_left=0.0,
    )


def _noise(seed: int, step: int) -> torch.Generator:
    """Return a generator that depends on the seed and the step alone."""
    state = np.random.SeedSequence([NOISE_STREAM, seed, step]).generate_state(1, np.uint64)[0]
    return torch.Generator().manual_seed(int(state) >> 1)


def _diverged(what: str, step: int) -> NumericsError:
    return NumericsError(
        f"training must stay finite; at step {step} {what} is not.",
        hint="Lower train.learning_rate; the last good checkpoint is kept in the run folder.",
    )


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let torch use so many threads, and give it its own number back at the end."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


class _Clock:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._before = session.seconds
        self._cpu_before = session.cpu_seconds
        self._first_step = session.step
        self._start = time.monotonic()
        self._cpu_start = time.process_time()

    def stamp(self, event: Stepped) -> Stepped:
        """Set the session's clock, and tell its time with the event."""
        session, here = self._session, time.monotonic() - self._start
        session.seconds = self._before + here
        session.cpu_seconds = self._cpu_before + time.process_time() - self._cpu_start
        left = here / session.work(self._first_step, event.step) * session.work(event.step, event.steps)
        return Stepped(**{**vars(event), "seconds": session.seconds, "seconds_left": left})
