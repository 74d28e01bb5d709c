import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from fabdesign.errors import NumericsError
from fabdesign.optics import block_sum, upsample


@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 5))
def test_a_sample_has_the_value_of_its_pixel(s, ny, nx):
    pixels = torch.arange(2 * ny * nx).reshape(2, ny, nx)
    samples = upsample(pixels, s)
    assert samples.shape == (2, ny * s, nx * s)
    for i in range(ny * s):
        for j in range(nx * s):
            assert torch.equal(samples[:, i, j], pixels[:, i // s, j // s])


@given(st.integers(1, 4))
def test_block_sum_is_the_transpose_of_upsample(s):
    generator = torch.Generator().manual_seed(s)
    pixels = torch.randn(3, 2, dtype=torch.float64, generator=generator)
    samples = torch.randn(3 * s, 2 * s, dtype=torch.float64, generator=generator)
    left, right = (upsample(pixels, s) * samples).sum(), (pixels * block_sum(samples, s)).sum()
    torch.testing.assert_close(left, right)


def test_less_than_one_sample_is_refused():
    with pytest.raises(NumericsError, match="at least 1"):
        upsample(torch.ones(2, 2), 0)
