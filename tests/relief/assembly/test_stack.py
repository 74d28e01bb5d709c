"""Stacks: layers at their heights, closed, in one piece, open to the resin and clear of the light."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from fabdesign.errors import ConfigError
from fabdesign.process import load_profile
from fabdesign.relief import CornerVolume
from fabdesign.relief.assembly import choose_supports, make_stack
from tests.relief.assembly.makers import even_record, make_relief, record, slabs, voxels
from tests.relief.solids import assert_no_overlap, collect, exact_volume_pm3, vertex_ids

RNG = np.random.default_rng(4)
CASES = {
    "one layer": RNG.integers(0, 8, (1, 6, 7)),
    "three layers": RNG.integers(0, 8, (3, 7, 5)),
    "flat": np.zeros((2, 4, 4)),
    "checkerboard": np.tile(np.indices((6, 6)).sum(axis=0) % 2 * 3, (2, 1, 1)),
}


def stack(levels, physical=None, profile=None, **options):
    relief = make_relief(levels)
    physical = physical or even_record(relief.layers)
    return make_stack(relief, physical, choose_supports(physical, profile, options), profile)


def supported(profile, **numbers):
    support = profile.layers.support.model_copy(update=numbers)
    return profile.model_copy(update={"layers": profile.layers.model_copy(update={"support": support})})


def assert_closed(mesh, genus: int) -> None:
    ids = vertex_ids(mesh)
    directed = Counter(edge for a, b, c in ids.tolist() for edge in ((a, b), (b, c), (c, a)))
    assert all(count == 1 for count in directed.values())
    assert all((b, a) in directed for a, b in directed)
    assert int(ids.max()) + 1 - len(directed) // 2 + len(mesh) == 2 - 2 * genus


def assert_exact(assembly) -> None:
    solid = assembly.solid
    mesh = collect(solid.batches())
    posts, gaps = assembly.facts["posts_per_gap"], len(assembly.facts["post_height_um"])
    foot = assembly.facts["base_bottom_um"][0] > 0
    assert_closed(mesh, genus=gaps * (posts - 1) + foot)
    assert len(mesh) == solid.triangles
    assert_no_overlap(solid.lattice, mesh)
    removed = CornerVolume(solid.lattice)
    removed.add(mesh)
    assert exact_volume_pm3(solid.lattice, mesh) == solid.volume_pm3 - removed.removed_pm3


def test_a_plate_too_large_to_be_read_back_is_refused():
    with pytest.raises(ConfigError, match="may have at most 1048576 of them"):
        stack(np.zeros((2, 4, 4)), clearance_um=900.0)


@pytest.mark.parametrize("levels", CASES.values(), ids=CASES)
def test_the_mesh_is_closed_and_holds_exactly_the_volume(levels):
    assert_exact(stack(levels))


@settings(max_examples=25, deadline=None)
@given(
    levels=hnp.arrays(
        np.uint8,
        st.tuples(st.integers(1, 3), st.integers(1, 5), st.integers(1, 5)),
        elements=st.integers(0, 3),
    )
)
def test_any_small_stack_is_a_solid(levels):
    assert_exact(stack(levels, clearance_um=2.0, drain_um=2.0))


def test_volume_in_closed_form():
    assembly = stack(np.full((2, 4, 4), 3), clearance_um=6.0, post_um=3.0, frame_um=4.0)
    side, ring, post = 4 + 2 * (4 + 3), 3, 2
    frame = side**2 - (side - 2 * ring) ** 2
    pixel = 1.5**2
    plates = 2 * (side**2 * 5.0 + 16 * 3 * 0.18)
    frames = 3 * frame * 4.0 - ((ring + 1) ** 2 - 1) * 4.0
    posts = 2 * 4 * post**2 * (25.0 - 4.0)
    assert assembly.solid.volume_pm3 / 1e18 == pytest.approx((plates + frames + posts) * pixel, rel=1e-12)


def test_planes_lie_where_the_design_has_them():
    physical = record(
        [
            slabs(("gap", 30.0), ("base", 5.0)),
            slabs(("gap", 41.5), ("base", 5.0)),
            slabs(("gap", 20.25), ("base", 5.0)),
            slabs(("gap", 77.0)),
        ]
    )
    facts = stack(np.zeros((3, 3, 3)), physical).facts
    assert facts["base_bottom_um"] == [30.0, 76.5, 101.75]
    assert facts["modulation_plane_um"] == [35.0, 81.5, 106.75]
    assert facts["input_plane_um"] == 0.0
    assert facts["detector_plane_um"] == 183.75


@pytest.mark.parametrize(
    ("first", "bottom", "start"),
    [
        (slabs(("base", 5.0)), 0.0, 0.0),
        (slabs(("gap", 30.0), ("substrate", 170.0), ("base", 5.0)), 0.0, -200.0),
        (slabs(("substrate", 170.0), ("gap", 30.0), ("base", 5.0)), 30.0, -170.0),
    ],
)
def test_a_substrate_before_the_first_layer_is_what_the_stack_stands_on(first, bottom, start):
    assembly = stack(np.zeros((2, 3, 3)), record([first, *even_record(2).model_dump()["spaces"][1:]]))
    assert assembly.facts["base_bottom_um"][0] == bottom
    assert assembly.facts["input_plane_um"] == start
    assert_exact(assembly)


def test_columns_inside_the_aperture_are_the_layers_and_nothing_else():
    levels = RNG.integers(0, 8, (3, 5, 6))
    assembly = stack(levels)
    filled, z = voxels(assembly.solid)
    margin = round((assembly.facts["clearance_um"] + assembly.facts["frame_width_um"]) / 1.5)
    inside = filled[:, margin:-margin, margin:-margin]
    expected = np.zeros_like(inside)
    for layer in range(3):
        bottom = round((25 + 30 * layer) * 1e6)
        top = bottom + 5_000_000 + levels[layer].astype(np.int64) * 180_000
        expected |= (z[:-1, None, None] >= bottom) & (z[1:, None, None] <= top)
    np.testing.assert_array_equal(inside, expected)


def test_nothing_but_plates_stands_in_the_clearance():
    assembly = stack(np.zeros((3, 5, 6)))
    filled, z = voxels(assembly.solid)
    ring = round(assembly.facts["frame_width_um"] / 1.5)
    in_gaps = filled[:, ring:-ring, ring:-ring].any(axis=(1, 2)) * np.diff(z)
    assert in_gaps.sum() == 3 * 5_000_000


def test_clearance_is_where_the_pixels_steer_the_light_to():
    theta = math.asin(0.785 / (2 * 1.5))
    facts = stack(np.zeros((2, 3, 3))).facts
    assert facts["clearance_um"] == math.ceil(25.0 * math.tan(theta) / 1.5) * 1.5
    assert "gap tan" in facts["clearance_source"]
    with pytest.raises(ConfigError, match="every angle"):
        stack(np.zeros((2, 3, 3)), record([*even_record(2).model_dump()["spaces"]], wavelength_um=3.0))


def test_one_body_and_every_void_open_to_the_outside():
    filled, _ = voxels(stack(RNG.integers(0, 8, (3, 6, 6))).solid)
    assert ndimage.label(filled)[1] == 1
    assert ndimage.label(~np.pad(filled, ((0, 1), (1, 1), (1, 1))))[1] == 1


def test_a_frame_that_closes_the_gap_is_refused():
    with pytest.raises(ConfigError, match="lower than the gap"):
        stack(np.zeros((2, 4, 4)), frame_um=25.0)


def test_a_stack_that_cannot_drain_is_refused():
    with pytest.raises(ConfigError, match="must be open over 10 um"):
        stack(np.zeros((2, 4, 4)), frame_um=20.0)
    with pytest.raises(ConfigError, match="leave every cavity"):
        stack(np.zeros((2, 4, 4)), clearance_um=3.0, drain_um=18.0, post_um=6.0)


def test_a_relief_that_meets_the_next_base_is_refused():
    with pytest.raises(ConfigError, match="must end below the next base"):
        stack(np.full((2, 3, 3), 7), even_record(2, gap_um=1.0), drain_um=0.1)


def test_slabs_that_cannot_be_printed_are_refused():
    plain = slabs(("gap", 30.0), ("base", 5.0))
    between = slabs(("gap", 30.0), ("substrate", 30.0), ("base", 5.0))
    with pytest.raises(ConfigError, match="has a substrate") as caught:
        stack(np.zeros((2, 3, 3)), record([plain, between, slabs(("gap", 9.0))]))
    assert "plates" in caught.value.hint
    with pytest.raises(ConfigError, match="base plate right before layer 1"):
        stack(np.zeros((2, 3, 3)), record([plain, slabs(("gap", 30.0)), slabs(("gap", 9.0))]))
    with pytest.raises(ConfigError, match="no distances"):
        stack(np.zeros((2, 3, 3)), record([]))


def test_a_notch_in_the_last_frame_marks_pixel_zero():
    solid = stack(np.zeros((2, 4, 4))).solid
    tops = solid.storeys[-1].top_pm
    assert tops[0, 0] < tops[0, -1] == tops[-1, 0] == tops[-1, -1]


def test_limits_that_are_assumed_warn_and_known_ones_refuse():
    profile = load_profile("2pp-63x-ip-dip")
    tall = even_record(4, gap_um=80.0)
    warnings = stack(np.zeros((4, 3, 3)), tall, profile).warnings
    assert any(text.startswith("The stack is tall: 345 um, above 300 um (assumed)") for text in warnings)
    support = profile.layers.support
    known = support.height_max_um.model_copy(update={"source": "vendor: manual"})
    layers = profile.layers.model_copy(
        update={"support": support.model_copy(update={"height_max_um": known})}
    )
    with pytest.raises(ConfigError, match="tall"):
        stack(np.zeros((4, 3, 3)), tall, profile.model_copy(update={"layers": layers}))


def test_a_base_between_two_slices_is_told():
    profile = load_profile("2pp-63x-ip-dip")
    between = stack(np.zeros((2, 3, 3)), even_record(2, gap_um=25.05), profile)
    assert any("layers 0 begin between slices of 0.1 um" in text for text in between.warnings)
    assert not any("slices" in text for text in stack(np.zeros((2, 3, 3)), None, profile).warnings)


def test_a_process_that_makes_height_fields_makes_no_stack():
    with pytest.raises(ConfigError, match="overhangs"):
        stack(np.zeros((2, 3, 3)), None, load_profile("2gl-grayscale"))


def test_posts_stand_closer_where_plates_may_span_less():
    profile = load_profile("2pp-63x-ip-dip")
    support = profile.layers.support
    span = support.span_max_um.model_copy(update={"value": 20.0})
    assembly = stack(np.zeros((2, 20, 20)), None, supported(profile, span_max_um=span))
    assert assembly.facts["posts_per_gap"] > 4
    assert 10.0 <= assembly.facts["drain_um"] <= 21.0
    assert any("spans" in text for text in assembly.warnings)
    assert_exact(assembly)


@pytest.mark.parametrize("value", [-1, "wide", True, math.nan, 1e9])
def test_options_must_be_lengths(value):
    with pytest.raises(ConfigError, match="'drain_um' must be a length"):
        stack(np.zeros((2, 3, 3)), drain_um=value)
