"""Training a project in a run folder, and going on with one that was interrupted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from fabdesign.config import CONFIG_NAME, LoadedProject, load_project, resolved_toml
from fabdesign.design import Design, load_design, save_design
from fabdesign.design.runs import DESIGN_NAME, create_run, mark_latest
from fabdesign.errors import ConfigError, FileFormatError, ProcessLost, TrainingInterrupted
from fabdesign.formats.atomic import write_text_atomic
from fabdesign.training import checkpoint as checkpoints
from fabdesign.training import metrics
from fabdesign.training.evaluate import Evaluation
from fabdesign.training.events import (
    Evaluating,
    Event,
    Finished,
    Listener,
    Saved,
    Started,
    Stepped,
    Warned,
    ignore,
)
from fabdesign.training.log import NAME as LOG_NAME
from fabdesign.training.log import LogFile
from fabdesign.training.loop import check_finite, run_steps
from fabdesign.training.pictures import write_pictures
from fabdesign.training.ranks import ALONE, Ranks
from fabdesign.training.result import Scored, make_design, score_design
from fabdesign.training.session import Session
from fabdesign.training.signals import StopOnSignal

ORIGIN_NAME = "origin.json"
"""Where a run came from: the project's text, its source and its overrides."""


@dataclass(frozen=True, eq=False)
class TrainResult:
    """A finished run.

    Args:
        run: its folder.
        design: its design.
        design_path: the design's file.
        evaluation: the design's answers at the reported sampling; None for a run that was finished before.
    """

    run: Path
    design: Design
    design_path: Path
    evaluation: Evaluation | None = None


@dataclass(frozen=True)
class Extras:
    """What a run does beside its design.

    Args:
        pictures: whether it draws pictures.
        finer: whether it scores examples on a finer grid too.
    """

    pictures: bool = True
    finer: bool = True


ALL_EXTRAS = Extras()


def train(
    loaded: LoadedProject,
    runs_dir: Path = Path("runs"),
    *,
    data: str | Path | None = None,
    listen: Listener = ignore,
    extras: Extras = ALL_EXTRAS,
    ranks: Ranks = ALONE,
) -> TrainResult:
    """Train a project in a new run folder.

    The folder gets the resolved configuration, a log, metrics.csv, checkpoints, the design and pictures.
    SIGINT and SIGTERM save a checkpoint and stop.

    Args:
        loaded: the project.
        runs_dir: where run folders lie.
        data: a data set in place of the project's.
        listen: told of every event.
        extras: what the run does beside its design.
        ranks: the processes that train it together, of which the leading one writes and tells.

    Raises:
        ConfigError: settings, data and device do not fit together; no folder is made.
        FileFormatError: the data cannot be read, or the folder not written.
        NumericsError: the geometry cannot be sampled, or training diverged.
        TrainingInterrupted: a signal came; the checkpoint is saved.
        ProcessLost: one of the processes has ended.
    """
    loaded = _with_data(loaded, data)
    session = Session.of(loaded.project, ranks, listen if ranks.leads else ignore, finer=extras.finer)
    ranks.check_same({**session.identity(), "step": session.step})
    run = runs_dir / ranks.told(_new_run(loaded, runs_dir).name if ranks.leads else "")
    return _Run(run, session, loaded, listen, extras).go()


def resume(
    run: Path, *, listen: Listener = ignore, extras: Extras = ALL_EXTRAS, ranks: Ranks = ALONE
) -> TrainResult:
    """Go on with a run from its last checkpoint; on a CPU bit for bit as if it had never stopped.

    Args:
        run: a run folder.
        listen: told of every event; of every difference in versions, threads or micro-batch too.
        extras: what the run does beside its design.
        ranks: the processes that train it together; all of them read the run folder, the leading one writes.

    Raises:
        ConfigError: this is no run folder, or its project, data or process gives another device now.
        FileFormatError: a file of the run is damaged.
        NumericsError: training diverged.
        TrainingInterrupted: a signal came; the checkpoint is saved.
        ProcessLost: one of the processes has ended.
    """
    loaded = _loaded_from(run)
    path = run / checkpoints.NAME
    if (run / DESIGN_NAME).is_file():
        if ranks.leads:
            listen(Warned(f"{run} is finished already; nothing is left to do"))
            mark_latest(run)
        return TrainResult(run, load_design(run / DESIGN_NAME), run / DESIGN_NAME)
    session = Session.of(loaded.project, ranks, listen if ranks.leads else ignore, finer=extras.finer)
    job = _Run(run, session, loaded, listen, extras)
    if path.is_file():
        saved = checkpoints.load_checkpoint(path)
        _check_same(saved, session, run)
        job.warn_of_differences(saved)
        checkpoints.restore_state(saved, session.network.quantiser, session.optimiser, path)
        session.step = saved.step
        session.seconds, session.cpu_seconds = saved.seconds, saved.cpu_seconds
    ranks.check_same({**session.identity(), "step": session.step})
    return job.go()


class _Run:
    """One session of a run: steps, checkpoints, then the design."""

    def __init__(
        self, run: Path, session: Session, loaded: LoadedProject, listen: Listener, extras: Extras
    ) -> None:
        self.run = run
        self.extras = extras
        self.session = session
        self.loaded = loaded
        self.leads = session.ranks.leads
        self.listen = listen
        self.log = LogFile(run / LOG_NAME, session.plan.steps_per_epoch)
        self.saved_at = time.monotonic()

    def go(self) -> TrainResult:
        try:
            return self._go()
        except ProcessLost as lost:
            hint = f"The one that ended first says why; `fabdesign train --resume {self.run}` goes on."
            raise ProcessLost(lost.message, hint=hint) from lost

    def _go(self) -> TrainResult:
        session, plan = self.session, self.session.plan
        if self.leads:
            self.metrics = metrics.MetricsFile(self.run / metrics.NAME, session.step)
        counts = (plan.steps, plan.epochs, plan.threads, plan.micro_batch, session.ranks.size)
        self.tell(Started(self.run, session.step, *counts))
        with StopOnSignal() as stop:
            if session.step == 0:
                self.save()
            done = run_steps(session, self.tell, lambda _: self._save_if_due(stop))
            check_finite(session)
            if session.step > 0:
                self.save()
            if not done or session.ranks.any(stop.asked):
                raise self._interrupted()
            return self._finish(lambda: stop.asked)

    def tell(self, event: Event) -> None:
        if not self.leads:
            return
        if isinstance(event, Stepped):
            self.metrics.add(event)
        self.log(event)
        self.listen(event)

    def save(self) -> None:
        self.saved_at = time.monotonic()
        if not self.leads:
            return
        self.metrics.flush()
        path = self.run / checkpoints.NAME
        checkpoints.save_checkpoint(self.session.checkpoint(), path)
        self.saved_at = time.monotonic()
        self.tell(Saved(path, self.session.step))

    def warn_of_differences(self, saved: checkpoints.Checkpoint) -> None:
        now = {"processes": 1, **self.session.computed_with()}
        for name in sorted(set(now) | set(saved.computed_with)):
            was, here = {"processes": 1, **saved.computed_with}.get(name), now.get(name)
            if was != here:
                self.tell(Warned(f"{name} was {was} and is {here}: the result may differ in its last bits"))

    def _save_if_due(self, stop: StopOnSignal) -> bool:
        if time.monotonic() - self.saved_at >= self.session.project.train.checkpoint_every_s:
            check_finite(self.session)
            self.save()
        return stop.asked

    def _finish(self, stopped: Callable[[], bool]) -> TrainResult:
        def told(samples: int, done: int, total: int) -> None:
            self.tell(Evaluating(samples, done, total))
            if stopped():
                raise self._interrupted()

        made = make_design(self.session, self.loaded)
        scored = score_design(made, self.session, told, finer=self.extras.finer)
        path = self.run / DESIGN_NAME
        if self.leads:
            self._write(scored, path)
        self.tell(Finished(path, scored.design.scores))
        return TrainResult(self.run, scored.design, path, scored.evaluation)

    def _write(self, scored: Scored, path: Path) -> None:
        if self.extras.pictures:
            write_pictures(self.run, scored.design, scored.evaluation, self.session.task, self.metrics.path)
        save_design(scored.design, path)
        mark_latest(self.run)

    def _interrupted(self) -> TrainingInterrupted:
        step, steps = self.session.step, self.session.plan.steps
        return TrainingInterrupted(
            f"training was asked to stop after step {step} of {steps}; a checkpoint is saved.",
            hint=f"`fabdesign train --resume {self.run}` goes on.",
        )


def _new_run(loaded: LoadedProject, runs_dir: Path) -> Path:
    run = create_run(runs_dir, loaded.project.name)
    write_text_atomic(run / CONFIG_NAME, resolved_toml(loaded.project))
    origin = {"text": loaded.text, "source": loaded.source, "overrides": list(loaded.overrides)}
    write_text_atomic(run / ORIGIN_NAME, json.dumps(origin, indent=2, ensure_ascii=False) + "\n")
    return run


def _with_data(loaded: LoadedProject, data: str | Path | None) -> LoadedProject:
    if data is None:
        return loaded
    source = str(Path(data).expanduser().absolute()) if Path(data).exists() else str(data)
    task = loaded.project.task.model_copy(update={"dataset": source})
    return replace(loaded, project=loaded.project.model_copy(update={"task": task}))


def _loaded_from(run: Path) -> LoadedProject:
    if not (run / CONFIG_NAME).is_file():
        raise ConfigError(
            f"--resume must name a run folder, which holds {CONFIG_NAME}; got {run}.",
            hint="Run folders lie in runs/, such as runs/0001-digits.",
        )
    resolved = load_project(run / CONFIG_NAME)
    origin = run / ORIGIN_NAME
    if not origin.is_file():
        return resolved
    try:
        record = json.loads(origin.read_text(encoding="utf-8"))
        return LoadedProject(resolved.project, record["text"], record["source"], tuple(record["overrides"]))
    except (ValueError, KeyError, TypeError) as error:
        raise FileFormatError(
            f"{origin} must say where the run came from; it is damaged ({type(error).__name__}).",
            hint="Delete it; the run goes on, and its design names its resolved project alone.",
        ) from None


def _check_same(saved: checkpoints.Checkpoint, session: Session, run: Path) -> None:
    now = json.loads(json.dumps(session.identity()))
    names = sorted(now.keys() | saved.identity.keys())
    changed = [name for name in names if saved.identity.get(name) != now.get(name)]
    if changed:
        raise ConfigError(
            f"{run} cannot go on: {', '.join(changed)} changed since its checkpoint was saved.",
            hint="Bring back the project, data, material or process it began with, or start a new run.",
        )
