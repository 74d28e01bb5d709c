"""Pictures in the detector plane: what a square measures, and which way up."""

import numpy as np
import pytest
import torch

from fabdesign.config import Project, project_from_text
from fabdesign.errors import ConfigError
from fabdesign.network import Bench, physical_record
from tests.network.devices import TOML

PHASE = TOML.replace('detector_size = "6 um"\ndetector_pitch = ["11 um", "14 um"]', 'kind = "phase-imaging"')
BEAM = TOML.replace(
    'detector_size = "6 um"\ndetector_pitch = ["11 um", "14 um"]',
    'kind = "beam-shaping"\nspots = [2, 3]\nspot_pitch = "12 um"\noutput_pixel = "3 um"',
)


def project(text: str, *overrides: str) -> Project:
    return project_from_text(text, "tiny", overrides=overrides).project


def bench(text: str, *overrides: str) -> Bench:
    return Bench(physical_record(project(text, *overrides)), (32, 32), 2)


def test_free_light_gives_the_intensity_of_the_source() -> None:
    picture = bench(PHASE, "optics.input_gap=5.5 um", "optics.gap=5.5 um", "optics.detector_gap=1 um")(
        torch.zeros(1, 28, 28), torch.ones(2, 32, 32, dtype=torch.complex64)
    )
    assert picture.shape == (1, 28, 28)
    assert float(picture[:, 10:18, 10:18].mean()) == pytest.approx(1.0, abs=0.05)


def test_gain_and_output_pixel_are_those_of_the_project() -> None:
    record = physical_record(project(PHASE, "task.gain=2.5", "task.output_pixel=1.2 um"))
    assert record.readout is not None
    assert record.readout.model_dump()["gain"] == 2.5
    assert record.readout.model_dump()["pixel_um"] == 1.2
    assert record.detectors == ()
    assert record.has_task


def test_light_at_the_top_right_is_at_the_top_right_of_the_picture() -> None:
    readout = bench(PHASE).readout
    field = torch.zeros(1, 64, 64, dtype=torch.complex64)
    field[0, 52:58, 48:54] = 1.0  # large y, large x
    picture = readout(field)[0].numpy()
    y, x = np.unravel_index(picture.argmax(), picture.shape)
    assert y < 14 < x


def test_a_beam_shaper_has_neither_object_nor_detectors() -> None:
    made = bench(BEAM)
    record = physical_record(project(BEAM))
    assert record.encoder is None
    assert record.has_task
    light = made(torch.zeros(1, 8, 12), torch.ones(2, 32, 32, dtype=torch.complex64))
    assert light.shape == (1, 8, 12)
    assert float(light.sum()) < 1.0
    field = made.encode(torch.zeros(3, 1, 1))
    assert field.shape == (3, 64, 64)
    assert float(field[1].abs().square().sum() * made.grid.spacing_um**2) == pytest.approx(1.0, rel=1e-5)


def test_pictures_larger_than_the_layers_are_refused() -> None:
    with pytest.raises(ConfigError, match="the picture must fit on the layers"):
        physical_record(project(PHASE, "task.output_pixel=2 um"))
    with pytest.raises(ConfigError, match="the target must fit on the layers"):
        physical_record(project(BEAM, "task.spots=5"))


@pytest.mark.parametrize(
    ("text", "override", "message"),
    [
        (TOML, "task.kind=phase-imaging", 'task.detector_size belongs to kind = "classify"'),
        (PHASE, "task.kind=classify", "task.detector_size is missing: size of a detector"),
        (PHASE, "train.loss=cross-entropy", "train.loss must be one of berhu, mse, ssim"),
        (PHASE, "train.efficiency_weight=0.1", "train.efficiency_weight must be 0"),
        (PHASE, "train.label_smoothing=0.1", 'needs loss = "cross-entropy"; the loss is "berhu"'),
        (PHASE, "train.soft_labels=teacher.npy", 'needs loss = "cross-entropy"; the loss is "berhu"'),
        (PHASE, "task.encoder=amplitude", 'task.encoder must be "phase"'),
        (PHASE, "task.spots=3", 'task.spots belongs to kind = "beam-shaping"'),
        (PHASE, "task.readout=pairs", 'task.readout belongs to kind = "classify"'),
        (TOML, "task.gain=2", 'task.gain belongs to kind = "phase-imaging"'),
        (BEAM, "task.target=f.png", "either task.target"),
        (BEAM, "task.spot_pitch=10 um", "must be a whole multiple of task.output_pixel"),
        (TOML.replace("[train]", "[train]\npolish = 3"), "optics.model=thick", "train.polish needs"),
        (TOML, "task.readout=pairs", "the 20 detectors must fit on the aperture"),
    ],
)
def test_settings_of_another_kind_are_told(text: str, override: str, message: str) -> None:
    with pytest.raises(ConfigError, match="tiny") as caught:
        project(text, override)
    assert message in caught.value.message
