"""The design file: what goes in comes out, equal designs give equal bytes, no altered byte goes unseen."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fabdesign.design import Design, Optical, Physical, load_design, save_design
from fabdesign.design.content import hash_arrays
from fabdesign.errors import ConfigError, FileFormatError
from fabdesign.formats.container import read_container, write_container


def make_design(**changes: object) -> Design:
    physical = Physical(
        wavelength_um=0.785,
        pitch_um=1.5,
        medium=Optical(name="air", index=1.0),
        material=Optical(name="ip-dip", index=1.5),
        process="ideal",
    )
    fields: dict[str, object] = {
        "levels": (np.arange(24) % 3).astype(np.uint8).reshape(2, 3, 4),
        "height_of_level_um": np.array([[0.0, 0.4, 0.8], [0.0, 0.5, 1.0]]),
        "physical": physical,
        "scores": {"accuracy": 0.91},
        "provenance": {"seed": 7},
    }
    return Design(**{**fields, **changes})  # type: ignore[arg-type]


def test_round_trip(tmp_path: Path) -> None:
    phase = np.linspace(0, 6, 24, dtype=np.float32).reshape(2, 3, 4)
    design = make_design(phase=phase)
    save_design(design, tmp_path / "a.safetensors")
    read = load_design(tmp_path / "a.safetensors")
    assert read.physical == design.physical
    assert read.scores == design.scores
    assert read.provenance == design.provenance
    np.testing.assert_array_equal(read.levels, design.levels)
    np.testing.assert_array_equal(read.height_of_level_um, design.height_of_level_um)
    np.testing.assert_array_equal(read.phase, phase)
    assert read.content_hash == design.content_hash


def test_equal_designs_give_equal_bytes(tmp_path: Path) -> None:
    for name in "ab":
        save_design(make_design(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_phase_follows_from_heights() -> None:
    design = make_design()
    # 2π · 0.5 · 0.8 / 0.785
    assert design.phase_rad()[0].max() == pytest.approx(3.2016231, abs=1e-6)
    assert design.height_um()[1].max() == 1.0


def test_hash_knows_everything_physical() -> None:
    design = make_design()
    other_level = design.levels.copy()
    other_level[0, 0, 0] ^= 1
    hashes = {
        design.content_hash,
        make_design(levels=other_level).content_hash,
        make_design(height_of_level_um=design.height_of_level_um * 1.001).content_hash,
        make_design(physical=design.physical.model_copy(update={"wavelength_um": 0.8})).content_hash,
    }
    assert len(hashes) == 4
    assert make_design(scores={}, provenance={}).content_hash == design.content_hash


def test_hash_is_the_documented_one() -> None:
    documented = hashlib.sha256(b'{"k":1}["a","|u1",[3]]\x00\x01\x02').hexdigest()
    assert hash_arrays({"a": np.arange(3, dtype=np.uint8)}, {"k": 1}) == documented


def test_every_flipped_bit_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_design(make_design(), file)
    good = file.read_bytes()
    rng = np.random.default_rng(0)
    for position in rng.choice(len(good), 300, replace=False):
        bad = bytearray(good)
        bad[position] ^= 1 << int(rng.integers(8))
        file.write_bytes(bad)
        with pytest.raises(FileFormatError):
            load_design(file)


@given(keep=st.integers(0, 900))
def test_truncated_file_is_refused(tmp_path_factory: pytest.TempPathFactory, keep: int) -> None:
    file = tmp_path_factory.mktemp("cut") / "a.safetensors"
    save_design(make_design(), file)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(FileFormatError):
        load_design(file)


def test_newer_format_is_refused_with_its_version(tmp_path: Path) -> None:
    file = tmp_path / "a.safetensors"
    save_design(make_design(), file)
    arrays, record = read_container(file)
    write_container(file, arrays, {**record, "format": "2.0"})
    with pytest.raises(FileFormatError, match=r"format 2\.0; this release reads up to 1\.0"):
        load_design(file)


def test_other_containers_are_not_designs(tmp_path: Path) -> None:
    write_container(tmp_path / "c", {"a": np.zeros(1)}, {"kind": "checkpoint"})
    with pytest.raises(FileFormatError, match="holds a checkpoint, not a design"):
        load_design(tmp_path / "c")
    with pytest.raises(FileFormatError, match="does not exist"):
        load_design(tmp_path / "missing")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"levels": np.full((2, 3, 4), 3, np.uint8)}, "levels must be below 3"),
        ({"levels": np.zeros((2, 3, 4), np.int64)}, "levels must be uint8"),
        ({"height_of_level_um": np.array([[0.0, 0.4, 0.4], [0, 1, 2]])}, "must rise"),
        ({"height_of_level_um": np.array([[0.0, np.nan, 1], [0, 1, 2]])}, "must be finite"),
        ({"phase": np.zeros((1, 3, 4), np.float32)}, "phase must have the shape"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make_design(**changes)
