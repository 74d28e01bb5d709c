"""The numbers that a training run settles on before its first step."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch

from fabdesign.config import Project
from fabdesign.errors import ConfigError
from fabdesign.optics import default_micro_batch
from fabdesign.training.schedule import steps_per_epoch


@dataclass(frozen=True)
class Plan:
    """Batches, steps and how they are computed.

    Args:
        examples: training examples per epoch.
        batch: examples per step.
        epochs: passes over the examples.
        learning_rate: peak of the one-cycle schedule.
        seed: of all randomness.
        micro_batch: images that are propagated at a time.
        threads: of torch.
        device: where to compute.
    """

    examples: int
    batch: int
    epochs: int
    learning_rate: float
    seed: int
    micro_batch: int
    threads: int
    device: str

    @classmethod
    def of(cls, project: Project, examples: int) -> Plan:
        """Settle the plan of a project.

        Args:
            project: what the user asked for.
            examples: size of the training data.

        Raises:
            ConfigError: the device is not there.
        """
        settings = project.train
        samples = max(project.optics.pixels) * project.optics.samples_per_pixel
        return cls(
            examples=examples,
            batch=min(settings.batch, examples),
            epochs=settings.epochs,
            learning_rate=settings.learning_rate,
            seed=settings.seed,
            micro_batch=settings.micro_batch or default_micro_batch(samples),
            threads=settings.threads or torch.get_num_threads(),
            device=checked_device(settings.device),
        )

    @property
    def steps(self) -> int:
        """Steps of the whole training."""
        return self.epochs * self.steps_per_epoch

    @property
    def steps_per_epoch(self) -> int:
        """Steps of one epoch."""
        return steps_per_epoch(self.examples, self.batch)

    def to_json(self) -> dict[str, int | float | str]:
        """Return the plan as plain JSON values."""
        return asdict(self)


def checked_device(device: str) -> str:
    """Return a device that torch can reach.

    Raises:
        ConfigError: it cannot.
    """
    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigError(
            f"train.device must be a device that torch can use here; got {device!r}: "
            f"{str(error).splitlines()[0]}",
            hint='Use "cpu", or install a build of torch for this device.',
        ) from error
    return device
