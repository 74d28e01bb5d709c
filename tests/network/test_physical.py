"""From the project to the physical record: spaces, detectors, object."""

import pytest

from fabdesign.config import project_from_text
from fabdesign.design import Physical
from fabdesign.errors import ConfigError
from fabdesign.network import physical_record, process_table
from fabdesign.process import load_profile
from tests.network.devices import TOML, tiny


def record(*overrides: str, images: tuple[int, int] = (28, 28), classes: int = 10) -> Physical:
    return physical_record(tiny(*overrides), images, classes)


def test_the_base_lies_before_each_modulation_plane_and_inside_the_gap() -> None:
    spaces = record("optics.input_gap=30 um", "optics.detector_gap=50 um").spaces
    assert [[(slab.what, slab.thickness_um) for slab in space] for space in spaces] == [
        [("gap", 25.0), ("base", 5.0)],
        [("gap", 35.0), ("base", 5.0)],
        [("gap", 50.0)],
    ]
    assert spaces[0][0].index == pytest.approx(1.00027, abs=2e-5)
    assert spaces[0][1].index == pytest.approx(1.5429, abs=1e-4)


def test_without_a_base_in_the_project_the_profile_says_how_thick_it_is() -> None:
    project = project_from_text(TOML.replace('base = "5 um"\n', ""), "tiny").project
    base = load_profile("2pp-63x-ip-dip").base_um
    expected = 0.0 if base is None else base.value
    found = sum(slab.thickness_um for slab in physical_record(project, (28, 28), 10).spaces[0][1:])
    assert found == expected


def test_without_any_base_there_is_only_the_gap() -> None:
    assert [slab.what for slab in record("process.base=0 um").spaces[1]] == ["gap"]


GLASS = ("process.substrate.material=fused-silica", "process.substrate.thickness=20 um")


def test_a_substrate_lies_right_before_the_base_and_inside_the_gap() -> None:
    spaces = record(*GLASS, "optics.input_gap=30 um").spaces
    assert [[(slab.what, slab.thickness_um) for slab in space] for space in spaces] == [
        [("gap", 5.0), ("substrate", 20.0), ("base", 5.0)],
        [("gap", 15.0), ("substrate", 20.0), ("base", 5.0)],
        [("gap", 40.0)],
    ]
    assert spaces[0][1].index == pytest.approx(1.4536, abs=5e-5)  # Malitson 1965 at 785 nm
    assert record(*GLASS, "process.substrate.index=1.5").spaces[0][1].index == 1.5


def test_a_substrate_alone_is_what_the_relief_is_etched_into() -> None:
    spaces = record(*GLASS, "process.base=0 um").spaces
    assert [slab.what for slab in spaces[1]] == ["gap", "substrate"]


def test_a_substrate_of_unknown_material_or_that_fills_the_gap_is_refused() -> None:
    with pytest.raises(ConfigError, match="fused-silicon"):
        record("process.substrate.material=fused-silicon", "process.substrate.thickness=20 um")
    project = TOML.replace('base = "5 um"', 'substrate = { material = "fused-silica", thickness = "36 um" }')
    with pytest.raises(ConfigError, match="got a substrate of 36 um and base of 5 um"):
        physical_record(project_from_text(project, "tiny").project, (28, 28), 10)


def test_levels_are_those_of_the_process() -> None:
    table = process_table(tiny())
    assert table.height_um.tolist() == [0.0, 0.4, 0.7, 1.1]


def test_an_object_may_take_several_layer_pixels_per_image_pixel() -> None:
    encoder = record("task.object_pixels=28", images=(14, 14)).encoder
    assert encoder is not None
    assert encoder.pixels == (14, 14)
    assert encoder.pixel_um == 3.0


def test_images_that_do_not_fit_the_object_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"task.object_pixels must be \[20, 20\]"):
        record(images=(20, 20))


def test_detectors_for_more_classes_than_fit_are_refused() -> None:
    with pytest.raises(ConfigError, match="the 26 detectors"):
        record(classes=26)


def test_detectors_are_labelled_from_the_top_left() -> None:
    detectors = record().detectors
    assert [detector.label for detector in detectors] == [str(digit) for digit in range(10)]
    assert detectors[0].centre_um == (-11.0, 14.0)
    assert detectors[9].centre_um == (11.0, -14.0)


def test_a_gaussian_source_keeps_its_waist() -> None:
    source = record("optics.source.kind=gaussian", "optics.source.waist=20 um").source
    assert source is not None
    assert source.kind == "gaussian"
    assert source.waist_um == 20.0


def test_a_base_from_the_profile_that_fills_the_gap_is_refused() -> None:
    with pytest.raises(ConfigError, match="base"):
        record("process.base=45 um")
