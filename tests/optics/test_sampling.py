import json

import pytest

from fabdesign.errors import NumericsError
from fabdesign.optics import Grid, Slab, build_kernel, check_sampling

GRID = Grid((16, 16), 0.75)


def kernel(grid=GRID, slabs=None, **options):
    slabs = slabs or [Slab(40.0, 1.0), Slab(5.0, 1.5429)]
    return build_kernel(grid, slabs, 0.785, **options)


def test_the_report_says_what_the_grid_holds():
    report = check_sampling(GRID, [kernel(), kernel(slabs=[Slab(100.0, 1.0)])], samples_per_pixel=2)
    assert report.represented_angle_sine == pytest.approx(0.785 / 1.5)
    assert not report.complete
    assert report.pitch_in_wavelengths == pytest.approx(1.5 / 0.785)
    assert report.plain_padding_limit_um == pytest.approx(2 * 16 * 0.75**2 / 0.785)
    assert report.longest_distance_um == 100.0
    assert report.transform_size == (32, 32)
    assert report.estimated_error < 1e-6
    assert "0.523 in sine" in report.notes[0]
    assert len(report.notes) == 1


def test_a_fine_grid_holds_everything():
    grid = Grid((16, 16), 0.25)
    report = check_sampling(grid, [kernel(grid)])
    assert report.complete
    assert report.represented_angle_sine == 1.0
    assert report.notes == ()


def test_points_and_paraxial_kernels_are_noted():
    report = check_sampling(GRID, [kernel(method="fresnel")])
    assert any("one sample a pixel" in note for note in report.notes)
    assert any("Fresnel" in note for note in report.notes)


def test_the_report_is_plain_json():
    report = check_sampling(GRID, [kernel()])
    assert json.loads(json.dumps(report.as_dict()))["transform_size"] == [32, 32]


@pytest.mark.parametrize(
    ("kernels", "options", "message"),
    [
        ([], {}, "no kernels"),
        ([kernel(Grid((16, 16), 0.7))], {}, "built on the grid"),
        ([kernel()], {"samples_per_pixel": 0}, "at least 1"),
        ([kernel()], {"object_um": (12.1, 5.0)}, "object of 12.1 × 5 um is larger"),
        ([kernel()], {"tolerance": 1e-30}, "kernel_tolerance"),
    ],
)
def test_what_would_make_a_result_meaningless_is_refused(kernels, options, message):
    with pytest.raises(NumericsError, match=message) as caught:
        check_sampling(GRID, kernels, **options)
    assert str(caught.value)


def test_an_object_as_large_as_the_grid_fits():
    assert check_sampling(GRID, [kernel()], object_um=(12.0, 12.0)).spacing_um == 0.75
