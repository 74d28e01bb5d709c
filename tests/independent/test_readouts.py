"""Every kind of read-out, seen by the simulator that shares no code with fabdesign."""

import base64
import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fabdesign.design import (
    Design,
    GaussianSource,
    PairsReadout,
    PhaseImageReadout,
    TargetImageReadout,
    save_design,
)
from fabdesign.network import from_design
from fabdesign.tasks import (
    ACCURACY,
    PHASE_ERROR,
    TARGET_EFFICIENCY,
    Classify,
    Dataset,
    PhaseImaging,
    ShapeBeam,
    Split,
)
from fabdesign.tasks.base import Batch
from tests.check.devices import export_beside, make_design
from tests.independent import simulate

COUNT = 3


def device(**changes: Any) -> Design:
    design = make_design(layers=2)
    return replace(design, physical=design.physical.model_copy(update=changes))


def letter() -> TargetImageReadout:
    grey = np.zeros((5, 4), np.uint8)
    grey[:, 0], grey[0], grey[2, :3] = 255, 200, 90
    text = base64.b64encode(grey.tobytes()).decode()
    return TargetImageReadout(pixels=(5, 4), pixel_um=3.4, centre_um=(1.0, -2.0), target=text)


def pairs() -> Design:
    return device(readout=PairsReadout())


def pictures() -> Design:
    return device(
        detectors=(),
        readout=PhaseImageReadout(pixels=(28, 28), pixel_um=1.5, centre_um=(0.4, -0.9), gain=1.3),
    )


def gaussian_pictures() -> Design:
    changed = pictures().physical.model_copy(update={"source": GaussianSource(waist_um=15.0)})
    return replace(pictures(), physical=changed)


def beam() -> Design:
    return device(detectors=(), encoder=None, readout=letter())


def scores(design: Design, data: Dataset) -> tuple[dict[str, float], str]:
    readout = design.physical.readout
    outputs = from_design(design, 2)(Batch.of(data.test, slice(None)).images)
    if isinstance(readout, TargetImageReadout):
        task = ShapeBeam(readout)
        return task.scores(outputs[:1], Batch.of(task.dataset.test, slice(None))), TARGET_EFFICIENCY
    batch = Batch.of(data.test, slice(None))
    if isinstance(readout, PairsReadout):
        return Classify(data, readout="pairs").scores(outputs, batch), ACCURACY
    return PhaseImaging(data).scores(outputs, batch), PHASE_ERROR


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> simulate.Simulator:
    """The layers and spaces, which all devices here share; building its kernels takes seconds."""
    folder = tmp_path_factory.mktemp("device")
    export_beside(beam(), folder)
    return simulate.from_files(folder / "design.safetensors", sorted(folder.glob("*.stl")))


def seeing(simulator: simulate.Simulator, design: Design, folder: Path) -> simulate.Simulator:
    """The simulator with the record that a design's file holds."""
    save_design(design, folder / "design.safetensors")
    other = copy.copy(simulator)
    other.physical = simulate.read_physical(folder / "design.safetensors")
    other.masks = [other._mask(detector) for detector in other.physical["detectors"]]
    return other


@pytest.mark.parametrize("make", [pairs, pictures, gaussian_pictures, beam])
def test_scores_agree(make: Any, simulator: simulate.Simulator, tmp_path: Path) -> None:
    design = make()
    rng = np.random.default_rng(1)
    split = Split(rng.integers(0, 256, (COUNT, 28, 28), dtype=np.uint8), np.arange(COUNT, dtype=np.uint8))
    seen = seeing(simulator, design, tmp_path).score(split.images / 255.0, split.labels)
    found, metric = scores(design, Dataset("noise", split, split))
    assert seen == pytest.approx(found[metric], rel=1e-3)
    assert metric == ACCURACY or seen > 1e-4


def test_pictures_are_the_same_way_up(simulator: simulate.Simulator) -> None:
    ours = from_design(beam(), 2)(torch.zeros(1, 5, 4))[0].numpy()
    theirs = simulator.picture(np.zeros((5, 4))) / simulator.light()
    np.testing.assert_allclose(theirs, ours, rtol=2e-3, atol=1e-7)
