"""The network with reliefs of a thickness: its limits, its gradient, and what it refuses."""

import numpy as np
import pytest
import torch

from fabdesign.design import Design
from fabdesign.errors import ConfigError
from fabdesign.network import Bench, DiffractiveNetwork, Relief, from_design, physical_record, process_table
from fabdesign.quantise import make_quantiser
from tests.network.devices import tiny


def design(scale: float = 1.0) -> Design:
    project = tiny()
    table = process_table(project)
    levels = np.random.default_rng(0).integers(0, table.n, (2, 32, 32)).astype(np.uint8)
    heights = np.tile(table.height_um * scale, (2, 1))
    return Design(levels, heights, physical_record(project, (28, 28), 10))


def network(method: str) -> DiffractiveNetwork:
    project = tiny()
    quantiser = make_quantiser(method, (2, 32, 32), process_table(project), 0, {})
    relief = Relief(tuple(quantiser.table.height_um.tolist()), 0.4)
    bench = Bench(physical_record(project, (28, 28), 10), (32, 32), 1, relief=relief)
    return DiffractiveNetwork(bench, quantiser)


def test_low_reliefs_act_as_thin_masks():
    image = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))
    errors = []
    for scale in (1.0, 0.1, 0.01):
        device = design(scale)
        thick, thin = (from_design(device, model=model)(image) for model in ("thick", "thin"))
        errors.append(float((thick - thin).norm() / thin.norm()))
    assert errors[0] > 5 * errors[1] > 25 * errors[2]
    assert errors[2] < 5e-3


def test_heights_that_were_read_back_may_lie_above_the_levels():
    device = design()
    same = from_design(device, model="thick", phase_rad=device.phase_rad())
    assert torch.equal(same.transmission, from_design(device, model="thick").transmission)
    taller = from_design(device, model="thick", phase_rad=device.phase_rad(device.height_um() * 1.1))
    assert len(taller.bench.layers.volume.edge_um) > len(same.bench.layers.volume.edge_um)
    assert bool(torch.isfinite(taller(torch.zeros(1, 28, 28))).all())


@pytest.mark.parametrize("progress", [0.2, 0.95])
def test_the_relaxed_relief_becomes_the_one_that_is_made(progress):
    net = network("transmission")
    fill = net.layers(progress)
    assert fill.shape == (2, net.bench.layers.volume.slices, 32, 32)
    assert bool((fill.diff(dim=1) <= 1e-6).all())
    phases = net.quantiser.level_phase_rad[net.quantiser.hard_levels().long()]
    made = net.bench.layers.of_phases(phases.numpy())
    assert torch.allclose(fill, made, atol=1e-5) is (progress > 0.9)


@pytest.mark.parametrize("method", ["transmission", "ste", "psq"])
def test_methods_learn_through_reliefs(method):
    net = network(method)
    net(torch.rand(2, 28, 28, generator=torch.Generator().manual_seed(1)), 0.1)[:, 0].sum().backward()
    gradients = [parameter.grad for parameter in net.quantiser.parameters() if parameter.grad is not None]
    assert gradients
    assert all(bool(torch.isfinite(g).all()) and float(g.abs().max()) > 0 for g in gradients)


def test_a_method_without_weights_says_what_to_use():
    with pytest.raises(ConfigError, match="weight of each level") as caught:
        network("gs").layers(0.5)
    assert "transmission" in str(caught.value.hint)


def test_a_relief_must_fit_into_its_gap():
    project = tiny("optics.detector_gap='1 um'")
    table = process_table(project)
    levels = np.full((2, 32, 32), table.n - 1, dtype=np.uint8)
    device = Design(levels, np.tile(table.height_um, (2, 1)), physical_record(project, (28, 28), 10))
    with pytest.raises(ConfigError, match="fit into the gap behind it, 1 um"):
        from_design(device, model="thick")
