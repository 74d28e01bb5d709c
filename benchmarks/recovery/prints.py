"""Prints of one design with unknown errors, and the means to make one more layer for them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from fabdesign.chip import Examples
from fabdesign.chip.printed import (
    PrintErrors,
    SimulatedStack,
    StackTwin,
    TaskObjective,
    ZonePlate,
    draw_aberration,
    examples_of,
    printed_stack,
)
from fabdesign.copies import Device, DeviceState
from fabdesign.design import Design
from fabdesign.network import Bench, from_design
from fabdesign.process import Profile
from fabdesign.tasks import Task, task_of_design

Floats = NDArray[np.float64]
STREAM = 0x7072696E


@dataclass(frozen=True)
class Errors:
    """How large the errors of the prints are.

    Args:
        overlay_px: each layer's place in x and y lies evenly within ± this share of a pixel.
        gain: standard deviation of the heights' common factor.
        blur_um: the blur lies evenly between a third of this and this.
        aberration_rad: RMS of the light's aberration.
        roughness_nm: standard deviation of every pixel's height, which no method models.
        noise: of detectors and camera pixels, as shares of their means.
    """

    overlay_px: float = 0.5
    gain: float = 0.03
    blur_um: float = 0.3
    aberration_rad: float = 0.3
    roughness_nm: float = 10.0
    noise: float = 0.02


@dataclass(frozen=True, eq=False)
class Laboratory:
    """One design, its data, and the errors its prints have.

    Args:
        design: what is printed.
        profile: the process.
        errors: how large the errors are.
        element: the tunable element at the object.
        pool: training images that can be shown.
        tests: test images to score on.
    """

    design: Design
    profile: Profile
    errors: Errors = field(default_factory=Errors)
    element: ZonePlate = field(default_factory=ZonePlate)
    pool: int = 96
    tests: int = 300

    @cached_property
    def task(self) -> Task:
        """What the design should do."""
        return task_of_design(self.design)

    @cached_property
    def objective(self) -> TaskObjective:
        """The task as the objective of learning."""
        return TaskObjective(self.design, self.task)

    @cached_property
    def bench(self) -> Bench:
        """The set-up as designed."""
        return from_design(self.design, 2).bench

    @cached_property
    def train(self) -> Examples:
        """Images to calibrate with: the first are the pool, and more to design with."""
        return examples_of(self.task.dataset.train, 1000)

    @cached_property
    def test(self) -> Examples:
        """Images to score on; they are in no budget."""
        return examples_of(self.task.dataset.test, self.tests)

    def device(self, design: Design | None = None) -> Device:
        """The design with its process."""
        return Device(self.design if design is None else design, self.profile)

    def nominal(self) -> SimulatedStack:
        """The device as designed."""
        device = self.device()
        return printed_stack(device, DeviceState.of(device), self.element, self.bench)

    def twin(self, design: Design | None = None, errors: PrintErrors | None = None) -> StackTwin:
        """The model of a print."""
        return StackTwin(self.design if design is None else design, self.bench, self.element, errors)

    def score(self, stack: SimulatedStack, phases: Floats | None = None) -> float:
        """Accuracy on the test images."""
        stack.set_phases(np.zeros(stack.phase_count) if phases is None else phases)
        score: float = self.objective.score(stack.measure(self.test.inputs), self.test)
        stack.set_phases(np.zeros(stack.phase_count))
        return score


@dataclass(frozen=True, eq=False)
class Print:
    """One print of a laboratory's design.

    Args:
        laboratory: where it is measured.
        seed: which print.
    """

    laboratory: Laboratory
    seed: int

    @cached_property
    def truth(self) -> PrintErrors:
        """Its errors, which no method may look at."""
        size, random = self.laboratory.errors, np.random.default_rng([STREAM, self.seed])
        design = self.laboratory.design
        reach = size.overlay_px * design.physical.pitch_um
        return PrintErrors(
            shift_um=random.uniform(-reach, reach, (design.layers, 2)),
            gain=size.gain * float(random.standard_normal()),
            blur_um=float(random.uniform(size.blur_um / 3, size.blur_um)),
            aberration_rad=draw_aberration(size.aberration_rad, self.seed),
        )

    def stack(
        self, design: Design | None = None, layer: int | None = None, place_um: Floats | None = None
    ) -> SimulatedStack:
        """The print, or the print with one layer made anew and put at `place_um`."""
        laboratory, truth = self.laboratory, self.truth
        device = laboratory.device(design)
        state = DeviceState.of(device)
        state.shift_um += truth.shift_um
        if layer is not None:
            state.shift_um[layer] = self.fresh_place_um() if place_um is None else place_um
        state.height_um *= 1 + truth.gain
        state.height_um += self._roughness(layer)
        return printed_stack(
            device,
            replace(state, blur_um=truth.blur_um),
            laboratory.element,
            laboratory.bench,
            aberration_rad=truth.aberration_rad,
            noise=laboratory.errors.noise,
            seed=self.seed,
        )

    def fresh_place_um(self) -> Floats:
        """Where a layer that is made anew comes to lie, with the same spread as the first one."""
        reach = self.laboratory.errors.overlay_px * self.laboratory.design.physical.pitch_um
        return np.random.default_rng([STREAM, self.seed, 1]).uniform(-reach, reach, 2)

    def _roughness(self, made_anew: int | None) -> Floats:
        shape = self.laboratory.design.levels.shape
        rough = np.random.default_rng([STREAM, self.seed, 2]).standard_normal(shape)
        if made_anew is not None:
            rough[made_anew] = np.random.default_rng([STREAM, self.seed, 3]).standard_normal(shape[1:])
        return 1e-3 * self.laboratory.errors.roughness_nm * rough
