"""One layer of a print designed anew, for a print whose errors are known, on levels the process can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fabdesign.chip.loss import Examples
from fabdesign.chip.printed.errors import PrintErrors
from fabdesign.chip.printed.twin import StackTwin
from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.process import LevelTable
from fabdesign.quantise import make_quantiser
from fabdesign.tasks import Task
from fabdesign.tasks.base import Batch

FIELDS_AT_ONCE = 64


@dataclass(frozen=True)
class Redesign:
    """How a layer is designed anew.

    Args:
        layer: which one, counted from 0; negative ones from the end.
        steps: of Adam.
        batch: examples in a step.
        rate: the first learning rate of the level weights; it falls to 0.
        spread_um: standard deviation of the new layer's place in x and y, which nobody knows beforehand; each
            step is made for another one.
        seed: of batches and places.
    """

    layer: int = -1
    steps: int = 200
    batch: int = 32
    rate: float = 0.1
    spread_um: float = 0.0
    seed: int = 0


def redesign(twin: StackTwin, errors: PrintErrors, task: Task, examples: Examples, how: Redesign) -> Design:
    """Train one layer's levels on the twin of a print, the other layers as they were made.

    It begins at the layer as it is. Levels are relaxed as in training (`transmission`) and hard in the second
    half; gain, blur and place of the other layers are those of the print.

    Args:
        twin: the model.
        errors: of the print; the new layer gets gain and blur from it, and a place of its own.
        task: what the device should do.
        examples: what to learn from.
        how: which layer, and how.

    Returns:
        The design with the new layer.

    Raises:
        ConfigError: there is no such layer.
    """
    design = twin.design
    if not -design.layers <= how.layer < design.layers:
        raise ConfigError(f"the layer must be one of {design.layers}, counted from 0; got {how.layer}.")
    layer = how.layer % design.layers
    known = twin.parameters(errors)
    with torch.no_grad():
        fixed = [twin.layer(known, number) for number in range(design.layers)]
        places = twin.places(known)
        places[layer + 1] = 0.0
        arriving = _arriving(twin, known, fixed[:layer], places, examples)
    quantiser = _quantiser(design, layer, how.seed)
    heights = torch.from_numpy(design.height_of_level_um[layer])
    optimiser = torch.optim.Adam(quantiser.parameters(), lr=how.rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=how.steps)
    random = np.random.default_rng([0x726564, how.seed])
    for step in range(how.steps):
        chosen = torch.from_numpy(random.choice(len(examples), min(how.batch, len(examples)), replace=False))
        place = torch.from_numpy(how.spread_um * random.standard_normal(2))
        weights = quantiser.level_weights(step / how.steps)[:, 0]
        height_um = torch.einsum("k,kyx->yx", heights, weights.double())
        light = arriving[chosen] * twin.layer(known, layer, height_um, place)
        powers = twin.windows.powers(twin.through(light, fixed, places, first=layer + 1))
        images = twin.images(examples.inputs[chosen.numpy()])
        labels = torch.from_numpy(examples.labels[chosen.numpy()])
        optimiser.zero_grad(set_to_none=True)
        task.loss(powers, Batch(images, labels)).mean().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return _with_layer(design, layer, quantiser.hard_levels()[0], _record(errors, how, layer))


def _arriving(
    twin: StackTwin, errors: dict[str, Tensor], before: list[Tensor], place_um: Tensor, examples: Examples
) -> Tensor:
    """The light of every example in the plane of the layer, ahead of it."""
    parts = []
    for part in np.array_split(examples.inputs, -(-len(examples) // FIELDS_AT_ONCE)):
        light = twin.light(errors, twin.images(part), twin.flat())
        for number, transmission in enumerate(before):
            light = twin.space(light, number, place_um) * transmission
        parts.append(twin.space(light, len(before), place_um))
    return torch.cat(parts)


def _quantiser(design: Design, layer: int, seed: int) -> Any:
    physical = design.physical
    table = LevelTable.from_heights(
        design.height_of_level_um[layer],
        wavelength_um=physical.wavelength_um,
        material_index=physical.material.index,
        medium_index=physical.medium.index,
        rule="those of the design",
    )
    options = {"start": 4.0, "end": 20.0, "finish": 0.5}
    quantiser: Any = make_quantiser("transmission", (1, *design.pixels), table, seed, options)
    phase = torch.from_numpy(design.phase_rad()[layer]).float()
    with torch.no_grad():
        quantiser.vector.copy_(0.5 * torch.stack([phase.cos(), phase.sin()])[:, None])
    return quantiser


def _with_layer(design: Design, layer: int, levels: Tensor, record: Mapping[str, Any]) -> Design:
    changed = design.levels.copy()
    changed[layer] = levels.numpy()
    provenance = {**design.provenance, "redesigned": {"parent": design.content_hash, **record}}
    return replace(design, levels=changed, phase=None, scores={}, provenance=provenance)


def _record(errors: PrintErrors, how: Redesign, layer: int) -> dict[str, Any]:
    return {
        "layer": layer,
        "errors": errors.to_json(),
        "steps": how.steps,
        "batch": how.batch,
        "rate": how.rate,
        "spread_um": how.spread_um,
        "seed": how.seed,
    }
