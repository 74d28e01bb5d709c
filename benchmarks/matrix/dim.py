"""What undecided pixels are worth: scores with them and without, where annealing ends.

    python -m benchmarks.matrix.dim [--levels 4] [--seed 0]

Trains both tasks of the matrix with dim pixels left dim (``bright = 0``) and brightened (the default), and
scores on held-out training data. At the end of annealing it tells how much of the light a layer passes, the
score with the soft layers and with the hard ones, and at the end of training the score again. About a minute
of CPU.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SPREAD = {"digits": 0.5, "cells": 0.1}
"""Of the vectors at the start; imaging wants layers that are nearly transparent."""


def main() -> None:
    """Print one line for each task and way."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--levels", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print("| task | pixels | light that a layer passes | soft | hard | hard, at the end |")
    print("| --- | --- | --- | --- | --- | --- |")
    for task in ("digits", "cells"):
        for name, bright in (("left dim", 0.0), ("brightened", 1.0)):
            settings = [f"train.seed={arguments.seed}", f"process.levels={arguments.levels}"]
            cells = " | ".join(f"{value:.3f}" for value in measured(task, bright, settings))
            print(f"| {task} | {name} | {cells} |", flush=True)


def measured(task: str, bright: float, settings: Sequence[str]) -> Iterator[float]:
    """Train, and yield the mean |t|², the soft and the hard score there, and the hard one at the end.

    Args:
        task: the project's name.
        bright: how far pixels are brightened.
        settings: overrides of the project.
    """
    from fabdesign.config import load_project
    from fabdesign.training.loop import run_steps
    from fabdesign.training.schedule import progress_of
    from fabdesign.training.session import Session

    overrides = [
        "task.validation=0.15",
        "train.threads=1",
        f"quantise.options={{bright={bright}, spread={SPREAD[task]}}}",
        *settings,
    ]
    session = Session.of(load_project(HERE / f"{task}.toml", overrides).project)
    quantiser = session.network.quantiser
    annealed = 1 - quantiser.options.finish

    def ends(session: Session) -> bool:
        return bool(progress_of(session.step, session.plan.steps) > annealed)

    run_steps(session, lambda event: None, ends)
    soft = quantiser.transmission(annealed).detach()
    yield float(soft.abs().square().mean())
    yield score(session, soft)
    yield score(session, quantiser.hard_transmission())
    run_steps(session, lambda event: None, lambda session: False)
    yield score(session, quantiser.hard_transmission())


def score(session: Any, layers: Any) -> float:
    """Return the headline score of some layers on the examples that are held out."""
    import torch

    from fabdesign.tasks.base import Batch

    held_out = session.task.dataset.test
    with torch.no_grad():
        outputs = [
            session.network.bench(Batch.of(held_out, slice(first, first + 128)).images, layers)
            for first in range(0, len(held_out), 128)
        ]
    scores = session.task.scores(torch.cat(outputs), Batch.of(held_out, slice(None)))
    return float(scores[session.task.headline])


if __name__ == "__main__":
    main()
