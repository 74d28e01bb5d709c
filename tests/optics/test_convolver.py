import pytest
import torch

from fabdesign.optics import Grid, Slab, build_kernel, propagate
from fabdesign.optics.convolver import BRANCHES_FROM, BranchConvolver, PaddedConvolver, make_convolver


def random_field(*shape):
    return torch.randn(*shape, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("kind", [PaddedConvolver, BranchConvolver])
@pytest.mark.parametrize("shape", [(8, 8), (9, 14), (3, 20)])
def test_both_ways_are_the_propagation(kind, shape):
    kernel = build_kernel(
        Grid(shape, 1.0), [Slab(30.0, 1.0)], 0.532, dtype=torch.complex128, shift_um=(0.5, 0.3)
    )
    fields = random_field(5, *shape)
    convolver = kind(3, shape, kernel.shape, fields)
    spectrum = convolver.prepare(kernel.transfer)
    for start in (0, 3):
        part = fields[start : start + 3]
        convolver.inside(len(part)).copy_(part)
        result = convolver.run(len(part), spectrum)
        torch.testing.assert_close(result, propagate(part, kernel), rtol=1e-10, atol=1e-12)


def test_large_transforms_are_split():
    like = torch.empty(0, dtype=torch.complex64)
    assert isinstance(make_convolver(1, (64, 64), (128, 128), like), PaddedConvolver)
    half = BRANCHES_FROM // 2
    assert isinstance(make_convolver(1, (half, half), (2 * half, 2 * half), like), BranchConvolver)
