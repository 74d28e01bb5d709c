"""The thick model against slabs, coupled waves, the thin limit and a rigorous code."""

import math

import grcwa
import numpy as np
import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, build_kernel, build_volume, gaussian_beam, propagate, slice_edges
from fabdesign.optics.thick import fill_of_heights, through_relief

AIR, RESIN = 1.0, 1.54
DOUBLE = torch.complex128


def volume(grid, edges, wavelength_um=0.785, **options):
    options = {"medium_index": AIR, "material_index": RESIN, "dtype": DOUBLE} | options
    return build_volume(grid, edges, wavelength_um, **options)


def random_complex(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.standard_normal(shape) + 1j * rng.standard_normal(shape))


@pytest.mark.parametrize(("fill", "index"), [(0.0, AIR), (1.0, RESIN)])
def test_a_slab_only_delays_a_plane_wave(fill, index):
    grid = Grid((8, 24), 0.5)
    tilt = 2 / (24 * 0.5)
    wave = torch.exp(2j * math.pi * tilt * grid.x_um()).expand(1, 8, 24).to(DOUBLE)
    relief = volume(grid, [0, 0.1, 0.35, 1.2], guard=0)
    out = through_relief(wave, torch.full((3, 8, 24), fill, dtype=torch.float64), relief)
    delay = 2 * math.pi * 1.2 * math.sqrt((index / 0.785) ** 2 - tilt**2)
    torch.testing.assert_close(out, wave * np.exp(1j * delay), rtol=0, atol=1e-12)


def test_an_empty_relief_is_free_space():
    grid = Grid((96, 96), 0.4)
    beam = gaussian_beam(grid, 5.0, dtype=DOUBLE)[None]
    out = through_relief(
        beam, torch.zeros(6, 96, 96, dtype=torch.float64), volume(grid, np.linspace(0, 3, 7))
    )
    free = propagate(beam, build_kernel(grid, [Slab(3.0, AIR)], 0.785, dtype=DOUBLE))
    torch.testing.assert_close(out, free, rtol=0, atol=1e-5)


def test_low_relief_on_large_pixels_is_a_thin_mask():
    grid = Grid((60, 60), 0.5)
    heights = torch.from_numpy(
        np.kron(np.random.default_rng(0).integers(0, 2, (6, 6)) * 0.05, np.ones((10, 10)))
    )
    relief = volume(grid, [0, 0.05])
    beam = gaussian_beam(grid, 8.0, dtype=DOUBLE)[None]
    thick = through_relief(beam, fill_of_heights(heights, relief.edge_um), relief)
    mask = torch.exp(2j * math.pi * (RESIN - AIR) * heights / 0.785)
    thin = propagate(beam * mask, build_kernel(grid, [Slab(0.05, AIR)], 0.785, dtype=DOUBLE))
    overlap = (thick.conj() * thin).sum().abs() / (thick.norm() * thin.norm())
    assert float(overlap) > 0.999


def shares(field, count):
    """How the transmitted power, |u|², is divided among the orders −count … count."""
    power = np.abs(np.fft.fft(field[0, 0].numpy())[np.arange(-count, count + 1)]) ** 2
    return power / power.sum()


def test_a_weak_volume_grating_follows_coupled_wave_theory():
    """Kogelnik (1969): at the Bragg angle sin²(π·Δn·d / (λ·cos θ)) of the light is diffracted."""
    wavelength, index, contrast, period = 0.6, 1.5, 0.01, 1.0
    samples = 16
    grid = Grid((1, 2 * samples), period / samples)  # two periods: the Bragg wave is odd in half of K
    x = grid.x_um()
    bragg = torch.exp(1j * math.pi * x / period).to(DOUBLE)[None, None]
    fill = (0.5 + 0.5 * torch.cos(2 * math.pi * x / period))[None, None]
    cosine = math.sqrt(1 - (wavelength / (2 * index * period)) ** 2)
    for depth in (10.0, 20.0, 30.0):
        edges = np.linspace(0, depth, 201)
        relief = volume(
            grid, edges, wavelength, medium_index=index - contrast, material_index=index + contrast, guard=0
        )
        out = through_relief(bragg, fill.expand(200, 1, -1).contiguous(), relief)
        spectrum = np.abs(np.fft.fft(out[0, 0].numpy()) / (2 * samples)) ** 2
        assert spectrum.sum() == pytest.approx(1, abs=0.04)  # half-filled slices lose what they smear
        spectrum /= spectrum.sum()
        expected = math.sin(math.pi * contrast * depth / (wavelength * cosine)) ** 2
        assert spectrum[-1] == pytest.approx(expected, abs=0.015)
        assert spectrum[1] == pytest.approx(1 - expected, abs=0.015)


def rigorous(fill, period_um, depth_um, count, wavelength_um):
    """Transmitted orders of a lamellar grating by rigorous coupled waves, light polarised along the lines."""
    solver = grcwa.obj(41, [period_um, 0], [0, period_um / 50], 1 / wavelength_um, 0, 0, verbose=0)
    solver.Add_LayerUniform(1.0, RESIN**2)
    solver.Add_LayerGrid(depth_um, len(fill), 1)
    solver.Add_LayerUniform(1.0, AIR**2)
    solver.Init_Setup()
    solver.GridLayer_geteps(np.where(fill, RESIN**2, AIR**2).astype(float))
    solver.MakeExcitationPlanewave(0, 0, 1, 0, order=0)
    _, transmitted = solver.RT_Solve(normalize=1, byorder=1)
    return np.array(
        [
            sum(t for t, g in zip(transmitted, solver.G, strict=True) if tuple(g) == (m, 0))
            for m in range(-count, count + 1)
        ]
    ).real


@pytest.mark.parametrize(
    ("period_um", "depth_um", "share", "error"),
    [(6.0, 0.7, 0.5, 0.003), (4.0, 1.0, 0.4, 0.022), (3.0, 1.4, 0.5, 0.1)],
)
def test_a_lamellar_grating_agrees_with_rigorous_coupled_waves(period_um, depth_um, share, error):
    samples = 160
    fill = np.arange(samples) < round(share * samples)
    grid = Grid((1, samples), period_um / samples)
    relief = volume(grid, np.linspace(0, depth_um, 41), guard=0)
    layers = torch.from_numpy(np.broadcast_to(fill.astype(float), (40, 1, samples)).copy())
    out = through_relief(torch.ones(1, 1, samples, dtype=DOUBLE), layers, relief)
    highest = int(period_um / 0.785)
    exact = rigorous(fill, period_um, depth_um, highest, 0.785)
    distance = np.abs(shares(out, highest) - exact / exact.sum()).max()
    mask = torch.exp(2j * math.pi * (RESIN - AIR) * depth_um / 0.785 * layers[:1].to(DOUBLE))
    thin = np.abs(shares(mask, highest) - exact / exact.sum()).max()
    assert distance < error
    assert distance < 0.4 * thin


def cell_shares(height, pitch_um, solver_orders):
    """The orders of random pixels by the thick model and by a thin mask."""
    fine = height.repeat(8, axis=0).repeat(8, axis=1)
    edges = slice_edges(np.unique(height), 0.05)
    relief = volume(Grid(fine.shape, pitch_um / 8), edges, guard=0)
    heights = torch.from_numpy(fine)
    wave = torch.ones((1, *fine.shape), dtype=DOUBLE)
    thick = through_relief(wave, fill_of_heights(heights, edges), relief)
    thin = torch.exp(2j * math.pi * (RESIN - AIR) * heights / 0.785)[None]
    for out in (thick, thin):
        power = torch.fft.fft2(out[0]).abs().square().numpy()
        found = np.array([power[y, x] for x, y in solver_orders])
        yield found / found.sum()


@pytest.mark.parametrize("seed", [0, 1])
def test_pixels_of_a_wavelength_agree_with_rigorous_coupled_waves(seed):
    pitch_um, levels = 0.8, np.array([0.0, 0.4, 0.7, 1.1])
    height = levels[np.random.default_rng(seed).integers(0, 4, (2, 2))]
    height[0, 0], height[1, 1] = 0.0, 1.1
    period = 2 * pitch_um
    orders = [(x, y) for x in range(-2, 3) for y in range(-2, 3) if math.hypot(x, y) < period / 0.785]
    exact = np.zeros(len(orders))
    for polarisation in ((1, 0, 0, 0), (0, 0, 1, 0)):
        solver = grcwa.obj(81, [period, 0], [0, period], 1 / 0.785, 0, 0, verbose=0)
        solver.Add_LayerUniform(1.0, RESIN**2)
        for thickness in np.diff(levels):
            solver.Add_LayerGrid(thickness, 32, 32)
        solver.Add_LayerUniform(1.0, AIR**2)
        solver.Init_Setup()
        fine = height.repeat(16, axis=0).repeat(16, axis=1)
        solver.GridLayer_geteps(
            np.concatenate([np.where(z + 1e-9 < fine.T, RESIN**2, AIR**2).ravel() for z in levels[:-1]])
        )
        solver.MakeExcitationPlanewave(*polarisation, order=0)
        _, transmitted = solver.RT_Solve(normalize=1, byorder=1)
        power = {tuple(g): t.real for g, t in zip(solver.G, transmitted, strict=True)}
        exact += [power[order] for order in orders]
    exact /= exact.sum()
    thick, thin = (np.abs(found - exact).sum() / 2 for found in cell_shares(height, pitch_um, orders))
    assert thick < 0.12
    assert thick < 0.75 * thin


def test_finer_sampling_changes_little():
    levels = np.array([0.0, 0.4, 0.7, 1.1])
    height = levels[np.random.default_rng(3).integers(0, 4, (6, 6))]
    found = []
    for samples in (2, 3, 4, 6, 12):
        fine = torch.from_numpy(height.repeat(samples, axis=0).repeat(samples, axis=1))
        edges = slice_edges(levels, 0.1)
        relief = volume(Grid(fine.shape, 0.8 / samples), edges, guard=0)
        out = through_relief(torch.ones((1, *fine.shape), dtype=DOUBLE), fill_of_heights(fine, edges), relief)
        power = torch.fft.fft2(out[0]).abs().square()
        orders = power[np.ix_(range(-4, 5), range(-4, 5))]
        found.append(orders / orders.sum())
    errors = [float((shares - found[-1]).abs().sum() / 2) for shares in found[:-1]]
    assert errors[0] > errors[1] > errors[2] > errors[3]
    assert errors[1] < 0.05


def test_more_slices_change_little():
    grid = Grid((48, 48), 0.2)
    levels = np.array([0.0, 0.2, 0.4, 0.6, 0.8])
    rng = np.random.default_rng(1)
    heights = torch.from_numpy(np.kron(levels[rng.integers(0, 5, (12, 12))], np.ones((4, 4))))
    beam = gaussian_beam(grid, 3.0, dtype=DOUBLE)[None]
    fields = []
    for thickest in (0.2, 0.1, 0.05, 0.025):
        relief = volume(grid, slice_edges(levels, thickest))
        fields.append(through_relief(beam, fill_of_heights(heights, relief.edge_um), relief))
    errors = [float((field - fields[-1]).norm() / fields[-1].norm()) for field in fields[:-1]]
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.1


def test_gradients_are_those_of_finite_differences():
    relief = volume(Grid((6, 8), 0.3), [0, 0.1, 0.3])
    field = random_complex(3, 6, 8).requires_grad_()
    fill = torch.rand(
        2, 3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    ).requires_grad_()
    assert torch.autograd.gradcheck(lambda u, f: through_relief(u, f, relief, 2), (field, fill))


def test_the_operator_is_symmetric():
    relief = volume(Grid((10, 12), 0.25), [0, 0.1, 0.2])
    fill = torch.rand(2, 10, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    a, b = random_complex(1, 10, 12), random_complex(1, 10, 12, seed=1)
    forward = (b * through_relief(a, fill, relief)).sum()
    upside_down = volume(Grid((10, 12), 0.25), [0, 0.1, 0.2])
    field = a.clone().requires_grad_()
    out = through_relief(field, fill, upside_down)
    (gradient,) = torch.autograd.grad(out, field, b.conj().resolve_conj())
    assert abs(complex((gradient.conj() * a).sum() - forward)) < 1e-12


@pytest.mark.parametrize("edges", [[0.1, 0.2], [0.0], [0.0, 0.2, 0.2]])
def test_slices_must_ascend_from_zero(edges):
    with pytest.raises(NumericsError, match="begin at 0 and ascend"):
        volume(Grid((4, 4), 0.5), edges)


def test_shapes_must_fit():
    with pytest.raises(NumericsError, match="do not fit together"):
        through_relief(random_complex(1, 4, 4), torch.zeros(2, 4, 4), volume(Grid((4, 4), 0.5), [0, 1.0]))
