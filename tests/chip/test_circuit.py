"""Circuits do what their designs do, and unitary meshes have a file of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fabdesign.chip import design_unitary, layer_circuit, load_unitary, save_unitary, unitary_circuit
from fabdesign.chip.layout import KINDS, MeshKind
from fabdesign.chip.mzi import coupler, rotator
from fabdesign.chip.sources import chips_of, load_chip_design
from fabdesign.errors import ConfigError, FileFormatError
from tests.chip.masks import layer, random_unitary, unitary
from tests.chip.networks import small_design


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(4, 4), (8, 8), (3, 5), (5, 2), (1, 3), (2, 1)])
def test_the_circuit_of_a_layer_makes_its_matrix(kind: MeshKind, shape: tuple[int, int]) -> None:
    design = layer(*shape, kind)
    circuit = layer_circuit(design, 0)
    wanted = design.weights()[0] / design.physical.attenuator_gain
    assert np.abs(circuit.matrix() - wanted).max() < 1e-14
    of_devices = [shifter.device for shifter in circuit.shifters if shifter.device is not None]
    assert sorted(of_devices) == sorted([*range(design.physical.phase_count)] * 2), "two arms a device"
    assert all(design.active[s.device] == s.active for s in circuit.shifters if s.device is not None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ports", [2, 3, 8])
def test_the_circuit_of_a_unitary_makes_it(kind: MeshKind, ports: int) -> None:
    matrix = random_unitary(ports, seed=3)
    circuit = unitary_circuit(design_unitary(matrix, kind).phases)
    assert np.abs(circuit.matrix() - matrix).max() < 1e-13
    assert len(circuit.shifters) == ports * (ports - 1) + ports, "theta and phi a device, and the outputs"


def test_a_rotator_driven_in_both_arms_turns_no_other_phase() -> None:
    """The identity that the room's docstring rests on: what one rotator learns leaves the others alone."""
    angle = np.linspace(0, 2 * np.pi, 9)
    for g in angle:
        made = coupler() @ np.diag(np.exp(1j * np.array([np.pi - g, g]))) @ coupler()
        assert np.abs(made + rotator(g) @ np.diag([1, -1])).max() < 1e-15


def test_another_angle_of_one_device_is_another_angle_in_the_circuit() -> None:
    design = layer(share=1.0)
    phases = design.phase_rad.copy()
    phases[2] += 0.3
    moved = replace(design, phase_rad=phases)
    before, after = layer_circuit(design, 0), layer_circuit(moved, 0)
    changed = [
        b.device
        for a, b in zip(before.shifters, after.shifters, strict=True)
        if abs(a.phase_rad - b.phase_rad) > 1e-12
    ]
    assert changed == [2, 2]
    assert np.abs(after.matrix() - moved.weights()[0] / 3).max() < 1e-14


def test_a_network_is_a_chip_for_each_layer() -> None:
    source = chips_of(small_design())
    assert [matrix.shape for matrix in source.matrices] == [(5, 7), (6, 5), (4, 6)]
    for circuit, matrix in zip(source.circuits, source.matrices, strict=True):
        assert np.abs(circuit.matrix() - matrix).max() < 1e-14


def test_a_unitary_mesh_is_saved_and_read(tmp_path: Path) -> None:
    design, path = unitary(5), tmp_path / "u.safetensors"
    save_unitary(design, path)
    read = load_unitary(path)
    assert read.content_hash == design.content_hash
    assert np.abs(read.matrix() - random_unitary(5)).max() < 1e-13
    first = path.read_bytes()
    save_unitary(read, path)
    assert path.read_bytes() == first
    assert load_chip_design(path).content_hash == design.content_hash
    damaged = bytearray(first)
    damaged[-3] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(FileFormatError, match="altered"):
        load_unitary(path)


def test_what_is_not_unitary_is_refused() -> None:
    with pytest.raises(ConfigError, match="unitary matrix"):
        design_unitary(np.ones((3, 3)))
    with pytest.raises(ConfigError, match="2 to 256 ports"):
        design_unitary(np.eye(1))
