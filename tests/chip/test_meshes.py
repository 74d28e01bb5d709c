"""Decompositions: exact, quick, in the stated order of ports and columns."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ortho_group, unitary_group

from fabdesign.chip import (
    decompose_rotations,
    decompose_unitary,
    mesh_layout,
    reconstruct_rotations,
    reconstruct_unitary,
    regauge,
)
from fabdesign.chip.layout import KINDS, MeshKind
from fabdesign.chip.mzi import interferometer, rotator
from fabdesign.errors import ConfigError
from tests.chip.networks import embedded

LARGEST_ERROR = 1e-10


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ports", [1, 2, 3, 4, 5, 8, 13, 32, 64])
def test_decompositions_are_exact(kind: MeshKind, ports: int) -> None:
    orthogonal = ortho_group.rvs(ports, random_state=ports) if ports > 1 else np.array([[-1.0]])
    unitary = unitary_group.rvs(ports, random_state=ports) if ports > 1 else np.array([[1j]])
    angles, signs = decompose_rotations(orthogonal, kind)
    assert len(angles) == ports * (ports - 1) // 2
    assert np.abs(reconstruct_rotations(angles, signs, kind) - orthogonal).max() <= LARGEST_ERROR
    assert np.abs(reconstruct_unitary(decompose_unitary(unitary, kind)) - unitary).max() <= LARGEST_ERROR


@pytest.mark.parametrize("kind", KINDS)
def test_64_ports_take_less_than_a_second(kind: MeshKind) -> None:
    orthogonal, unitary = ortho_group.rvs(64, random_state=0), unitary_group.rvs(64, random_state=0)
    began = time.process_time()
    decompose_rotations(orthogonal, kind)
    decompose_unitary(unitary, kind)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25)
@given(data=st.data())
def test_matrices_with_zeros_are_exact_too(kind: MeshKind, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(data.draw(st.integers(1, 7)))))
    flips = np.array(
        data.draw(st.lists(st.sampled_from([-1.0, 1.0]), min_size=len(order), max_size=len(order)))
    )
    matrix = np.eye(len(order))[list(order)] * flips
    angles, signs = decompose_rotations(matrix, kind)
    short, short_signs = regauge(angles, signs, mesh_layout(kind, len(order)))
    assert np.allclose(reconstruct_rotations(short, short_signs, kind), matrix, atol=LARGEST_ERROR)
    assert np.isin(short.round(9), [0.0, round(np.pi / 2, 9)]).all()
    assert np.allclose(reconstruct_unitary(decompose_unitary(matrix, kind)), matrix, atol=LARGEST_ERROR)


@pytest.mark.parametrize("kind", KINDS)
def test_remainders_of_rounding_ask_for_no_device(kind: MeshKind) -> None:
    """All 5! orders of 5 ports, all signs negative: one of them once cost two devices at 45°."""
    layout = mesh_layout(kind, 5)
    for order in itertools.permutations(range(5)):
        angles, signs = decompose_rotations(-np.eye(5)[list(order)], kind)
        short, _ = regauge(angles, signs, layout)
        assert np.isin(short.round(9), [0.0, round(np.pi / 2, 9)]).all(), order


@pytest.mark.parametrize("kind", KINDS)
def test_ports_columns_and_numbering_are_as_stated(kind: MeshKind) -> None:
    """The product of one full matrix per device, in the order of the numbers, is the mesh."""
    layout = mesh_layout(kind, 6)
    random = np.random.default_rng(0)
    angles, signs = random.uniform(0, 6, layout.count), np.array([1.0, -1, 1, 1, -1, 1])
    total = np.eye(6, dtype=complex)
    for angle, port in zip(angles, layout.port, strict=True):
        total = embedded(rotator(angle), int(port), 6) @ total
    assert np.allclose(np.diag(signs) @ total, reconstruct_rotations(angles, signs, kind))
    assert list(zip(layout.column, layout.port, strict=True)) == sorted(
        zip(layout.column, layout.port, strict=True)
    )
    for column in range(layout.column.max() + 1):
        used = layout.port[layout.column == column]
        assert len({*used, *(used + 1)}) == 2 * len(used), "devices of a column share no port"


def test_light_goes_the_way_an_f_would_show() -> None:
    """Port 0 is below: a crossed first device sends light one port up, and nothing comes back."""
    layout = mesh_layout("clements", 4)
    angles = np.zeros(layout.count)
    angles[(layout.column == 0) & (layout.port == 2)] = np.pi / 2
    matrix = reconstruct_rotations(angles, np.ones(4), "clements")
    assert np.allclose(matrix @ [0, 0, 1, 0], [0, 0, 0, 1])
    assert np.allclose(matrix @ [1, 0, 0, 0], [1, 0, 0, 0])
    y_um = layout.positions_um((100.0, 10.0))[:, 1]
    assert y_um[layout.port == 0].max() < y_um[layout.port == 2].min()


def test_sizes_of_the_two_plans() -> None:
    assert [mesh_layout("reck", n).column.max() + 1 for n in (2, 4, 8)] == [1, 5, 13]
    assert [mesh_layout("clements", n).column.max() + 1 for n in (3, 4, 8)] == [3, 4, 8]
    assert mesh_layout("reck", 1).columns == ()


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), ports=st.integers(2, 9))
def test_gauges_are_the_same_matrix_with_other_angles(kind: MeshKind, seed: int, ports: int) -> None:
    matrix = ortho_group.rvs(ports, random_state=seed)
    angles, signs = decompose_rotations(matrix, kind)
    layout = mesh_layout(kind, ports)
    short, short_signs = regauge(angles, signs, layout, "short")
    wide, wide_signs = regauge(angles, signs, layout, "wide", seed)
    assert np.allclose(reconstruct_rotations(short, short_signs, kind), matrix)
    assert np.allclose(reconstruct_rotations(wide, wide_signs, kind), matrix)
    assert short.max() < np.pi


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_gauge_halves_the_power(kind: MeshKind) -> None:
    """Half a turn less for every second device: mean angles of 0.5π against 1π."""
    angles, signs = decompose_rotations(ortho_group.rvs(64, random_state=0), kind)
    layout = mesh_layout(kind, 64)
    short, _ = regauge(angles, signs, layout, "short")
    wide, _ = regauge(angles, signs, layout, "wide")
    assert short.sum() == pytest.approx(0.5 * wide.sum(), rel=0.05)


def test_theta_is_the_shortest_and_phases_are_on_the_circle() -> None:
    phases = decompose_unitary(unitary_group.rvs(8, random_state=3), "clements")
    assert 0 <= phases.theta_rad.min() <= phases.theta_rad.max() <= np.pi + 1e-12
    for angles in (phases.phi_rad, phases.output_rad):
        assert 0 <= angles.min() <= angles.max() < 2 * np.pi


def test_one_interferometer_is_its_own_decomposition() -> None:
    phases = decompose_unitary(interferometer(0.7, 1.9), "reck")
    assert np.isclose(phases.theta_rad[0], 0.7)
    assert np.isclose(phases.phi_rad[0], 1.9)
    assert np.allclose(np.exp(1j * phases.output_rad), 1)


@pytest.mark.parametrize("matrix", [np.ones((2, 3)), np.ones((2, 2)), np.full((2, 2), np.nan)])
def test_other_matrices_are_refused(matrix: np.ndarray) -> None:
    with pytest.raises(ConfigError, match=r"square matrix|unitary matrix"):
        decompose_rotations(matrix)
    with pytest.raises(ConfigError, match=r"square matrix|unitary matrix"):
        decompose_unitary(matrix)
