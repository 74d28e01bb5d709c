"""From trained layers to a design with its scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import metadata
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.config import LoadedProject, Project, loss_of
from fabdesign.design import Design
from fabdesign.network import from_design
from fabdesign.tasks.base import Batch
from fabdesign.training.evaluate import Evaluation, evaluate_network, reported_samples
from fabdesign.training.polish import polish
from fabdesign.training.session import Session, model_settings, robust_settings, step_settings

FINER_EXAMPLES, FINER_SAMPLES = 1000, 10**9
"""How many test examples show what a finer grid changes, and how many samples all of them have at most."""

Progress = Callable[[int, int, int], None]


@dataclass(frozen=True, eq=False)
class Scored:
    """A design, and how it answered each test example at the reported sampling."""

    design: Design
    evaluation: Evaluation


def make_design(session: Session, loaded: LoadedProject) -> Design:
    """Return the design of the hard levels, without scores.

    Args:
        session: a network whose training is over.
        loaded: the project with its text and overrides.
    """
    quantiser = session.network.quantiser
    free = quantiser.free_phase()
    levels, told = _levels(session)
    table = quantiser.table
    return Design(
        levels=levels,
        height_of_level_um=np.tile(table.height_um, (session.project.optics.layers, 1)),
        physical=session.physical,
        settings={**_settings(session), **told},
        provenance=_provenance(session, loaded),
        phase=None if free is None else free.cpu().numpy().astype(np.float32),
    )


def _levels(session: Session) -> tuple[NDArray[np.uint8], dict[str, Any]]:
    """The hard levels, polished if the project asks for it, and what the polish did."""
    train = session.project.train
    if train.polish == 0:
        return session.network.quantiser.hard_levels().cpu().numpy(), {}
    done = polish(
        session.network,
        session.task,
        rounds=train.polish,
        examples=train.polish_examples,
        seed=train.seed,
        device=session.plan.device,
        ranks=session.ranks,
    )
    told = {"rounds": done.rounds, "kept": done.kept, "moved": done.moved, "gain": done.gain}
    return done.levels.cpu().numpy().astype(np.uint8), {"polish": {**told, "examples": train.polish_examples}}


def score_design(design: Design, session: Session, listen: Progress, *, finer: bool = True) -> Scored:
    """Score a design on the task's test data and write the scores into it.

    Hard levels are scored at two samples per pixel or more. The first `FINER_EXAMPLES` of the examples, or
    fewer of large layers, are scored once more on a finer grid (with slices half as thick, where the model
    has any), beside their score on the first one. Free phases, if the method trained them, are scored at the
    first.

    Args:
        design: without scores.
        session: gives the task.
        listen: called with samples per pixel, examples done, and their total.
        finer: whether examples are scored on the finer grid at all.
    """
    reported, more = reported_samples(session.project.optics.samples_per_pixel)
    main = _evaluate(design, session, reported, listen)
    scores: dict[str, Any] = {"metric": session.task.headline, "quantised": main.to_json()}
    if finer:
        half = session.project.optics.slice_um / 2
        limit = finer_examples(session.project, more)
        fine = _evaluate(design, session, more, listen, limit=limit, slice_um=half)
        scores["quantised"]["finer"] = {**fine.to_json(), "coarse": _coarse(main, fine, session)}
    if design.phase is not None:
        free = _evaluate(design, session, reported, listen, free=True)
        scores["float"] = free.to_json()
    return Scored(replace(design, scores=scores), main)


def finer_examples(project: Project, samples_per_pixel: int) -> int:
    """Return how many examples are scored on the finer grid: 1000, fewer of large layers, at least 8."""
    ny, nx = project.optics.pixels
    return min(FINER_EXAMPLES, max(8, FINER_SAMPLES // (ny * nx * samples_per_pixel**2)))


def _coarse(main: Evaluation, fine: Evaluation, session: Session) -> dict[str, float]:
    """What the examples of the finer evaluation score on the first grid."""
    count = len(fine.labels)
    batch = Batch.of(session.task.dataset.test.first(count), slice(None))
    return session.task.scores(torch.from_numpy(main.outputs[:count]), batch)


def _evaluate(
    design: Design,
    session: Session,
    samples: int,
    listen: Progress,
    *,
    free: bool = False,
    limit: int | None = None,
    slice_um: float | None = None,
) -> Evaluation:
    test = session.task.dataset.test
    network = from_design(
        design,
        samples,
        phase_rad=design.phase if free else None,
        kernel_tolerance=session.project.optics.kernel_tolerance,
        slice_um=slice_um,
        device=session.plan.device,
    )
    return evaluate_network(
        network,
        session.task,
        test if limit is None else test.first(limit),
        device=session.plan.device,
        listen=lambda done, total: listen(samples, done, total),
        ranks=session.ranks,
    )


def _settings(session: Session) -> dict[str, Any]:
    project, quantiser = session.project, session.network.quantiser
    return {
        **_data_settings(project),
        "data": session.task.dataset.name,
        "train_data_hash": session.task.dataset.train.data_hash,
        "method": project.quantise.method,
        "options": vars(quantiser.options),
        "levels": quantiser.table.describe(),
        "loss": loss_of(project),
        "efficiency_weight": project.train.efficiency_weight,
        "samples_per_pixel": project.optics.samples_per_pixel,
        **model_settings(project),
        **robust_settings(session),
        **step_settings(project),
        "dtype": "complex64",
        "sampling": session.sampling.as_dict(),
        **session.plan.to_json(),
    }


def _data_settings(project: Project) -> dict[str, Any]:
    """What finds the same examples again; settings at their default are left out."""
    task = project.task
    told = {
        "dataset_options": dict(task.dataset_options),
        "validation": task.validation,
        "examples": task.examples,
        "test_examples": task.test_examples,
        "soft_labels": project.train.soft_labels,
    }
    return {"dataset": task.dataset, **{name: value for name, value in told.items() if value}}


def _provenance(session: Session, loaded: LoadedProject) -> dict[str, Any]:
    return {
        "made_by": f"fabdesign {metadata.version('fabdesign')}",
        "commit": session.commit,
        "environment": session.computed_with(),
        "project": loaded.project.name,
        "config": loaded.text,
        "source": loaded.source,
        "overrides": list(loaded.overrides),
        "seed": session.plan.seed,
        "parents": [],
    }
