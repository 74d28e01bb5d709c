import pytest
import torch

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, build_kernel, default_micro_batch, diffract, propagate, upsample


def random_complex(*shape, seed=0, dtype=torch.complex128):
    return torch.randn(*shape, dtype=dtype, generator=torch.Generator().manual_seed(seed))


def kernels(shape, count, dtype=torch.complex128, shift_um=(0.0, 0.0)):
    grid = Grid(shape, 0.75)
    return [
        build_kernel(grid, [Slab(20.0 + 5 * k, 1.0), Slab(3.0, 1.54)], 0.785, dtype=dtype, shift_um=shift_um)
        for k in range(count)
    ]


def plain(field, transmission, kernels, samples_per_pixel):
    """What a network written with torch.fft and autograd computes."""
    ny, nx = field.shape[-2:]
    layers = upsample(transmission, samples_per_pixel)
    for number, kernel in enumerate(kernels):
        if number:
            field = field * layers[number - 1]
        spectrum = torch.fft.fft2(field, s=kernel.shape) * kernel.transfer * kernel.transfer.numel()
        field = torch.fft.ifft2(spectrum)[:, :ny, :nx]
    return field


def loss(field):
    return (field.abs().square() * torch.linspace(0, 1, field.shape[-1])).sum().sqrt()


def gradients(function, field, transmission):
    field, transmission = field.clone().requires_grad_(), transmission.clone().requires_grad_()
    return torch.autograd.grad(loss(function(field, transmission)), (field, transmission))


@pytest.mark.parametrize("shift_um", [(0.0, 0.0), (0.375, 0.375)])
@pytest.mark.parametrize("samples_per_pixel", [1, 2, 3])
@pytest.mark.parametrize("micro_batch", [1, 2, None])
def test_it_is_the_plain_network(shift_um, samples_per_pixel, micro_batch):
    ks = kernels((12, 18), 4, shift_um=shift_um)
    field = random_complex(5, 12, 18)
    transmission = random_complex(3, 12 // samples_per_pixel, 18 // samples_per_pixel, seed=1)
    options = {"micro_batch": micro_batch}
    torch.testing.assert_close(
        diffract(field, transmission, ks, samples_per_pixel, **options),
        plain(field, transmission, ks, samples_per_pixel),
    )
    ours = gradients(lambda u, t: diffract(u, t, ks, samples_per_pixel, **options), field, transmission)
    theirs = gradients(lambda u, t: plain(u, t, ks, samples_per_pixel), field, transmission)
    for our, their in zip(ours, theirs, strict=True):
        torch.testing.assert_close(our, their, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("samples", [32, 160])
def test_single_precision_gradients_agree_with_autograd(samples):
    ks = kernels((samples, samples), 6, dtype=torch.complex64)
    field = random_complex(2, samples, samples, dtype=torch.complex64)
    angle = random_complex(5, samples // 2, samples // 2, seed=1).real.float()
    transmission = torch.polar(torch.ones_like(angle), angle)
    ours = gradients(lambda u, t: diffract(u, t, ks, 2), field, transmission)
    theirs = gradients(lambda u, t: plain(u, t, ks, 2), field, transmission)
    for our, their in zip(ours, theirs, strict=True):
        assert our.dtype == torch.complex64
        assert torch.linalg.norm(our - their) / torch.linalg.norm(their) < 1e-5


@pytest.mark.parametrize("shift_um", [(0.0, 0.0), (0.375, 0.0)])
def test_gradients_match_finite_differences(shift_um):
    ks = kernels((4, 4), 3, shift_um=shift_um)
    field = random_complex(2, 4, 4).requires_grad_()
    transmission = random_complex(2, 2, 2, seed=1).requires_grad_()
    assert torch.autograd.gradcheck(lambda u, t: diffract(u, t, ks, 2, micro_batch=1), (field, transmission))


def test_phases_get_the_gradient_of_the_symmetric_formula():
    """∂L/∂φ = -2 Im Σ_b (q·t)·u with q = ∂L/∂u: one layer, by hand."""
    before, behind = kernels((8, 8), 2)
    field = random_complex(3, 8, 8)
    angle = random_complex(1, 8, 8, seed=1).real.requires_grad_()
    transmission = torch.polar(torch.ones_like(angle), angle)
    out = diffract(field, transmission, [before, behind])
    out.abs().square()[:, :4].sum().backward()
    u = propagate(field, before)
    q = torch.zeros_like(out)
    q[:, :4] = out.detach()[:, :4].conj()
    expected = -2 * (propagate(q, behind) * transmission.detach() * u).sum(0).imag
    torch.testing.assert_close(angle.grad[0], expected)


def test_only_what_is_asked_for_is_computed():
    ks = kernels((8, 8), 3)
    field, transmission = random_complex(2, 8, 8), random_complex(2, 8, 8, seed=1)
    both = gradients(lambda u, t: diffract(u, t, ks), field, transmission)
    field.requires_grad_()
    (alone,) = torch.autograd.grad(loss(diffract(field, transmission, ks)), field)
    assert torch.equal(alone, both[0])
    field, transmission = field.detach(), transmission.requires_grad_()
    (alone,) = torch.autograd.grad(loss(diffract(field, transmission, ks)), transmission)
    assert torch.equal(alone, both[1])


def test_one_field_per_layer_is_all_that_is_saved():
    saved = []
    transmission = random_complex(3, 8, 8, seed=1).requires_grad_()
    with torch.autograd.graph.saved_tensors_hooks(lambda t: saved.append(t) or t, lambda t: t):
        diffract(random_complex(2, 8, 8), transmission, kernels((8, 8), 4))
    assert sum(t.numel() for t in saved) == 3 * 2 * 8 * 8 + 3 * 8 * 8


def test_evaluation_needs_no_gradient():
    ks = kernels((8, 8), 2)
    field, transmission = random_complex(3, 8, 8), random_complex(1, 8, 8, seed=1)
    expected = diffract(field, transmission, ks)
    with torch.inference_mode():
        assert torch.equal(diffract(field, transmission, ks), expected)


@pytest.mark.parametrize(("samples", "micro_batch"), [(16, 2), (160, 2), (160, 1)])
def test_the_number_of_threads_changes_no_bit(samples, micro_batch):
    ks = kernels((samples, samples), 3, dtype=torch.complex64)
    field = random_complex(21 if samples == 16 else 5, samples, samples, dtype=torch.complex64)
    field.requires_grad_()
    transmission = random_complex(2, samples, samples, seed=1, dtype=torch.complex64).requires_grad_()
    gradient = random_complex(*field.shape, seed=2, dtype=torch.complex64)
    before = torch.get_num_threads()
    results = []
    try:
        for threads in (1, 2, 3, 2):
            torch.set_num_threads(threads)
            out = diffract(field, transmission, ks, micro_batch=micro_batch)
            results.append((out, *torch.autograd.grad(out, (field, transmission), gradient)))
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
    for result in results[1:]:
        assert all(map(torch.equal, result, results[0]))


def test_micro_batches_fit_the_cache():
    sizes = [default_micro_batch(n) for n in (16, 32, 64, 128, 256, 1000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 1
    assert all(size * (2 * n) ** 2 * 8 <= 2**21 for size, n in zip(sizes[:4], (16, 32, 64, 128), strict=True))


@pytest.mark.parametrize(
    ("field", "transmission", "count", "samples_per_pixel", "message"),
    [
        ((8, 8), (2, 8, 8), 3, 1, "batch, y, x"),
        ((0, 8, 8), (2, 8, 8), 3, 1, "not empty"),
        ((1, 8, 8), (2, 8, 8), 2, 1, "2 layers need 3 kernels; got 2"),
        ((1, 8, 8), (2, 8, 8), 3, 2, "do not fit together"),
        ((1, 8, 6), (2, 8, 6), 3, 1, "do not fit together"),
    ],
)
def test_what_does_not_fit_is_refused(field, transmission, count, samples_per_pixel, message):
    with pytest.raises(NumericsError, match=message):
        diffract(
            random_complex(*field), random_complex(*transmission), kernels((8, 8), count), samples_per_pixel
        )
