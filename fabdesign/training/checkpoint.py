"""The state of a training run in one container: parameters, optimiser, step, and how it was computed."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fabdesign.errors import FileFormatError
from fabdesign.formats.container import read_container, write_container
from fabdesign.quantise import Quantiser

NAME = "checkpoint.safetensors"
KIND = "checkpoint"
_MOMENTS = ("exp_avg", "exp_avg_sq")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """What a run needs to go on.

    Args:
        step: steps done.
        seconds: spent on them, over all sessions.
        cpu_seconds: of this process in the same time; 0 in files from before it was kept.
        arrays: parameters and moments.
        identity: what must be equal for the run to go on at all: the device, its levels, data and schedule.
        computed_with: what must be equal for it to go on bit for bit: versions, threads, micro-batch.
    """

    step: int
    seconds: float
    cpu_seconds: float
    arrays: Mapping[str, NDArray[Any]]
    identity: Mapping[str, Any]
    computed_with: Mapping[str, Any]


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write a checkpoint in one step over the one before.

    Raises:
        FileFormatError: the file cannot be written.
    """
    record = {
        "kind": KIND,
        "step": checkpoint.step,
        "seconds": checkpoint.seconds,
        "cpu_seconds": checkpoint.cpu_seconds,
        "identity": dict(checkpoint.identity),
        "computed_with": dict(checkpoint.computed_with),
    }
    write_container(path, checkpoint.arrays, record)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        FileFormatError: it is missing, damaged, or something else.
    """
    arrays, record = read_container(path)
    if record.get("kind") != KIND:
        raise FileFormatError(
            f"{path} must be a checkpoint; it is {record.get('kind', 'of unknown kind')!r}."
        )
    try:
        return Checkpoint(
            step=int(record["step"]),
            seconds=float(record["seconds"]),
            cpu_seconds=float(record.get("cpu_seconds", 0.0)),
            arrays=arrays,
            identity=record["identity"],
            computed_with=record["computed_with"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(f"{path} is not a complete checkpoint: {error}.") from error


def state_arrays(quantiser: Quantiser, optimiser: torch.optim.Optimizer) -> dict[str, NDArray[Any]]:
    """Return the parameters and the optimiser's moments by name."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, parameter in quantiser.named_parameters():
        arrays[f"parameter.{name}"] = parameter.detach().cpu().numpy()
        for moment in _MOMENTS:
            value = optimiser.state.get(parameter, {}).get(moment)
            if value is not None:
                arrays[f"{moment}.{name}"] = value.cpu().numpy()
    return arrays


def restore_state(
    checkpoint: Checkpoint, quantiser: Quantiser, optimiser: torch.optim.Optimizer, path: Path
) -> None:
    """Put the arrays of a checkpoint back into the parameters and the optimiser.

    Raises:
        FileFormatError: an array is missing or has another shape.
    """
    for name, parameter in quantiser.named_parameters():
        parameter.data.copy_(_tensor(checkpoint, f"parameter.{name}", parameter, path))
        if checkpoint.step > 0:
            state = {moment: _tensor(checkpoint, f"{moment}.{name}", parameter, path) for moment in _MOMENTS}
            optimiser.state[parameter] = {"step": torch.tensor(float(checkpoint.step)), **state}


def computing_environment() -> dict[str, str]:
    """Return the versions that the bits of a result depend on."""
    return {
        "fabdesign": metadata.version("fabdesign"),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
    }


def _tensor(checkpoint: Checkpoint, name: str, like: torch.Tensor, path: Path) -> torch.Tensor:
    array = checkpoint.arrays.get(name)
    if array is None or array.shape != tuple(like.shape):
        raise FileFormatError(
            f"{path} must hold {name} with shape {list(like.shape)}; "
            f"got {'nothing' if array is None else list(array.shape)}."
        )
    return torch.tensor(array, dtype=like.dtype, device=like.device)
