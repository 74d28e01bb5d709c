"""Everything that one training run works with, built from its project."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from fabdesign.config import Project, Train, loss_of
from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.network import Bench, DiffractiveNetwork, Relief, physical_record, process_table
from fabdesign.optics import SamplingReport, check_sampling, tune_allocator
from fabdesign.process import LevelTable, load_profile
from fabdesign.quantise import make_quantiser
from fabdesign.tasks import Task, make_task
from fabdesign.training.checkpoint import Checkpoint, computing_environment, state_arrays
from fabdesign.training.evaluate import reported_samples
from fabdesign.training.events import Listener, Preparing, ignore
from fabdesign.training.layout import Layout
from fabdesign.training.memory import check_memory, estimate_memory
from fabdesign.training.plan import Plan
from fabdesign.training.ranks import ALONE, Ranks
from fabdesign.training.robust import ProcessErrors
from fabdesign.training.schedule import FINE_SHARE
from fabdesign.training.source import source_commit


@dataclass(eq=False)
class Session:
    """A network in training.

    Args:
        project: what the user asked for.
        physical: the device.
        task: data, loss and scores.
        plan: batches, steps and threads.
        network: bench and layers.
        optimiser: Adam over the layers' parameters.
        sampling: how well the grid represents the light.
        errors: what copies in training draw; None where training sees the device as designed.
        layout: penalties on what is hard to print, if any.
        coarse: the same layers on a bench of one averaged sample per pixel, for the first steps, if any.
        step: steps done.
        seconds: spent on them, over all sessions.
        cpu_seconds: of this process in the same time.
        commit: of the code that trains, where it is known.
        ranks: the processes that train it together.
    """

    project: Project
    physical: Physical
    task: Task
    plan: Plan
    network: DiffractiveNetwork
    optimiser: torch.optim.Optimizer
    sampling: SamplingReport
    errors: ProcessErrors | None = None
    layout: Layout | None = None
    coarse: DiffractiveNetwork | None = None
    step: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    commit: str | None = None
    ranks: Ranks = ALONE

    @classmethod
    def of(
        cls, project: Project, ranks: Ranks = ALONE, listen: Listener = ignore, *, finer: bool = True
    ) -> Session:
        """Load the data, build the device's kernels and draw the first parameters.

        Args:
            project: what the user asked for.
            ranks: the processes that train it together.
            listen: told how much memory it takes, before the kernels are built.
            finer: whether the design will be scored on a finer grid too.

        Raises:
            ConfigError: settings, data and device do not fit together, or not into memory.
            FileFormatError: the data cannot be read.
            NumericsError: the geometry cannot be sampled so.
        """
        tune_allocator()
        task = make_task(project)
        train = task.dataset.train
        plan = Plan.of(project, len(train))
        physical = physical_record(project, _image_pixels(task), task.dataset.classes)
        quantiser = make_quantiser(
            project.quantise.method,
            (project.optics.layers, *project.optics.pixels),
            process_table(project),
            plan.seed,
            project.quantise.options,
        ).to(plan.device)
        memory = estimate_memory(project, physical, plan, quantiser, finer=finer)
        listen(Preparing(str(memory), memory.peak))
        if plan.device == "cpu":
            check_memory(memory, project.train.memory_gb, ranks.here)
        relief = _relief(project, quantiser.table)
        bench = _bench(project, physical, project.optics.samples_per_pixel, plan.micro_batch, relief=relief)
        network = DiffractiveNetwork(bench, quantiser)
        coarse = None
        if _coarse(project):
            finest = reported_samples(project.optics.samples_per_pixel)[1]
            squares = _bench(project, physical, 1, project.train.micro_batch, subsamples=finest)
            coarse = DiffractiveNetwork(squares, quantiser)
        optimiser = torch.optim.Adam(quantiser.parameters(), lr=plan.learning_rate, foreach=False)
        sampling = check_sampling(
            bench.grid, bench.kernels, samples_per_pixel=project.optics.samples_per_pixel
        )
        profile = load_profile(project.process.profile)
        errors = None
        if project.train.robust:
            errors = ProcessErrors.of(project, physical, profile, quantiser.table)
        layout = Layout.of(project, profile, quantiser.table)
        return cls(
            project,
            physical,
            task,
            plan,
            network,
            optimiser,
            sampling,
            errors,
            layout,
            coarse,
            commit=source_commit(),
            ranks=ranks,
        )

    def network_at(self, step: int) -> DiffractiveNetwork:
        """Return the network that a step goes through: the coarse one first, if there is one."""
        return self.coarse if self.coarse is not None and step < self.coarse_steps else self.network

    def work(self, first: int, last: int) -> int:
        """Return how many samples an image's fields have in the steps from ``first`` up to ``last``."""
        change = min(max(first, self.coarse_steps), last)
        early = (change - first) * self.network_at(first).bench.samples
        return early + (last - change) * self.network.bench.samples

    @property
    def coarse_steps(self) -> int:
        """How many steps come before the first one on the project's grid."""
        return math.ceil(_coarse(self.project) * self.plan.steps)

    def checkpoint(self) -> Checkpoint:
        """Return the state as it is now."""
        return Checkpoint(
            step=self.step,
            seconds=self.seconds,
            cpu_seconds=self.cpu_seconds,
            arrays=state_arrays(self.network.quantiser, self.optimiser),
            identity=self.identity(),
            computed_with=self.computed_with(),
        )

    def copy_leader(self) -> None:
        """Take over the leading process's parameters and moments.

        They are equal already where all machines are of one kind; others drift apart by their rounding.

        Raises:
            ProcessLost: one of the processes has ended.
        """
        states = [value for state in self.optimiser.state.values() for value in state.values()]
        self.ranks.copy_leader([*self.network.quantiser.parameters(), *states])

    def identity(self) -> dict[str, Any]:
        """Return what must be equal for a run to go on: device, levels, data, method and schedule."""
        plan = self.plan.to_json()
        return {
            "physical": self.physical.to_json(),
            "height_um": self.network.quantiser.table.height_um.tolist(),
            "data_hash": self.task.dataset.train.data_hash,
            "method": self.project.quantise.method,
            "options": vars(self.network.quantiser.options),
            "loss": loss_of(self.project),
            "efficiency_weight": self.project.train.efficiency_weight,
            "samples_per_pixel": self.project.optics.samples_per_pixel,
            "kernel_tolerance": self.project.optics.kernel_tolerance,
            **({} if self.project.optics.model == "thin" else model_settings(self.project)),
            **robust_settings(self),
            **step_settings(self.project),
            "plan": {key: value for key, value in plan.items() if key not in {"threads", "micro_batch"}},
        }

    def computed_with(self) -> dict[str, Any]:
        """Return what must be equal for a run to go on bit for bit."""
        return {
            **computing_environment(),
            "threads": self.plan.threads,
            "micro_batch": self.plan.micro_batch,
            **({"processes": self.ranks.size} if self.ranks.size > 1 else {}),
        }


def model_settings(project: Project) -> dict[str, Any]:
    """Return the optical model that training uses, and its slices where it has any."""
    if project.optics.model == "thin":
        return {"model": "thin"}
    return {"model": project.optics.model, "slice_um": project.optics.slice_um}


def robust_settings(session: Session) -> dict[str, Any]:
    """Return what copies drew and which layouts cost something; nothing where training knew of neither."""
    return {
        **({} if session.errors is None else {"robust": session.errors.to_json()}),
        **({} if session.layout is None else {"layout": session.layout.to_json()}),
    }


def step_settings(project: Project) -> dict[str, Any]:
    """Return what is not at its default of how steps see the light, the images and the labels."""
    coarse = _coarse(project)
    names = ("label_smoothing", "shift", "turn_rad", "stretch", "augment_until")
    told = {name: (getattr(project.train, name), Train.model_fields[name].default) for name in names}
    return {
        **({"coarse": coarse, "fine_share": FINE_SHARE} if coarse else {}),
        **{name: value for name, (value, default) in told.items() if value != default},
    }


def _coarse(project: Project) -> float:
    return project.train.coarse if project.optics.samples_per_pixel > 1 else 0.0


def _bench(
    project: Project,
    physical: Physical,
    samples_per_pixel: int,
    micro_batch: int | None,
    *,
    relief: Relief | None = None,
    subsamples: int = 1,
) -> Bench:
    return Bench(
        physical,
        project.optics.pixels,
        samples_per_pixel,
        kernel_tolerance=project.optics.kernel_tolerance,
        micro_batch=micro_batch,
        relief=relief,
        subsamples=subsamples,
        device=project.train.device,
    )


def _relief(project: Project, table: LevelTable) -> Relief | None:
    if project.optics.model == "thin":
        return None
    return Relief(tuple(table.height_um.tolist()), project.optics.slice_um)


def _image_pixels(task: Task) -> tuple[int, int]:
    train, test = task.dataset.train.images.shape[1:], task.dataset.test.images.shape[1:]
    if train != test:
        raise ConfigError(f"training and test images must have one size; got {list(train)} and {list(test)}.")
    return train[0], train[1]
